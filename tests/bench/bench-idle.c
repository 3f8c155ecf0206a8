/* What connected contacts cost while nobody says anything: processor, network, memory.
 *
 *   bench-idle [SECONDS [CONTACTS...]]    30 of idling with 0, 10 and 100 contacts unless told
 *
 * Paths are idle once their sockets were taken over from libnice (net/io/taken.h), and quiet once
 * nobody looks for anybody any more: that is waited for.
 */
#include "tests/bench/hub.h"

#include <stdlib.h>

#define QUIET_US (20 * G_USEC_PER_SEC)

static double
per_second (uint64_t after, uint64_t before, double span)
{
  return (double) (after - before) / span;
}

static void
measure (const BenchHub *hub, unsigned seconds)
{
  BenchSample before = bench_hub_sample (hub), after;
  gint64 start = g_get_monotonic_time ();
  unsigned n = MAX (1, hub->contacts);
  double span;

  g_usleep (seconds * (gulong) G_USEC_PER_SEC);
  after = bench_hub_sample (hub);
  span = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  bench_print ("idle", "engine", "contacts connected, nobody says anything; UDP with headers",
               "share of a core, wake-ups/s, bytes/s, MiB",
               "\"contacts\": %u, \"seconds\": %.0f, \"core_percent\": %.3f, "
               "\"wake_ups_per_s\": %.1f, "
               "\"path_bytes_per_s_and_contact_out\": %.1f, "
               "\"path_bytes_per_s_and_contact_in\": %.1f, "
               "\"dht_bytes_per_s_out\": %.1f, \"dht_bytes_per_s_in\": %.1f, \"rss_mib\": %.1f",
               hub->contacts, span, (after.cpu_us - before.cpu_us) / span / G_USEC_PER_SEC * 100,
               (after.wake_ups - before.wake_ups) / span,
               per_second (after.paths.out, before.paths.out, span) / n,
               per_second (after.paths.in, before.paths.in, span) / n,
               per_second (after.signalling.out, before.signalling.out, span),
               per_second (after.signalling.in, before.signalling.in, span), after.rss / 1048576);
}

int
main (int argc, char **argv)
{
  static const BenchRole roles[] = BENCH_HUB_ROLES;
  static const unsigned usual[] = {0, 10, 100};
  unsigned seconds = argc > 1 ? (unsigned) atoi (argv[1]) : 30;
  unsigned n = argc > 2 ? (unsigned) argc - 2 : G_N_ELEMENTS (usual);
  BenchHub *hub;

  bench_begin (argc, argv, roles, G_N_ELEMENTS (roles));
  hub = bench_hub_start ();
  for (unsigned i = 0; i < n; i++) {
    bench_hub_gather (hub, argc > 2 ? (unsigned) atoi (argv[i + 2]) : usual[i]);
    g_usleep (QUIET_US);
    measure (hub, seconds);
  }
  bench_hub_free (hub);
  return 0;
}
