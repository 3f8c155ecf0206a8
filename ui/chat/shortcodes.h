/* ui/chat/shortcodes.h - emoji by their names, as GTK has them: in English, and in the user's
 * language where GTK brings that along (de, es, fr, zh).
 *
 * Main thread. The names are read at the first question and kept; some hundred kilobytes.
 */
#pragma once

#include <glib.h>

#define HARK_SHORTCODE_MIN 2 /* characters that are worth a question */
#define HARK_SHORTCODE_MAX 32

typedef struct {
  const char *text; /* the emoji */
  const char *name;
} HarkShortcode; /* both borrowed for ever */

/* hark_shortcodes_find: (transfer full) (element-type HarkShortcode): at most @max whose name or
 * one of whose keywords begins with @typed ("_" is a space, case does not matter): names before
 * keywords before words within a name, each in GTK's order. */
GArray *hark_shortcodes_find (const char *typed, guint max);

/* hark_shortcodes_exact: (nullable): the first emoji with that name, else with that keyword;
 * borrowed for ever. */
const char *hark_shortcodes_exact (const char *typed);
