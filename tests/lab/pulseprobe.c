/* pulseprobe - play one WAV into a sink of one sound server and record sources
 * of (other) servers at the same time, with arrival times on one clock.
 *
 *   pulseprobe [-p SERVER SINK FILE.wav] [-r SERVER SOURCE OUT]... [-t SECONDS] [-l LATENCY_MS] [-D
 * DELAY_S]
 *
 * FILE: 16-bit mono PCM WAV at 48 kHz. For each -r it writes OUT.raw (s16 mono 48 kHz)
 * and OUT.map: one line "arrival_ns first_sample count" per received fragment.
 * Records never ask the server for a lower latency (that would change what is
 * being measured); they take what the device delivers when it delivers it.
 * Build: cc -O2 -o pulseprobe pulseprobe.c $(pkg-config --cflags --libs libpulse)
 */
#include <pulse/pulseaudio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RATE 48000
#define MAXREC 8

struct rec {
  const char *server, *source, *out;
  pa_context *c;
  pa_stream *s;
  FILE *raw, *map;
  uint64_t n;
};
static struct rec recs[MAXREC];
static int nrec, stopping;
static struct {
  const char *server, *sink, *file;
  pa_context *c;
  pa_stream *s;
  int16_t *d;
  size_t n, pos;
  uint64_t t0;
} play;
static double latency_ms = 10, seconds, delay_s = 0.5;
static pa_mainloop *ml;
static pa_mainloop_api *api;
static const pa_sample_spec spec = {PA_SAMPLE_S16LE, RATE, 1};

static uint64_t
now_ns (void)
{
  struct timespec t;
  clock_gettime (CLOCK_MONOTONIC, &t);
  return (uint64_t) t.tv_sec * 1000000000u + (uint64_t) t.tv_nsec;
}
static void
die (const char *m)
{
  fprintf (stderr, "pulseprobe: %s\n", m);
  exit (1);
}

static void
load_wav (const char *path)
{
  FILE *f = fopen (path, "rb");
  uint8_t h[12], c[8], fmt[16] = {0};
  if (!f || fread (h, 1, 12, f) != 12 || memcmp (h, "RIFF", 4) || memcmp (h + 8, "WAVE", 4))
    die ("not a WAV file");
  for (;;) {
    if (fread (c, 1, 8, f) != 8)
      die ("no data in WAV file");
    uint32_t len
      = (uint32_t) c[4] | (uint32_t) c[5] << 8 | (uint32_t) c[6] << 16 | (uint32_t) c[7] << 24;
    if (!memcmp (c, "fmt ", 4)) {
      if (len < 16 || fread (fmt, 1, 16, f) != 16)
        die ("bad WAV");
      fseek (f, (long) (len - 16 + (len & 1)), SEEK_CUR);
    } else if (!memcmp (c, "data", 4)) {
      if (fmt[2] != 1 || fmt[14] != 16 || (fmt[4] | fmt[5] << 8 | fmt[6] << 16) != RATE)
        die ("WAV must be 16-bit mono 48 kHz");
      play.d = malloc (len + 2);
      play.n = fread (play.d, 2, len / 2, f);
      break;
    } else
      fseek (f, (long) (len + (len & 1)), SEEK_CUR);
  }
  fclose (f);
}

static void
on_read (pa_stream *s, size_t bytes, void *u)
{
  struct rec *r = u;
  const void *p;
  size_t n;
  uint64_t t = now_ns ();
  (void) bytes;
  while (pa_stream_readable_size (s) > 0) {
    if (pa_stream_peek (s, &p, &n) < 0 || n == 0)
      break;
    if (!stopping) {
      fprintf (r->map, "%llu %llu %zu\n", (unsigned long long) t, (unsigned long long) r->n, n / 2);
      if (p)
        fwrite (p, 1, n, r->raw);
      else
        for (size_t i = 0; i < n; i++)
          fputc (0, r->raw); /* a hole in the stream */
    }
    r->n += n / 2;
    pa_stream_drop (s);
  }
}

static void
on_write (pa_stream *s, size_t bytes, void *u)
{
  (void) u;
  size_t want = bytes / 2, left = play.n - play.pos, k = want < left ? want : left;
  if (!play.t0)
    play.t0 = now_ns ();
  if (k) {
    pa_stream_write (s, play.d + play.pos, k * 2, NULL, 0, PA_SEEK_RELATIVE);
    play.pos += k;
  }
  if (k < want) {
    void *z = calloc (want - k, 2);
    pa_stream_write (s, z, (want - k) * 2, free, 0, PA_SEEK_RELATIVE);
  }
}

static void
start_play (pa_mainloop_api *a, pa_time_event *e, const struct timeval *tv, void *u)
{
  (void) tv;
  (void) u;
  a->time_free (e);
  uint32_t b = (uint32_t) (latency_ms * RATE / 1000) * 2;
  pa_buffer_attr at = {(uint32_t) -1, b, 0, (uint32_t) -1, (uint32_t) -1};
  play.s = pa_stream_new (play.c, "mouth", &spec, NULL);
  pa_stream_set_write_callback (play.s, on_write, NULL);
  if (pa_stream_connect_playback (play.s, play.sink, &at,
                                  PA_STREAM_ADJUST_LATENCY | PA_STREAM_DONT_MOVE, NULL, NULL)
      < 0)
    die ("cannot connect playback");
}

static void
on_state (pa_context *c, void *u)
{
  struct rec *r = u;
  switch (pa_context_get_state (c)) {
  case PA_CONTEXT_FAILED:
    die ("connection failed");
    break;
  case PA_CONTEXT_READY:
    if (r) {
      pa_buffer_attr at = {(uint32_t) -1, (uint32_t) -1, (uint32_t) -1, (uint32_t) -1, 480};
      r->s = pa_stream_new (c, "ear", &spec, NULL);
      pa_stream_set_read_callback (r->s, on_read, r);
      if (pa_stream_connect_record (r->s, r->source, &at, PA_STREAM_DONT_MOVE) < 0)
        die ("cannot connect record");
    } else {
      struct timeval tv;
      pa_gettimeofday (&tv);
      pa_timeval_add (&tv, (pa_usec_t) (delay_s * 1e6));
      api->time_new (api, &tv, start_play, NULL);
    }
    break;
  default:
    break;
  }
}

static void
on_end (pa_mainloop_api *a, pa_time_event *e, const struct timeval *tv, void *u)
{
  (void) e;
  (void) tv;
  (void) u;
  stopping = 1;
  a->quit (a, 0);
}

int
main (int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    if (!strcmp (argv[i], "-p") && i + 3 < argc) {
      play.server = argv[++i];
      play.sink = argv[++i];
      play.file = argv[++i];
    } else if (!strcmp (argv[i], "-r") && i + 3 < argc && nrec < MAXREC) {
      recs[nrec].server = argv[++i];
      recs[nrec].source = argv[++i];
      recs[nrec++].out = argv[++i];
    } else if (!strcmp (argv[i], "-t") && i + 1 < argc)
      seconds = atof (argv[++i]);
    else if (!strcmp (argv[i], "-l") && i + 1 < argc)
      latency_ms = atof (argv[++i]);
    else if (!strcmp (argv[i], "-D") && i + 1 < argc)
      delay_s = atof (argv[++i]);
    else
      die ("usage: see the head of pulseprobe.c");
  }
  if (play.file)
    load_wav (play.file);
  if (seconds <= 0)
    seconds = (double) play.n / RATE + delay_s + 1.0;
  ml = pa_mainloop_new ();
  api = pa_mainloop_get_api (ml);
  for (int i = 0; i < nrec; i++) {
    char name[4096];
    snprintf (name, sizeof name, "%s.raw", recs[i].out);
    recs[i].raw = fopen (name, "wb");
    snprintf (name, sizeof name, "%s.map", recs[i].out);
    recs[i].map = fopen (name, "w");
    if (!recs[i].raw || !recs[i].map)
      die ("cannot write");
    recs[i].c = pa_context_new (api, "pulseprobe");
    pa_context_set_state_callback (recs[i].c, on_state, &recs[i]);
    if (pa_context_connect (recs[i].c, recs[i].server, PA_CONTEXT_NOAUTOSPAWN, NULL) < 0)
      die ("connect");
  }
  if (play.file) {
    play.c = pa_context_new (api, "pulseprobe");
    pa_context_set_state_callback (play.c, on_state, NULL);
    if (pa_context_connect (play.c, play.server, PA_CONTEXT_NOAUTOSPAWN, NULL) < 0)
      die ("connect");
  }
  struct timeval tv;
  pa_gettimeofday (&tv);
  pa_timeval_add (&tv, (pa_usec_t) (seconds * 1e6));
  api->time_new (api, &tv, on_end, NULL);
  int ret;
  pa_mainloop_run (ml, &ret);
  for (int i = 0; i < nrec; i++) {
    fclose (recs[i].raw);
    fclose (recs[i].map);
  }
  return 0;
}
