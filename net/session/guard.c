/* net/session/guard.c - what may come near ngtcp2, and what an authenticated peer may say. */
#include "net/session/guard.h"

#include "net/base/reader.h"

#include <string.h>

/* first byte (RFC 9000 section 17) */
#define FORM_LONG 0x80
#define FIXED_BIT 0x40
#define TYPE_INITIAL 0
#define TYPE_HANDSHAKE 2
#define QUIC_VERSION 1

/* shortest packets that can hold a packet number, a sample and a tag */
#define SHORT_LEN_MIN (1 + 4 + HARK_TAG_LEN)

#define SMALL_STREAM_LEN 64
#define ACK_RANGES_MAX 4096

enum {
  FRAME_PADDING = 0x00,
  FRAME_PING = 0x01,
  FRAME_ACK = 0x02,
  FRAME_ACK_ECN = 0x03,
  FRAME_RESET_STREAM = 0x04,
  FRAME_STOP_SENDING = 0x05,
  FRAME_CRYPTO = 0x06,
  FRAME_STREAM = 0x08,
  FRAME_STREAM_LAST = 0x0f,
  FRAME_MAX_DATA = 0x10,
  FRAME_MAX_STREAM_DATA = 0x11,
  FRAME_MAX_STREAMS_BIDI = 0x12,
  FRAME_MAX_STREAMS_UNI = 0x13,
  FRAME_DATA_BLOCKED = 0x14,
  FRAME_STREAM_DATA_BLOCKED = 0x15,
  FRAME_STREAMS_BLOCKED_BIDI = 0x16,
  FRAME_STREAMS_BLOCKED_UNI = 0x17,
  FRAME_CONNECTION_CLOSE = 0x1c,
  FRAME_CONNECTION_CLOSE_APP = 0x1d,
  FRAME_HANDSHAKE_DONE = 0x1e,
};

static uint64_t
read_varint (HarkReader *reader)
{
  uint8_t first = hark_reader_u8 (reader);
  uint64_t value = first & 0x3f;

  for (unsigned i = 1; i < 1u << (first >> 6); i++)
    value = value << 8 | hark_reader_u8 (reader);
  return value;
}

static bool
skip (HarkReader *reader, uint64_t len)
{
  return len <= hark_reader_left (reader) && hark_reader_borrow (reader, (size_t) len) != NULL;
}

void
hark_guard_init (HarkGuard *guard)
{
  *guard = (HarkGuard){.trial = -1, .ack_top = -1, .ack_bits = UINT64_MAX};
  for (unsigned i = 0; i < HARK_SPACES; i++)
    guard->spaces[i] = (HarkGuardSpace){.newest = -1, .sent = -1, .sent_before = -1};
}

/* Header of one long packet; leaves @reader behind its payload. */
static bool
admit_long (HarkReader *reader, uint8_t first, const uint8_t *dcid)
{
  unsigned type = first >> 4 & 3;
  bool fixed = (first & FIXED_BIT) != 0;
  bool version = hark_reader_u32 (reader) == QUIC_VERSION;
  uint8_t dcid_len = hark_reader_u8 (reader);
  const uint8_t *to = hark_reader_borrow (reader, dcid_len);
  uint64_t len;

  if (!fixed || !version || (type != TYPE_INITIAL && type != TYPE_HANDSHAKE) || to == NULL)
    return false;
  if (dcid_len != 0
      && (dcid == NULL || dcid_len != HARK_ORIGINAL_DCID_LEN || memcmp (to, dcid, dcid_len) != 0))
    return false;
  if (hark_reader_u8 (reader) != 0) /* source connection id */
    return false;
  if (type == TYPE_INITIAL && read_varint (reader) != 0) /* token */
    return false;
  len = read_varint (reader);
  return hark_reader_is_ok (reader) && len >= 4 + HARK_TAG_LEN && skip (reader, len);
}

bool
hark_guard_admit (const uint8_t *datagram, size_t len, const uint8_t dcid[HARK_ORIGINAL_DCID_LEN])
{
  HarkReader reader;

  hark_reader_init (&reader, datagram, len);
  while (hark_reader_left (&reader) > 0) {
    size_t left = hark_reader_left (&reader);
    uint8_t first = hark_reader_u8 (&reader);

    if (!(first & FORM_LONG)) /* reaches to the end of the datagram */
      return (first & FIXED_BIT) && left >= SHORT_LEN_MIN;
    if (!admit_long (&reader, first, dcid))
      return false;
  }
  return len > 0;
}

static void
turn_second (HarkGuard *guard, HarkTime now)
{
  if (now - guard->second < HARK_SECOND)
    return;
  guard->sent_last = guard->sent_now;
  guard->sent_now = guard->acks = guard->small = guard->control = guard->refused = 0;
  guard->second = now;
}

void
hark_guard_sent (HarkGuard *guard, HarkSpace space, int64_t number, HarkTime now)
{
  turn_second (guard, now);
  guard->sent_now++;
  if (number > guard->spaces[space].sent)
    guard->spaces[space].sent = number;
}

/* The acknowledgement reaches up to @high: what falls out of the window unacknowledged is lost. */
static void
advance_acked (HarkGuard *guard, int64_t high)
{
  int64_t step = high - guard->ack_top;

  if (step <= 0)
    return;
  if (step >= 64) {
    guard->lost
      += (uint64_t) (64 - __builtin_popcountll (guard->ack_bits)) + (uint64_t) (step - 64);
    guard->ack_bits = 0;
  } else {
    guard->lost += (uint64_t) (step - __builtin_popcountll (guard->ack_bits >> (64 - step)));
    guard->ack_bits <<= step;
  }
  guard->ack_top = high;
}

/* Packets @low to @high are acknowledged; those above @before and below the window were counted as
 * lost just now. */
static void
mark_acked (HarkGuard *guard, int64_t before, int64_t low, int64_t high)
{
  int64_t below = guard->ack_top - 64; /* highest below the window */
  int64_t from = low > before ? low : before + 1;
  int64_t to = high < below ? high : below;

  if (to >= from)
    guard->lost -= (uint64_t) (to - from + 1);
  if (high > below) {
    int64_t first = guard->ack_top - high; /* bit */
    int64_t last = guard->ack_top - (low > below ? low : below + 1);

    guard->ack_bits |= UINT64_MAX >> (63 - (last - first)) << first;
  }
}

/* One ACK frame; notes whether it covers the awaited packet. */
static bool
check_ack (HarkGuard *guard, HarkSpace space, int64_t number, HarkReader *reader, bool ecn)
{
  const HarkGuardSpace *seen = &guard->spaces[space];
  uint64_t high = read_varint (reader);
  uint64_t count, low, trial = (uint64_t) guard->trial;
  bool awaited = space == HARK_SPACE_APPLICATION && guard->trial >= 0;
  bool hit = false;
  int64_t before = guard->ack_top;

  read_varint (reader); /* delay */
  count = read_varint (reader);
  low = read_varint (reader);
  if (!hark_reader_is_ok (reader) || count > ACK_RANGES_MAX || low > high)
    return false;
  if (number < seen->newest && (int64_t) high > seen->sent_before)
    return false;
  low = high - low;
  if (high > (uint64_t) seen->sent || seen->sent < 0) /* nothing we sent */
    return false;
  if (space == HARK_SPACE_APPLICATION) {
    advance_acked (guard, (int64_t) high);
    mark_acked (guard, before, (int64_t) low, (int64_t) high);
  }
  hit = awaited && trial >= low && trial <= high;
  for (uint64_t i = 0; i < count; i++) {
    uint64_t gap = read_varint (reader);
    uint64_t range = read_varint (reader);

    if (!hark_reader_is_ok (reader) || gap + 2 > low || range > low - gap - 2)
      return false;
    high = low - gap - 2;
    low = high - range;
    hit = hit || (awaited && trial >= low && trial <= high);
    if (space == HARK_SPACE_APPLICATION)
      mark_acked (guard, before, (int64_t) low, (int64_t) high);
  }
  for (unsigned i = 0; ecn && i < 3; i++)
    read_varint (reader);
  if (!hark_reader_is_ok (reader))
    return false;
  guard->trial_acked = guard->trial_acked || hit;
  guard->acks++;
  return true;
}

static bool
check_stream (HarkGuard *guard, HarkReader *reader, uint64_t type)
{
  uint64_t len;

  read_varint (reader); /* stream */
  if (type & 0x04)
    read_varint (reader); /* offset */
  len = type & 0x02 ? read_varint (reader) : hark_reader_left (reader);
  if (!hark_reader_is_ok (reader) || len > hark_reader_left (reader))
    return false;
  if (len < SMALL_STREAM_LEN)
    guard->small++;
  return len == 0 || skip (reader, len);
}

static bool
skip_varints (HarkReader *reader, unsigned count)
{
  while (count-- > 0)
    read_varint (reader);
  return hark_reader_is_ok (reader);
}

static bool
check_close (HarkReader *reader, bool app)
{
  uint64_t len;

  skip_varints (reader, app ? 1 : 2); /* code, frame type */
  len = read_varint (reader);
  return hark_reader_is_ok (reader) && (len == 0 || skip (reader, len));
}

/* A frame that only 1-RTT packets carry. */
static bool
check_application_frame (HarkGuard *guard, HarkReader *reader, uint64_t type)
{
  if (type >= FRAME_STREAM && type <= FRAME_STREAM_LAST)
    return check_stream (guard, reader, type);
  guard->control++;
  switch (type) {
  case FRAME_RESET_STREAM:
    return skip_varints (reader, 3);
  case FRAME_STOP_SENDING:
  case FRAME_MAX_STREAM_DATA:
  case FRAME_STREAM_DATA_BLOCKED:
    return skip_varints (reader, 2);
  case FRAME_MAX_DATA:
  case FRAME_MAX_STREAMS_BIDI:
  case FRAME_MAX_STREAMS_UNI:
  case FRAME_DATA_BLOCKED:
  case FRAME_STREAMS_BLOCKED_BIDI:
  case FRAME_STREAMS_BLOCKED_UNI:
    return skip_varints (reader, 1);
  case FRAME_CONNECTION_CLOSE_APP:
    return check_close (reader, true);
  case FRAME_HANDSHAKE_DONE:
    return true;
  default:
    return false;
  }
}

static bool
check_frame (HarkGuard *guard, HarkSpace space, int64_t number, HarkReader *reader)
{
  uint8_t type = hark_reader_u8 (reader); /* all of ours are one byte long */
  uint64_t len;

  switch (type) {
  case FRAME_PADDING:
    return true;
  case FRAME_PING:
    guard->control++;
    return true;
  case FRAME_ACK:
  case FRAME_ACK_ECN:
    return check_ack (guard, space, number, reader, type == FRAME_ACK_ECN);
  case FRAME_CONNECTION_CLOSE:
    return check_close (reader, false);
  case FRAME_CRYPTO:
    guard->control++;
    read_varint (reader); /* offset */
    len = read_varint (reader);
    return space != HARK_SPACE_APPLICATION && hark_reader_is_ok (reader)
           && (len == 0 || skip (reader, len));
  default:
    return space == HARK_SPACE_APPLICATION && check_application_frame (guard, reader, type);
  }
}

static bool
check_frames (HarkGuard *guard, HarkSpace space, int64_t number, const uint8_t *frames, size_t len)
{
  HarkReader reader;

  hark_reader_init (&reader, frames, len);
  while (hark_reader_left (&reader) > 0) {
    if (!check_frame (guard, space, number, &reader))
      return false;
  }
  return hark_reader_is_ok (&reader) && len > 0;
}

bool
hark_guard_check (HarkGuard *guard,
                  HarkSpace space,
                  int64_t number,
                  const uint8_t *frames,
                  size_t len,
                  HarkTime now)
{
  HarkGuardSpace *seen = &guard->spaces[space];
  bool good;

  if (!hark_window_is_fresh (&seen->came, (uint64_t) number))
    return false;
  hark_window_mark (&seen->came, (uint64_t) number);
  turn_second (guard, now);
  good = check_frames (guard, space, number, frames, len);
  if (!good)
    guard->refused++;
  if (guard->acks > HARK_GUARD_ACKS_MAX + guard->sent_now + guard->sent_last
      || guard->small > HARK_GUARD_SMALL_MAX || guard->control > HARK_GUARD_CONTROL_MAX
      || guard->refused > HARK_GUARD_REFUSED_MAX)
    guard->flooded = true;
  if (!good || guard->flooded)
    return false;
  if (number > seen->newest) {
    seen->newest = number;
    seen->sent_before = seen->sent;
  }
  return true;
}
