/* Messages between two engines on loopback, durable on both sides.
 *
 *   bench-message [ROUND_TRIPS [MESSAGES]]    500 and 5,000 unless told
 *
 * Three processes: a DHT node, Bob, Alice. Bob answers every "ping" as soon as it is on his disk.
 */
#include "tests/bench/peer.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WARM_UP 20
#define SYNCS 100

/* ---- Bob ---- */

static void
answer (BenchPeer *peer, const HarkEvent *event)
{
  if (event->kind == HARK_EVENT_RESULT && event->command == HARK_COMMAND_ADDRESS)
    bench_tell (peer->fd, "ready", event->address, 0);
  if (event->kind == HARK_EVENT_MESSAGE && !event->message->outgoing
      && g_str_has_prefix (event->message->text, "ping"))
    bench_peer_send (peer, event->message->contact, "pong");
}

static void
live_bob (int fd, char **arguments)
{
  BenchPeer peer;
  BenchNote note;

  bench_peer_init (&peer, fd, arguments[0], arguments[1], answer, NULL);
  bench_peer_start (&peer);
  bench_peer_ask_address (&peer);
  while (bench_peer_hear (&peer, &note))
    continue;
  bench_peer_clear (&peer);
}

/* ---- Alice ---- */

typedef struct {
  uint8_t bob[HARK_ACCOUNT_LEN];
  bool is_online;
  bool is_answered;
  unsigned delivered, awaited;
  bool is_delivered;
} Alice;

static void
take (BenchPeer *peer, const HarkEvent *event)
{
  Alice *alice = peer->data;

  if (event->kind == HARK_EVENT_CONTACT && event->person->presence == HARK_PRESENCE_ONLINE
      && event->person->status == HARK_PERSON_ACCEPTED) {
    memcpy (alice->bob, event->person->account, sizeof alice->bob);
    alice->is_online = true;
  } else if (event->kind == HARK_EVENT_MESSAGE && !event->message->outgoing) {
    alice->is_answered = true;
  } else if (event->kind == HARK_EVENT_MESSAGE_STATE
             && event->message->state == HARK_STATE_DELIVERED) {
    alice->delivered++;
    alice->is_delivered = alice->delivered == alice->awaited;
  }
}

static double
time_round_trip (BenchPeer *peer, Alice *alice)
{
  gint64 start = g_get_monotonic_time ();

  alice->is_answered = false;
  bench_peer_send (peer, alice->bob, "ping");
  bench_peer_run (peer, &alice->is_answered);
  return (double) (g_get_monotonic_time () - start) / 1000;
}

static double
time_burst (BenchPeer *peer, Alice *alice, unsigned n)
{
  gint64 start;

  alice->delivered = 0;
  alice->awaited = n;
  alice->is_delivered = false;
  start = g_get_monotonic_time ();
  for (unsigned i = 0; i < n; i++)
    bench_peer_send (peer, alice->bob, "One of many messages, about as long as people write them.");
  bench_peer_run (peer, &alice->is_delivered);
  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

/* What the disk under the profiles takes for the least that is durable. */
static GArray *
time_syncs (const char *profile)
{
  g_autofree char *path = g_build_filename (profile, "sync-probe", NULL);
  GArray *values = g_array_new (FALSE, FALSE, sizeof (double));
  static const uint8_t page[4096];
  int fd = open (path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

  for (unsigned i = 0; i < SYNCS; i++) {
    gint64 start = g_get_monotonic_time ();
    double ms;

    if (pwrite (fd, page, sizeof page, (off_t) (i * sizeof page)) < 0 || fdatasync (fd) < 0)
      bench_fail ("cannot write in %s", profile);
    ms = (double) (g_get_monotonic_time () - start) / 1000;
    g_array_append_val (values, ms);
  }
  close (fd);
  unlink (path);
  return values;
}

static void
live_alice (int fd, char **arguments)
{
  unsigned round_trips = (unsigned) atoi (arguments[3]), messages = (unsigned) atoi (arguments[4]);
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) syncs = NULL;
  Alice alice = {0};
  BenchPeer peer;
  double seconds;

  bench_peer_init (&peer, fd, arguments[0], arguments[1], take, &alice);
  syncs = time_syncs (arguments[0]);
  bench_print_spread ("message", "disk", "4 KiB appended and fdatasync, where the profiles lie",
                      "ms", syncs);
  bench_peer_start (&peer);
  bench_peer_add (&peer, arguments[2]);
  bench_peer_run (&peer, &alice.is_online);
  for (unsigned i = 0; i < WARM_UP; i++)
    time_round_trip (&peer, &alice);
  for (unsigned i = 0; i < round_trips; i++) {
    double ms = time_round_trip (&peer, &alice);

    g_array_append_val (values, ms);
  }
  bench_print_spread ("message", "round trip",
                      "one at a time: command to the answer's event, four durable writes", "ms",
                      values);
  seconds = time_burst (&peer, &alice, messages);
  bench_print ("message", "durable messages",
               "all commanded at once, until the last is on the other disk", "messages/s",
               "\"n\": %u, \"rate\": %.0f", messages, messages / seconds);
  bench_peer_clear (&peer);
  bench_tell (fd, "done", NULL, 0);
}

int
main (int argc, char **argv)
{
  static const BenchRole roles[] = {
    {"node",  bench_role_node},
    {"bob",   live_bob       },
    {"alice", live_alice     }
  };
  const char *round_trips = argc > 1 ? argv[1] : "500", *messages = argc > 2 ? argv[2] : "5000";
  BenchProcess *node, *bob, *alice;
  BenchNote where, address;

  bench_begin (argc, argv, roles, G_N_ELEMENTS (roles));
  g_autofree char *bob_profile = g_build_filename (bench_folder (), "Bob", NULL);
  g_autofree char *alice_profile = g_build_filename (bench_folder (), "Alice", NULL);

  node = bench_start ("node", NULL);
  where = bench_expect (node, "ready");
  bob = bench_start ("bob", (const char *[]){bob_profile, where.text, NULL});
  address = bench_expect (bob, "ready");
  alice = bench_start ("alice", (const char *[]){alice_profile, where.text, address.text,
                                                 round_trips, messages, NULL});
  bench_expect (alice, "done");
  bench_stop (alice);
  bench_stop (bob);
  bench_stop (node);
  return 0;
}
