/* hk_get and hk_put over TCP: a node that serves gets questions, and one whose UDP is blocked gets
 * answers with its own transaction ids patched in. Nothing breaks, nothing unsigned is believed. */
#include "net/dht/dht.h"
#include "net/dht/krpc.h"

#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const HarkEndpoint node = {
  .family = 4, .port = 6881, .ip = {20, 0, 0, 1}
};

/* Leaves the transaction of the last question over TCP. */
static void
drain (HarkDht *dht, HarkKrpcMethod *method, uint8_t transaction[4])
{
  HarkDhtPacket packet;
  HarkDhtEvent event;
  HarkKrpc message;

  while (hark_dht_poll_packet (dht, &packet))
    if (packet.to.tcp && hark_krpc_parse (packet.data, packet.len, &message)
        && message.kind == HARK_KRPC_QUERY) {
      *method = message.method;
      memcpy (transaction, message.transaction.data, 4);
    }
  while (hark_dht_poll_event (dht, &event))
    g_assert (event.kind != HARK_DHT_EVENT_VALUE);
}

static void
serve (const uint8_t *data, size_t size)
{
  HarkDhtConfig config = {.serve = true, .tcp = true};
  g_autoptr (HarkDht) dht = NULL;
  HarkEndpoint client = {
    .family = 4, .tcp = true, .port = 5000, .ip = {20, 0, 0, 2}
  };
  HarkKrpcMethod method;
  uint8_t seed[32] = {1}, transaction[4];
  HarkRng rng;

  hark_rng_init (&rng, seed);
  dht = hark_dht_new (&config, &rng, 0);
  hark_dht_bootstrap (dht, &node, 0);
  for (unsigned i = 0; i < 20; i++) {
    client.ip[3] = (uint8_t) i;
    hark_dht_handle_packet (dht, &client, data, size, HARK_MS);
    drain (dht, &method, transaction);
  }
  for (HarkTime now = HARK_SECOND; now < 10 * HARK_SECOND; now += HARK_SECOND) {
    hark_dht_handle_time (dht, now);
    drain (dht, &method, transaction);
  }
}

/* UDP is blocked for it, TCP to `node` passes. */
static HarkDht *
blocked_client (HarkRng *rng, HarkTime *now)
{
  static const uint8_t id[20] = {3};
  HarkDhtConfig config = {.read_only = true, .tcp = true};
  HarkDht *dht = hark_dht_new (&config, rng, 0);
  HarkKrpc answer = {.kind = HARK_KRPC_RESPONSE, .id = id, .has_count = true};
  HarkEndpoint over_tcp = node;
  HarkDhtStatus status;

  over_tcp.tcp = true;
  hark_dht_bootstrap (dht, &node, 0);
  do {
    uint8_t packet[HARK_KRPC_LEN_MAX], transaction[4] = {0};
    HarkKrpcMethod method = HARK_KRPC_UNKNOWN;

    *now += 100 * HARK_MS;
    hark_dht_handle_time (dht, *now);
    drain (dht, &method, transaction);
    answer.transaction = (HarkBytes){transaction, sizeof transaction};
    if (method == HARK_KRPC_HK_MORE)
      hark_dht_handle_packet (dht, &over_tcp, packet,
                              hark_krpc_write (&answer, NULL, 0, packet, sizeof packet), *now);
    hark_dht_get_status (dht, &status);
  } while (status.udp != HARK_DHT_UDP_BLOCKED);
  return dht;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint8_t copy[HARK_DHT_PACKET_LEN_MAX], key[32] = {1}, transaction[4] = {0};
  g_autoptr (HarkDht) dht = NULL;
  HarkEndpoint over_tcp = node;
  HarkKrpcMethod method;
  HarkTime now = 0;
  HarkRng rng;
  const uint8_t *mark;

  if (size == 0 || size > sizeof copy)
    return 0;
  serve (data, size);
  hark_rng_init (&rng, key);
  dht = blocked_client (&rng, &now);
  over_tcp.tcp = true;
  hark_dht_get_mutable (dht, key, NULL, 0, -1, true, now);
  drain (dht, &method, transaction);
  memcpy (copy, data, size);
  mark = memmem (copy, size, "1:t4:", 5);
  if (mark && size - (size_t) (mark - copy) >= 9)
    memcpy (copy + (mark - copy) + 5, transaction, 4);
  hark_dht_handle_packet (dht, &over_tcp, copy, size, now);
  drain (dht, &method, transaction);
  hark_dht_handle_time (dht, now + 20 * HARK_SECOND);
  drain (dht, &method, transaction);
  return 0;
}
