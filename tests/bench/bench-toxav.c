/* bench-toxav answer | bench-toxav call HOST PORT KEY ADDRESS - a call by toxcore with our sound
 * devices, for bench-call.py.
 *
 * "answer" prints {"event":"ready","port","key","address"} and takes whoever calls; both print
 * {"event":"active"} and go on until standard input ends. Blocks of 10 ms go to toxav as they come
 * from the microphone, at 32 kbit/s; what toxav hands out waits for the speaker, at most two blocks
 * of it. Both are iterated every millisecond, which is more often than toxcore asks for.
 */
#include "core/voice/device.h"
#include "core/voice/ring.h"
#include "tests/bench/tox-end.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tox/toxav.h>
#include <unistd.h>

#define KBIT 32
#define WAITING 16 /* blocks, from the microphone and to the speaker */
#define AHEAD 2

typedef struct {
  Tox *tox;
  ToxAV *av;
  HarkRing *heard, *told; /* blocks: microphone's thread to ours; ours to the speaker's */
  atomic_int ahead;       /* of the speaker */
  uint32_t friend;
  bool active, asked;
  int16_t part[HARK_VOICE_BLOCK]; /* of a block */
  size_t filled;
} End;

static void
on_heard (int16_t block[HARK_VOICE_BLOCK], HarkTime now, void *data)
{
  (void) now;
  hark_ring_push (((End *) data)->heard, block);
}

static void
on_needed (int16_t block[HARK_VOICE_BLOCK], HarkTime now, void *data)
{
  End *end = data;

  (void) now;
  if (hark_ring_pop (end->told, block))
    atomic_fetch_sub (&end->ahead, 1);
  else
    memset (block, 0, HARK_VOICE_BLOCK * sizeof *block);
}

static void
on_frame (ToxAV *av,
          uint32_t friend,
          const int16_t *samples,
          size_t count,
          uint8_t channels,
          uint32_t rate,
          void *data)
{
  End *end = data;

  (void) av;
  (void) friend;
  if (rate != HARK_VOICE_RATE)
    g_error ("%u Hz", rate);
  for (size_t i = 0; i < count; i++) {
    end->part[end->filled++] = samples[i * channels];
    if (end->filled < HARK_VOICE_BLOCK)
      continue;
    end->filled = 0;
    if (atomic_load (&end->ahead) < AHEAD && hark_ring_push (end->told, end->part))
      atomic_fetch_add (&end->ahead, 1);
  }
}

static void
say_active (End *end)
{
  if (!end->active)
    printf ("{\"event\":\"active\"}\n");
  fflush (stdout);
  end->active = true;
}

static void
on_call (ToxAV *av, uint32_t friend, bool audio, bool video, void *data)
{
  End *end = data;

  (void) audio;
  (void) video;
  end->friend = friend;
  if (toxav_answer (av, friend, KBIT, 0, NULL))
    say_active (end);
}

static void
on_state (ToxAV *av, uint32_t friend, uint32_t state, void *data)
{
  (void) av;
  (void) friend;
  if (state & TOXAV_FRIEND_CALL_STATE_ACCEPTING_A)
    say_active (data);
}

static void
step (End *end, bool calls)
{
  int16_t block[HARK_VOICE_BLOCK];

  tox_iterate (end->tox, end);
  toxav_iterate (end->av);
  if (calls && !end->asked && tox_friend_get_connection_status (end->tox, end->friend, NULL))
    end->asked = toxav_call (end->av, end->friend, KBIT, 0, NULL);
  while (hark_ring_pop (end->heard, block))
    if (end->active)
      toxav_audio_send_frame (end->av, end->friend, block, HARK_VOICE_BLOCK, 1, HARK_VOICE_RATE,
                              NULL);
}

static void
run (End *end, bool calls)
{
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  HarkDevice *mic, *speaker;

  end->heard = hark_ring_new (WAITING, HARK_VOICE_BLOCK * sizeof (int16_t));
  end->told = hark_ring_new (WAITING, HARK_VOICE_BLOCK * sizeof (int16_t));
  end->av = toxav_new (end->tox, NULL);
  toxav_callback_call (end->av, on_call, end);
  toxav_callback_call_state (end->av, on_state, end);
  toxav_callback_audio_receive_frame (end->av, on_frame, end);
  speaker = hark_device_open ("pulse", false, false, on_needed, end, NULL);
  mic = hark_device_open ("pulse", true, false, on_heard, end, NULL);
  while (poll (&input, 1, 1) == 0)
    step (end, calls);
  hark_device_close (mic);
  hark_device_close (speaker);
  toxav_kill (end->av);
  tox_kill (end->tox);
  hark_ring_free (end->heard);
  hark_ring_free (end->told);
}

static int
answer (void)
{
  End end = {.tox = tox_end_new ()};
  uint8_t key[TOX_PUBLIC_KEY_SIZE], address[TOX_ADDRESS_SIZE];

  tox_end_accept (end.tox);
  tox_self_get_dht_id (end.tox, key);
  tox_self_get_address (end.tox, address);
  printf ("{\"event\":\"ready\",\"port\":%u,\"key\":\"", tox_self_get_udp_port (end.tox, NULL));
  tox_end_print_hex (key, sizeof key);
  printf ("\",\"address\":\"");
  tox_end_print_hex (address, sizeof address);
  printf ("\"}\n");
  fflush (stdout);
  run (&end, false);
  return 0;
}

static int
call (char **argv)
{
  End end = {.tox = tox_end_new ()};
  uint8_t key[TOX_PUBLIC_KEY_SIZE], address[TOX_ADDRESS_SIZE];

  tox_end_read_hex (argv[2], key, sizeof key);
  tox_end_read_hex (argv[3], address, sizeof address);
  if (!tox_bootstrap (end.tox, argv[0], (uint16_t) atoi (argv[1]), key, NULL))
    g_error ("%s is no place", argv[0]);
  end.friend = tox_friend_add (end.tox, address, (const uint8_t *) "x", 1, NULL);
  run (&end, true);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 2 && strcmp (argv[1], "answer") == 0)
    return answer ();
  if (argc == 6 && strcmp (argv[1], "call") == 0)
    return call (argv + 2);
  fprintf (stderr, "bench-toxav answer | bench-toxav call HOST PORT KEY ADDRESS\n");
  return argc > 1; /* alone it measures nothing: bench-call.py runs it */
}
