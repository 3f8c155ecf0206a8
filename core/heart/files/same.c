/* Transfers that may bring the same. */
#define G_LOG_DOMAIN "hark-core"

#include "core/files/swarm.h"
#include "core/heart/files/files.h"

#include <string.h>

bool
hark_core_file_is_coming (const HarkFileTransfer *transfer)
{
  return !transfer->outgoing
         && (transfer->state == HARK_TRANSFER_WAITING || transfer->state == HARK_TRANSFER_MOVING);
}

bool
hark_core_file_resembles (const HarkFileTransfer *a, const HarkFileTransfer *b)
{
  return a != b && !a->outgoing && !b->outgoing && a->size == b->size
         && memcmp (&a->folder, &b->folder, sizeof a->folder) == 0
         && memcmp (a->sample, b->sample, sizeof a->sample) == 0
         && (a->folder.manifest_len > 0 || hark_file_sample_is_known (a->sample));
}

/* The one that moves does; of several, or with none, the first by number of those that could. */
bool
hark_core_files_leads (HarkCore *core, const HarkFileTransfer *transfer)
{
  const bool moves = transfer->state == HARK_TRANSFER_MOVING;
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkFileTransfer *other = value;

    if (!hark_core_file_resembles (transfer, other) || !hark_core_file_is_coming (other))
      continue;
    if (other->state == HARK_TRANSFER_MOVING ? !moves || other->id < transfer->id
                                             : !moves && other->online && other->id < transfer->id)
      return false;
  }
  return true;
}

/* @format: with a name in it. */
static void
note_about (HarkCore *core,
            const HarkCoreContact *contact,
            HarkFileTransfer *transfer,
            const char *format)
{
  g_autofree char *name
    = hark_contact_name (contact->row.petname, contact->row.name, contact->row.account.bytes);
  GString *words = g_string_new (format);

  g_string_replace (words, "%s", name, 1);
  hark_file_transfer_note (transfer, words->str, core->now);
  g_string_free (words, TRUE);
}

void
hark_core_file_damaged (HarkCore *core, const HarkCoreContact *contact, HarkFileTransfer *transfer)
{
  note_about (core, contact, transfer, "%s's copy is damaged; nothing of it was kept.");
}

void
hark_core_file_withheld (HarkCore *core, const HarkCoreContact *contact, HarkFileTransfer *transfer)
{
  note_about (core, contact, transfer,
              "%s does not send what their Hark says it has; others are asked instead.");
}
