/* bench-session - one stream between two sessions in one process, no sockets: MB/s on one core, and
 * what an idle connection weighs. One JSON line for each measurement. */
#include "net/session/keys.h"
#include "net/session/session.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#define CHUNK (256 * 1024)
#define IDLE_SESSIONS 100

static HarkTime
get_time (void)
{
  return (HarkTime) g_get_monotonic_time () * 1000;
}

typedef struct {
  HarkSession *session;
  bool confirmed;
  uint64_t bytes;
} End;

/* Sends what @from has and delivers it; the clock runs on meanwhile, as it does on a real path. */
static void
pump (End *from, End *to)
{
  HarkSessionBatch batch;
  HarkSessionEvent event;

  while (hark_session_poll_batch (from->session, get_time (), &batch)) {
    HarkTime now = get_time ();

    for (size_t at = 0; at < batch.len; at += batch.segment)
      hark_session_handle_packet (to->session, batch.data + at, MIN (batch.segment, batch.len - at),
                                  now);
    while (hark_session_poll_event (to->session, &event)) {
      to->confirmed = to->confirmed || event.kind == HARK_SESSION_CONFIRMED;
      if (event.kind == HARK_SESSION_STREAM_DATA) {
        to->bytes += event.len;
        hark_session_stream_consume (to->session, event.stream, event.len);
      }
    }
  }
  if (hark_session_get_deadline (from->session) <= get_time ())
    hark_session_handle_time (from->session, get_time ());
}

static void
start (End ends[2], bool aes, size_t size)
{
  static uint64_t count;
  HarkSessionConfig config = {.aes = aes, .jumbo = true, .jumbo_size = size};
  HarkSessionEvent event;
  uint8_t seed[32] = {1};
  HarkRng rng;

  memcpy (seed, &count, sizeof count);
  count++;
  hark_rng_init (&rng, seed);
  hark_rng_bytes (&rng, &config.secrets, sizeof config.secrets);
  for (unsigned i = 0; i < 2; i++) {
    config.initiator = i == 0;
    ends[i] = (End){.session = hark_session_new (&config, &rng, get_time ())};
  }
  for (unsigned i = 0; i < 2000 && !(ends[0].confirmed && ends[1].confirmed); i++) {
    for (unsigned j = 0; j < 2; j++) {
      pump (&ends[j], &ends[1 - j]);
      while (hark_session_poll_event (ends[j].session, &event))
        ends[j].confirmed = ends[j].confirmed || event.kind == HARK_SESSION_CONFIRMED;
    }
  }
  g_assert_true (ends[0].confirmed && ends[1].confirmed);
}

static void
measure (bool aes, size_t size, double seconds)
{
  End ends[2];
  HarkTime begin, now;
  g_autofree uint8_t *data = g_malloc0 (CHUNK);
  g_autoptr (GBytes) bytes = g_bytes_new (data, CHUNK);
  HarkSessionStats stats;
  uint64_t before;
  int64_t stream;

  start (ends, aes, size);
  begin = get_time ();
  stream = hark_session_stream_open (ends[0].session, 2);
  hark_session_stream_send (ends[0].session, stream, bytes, false);
  pump (&ends[0], &ends[1]);
  before = ends[1].bytes;
  do {
    now = get_time ();
    while (hark_session_stream_room (ends[0].session, stream) > CHUNK)
      hark_session_stream_send (ends[0].session, stream, bytes, false);
    pump (&ends[0], &ends[1]);
    pump (&ends[1], &ends[0]);
  } while ((double) (now - begin) < seconds * 1e9);
  hark_session_get_stats (ends[0].session, &stats);
  printf (
    "{\"bench\":\"session\",\"cipher\":\"%s\",\"packet\":%zu,\"mtu\":%zu,\"MB_per_s\":%.0f}\n",
    aes ? "aes256gcm" : "chacha20poly1305", size, stats.mtu,
    (double) (ends[1].bytes - before) / (double) (now - begin) * 1000);
  for (unsigned i = 0; i < 2; i++)
    hark_session_free (ends[i].session);
}

static void
measure_idle (void)
{
  End ends[IDLE_SESSIONS][2];
  struct mallinfo2 before = mallinfo2 (), after;

  for (unsigned i = 0; i < IDLE_SESSIONS; i++)
    start (ends[i], false, 1452);
  after = mallinfo2 ();
  printf ("{\"bench\":\"session-idle\",\"heap_bytes_per_connection_end\":%zu}\n",
          (after.uordblks + after.hblkhd - before.uordblks - before.hblkhd) / (2 * IDLE_SESSIONS));
  for (unsigned i = 0; i < IDLE_SESSIONS; i++)
    for (unsigned j = 0; j < 2; j++)
      hark_session_free (ends[i][j].session);
}

int
main (int argc, char **argv)
{
  static const size_t sizes[] = {1200, 1452, 8900, 16000};
  double seconds = argc > 1 ? g_ascii_strtod (argv[1], NULL) : 1.0;

  if (sodium_init () < 0)
    return 1;
  for (unsigned i = 0; i < G_N_ELEMENTS (sizes); i++) {
    measure (false, sizes[i], seconds);
    if (hark_keys_have_aes ())
      measure (true, sizes[i], seconds);
  }
  measure_idle ();
  return 0;
}
