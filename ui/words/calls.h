/* ui/words/calls.h - what is said of a call: the one there is, and those there were.
 *
 * Main thread. Everything returned is UTF-8 for gtk_label_set_text(), never markup.
 */
#pragma once

#include "core/hark.h"

/* hark_words_call_row: (transfer full): of a call in the past: "Call, 3:20" */
char *hark_words_call_row (const HarkMessage *message);

/* hark_words_call_is_missed: @message is of a call that somebody waited for us in vain with. */
bool hark_words_call_is_missed (const HarkMessage *message);

/* hark_words_call: (transfer full): of the call there is. @seconds since it is active. */
char *hark_words_call (const HarkCall *call, const char *name, unsigned seconds);

/* hark_words_call_path: (transfer full) (nullable): which way the voice goes; @relay (nullable):
 * who relays. NULL: not known. */
char *hark_words_call_path (HarkPathKind path, const char *relay);

/* hark_words_quality_of: how a call is by its figures; hark_words_quality: (transfer full): the
 * same, delay and loss in words. */
typedef enum { HARK_QUALITY_GOOD, HARK_QUALITY_FAIR, HARK_QUALITY_BAD } HarkQuality;
HarkQuality hark_words_quality_of (const HarkCallStats *stats);
char *hark_words_quality (const HarkCallStats *stats);
