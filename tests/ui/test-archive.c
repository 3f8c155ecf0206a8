/* Archived conversations, and the menu of a row of the list. */
#include "tests/ui/screen.h"
#include "ui/chat/conversation.h"
#include "ui/people/archive-row.h"
#include "ui/people/person-row.h"
#include "ui/people/row-menu.h"

#include <string.h>

static void
tell_archived (uint8_t n, bool archived)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CHAT);
  HarkChat *chat = g_new0 (HarkChat, 1);

  memset (chat->contact, n, sizeof chat->contact);
  chat->archived = archived;
  chat->draft = g_strdup ("");
  event->chats = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_chat_free);
  g_ptr_array_add (event->chats, chat);
  fake_engine_emit (event);
}

/* @name: how the row is called begins so. */
static bool
is_listed (HarkWindow *window, GType type, const char *name)
{
  g_autofree char *pattern = g_strconcat ("*", name, NULL);
  GtkWidget *row = screen_find (GTK_WIDGET (window), type, pattern);

  return row && gtk_widget_get_child_visible (row);
}

static void
check_archive (uint8_t n, bool on)
{
  g_autoptr (HarkCommand) command = fake_engine_take (HARK_COMMAND_ARCHIVE);

  g_assert_nonnull (command);
  g_assert_cmpuint (command->contact[0], ==, n);
  g_assert_true (command->on == on);
  g_assert_null (fake_engine_take (HARK_COMMAND_ARCHIVE));
}

static void
type_search (HarkWindow *window, const char *text)
{
  gtk_entry_set_text (
    GTK_ENTRY (screen_find (GTK_WIDGET (window), GTK_TYPE_ENTRY, "Search people")), text);
  g_signal_emit_by_name (screen_find (GTK_WIDGET (window), GTK_TYPE_ENTRY, "Search people"),
                         "search-changed");
}

/* Behind a line at the end, which unfolds; searching looks there as well. */
static void
test_archived (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *archive;

  g_assert_false (is_listed (window, HARK_TYPE_ARCHIVE_ROW, "Archived"));
  g_action_group_activate_action (
    gtk_widget_get_action_group (screen_find (GTK_WIDGET (window), HARK_TYPE_PERSON_ROW, "*Carol"),
                                 "row"),
    "archive", g_variant_new_boolean (true));
  check_archive (2, true);
  tell_archived (2, true);
  g_assert_true (is_listed (window, HARK_TYPE_ARCHIVE_ROW, "Archived (1), hidden"));
  g_assert_false (is_listed (window, HARK_TYPE_PERSON_ROW, "Carol"));
  g_assert_true (is_listed (window, HARK_TYPE_PERSON_ROW, "Bob"));

  archive = screen_find (GTK_WIDGET (window), HARK_TYPE_ARCHIVE_ROW, "*Archived");
  g_signal_emit_by_name (archive, "activate");
  g_assert_true (is_listed (window, HARK_TYPE_PERSON_ROW, "Carol"));
  g_assert_true (is_listed (window, HARK_TYPE_ARCHIVE_ROW, "Archived (1), shown below"));
  g_assert_cmpint (gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (archive)), ==, 1);
  g_signal_emit_by_name (archive, "activate");
  g_assert_false (is_listed (window, HARK_TYPE_PERSON_ROW, "Carol"));
  type_search (window, "caro");
  g_assert_true (is_listed (window, HARK_TYPE_PERSON_ROW, "Carol"));
  g_assert_false (is_listed (window, HARK_TYPE_ARCHIVE_ROW, "Archived"));
  type_search (window, "");
  g_assert_false (is_listed (window, HARK_TYPE_PERSON_ROW, "Carol"));
  g_assert_true (is_listed (window, HARK_TYPE_ARCHIVE_ROW, "Archived"));
  screen_close (window);
}

/* What is said brings it back, asked for once. */
static void
test_unarchived (void)
{
  HarkWindow *window = screen_open ();
  g_autoptr (HarkCommand) command = NULL;

  tell_archived (2, true);
  screen_say (fake_message (1, 1, false, "elsewhere"));
  g_assert_null (fake_engine_take (HARK_COMMAND_ARCHIVE));
  screen_say (fake_message (2, 1, false, "one"));
  screen_say (fake_message (2, 2, false, "two"));
  command = fake_engine_take (HARK_COMMAND_ARCHIVE);
  g_assert_nonnull (command);
  g_assert_true (!command->on && command->contact[0] == 2);
  g_assert_null (fake_engine_take (HARK_COMMAND_ARCHIVE));
  g_assert_true (is_listed (window, HARK_TYPE_ARCHIVE_ROW, "Archived (1), 2 unread"));
  fake_engine_emit (fake_engine_answer (command));
  tell_archived (2, false);
  g_assert_true (is_listed (window, HARK_TYPE_PERSON_ROW, "Carol"));
  g_assert_false (is_listed (window, HARK_TYPE_ARCHIVE_ROW, "Archived"));
  screen_close (window);
}

/* The same in the menu of the conversation, which has one of the two. */
static void
test_archive_menu (void)
{
  HarkWindow *window = screen_open ();
  GActionGroup *actions;

  hark_window_open (window, screen_person (2));
  screen_settle ();
  actions = gtk_widget_get_action_group (
    gtk_widget_get_ancestor (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Attach files"),
                             HARK_TYPE_CONVERSATION),
    "person");
  g_assert_false (g_action_group_get_action_enabled (actions, "unarchive"));
  g_action_group_activate_action (actions, "archive", NULL);
  check_archive (2, true);
  tell_archived (2, true);
  screen_settle ();
  g_assert_false (g_action_group_get_action_enabled (actions, "archive"));
  g_action_group_activate_action (actions, "unarchive", NULL);
  check_archive (2, false);
  screen_close (window);
}

static char *
row_menu (uint8_t n)
{
  g_autoptr (GMenuModel) model = hark_row_menu_model (screen_person (n));
  GString *words = g_string_new (NULL);

  for (int i = 0; i < g_menu_model_get_n_items (model); i++) {
    g_autofree char *label = NULL;

    g_menu_model_get_item_attribute (model, i, G_MENU_ATTRIBUTE_LABEL, "s", &label);
    g_string_append_printf (words, "%s|", label);
  }
  return g_string_free (words, FALSE);
}

static void
test_row_menu (void)
{
  HarkWindow *window = screen_open ();
  g_autofree char *before = row_menu (2);
  g_autofree char *after = NULL;

  g_assert_cmpstr (before, ==, "Open in Its Own _Window|_Pin|Mark as _Unread|Arc_hive|");
  screen_say (fake_message (2, 1, false, "new"));
  tell_archived (2, true);
  after = row_menu (2);
  g_assert_cmpstr (after, ==, "Open in Its Own _Window|Move Back t_o the List|");
  screen_close (window);
}

/* What is chosen there may take the row away before the menu has gone. */
static void
test_menu_of_no_row (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *top = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  GtkWidget *row = gtk_event_box_new ();
  GdkSeat *seat = gdk_display_get_default_seat (gdk_display_get_default ());
  g_autoptr (GdkEvent) press = gdk_event_new (GDK_BUTTON_PRESS);
  GtkWidget *menu;

  gtk_container_add (GTK_CONTAINER (top), row);
  hark_row_menu_install (row, screen_client (), screen_person (2));
  gtk_widget_show_all (top);
  screen_settle ();
  press->button.window = g_object_ref (gtk_widget_get_window (row));
  gdk_event_set_device (press, gdk_seat_get_pointer (seat));
  g_assert_true (hark_row_menu_popup (row, screen_person (2), press));
  menu = gtk_menu_get_for_attach_widget (row)->data;
  g_object_add_weak_pointer (G_OBJECT (menu), (gpointer *) &menu);
  gtk_menu_shell_cancel (GTK_MENU_SHELL (menu)); /* as Escape does; a choice ends it likewise */
  gtk_widget_destroy (top);
  screen_settle ();
  g_assert_null (menu);
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/archive/stands-behind-a-line", test_archived);
  g_test_add_func ("/archive/what-is-said-brings-it-back", test_unarchived);
  g_test_add_func ("/archive/conversation-goes-there-and-back", test_archive_menu);
  g_test_add_func ("/archive/row-has-a-menu", test_row_menu);
  g_test_add_func ("/archive/menu-goes-with-its-row", test_menu_of_no_row);
  return g_test_run ();
}
