/* net/session/life.h - signs of life: when to ask the peer for one, and when its silence means that
 * the path is dead.
 *
 * Nobody below a session watches a path, so packets of the session itself do:
 *
 *   - Every authentic packet counts as a sign. After `period` of silence the initiator asks (PING),
 *     and any answer will do. The responder asks only when the initiator has been silent for half
 *     as long again: it asks the same question a little later, so that normally one exchange a
 *     period keeps both sides and every NAT between them informed.
 *   - In a call packets come all the time: when none has come for HARK_LIFE_CALL_GAP the next
 *     question does not wait. What comes back re-arms it only while media came as lately, so that a
 *     peer who sends none (muted, or a call that is over there) is asked once.
 *   - Who talks does not want to wait: for HARK_LIFE_TALK after a stream carried anything the
 * period is HARK_LIFE_TALK_PERIOD. What is said in the first HARK_LIFE_GREETING does not count:
 * every session begins with that.
 *   - The end of a burst of data may be the end of the path: who received it asks after
 *     HARK_LIFE_FLOW_GAP, for the sender's own probe timer backs off as far as the outage is long.
 *   - Whoever has sent what must be answered (a question, or anything QUIC acknowledges), and hears
 *     nothing at all for three probe time-outs, HARK_LIFE_VERDICT at least, calls the peer silent;
 *     in a call for two, HARK_LIFE_CALL_VERDICT at least. An answer that was ready when we came
 * late to read it gets another HARK_LIFE_LATE.
 *   - While the peer is silent it is asked again after 1, 2, 2 ... s, after a minute every 10 s:
 * when the same path carries again, both know within that time.
 *
 * The period adapts to NATs that forget idle mappings early: HARK_LIFE_DEATHS times in a row that
 * the first question after an idle period met silence, and the peer was back within half a minute
 * (so it was the path that had died, not the peer), halve the period, down to
 * HARK_LIFE_PERIOD_MIN. Half an hour without doubles it again.
 *
 * Questions after a period go at multiples of HARK_LIFE_GRID of our clock, the last one before they
 * are due: many idle sessions wake the machine together, and seldom.
 *
 * Cost, idle: a question of 21 to 23 bytes and its answer of 25 a period, under 60 with UDP and
 * IPv4 headers: about 11 bytes a second each way at 5 s.
 *
 * Pure; one thread at a time.
 */
#pragma once

#include "net/base/time.h"

#include <stdbool.h>

#define HARK_LIFE_PERIOD (5 * HARK_SECOND)
#define HARK_LIFE_PERIOD_MIN (2500 * HARK_MS)
#define HARK_LIFE_PERIOD_SHORT HARK_SECOND
#define HARK_LIFE_GRID (500 * HARK_MS)
#define HARK_LIFE_TALK_PERIOD (1500 * HARK_MS)
#define HARK_LIFE_TALK (2 * HARK_MINUTE)
#define HARK_LIFE_GREETING (10 * HARK_SECOND)
#define HARK_LIFE_VERDICT (600 * HARK_MS)
#define HARK_LIFE_CALL_GAP (200 * HARK_MS)
#define HARK_LIFE_FLOW_GAP HARK_SECOND
#define HARK_LIFE_CALL_VERDICT (300 * HARK_MS)
#define HARK_LIFE_LATE (200 * HARK_MS)
#define HARK_LIFE_DEATHS 2

typedef struct {
  bool asks;       /* after a period; else after one and a half */
  bool in_call;    /* media are expected */
  bool hasty;      /* the path may die sooner than others */
  bool silent;     /* as last judged */
  HarkTime heard;  /* last authentic packet */
  HarkTime media;  /* last packet of a call; 0: never */
  HarkTime flowed; /* last while a burst of data came in; 0: never */
  HarkTime born;
  HarkTime talked; /* when a stream carried something last; 0: never */
  HarkTime asked;  /* since when something waits for an answer; HARK_TIME_NEVER: nothing does */
  HarkTime next;   /* when to ask; HARK_TIME_NEVER: a question is under way */
  HarkTime waits;  /* to the question after the next, while silent */
  bool was_idle;   /* nothing but the question was under way */
  bool late;       /* the verdict was put off once */
  HarkTime period; /* now */
  unsigned deaths; /* in a row, after idle periods */
  HarkTime died;   /* when the last was */
} HarkLife;

/* hark_life_init: the peer has just been heard. */
void hark_life_init (HarkLife *life, bool asks, HarkTime now);

/* hark_life_heard: an authentic packet came; @media: of a call. True when the peer was silent. */
bool hark_life_heard (HarkLife *life, bool media, HarkTime now);

/* hark_life_flowed: a burst of data is coming in. */
void hark_life_flowed (HarkLife *life, HarkTime now);

/* hark_life_talked: a stream carries something, either way. */
void hark_life_talked (HarkLife *life, HarkTime now);

/* hark_life_sent: something that must be answered has gone out, or is still under way. */
void hark_life_sent (HarkLife *life, HarkTime now);

/* hark_life_set_call: media are expected, or not any more. */
void hark_life_set_call (HarkLife *life, bool active);

/* hark_life_set_hasty: the path goes through a computer that may be switched off any time: the
 * period is HARK_LIFE_PERIOD_SHORT, a quarter longer for the responder. */
void hark_life_set_hasty (HarkLife *life, bool hasty, HarkTime now);

/* hark_life_moved: there is a new path, on which nothing has been asked yet. */
void hark_life_moved (HarkLife *life, HarkTime now);

typedef enum {
  HARK_LIFE_NOTHING,
  HARK_LIFE_ASK,    /* send a PING */
  HARK_LIFE_SILENT, /* the peer is silent from now on */
} HarkLifeStep;

/* hark_life_handle_time: what is due; call again until NOTHING. @probe: the probe time-out of the
 * path (RFC 9002 section 6.2.1), without backing off. */
HarkLifeStep hark_life_handle_time (HarkLife *life, HarkTime probe, HarkTime now);

/* hark_life_get_deadline: when to come back. */
HarkTime hark_life_get_deadline (const HarkLife *life, HarkTime probe);
