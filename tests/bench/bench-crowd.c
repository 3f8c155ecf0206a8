/* Fifty people write to one at the same time: how many messages a second are durable there, and how
 * long an acknowledgement takes.
 *
 *   bench-crowd [WRITERS [MESSAGES [RATE]]]    50, 20,000 and 2,200 a second in all unless told
 *
 * One engine, each writer an engine in a process of its own, all on this machine. Writers' profiles
 * lie in memory where there is /dev/shm, so that the disk is the receiver's alone; their processors
 * are not.
 */
#include "tests/bench/hub.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS_MIN 5     /* half the time between two messages of one writer, */
#define TICK_MS_MAX 50    /* for fifty that look every 5 ms would be 10,000 wake-ups a second */
#define SPACING_US 600000 /* contact points pass on two knocks a second to one person */
#define TEXT "One of many messages, about as long as people write them."

/* ---- a writer ---- */

typedef struct {
  uint8_t reader[HARK_ACCOUNT_LEN];
  bool is_online, is_done;
  unsigned n, sent, delivered;
  double rate; /* a second */
  gint64 start_us;
  gint64 *sent_us; /* of each, in order, which is that of deliveries */
  GArray *values;  /* ms */
} Writer;

static void
hear (BenchPeer *peer, const HarkEvent *event)
{
  Writer *writer = peer->data;

  if (event->kind == HARK_EVENT_CONTACT && event->person->presence == HARK_PRESENCE_ONLINE
      && event->person->status == HARK_PERSON_ACCEPTED) {
    memcpy (writer->reader, event->person->account, sizeof writer->reader);
    writer->is_online = true;
  } else if (event->kind == HARK_EVENT_MESSAGE_STATE
             && event->message->state == HARK_STATE_DELIVERED && writer->delivered < writer->sent) {
    double ms = (double) (g_get_monotonic_time () - writer->sent_us[writer->delivered++]) / 1000;

    g_array_append_val (writer->values, ms);
    writer->is_done = writer->delivered == writer->n;
  }
}

/* As many as are due, whatever has become of those before. */
static gboolean
write_due (void *data)
{
  BenchPeer *peer = data;
  Writer *writer = peer->data;
  const double due
    = (double) (g_get_monotonic_time () - writer->start_us) / G_USEC_PER_SEC * writer->rate;

  while (writer->sent < writer->n && writer->sent < due) {
    writer->sent_us[writer->sent++] = g_get_monotonic_time ();
    bench_peer_send (peer, writer->reader, TEXT);
  }
  return writer->sent < writer->n;
}

/* us of all threads of this process so far. */
static double
own_cpu (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &spent);
  return (double) spent.tv_sec * G_USEC_PER_SEC + (double) spent.tv_nsec / 1000;
}

/* Arguments: profile, DHT node, address of the reader, messages, rate, where the times go. */
static void
live_writer (int fd, char **arguments)
{
  Writer writer = {.n = (unsigned) atoi (arguments[3]),
                   .rate = g_ascii_strtod (arguments[4], NULL),
                   .values = g_array_new (FALSE, FALSE, sizeof (double))};
  BenchPeer peer;
  BenchNote note;
  double cpu;

  writer.sent_us = g_new0 (gint64, writer.n);
  bench_peer_init (&peer, fd, arguments[0], arguments[1], hear, &writer);
  bench_peer_start (&peer);
  bench_peer_add (&peer, arguments[2]);
  bench_peer_run (&peer, &writer.is_online);
  bench_tell (fd, "online", NULL, 0);
  if (!bench_peer_hear (&peer, &note))
    exit (0);
  writer.start_us = g_get_monotonic_time ();
  cpu = own_cpu ();
  g_timeout_add ((guint) CLAMP (500 / writer.rate, TICK_MS_MIN, TICK_MS_MAX), write_due, &peer);
  bench_peer_run (&peer, &writer.is_done);
  if (!g_file_set_contents (arguments[5], writer.values->data,
                            (gssize) (writer.values->len * sizeof (double)), NULL))
    bench_fail ("cannot write %s", arguments[5]);
  bench_tell (fd, "done", NULL, (double) g_get_monotonic_time ());
  bench_tell (fd, "cpu", NULL, own_cpu () - cpu);
  while (bench_peer_hear (&peer, &note))
    continue;
  bench_peer_clear (&peer);
}

/* ---- conducting ---- */

static void
add_times (const char *path, GArray *values)
{
  g_autofree char *bytes = NULL;
  gsize len;

  if (!g_file_get_contents (path, &bytes, &len, NULL))
    bench_fail ("cannot read %s", path);
  g_array_append_vals (values, bytes, (guint) (len / sizeof (double)));
  g_unlink (path);
}

static void
remove_profile (const char *profile)
{
  const char *argv[] = {"rm", "-rf", "--", profile, NULL};

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                NULL);
}

static const char *
writers_folder (void)
{
  static char folder[] = "/dev/shm/hark-bench-XXXXXX";

  return g_access ("/dev/shm", W_OK) == 0 ? g_mkdtemp (folder) : bench_folder ();
}

static void
start_writers (const BenchHub *hub,
               const char *folder,
               unsigned n,
               unsigned each,
               double rate,
               BenchProcess **ret)
{
  g_autofree char *count = g_strdup_printf ("%u", each);
  g_autofree char *pace = g_strdup_printf ("%f", rate / n);

  for (unsigned i = 0; i < n; i++) {
    g_autofree char *profile = g_strdup_printf ("%s/%u", folder, i);
    g_autofree char *times = g_strdup_printf ("%s/%u-times", folder, i);

    ret[i] = bench_start (
      "writer", (const char *[]){profile, hub->bootstrap, hub->address, count, pace, times, NULL});
    g_usleep (SPACING_US);
  }
  for (unsigned i = 0; i < n; i++)
    bench_expect (ret[i], "online");
}

int
main (int argc, char **argv)
{
  static const BenchRole roles[] = {
    {"node",   bench_role_node},
    {"hub",    bench_role_hub },
    {"writer", live_writer    }
  };
  BenchSample before, after;
  double start, end = 0, writers_cpu = 0;

  bench_begin (argc, argv, roles, G_N_ELEMENTS (roles));
  const unsigned n = argc > 1 ? (unsigned) atoi (argv[1]) : 50;
  const unsigned each = (argc > 2 ? (unsigned) atoi (argv[2]) : 20000) / MAX (n, 1);
  const double rate = argc > 3 ? g_ascii_strtod (argv[3], NULL) : 2200;
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree BenchProcess **writers = g_new0 (BenchProcess *, n);
  const char *folder = writers_folder ();
  BenchHub *hub = bench_hub_start ();

  start_writers (hub, folder, n, each, rate, writers);
  before = bench_hub_sample (hub);
  start = (double) g_get_monotonic_time ();
  for (unsigned i = 0; i < n; i++)
    bench_tell (writers[i]->fd, "go", NULL, 0);
  for (unsigned i = 0; i < n; i++) {
    const double done = bench_expect (writers[i], "done").number;

    end = MAX (end, done);
    writers_cpu += bench_expect (writers[i], "cpu").number;
  }
  after = bench_hub_sample (hub);
  for (unsigned i = 0; i < n; i++) {
    g_autofree char *times = g_strdup_printf ("%s/%u-times", folder, i);

    add_times (times, values);
  }
  bench_print ("crowd", "durable messages received",
               "that many write at once, until the last is known to be on the other disk",
               "messages/s", "\"writers\": %u, \"n\": %u, \"offered\": %.0f, \"rate\": %.0f", n,
               values->len, rate, values->len / ((end - start) / G_USEC_PER_SEC));
  bench_print_spread ("crowd", "acknowledgement", "command to the event that it is delivered", "ms",
                      values);
  bench_print ("crowd", "receiver", "processor time and growth of its heap meanwhile", "",
               "\"cpu_us_per_message\": %.0f, \"heap_mib\": %.1f",
               (after.cpu_us - before.cpu_us) / values->len, (after.heap - before.heap) / 1048576);
  bench_print ("crowd", "writers", "processor time of all of them meanwhile", "",
               "\"cpu_us_per_message\": %.0f", writers_cpu / values->len);
  for (unsigned i = 0; i < n; i++)
    bench_stop (writers[i]);
  if (folder != bench_folder ())
    remove_profile (folder);
  bench_hub_free (hub);
  return 0;
}
