/* What the window tells of a message beside its row: to screen readers, and when it is asked. */
#include "tests/ui/screen.h"
#include "ui/announcer.h"
#include "ui/chat/message-row.h"
#include "ui/people/person-row.h"

#include <string.h>

static HarkWindow *
open_bob (void)
{
  HarkWindow *window = screen_open ();

  hark_window_open (window, screen_person (1));
  screen_settle ();
  while (!gtk_window_is_active (GTK_WINDOW (window))) /* the test's limit ends it */
    g_main_context_iteration (NULL, TRUE);
  return window;
}

static void
on_child (GtkWidget *child, void *data)
{
  GtkWidget **said = data;

  if (GTK_IS_DRAWING_AREA (child))
    *said = child;
}

static const char *
name_of (GtkWidget *said)
{
  return atk_object_get_name (gtk_widget_get_accessible (said));
}

/* (nullable): what screen readers speak as it appears, when @text is in its name. */
static GtkWidget *
spoken (HarkWindow *window, const char *text)
{
  GtkWidget *list = screen_find (GTK_WIDGET (window), HARK_TYPE_PERSON_ROW, "*Carol");
  GtkWidget *frame = gtk_widget_get_ancestor (list, HARK_TYPE_ANNOUNCER), *said = NULL;

  gtk_container_forall (GTK_CONTAINER (frame), on_child, &said);
  g_assert_cmpint (atk_object_get_role (gtk_widget_get_accessible (said)), ==,
                   ATK_ROLE_NOTIFICATION);
  return gtk_widget_get_child_visible (said) && strstr (name_of (said), text) ? said : NULL;
}

static void
on_showing (AtkObject *accessible, const char *state, gboolean on, unsigned *times)
{
  (void) accessible;
  (void) state;
  *times += on ? 1 : 0;
}

static void
test_messages (void)
{
  HarkWindow *window = open_bob ();
  GtkWidget *beside = screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message");
  unsigned showing = 0, drawn = 0;
  GtkWidget *said;

  screen_say (fake_message (1, 1, true, "from here"));
  g_assert_null (spoken (window, ": from here"));
  screen_count_draws (beside, &drawn);
  screen_say (fake_message (2, 1, false, "from elsewhere"));
  said = spoken (window, ": from elsewhere");
  g_assert_nonnull (said);
  g_assert_cmpuint (drawn, ==, 0);
  g_signal_connect (gtk_widget_get_accessible (said), "state-change::showing",
                    G_CALLBACK (on_showing), &showing);
  screen_say (fake_message (1, 2, false, "from there\nto here"));
  g_assert_true (spoken (window, ": from there to here") == said);
  g_assert_cmpuint (showing, ==, 1);
  hark_client_stop (screen_client ());
  hark_client_forget (screen_client ()); /* locked */
  g_assert_false (gtk_widget_get_mapped (said));
  g_assert_cmpstr (name_of (said), ==, "");
  screen_close (window);
}

static void
say_call (HarkCallPhase phase)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CALL);

  event->call = g_new0 (HarkCall, 1);
  event->call->id = 3;
  event->call->phase = phase;
  event->call->outgoing = true;
  memset (event->call->contact, 2, sizeof event->call->contact);
  fake_engine_emit (event);
}

static void
test_call (void)
{
  HarkWindow *window = open_bob ();

  say_call (HARK_RINGING);
  g_assert_nonnull (spoken (window, "Ringing at"));
  say_call (HARK_ACTIVE);
  g_assert_nonnull (spoken (window, "You are talking with"));
  say_call (HARK_ENDED);
  g_assert_nonnull (spoken (window, "has ended"));
  screen_close (window);
}

static void
ask_details (HarkWindow *window, const char *text)
{
  GtkWidget *rows = screen_find (GTK_WIDGET (window), HARK_TYPE_MESSAGE_ROW, text);

  g_assert_nonnull (rows);
  g_action_group_activate_action (gtk_widget_get_action_group (rows, "message"), "details", NULL);
  screen_settle ();
}

static void
test_details (void)
{
  HarkWindow *window = open_bob ();
  HarkMessage *message = fake_message (1, 1, false, "on foot");
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE_STATE);

  message->received_ms = message->sent_ms + 3600 * 1000;
  screen_say (message);
  ask_details (window, "*on foot");
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "*Written, "));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "*Arrived here, "));
  screen_say (fake_message (1, 2, true, "back"));
  event->message = fake_message (1, 2, true, "");
  event->reason = g_strdup ("Bob's Hark is not online.");
  fake_engine_emit (event);
  ask_details (window, "*back");
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "*No server takes it"));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Bob's Hark is not online."));
  screen_close (window);
}

/* A key that is pressed where the list has the focus. */
static gboolean
press (GtkWidget *list, guint key)
{
  g_autoptr (GdkEvent) event = gdk_event_new (GDK_KEY_PRESS);
  GdkKeymap *map = gdk_keymap_get_for_display (gdk_display_get_default ());
  g_autofree GdkKeymapKey *keys = NULL;
  gboolean handled = FALSE;
  int n;

  g_assert_true (gdk_keymap_get_entries_for_keyval (map, key, &keys, &n));
  event->key.window = g_object_ref (gtk_widget_get_window (list));
  event->key.keyval = key;
  event->key.hardware_keycode = (guint16) keys[0].keycode;
  gdk_event_set_device (
    event, gdk_seat_get_keyboard (gdk_display_get_default_seat (gdk_display_get_default ())));
  g_signal_emit_by_name (list, "key-press-event", event, &handled);
  screen_settle ();
  return handled;
}

static void
test_typed (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *row = screen_find (GTK_WIDGET (window), HARK_TYPE_PERSON_ROW, "*Carol");
  GtkWidget *list = gtk_widget_get_parent (row);
  GtkWidget *entry = screen_find (GTK_WIDGET (window), GTK_TYPE_SEARCH_ENTRY, "Search people");

  gtk_widget_grab_focus (row);
  press (list, GDK_KEY_Down);
  g_assert_false (gtk_widget_has_focus (entry)); /* keys of the list stay its own */
  g_assert_true (press (list, GDK_KEY_c));
  g_assert_true (gtk_widget_has_focus (entry));
  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (entry)), ==, "c");
  screen_close (window);
}

/* A sign of the other side turns nothing around where a pointer or a screen reader finds it. */
static void
test_sign (void)
{
  HarkWindow *window = open_bob ();
  HarkMessage *liked = fake_message (1, 1, false, "good news");
  HarkReaction sign = {.text = "\u202e+"};

  memset (sign.account, 1, sizeof sign.account);
  liked->reactions = g_array_new (FALSE, TRUE, sizeof (HarkReaction));
  g_array_append_val (liked->reactions, sign);
  screen_say (liked);
  screen_settle ();
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "\uFFFD+ by Bob"));
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/told/messages-are-spoken-as-they-arrive", test_messages);
  g_test_add_func ("/told/steps-of-a-call-are-spoken", test_call);
  g_test_add_func ("/told/details-say-when-and-where", test_details);
  g_test_add_func ("/told/typing-in-the-list-searches", test_typed);
  g_test_add_func ("/told/sign-of-the-other-side-is-clean", test_sign);
  return g_test_run ();
}
