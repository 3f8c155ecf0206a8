#include "ui/warning-bar.h"

#include "ui/widgets.h"

#include <glib/gi18n.h>

struct _HarkWarningBar {
  GtkInfoBar parent_instance;
  GtkWidget *text;
};

G_DEFINE_TYPE (HarkWarningBar, hark_warning_bar, GTK_TYPE_INFO_BAR)

static void
hark_warning_bar_class_init (HarkWarningBarClass *klass)
{
  (void) klass;
}

static void
hark_warning_bar_init (HarkWarningBar *bar)
{
  GtkInfoBar *info = GTK_INFO_BAR (bar);
  GtkWidget *content = gtk_info_bar_get_content_area (info);

  bar->text = gtk_label_new (NULL);
  hark_widget_wrap (bar->text);
  gtk_label_set_xalign (GTK_LABEL (bar->text), 0);
  gtk_widget_show (bar->text);
  gtk_container_add (GTK_CONTAINER (content), bar->text);
  gtk_container_set_border_width (GTK_CONTAINER (content), 10);
  gtk_info_bar_set_message_type (info, GTK_MESSAGE_WARNING);
  gtk_info_bar_add_button (info, _ ("Close"), GTK_RESPONSE_CLOSE);
  g_signal_connect (bar, "response", G_CALLBACK (hark_warning_bar_forget), NULL);
}

void
hark_warning_bar_say (HarkWarningBar *bar, const char *text)
{
  g_return_if_fail (HARK_IS_WARNING_BAR (bar));

  gtk_label_set_text (GTK_LABEL (bar->text), text);
  gtk_widget_show (GTK_WIDGET (bar));
  gtk_info_bar_set_revealed (GTK_INFO_BAR (bar), TRUE);
}

void
hark_warning_bar_forget (HarkWarningBar *bar)
{
  g_return_if_fail (HARK_IS_WARNING_BAR (bar));

  gtk_info_bar_set_revealed (GTK_INFO_BAR (bar), FALSE);
}

void
hark_warning_bar_take_back (HarkWarningBar *bar, const char *text)
{
  g_return_if_fail (HARK_IS_WARNING_BAR (bar));

  if (g_strcmp0 (gtk_label_get_text (GTK_LABEL (bar->text)), text) == 0)
    hark_warning_bar_forget (bar);
}
