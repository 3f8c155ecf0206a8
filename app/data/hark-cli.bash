# bash completion for hark-cli
_hark_cli()
{
  local verbs='init run node address add contacts requests about profile status-text presence notes favourite silence may-give-files see-typing see-read see-online words words-match words-differ compare accept decline block unblock remove rename send edit delete clip sound call answer hangup hold unhold swap mute unmute volume ptt devices device echo-test edits react timer quarantine history search calls chats draft note unread pin archive keep clear export give take share browse queue limit metered accept-files pause resume cancel refuse verify doctor ledger people-here network add-peer remove-peer group relay relay-for mailbox mailbox-for backup auto-backup restore passphrase backup-key erase status version help'
  local options='--profile --json --port --bind --bootstrap --no-dht --no-mapping --no-tcp --keep-echo --keep-noise --keep-gain --peer --lan-only --no-lan --visible --network --mic --speaker
    --auto-accept-requests --auto-answer --auto-accept-files --no-relay --relay --relay-host --mailbox --mailbox-size --log --passphrase-fd --cubic --no-aes --jumbo --help'
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}

  case $before in
  --profile | --auto-accept-files | --to) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
  group) mapfile -t COMPREPLY < <(compgen -W 'create list add remove admin member accept leave forget rename picture timer meet notices call hangup mute volume send history' -- "$word"); return ;;
  clip) mapfile -t COMPREPLY < <(compgen -W 'record send play save' -- "$word"); return ;;
  relay) mapfile -t COMPREPLY < <(compgen -W 'on off add list remove' -- "$word"); return ;;
  share) mapfile -t COMPREPLY < <(compgen -W 'list remove' -d -- "$word"); return ;;
  mailbox) mapfile -t COMPREPLY < <(compgen -W 'add list remove for' -- "$word"); return ;;
  ptt) mapfile -t COMPREPLY < <(compgen -W 'down up' -- "$word"); return ;;
  queue) mapfile -t COMPREPLY < <(compgen -W 'first last' -- "$word"); return ;;
  limit) mapfile -t COMPREPLY < <(compgen -W 'up down' -- "$word"); return ;;
  metered) mapfile -t COMPREPLY < <(compgen -W 'ask allow hold' -- "$word"); return ;;
  network) mapfile -t COMPREPLY < <(compgen -W 'create export show join leave' -- "$word"); return ;;
  join | show) mapfile -t COMPREPLY < <(compgen -f -X '!*.hark' -- "$word"); return ;;
  relay-for | auto-backup) [[ $word == -* ]] || mapfile -t COMPREPLY < <(compgen -W 'on off' -d -- "$word") ;;
  device) mapfile -t COMPREPLY < <(compgen -W 'mic speaker ring echo noise gain low_delay' -- "$word"); return ;;
  mic | speaker | ring) mapfile -t COMPREPLY < <(compgen -W 'default none' -- "$word"); return ;;
  echo | noise | gain | low_delay) mapfile -t COMPREPLY < <(compgen -W 'on off' -- "$word"); return ;;
  --log) mapfile -t COMPREPLY < <(compgen -W 'error warning info debug' -- "$word"); return ;;
  esac
  case ${COMP_WORDS[1]}:$COMP_CWORD:$word in
  give:*:-*) mapfile -t COMPREPLY < <(compgen -W '--words --name --picture --json' -- "$word"); return ;;
  take:*:-*) mapfile -t COMPREPLY < <(compgen -W '--all --from --to --stdout --output --json' -- "$word"); return ;;
  share:*:-*) mapfile -t COMPREPLY < <(compgen -W '--with --json' -- "$word"); return ;;
  share:3:*) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;; # share remove DIR
  accept-files:3:*) mapfile -t COMPREPLY < <(compgen -W 'on off 1M 100M 1G' -- "$word"); return ;;
  accept-files:4:*) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
  esac
  case $word in
  -*) mapfile -t COMPREPLY < <(compgen -W "$options --name --no-passphrase --quiet-words --before --after --around --date --unread --limit --ids --in --one-time --label --list --revoke --relabel --qr --invite-text --scan --name --status --avatar --no-avatar --text --keyring --new-passphrase-fd --words-fd --words --to --with --picture --stdout --output --backup-passphrase-fd --no-messages --keep --hours --yes" -- "$word") ;;
  *) if ((COMP_CWORD == 1)); then mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$word")
     else mapfile -t COMPREPLY < <(compgen -f -- "$word"); fi ;;
  esac
}
complete -F _hark_cli hark-cli
