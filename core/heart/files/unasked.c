/* What is taken without a question, and how much of it. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/files/files.h"
#include "core/heart/files/shares.h"

/* What one giver put into groups within a day and is taken by the leave to give. A contact's own
 * offers need no such bound: their giver has to be there, and at most HARK_CORE_COMING_MAX come. */
#define DAY_MS ((int64_t) 24 * 3600 * 1000)
#define FILES_MAX 64
#define SIZES_MAX 16                                   /* of the largest that is taken, together; */
#define BYTES_MAX ((uint64_t) 64 * 1024 * 1024 * 1024) /* where any size is */

typedef struct {
  unsigned files;
  uint64_t bytes;
} Taken;

static bool
is_taken (const HarkFileTransfer *transfer)
{
  return transfer->holders != NULL && !transfer->outgoing && transfer->state > HARK_TRANSFER_OFFERED
         && transfer->state < HARK_TRANSFER_REFUSED;
}

static Taken
count_taken (HarkCore *core, const HarkKey *giver)
{
  const int64_t since_ms = hark_core_wall (core) - DAY_MS;
  Taken taken = {0};
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkFileTransfer *transfer = value;

    if (!is_taken (transfer) || transfer->made_ms < since_ms
        || !hark_key_equal (&transfer->holders->people[0], giver))
      continue;
    taken.files++;
    taken.bytes += transfer->size;
  }
  return taken;
}

static bool
is_within_day (HarkCore *core,
               const HarkFileTransfer *transfer,
               const HarkKey *giver,
               uint64_t size_max)
{
  const uint64_t bytes_max
    = size_max > 0 && size_max < BYTES_MAX / SIZES_MAX ? size_max * SIZES_MAX : BYTES_MAX;
  Taken taken;

  if (transfer->holders == NULL)
    return true;
  taken = count_taken (core, giver);
  return taken.files < FILES_MAX && transfer->size <= bytes_max
         && taken.bytes <= bytes_max - transfer->size;
}

/* Of all groups: nobody has to be there for them, but each has a part on the disk. */
static bool
has_room (HarkCore *core, const HarkFileTransfer *transfer)
{
  unsigned coming = 0;
  GHashTableIter iter;
  void *value;

  if (transfer->holders == NULL)
    return true;
  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    coming += is_taken (value) && ((HarkFileTransfer *) value)->state < HARK_TRANSFER_SETTLING;
  return coming < HARK_CORE_COMING_MAX;
}

/* Also when the offer is repeated: the program may have ended before it took the file. */
void
hark_core_file_take_unasked (HarkCore *core, HarkFileTransfer *transfer)
{
  const HarkKey *giver
    = transfer->holders != NULL ? &transfer->holders->people[0] : &transfer->contact;
  const HarkCoreContact *contact = hark_core_find (core, giver);
  const HarkFileRule *rule = hark_file_settings_rule (&core->files, giver);
  const uint64_t size_max = rule != NULL ? rule->size_max : 0;

  if (hark_core_shares_take (core, transfer))
    g_debug ("transfer: it was asked for");
  else if (!has_room (core, transfer))
    g_debug ("transfer: too many come already");
  else if (core->config.auto_accept_files != NULL)
    hark_file_transfer_take (transfer, core->config.auto_accept_files, core->now);
  else if (contact != NULL && (contact->about->may & HARK_MAY_GIVE_FILES) != 0
           && (size_max == 0 || transfer->size <= size_max)
           && is_within_day (core, transfer, giver, size_max))
    hark_file_transfer_take (
      transfer, rule != NULL && rule->directory != NULL ? rule->directory : core->config.downloads,
      core->now);
  hark_core_file_drain (core, transfer);
}

void
hark_core_files_take_waiting (HarkCore *core)
{
  g_autoptr (GList) all = NULL;

  if (core->config.auto_accept_files == NULL)
    return;
  all = g_hash_table_get_values (core->transfers);
  for (GList *at = all; at != NULL; at = at->next) {
    HarkFileTransfer *transfer = at->data;

    if (transfer->holders != NULL && transfer->state == HARK_TRANSFER_OFFERED)
      hark_core_file_take_unasked (core, transfer); /* ends none: nobody is there to hear it */
  }
}
