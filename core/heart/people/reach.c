/* Where contacts find us. All of them look under one token, so it changes when one of them is
 * removed or blocked, or is to see us offline: he is not told the new one, and what he knows leads
 * nowhere. The others hear
 * it at once or in their next session. Until somebody's disk is known to have it there is one more
 * record of ours for him alone, under a token that only the secret of the two gives; and when he
 * may have changed his own meanwhile, we look for him under the like of it now and then. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/core-private.h"
#include "core/heart/people/presence.h"

#include <string.h>

#define UNTOLD_MAX 64 /* of those records: the node has 256 in all */
#define TURN_TIME (3 * HARK_MINUTE)
#define TURNS 20 /* until those who are not found are looked for elsewhere once more */

static bool
is_told (const HarkCore *core, const HarkCoreContact *contact)
{
  return contact->about->has_told
         && hark_token_equal (&contact->about->told, &core->account.contacts_token);
}

static unsigned
count_untold (HarkCore *core)
{
  GHashTableIter iter;
  unsigned n = 0;
  void *value;

  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += ((HarkCoreContact *) value)->n_untold > 0;
  return n;
}

void
hark_core_reach_open (HarkCore *core, HarkCoreContact *contact)
{
  const HarkStoreContact *row = &contact->row;
  const bool has[] = {row->has_pairwise, row->has_pairwise_previous};
  const HarkSecret *secrets[] = {&row->pairwise, &row->pairwise_previous};

  if (row->status != HARK_CONTACT_ACCEPTED || !row->has_pairwise || contact->n_untold > 0
      || is_told (core, contact) || hark_core_is_invisible (core)
      || hark_core_hides_from (core, contact) || count_untold (core) >= UNTOLD_MAX)
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (has); i++) {
    HarkToken *token = &contact->untold[contact->n_untold];

    if (!has[i])
      continue;
    hark_pair_reach (secrets[i], &core->own, token);
    hark_net_open_audience (core->net, HARK_AUDIENCE_CONTACTS, token, NULL, core->now);
    contact->n_untold++;
  }
}

void
hark_core_reach_close (HarkCore *core, HarkCoreContact *contact)
{
  while (contact->n_untold > 0) {
    HarkToken *token = &contact->untold[--contact->n_untold];

    hark_net_close_audience (core->net, token, core->now);
    hark_token_clear (token);
  }
}

/* ---- ours changes ---- */

/* Whom we hide from again after this session, or with the next start, must not know where all
 * others find us: for them it is where they alone may find us at other times. */
void
hark_core_reach_token (HarkCore *core, const HarkCoreContact *contact, HarkToken *ret)
{
  if (!(contact->about->may & HARK_MAY_NOT_SEE_ONLINE))
    *ret = core->account.contacts_token;
  else if (contact->row.has_pairwise)
    hark_pair_reach (&contact->row.pairwise, &core->own, ret);
  else
    hark_rng_bytes (&core->rng, ret->bytes, sizeof ret->bytes);
}

void
hark_core_reach_say (HarkCore *core, HarkCoreContact *contact)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Reach body = HARK__REACH__INIT;
  HarkToken token;

  if (!hark_core_is_ready (contact))
    return;
  hark_core_reach_token (core, contact, &token);
  body.contacts_token = (ProtobufCBinaryData){sizeof token.bytes, token.bytes};
  frame.what_case = HARK__FRAME__WHAT_REACH;
  frame.reach = &body;
  hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
  hark_token_clear (&token);
}

void
hark_core_reach_change (HarkCore *core, const HarkCoreContact *without)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_ACCOUNT);
  HarkToken *token = &core->account.contacts_token;
  GHashTableIter iter;
  void *value;

  hark_net_close_audience (core->net, token, core->now);
  hark_rng_bytes (&core->rng, token->bytes, sizeof token->bytes);
  request->account = g_memdup2 (&core->account, sizeof core->account);
  hark_core_ask_store (core, request, NULL);
  if (!hark_core_is_invisible (core))
    hark_net_open_audience (core->net, HARK_AUDIENCE_CONTACTS, token, NULL, core->now);
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreContact *contact = value;

    if (contact == without)
      continue;
    hark_core_reach_open (core, contact);
    hark_core_reach_say (core, contact);
  }
}

/* ---- theirs ---- */

void
hark_core_reach_stored (HarkCore *core, HarkCoreContact *contact)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__ReachStored body = HARK__REACH_STORED__INIT;

  body.contacts_token
    = (ProtobufCBinaryData){sizeof contact->row.reach.bytes, contact->row.reach.bytes};
  frame.what_case = HARK__FRAME__WHAT_REACH_STORED;
  frame.reach_stored = &body;
  hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
}

static void
after_reach (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (hark_core_refuse_store (core, pending, reply) || contact == NULL)
    return;
  hark_core_tell_net (core, contact);
  if (contact->has_session && contact->session == pending->session)
    hark_core_reach_stored (core, contact);
}

bool
hark_core_reach_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame)
{
  const bool stored = frame->what_case == HARK__FRAME__WHAT_REACH_STORED;
  const ProtobufCBinaryData *token
    = stored ? &frame->reach_stored->contacts_token : &frame->reach->contacts_token;
  HarkPending *pending;

  if (token->len != sizeof (HarkToken))
    return false;
  if (!stored) {
    contact->row.has_reach = true;
    memcpy (contact->row.reach.bytes, token->data, sizeof contact->row.reach.bytes);
    pending = hark_pending_new (after_reach, NULL);
    pending->session = contact->session;
    hark_core_keep (core, contact, pending);
  } else if (sodium_memcmp (token->data, core->account.contacts_token.bytes, token->len) == 0) {
    if (!is_told (core, contact)) {
      contact->about->has_told = true;
      contact->about->told = core->account.contacts_token;
      hark_core_keep_about (core, contact, NULL);
    }
    hark_core_reach_close (core, contact);
  }
  return true;
}

/* ---- looking elsewhere ---- */

/* Whoever has our token finds us; only when both have changed theirs neither finds the other. */
static unsigned
turn_of (const HarkCore *core, const HarkCoreContact *contact)
{
  if (contact->has_session || is_told (core, contact) || !contact->row.has_pairwise)
    return 0;
  /* the first turn, which begins with the program, is for where they were */
  if (contact->turns % TURNS == 2)
    return 1;
  return contact->turns % TURNS == 3 && contact->row.has_pairwise_previous ? 2 : 0;
}

void
hark_core_reach_time (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  if (core->now < core->reach_at)
    return;
  core->reach_at = hark_time_add (core->now, TURN_TIME);
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreContact *contact = value;
    unsigned turn;

    contact->turns = contact->has_session ? 0 : contact->turns + 1;
    turn = turn_of (core, contact);
    if (turn == contact->turn)
      continue;
    contact->turn = turn;
    hark_core_tell_net (core, contact);
  }
}
