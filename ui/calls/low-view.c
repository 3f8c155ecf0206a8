#include "ui/calls/low-view.h"

struct _HarkLowView {
  GtkScrolledWindow parent_instance;
  GtkWidget *content; /* borrowed: it is inside */
};

G_DEFINE_TYPE (HarkLowView, hark_low_view, GTK_TYPE_SCROLLED_WINDOW)

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  (void) widget;
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
get_preferred_height_for_width (GtkWidget *widget, int width, int *ret_least, int *ret_natural)
{
  int least, natural;

  gtk_widget_get_preferred_height_for_width (HARK_LOW_VIEW (widget)->content, width, &least,
                                             &natural);
  *ret_least = MIN (least, HARK_LOW_VIEW_PX_MIN);
  *ret_natural = MIN (natural, HARK_LOW_VIEW_PX_MAX);
}

static void
get_preferred_height (GtkWidget *widget, int *ret_least, int *ret_natural)
{
  int width;

  gtk_widget_get_preferred_width (HARK_LOW_VIEW (widget)->content, NULL, &width);
  get_preferred_height_for_width (widget, width, ret_least, ret_natural);
}

static void
hark_low_view_class_init (HarkLowViewClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  widgets->get_request_mode = get_request_mode;
  widgets->get_preferred_height = get_preferred_height;
  widgets->get_preferred_height_for_width = get_preferred_height_for_width;
}

static void
hark_low_view_init (HarkLowView *view)
{
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (view), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
}

GtkWidget *
hark_low_view_new (GtkWidget *content)
{
  HarkLowView *view = g_object_new (HARK_TYPE_LOW_VIEW, NULL);

  view->content = content;
  gtk_container_add (GTK_CONTAINER (view), content);
  return GTK_WIDGET (view);
}
