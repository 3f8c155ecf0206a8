/* Looking into folders that contacts share, and taking from them. */
#define G_LOG_DOMAIN "hark-core"

#include "core/files/shared.h"
#include "core/heart/core-private.h"
#include "core/heart/files/shares.h"

#include <string.h>

#define ASKS_MAX 64 /* of ours at a time */
#define ANSWER_TIME (30 * HARK_SECOND)
#define OFFLINE "Shared folders can be looked into while both are online."

void
hark_core_shares_say (HarkCore *core,
                      HarkCoreContact *contact,
                      const uint8_t id[8],
                      Hark__Listing *listing)
{
  Hark__Frame frame = HARK__FRAME__INIT;

  listing->id = (ProtobufCBinaryData){8, (uint8_t *) id};
  frame.what_case = HARK__FRAME__WHAT_LISTING;
  frame.listing = listing;
  hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_TEXT));
}

void
hark_core_shares_refuse (HarkCore *core, const HarkKey *account, const uint8_t fetch[8])
{
  HarkCoreContact *contact = hark_core_find (core, account);
  Hark__Listing listing = HARK__LISTING__INIT;

  listing.refused = true;
  if (contact != NULL)
    hark_core_shares_say (core, contact, fetch, &listing);
}

static HarkCoreAsk *
find (HarkCore *core, const HarkKey *contact, const uint8_t *id, guint *ret_index)
{
  for (guint i = 0; i < core->asks->len; i++) {
    HarkCoreAsk *ask = core->asks->pdata[i];

    if ((ask->command != NULL || ask->directory != NULL) && hark_key_equal (&ask->contact, contact)
        && memcmp (ask->id, id, sizeof ask->id) == 0) {
      *ret_index = i;
      return ask;
    }
  }
  return NULL;
}

void
hark_core_command_browse (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_need (core, command);
  const bool fetch = command->kind == HARK_COMMAND_FETCH;
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Browse browse = HARK__BROWSE__INIT;
  HarkCoreAsk *ask;

  if (contact != NULL && (!hark_core_is_ready (contact) || core->asks->len >= 2 * ASKS_MAX)) {
    hark_core_refuse (core, command, "offline", OFFLINE);
    contact = NULL;
  } else if (contact != NULL && command->path != NULL
             && (strlen (command->path) > HARK_SHARED_PATH_MAX
                 || !g_utf8_validate (command->path, -1, NULL))) {
    hark_core_refuse (core, command, "bad-value", "This path is too long.");
    contact = NULL;
  }
  if (contact == NULL) {
    hark_command_free (command);
    return;
  }
  ask = g_new0 (HarkCoreAsk, 1);
  hark_rng_bytes (&core->rng, ask->id, sizeof ask->id);
  ask->contact = contact->row.account;
  ask->command = command;
  ask->deadline = core->now + ANSWER_TIME;
  if (fetch)
    ask->directory
      = g_strdup (command->directory != NULL ? command->directory : core->config.downloads);
  g_ptr_array_add (core->asks, ask);
  browse.id = (ProtobufCBinaryData){sizeof ask->id, ask->id};
  browse.path = command->path != NULL ? command->path : (char *) "";
  browse.from = (uint32_t) MIN (command->before, UINT32_MAX);
  browse.fetch = fetch;
  frame.what_case = HARK__FRAME__WHAT_BROWSE;
  frame.browse = &browse;
  hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_TEXT));
}

/* False when it makes no sense: nothing but names that a way can have. */
static bool
take_entries (const Hark__Listing *listing, HarkEvent *event)
{
  event->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_browse_entry_free);
  if (listing->n_entries > HARK_SHARED_PAGE)
    return false;
  for (size_t i = 0; i < listing->n_entries; i++) {
    const Hark__Listing__Entry *body = listing->entries[i];
    HarkBrowseEntry *entry;

    if (*body->name == '\0' || strchr (body->name, '/') != NULL || !hark_shared_is_way (body->name))
      return false;
    entry = g_new0 (HarkBrowseEntry, 1);
    entry->name = g_strdup (body->name);
    entry->folder = body->folder;
    entry->size = MIN (body->size, HARK_FILE_SIZE_MAX);
    entry->mtime_ms = body->mtime_ms;
    g_ptr_array_add (event->entries, entry);
  }
  event->number = MAX (listing->total, listing->n_entries);
  return true;
}

bool
hark_core_shares_listing (HarkCore *core, HarkCoreContact *contact, const Hark__Listing *listing)
{
  HarkCoreAsk *ask;
  HarkEvent *event;
  guint index;
  bool sane = true;

  if (listing->id.len != 8)
    return false;
  ask = find (core, &contact->row.account, listing->id.data, &index);
  if (ask == NULL || ask->command == NULL)
    return true; /* too late */
  if (listing->refused) {
    hark_core_refuse (core, ask->command, "no-share",
                      "There is nothing of that name that they share with you.");
  } else if (ask->directory != NULL) {
    return true; /* the offer is the answer */
  } else {
    event = hark_core_result (ask->command);
    sane = take_entries (listing, event);
    if (sane)
      hark_core_emit (core, event);
    else {
      hark_event_free (event);
      hark_core_refuse (core, ask->command, "bad-answer", "Their answer makes no sense.");
    }
  }
  g_ptr_array_remove_index (core->asks, index);
  return sane;
}

void
hark_core_shares_offered (HarkCore *core,
                          HarkCoreContact *contact,
                          const ProtobufCBinaryData *fetch,
                          const HarkFileTransfer *transfer)
{
  HarkCoreAsk *ask;
  HarkEvent *event;
  guint index;

  if (transfer == NULL || fetch->len != 8
      || (ask = find (core, &contact->row.account, fetch->data, &index)) == NULL
      || ask->directory == NULL || ask->command == NULL)
    return;
  ask->number = transfer->id;
  event = hark_core_result (ask->command);
  event->numbers = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  g_array_append_val (event->numbers, transfer->id);
  hark_core_emit (core, event);
  g_clear_pointer (&ask->command, hark_command_free);
}

bool
hark_core_shares_take (HarkCore *core, HarkFileTransfer *transfer)
{
  for (guint i = 0; i < core->asks->len; i++) {
    HarkCoreAsk *ask = core->asks->pdata[i];

    if (ask->command != NULL || ask->directory == NULL || ask->number != transfer->id)
      continue;
    hark_file_transfer_take (transfer, ask->directory, core->now);
    g_ptr_array_remove_index (core->asks, i);
    return true;
  }
  return false;
}

/* ---- ends ---- */

static void
give_up (HarkCore *core, guint index, const char *words)
{
  HarkCoreAsk *ask = core->asks->pdata[index];

  if (ask->command != NULL)
    hark_core_refuse (core, ask->command, "offline", words);
  g_ptr_array_remove_index (core->asks, index);
}

void
hark_core_shares_session_over (HarkCore *core, HarkCoreContact *contact)
{
  for (guint i = core->asks->len; i > 0; i--)
    if (hark_key_equal (&((HarkCoreAsk *) core->asks->pdata[i - 1])->contact,
                        &contact->row.account))
      give_up (core, i - 1, OFFLINE);
}

void
hark_core_shares_time (HarkCore *core)
{
  for (guint i = core->asks != NULL ? core->asks->len : 0; i > 0; i--)
    if (((HarkCoreAsk *) core->asks->pdata[i - 1])->deadline <= core->now)
      give_up (core, i - 1, "They do not answer; their Hark may be too old for shared folders.");
}

HarkTime
hark_core_shares_deadline (const HarkCore *core)
{
  HarkTime deadline = HARK_TIME_NEVER;

  for (guint i = 0; core->asks != NULL && i < core->asks->len; i++)
    deadline = hark_time_min (deadline, ((HarkCoreAsk *) core->asks->pdata[i])->deadline);
  return deadline;
}
