/* What opens above a conversation, and goes when it was used. */
#include "tests/ui/screen.h"
#include "ui/chat/day-popover.h"
#include "ui/chat/message-row.h"

static void
press_in (GtkWidget *widget, guint key, GdkModifierType state)
{
  g_autoptr (GdkEvent) event = gdk_event_new (GDK_KEY_PRESS);

  event->key.window = g_object_ref (gtk_widget_get_window (widget));
  event->key.keyval = key;
  event->key.state = state;
  gtk_widget_event (widget, event);
}

static void
on_chosen (GtkWidget *popover, gint64 ms, gint64 *ret)
{
  (void) popover;
  *ret = ms;
}

/* GTK says of another month as well that a day was selected. */
static void
test_calendar (void)
{
  GtkWidget *window = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  GtkWidget *button = gtk_button_new ();
  GtkWidget *popover, *calendar;
  guint year, month, day, now_month;
  gint64 chosen = -1;

  gtk_container_add (GTK_CONTAINER (window), button);
  gtk_widget_show_all (window);
  screen_settle ();
  popover = hark_day_popover_open (button);
  g_signal_connect (popover, "chosen", G_CALLBACK (on_chosen), &chosen);
  screen_settle ();
  calendar = gtk_bin_get_child (GTK_BIN (popover));
  gtk_calendar_get_date (GTK_CALENDAR (calendar), &year, &month, &day);
  press_in (calendar, GDK_KEY_Left, GDK_CONTROL_MASK);
  g_assert_cmpint (chosen, ==, -1);
  gtk_calendar_get_date (GTK_CALENDAR (calendar), &year, &now_month, &day);
  g_assert_cmpuint (now_month, ==, (month + 11) % 12);
  press_in (calendar, GDK_KEY_Up, GDK_CONTROL_MASK);
  press_in (calendar, GDK_KEY_Down, GDK_CONTROL_MASK);
  press_in (calendar, GDK_KEY_Right, GDK_CONTROL_MASK);
  press_in (calendar, GDK_KEY_Left, GDK_CONTROL_MASK);
  g_assert_cmpint (chosen, ==, -1);
  press_in (calendar, GDK_KEY_Left, 0);
  g_assert_cmpint (chosen, ==, -1);
  press_in (calendar, GDK_KEY_space, 0);
  g_assert_cmpint (chosen, >, 0);
  gtk_widget_destroy (window);
}

/* Closed by its own signal it must outlive what GTK still does with it. */
static void
test_any_sign (void)
{
  HarkWindow *window = screen_open ();
  g_autoptr (HarkCommand) given = NULL;
  GtkWidget *row, *entry;

  hark_window_open (window, screen_person (1));
  screen_say (fake_message (1, 1, false, "good news"));
  screen_settle ();
  row = screen_find (GTK_WIDGET (window), HARK_TYPE_MESSAGE_ROW, "*good news");
  g_action_group_activate_action (gtk_widget_get_action_group (row, "message"), "react-other",
                                  NULL);
  entry = screen_find (GTK_WIDGET (window), GTK_TYPE_ENTRY, "Reaction");
  g_assert_nonnull (entry);
  g_object_add_weak_pointer (G_OBJECT (entry), (gpointer *) &entry);
  gtk_entry_set_text (GTK_ENTRY (entry), "👍");
  gtk_widget_activate (entry);
  given = fake_engine_take (HARK_COMMAND_REACT);
  g_assert_nonnull (given);
  g_assert_cmpstr (given->text, ==, "👍");
  screen_settle ();
  g_assert_null (entry);
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calendar/can-be-leafed-through", test_calendar);
  g_test_add_func ("/reaction/any-sign-is-entered", test_any_sign);
  return g_test_run ();
}
