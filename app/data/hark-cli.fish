# fish completion for hark-cli
set -l verbs init run node address add contacts requests about profile status-text presence notes favourite silence \
    may-give-files see-typing see-read see-online words words-match words-differ compare accept decline block unblock remove \
    rename send edit delete clip sound call answer hangup hold unhold swap mute unmute volume ptt devices device echo-test \
    edits react timer quarantine history search calls chats draft note unread pin archive keep clear export give take \
    share browse queue limit metered accept-files pause resume cancel refuse verify doctor ledger people-here network \
    add-peer remove-peer group relay relay-for mailbox mailbox-for backup auto-backup restore passphrase \
    backup-key erase status version help

function __hark_cli_at --argument-names verb place
    set -l words (commandline -opc)
    test (count $words) -eq $place; and test "$words[2]" = $verb
end

complete -c hark-cli -n __fish_use_subcommand -f -a "$verbs"
complete -c hark-cli -l profile -r -f -a '(__fish_complete_directories)' -d 'directory of the account'
complete -c hark-cli -l json -d 'objects, for programs'
complete -c hark-cli -l help -d 'what a verb does'

complete -c hark-cli -n '__fish_seen_subcommand_from give' -l words -d 'to somebody who is no contact, by four words'
complete -c hark-cli -n '__fish_seen_subcommand_from give' -l name -x -d 'what standard input is called there'
complete -c hark-cli -n '__fish_seen_subcommand_from give' -l picture -d 'show pictures small before they are taken'
complete -c hark-cli -n '__fish_seen_subcommand_from take' -f
complete -c hark-cli -n '__fish_seen_subcommand_from take' -l all -d 'what everybody offers'
complete -c hark-cli -n '__fish_seen_subcommand_from take' -l from -r -f -d 'the same of one contact or group'
complete -c hark-cli -n '__fish_seen_subcommand_from take' -l to -r -f -a '(__fish_complete_directories)' -d 'where it goes'
complete -c hark-cli -n '__fish_seen_subcommand_from take' -l stdout -d 'to standard output, once verified'
complete -c hark-cli -n '__fish_seen_subcommand_from share browse' -f
complete -c hark-cli -n '__fish_seen_subcommand_from share' -l with -x -d 'whom'
complete -c hark-cli -n '__hark_cli_at share 2' -a 'list remove (__fish_complete_directories)'
complete -c hark-cli -n '__hark_cli_at share 3' -a '(__fish_complete_directories)'
complete -c hark-cli -n '__fish_seen_subcommand_from queue limit metered pause resume cancel refuse' -f
complete -c hark-cli -n '__hark_cli_at queue 2' -a 'first last'
complete -c hark-cli -n '__hark_cli_at ptt 2' -f -a 'down up'
complete -c hark-cli -n '__hark_cli_at limit 2' -a 'up down'
complete -c hark-cli -n '__hark_cli_at limit 3' -a 'off 500k 1M 10M'
complete -c hark-cli -n '__hark_cli_at metered 2' -a 'ask allow hold'
complete -c hark-cli -n '__fish_seen_subcommand_from accept-files' -f
complete -c hark-cli -n '__hark_cli_at accept-files 3' -a 'on off 1M 100M 1G'
complete -c hark-cli -n '__hark_cli_at accept-files 4' -a '(__fish_complete_directories)'
