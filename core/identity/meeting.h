/* core/identity/meeting.h - two who share four words agree on a key, at one guess.
 *
 * Pure; one thread at a time. The first two words say where to meet and are no secret: whoever
 * guesses them may take part. The last two (22 bits) are the password of a CPace run
 * (core/identity/cpace.h), of which the giver makes one only: who takes part with other words ends
 * it, and the words are worth nothing any more. So a stranger gets one guess among 2^22 = 4,194,304
 * at each handover that he finds, and the giver is told that somebody tried.
 *
 *   giver                                      taker
 *   WAITS   --offer: sid, Ya------------------>  WAITS -> ANSWERED
 *   WAITS -> MET     <--answer: Ya, Yb, tag---
 *   or OVER  --handover: Yb, sealed words---->  ANSWERED -> MET
 *            --over: Yb---------------------->  ANSWERED -> OVER
 *
 * Packets may come twice, late, out of order and from anybody. Source: core/PROTOCOL.md "Handing
 * over by words".
 */
#pragma once

#include "core/identity/cpace.h"
#include "core/identity/words.h"
#include "net/base/key.h"
#include "net/base/time.h"

#include <stdbool.h>

#define HARK_MEETING_WORDS 4
#define HARK_MEETING_TEXT_LEN (HARK_MEETING_WORDS * (HARK_WORD_LEN_MAX + 1)) /* with the NUL */
#define HARK_MEETING_PACKET_LEN 656
#define HARK_MEETING_PAYLOAD_LEN 256               /* bytes of what the giver has to say */
#define HARK_MEETING_GIVER_TIME (10 * HARK_MINUTE) /* then the words mean nothing any more */
#define HARK_MEETING_TAKER_TIME (1 * HARK_MINUTE)  /* without a sign of the other side */
#define HARK_MEETING_ANSWER_TIME (1 * HARK_MINUTE) /* after our answer */

typedef enum {
  HARK_MEETING_WAITS,
  HARK_MEETING_ANSWERED, /* taker: the giver is there, and knows by now whether our words are his */
  HARK_MEETING_MET,      /* both have the same words: `payload` is valid */
  HARK_MEETING_OVER,     /* `why` */
} HarkMeetingState;

typedef enum {
  HARK_MEETING_NOTHING,
  HARK_MEETING_WRONG_WORDS, /* giver: somebody had others; taker: ours are others than the giver's
                             */
  HARK_MEETING_USED,        /* taker: somebody else has used these words already */
  HARK_MEETING_DISTURBED,   /* taker: two say that they are the giver */
  HARK_MEETING_LATE,        /* nobody came in time */
  HARK_MEETING_SILENT,      /* taker: the giver was there, and says nothing any more */
} HarkMeetingWhy;

typedef struct {
  uint16_t words[HARK_MEETING_WORDS]; /* indices into hark_word_list; secret */
} HarkMeetingWords;

typedef struct {
  HarkMeetingState state;
  HarkMeetingWhy why;
  bool gives;
  HarkMeetingWords words;
  HarkRng rng;
  HarkTime deadline;
  uint8_t sid[HARK_CPACE_SID_LEN];
  uint8_t scalar[32];
  uint8_t giver[HARK_CPACE_SHARE_LEN], taker[HARK_CPACE_SHARE_LEN]; /* Ya, Yb */
  uint8_t payload[HARK_MEETING_PAYLOAD_LEN];
  bool has_packet;
  uint8_t packet[HARK_MEETING_PACKET_LEN]; /* what we say now */
} HarkMeeting;

/* hark_meeting_words_draw: four at random. hark_meeting_words_format: with dashes between.
 * hark_meeting_words_parse: as typed: of either case, dashes or blanks between, each may be cut to
 * its first four letters; false, with @ret untouched, when it is not four words of the list. */
void hark_meeting_words_draw (HarkRng *rng, HarkMeetingWords *ret);
void hark_meeting_words_format (const HarkMeetingWords *words, char ret[HARK_MEETING_TEXT_LEN]);
bool hark_meeting_words_parse (const char *text, HarkMeetingWords *ret);

/* hark_meeting_place: where the two meet (hark_net_meet()); of the first two words. */
void hark_meeting_place (const HarkMeetingWords *words, HarkSecret *ret);

/* hark_meeting_give, hark_meeting_take: begin; @rng is forked; @payload: to be told to whoever has
 * the words. */
void hark_meeting_give (HarkMeeting *meeting,
                        const HarkMeetingWords *words,
                        const uint8_t payload[HARK_MEETING_PAYLOAD_LEN],
                        HarkRng *rng,
                        HarkTime now);
void
hark_meeting_take (HarkMeeting *meeting, const HarkMeetingWords *words, HarkRng *rng, HarkTime now);

/* hark_meeting_handle_packet: what the other side, or anybody, said. True when `packet` has changed
 * and is to be said. */
bool hark_meeting_handle_packet (HarkMeeting *meeting,
                                 const uint8_t packet[HARK_MEETING_PACKET_LEN],
                                 HarkTime now);

/* hark_meeting_handle_time: OVER when `deadline` has come. */
void hark_meeting_handle_time (HarkMeeting *meeting, HarkTime now);
