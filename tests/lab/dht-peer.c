/* tests/lab/dht-peer.c - one DHT node on real sockets, told what to do on standard input.
 *
 * usage: dht-peer ADDRESS:PORT[,[ADDRESS6]:PORT] BOOTSTRAP:PORT[,...]
 * commands: "put SEED SEQ TEXT", "get KEYHEX [SALT]", "announce HASHHEX PORT", "peers HASHHEX";
 * answers are lines: "key HEX", "stored N", "value SEQ TEXT", "none", "announced N", "peer
 * ADDRESS:PORT", "nodes N4 N6"; before the last one of each: "took FIRST DONE", milliseconds to the
 * first value or four copies (-1: none) and to the end. For test-libtorrent.py and bench-dht.py.
 */
#include "net/base/key.h"
#include "net/dht/dht.h"

#include <netinet/in.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Of the command that runs. */
static HarkTime started, first;

static HarkTime
clock_now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_BOOTTIME, &time);
  return (HarkTime) time.tv_sec * HARK_SECOND + (HarkTime) time.tv_nsec;
}

static void
put (HarkDht *dht, const char *seed_text, const char *seq, const char *text)
{
  uint8_t seed[32] = {(uint8_t) atoi (seed_text)}, secret[64], bytes[HARK_DHT_SIGNED_LEN_MAX];
  char value[1000], hex[HARK_HEX_LEN (32)];
  HarkDhtItem item = {.seq = atoll (seq), .value = (const uint8_t *) value};
  size_t len;

  item.value_len = (size_t) snprintf (value, sizeof value, "%zu:%s", strlen (text), text);
  crypto_sign_seed_keypair (item.key, secret, seed);
  len = hark_dht_item_signed_bytes (&item, bytes);
  crypto_sign_detached (item.signature, NULL, bytes, len, secret);
  printf ("key %s\n", hark_hex_format (item.key, 32, hex));
  if (!hark_dht_put_mutable (dht, &item, NULL, clock_now ()))
    printf ("refused\n");
}

static void
handle_line (HarkDht *dht, char *line)
{
  char *command = strtok (line, " \n"), *a = strtok (NULL, " \n"), *b = strtok (NULL, " \n");
  char *c = strtok (NULL, "\n");
  uint8_t key[32];

  started = clock_now ();
  first = 0;
  if (command && c && strcmp (command, "put") == 0)
    put (dht, a, b, c);
  else if (command && a && strcmp (command, "get") == 0 && strlen (a) == 64
           && hark_hex_parse (a, key, 32))
    hark_dht_get_mutable (dht, key, (const uint8_t *) b, b ? strlen (b) : 0, -1, true, started);
  else if (command && b && strcmp (command, "announce") == 0 && hark_hex_parse (a, key, 20))
    hark_dht_announce (dht, key, (uint16_t) atoi (b), started);
  else if (command && a && strcmp (command, "peers") == 0 && hark_hex_parse (a, key, 20))
    hark_dht_get_peers (dht, key, started);
}

static void
print_times (void)
{
  printf ("took %.3f %.3f\n", first ? (double) (first - started) / 1e6 : -1,
          (double) (clock_now () - started) / 1e6);
}

static void
print_peers (const HarkDhtEvent *event)
{
  char text[HARK_ENDPOINT_TEXT_LEN];

  for (size_t i = 0; i < event->n_peers; i++)
    printf ("peer %s\n", hark_endpoint_format (&event->peers[i], text));
}

static void
handle_event (HarkDht *dht, const HarkDhtEvent *event)
{
  HarkDhtStatus status;

  switch (event->kind) {
  case HARK_DHT_EVENT_VALUE:
  case HARK_DHT_EVENT_STORED:
    first = clock_now ();
    break;
  case HARK_DHT_EVENT_PUT_DONE:
    print_times ();
    printf ("stored %u\n", event->acks);
    break;
  case HARK_DHT_EVENT_GET_DONE:
    print_times ();
    if (event->found)
      printf ("value %lld %.*s\n", (long long) event->seq, (int) event->len,
              (const char *) event->data);
    else
      printf ("none\n");
    break;
  case HARK_DHT_EVENT_PEERS:
    print_peers (event);
    break;
  case HARK_DHT_EVENT_PEERS_DONE:
    print_times ();
    printf ("announced %u\n", event->acks);
    break;
  case HARK_DHT_EVENT_STATUS:
    hark_dht_get_status (dht, &status);
    printf ("nodes %u %u\n", status.nodes[0], status.nodes[1]);
    break;
  default:
    break;
  }
}

static void
drain (HarkDht *dht, const int fds[2])
{
  HarkDhtPacket packet;
  HarkDhtEvent event;

  while (hark_dht_poll_packet (dht, &packet)) {
    struct sockaddr_storage to;
    socklen_t len = (socklen_t) hark_endpoint_to_sockaddr (&packet.to, false, &to);
    int fd = fds[packet.to.family == 6];

    if (fd < 0 || sendto (fd, packet.data, packet.len, 0, (struct sockaddr *) &to, len) < 0)
      hark_dht_handle_unreachable (dht, &packet.to, clock_now ());
  }
  while (hark_dht_poll_event (dht, &event))
    handle_event (dht, &event);
  fflush (stdout);
}

/* False: nothing is waiting. */
static bool
receive (HarkDht *dht, int fd)
{
  uint8_t packet[2048];
  struct sockaddr_storage from;
  socklen_t from_len = sizeof from;
  HarkEndpoint endpoint;
  ssize_t len
    = recvfrom (fd, packet, sizeof packet, MSG_DONTWAIT, (struct sockaddr *) &from, &from_len);

  if (len > 0 && packet[0] == 'd'
      && hark_endpoint_from_sockaddr ((struct sockaddr *) &from, &endpoint))
    hark_dht_handle_packet (dht, &endpoint, packet, (size_t) len, clock_now ());
  return len > 0;
}

/* One socket for each address in @text; the port of neither is changed. */
static bool
open_sockets (char *text, int ret[2])
{
  for (char *one = strtok (text, ","); one; one = strtok (NULL, ",")) {
    struct sockaddr_storage address;
    HarkEndpoint own;
    socklen_t len;
    int *fd, only = 1;

    if (!hark_endpoint_parse (one, &own))
      return false;
    fd = &ret[own.family == 6];
    *fd = socket (own.family == 6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);
    if (own.family == 6)
      setsockopt (*fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
    len = (socklen_t) hark_endpoint_to_sockaddr (&own, false, &address);
    if (*fd < 0 || bind (*fd, (struct sockaddr *) &address, len) < 0)
      return false;
  }
  return ret[0] >= 0 || ret[1] >= 0;
}

static void
run (HarkDht *dht, const int fds[2])
{
  struct pollfd polls[3] = {
    {.fd = fds[0],       .events = POLLIN},
    {.fd = fds[1],       .events = POLLIN},
    {.fd = STDIN_FILENO, .events = POLLIN}
  };
  char line[1200];

  for (;;) {
    HarkTime deadline, now;
    int wait = -1;

    drain (dht, fds);
    deadline = hark_dht_get_deadline (dht);
    now = clock_now ();
    if (deadline != HARK_TIME_NEVER)
      wait = deadline <= now ? 0 : (int) ((deadline - now) / HARK_MS) + 1;
    poll (polls, 3, wait);
    for (int i = 0; i < 2; i++)
      while (polls[i].revents & POLLIN && receive (dht, fds[i]))
        drain (dht, fds);
    if (polls[2].revents) {
      if (!fgets (line, sizeof line, stdin))
        return;
      handle_line (dht, line);
    }
    hark_dht_handle_time (dht, clock_now ());
  }
}

int
main (int argc, char **argv)
{
  HarkDhtConfig config = {.allow_loopback = true, .serve = true};
  HarkEndpoint start;
  HarkRng rng;
  HarkDht *dht;
  uint8_t seed[32];
  int fds[2] = {-1, -1};

  if (argc != 3 || sodium_init () < 0 || !open_sockets (argv[1], fds))
    return 2;
  setvbuf (stdin, NULL, _IONBF, 0); /* poll() must see what is left to read */
  randombytes_buf (seed, sizeof seed);
  hark_rng_init (&rng, seed);
  dht = hark_dht_new (&config, &rng, clock_now ());
  for (char *one = strtok (argv[2], ","); one; one = strtok (NULL, ","))
    if (hark_endpoint_parse (one, &start))
      hark_dht_bootstrap (dht, &start, clock_now ());
  run (dht, fds);
  hark_dht_free (dht);
  return 0;
}
