/* ui/chat/quote.h - the beginning of another message: above an answer, or above what is written.
 *
 * Main thread.
 */
#pragma once

#include "core/hark.h"

#include <gtk/gtk.h>

#define HARK_TYPE_QUOTE (hark_quote_get_type ())
G_DECLARE_FINAL_TYPE (HarkQuote, hark_quote, HARK, QUOTE, GtkBin)

/* hark_quote_set: @who: whose message; @line: of it, one line. Both as plain text. */
void hark_quote_set (HarkQuote *quote, const char *who, const char *line);

/* hark_quote_set_clicked: (nullable): what a click does; then it is a button. */
void hark_quote_set_clicked (HarkQuote *quote, const char *name, GCallback clicked, void *data);
