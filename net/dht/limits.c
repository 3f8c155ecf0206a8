#include "net/dht/limits.h"

#include <glib.h>
#include <sodium.h>
#include <string.h>

void
hark_limits_init (HarkLimits *limits, HarkRng *rng, HarkTime now)
{
  hark_rng_bytes (rng, limits->key, sizeof limits->key);
  hark_token_bucket_init (&limits->total, HARK_LIMIT_TOTAL_BYTES_RATE, HARK_LIMIT_TOTAL_BYTES_BURST,
                          now);
  hark_token_bucket_init (&limits->probes, HARK_LIMIT_PROBES_TOTAL_RATE,
                          HARK_LIMIT_PROBES_TOTAL_BURST, now);
  limits->n_sets = HARK_LIMITS_SETS_FIRST;
  limits->sources = g_new0 (HarkLimit, HARK_LIMITS_SETS_FIRST * HARK_LIMITS_WAYS);
}

void
hark_limits_clear (HarkLimits *limits)
{
  g_clear_pointer (&limits->sources, g_free);
}

/* Whom to forget first: free places, then the unproven, then the oldest. */
static bool
is_worth_less (const HarkLimit *a, const HarkLimit *b, HarkTime now)
{
  bool proven_a = a->proven_until > now, proven_b = b->proven_until > now;

  if (!a->source.family || !b->source.family)
    return !a->source.family && b->source.family;
  if (proven_a != proven_b)
    return proven_b;
  return a->used < b->used;
}

/* Where @source may be: HARK_LIMITS_WAYS places. */
static HarkLimit *
set_of (HarkLimits *limits, const HarkEndpoint *source)
{
  uint8_t name[19], hash[crypto_shorthash_BYTES];

  G_STATIC_ASSERT (HARK_LIMITS_SETS <= 256);
  name[0] = source->family;
  memcpy (name + 1, &source->port, 2);
  memcpy (name + 3, source->ip, 16);
  crypto_shorthash (hash, name, sizeof name, limits->key);
  return &limits->sources[(size_t) hash[0] % limits->n_sets * HARK_LIMITS_WAYS];
}

/* Twice as many sets: those of one set part by another bit of their hash, so all find a place. */
static void
grow (HarkLimits *limits)
{
  unsigned n_old = limits->n_sets * HARK_LIMITS_WAYS;
  g_autofree HarkLimit *old = limits->sources;

  limits->n_sets *= 2;
  limits->sources = g_new0 (HarkLimit, limits->n_sets * HARK_LIMITS_WAYS);
  for (unsigned i = 0; i < n_old; i++) {
    HarkLimit *place;

    if (!old[i].source.family)
      continue;
    place = set_of (limits, &old[i].source);
    while (place->source.family)
      place++;
    *place = old[i];
  }
}

/* The entry of @source, or NULL and the one to forget for it. */
static HarkLimit *
find (HarkLimits *limits, const HarkEndpoint *source, HarkTime now, HarkLimit **ret_worst)
{
  HarkLimit *set = set_of (limits, source);

  *ret_worst = set;
  for (size_t i = 0; i < HARK_LIMITS_WAYS; i++) {
    if (set[i].source.family && hark_endpoint_equal (&set[i].source, source))
      return &set[i];
    if (is_worth_less (&set[i], *ret_worst, now))
      *ret_worst = &set[i];
  }
  return NULL;
}

static bool
is_needed (const HarkLimit *limit, HarkTime now)
{
  return limit->source.family
         && (limit->proven_until > now || hark_time_since (now, limit->used) < HARK_LIMITS_RECENT);
}

HarkLimit *
hark_limits_source (HarkLimits *limits, const HarkEndpoint *from, HarkTime now)
{
  HarkEndpoint source = *from;
  HarkLimit *known, *chosen;

  if (hark_endpoint_scope (from) != HARK_SCOPE_LOOPBACK)
    source.port = 0;
  source.tcp = false;
  known = find (limits, &source, now, &chosen);
  if (known) {
    known->used = now;
    return known;
  }
  while (is_needed (chosen, now) && limits->n_sets < HARK_LIMITS_SETS) {
    grow (limits);
    find (limits, &source, now, &chosen);
  }

  *chosen = (HarkLimit){.source = source, .used = now};
  hark_token_bucket_init (&chosen->queries, HARK_LIMIT_QUERIES_RATE, HARK_LIMIT_QUERIES_BURST, now);
  hark_token_bucket_init (&chosen->bytes, HARK_LIMIT_BYTES_RATE, HARK_LIMIT_BYTES_BURST, now);
  hark_token_bucket_init (&chosen->knocks, HARK_LIMIT_KNOCKS_RATE, HARK_LIMIT_KNOCKS_BURST, now);
  hark_token_bucket_init (&chosen->probes, HARK_LIMIT_PROBES_RATE, HARK_LIMIT_PROBES_BURST, now);
  return chosen;
}

bool
hark_limits_take_answer (HarkLimits *limits, HarkLimit *limit, size_t len, HarkTime now)
{
  return hark_token_bucket_take (&limit->bytes, (double) len, now)
         && hark_token_bucket_take (&limits->total, (double) len, now);
}

HarkTime
hark_limits_pace (HarkLimit *limit, bool own_kind, HarkTime now)
{
  HarkTime every = own_kind ? HARK_PACE_EVERY_OWN : HARK_PACE_EVERY;
  HarkTime burst = (own_kind ? HARK_PACE_BURST_OWN : HARK_PACE_BURST) - 1;
  HarkTime wait = hark_time_since (hark_time_since (limit->paced, now), burst * every);

  if (wait > HARK_PACE_WAIT_MAX)
    return HARK_TIME_NEVER;
  limit->paced = hark_time_add (limit->paced > now ? limit->paced : now, every);
  return wait;
}
