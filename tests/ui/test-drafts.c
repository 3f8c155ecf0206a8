/* What is half written is kept. */
#include "tests/ui/screen.h"
#include "ui/chat/composer.h"
#include "ui/chat/message-row.h"

static HarkWindow *
open_bob (void)
{
  HarkWindow *window = screen_open ();

  hark_window_open (window, screen_person (1));
  screen_settle ();
  return window;
}

static GtkWidget *
view (HarkWindow *window)
{
  return screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message");
}

static GtkTextBuffer *
field (HarkWindow *window)
{
  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (view (window)));
}

static void
reply (HarkWindow *window)
{
  GtkWidget *row = screen_find (GTK_WIDGET (window), HARK_TYPE_MESSAGE_ROW, "*a question");

  g_action_group_activate_action (gtk_widget_get_action_group (row, "message"), "reply", NULL);
  screen_settle ();
}

static void
test_draft (void)
{
  HarkWindow *window = open_bob ();
  g_autoptr (HarkCommand) command = NULL;

  gtk_text_buffer_set_text (field (window), "not yet", -1);
  hark_window_open (window, screen_person (2));
  command = fake_engine_take (HARK_COMMAND_DRAFT);
  g_assert_nonnull (command);
  g_assert_cmpuint (command->contact[0], ==, 1);
  g_assert_cmpstr (command->text, ==, "not yet");
  screen_close (window);
}

/* (nullable) (transfer full) */
static HarkCommand *
kept_draft (HarkWindow *window)
{
  g_signal_emit_by_name (gtk_widget_get_ancestor (view (window), HARK_TYPE_COMPOSER), "draft");
  return fake_engine_take (HARK_COMMAND_DRAFT);
}

static void
check_answers (HarkWindow *window, bool answers)
{
  g_autoptr (HarkCommand) command = kept_draft (window);

  g_assert_nonnull (command);
  g_assert_cmpstr (command->text, ==, "not yet");
  g_assert_cmpint (command->has_reply_to, ==, answers);
  g_assert_true (!answers || command->reply_to[0] == 1);
  g_assert_null (kept_draft (window));
}

/* What a draft answers is kept with it, also when nothing but that is another. */
static void
test_draft_answers (void)
{
  HarkWindow *window = open_bob ();
  g_autoptr (HarkCommand) early = NULL;
  g_autoptr (HarkCommand) asked = NULL;
  HarkEvent *event;

  screen_say (fake_message (1, 1, false, "a question"));
  gtk_text_buffer_set_text (field (window), "not yet", -1);
  check_answers (window, false);
  reply (window);
  check_answers (window, true);
  screen_click (GTK_WIDGET (window), "Let go of it");
  check_answers (window, false);
  reply (window);
  check_answers (window, true);

  hark_window_open (window, screen_person (2));
  hark_window_open (window, screen_person (1));
  early = fake_engine_take (HARK_COMMAND_MESSAGE);
  g_assert_nonnull (early);
  g_assert_null (kept_draft (window)); /* it is on its way */
  hark_window_open (window, screen_person (2));
  hark_window_open (window, screen_person (1));
  g_assert_null (fake_engine_take (HARK_COMMAND_DRAFT));
  asked = fake_engine_take (HARK_COMMAND_MESSAGE);
  g_assert_nonnull (asked);
  event = fake_engine_answer (asked);
  event->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_message_free);
  g_ptr_array_add (event->messages, fake_message (1, 1, false, "a question"));
  fake_engine_emit (event);
  screen_settle ();
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Answer to Bob"));
  g_assert_null (kept_draft (window));
  screen_close (window);
}

/* What it answers is known before it is here to be shown. */
static void
test_answer_is_sent_early (void)
{
  HarkWindow *window = open_bob ();
  g_autoptr (HarkCommand) asked = NULL, sent = NULL;
  HarkEvent *event;

  screen_say (fake_message (1, 1, false, "a question"));
  reply (window);
  gtk_text_buffer_set_text (field (window), "not yet", -1);
  hark_window_open (window, screen_person (2));
  hark_window_open (window, screen_person (1));
  asked = fake_engine_take (HARK_COMMAND_MESSAGE);
  g_assert_nonnull (asked);
  screen_click (GTK_WIDGET (window), "Send");
  sent = fake_engine_take (HARK_COMMAND_SEND);
  g_assert_nonnull (sent);
  g_assert_true (sent->has_reply_to && sent->reply_to[0] == 1);

  event = fake_engine_answer (asked);
  event->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_message_free);
  g_ptr_array_add (event->messages, fake_message (1, 1, false, "a question"));
  fake_engine_emit (event);
  screen_settle ();
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Answer to Bob"));
  screen_close (window);
}

static void
test_long_draft (void)
{
  HarkWindow *window = open_bob ();
  HarkCommand *command = NULL;

  for (unsigned i = 0; i < 400 && command == NULL; i++) {
    gtk_text_buffer_insert_at_cursor (field (window), "x", 1);
    screen_settle ();
    g_usleep (G_USEC_PER_SEC / 20);
    command = fake_engine_take (HARK_COMMAND_DRAFT);
  }
  g_assert_true (command != NULL && g_str_has_prefix (command->text, "xxx"));
  hark_command_free (command);
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/composer/draft-is-kept-when-left", test_draft);
  g_test_add_func ("/chat/draft-keeps-what-it-answers", test_draft_answers);
  g_test_add_func ("/chat/draft-is-an-answer-however-soon-it-is-sent", test_answer_is_sent_early);
  g_test_add_func ("/composer/draft-is-kept-while-written", test_long_draft);
  return g_test_run ();
}
