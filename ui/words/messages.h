/* ui/words/messages.h - what is said of a message: what became of it, and all of it in one line.
 *
 * Main thread (local time zone). Everything returned is UTF-8 for gtk_label_set_text(), never
 * markup.
 */
#pragma once

#include "core/hark.h"

/* hark_words_readers: (transfer full) (nullable): how many of @group have seen an outgoing message,
 * of those who let us see it; NULL: nobody, as far as we know. */
char *hark_words_readers (const HarkMessage *message, const HarkGroupInfo *group);

/* hark_words_state: (transfer full): what became of an outgoing message; for a waiting one what it
 * waits for. */
char *hark_words_state (const HarkMessage *message, const HarkPerson *person);

/* hark_words_note: (transfer full) (nullable): what stands in place of a text: who asked to delete
 * it, how long messages stay from here on, a voice message; NULL for a text. */
char *hark_words_note (const HarkMessage *message, const HarkPerson *person);

/* hark_words_foot: (transfer full): below a message: its time, when it disappears, and of @state
 * (nullable). */
char *hark_words_foot (const HarkMessage *message, const char *state, int64_t now_ms);

/* hark_words_line: (transfer full): a row of a conversation in one line, for the list of people. */
char *hark_words_line (const HarkMessage *message);
