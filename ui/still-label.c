#include "ui/still-label.h"

#include "ui/widgets.h"

#include <string.h>

#define LEAST_CHARS 3

struct _HarkStillLabel {
  GtkWidget parent_instance;
  char *text;
  PangoLayout *layout; /* as wide and high as the label is; NULL: not made for this style */
};

G_DEFINE_TYPE (HarkStillLabel, hark_still_label, GTK_TYPE_WIDGET)

/* (transfer full): the text, broken at @width px; 0: not at all */
static PangoLayout *
lay_out (HarkStillLabel *label, int width)
{
  GtkWidget *widget = GTK_WIDGET (label);
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, label->text);

  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width (layout, width > 0 ? width * PANGO_SCALE : -1);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    pango_layout_set_alignment (layout, PANGO_ALIGN_RIGHT);
  return layout;
}

static void
measure (HarkStillLabel *label, int width, int *ret_width, int *ret_height)
{
  g_autoptr (PangoLayout) layout = lay_out (label, width);

  pango_layout_get_pixel_size (layout, ret_width, ret_height);
}

static int
char_width (HarkStillLabel *label)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (label));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  const int width = pango_font_metrics_get_approximate_digit_width (metrics);

  pango_font_metrics_unref (metrics);
  return MAX (1, PANGO_PIXELS_CEIL (width));
}

static GtkSizeRequestMode
hark_still_label_get_request_mode (GtkWidget *widget)
{
  (void) widget;
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
hark_still_label_get_preferred_width (GtkWidget *widget, int *minimum, int *natural)
{
  HarkStillLabel *label = HARK_STILL_LABEL (widget);
  const int one = char_width (label);
  int height;

  measure (label, HARK_STILL_CHARS * one, natural, &height);
  *minimum = MIN (*natural, LEAST_CHARS * one);
}

static void
hark_still_label_get_preferred_height_for_width (GtkWidget *widget,
                                                 int width,
                                                 int *minimum,
                                                 int *natural)
{
  int ignored;

  measure (HARK_STILL_LABEL (widget), width, &ignored, minimum);
  *natural = *minimum;
}

static void
hark_still_label_get_preferred_height (GtkWidget *widget, int *minimum, int *natural)
{
  int least, best;

  hark_still_label_get_preferred_width (widget, &least, &best);
  hark_still_label_get_preferred_height_for_width (widget, best, minimum, natural);
}

static void
hark_still_label_size_allocate (GtkWidget *widget, GtkAllocation *place)
{
  GTK_WIDGET_CLASS (hark_still_label_parent_class)->size_allocate (widget, place);
  g_clear_object (&HARK_STILL_LABEL (widget)->layout);
}

static void
hark_still_label_style_updated (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (hark_still_label_parent_class)->style_updated (widget);
  g_clear_object (&HARK_STILL_LABEL (widget)->layout);
  gtk_widget_queue_resize (widget);
}

static void
hark_still_label_direction_changed (GtkWidget *widget, GtkTextDirection before)
{
  GTK_WIDGET_CLASS (hark_still_label_parent_class)->direction_changed (widget, before);
  g_clear_object (&HARK_STILL_LABEL (widget)->layout);
}

/* What does not fit is cut off in the room there is, until it has more. */
static gboolean
hark_still_label_draw (GtkWidget *widget, cairo_t *cr)
{
  HarkStillLabel *label = HARK_STILL_LABEL (widget);

  if (!label->layout) {
    label->layout = lay_out (label, gtk_widget_get_allocated_width (widget));
    pango_layout_set_height (label->layout, gtk_widget_get_allocated_height (widget) * PANGO_SCALE);
    pango_layout_set_ellipsize (label->layout, PANGO_ELLIPSIZE_END);
  }
  gtk_render_layout (gtk_widget_get_style_context (widget), cr, 0, 0, label->layout);
  return GDK_EVENT_PROPAGATE;
}

static void
hark_still_label_finalize (GObject *object)
{
  g_clear_object (&HARK_STILL_LABEL (object)->layout);
  g_free (HARK_STILL_LABEL (object)->text);
  G_OBJECT_CLASS (hark_still_label_parent_class)->finalize (object);
}

static void
hark_still_label_class_init (HarkStillLabelClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = hark_still_label_finalize;
  widgets->get_request_mode = hark_still_label_get_request_mode;
  widgets->get_preferred_width = hark_still_label_get_preferred_width;
  widgets->get_preferred_height = hark_still_label_get_preferred_height;
  widgets->get_preferred_height_for_width = hark_still_label_get_preferred_height_for_width;
  widgets->size_allocate = hark_still_label_size_allocate;
  widgets->style_updated = hark_still_label_style_updated;
  widgets->direction_changed = hark_still_label_direction_changed;
  widgets->draw = hark_still_label_draw;
  gtk_widget_class_set_css_name (widgets, "label");
  gtk_widget_class_set_accessible_role (widgets, ATK_ROLE_LABEL);
}

static void
hark_still_label_init (HarkStillLabel *label)
{
  gtk_widget_set_has_window (GTK_WIDGET (label), FALSE);
  label->text = g_strdup ("");
}

static bool
fits (HarkStillLabel *label)
{
  const int width = gtk_widget_get_allocated_width (GTK_WIDGET (label));
  int wide, high;

  measure (label, MAX (1, width), &wide, &high);
  return wide <= width && high == gtk_widget_get_allocated_height (GTK_WIDGET (label));
}

void
hark_still_label_set (HarkStillLabel *label, const char *text, bool stays)
{
  g_return_if_fail (HARK_IS_STILL_LABEL (label) && text);

  if (strcmp (label->text, text) == 0)
    return;
  g_free (label->text);
  label->text = g_strdup (text);
  g_clear_object (&label->layout);
  hark_widget_spoken (GTK_WIDGET (label), text);
  if (stays && fits (label))
    gtk_widget_queue_draw (GTK_WIDGET (label));
  else
    gtk_widget_queue_resize (GTK_WIDGET (label));
}

const char *
hark_still_label_get (HarkStillLabel *label)
{
  g_return_val_if_fail (HARK_IS_STILL_LABEL (label), NULL);

  return label->text;
}
