/* What of a file for a group is here, also while it still comes: members hear of it and can have
 * it. Stands on files/same.c and groups/groups.c. */
#define G_LOG_DOMAIN "hark-core"

#include "core/files/swarm.h"
#include "core/heart/files/files.h"
#include "core/heart/groups/groups.h"

#include <string.h>

#define TELL_TIME HARK_SECOND /* at most so often, */
#define TELL_RATE 4096        /* and so many bytes a second of it, to all together */

/* The file is for @account, who is a member now as we are, and no stranger or blocked. */
bool
hark_core_file_is_for (HarkCore *core,
                       const HarkFileTransfer *transfer,
                       const HarkCoreContact *contact)
{
  const HarkKey *account = &contact->row.account;
  HarkCoreGroup *group = hark_core_group_find (core, transfer->holders->group);

  return group != NULL && contact->row.status == HARK_CONTACT_ACCEPTED
         && hark_core_is_ready (contact) && group->row.state == HARK_STORE_GROUP_JOINED
         && hark_group_has_joined (group->log, account)
         && hark_group_has_joined (group->log, &core->own)
         && hark_file_holders_find (transfer->holders, account) != NULL;
}

bool
hark_core_file_is_whole (const HarkFileTransfer *transfer)
{
  return transfer->state == HARK_TRANSFER_DONE && !transfer->lost;
}

void
hark_core_file_keep_list (HarkCore *core, const HarkFileTransfer *transfer)
{
  const GByteArray *list = hark_file_transfer_list (transfer);
  HarkStoreRequest *request;

  if (list == NULL)
    return;
  request = hark_core_request (HARK_STORE_PUT_TRANSFER);
  request->transfer = hark_core_file_row (transfer);
  request->transfer->list = g_bytes_new (list->data, list->len);
  hark_core_ask_store (core, request, NULL);
}

/* ---- told ---- */

bool
hark_core_file_has_part (const HarkFileTransfer *transfer)
{
  return transfer->holders != NULL && hark_core_file_is_coming (transfer) && transfer->path != NULL
         && hark_file_transfer_list (transfer) != NULL;
}

/* In @frame, which borrows @ret_holding (transfer full) (nullable). */
static void
show_part (const HarkFileTransfer *transfer, Hark__FileHold *frame, HarkHolding **ret_holding)
{
  HarkHolding *holding
    = hark_core_file_has_part (transfer) ? hark_file_transfer_holding (transfer) : NULL;

  *ret_holding = holding;
  if (holding == NULL)
    return;
  frame->has = (ProtobufCBinaryData){hark_holding_len (holding->blocks), holding->bits};
  frame->n_coming = holding->n_coming;
  frame->coming = holding->coming;
}

void
hark_core_file_say_hold (HarkCore *core,
                         HarkCoreContact *contact,
                         HarkFileTransfer *transfer,
                         bool answer)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__FileHold body = HARK__FILE_HOLD__INIT;
  ProtobufCBinaryData people[HARK_FILE_HOLDERS_MAX];
  g_autoptr (HarkHolding) holding = NULL;

  body.id = (ProtobufCBinaryData){sizeof transfer->offer, transfer->offer};
  body.whole = hark_core_file_is_whole (transfer);
  body.answer = answer;
  body.people = people;
  show_part (transfer, &body, &holding);
  for (unsigned i = 0; i < transfer->holders->n; i++)
    if (transfer->holders->has[i])
      people[body.n_people++]
        = (ProtobufCBinaryData){HARK_KEY_LEN, transfer->holders->people[i].bytes};
  frame.what_case = HARK__FRAME__WHAT_FILE_HOLD;
  frame.file_hold = &body;
  hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
}

/* Who has all of it needs none of ours. */
static unsigned
tell_others (HarkCore *core, HarkFileTransfer *transfer)
{
  unsigned told = 0;

  for (unsigned i = 0; i < transfer->holders->n; i++) {
    HarkCoreContact *contact = hark_core_find (core, &transfer->holders->people[i]);

    if (transfer->holders->has[i] || contact == NULL
        || !hark_core_file_is_for (core, transfer, contact))
      continue;
    hark_core_file_say_hold (core, contact, transfer, false);
    told++;
  }
  return told;
}

void
hark_core_file_tell_part (HarkCore *core, HarkFileTransfer *transfer)
{
  const bool moves = transfer->state == HARK_TRANSFER_MOVING;
  HarkTime wait = TELL_TIME;
  unsigned told = 0;

  if (transfer->holders == NULL || transfer->outgoing)
    return;
  if (transfer->tell_at == HARK_TIME_NEVER && (moves || transfer->untold))
    transfer->tell_at = core->now;
  if (core->now < transfer->tell_at)
    return;
  transfer->untold = false;
  if (transfer->state < HARK_TRANSFER_SETTLING)
    told = tell_others (core, transfer);
  if (told > 0)
    wait = MAX (wait, (HarkTime) (hark_holding_len (hark_tree_block_count (transfer->size)) * told)
                        * HARK_SECOND / TELL_RATE);
  transfer->tell_at = moves ? hark_time_add (core->now, wait) : HARK_TIME_NEVER;
}

/* ---- heard ---- */

bool
hark_core_file_heard_part (HarkCore *core,
                           HarkFileTransfer *transfer,
                           const HarkKey *account,
                           const Hark__FileHold *frame)
{
  HarkHolding *holding;

  if (frame->whole || frame->has.len == 0 || transfer->outgoing)
    return false;
  holding = hark_holding_read (hark_tree_block_count (transfer->size), frame->has.data,
                               frame->has.len, frame->coming, frame->n_coming);
  if (holding == NULL)
    return false;
  hark_file_transfer_source_holds (transfer, account, holding, core->now);
  return true;
}

/* ---- served ---- */

bool
hark_core_file_prepare_part (const HarkFileTransfer *from,
                             HarkFileTransfer *transfer,
                             const HarkFileRange *range)
{
  const GByteArray *list = hark_file_transfer_list (from);

  if (!hark_core_file_has_part (from) || !hark_file_transfer_has_range (from, range))
    return false;
  transfer->part = true;
  g_byte_array_set_size (transfer->hashes, 0);
  g_byte_array_append (transfer->hashes, list->data, list->len);
  return true;
}
