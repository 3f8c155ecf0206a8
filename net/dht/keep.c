#include "net/dht/keep.h"

#include "net/dht/far.h"

#include <string.h>

#define KEEP_EVERY (20 * HARK_SECOND)
#define KEEP_EVERY_MIN (5 * HARK_SECOND)
#define KEEP_AGAIN (750 * HARK_MS) /* while unanswered */
#define KEEP_PATIENCE (3 * HARK_SECOND)
#define SPREAD_STEPS 24
#define KEEP_TOKENS_MAX 3 /* answers in a row that only bring another token */
#define TOKEN_LEN_MAX 64
#define SHUNNED HARK_HOUR               /* it said that it is no contact point */
#define SILENCE_FIRST (2 * HARK_SECOND) /* after silence, doubling: it may be us who is cut off */
#define KNOCK_PATIENCE (5 * HARK_SECOND)
#define RING_TIME (5 * HARK_SECOND)
#define KNOCK_PADDING 18 /* bytes: as long as the caller's endpoint, which the point adds */

static const HarkTime knock_again[] = {400 * HARK_MS, HARK_SECOND};
static const uint8_t zeros[24];

typedef struct {
  uint32_t number; /* tells old answers from new ones */
  HarkEndpoint point;
  uint8_t handles[HARK_DHT_HANDLES_MAX][HARK_DHT_HANDLE_LEN];
  size_t n_handles;
  uint8_t token[TOKEN_LEN_MAX];
  size_t token_len;
  unsigned tokens; /* in a row */
  unsigned load;   /* as it told when it was first asked: without us */
  bool kept;       /* KEPT was said */
  bool repeated;   /* an answer is overdue */
  HarkTime next;   /* when to send */
  HarkTime lost;   /* when to give up: NEVER while all is answered */
} Keep;

typedef struct {
  HarkDhtOperation number;
  HarkEndpoint point;
  uint8_t handle[HARK_DHT_HANDLE_LEN];
  GBytes *packet;
  unsigned repeats;
  HarkTime started;
} Knock;

void
hark_dht_keep_free (gpointer keep)
{
  g_free (keep);
}

void
hark_dht_knock_free (gpointer data)
{
  Knock *knock = data;

  g_bytes_unref (knock->packet);
  g_free (knock);
}

/* ---- keep ---------------------------------------------------------------------------------- */

/* The same over UDP and TCP. */
static Keep *
find_keep (const HarkDht *dht, const HarkEndpoint *point)
{
  for (unsigned i = 0; i < dht->keeps->len; i++) {
    Keep *keep = dht->keeps->pdata[i];

    if (hark_endpoint_same_ip (&keep->point, point) && keep->point.port == point->port)
      return keep;
  }
  return NULL;
}

bool
hark_dht_is_kept (const HarkDht *dht, const HarkEndpoint *point)
{
  return find_keep (dht, point) != NULL;
}

bool
hark_dht_holds (const HarkDht *dht,
                const HarkEndpoint *point,
                const uint8_t handle[HARK_DHT_HANDLE_LEN])
{
  const Keep *keep = find_keep (dht, point);

  for (size_t i = 0; keep && i < keep->n_handles; i++)
    if (memcmp (keep->handles[i], handle, HARK_DHT_HANDLE_LEN) == 0)
      return true;
  return false;
}

static Keep *
find_keep_number (const HarkDht *dht, uint32_t number)
{
  for (unsigned i = 0; i < dht->keeps->len; i++)
    if (((Keep *) dht->keeps->pdata[i])->number == number)
      return dht->keeps->pdata[i];
  return NULL;
}

static void
emit_keep (HarkDht *dht, const Keep *keep, HarkDhtEventKind kind, int code)
{
  HarkDhtEvent event = {.kind = kind, .endpoint = keep->point, .code = code, .load = keep->load};

  memcpy (event.handle, keep->handles[0], sizeof event.handle);
  hark_dht_emit (dht, &event, NULL, NULL);
}

/* One does not answer: are the others there? It may be us, or all may have ended with one network.
 */
static void
hurry_others (HarkDht *dht, const Keep *gone)
{
  for (guint i = 0; i < dht->keeps->len; i++) {
    Keep *keep = dht->keeps->pdata[i];

    if (keep != gone && keep->kept && keep->lost == HARK_TIME_NEVER)
      keep->next = dht->now;
  }
}

static void
lose_keep (HarkDht *dht, Keep *keep, int code)
{
  HarkDhtKnown *known = hark_dht_known (dht, &keep->point, true);

  if (keep->kept)
    known->silences = 0;
  if (code == HARK_DHT_CODE_UNKNOWN_QUERY) {
    known->was_point = false;
    known->not_before = dht->now + SHUNNED;
  } else {
    known->not_before
      = dht->now + hark_time_min (SILENCE_FIRST << MIN (known->silences, 12), SHUNNED);
    known->silences++;
  }
  emit_keep (dht, keep, HARK_DHT_EVENT_KEEP_LOST, code);
  g_ptr_array_remove (dht->keeps, keep);
}

static void
on_keep (HarkDht *dht, const HarkRpc *rpc, HarkRpcOutcome outcome, const HarkKrpc *answer);

static void
send_keep (HarkDht *dht, Keep *keep)
{
  HarkEndpoint to = hark_far_route (dht, &keep->point);
  bool has_token = keep->token_len > 0;
  HarkKrpc query = {
    .method = HARK_KRPC_HK_KEEP,
    .handle = {keep->handles[0],                keep->n_handles * HARK_DHT_HANDLE_LEN            },
    .token = {has_token ? keep->token : zeros, has_token ? keep->token_len : HARK_TOKEN_LEN_WIRE},
    .padding = {zeros,                           sizeof zeros                                     }
  };

  /* padded, because endpoint and time in the answer are longer than what we say */
  keep->next = dht->now + KEEP_AGAIN;
  if (keep->lost == HARK_TIME_NEVER)
    keep->lost = dht->now + KEEP_PATIENCE;
  hark_rpc_send (dht, &to, &query, on_keep, keep->number);
}

/* Renewals are spread over the time between two of them, so that one point soon notices when all
 * are gone: the latest moment that is as far from the others' as an even spread allows. */
static HarkTime
next_renewal (const HarkDht *dht, const Keep *keep, HarkTime every)
{
  HarkTime best = dht->now + every, best_gap = 0;
  unsigned n = 0;

  for (guint i = 0; i < dht->keeps->len; i++)
    n += ((const Keep *) dht->keeps->pdata[i])->kept;
  for (unsigned step = 0; step < SPREAD_STEPS && best_gap < every / MAX (n, 1); step++) {
    HarkTime then = dht->now + every - step * every / 2 / SPREAD_STEPS;
    HarkTime gap = every;

    for (guint i = 0; i < dht->keeps->len; i++) {
      const Keep *other = dht->keeps->pdata[i];
      HarkTime apart = (MAX (then, other->next) - MIN (then, other->next)) % every;

      if (other != keep && other->kept)
        gap = MIN (gap, MIN (apart, every - apart));
    }
    if (gap > best_gap) {
      best = then;
      best_gap = gap;
    }
  }
  return best;
}

/* Due for the first time, or again because nobody answered. */
static void
renew (HarkDht *dht, Keep *keep)
{
  if (keep->kept && keep->lost != HARK_TIME_NEVER && !keep->repeated) {
    keep->repeated = true;
    hurry_others (dht, keep);
  }
  send_keep (dht, keep);
}

static void
handle_kept (HarkDht *dht, Keep *keep, const HarkKrpc *answer)
{
  HarkDhtKnown *known;
  HarkTime every;

  if (!answer->token.data || !answer->has_ttl || answer->token.len == 0) {
    lose_keep (dht, keep, HARK_DHT_CODE_UNKNOWN_QUERY);
    return;
  }
  keep->token_len = answer->token.len;
  memcpy (keep->token, answer->token.data, answer->token.len);
  keep->lost = HARK_TIME_NEVER;
  if (answer->has_clock)
    hark_dht_emit (dht,
                   &(HarkDhtEvent){.kind = HARK_DHT_EVENT_CLOCK,
                                   .endpoint = keep->point,
                                   .clock_s = answer->clock},
                   NULL, NULL);
  if (answer->ttl <= 0) {
    if (answer->has_count)
      keep->load = (unsigned) CLAMP (answer->count, 0, HARK_POINT_REGISTRATIONS_MAX);
    if (++keep->tokens > KEEP_TOKENS_MAX)
      lose_keep (dht, keep, HARK_DHT_CODE_BUSY);
    else
      send_keep (dht, keep);
    return;
  }

  known = hark_dht_known (dht, &keep->point, true);
  known->was_point = true;
  known->not_before = 0;
  keep->tokens = 0;
  every = CLAMP ((HarkTime) MIN (answer->ttl, 3600) * HARK_SECOND / 3, KEEP_EVERY_MIN, KEEP_EVERY);
  keep->next = next_renewal (dht, keep, every);
  keep->repeated = false;
  if (!keep->kept) {
    keep->kept = true;
    emit_keep (dht, keep, HARK_DHT_EVENT_KEPT, 0);
  }
}

static void
on_keep (HarkDht *dht, const HarkRpc *rpc, HarkRpcOutcome outcome, const HarkKrpc *answer)
{
  Keep *keep = find_keep_number (dht, rpc->owner);

  if (!keep)
    return;
  if (outcome == HARK_RPC_ANSWERED)
    handle_kept (dht, keep, answer);
  else if (outcome == HARK_RPC_REFUSED)
    lose_keep (dht, keep, (int) CLAMP (answer->code, 2, 999));
  else if (outcome == HARK_RPC_UNREACHABLE)
    lose_keep (dht, keep, HARK_DHT_CODE_UNREACHABLE);
}

/* The token that we have is bound to the handles before: the first answer brings another. */
static void
change_handles (HarkDht *dht, Keep *keep, const uint8_t *handles, size_t n_handles)
{
  if (keep->n_handles == n_handles
      && memcmp (keep->handles, handles, n_handles * HARK_DHT_HANDLE_LEN) == 0)
    return;
  keep->n_handles = n_handles;
  memcpy (keep->handles, handles, n_handles * HARK_DHT_HANDLE_LEN);
  keep->number = hark_dht_number (dht); /* answers on their way are to the handles before */
  keep->token_len = 0;
  keep->tokens = 0;
  keep->kept = false;
  send_keep (dht, keep);
}

bool
hark_dht_keep (
  HarkDht *dht, const HarkEndpoint *point, const uint8_t *handles, size_t n_handles, HarkTime now)
{
  const HarkDhtKnown *known;
  Keep *keep;

  g_assert (n_handles > 0 && n_handles <= HARK_DHT_HANDLES_MAX);
  dht->now = MAX (dht->now, now);
  keep = find_keep (dht, point);
  if (keep) {
    change_handles (dht, keep, handles, n_handles);
    return true;
  }
  known = hark_dht_known (dht, point, false);
  if (dht->keeps->len >= HARK_DHT_KEEPS_MAX || !hark_dht_may_send (dht, point)
      || (known && known->not_before > dht->now))
    return false;
  keep = g_new0 (Keep, 1);
  keep->number = hark_dht_number (dht);
  keep->point = *point;
  keep->n_handles = n_handles;
  memcpy (keep->handles, handles, n_handles * HARK_DHT_HANDLE_LEN);
  keep->lost = HARK_TIME_NEVER;
  g_ptr_array_add (dht->keeps, keep);
  send_keep (dht, keep);
  return true;
}

void
hark_dht_unkeep (HarkDht *dht, const HarkEndpoint *point)
{
  Keep *keep = find_keep (dht, point);

  if (keep)
    g_ptr_array_remove (dht->keeps, keep);
}

/* ---- knock --------------------------------------------------------------------------------- */

static Knock *
find_knock (const HarkDht *dht, HarkDhtOperation number)
{
  for (unsigned i = 0; i < dht->knocks->len; i++)
    if (((Knock *) dht->knocks->pdata[i])->number == number)
      return dht->knocks->pdata[i];
  return NULL;
}

static void
on_knock (HarkDht *dht, const HarkRpc *rpc, HarkRpcOutcome outcome, const HarkKrpc *answer)
{
  Knock *knock = find_knock (dht, rpc->owner);
  HarkDhtEvent event = {.kind = HARK_DHT_EVENT_KNOCK_FAILED, .endpoint = rpc->to};
  GBytes *data = NULL;

  if (!knock)
    return;
  event.operation = knock->number;
  memcpy (event.handle, knock->handle, sizeof event.handle);
  if (outcome == HARK_RPC_ANSWERED && answer->x.data) {
    event.kind = HARK_DHT_EVENT_KNOCK_ANSWER;
    data = g_bytes_new (answer->x.data, answer->x.len);
  } else if (outcome == HARK_RPC_ANSWERED) {
    event.code = HARK_DHT_CODE_UNKNOWN_QUERY;
  } else if (outcome == HARK_RPC_REFUSED) {
    event.code = (int) CLAMP (answer->code, 2, 999);
  } else if (outcome == HARK_RPC_UNREACHABLE) {
    event.code = HARK_DHT_CODE_UNREACHABLE;
  }
  hark_dht_emit (dht, &event, data, NULL);
  g_ptr_array_remove (dht->knocks, knock);
}

static HarkDhtOperation
start_knock (HarkDht *dht,
             const HarkEndpoint *point,
             const uint8_t handle[HARK_DHT_HANDLE_LEN],
             const uint8_t *x,
             size_t len,
             bool around,
             HarkTime now)
{
  HarkKrpc query = {
    .method = HARK_KRPC_HK_KNOCK,
    .has_count = around,
    .count = around,
    .handle = {handle, HARK_DHT_HANDLE_LEN},
    .padding = {zeros,  KNOCK_PADDING      },
    .x = {x,      len                }
  };
  HarkEndpoint to = hark_far_route (dht, point);
  HarkDhtOperation number;
  GBytes *packet;
  Knock *knock;

  dht->now = MAX (dht->now, now);
  if (len < HARK_DHT_KNOCK_LEN_MIN || len > HARK_DHT_KNOCK_LEN_MAX
      || dht->knocks->len >= HARK_DHT_KNOCKS_MAX)
    return 0;
  number = hark_dht_number (dht);
  if (!hark_rpc_send_slow (dht, &to, &query, KNOCK_PATIENCE, on_knock, number, &packet))
    return 0;
  knock = g_new0 (Knock, 1);
  knock->number = number;
  knock->point = to;
  memcpy (knock->handle, handle, sizeof knock->handle);
  knock->packet = packet;
  knock->started = dht->now;
  g_ptr_array_add (dht->knocks, knock);
  return number;
}

HarkDhtOperation
hark_dht_knock (HarkDht *dht,
                const HarkEndpoint *point,
                const uint8_t handle[HARK_DHT_HANDLE_LEN],
                const uint8_t *x,
                size_t len,
                HarkTime now)
{
  return start_knock (dht, point, handle, x, len, false, now);
}

HarkDhtOperation
hark_dht_knock_around (HarkDht *dht,
                       const HarkEndpoint *node,
                       const uint8_t handle[HARK_DHT_HANDLE_LEN],
                       const uint8_t *x,
                       size_t len,
                       HarkTime now)
{
  return start_knock (dht, node, handle, x, len, true, now);
}

void
hark_dht_cancel_knock (HarkDht *dht, HarkDhtOperation number)
{
  Knock *knock = find_knock (dht, number);

  if (knock)
    g_ptr_array_remove (dht->knocks, knock);
}

static HarkTime
knock_deadline (const Knock *knock)
{
  return knock->repeats < G_N_ELEMENTS (knock_again) ? knock->started + knock_again[knock->repeats]
                                                     : HARK_TIME_NEVER;
}

/* ---- ring ---------------------------------------------------------------------------------- */

void
hark_dht_set_own_handle (HarkDht *dht, const uint8_t handle[HARK_DHT_HANDLE_LEN])
{
  if (!handle) {
    dht->n_own_handles = 0;
    return;
  }
  if (hark_dht_is_own_handle (dht, handle))
    return;
  if (dht->n_own_handles == HARK_DHT_OWN_HANDLES_MAX)
    memmove (dht->own_handles[0], dht->own_handles[1],
             --dht->n_own_handles * sizeof dht->own_handles[0]);
  memcpy (dht->own_handles[dht->n_own_handles++], handle, HARK_DHT_HANDLE_LEN);
}

bool
hark_dht_is_own_handle (const HarkDht *dht, const uint8_t handle[HARK_DHT_HANDLE_LEN])
{
  for (unsigned i = 0; i < dht->n_own_handles; i++)
    if (memcmp (dht->own_handles[i], handle, HARK_DHT_HANDLE_LEN) == 0)
      return true;
  return false;
}

void
hark_dht_set_quiet_handle (HarkDht *dht, const uint8_t handle[HARK_DHT_HANDLE_LEN])
{
  dht->has_quiet_handle = handle != NULL;
  if (handle)
    memcpy (dht->quiet_handle, handle, sizeof dht->quiet_handle);
}

bool
hark_dht_is_quiet_handle (const HarkDht *dht, const uint8_t handle[HARK_DHT_HANDLE_LEN])
{
  return dht->has_quiet_handle && memcmp (dht->quiet_handle, handle, HARK_DHT_HANDLE_LEN) == 0;
}

static void
expire_rings (HarkDht *dht)
{
  for (unsigned i = dht->rings->len; i-- > 0;) {
    HarkDhtRing *ring = &g_array_index (dht->rings, HarkDhtRing, i);

    if (ring->expires <= dht->now) {
      g_clear_pointer (&ring->answer, g_bytes_unref);
      g_array_remove_index (dht->rings, i);
    }
  }
}

static void
send_ring_answer (HarkDht *dht, const HarkDhtRing *ring)
{
  size_t len;
  const uint8_t *packet = g_bytes_get_data (ring->answer, &len);

  hark_dht_send (dht, &ring->reply_to, packet, len);
}

static HarkDhtRing *
find_ring (HarkDht *dht, const HarkEndpoint *from, HarkBytes transaction)
{
  for (unsigned i = 0; i < dht->rings->len; i++) {
    HarkDhtRing *ring = &g_array_index (dht->rings, HarkDhtRing, i);

    if (ring->transaction_len == transaction.len
        && memcmp (ring->transaction, transaction.data, transaction.len) == 0
        && hark_endpoint_equal (&ring->reply_to, from))
      return ring;
  }
  return NULL;
}

static unsigned
count_rings (const HarkDht *dht, const HarkEndpoint *from)
{
  unsigned n = 0;

  for (unsigned i = 0; i < dht->rings->len; i++)
    n += hark_endpoint_equal (&g_array_index (dht->rings, HarkDhtRing, i).reply_to, from);
  return n;
}

bool
hark_dht_ring_repeat (HarkDht *dht, const HarkEndpoint *from, HarkBytes transaction)
{
  const HarkDhtRing *known;

  expire_rings (dht);
  known = find_ring (dht, from, transaction);
  if (known && known->answer)
    send_ring_answer (dht, known);
  return known != NULL;
}

void
hark_dht_ring (HarkDht *dht,
               const HarkEndpoint *from,
               const HarkKrpc *message,
               const HarkEndpoint *caller)
{
  HarkDhtRing ring = {.reply_to = *from, .x_len_max = message->x.len};
  HarkDhtEvent event = {.kind = HARK_DHT_EVENT_RING, .endpoint = *from, .caller = *caller};

  event.quiet = message->method == HARK_KRPC_HK_KNOCK && message->has_count;
  if (hark_dht_ring_repeat (dht, from, message->transaction)
      || dht->rings->len >= HARK_DHT_RINGS_MAX
      || count_rings (dht, from) >= HARK_DHT_RINGS_PER_POINT)
    return;

  ring.number = hark_dht_number (dht);
  ring.transaction_len = message->transaction.len;
  memcpy (ring.transaction, message->transaction.data, message->transaction.len);
  ring.expires = dht->now + RING_TIME;
  g_array_append_val (dht->rings, ring);
  event.operation = ring.number;
  memcpy (event.handle, message->handle.data, sizeof event.handle);
  hark_dht_emit (dht, &event, g_bytes_new (message->x.data, message->x.len), NULL);
}

bool
hark_dht_ring_answer (
  HarkDht *dht, HarkDhtOperation number, const uint8_t *x, size_t len, HarkTime now)
{
  dht->now = MAX (dht->now, now);
  expire_rings (dht);
  for (unsigned i = 0; i < dht->rings->len; i++) {
    HarkDhtRing *ring = &g_array_index (dht->rings, HarkDhtRing, i);
    HarkKrpc answer = {
      .kind = HARK_KRPC_RESPONSE,
      .transaction = {ring->transaction, ring->transaction_len},
      .x = {x,                 len                  }
    };
    uint8_t packet[HARK_KRPC_LEN_MAX];

    if (ring->number != number)
      continue;
    if (ring->answer || len > ring->x_len_max)
      return false;
    answer.id = hark_dht_own_id (dht, &ring->reply_to);
    ring->answer = g_bytes_new (packet, hark_krpc_write (&answer, NULL, 0, packet, sizeof packet));
    send_ring_answer (dht, ring);
    return true;
  }
  return false;
}

/* ---- time ---------------------------------------------------------------------------------- */

void
hark_dht_keeps_renew (HarkDht *dht, const HarkEndpoint *point)
{
  for (unsigned i = 0; i < dht->keeps->len; i++) {
    Keep *keep = dht->keeps->pdata[i];

    if (!point || keep == find_keep (dht, point))
      keep->next = dht->now;
  }
  /* silence on the old way says nothing about the new one */
  for (guint i = 0; !point && i < dht->known->len; i++) {
    HarkDhtKnown *known = &g_array_index (dht->known, HarkDhtKnown, i);

    if (known->silences > 0)
      known->not_before = 0;
    known->silences = 0;
  }
}

void
hark_dht_keeps_handle_time (HarkDht *dht)
{
  for (unsigned i = dht->keeps->len; i-- > 0;) {
    Keep *keep = dht->keeps->pdata[i];

    if (keep->lost <= dht->now)
      lose_keep (dht, keep, HARK_DHT_CODE_TIMEOUT);
    else if (keep->next <= dht->now)
      renew (dht, keep);
  }
  for (unsigned i = 0; i < dht->knocks->len; i++) {
    Knock *knock = dht->knocks->pdata[i];

    if (knock_deadline (knock) <= dht->now) {
      size_t len;
      const uint8_t *packet = g_bytes_get_data (knock->packet, &len);

      knock->repeats++;
      hark_dht_send (dht, &knock->point, packet, len);
    }
  }
}

HarkTime
hark_dht_keeps_get_deadline (const HarkDht *dht)
{
  HarkTime deadline = HARK_TIME_NEVER;

  for (unsigned i = 0; i < dht->keeps->len; i++) {
    const Keep *keep = dht->keeps->pdata[i];

    deadline = hark_time_min (deadline, hark_time_min (keep->next, keep->lost));
  }
  for (unsigned i = 0; i < dht->knocks->len; i++)
    deadline = hark_time_min (deadline, knock_deadline (dht->knocks->pdata[i]));
  return deadline;
}
