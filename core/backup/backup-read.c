/* core/backup/backup-read.c - an age file into a profile. */
#include "core/backup/age-key.h"
#include "core/backup/age.h"
#include "core/backup/backup.h"
#include "core/backup/record.h"
#include "net/base/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define BUFFER (HARK_AGE_SEALED + 1) /* one byte more tells whether a chunk is the last */

typedef struct {
  const char *path;
  int fd;
  uint8_t *buffer; /* BUFFER bytes of the file */
  size_t have;
  HarkAgeStream stream;
  GByteArray *plain; /* opened, not yet taken apart */
  HarkStoreFiller *filler;
  HarkBackupFound found;
  uint64_t records;
  unsigned addresses;
  bool ended;
} In;

static bool
say_damaged (const In *in, GError **error)
{
  g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_CORRUPT,
               "“%s” is damaged or no backup of Hark. Try an older one.", in->path);
  return false;
}

/* ---- records --------------------------------------------------------------------- */

/* What a contact's conversation counted is never counted again, whatever was sent since. */
static bool
put_sequence (In *in, const HarkKey *account, uint64_t sequence, GError **error)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_SEQUENCE, 0);

  request->account_key = *account;
  request->before = sequence + HARK_BACKUP_SEQUENCE_STEP;
  return hark_store_filler_put (in->filler, request, error);
}

static bool
take_request (In *in, HarkBackupItem *item, GError **error)
{
  const HarkStoreRequestKind kind = item->request->kind;
  HarkKey account = {0};

  in->found.contacts += kind == HARK_STORE_PUT_CONTACT;
  in->found.messages += kind == HARK_STORE_PUT_MESSAGE;
  in->addresses += kind == HARK_STORE_PUT_ADDRESS;
  if (in->found.contacts > HARK_BACKUP_CONTACTS_MAX || in->addresses > HARK_BACKUP_CONTACTS_MAX)
    return say_damaged (in, error);
  if (in->filler == NULL)
    return true;
  if (kind == HARK_STORE_PUT_CONTACT)
    account = item->request->contact->account;
  return hark_store_filler_put (in->filler, g_steal_pointer (&item->request), error)
         && (kind != HARK_STORE_PUT_CONTACT || put_sequence (in, &account, item->sequence, error));
}

/* Head, account, the rest in any order, end. */
static bool
take_record (In *in, const uint8_t *bytes, size_t len, GError **error)
{
  g_auto (HarkBackupItem) item;
  const uint64_t number = in->records++;

  hark_backup_parse (bytes, len, &item);
  if (in->ended
      || (number == 0) != (item.kind == HARK_BACKUP_HEAD || item.kind == HARK_BACKUP_NEWER)
      || (number == 1) != (item.kind == HARK_BACKUP_ACCOUNT))
    return say_damaged (in, error);
  switch (item.kind) {
  case HARK_BACKUP_HEAD:
    in->found.made_ms = item.made_ms;
    return true;
  case HARK_BACKUP_ACCOUNT:
    in->found.account = item.account;
    in->found.list_version = item.list_version;
    return true;
  case HARK_BACKUP_PUT:
    return take_request (in, &item, error);
  case HARK_BACKUP_END:
    in->ended = true;
    return item.records == number || say_damaged (in, error);
  case HARK_BACKUP_SKIP:
    return true;
  case HARK_BACKUP_NEWER:
    g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_VERSION,
                 "“%s” was written by a newer Hark.", in->path);
    return false;
  case HARK_BACKUP_BAD:
    break;
  }
  return say_damaged (in, error);
}

static bool
take_records (In *in, GError **error)
{
  size_t at = 0;
  bool ok = true;

  while (ok) {
    HarkReader reader;
    uint32_t len;
    const uint8_t *record;

    hark_reader_init (&reader, in->plain->data + at, in->plain->len - at);
    len = hark_reader_u32 (&reader);
    if (!hark_reader_is_ok (&reader))
      break;
    if (len > HARK_BACKUP_RECORD_MAX)
      return say_damaged (in, error);
    record = hark_reader_borrow (&reader, len);
    if (record == NULL)
      break;
    ok = take_record (in, record, len, error);
    at += 4 + len;
  }
  hark_backup_drop (in->plain, at);
  return ok;
}

/* ---- the file -------------------------------------------------------------------- */

static bool
fill_buffer (In *in, GError **error)
{
  while (in->have < BUFFER) {
    const ssize_t n = read (in->fd, in->buffer + in->have, BUFFER - in->have);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      const int code = errno;

      g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK, "Cannot read “%s”: %s", in->path,
                   g_strerror (code));
      return false;
    }
    if (n == 0)
      break;
    in->have += (size_t) n;
  }
  return true;
}

static void
drop (In *in, size_t n)
{
  memmove (in->buffer, in->buffer + n, in->have - n);
  in->have -= n;
}

static bool
read_header (In *in, const HarkBackupOpen *open, GError **error)
{
  g_auto (HarkSecret) identity = {0};
  HarkKey recipient;
  HarkAgeKeys keys = {.passphrase = open->passphrase};
  size_t used = 0;

  if (open->seed != NULL) {
    hark_age_key (open->seed, &identity, &recipient);
    keys.identity = &identity;
  }
  if (!fill_buffer (in, error))
    return false;
  switch (hark_age_read_header (in->buffer, in->have, &keys, &in->stream, &used)) {
  case HARK_AGE_OK:
    drop (in, used);
    return true;
  case HARK_AGE_NO_MATCH:
    g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_PASSPHRASE,
                 open->passphrase != NULL ? "This passphrase does not open “%s”."
                                          : "These words do not open “%s”: it is another account's "
                                            "or sealed with a passphrase.",
                 in->path);
    return false;
  case HARK_AGE_NO_MEMORY:
    g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK,
                 "There is not enough memory to open “%s”.", in->path);
    return false;
  case HARK_AGE_SHORT:
  case HARK_AGE_BAD:
  case HARK_AGE_CHANGED:
  default:
    return say_damaged (in, error);
  }
}

static bool
read_payload (In *in, GError **error)
{
  bool last;

  do {
    size_t n;
    guint at = in->plain->len;

    if (!fill_buffer (in, error))
      return false;
    last = in->have <= HARK_AGE_SEALED;
    n = MIN (in->have, HARK_AGE_SEALED);
    if (n < HARK_AGE_TAG)
      return say_damaged (in, error);
    g_byte_array_set_size (in->plain, at + (guint) (n - HARK_AGE_TAG));
    if (!hark_age_open (&in->stream, in->buffer, n, last, in->plain->data + at))
      return say_damaged (in, error);
    drop (in, n);
    if (!take_records (in, error))
      return false;
  } while (!last);
  return (in->ended && in->plain->len == 0) || say_damaged (in, error);
}

bool
hark_backup_read (const char *path,
                  const HarkBackupOpen *open_with,
                  HarkStoreFiller *filler,
                  HarkBackupFound *ret,
                  GError **error)
{
  In in = {.path = path, .filler = filler};
  bool ok;

  in.fd = open (path, O_RDONLY | O_CLOEXEC);
  if (in.fd < 0) {
    const int code = errno;

    g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK, "Cannot read “%s”: %s", path,
                 g_strerror (code));
    return false;
  }
  in.buffer = g_malloc (BUFFER);
  in.plain = g_byte_array_sized_new (HARK_AGE_CHUNK + HARK_BACKUP_RECORD_MAX);
  ok = read_header (&in, open_with, error) && read_payload (&in, error);
  if (ok)
    *ret = in.found;
  close (in.fd);
  hark_age_stream_clear (&in.stream);
  sodium_memzero (&in.found, sizeof in.found);
  hark_backup_drop (in.plain, in.plain->len);
  g_byte_array_unref (in.plain);
  g_free (in.buffer);
  return ok;
}
