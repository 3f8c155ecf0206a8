/* Files over a narrow line in virtual time: what the protocol itself costs, whatever else this
 * machine does.
 *
 *   bench-narrow [BYTES FILES]    2.5 MB, and three of 25 MB five seconds apart without and beside
 *                                 a call, unless told
 *
 * Two whole cores, 2 Mbit/s from the giver, 10 ms each way; heads of IPv4, UDP and Ethernet count.
 * From the first command to the giver's last `done`, as `transfer` measures it. A call is a payload
 * of 46 bytes every 10 ms each way; "voice": share of those that came. Packets and bytes from the
 * giver, heads of Ethernet counted, without the call's; back: from the taker.
 */
#include "tests/bench/figures.h"
#include "tests/sim/core-world.h"

#include <stdlib.h>

#define RATE 2000000u /* bit/s */
#define WHOLE_LEN \
  1486u /* bytes of a full packet with its Ethernet head, which links do not count */
#define COUNTED_LEN 1472u
#define ONE_WAY (10 * HARK_MS)
#define APART (5 * HARK_SECOND)
#define PATIENCE (30 * HARK_MINUTE)
#define FRAME (10 * HARK_MS)

#define ETHERNET_LEN (WHOLE_LEN - COUNTED_LEN)
#define IS_MEDIA(byte) (((byte) &0xc0) == 0x80) /* net/PROTOCOL.md "Media" */

typedef struct {
  unsigned packets;
  uint64_t bytes;
} Count;

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *giver, *taker;
  unsigned files;
  unsigned frames; /* that both said */
  Count there, back, call;
} Pair;

static bool
count (void *data, unsigned host, uint16_t port, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  Pair *pair = data;
  Count *at = NULL;

  (void) port, (void) to;
  if (host == pair->giver->host)
    at = IS_MEDIA (bytes[0]) ? &pair->call : &pair->there;
  else if (host == pair->taker->host && !IS_MEDIA (bytes[0]))
    at = &pair->back;
  if (at != NULL) {
    at->packets++;
    at->bytes += len + HARK_SIM_HEADER_LEN + ETHERNET_LEN;
  }
  return true;
}

static void
pair_init (Pair *pair, unsigned files)
{
  /* each goes through two links, the other side's without a rate */
  const HarkSimLinkConfig wide = {.delay = ONE_WAY / 2};
  const HarkSimLinkConfig narrow
    = {.delay = ONE_WAY / 2, .rate = (uint64_t) RATE * COUNTED_LEN / WHOLE_LEN};
  HarkCommand *rule;

  *pair = (Pair){.files = files};
  hark_sim_world_init (&pair->world, 7);
  pair->giver = hark_sim_world_add (&pair->world, HARK_SIM_NAT_PORT_RESTRICTED, &narrow, "Giver");
  pair->taker = hark_sim_world_add (&pair->world, HARK_SIM_NAT_PORT_RESTRICTED, &wide, "Taker");
  g_assert_true (hark_sim_befriend (pair->giver, pair->taker, PATIENCE));
  rule = hark_sim_command (HARK_COMMAND_ACCEPT_FILES, pair->giver);
  rule->on = true;
  rule->directory = g_strdup (pair->taker->taken);
  g_assert_true (hark_sim_core_node_ask (pair->taker, rule)->ok);
  hark_sim_network_run (pair->world.network, 2 * HARK_SECOND);
}

static bool
is_talking (void *data)
{
  const Pair *pair = data;

  return pair->giver->voice && pair->taker->voice;
}

static bool
is_ringing (void *data)
{
  const HarkEvent *event = hark_sim_core_node_find (((Pair *) data)->taker, HARK_EVENT_CALL, 0);

  return event != NULL && event->call->phase == HARK_RINGING;
}

static void
call (Pair *pair)
{
  HarkSimNetwork *network = pair->world.network;

  hark_sim_core_node_ask (pair->giver, hark_sim_command (HARK_COMMAND_CALL, pair->taker));
  g_assert_true (hark_sim_network_run_until (network, PATIENCE, is_ringing, pair));
  hark_sim_core_node_ask (pair->taker, hark_sim_command (HARK_COMMAND_ANSWER, pair->giver));
  g_assert_true (hark_sim_network_run_until (network, PATIENCE, is_talking, pair));
}

/* @span, in which both talk if there is a call. */
static void
pass (Pair *pair, HarkTime span)
{
  static const uint8_t payload[46] = {0x10};
  HarkSimCoreNode *const both[] = {pair->giver, pair->taker};
  HarkSimNetwork *network = pair->world.network;

  if (!is_talking (pair)) {
    hark_sim_network_run (network, span);
    return;
  }
  for (HarkTime past = 0; past < span; past += FRAME) {
    for (size_t i = 0; i < G_N_ELEMENTS (both); i++) {
      hark_core_handle_voice_packet (both[i]->core, payload, sizeof payload,
                                     hark_sim_network_now (network));
      hark_sim_node_flush (both[i]->node);
    }
    pair->frames++;
    hark_sim_network_run (network, FRAME);
  }
}

static bool
are_done (void *data)
{
  const Pair *pair = data;
  unsigned done = 0;

  for (guint i = 0; i < pair->giver->events->len; i++) {
    const HarkEvent *event = pair->giver->events->pdata[i];

    done += event->kind == HARK_EVENT_FILE_STATE && event->transfer->state == HARK_FILE_DONE;
  }
  return done >= pair->files;
}

static void
give (Pair *pair, unsigned number, size_t len)
{
  g_autofree char *path = g_strdup_printf ("%s/film-%u.bin", pair->giver->folder, number);
  g_autofree uint8_t *bytes = g_malloc (len);
  HarkCommand *command = hark_sim_command (HARK_COMMAND_GIVE, pair->taker);

  hark_rng_bytes (hark_sim_network_rng (pair->world.network), bytes, len);
  g_assert_true (g_file_set_contents (path, (char *) bytes, (gssize) len, NULL));
  command->paths = g_new0 (char *, 2);
  command->paths[0] = g_steal_pointer (&path);
  g_assert_true (hark_sim_core_node_ask (pair->giver, command)->ok);
}

static void
run (size_t len, unsigned files, bool beside_a_call)
{
  g_autofree char *what
    = g_strdup_printf ("%u x %zu bytes%s", files, len, beside_a_call ? " beside a call" : "");
  g_autofree char *voice = NULL;
  HarkSimNetwork *network;
  HarkTime begin;
  double seconds;
  Pair pair;

  pair_init (&pair, files);
  network = pair.world.network;
  if (beside_a_call)
    call (&pair);
  hark_sim_network_set_tap (network, count, &pair);
  begin = hark_sim_network_now (network);
  for (unsigned i = 0; i < files; i++) {
    if (i > 0)
      pass (&pair, APART);
    give (&pair, i, len);
  }
  while (!are_done (&pair)) {
    if (beside_a_call)
      pass (&pair, HARK_SECOND / 10);
    else
      g_assert_true (hark_sim_network_run_until (network, PATIENCE, are_done, &pair));
  }
  hark_sim_network_set_tap (network, NULL, NULL);
  seconds = (double) hark_time_since (hark_sim_network_now (network), begin) / (double) HARK_SECOND;
  voice = beside_a_call
            ? g_strdup_printf (", \"voice\": %.4f, \"call_bytes\": %" G_GUINT64_FORMAT,
                               (double) pair.taker->voice_packets / pair.frames, pair.call.bytes)
            : g_strdup ("");
  bench_print (
    "narrow", what, "2 Mbit/s, 20 ms there and back, virtual time", "s",
    "\"seconds\": %.3f, \"mbit_per_s\": %.3f, \"packets\": %u, \"bytes\": %" G_GUINT64_FORMAT
    ", \"packets_back\": %u, \"bytes_back\": %" G_GUINT64_FORMAT "%s",
    seconds, (double) len * files * 8 / seconds / 1e6, pair.there.packets, pair.there.bytes,
    pair.back.packets, pair.back.bytes, voice);
  hark_sim_world_clear (&pair.world);
}

int
main (int argc, char **argv)
{
  if (argc == 3) {
    run ((size_t) strtoul (argv[1], NULL, 10), (unsigned) strtoul (argv[2], NULL, 10), false);
    return 0;
  }
  run (2500000, 1, false);
  run (25000000, 3, false);
  run (25000000, 3, true);
  return 0;
}
