#include "core/archive/export.h"

#include "core/archive/transcript.h"
#include "core/store/files.h"
#include "net/base/hex.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define WINDOW 500         /* messages asked for at a time */
#define BUFFER (64 * 1024) /* bytes written at a time */
#define TEMPORARY "hark-export-XXXXXX"

typedef struct {
  HarkStore *store;
  const HarkExportJob *job;
  const gint *stop;
  HarkTranscriptStyle style;
  GHashTable *names; /* HarkKey* -> char* */
  GString *text;     /* not yet written */
  int fd;
} Export;

void
hark_export_job_free (HarkExportJob *job)
{
  if (job == NULL)
    return;
  g_free (job->path);
  g_free (job);
}

static HarkStoreReply *
ask (const Export *export, HarkStoreRequest *request, GError **error)
{
  g_autoptr (HarkStoreReply) reply = hark_store_ask (export->store, request);

  if (reply->ok)
    return g_steal_pointer (&reply);
  g_propagate_error (error, g_steal_pointer (&reply->error));
  return NULL;
}

static bool
flush (Export *export, bool all, GError **error)
{
  const char *at = export->text->str;
  size_t left = export->text->len;

  if (!all && left < BUFFER)
    return true;
  while (left > 0) {
    const ssize_t n = write (export->fd, at, left);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return hark_files_set_error (error, "Cannot write “", export->job->path);
    at += n;
    left -= (size_t) n;
  }
  g_string_truncate (export->text, 0);
  return true;
}

/* ---- what is in it ---- */

static void
learn (Export *export, const HarkKey *key, const char *name)
{
  g_hash_table_insert (export->names, g_memdup2 (key, sizeof *key), g_strdup (name));
}

static void
learn_names (Export *export, const HarkStoreSnapshot *all)
{
  HarkCertificate certificate;

  for (guint i = 0; i < all->contacts->len; i++) {
    const HarkStoreContact *row = &g_array_index (all->contacts, HarkStoreContact, i);

    learn (export, &row->account, *row->petname != '\0' ? row->petname : row->name);
  }
  for (guint i = 0; i < all->groups->len; i++) {
    const HarkStoreGroup *group = &g_array_index (all->groups, HarkStoreGroup, i);
    HarkKey key;

    hark_store_group_key (group->id, &key);
    learn (export, &key, group->name);
  }
  if (hark_certificate_verify (all->account.certificate, &certificate))
    learn (export, &certificate.account, all->account.name);
}

/* Of a contact, a group or oneself; of others the first letters of the key. */
static const char *
name_of (Export *export, const HarkKey *key)
{
  const char *name = g_hash_table_lookup (export->names, key);
  g_autofree char *letters = NULL;

  if (name != NULL && *name != '\0')
    return name;
  letters = hark_hex (key->bytes, 8);
  learn (export, key, letters);
  return g_hash_table_lookup (export->names, key);
}

static const char *
name_for (void *data, const HarkKey *key)
{
  return name_of (data, key);
}

/* What processes have ended over is written without what it says. */
static void
put_message (Export *export, const HarkStoreMessage *message, const char *writer)
{
  HarkPoison *poison = hark_store_poison (export->store);
  HarkStoreMessage bare = *message;

  if (hark_poison_begin (poison, HARK_POISON_EXPORTING, &message->contact, message->id,
                         sizeof message->id)) {
    hark_transcript_put (&export->style, message, writer, export->text);
    hark_poison_end (poison, HARK_POISON_EXPORTING);
    return;
  }
  bare.text = (char *) "[Hark ended again and again while it wrote this message to a file.]";
  bare.current = NULL;
  bare.body = NULL;
  bare.reactions = NULL;
  hark_transcript_put (&export->style, &bare, writer, export->text);
}

static bool
put_window (Export *export, const HarkKey *contact, uint64_t *after, bool *ret_more, GError **error)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_HISTORY, 0);
  g_autoptr (HarkStoreReply) reply = NULL;
  GPtrArray *messages;

  request->account_key = *contact;
  request->window = HARK_WINDOW_AFTER;
  request->before = *after;
  request->limit = WINDOW;
  reply = ask (export, request, error);
  if (reply == NULL)
    return false;
  messages = reply->messages;
  for (guint i = messages->len; i > 0; i--) {
    const HarkStoreMessage *message = messages->pdata[i - 1];
    const HarkKey *writer = message->has_author ? &message->author : contact;

    put_message (export, message, name_of (export, writer));
    *after = message->position;
  }
  *ret_more = reply->newer;
  if (g_atomic_int_get (export->stop) != 0) {
    g_set_error_literal (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK,
                         "The export was broken off.");
    return false;
  }
  return flush (export, false, error);
}

static bool
put_conversation (Export *export, const HarkKey *contact, GError **error)
{
  uint64_t after = 0;
  bool more = true, ok = true;

  hark_transcript_head (&export->style, contact, name_of (export, contact), export->text);
  while (ok && more)
    ok = put_window (export, contact, &after, &more, error);
  return ok;
}

static bool
put_all (Export *export, GError **error)
{
  g_autoptr (HarkStoreReply) all
    = ask (export, hark_store_request_new (HARK_STORE_GET_ALL, 0), error);
  g_autoptr (HarkStoreReply) chats = NULL;
  bool ok = all != NULL;

  if (!ok)
    return false;
  export->style.own = all->snapshot->account.name;
  learn_names (export, all->snapshot);
  if (export->job->has_contact) {
    ok = put_conversation (export, &export->job->contact, error);
  } else {
    chats = ask (export, hark_store_request_new (HARK_STORE_GET_CHATS, 0), error);
    ok = chats != NULL;
    for (guint i = 0; ok && i < chats->chats->len; i++)
      ok = put_conversation (export, &((HarkStoreChat *) chats->chats->pdata[i])->contact, error);
  }
  ok = ok && flush (export, true, error);
  export->style.own = NULL;
  return ok;
}

/* ---- the file ---- */

/* A file of a name that nobody has, beside the one that is wanted; never through a link, and
 * nothing of the user's is lost to it. @ret_path: (transfer full). */
static int
make_temporary (const char *path, char **ret_path, GError **error)
{
  g_autofree char *dir = g_path_get_dirname (path);
  int fd;

  *ret_path = g_build_filename (dir, TEMPORARY, NULL);
  fd = g_mkstemp_full (*ret_path, O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0) {
    hark_files_set_error (error, "Cannot write “", path);
    g_clear_pointer (ret_path, g_free);
  }
  return fd;
}

bool
hark_export_write (HarkStore *store, const HarkExportJob *job, const gint *stop, GError **error)
{
  g_autofree char *temporary = NULL;
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  Export export = {
    store, job, stop, {job->json, zone, NULL, NULL, NULL},
       NULL, NULL, -1
  };
  bool ok;

  export.fd = make_temporary (job->path, &temporary, error);
  if (export.fd < 0)
    return false;
  export.style.name_of = name_for;
  export.style.data = &export;
  export.names = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, g_free, g_free);
  export.text = g_string_new (NULL);
  ok = put_all (&export, error);
  if (ok && fsync (export.fd) != 0)
    ok = hark_files_set_error (error, "Cannot write “", job->path);
  if (close (export.fd) != 0 && ok)
    ok = hark_files_set_error (error, "Cannot write “", job->path);
  ok = ok && hark_files_rename (temporary, job->path, error);
  if (!ok)
    unlink (temporary);
  g_hash_table_unref (export.names);
  g_string_free (export.text, TRUE);
  return ok;
}
