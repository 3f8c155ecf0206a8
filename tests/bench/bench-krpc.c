/* tests/bench/bench-krpc.c - what a DHT query costs the one who answers.
 *
 *   bench-krpc [ROUNDS]    100,000 unless told
 */
#include "net/dht/dht.h"
#include "net/dht/krpc.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
main (int argc, char **argv)
{
  const unsigned rounds = argc > 1 ? (unsigned) MAX (atoi (argv[1]), 1) : 100000;
  static const struct {
    const char *name;
    HarkKrpcMethod method;
  } cases[] = {
    {"ping",      HARK_KRPC_PING     },
    {"find_node", HARK_KRPC_FIND_NODE},
    {"get",       HARK_KRPC_GET      },
    {"get_peers", HARK_KRPC_GET_PEERS}
  };
  HarkDhtConfig config = {.allow_loopback = true};
  HarkRng rng;
  uint8_t seed[32] = {1}, packet[1500];

  hark_rng_init (&rng, seed);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    HarkDht *dht = hark_dht_new (&config, &rng, 0);
    HarkEndpoint from = {
      .family = 4, .port = 7000, .ip = {10, 0, 0, 1}
    };
    HarkKrpc query = {
      .method = cases[i].method, .id = seed, .transaction = {seed, 4}
    };
    HarkDhtPacket out;
    HarkTime now = 0;
    size_t len;
    gint64 start;

    query.read_only = true;
    query.target = query.info_hash = (HarkBytes){seed, 20};
    len = hark_krpc_write (&query, NULL, 0, packet, sizeof packet);
    start = g_get_monotonic_time ();
    for (unsigned j = 0; j < rounds; j++) {
      now += 200 * HARK_MS; /* within every limit */
      hark_dht_handle_packet (dht, &from, packet, len, now);
      while (hark_dht_poll_packet (dht, &out)) {
      }
    }
    printf ("{\"bench\": \"krpc\", \"query\": \"%s\", \"ns\": %.0f}\n", cases[i].name,
            (double) (g_get_monotonic_time () - start) * 1000 / rounds);
    hark_dht_free (dht);
  }
  return 0;
}
