#include "ui/chat/spelling.h"

#ifdef HARK_GSPELL
#include <gspell/gspell.h>

void
hark_spelling_follow (GtkTextView *view)
{
  if (gspell_language_get_default ()) /* else there is no dictionary at all */
    gspell_text_view_basic_setup (gspell_text_view_get_from_gtk_text_view (view));
}
#else
void
hark_spelling_follow (GtkTextView *view)
{
  (void) view;
}
#endif
