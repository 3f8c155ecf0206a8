/* What ended the window is not shown, and what may have is shown alone. */
#include "tests/ui/screen.h"
#include "ui/chat/conversation.h"
#include "ui/chat/message-row.h"
#include "ui/chat/rows-view.h"
#include "ui/files/browse-dialog.h"
#include "ui/people/group-page.h"

#include <string.h>

#define CLOSED "This message closed Hark when it was shown."
#define TURNS 2000

static unsigned asked[3]; /* of message 1's row, by step */
static unsigned turned_away, painted;

/* The row of a message at position @n, with which its id begins. */
static bool
is_row (const char *what, size_t len, uint8_t n)
{
  return len == 1 + HARK_MESSAGE_ID_LEN && what[0] == 'm' && (uint8_t) what[1] == n;
}

static HarkDraw
close_first (HarkDrawStep step, const char *what, size_t len)
{
  (void) step;
  return is_row (what, len, 1) ? HARK_DRAW_NEVER : HARK_DRAW_NOW;
}

static HarkDraw
close_bob (HarkDrawStep step, const char *what, size_t len)
{
  (void) step;
  return len == 4 && memcmp (what, "nBob", 4) == 0 ? HARK_DRAW_NEVER : HARK_DRAW_NOW;
}

static HarkDraw
count_bob (HarkDrawStep step, const char *what, size_t len)
{
  painted += len == 4 && memcmp (what, "nBob", 4) == 0 && step == HARK_DRAW_PAINT;
  return HARK_DRAW_NOW;
}

/* What strangers are called, and a file: "nFrank" and "fsong.ogg". */
static HarkDraw
close_strangers (HarkDrawStep step, const char *what, size_t len)
{
  painted += step == HARK_DRAW_PAINT && len == 6 && memcmp (what, "nGrace", 6) == 0;
  return (len == 6 && memcmp (what, "nFrank", 6) == 0)
             || (len == 9 && memcmp (what, "fsong.ogg", 9) == 0)
           ? HARK_DRAW_NEVER
           : HARK_DRAW_NOW;
}

static HarkDraw
delay_first (HarkDrawStep step, const char *what, size_t len)
{
  if (!is_row (what, len, 1))
    return HARK_DRAW_NOW;
  if (turned_away < 4) {
    turned_away++;
    return HARK_DRAW_LATER;
  }
  for (unsigned before = 0; before < step; before++)
    g_assert_cmpuint (asked[before], >, 0);
  asked[step]++;
  return HARK_DRAW_NOW;
}

static HarkWindow *
open_with (HarkDraw (*hook) (HarkDrawStep step, const char *what, size_t len))
{
  HarkWindow *window;

  fake_engine_on_draw (hook);
  window = screen_open ();
  screen_say (fake_message (1, 1, false, "poison"));
  screen_say (fake_message (1, 2, false, "harmless"));
  hark_window_open (window, screen_person (1));
  screen_settle ();
  return window;
}

static GtkWidget *
said (HarkWindow *window, const char *text)
{
  return screen_find (screen_find (GTK_WIDGET (window), HARK_TYPE_ROWS_VIEW, "*"), GTK_TYPE_LABEL,
                      text);
}

static void
test_closed (void)
{
  HarkWindow *window = open_with (close_first);
  GtkWidget *closed = said (window, CLOSED);
  GtkWidget *row;
  g_autofree char *copied = NULL;

  g_assert_nonnull (closed);
  g_assert_nonnull (said (window, "harmless"));
  g_assert_null (said (window, "poison"));
  row = gtk_widget_get_ancestor (closed, HARK_TYPE_MESSAGE_ROW);
  g_action_group_activate_action (gtk_widget_get_action_group (row, "message"), "copy", NULL);
  copied = gtk_clipboard_wait_for_text (gtk_widget_get_clipboard (row, GDK_SELECTION_CLIPBOARD));
  g_assert_cmpstr (copied, ==, "poison");
  screen_click (GTK_WIDGET (window), "Open It Anyway");
  g_assert_nonnull (said (window, "poison"));
  g_assert_null (said (window, CLOSED));
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Open It Anyway"));
  screen_close (window);
}

static void
test_line (void)
{
  HarkWindow *window = open_with (close_first);

  screen_say (fake_message (2, 1, false, "of Carol")); /* the same id: of the list it is the last */
  screen_settle ();
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "of Carol"));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, CLOSED));
  screen_close (window);
  fake_engine_on_draw (NULL);
}

static void
test_name (void)
{
  HarkWindow *window = open_with (close_bob);

  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Bob"));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Name not shown (01010101)"));
  g_assert_nonnull (
    screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "The name closed Hark when it was shown."));
  screen_click (GTK_WIDGET (window), "Open It Anyway");
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Bob"));
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "*Name not shown"));
  screen_close (window);
}

/* A name may be read above its conversation before its row in the list is painted. */
static void
test_header (void)
{
  HarkWindow *window = open_with (count_bob);
  GtkWidget *above = gtk_widget_get_ancestor (
    screen_find (GTK_WIDGET (window), HARK_TYPE_ROWS_VIEW, "*"), HARK_TYPE_CONVERSATION);
  GtkWidget *header = hark_conversation_get_header (HARK_CONVERSATION (above));

  for (int i = 0; i < TURNS && painted < 2; i++)
    screen_settle ();
  g_assert_cmpuint (painted, ==, 2); /* once in the list, once above */
  g_assert_nonnull (screen_find (header, GTK_TYPE_LABEL, "Bob"));
  screen_close (window);
  fake_engine_on_draw (NULL);
}

static GtkWidget *
open_group_page (HarkWindow *window)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP);
  uint8_t account[HARK_ACCOUNT_LEN] = {0};
  GtkWidget *page;

  memset (account, 9, HARK_MESSAGE_ID_LEN);
  event->group = fake_group (9, "Choir", HARK_GROUP_IS_JOINED);
  fake_group_add (event->group, 7, "Grace", HARK_GROUP_PERSON_MEMBER);
  fake_group_add (event->group, 8, "Frank", HARK_GROUP_PERSON_MEMBER);
  fake_engine_emit (event);
  page = hark_group_page_new (GTK_WINDOW (window), screen_client (),
                              hark_client_find (screen_client (), account));
  gtk_window_present (GTK_WINDOW (page));
  return page;
}

static GtkWidget *
open_folder (HarkWindow *window)
{
  GtkWidget *dialog
    = hark_browse_dialog_new (GTK_WINDOW (window), screen_client (), screen_person (1));
  g_autoptr (HarkCommand) asked_for = fake_engine_take (HARK_COMMAND_BROWSE);
  HarkEvent *event = fake_engine_answer (asked_for);
  HarkBrowseEntry *entry = g_new0 (HarkBrowseEntry, 1);

  entry->name = g_strdup ("song.ogg");
  event->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_browse_entry_free);
  g_ptr_array_add (event->entries, entry);
  fake_engine_emit (event);
  gtk_window_present (GTK_WINDOW (dialog));
  return dialog;
}

static void
assert_closed (GtkWidget *dialog, const char *name)
{
  g_assert_null (screen_find (dialog, GTK_TYPE_LABEL, name));
  g_assert_nonnull (
    screen_find (dialog, GTK_TYPE_LABEL, "The name closed Hark when it was shown."));
}

/* What was in no row before a dialog shows it. */
static void
test_dialogs (void)
{
  HarkWindow *window = open_with (close_strangers);
  GtkWidget *page = open_group_page (window);
  GtkWidget *folder;

  painted = 0;
  assert_closed (page, "Frank");
  g_assert_nonnull (screen_find (page, GTK_TYPE_LABEL, "Grace"));
  for (int i = 0; i < TURNS && painted == 0; i++)
    screen_settle ();
  g_assert_cmpuint (painted, ==, 1);
  gtk_widget_destroy (page);
  folder = open_folder (window);
  assert_closed (folder, "song.ogg");
  screen_close (window);
  fake_engine_on_draw (NULL);
}

/* A suspect's row is there at once, its text when it may be. */
static void
test_waits (void)
{
  HarkWindow *window = open_with (delay_first);

  for (int i = 0; i < TURNS && asked[HARK_DRAW_PAINT] == 0; i++)
    screen_settle ();
  g_assert_cmpuint (turned_away, ==, 4);
  g_assert_cmpuint (asked[HARK_DRAW_PAINT], >, 0);
  g_assert_nonnull (said (window, "poison"));
  g_assert_null (said (window, "…"));
  screen_close (window);
  fake_engine_on_draw (NULL);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fence/what-killed-is-closed-until-it-is-wanted", test_closed);
  g_test_add_func ("/fence/what-is-closed-is-so-in-the-list", test_line);
  g_test_add_func ("/fence/a-name-is-replaced-everywhere", test_name);
  g_test_add_func ("/fence/a-name-is-fenced-above-its-conversation", test_header);
  g_test_add_func ("/fence/names-of-strangers-and-files-are-fenced-in-dialogs", test_dialogs);
  g_test_add_func ("/fence/a-suspect-waits-for-its-picture", test_waits);
  return g_test_run ();
}
