#include "core/voice/playout.h"

#include "core/voice/arrival.h"
#include "core/voice/stretch.h"

#include <string.h>

#define BLOCK HARK_VOICE_BLOCK
#define BLOCK_US 10000
#define HISTORY HARK_STRETCH_LAG_MAX /* played samples kept for stretching */
#define PCM_MAX 4096
#define CEILING 29204 /* -1 dBFS */

#define PULLS_MAX (HARK_PLAYOUT_PULLS * BLOCK / HARK_PLAYOUT_PART)
#define SPREAD_US 1500  /* how far above the target the delay may lie before it is shortened, */
                        /* beyond what the device asks for at once */
#define CALM_US 25000   /* this far, and shortening no longer waits for a pause in the speech */
#define HURRY_US 120000 /* this far, and likeness does not matter */
#define JUMP_US 400000  /* this far, and what is in between is skipped */
#define REST 10         /* blocks between two steps, in a hurry one */
#define PATIENCE 150    /* blocks that a step waits for a pause; then places very alike will do */
#define LIKE_ENOUGH 0.6
#define VERY_ALIKE 0.85
#define QUIET_POWER 1600.0       /* mean square under which everything is quiet: -58 dBFS */
#define QUIET_SHARE 0.002        /* of the loudest blocks' power, 27 dB below them: as well */
#define QUIET_OVER 4             /* times the least power: as well, where it is never silent */
#define LEVEL_FALL 0.9986        /* a block: half in 5 s */
#define LEAST_RISE 1.005         /* a block: twice in 1.4 s */
#define PAUSE 6                  /* quiet blocks in a row: not just the closure before a "t" */
#define COVERED_MAX 2            /* late frames in a row that their concealment may stand for */
#define STRAY_TICKS 100          /* 1 s behind: no late packet but another stream */
#define LATE_FOR (300 * HARK_MS) /* nothing but late packets for so long: the sender paused */
#define STRAYS 3                 /* that agree, before they are followed */
#define SILENT_AFTER 20          /* concealed blocks in a row; the decoder has faded out by then */
#define GONE_AFTER 100           /* and then the stream is over until packets come */
#define LOSS_PERIOD 100          /* blocks over which loss is counted */
#define LOSS_FIRST 20            /* and the first time: a call cannot wait that long for repeats */

typedef struct {
  bool full;
  bool copy; /* came as a later packet's copy */
  uint8_t len, blocks;
  int64_t tick;
  uint8_t frame[HARK_VOICE_FRAME_MAX];
} Slot;

struct HarkPlayout {
  HarkDecoder *decoder;
  Slot slots[HARK_PLAYOUT_SLOTS]; /* by tick modulo their number */
  HarkArrival arrival;

  bool known;       /* ticks have a meaning: a packet was taken */
  bool primed;      /* the speaker asked since then */
  bool running;     /* next moves */
  int64_t next;     /* tick to be decoded next */
  int64_t newest;   /* highest tick taken */
  unsigned copies;  /* blocks of repeats that packets carry now */
  unsigned missing; /* concealed in a row */
  unsigned waited;  /* of them, without giving up on the frame that is next */

  HarkTime late_since; /* since then every packet was late; never: the last was not */

  int64_t stray; /* the last tick far from the stream */
  unsigned strays;

  int16_t pcm[PCM_MAX]; /* HISTORY played samples, then len decoded ones */
  size_t len;
  unsigned rest;   /* blocks until the next step */
  unsigned wanted; /* blocks for which a step has waited for a pause */
  double level;    /* mean square of the loudest frames lately */
  double least;    /* and of the quietest */
  unsigned quiet;  /* blocks in a row at the end of pcm */

  size_t unit;                /* samples that the device asks for at once */
  size_t part;                /* samples of a block, since the last whole one */
  size_t stepped;             /* samples handed out since a step was thought of */
  int64_t pulled;             /* samples handed out, the device's clock */
  int64_t pulls;              /* requests */
  int64_t pull_us[PULLS_MAX]; /* their times less that clock */
  int64_t device_us;          /* the least of them */

  int64_t ended;     /* tick behind the newest packet */
  int64_t counted;   /* the same at the last count */
  unsigned counts;   /* so far, at most 2 */
  unsigned received; /* blocks since then, whatever the length of their frames */
  unsigned count_in; /* blocks until the next count */

  HarkPlayoutStats stats;
};

HarkPlayout *
hark_playout_new (void)
{
  HarkPlayout *playout = g_new0 (HarkPlayout, 1);

  playout->decoder = hark_decoder_new ();
  playout->unit = BLOCK;
  hark_arrival_reset (&playout->arrival);
  return playout;
}

void
hark_playout_free (HarkPlayout *playout)
{
  if (playout == NULL)
    return;
  hark_decoder_free (playout->decoder);
  g_free (playout);
}

static Slot *
slot_of (HarkPlayout *playout, int64_t tick)
{
  return &playout->slots[(uint64_t) tick % HARK_PLAYOUT_SLOTS];
}

static bool
is_here (HarkPlayout *playout, int64_t tick)
{
  const Slot *slot = slot_of (playout, tick);

  return slot->full && slot->tick == tick;
}

/* ---- packets in ------------------------------------------------------------------------- */

static void
join (HarkPlayout *playout, int64_t tick)
{
  memset (playout->slots, 0, sizeof playout->slots);
  hark_arrival_reset (&playout->arrival);
  playout->known = true;
  playout->primed = playout->running = false;
  playout->next = playout->newest = tick;
  playout->ended = playout->counted = tick;
  playout->received = 0;
  playout->strays = 0;
  playout->waited = 0;
  playout->late_since = HARK_TIME_NEVER;
}

void
hark_playout_restart (HarkPlayout *playout)
{
  join (playout, 0);
  playout->known = false;
  playout->missing = 0;
  playout->len = 0;
  playout->pulls = 0; /* the device's clock may have stood still, too */
  memset (playout->pcm, 0, sizeof playout->pcm);
  hark_decoder_reset (playout->decoder);
}

/* The 32 bits on the wire, continued from the newest tick. Starts far from zero, so that packets
 * before the first have ticks above zero too. */
static int64_t
unwrap (const HarkPlayout *playout, uint32_t tick)
{
  if (!playout->known)
    return (int64_t) tick + ((int64_t) 1 << 32);
  return playout->newest + (int32_t) (tick - (uint32_t) playout->newest);
}

/* A sender that stood still goes on where it stopped, so all it sends is late for good. A link that
 * stood still is different: it hands over everything at once and is on time again. */
static bool
is_late_for_good (HarkPlayout *playout, int64_t tick, HarkTime now)
{
  if (tick >= playout->next)
    playout->late_since = HARK_TIME_NEVER;
  else if (playout->late_since == HARK_TIME_NEVER)
    playout->late_since = now;
  return playout->late_since != HARK_TIME_NEVER
         && hark_time_since (now, playout->late_since) >= LATE_FOR;
}

/* Whether @tick belongs to the stream being played, or is the third in a row of another one. */
static bool
accept_tick (HarkPlayout *playout, int64_t tick, HarkTime now)
{
  if (!playout->known) {
    join (playout, tick);
    return true;
  }
  if (tick > playout->next - STRAY_TICKS && tick < playout->next + HARK_PLAYOUT_SLOTS) {
    playout->strays = 0;
    if (is_late_for_good (playout, tick, now)) {
      join (playout, tick);
      playout->stats.resyncs++;
    }
    return true;
  }

  if (playout->strays > 0 && ABS (tick - playout->stray) < HARK_PLAYOUT_SLOTS)
    playout->strays++;
  else
    playout->strays = 1;
  playout->stray = tick;
  if (playout->strays < STRAYS)
    return false;

  join (playout, tick);
  playout->stats.resyncs++;
  return true;
}

static void
keep (HarkPlayout *playout, int64_t tick, const HarkVoicePacket *packet, unsigned i)
{
  Slot *slot = slot_of (playout, tick);

  if (slot->full && slot->tick == tick) {
    if (i == 0 && !slot->copy)
      playout->stats.duplicate++;
    slot->copy &= i > 0;
    return;
  }
  slot->full = true;
  slot->copy = i > 0;
  slot->tick = tick;
  slot->blocks = (uint8_t) packet->blocks;
  slot->len = (uint8_t) packet->frame_len;
  memcpy (slot->frame, packet->frames[i], packet->frame_len);
}

void
hark_playout_put (HarkPlayout *playout, const HarkVoicePacket *packet, HarkTime now)
{
  int64_t tick = unwrap (playout, packet->tick);
  bool fresh;

  if (!accept_tick (playout, tick, now))
    return;
  if (!playout->running && tick < playout->next && playout->newest - tick < HARK_PLAYOUT_SLOTS / 2)
    playout->next = tick; /* reordered at the very start */

  fresh = tick >= playout->next && !(is_here (playout, tick) && !slot_of (playout, tick)->copy);
  if (tick < playout->next)
    playout->stats.late++;
  if (fresh || tick < playout->next)
    playout->received += packet->blocks;
  playout->newest = MAX (playout->newest, tick);
  playout->ended = MAX (playout->ended, tick + packet->blocks);
  playout->copies = packet->copies * packet->blocks;
  hark_arrival_add (&playout->arrival, (int64_t) (now / HARK_US) - tick * BLOCK_US, packet->blocks);

  for (unsigned i = 0; i <= packet->copies; i++) {
    int64_t of = tick - (int64_t) (i * packet->blocks);

    if (of >= playout->next)
      keep (playout, of, packet, i);
  }
}

/* ---- delay ------------------------------------------------------------------------------ */

static int64_t
us_of (int64_t samples)
{
  return samples * 1000 / (HARK_VOICE_RATE / 1000);
}

static size_t
samples_of (int64_t us)
{
  return (size_t) (us * (HARK_VOICE_RATE / 1000) / 1000);
}

/* By how much the next frame, arriving as early as the fastest did, would be early for the request
 * that needs it. */
static int64_t
spare_us (const HarkPlayout *playout)
{
  int64_t ahead = (int64_t) (playout->len - playout->len % playout->unit);

  return playout->device_us + us_of (playout->pulled + ahead) - playout->arrival.base_us
         - playout->next * BLOCK_US;
}

/* Copies are of use only if the packet that carries them is waited for. */
static int64_t
target_us (const HarkPlayout *playout)
{
  int64_t wait = playout->stats.loss > 0.005 ? (int64_t) playout->copies * BLOCK_US : 0;

  return MIN (playout->arrival.target_us + wait, HARK_ARRIVAL_TARGET_MAX_US);
}

/* How long the sample played next has waited, counted from the fastest packet's arrival. */
static double
delay_ms (const HarkPlayout *playout)
{
  int64_t at = playout->next * BLOCK_US - us_of ((int64_t) playout->len);

  return (double) (playout->device_us + us_of (playout->pulled) - playout->arrival.base_us - at)
         / 1000;
}

static void
note_pull (HarkPlayout *playout, HarkTime now)
{
  int64_t window = (int64_t) (HARK_PLAYOUT_PULLS * BLOCK / playout->unit), least = INT64_MAX;

  playout->pull_us[playout->pulls % PULLS_MAX]
    = (int64_t) (now / HARK_US) - us_of (playout->pulled);
  for (int64_t i = MAX (0, playout->pulls + 1 - window); i <= playout->pulls; i++)
    least = MIN (least, playout->pull_us[i % PULLS_MAX]);
  playout->device_us = least;
  playout->pulls++;
}

/* ---- frames out ------------------------------------------------------------------------- */

static double
power_of (const int16_t *samples, size_t n)
{
  double sum = 0;

  for (size_t i = 0; i < n; i++)
    sum += (double) samples[i] * samples[i];
  return sum / (double) n;
}

/* Follows what is loud and what is quiet here, frame by frame. */
static void
note_frame (HarkPlayout *playout, const int16_t *frame, unsigned blocks)
{
  double power = power_of (frame, blocks * (size_t) BLOCK);

  playout->level = MAX (playout->level * LEVEL_FALL, power);
  playout->least = MIN (MAX (playout->least * LEAST_RISE, QUIET_POWER), power);
  if (power < MAX (QUIET_POWER, MAX (playout->level * QUIET_SHARE, playout->least * QUIET_OVER)))
    playout->quiet += blocks;
  else
    playout->quiet = 0;
}

static bool
decode_next (HarkPlayout *playout)
{
  Slot *slot = slot_of (playout, playout->next);
  int16_t *at = playout->pcm + HISTORY + playout->len;

  if (!slot->full || slot->tick != playout->next)
    return false;
  g_assert (playout->len + slot->blocks * BLOCK <= PCM_MAX - HISTORY);
  hark_decoder_decode (playout->decoder, slot->frame, slot->len, slot->blocks, at);
  note_frame (playout, at, slot->blocks);
  playout->len += slot->blocks * (size_t) BLOCK;
  playout->next += slot->blocks;
  playout->stats.repaired += slot->copy;
  playout->missing = playout->waited = 0;
  slot->full = false;
  return true;
}

/* A frame is missing. While nothing newer has come it is probably just late, so the gap is filled
 * without giving up on it: the delay grows by a block, and no speech is lost. */
static void
conceal_next (HarkPlayout *playout)
{
  int16_t *at = playout->pcm + HISTORY + playout->len;

  if (playout->missing < SILENT_AFTER)
    hark_decoder_conceal (playout->decoder, at);
  else
    memset (at, 0, BLOCK * sizeof *at);
  playout->len += BLOCK;
  playout->stats.concealed++;
  if (playout->newest < playout->next)
    playout->waited++;
  else
    playout->next++;
  if (++playout->missing >= GONE_AFTER)
    playout->running = false;
}

/* Packets have come after a wait. Frames that were lost had their time. So had one or two that were
 * just late, when the delay is long enough without them; more than that would be missed. */
static void
end_wait (HarkPlayout *playout)
{
  int64_t excess = spare_us (playout) - target_us (playout);

  if (playout->waited == 0 || playout->newest < playout->next)
    return;
  if (playout->waited <= COVERED_MAX && excess >= (int64_t) playout->waited * BLOCK_US)
    playout->next = MIN (playout->next + playout->waited, playout->newest);
  else
    for (; playout->waited > 0 && playout->next < playout->newest
           && !is_here (playout, playout->next);
         playout->waited--)
      playout->next++;
  playout->waited = 0;
}

/* How alike two places must be for a step now: more than 1 is never, less than -1 always. A step
 * that is not @urgent waits for a pause. */
static double
likeness_wanted (HarkPlayout *playout, bool urgent, bool hurry)
{
  if (hurry || playout->quiet >= PAUSE)
    return -2;
  if (urgent)
    return LIKE_ENOUGH;
  return playout->wanted++ < PATIENCE ? 2 : VERY_ALIKE;
}

static void
stepped (HarkPlayout *playout, bool hurry)
{
  playout->rest = hurry ? 1 : REST;
  playout->wanted = 0;
}

static void
shrink (HarkPlayout *playout, size_t lag_max, bool urgent, bool hurry)
{
  int16_t *at = playout->pcm + HISTORY;
  double wanted, like;
  size_t lag;

  while (playout->len < HARK_STRETCH_FADE + lag_max && decode_next (playout))
    ;
  if (playout->len < HARK_STRETCH_FADE + HARK_STRETCH_LAG_MIN)
    return;
  lag_max = MIN (lag_max, playout->len - HARK_STRETCH_FADE);
  wanted = likeness_wanted (playout, urgent, hurry);
  if (wanted > 1)
    return;
  lag = hark_stretch_find (at, 1, lag_max, &like);
  if (like < wanted)
    return;
  playout->len = hark_stretch_shrink (at, playout->len, lag);
  playout->stats.shrunk++;
  stepped (playout, hurry);
}

/* Never waits: what is below the target is about to be missed. */
static void
grow (HarkPlayout *playout, bool hurry)
{
  int16_t *at = playout->pcm + HISTORY;
  double like;
  size_t lag;

  while (playout->len < HARK_STRETCH_FADE)
    if (!decode_next (playout))
      return;
  lag = hark_stretch_find (at, -1, HARK_STRETCH_LAG_MAX, &like);
  if (like < LIKE_ENOUGH && !hurry)
    return;
  playout->len = hark_stretch_grow (at, playout->len, lag);
  playout->stats.stretched++;
  stepped (playout, hurry);
}

/* Moves the delay towards its target. What was decoded beyond whole blocks is delay that buys
 * nothing, since the next frame is needed at the same request without it: that goes first. */
static void
adjust (HarkPlayout *playout)
{
  int64_t excess = spare_us (playout) - target_us (playout);
  size_t over = playout->len % playout->unit;

  if (excess > JUMP_US) {
    int64_t skip = (excess - SPREAD_US) / BLOCK_US;

    playout->next = MIN (playout->next + skip, playout->newest);
    return;
  }
  if (playout->rest > 0) {
    playout->rest--;
    return;
  }
  if (excess < 0)
    grow (playout, excess < -HURRY_US);
  else if (excess > us_of ((int64_t) playout->unit) + SPREAD_US)
    shrink (playout, MIN (HARK_STRETCH_LAG_MAX, samples_of (excess - SPREAD_US)), excess > CALM_US,
            excess > HURRY_US);
  else if (over >= HARK_STRETCH_LAG_MIN)
    shrink (playout, over, false, false);
  else
    playout->wanted = 0;
}

/* Begins with the newest frame that leaves the delay at its target. Packets that were there before
 * the speaker asked for the first time had waited for it, which says nothing about the way they
 * came. */
static void
start (HarkPlayout *playout)
{
  if (!playout->known || playout->newest < playout->next)
    return;
  if (!playout->primed)
    hark_arrival_restart (&playout->arrival);
  playout->primed = true;
  if (spare_us (playout) < target_us (playout))
    return;
  while (
    playout->next < playout->newest
    && (!is_here (playout, playout->next) || spare_us (playout) - BLOCK_US >= target_us (playout)))
    playout->next++;
  playout->running = true;
  playout->missing = playout->waited = 0;
  hark_decoder_reset (playout->decoder);
}

static void
count_loss (HarkPlayout *playout)
{
  int64_t due = playout->ended - playout->counted;

  if (playout->counts == 0 ? due < LOSS_FIRST : --playout->count_in > 0)
    return;
  playout->count_in = LOSS_PERIOD;
  if (due > 0) {
    double got = (double) playout->received / (double) due;

    playout->stats.loss
      = playout->counts > 1 ? (playout->stats.loss + MAX (0, 1 - got)) / 2 : MAX (0, 1 - got);
    playout->counts = MIN (playout->counts + 1, 2);
  }
  playout->counted = playout->ended;
  playout->received = 0;
}

static void
hand_out (HarkPlayout *playout, int16_t *ret, size_t n)
{
  for (size_t i = 0; i < n; i++)
    ret[i] = CLAMP (playout->pcm[HISTORY + i], -CEILING, CEILING);
  playout->len -= n;
  playout->pulled += (int64_t) n;
  memmove (playout->pcm, playout->pcm + n, (HISTORY + playout->len) * sizeof *playout->pcm);
}

/* Steps are thought of once a block, if possible where the next frame is about to be needed. */
static void
think_of_step (HarkPlayout *playout, size_t n)
{
  if (playout->len < n || playout->stepped >= BLOCK) {
    playout->stepped = 0;
    end_wait (playout);
    adjust (playout);
  }
  playout->stepped += n;
}

/* Whether @n samples more make a block whole. */
static bool
end_block (HarkPlayout *playout, size_t n)
{
  playout->part += n;
  if (playout->part < BLOCK)
    return false;
  playout->part -= BLOCK;
  return true;
}

void
hark_playout_take (HarkPlayout *playout, HarkTime now, int16_t *ret, size_t n)
{
  bool whole;

  g_assert (n >= HARK_PLAYOUT_PART && BLOCK % n == 0);
  playout->unit = n;
  note_pull (playout, now);
  whole = end_block (playout, n);
  if (whole)
    count_loss (playout);
  if (!playout->running && playout->len < n)
    start (playout);

  if (playout->running) {
    think_of_step (playout, n);
    while (playout->len < n)
      if (!decode_next (playout))
        conceal_next (playout);
    playout->stats.blocks += whole;
  } else if (playout->len < n) {
    memset (playout->pcm + HISTORY + playout->len, 0, (n - playout->len) * sizeof *ret);
    playout->len = n;
  }
  if (playout->running && whole)
    playout->stats.playout_ms += (delay_ms (playout) - playout->stats.playout_ms) / 16;
  hand_out (playout, ret, n);
}

void
hark_playout_get_stats (const HarkPlayout *playout, HarkPlayoutStats *ret)
{
  *ret = playout->stats;
  ret->jitter_ms = playout->arrival.jitter_us / 1000;
  ret->target_ms = (double) target_us (playout) / 1000;
}
