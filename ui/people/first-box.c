#include "ui/people/first-box.h"

#include "ui/people/here-box.h"

#include <glib/gi18n.h>

struct _HarkFirstBox {
  GtkBox parent_instance;
  HarkClient *client;
  GtkWidget *copy;
  GtkWidget *told;
  GtkWidget *here;
};

G_DEFINE_TYPE (HarkFirstBox, hark_first_box, GTK_TYPE_BOX)

static void
on_address (GObject *owner, const HarkEvent *result)
{
  HarkFirstBox *box = HARK_FIRST_BOX (owner);
  g_autofree char *link = NULL;

  gtk_widget_set_sensitive (box->copy, TRUE);
  if (!result->ok || !result->address) {
    gtk_label_set_text (GTK_LABEL (box->told), result->text ? result->text : "");
    gtk_widget_show (box->told);
    return;
  }
  link = g_strconcat ("hark:", result->address, NULL);
  gtk_clipboard_set_text (gtk_widget_get_clipboard (box->copy, GDK_SELECTION_CLIPBOARD), link, -1);
  gtk_label_set_text (
    GTK_LABEL (box->told),
    _ ("Copied. Send it to a friend by mail or messenger: who opens it in Hark asks "
       "you, and you say yes or no here."));
  gtk_widget_show (box->told);
}

static void
on_copy (HarkFirstBox *box)
{
  gtk_widget_set_sensitive (box->copy, FALSE);
  hark_client_ask (box->client, hark_command_new (HARK_COMMAND_ADDRESS), G_OBJECT (box),
                   on_address);
}

/* A stranger's claim of a name is asked about like any address. */
static void
on_chosen (HarkFirstBox *box, const char *address)
{
  GActionGroup *actions
    = gtk_widget_get_action_group (gtk_widget_get_toplevel (GTK_WIDGET (box)), "win");

  g_action_group_activate_action (actions, "add-address", g_variant_new_string (address));
}

static void
hark_first_box_dispose (GObject *object)
{
  g_clear_object (&HARK_FIRST_BOX (object)->client);
  G_OBJECT_CLASS (hark_first_box_parent_class)->dispose (object);
}

static void
hark_first_box_class_init (HarkFirstBoxClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_first_box_dispose;
  g_type_ensure (HARK_TYPE_HERE_BOX);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/first-box.ui");
  gtk_widget_class_bind_template_child (widgets, HarkFirstBox, copy);
  gtk_widget_class_bind_template_child (widgets, HarkFirstBox, told);
  gtk_widget_class_bind_template_child (widgets, HarkFirstBox, here);
  gtk_widget_class_bind_template_callback (widgets, on_copy);
  gtk_widget_class_bind_template_callback (widgets, on_chosen);
}

static void
hark_first_box_init (HarkFirstBox *box)
{
  gtk_widget_init_template (GTK_WIDGET (box));
}

void
hark_first_box_set_client (HarkFirstBox *box, HarkClient *client)
{
  g_return_if_fail (HARK_IS_FIRST_BOX (box) && HARK_IS_CLIENT (client));

  box->client = g_object_ref (client);
  hark_here_box_set_client (HARK_HERE_BOX (box->here), client);
}
