#include "net/noise/gate.h"

#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/locked.h"
#include "net/base/token-bucket.h"
#include "net/noise/mac.h"

#include <string.h>

#define N_TAGS (2 * HARK_GATE_DAYS + 1)
#define NO_TICKET 0

/* One secret that may knock. */
typedef struct {
  uint64_t id;
  HarkGateKey key;
  uint64_t tags[N_TAGS]; /* of the days around today; keys of HarkGate.tags */
} Entry;

/* An ephemeral key that was let in. */
typedef struct {
  HarkKey ephemeral;
  HarkTime seen;
} Replay;

/* A handshake that was let in and is not settled. */
typedef struct {
  uint32_t ticket; /* NO_TICKET: free */
  unsigned repeats;
  uint64_t id;
  HarkTime opened;
  HarkKey ephemeral;
  uint8_t prefix[8]; /* family, then /24 or /56 */
} HalfOpen;

struct HarkGate {
  HarkKey account;
  HarkRng rng;
  uint64_t day;
  GHashTable *entries; /* id (in Entry) -> Entry, owned */
  GHashTable *tags;    /* tag (in Entry) -> Entry, borrowed */

  GHashTable *replays; /* set of ephemeral keys (in replay_ring) */
  Replay *replay_ring; /* oldest at replay_first */
  size_t replay_first;
  size_t n_replays;

  HalfOpen half_open[HARK_GATE_HALF_OPEN_MAX];
  uint32_t ticket_last;

  HarkTokenBucket slow;
  HarkTokenBucket unproved;    /* knocks let in without mac2 */
  HarkTokenBucket proved;      /* with mac2, while the other is empty */
  HarkSecret cookie_secret[2]; /* now, and before */
  HarkTime cookie_made;

  HarkGateCounters counters;
};

HarkGate *
hark_gate_new (const HarkKey *account, HarkRng *rng, uint64_t day, HarkTime now)
{
  HarkGate *gate = hark_locked_new0 (HarkGate);

  gate->account = *account;
  gate->day = day;
  gate->entries = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, hark_locked_free);
  gate->tags = g_hash_table_new (g_int64_hash, g_int64_equal);
  gate->replays = g_hash_table_new (hark_key_hash, hark_key_hash_equal);
  gate->replay_ring = g_new0 (Replay, HARK_GATE_REPLAYS_MAX);
  hark_token_bucket_init (&gate->slow, HARK_GATE_SLOW_RATE, HARK_GATE_SLOW_RATE, now);
  hark_token_bucket_init (&gate->unproved, HARK_GATE_DH_RATE, HARK_GATE_DH_RATE, now);
  hark_token_bucket_init (&gate->proved, HARK_GATE_DH_RATE, HARK_GATE_DH_RATE, now);

  hark_rng_fork (rng, &gate->rng);
  hark_rng_bytes (&gate->rng, gate->cookie_secret, sizeof gate->cookie_secret);
  gate->cookie_made = now;
  return gate;
}

void
hark_gate_free (HarkGate *gate)
{
  if (!gate)
    return;
  g_hash_table_unref (gate->tags);
  g_hash_table_unref (gate->entries);
  g_hash_table_unref (gate->replays);
  g_free (gate->replay_ring);
  hark_rng_clear (&gate->rng);
  hark_locked_free (gate);
}

/* ---- who may knock ---- */

static void
insert_tags (HarkGate *gate, Entry *entry)
{
  for (size_t i = 0; i < N_TAGS; i++) {
    /* Days before 1970 wrap around and match nothing that is sent. */
    hark_gate_key_tag (&entry->key, gate->day + i - HARK_GATE_DAYS, (uint8_t *) &entry->tags[i]);
    g_hash_table_insert (gate->tags, &entry->tags[i], entry);
  }
}

bool
hark_gate_add (HarkGate *gate, const void *secret, size_t secret_len, uint64_t id)
{
  g_auto (HarkSecret) key = {0};
  uint64_t today;
  Entry *entry;

  hark_gate_remove (gate, id);
  hark_gate_key_derive (secret, secret_len, &gate->account, &key);
  hark_gate_key_tag (&key, gate->day, (uint8_t *) &today);
  if (g_hash_table_size (gate->entries) >= HARK_GATE_ENTRIES_MAX
      || g_hash_table_contains (gate->tags, &today))
    return false;

  entry = hark_locked_new0 (Entry);
  entry->id = id;
  entry->key = key;
  insert_tags (gate, entry);
  g_hash_table_insert (gate->entries, &entry->id, entry);
  return true;
}

void
hark_gate_remove (HarkGate *gate, uint64_t id)
{
  Entry *entry = g_hash_table_lookup (gate->entries, &id);

  if (!entry)
    return;
  for (size_t i = 0; i < N_TAGS; i++)
    g_hash_table_remove (gate->tags, &entry->tags[i]);
  g_hash_table_remove (gate->entries, &id);

  for (size_t i = 0; i < HARK_GATE_HALF_OPEN_MAX; i++)
    if (gate->half_open[i].ticket != NO_TICKET && gate->half_open[i].id == id)
      gate->half_open[i].ticket = NO_TICKET;
}

void
hark_gate_set_day (HarkGate *gate, uint64_t day)
{
  GHashTableIter iter;
  void *entry;

  if (day == gate->day)
    return;
  gate->day = day;
  g_hash_table_remove_all (gate->tags);
  g_hash_table_iter_init (&iter, gate->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    insert_tags (gate, entry);
}

/* ---- tag and mac1 ---- */

static bool
check_mac1 (const Entry *entry, const uint8_t *packet)
{
  uint8_t mac[HARK_MAC_LEN];

  hark_mac1 (&entry->key, packet, mac);
  return sodium_memcmp (mac, packet + HARK_KNOCK_AT_MAC1, sizeof mac) == 0;
}

/* A caller whose clock is wrong: whose mac1 is it? */
static const Entry *
find_by_mac1 (HarkGate *gate, const uint8_t *packet, HarkTime now)
{
  GHashTableIter iter;
  void *entry;

  if (!hark_token_bucket_take (&gate->slow, 1, now)) {
    gate->counters.slow_limited++;
    return NULL;
  }
  g_hash_table_iter_init (&iter, gate->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    if (check_mac1 (entry, packet))
      return entry;
  gate->counters.bad_mac1++;
  return NULL;
}

/* The entry whose secret made @packet, or NULL. */
static const Entry *
find_entry (HarkGate *gate, const uint8_t *packet, size_t len, HarkTime now)
{
  const Entry *entry;
  uint64_t tag;

  if (len != HARK_KNOCK_LEN || packet[0] != HARK_PACKET_KNOCK || packet[1] != HARK_PACKET_VERSION) {
    gate->counters.malformed++;
    return NULL;
  }

  memcpy (&tag, packet + HARK_KNOCK_AT_TAG, sizeof tag);
  if (tag == 0)
    return find_by_mac1 (gate, packet, now);
  entry = g_hash_table_lookup (gate->tags, &tag);
  if (!entry) {
    gate->counters.unknown_tag++;
    return NULL;
  }
  if (!check_mac1 (entry, packet)) {
    gate->counters.bad_mac1++;
    return NULL;
  }
  return entry;
}

/* ---- mac2 ---- */

static void
make_cookie (const HarkSecret *secret, const HarkEndpoint *from, uint8_t ret[HARK_MAC_LEN])
{
  uint8_t compact[18] = {0};

  hark_endpoint_to_compact (from, compact);
  HARK_HASH (ret, HARK_MAC_LEN, secret->bytes, sizeof secret->bytes, HARK_DOMAIN_COOKIE_VALUE,
             HARK_PART (&from->family), HARK_PART_BYTES (compact, sizeof compact));
}

static void
rotate_cookie_secret (HarkGate *gate, HarkTime now)
{
  HarkTime age = hark_time_since (now, gate->cookie_made);

  if (age < HARK_GATE_COOKIE_LIFE)
    return;
  /* After a pause even the newer one is too old to be kept. */
  if (age < 2 * HARK_GATE_COOKIE_LIFE)
    gate->cookie_secret[1] = gate->cookie_secret[0];
  else
    hark_rng_bytes (&gate->rng, &gate->cookie_secret[1], sizeof gate->cookie_secret[1]);
  hark_rng_bytes (&gate->rng, &gate->cookie_secret[0], sizeof gate->cookie_secret[0]);
  gate->cookie_made = now;
}

static bool
check_mac2 (HarkGate *gate, const uint8_t *packet, const HarkEndpoint *from)
{
  bool right = false;

  for (size_t i = 0; i < G_N_ELEMENTS (gate->cookie_secret); i++) {
    uint8_t cookie[HARK_MAC_LEN];
    uint8_t mac[HARK_MAC_LEN];

    make_cookie (&gate->cookie_secret[i], from, cookie);
    hark_mac2 (cookie, packet, mac);
    right |= sodium_memcmp (mac, packet + HARK_KNOCK_AT_MAC2, sizeof mac) == 0;
    sodium_memzero (cookie, sizeof cookie);
  }
  return right;
}

static void
write_cookie_reply (HarkGate *gate,
                    const Entry *entry,
                    const uint8_t *packet,
                    const HarkEndpoint *from,
                    uint8_t ret[HARK_COOKIE_LEN])
{
  uint8_t cookie[HARK_MAC_LEN];
  g_auto (HarkSecret) key = {0};

  hark_cookie_head (packet, ret);
  hark_rng_bytes (&gate->rng, ret + HARK_COOKIE_AT_NONCE, 24);
  make_cookie (&gate->cookie_secret[0], from, cookie);
  hark_cookie_key (&entry->key, &key);
  crypto_aead_xchacha20poly1305_ietf_encrypt (
    ret + HARK_COOKIE_AT_SEALED, NULL, cookie, sizeof cookie, packet + HARK_KNOCK_AT_MAC1,
    HARK_MAC_LEN, NULL, ret + HARK_COOKIE_AT_NONCE, key.bytes);
  sodium_memzero (cookie, sizeof cookie);
}

/* ---- replays and half-open handshakes ---- */

static void
forget_oldest_replay (HarkGate *gate)
{
  g_hash_table_remove (gate->replays, &gate->replay_ring[gate->replay_first].ephemeral);
  gate->replay_first = (gate->replay_first + 1) % HARK_GATE_REPLAYS_MAX;
  gate->n_replays--;
}

static void
remember_replay (HarkGate *gate, const HarkKey *ephemeral, HarkTime now)
{
  Replay *replay;

  if (gate->n_replays == HARK_GATE_REPLAYS_MAX)
    forget_oldest_replay (gate);
  replay = &gate->replay_ring[(gate->replay_first + gate->n_replays++) % HARK_GATE_REPLAYS_MAX];
  replay->ephemeral = *ephemeral;
  replay->seen = now;
  g_hash_table_add (gate->replays, &replay->ephemeral);
}

static void
write_prefix (const HarkEndpoint *from, uint8_t ret[8])
{
  memset (ret, 0, 8);
  ret[0] = from->family;
  memcpy (ret + 1, from->ip, from->family == 6 ? 7 : 3);
}

static bool
is_live (const HalfOpen *half_open, HarkTime now)
{
  return half_open->ticket != NO_TICKET
         && hark_time_since (now, half_open->opened) < HARK_GATE_HALF_OPEN_LIFE;
}

static unsigned
count_half_open (const HarkGate *gate, HarkTime now)
{
  unsigned n = 0;

  for (size_t i = 0; i < HARK_GATE_HALF_OPEN_MAX; i++)
    n += is_live (&gate->half_open[i], now);
  return n;
}

/* A place for one more handshake from @prefix, or NULL. */
static HalfOpen *
find_place (HarkGate *gate, const uint8_t prefix[8], HarkTime now)
{
  HalfOpen *free_place = NULL;
  unsigned n_prefix = 0;

  for (size_t i = 0; i < HARK_GATE_HALF_OPEN_MAX; i++) {
    HalfOpen *place = &gate->half_open[i];

    if (!is_live (place, now))
      free_place = place;
    else if (memcmp (place->prefix, prefix, sizeof place->prefix) == 0)
      n_prefix++;
  }
  return n_prefix < HARK_GATE_HALF_OPEN_PREFIX_MAX ? free_place : NULL;
}

static void
open_half (HarkGate *gate,
           HalfOpen *place,
           const Entry *entry,
           const HarkKey *ephemeral,
           const uint8_t prefix[8],
           HarkTime now)
{
  if (++gate->ticket_last == NO_TICKET)
    gate->ticket_last++;
  *place = (HalfOpen){
    .ticket = gate->ticket_last, .id = entry->id, .opened = now, .ephemeral = *ephemeral};
  memcpy (place->prefix, prefix, sizeof place->prefix);
}

/* @ephemeral was let in before: once more for a copy by another way, silence for a replay. */
static HarkGateVerdict
judge_copy (HarkGate *gate, const HarkKey *ephemeral, HarkTime now, HarkGateResult *ret)
{
  for (size_t i = 0; i < HARK_GATE_HALF_OPEN_MAX; i++) {
    HalfOpen *place = &gate->half_open[i];

    if (!is_live (place, now) || !hark_key_equal (&place->ephemeral, ephemeral)
        || place->repeats == HARK_GATE_REPEATS_MAX)
      continue;
    place->repeats++;
    ret->id = place->id;
    ret->ticket = place->ticket;
    gate->counters.repeated++;
    return HARK_GATE_REPEAT;
  }
  gate->counters.replayed++;
  return HARK_GATE_DROP;
}

/* ---- the verdict ---- */

/* PASS, or why a knock of @entry is too much now. */
static HarkGateVerdict
judge_load (HarkGate *gate,
            const Entry *entry,
            const uint8_t *packet,
            const HarkEndpoint *from,
            HarkTime now,
            HarkGateResult *ret)
{
  /* Forged sources could otherwise take every place. */
  if (count_half_open (gate, now) < HARK_GATE_HALF_OPEN_BUSY
      && hark_token_bucket_take (&gate->unproved, 1, now))
    return HARK_GATE_PASS;

  rotate_cookie_secret (gate, now);
  if (!check_mac2 (gate, packet, from)) {
    write_cookie_reply (gate, entry, packet, from, ret->cookie);
    gate->counters.cookies++;
    return HARK_GATE_COOKIE;
  }
  if (!hark_token_bucket_take (&gate->proved, 1, now)) {
    gate->counters.load_limited++;
    return HARK_GATE_DROP;
  }
  return HARK_GATE_PASS;
}

HarkGateVerdict
hark_gate_check (HarkGate *gate,
                 const uint8_t *packet,
                 size_t len,
                 const HarkEndpoint *from,
                 HarkTime now,
                 HarkGateResult *ret)
{
  const Entry *entry = find_entry (gate, packet, len, now);
  HarkGateVerdict verdict;
  HarkKey ephemeral;
  uint8_t prefix[8];
  HalfOpen *place;

  if (!entry)
    return HARK_GATE_DROP;

  while (gate->n_replays
         && hark_time_since (now, gate->replay_ring[gate->replay_first].seen)
              >= HARK_GATE_REPLAY_LIFE)
    forget_oldest_replay (gate);
  memcpy (ephemeral.bytes, packet + HARK_KNOCK_AT_NOISE, HARK_KEY_LEN);
  if (g_hash_table_contains (gate->replays, &ephemeral))
    return judge_copy (gate, &ephemeral, now, ret);

  verdict = judge_load (gate, entry, packet, from, now, ret);
  if (verdict != HARK_GATE_PASS)
    return verdict;

  write_prefix (from, prefix);
  place = find_place (gate, prefix, now);
  if (!place) {
    gate->counters.half_open_full++;
    return HARK_GATE_DROP;
  }
  remember_replay (gate, &ephemeral, now);
  open_half (gate, place, entry, &ephemeral, prefix, now);
  gate->counters.passed++;
  ret->id = entry->id;
  ret->ticket = place->ticket;
  return HARK_GATE_PASS;
}

void
hark_gate_release (HarkGate *gate, uint32_t ticket)
{
  for (size_t i = 0; ticket != NO_TICKET && i < HARK_GATE_HALF_OPEN_MAX; i++)
    if (gate->half_open[i].ticket == ticket)
      gate->half_open[i].ticket = NO_TICKET;
}

bool
hark_gate_is_half_open (const HarkGate *gate, uint32_t ticket, HarkTime now)
{
  for (size_t i = 0; ticket != NO_TICKET && i < HARK_GATE_HALF_OPEN_MAX; i++)
    if (gate->half_open[i].ticket == ticket)
      return is_live (&gate->half_open[i], now);
  return false;
}

const HarkGateCounters *
hark_gate_get_counters (const HarkGate *gate)
{
  return &gate->counters;
}
