/* Where the focus is when what had it goes: near, and never nowhere. */
#include "tests/ui/screen.h"
#include "ui/chat/composer.h"
#include "ui/people/first-box.h"

#include <string.h>

static void
focus_and_click (GtkWidget *button)
{
  g_assert_nonnull (button);
  gtk_widget_grab_focus (button);
  gtk_button_clicked (GTK_BUTTON (button));
  screen_settle ();
}

static void
tell (HarkEventKind kind, HarkPersonStatus status)
{
  HarkEvent *event = hark_event_new (kind);

  event->person = fake_person (3, "Dan", status);
  fake_engine_emit (event);
  screen_settle ();
}

static bool
is_writing (HarkWindow *window)
{
  GtkWidget *at = gtk_window_get_focus (GTK_WINDOW (window));

  return GTK_IS_TEXT_VIEW (at) && gtk_widget_get_ancestor (at, HARK_TYPE_COMPOSER);
}

/* Who is accepted is written to; before that the sentence about it had the focus. */
static void
test_accepted (void)
{
  HarkWindow *window = screen_open ();

  tell (HARK_EVENT_REQUEST, HARK_PERSON_REQUEST);
  focus_and_click (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Accept"));
  g_assert_false (is_writing (window));
  tell (HARK_EVENT_CONTACT, HARK_PERSON_ACCEPTED);
  g_assert_true (is_writing (window));
  screen_close (window);
}

static void
call (HarkCallPhase phase)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CALL);

  event->call = g_new0 (HarkCall, 1);
  event->call->id = 1;
  memset (event->call->contact, 2, HARK_ACCOUNT_LEN);
  event->call->phase = phase;
  event->call->volume = 100;
  fake_engine_emit (event);
  screen_settle ();
}

/* Of a call that ends nothing is left to be pressed: one writes. */
static void
test_ends (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *at;

  hark_window_open (window, screen_person (2));
  call (HARK_RINGING);
  focus_and_click (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Answer"));
  call (HARK_ACTIVE);
  at = gtk_window_get_focus (GTK_WINDOW (window));
  g_assert_true (GTK_IS_BUTTON (at));
  g_assert_true (gtk_widget_get_mapped (at));
  focus_and_click (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Hang Up"));
  call (HARK_ENDED);
  g_assert_true (is_writing (window));
  screen_close (window);
}

/* What waits for its answer has the focus again, unless that is elsewhere by then. */
static void
test_waits (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *dialog = gtk_dialog_new ();
  GtkWidget *box = g_object_new (HARK_TYPE_FIRST_BOX, "visible", TRUE, NULL);
  GtkWidget *copy, *other;

  hark_first_box_set_client (HARK_FIRST_BOX (box), screen_client ());
  gtk_container_add (GTK_CONTAINER (gtk_dialog_get_content_area (GTK_DIALOG (dialog))), box);
  gtk_window_present (GTK_WINDOW (dialog));
  copy = screen_find (dialog, GTK_TYPE_BUTTON, "Copy My Link");
  other = screen_find (dialog, GTK_TYPE_SWITCH, "Let people on this network see me");
  for (int i = 0; i < 2; i++) {
    g_autoptr (HarkCommand) command = NULL;
    HarkEvent *event;

    focus_and_click (copy);
    g_assert_null (gtk_window_get_focus (GTK_WINDOW (dialog)));
    if (i == 1)
      gtk_widget_grab_focus (other);
    command = fake_engine_take (HARK_COMMAND_ADDRESS);
    event = fake_engine_answer (command);
    event->address = g_strdup ("hk1first");
    fake_engine_emit (event);
    screen_settle ();
    g_assert_true (gtk_window_get_focus (GTK_WINDOW (dialog)) == (i == 1 ? other : copy));
  }
  gtk_widget_destroy (dialog);
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/focus/who-is-accepted-is-written-to", test_accepted);
  g_test_add_func ("/focus/call-that-ends-leaves-it-to-writing", test_ends);
  g_test_add_func ("/focus/what-waits-has-it-again", test_waits);
  return g_test_run ();
}
