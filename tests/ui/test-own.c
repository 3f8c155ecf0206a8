/* Conversations in windows of their own. */
#include "tests/ui/screen.h"
#include "ui/announcer.h"
#include "ui/calls/call-strip.h"
#include "ui/chat-window.h"
#include "ui/chat/message-row.h"
#include "ui/people/person-row.h"
#include "ui/settings/settings.h"
#include "ui/warning-bar.h"

#include <string.h>

#define BOB 1
#define CAROL 2

static void
focus (void *window)
{
  gdk_window_focus (gtk_widget_get_window (GTK_WIDGET (window)), GDK_CURRENT_TIME);
  while (!gtk_window_is_active (GTK_WINDOW (window))) /* the test's limit ends it */
    g_main_context_iteration (NULL, TRUE);
  screen_settle ();
}

static HarkChatWindow *
tear_off (HarkWindow *window, uint8_t n)
{
  HarkChatWindow *own;

  hark_window_tear_off (window, screen_person (n));
  screen_settle ();
  own = hark_chat_window_of (screen_person (n));
  g_assert_nonnull (own);
  focus (own);
  return own;
}

static GtkWidget *
label (void *root, const char *text)
{
  return screen_find (GTK_WIDGET (root), GTK_TYPE_LABEL, text);
}

static GtkWidget *
button (void *root, const char *text)
{
  return screen_find (GTK_WIDGET (root), GTK_TYPE_BUTTON, text);
}

static GtkTextBuffer *
field (void *root)
{
  GtkWidget *view = screen_find (GTK_WIDGET (root), GTK_TYPE_TEXT_VIEW, "Message");

  g_assert_nonnull (view);
  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
}

static char *
written (void *root)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (field (root), &start, &end);
  return gtk_text_buffer_get_text (field (root), &start, &end, FALSE);
}

static void
activate (void *window, const char *action)
{
  g_action_group_activate_action (G_ACTION_GROUP (window), action, NULL);
  screen_settle ();
}

/* ---- one place for each ---- */

static void
test_moves (void)
{
  HarkWindow *window = screen_open ();
  HarkChatWindow *own;
  g_autofree char *before = NULL, *moved = NULL, *after = NULL;
  g_autoptr (HarkCommand) draft = NULL;

  hark_window_open (window, screen_person (BOB));
  gtk_text_buffer_set_text (field (window), "half a thought", -1);
  before = written (window);
  g_assert_cmpstr (before, ==, "half a thought");
  own = tear_off (window, BOB);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (own)), ==, "Bob");
  g_assert_nonnull (label (window, "Choose somebody on the left to write or call."));
  moved = written (own);
  g_assert_cmpstr (moved, ==, "half a thought");
  g_assert_null (button (own, "Back to the list"));
  hark_window_open (window, screen_person (CAROL));
  hark_window_open (window, screen_person (BOB)); /* it stays where it is */
  screen_settle ();
  g_assert_nonnull (button (window, "Call Carol"));
  g_assert_true (hark_chat_window_of (screen_person (BOB)) == own);
  gtk_text_buffer_set_text (field (own), "a whole one", -1);
  activate (own, "close");
  g_assert_null (hark_chat_window_of (screen_person (BOB)));
  g_assert_nonnull (button (window, "Call Carol"));
  hark_window_open (window, screen_person (BOB));
  after = written (window);
  g_assert_cmpstr (after, ==, "a whole one");
  while ((draft = fake_engine_take (HARK_COMMAND_DRAFT)) && strcmp (draft->text, "a whole one"))
    g_clear_pointer (&draft, hark_command_free);
  g_assert_nonnull (draft); /* the engine keeps it as well */
  screen_close (window);
}

/* Of a group and of notes as well, and without having been open. */
static void
test_any (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP);
  uint8_t account[HARK_ACCOUNT_LEN] = {0};
  HarkPersonItem *group;

  event->group = fake_group (9, "Choir", HARK_GROUP_IS_JOINED);
  fake_engine_emit (event);
  memset (account, 9, HARK_MESSAGE_ID_LEN);
  group = hark_client_find (screen_client (), account);
  hark_window_open (window, screen_person (BOB));
  hark_window_tear_off (window, group);
  screen_settle ();
  g_assert_nonnull (button (hark_chat_window_of (group), "About this group"));
  g_assert_nonnull (button (hark_chat_window_of (group), "More about this conversation"));
  g_assert_nonnull (button (window, "Call Bob"));
  screen_close (window);
}

static HarkPersonRow *
row_of (HarkWindow *window, const char *name)
{
  return HARK_PERSON_ROW (screen_find (GTK_WIDGET (window), HARK_TYPE_PERSON_ROW, name));
}

/* The mouse's @button goes down and up over @row. */
static void
click (GtkWidget *row, guint button)
{
  GdkSeat *seat = gdk_display_get_default_seat (gtk_widget_get_display (row));
  GtkAllocation at; /* in the list, whose window it is */

  gtk_widget_get_allocation (row, &at);
  for (int i = 0; i < 2; i++) {
    g_autoptr (GdkEvent) event = gdk_event_new (i == 0 ? GDK_BUTTON_PRESS : GDK_BUTTON_RELEASE);

    event->button.window = g_object_ref (gtk_widget_get_window (row));
    event->button.button = button;
    event->button.x = at.x + 5;
    event->button.y = at.y + 5;
    event->button.time = 1000;
    gdk_event_set_device (event, gdk_seat_get_pointer (seat));
    if (button == GDK_BUTTON_PRIMARY)
      gtk_main_do_event (event);
    else
      gtk_widget_event (row, event);
  }
  screen_settle ();
}

static void
test_two_clicks (void)
{
  HarkWindow *window = screen_open ();

  click (GTK_WIDGET (row_of (window, "*Carol")), GDK_BUTTON_PRIMARY);
  g_assert_null (hark_chat_window_of (screen_person (CAROL)));
  g_assert_nonnull (button (window, "Call Carol"));
  click (GTK_WIDGET (row_of (window, "*Carol")), GDK_BUTTON_PRIMARY);
  g_assert_nonnull (hark_chat_window_of (screen_person (CAROL)));
  g_assert_null (button (window, "Call Carol"));
  screen_close (window);
}

/* In the menu of @row that is open. */
static void
choose (GtkWidget *row, const char *text)
{
  GList *menus = gtk_menu_get_for_attach_widget (row);
  GtkWidget *item;

  g_assert_nonnull (menus);
  item = screen_find (menus->data, GTK_TYPE_MENU_ITEM, text);
  g_assert_nonnull (item);
  gtk_menu_shell_activate_item (menus->data, item, TRUE);
  screen_settle ();
}

static void
test_list (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *list = gtk_widget_get_parent (GTK_WIDGET (row_of (window, "*Carol")));
  HarkChatWindow *own;

  click (GTK_WIDGET (row_of (window, "*Carol")), GDK_BUTTON_SECONDARY);
  g_assert_null (hark_chat_window_of (screen_person (CAROL)));
  choose (GTK_WIDGET (row_of (window, "*Carol")), "Open in Its Own Window");
  screen_settle ();
  own = hark_chat_window_of (screen_person (CAROL));
  g_assert_nonnull (own);
  hark_window_open (window, screen_person (BOB));
  g_signal_emit_by_name (list, "row-activated", row_of (window, "*Carol"));
  while (!gtk_window_is_active (GTK_WINDOW (own)))
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (gtk_list_box_get_selected_row (GTK_LIST_BOX (list))
                 == GTK_LIST_BOX_ROW (row_of (window, "*Bob")));
  g_action_group_activate_action (G_ACTION_GROUP (own), "open-beside", g_variant_new_int32 (1));
  g_action_group_activate_action (G_ACTION_GROUP (own), "open-beside", g_variant_new_int32 (-1));
  screen_settle ();
  g_assert_nonnull (button (window, "Call Bob")); /* there is nobody else beside them */
  screen_close (window);
}

/* A finger stays on @target until the menu of @row is there. */
static void
hold (GtkWidget *row, GtkWidget *target)
{
  GdkSeat *seat = gdk_display_get_default_seat (gtk_widget_get_display (row));

  g_object_set (gtk_settings_get_default (), "gtk-long-press-time", 30, NULL);
  gtk_set_debug_flags (gtk_get_debug_flags () | GTK_DEBUG_TOUCHSCREEN); /* a mouse is a finger */
  for (int i = 0; i < 2; i++) {
    g_autoptr (GdkEvent) event = gdk_event_new (i == 0 ? GDK_BUTTON_PRESS : GDK_BUTTON_RELEASE);

    event->button.window = g_object_ref (gtk_widget_get_window (target));
    event->button.button = GDK_BUTTON_PRIMARY;
    event->button.x = event->button.y = 5;
    gdk_event_set_device (event, gdk_seat_get_pointer (seat));
    gtk_main_do_event (event);
    for (int wait = 0; i == 0 && wait < 200 && !gtk_menu_get_for_attach_widget (row); wait++) {
      screen_settle ();
      g_usleep (G_USEC_PER_SEC / 50);
    }
  }
  gtk_set_debug_flags (gtk_get_debug_flags () & ~(guint) GTK_DEBUG_TOUCHSCREEN);
  g_object_set (gtk_settings_get_default (), "gtk-long-press-time", 500, NULL);
  screen_settle ();
}

static void
test_finger (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *row = GTK_WIDGET (row_of (window, "*Carol"));

  hold (row, gtk_bin_get_child (GTK_BIN (row)));
  g_assert_null (button (window, "Call Carol")); /* it is not opened as well */
  choose (row, "Open in Its Own Window");
  g_assert_nonnull (hark_chat_window_of (screen_person (CAROL)));
  focus (window);
  hark_window_open (window, screen_person (BOB));
  screen_say (fake_message (BOB, 1, false, "are you there?"));
  row = screen_find (GTK_WIDGET (window), HARK_TYPE_MESSAGE_ROW, "*are you there?");
  hold (row, row);
  choose (row, "Reply");
  g_assert_nonnull (label (window, "Answer to Bob"));
  screen_close (window);
}

/* ---- what arrives ---- */

static void
test_read (void)
{
  HarkWindow *window = screen_open ();
  HarkChatWindow *own = tear_off (window, BOB);
  g_autoptr (HarkCommand) read = NULL;

  screen_say (fake_message (BOB, 1, false, "are you there?"));
  g_assert_nonnull (screen_find (GTK_WIDGET (own), HARK_TYPE_MESSAGE_ROW, "*are you there?"));
  g_assert_true (hark_window_watches (window, screen_person (BOB)));
  g_assert_cmpuint (hark_person_item_get_unread (screen_person (BOB)), ==, 0);
  read = fake_engine_take (HARK_COMMAND_READ);
  g_assert_nonnull (read);
  focus (window);
  g_assert_false (hark_window_watches (window, screen_person (BOB)));
  screen_say (fake_message (BOB, 2, false, "hello?"));
  g_assert_cmpuint (hark_person_item_get_unread (screen_person (BOB)), ==, 1);
  focus (own);
  g_assert_cmpuint (hark_person_item_get_unread (screen_person (BOB)), ==, 0);
  screen_close (window);
}

/* Of the announcer, which nobody sees. */
static void
find_spoken (GtkWidget *widget, void *data)
{
  GtkWidget **found = data;

  if (atk_object_get_role (gtk_widget_get_accessible (widget)) == ATK_ROLE_NOTIFICATION
      && HARK_IS_ANNOUNCER (gtk_widget_get_parent (widget)))
    *found = widget;
  else if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), find_spoken, data);
}

/* Whether @window says @text to screen readers. */
static bool
speaks (void *window, const char *text)
{
  GtkWidget *said = NULL;

  find_spoken (window, &said);
  g_assert_nonnull (said);
  return gtk_widget_get_child_visible (said)
         && strstr (atk_object_get_name (gtk_widget_get_accessible (said)), text);
}

static void
say_call (uint8_t n, HarkCallPhase phase)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CALL);

  event->call = g_new0 (HarkCall, 1);
  event->call->id = n;
  event->call->phase = phase;
  event->call->outgoing = phase == HARK_RINGING;
  memset (event->call->contact, n, sizeof event->call->contact);
  fake_engine_emit (event);
  screen_settle ();
}

static void
test_spoken (void)
{
  HarkWindow *window = screen_open ();
  HarkChatWindow *own = tear_off (window, BOB);

  screen_say (fake_message (BOB, 1, false, "from there"));
  g_assert_true (speaks (own, ": from there"));
  g_assert_false (speaks (window, "from there"));
  screen_say (fake_message (CAROL, 1, false, "from elsewhere")); /* a notice tells of it */
  g_assert_false (speaks (own, "from elsewhere"));
  say_call (CAROL, HARK_RINGING);
  g_assert_true (speaks (own, "Ringing at"));
  g_assert_false (speaks (window, "Ringing at"));
  focus (window);
  say_call (CAROL, HARK_RINGING); /* said once */
  g_assert_false (speaks (window, "Ringing at"));
  say_call (CAROL, HARK_ACTIVE);
  g_assert_true (speaks (window, "You are talking with"));
  screen_close (window);
}

/* Where the user is, and not in both. */
static void
test_warning (void)
{
  HarkWindow *window = screen_open ();
  HarkChatWindow *own = tear_off (window, BOB);

  g_signal_emit_by_name (screen_client (), "warning", "The disk is full.");
  g_assert_nonnull (label (own, "The disk is full."));
  g_assert_null (label (window, "The disk is full."));
  screen_say (fake_message (BOB, 1, true, "from here")); /* it is no news any more */
  g_assert_null (label (own, "The disk is full."));
  focus (window);
  g_signal_emit_by_name (screen_client (), "warning", "The disk is full again.");
  g_assert_nonnull (label (window, "The disk is full again."));
  g_assert_null (label (own, "The disk is full again."));
  screen_close (window);
}

/* ---- calls ---- */

static bool
has_line (void *window)
{
  GtkWidget *hang_up = button (window, "Hang Up");

  g_assert_nonnull (hang_up);
  return gtk_widget_get_ancestor (hang_up, HARK_TYPE_CALL_STRIP) != NULL;
}

static void
test_calls (void)
{
  HarkWindow *window = screen_open ();
  HarkChatWindow *own = tear_off (window, BOB);
  g_autoptr (HarkCommand) mute = NULL;

  say_call (BOB, HARK_ACTIVE);
  g_assert_false (has_line (own)); /* large */
  g_assert_true (has_line (window));
  screen_click (GTK_WIDGET (window), "Mute the microphone");
  mute = fake_engine_take (HARK_COMMAND_MUTE);
  g_assert_nonnull (mute);
  tear_off (window, CAROL); /* while one is on */
  g_assert_true (has_line (hark_chat_window_of (screen_person (CAROL))));
  screen_click (GTK_WIDGET (hark_chat_window_of (screen_person (CAROL))), "Hang Up");
  say_call (BOB, HARK_ENDED);
  say_call (CAROL, HARK_ACTIVE);
  g_assert_true (has_line (own));
  g_assert_true (has_line (window));
  activate (hark_chat_window_of (screen_person (CAROL)), "close");
  screen_click (GTK_WIDGET (own), "*Carol, 0:0");
  g_assert_false (has_line (window)); /* opened in the first window */
  screen_close (window);
}

/* A call of a group that was there before the window is shown in it. */
static void
test_group_call (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP);
  HarkChatWindow *own;

  event->group = fake_group (9, "Choir", HARK_GROUP_IS_JOINED);
  fake_engine_emit (event);
  event = hark_event_new (HARK_EVENT_GROUP_CALL);
  event->group_call = g_new0 (HarkGroupCall, 1);
  memset (event->group_call->group, 9, HARK_MESSAGE_ID_LEN);
  event->group_call->phase = HARK_GROUP_CALL_JOINED;
  event->group_call->people = hark_group_call_people_new ();
  fake_engine_emit (event);
  own = tear_off (window, BOB);
  g_assert_nonnull (button (own, "Leave the Call"));
  g_assert_nonnull (button (window, "Leave the Call"));
  screen_close (window);
}

/* ---- the end ---- */

static void
test_removed (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);
  HarkChatWindow *bob = tear_off (window, BOB), *carol = tear_off (window, CAROL);

  g_object_add_weak_pointer (G_OBJECT (bob), (gpointer *) &bob);
  g_object_add_weak_pointer (G_OBJECT (carol), (gpointer *) &carol);
  event->person = fake_person (BOB, "Bob", HARK_PERSON_REMOVED);
  fake_engine_emit (event);
  screen_settle ();
  g_assert_null (bob);
  g_assert_nonnull (carol);
  hark_client_stop (screen_client ()); /* locked */
  hark_client_forget (screen_client ());
  screen_settle ();
  g_assert_null (carol);
  screen_close (window);
}

/* It ends with the first window, and its size is kept for the next. */
static void
test_first_closes (void)
{
  HarkWindow *window = screen_open ();
  HarkChatWindow *own = tear_off (window, BOB);
  g_autofree char *width = NULL;

  gtk_window_resize (GTK_WINDOW (own), 444, 555);
  for (int now = 0; now != 444; gtk_window_get_size (GTK_WINDOW (own), &now, NULL)) {
    screen_settle ();
    g_usleep (1000); /* the X server says when it is done; the test's own limit ends this */
  }
  g_object_add_weak_pointer (G_OBJECT (own), (gpointer *) &own);
  screen_close (window);
  g_assert_null (own);
  width = hark_settings_get_text (hark_settings_get (), HARK_SET_CHAT_WIDTH);
  g_assert_cmpstr (width, ==, "444");
}

int
main (int argc, char **argv)
{
  gtk_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/own/one-place-with-what-is-half-written", test_moves);
  g_test_add_func ("/own/groups-too", test_any);
  g_test_add_func ("/own/two-clicks-in-the-list", test_two_clicks);
  g_test_add_func ("/own/the-list-leads-there", test_list);
  g_test_add_func ("/own/a-finger-that-stays-opens-menus", test_finger);
  g_test_add_func ("/own/what-is-looked-at-is-read", test_read);
  g_test_add_func ("/own/spoken-where-the-focus-is", test_spoken);
  g_test_add_func ("/own/warns-where-the-focus-is", test_warning);
  g_test_add_func ("/own/calls-large-or-as-a-line", test_calls);
  g_test_add_func ("/own/call-of-a-group-that-was-there", test_group_call);
  g_test_add_func ("/own/goes-with-the-person-and-the-account", test_removed);
  g_test_add_func ("/own/goes-with-the-first-window", test_first_closes);
  return g_test_run ();
}
