/* tests/bench/echo-run.c - one echo canceller over one recording, for bench-echo.py.
 *
 *   echo-run hark|hark-echo|hark-filter|speex FAR.raw MIC.raw OUT.raw     48 kHz mono, 16 bit, of
 * the machine's byte order
 *
 * hark and speex get all they have: canceller, what is left of the echo, noise; hark-echo all but
 * the noise, hark-filter the canceller alone. Prints the processor time for
 * a block of 10 ms in microseconds. Exit 2: this engine was not built in.
 */
#include "core/voice/echo/canceller.h"
#include "core/voice/echo/drift.h"
#include "core/voice/echo/echo.h"

#ifdef WITH_SPEEX
#include <speex/speex_echo.h>
#include <speex/speex_preprocess.h>
#endif

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define BLOCK HARK_VOICE_BLOCK
#define SPEEX_TAIL_MS 200

typedef struct {
  HarkEcho *hark;
  HarkEchoConfig config;
  bool filter; /* `canceller` alone */
#ifdef WITH_SPEEX
  SpeexEchoState *canceller;
  SpeexPreprocessState *rest;
#endif
} Engine;

static HarkCanceller canceller;
static HarkDrift drift;

/* The first two links of hark_echo_heard(). */
static void
filter (const int16_t far[BLOCK], const int16_t mic[BLOCK], int16_t ret[BLOCK])
{
  float played[BLOCK], heard[BLOCK];
  HarkEchoStep step;

  for (int i = 0; i < BLOCK; i++) {
    played[i] = far[i];
    heard[i] = mic[i];
  }
  hark_drift_put (&drift, played);
  if (hark_drift_take (&drift, played) == HARK_DRIFT_LATER)
    hark_canceller_shift (&canceller);
  if (hark_canceller_step (&canceller, played, heard, &step))
    hark_drift_watch (&drift, &canceller.quick);
  for (int i = 0; i < BLOCK; i++)
    ret[i] = (int16_t) lrintf (CLAMP (step.rest[i], INT16_MIN, INT16_MAX));
}

static bool
start (Engine *engine, const char *name)
{
  if (strcmp (name, "hark") == 0 || strcmp (name, "hark-echo") == 0) {
    engine->hark = hark_echo_new ();
    engine->config = (HarkEchoConfig){.echo = true, .noise = strcmp (name, "hark") == 0};
    return true;
  }
  if (strcmp (name, "hark-filter") == 0) {
    hark_spectrum_prepare ();
    hark_canceller_init (&canceller);
    hark_drift_init (&drift);
    engine->filter = true;
    return true;
  }
#ifdef WITH_SPEEX
  if (strcmp (name, "speex") == 0) {
    int rate = HARK_VOICE_RATE;

    engine->canceller = speex_echo_state_init (BLOCK, HARK_VOICE_RATE / 1000 * SPEEX_TAIL_MS);
    engine->rest = speex_preprocess_state_init (BLOCK, rate);
    speex_echo_ctl (engine->canceller, SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
    speex_preprocess_ctl (engine->rest, SPEEX_PREPROCESS_SET_ECHO_STATE, engine->canceller);
    return true;
  }
#endif
  return false;
}

static void
step (Engine *engine, const int16_t far[BLOCK], const int16_t mic[BLOCK], int16_t ret[BLOCK])
{
  if (engine->hark != NULL) {
    hark_echo_played (engine->hark, far);
    hark_echo_heard (engine->hark, &engine->config, mic, ret);
    return;
  }
  if (engine->filter) {
    filter (far, mic, ret);
    return;
  }
#ifdef WITH_SPEEX
  speex_echo_cancellation (engine->canceller, mic, far, ret);
  speex_preprocess_run (engine->rest, ret);
#endif
}

static void
stop (Engine *engine)
{
  hark_echo_free (engine->hark);
#ifdef WITH_SPEEX
  if (engine->canceller != NULL) {
    speex_preprocess_state_destroy (engine->rest);
    speex_echo_state_destroy (engine->canceller);
  }
#endif
}

static double
cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e6 + (double) now.tv_nsec / 1e3;
}

int
main (int argc, char **argv)
{
  int16_t far[BLOCK] = {0}, mic[BLOCK], out[BLOCK];
  FILE *files[3] = {NULL};
  Engine engine = {NULL};
  double took = 0;
  unsigned blocks = 0;

  if (argc != 5 || !start (&engine, argv[1]))
    return 2;
  for (int i = 0; i < 3; i++) {
    files[i] = fopen (argv[2 + i], i < 2 ? "rb" : "wb");
    if (files[i] == NULL)
      g_error ("cannot open %s", argv[2 + i]);
  }
  while (fread (mic, sizeof *mic, BLOCK, files[1]) == BLOCK) {
    double before;

    if (fread (far, sizeof *far, BLOCK, files[0]) != BLOCK)
      memset (far, 0, sizeof far);
    before = cpu_us ();
    step (&engine, far, mic, out);
    took += cpu_us () - before;
    blocks++;
    fwrite (out, sizeof *out, BLOCK, files[2]);
  }
  for (int i = 0; i < 3; i++)
    fclose (files[i]);
  stop (&engine);
  printf ("%.1f\n", took / MAX (blocks, 1));
  return 0;
}
