#include "ui/people/here-box.h"

#include "ui/fence.h"
#include "ui/widgets.h"
#include "ui/words/shown.h"

#include <glib/gi18n.h>
#include <handy.h>

#define NAME_CHARS 48
#define ROWS_MAX 64 /* a crowd is no list to choose from */

struct _HarkHereBox {
  GtkBox parent_instance;
  HarkClient *client;
  GtkWidget *list;
  GtkWidget *nobody;
  GtkWidget *visible;
  bool following; /* the switch follows the engine and is not a wish */
};

G_DEFINE_TYPE (HarkHereBox, hark_here_box, GTK_TYPE_BOX)

static guint signal_chosen;

static void
on_clicked (HarkHereBox *box, GtkWidget *button)
{
  g_signal_emit (box, signal_chosen, 0, g_object_get_data (G_OBJECT (button), "hark-address"));
}

static void
add_row (HarkHereBox *box, const HarkNeighbour *neighbour)
{
  g_autofree char *name = hark_words_shown (neighbour->name, NAME_CHARS);
  g_autofree char *spoken = g_strdup_printf (_ ("Choose %s"), name);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *avatar = hdy_avatar_new (28, "", TRUE);
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *button = gtk_button_new_with_label (_ ("Choose"));

  hark_fence_face (box->client, avatar, label, neighbour->account, name);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  hark_widget_spoken (button, spoken);
  g_object_set_data_full (G_OBJECT (button), "hark-address", g_strdup (neighbour->address), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_clicked), box, G_CONNECT_SWAPPED);
  gtk_container_add (GTK_CONTAINER (row), avatar);
  gtk_container_add (GTK_CONTAINER (row), label);
  gtk_container_add (GTK_CONTAINER (row), button);
  gtk_widget_show_all (row);
  gtk_container_add (GTK_CONTAINER (box->list), row);
}

static void
show (HarkHereBox *box, const HarkEvent *event)
{
  guint rows = 0;
  g_autoptr (GList) old = gtk_container_get_children (GTK_CONTAINER (box->list));

  for (GList *at = old; at; at = at->next)
    gtk_widget_destroy (at->data);
  for (guint i = 0; event->neighbours && i < event->neighbours->len && rows < ROWS_MAX; i++) {
    const HarkNeighbour *neighbour = event->neighbours->pdata[i];

    if (hark_client_find (box->client, neighbour->account))
      continue;
    add_row (box, neighbour);
    rows++;
  }
  gtk_widget_set_visible (box->nobody, rows == 0);
  box->following = true;
  gtk_switch_set_active (GTK_SWITCH (box->visible), event->on);
  box->following = false;
}

static void
on_here (GObject *owner, const HarkEvent *result)
{
  if (result->ok)
    show (HARK_HERE_BOX (owner), result);
}

static void
on_told (HarkHereBox *box, const HarkEvent *event)
{
  if (event->kind == HARK_EVENT_PEOPLE_HERE)
    show (box, event);
}

static void
ask (HarkHereBox *box)
{
  hark_client_ask (box->client, hark_command_new (HARK_COMMAND_PEOPLE_HERE), G_OBJECT (box),
                   on_here);
}

static void
on_visible (HarkHereBox *box)
{
  HarkCommand *command;

  if (box->following)
    return;
  command = hark_command_new (HARK_COMMAND_VISIBLE);
  command->on = gtk_switch_get_active (GTK_SWITCH (box->visible));
  hark_client_send (box->client, command);
}

static void
hark_here_box_dispose (GObject *object)
{
  g_clear_object (&HARK_HERE_BOX (object)->client);
  G_OBJECT_CLASS (hark_here_box_parent_class)->dispose (object);
}

static void
hark_here_box_class_init (HarkHereBoxClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_here_box_dispose;
  signal_chosen = g_signal_new ("chosen", HARK_TYPE_HERE_BOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/here-box.ui");
  gtk_widget_class_bind_template_child (widgets, HarkHereBox, list);
  gtk_widget_class_bind_template_child (widgets, HarkHereBox, nobody);
  gtk_widget_class_bind_template_child (widgets, HarkHereBox, visible);
  gtk_widget_class_bind_template_callback (widgets, on_visible);
}

static void
hark_here_box_init (HarkHereBox *box)
{
  gtk_widget_init_template (GTK_WIDGET (box));
  hark_widget_spoken (box->visible, _ ("Let people on this network see me"));
}

void
hark_here_box_set_client (HarkHereBox *box, HarkClient *client)
{
  g_return_if_fail (HARK_IS_HERE_BOX (box) && HARK_IS_CLIENT (client));

  box->client = g_object_ref (client);
  g_signal_connect_object (client, "told", G_CALLBACK (on_told), box, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "ready", G_CALLBACK (ask), box, G_CONNECT_SWAPPED);
  if (hark_client_get_engine (client))
    ask (box);
}
