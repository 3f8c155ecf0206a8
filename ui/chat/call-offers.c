#include "ui/chat/call-offers.h"

#include <glib/gi18n.h>

static void
offer (GtkWidget *box, const char *label, const char *action)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_container_add (GTK_CONTAINER (box), button);
}

GtkWidget *
hark_call_offers_new (bool outgoing)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  gtk_widget_set_halign (box, GTK_ALIGN_START);
  offer (box, outgoing ? _ ("Call Again") : _ ("Call Back"), "person.call");
  offer (box, _ ("Leave a Voice Message"), "person.record");
  gtk_widget_show_all (box);
  return box;
}
