#include "core/identity/meeting.h"

#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <glib.h>
#include <sodium.h>
#include <string.h>

#define CHANNEL_WORDS 2 /* the first ones */
#define SEALED_LEN (HARK_MEETING_PAYLOAD_LEN + crypto_aead_xchacha20poly1305_ietf_ABYTES)
#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

enum { OFFER = 1, ANSWER = 2, HANDOVER = 3, OVER = 4 };

/* ---- words ----------------------------------------------------------------------- */

void
hark_meeting_words_draw (HarkRng *rng, HarkMeetingWords *ret)
{
  for (int i = 0; i < HARK_MEETING_WORDS; i++)
    ret->words[i] = (uint16_t) hark_rng_below (rng, HARK_WORD_LIST_LEN);
}

void
hark_meeting_words_format (const HarkMeetingWords *words, char ret[HARK_MEETING_TEXT_LEN])
{
  ret[0] = '\0';
  for (int i = 0; i < HARK_MEETING_WORDS; i++) {
    if (i > 0)
      g_strlcat (ret, "-", HARK_MEETING_TEXT_LEN);
    g_strlcat (ret, hark_word_list[words->words[i]], HARK_MEETING_TEXT_LEN);
  }
}

bool
hark_meeting_words_parse (const char *text, HarkMeetingWords *ret)
{
  static const char between[] = "- \t\r\n";
  HarkMeetingWords words = {{0}};
  int n = 0;

  for (const char *at = text + strspn (text, between); *at; at += strspn (at, between)) {
    const size_t len = strcspn (at, between);
    const int index = hark_words_find (at, len);

    if (n == HARK_MEETING_WORDS || index < 0)
      return false;
    words.words[n++] = (uint16_t) index;
    at += len;
  }
  if (n == HARK_MEETING_WORDS)
    *ret = words;
  sodium_memzero (&words, sizeof words);
  return n == HARK_MEETING_WORDS;
}

static void
write_words (const HarkMeetingWords *words, int first, int n, uint8_t *ret)
{
  for (int i = 0; i < n; i++) {
    ret[2 * i] = (uint8_t) (words->words[first + i] >> 8);
    ret[2 * i + 1] = (uint8_t) words->words[first + i];
  }
}

void
hark_meeting_place (const HarkMeetingWords *words, HarkSecret *ret)
{
  uint8_t channel[2 * CHANNEL_WORDS];

  write_words (words, 0, CHANNEL_WORDS, channel);
  HARK_HASH (ret->bytes, sizeof ret->bytes, NULL, 0, HARK_DOMAIN_MEETING, HARK_PART (&channel));
}

/* ---- the run --------------------------------------------------------------------- */

static HarkCpaceSaid
said (const uint8_t share[HARK_CPACE_SHARE_LEN], bool gives)
{
  HarkCpaceSaid ret = {
    .data = {gives ? "giver" : "taker", 5}
  };

  memcpy (ret.share, share, sizeof ret.share);
  return ret;
}

static void
make_share (HarkMeeting *meeting, uint8_t ret[HARK_CPACE_SHARE_LEN])
{
  uint8_t channel[sizeof HARK_DOMAIN_MEETING - 1 + 2 * CHANNEL_WORDS];
  uint8_t password[2 * (HARK_MEETING_WORDS - CHANNEL_WORDS)];
  HarkCpaceContext context = {
    .password = {password, sizeof password},
      .channel = {channel,  sizeof channel }
  };

  memcpy (channel, HARK_DOMAIN_MEETING, sizeof HARK_DOMAIN_MEETING - 1);
  write_words (&meeting->words, 0, CHANNEL_WORDS, channel + sizeof HARK_DOMAIN_MEETING - 1);
  write_words (&meeting->words, CHANNEL_WORDS, HARK_MEETING_WORDS - CHANNEL_WORDS, password);
  memcpy (context.sid, meeting->sid, sizeof context.sid);
  hark_cpace_scalar (&meeting->rng, meeting->scalar);
  hark_cpace_share (&context, meeting->scalar, ret);
  sodium_memzero (password, sizeof password);
}

static bool
make_key (const HarkMeeting *meeting, uint8_t ret[HARK_CPACE_KEY_LEN])
{
  const HarkCpaceSaid giver = said (meeting->giver, true), taker = said (meeting->taker, false);

  return hark_cpace_key (meeting->sid, meeting->scalar, meeting->gives, &giver, &taker, ret);
}

/* Who opens what is sealed under this has the key: it confirms the giver. */
static void
make_seal (const HarkMeeting *meeting, const uint8_t key[HARK_CPACE_KEY_LEN], HarkSecret *ret)
{
  HARK_HASH (ret->bytes, sizeof ret->bytes, key, HARK_CPACE_KEY_LEN, HARK_DOMAIN_MEETING_KEY,
             HARK_PART (&meeting->sid), HARK_PART (&meeting->giver), HARK_PART (&meeting->taker));
}

static void
end (HarkMeeting *meeting, HarkMeetingWhy why)
{
  meeting->state = HARK_MEETING_OVER;
  meeting->why = why;
  meeting->deadline = HARK_TIME_NEVER;
  sodium_memzero (meeting->scalar, sizeof meeting->scalar);
}

/* Begins what is said: the rest is zero. */
static void
begin_packet (HarkMeeting *meeting, uint8_t kind, HarkWriter *writer)
{
  memset (meeting->packet, 0, sizeof meeting->packet);
  meeting->has_packet = true;
  hark_writer_init (writer, meeting->packet, sizeof meeting->packet);
  hark_writer_u8 (writer, kind);
  hark_writer_bytes (writer, meeting->sid, sizeof meeting->sid);
}

static void
begin (HarkMeeting *meeting, const HarkMeetingWords *words, bool gives, HarkRng *rng)
{
  *meeting = (HarkMeeting){.gives = gives, .words = *words};
  hark_rng_fork (rng, &meeting->rng);
}

void
hark_meeting_give (HarkMeeting *meeting,
                   const HarkMeetingWords *words,
                   const uint8_t payload[HARK_MEETING_PAYLOAD_LEN],
                   HarkRng *rng,
                   HarkTime now)
{
  HarkWriter writer;

  begin (meeting, words, true, rng);
  memcpy (meeting->payload, payload, sizeof meeting->payload);
  meeting->deadline = now + HARK_MEETING_GIVER_TIME;
  hark_rng_bytes (&meeting->rng, meeting->sid, sizeof meeting->sid);
  make_share (meeting, meeting->giver);
  begin_packet (meeting, OFFER, &writer);
  hark_writer_bytes (&writer, meeting->giver, sizeof meeting->giver);
}

void
hark_meeting_take (HarkMeeting *meeting, const HarkMeetingWords *words, HarkRng *rng, HarkTime now)
{
  begin (meeting, words, false, rng);
  meeting->deadline = now + HARK_MEETING_TAKER_TIME;
}

/* ---- the giver ------------------------------------------------------------------- */

static void
hand_over (HarkMeeting *meeting, const uint8_t key[HARK_CPACE_KEY_LEN])
{
  g_auto (HarkSecret) seal = {{0}};
  uint8_t nonce[NONCE_LEN], sealed[SEALED_LEN];
  HarkWriter writer;

  make_seal (meeting, key, &seal);
  hark_rng_bytes (&meeting->rng, nonce, sizeof nonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt (
    sealed, NULL, meeting->payload, sizeof meeting->payload, NULL, 0, NULL, nonce, seal.bytes);
  begin_packet (meeting, HANDOVER, &writer);
  hark_writer_bytes (&writer, meeting->taker, sizeof meeting->taker);
  hark_writer_bytes (&writer, nonce, sizeof nonce);
  hark_writer_bytes (&writer, sealed, sizeof sealed);
  meeting->state = HARK_MEETING_MET;
  meeting->deadline = HARK_TIME_NEVER;
  sodium_memzero (meeting->scalar, sizeof meeting->scalar);
}

/* The one guess. */
static bool
handle_answer (HarkMeeting *meeting, HarkReader *reader)
{
  const uint8_t *giver = hark_reader_borrow (reader, HARK_CPACE_SHARE_LEN);
  const uint8_t *taker = hark_reader_borrow (reader, HARK_CPACE_SHARE_LEN);
  const uint8_t *tag = hark_reader_borrow (reader, HARK_CPACE_TAG_LEN);
  uint8_t key[HARK_CPACE_KEY_LEN], wanted[HARK_CPACE_TAG_LEN];
  HarkCpaceSaid theirs;
  HarkWriter writer;

  if (meeting->state != HARK_MEETING_WAITS || !giver || !taker || !tag
      || memcmp (giver, meeting->giver, HARK_CPACE_SHARE_LEN) != 0)
    return false; /* of another run, or too late */
  memcpy (meeting->taker, taker, sizeof meeting->taker);
  theirs = said (taker, false);
  if (make_key (meeting, key))
    hark_cpace_tag (meeting->sid, key, &theirs, wanted);
  else
    hark_rng_bytes (&meeting->rng, wanted, sizeof wanted);
  if (sodium_memcmp (wanted, tag, sizeof wanted) == 0) {
    hand_over (meeting, key);
  } else {
    begin_packet (meeting, OVER, &writer);
    hark_writer_bytes (&writer, taker, HARK_CPACE_SHARE_LEN);
    end (meeting, HARK_MEETING_WRONG_WORDS);
  }
  sodium_memzero (key, sizeof key);
  sodium_memzero (wanted, sizeof wanted);
  return true;
}

/* ---- the taker ------------------------------------------------------------------- */

static bool
handle_offer (HarkMeeting *meeting, const uint8_t *sid, HarkReader *reader, HarkTime now)
{
  const uint8_t *giver = hark_reader_borrow (reader, HARK_CPACE_SHARE_LEN);
  uint8_t key[HARK_CPACE_KEY_LEN], tag[HARK_CPACE_TAG_LEN];
  HarkCpaceSaid ours;
  HarkWriter writer;

  if (!giver)
    return false;
  if (meeting->state == HARK_MEETING_ANSWERED) { /* one guess is what we give away, too */
    if (memcmp (giver, meeting->giver, HARK_CPACE_SHARE_LEN) != 0
        || memcmp (sid, meeting->sid, HARK_CPACE_SID_LEN) != 0)
      end (meeting, HARK_MEETING_DISTURBED);
    return false;
  }
  memcpy (meeting->sid, sid, sizeof meeting->sid);
  memcpy (meeting->giver, giver, sizeof meeting->giver);
  make_share (meeting, meeting->taker);
  if (!make_key (meeting, key)) {
    end (meeting, HARK_MEETING_DISTURBED);
    return false;
  }
  ours = said (meeting->taker, false);
  hark_cpace_tag (meeting->sid, key, &ours, tag);
  begin_packet (meeting, ANSWER, &writer);
  hark_writer_bytes (&writer, meeting->giver, sizeof meeting->giver);
  hark_writer_bytes (&writer, meeting->taker, sizeof meeting->taker);
  hark_writer_bytes (&writer, tag, sizeof tag);
  meeting->state = HARK_MEETING_ANSWERED;
  meeting->deadline = now + HARK_MEETING_ANSWER_TIME;
  sodium_memzero (key, sizeof key);
  return true;
}

static void
handle_end (HarkMeeting *meeting, uint8_t kind, const uint8_t *sid, HarkReader *reader)
{
  const uint8_t *taker = hark_reader_borrow (reader, HARK_CPACE_SHARE_LEN);
  const uint8_t *nonce = kind == HANDOVER ? hark_reader_borrow (reader, NONCE_LEN) : NULL;
  const uint8_t *sealed = kind == HANDOVER ? hark_reader_borrow (reader, SEALED_LEN) : NULL;
  g_auto (HarkSecret) seal = {{0}};
  uint8_t key[HARK_CPACE_KEY_LEN];

  if (!taker || (kind == HANDOVER && !sealed))
    return;
  if (meeting->state == HARK_MEETING_WAITS
      || memcmp (taker, meeting->taker, HARK_CPACE_SHARE_LEN) != 0
      || memcmp (sid, meeting->sid, HARK_CPACE_SID_LEN) != 0) {
    end (meeting, HARK_MEETING_USED);
    return;
  }
  if (kind == OVER || !make_key (meeting, key)) {
    end (meeting, HARK_MEETING_WRONG_WORDS);
    return;
  }
  make_seal (meeting, key, &seal);
  sodium_memzero (key, sizeof key);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt (meeting->payload, NULL, NULL, sealed, SEALED_LEN,
                                                  NULL, 0, nonce, seal.bytes)
      != 0) {
    end (meeting, HARK_MEETING_DISTURBED);
    return;
  }
  meeting->state = HARK_MEETING_MET;
  meeting->deadline = HARK_TIME_NEVER;
  sodium_memzero (meeting->scalar, sizeof meeting->scalar);
}

/* ---- doors ----------------------------------------------------------------------- */

bool
hark_meeting_handle_packet (HarkMeeting *meeting,
                            const uint8_t packet[HARK_MEETING_PACKET_LEN],
                            HarkTime now)
{
  HarkReader reader;
  const uint8_t *sid;
  uint8_t kind;

  hark_reader_init (&reader, packet, HARK_MEETING_PACKET_LEN);
  kind = hark_reader_u8 (&reader);
  sid = hark_reader_borrow (&reader, HARK_CPACE_SID_LEN);
  if (meeting->state != HARK_MEETING_WAITS && meeting->state != HARK_MEETING_ANSWERED)
    return false;
  if (meeting->gives)
    return kind == ANSWER && memcmp (sid, meeting->sid, HARK_CPACE_SID_LEN) == 0
           && handle_answer (meeting, &reader);
  if (kind == OFFER)
    return handle_offer (meeting, sid, &reader, now);
  if (kind == HANDOVER || kind == OVER)
    handle_end (meeting, kind, sid, &reader);
  return false;
}

void
hark_meeting_handle_time (HarkMeeting *meeting, HarkTime now)
{
  if (now < meeting->deadline)
    return;
  end (meeting, meeting->state == HARK_MEETING_ANSWERED ? HARK_MEETING_SILENT : HARK_MEETING_LATE);
}
