/* ui/format.h - what a message may look like: bold, italic, code, links; a scanner of our own, so
 * that nothing a peer writes is ever read as markup.
 *
 * Pure; any thread. *bold*, _italic_ and `code` hold within a line, between characters that are not
 * blank, and count only beside blanks, punctuation or the ends of a line; they do not nest into
 * code or links, nor deeper than four. A link begins with http://, https:// or hark: and ends at a
 * blank. At most HARK_FORMAT_SPANS_MAX spans of a text are told, the rest is plain.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define HARK_FORMAT_SPANS_MAX 200u
#define HARK_FORMAT_LINK_MAX 2048u /* bytes; a longer one is text */

typedef enum {
  HARK_FORMAT_BOLD,
  HARK_FORMAT_ITALIC,
  HARK_FORMAT_CODE,
  HARK_FORMAT_LINK,
} HarkFormatKind;

typedef struct {
  HarkFormatKind kind;
  guint start, end; /* bytes of the text that is shown */
} HarkFormatSpan;

/**
 * hark_format_scan:
 * @text: UTF-8, fit to be shown (hark_words_shown())
 * @ret_spans: (out) (transfer full): HarkFormatSpan, in no order
 *
 * Returns: (transfer full): the text without the marks of what is in @ret_spans
 */
char *hark_format_scan (const char *text, GArray **ret_spans);

/**
 * hark_format_host:
 * @link: http: or https:
 * @ret_ascii: (out) (nullable) (transfer full): the name as it is asked for, where it is written
 *   otherwise (xn--...); NULL where they are the same
 *
 * Returns: (transfer full) (nullable): where the link leads: without user, password and port,
 * decoded; NULL when it leads nowhere
 */
char *hark_format_host (const char *link, char **ret_ascii);
