#include "core/voice/outgoing.h"

#include <string.h>

#define BLOCK_TIME (10 * HARK_MS)
#define PAUSE (500 * HARK_MS) /* longer than any scheduling delay: the microphone was away */
#define LOW_DELAY_FROM 24000  /* bit/s: below it frames sound better the other way */

/* Frames of one rate, for those of the listeners who have it. */
typedef struct {
  HarkEncoder *encoder;
  bool on, ready; /* ready: a frame became full by the last block */
  unsigned bitrate, blocks;
  uint32_t tick;                                                   /* of the newest frame */
  uint8_t frames[1 + HARK_VOICE_COPIES_MAX][HARK_VOICE_FRAME_MAX]; /* newest first */
  unsigned sent;                                                   /* so many before the newest */
} Stream;

typedef struct {
  bool on;
  HarkQuality quality;
  HarkQualityPlan plan;
  unsigned stream;
} Line;

struct HarkOutgoing {
  Line lines[HARK_VOICE_PEOPLE_MAX];
  Stream streams[HARK_OUTGOING_STREAMS];
  HarkQuality first; /* how a line begins */
  HarkQuality best;  /* of the lines, while one was on */
  int16_t samples[HARK_VOICE_BLOCK * HARK_VOICE_FRAME_BLOCKS_MAX];
  unsigned filled; /* blocks; frames of two begin where it is 0, in every stream */
  bool was_muted, replan;
  uint32_t tick; /* of the next block */
  HarkTime last; /* when the block before came; 0: none did */
  bool reopened; /* the microphone, since then */
};

G_STATIC_ASSERT (HARK_VOICE_FRAME_BLOCKS_MAX == 2);

HarkOutgoing *
hark_outgoing_new (uint32_t tick)
{
  HarkOutgoing *outgoing = g_new0 (HarkOutgoing, 1);
  HarkQuality usual;

  hark_quality_init (&usual);
  for (unsigned i = 0; i < HARK_OUTGOING_STREAMS; i++) {
    const HarkQualityPlan plan = hark_quality_plan (&usual);

    outgoing->streams[i].encoder = hark_encoder_new (plan.blocks, plan.bitrate);
  }
  outgoing->tick = tick;
  hark_outgoing_learn (outgoing, &usual);
  return outgoing;
}

void
hark_outgoing_free (HarkOutgoing *outgoing)
{
  if (outgoing == NULL)
    return;
  for (unsigned i = 0; i < HARK_OUTGOING_STREAMS; i++)
    hark_encoder_free (outgoing->streams[i].encoder);
  g_free (outgoing);
}

void
hark_outgoing_learn (HarkOutgoing *outgoing, const HarkQuality *before)
{
  hark_quality_begin (&outgoing->first, before);
  outgoing->best = outgoing->first;
  for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++)
    outgoing->lines[i].quality = outgoing->first;
  outgoing->replan = true;
}

HarkQuality
hark_outgoing_quality (const HarkOutgoing *outgoing)
{
  return outgoing->best;
}

/* ---- who gets which stream ---- */

static Stream *
of_rate (HarkOutgoing *outgoing, const bool *taken, unsigned bitrate)
{
  for (unsigned i = 0; i < HARK_OUTGOING_STREAMS; i++)
    if (taken[i] && outgoing->streams[i].bitrate == bitrate)
      return &outgoing->streams[i];
  return NULL;
}

/* The stream that @line had before, or else one that nobody has. */
static Stream *
spare (HarkOutgoing *outgoing, const bool *taken, const Line *line)
{
  if (!taken[line->stream])
    return &outgoing->streams[line->stream];
  for (unsigned i = 0; i < HARK_OUTGOING_STREAMS; i++)
    if (!taken[i])
      return &outgoing->streams[i];
  g_assert_not_reached (); /* as many as rates, by hark_quality_share() */
}

/* From the next frame on. Frames of another length cannot be repeated beside it. */
static void
set_stream (HarkOutgoing *outgoing, unsigned at, bool taken)
{
  Stream *stream = &outgoing->streams[at];
  const size_t len = hark_encoder_frame_len (stream->encoder);
  bool robust = stream->blocks > 1 || stream->bitrate < LOW_DELAY_FROM;

  for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++) {
    const Line *line = &outgoing->lines[i];

    robust |= line->on && line->stream == at && line->plan.copies > 0;
  }
  if (taken && !stream->on)
    hark_encoder_reset (stream->encoder);
  if (taken)
    hark_encoder_set (stream->encoder, stream->blocks, stream->bitrate, robust);
  if (!stream->on || hark_encoder_frame_len (stream->encoder) != len)
    stream->sent = 0;
  stream->on = taken;
  stream->ready = false;
}

/* Whoever's rate has a stream keeps that; then the others move theirs, or begin one. */
static void
follow_plans (HarkOutgoing *outgoing)
{
  HarkQualityPlan plans[HARK_VOICE_PEOPLE_MAX] = {0};
  bool taken[HARK_OUTGOING_STREAMS] = {false};

  for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++)
    if (outgoing->lines[i].on)
      plans[i] = hark_quality_plan (&outgoing->lines[i].quality);
  hark_quality_share (plans, HARK_VOICE_PEOPLE_MAX, HARK_OUTGOING_STREAMS);
  for (unsigned s = 0; s < HARK_OUTGOING_STREAMS; s++)
    for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++)
      taken[s] |= outgoing->streams[s].on && plans[i].bitrate == outgoing->streams[s].bitrate;
  for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++) {
    Line *line = &outgoing->lines[i];
    Stream *stream;

    line->plan = plans[i];
    if (!line->on)
      continue;
    stream = of_rate (outgoing, taken, plans[i].bitrate);
    if (stream == NULL) {
      stream = spare (outgoing, taken, line);
      stream->bitrate = plans[i].bitrate;
      stream->blocks = plans[i].blocks;
    }
    line->stream = (unsigned) (stream - outgoing->streams);
    taken[line->stream] = true;
  }
  for (unsigned s = 0; s < HARK_OUTGOING_STREAMS; s++)
    set_stream (outgoing, s, taken[s]);
}

static void
follow_lines (HarkOutgoing *outgoing, const HarkOutgoingLine *lines)
{
  const Line *best = NULL;

  for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++) {
    Line *line = &outgoing->lines[i];

    if (lines[i].fresh)
      line->quality = outgoing->first;
    outgoing->replan |= lines[i].on != line->on || (lines[i].on && lines[i].fresh);
    line->on = lines[i].on;
    if (!line->on)
      continue;
    outgoing->replan
      |= hark_quality_step (&line->quality, lines[i].loss_there, lines[i].wait_there);
    if (best == NULL || line->quality.step > best->quality.step)
      best = line;
  }
  if (best != NULL)
    outgoing->best = best->quality;
  if (outgoing->replan && outgoing->filled == 0) {
    follow_plans (outgoing);
    outgoing->replan = false;
  }
}

/* ---- sound ---- */

static int16_t *
fill (HarkOutgoing *outgoing, const int16_t samples[HARK_VOICE_BLOCK], bool muted)
{
  int16_t *to = outgoing->samples + outgoing->filled * HARK_VOICE_BLOCK;

  for (int i = 0; i < HARK_VOICE_BLOCK; i++) {
    int gain = muted == outgoing->was_muted ? HARK_VOICE_BLOCK : i;

    if (muted)
      gain = HARK_VOICE_BLOCK - gain;
    to[i] = (int16_t) (samples[i] * gain / HARK_VOICE_BLOCK);
  }
  outgoing->was_muted = muted;
  outgoing->filled++;
  return to;
}

static void
encode (Stream *stream, const int16_t *samples, uint32_t tick)
{
  memmove (stream->frames[1], stream->frames[0], sizeof stream->frames - sizeof stream->frames[0]);
  hark_encoder_encode (stream->encoder, samples, stream->frames[0]);
  stream->tick = tick;
  stream->ready = true;
  stream->sent = MIN (stream->sent + 1, 1 + HARK_VOICE_COPIES_MAX);
}

/* The block that comes now was due one block after the last; what is more than that was missed. */
static void
skip_pause (HarkOutgoing *outgoing, HarkTime now)
{
  HarkTime gap = outgoing->last != 0 ? hark_time_since (now, outgoing->last) : 0;

  if (gap >= PAUSE || (outgoing->reopened && gap > BLOCK_TIME))
    outgoing->tick += (uint32_t) ((gap - BLOCK_TIME / 2) / BLOCK_TIME);
  outgoing->reopened = false;
  outgoing->last = now;
}

void
hark_outgoing_reopened (HarkOutgoing *outgoing)
{
  outgoing->reopened = true;
}

void
hark_outgoing_capture (HarkOutgoing *outgoing,
                       const HarkOutgoingLine lines[HARK_VOICE_PEOPLE_MAX],
                       const int16_t samples[HARK_VOICE_BLOCK],
                       bool muted,
                       HarkTime now)
{
  const int16_t *block;

  follow_lines (outgoing, lines);
  skip_pause (outgoing, now);
  block = fill (outgoing, samples, muted);
  for (unsigned i = 0; i < HARK_OUTGOING_STREAMS; i++) {
    Stream *stream = &outgoing->streams[i];

    stream->ready = false;
    if (stream->on && stream->blocks == 1)
      encode (stream, block, outgoing->tick);
    else if (stream->on && outgoing->filled == HARK_VOICE_FRAME_BLOCKS_MAX)
      encode (stream, outgoing->samples, outgoing->tick - 1);
  }
  outgoing->tick++;
  outgoing->filled %= HARK_VOICE_FRAME_BLOCKS_MAX;
}

size_t
hark_outgoing_packet (const HarkOutgoing *outgoing,
                      unsigned person,
                      unsigned version,
                      uint8_t loss_here,
                      uint8_t wait_here,
                      uint8_t ret[HARK_VOICE_PACKET_MAX])
{
  const Line *line = &outgoing->lines[person];
  const Stream *stream = &outgoing->streams[line->stream];
  HarkVoicePacket packet
    = {.version = version, .loss = loss_here, .wait = wait_here, .tick = stream->tick};

  g_assert (person < HARK_VOICE_PEOPLE_MAX);
  if (!line->on || !stream->ready)
    return 0;
  packet.blocks = stream->blocks;
  packet.copies = MIN (line->plan.copies, stream->sent - 1);
  packet.frame_len = hark_encoder_frame_len (stream->encoder);
  for (unsigned i = 0; i <= packet.copies; i++)
    packet.frames[i] = stream->frames[i];
  return hark_voice_packet_write (&packet, ret);
}

unsigned
hark_outgoing_rate (const HarkOutgoing *outgoing, unsigned person)
{
  const Line *line = &outgoing->lines[person];

  g_assert (person < HARK_VOICE_PEOPLE_MAX);
  return line->on && line->plan.blocks > 0 ? line->plan.bitrate * (1 + line->plan.copies)
                                               + HARK_VOICE_HEADER_LEN * 800 / line->plan.blocks
                                           : 0;
}
