#include "tests/ui/screen.h"
#include "ui/people/person-row.h"

#include <string.h>

static GtkWidget *
label (void *root, const char *text)
{
  return screen_find (GTK_WIDGET (root), GTK_TYPE_LABEL, text);
}

static void
write_and_send (HarkWindow *window, const char *text)
{
  GtkWidget *view = screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message");

  g_assert_nonnull (view);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), text, -1);
  screen_click (GTK_WIDGET (window), "Send");
}

/* ---- the list ---- */

static void
test_group (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP);
  g_autoptr (HarkCommand) accept = NULL;
  g_autoptr (HarkCommand) command = NULL;
  uint8_t account[HARK_ACCOUNT_LEN] = {0};

  memset (account, 9, HARK_MESSAGE_ID_LEN);
  event->group = fake_group (9, "Choir", HARK_GROUP_IS_OFFERED);
  fake_engine_emit (event);
  screen_click (GTK_WIDGET (window), "Accept");
  accept = fake_engine_take (HARK_COMMAND_GROUP_ACCEPT);
  g_assert_nonnull (accept);
  g_assert_true (memcmp (accept->group, account, HARK_MESSAGE_ID_LEN) == 0);

  event = hark_event_new (HARK_EVENT_GROUP);
  event->group = fake_group (9, "Choir", HARK_GROUP_IS_JOINED);
  fake_group_add (event->group, 1, "Roberto", HARK_GROUP_PERSON_MEMBER);
  fake_group_add (event->group, 8, "Frank <b>", HARK_GROUP_PERSON_MEMBER);
  fake_engine_emit (event);
  fake_group_say (9, 1, 1, "one");
  fake_group_say (9, 8, 2, "two");
  g_assert_nonnull (label (window, "Frank <b>: two"));
  hark_window_open (window, hark_client_find (screen_client (), account));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LIST_BOX_ROW, "*Bob: one"));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LIST_BOX_ROW, "*Frank <b>: two"));
  write_and_send (window, "three");
  command = fake_engine_take (HARK_COMMAND_SEND);
  g_assert_true (command && command->has_group && !command->has_contact);
  g_assert_true (memcmp (command->group, account, HARK_MESSAGE_ID_LEN) == 0);
  screen_close (window);
}

static void
test_pinned (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_CHAT);
  HarkChat *chat = g_new0 (HarkChat, 1);

  screen_say (fake_message (1, 1, false, "newest"));
  g_assert_cmpint (hark_person_item_compare (screen_person (1), screen_person (2)), <, 0);
  memset (chat->contact, 2, sizeof chat->contact);
  chat->pinned = true;
  chat->draft = g_strdup ("half a\nsentence");
  event->chats = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_chat_free);
  g_ptr_array_add (event->chats, chat);
  fake_engine_emit (event);
  g_assert_cmpint (hark_person_item_compare (screen_person (1), screen_person (2)), >, 0);
  g_assert_nonnull (label (window, "Draft: half a sentence"));
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/people/groups-are-joined-and-written-to", test_group);
  g_test_add_func ("/people/pinned-stand-first-with-their-draft", test_pinned);
  return g_test_run ();
}
