/* What contacts cost in memory.
 *
 *   bench-memory [CONTACTS]    50 unless told
 */
#include "tests/bench/hub.h"

#include <stdlib.h>

static BenchSample
print_memory (const BenchHub *hub, const BenchSample *alone)
{
  BenchSample sample = bench_hub_sample (hub);
  unsigned n = MAX (1, hub->contacts);

  bench_print ("memory", "engine", "one process, contacts connected, from /proc and mallinfo2",
               "MiB, KiB per contact",
               "\"contacts\": %u, \"rss_mib\": %.1f, \"heap_mib\": %.1f, "
               "\"rss_kib_per_contact\": %.0f, \"heap_kib_per_contact\": %.0f",
               hub->contacts, sample.rss / 1048576, sample.heap / 1048576,
               alone != NULL ? (sample.rss - alone->rss) / 1024 / n : 0,
               alone != NULL ? (sample.heap - alone->heap) / 1024 / n : 0);
  return sample;
}

int
main (int argc, char **argv)
{
  static const BenchRole roles[] = BENCH_HUB_ROLES;
  unsigned contacts = argc > 1 ? (unsigned) atoi (argv[1]) : 50;
  unsigned steps[] = {1, 10, contacts};
  BenchSample alone;
  BenchHub *hub;

  bench_begin (argc, argv, roles, G_N_ELEMENTS (roles));
  hub = bench_hub_start ();
  alone = print_memory (hub, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (steps); i++)
    if (steps[i] > hub->contacts && steps[i] <= contacts) {
      bench_hub_gather (hub, steps[i]);
      print_memory (hub, &alone);
    }
  bench_hub_free (hub);
  return 0;
}
