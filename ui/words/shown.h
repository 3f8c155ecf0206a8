/* ui/words/shown.h - peers' text made fit to be shown.
 *
 * Pure; any thread. Everything returned is UTF-8 for gtk_label_set_text(), never markup.
 */
#pragma once

#include <stddef.h>

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

/* hark_words_one_line: (transfer full): the beginning of a peer's text, in one line. */
char *hark_words_one_line (const char *text);

/* hark_words_notice: (transfer full): @text for a notification, whose body some desktops read as
 * markup: a line of hark_words_line(), or what core has cleaned. */
char *hark_words_notice (const char *text);
