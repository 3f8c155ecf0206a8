/* Who else offers what is being taken: then it comes from all of them, and only once. */
#define G_LOG_DOMAIN "hark-core"

#include "core/files/swarm.h"
#include "core/heart/files/files.h"

#include <string.h>

static void
visit_gone (HarkFileTransfer *transfer, const HarkKey *contact, const uint8_t *offer, void *data)
{
  HarkCore *core = data;
  unsigned offered;
  const HarkFileTransfer *other = hark_core_file_offered (core, contact, offer, &offered);

  if (transfer->holders != NULL && memcmp (offer, transfer->offer, HARK_FILE_OFFER_LEN) == 0)
    return; /* members say themselves what they have */
  if (other == NULL || !hark_core_file_resembles (transfer, other) || !other->online
      || other->paused_there || other->state >= HARK_TRANSFER_SETTLING)
    hark_file_transfer_source (transfer, contact, offer, false, core->now);
}

static void
find_sources (HarkCore *core, HarkFileTransfer *transfer)
{
  GHashTableIter iter;
  void *value;

  hark_file_transfer_each_source (transfer, visit_gone, core);
  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkFileTransfer *other = value;

    if (hark_core_file_resembles (transfer, other) && other->online && !other->paused_there
        && other->state < HARK_TRANSFER_SETTLING
        && !hark_key_equal (&other->contact, &transfer->contact))
      hark_file_transfer_source (transfer, &other->contact, other->offer, true, core->now);
  }
}

/* The store's answer; with the disk broken it is sent, all the same. */
static void
after_look (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkFileTransfer *transfer
    = hark_core_file_find (core, g_array_index (pending->numbers, uint64_t, 0));
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  if (transfer == NULL)
    return;
  for (guint i = 0; reply->ok && i < reply->transfers->len; i++)
    g_ptr_array_add (paths, ((HarkStoreTransfer *) reply->transfers->pdata[i])->path);
  g_ptr_array_add (paths, NULL);
  transfer->looked_up = false;
  hark_file_transfer_found (transfer, (const char *const *) paths->pdata, core->now);
  hark_core_file_drain (core, transfer);
}

/* Looks for what may be the same; not while another transfer brings it. */
static void
look (HarkCore *core, HarkFileTransfer *transfer)
{
  HarkStoreRequest *request;
  HarkPending *pending;

  transfer->looked_up = true;
  request = hark_core_request (HARK_STORE_GET_ALIKE);
  request->transfer = g_new0 (HarkStoreTransfer, 1);
  request->transfer->id = transfer->id;
  request->transfer->size = transfer->size;
  pending = hark_pending_new (after_look, NULL);
  pending->numbers = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  g_array_append_val (pending->numbers, transfer->id);
  hark_core_ask_store (core, request, pending);
}

/* As hark_core_file_resembles() compares. */
static guint
hash_content (const void *data)
{
  const HarkFileTransfer *transfer = data;
  guint sample, manifest;

  memcpy (&sample, transfer->sample, sizeof sample);
  memcpy (&manifest, transfer->folder.manifest, sizeof manifest);
  return (guint) transfer->size ^ sample ^ manifest;
}

static gboolean
equal_content (const void *one, const void *other)
{
  return one == other || hark_core_file_resembles (one, other);
}

/* (transfer full): the first of what comes -> how many resemble it: each would have to be compared
 * with all others else, whenever somebody offers anything. */
static GHashTable *
count_alike (HarkCore *core)
{
  GHashTable *alike = g_hash_table_new (hash_content, equal_content);
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkFileTransfer *transfer = value;
    unsigned n;

    if (transfer->outgoing
        || (transfer->folder.manifest_len == 0 && !hark_file_sample_is_known (transfer->sample)))
      continue; /* resembles nothing */
    n = GPOINTER_TO_UINT (g_hash_table_lookup (alike, transfer)) + 1;
    g_hash_table_insert (alike, value, GUINT_TO_POINTER (n));
  }
  return alike;
}

static bool
is_due (const HarkFileTransfer *transfer, GHashTable *alike)
{
  if (transfer->looking)
    return !transfer->looked_up;
  return hark_core_file_is_coming (transfer) && transfer->size >= HARK_SWARM_LEFT_MIN
         && (transfer->swarm != NULL
             || GPOINTER_TO_UINT (g_hash_table_lookup (alike, transfer)) > 1);
}

void
hark_core_files_sources (HarkCore *core)
{
  g_autoptr (GHashTable) alike = count_alike (core);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkFileTransfer *transfer = value;

    if (is_due (transfer, alike))
      g_array_append_val (ids, transfer->id);
  }
  for (guint i = 0; i < ids->len; i++) {
    HarkFileTransfer *transfer = hark_core_file_find (core, g_array_index (ids, uint64_t, i));

    if (transfer == NULL || !hark_core_files_leads (core, transfer))
      continue;
    if (transfer->looking && !transfer->looked_up)
      look (core, transfer);
    if (hark_core_file_is_coming (transfer) && transfer->size >= HARK_SWARM_LEFT_MIN)
      find_sources (core, transfer);
    hark_core_file_drain (core, transfer);
  }
}
