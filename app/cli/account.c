/* app/cli/account.c - hark-cli restore, passphrase, erase and backup-key: what is done to a profile
 * as a whole, without an engine. */

#include "app/cli/cli.h"
#include "app/cli/verbs.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  char *profile, *name;
  gboolean no_passphrase, keyring, yes;
  int passphrase_fd, new_fd, words_fd, backup_fd;
  char *passphrase, *new_passphrase, *words, *backup_passphrase; /* as read; secrets */
} Account;

static void
clear (Account *account)
{
  g_free (account->profile);
  g_free (account->name);
  hark_words_free (account->passphrase);
  hark_words_free (account->new_passphrase);
  hark_words_free (account->words);
  hark_words_free (account->backup_passphrase);
}

static bool
read_secret (int fd, char **ret, GError **error)
{
  return fd == HARK_OPTIONS_NO_FD || (*ret = hark_options_read_passphrase (fd, error)) != NULL;
}

/* Takes the options, in the order in which the secrets are asked for: one descriptor may hold
 * several lines only if each is read by another. Leaves the arguments. */
static bool
parse (Account *account, const char *what, int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (what);
  const GOptionEntry entries[] = {
    {"profile",              0, 0, G_OPTION_ARG_FILENAME, &account->profile,       "Profile directory",                         "DIR"},
    {"name",                 0, 0, G_OPTION_ARG_STRING,   &account->name,          "Your name, when restored from words alone",
     "NAME"                                                                                                                          },
    {"passphrase-fd",        0, 0, G_OPTION_ARG_INT,      &account->passphrase_fd,
     "Read the profile's passphrase from this descriptor",                                                                      "N"  },
    {"new-passphrase-fd",    0, 0, G_OPTION_ARG_INT,      &account->new_fd,
     "Read the new passphrase from this descriptor",                                                                            "N"  },
    {"words-fd",             0, 0, G_OPTION_ARG_INT,      &account->words_fd,
     "Read the account's 24 words from this descriptor",                                                                        "N"  },
    {"backup-passphrase-fd", 0, 0, G_OPTION_ARG_INT,      &account->backup_fd,
     "Read the backup's passphrase from this descriptor",                                                                       "N"  },
    {"no-passphrase",        0, 0, G_OPTION_ARG_NONE,     &account->no_passphrase,
     "Keep the key in a file that only this user can read",                                                                     NULL },
    {"keyring",              0, 0, G_OPTION_ARG_NONE,     &account->keyring,       "Keep the key in the login keyring",
     NULL                                                                                                                            },
    {"yes",                  0, 0, G_OPTION_ARG_NONE,     &account->yes,           "Do it",                                     NULL },
    G_OPTION_ENTRY_NULL,
  };

  account->passphrase_fd = account->new_fd = account->words_fd = account->backup_fd
    = HARK_OPTIONS_NO_FD;
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error)
      || !read_secret (account->passphrase_fd, &account->passphrase, error)
      || !read_secret (account->new_fd, &account->new_passphrase, error)
      || !read_secret (account->words_fd, &account->words, error)
      || !read_secret (account->backup_fd, &account->backup_passphrase, error))
    return false;
  if (!account->profile)
    account->profile = g_build_filename (g_get_user_data_dir (), "hark", "default", NULL);
  return true;
}

/* ---- restore --------------------------------------------------------------------- */

static int
restore_file (const Account *account, const char *path, GError **error)
{
  g_autofree char *whole = g_canonicalize_filename (path, NULL);
  g_autoptr (GDateTime) when = NULL;
  g_autofree char *date = NULL;
  HarkRestored found;

  if (!hark_profile_restore (account->profile, whole, account->words, account->backup_passphrase,
                             account->passphrase, &found, error))
    return 1;
  when = g_date_time_new_from_unix_local (found.made_ms / 1000);
  date = when != NULL ? g_date_time_format (when, "%F %R") : NULL;
  fprintf (
    stderr,
    "Restored %u contacts and %" G_GUINT64_FORMAT " messages as of %s.\n"
    "Is the old computer still in use? An account works on one computer at a time: stop Hark\n"
    "there and erase that copy with \"hark-cli erase --yes\".\n",
    found.contacts, found.messages, date != NULL ? date : "an unknown day");
  return 0;
}

static int
restore_words (const Account *account, GError **error)
{
  if (!hark_profile_create (account->profile, account->name, account->passphrase, account->words,
                            NULL, error))
    return 1;
  fprintf (
    stderr,
    "The account is back, its contacts are not: words hold no list of them. Restore a backup\n"
    "to have them at once, or add them again: whoever knows you accepts without being asked.\n");
  return 0;
}

int
hark_cli_restore (int argc, char **argv)
{
  Account account = {0};
  g_autoptr (GError) error = NULL;
  int code;

  if (!parse (&account, "[FILE] - an account from its words, or from a backup", &argc, &argv,
              &error))
    code = hark_cli_complain (2, "%s", error->message);
  else if (account.no_passphrase == (account.passphrase_fd != HARK_OPTIONS_NO_FD))
    code = hark_cli_complain (2, "choose --passphrase-fd N or --no-passphrase for the new profile");
  else if (argc > 2)
    code = hark_cli_complain (2, "restore takes one file");
  else if (argc == 2 && !account.words == !account.backup_passphrase)
    code = hark_cli_complain (
      2, "say what opens the backup: --words-fd N or --backup-passphrase-fd N");
  else if (argc == 1 && (!account.words || !account.name))
    code = hark_cli_complain (2, "without a file restore wants --words-fd N and --name NAME");
  else {
    code = argc == 2 ? restore_file (&account, argv[1], &error) : restore_words (&account, &error);
    if (code != 0)
      hark_cli_complain (code, "%s", error->message);
  }
  clear (&account);
  return code;
}

/* ---- passphrase ------------------------------------------------------------------ */

static int
change (const Account *account, GError **error)
{
  const HarkUnlock way = account->new_passphrase ? HARK_UNLOCK_PASSPHRASE
                         : account->keyring      ? HARK_UNLOCK_KEYRING
                                                 : HARK_UNLOCK_FILE;

  if (!hark_profile_change_unlock (account->profile, account->passphrase, account->words, way,
                                   account->new_passphrase, error))
    return 1;
  if (way == HARK_UNLOCK_FILE)
    fprintf (stderr,
             "The key now lies beside your messages: whoever can read your files can read them.\n");
  else if (way == HARK_UNLOCK_KEYRING)
    fprintf (stderr,
             "The key now lies in the login keyring: whoever is logged in as you can read your "
             "messages.\n");
  return 0;
}

int
hark_cli_passphrase (int argc, char **argv)
{
  Account account = {0};
  g_autoptr (GError) error = NULL;
  int code;

  if (!parse (&account, "- what opens the profile, from now on", &argc, &argv, &error))
    code = hark_cli_complain (2, "%s", error->message);
  else if (argc > 1)
    code = hark_cli_complain (2, "what is \"%s\"?", argv[1]);
  else if ((account.new_fd != HARK_OPTIONS_NO_FD) + account.no_passphrase + account.keyring != 1)
    code = hark_cli_complain (2, "choose --new-passphrase-fd N, --keyring or --no-passphrase");
  else if ((code = change (&account, &error)) != 0)
    hark_cli_complain (code, "%s", error->message);
  clear (&account);
  return code;
}

/* ---- erase, backup-key ----------------------------------------------------------- */

int
hark_cli_erase (int argc, char **argv)
{
  Account account = {0};
  g_autoptr (GError) error = NULL;
  int code = 0;

  if (!parse (&account, "- everything of a profile, for ever", &argc, &argv, &error))
    code = hark_cli_complain (2, "%s", error->message);
  else if (!account.yes)
    code = hark_cli_complain (2,
                              "erase removes the account, contacts and messages in %s for ever; "
                              "say --yes if that is what you want",
                              account.profile);
  else if (!hark_profile_erase (account.profile, &error))
    code = hark_cli_complain (1, "%s", error->message);
  clear (&account);
  return code;
}

int
hark_cli_backup_key (int argc, char **argv)
{
  Account account = {0};
  g_autoptr (GError) error = NULL;
  char *key = NULL;
  int code = 0;

  if (!parse (&account, "- the key with which the age tool opens backups", &argc, &argv, &error))
    code = hark_cli_complain (2, "%s", error->message);
  else if (!account.words)
    code = hark_cli_complain (2, "backup-key wants --words-fd N");
  else if (!(key = hark_backup_key (account.words, &error)))
    code = hark_cli_complain (1, "%s", error->message);
  else
    printf ("%s\n", key);
  hark_words_free (key);
  clear (&account);
  return code;
}
