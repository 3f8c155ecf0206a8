/* ui/chat/wrapped-label.h - a label that breaks anywhere, at most HARK_WRAPPED_CHARS wide, and is
 * measured cheaply.
 *
 * Main thread. GTK's own measuring of such a label shapes its text several times, and a sample of
 * the language's besides. Here a short text is shaped once to be measured and once to be drawn, a
 * long one once for both while there is room for HARK_WRAPPED_CHARS. The style must not give it a
 * border or padding.
 */
#pragma once

#include <gtk/gtk.h>

#define HARK_WRAPPED_CHARS 44

#define HARK_TYPE_WRAPPED_LABEL (hark_wrapped_label_get_type ())
G_DECLARE_DERIVABLE_TYPE (HarkWrappedLabel, hark_wrapped_label, HARK, WRAPPED_LABEL, GtkLabel)

struct _HarkWrappedLabelClass {
  GtkLabelClass parent_class;
};
