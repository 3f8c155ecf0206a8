/* What is mirrored where one writes from right to left. */
#include "tests/ui/screen.h"
#include "ui/chat/message-row.h"
#include "ui/chat/quote.h"
#include "ui/chat/rows-view.h"

static GtkWidget *
row_of (HarkWindow *window, const char *text)
{
  GtkWidget *rows = screen_find (GTK_WIDGET (window), HARK_TYPE_ROWS_VIEW, "*");

  return gtk_widget_get_ancestor (screen_find (rows, GTK_TYPE_LABEL, text), HARK_TYPE_MESSAGE_ROW);
}

static void
test_arrows (void)
{
  HarkWindow *window = screen_open ();
  HarkMessage *message = fake_message (1, 1, false, "as it is now");
  GtkWidget *row;

  hark_window_open (window, screen_person (1));
  screen_settle ();
  message->edits = 1; /* hence a button to go to */
  screen_say (message);
  row = row_of (window, "as it is now");
  gtk_widget_set_direction (row, GTK_TEXT_DIR_RTL);
  gtk_widget_grab_focus (row);
  g_assert_false (gtk_widget_child_focus (row, GTK_DIR_RIGHT));
  g_assert_true (gtk_widget_has_focus (row));
  g_assert_true (gtk_widget_child_focus (row, GTK_DIR_LEFT));
  g_assert_false (gtk_widget_has_focus (row));
  while (!gtk_widget_has_focus (row))
    g_assert_true (gtk_widget_child_focus (row, GTK_DIR_RIGHT));
  screen_close (window);
}

static void
test_quote (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *quote = g_object_ref_sink (g_object_new (HARK_TYPE_QUOTE, NULL));
  GtkWidget *box = gtk_bin_get_child (GTK_BIN (quote));
  GtkStyleContext *style = gtk_widget_get_style_context (box);
  GtkBorder edge;

  gtk_style_context_get_border (style, gtk_style_context_get_state (style), &edge);
  g_assert_cmpint (edge.left, ==, 3);
  g_assert_cmpint (edge.right, ==, 0);
  gtk_widget_set_direction (box, GTK_TEXT_DIR_RTL);
  gtk_style_context_get_border (style, gtk_style_context_get_state (style), &edge);
  g_assert_cmpint (edge.left, ==, 0);
  g_assert_cmpint (edge.right, ==, 3);
  g_object_unref (quote);
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mirrored/arrows-of-a-row", test_arrows);
  g_test_add_func ("/mirrored/edge-of-a-quote", test_quote);
  return g_test_run ();
}
