#include "core/voice/player.h"

#include "core/voice/ogg.h"
#include "core/voice/stretch.h"

#include <opus.h>
#include <stdatomic.h>
#include <string.h>

#define PACKET_SAMPLES_MAX 5760
#define PRE_ROLL 3840 /* samples: 80 ms */
#define AHEAD \
  (HARK_VOICE_BLOCK + 3 * (HARK_STRETCH_LAG_MAX + HARK_STRETCH_FADE)) /* wanted in the buffer */
#define RATE_MS 48
#define NOWHERE UINT32_MAX
#define PEAKS_RATE 8000 /* a picture needs no more */

struct HarkPlayer {
  GBytes *clip;
  HarkOggIndex *index;
  OpusDecoder *opus;
  guint next;       /* packet to be decoded */
  uint64_t decoded; /* samples up to which the buffer holds */
  uint64_t from;    /* before these nothing is heard */
  int16_t buffer[AHEAD + PACKET_SAMPLES_MAX];
  size_t filled;
  int debt; /* samples to be left out, at the speed there is */
  atomic_uint seek_ms, speed, at_ms;
  atomic_bool paused, over;
};

HarkPlayer *
hark_player_new (GBytes *clip)
{
  gsize len;
  const uint8_t *bytes = g_bytes_get_data (clip, &len);
  HarkOggIndex *index = bytes != NULL ? hark_ogg_index_new (bytes, len) : NULL;
  HarkPlayer *player;
  int status;

  if (index == NULL)
    return NULL;
  player = g_new0 (HarkPlayer, 1);
  player->clip = g_bytes_ref (clip);
  player->index = index;
  player->from = index->from;
  player->opus = opus_decoder_create (HARK_VOICE_RATE, 1, &status);
  g_assert (status == OPUS_OK);
  atomic_init (&player->seek_ms, NOWHERE);
  atomic_init (&player->speed, HARK_PLAYER_SPEED_MIN);
  return player;
}

void
hark_player_free (HarkPlayer *player)
{
  if (player == NULL)
    return;
  opus_decoder_destroy (player->opus);
  hark_ogg_index_free (player->index);
  g_bytes_unref (player->clip);
  g_free (player);
}

/* ---- the speaker's thread ---- */

static const HarkOggPacket *
packet_at (const HarkPlayer *player, guint i)
{
  return &g_array_index (player->index->packets, HarkOggPacket, i);
}

/* One packet more in the buffer; what does not decode is silence of its length. */
static void
decode (HarkPlayer *player)
{
  const uint8_t *bytes = g_bytes_get_data (player->clip, NULL);
  const HarkOggPacket *packet = packet_at (player, player->next++);
  int16_t *to = player->buffer + player->filled;
  uint64_t start = packet->start, end = packet->start + packet->samples;
  const int got = opus_decode (player->opus, bytes + packet->at, (opus_int32) packet->len, to,
                               PACKET_SAMPLES_MAX, 0);

  if (got != (int) packet->samples)
    memset (to, 0, packet->samples * sizeof *to);
  player->decoded = end;
  end = MIN (end, player->index->until);
  start = MAX (start, player->from);
  if (end <= start)
    return;
  memmove (to, to + (start - packet->start), (size_t) (end - start) * sizeof *to);
  player->filled += (size_t) (end - start);
}

static void
fill (HarkPlayer *player)
{
  while (player->filled < AHEAD && player->next < player->index->packets->len)
    decode (player);
}

/* The last packet that begins at @sample or before. */
static guint
find_packet (const HarkPlayer *player, uint64_t sample)
{
  guint low = 0, high = player->index->packets->len;

  while (high - low > 1) {
    const guint middle = low + (high - low) / 2;

    if (packet_at (player, middle)->start <= sample)
      low = middle;
    else
      high = middle;
  }
  return low;
}

static void
jump (HarkPlayer *player, uint32_t at_ms)
{
  const uint64_t wanted = player->index->from + (uint64_t) at_ms * RATE_MS;

  opus_decoder_ctl (player->opus, OPUS_RESET_STATE);
  player->filled = 0;
  player->debt = 0;
  player->from = MIN (wanted, player->index->until);
  player->next = find_packet (player, player->from > PRE_ROLL ? player->from - PRE_ROLL : 0);
  player->decoded = packet_at (player, player->next)->start;
  atomic_store (&player->over, false);
}

/* Leaves out what has to be, a pitch period or so at a time, within the block that comes next. */
static void
hurry (HarkPlayer *player)
{
  const unsigned speed = atomic_load (&player->speed);
  double likeness;

  player->debt += (int) (speed - HARK_PLAYER_SPEED_MIN) * HARK_VOICE_BLOCK / 100;
  for (size_t at = 0; at + HARK_STRETCH_FADE <= HARK_VOICE_BLOCK; at += HARK_STRETCH_FADE) {
    size_t lag;

    if (player->debt < HARK_STRETCH_LAG_MIN
        || player->filled < at + HARK_STRETCH_LAG_MAX + 2 * HARK_STRETCH_FADE)
      return;
    lag = hark_stretch_find (player->buffer + at, 1, HARK_STRETCH_LAG_MAX, &likeness);
    hark_stretch_shrink (player->buffer + at, player->filled - at, lag);
    player->filled -= lag;
    player->debt -= (int) lag;
  }
}

static void
say_where (HarkPlayer *player)
{
  const uint64_t end = MIN (player->decoded, player->index->until);
  const uint64_t at = end > player->filled ? end - player->filled : 0;
  const uint64_t from = player->index->from;

  atomic_store (&player->at_ms, at > from ? (unsigned) ((at - from) / RATE_MS) : 0);
}

bool
hark_player_play (HarkPlayer *player, int16_t ret[HARK_VOICE_BLOCK])
{
  const uint32_t wanted = atomic_exchange (&player->seek_ms, NOWHERE);
  size_t n;

  memset (ret, 0, HARK_VOICE_BLOCK * sizeof *ret);
  if (wanted != NOWHERE) {
    jump (player, wanted);
    fill (player);
    say_where (player);
  }
  if (atomic_load (&player->over))
    return false;
  if (atomic_load (&player->paused))
    return true;
  fill (player);
  hurry (player);
  fill (player);
  n = MIN (player->filled, HARK_VOICE_BLOCK);
  memcpy (ret, player->buffer, n * sizeof *ret);
  player->filled -= n;
  memmove (player->buffer, player->buffer + n, player->filled * sizeof *ret);
  say_where (player);
  if (n == 0)
    atomic_store (&player->over, true);
  return n > 0;
}

/* ---- any thread ---- */

void
hark_player_seek (HarkPlayer *player, uint32_t at_ms)
{
  atomic_store (&player->over, false);
  atomic_store (&player->seek_ms, MIN (at_ms, NOWHERE - 1));
}

void
hark_player_set_speed (HarkPlayer *player, unsigned speed)
{
  atomic_store (&player->speed, CLAMP (speed, HARK_PLAYER_SPEED_MIN, HARK_PLAYER_SPEED_MAX));
}

void
hark_player_set_paused (HarkPlayer *player, bool paused)
{
  atomic_store (&player->paused, paused);
}

uint32_t
hark_player_get_at_ms (const HarkPlayer *player)
{
  return atomic_load (&player->at_ms);
}

bool
hark_player_is_over (const HarkPlayer *player)
{
  return atomic_load (&player->over);
}

/* ---- the picture ---- */

/* @samples (at PEAKS_RATE) of a packet that begins at @start (at 48 kHz), into the loudest of each
 * part. */
static void
note_peaks (const HarkOggIndex *index,
            uint64_t start,
            const int16_t *samples,
            int n,
            uint8_t ret[HARK_PLAYER_PEAKS])
{
  for (int i = 0; i < n; i++) {
    const uint64_t at = start + (uint64_t) i * (HARK_VOICE_RATE / PEAKS_RATE);
    const int level = MIN (ABS ((int) samples[i]) >> 7, UINT8_MAX);
    uint64_t part;

    if (at < index->from || at >= index->until)
      continue;
    part = (at - index->from) * HARK_PLAYER_PEAKS / (index->until - index->from);
    ret[part] = (uint8_t) MAX ((int) ret[part], level);
  }
}

bool
hark_player_peaks (GBytes *clip, uint8_t ret[HARK_PLAYER_PEAKS])
{
  gsize len;
  const uint8_t *bytes = g_bytes_get_data (clip, &len);
  g_autoptr (HarkOggIndex) index = bytes != NULL ? hark_ogg_index_new (bytes, len) : NULL;
  int16_t samples[PACKET_SAMPLES_MAX / (HARK_VOICE_RATE / PEAKS_RATE)];
  OpusDecoder *opus;
  int status;

  if (index == NULL)
    return false;
  memset (ret, 0, HARK_PLAYER_PEAKS);
  opus = opus_decoder_create (PEAKS_RATE, 1, &status);
  g_assert (status == OPUS_OK);
  for (guint i = 0; i < index->packets->len; i++) {
    const HarkOggPacket *packet = &g_array_index (index->packets, HarkOggPacket, i);
    const int n = opus_decode (opus, bytes + packet->at, (opus_int32) packet->len, samples,
                               G_N_ELEMENTS (samples), 0);

    note_peaks (index, packet->start, samples, n, ret);
  }
  opus_decoder_destroy (opus);
  return true;
}
