/* Spoken messages of a peer: read, played from several places at every speed, and drawn. The first
 * byte says where and how fast. */
#include "core/chat/clip.h"
#include "core/voice/player.h"

#define BLOCKS_MAX 400

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (HarkPlayer) player = NULL;
  int16_t block[HARK_VOICE_BLOCK];
  uint8_t peaks[HARK_PLAYER_PEAKS];
  HarkClip clip;

  if (size < 1)
    return 0;
  hark_clip_read (data + 1, size - 1, &clip);
  bytes = g_bytes_new (data + 1, size - 1);
  player = hark_player_new (bytes); /* whether it is fit or not */
  if (player == NULL)
    return 0;
  hark_player_set_speed (player, 100 + data[0] % 101u);
  for (unsigned i = 0; i < BLOCKS_MAX && hark_player_play (player, block); i++)
    if (i % 64 == 63)
      hark_player_seek (player, data[0] * i);
  if (size < 8192) /* silence of hours is slow to draw, and no news */
    hark_player_peaks (bytes, peaks);
  return 0;
}
