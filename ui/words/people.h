/* ui/words/people.h - what is said of a person or a group in a line.
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

/* hark_words_parting: (transfer full): the question whether @person is to be blocked (@block), or
 * removed. */
char *hark_words_parting (const HarkPerson *person, bool block);
