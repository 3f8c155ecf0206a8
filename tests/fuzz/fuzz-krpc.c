/* A node that serves, keeps, knocks and searches gets datagrams from strangers and, with its own
 * transaction ids patched in, answers to its questions. Nothing breaks it, and strangers get at
 * most what the limits allow. */
#include "net/dht/dht.h"
#include "net/dht/krpc.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
drain (HarkDht *dht, uint8_t transaction[4])
{
  HarkDhtPacket packet;
  HarkDhtEvent event;
  HarkKrpc message;

  while (hark_dht_poll_packet (dht, &packet))
    if (hark_krpc_parse (packet.data, packet.len, &message) && message.kind == HARK_KRPC_QUERY)
      memcpy (transaction, message.transaction.data, 4);
  while (hark_dht_poll_event (dht, &event))
    if (event.kind == HARK_DHT_EVENT_RING)
      hark_dht_ring_answer (dht, event.operation, event.data, event.len, HARK_SECOND);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const uint8_t handle[8] = {'h', 'a', 'n', 'd', 'l', 'e', '0', '1'};
  HarkDhtConfig config = {.allow_loopback = true, .serve = true};
  HarkEndpoint node = {
    .family = 4, .port = 6881, .ip = {127, 0, 0, 1}
  };
  g_autoptr (HarkDht) dht = NULL;
  uint8_t copy[HARK_DHT_PACKET_LEN_MAX], key[32] = {1}, x[64] = {2}, transaction[4] = {0};
  HarkRng rng;
  const uint8_t *mark;

  if (size > sizeof copy)
    return 0;
  hark_rng_init (&rng, key);
  dht = hark_dht_new (&config, &rng, 0);
  hark_dht_bootstrap (dht, &node, 0);
  hark_dht_set_own_handle (dht, handle);
  hark_dht_handle_packet (dht, &node, data, size, HARK_MS);
  drain (dht, transaction);

  for (unsigned i = 0; i < 4; i++) {
    if (i == 0)
      hark_dht_get_mutable (dht, key, NULL, 0, -1, true, HARK_MS);
    else if (i == 1)
      hark_dht_keep (dht, &node, handle, 1, HARK_MS);
    else if (i == 2)
      hark_dht_ask_more (dht, &node, 8, HARK_MS);
    else
      hark_dht_knock (dht, &node, handle, x, sizeof x, HARK_MS);
    drain (dht, transaction);
    if (size)
      memcpy (copy, data, size);
    mark = memmem (copy, size, "1:t4:", 5);
    if (mark && size - (size_t) (mark - copy) >= 9)
      memcpy (copy + (mark - copy) + 5, transaction, 4);
    hark_dht_handle_packet (dht, &node, copy, size, 2 * HARK_MS);
    drain (dht, transaction);
  }
  for (HarkTime now = HARK_SECOND; now < 10 * HARK_SECOND; now += HARK_SECOND) {
    hark_dht_handle_time (dht, now);
    drain (dht, transaction);
  }
  return 0;
}
