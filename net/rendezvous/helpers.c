#define G_LOG_DOMAIN "hark-rendezvous"

#include "net/rendezvous/helpers.h"

#include "net/base/domain.h"

#include <string.h>

#define NEAR (200 * HARK_MS) /* round trip */
#define ENOUGH 12            /* nodes that answered: no search is needed */
#define STRANGERS 6          /* addresses left alone, once so many nodes answered */
#define ANNOUNCE (20 * HARK_MINUTE)
#define SEARCH_FIRST (30 * HARK_SECOND)
#define SEARCH_MAX (20 * HARK_MINUTE)
#define ASK_EVERY (200 * HARK_MS) /* five a second */
#define FRESH 3                   /* newcomers a node that serves asks after each announcement */
#define AGAIN (20 * HARK_MINUTE)  /* a node that serves asks those it names to others */

typedef struct {
  HarkEndpoint endpoint;
  HarkTime rtt;
  HarkTime heard;
} Known;

struct HarkHelpers {
  HarkDht *dht; /* borrowed */
  HarkRng rng;
  bool closed;
  uint8_t network[32];

  GArray *known;   /* of Known */
  GArray *untried; /* of HarkEndpoint */
  unsigned asked;  /* of them, in this search */
  unsigned fresh;  /* of them still to be asked, though enough are known */
  HarkTime next_ask;

  bool needed;
  HarkTime next_search;
  HarkTime interval;
  HarkDhtOperation searches[2];

  uint16_t port; /* 0: we do not serve */
  HarkTime next_announce;
  HarkDhtOperation announce;
};

HarkHelpers *
hark_helpers_new (HarkDht *dht, HarkRng *rng, const uint8_t *network, HarkTime now)
{
  HarkHelpers *helpers = g_new0 (HarkHelpers, 1);

  (void) now;
  helpers->dht = dht;
  hark_rng_fork (rng, &helpers->rng);
  helpers->closed = network != NULL;
  if (network)
    memcpy (helpers->network, network, sizeof helpers->network);
  helpers->known = g_array_new (FALSE, FALSE, sizeof (Known));
  helpers->untried = g_array_new (FALSE, FALSE, sizeof (HarkEndpoint));
  helpers->next_ask = helpers->next_search = helpers->next_announce = HARK_TIME_NEVER;
  return helpers;
}

void
hark_helpers_free (HarkHelpers *helpers)
{
  if (!helpers)
    return;
  g_array_unref (helpers->known);
  g_array_unref (helpers->untried);
  hark_rng_clear (&helpers->rng);
  g_free (helpers);
}

void
hark_helpers_hash (const uint8_t *network, unsigned i, uint8_t ret[20])
{
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  uint8_t number = (uint8_t) i;
  gsize len = 20;

  g_checksum_update (sha1, (const guchar *) HARK_DOMAIN_HELPERS, strlen (HARK_DOMAIN_HELPERS));
  if (network)
    g_checksum_update (sha1, network, 32);
  g_checksum_update (sha1, &number, 1);
  g_checksum_get_digest (sha1, ret, &len);
}

static const uint8_t *
network_of (const HarkHelpers *helpers)
{
  return helpers->closed ? helpers->network : NULL;
}

static bool
has_nodes (const HarkHelpers *helpers)
{
  HarkDhtStatus status;

  hark_dht_get_status (helpers->dht, &status);
  return status.nodes[0] + status.nodes[1] > 0;
}

/* ---- who is known ---------------------------------------------------------------- */

static Known *
find_known (HarkHelpers *helpers, const HarkEndpoint *endpoint, guint *ret_at)
{
  for (guint i = 0; i < helpers->known->len; i++) {
    Known *known = &g_array_index (helpers->known, Known, i);

    if (hark_endpoint_equal (&known->endpoint, endpoint)) {
      *ret_at = i;
      return known;
    }
  }
  return NULL;
}

static bool
has_untried (const HarkHelpers *helpers, const HarkEndpoint *endpoint)
{
  for (guint i = 0; i < helpers->untried->len; i++)
    if (hark_endpoint_equal (&g_array_index (helpers->untried, HarkEndpoint, i), endpoint))
      return true;
  return false;
}

static void
tell_dht (HarkHelpers *helpers)
{
  HarkEndpoint endpoints[HARK_DHT_HELPERS_MAX];

  hark_dht_set_helpers (helpers->dht, endpoints,
                        hark_helpers_list (helpers, 0, endpoints, HARK_DHT_HELPERS_MAX));
}

static void
add_known (HarkHelpers *helpers, const HarkDhtEvent *event, HarkTime now)
{
  Known fresh = {.endpoint = event->endpoint, .rtt = event->rtt, .heard = now};
  guint at;
  Known *known = find_known (helpers, &event->endpoint, &at);

  if (known) {
    *known = fresh;
    return;
  }
  if (helpers->known->len >= HARK_HELPERS_KNOWN) {
    at = 0;
    for (guint i = 1; i < helpers->known->len; i++)
      if (g_array_index (helpers->known, Known, i).heard
          < g_array_index (helpers->known, Known, at).heard)
        at = i;
    g_array_remove_index_fast (helpers->known, at);
  }
  g_array_append_val (helpers->known, fresh);
}

size_t
hark_helpers_list (HarkHelpers *helpers, uint8_t family, HarkEndpoint *ret, size_t max)
{
  guint len = helpers->known->len;
  guint start = (guint) hark_rng_below (&helpers->rng, len);
  size_t n = 0;

  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < len && n < max; i++) {
      const Known *known = &g_array_index (helpers->known, Known, (start + i) % len);

      if ((known->rtt >= NEAR) == pass && (!family || known->endpoint.family == family))
        ret[n++] = known->endpoint;
    }
  return n;
}

bool
hark_helpers_take_untried (HarkHelpers *helpers, uint8_t family, HarkEndpoint *ret)
{
  guint start = (guint) hark_rng_below (&helpers->rng, MAX (helpers->untried->len, 1u));

  for (guint tries = helpers->untried->len; tries > 0; tries--) {
    guint at = (start + tries) % helpers->untried->len;
    HarkEndpoint endpoint = g_array_index (helpers->untried, HarkEndpoint, at);

    if (endpoint.family != family)
      continue;
    g_array_remove_index_fast (helpers->untried, at);
    if (!hark_dht_has_contacted (helpers->dht, &endpoint)) {
      *ret = endpoint;
      return true;
    }
  }
  return false;
}

/* ---- asking ---------------------------------------------------------------------- */

/* Some of the untried are left alone: it takes strangers to find out whether we can be reached. */
static bool
wants_to_ask (const HarkHelpers *helpers)
{
  if (helpers->untried->len <= (helpers->known->len < STRANGERS ? 0 : STRANGERS))
    return false;
  if (helpers->known->len >= ENOUGH)
    return helpers->fresh > 0;
  return (helpers->needed && helpers->asked < HARK_HELPERS_ASKED) || helpers->port;
}

static void
schedule_ask (HarkHelpers *helpers, HarkTime now)
{
  if (!wants_to_ask (helpers))
    helpers->next_ask = HARK_TIME_NEVER;
  else if (helpers->next_ask == HARK_TIME_NEVER)
    helpers->next_ask = now;
}

void
hark_helpers_offer (HarkHelpers *helpers, const HarkEndpoint *endpoint, HarkTime now)
{
  guint at;

  if (helpers->untried->len >= HARK_HELPERS_UNTRIED || find_known (helpers, endpoint, &at)
      || has_untried (helpers, endpoint))
    return;
  g_array_append_val (helpers->untried, *endpoint);
  schedule_ask (helpers, now);
}

static void
ask_next (HarkHelpers *helpers, HarkTime now)
{
  guint at = (guint) hark_rng_below (&helpers->rng, helpers->untried->len);
  HarkEndpoint endpoint = g_array_index (helpers->untried, HarkEndpoint, at);

  g_array_remove_index_fast (helpers->untried, at);
  helpers->asked++;
  helpers->fresh -= helpers->fresh > 0;
  hark_dht_ask_more (helpers->dht, &endpoint, 8, now);
  helpers->next_ask = wants_to_ask (helpers) ? now + ASK_EVERY : HARK_TIME_NEVER;
}

static void
search (HarkHelpers *helpers, HarkTime now)
{
  HarkEndpoint friends[2];
  size_t n = hark_helpers_list (helpers, 0, friends, G_N_ELEMENTS (friends));
  unsigned first = (unsigned) hark_rng_below (&helpers->rng, HARK_HELPERS_HASHES);
  unsigned step = 1 + (unsigned) hark_rng_below (&helpers->rng, HARK_HELPERS_HASHES - 1);
  uint8_t hash[20];

  helpers->asked = 0;
  helpers->next_search = now + helpers->interval;
  helpers->interval = hark_time_min (helpers->interval * 2, SEARCH_MAX);
  for (size_t i = 0; i < n; i++)
    hark_dht_ask_more (helpers->dht, &friends[i], 8, now);
  for (unsigned i = 0; i < G_N_ELEMENTS (helpers->searches) && n < 2; i++) {
    if (helpers->searches[i])
      continue;
    hark_helpers_hash (network_of (helpers), (first + i * step) % HARK_HELPERS_HASHES, hash);
    helpers->searches[i] = hark_dht_get_peers (helpers->dht, hash, now);
  }
  schedule_ask (helpers, now);
}

void
hark_helpers_set_needed (HarkHelpers *helpers, bool needed, HarkTime now)
{
  if (needed && !helpers->needed) {
    helpers->interval = SEARCH_FIRST;
    helpers->next_search = now;
  } else if (!needed) {
    helpers->next_search = HARK_TIME_NEVER;
  }
  helpers->needed = needed;
  schedule_ask (helpers, now);
}

void
hark_helpers_set_serving (HarkHelpers *helpers, uint16_t port, HarkTime now)
{
  if (port == helpers->port)
    return;
  helpers->port = port;
  helpers->next_announce = port ? now : HARK_TIME_NEVER;
}

static void
announce (HarkHelpers *helpers, HarkTime now)
{
  const uint8_t *id = hark_dht_get_id (helpers->dht, 4);
  uint8_t hash[20];

  helpers->next_announce
    = now + ANNOUNCE - HARK_MINUTE + hark_rng_below (&helpers->rng, 2 * HARK_MINUTE);
  if (helpers->announce)
    hark_dht_cancel (helpers->dht, helpers->announce);
  hark_helpers_hash (network_of (helpers), id[HARK_DHT_ID_LEN - 1] % HARK_HELPERS_HASHES, hash);
  helpers->announce = hark_dht_announce (helpers->dht, hash, helpers->port, now);

  /* Whoever has come since is named to others, too: else the oldest nodes would be everybody's
   * contact points. What the lookup finds takes the place of addresses that were left long ago. */
  helpers->fresh = FRESH;
  if (helpers->untried->len > HARK_HELPERS_UNTRIED / 2)
    g_array_remove_range (helpers->untried, 0, HARK_HELPERS_UNTRIED / 2);

  /* those we name to others have to be there */
  for (guint i = helpers->known->len; i > 0; i--) {
    const Known *known = &g_array_index (helpers->known, Known, i - 1);

    if (hark_time_since (now, known->heard) >= AGAIN)
      hark_dht_ask_more (helpers->dht, &known->endpoint, 1, now);
  }
}

/* ---- doors ----------------------------------------------------------------------- */

static void
handle_more (HarkHelpers *helpers, const HarkDhtEvent *event, HarkTime now)
{
  guint at;

  if (event->found)
    add_known (helpers, event, now);
  else if (find_known (helpers, &event->endpoint, &at))
    g_array_remove_index_fast (helpers->known, at);
  for (size_t i = 0; i < event->n_peers; i++)
    hark_helpers_offer (helpers, &event->peers[i], now);
  tell_dht (helpers);
  schedule_ask (helpers, now);
}

bool
hark_helpers_handle_dht (HarkHelpers *helpers, const HarkDhtEvent *event, HarkTime now)
{
  bool ours
    = event->operation
      && (event->operation == helpers->searches[0] || event->operation == helpers->searches[1]
          || event->operation == helpers->announce);

  switch (event->kind) {
  case HARK_DHT_EVENT_MORE:
    handle_more (helpers, event, now);
    return true;
  case HARK_DHT_EVENT_PEERS:
    for (size_t i = 0; ours && i < event->n_peers; i++)
      hark_helpers_offer (helpers, &event->peers[i], now);
    return ours;
  case HARK_DHT_EVENT_PEERS_DONE:
    for (unsigned i = 0; i < G_N_ELEMENTS (helpers->searches); i++)
      if (ours && event->operation == helpers->searches[i])
        helpers->searches[i] = 0;
    if (ours && event->operation == helpers->announce)
      helpers->announce = 0;
    return ours;
  default:
    return false;
  }
}

void
hark_helpers_handle_time (HarkHelpers *helpers, HarkTime now)
{
  if (helpers->next_search <= now && has_nodes (helpers))
    search (helpers, now);
  if (helpers->next_announce <= now && has_nodes (helpers))
    announce (helpers, now);
  if (helpers->next_ask <= now) {
    if (wants_to_ask (helpers))
      ask_next (helpers, now);
    else
      helpers->next_ask = HARK_TIME_NEVER;
  }
}

HarkTime
hark_helpers_get_deadline (const HarkHelpers *helpers)
{
  if (!has_nodes (helpers))
    return helpers->next_ask; /* the DHT says when it has some */
  return hark_time_min (helpers->next_ask,
                        hark_time_min (helpers->next_search, helpers->next_announce));
}
