#define G_LOG_DOMAIN "hark-relay"

#include "net/relay/client.h"

#include <string.h>

#define RELAYS_MAX 1000
#define ROUND_RELAYS 8 /* asked at a time */
#define ROUND_INTERVAL HARK_SECOND
#define ASK_FIRST (300 * HARK_MS)
#define ASK_SLOW (5 * HARK_SECOND)
#define REFUSED_TIME (30 * HARK_SECOND)
#define FULL_TIME (10 * HARK_SECOND)
#define DISTRUST_TIME (10 * HARK_SECOND)
#define DISTRUST_ONLY HARK_SECOND /* when there is no other */
#define CHOICE_TIME HARK_SECOND   /* for a nearer one to match */
#define NEARER_MS 10              /* and a fifth: what is worth a change */
#define QUEUE_MAX 1024            /* outputs; 16 wants ask no more than 16 times 64 */

/* Somebody who is online. */
typedef struct {
  HarkKey account;
  unsigned rtt_ms;
  HarkTime refused_until; /* 0: did not refuse */
  uint32_t only;          /* the want he is there for; 0: all */
} Relay;

/* One relay asked for one want. */
typedef struct {
  HarkKey relay;
  uint8_t tag[HARK_RELAY_TAG_LEN];
  uint32_t channel; /* 0: not matched */
  unsigned rtt_ms;
  uint32_t rate;
  HarkTime bad_until; /* not asked before; 0: is asked */
  HarkTime next_ask;
  HarkTime interval;
} Try;

typedef struct {
  uint32_t number;
  HarkKey peer;
  bool chooses;
  GArray *tries;     /* Try */
  bool uses;         /* one of them: */
  guint used;        /* its index */
  HarkTime choice;   /* when the choice is over; NEVER: it is, or nothing matched yet */
  HarkTime next_ask; /* when more relays are asked */
} Want;

struct HarkRelayClient {
  HarkRelayTagger tagger;
  void *data;
  GHashTable *relays; /* HarkKey -> Relay */
  GPtrArray *wants;   /* Want */
  GQueue events;      /* HarkRelayEvent */
  GQueue outputs;     /* HarkRelayOutput */
};

static void
want_free (void *data)
{
  Want *want = data;

  sodium_memzero (want->tries->data, want->tries->len * sizeof (Try));
  g_array_unref (want->tries);
  g_free (want);
}

HarkRelayClient *
hark_relay_client_new (HarkRelayTagger tagger, void *data)
{
  HarkRelayClient *client = g_new0 (HarkRelayClient, 1);

  client->tagger = tagger;
  client->data = data;
  client->relays = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, NULL, g_free);
  client->wants = g_ptr_array_new_with_free_func (want_free);
  g_queue_init (&client->events);
  g_queue_init (&client->outputs);
  return client;
}

void
hark_relay_client_free (HarkRelayClient *client)
{
  if (!client)
    return;
  g_hash_table_unref (client->relays);
  g_ptr_array_unref (client->wants);
  g_queue_clear_full (&client->events, g_free);
  g_queue_clear_full (&client->outputs, g_free);
  g_free (client);
}

static Try *
try_at (const Want *want, guint i)
{
  return &g_array_index (want->tries, Try, i);
}

static Want *
find_want (const HarkRelayClient *client, uint32_t number)
{
  for (guint i = 0; i < client->wants->len; i++) {
    Want *want = g_ptr_array_index (client->wants, i);

    if (want->number == number)
      return want;
  }
  return NULL;
}

/* The index of the try with @relay; tries->len when there is none. */
static guint
find_try (const Want *want, const HarkKey *relay)
{
  guint i = 0;

  while (i < want->tries->len && !hark_key_equal (&try_at (want, i)->relay, relay))
    i++;
  return i;
}

/* ---- out ------------------------------------------------------------------------- */

static void
say (HarkRelayClient *client, HarkRelayKind kind, const Try *try)
{
  HarkRelayFrame frame = {.kind = kind};
  HarkRelayOutput *output;

  if (client->outputs.length >= QUEUE_MAX)
    return;
  memcpy (frame.tag, try->tag, sizeof frame.tag);
  output = g_new0 (HarkRelayOutput, 1);
  output->to = try->relay;
  output->len = hark_relay_frame_write (&frame, output->bytes);
  g_queue_push_tail (&client->outputs, output);
}

static void
tell (HarkRelayClient *client, const Want *want)
{
  HarkRelayEvent *event = g_new0 (HarkRelayEvent, 1);

  event->kind = want->uses ? HARK_RELAY_USE : HARK_RELAY_LOST;
  event->want = want->number;
  if (want->uses) {
    event->relay = try_at (want, want->used)->relay;
    event->rtt_ms = try_at (want, want->used)->rtt_ms;
    event->rate = try_at (want, want->used)->rate;
  }
  g_queue_push_tail (&client->events, event);
}

/* ---- asking ---------------------------------------------------------------------- */

static void
ask (HarkRelayClient *client, Try *try, HarkTime now)
{
  say (client, HARK_RELAY_ASK, try);
  try->next_ask = now + try->interval;
  try->interval = hark_time_min (2 * try->interval, ASK_SLOW);
}

static void
ask_anew (Try *try, HarkTime now)
{
  try->channel = 0;
  try->next_ask = MAX (now, try->bad_until);
  try->interval = ASK_FIRST;
}

static gint
compare_relays (gconstpointer a, gconstpointer b)
{
  const Relay *x = *(const Relay *const *) a, *y = *(const Relay *const *) b;

  if (x->rtt_ms != y->rtt_ms)
    return x->rtt_ms < y->rtt_ms ? -1 : 1;
  return memcmp (x->account.bytes, y->account.bytes, HARK_KEY_LEN);
}

/* The nearest relays that were not asked yet. */
static void
add_round (HarkRelayClient *client, Want *want, HarkTime now)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, client->relays);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Relay *relay = value;

    if (relay->refused_until <= now && (!relay->only || relay->only == want->number)
        && !hark_key_equal (&relay->account, &want->peer)
        && find_try (want, &relay->account) == want->tries->len)
      g_ptr_array_add (found, relay);
  }
  g_ptr_array_sort (found, compare_relays);
  for (guint i = 0; i < MIN (found->len, ROUND_RELAYS) && want->tries->len < HARK_RELAY_TRIES_MAX;
       i++) {
    Try try = {.relay = ((const Relay *) found->pdata[i])->account};

    client->tagger (client->data, want->number, &try.relay, try.tag);
    ask_anew (&try, now);
    g_array_append_val (want->tries, try);
  }
  want->next_ask = now + ROUND_INTERVAL;
}

/* ---- choosing -------------------------------------------------------------------- */

static void
use (HarkRelayClient *client, Want *want, guint i)
{
  g_debug ("want %u goes through a relay, %u ms", want->number, try_at (want, i)->rtt_ms);
  want->uses = true;
  want->used = i;
  tell (client, want);
}

/* What was used is over: the nearest of those that matched too, or all are asked again. */
static void
use_next (HarkRelayClient *client, Want *want, HarkTime now)
{
  guint best = want->tries->len;

  want->uses = false;
  want->choice = HARK_TIME_NEVER;
  for (guint i = 0; i < want->tries->len; i++)
    if (try_at (want, i)->channel
        && (best == want->tries->len || try_at (want, i)->rtt_ms < try_at (want, best)->rtt_ms))
      best = i;
  if (best < want->tries->len) {
    use (client, want, best);
    return;
  }
  tell (client, want);
  for (guint i = 0; i < want->tries->len; i++)
    ask_anew (try_at (want, i), now);
  want->next_ask = now;
}

/* The channel of a try is over, for whatever reason. */
static void
lose_channel (HarkRelayClient *client, Want *want, guint i, HarkTime now)
{
  ask_anew (try_at (want, i), now);
  if (want->uses && want->used == i)
    use_next (client, want, now);
}

static void
remove_try (HarkRelayClient *client, Want *want, guint i, HarkTime now)
{
  bool used = want->uses && want->used == i;

  g_array_remove_index (want->tries, i);
  if (want->used > i)
    want->used--;
  if (used)
    use_next (client, want, now);
}

/* The initiator made up its mind; the responder's other channels end with the initiator's. */
static void
end_choice (HarkRelayClient *client, Want *want)
{
  want->choice = HARK_TIME_NEVER;
  for (guint i = 0; i < want->tries->len; i++) {
    Try *try = try_at (want, i);

    if (i == want->used || (try->channel && !want->chooses))
      continue;
    say (client, HARK_RELAY_LEAVE, try);
    try->channel = 0;
  }
}

static void
handle_matched (
  HarkRelayClient *client, Want *want, guint i, const HarkRelayFrame *frame, HarkTime now)
{
  Try *try = try_at (want, i);
  bool is_new = try->channel != frame->channel;
  bool changed = is_new || try->rate != frame->rate;

  if (try->bad_until > now || (want->uses && want->choice == HARK_TIME_NEVER && !try->channel)) {
    say (client, HARK_RELAY_LEAVE, try); /* matched behind our back */
    return;
  }
  try->channel = frame->channel;
  try->rtt_ms = frame->rtt_ms;
  try->rate = frame->rate;
  if (!want->uses) {
    want->choice = now + CHOICE_TIME;
    use (client, want, i);
  } else if (want->used == i) {
    if (changed)
      tell (client, want);
  } else if (want->chooses) {
    unsigned before = try_at (want, want->used)->rtt_ms;

    if (is_new && try->rtt_ms + MAX (NEARER_MS, before / 5) <= before)
      use (client, want, i);
  }
}

/* ---- doors: relays and wants ----------------------------------------------------- */

void
hark_relay_client_set_relay (HarkRelayClient *client,
                             const HarkKey *account,
                             unsigned rtt_ms,
                             HarkTime now)
{
  Relay *relay = g_hash_table_lookup (client->relays, account);

  if (relay) {
    relay->rtt_ms = rtt_ms;
    return;
  }
  if (g_hash_table_size (client->relays) >= RELAYS_MAX)
    return;
  relay = g_new0 (Relay, 1);
  relay->account = *account;
  relay->rtt_ms = rtt_ms;
  g_hash_table_insert (client->relays, &relay->account, relay);
  for (guint i = 0; i < client->wants->len; i++)
    ((Want *) client->wants->pdata[i])->next_ask = now;
}

void
hark_relay_client_offer_relay (HarkRelayClient *client,
                               const HarkKey *relay,
                               uint32_t want,
                               HarkTime now)
{
  Relay *offered;

  hark_relay_client_set_relay (client, relay, 0, now);
  offered = g_hash_table_lookup (client->relays, relay);
  if (offered)
    offered->only = want;
}

void
hark_relay_client_remove_relay (HarkRelayClient *client, const HarkKey *account, HarkTime now)
{
  if (!g_hash_table_remove (client->relays, account))
    return;
  for (guint i = 0; i < client->wants->len; i++) {
    Want *want = client->wants->pdata[i];
    guint at = find_try (want, account);

    if (at < want->tries->len)
      remove_try (client, want, at, now);
  }
}

void
hark_relay_client_want (
  HarkRelayClient *client, uint32_t number, const HarkKey *peer, bool chooses, HarkTime now)
{
  Want *want;

  if (find_want (client, number) || client->wants->len >= HARK_RELAY_WANTS_MAX)
    return;
  g_debug ("want %u asks for a relay", number);
  want = g_new0 (Want, 1);
  want->number = number;
  want->peer = *peer;
  want->chooses = chooses;
  want->tries = g_array_new (FALSE, FALSE, sizeof (Try));
  want->choice = HARK_TIME_NEVER;
  want->next_ask = now;
  g_ptr_array_add (client->wants, want);
}

void
hark_relay_client_unwant (HarkRelayClient *client, uint32_t number, HarkTime now)
{
  Want *want = find_want (client, number);

  if (!want)
    return;
  for (guint i = 0; i < want->tries->len; i++)
    if (try_at (want, i)->channel || !want->uses || want->choice > now)
      say (client, HARK_RELAY_LEAVE, try_at (want, i));
  g_ptr_array_remove_fast (client->wants, want);
}

void
hark_relay_client_distrust (HarkRelayClient *client, uint32_t number, HarkTime now)
{
  Want *want = find_want (client, number);
  Try *try;

  if (!want || !want->uses)
    return;
  try = try_at (want, want->used);
  say (client, HARK_RELAY_LEAVE, try);
  try->bad_until = now + (want->tries->len > 1 ? DISTRUST_TIME : DISTRUST_ONLY);
  lose_channel (client, want, want->used, now);
}

bool
hark_relay_client_has (const HarkRelayClient *client, uint32_t number)
{
  return find_want (client, number) != NULL;
}

bool
hark_relay_client_has_wants (const HarkRelayClient *client)
{
  return client->wants->len > 0;
}

bool
hark_relay_client_get_used (const HarkRelayClient *client,
                            uint32_t number,
                            HarkKey *ret_relay,
                            uint32_t *ret_channel)
{
  const Want *want = find_want (client, number);

  if (!want || !want->uses)
    return false;
  *ret_relay = try_at (want, want->used)->relay;
  *ret_channel = try_at (want, want->used)->channel;
  return true;
}

/* ---- doors: what happens --------------------------------------------------------- */

static void
handle_refused (
  HarkRelayClient *client, Want *want, guint i, const HarkRelayFrame *frame, HarkTime now)
{
  bool full = frame->reason == HARK_RELAY_FULL;
  Relay *relay = g_hash_table_lookup (client->relays, &try_at (want, i)->relay);

  if (relay)
    relay->refused_until = now + (full ? FULL_TIME : REFUSED_TIME);
  remove_try (client, want, i, now);
}

/* He relays after all: who wants something asks him at once. */
static void
handle_again (HarkRelayClient *client, const HarkKey *from, HarkTime now)
{
  Relay *relay = g_hash_table_lookup (client->relays, from);

  if (!relay || relay->refused_until <= now)
    return;
  relay->refused_until = 0;
  for (guint i = 0; i < client->wants->len; i++)
    ((Want *) client->wants->pdata[i])->next_ask = now;
}

static void
handle_gone (HarkRelayClient *client, const HarkKey *from, uint32_t channel, HarkTime now)
{
  for (guint i = 0; i < client->wants->len; i++) {
    Want *want = client->wants->pdata[i];
    guint at = find_try (want, from);

    if (channel && at < want->tries->len && try_at (want, at)->channel == channel) {
      lose_channel (client, want, at, now);
      return;
    }
  }
}

void
hark_relay_client_handle (HarkRelayClient *client,
                          const HarkKey *from,
                          const HarkRelayFrame *frame,
                          HarkTime now)
{
  if (frame->kind == HARK_RELAY_GONE) {
    handle_gone (client, from, frame->channel, now);
    return;
  }
  if (frame->kind == HARK_RELAY_AGAIN) {
    handle_again (client, from, now);
    return;
  }
  for (guint i = 0; i < client->wants->len; i++) {
    Want *want = client->wants->pdata[i];
    guint at = find_try (want, from);

    if (at == want->tries->len
        || sodium_memcmp (try_at (want, at)->tag, frame->tag, sizeof frame->tag) != 0)
      continue;
    if (frame->kind == HARK_RELAY_MATCHED)
      handle_matched (client, want, at, frame, now);
    else if (frame->kind == HARK_RELAY_REFUSED)
      handle_refused (client, want, at, frame, now);
    else if (frame->kind == HARK_RELAY_WAIT && !try_at (want, at)->channel)
      try_at (want, at)->interval = ASK_SLOW;
    return;
  }
}

uint32_t
hark_relay_client_handle_data (HarkRelayClient *client,
                               const HarkKey *from,
                               uint32_t channel,
                               HarkTime now)
{
  (void) now;
  for (guint i = 0; i < client->wants->len; i++) {
    Want *want = client->wants->pdata[i];
    guint at = find_try (want, from);

    if (!channel || at == want->tries->len || try_at (want, at)->channel != channel)
      continue;
    if (!want->chooses && want->used != at)
      use (client, want, at); /* where the initiator is */
    return want->number;
  }
  return 0;
}

bool
hark_relay_client_poll_event (HarkRelayClient *client, HarkRelayEvent *ret)
{
  g_autofree HarkRelayEvent *event = g_queue_pop_head (&client->events);

  if (!event)
    return false;
  *ret = *event;
  return true;
}

bool
hark_relay_client_poll (HarkRelayClient *client, HarkRelayOutput *ret)
{
  g_autofree HarkRelayOutput *output = g_queue_pop_head (&client->outputs);

  if (!output)
    return false;
  *ret = *output;
  return true;
}

/* ---- time ------------------------------------------------------------------------ */

void
hark_relay_client_handle_time (HarkRelayClient *client, HarkTime now)
{
  for (guint i = 0; i < client->wants->len; i++) {
    Want *want = client->wants->pdata[i];

    if (want->choice <= now)
      end_choice (client, want);
    if (want->uses)
      continue;
    if (want->next_ask <= now)
      add_round (client, want, now);
    for (guint at = 0; at < want->tries->len; at++)
      if (try_at (want, at)->next_ask <= now)
        ask (client, try_at (want, at), now);
  }
}

HarkTime
hark_relay_client_get_deadline (const HarkRelayClient *client)
{
  HarkTime deadline = HARK_TIME_NEVER;

  if (client->outputs.length > 0 || client->events.length > 0)
    return 0;
  for (guint i = 0; i < client->wants->len; i++) {
    const Want *want = client->wants->pdata[i];

    deadline = hark_time_min (deadline, want->choice);
    if (want->uses)
      continue;
    deadline = hark_time_min (deadline, want->next_ask);
    for (guint at = 0; at < want->tries->len; at++)
      deadline = hark_time_min (deadline, try_at (want, at)->next_ask);
  }
  return deadline;
}
