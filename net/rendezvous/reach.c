#define G_LOG_DOMAIN "hark-rendezvous"

#include "net/rendezvous/reach.h"

#define TEST_TIME (5 * HARK_SECOND)
#define TRY_FIRST (5 * HARK_SECOND) /* too few nodes to test with: again after this, doubling */
#define TRY_MAX (10 * HARK_MINUTE)
#define VISITORS_ENOUGH 2 /* who came by themselves, from different addresses */

struct HarkReach {
  HarkDht *dht;         /* borrowed */
  HarkHelpers *helpers; /* borrowed */
  HarkRng rng;
  uint8_t family;
  HarkReachVerdict verdict;
  bool hint;
  HarkTime since; /* nothing happened to our address since then */

  HarkEndpoint vias[HARK_REACH_TESTS]; /* whose packets we wait for; family 0: it came */
  unsigned n_tests, n_came;            /* of the test that runs; 0 tests: none does */
  HarkTime next;                       /* test, or the end of the one that runs */
  HarkTime interval;
  unsigned failed; /* full tests, since one did not */
  HarkTime doubt;  /* until the next test, after one that said no */

  HarkEndpoint visitors[VISITORS_ENOUGH]; /* outside of tests */
  unsigned n_visitors;
};

HarkReach *
hark_reach_new (HarkDht *dht, HarkHelpers *helpers, uint8_t family, HarkRng *rng, HarkTime now)
{
  HarkReach *reach = g_new0 (HarkReach, 1);

  reach->dht = dht;
  reach->helpers = helpers;
  reach->family = family;
  hark_rng_fork (rng, &reach->rng);
  hark_reach_moved (reach, now);
  return reach;
}

void
hark_reach_free (HarkReach *reach)
{
  if (!reach)
    return;
  hark_rng_clear (&reach->rng);
  g_free (reach);
}

void
hark_reach_set_hint (HarkReach *reach, bool hint, HarkTime now)
{
  if (hint == reach->hint)
    return;
  reach->hint = hint;
  reach->since = now;
  reach->interval = TRY_FIRST;
  if (reach->n_tests == 0)
    reach->next = now;
}

void
hark_reach_moved (HarkReach *reach, HarkTime now)
{
  reach->verdict = HARK_REACH_UNKNOWN;
  reach->since = now;
  reach->n_tests = reach->n_came = reach->n_visitors = 0;
  reach->interval = TRY_FIRST;
  reach->doubt = HARK_REACH_DOUBT;
  reach->failed = 0;
  reach->next = now + TRY_FIRST;
}

bool
hark_reach_is_public (const HarkReach *reach)
{
  return reach->verdict == HARK_REACH_PUBLIC
         || (reach->verdict == HARK_REACH_UNKNOWN && reach->hint);
}

HarkReachVerdict
hark_reach_get_verdict (const HarkReach *reach)
{
  return reach->verdict;
}

static void
decide (HarkReach *reach, HarkReachVerdict verdict)
{
  if (verdict != reach->verdict)
    g_debug ("others %s reach us", verdict == HARK_REACH_PUBLIC ? "can" : "cannot");
  reach->verdict = verdict;
}

/* ---- testing --------------------------------------------------------------------- */

static void
start_test (HarkReach *reach, HarkTime now)
{
  HarkEndpoint firsts[HARK_REACH_TESTS], via;
  size_t n = hark_helpers_list (reach->helpers, reach->family, firsts, G_N_ELEMENTS (firsts));

  reach->n_tests = reach->n_came = 0;
  for (size_t i = 0; i < n && hark_helpers_take_untried (reach->helpers, reach->family, &via); i++)
    if (hark_dht_probe (reach->dht, &firsts[i], &via, now))
      reach->vias[reach->n_tests++] = via;
  if (reach->n_tests) {
    reach->next = now + TEST_TIME;
    return;
  }
  reach->next = now + reach->interval;
  reach->interval = hark_time_min (reach->interval * 2, TRY_MAX);
}

/* A test that was too small says yes, but never no: those asked may have been gone. */
static void
end_test (HarkReach *reach, HarkTime now)
{
  unsigned needed = MIN (reach->n_tests, 2u);
  HarkTime every = HARK_REACH_EVERY;

  if (reach->n_came >= needed)
    decide (reach, HARK_REACH_PUBLIC);
  else if (reach->n_tests == HARK_REACH_TESTS && reach->failed++ > 0)
    decide (reach, HARK_REACH_PRIVATE);
  if (reach->n_came >= needed) {
    reach->doubt = HARK_REACH_DOUBT;
    reach->failed = 0;
  } else {
    every = reach->doubt;
    reach->doubt = hark_time_min (2 * reach->doubt, HARK_REACH_EVERY);
  }
  reach->interval = TRY_FIRST;
  reach->next = now + (reach->n_tests >= 2 ? every : TRY_MAX);
  reach->n_tests = 0;
  reach->n_visitors = 0; /* of the time before */
}

/* ---- doors ----------------------------------------------------------------------- */

/* Where we are seen is public, so only public visitors tell anything. */
static bool
counts (const HarkReach *reach, const HarkEndpoint *visitor)
{
  HarkDhtStatus status;
  const HarkEndpoint *external;

  hark_dht_get_status (reach->dht, &status);
  external = &status.external[visitor->family == 6];
  return external->family == 0 || hark_endpoint_scope (visitor) >= hark_endpoint_scope (external);
}

static void
handle_visitor (HarkReach *reach, const HarkEndpoint *visitor, HarkTime now)
{
  if (visitor->family != reach->family || !counts (reach, visitor))
    return;
  for (unsigned i = 0; i < reach->n_tests; i++)
    if (reach->vias[i].family && hark_endpoint_same_ip (&reach->vias[i], visitor)) {
      reach->vias[i].family = 0;
      if (++reach->n_came >= MIN (reach->n_tests, 2u))
        end_test (reach, now);
      return;
    }
  for (unsigned i = 0; i < reach->n_visitors; i++)
    if (hark_endpoint_same_ip (&reach->visitors[i], visitor))
      return;
  if (reach->n_visitors < VISITORS_ENOUGH)
    reach->visitors[reach->n_visitors++] = *visitor;
  /* what a test has denied only a test proves: a NAT may remember longer than we do whom we met */
  if (reach->n_visitors == VISITORS_ENOUGH && reach->verdict == HARK_REACH_UNKNOWN)
    decide (reach, HARK_REACH_PUBLIC);
}

void
hark_reach_handle_dht (HarkReach *reach, const HarkDhtEvent *event, HarkTime now)
{
  if (event->kind == HARK_DHT_EVENT_VISITOR)
    handle_visitor (reach, &event->endpoint, now);
}

void
hark_reach_handle_time (HarkReach *reach, HarkTime now)
{
  HarkDhtStatus status;

  if (reach->next > now)
    return;
  if (reach->n_tests) {
    end_test (reach, now);
    return;
  }
  hark_dht_get_status (reach->dht, &status);
  if (reach->verdict == HARK_REACH_UNKNOWN && reach->hint && reach->n_visitors == 0
      && hark_time_since (now, reach->since) >= HARK_REACH_PATIENCE
      && status.nodes[reach->family == 6] >= HARK_REACH_CROWD)
    decide (reach, HARK_REACH_PRIVATE);
  start_test (reach, now);
}

HarkTime
hark_reach_get_deadline (const HarkReach *reach)
{
  return reach->next;
}
