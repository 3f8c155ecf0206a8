#include "ui/chat/quote.h"

#include "ui/widgets.h"

struct _HarkQuote {
  GtkBin parent_instance;
  GtkWidget *button;
  GtkWidget *box;
  GtkWidget *who;
  GtkWidget *line;
};

G_DEFINE_TYPE (HarkQuote, hark_quote, GTK_TYPE_BIN)

static void
hark_quote_class_init (HarkQuoteClass *klass)
{
  (void) klass;
}

static GtkWidget *
make_label (GtkWidget *box, const char *class_name)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 40);
  hark_widget_class (label, class_name, true);
  gtk_container_add (GTK_CONTAINER (box), label);
  return label;
}

static void
hark_quote_init (HarkQuote *quote)
{
  quote->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  quote->who = make_label (quote->box, "quote-who");
  quote->line = make_label (quote->box, "quote-line");
  hark_widget_class (quote->box, "quote", true);
  gtk_container_add (GTK_CONTAINER (quote), quote->box);
  gtk_widget_show_all (quote->box);
}

void
hark_quote_set (HarkQuote *quote, const char *who, const char *line)
{
  g_return_if_fail (HARK_IS_QUOTE (quote));

  hark_widget_text (quote->who, who);
  hark_widget_text (quote->line, line);
}

void
hark_quote_set_clicked (HarkQuote *quote, const char *name, GCallback clicked, void *data)
{
  g_return_if_fail (HARK_IS_QUOTE (quote) && !quote->button);

  quote->button = gtk_button_new ();
  gtk_button_set_relief (GTK_BUTTON (quote->button), GTK_RELIEF_NONE);
  hark_widget_class (quote->button, "quote-button", true);
  hark_widget_name (quote->button, name);
  g_object_ref (quote->box);
  gtk_container_remove (GTK_CONTAINER (quote), quote->box);
  gtk_container_add (GTK_CONTAINER (quote->button), quote->box);
  g_object_unref (quote->box);
  gtk_container_add (GTK_CONTAINER (quote), quote->button);
  gtk_widget_show (quote->button);
  g_signal_connect_swapped (quote->button, "clicked", clicked, data);
}
