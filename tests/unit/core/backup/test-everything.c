/* A profile with something in every column there is, backed up and put back: table by table the
 * same, but for what is named here with its reason. A new column has to be filled here, and either
 * comes back or gets a reason of its own. */
#include "core/backup/backup.h"
#include "core/files/file-settings.h"
#include "core/files/share-list.h"
#include "core/mailbox/peers.h"
#include "tests/unit/core/store/helper.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define OWN_PICTURE_LEN (96 * 96 * 3)

/* Not in a backup: columns of a table, or all of it. */
static const struct {
  const char *table, *column, *reason;
} left_out[] = {
  {"account",        NULL,       "a restored profile is a device of its own"    },
  {"kept",           NULL,       "mail of others; its senders still have it"    },
  {"quarantine",     NULL,       "was refused, and is no part of a conversation"},
  {"conversations",  "number",   "only stands for the account"                  },
  {"conversations",  "seq",      "goes on 2^32 above"                           },
  {"messages",       "peaks",    "found again when it is shown"                 },
  {"people",         "told",     "they may have been told another token since"  },
  {"people",         "picture",  "of others: they are asked again"              },
  {"pictures",       "number",   "only an order"                                },
  {"transfer_lists", NULL,       "whoever has the file tells it again"          },
  {"groups",         "epoch",    "what is restored writes chains of its own"    },
  {"group_reads",    NULL,       "told again by those who are met"              },
  {"group_entries",  "position", "an order, which is compared"                  },
};

static const char *const settings_left_out[] = {
  "calls",      /* of the process that runs: it goes on */
  "nodes",      /* found again */
  "records",    /* likewise */
  "group-mail", /* what was left is known by its id */
  "mailbox",    /* told again, but for what test_mailbox looks at */
  "loose",      /* a note that words are loose */
};

static bool
is_left_out (const char *table, const char *column)
{
  for (size_t i = 0; i < G_N_ELEMENTS (left_out); i++)
    if (strcmp (left_out[i].table, table) == 0
        && (left_out[i].column == NULL || g_strcmp0 (left_out[i].column, column) == 0))
      return true;
  return false;
}

/* ---- one of everything ----------------------------------------------------------- */

static void
must (HarkProfile *profile, HarkStoreRequest *request)
{
  g_autoptr (HarkStoreReply) reply = helper_execute (profile, request);

  g_assert_no_error (reply->error);
  g_assert_true (reply->ok);
}

static HarkStoreAccount
own_account (HarkKey *ret_key)
{
  HarkStoreAccount account = helper_account ();
  HarkCertificate certificate = {.list_version = 5};
  uint8_t secret[crypto_sign_SECRETKEYBYTES];

  crypto_sign_seed_keypair (certificate.account.bytes, secret, account.account_seed.bytes);
  crypto_scalarmult_base (certificate.device.bytes, account.device_secret.bytes);
  memcpy (certificate.device_id, account.device_id, sizeof certificate.device_id);
  hark_certificate_sign (&certificate, &account.account_seed, account.certificate);
  *ret_key = certificate.account;
  sodium_memzero (secret, sizeof secret);
  return account;
}

static void
put_contact (HarkProfile *profile)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_CONTACT, 0);
  HarkStoreContact *contact = request->contact = g_new0 (HarkStoreContact, 1);

  memset (contact, 3, sizeof *contact);
  contact->account = helper_key (1);
  contact->status = HARK_CONTACT_ACCEPTED;
  g_strlcpy (contact->name, "Bertha", sizeof contact->name);
  g_strlcpy (contact->petname, "Bert", sizeof contact->petname);
  g_strlcpy (contact->request_text, "It is me", sizeof contact->request_text);
  contact->has_reach = contact->has_first = contact->has_answer = true;
  contact->has_pairwise = contact->has_pairwise_previous = true;
  contact->pairwise_ms = 77;
  contact->list_version = 9;
  contact->verified = 2;
  contact->added_ms = 5;
  contact->last_seen_ms = 6;
  must (profile, request);

  request = hark_store_request_new (HARK_STORE_PUT_ADDRESS, 0);
  memset (request->address.token.bytes, 8, sizeof request->address.token.bytes);
  request->address.kind = HARK_STORE_ADDRESS_INVITE;
  request->address.made_ms = 9;
  g_strlcpy (request->address.label, "web page", sizeof request->address.label);
  must (profile, request);
}

static void
put_person (HarkProfile *profile, const HarkKey *account, bool picture)
{
  HarkStoreRequest *request
    = hark_store_request_new (picture ? HARK_STORE_PUT_PICTURE : HARK_STORE_PUT_PERSON, 0);
  HarkStorePerson *person = request->person = g_new0 (HarkStorePerson, 1);

  person->account = *account;
  person->version = 12;
  g_strlcpy (person->status_text, "out", sizeof person->status_text);
  person->has_picture = picture;
  memset (person->picture, 4, sizeof person->picture);
  person->availability = 1;
  g_strlcpy (person->notes, "knows the way", sizeof person->notes);
  person->verified_ms = 13;
  person->silent_until_ms = INT64_MAX;
  person->favourite = true;
  person->may = 5;
  g_strlcpy (person->via, "web page", sizeof person->via);
  person->has_told = true;
  if (picture)
    request->picture = g_bytes_new_take (g_strnfill (OWN_PICTURE_LEN, 'p'), OWN_PICTURE_LEN);
  must (profile, request);
}

static HarkStoreMessage *
new_message (HarkStoreRequest **ret, HarkMessageKind kind, unsigned i, const char *text)
{
  HarkStoreMessage *message;

  *ret = helper_put_message (1, i, text);
  message = (*ret)->message;
  message->kind = kind;
  message->outgoing = i % 2 == 0;
  message->state = HARK_MESSAGE_READ;
  message->sent_ms = 100 + i;
  message->received_ms = 200 + i;
  message->clock = 1000 + i;
  message->hidden = kind >= HARK_MESSAGE_EDIT && kind <= HARK_MESSAGE_REACTION;
  return message;
}

static void
put_about (HarkProfile *profile, HarkMessageKind kind, unsigned i, unsigned target)
{
  HarkStoreRequest *request;
  HarkStoreMessage *message
    = new_message (&request, kind, i, kind == HARK_MESSAGE_EDIT ? "b" : "*");

  message->has_target = true;
  message->target[0] = 1;
  memcpy (message->target + 8, &target, sizeof target);
  must (profile, request);
}

/* Part @part of a voice message of two, of 100 ms each; what a store looks at, and no sound. */
static void
put_part (HarkProfile *profile, unsigned part)
{
  uint8_t bytes[131] = {[7] = 4800 >> 8, [6] = 4800 & 255, [26] = 1, [27] = sizeof bytes - 28};
  HarkStoreRequest *request;
  HarkStoreMessage *message = new_message (&request, HARK_MESSAGE_CLIP, 14 + 2 * part, "");

  memcpy (bytes + 75, "OpusTags", 8);
  memcpy (bytes + 99,
          part == 1 ? "HARK_PART=01/02/0123456789abcdef" : "HARK_PART=02/02/0123456789abcdef", 32);
  message->body = g_bytes_new (bytes, sizeof bytes);
  must (profile, request);
}

static void
put_messages (HarkProfile *profile)
{
  HarkStoreRequest *request;
  HarkStoreMessage *message = new_message (&request, HARK_MESSAGE_TEXT, 2, "a");

  message->has_reply_to = message->has_author = message->has_group = true;
  memset (message->reply_to, 6, sizeof message->reply_to);
  memset (message->group, 7, sizeof message->group);
  message->author = helper_key (8);
  message->n_parents = 2;
  message->expires_s = 60;
  message->expires_at = 99999;
  must (profile, request);
  message = new_message (&request, HARK_MESSAGE_CLIP, 4, "");
  message->body = g_bytes_new_static ("OggS", 4);
  message->ref = 1;
  must (profile, request);
  request = hark_store_request_new (HARK_STORE_NOTE_CLIP, 0);
  message = request->message = g_new0 (HarkStoreMessage, 1);
  message->contact = helper_key (1);
  message->id[0] = 1;
  message->id[8] = 4;
  message->has_peaks = true;
  memset (message->peaks, 9, sizeof message->peaks);
  must (profile, request);
  for (unsigned i = 6; i <= 10; i += 2) {
    new_message (&request, HARK_MESSAGE_TEXT, i, "first");
    must (profile, request);
  }
  put_part (profile, 1);
  put_part (profile, 2);
  put_about (profile, HARK_MESSAGE_EDIT, 12, 6);
  put_about (profile, HARK_MESSAGE_DELETE, 14, 8);
  put_about (profile, HARK_MESSAGE_REACTION, 15, 10);
  put_about (profile, HARK_MESSAGE_EDIT, 17, 1000); /* waits for what is not here */
  new_message (&request, HARK_MESSAGE_TIMER, 19, "")->expires_s = 3600;
  must (profile, request);
  message = new_message (&request, HARK_MESSAGE_TEXT, 21, "not before");
  message->n_parents = 1;
  message->parents[0][0] = 1;
  message->parents[0][8] = 19;
  message->clock = 3;
  hark_store_reply_free (helper_execute (profile, request)); /* to the quarantine */
}

static void
put_chat (HarkProfile *profile)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_CHAT, 0);
  HarkStoreChat *chat = request->chat = g_new0 (HarkStoreChat, 1);

  chat->contact = helper_key (1);
  chat->draft = g_strdup ("not finished");
  chat->has_draft_reply = chat->archived = chat->marked = true;
  memset (chat->draft_reply, 2, sizeof chat->draft_reply);
  chat->draft_ms = 3;
  chat->pinned_ms = 4;
  chat->keep_days = -1;
  request->fields = HARK_STORE_CHAT_DRAFT | HARK_STORE_CHAT_MARKED | HARK_STORE_CHAT_PINNED
                    | HARK_STORE_CHAT_ARCHIVED | HARK_STORE_CHAT_KEEP;
  must (profile, request);
}

static void
put_transfer (HarkProfile *profile)
{
  static const uint8_t people[16 + 33] = {[0] = 1, [48] = 1};
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_TRANSFER, 0);
  HarkStoreTransfer *transfer = request->transfer = g_new0 (HarkStoreTransfer, 1);

  memset (transfer, 5, sizeof *transfer);
  transfer->id = 4711;
  transfer->contact = helper_key (1);
  transfer->outgoing = true;
  transfer->state = HARK_STORE_TRANSFER_FINISHED;
  transfer->name = g_strdup ("holiday");
  transfer->path = g_strdup ("/home/anna/holiday");
  transfer->size = transfer->done = 12345;
  transfer->mtime_ms = 6;
  transfer->reason = g_strdup ("It changed.");
  transfer->made_ms = 7;
  transfer->preview = g_bytes_new_static ("\1\1rgb", 5);
  transfer->people = g_bytes_new_static (people, sizeof people);
  transfer->list = NULL;
  must (profile, request);
}

static void
put_group (HarkProfile *profile)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_GROUP, 0);
  HarkStoreGroupEntry *entry;
  HarkStoreGroup *group = &request->group;

  memset (group, 2, sizeof *group);
  memset (group->id, 7, sizeof group->id);
  group->state = HARK_STORE_GROUP_JOINED;
  g_strlcpy (group->name, "Rowing", sizeof group->name);
  group->clock = 5;
  group->read_clock = 6;
  group->notices = 1;
  group->made_ms = 8;
  must (profile, request);
  for (unsigned i = 1; i <= 3; i++) { /* the last one's body was left out by whoever passed it on */
    request = hark_store_request_new (HARK_STORE_PUT_GROUP_ENTRY, 0);
    entry = request->group_entry = g_new0 (HarkStoreGroupEntry, 1);
    memset (entry->group, 7, sizeof entry->group);
    entry->author = helper_key (8);
    entry->chain[0] = (uint8_t) (i - 1);
    entry->seq = i;
    entry->proof = 2;
    entry->content = g_bytes_new_static ("content", 7);
    entry->tags = g_bytes_new_static ("tags", 4);
    if (i == 3)
      entry->wanted_until = 99;
    else
      entry->body = g_bytes_new_static ("body", 4);
    entry->has_message = entry->has_about = true;
    memset (entry->message, 3, sizeof entry->message);
    memset (entry->about, 4, sizeof entry->about);
    must (profile, request);
  }
}

/* What lies in its own bytes: folders for a contact, rules for files of one, and the others. */
static void
put_settings (HarkProfile *profile)
{
  g_autoptr (GPtrArray) shares = hark_share_list_new ();
  HarkFileSettings files;
  const HarkKey key = helper_key (1);
  const HarkStoreRequestKind kinds[] = {
    HARK_STORE_PUT_NODES, HARK_STORE_PUT_SOUND,  HARK_STORE_PUT_RELAY,   HARK_STORE_PUT_RECORDS,
    HARK_STORE_PUT_HEARD, HARK_STORE_PUT_LAN,    HARK_STORE_PUT_MAILBOX, HARK_STORE_PUT_GROUP_MAIL,
    HARK_STORE_PUT_KEEP,  HARK_STORE_PUT_BACKUP, HARK_STORE_PUT_CALLS};

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++) {
    HarkStoreRequest *request = hark_store_request_new (kinds[i], 0);
    GBytes **values[] = {&request->nodes, &request->sound,  &request->relay,   &request->records,
                         &request->heard, &request->lan,    &request->mailbox, &request->group_mail,
                         &request->keep,  &request->backup, &request->calls};
    const uint8_t value[] = {1, (uint8_t) i};

    *values[i] = g_bytes_new (value, sizeof value);
    must (profile, request);
  }
  {
    HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_SHARES, 0);

    hark_share_list_add (shares, "/home/anna/for Bert", &key);
    request->shares = hark_share_list_write (shares);
    must (profile, request);
    request = hark_store_request_new (HARK_STORE_PUT_FILES, 0);
    hark_file_settings_read (NULL, &files);
    files.metered = HARK_METERED_HOLD;
    files.limit_up = 1000;
    g_assert_true (hark_file_settings_set_rule (&files, &key, 5000, "/home/anna/from Bert"));
    request->files = hark_file_settings_write (&files);
    hark_file_settings_clear (&files);
    must (profile, request);
  }
}

static void
put_kept (HarkProfile *profile)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_KEPT, 0);

  request->kept.number = 1;
  request->sealed = g_bytes_new_static ("sealed", 6);
  must (profile, request);
}

/* ---- comparing ------------------------------------------------------------------- */

static GPtrArray *
read_column (HarkProfile *profile, const char *sql, int column)
{
  GPtrArray *ret = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2 (profile->database->handle, sql, -1, &statement, NULL);

  g_assert_cmpint (rc, ==, SQLITE_OK);
  while ((rc = sqlite3_step (statement)) == SQLITE_ROW)
    g_ptr_array_add (ret, g_strdup ((const char *) sqlite3_column_text (statement, column)));
  g_assert_cmpint (rc, ==, SQLITE_DONE);
  sqlite3_finalize (statement);
  return ret;
}

static GPtrArray *
tables_of (HarkProfile *profile)
{
  return read_column (profile,
                      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE "
                      "'sqlite%' AND name NOT LIKE 'words%' ORDER BY name",
                      0);
}

/* What of @table comes back, a line for each row; of conversations by account. */
static char *
dump (HarkProfile *profile, const char *table, GPtrArray *columns)
{
  g_autoptr (GString) sql = g_string_new ("SELECT ''");
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GString) ret = g_string_new (NULL);

  for (guint i = 0; i < columns->len; i++) {
    const char *column = columns->pdata[i];

    if (is_left_out (table, column))
      continue;
    if (strcmp (column, "conversation") == 0)
      column = "(SELECT account FROM conversations WHERE number = conversation)";
    g_string_append_printf (sql, " || ' %s ' || quote(%s)", (const char *) columns->pdata[i],
                            column);
  }
  g_string_append_printf (sql, " FROM %s", table);
  if (strcmp (table, "settings") == 0) {
    g_string_append (sql, " WHERE name NOT IN (''");
    for (size_t i = 0; i < G_N_ELEMENTS (settings_left_out); i++)
      g_string_append_printf (sql, ", '%s'", settings_left_out[i]);
    g_string_append (sql, ")");
  }
  /* a log in its order, the rest of them in any */
  g_string_append (sql,
                   strcmp (table, "group_entries") == 0 ? " ORDER BY position" : " ORDER BY 1");
  rows = read_column (profile, sql->str, 0);
  for (guint i = 0; i < rows->len; i++)
    g_string_append_printf (ret, "%s\n", (const char *) rows->pdata[i]);
  return g_string_free (g_steal_pointer (&ret), FALSE);
}

/* Something is in each column, so that it is seen when it gets lost. */
static void
assert_filled (HarkProfile *profile, const char *table, GPtrArray *columns)
{
  for (guint i = 0; i < columns->len; i++) {
    const char *column = columns->pdata[i];
    g_autofree char *sql
      = g_strdup_printf ("SELECT count(*) FROM %s WHERE %s IS NOT NULL AND %s NOT IN (0, '', x'')",
                         table, column, column);
    g_autoptr (GPtrArray) n = read_column (profile, sql, 0);

    if (strcmp (n->pdata[0], "0") == 0 && !is_left_out (table, column))
      g_error ("nothing is in %s.%s: fill it here", table, column);
  }
}

/* ---- to and fro ------------------------------------------------------------------ */

static void
on_replies (void *data)
{
  (void) data;
}

static char *
back_up_but (const char *dir, bool messages, unsigned damaged)
{
  HarkBackupJob job = {.messages = messages, .made_ms = 1234567};
  HarkStore *store = hark_store_open (dir, &(HarkStoreUnlock){NULL}, NULL);
  g_autoptr (GError) error = NULL;

  job.path = g_build_filename (dir, "b.age", NULL);
  hark_store_start (store, on_replies, NULL);
  hark_backup_write (store, &job, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (job.left_out, ==, damaged);
  hark_store_close (store);
  return job.path;
}

static char *
back_up (const char *dir, bool messages)
{
  return back_up_but (dir, messages, 0);
}

static bool
restore (HarkStoreFiller *filler, void *data, GError **error)
{
  const HarkStoreAccount account = helper_account ();
  HarkBackupFound found;

  return hark_backup_read (data, &(HarkBackupOpen){.seed = &account.account_seed}, filler, &found,
                           error);
}

static char *
make (HarkStoreFill fill, void *data)
{
  HarkStoreOptions options = helper_options (NULL);
  HarkKey key;
  const HarkStoreAccount account = own_account (&key);
  g_autoptr (GError) error = NULL;
  char *dir = helper_new_dir ();

  options.fill = fill;
  options.fill_data = data;
  hark_profile_make (dir, &account, &(HarkStoreUnlock){NULL}, &options, &error);
  g_assert_no_error (error);
  return dir;
}

static char *
make_full (void)
{
  char *dir = make (NULL, NULL);
  HarkProfile *profile = helper_open (dir, NULL);
  const HarkKey bert = helper_key (1);
  HarkKey own;

  own_account (&own);
  put_contact (profile);
  put_person (profile, &own, true);
  put_person (profile, &bert, false);
  put_messages (profile);
  put_chat (profile);
  put_transfer (profile);
  put_group (profile);
  put_settings (profile);
  put_kept (profile);
  hark_profile_close (profile);
  return dir;
}

static void
test_tables (void)
{
  char *dir = make_full ();
  g_autofree char *path = back_up (dir, true);
  char *again = make (restore, path);
  HarkProfile *before, *after;
  g_autoptr (GPtrArray) tables = NULL;

  g_unlink (path);
  before = helper_open (dir, NULL);
  after = helper_open (again, NULL);
  tables = tables_of (before);
  for (guint i = 0; i < tables->len; i++) {
    const char *table = tables->pdata[i];
    g_autofree char *sql = g_strdup_printf ("SELECT name FROM pragma_table_info('%s')", table);
    g_autoptr (GPtrArray) columns = read_column (before, sql, 0);
    g_autofree char *one = NULL;
    g_autofree char *two = NULL;

    if (is_left_out (table, NULL))
      continue;
    g_test_message ("%s", table);
    assert_filled (before, table, columns);
    one = dump (before, table, columns);
    two = dump (after, table, columns);
    g_assert_cmpstr (one, ==, two);
  }
  hark_profile_close (before);
  hark_profile_close (after);
  helper_remove (dir);
  helper_remove (again);
}

/* Without messages still holds what protects them: how long they last, and where new ones stand. */
static void
test_without_messages (void)
{
  char *dir = make_full ();
  g_autofree char *path = back_up (dir, false);
  char *again = make (restore, path);
  HarkProfile *profile = helper_open (again, NULL);
  g_autoptr (GPtrArray) chats = read_column (
    profile, "SELECT clock || ' ' || expires_s || ' ' || draft FROM conversations", 0);
  g_autoptr (GPtrArray) messages = read_column (profile, "SELECT count(*) FROM messages", 0);

  g_assert_cmpuint (chats->len, ==, 1);
  g_assert_cmpstr (chats->pdata[0], ==, "1019 3600 ");
  g_assert_cmpstr (messages->pdata[0], ==, "0");
  hark_profile_close (profile);
  g_unlink (path);
  helper_remove (dir);
  helper_remove (again);
}

/* More than two chunks of the age format in one record, and a row that no reader would take: what
 * is large comes back, and what is damaged costs itself alone, and is counted. */
static void
test_long_and_damaged (void)
{
  char *dir = make_full ();
  HarkProfile *profile = helper_open (dir, NULL);
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_SOUND, 0);
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) sizes = NULL;
  g_autoptr (GPtrArray) messages = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  char *again;
  unsigned damaged;

  request->sound = g_bytes_new_take (g_strnfill (200 * 1024, 's'), 200 * 1024);
  must (profile, request);
  g_assert_cmpint (
    sqlite3_exec (profile->database->handle,
                  "UPDATE messages SET expires_at = -5 WHERE kind = 1 AND text = 'first'", NULL,
                  NULL, NULL),
    ==, SQLITE_OK);
  damaged = (unsigned) sqlite3_changes (profile->database->handle);
  g_assert_cmpuint (damaged, >, 0);
  rows = read_column (profile, "SELECT count(*) FROM messages WHERE expires_at >= 0", 0);
  hark_profile_close (profile);
  path = back_up_but (dir, true, damaged);
  again = make (restore, path);
  profile = helper_open (again, NULL);
  sizes = read_column (profile, "SELECT length(value) FROM settings WHERE name = 'sound'", 0);
  messages = read_column (profile, "SELECT count(*) FROM messages", 0);
  g_assert_cmpstr (sizes->pdata[0], ==, "204800");
  g_assert_cmpstr (messages->pdata[0], ==, rows->pdata[0]);
  hark_profile_close (profile);
  g_unlink (path);
  helper_remove (dir);
  helper_remove (again);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backup/every-column-comes-back", test_tables);
  g_test_add_func ("/backup/timers-come-back-without-messages", test_without_messages);
  g_test_add_func ("/backup/long-ones-come-back-and-damaged-ones-are-left-out",
                   test_long_and_damaged);
  return g_test_run ();
}
