/* pulseloop - the smallest possible "voice application": microphone -> (Opus) -> speaker
 * inside one process, over libpulse with low-latency buffers. Gives the floor that
 * the sound server itself puts under any application.
 *
 *   pulseloop [-i SOURCE_SERVER] [-o SINK_SERVER] [-f FRAG_MS] [-L TLENGTH_MS] [-m MINREQ_MS]
 *             [-c none|opus] [-F FRAME_MS] [-a voip|lowdelay|audio] [-b BITRATE] [-x COMPLEXITY]
 *             [-n] (no ADJUST_LATENCY) [-e] (EARLY_REQUESTS) [-s SECONDS]
 *
 * Prints underruns, codec CPU time and the buffer sizes the server granted.
 * Build: cc -O2 -o pulseloop pulseloop.c $(pkg-config --cflags --libs libpulse opus)
 */
#include <opus.h>
#include <pulse/pulseaudio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RATE 48000
#define RING (RATE * 2)

static int16_t ring[RING], cap[RATE];
static size_t rhead, rtail, ncap; /* samples */
static long zero_filled, dropped, frames, cbs, wakes;
static int started;
static double frag_ms = 10, tlen_ms = 20, minreq_ms = -1, frame_ms = 10, secs = 10, codec_us,
              codec_max_us, worst_gap;
static int use_opus, app = OPUS_APPLICATION_VOIP, bitrate = 32000, complexity = 10, adjust = 1,
                     early;
static OpusEncoder *enc;
static OpusDecoder *dec;
static pa_stream *in, *out;
static size_t level_min = RING;
static long level_count;

static double
now_us (void)
{
  struct timespec t;
  clock_gettime (CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void
push (const int16_t *p, size_t n)
{
  for (size_t i = 0; i < n; i++)
    ring[(rhead + i) % RING] = p[i];
  rhead += n;
  if (!started)
    started = 1;
}

static void
frame (int16_t *p, size_t n)
{
  if (use_opus) {
    unsigned char pkt[1500];
    int16_t o[5760];
    double t = now_us ();
    int k = opus_encode (enc, p, (int) n, pkt, sizeof pkt);
    int g = k > 0 ? opus_decode (dec, pkt, k, o, 5760, 0) : 0;
    t = now_us () - t;
    codec_us += t;
    if (t > codec_max_us)
      codec_max_us = t;
    if (g > 0)
      push (o, (size_t) g);
  } else
    push (p, n);
  frames++;
}

static void
on_read (pa_stream *s, size_t bytes, void *u)
{
  const void *p;
  size_t n;
  static double last;
  double t = now_us ();
  (void) bytes;
  (void) u;
  if (last > 0 && t - last > worst_gap)
    worst_gap = t - last;
  last = t;
  cbs++;
  while (pa_stream_readable_size (s) > 0) {
    if (pa_stream_peek (s, &p, &n) < 0 || !n)
      break;
    if (p) {
      memcpy (cap + ncap, p, n);
      ncap += n / 2;
      size_t fs = use_opus ? (size_t) (frame_ms * RATE / 1000) : ncap, at = 0;
      while (fs && ncap - at >= fs) {
        frame (cap + at, fs);
        at += fs;
      }
      memmove (cap, cap + at, (ncap - at) * 2);
      ncap -= at;
    }
    pa_stream_drop (s);
  }
}

static void
on_write (pa_stream *s, size_t bytes, void *u)
{
  size_t want = bytes / 2, have = rhead - rtail, k = have < want ? have : want;
  (void) u;
  wakes++;
  int16_t *b = malloc (bytes);
  for (size_t i = 0; i < k; i++)
    b[i] = ring[(rtail + i) % RING];
  rtail += k;
  memset (b + k, 0, (want - k) * 2);
  if (started) {
    zero_filled += (long) (want - k);
    /* what stayed in the ring at every request during a second was never needed: let it go */
    if (rhead - rtail < level_min)
      level_min = rhead - rtail;
    level_count += (long) want;
    if (level_count > RATE) {
      if (level_min > 48) {
        rtail += level_min - 24;
        dropped += (long) level_min - 24;
      }
      level_min = RING;
      level_count = 0;
    }
  }
  pa_stream_write (s, b, bytes, free, 0, PA_SEEK_RELATIVE);
}

static pa_threaded_mainloop *m;
static void
poke (pa_context *c, void *u)
{
  (void) c;
  (void) u;
  pa_threaded_mainloop_signal (m, 0);
}
static void
poke2 (pa_stream *s, void *u)
{
  (void) s;
  (void) u;
  pa_threaded_mainloop_signal (m, 0);
}
static pa_context *
connect_to (const char *server)
{
  pa_context *c = pa_context_new (pa_threaded_mainloop_get_api (m), "pulseloop");
  pa_context_set_state_callback (c, poke, NULL);
  if (pa_context_connect (c, server, PA_CONTEXT_NOAUTOSPAWN, NULL) < 0) {
    fprintf (stderr, "cannot connect\n");
    exit (1);
  }
  while (pa_context_get_state (c) != PA_CONTEXT_READY) {
    if (!PA_CONTEXT_IS_GOOD (pa_context_get_state (c))) {
      fprintf (stderr, "no server\n");
      exit (1);
    }
    pa_threaded_mainloop_wait (m);
  }
  return c;
}

static void
read_options (int argc, char **argv, const char **source, const char **sink)
{
  int o;
  while ((o = getopt (argc, argv, "i:o:f:L:m:c:F:a:b:x:nes:")) != -1)
    switch (o) {
    case 'i':
      *source = optarg;
      break;
    case 'o':
      *sink = optarg;
      break;
    case 'f':
      frag_ms = atof (optarg);
      break;
    case 'L':
      tlen_ms = atof (optarg);
      break;
    case 'm':
      minreq_ms = atof (optarg);
      break;
    case 'c':
      use_opus = !strcmp (optarg, "opus");
      break;
    case 'F':
      frame_ms = atof (optarg);
      break;
    case 'a':
      app = !strcmp (optarg, "lowdelay") ? OPUS_APPLICATION_RESTRICTED_LOWDELAY
            : !strcmp (optarg, "audio")  ? OPUS_APPLICATION_AUDIO
                                         : OPUS_APPLICATION_VOIP;
      break;
    case 'b':
      bitrate = atoi (optarg);
      break;
    case 'x':
      complexity = atoi (optarg);
      break;
    case 'n':
      adjust = 0;
      break;
    case 'e':
      early = 1;
      break;
    case 's':
      secs = atof (optarg);
      break;
    default:
      exit (2);
    }
}

static void
open_codec (void)
{
  int e;
  opus_int32 la;
  enc = opus_encoder_create (RATE, 1, app, &e);
  dec = opus_decoder_create (RATE, 1, &e);
  opus_encoder_ctl (enc, OPUS_SET_BITRATE (bitrate));
  opus_encoder_ctl (enc, OPUS_SET_COMPLEXITY (complexity));
  opus_encoder_ctl (enc, OPUS_GET_LOOKAHEAD (&la));
  printf ("opus lookahead %.1f ms\n", la * 1000.0 / RATE);
}

int
main (int argc, char **argv)
{
  const char *is = NULL, *os = NULL;
  read_options (argc, argv, &is, &os);
  if (use_opus)
    open_codec ();
  m = pa_threaded_mainloop_new ();
  pa_threaded_mainloop_start (m);
  pa_threaded_mainloop_lock (m);
  pa_context *ci = connect_to (is), *co = connect_to (os);
  pa_sample_spec sp = {PA_SAMPLE_S16LE, RATE, 1};
  uint32_t bpms = RATE / 1000 * 2;
  pa_buffer_attr ra = {(uint32_t) -1, (uint32_t) -1, (uint32_t) -1, (uint32_t) -1,
                       (uint32_t) (frag_ms * bpms) & ~1u};
  pa_buffer_attr wa
    = {(uint32_t) -1, (uint32_t) (tlen_ms * bpms) & ~1u, 0,
       minreq_ms < 0 ? (uint32_t) -1 : (uint32_t) (minreq_ms * bpms) & ~1u, (uint32_t) -1};
  pa_stream_flags_t fl = adjust ? PA_STREAM_ADJUST_LATENCY : early ? PA_STREAM_EARLY_REQUESTS : 0;
  in = pa_stream_new (ci, "capture", &sp, NULL);
  out = pa_stream_new (co, "playback", &sp, NULL);
  pa_stream_set_read_callback (in, on_read, NULL);
  pa_stream_set_write_callback (out, on_write, NULL);
  pa_stream_set_state_callback (in, poke2, NULL);
  pa_stream_set_state_callback (out, poke2, NULL);
  pa_stream_connect_playback (out, NULL, &wa, fl, NULL, NULL);
  pa_stream_connect_record (in, NULL, &ra, fl);
  while (pa_stream_get_state (in) == PA_STREAM_CREATING
         || pa_stream_get_state (out) == PA_STREAM_CREATING)
    pa_threaded_mainloop_wait (m);
  const pa_buffer_attr *g = pa_stream_get_buffer_attr (in), *h = pa_stream_get_buffer_attr (out);
  if (g && h)
    printf ("granted: fragsize %.1f ms; tlength %.1f prebuf %.1f minreq %.1f ms\n",
            g->fragsize / (double) bpms, h->tlength / (double) bpms, h->prebuf / (double) bpms,
            h->minreq / (double) bpms);
  fflush (stdout);
  pa_threaded_mainloop_unlock (m);
  usleep (2000000);
  pa_threaded_mainloop_lock (m);
  long z0 = zero_filled;
  worst_gap = 0;
  pa_threaded_mainloop_unlock (m);
  if (secs > 2)
    usleep ((useconds_t) ((secs - 2) * 1e6));
  pa_threaded_mainloop_lock (m);
  printf ("after settling: zero-filled %ld samples (%.2f ms) in %.0f s, dropped %ld, longest "
          "capture gap %.1f ms, %ld reads %ld writes",
          zero_filled - z0, (zero_filled - z0) * 1000.0 / RATE, secs - 2, dropped, worst_gap / 1000,
          cbs, wakes);
  if (use_opus)
    printf (", codec %.0f us/frame mean %.0f max", codec_us / (frames ? frames : 1), codec_max_us);
  printf ("\n");
  pa_threaded_mainloop_unlock (m);
  pa_threaded_mainloop_stop (m);
  return 0;
}
