/* tests/fuzz/fuzz-voice-packet.c - media payloads of any kind, into the packet reader, playout and
 * decoder.
 *
 * Input: records of a length byte and that many bytes; time passes by 10 ms after each record, and
 * the speaker asks for a block.
 */
#include "core/voice/pipeline.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const uint8_t seed[32] = {1};
  g_auto (HarkRng) rng;
  g_autoptr (HarkPipeline) pipeline = NULL;
  HarkTime now = HARK_SECOND;
  size_t at = 0;

  hark_rng_init (&rng, seed);
  pipeline = hark_pipeline_new (&rng);
  while (at < size) {
    size_t len = data[at++];
    int16_t block[HARK_VOICE_BLOCK];

    len = MIN (len, size - at);
    hark_pipeline_receive (pipeline, data + at, len, now);
    at += len;
    now += 10 * HARK_MS;
    hark_pipeline_play (pipeline, now, block, HARK_VOICE_BLOCK);
    for (size_t i = 0; i < HARK_VOICE_BLOCK; i++)
      if (abs (block[i]) > 29204) /* -1 dBFS */
        abort ();
  }
  return 0;
}
