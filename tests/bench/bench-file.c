/* One stream from one process to another over a libnice path on loopback, each process on a core of
 * its own.
 *
 *   bench-file [MEBIBYTES [PACKET]]    how much to move in each run, 512 unless told; bytes of the
 * only packet size
 *
 * One line of JSON for each packet size and cipher. The receiver compares every byte.
 */
#include "net/io/ice.h"
#include "net/net.h"
#include "net/session/session.h"

#include <glib-unix.h>
#include <sched.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BLOCK (1u << 20)
#define MEGABYTE 1000000.0

typedef struct {
  bool sender;
  int fd; /* to the other process: descriptions */
  GMainContext *context;
  GMainLoop *loop;
  HarkIce *ice;
  HarkIcePath *path;
  HarkSession *session;
  GSource *timer;
  GBytes *block;
  int64_t stream;
  uint64_t total, done; /* bytes */
  HarkTime started, ended;
  bool ready;
  unsigned burst;      /* packets since the last flush */
  HarkTime burst_time; /* their clock; as in net/io/runner.c */
} End;

typedef struct {
  GSource source;
  End *end;
} TimerSource;

static HarkTime
now_ns (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_BOOTTIME, &ts);
  return (HarkTime) ts.tv_sec * HARK_SECOND + (HarkTime) ts.tv_nsec;
}

static void
send_out (End *end)
{
  HarkSessionBatch batch;

  while (hark_session_poll_batch (end->session, now_ns (), &batch))
    hark_ice_path_send (end->path, batch.data, batch.len, batch.segment);
}

/* Keeps the stream's queue filled; the blocks are one and the same memory. */
static void
fill (End *end)
{
  if (end->stream < 0)
    end->stream = hark_session_stream_open (end->session, 2);
  while (end->stream >= 0 && end->done < end->total
         && hark_session_stream_room (end->session, end->stream) > 0) {
    end->done += BLOCK;
    hark_session_stream_send (end->session, end->stream, end->block, end->done >= end->total);
  }
}

static void
check (End *end, const HarkSessionEvent *event)
{
  const uint8_t *expected = g_bytes_get_data (end->block, NULL);

  if (end->done == 0)
    end->started = now_ns ();
  for (size_t at = 0; at < event->len;) {
    size_t offset = (end->done + at) % BLOCK;
    size_t len = MIN (event->len - at, BLOCK - offset);

    if (memcmp (event->data + at, expected + offset, len) != 0)
      g_error ("byte %" G_GUINT64_FORMAT " or behind it differs", end->done + at);
    at += len;
  }
  end->done += event->len;
  hark_session_stream_consume (end->session, event->stream, event->len);
  if (event->finished) {
    end->ended = now_ns ();
    hark_session_stream_send (end->session, event->stream, NULL, true);
  }
}

static void
handle_events (End *end)
{
  HarkSessionEvent event;

  while (hark_session_poll_event (end->session, &event)) {
    switch (event.kind) {
    case HARK_SESSION_CONFIRMED:
    case HARK_SESSION_STREAM_WRITABLE:
      if (end->sender)
        fill (end);
      break;
    case HARK_SESSION_STREAM_DATA:
      if (!end->sender)
        check (end, &event);
      break;
    case HARK_SESSION_STREAM_CLOSED:
      if (!end->sender)
        break;
      hark_session_close (end->session, 0, now_ns ());
      send_out (end);
      g_main_loop_quit (end->loop);
      break;
    case HARK_SESSION_CLOSED:
      if (end->sender || end->ended == 0)
        g_error ("session closed: %s", event.reason);
      g_main_loop_quit (end->loop);
      break;
    case HARK_SESSION_STREAM_OPENED:
    case HARK_SESSION_STREAM_ACKED:
    case HARK_SESSION_SILENT:
    case HARK_SESSION_ALIVE:
    case HARK_SESSION_MEDIA:
      break;
    }
  }
}

static void
go_on (void *data)
{
  End *end = data;

  end->burst = 0;
  if (!end->ready)
    return;
  handle_events (end);
  send_out (end);
}

static gboolean
on_deadline (GSource *source, GSourceFunc callback G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  End *end = ((TimerSource *) source)->end;

  hark_session_handle_time (end->session, now_ns ());
  go_on (end);
  return G_SOURCE_CONTINUE;
}

static HarkTime
deadline_of (GSource *source)
{
  return hark_session_get_deadline (((TimerSource *) source)->end->session);
}

static gboolean
prepare (GSource *source, gint *ret_timeout_ms)
{
  return hark_net_runner_is_due (deadline_of (source), ret_timeout_ms);
}

static gboolean
is_due (GSource *source)
{
  return hark_net_runner_is_due (deadline_of (source), NULL);
}

static GSourceFuncs timer_funcs = {.prepare = prepare, .check = is_due, .dispatch = on_deadline};

static void
on_local (void *data, uint32_t path G_GNUC_UNUSED, const HarkPathDescription *local)
{
  End *end = data;
  uint8_t bytes[HARK_PATH_DESCRIPTION_LEN_MAX];
  size_t len = hark_path_description_write (local, bytes, sizeof bytes);

  if (send (end->fd, bytes, len, 0) < 0)
    g_error ("send: %m");
}

static void
on_state (void *data,
          uint32_t path G_GNUC_UNUSED,
          HarkPathState state,
          const HarkPathInfo *info G_GNUC_UNUSED)
{
  End *end = data;

  end->ready = state == HARK_PATH_READY;
  hark_session_handle_path (end->session, end->ready, now_ns ());
  go_on (end);
}

static void
on_packet (void *data,
           uint32_t path G_GNUC_UNUSED,
           const HarkEndpoint *from G_GNUC_UNUSED,
           const uint8_t *packet,
           size_t len)
{
  End *end = data;

  if (end->burst++ % 8 == 0)
    end->burst_time = now_ns ();
  hark_session_handle_packet (end->session, packet, len, end->burst_time);
}

static void
on_too_big (void *data, uint32_t path G_GNUC_UNUSED)
{
  End *end = data;

  hark_session_handle_path (end->session, true, now_ns ());
}

static const HarkIceHandlers handlers = {.on_local = on_local,
                                         .on_state = on_state,
                                         .on_packet = on_packet,
                                         .on_too_big = on_too_big,
                                         .on_flush = go_on};

static gboolean
on_remote (gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
  End *end = data;
  uint8_t bytes[HARK_PATH_DESCRIPTION_LEN_MAX];
  HarkPathDescription remote;
  ssize_t len = recv (fd, bytes, sizeof bytes, 0);

  if (len <= 0)
    return G_SOURCE_REMOVE;
  if (!hark_path_description_read (bytes, (size_t) len, true, &remote))
    g_error ("bad description");
  hark_ice_path_set_remote (end->path, &remote);
  return G_SOURCE_CONTINUE;
}

static void
pin_to_core (int core)
{
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET ((size_t) (core % MAX (1, (int) sysconf (_SC_NPROCESSORS_ONLN))), &set);
  sched_setaffinity (0, sizeof set, &set);
}

static GBytes *
make_block (void)
{
  HarkRng rng;
  uint8_t seed[32] = {7};
  uint8_t *block = g_malloc (BLOCK);

  hark_rng_init (&rng, seed);
  hark_rng_bytes (&rng, block, BLOCK);
  return g_bytes_new_take (block, BLOCK);
}

/* The life of one process; returns the seconds from first to last byte, 0 at the sender. */
static double
run_end (bool sender, int fd, size_t packet, bool aes, uint64_t total)
{
  HarkIceConfig ice_config = {.bind = "127.0.0.1", .allow_loopback = true};
  HarkSessionConfig config = {.initiator = sender, .aes = aes, .jumbo = true, .jumbo_size = packet};
  End end = {.sender = sender, .fd = fd, .total = total, .stream = -1};
  HarkRng rng;
  uint8_t seed[32] = {sender};
  GSource *remote;

  pin_to_core (sender);
  memset (&config.secrets, 5, sizeof config.secrets);
  memset (config.secrets.initiator_to_responder, 6, 32);
  hark_rng_init (&rng, seed);
  end.context = g_main_context_new ();
  end.loop = g_main_loop_new (end.context, FALSE);
  end.block = make_block ();
  end.session = hark_session_new (&config, &rng, now_ns ());
  end.timer = g_source_new (&timer_funcs, sizeof (TimerSource));
  ((TimerSource *) end.timer)->end = &end;
  g_source_attach (end.timer, end.context);
  remote = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_callback (remote, G_SOURCE_FUNC (on_remote), &end, NULL);
  g_source_attach (remote, end.context);
  end.ice = hark_ice_new (&ice_config, end.context, &handlers, &end);
  end.path = hark_ice_path_open (end.ice, 1, sender, NULL);

  g_main_loop_run (end.loop);

  hark_ice_path_close (end.path);
  hark_ice_free (end.ice);
  hark_session_free (end.session);
  g_source_destroy (end.timer);
  g_source_unref (end.timer);
  g_source_destroy (remote);
  g_source_unref (remote);
  g_bytes_unref (end.block);
  g_main_loop_unref (end.loop);
  g_main_context_unref (end.context);
  return (double) (end.ended - end.started) / (double) HARK_SECOND;
}

static double
cpu_seconds (const struct rusage *usage)
{
  return (double) (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec)
         + (double) (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

static pid_t
start_end (bool sender, const int fds[2], int result, size_t packet, bool aes, uint64_t total)
{
  pid_t pid = fork ();
  double seconds;

  if (pid != 0)
    return pid;
  close (fds[!sender]);
  seconds = run_end (sender, fds[sender], packet, aes, total);
  if (!sender && write (result, &seconds, sizeof seconds) != (ssize_t) sizeof seconds)
    _exit (1);
  _exit (0);
}

static void
measure (size_t packet, bool aes, uint64_t total)
{
  struct rusage usages[2] = {0};
  pid_t pids[2];
  double seconds = 0;
  int fds[2], result[2], status, failed = 0;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, fds) < 0 || pipe (result) < 0)
    g_error ("%m");
  for (int i = 0; i < 2; i++)
    pids[i] = start_end (i == 1, fds, result[1], packet, aes, total);
  close (fds[0]);
  close (fds[1]);
  close (result[1]);
  for (int i = 0; i < 2; i++) {
    wait4 (pids[i], &status, 0, &usages[i]);
    failed |= status;
  }
  if (failed || read (result[0], &seconds, sizeof seconds) != (ssize_t) sizeof seconds)
    exit (1);
  close (result[0]);
  printf ("{\"bench\": \"file\", \"cipher\": \"%s\", \"packet_bytes\": %zu, \"megabytes\": %.0f, "
          "\"mb_per_s\": %.0f, \"cpu_s_sender\": %.2f, \"cpu_s_receiver\": %.2f}\n",
          aes ? "aes-256-gcm" : "chacha20-poly1305", packet, (double) total / MEGABYTE,
          (double) total / MEGABYTE / seconds, cpu_seconds (&usages[1]), cpu_seconds (&usages[0]));
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  static const size_t packets[] = {1200, 1452, 16000};
  uint64_t total = BLOCK * (argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 512);

  size_t only = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 0;

  if (sodium_init () < 0) /* chooses the vector code, too */
    return 1;
  for (size_t i = 0; i < G_N_ELEMENTS (packets); i++) {
    if (only != 0 && packets[i] != only)
      continue;
    measure (packets[i], false, total);
    measure (packets[i], true, total);
  }
  return 0;
}
