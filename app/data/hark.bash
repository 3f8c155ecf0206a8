# bash completion for hark
_hark()
{
  local options='--hidden --profile --passphrase-fd --port --bind --bootstrap --peer --network --lan-only --no-lan --no-dht --no-mapping --no-tcp
    --visible --mic --speaker --log --help'
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}

  case $before in
  --profile) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
  --log) mapfile -t COMPREPLY < <(compgen -W 'error warning info debug' -- "$word"); return ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word"; compgen -f -X "!*.hark" -- "$word")
}
complete -F _hark hark
