#include "tests/bench/hub.h"

#include <malloc.h>
#include <stdio.h>
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
  text = g_strdup_printf ("%.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f", resident_bytes (),
                          (double) (heap.uordblks + heap.hblkhd),
                          (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC
                            + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec),
                          (double) signalling.out, (double) signalling.in, (double) paths.out,
                          (double) paths.in, (double) usage.ru_nvcsw);
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

void
bench_role_hub (int fd, char **arguments)
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

void
bench_role_guest (int fd, char **arguments)
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

BenchHub *
bench_hub_start (void)
{
  BenchHub *hub = g_new0 (BenchHub, 1);
  g_autofree char *profile = g_build_filename (bench_folder (), "Hub", NULL);
  BenchProcess *node = bench_start ("node", NULL);
  BenchNote note = bench_expect (node, "ready");

  hub->bootstrap = g_strdup (note.text);
  for (unsigned i = 1; i < DHT_NODES; i++)
    bench_start ("node", (const char *[]){hub->bootstrap, NULL});
  hub->process = bench_start ("hub", (const char *[]){profile, hub->bootstrap, NULL});
  note = bench_expect (hub->process, "ready");
  hub->address = g_strdup (note.text);
  g_usleep (SETTLE_US);
  return hub;
}

void
bench_hub_free (BenchHub *hub)
{
  g_free (hub->bootstrap);
  g_free (hub->address);
  g_free (hub);
}

BenchSample
bench_hub_sample (const BenchHub *hub)
{
  BenchSample sample = {0};
  double paths_in, paths_out, signalling_in, signalling_out;
  BenchNote note;

  bench_tell (hub->process->fd, "sample", NULL, 0);
  note = bench_expect (hub->process, "sample");
  if (sscanf (note.text, "%lf %lf %lf %lf %lf %lf %lf %lf", &sample.rss, &sample.heap,
              &sample.cpu_us, &signalling_out, &signalling_in, &paths_out, &paths_in,
              &sample.wake_ups)
      != 8)
    bench_fail ("cannot read a sample");
  sample.signalling = (BenchTraffic){(uint64_t) signalling_out, (uint64_t) signalling_in};
  sample.paths = (BenchTraffic){(uint64_t) paths_out, (uint64_t) paths_in};
  return sample;
}

/* One after the other: contact points pass on two knocks a second to one person. */
void
bench_hub_gather (BenchHub *hub, unsigned to)
{
  if (to <= hub->contacts)
    return;
  for (; hub->contacts < to; hub->contacts++) {
    g_autofree char *profile = g_strdup_printf ("%s/Guest-%u", bench_folder (), hub->contacts);

    bench_start ("guest", (const char *[]){profile, hub->bootstrap, hub->address, NULL});
    g_usleep (GUEST_SPACING_US);
  }
  while (bench_expect (hub->process, "online").number < to)
    continue;
  g_usleep (SETTLE_US);
}
