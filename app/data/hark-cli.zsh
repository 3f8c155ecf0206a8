#compdef hark-cli
# zsh completion for hark-cli
_hark-cli()
{
  local -a verbs=(
    init run node address add contacts requests about profile status-text presence notes favourite silence
    may-give-files see-typing see-read see-online words words-match words-differ compare accept decline block unblock remove
    rename send edit delete clip sound call answer hangup hold unhold swap mute unmute volume ptt devices device echo-test
    edits react timer quarantine history search calls chats draft note unread pin archive keep clear export give take
    share browse queue limit metered accept-files pause resume cancel refuse verify doctor ledger people-here network
    add-peer remove-peer group relay relay-for mailbox mailbox-for backup auto-backup restore passphrase
    backup-key erase status version help
  )
  local cur=$words[CURRENT]

  if ((CURRENT == 2)) && [[ $cur != -* ]]; then
    compadd -a verbs
    return
  fi
  case $words[CURRENT-1] in
  --profile | --to) _directories; return ;;
  --with | --name | --from) return ;;
  esac
  case $words[2]:$((CURRENT - 1)):$cur in
  give:*:-*) compadd -- --words --name --picture --json ;;
  take:*:-*) compadd -- --all --from --to --stdout --output --json ;;
  share:*:-*) compadd -- --with --json ;;
  browse:*:-*) compadd -- --json ;;
  share:2:*) compadd list remove; _directories ;;
  share:3:*) _directories ;;
  ptt:2:*) compadd down up ;;
  queue:2:*) compadd first last ;;
  limit:2:*) compadd up down ;;
  limit:3:*) compadd off 500k 1M 10M ;;
  metered:2:*) compadd ask allow hold ;;
  accept-files:3:*) compadd on off 1M 100M 1G ;;
  accept-files:4:*) _directories ;;
  take:* | browse:* | queue:* | limit:* | metered:* | accept-files:* | pause:* | resume:* | cancel:* | refuse:*) ;;
  *:-*) compadd -- --profile --json --help ;;
  *) _files ;;
  esac
}
_hark-cli "$@"
