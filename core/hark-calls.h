/* core/hark-calls.h - calls, of two people and of groups, and what they are heard with; part of
 * core/hark.h.
 *
 * Plain values.
 */
#pragma once

#include "core/hark-sizes.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_CALL_VOLUME 100 /* per cent: of somebody whose loudness nobody changed */
#define HARK_CALL_VOLUME_MAX 200

typedef enum { HARK_CALLING, HARK_RINGING, HARK_ACTIVE, HARK_HELD, HARK_ENDED } HarkCallPhase;

typedef struct {
  uint64_t id;
  uint8_t contact[HARK_ACCOUNT_LEN];
  bool outgoing;
  HarkCallPhase phase;
  bool muted;
  bool held_here, held_there; /* HELD: who holds */
  bool reconnecting;          /* HELD: the connection is lost and looked for */
  bool unanswered;            /* ENDED: we called in vain and may leave a voice clip */
  unsigned volume;            /* how loud they are heard here: per cent */
  char *reason;               /* HELD, ENDED: in words */
  char *words;                /* short code to read aloud, until verified; NULL for none */
} HarkCall;

/* ---- how good it is ---- */

typedef enum { HARK_PATH_NONE, HARK_PATH_LAN, HARK_PATH_DIRECT, HARK_PATH_RELAY } HarkPathKind;

typedef struct {
  uint64_t call;
  double rtt_ms, jitter_ms, playout_ms;
  double loss_in, loss_out, concealed; /* shares, 0 to 1 */
  double rate_out;                     /* bit/s */
  double level_in, level_out;          /* dBFS of microphone (also while muted) and speaker */
  double
    delay_ms; /* about, from their mouth to our ear (core/heart/calls/advice.h); 0: not known */
  HarkPathKind path; /* that the voice takes */
  bool speaking;     /* the microphone hears a voice, also while muted */
} HarkCallStats;

/* ---- groups ---- */

#define HARK_GROUP_CALL_PEOPLE_MAX 6 /* with us */
#define HARK_GROUP_CALL_OTHERS_MAX 5

typedef enum {
  HARK_GROUP_CALL_OVER,   /* nobody is in it any more */
  HARK_GROUP_CALL_ON,     /* others are */
  HARK_GROUP_CALL_JOINED, /* we are: the microphone is open */
  HARK_GROUP_CALL_HELD,   /* we are, but in another call as well; JOIN takes it back */
} HarkGroupCallPhase;

/* How somebody who is in the call is heard here. */
typedef enum {
  HARK_GROUP_HEARD,         /* both ways, while we are JOINED */
  HARK_GROUP_RECONNECTING,  /* the connection is lost and looked for */
  HARK_GROUP_NOT_CONNECTED, /* there is none: reason; others tell us that they are in it */
} HarkGroupHearing;

/* Somebody else in the call. */
typedef struct {
  uint8_t account[HARK_ACCOUNT_LEN];
  char *name;
  HarkGroupHearing hearing;
  bool muted, held; /* by themselves */
  unsigned volume;  /* per cent */
  char *reason;     /* in words: why we do not hear each other, or through whom; NULL: none */
} HarkGroupCallPerson;

typedef struct {
  uint8_t group[HARK_MESSAGE_ID_LEN];
  uint64_t id;
  HarkGroupCallPhase phase;
  bool rings; /* ON: it has begun, once a call, and only where the group's notices and we allow */
  bool muted; /* we */
  GPtrArray *people; /* HarkGroupCallPerson, by account */
  char *reason;      /* in words: why we are out of it, or held; NULL for none */
} HarkGroupCall;

typedef struct {
  uint8_t account[HARK_ACCOUNT_LEN];
  double level; /* dBFS; of our microphone also while muted */
  bool speaking;
} HarkGroupLevel;

/* What lies between us and somebody in the call. */
typedef struct {
  uint8_t account[HARK_ACCOUNT_LEN];
  HarkCallStats stats; /* level_in: of our microphone, level_out: of their voice; call: 0 */
  char *advice;        /* a sentence while it is bad; NULL: it is not */
} HarkGroupLine;

/* hark_group_lines_new: owns HarkGroupLine. */
GPtrArray *hark_group_lines_new (void);

/* ---- devices ---- */

/* A microphone or speaker that there is. */
typedef struct {
  char *name; /* as DEVICE takes it; the same the next time it is plugged in */
  char *text; /* for people */
  bool is_mic;
  bool is_default; /* what "pulse" means now */
} HarkSoundDevice;

/* hark_sound_device_free: NULL is fine. */
void hark_sound_device_free (HarkSoundDevice *device);

/* What calls are heard and spoken with. */
typedef struct {
  char *mic, *speaker; /* as DEVICE takes them */
  char *ring;          /* where the ringing is heard; NULL: as everything else */
  bool keep_echo, keep_noise, keep_gain;
  bool low_delay; /* half as much sound ahead of a sound server, while it copes */
} HarkSound;

/* hark_sound_free, hark_sound_copy: (transfer full). NULL is fine. */
void hark_sound_free (HarkSound *sound);
HarkSound *hark_sound_copy (const HarkSound *sound);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkSound, hark_sound_free)
