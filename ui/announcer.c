#include "ui/announcer.h"

#include "ui/language.h"
#include "ui/model/chats.h"
#include "ui/words/calls.h"
#include "ui/words/messages.h"
#include "ui/words/shown.h"

#include <glib/gi18n.h>

#define SPOKEN_CHARS 400
#define SHOWN_MS 5000
#define TOLD "hark-announced" /* at a call: its phase, and one more */

struct _HarkAnnouncer {
  GtkOverlay parent_instance;
  HarkClient *client;
  HarkConversation *conversation; /* borrowed: within */
  bool elsewhere;                 /* also what arrives in others */
  GtkWidget *said;
  guint hiding;
};

G_DEFINE_TYPE (HarkAnnouncer, hark_announcer, GTK_TYPE_OVERLAY)

/* It is mapped and unmapped, which takes a pixel: for one that is shown and hidden GTK would lay
 * out and draw all of the window. */
static void
hide (HarkAnnouncer *announcer)
{
  g_clear_handle_id (&announcer->hiding, g_source_remove);
  gtk_widget_set_child_visible (announcer->said, FALSE);
  atk_object_set_name (gtk_widget_get_accessible (announcer->said), "");
}

static gboolean
on_hide (void *data)
{
  HarkAnnouncer *announcer = data;

  announcer->hiding = 0;
  hide (announcer);
  return G_SOURCE_REMOVE;
}

/* Of a profile that is locked nothing stays. */
static void
on_people (HarkAnnouncer *announcer)
{
  if (g_list_model_get_n_items (hark_client_get_people (announcer->client)) == 0)
    hide (announcer);
}

/* It begins to show, also when it does already: that is only said then. */
static void
say (HarkAnnouncer *announcer, const char *text)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (announcer));
  AtkObject *accessible = gtk_widget_get_accessible (announcer->said);

  if (!GTK_IS_WINDOW (window) || !gtk_window_is_active (GTK_WINDOW (window)))
    return;
  g_clear_handle_id (&announcer->hiding, g_source_remove);
  atk_object_set_name (accessible, text);
  if (gtk_widget_get_child_visible (announcer->said)) {
    atk_object_notify_state_change (accessible, ATK_STATE_SHOWING, FALSE);
    atk_object_notify_state_change (accessible, ATK_STATE_SHOWING, TRUE);
  } else {
    gtk_widget_set_child_visible (announcer->said, TRUE);
  }
  announcer->hiding = g_timeout_add (SHOWN_MS, on_hide, announcer);
}

static void
on_message (HarkAnnouncer *announcer, HarkPersonItem *person, HarkMessageItem *item)
{
  const HarkMessage *message = hark_message_item_get (item);
  g_autofree char *line = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  if (message->outgoing || message->type == HARK_MESSAGE_IS_CALL
      || (person != hark_conversation_get_person (announcer->conversation)
          && (!announcer->elsewhere
              || !hark_person_item_wants_notice (person, message, g_get_real_time () / 1000))))
    return;
  line = hark_words_line (message);
  shown = hark_words_shown (line, SPOKEN_CHARS);
  name = hark_language_apart (hark_chats_name_of (announcer->client, person, message));
  text = message->type == HARK_MESSAGE_IS_GROUP ? g_strdup (shown)
                                                : g_strdup_printf ("%s: %s", name, shown);
  say (announcer, text);
}

static void
on_call (HarkAnnouncer *announcer, HarkCallItem *item)
{
  const HarkCall *call = hark_call_item_get (item);
  HarkPersonItem *person = hark_client_find (announcer->client, call->contact);
  void *now = GINT_TO_POINTER ((int) call->phase + 1);
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  if (!person || g_object_get_data (G_OBJECT (item), TOLD) == now)
    return;
  name = hark_language_apart (hark_person_item_get (person)->name);
  text = call->phase == HARK_ACTIVE
           ? g_strdup_printf (_ ("You are talking with %s"), name)
           : hark_words_call (call, hark_person_item_get (person)->name, 0);
  say (announcer, text);
}

/* Any window may have said it; when all have heard of it, it is said. */
static void
on_call_said (HarkAnnouncer *announcer, HarkCallItem *item)
{
  (void) announcer;
  g_object_set_data (G_OBJECT (item), TOLD,
                     GINT_TO_POINTER ((int) hark_call_item_get (item)->phase + 1));
}

static void
hark_announcer_dispose (GObject *object)
{
  HarkAnnouncer *announcer = HARK_ANNOUNCER (object);

  g_clear_handle_id (&announcer->hiding, g_source_remove);
  g_clear_object (&announcer->client);
  G_OBJECT_CLASS (hark_announcer_parent_class)->dispose (object);
}

static void
hark_announcer_class_init (HarkAnnouncerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_announcer_dispose;
}

static void
hark_announcer_init (HarkAnnouncer *announcer)
{
  announcer->said = gtk_drawing_area_new ();
  gtk_widget_set_halign (announcer->said, GTK_ALIGN_END);
  gtk_widget_set_valign (announcer->said, GTK_ALIGN_END);
  atk_object_set_role (gtk_widget_get_accessible (announcer->said), ATK_ROLE_NOTIFICATION);
  gtk_overlay_add_overlay (GTK_OVERLAY (announcer), announcer->said);
  gtk_overlay_set_overlay_pass_through (GTK_OVERLAY (announcer), announcer->said, TRUE);
  gtk_widget_set_child_visible (announcer->said, FALSE);
  gtk_widget_show (announcer->said);
}

void
hark_announcer_follow (HarkAnnouncer *announcer,
                       HarkClient *client,
                       HarkConversation *conversation,
                       bool elsewhere)
{
  g_return_if_fail (HARK_IS_ANNOUNCER (announcer) && !announcer->client);

  announcer->client = g_object_ref (client);
  announcer->conversation = conversation;
  announcer->elsewhere = elsewhere;
  g_signal_connect_object (client, "message", G_CALLBACK (on_message), announcer,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (hark_client_get_people (client), "items-changed", G_CALLBACK (on_people),
                           announcer, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "call", G_CALLBACK (on_call), announcer, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "call", G_CALLBACK (on_call_said), announcer,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}
