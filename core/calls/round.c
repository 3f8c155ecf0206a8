#include "core/calls/round.h"

#include <string.h>

#define OTHERS_MAX (HARK_ROUND_PEOPLE_MAX * HARK_ROUND_PEOPLE_MAX)

void
hark_round_init (HarkRound *round, const HarkKey *own)
{
  *round = (HarkRound){.own = *own};
}

/* ---- who is in it ---- */

static HarkRoundPeer *
find (const HarkRound *round, const HarkKey *peer)
{
  for (unsigned i = 0; i < round->n; i++)
    if (hark_key_equal (&round->peers[i].peer, peer))
      return (HarkRoundPeer *) &round->peers[i];
  return NULL;
}

const HarkRoundPeer *
hark_round_peer (const HarkRound *round, const HarkKey *peer)
{
  return find (round, peer);
}

static unsigned
add_once (HarkKey *list, unsigned n, unsigned max, const HarkKey *account)
{
  for (unsigned i = 0; i < n; i++)
    if (hark_key_equal (&list[i], account))
      return n;
  if (n < max)
    list[n++] = *account;
  return n;
}

unsigned
hark_round_others (const HarkRound *round, HarkKey *ret, unsigned max)
{
  unsigned n = 0;

  for (unsigned i = 0; i < round->n; i++)
    n = add_once (ret, n, max, &round->peers[i].peer);
  for (unsigned i = 0; i < round->n; i++)
    for (unsigned j = 0; j < round->peers[i].word.n; j++)
      if (!hark_key_equal (&round->peers[i].word.others[j], &round->own))
        n = add_once (ret, n, max, &round->peers[i].word.others[j]);
  return n;
}

/* There is room for @peer beside all that are known, or they are one of those. */
static bool
has_room (const HarkRound *round, const HarkKey *peer)
{
  HarkKey others[OTHERS_MAX];
  const unsigned n = hark_round_others (round, others, OTHERS_MAX);

  for (unsigned i = 0; i < n; i++)
    if (hark_key_equal (&others[i], peer))
      return true;
  return n < HARK_ROUND_OTHERS_MAX;
}

/* ---- streams ---- */

HarkRoundSlot *
hark_round_slot (HarkRound *round, const HarkKey *peer)
{
  for (unsigned i = 0; i < HARK_ROUND_OTHERS_MAX; i++)
    if (round->slots[i].used && hark_key_equal (&round->slots[i].peer, peer))
      return &round->slots[i];
  return NULL;
}

static void
take_slot (HarkRound *round, const HarkKey *peer)
{
  if (round->state == HARK_ROUND_OUT || hark_round_slot (round, peer) != NULL)
    return;
  for (unsigned i = 0; i < HARK_ROUND_OTHERS_MAX; i++) {
    if (round->slots[i].used)
      continue;
    round->slots[i] = (HarkRoundSlot){.used = true, .peer = *peer, .volume = HARK_ROUND_VOLUME};
    return;
  }
}

bool
hark_round_talks (const HarkRound *round, const HarkKey *peer)
{
  const HarkRoundPeer *known = find (round, peer);

  return round->state == HARK_ROUND_IN && known != NULL && !known->away && !known->word.held
         && hark_round_slot ((HarkRound *) round, peer) != NULL;
}

/* ---- ourselves ---- */

bool
hark_round_join (HarkRound *round, uint64_t id, HarkTime now)
{
  HarkKey others[OTHERS_MAX];

  if (round->state == HARK_ROUND_IN
      || (round->state == HARK_ROUND_OUT
          && hark_round_others (round, others, OTHERS_MAX) >= HARK_ROUND_PEOPLE_MAX))
    return false;
  if (round->id == 0)
    round->id = round->last_id = id;
  if (round->state == HARK_ROUND_OUT) {
    round->muted = false;
    round->joined_at = now;
  }
  round->state = HARK_ROUND_IN;
  for (unsigned i = 0; i < round->n; i++)
    take_slot (round, &round->peers[i].peer);
  return true;
}

bool
hark_round_leave (HarkRound *round)
{
  if (round->state == HARK_ROUND_OUT)
    return false;
  round->state = HARK_ROUND_OUT;
  memset (round->slots, 0, sizeof round->slots);
  if (round->n == 0)
    round->id = 0;
  return true;
}

bool
hark_round_hold (HarkRound *round)
{
  if (round->state != HARK_ROUND_IN)
    return false;
  round->state = HARK_ROUND_HELD;
  return true;
}

void
hark_round_word (const HarkRound *round, HarkRoundWord *ret)
{
  memset (ret, 0, sizeof *ret); /* it is compared as bytes */
  if (round->state == HARK_ROUND_OUT)
    return;
  ret->id = round->id;
  ret->held = round->state == HARK_ROUND_HELD;
  ret->muted = round->muted;
  for (unsigned i = 0; i < round->n && ret->n < HARK_ROUND_OTHERS_MAX; i++)
    if (!round->peers[i].away)
      ret->others[ret->n++] = round->peers[i].peer;
}

/* ---- others ---- */

static HarkRoundPeer *
add (HarkRound *round, const HarkKey *peer)
{
  unsigned at = 0;

  while (at < round->n && memcmp (round->peers[at].peer.bytes, peer->bytes, sizeof peer->bytes) < 0)
    at++;
  memmove (&round->peers[at + 1], &round->peers[at], (round->n - at) * sizeof round->peers[0]);
  round->n++;
  round->peers[at] = (HarkRoundPeer){.peer = *peer};
  take_slot (round, peer);
  return &round->peers[at];
}

bool
hark_round_forget (HarkRound *round, const HarkKey *peer)
{
  HarkRoundPeer *known = find (round, peer);
  HarkRoundSlot *slot = hark_round_slot (round, peer);
  unsigned at;

  if (known == NULL)
    return false;
  at = (unsigned) (known - round->peers);
  memmove (known, known + 1, (round->n - at - 1) * sizeof *known);
  round->n--;
  if (slot != NULL)
    *slot = (HarkRoundSlot){0};
  if (round->n == 0 && round->state == HARK_ROUND_OUT)
    round->id = 0;
  return true;
}

/* A call of two numbers is that of the lower one. */
static unsigned
take_id (HarkRound *round, uint64_t id)
{
  const bool is_new = round->id == 0;
  const bool began = is_new && id != round->last_id;

  round->id = is_new ? id : MIN (round->id, id);
  round->last_id = round->id;
  return began ? HARK_ROUND_BEGAN : 0;
}

unsigned
hark_round_hear (
  HarkRound *round, const HarkKey *peer, uint32_t session, const HarkRoundWord *word, HarkTime now)
{
  HarkRoundPeer *known = find (round, peer);
  unsigned result = HARK_ROUND_CHANGED;

  if (word->full) {
    if (hark_time_since (now, round->joined_at) >= HARK_ROUND_FULL_TIME
        || !hark_round_leave (round))
      return 0;
    return HARK_ROUND_CHANGED | HARK_ROUND_PUT_OUT;
  }
  if (word->id == 0)
    return hark_round_forget (round, peer) ? HARK_ROUND_CHANGED : 0;
  if (known == NULL) {
    if (round->state != HARK_ROUND_OUT && !has_room (round, peer))
      return HARK_ROUND_REFUSED;
    if (round->n
        == (round->state != HARK_ROUND_OUT ? HARK_ROUND_OTHERS_MAX : HARK_ROUND_PEOPLE_MAX))
      return round->state != HARK_ROUND_OUT ? HARK_ROUND_REFUSED : 0;
    known = add (round, peer);
  }
  result |= take_id (round, word->id);
  known->word = *word;
  known->session = session;
  known->away = false;
  return result;
}

bool
hark_round_session (HarkRound *round, const HarkKey *peer, uint32_t session, bool up, HarkTime now)
{
  HarkRoundPeer *known = find (round, peer);

  if (known == NULL)
    return false;
  if (up && known->session != session)
    up = false; /* they have not said anything in this one yet */
  if (known->away != up)
    return false;
  known->away = !up;
  known->lost_at = now;
  return true;
}

bool
hark_round_handle_time (HarkRound *round, HarkTime now)
{
  bool changed = false;

  for (unsigned i = round->n; i-- > 0;)
    if (round->peers[i].away
        && now >= hark_time_add (round->peers[i].lost_at, HARK_ROUND_RECONNECT_TIME)) {
      const HarkKey peer = round->peers[i].peer;

      changed |= hark_round_forget (round, &peer);
    }
  return changed;
}

HarkTime
hark_round_get_deadline (const HarkRound *round)
{
  HarkTime deadline = HARK_TIME_NEVER;

  for (unsigned i = 0; i < round->n; i++)
    if (round->peers[i].away)
      deadline = hark_time_min (deadline,
                                hark_time_add (round->peers[i].lost_at, HARK_ROUND_RECONNECT_TIME));
  return deadline;
}
