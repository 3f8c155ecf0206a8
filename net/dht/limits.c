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
  /* Pages of it are touched as sources appear. */
  limits->sources = g_new0 (HarkLimit, HARK_LIMITS_SETS * HARK_LIMITS_WAYS);
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

HarkLimit *
hark_limits_source (HarkLimits *limits, const HarkEndpoint *from, HarkTime now)
{
  HarkEndpoint source = *from;
  uint8_t name[19], hash[crypto_shorthash_BYTES];
  HarkLimit *set, *chosen;

  if (hark_endpoint_scope (from) != HARK_SCOPE_LOOPBACK)
    source.port = 0;
  source.tcp = false;
  name[0] = source.family;
  memcpy (name + 1, &source.port, 2);
  memcpy (name + 3, source.ip, 16);
  crypto_shorthash (hash, name, sizeof name, limits->key);
  set = &limits->sources[(size_t) hash[0] % HARK_LIMITS_SETS * HARK_LIMITS_WAYS];

  chosen = set;
  for (size_t i = 0; i < HARK_LIMITS_WAYS; i++) {
    if (set[i].source.family && hark_endpoint_equal (&set[i].source, &source)) {
      set[i].used = now;
      return &set[i];
    }
    if (is_worth_less (&set[i], chosen, now))
      chosen = &set[i];
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
