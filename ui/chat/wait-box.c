#include "ui/chat/wait-box.h"

#include "ui/chat/details.h"
#include "ui/chat/rights.h"
#include "ui/language.h"
#include "ui/settings/settings.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>

struct _HarkWaitBox {
  GtkBox parent_instance;
  GtkWidget *words;
  HarkPersonItem *person;
  HarkMessageItem *message; /* that waits, or did */
  gulong message_changed;
};

G_DEFINE_TYPE (HarkWaitBox, hark_wait_box, GTK_TYPE_BOX)

static bool
waits (HarkPersonItem *item, HarkMessageItem *last)
{
  const HarkPerson *person = hark_person_item_get (item);
  const HarkMessage *message = last ? hark_message_item_get (last) : NULL;

  return message && message->outgoing && message->state == HARK_STATE_QUEUED
         && hark_rights_is_words (message) && !hark_person_item_get_group (item)
         && !hark_person_item_is_self (item) && person->status == HARK_PERSON_ACCEPTED
         && person->presence != HARK_PRESENCE_ONLINE;
}

static void
on_changed (HarkWaitBox *box)
{
  hark_wait_box_show (box, box->person);
}

/* It says itself when it has gone out. */
static void
follow (HarkWaitBox *box, HarkMessageItem *message)
{
  if (box->message == message)
    return;
  if (box->message)
    g_clear_signal_handler (&box->message_changed, box->message);
  g_set_object (&box->message, message);
  if (message)
    box->message_changed = g_signal_connect_object (message, "changed", G_CALLBACK (on_changed),
                                                    box, G_CONNECT_SWAPPED);
}

void
hark_wait_box_show (HarkWaitBox *box, HarkPersonItem *person)
{
  HarkMessageItem *last;
  bool shown;

  g_return_if_fail (HARK_IS_WAIT_BOX (box));

  last = person ? hark_person_item_get_last (person) : NULL;
  shown = person && waits (person, last)
          && !hark_settings_get_flag (hark_settings_get (), HARK_SET_WAITING_SEEN);
  if (shown) {
    g_autofree char *name = hark_language_apart (hark_person_item_get (person)->name);
    g_autofree char *words = g_strdup_printf (
      _ ("%s's Hark is not online. The message goes out by itself when it is."), name);

    hark_widget_text (box->words, words);
  }
  g_set_object (&box->person, person);
  follow (box, last);
  gtk_widget_set_visible (GTK_WIDGET (box), shown);
}

static void
on_more (HarkWaitBox *box, GtkWidget *button)
{
  hark_details_popup (button, box->person, box->message);
}

static void
on_close (HarkWaitBox *box)
{
  hark_settings_set_flag (hark_settings_get (), HARK_SET_WAITING_SEEN, true);
  gtk_widget_hide (GTK_WIDGET (box));
}

static void
hark_wait_box_dispose (GObject *object)
{
  HarkWaitBox *box = HARK_WAIT_BOX (object);

  follow (box, NULL);
  g_clear_object (&box->person);
  G_OBJECT_CLASS (hark_wait_box_parent_class)->dispose (object);
}

static void
hark_wait_box_class_init (HarkWaitBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_wait_box_dispose;
}

static void
hark_wait_box_init (HarkWaitBox *box)
{
  GtkWidget *more = gtk_button_new_with_label (_ ("Tell Me More"));
  GtkWidget *close = gtk_button_new_from_icon_name ("window-close-symbolic", GTK_ICON_SIZE_BUTTON);

  gtk_box_set_spacing (GTK_BOX (box), 6);
  hark_widget_class (GTK_WIDGET (box), "waits", true);
  box->words = gtk_label_new (NULL);
  hark_widget_wrap (box->words);
  gtk_label_set_xalign (GTK_LABEL (box->words), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (box->words), 30); /* else two panes need more room */
  gtk_widget_set_hexpand (box->words, TRUE);
  gtk_widget_set_valign (more, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (close, GTK_ALIGN_CENTER);
  gtk_button_set_relief (GTK_BUTTON (close), GTK_RELIEF_NONE);
  hark_widget_name (close, _ ("Do not show this again"));
  g_signal_connect_swapped (more, "clicked", G_CALLBACK (on_more), box);
  g_signal_connect_swapped (close, "clicked", G_CALLBACK (on_close), box);
  gtk_container_add (GTK_CONTAINER (box), box->words);
  gtk_container_add (GTK_CONTAINER (box), more);
  gtk_container_add (GTK_CONTAINER (box), close);
  gtk_widget_show_all (GTK_WIDGET (box));
  gtk_widget_hide (GTK_WIDGET (box));
}
