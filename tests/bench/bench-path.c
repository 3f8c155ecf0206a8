/* Packets through a bare libnice path on loopback: what a session has to live with. One process,
 * one core, so the figure is the cost of both ends together.
 *
 *   bench-path [PACKETS]    2,000,000 unless told
 */
#include "net/io/ice.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define BATCH_LEN_MAX 64000

typedef struct End End;

struct End {
  HarkIce *ice;
  HarkIcePath *path;
  End *other;
  bool ready;
  uint64_t packets, bytes;
};

static void
on_local (void *data, uint32_t path G_GNUC_UNUSED, const HarkPathDescription *local)
{
  End *end = data;

  hark_ice_path_set_remote (end->other->path, local);
}

static void
on_state (void *data,
          uint32_t path G_GNUC_UNUSED,
          HarkPathState state,
          const HarkPathInfo *info G_GNUC_UNUSED)
{
  End *end = data;

  end->ready = state == HARK_PATH_READY;
}

static void
on_packet (void *data,
           uint32_t path G_GNUC_UNUSED,
           const HarkEndpoint *from G_GNUC_UNUSED,
           const uint8_t *packet G_GNUC_UNUSED,
           size_t len)
{
  End *end = data;

  end->packets++;
  end->bytes += len;
}

static void
on_too_big (void *data G_GNUC_UNUSED, uint32_t path G_GNUC_UNUSED)
{
}

static void
on_flush (void *data G_GNUC_UNUSED)
{
}

static const HarkIceHandlers handlers = {.on_local = on_local,
                                         .on_state = on_state,
                                         .on_packet = on_packet,
                                         .on_too_big = on_too_big,
                                         .on_flush = on_flush};

static double
cpu_now (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &ts);
  return (double) ts.tv_sec + (double) ts.tv_nsec / 1e9;
}

static void
measure (GMainContext *context, End ends[2], size_t packet, uint64_t target)
{
  static uint8_t batch[BATCH_LEN_MAX];
  size_t len = MIN (BATCH_LEN_MAX / packet, 64) * packet;
  uint64_t sent = 0;
  double cpu = cpu_now ();
  gint64 start = g_get_monotonic_time ();

  memset (batch, 0xc0, sizeof batch);
  ends[1].packets = ends[1].bytes = 0;
  while (sent < target) {
    if (hark_ice_path_send (ends[0].path, batch, len, packet))
      sent += len / packet;
    g_main_context_iteration (context, FALSE);
  }
  while (g_main_context_iteration (context, FALSE))
    continue;
  cpu = cpu_now () - cpu;
  printf ("{\"bench\": \"path\", \"packet_bytes\": %zu, \"packets\": %" G_GUINT64_FORMAT
          ", \"lost\": %" G_GUINT64_FORMAT ", \"packets_per_s\": %.0f, \"mb_per_s\": %.0f, "
          "\"cpu_us_per_packet\": %.2f}\n",
          packet, ends[1].packets, sent - ends[1].packets,
          (double) ends[1].packets * 1e6 / (double) (g_get_monotonic_time () - start),
          (double) ends[1].bytes / (double) (g_get_monotonic_time () - start),
          cpu * 1e6 / (double) ends[1].packets);
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  static const size_t packets[] = {80, 1200, 1452, 16000};
  uint64_t target = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 2000000;
  g_autoptr (GMainContext) context = g_main_context_new ();
  HarkIceConfig config = {.bind = "127.0.0.1", .allow_loopback = true};
  End ends[2] = {0};

  g_main_context_push_thread_default (context);
  for (int i = 0; i < 2; i++) {
    ends[i].other = &ends[!i];
    ends[i].ice = hark_ice_new (&config, context, &handlers, &ends[i]);
    ends[i].path = hark_ice_path_open (ends[i].ice, 1, i == 0, NULL);
  }
  while (!ends[0].ready || !ends[1].ready)
    g_main_context_iteration (context, TRUE);
  for (size_t i = 0; i < G_N_ELEMENTS (packets); i++)
    measure (context, ends, packets[i], packets[i] > 2000 ? target / 10 : target);
  for (int i = 0; i < 2; i++)
    hark_ice_path_close (ends[i].path);
  for (int i = 0; i < 2; i++)
    hark_ice_free (ends[i].ice);
  g_main_context_pop_thread_default (context);
  return 0;
}
