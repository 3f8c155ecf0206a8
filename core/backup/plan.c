#include "core/backup/plan.h"

#include "net/base/hex.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

#define FORMAT 1
#define HEAD 17 /* format u8, keep u32, hours u32, last u64 */
#define HOUR_MS INT64_C (3600000)

void
hark_backup_plan_free (HarkBackupPlan *plan)
{
  if (plan == NULL)
    return;
  g_free (plan->folder);
  g_free (plan);
}

HarkBackupPlan *
hark_backup_plan_copy (const HarkBackupPlan *plan)
{
  HarkBackupPlan *copy = g_memdup2 (plan, sizeof *plan);

  copy->folder = g_strdup (plan->folder);
  return copy;
}

GBytes *
hark_backup_plan_format (const HarkBackupPlan *plan)
{
  GByteArray *bytes = g_byte_array_new ();
  uint8_t head[HEAD];
  HarkWriter writer;

  hark_writer_init (&writer, head, sizeof head);
  hark_writer_u8 (&writer, FORMAT);
  hark_writer_u32 (&writer, plan->keep);
  hark_writer_u32 (&writer, plan->hours);
  hark_writer_u64 (&writer, (uint64_t) plan->last_ms);
  g_byte_array_append (bytes, head, sizeof head);
  if (plan->folder != NULL)
    g_byte_array_append (bytes, (const guint8 *) plan->folder, (guint) strlen (plan->folder));
  return g_byte_array_free_to_bytes (bytes);
}

HarkBackupPlan *
hark_backup_plan_parse (GBytes *kept)
{
  HarkBackupPlan *plan = g_new0 (HarkBackupPlan, 1);
  gsize len = 0;
  const uint8_t *bytes = kept != NULL ? g_bytes_get_data (kept, &len) : NULL;
  HarkReader reader;
  size_t left;
  const uint8_t *folder;

  if (bytes == NULL)
    return plan;
  hark_reader_init (&reader, bytes, len);
  if (hark_reader_u8 (&reader) != FORMAT)
    return plan;
  plan->keep = hark_reader_u32 (&reader);
  plan->hours = hark_reader_u32 (&reader);
  plan->last_ms = (int64_t) hark_reader_u64 (&reader);
  left = hark_reader_left (&reader);
  folder = hark_reader_borrow (&reader, left);
  if (left > 0 && left <= HARK_BACKUP_FOLDER_MAX && folder[0] == '/'
      && memchr (folder, '\0', left) == NULL && plan->keep >= 1
      && plan->keep <= HARK_BACKUP_KEEP_MAX && plan->hours >= 1
      && plan->hours <= HARK_BACKUP_HOURS_MAX && plan->last_ms >= 0)
    plan->folder = g_strndup ((const char *) folder, left);
  return plan;
}

int64_t
hark_backup_plan_wait (const HarkBackupPlan *plan, int64_t wall_ms)
{
  const int64_t every = (int64_t) plan->hours * HOUR_MS;

  if (plan->folder == NULL)
    return -1;
  if (plan->last_ms == 0 || plan->last_ms > wall_ms)
    return 0;
  return MAX (every - (wall_ms - plan->last_ms), 0);
}

static char *
prefix_of (const uint8_t account[32])
{
  g_autofree char *letters = hark_hex (account, 4);

  return g_strdup_printf ("hark-%s-", letters);
}

char *
hark_backup_name (const uint8_t account[32], int64_t made_ms)
{
  g_autofree char *prefix = prefix_of (account);
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_utc (made_ms / 1000);
  g_autofree char *date = when != NULL ? g_date_time_format (when, "%Y%m%d-%H%M%S") : NULL;

  return g_strconcat (prefix, date != NULL ? date : "00000000-000000", ".age", NULL);
}

/* @text is a date as hark_backup_name() writes it, and @end. */
static bool
is_date (const char *text, const char *end)
{
  for (unsigned i = 0; i < 15; i++)
    if (i == 8 ? text[i] != '-' : !g_ascii_isdigit (text[i]))
      return false;
  return strcmp (text + 15, end) == 0;
}

/* The newest first; @made is the newest. */
static int
compare (const void *a, const void *b, void *made)
{
  const char *left = *(const char *const *) a, *right = *(const char *const *) b;
  const bool left_is_older = strcmp (left, made) > 0, right_is_older = strcmp (right, made) > 0;

  return left_is_older != right_is_older ? left_is_older - right_is_older : strcmp (right, left);
}

char **
hark_backup_surplus (const uint8_t account[32],
                     const char *const *names,
                     const char *made,
                     unsigned keep)
{
  g_autofree char *prefix = prefix_of (account);
  g_autoptr (GPtrArray) own = g_ptr_array_new ();
  g_autoptr (GStrvBuilder) surplus = g_strv_builder_new ();

  for (; *names != NULL; names++) {
    if (!g_str_has_prefix (*names, prefix))
      continue;
    if (is_date (*names + strlen (prefix), ".age"))
      g_ptr_array_add (own, (char *) *names);
    else if (is_date (*names + strlen (prefix), ".age" HARK_BACKUP_UNFINISHED))
      g_strv_builder_add (surplus, *names);
  }
  g_ptr_array_sort_with_data (own, compare, (void *) made);
  for (guint i = keep; i < own->len; i++)
    g_strv_builder_add (surplus, own->pdata[i]);
  return g_strv_builder_end (surplus);
}
