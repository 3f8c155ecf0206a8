/* The simulated swarm held against a real one of the same shape.
 *
 *   bench-swarm [PROCESSES]    100 unless told; takes about a minute and a half
 *
 * Real: a process for every node, each a HarkDht on a socket of its own on loopback, on the real
 * clock. What a process sends it holds back for as long as the wide area of the simulator says for
 * these two (tests/sim/wide-area.h; ports are places), or loses it. Simulated: the same number of
 * nodes, the same round trips, losses and schedule. Nobody leaves, nobody sits behind a NAT. Should
 * both differ much, the model lies, or the machine is too busy: the load is printed.
 */
#include "tests/bench/figures.h"
#include "tests/sim/queue.h"
#include "tests/sim/swarm-measure.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORT 21000 /* of the first node; the others follow */
#define KNOWS 6
#define PUTS_AT (40 * HARK_SECOND) /* after the start */
#define GETS_AT (65 * HARK_SECOND)
#define OVER_AT (85 * HARK_SECOND)
#define SPREAD (20 * HARK_SECOND) /* over which puts and gets lie */
#define VALUE_LEN 297

static const HarkSimWideArea area
  = {.rtt_median = 80 * HARK_MS, .rtt_sigma = 0.5, .jitter = 0.1, .loss = 0.01, .seed = 100};

typedef enum { GET_VALUE, GET_DONE, PUT_STORED, PUT_DONE, NOT_FOUND, N_KINDS } Kind;

/* What a process tells the parent: few bytes, so that a pipe takes them whole. */
typedef struct {
  uint32_t kind;
  float ms;
} Word;

/* A datagram held back. */
typedef struct {
  struct sockaddr_in to;
  size_t len;
  uint8_t data[];
} Held;

typedef struct {
  unsigned number;
  int fd, out;
  HarkDht *dht;
  HarkSimQueue held;
  uint64_t draw;
  HarkTime start;
  HarkTime put_at, get_at; /* 0: done */
  HarkDhtOperation put, get;
  HarkTime put_started, get_started;
} Peer;

static HarkTime
clock_now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (HarkTime) time.tv_sec * HARK_SECOND + (HarkTime) time.tv_nsec;
}

static HarkEndpoint
endpoint_of (unsigned number)
{
  return (HarkEndpoint){
    .family = 4, .port = (uint16_t) (PORT + number), .ip = {127, 0, 0, 1}
  };
}

static void
seed_of (unsigned number, uint8_t ret[32])
{
  memset (ret, 0, 32);
  ret[0] = (uint8_t) number;
  ret[1] = (uint8_t) (number >> 8);
  ret[2] = 77;
}

static void
say (const Peer *peer, Kind kind, HarkTime since)
{
  Word word = {.kind = kind, .ms = (float) (clock_now () - since) / (float) HARK_MS};

  if (write (peer->out, &word, sizeof word) != sizeof word)
    _exit (1);
}

/* ---- one process ----------------------------------------------------------------- */

static void
start_put (Peer *peer, HarkTime now)
{
  uint8_t seed[32], secret[64], bytes[HARK_DHT_SIGNED_LEN_MAX], value[VALUE_LEN + 8];
  HarkDhtItem item = {.seq = 1, .value = value};
  int head = g_snprintf ((char *) value, sizeof value, "%d:", VALUE_LEN);

  item.value_len = (size_t) head + VALUE_LEN;
  memset (value + head, 'x', VALUE_LEN);
  seed_of (peer->number, seed);
  crypto_sign_seed_keypair (item.key, secret, seed);
  crypto_sign_detached (item.signature, NULL, bytes, hark_dht_item_signed_bytes (&item, bytes),
                        secret);
  peer->put_at = 0;
  peer->put_started = now;
  peer->put = hark_dht_put_mutable (peer->dht, &item, NULL, now);
}

/* Of the next but one's item. */
static void
start_get (Peer *peer, unsigned n, HarkTime now)
{
  uint8_t seed[32], secret[64], key[32];

  seed_of ((peer->number + 2) % n, seed);
  crypto_sign_seed_keypair (key, secret, seed);
  peer->get_at = 0;
  peer->get_started = now;
  peer->get = hark_dht_get_mutable (peer->dht, key, NULL, 0, -1, true, now);
}

static void
hold_back (Peer *peer, const HarkDhtPacket *packet, HarkTime now)
{
  HarkTime delay;
  Held *held;

  if (!hark_sim_wide_area_carry (&area, peer->number, (uint32_t) packet->to.port - PORT,
                                 &peer->draw, &delay))
    return;
  held = g_malloc (sizeof *held + packet->len);
  held->to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons (packet->to.port)};
  memcpy (&held->to.sin_addr, packet->to.ip, 4);
  held->len = packet->len;
  memcpy (held->data, packet->data, packet->len);
  hark_sim_queue_push (&peer->held, now + delay, held);
}

static void
drain (Peer *peer, HarkTime now)
{
  HarkDhtPacket packet;
  HarkDhtEvent event;

  while (hark_dht_poll_packet (peer->dht, &packet))
    hold_back (peer, &packet, now);
  while (hark_dht_poll_event (peer->dht, &event)) {
    if (event.kind == HARK_DHT_EVENT_VALUE && event.operation == peer->get)
      say (peer, GET_VALUE, peer->get_started);
    else if (event.kind == HARK_DHT_EVENT_GET_DONE && event.operation == peer->get)
      say (peer, event.found ? GET_DONE : NOT_FOUND, peer->get_started);
    else if (event.kind == HARK_DHT_EVENT_STORED && event.operation == peer->put)
      say (peer, PUT_STORED, peer->put_started);
    else if (event.kind == HARK_DHT_EVENT_PUT_DONE && event.operation == peer->put)
      say (peer, PUT_DONE, peer->put_started);
  }
}

static void
receive (Peer *peer)
{
  uint8_t packet[2048];
  struct sockaddr_storage from;
  socklen_t from_len = sizeof from;
  HarkEndpoint endpoint;
  ssize_t len;

  while ((len = recvfrom (peer->fd, packet, sizeof packet, MSG_DONTWAIT, (struct sockaddr *) &from,
                          &from_len))
         > 0)
    if (packet[0] == 'd' && hark_endpoint_from_sockaddr ((struct sockaddr *) &from, &endpoint)) {
      hark_dht_handle_packet (peer->dht, &endpoint, packet, (size_t) len, clock_now ());
      drain (peer, clock_now ());
    }
}

static void
release (Peer *peer, HarkTime now)
{
  while (hark_sim_queue_next (&peer->held) <= now) {
    Held *held = hark_sim_queue_pop (&peer->held);

    sendto (peer->fd, held->data, held->len, 0, (struct sockaddr *) &held->to, sizeof held->to);
    g_free (held);
  }
}

static HarkTime
next_of (const Peer *peer)
{
  HarkTime next
    = hark_time_min (hark_dht_get_deadline (peer->dht), hark_sim_queue_next (&peer->held));

  next = hark_time_min (next, peer->put_at ? peer->put_at : HARK_TIME_NEVER);
  next = hark_time_min (next, peer->get_at ? peer->get_at : HARK_TIME_NEVER);
  return hark_time_min (next, peer->start + OVER_AT);
}

static void
live (Peer *peer, unsigned n)
{
  for (HarkTime now = clock_now (); now < peer->start + OVER_AT; now = clock_now ()) {
    HarkTime next = next_of (peer);
    struct timespec wait = {0};
    struct pollfd poller = {.fd = peer->fd, .events = POLLIN};

    if (next > now) {
      wait.tv_sec = (time_t) ((next - now) / HARK_SECOND);
      wait.tv_nsec = (long) ((next - now) % HARK_SECOND);
    }
    ppoll (&poller, 1, &wait, NULL);
    receive (peer);
    now = clock_now ();
    if (peer->put_at && peer->put_at <= now)
      start_put (peer, now);
    if (peer->get_at && peer->get_at <= now)
      start_get (peer, n, now);
    hark_dht_handle_time (peer->dht, now);
    drain (peer, now);
    release (peer, clock_now ());
  }
}

static void
run_peer (unsigned number, unsigned n, HarkTime start, int out)
{
  HarkDhtConfig config = {.allow_loopback = true, .serve = true};
  HarkEndpoint own = endpoint_of (number);
  Peer peer = {.number = number, .out = out, .start = start, .draw = number};
  struct sockaddr_storage address;
  uint8_t seed[32];
  HarkRng rng;

  seed_of (number, seed);
  hark_rng_init (&rng, seed);
  peer.fd = socket (AF_INET, SOCK_DGRAM, 0);
  if (bind (peer.fd, (struct sockaddr *) &address,
            (socklen_t) hark_endpoint_to_sockaddr (&own, false, &address))
      < 0)
    _exit (1);
  hark_sim_queue_init (&peer.held);
  peer.dht = hark_dht_new (&config, &rng, clock_now ());
  peer.put_at = start + PUTS_AT + number * SPREAD / n;
  peer.get_at = start + GETS_AT + number * SPREAD / n * 3 / 4;
  for (unsigned i = 0; number > 0 && i < KNOWS; i++) {
    HarkEndpoint known = endpoint_of ((unsigned) (hark_sim_draw (&peer.draw) % number));

    hark_dht_bootstrap (peer.dht, &known, clock_now ());
  }
  drain (&peer, clock_now ());
  live (&peer, n);
  _exit (0);
}

/* ---- both ------------------------------------------------------------------------ */

static void
report (const char *how, unsigned n, GArray *values[N_KINDS], unsigned not_found)
{
  double load[1] = {0};

  getloadavg (load, 1);
  bench_print (
    "swarm", "gets and puts", how, "ms",
    "\"nodes\": %u, \"value_p50\": %.0f, \"value_p90\": %.0f, \"done_p50\": %.0f, "
    "\"done_p90\": %.0f, \"put4_p50\": %.0f, \"put4_p90\": %.0f, \"put_done_p50\": %.0f, "
    "\"gets\": %u, \"not_found\": %u, \"load\": %.1f",
    n, hark_sim_swarm_percentile (values[GET_VALUE], 0.5),
    hark_sim_swarm_percentile (values[GET_VALUE], 0.9),
    hark_sim_swarm_percentile (values[GET_DONE], 0.5),
    hark_sim_swarm_percentile (values[GET_DONE], 0.9),
    hark_sim_swarm_percentile (values[PUT_STORED], 0.5),
    hark_sim_swarm_percentile (values[PUT_STORED], 0.9),
    hark_sim_swarm_percentile (values[PUT_DONE], 0.5), values[GET_DONE]->len, not_found, load[0]);
}

static void
run_real (unsigned n)
{
  GArray *values[N_KINDS];
  HarkTime start = clock_now ();
  int pipes[2];
  Word word;

  for (int i = 0; i < N_KINDS; i++)
    values[i] = g_array_new (FALSE, FALSE, sizeof (double));
  if (pipe (pipes) < 0)
    exit (1);
  for (unsigned i = 0; i < n; i++)
    if (fork () == 0) {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      close (pipes[0]);
      run_peer (i, n, start, pipes[1]);
    }
  close (pipes[1]);
  while (read (pipes[0], &word, sizeof word) == sizeof word) {
    double ms = (double) word.ms;

    if (word.kind < N_KINDS)
      g_array_append_val (values[word.kind], ms);
  }
  while (wait (NULL) > 0)
    ;
  close (pipes[0]);
  report ("real: a process a node, real sockets and clock, delays emulated", n, values,
          values[NOT_FOUND]->len);
  for (int i = 0; i < N_KINDS; i++)
    g_array_unref (values[i]);
}

static void
run_simulated (unsigned n)
{
  HarkSimSwarmConfig config
    = {.nodes = n, .hark = 1, .area = area, .saved = 0, .limits = false, .seed = 100};
  HarkSimSwarm *swarm = hark_sim_swarm_new (&config); /* takes a minute */
  g_autoptr (GArray) items = hark_sim_swarm_items_new (swarm, n);
  HarkSimSwarmResult puts = hark_sim_swarm_measure_puts (swarm, items, SPREAD / n, NULL);
  HarkSimSwarmResult gets
    = hark_sim_swarm_measure_gets (swarm, items, n, SPREAD / n * 3 / 4, true, NULL);
  GArray *values[N_KINDS] = {[GET_VALUE] = gets.first,
                             [GET_DONE] = gets.done,
                             [PUT_STORED] = puts.first,
                             [PUT_DONE] = puts.done};

  report ("simulated: the same number, round trips and losses in virtual time", n, values,
          gets.asked - gets.found);
  hark_sim_swarm_result_clear (&puts);
  hark_sim_swarm_result_clear (&gets);
  hark_sim_swarm_free (swarm);
}

int
main (int argc, char **argv)
{
  unsigned n = argc > 1 ? (unsigned) atoi (argv[1]) : 100;

  if (sodium_init () < 0 || n < 10 || n > 1000) {
    fprintf (stderr, "bench-swarm [PROCESSES], 10 to 1000\n");
    return 2;
  }
  run_simulated (n);
  run_real (n);
  return 0;
}
