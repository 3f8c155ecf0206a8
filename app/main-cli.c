/* app/main-cli.c - hark-cli: the engine without a screen. */

#include "app/cli/cli.h"
#include "app/cli/handover.h"
#include "app/cli/verbs.h"
#include "app/harden.h"
#include "app/options.h"

#include <errno.h>
#include <glib.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char help[]
  = "hark-cli: talk, write and hand files straight to people you know\n"
    "\n"
    "  hark-cli [--profile DIR] VERB [OPTIONS]      every verb has --help\n"
    "\n"
    "  init --name NAME      make an account; prints its 24 words once\n"
    "  run [--json]          the engine: stays online; with --json commands in, events out\n"
    "  node                  a DHT node and contact point for others, with no account\n"
    "\n"
    "  address               your address to give away (--one-time for one person; --label,\n"
    "                        --list, --revoke ADDRESS, --qr, --invite-text)\n"
    "  add ADDRESS           ask somebody to become a contact (--scan FILE: from its QR code)\n"
    "  contacts, requests    who they are and how they are; who asks; about CONTACT\n"
    "  profile               yours (--name, --avatar FILE, --no-avatar, --status TEXT)\n"
    "  presence online|away|busy|invisible; status-text TEXT\n"
    "  notes CONTACT TEXT    for you alone; favourite, silence, may-give-files CONTACT on|off\n"
    "  see-typing, see-read CONTACT|all on|off   whether they see that you type, what you read\n"
    "  see-online CONTACT on|off   whether they see that you are online\n"
    "  accept, decline, block, unblock, remove CONTACT; rename CONTACT NAME\n"
    "  send CONTACT TEXT     a message\n"
    "  call CONTACT          talk; in another terminal answer, hangup, hold, unhold, swap,\n"
    "                        mute, unmute, ptt, volume PERCENT\n"
    "  devices               microphones and speakers; device PART VALUE chooses; echo-test calls "
    "you\n"
    "  clip record CONTACT   a voice message; clip send CONTACT FILE (.opus),\n"
    "                        clip play CONTACT ID, clip save CONTACT ID FILE\n"
    "  history CONTACT       what was said (--date, --unread, --around, ...); search TEXT\n"
    "  edit CONTACT ID TEXT, delete CONTACT ID, react CONTACT ID SIGN, edits CONTACT ID\n"
    "                        (ID: history --ids); timer CONTACT 1h|off; quarantine\n"
    "  calls                 those there were, the newest first (--limit N, --before POSITION)\n"
    "  chats                 all conversations; pin, archive, unread CONTACT on|off\n"
    "  group create NAME     a group; list, history GROUP, send GROUP TEXT, accept or leave "
    "GROUP,\n"
    "                        add or remove GROUP PERSON, admin or member GROUP PERSON, ...\n"
    "  note TEXT             to yourself: a conversation with \"me\"; draft CONTACT TEXT\n"
    "  keep CONTACT|all DAYS how long messages are kept; clear CONTACT\n"
    "  export CONTACT|all FILE [--json]   a conversation to read without Hark\n"
    "  give CONTACT PATH...  hand files over (\"-\": standard input); take CONTACT, take --all\n"
    "  share DIR --with CONTACT   let them look into it; share list, share remove DIR;\n"
    "  browse CONTACT [PATH]      what they share; take CONTACT:/PATH\n"
    "  queue [first|last N]  what is under way; pause, resume, cancel, refuse N\n"
    "  give --words PATH...  to somebody who is no contact: says four words, with which they\n"
    "  take WORDS            take it, on the local network or anywhere (--to DIR, --stdout)\n"
    "  limit up|down RATE|off   how fast files go (500k, 1.5M a second)\n"
    "  metered ask|allow|hold   large files on networks that cost by the byte\n"
    "  accept-files CONTACT on|off|SIZE [FOLDER]   theirs are taken without a question\n"
    "  verify CONTACT        the safety number to compare (--qr); compare CODE (--scan FILE)\n"
    "  words CONTACT         three words to compare by voice; words-match, words-differ\n"
    "  relay on|off          carry packets of contacts who cannot reach each other directly;\n"
    "                        relay-for CONTACT on|off\n"
    "  relay add LINK        go through a relay node (node --relay) when nothing else works;\n"
    "                        relay list; relay remove NAME\n"
    "  mailbox add KEEPER    a node of yours (node --mailbox), by the link or the four words that "
    "it\n"
    "                        shows, or a contact who agrees, keeps what is written to you while\n"
    "                        you are away; mailbox list; mailbox remove KEEPER; mailbox for "
    "CONTACT\n"
    "                        on|off: keep it for them\n"
    "  doctor [CONTACT]      why somebody cannot be reached, and what to do\n"
    "  ledger                what has left this machine, and who carried for whom\n"
    "  status                contacts, network, transfers, calls as JSON\n"
    "  people-here           who on the local network chose to be seen\n"
    "  network               closed networks: create [HOST:PORT...], export FILE.hark, show or "
    "join\n"
    "                        NETWORK or FILE.hark, leave\n"
    "  add-peer HOST[:PORT]  where Hark runs, for networks without multicast; remove-peer\n"
    "\n"
    "  backup FILE           an encrypted backup (age); auto-backup FOLDER|off\n"
    "  restore [FILE]        the account from a backup, or from its 24 words alone\n"
    "  passphrase            what opens the profile; backup-key\n"
    "  erase --yes           everything, for ever\n"
    "  version\n"
    "\n"
    "CONTACT is a name or the first letters of the account; where something is said or kept, also\n"
    "a group, or \"me\". Without a running engine a verb starts "
    "one\n"
    "for as long as it takes.\n";

/* Options may stand before the verb, as in "hark-cli --profile DIR run": they are moved behind it.
 */
static const char *
move_verb_first (int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    char *verb = argv[i];

    if (verb[0] == '-') {
      if (strcmp (verb, "--profile") == 0)
        i++;
      continue;
    }
    memmove (argv + 2, argv + 1, (size_t) (i - 1) * sizeof *argv);
    argv[1] = verb;
    return verb;
  }
  return NULL;
}

/* Of cron and of ssh to many a machine comes no locale, or "C", in which every name with an accent
 * would be refused; what people and files are called is UTF-8 there as well. */
static void
choose_locale (void)
{
  setlocale (LC_ALL, "");
  if (strcmp (nl_langinfo (CODESET), "ANSI_X3.4-1968") == 0)
    setlocale (LC_CTYPE, "C.UTF-8");
}

/* What was printed has to have gone out for the verb to have done its work; who reads no more
 * (head) has enough. */
static int
end_output (int code)
{
  struct pollfd output = {STDOUT_FILENO, POLLOUT, 0};
  const bool failed_before = ferror (stdout) != 0;
  const int error = fflush (stdout) != 0 ? errno : EIO; /* of before it is not known any more */

  if (!failed_before && !ferror (stdout))
    return code;
  if (poll (&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP)))
    return code;
  hark_cli_complain (1, "what was to be printed could not be: %s", g_strerror (error));
  return MAX (code, 1);
}

static int
run (int argc, char **argv)
{
  const char *verb;

  verb = move_verb_first (argc, argv);
  if (!verb) {
    bool asked = argc < 2 || strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0;

    if (argc == 2 && strcmp (argv[1], "--version") == 0) {
      printf ("hark-cli %s\n", HARK_VERSION);
      return 0;
    }
    fputs (help, asked ? stdout : stderr);
    return asked ? 0 : 2;
  }

  if (strcmp (verb, "help") == 0) {
    fputs (help, stdout);
    return 0;
  }
  if (strcmp (verb, "version") == 0) {
    printf ("hark-cli %s\n", HARK_VERSION);
    return 0;
  }
  if (strcmp (verb, "network") == 0)
    return hark_cli_network (argc - 1, argv + 1);
  if (strcmp (verb, "init") == 0)
    return hark_cli_init (argc - 1, argv + 1);
  if (strcmp (verb, "restore") == 0)
    return hark_cli_restore (argc - 1, argv + 1);
  if (strcmp (verb, "passphrase") == 0)
    return hark_cli_passphrase (argc - 1, argv + 1);
  if (strcmp (verb, "erase") == 0)
    return hark_cli_erase (argc - 1, argv + 1);
  if (strcmp (verb, "backup-key") == 0)
    return hark_cli_backup_key (argc - 1, argv + 1);
  if (hark_cli_is_handover (argc - 1, argv + 1))
    return hark_cli_handover (argc - 1, argv + 1);
  if (strcmp (verb, "run") == 0 || strcmp (verb, "node") == 0)
    return hark_cli_run (argc - 1, argv + 1);
  return hark_cli_verb (argc - 1, argv + 1);
}

int
main (int argc, char **argv)
{
  hark_harden ();
  hark_be_helper (argc, argv);
  choose_locale ();
  hark_options_set_log ("warning");
  return end_output (run (argc, argv));
}
