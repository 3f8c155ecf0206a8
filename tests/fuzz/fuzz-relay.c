/* Frames of a hostile relay, and of hostile contacts of a relay: nothing breaks, nothing grows,
 * what is read is written as it was. The input is a row of: who (1), length (1), frame. */
#include "net/relay/client.h"

#include <string.h>

#define START (100 * HARK_SECOND)

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Everybody's tag is what a lazy input has: zeros. */
static void
tag (void *data, uint32_t want, const HarkKey *relay, uint8_t ret[HARK_RELAY_TAG_LEN])
{
  (void) data;
  (void) want;
  (void) relay;
  memset (ret, 0, HARK_RELAY_TAG_LEN);
}

static void
check_written (const HarkRelayFrame *frame, const uint8_t *bytes, size_t len)
{
  uint8_t written[HARK_RELAY_CONTROL_LEN_MAX];

  if (frame->kind == HARK_RELAY_SEND || frame->kind == HARK_RELAY_DATA)
    g_assert (frame->len >= 1 && frame->len <= HARK_RELAY_PACKET_MAX);
  else
    g_assert (hark_relay_frame_write (frame, written) == len && memcmp (written, bytes, len) == 0);
}

static void
drain (HarkRelayServer *server, HarkRelayClient *client)
{
  HarkRelayOutput output;
  HarkRelayEvent event;

  while (hark_relay_server_poll (server, &output))
    g_assert (output.len <= sizeof output.bytes);
  while (hark_relay_client_poll (client, &output))
    g_assert (output.len <= sizeof output.bytes);
  while (hark_relay_client_poll_event (client, &event))
    g_assert (event.want == 1 || event.want == 2);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const uint8_t seed[32] = {1};
  HarkRelayClient *client = hark_relay_client_new (tag, NULL);
  HarkKey key = {{250}}, to;
  HarkRelayServer *server;
  HarkRelayServerStats stats;
  HarkTime now = START;
  HarkRng rng;

  hark_rng_init (&rng, seed);
  server = hark_relay_server_new (&rng);
  hark_relay_server_set (server, true, 0, now);
  hark_relay_client_want (client, 1, &key, true, now);
  hark_relay_client_want (client, 2, &key, false, now);
  while (size >= 2) {
    size_t len = MIN (data[1], size - 2);
    HarkRelayFrame frame;

    key = (HarkKey){{data[0] & 15}};
    hark_relay_client_set_relay (client, &key, data[0], now);
    if (hark_relay_frame_read (data + 2, len, &frame)) {
      check_written (&frame, data + 2, len);
      if (frame.kind == HARK_RELAY_ASK || frame.kind == HARK_RELAY_LEAVE)
        hark_relay_server_handle (server, &key, true, 1, &frame, now);
      else if (frame.kind == HARK_RELAY_SEND)
        hark_relay_server_forward (server, &key, frame.channel, frame.len, now, &to);
      else if (frame.kind == HARK_RELAY_DATA)
        hark_relay_client_handle_data (client, &key, frame.channel, now);
      else
        hark_relay_client_handle (client, &key, &frame, now);
    }
    now += data[0] * HARK_SECOND / 4;
    hark_relay_server_handle_time (server, now);
    hark_relay_client_handle_time (client, now);
    if (data[0] & 16)
      hark_relay_client_distrust (client, 1 + (data[0] >> 7), now);
    drain (server, client);
    data += 2 + len;
    size -= 2 + len;
  }
  hark_relay_server_get_stats (server, &stats);
  g_assert (stats.channels <= HARK_RELAY_CHANNELS_MAX && stats.asks <= HARK_RELAY_ASKS_MAX);
  hark_relay_client_unwant (client, 1, now);
  hark_relay_server_free (server);
  hark_relay_client_free (client);
  return 0;
}
