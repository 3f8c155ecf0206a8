/* ui/chat/spelling.h - spell checking of what is written, by gspell, where it was built with it and
 * a dictionary is installed. Main thread.
 */
#pragma once

#include <gtk/gtk.h>

/* hark_spelling_follow: from soon after its first being shown, for the dictionary takes a while to
 * read; the menu of @view offers corrections and languages. */
void hark_spelling_follow (GtkTextView *view);
