/* core/heart/calls/group-calls.h - calls of groups; for core/heart alone.
 *
 * How they work: core/calls/round.h and core/PROTOCOL.md "Calls of groups".
 */
#pragma once

#include "core/calls/round.h"
#include "core/heart/groups/groups.h"

G_STATIC_ASSERT (HARK_ROUND_OTHERS_MAX == HARK_GROUP_CALL_OTHERS_MAX);

/* One member was told our word. */
typedef struct {
  HarkKey peer;
  uint32_t session;
  unsigned version;
} HarkCoreGroupTold;

/* Whose stream of the voice each was, as the shell was last told. */
typedef struct {
  bool on;
  HarkKey peer;
  unsigned volume;
  HarkAdvice advice; /* on the line to them */
} HarkCoreGroupStream;

/* What is to be said of the call when it is over. */
typedef struct {
  uint64_t id; /* 0: there is none */
  uint8_t row[HARK_CHAT_ID_LEN];
  bool ours, has_starter; /* ours: we began it */
  HarkKey starter;
  unsigned n;
  HarkKey people[HARK_GROUP_MEMBERS_MAX]; /* others who took part, whenever */
  bool in;                                /* we are, */
  HarkTime since;                         /* since then, */
  HarkTime spoken;                        /* and were so long before */
} HarkCoreGroupPast;

struct HarkCoreGroupCall {
  HarkRound round;
  HarkCoreGroupPast past;
  HarkRoundWord said; /* ours */
  unsigned version;   /* of it; 0: never said */
  GArray *told;       /* HarkCoreGroupTold */
  HarkCoreGroupStream streams[HARK_ROUND_OTHERS_MAX];
  bool changed, rings;
  HarkTime stats_at;  /* when the lines were last told of */
  const char *reason; /* static: why we are out of it */
  const char *lack;   /* static: as hark_core_sound_lack() had it when the user was told */
};

/* hark_core_group_call_drop: the group is about to be forgotten. */
void hark_core_group_call_drop (HarkCore *core, HarkCoreGroup *group);

/* hark_core_group_call_frame: false when it makes no sense; _media: of whom we talk with in one;
 * _session: as hark_core_calls_session(). */
bool
hark_core_group_call_frame (HarkCore *core, HarkCoreContact *contact, const Hark__GroupCall *frame);
void hark_core_group_call_media (HarkCore *core, const HarkNetEvent *event);
void hark_core_group_calls_session (HarkCore *core, const HarkKey *account, bool up);

/* hark_core_group_calls_settle: when everything else is done: members and the user are told what
 * has changed. _time: at _deadline. */
void hark_core_group_calls_settle (HarkCore *core);
void hark_core_group_calls_time (HarkCore *core);
HarkTime hark_core_group_calls_deadline (const HarkCore *core);

/* hark_core_group_calls_leave: whichever we are in; others hear of it when that is settled. */
void hark_core_group_calls_leave (HarkCore *core);

/* hark_core_group_call_note: something of it changed: follows who takes part, and writes the entry
 * when it is over. _calls_stop: the program ends: that of what we are in is written now. */
void hark_core_group_call_note (HarkCore *core, HarkCoreGroup *group);
void hark_core_group_calls_stop (HarkCore *core);

/* hark_core_group_call_row: (transfer full) (nullable): as hark_core_call_row(): the entry if the
 * program ended now; NULL when we are not and were not in the call. */
HarkStoreMessage *hark_core_group_call_row (HarkCore *core, HarkCoreGroup *group);

/* hark_core_group_call_name: (transfer full): of a member, as the user knows them. */
char *
hark_core_group_call_name (HarkCore *core, const HarkCoreGroup *group, const HarkKey *account);

void hark_core_command_group_call (HarkCore *core, HarkCommand *command); /* GROUP_CALL... */
