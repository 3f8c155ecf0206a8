#include "core/voice/echo/echo.h"
#include "net/base/rng.h"

#include <math.h>
#include <string.h>

#define SECONDS(n) ((n) *100)
#define TAIL 1200 /* samples of the room's response */
#define KEEP 16384

/* A loudspeaker, a room and a microphone: what is played comes back late, coloured and by a clock
 * of its own. */
typedef struct {
  HarkRng rng;
  float response[TAIL];
  float played[KEEP];
  uint64_t n;
  double at, drift; /* of the microphone's clock, behind `n` */
  unsigned delay;   /* samples */
  float colour;
} Room;

static void
room_init (Room *room, unsigned delay, double drift)
{
  static const uint8_t seed[32] = {3};

  memset (room, 0, sizeof *room);
  hark_rng_init (&room->rng, seed);
  room->delay = delay;
  room->drift = drift;
  room->n = KEEP;
  room->at = KEEP - HARK_VOICE_BLOCK;
  for (int i = 0; i < TAIL; i++)
    room->response[i] = ((float) (hark_rng_u32 (&room->rng) % 2001) / 1000 - 1) * 0.1f
                        * expf (-5.0f * (float) i / TAIL);
  room->response[0] = 0.4f;
}

static float
noise_of (Room *room)
{
  return (float) (hark_rng_u32 (&room->rng) % 65536) / 32768 - 1;
}

/* Coloured noise whose loudness moves as speech does. */
static void
speak (Room *room, uint64_t block, int16_t ret[HARK_VOICE_BLOCK])
{
  float loud = 6000 * (0.3f + 0.7f * fabsf (sinf ((float) block * 0.19f)));

  for (int i = 0; i < HARK_VOICE_BLOCK; i++) {
    room->colour = 0.8f * room->colour + noise_of (room) * 0.4f;
    ret[i] = (int16_t) (room->colour * loud);
  }
}

static void
play (Room *room, const int16_t block[HARK_VOICE_BLOCK])
{
  for (int i = 0; i < HARK_VOICE_BLOCK; i++)
    room->played[room->n++ % KEEP] = block[i];
}

/* What the microphone hears of it. */
static void
hear (Room *room, int16_t ret[HARK_VOICE_BLOCK])
{
  for (int i = 0; i < HARK_VOICE_BLOCK; i++) {
    double from = room->at - room->delay;
    uint64_t whole = (uint64_t) from;
    float part = (float) (from - (double) whole), sum = 0;

    for (unsigned t = 0; t < TAIL; t++) {
      float a = room->played[(whole - t) % KEEP], b = room->played[(whole - t + 1) % KEEP];

      sum += room->response[t] * (a + part * (b - a));
    }
    ret[i] = (int16_t) lrintf (sum);
    room->at += 1 + room->drift * 1e-6;
  }
}

static double
energy (const int16_t block[HARK_VOICE_BLOCK])
{
  double sum = 0;

  for (int i = 0; i < HARK_VOICE_BLOCK; i++)
    sum += (double) block[i] * block[i];
  return sum;
}

/* Runs for @blocks and says by how many dB the last second became quieter. */
static double
run (HarkEcho *echo, Room *room, unsigned blocks, const HarkEchoConfig *config)
{
  double before = 0, after = 1;

  for (unsigned i = 0; i < blocks; i++) {
    int16_t far[HARK_VOICE_BLOCK], near[HARK_VOICE_BLOCK], out[HARK_VOICE_BLOCK];

    speak (room, i, far);
    play (room, far);
    hark_echo_played (echo, far);
    hear (room, near);
    hark_echo_heard (echo, config, near, out);
    if (i + 100 >= blocks) {
      before += energy (near);
      after += energy (out);
    }
  }
  return 10 * log10 (before / after);
}

static const HarkEchoConfig both = {.echo = true, .noise = true}, neither;

static void
test_quiet (void)
{
  g_autoptr (HarkEcho) echo = hark_echo_new ();
  HarkEchoStats stats;
  Room room;

  room_init (&room, 1500, 0);
  g_assert_cmpfloat (run (echo, &room, SECONDS (3), &both), >, 30);
  hark_echo_get_stats (echo, &stats);
  g_assert_cmpfloat (fabs (stats.drift_ppm), <, 3);
  g_assert_cmpfloat (stats.reduction_db, >, 10);
}

static void
test_moved (void)
{
  g_autoptr (HarkEcho) echo = hark_echo_new ();
  Room room;

  room_init (&room, 1500, 0);
  run (echo, &room, SECONDS (2), &both);
  room.delay += 150;
  for (int i = 1; i < TAIL; i++)
    room.response[i] = -room.response[i];
  g_assert_cmpfloat (run (echo, &room, SECONDS (3), &both), >, 20);
}

static void
test_drift (void)
{
  for (int sign = -1; sign <= 1; sign += 2) {
    g_autoptr (HarkEcho) echo = hark_echo_new ();
    HarkEchoStats stats;
    Room room;

    room_init (&room, 3000, sign * 100);
    g_assert_cmpfloat (run (echo, &room, SECONDS (6), &both), >, 20);
    hark_echo_get_stats (echo, &stats);
    g_assert_cmpfloat (fabs (stats.drift_ppm - sign * 100), <, 10);
  }
}

/* Somebody here speaks alone: he is heard as he is, a little later. */
static void
test_near (void)
{
  g_autoptr (HarkEcho) echo = hark_echo_new ();
  int16_t silence[HARK_VOICE_BLOCK] = {0}, in[HARK_VOICE_BLOCK], out[HARK_VOICE_BLOCK];
  double before = 0, after = 0;
  Room room;

  room_init (&room, 1500, 0);
  run (echo, &room, SECONDS (2), &both);
  for (unsigned i = 0; i < SECONDS (2); i++) {
    speak (&room, i, in);
    hark_echo_played (echo, silence);
    hark_echo_heard (echo, &(HarkEchoConfig){.echo = true}, in, out);
    before += energy (in);
    after += energy (out);
  }
  g_assert_cmpfloat (fabs (10 * log10 (after / before)), <, 1);
}

/* Who speaks as soon as the microphone opens is not taken for the room's noise. */
static void
test_first_words (void)
{
  g_autoptr (HarkEcho) echo = hark_echo_new ();
  int16_t silence[HARK_VOICE_BLOCK] = {0}, in[HARK_VOICE_BLOCK], out[HARK_VOICE_BLOCK];
  double before = 0, after = 0;
  Room room;

  room_init (&room, 1500, 0);
  for (unsigned i = 0; i < SECONDS (2); i++) {
    speak (&room, i, in);
    for (int j = 0; i % 30 >= 22 && j < HARK_VOICE_BLOCK; j++)
      in[j] = (int16_t) (noise_of (&room) * 20); /* between words: -70 dBFS */
    hark_echo_played (echo, silence);
    hark_echo_heard (echo, &both, in, out);
    before += energy (in);
    after += energy (out);
  }
  g_assert_cmpfloat (fabs (10 * log10 (after / before)), <, 2);
}

/* A fan of -45 dBFS: quieter within three seconds. */
static void
test_fan (void)
{
  g_autoptr (HarkEcho) echo = hark_echo_new ();
  int16_t silence[HARK_VOICE_BLOCK] = {0}, in[HARK_VOICE_BLOCK], out[HARK_VOICE_BLOCK];
  double before = 0, after = 1;
  Room room;

  room_init (&room, 1500, 0);
  for (unsigned i = 0; i < SECONDS (4); i++) {
    for (int j = 0; j < HARK_VOICE_BLOCK; j++)
      in[j] = (int16_t) (noise_of (&room) * 320);
    hark_echo_played (echo, silence);
    hark_echo_heard (echo, &both, in, out);
    before += i < SECONDS (3) ? 0 : energy (in);
    after += i < SECONDS (3) ? 0 : energy (out);
  }
  g_assert_cmpfloat (10 * log10 (before / after), >, 8);
}

static void
test_off (void)
{
  g_autoptr (HarkEcho) echo = hark_echo_new ();
  Room room;

  room_init (&room, 1500, 0);
  g_assert_cmpfloat (fabs (run (echo, &room, SECONDS (1), &neither)), <, 0.5);
  run (echo, &room, SECONDS (2), &neither);
  g_assert_cmpfloat (run (echo, &room, SECONDS (1), &both), >, 25); /* it had learned */
}

/* A loudspeaker whose echo is so much louder, and which plays a sample's tanh. */
typedef struct {
  float loud, bent; /* bent: of full scale 1 / bent; 0: not at all */
} Speaker;

/* Learns for four seconds, then somebody here speaks as well: by how many dB he is louder than
 * all that is wrong with what is heard of him, in the last two of three seconds. */
static double
double_talk (const Speaker *speaker)
{
  g_autoptr (HarkEcho) echo = hark_echo_new ();
  const HarkEchoConfig config = {.echo = true};
  float late[HARK_VOICE_BLOCK + 120] = {0};
  double voice = 0, wrong = 1;
  Room room, here = {.colour = 0};

  room_init (&room, 1500, 0);
  hark_rng_init (&here.rng, (const uint8_t[32]){5});
  for (unsigned i = 0; i < SECONDS (7); i++) {
    int16_t far[HARK_VOICE_BLOCK], bent[HARK_VOICE_BLOCK], mic[HARK_VOICE_BLOCK],
      near[HARK_VOICE_BLOCK] = {0};

    speak (&room, i, far);
    for (int j = 0; j < HARK_VOICE_BLOCK; j++)
      bent[j] = speaker->bent > 0
                  ? (int16_t) (tanhf ((float) far[j] * speaker->bent) / speaker->bent)
                  : far[j];
    play (&room, bent);
    hark_echo_played (echo, far);
    hear (&room, mic);
    if (i >= SECONDS (4))
      speak (&here, i * 13 / 10, near);
    memmove (late, late + HARK_VOICE_BLOCK, 120 * sizeof *late);
    for (int j = 0; j < HARK_VOICE_BLOCK; j++) {
      late[120 + j] = near[j];
      mic[j] = (int16_t) CLAMP (mic[j] * speaker->loud + near[j], INT16_MIN, INT16_MAX);
    }
    hark_echo_heard (echo, &config, mic, mic);
    for (int j = 0; i >= SECONDS (5) && j < HARK_VOICE_BLOCK; j++) {
      voice += (double) (late[j] * late[j]);
      wrong += (double) ((mic[j] - late[j]) * (mic[j] - late[j]));
    }
  }
  return 10 * log10 (voice / wrong);
}

/* While both speak, the near voice stays what it is. */
static void
test_both (void)
{
  g_assert_cmpfloat (double_talk (&(Speaker){.loud = 1}), >, 22.7);
}

/* So it does where the microphone cuts off the loudest samples. */
static void
test_cut_off (void)
{
  g_assert_cmpfloat (double_talk (&(Speaker){.loud = 8}), >, 8.5);
}

/* And with a loudspeaker that bends what it plays. */
static void
test_bent (void)
{
  g_assert_cmpfloat (double_talk (&(Speaker){.loud = 2, .bent = 1.0f / 8192}), >, 18);
}

/* Full scale, alternating, silent, nothing played, everything at once: nothing but numbers. */
static void
test_hostile (void)
{
  g_autoptr (HarkEcho) echo = hark_echo_new ();
  static const uint8_t seed[32] = {9};
  g_auto (HarkRng) rng;
  int16_t far[HARK_VOICE_BLOCK], near[HARK_VOICE_BLOCK], out[HARK_VOICE_BLOCK];
  HarkEchoStats stats;
  Room room;

  hark_rng_init (&rng, seed);
  for (unsigned i = 0; i < 600; i++) {
    for (int j = 0; j < HARK_VOICE_BLOCK; j++) {
      far[j] = i % 3 == 0 ? INT16_MIN : i % 3 == 1 ? (int16_t) hark_rng_u32 (&rng) : 0;
      near[j] = i % 5 == 0 ? INT16_MAX : i % 5 == 1 ? (int16_t) hark_rng_u32 (&rng) : 0;
    }
    for (unsigned n = hark_rng_u32 (&rng) % 4; n > 0; n--)
      hark_echo_played (echo, far);
    hark_echo_heard (echo, &both, near, out);
  }
  hark_echo_get_stats (echo, &stats);
  g_assert_true (isfinite (stats.drift_ppm) && isfinite (stats.reduction_db));
  room_init (&room, 1500, 0);
  g_assert_cmpfloat (run (echo, &room, SECONDS (4), &both), >, 8); /* and it recovers */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/echo/becomes-quiet", test_quiet);
  g_test_add_func ("/echo/finds-a-path-that-moved", test_moved);
  g_test_add_func ("/echo/follows-clocks-that-differ", test_drift);
  g_test_add_func ("/echo/leaves-one-voice-alone", test_near);
  g_test_add_func ("/echo/keeps-the-near-voice-while-both-speak", test_both);
  g_test_add_func ("/echo/mends-what-the-microphone-cut-off", test_cut_off);
  g_test_add_func ("/echo/learns-how-a-loudspeaker-bends", test_bent);
  g_test_add_func ("/echo/first-words-are-no-noise", test_first_words);
  g_test_add_func ("/echo/makes-a-fan-quieter", test_fan);
  g_test_add_func ("/echo/learns-while-switched-off", test_off);
  g_test_add_func ("/echo/survives-any-samples", test_hostile);
  return g_test_run ();
}
