/* ui/chat/long-text.h - long words and paragraphs, in parts that can be laid out in time.
 *
 * Pango looks for lines in a whole paragraph at once, and in a word without a break for each line
 * again: 64 KB of it take minutes, at every key. Where a word or a paragraph is too long, a
 * PARAGRAPH SEPARATOR (U+2029) that nobody wrote goes into what is shown, and out of what is sent,
 * copied or opened. Main thread.
 */
#pragma once

#include <gtk/gtk.h>

#define HARK_LONG_WORD_CHARS 400  /* a part of a word */
#define HARK_LONG_TEXT_CHARS 2000 /* a part of a paragraph; it ends behind a space */

/* hark_long_text_part: Returns: (transfer full): @text, UTF-8, in parts */
char *hark_long_text_part (const char *text);

/* hark_long_text_cheap: so many characters of @text (nullable), from its beginning, are laid out in
 * 2 to 4 ms: 2,000 of most alphabets, a few hundred lines, emoji or signs that no font of the
 * window has. */
gsize hark_long_text_cheap (const char *text);

/* hark_long_text_offset: where the byte at @offset of @text is in @parts, which
 * hark_long_text_part() made of it. Linear. */
gsize hark_long_text_offset (const char *text, const char *parts, gsize offset);

/* hark_long_text_join: takes the parts of @text together, in place. Returns: @text */
char *hark_long_text_join (char *text);

/* hark_long_text_follow: keeps what is written in @view in parts, for as long as it lives. What its
 * buffer holds goes through hark_long_text_join() before it is used. */
void hark_long_text_follow (GtkTextView *view);
