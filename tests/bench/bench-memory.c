/* What contacts cost while nothing happens: memory, processor, network.
 *
 *   bench-memory [CONTACTS [SECONDS]]    50, and 12 of idling, unless told
 *
 * One engine is measured, in a process of its own on loopback; every contact is a real engine in
 * another process, and they find each other through DHT nodes of their own.
 */
#include "tests/bench/peer.h"
#include "tests/bench/traffic.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define DHT_NODES 8
#define GUEST_SPACING_US 300000
#define SETTLE_US (2 * G_USEC_PER_SEC)

/* ---- the one that is measured ---- */

typedef struct {
  uint16_t port;
  GHashTable *online; /* accounts */
} Hub;

typedef struct {
  double rss, heap, cpu_us;
  BenchTraffic signalling, paths;
} Sample;

static double
resident_bytes (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;
  line = strstr (text, "VmRSS:");
  return line != NULL ? g_ascii_strtod (line + strlen ("VmRSS:"), NULL) * 1024 : 0;
}

static void
tell_sample (int fd, const Hub *hub)
{
  struct mallinfo2 heap = mallinfo2 ();
  struct rusage usage;
  BenchTraffic signalling, paths;
  g_autofree char *text = NULL;

  getrusage (RUSAGE_SELF, &usage);
  bench_traffic (hub->port, &signalling, &paths);
  text = g_strdup_printf (
    "%.0f %.0f %.0f %.0f %.0f %.0f %.0f", resident_bytes (), (double) (heap.uordblks + heap.hblkhd),
    (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC
      + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec),
    (double) signalling.out, (double) signalling.in, (double) paths.out, (double) paths.in);
  bench_tell (fd, "sample", text, 0);
}

static void
watch (BenchPeer *peer, const HarkEvent *event)
{
  Hub *hub = peer->data;

  if (event->kind == HARK_EVENT_READY)
    hub->port = event->port;
  if (event->kind == HARK_EVENT_RESULT && event->command == HARK_COMMAND_ADDRESS)
    bench_tell (peer->fd, "ready", event->address, 0);
  if (event->kind == HARK_EVENT_CONTACT) {
    g_autoptr (GBytes) account = g_bytes_new (event->person->account, HARK_ACCOUNT_LEN);
    guint before = g_hash_table_size (hub->online);

    if (event->person->presence == HARK_PRESENCE_ONLINE)
      g_hash_table_add (hub->online, g_bytes_ref (account));
    else
      g_hash_table_remove (hub->online, account);
    if (g_hash_table_size (hub->online) != before)
      bench_tell (peer->fd, "online", NULL, g_hash_table_size (hub->online));
  }
}

static void
live_hub (int fd, char **arguments)
{
  Hub hub = {.online = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                                              (GDestroyNotify) g_bytes_unref, NULL)};
  BenchPeer peer;
  BenchNote note;

  bench_peer_init (&peer, fd, arguments[0], arguments[1], watch, &hub);
  bench_peer_start (&peer);
  bench_peer_ask_address (&peer);
  while (bench_peer_hear (&peer, &note))
    tell_sample (fd, &hub);
  bench_peer_clear (&peer);
  g_hash_table_unref (hub.online);
}

/* ---- its contacts ---- */

static void
live_guest (int fd, char **arguments)
{
  BenchPeer peer;
  BenchNote note;

  bench_peer_init (&peer, fd, arguments[0], arguments[1], NULL, NULL);
  bench_peer_start (&peer);
  bench_peer_add (&peer, arguments[2]);
  while (bench_peer_hear (&peer, &note))
    continue;
  bench_peer_clear (&peer);
}

/* ---- conducting ---- */

static Sample
take_sample (const BenchProcess *hub)
{
  Sample sample = {0};
  double paths_in, paths_out, signalling_in, signalling_out;
  BenchNote note;

  bench_tell (hub->fd, "sample", NULL, 0);
  note = bench_expect (hub, "sample");
  if (sscanf (note.text, "%lf %lf %lf %lf %lf %lf %lf", &sample.rss, &sample.heap, &sample.cpu_us,
              &signalling_out, &signalling_in, &paths_out, &paths_in)
      != 7)
    bench_fail ("cannot read a sample");
  sample.signalling = (BenchTraffic){(uint64_t) signalling_out, (uint64_t) signalling_in};
  sample.paths = (BenchTraffic){(uint64_t) paths_out, (uint64_t) paths_in};
  return sample;
}

/* One after the other: contact points pass on two knocks a second to one person. */
static void
gather (
  const BenchProcess *hub, const char *bootstrap, const char *address, unsigned from, unsigned to)
{
  for (unsigned i = from; i < to; i++) {
    g_autofree char *profile = g_strdup_printf ("%s/Guest-%u", bench_folder (), i);

    bench_start ("guest", (const char *[]){profile, bootstrap, address, NULL});
    g_usleep (GUEST_SPACING_US);
  }
  while (bench_expect (hub, "online").number < to)
    continue;
  g_usleep (SETTLE_US);
}

static Sample
print_memory (const BenchProcess *hub, unsigned contacts, const Sample *alone)
{
  Sample sample = take_sample (hub);
  unsigned n = MAX (1, contacts);

  bench_print ("memory", "engine", "one process, contacts connected, from /proc and mallinfo2",
               "MiB, KiB per contact",
               "\"contacts\": %u, \"rss_mib\": %.1f, \"heap_mib\": %.1f, "
               "\"rss_kib_per_contact\": %.0f, \"heap_kib_per_contact\": %.0f",
               contacts, sample.rss / 1048576, sample.heap / 1048576,
               alone != NULL ? (sample.rss - alone->rss) / 1024 / n : 0,
               alone != NULL ? (sample.heap - alone->heap) / 1024 / n : 0);
  return sample;
}

static void
print_idle (const BenchProcess *hub, unsigned contacts, unsigned seconds)
{
  Sample before = take_sample (hub), after;
  double span;
  gint64 start = g_get_monotonic_time ();

  g_usleep (seconds * (gulong) G_USEC_PER_SEC);
  after = take_sample (hub);
  span = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  bench_print ("memory", "idle", "contacts connected, nobody says anything; UDP with headers",
               "share of a core, bytes/s",
               "\"contacts\": %u, \"seconds\": %.0f, \"core_percent\": %.3f, "
               "\"path_bytes_per_s_and_contact_out\": %.1f, "
               "\"path_bytes_per_s_and_contact_in\": %.1f, "
               "\"dht_bytes_per_s_out\": %.1f, \"dht_bytes_per_s_in\": %.1f",
               contacts, span, (after.cpu_us - before.cpu_us) / span / G_USEC_PER_SEC * 100,
               (double) (after.paths.out - before.paths.out) / span / MAX (1, contacts),
               (double) (after.paths.in - before.paths.in) / span / MAX (1, contacts),
               (double) (after.signalling.out - before.signalling.out) / span,
               (double) (after.signalling.in - before.signalling.in) / span);
}

int
main (int argc, char **argv)
{
  static const BenchRole roles[] = {
    {"node",  bench_role_node},
    {"hub",   live_hub       },
    {"guest", live_guest     }
  };
  unsigned contacts = argc > 1 ? (unsigned) atoi (argv[1]) : 50;
  unsigned seconds = argc > 2 ? (unsigned) atoi (argv[2]) : 12;
  unsigned steps[] = {1, 10, contacts}, there = 0;
  BenchNote where, address;
  BenchProcess *node, *hub;
  Sample alone;

  bench_begin (argc, argv, roles, G_N_ELEMENTS (roles));
  g_autofree char *profile = g_build_filename (bench_folder (), "Hub", NULL);

  node = bench_start ("node", NULL);
  where = bench_expect (node, "ready");
  for (unsigned i = 1; i < DHT_NODES; i++)
    bench_start ("node", (const char *[]){where.text, NULL});
  hub = bench_start ("hub", (const char *[]){profile, where.text, NULL});
  address = bench_expect (hub, "ready");
  g_usleep (SETTLE_US);
  alone = print_memory (hub, 0, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (steps); i++)
    if (steps[i] > there && steps[i] <= contacts) {
      gather (hub, where.text, address.text, there, steps[i]);
      there = steps[i];
      print_memory (hub, there, &alone);
    }
  print_idle (hub, there, seconds);
  return 0;
}
