#include "ui/chat/wrapped-label.h"

#include <stdbool.h>
#include <string.h>

#define LEAST_CHARS 3
#define LONG_BYTES 256 /* shaping twice what is longer is felt */

typedef struct {
  int char_width; /* px; 0: not known for this style */
  int width;      /* px that suit the text, broken where it must be; -1: not measured */
  int height;     /* px of that */
  int at_width;   /* a narrower one that was asked for last, and */
  int at_height;  /* its height; -1: none was */
} HarkWrappedLabelPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (HarkWrappedLabel, hark_wrapped_label, GTK_TYPE_LABEL)

static HarkWrappedLabelPrivate *
size_of (void *label)
{
  return hark_wrapped_label_get_instance_private (label);
}

/* Shapes the text in @layout, at @width. */
static void
measure_in (PangoLayout *layout, int width, int *ret_width, int *ret_height)
{
  pango_layout_set_width (layout, width * PANGO_SCALE);
  pango_layout_get_size (layout, ret_width, ret_height);
  *ret_width = PANGO_PIXELS_CEIL (*ret_width);
  *ret_height = PANGO_PIXELS_CEIL (*ret_height);
}

static void
measure_at (GtkWidget *widget, int width, int *ret_width, int *ret_height)
{
  GtkLabel *label = GTK_LABEL (widget);
  g_autoptr (PangoLayout) layout
    = gtk_widget_create_pango_layout (widget, gtk_label_get_text (label));

  pango_layout_set_attributes (layout, gtk_label_get_attributes (label));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  measure_in (layout, width, ret_width, ret_height);
}

/* In what it is drawn with: GtkLabel does not lay that out again when it is given the same width.
 * So a text that is broken takes all of @width. */
static void
measure_long_at (GtkWidget *widget, int width, int *ret_width, int *ret_height)
{
  PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (widget));

  measure_in (layout, width, ret_width, ret_height);
  if (pango_layout_is_wrapped (layout))
    *ret_width = width;
}

static int
char_width (GtkWidget *widget)
{
  PangoFontMetrics *metrics
    = pango_context_get_metrics (gtk_widget_get_pango_context (widget), NULL, NULL);
  int width = MAX (pango_font_metrics_get_approximate_char_width (metrics),
                   pango_font_metrics_get_approximate_digit_width (metrics));

  pango_font_metrics_unref (metrics);
  return MAX (1, PANGO_PIXELS_CEIL (width));
}

static const HarkWrappedLabelPrivate *
measure (GtkWidget *widget)
{
  const bool is_long = strlen (gtk_label_get_text (GTK_LABEL (widget))) > LONG_BYTES;
  HarkWrappedLabelPrivate *size = size_of (widget);

  if (size->char_width == 0)
    size->char_width = char_width (widget);
  if (size->width < 0)
    (is_long ? measure_long_at : measure_at) (widget, HARK_WRAPPED_CHARS * size->char_width,
                                              &size->width, &size->height);
  return size;
}

static void
hark_wrapped_label_get_preferred_width (GtkWidget *widget, int *minimum, int *natural)
{
  const HarkWrappedLabelPrivate *size = measure (widget);

  *natural = size->width;
  *minimum = MIN (size->width, LEAST_CHARS * size->char_width);
}

/* A box that lies asks like this. GtkLabel would break the text at every letter for it, which took
 * a third of what opening a conversation takes. */
static void
hark_wrapped_label_get_preferred_width_for_height (GtkWidget *widget,
                                                   int height,
                                                   int *minimum,
                                                   int *natural)
{
  (void) height;
  hark_wrapped_label_get_preferred_width (widget, minimum, natural);
}

static void
hark_wrapped_label_get_preferred_height (GtkWidget *widget, int *minimum, int *natural)
{
  *minimum = *natural = measure (widget)->height;
}

static void
hark_wrapped_label_get_preferred_height_for_width (GtkWidget *widget,
                                                   int width,
                                                   int *minimum,
                                                   int *natural)
{
  const HarkWrappedLabelPrivate *size = measure (widget);
  HarkWrappedLabelPrivate *keep = size_of (widget);
  int ignored;

  if (width < size->width && (size->at_height < 0 || width != size->at_width)) {
    measure_at (widget, width, &ignored, &keep->at_height);
    keep->at_width = width;
  }
  *minimum = *natural = width >= size->width ? size->height : size->at_height;
}

static void
hark_wrapped_label_get_preferred_height_and_baseline_for_width (
  GtkWidget *widget, int width, int *minimum, int *natural, int *base_minimum, int *base_natural)
{
  if (width < 0)
    hark_wrapped_label_get_preferred_height (widget, minimum, natural);
  else
    hark_wrapped_label_get_preferred_height_for_width (widget, width, minimum, natural);
  *base_minimum = *base_natural = -1; /* nothing is aligned with it */
}

static void
hark_wrapped_label_style_updated (GtkWidget *widget)
{
  *size_of (widget) = (HarkWrappedLabelPrivate){.width = -1, .at_height = -1};
  GTK_WIDGET_CLASS (hark_wrapped_label_parent_class)->style_updated (widget);
}

static void
hark_wrapped_label_notify (GObject *object, GParamSpec *changed)
{
  (void) changed;
  size_of (object)->width = size_of (object)->at_height = -1;
}

static void
hark_wrapped_label_class_init (HarkWrappedLabelClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->notify = hark_wrapped_label_notify;
  widgets->style_updated = hark_wrapped_label_style_updated;
  widgets->get_preferred_width = hark_wrapped_label_get_preferred_width;
  widgets->get_preferred_width_for_height = hark_wrapped_label_get_preferred_width_for_height;
  widgets->get_preferred_height = hark_wrapped_label_get_preferred_height;
  widgets->get_preferred_height_for_width = hark_wrapped_label_get_preferred_height_for_width;
  widgets->get_preferred_height_and_baseline_for_width
    = hark_wrapped_label_get_preferred_height_and_baseline_for_width;
}

static void
hark_wrapped_label_init (HarkWrappedLabel *label)
{
  size_of (label)->width = size_of (label)->at_height = -1;
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
}
