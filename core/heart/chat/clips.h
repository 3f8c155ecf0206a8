/* core/heart/chat/clips.h - a voice message that is spoken, and one that is heard; for core/heart
 * alone, which have it with core-private.h.
 */
#pragma once

#include "core/heart/core.h"
#include "core/store/store.h"
#include "net/base/key.h"

/* A voice message that is heard. */
typedef struct {
  bool on;
  HarkPlaying now; /* its speed holds for the next as well */
  bool is_whole;   /* nothing of it is still to come */
  GQueue drawn;    /* HarkCommand: WAVEFORM, in the order of their effects; on: all is here */
} HarkCorePlay;

/* One that is spoken now. */
typedef struct {
  HarkCommand *target; /* CLIP, where it goes; NULL: none is */
  bool open;           /* the microphone */
  HarkCommand *stop;   /* waits for what was heard */
  GPtrArray *parts;    /* GBytes: what was; NULL: not here yet */
  uint32_t length_ms;
  GQueue due; /* HarkCommand: CLIP */
} HarkCoreRecord;

/* ---- chat/play.c ---- */

/* hark_core_play_stop: nothing is heard any more; _clear: at the end. hark_core_is_in_call: in one,
 * or one rings. */
void hark_core_play_stop (HarkCore *core);
void hark_core_play_clear (HarkCore *core);
bool hark_core_is_in_call (const HarkCore *core);
void hark_core_command_play (HarkCore *core, HarkCommand *command);
void hark_core_command_waveform (HarkCore *core, HarkCommand *command);

/* ---- chat/record.c ---- */

/* hark_core_record_begin: the microphone was opened for @command. _halt: it is closed; what was
 * heard waits for the user. _lacks: there is no microphone: over with @reason, unless something was
 * heard already. _stop, _cancel: (transfer full) what the user wants then. _due:
 * (transfer full) (nullable): a command that it became; _clear: at the end. */
void hark_core_record_begin (HarkCore *core, const HarkCommand *command);
void hark_core_record_halt (HarkCore *core);
void hark_core_record_lacks (HarkCore *core, const char *reason);
void hark_core_record_stop (HarkCore *core, HarkCommand *command);
void hark_core_record_cancel (HarkCore *core, HarkCommand *command);
HarkCommand *hark_core_record_due (HarkCore *core);
void hark_core_record_clear (HarkCore *core);

/* ---- chat/clips.c ---- */

/* hark_core_clip_is_fit: @command has a clip, which says nothing of parts unless core made it;
 * false with the RESULT made. */
bool hark_core_clip_is_fit (HarkCore *core, HarkCommand *command);

/* hark_core_clip_join: (transfer full): all that is here of a clip, of GET_CLIP's rows, as one
 * file;
 * @ret_whole: that is all of it. */
GBytes *hark_core_clip_join (const GPtrArray *rows, bool *ret_whole);

void hark_core_command_clip (HarkCore *core, HarkCommand *command);
void hark_core_command_sound (HarkCore *core, HarkCommand *command);

/* ---- chat/entries.c ---- */

/* hark_core_clip_rows: (transfer full) (nullable): rows for the parts that @command has, behind
 * @first: likewise, but for id, body and that they are parts. */
GPtrArray *
hark_core_clip_rows (HarkCore *core, const HarkCommand *command, const HarkStoreMessage *first);
