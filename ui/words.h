/* ui/words.h - the sentences, sizes and times of the window; and peers' text made fit to be shown.
 *
 * Main thread (local time zone). Everything returned is UTF-8 for gtk_label_set_text(), never
 * markup.
 */
#pragma once

#include "core/hark.h"

/* hark_words_presence: (transfer full): "Online, direct connection", "Last seen yesterday at 14:02"
 */
char *hark_words_presence (const HarkPerson *person, int64_t now_ms);

/* hark_words_group: (transfer full): who is in it, or why we are not. */
char *hark_words_group (const HarkGroupInfo *group);

/* hark_words_readers: (transfer full) (nullable): how many of @group have seen an outgoing message,
 * of those who let us see it; NULL: nobody, as far as we know. */
char *hark_words_readers (const HarkMessage *message, const HarkGroupInfo *group);

/* hark_words_state: (transfer full): what became of an outgoing message; for a waiting one what it
 * waits for. */
char *hark_words_state (const HarkMessage *message, const HarkPerson *person);

/* hark_words_one_line: (transfer full): the beginning of a peer's text, in one line. */
char *hark_words_one_line (const char *text);

/* hark_words_note: (transfer full) (nullable): what stands in place of a text: who asked to delete
 * it, how long messages stay from here on, a voice message; NULL for a text. */
char *hark_words_note (const HarkMessage *message, const HarkPerson *person);

/* hark_words_foot: (transfer full): below a message: its time, when it disappears, and of @state
 * (nullable). */
char *hark_words_foot (const HarkMessage *message, const char *state, int64_t now_ms);

/* hark_words_duration: (transfer full): "5 minutes", "1 day" */
char *hark_words_duration (uint64_t seconds);

/* hark_words_line: (transfer full): a row of a conversation in one line, for the list of people. */
char *hark_words_line (const HarkMessage *message);

/* hark_words_file: (transfer full): "12 MB of 40 MB, 2.1 MB/s, 14 s left" */
char *hark_words_file (const HarkTransfer *transfer, const HarkPerson *person);

/* hark_words_file_queues: it was taken and waits only for other files of @person. */
bool hark_words_file_queues (const HarkTransfer *transfer, const HarkPerson *person);

/* hark_words_file_more: (transfer full) (nullable): what else there is to know, a line each: how
 * many files a folder has, from how many it comes, what was left out, that opening it is risky;
 * while it moves between us and @person alone, which way. */
char *hark_words_file_more (const HarkTransfer *transfer, const HarkPerson *person);

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

/* hark_words_look_up_zone: times of day are in the zone that there is now, which is else looked up
 * once a minute. */
void hark_words_look_up_zone (void);

char *hark_words_time (int64_t ms);                /* (transfer full): 14:02 */
char *hark_words_day (int64_t ms, int64_t now_ms); /* (transfer full): Today, Yesterday, ... */
bool hark_words_same_day (int64_t a_ms, int64_t b_ms);

/**
 * hark_words_shown:
 * @text: from a peer
 * @chars_max: characters at most; a longer text ends in an ellipsis
 *
 * Characters that turn or set apart the direction of text (UAX #9) and control characters become
 * U+FFFD, so that a text cannot look like another one. Of marks that pile up on one character
 * (combining ones) the first six are shown, so that it stays in its line.
 *
 * Returns: (transfer full): valid UTF-8
 */
char *hark_words_shown (const char *text, size_t chars_max);

/* hark_words_notice: (transfer full): @text for a notification, whose body some desktops read as
 * markup: a line of hark_words_line(), or what core has cleaned. */
char *hark_words_notice (const char *text);
