#include "ui/welcome/failed-page.h"

#include "ui/core-words.h"

#include <handy.h>

struct _HarkFailedPage {
  GtkBox parent_instance;
  GtkWidget *status;
};

G_DEFINE_TYPE (HarkFailedPage, hark_failed_page, GTK_TYPE_BOX)

static guint signal_again;

static void
on_again (HarkFailedPage *page)
{
  g_signal_emit (page, signal_again, 0);
}

static void
hark_failed_page_class_init (HarkFailedPageClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  signal_again = g_signal_new ("again", HARK_TYPE_FAILED_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/failed-page.ui");
  gtk_widget_class_bind_template_child (widgets, HarkFailedPage, status);
  gtk_widget_class_bind_template_callback (widgets, on_again);
}

static void
hark_failed_page_init (HarkFailedPage *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));
}

void
hark_failed_page_say (HarkFailedPage *page, const char *problem)
{
  g_autofree char *text = hark_core_words (problem);
  g_autofree char *literal = g_markup_escape_text (text, -1); /* that page reads markup */

  g_return_if_fail (HARK_IS_FAILED_PAGE (page));

  hdy_status_page_set_description (HDY_STATUS_PAGE (page->status), literal);
}
