/* core/backup/backup-write.c - a profile into an age file. */
#define G_LOG_DOMAIN "hark-backup"

#include "core/backup/age-key.h"
#include "core/backup/age.h"
#include "core/backup/backup.h"
#include "core/backup/record.h"
#include "core/mailbox/peers.h"
#include "core/store/files.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WINDOW_PREVIEWS 50 /* transfers asked for at a time, each of which may have one */
#define WINDOW 500         /* messages asked for at a time: others' requests go in between */

typedef struct {
  HarkStore *store;
  const gint *stop; /* atomic; NULL: goes on to the end */
  const char *path;
  int fd;
  HarkAgeStream stream;
  GByteArray *plain; /* not yet sealed */
  uint8_t *sealed;   /* HARK_AGE_SEALED */
  uint64_t records;
  unsigned left_out;
} Out;

void
hark_backup_job_free (HarkBackupJob *job)
{
  if (job == NULL)
    return;
  g_free (job->path);
  if (job->passphrase != NULL)
    sodium_memzero (job->passphrase, strlen (job->passphrase));
  g_free (job->passphrase);
  hark_backup_plan_free (job->plan);
  g_free (job);
}

/* ---- bytes out ------------------------------------------------------------------- */

static bool
write_bytes (Out *out, const uint8_t *bytes, size_t len, GError **error)
{
  while (len > 0) {
    const ssize_t n = write (out->fd, bytes, len);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return hark_files_set_error (error, "Cannot write “", out->path);
    bytes += n;
    len -= (size_t) n;
  }
  return true;
}

/* Seals whole chunks while more follows; at the end what is left. */
static bool
drain (Out *out, bool end, GError **error)
{
  size_t at = 0;
  bool ok = true;

  while (ok && (out->plain->len - at > HARK_AGE_CHUNK || end)) {
    const size_t n = MIN (out->plain->len - at, HARK_AGE_CHUNK);
    const bool last = end && at + n == out->plain->len;

    hark_age_seal (&out->stream, out->plain->data + at, n, last, out->sealed);
    ok = write_bytes (out, out->sealed, n + HARK_AGE_TAG, error);
    at += n;
    if (last)
      break;
  }
  hark_backup_drop (out->plain, at);
  return ok;
}

/* ---- what is in it --------------------------------------------------------------- */

static HarkStoreReply *
ask (const Out *out, HarkStoreRequest *request, GError **error)
{
  g_autoptr (HarkStoreReply) reply = hark_store_ask (out->store, request);

  if (out->stop != NULL && g_atomic_int_get (out->stop) != 0)
    g_set_error_literal (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK,
                         "The backup was broken off.");
  else if (!reply->ok)
    g_propagate_error (error, g_steal_pointer (&reply->error));
  else
    return g_steal_pointer (&reply);
  return NULL;
}

/* The record that begins at @at counts, unless it breaks a rule by which all of the file would be
 * refused. */
static void
settle (Out *out, guint at)
{
  g_auto (HarkBackupItem) item;

  hark_backup_parse (out->plain->data + at + 4, out->plain->len - at - 4, &item);
  if (item.kind != HARK_BACKUP_BAD) {
    out->records++;
    return;
  }
  sodium_memzero (out->plain->data + at, out->plain->len - at);
  g_byte_array_set_size (out->plain, at);
  out->left_out++;
}

static void
put_settings (Out *out, const HarkStoreSnapshot *all)
{
  g_autoptr (GBytes) mailbox
    = all->mailbox != NULL ? hark_mail_peers_for_backup (all->mailbox) : NULL;
  const struct {
    const char *name;
    GBytes *value;
  } settings[] = {
    {"relay",   all->relay },
    {"shares",  all->shares},
    {"sound",   all->sound },
    {"lan",     all->lan   },
    {"heard",   all->heard },
    {"backup",  all->backup},
    {"mailbox", mailbox    },
    {"keep",    all->keep  },
    {"files",   all->files }
  };

  for (size_t i = 0; i < G_N_ELEMENTS (settings); i++)
    if (settings[i].value != NULL) {
      const guint at = out->plain->len;

      hark_backup_put_setting (out->plain, settings[i].name, settings[i].value);
      settle (out, at);
    }
}

static bool
is_own (const HarkStoreSnapshot *all, const HarkStorePerson *person)
{
  HarkCertificate certificate;

  return hark_certificate_verify (all->account.certificate, &certificate)
         && hark_key_equal (&certificate.account, &person->account);
}

static void
put_people (Out *out, const HarkStoreSnapshot *all)
{
  guint at;

  for (guint i = 0; i < all->addresses->len; i++) {
    at = out->plain->len;
    hark_backup_put_address (out->plain, &g_array_index (all->addresses, HarkStoreAddress, i));
    settle (out, at);
  }
  put_settings (out, all);
  for (guint i = 0; i < all->contacts->len; i++) {
    const HarkStoreContact *contact = &g_array_index (all->contacts, HarkStoreContact, i);
    const HarkStoreConversation *conversation
      = g_hash_table_lookup (all->conversations, &contact->account);

    at = out->plain->len;
    hark_backup_put_contact (out->plain, contact, conversation != NULL ? conversation->seq : 0);
    settle (out, at);
  }
  for (guint i = 0; i < all->people->len; i++) {
    const HarkStorePerson *person = &g_array_index (all->people, HarkStorePerson, i);

    at = out->plain->len;
    hark_backup_put_person (out->plain, person, is_own (all, person) ? all->picture : NULL);
    settle (out, at);
  }
}

static bool
put_transfers (Out *out, GError **error)
{
  uint64_t after = 0;
  guint n;

  do {
    HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_FINISHED, 0);
    g_autoptr (HarkStoreReply) reply = NULL;

    request->before = after;
    request->limit = WINDOW_PREVIEWS;
    reply = ask (out, request, error);
    if (reply == NULL)
      return false;
    n = reply->transfers->len;
    for (guint i = 0; i < n; i++) {
      const HarkStoreTransfer *transfer = reply->transfers->pdata[i];
      const guint at = out->plain->len;

      hark_backup_put_transfer (out->plain, transfer);
      settle (out, at);
      after = transfer->id;
      if (!drain (out, false, error)) /* each may have a preview */
        return false;
    }
  } while (n == WINDOW_PREVIEWS);
  return true;
}

static bool
put_messages (Out *out, GError **error)
{
  uint64_t after = 0;
  guint n;

  do {
    HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_FROM, 0);
    g_autoptr (HarkStoreReply) reply = NULL;

    request->before = after;
    request->limit = WINDOW;
    reply = ask (out, request, error);
    if (reply == NULL)
      return false;
    n = reply->messages->len;
    for (guint i = 0; i < n; i++) {
      const HarkStoreMessage *message = reply->messages->pdata[i];
      const guint at = out->plain->len;

      hark_backup_put_message (out->plain, message);
      settle (out, at);
      after = message->row;
    }
    if (!drain (out, false, error))
      return false;
  } while (n == WINDOW);
  return true;
}

/* One group's log; of its messages only with @messages. */
static bool
put_group_log (Out *out, const HarkStoreGroup *group, bool messages, GError **error)
{
  uint64_t after = 0;
  guint n;

  do {
    HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_GROUP_LOG, 0);
    g_autoptr (HarkStoreReply) reply = NULL;

    request->group = *group;
    request->before = after;
    request->limit = WINDOW;
    reply = ask (out, request, error);
    if (reply == NULL)
      return false;
    n = reply->group_entries->len;
    for (guint i = 0; i < n; i++) {
      const HarkStoreGroupEntry *entry = reply->group_entries->pdata[i];
      const guint at = out->plain->len;

      after = entry->position;
      if (!messages && entry->chain[0] != 0)
        continue;
      hark_backup_put_group_entry (out->plain, entry);
      settle (out, at);
    }
    if (!drain (out, false, error))
      return false;
  } while (n == WINDOW);
  return true;
}

static bool
put_groups (Out *out, const HarkStoreSnapshot *all, bool messages, GError **error)
{
  for (guint i = 0; i < all->groups->len; i++) {
    const HarkStoreGroup *group = &g_array_index (all->groups, HarkStoreGroup, i);
    const guint at = out->plain->len;

    hark_backup_put_group (out->plain, group);
    settle (out, at);
    if (!put_group_log (out, group, messages, error))
      return false;
  }
  return true;
}

/* What was set in conversations; drafts only with messages. */
static bool
put_chats (Out *out, const HarkStoreSnapshot *all, bool drafts, GError **error)
{
  g_autoptr (HarkStoreReply) reply
    = ask (out, hark_store_request_new (HARK_STORE_GET_CHATS, 0), error);

  for (guint i = 0; reply != NULL && i < reply->chats->len; i++) {
    HarkStoreChat *chat = reply->chats->pdata[i];
    const guint at = out->plain->len;

    if (!drafts)
      g_clear_pointer (&chat->draft, g_free);
    hark_backup_put_chat (out->plain, chat,
                          g_hash_table_lookup (all->conversations, &chat->contact));
    settle (out, at);
  }
  return reply != NULL;
}

static bool
put_all (Out *out, HarkBackupJob *job, const HarkStoreReply *all, GError **error)
{
  hark_backup_put_head (out->plain, job->made_ms, job->messages);
  hark_backup_put_account (out->plain, &all->snapshot->account);
  out->records = 2;
  put_people (out, all->snapshot);
  if ((job->messages && !put_transfers (out, error))
      || !put_chats (out, all->snapshot, job->messages, error)
      || !put_groups (out, all->snapshot, job->messages, error)
      || (job->messages && !put_messages (out, error)))
    return false;
  hark_backup_put_end (out->plain, out->records);
  return drain (out, true, error);
}

/* ---- the file -------------------------------------------------------------------- */

static bool
put_header (Out *out, HarkBackupJob *job, const HarkStoreAccount *account, GError **error)
{
  uint8_t header[HARK_AGE_HEADER_LEN], seed[32];
  g_auto (HarkRng) rng = {0};
  g_auto (HarkSecret) identity = {0};
  HarkKey recipient;
  size_t len;

  randombytes_buf (seed, sizeof seed);
  hark_rng_init (&rng, seed);
  sodium_memzero (seed, sizeof seed);
  if (job->passphrase != NULL) {
    len = hark_age_begin_passphrase (job->passphrase, HARK_AGE_WORK, &rng, header, &out->stream);
  } else {
    hark_age_key (&account->account_seed, &identity, &recipient);
    len = hark_age_begin_key (&recipient, &rng, header, &out->stream);
  }
  if (len > 0)
    return write_bytes (out, header, len, error);
  g_set_error_literal (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK,
                       "There is not enough memory (256 MiB) to seal a backup with a passphrase.");
  return false;
}

static bool
write_file (Out *out, HarkBackupJob *job, const HarkStoreReply *all, GError **error)
{
  const char *path = out->path;
  g_autofree char *temporary = g_strconcat (path, HARK_BACKUP_UNFINISHED, NULL);
  bool ok;

  out->fd = open (temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (out->fd < 0)
    return hark_files_set_error (error, "Cannot write “", path);
  out->plain = g_byte_array_sized_new (HARK_AGE_CHUNK + HARK_BACKUP_RECORD_MAX);
  out->sealed = g_malloc (HARK_AGE_SEALED);
  ok = put_header (out, job, &all->snapshot->account, error) && put_all (out, job, all, error);
  if (ok && fsync (out->fd) != 0)
    ok = hark_files_set_error (error, "Cannot write “", path);
  if (close (out->fd) != 0 && ok)
    ok = hark_files_set_error (error, "Cannot write “", path);
  ok = ok && hark_files_rename (temporary, path, error);
  if (!ok)
    unlink (temporary);

  job->left_out = out->left_out;
  hark_age_stream_clear (&out->stream);
  hark_backup_drop (out->plain, out->plain->len);
  g_byte_array_unref (out->plain);
  g_free (out->sealed);
  return ok;
}

/* Those beyond the newest ones go; one that does not is tried again the next time. */
static void
remove_surplus (const HarkBackupPlan *plan, const uint8_t account[32], const char *made)
{
  g_autoptr (GDir) dir = g_dir_open (plan->folder, 0, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  g_auto (GStrv) surplus = NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_strv_builder_add (builder, name);
  names = g_strv_builder_end (builder);
  surplus = hark_backup_surplus (account, (const char *const *) names, made, plan->keep);
  for (char **at = surplus; *at != NULL; at++) {
    g_autofree char *path = g_build_filename (plan->folder, *at, NULL);

    if (unlink (path) != 0)
      g_debug ("an old backup stays");
  }
}

static void
account_of (const HarkStoreAccount *account, uint8_t ret[32])
{
  uint8_t secret_key[crypto_sign_SECRETKEYBYTES];

  crypto_sign_seed_keypair (ret, secret_key, account->account_seed.bytes);
  sodium_memzero (secret_key, sizeof secret_key);
}

bool
hark_backup_write (HarkStore *store, HarkBackupJob *job, const gint *stop, GError **error)
{
  Out out = {.store = store, .stop = stop};
  g_autoptr (HarkStoreReply) all
    = ask (&out, hark_store_request_new (HARK_STORE_GET_ALL, 0), error);
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;
  uint8_t account[32];

  if (all == NULL)
    return false;
  account_of (&all->snapshot->account, account);
  if (job->plan != NULL) {
    name = hark_backup_name (account, job->made_ms);
    path = g_build_filename (job->plan->folder, name, NULL);
    if (g_mkdir_with_parents (job->plan->folder, 0700) != 0)
      return hark_files_set_error (error, "Cannot write “", job->plan->folder);
  } else {
    path = g_strdup (job->path);
  }
  out.path = path;
  if (!write_file (&out, job, all, error))
    return false;
  if (job->plan != NULL)
    remove_surplus (job->plan, account, name);
  return true;
}
