/* Emoji by their names while a message is written. */
#include "tests/ui/screen.h"
#include "ui/chat/composer.h"
#include "ui/chat/emoji-popover.h"
#include "ui/chat/shortcodes.h"

#include <string.h>

static GtkTextView *
field (HarkWindow *window)
{
  return GTK_TEXT_VIEW (screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message"));
}

static HarkWindow *
open_carol (void)
{
  HarkWindow *window = screen_open ();

  hark_window_open (window, screen_person (2));
  screen_settle ();
  return window;
}

/* As keys do. */
static void
type (HarkWindow *window, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (field (window));

  for (const char *at = text; *at; at = g_utf8_next_char (at)) {
    g_autofree char *letter = g_strndup (at, (gsize) (g_utf8_next_char (at) - at));

    gtk_text_buffer_insert_interactive_at_cursor (buffer, letter, -1, TRUE);
  }
  screen_settle ();
}

static bool
tap (HarkWindow *window, guint key)
{
  const GdkEventKey event = {.type = GDK_KEY_PRESS, .keyval = key};
  bool taken = hark_emoji_popover_key (field (window), &event);

  screen_settle ();
  return taken;
}

static void
check_text (HarkWindow *window, const char *expected)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (field (window));
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  g_assert_cmpstr (text, ==, expected);
  gtk_text_buffer_set_text (buffer, "", -1);
}

static bool
is_found (const char *typed, const char *emoji)
{
  g_autoptr (GArray) found = hark_shortcodes_find (typed, 6);

  for (guint i = 0; i < found->len; i++)
    if (strcmp (g_array_index (found, HarkShortcode, i).text, emoji) == 0)
      return true;
  return false;
}

static void
test_names (void)
{
  g_autoptr (GArray) few = hark_shortcodes_find ("s", 3);
  g_autoptr (GArray) none = hark_shortcodes_find ("xylophone-of-nobody", 6);

  g_assert_cmpuint (few->len, ==, 3);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (is_found ("grinning_f", "😀"));
  g_assert_true (is_found ("GRINNING F", "😀"));
  g_assert_true (is_found ("snake", "🐍"));
  g_assert_cmpstr (hark_shortcodes_exact ("snake"), ==, "🐍");
  g_assert_cmpstr (hark_shortcodes_exact ("red_heart"), ==, "❤️");
  g_assert_null (hark_shortcodes_exact ("snak"));
}

static void
test_taken (void)
{
  HarkWindow *window = open_carol ();

  type (window, "look: :snak");
  g_assert_true (tap (window, GDK_KEY_Tab));
  check_text (window, "look: 🐍");
  type (window, ":snake");
  g_assert_true (tap (window, GDK_KEY_Return));
  check_text (window, "🐍");
  type (window, ":grin");
  g_assert_true (tap (window, GDK_KEY_Down));
  g_assert_true (tap (window, GDK_KEY_Up));
  g_assert_true (tap (window, GDK_KEY_Tab));
  check_text (window, "😀");
  type (window, "a :snake: here");
  check_text (window, "a 🐍 here");
  screen_close (window);
}

static void
test_let_be (void)
{
  static const char *const plain[]
    = {"12:30", "std::vector", "a:snake", ":s", ": snake", "::snake", ":zzzz", "https://snake"};
  HarkWindow *window = open_carol ();

  for (size_t i = 0; i < G_N_ELEMENTS (plain); i++) {
    type (window, plain[i]);
    g_test_message ("%s", plain[i]);
    g_assert_false (tap (window, GDK_KEY_Return)); /* it sends */
    check_text (window, plain[i]);
  }
  type (window, ":snak");
  g_assert_true (tap (window, GDK_KEY_Escape));
  g_assert_false (tap (window, GDK_KEY_Escape)); /* the next is for others */
  g_assert_false (tap (window, GDK_KEY_Return));
  check_text (window, ":snak");
  type (window, ":snak ");
  g_assert_false (tap (window, GDK_KEY_Return)); /* the word is over */
  check_text (window, ":snak ");
  screen_close (window);
}

/* As when a window is closed while a long text that was pasted waits to be parted. */
static void
test_field_goes (void)
{
  HarkWindow *window = open_carol ();
  GtkWidget *top = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  GtkWidget *view = gtk_text_view_new ();
  g_autoptr (GtkTextBuffer) buffer = g_object_ref (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)));

  gtk_container_add (GTK_CONTAINER (top), view);
  hark_emoji_popover_follow (GTK_TEXT_VIEW (view));
  gtk_widget_destroy (top);
  g_assert_cmpuint (
    g_signal_handler_find (buffer, G_SIGNAL_MATCH_ID,
                           g_signal_lookup ("end-user-action", GTK_TYPE_TEXT_BUFFER), 0, NULL, NULL,
                           NULL),
    ==, 0);
  gtk_text_buffer_insert_interactive_at_cursor (buffer, ":smi", -1, TRUE);
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shortcodes/names-and-keywords", test_names);
  g_test_add_func ("/shortcodes/tab-enter-and-colon-take-it", test_taken);
  g_test_add_func ("/shortcodes/end-with-their-field", test_field_goes);
  g_test_add_func ("/shortcodes/what-is-none-is-let-be", test_let_be);
  return g_test_run ();
}
