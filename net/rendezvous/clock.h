/* net/rendezvous/clock.h - is our clock right? What others say against what it says.
 *
 * Pure; any thread. Contact points tell their time when we register: voices that prove nothing. One
 * for each network (/16, IPv6 /32), the newest HARK_CLOCK_VOICES; two that agree, and are most, are
 * worth a doubt: then both times are tried, so that nobody can hide anybody by lying. Records of
 * accepted contacts are signed: it cannot be earlier than when they were made, though an old one
 * may be shown to us again and again. So they only ever set us forward.
 *
 * Our clock is corrected when it is certainly wrong:
 *   - it shows a time before HARK_CLOCK_OLDEST_S: then the doubt decides, or a record;
 *   - two contacts have made records in its future, or one has and the doubt agrees.
 */
#pragma once

#include "net/base/endpoint.h"
#include "net/base/key.h"

#define HARK_CLOCK_VOICES 8
#define HARK_CLOCK_CONTACTS 8
#define HARK_CLOCK_AGREE_S 120      /* seconds between voices that say the same */
#define HARK_CLOCK_TOLERATED_S 1800 /* what we are off by without being corrected */
#define HARK_CLOCK_OLDEST_S                                            \
  INT64_C (1767225600) /* 1 January 2026: before this code was written \
                        */

typedef struct {
  HarkEndpoint source;
  int64_t offset_s; /* theirs - ours */
} HarkClockVoice;

typedef struct {
  HarkKey account;
  int64_t offset_s; /* we are behind by at least so much; above HARK_CLOCK_TOLERATED_S */
} HarkClockContact;

typedef struct {
  HarkClockVoice voices[HARK_CLOCK_VOICES];
  unsigned n, next;
  HarkClockContact contacts[HARK_CLOCK_CONTACTS]; /* those that are ahead of us */
  unsigned n_contacts;
} HarkClock;

/* hark_clock_shift: our clock was set forward by @by_s seconds (back, when negative): what was said
 * before holds for the new time as well. */
void hark_clock_shift (HarkClock *clock, int64_t by_s);

/* hark_clock_hear: @source says that it is @theirs_s when we have @ours_s, Unix seconds. */
void
hark_clock_hear (HarkClock *clock, const HarkEndpoint *source, int64_t theirs_s, int64_t ours_s);

/* hark_clock_hear_record: a signed record of @account, a contact, was made at @made_s; we have
 * @ours_s. */
void
hark_clock_hear_record (HarkClock *clock, const HarkKey *account, int64_t made_s, int64_t ours_s);

/* hark_clock_get_skew: seconds to add to our clock to be with most voices. False when no two agree,
 * or not more than half of all do. */
bool hark_clock_get_skew (const HarkClock *clock, int64_t *ret_s);

/* hark_clock_get_correction: seconds by which our clock, at @ours_s now, is certainly behind
 * (negative: ahead); 0: it is not. */
int64_t hark_clock_get_correction (const HarkClock *clock, int64_t ours_s);

/* hark_clock_get_doubt: what the corrected clock may be off by, and should be tried as well; 0:
 * nothing. */
int64_t hark_clock_get_doubt (const HarkClock *clock, int64_t ours_s);
