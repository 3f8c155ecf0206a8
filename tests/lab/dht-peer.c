/* tests/lab/dht-peer.c - one DHT node on a real socket, told what to do on standard input.
 *
 * usage: dht-peer ADDRESS:PORT BOOTSTRAP:PORT
 * commands: "put SEED SEQ TEXT", "get KEYHEX"; answers are lines: "key HEX", "stored N", "value SEQ
 * TEXT", "none", "nodes N". For test-libtorrent.py.
 */
#include "net/base/key.h"
#include "net/dht/dht.h"

#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

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

  if (command && c && strcmp (command, "put") == 0)
    put (dht, a, b, c);
  else if (command && a && strcmp (command, "get") == 0 && strlen (a) == 64
           && hark_hex_parse (a, key, 32))
    hark_dht_get_mutable (dht, key, NULL, 0, -1, true, clock_now ());
}

static void
handle_event (HarkDht *dht, const HarkDhtEvent *event)
{
  HarkDhtStatus status;

  if (event->kind == HARK_DHT_EVENT_PUT_DONE) {
    printf ("stored %u\n", event->acks);
  } else if (event->kind == HARK_DHT_EVENT_GET_DONE && event->found) {
    printf ("value %lld %.*s\n", (long long) event->seq, (int) event->len,
            (const char *) event->data);
  } else if (event->kind == HARK_DHT_EVENT_GET_DONE) {
    printf ("none\n");
  } else if (event->kind == HARK_DHT_EVENT_STATUS) {
    hark_dht_get_status (dht, &status);
    printf ("nodes %u\n", status.nodes[0]);
  }
}

static void
drain (HarkDht *dht, int fd)
{
  HarkDhtPacket packet;
  HarkDhtEvent event;

  while (hark_dht_poll_packet (dht, &packet)) {
    struct sockaddr_storage to;
    socklen_t len = (socklen_t) hark_endpoint_to_sockaddr (&packet.to, false, &to);

    sendto (fd, packet.data, packet.len, 0, (struct sockaddr *) &to, len);
  }
  while (hark_dht_poll_event (dht, &event))
    handle_event (dht, &event);
  fflush (stdout);
}

static void
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
}

int
main (int argc, char **argv)
{
  HarkDhtConfig config = {.allow_loopback = true, .serve = true};
  HarkEndpoint own, start;
  HarkRng rng;
  HarkDht *dht;
  uint8_t seed[32];
  struct sockaddr_storage address;
  struct pollfd polls[2];
  char line[1200];
  bool open = true;

  if (argc != 3 || sodium_init () < 0 || !hark_endpoint_parse (argv[1], &own)
      || !hark_endpoint_parse (argv[2], &start))
    return 2;
  randombytes_buf (seed, sizeof seed);
  hark_rng_init (&rng, seed);
  dht = hark_dht_new (&config, &rng, clock_now ());
  polls[0] = (struct pollfd){.fd = socket (AF_INET, SOCK_DGRAM, 0), .events = POLLIN};
  polls[1] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
  if (bind (polls[0].fd, (struct sockaddr *) &address,
            (socklen_t) hark_endpoint_to_sockaddr (&own, false, &address))
      < 0)
    return 2;
  hark_dht_bootstrap (dht, &start, clock_now ());
  while (open) {
    HarkTime deadline, now;
    int wait = -1;

    drain (dht, polls[0].fd);
    deadline = hark_dht_get_deadline (dht);
    now = clock_now ();
    if (deadline != HARK_TIME_NEVER)
      wait = deadline <= now ? 0 : (int) ((deadline - now) / HARK_MS) + 1;
    poll (polls, 2, wait);
    if (polls[0].revents)
      receive (dht, polls[0].fd);
    if (polls[1].revents && read (STDIN_FILENO, NULL, 0) == 0) {
      open = fgets (line, sizeof line, stdin) != NULL;
      if (open)
        handle_line (dht, line);
    }
    hark_dht_handle_time (dht, clock_now ());
  }
  hark_dht_free (dht);
  return 0;
}
