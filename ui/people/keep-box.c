#include "ui/people/keep-box.h"

#include "ui/settings/settings.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>

struct _HarkKeepBox {
  GtkBox parent_instance;
  HarkClient *client;
  bool spoken; /* with somebody */
  bool aside;
};

G_DEFINE_TYPE (HarkKeepBox, hark_keep_box, GTK_TYPE_BOX)

static void
show (HarkKeepBox *box)
{
  gtk_widget_set_visible (GTK_WIDGET (box),
                          box->spoken && !box->aside
                            && !hark_settings_get_flag (hark_settings_get (), HARK_SET_WORDS_SEEN));
}

static void
on_message (HarkKeepBox *box, HarkPersonItem *person)
{
  if (box->spoken || hark_person_item_is_self (person))
    return;
  box->spoken = true;
  show (box);
}

static void
on_chats (GObject *owner, const HarkEvent *result)
{
  HarkKeepBox *box = HARK_KEEP_BOX (owner);

  for (guint i = 0; result->chats && i < result->chats->len; i++) {
    const HarkChat *chat = result->chats->pdata[i];

    box->spoken
      |= chat->last && (chat->has_group || !hark_client_is_own (box->client, chat->contact));
  }
  show (box);
}

static void
on_ready (HarkKeepBox *box)
{
  box->spoken = false;
  hark_client_ask (box->client, hark_command_new (HARK_COMMAND_CHATS), G_OBJECT (box), on_chats);
}

static void
on_not_now (void)
{
  hark_settings_set_flag (hark_settings_get (), HARK_SET_WORDS_SEEN, true);
}

static void
hark_keep_box_dispose (GObject *object)
{
  g_clear_object (&HARK_KEEP_BOX (object)->client);
  G_OBJECT_CLASS (hark_keep_box_parent_class)->dispose (object);
}

static void
hark_keep_box_class_init (HarkKeepBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_keep_box_dispose;
}

static void
hark_keep_box_init (HarkKeepBox *box)
{
  GtkWidget *label
    = gtk_label_new (_ ("Should this computer be lost, 24 words on paper or a backup bring your "
                        "account back."));
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *later = gtk_button_new_with_label (_ ("Not Now"));
  GtkWidget *show_me = gtk_button_new_with_label (_ ("Show Me…"));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (box), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (box), 8);
  hark_widget_class (GTK_WIDGET (box), "keep", true);
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 28);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (show_me), "app.preferences");
  g_signal_connect (later, "clicked", G_CALLBACK (on_not_now), NULL);
  gtk_box_set_homogeneous (GTK_BOX (buttons), TRUE);
  gtk_box_pack_start (GTK_BOX (buttons), later, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (buttons), show_me, TRUE, TRUE, 0);
  gtk_container_add (GTK_CONTAINER (box), label);
  gtk_container_add (GTK_CONTAINER (box), buttons);
  gtk_widget_show (label);
  gtk_widget_show_all (buttons);
}

void
hark_keep_box_set_client (HarkKeepBox *box, HarkClient *client)
{
  g_return_if_fail (HARK_IS_KEEP_BOX (box) && !box->client);

  box->client = g_object_ref (client);
  g_signal_connect_object (client, "ready", G_CALLBACK (on_ready), box, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "message", G_CALLBACK (on_message), box, G_CONNECT_SWAPPED);
  g_signal_connect_object (hark_settings_get (), "changed", G_CALLBACK (show), box,
                           G_CONNECT_SWAPPED);
}

void
hark_keep_box_set_aside (HarkKeepBox *box, bool aside)
{
  g_return_if_fail (HARK_IS_KEEP_BOX (box));

  box->aside = aside;
  show (box);
}
