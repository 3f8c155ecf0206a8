/* ui/chat/message-text.h - the text of a message, with what ui/format.h finds in it.
 *
 * Main thread. Signal "link" (const char *): the user chose a link; nothing was opened.
 */
#pragma once

#include "ui/chat/wrapped-label.h"

#define HARK_TYPE_MESSAGE_TEXT (hark_message_text_get_type ())
G_DECLARE_FINAL_TYPE (HarkMessageText, hark_message_text, HARK, MESSAGE_TEXT, HarkWrappedLabel)

/* hark_message_text_set: @text: from a peer; @whole: however long it is, else what can be laid out
 * between two pictures (hark_long_text_cheap()). Returns: whether all of it is shown. */
gboolean hark_message_text_set (HarkMessageText *label, const char *text, gboolean whole);

/* hark_message_text_say: @sentence: Hark's own, about a message (hark_words_note()): nothing in it
 * is a sign of format or a link, and what sets a name in it apart stays. */
void hark_message_text_say (HarkMessageText *label, const char *sentence);

/* hark_message_text_get_links: (transfer full): NULL-terminated, in order. */
char **hark_message_text_get_links (HarkMessageText *label);
