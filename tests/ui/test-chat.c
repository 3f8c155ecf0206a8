#include "tests/ui/fake-history.h"
#include "tests/ui/screen.h"
#include "ui/chat/composer.h"
#include "ui/chat/conversation.h"
#include "ui/chat/long-text.h"
#include "ui/chat/message-row.h"
#include "ui/chat/message-text.h"
#include "ui/chat/rows-view.h"

#include <string.h>
#include <time.h>

#define OURS 9 /* number of our own account */

static HarkWindow *
open_bob (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_READY);

  memset (event->account, OURS, sizeof event->account);
  fake_engine_emit (event);
  hark_window_open (window, screen_person (1));
  screen_settle ();
  return window;
}

static GtkWidget *
label (void *root, const char *text)
{
  return screen_find (GTK_WIDGET (root), GTK_TYPE_LABEL, text);
}

/* (nullable): in the conversation; the list of people may say it as well. */
static GtkWidget *
said (HarkWindow *window, const char *text)
{
  return label (screen_find (GTK_WIDGET (window), HARK_TYPE_ROWS_VIEW, "*"), text);
}

static GtkWidget *
row_of (HarkWindow *window, const char *text)
{
  return gtk_widget_get_ancestor (said (window, text), HARK_TYPE_MESSAGE_ROW);
}

static void
act (HarkWindow *window, const char *text, const char *action, GVariant *parameter)
{
  GtkWidget *row = row_of (window, text);

  g_action_group_activate_action (gtk_widget_get_action_group (row, "message"), action, parameter);
  screen_settle ();
}

static bool
can (HarkWindow *window, const char *text, const char *action)
{
  GtkWidget *row = row_of (window, text);

  return g_action_group_get_action_enabled (gtk_widget_get_action_group (row, "message"), action);
}

static GtkTextBuffer *
field (HarkWindow *window)
{
  return gtk_text_view_get_buffer (
    GTK_TEXT_VIEW (screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message")));
}

static char *
written (HarkWindow *window)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (field (window), &start, &end);
  return gtk_text_buffer_get_text (field (window), &start, &end, FALSE);
}

static void
change (HarkMessage *message)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE_CHANGED);

  event->message = message;
  fake_engine_emit (event);
  screen_settle ();
}

/* Answers the oldest open command of @kind out of what is kept. */
static void
answer (HarkCommandKind kind)
{
  g_autoptr (HarkCommand) command = fake_engine_take (kind);

  g_assert_nonnull (command);
  fake_engine_emit (fake_history_answer (command));
  screen_settle ();
}

typedef struct {
  GtkTextBuffer *field;
  gint64 frame;    /* in which it was written */
  bool is_at_once; /* drawn before the next began */
} Key;

static void
on_frame (GdkFrameClock *clock, Key *key)
{
  if (key->frame >= 0)
    return;
  key->frame = gdk_frame_clock_get_frame_counter (clock);
  gtk_text_buffer_insert_at_cursor (key->field, "a", 1);
}

static gboolean
on_field_drawn (GtkWidget *view, cairo_t *cr, Key *key)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (view);

  (void) cr;
  key->is_at_once |= gdk_frame_clock_get_frame_counter (clock) == key->frame;
  return GDK_EVENT_PROPAGATE;
}

/* A letter that comes right behind a picture is not kept for the next. On a machine that stands
 * still meanwhile there is no wait; then once more. */
static void
test_at_once (void)
{
  HarkWindow *window = open_bob ();
  GtkWidget *view = screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message");
  GdkFrameClock *clock = gtk_widget_get_frame_clock (view);
  Key key = {field (window), -1, false};

  g_signal_connect (clock, "after-paint", G_CALLBACK (on_frame), &key);
  g_signal_connect (view, "draw", G_CALLBACK (on_field_drawn), &key);
  for (int i = 0; i < 20 && !key.is_at_once; i++) {
    key.frame = -1;
    gtk_widget_queue_draw (view);
    screen_settle ();
  }
  g_assert_true (key.is_at_once);
  g_signal_handlers_disconnect_by_data (clock, &key);
  g_signal_handlers_disconnect_by_data (view, &key);
  screen_close (window);
}

/* ---- what can be done with a message ---- */

static void
test_refused (void)
{
  HarkWindow *window = open_bob ();
  g_autoptr (HarkCommand) command = NULL;
  g_autofree char *both = NULL;
  HarkEvent *event;

  gtk_text_buffer_set_text (field (window), "water the fig", -1);
  screen_click (GTK_WIDGET (window), "Send");
  command = fake_engine_take (HARK_COMMAND_SEND);
  gtk_text_buffer_set_text (field (window), "and the palm", -1);
  event = fake_engine_answer (command);
  event->ok = false;
  event->text = g_strdup ("The disk is full.");
  fake_engine_emit (event);
  g_object_get (field (window), "text", &both, NULL);
  g_assert_cmpstr (both, ==, "water the fig\nand the palm");
  g_assert_nonnull (label (window, "The disk is full."));
  fake_engine_emit (fake_engine_answer (command)); /* nobody waits for a second one */
  screen_close (window);
}

static void
test_reply (void)
{
  HarkWindow *window = open_bob ();
  HarkMessage *answer_row = fake_message (1, 2, false, "the answer");
  g_autoptr (HarkCommand) command = NULL;

  screen_say (fake_message (1, 1, false, "a question"));
  act (window, "a question", "reply", NULL);
  g_assert_nonnull (label (window, "Answer to Bob"));
  gtk_text_buffer_set_text (field (window), "yes", -1);
  screen_click (GTK_WIDGET (window), "Send");
  command = fake_engine_take (HARK_COMMAND_SEND);
  g_assert_nonnull (command);
  g_assert_true (command->has_reply_to);
  g_assert_cmpuint (command->reply_to[0], ==, 1);
  g_assert_null (label (window, "Answer to Bob"));

  answer_row->has_reply_to = true;
  answer_row->reply_to[0] = 1;
  answer_row->reply_to[15] = 1;
  screen_say (answer_row);
  g_assert_nonnull (
    screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Go to the message this answers"));
  screen_close (window);
}

/* (transfer full): what Bob says to his message at @to. */
static HarkMessage *
answer_to (uint8_t to, uint64_t position, const char *text)
{
  HarkMessage *message = fake_message (1, position, false, text);

  message->has_reply_to = true;
  message->reply_to[0] = to;
  message->reply_to[15] = 1;
  return message;
}

static void
test_quote_follows (void)
{
  HarkWindow *window = open_bob ();
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE_GONE);
  HarkMessage *deleted = fake_message (1, 1, false, "");

  screen_say (fake_message (1, 1, false, "a secret"));
  screen_say (answer_to (1, 2, "about it"));
  screen_say (fake_message (1, 3, false, "for a moment"));
  screen_say (answer_to (3, 4, "about that"));
  act (window, "a secret", "reply", NULL);
  g_assert_nonnull (label (window, "Answer to Bob"));

  change (fake_message (1, 1, false, "a riddle"));
  g_assert_null (label (window, "a secret"));
  g_assert_nonnull (screen_find (row_of (window, "about it"), GTK_TYPE_LABEL, "a riddle"));
  deleted->deleted = true;
  change (deleted);
  g_assert_null (label (window, "a riddle"));
  g_assert_null (label (window, "Answer to Bob"));
  g_assert_nonnull (screen_find (row_of (window, "about it"), GTK_TYPE_LABEL, "Message deleted"));

  event->message = fake_message (1, 3, false, "");
  fake_engine_emit (event);
  screen_settle ();
  g_assert_null (label (window, "for a moment"));
  g_assert_nonnull (label (row_of (window, "about that"), "The message is not here any more."));
  screen_close (window);
}

static void
test_edit (void)
{
  HarkWindow *window = open_bob ();
  HarkMessage *newer = fake_message (1, 1, true, "right words");
  g_autoptr (HarkCommand) command = NULL;
  g_autofree char *text = NULL;
  g_autofree char *back = NULL;

  screen_say (fake_message (1, 1, true, "wrong words"));
  screen_say (fake_message (1, 2, false, "theirs"));
  g_assert_true (can (window, "wrong words", "edit"));
  g_assert_false (can (window, "theirs", "edit"));
  g_assert_false (can (window, "theirs", "delete"));
  gtk_text_buffer_set_text (field (window), "half a thought", -1);
  act (window, "wrong words", "edit", NULL);
  text = written (window);
  g_assert_cmpstr (text, ==, "wrong words");
  gtk_text_buffer_set_text (field (window), "right words", -1);
  screen_click (GTK_WIDGET (window), "Send");
  command = fake_engine_take (HARK_COMMAND_EDIT);
  g_assert_nonnull (command);
  g_assert_cmpstr (command->text, ==, "right words");
  g_assert_cmpuint (command->id[0], ==, 1);
  g_assert_null (fake_engine_take (HARK_COMMAND_SEND));
  back = written (window);
  g_assert_cmpstr (back, ==, "half a thought"); /* it was put aside, not lost */

  newer->edits = 1;
  change (newer);
  g_assert_nonnull (label (window, "right words"));
  g_assert_null (label (window, "wrong words"));
  screen_click (GTK_WIDGET (window), "edited");
  g_assert_nonnull (fake_engine_take (HARK_COMMAND_EDITS));
  screen_close (window);
}

static void
test_deleted (void)
{
  HarkWindow *window = open_bob ();
  HarkMessage *gone = fake_message (1, 1, false, "");

  screen_say (fake_message (1, 1, false, "regretted"));
  gone->deleted = true;
  change (gone);
  g_assert_null (label (window, "regretted"));
  g_assert_nonnull (label (window, "Bob asked to delete this message."));
  g_assert_false (can (window, "Bob asked to delete this message.", "reply"));
  g_assert_false (can (window, "Bob asked to delete this message.", "copy"));
  screen_close (window);
}

/* What sets the name apart is ours, and stays; stars in it are of the name. */
static void
test_sentence (void)
{
  GtkWidget *label = g_object_ref_sink (g_object_new (HARK_TYPE_MESSAGE_TEXT, NULL));
  const char *sentence
    = "\u200e\u2068*ליאור* https://a.example\u2069 asked to delete this message.";
  g_auto (GStrv) links = NULL;

  hark_message_text_say (HARK_MESSAGE_TEXT (label), sentence);
  links = hark_message_text_get_links (HARK_MESSAGE_TEXT (label));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (label)), ==, sentence);
  g_assert_cmpuint (g_strv_length (links), ==, 0);
  g_object_unref (label);
}

static void
test_reactions (void)
{
  HarkWindow *window = open_bob ();
  HarkMessage *liked = fake_message (1, 1, false, "good news");
  HarkReaction ours = {.text = "👍"};
  g_autoptr (HarkCommand) give = NULL;
  g_autoptr (HarkCommand) take_back = NULL;

  screen_say (fake_message (1, 1, false, "good news"));
  act (window, "good news", "react", g_variant_new_string ("👍"));
  give = fake_engine_take (HARK_COMMAND_REACT);
  g_assert_nonnull (give);
  g_assert_cmpstr (give->text, ==, "👍");

  memset (ours.account, OURS, sizeof ours.account);
  liked->reactions = g_array_new (FALSE, TRUE, sizeof (HarkReaction));
  g_array_append_val (liked->reactions, ours);
  change (liked);
  screen_click (GTK_WIDGET (window), "👍"); /* the same again takes it back */
  take_back = fake_engine_take (HARK_COMMAND_REACT);
  g_assert_nonnull (take_back);
  g_assert_cmpstr (take_back->text, ==, "");
  screen_close (window);
}

static void
test_gone (void)
{
  HarkWindow *window = open_bob ();
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE_GONE);

  screen_say (fake_message (1, 1, false, "for a moment"));
  event->message = fake_message (1, 1, false, "");
  fake_engine_emit (event);
  g_assert_null (label (window, "for a moment"));
  screen_close (window);
}

static void
test_timer (void)
{
  HarkWindow *window = open_bob ();
  HarkMessage *row = fake_message (1, 1, false, "");
  HarkMessage *text = fake_message (1, 2, true, "secret");

  row->type = HARK_MESSAGE_IS_TIMER;
  row->expires_s = 3600;
  screen_say (row);
  g_assert_nonnull (label (window, "Bob let new messages disappear 1 hour after they are read."));
  g_assert_nonnull (label (window, "Gone 1 hour after it is read"));
  text->expires_s = 3600;
  screen_say (text);
  g_assert_nonnull (label (window, "*disappears 1 hour after it is read"));
  screen_close (window);
}

/* (transfer full): 20 seconds a part; in the row of the message with which it began. */
static HarkMessage *
spoken (unsigned here, unsigned parts)
{
  HarkMessage *message = fake_message (1, 1, false, "");

  message->type = HARK_MESSAGE_IS_CLIP;
  message->length_ms = 20000 * here;
  message->parts_here = here;
  message->parts = parts;
  return message;
}

static void
bob_is (HarkPresence presence)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);

  event->person = fake_person (1, "Bob", HARK_PERSON_ACCEPTED);
  event->person->presence = presence;
  fake_engine_emit (event);
  screen_settle ();
}

/* In the open conversation: one row, which says what is missing until nothing is. */
static void
test_parts (void)
{
  HarkWindow *window = open_bob ();
  GtkWidget *row;

  bob_is (HARK_PRESENCE_ONLINE);
  screen_say (spoken (1, 3));
  row = row_of (window, "The rest is on its way.");
  g_assert_nonnull (label (row, "0:20"));
  bob_is (HARK_PRESENCE_OFFLINE);
  g_assert_nonnull (label (row, "The rest arrives when Bob is online."));
  change (spoken (2, 3));
  g_assert_nonnull (label (row, "0:40"));
  g_assert_nonnull (label (row, "The rest arrives when Bob is online."));
  change (spoken (3, 3));
  g_assert_nonnull (label (row, "1:00"));
  g_assert_null (said (window, "The rest*"));
  g_assert_true (row_of (window, "1:00") == row);
  screen_close (window);
}

/* ---- the composer ---- */

static void
test_limit (void)
{
  HarkWindow *window = open_bob ();
  g_autofree char *text = g_strnfill (HARK_COMPOSER_BYTES_MAX + 3, 'x');
  GtkWidget *send;

  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Send")); /* one can speak */
  gtk_text_buffer_set_text (field (window), text, -1);
  g_assert_nonnull (label (window, "*Too long by 3 bytes"));
  send = screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Send");
  g_assert_false (gtk_widget_get_sensitive (send));
  text[HARK_COMPOSER_BYTES_MAX] = '\0';
  gtk_text_buffer_set_text (field (window), text, -1);
  g_assert_nonnull (label (window, "0 bytes left"));
  g_assert_true (gtk_widget_get_sensitive (send));
  screen_close (window);
}

/* One word that long takes Pango minutes; nobody sees that it is held in parts. */
static void
test_long_word (void)
{
  HarkWindow *window = open_bob ();
  GtkWidget *composer = gtk_widget_get_ancestor (
    screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message"), HARK_TYPE_COMPOSER);
  GtkWidget *view = screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message");
  g_autofree char *text = g_strnfill (HARK_COMPOSER_BYTES_MAX, 'x');
  g_autofree char *whole = NULL;
  g_autofree char *cut = NULL;
  g_autofree char *rest = NULL;
  GtkTextIter at, end;

  gtk_text_buffer_set_text (field (window), text, -1);
  for (int i = 0; i < gtk_text_buffer_get_line_count (field (window)); i++) {
    gtk_text_buffer_get_iter_at_line (field (window), &at, i);
    g_assert_cmpint (gtk_text_iter_get_chars_in_line (&at), <=, HARK_LONG_WORD_CHARS + 1);
  }
  whole = hark_composer_get_text (HARK_COMPOSER (composer));
  g_assert_cmpstr (whole, ==, text);

  gtk_text_buffer_get_iter_at_line (field (window), &at, 1); /* behind a seam: a letter goes */
  gtk_text_buffer_place_cursor (field (window), &at);
  g_signal_emit_by_name (view, "backspace");
  cut = hark_composer_get_text (HARK_COMPOSER (composer));
  g_assert_cmpuint (strlen (cut), ==, HARK_COMPOSER_BYTES_MAX - 1);

  gtk_text_buffer_get_start_iter (field (window), &at); /* what is left is short: no seam */
  gtk_text_iter_forward_chars (&at, 50);
  gtk_text_buffer_get_end_iter (field (window), &end);
  gtk_text_iter_backward_chars (&end, 50);
  gtk_text_buffer_delete (field (window), &at, &end);
  screen_settle ();
  g_assert_cmpint (gtk_text_buffer_get_line_count (field (window)), ==, 1);
  rest = hark_composer_get_text (HARK_COMPOSER (composer));
  g_assert_cmpuint (strlen (rest), ==, 100);
  screen_close (window);
}

/* What was pasted last is what one wants to read, and where one writes on. */
static void
test_paste (void)
{
  HarkWindow *window = open_bob ();
  GtkWidget *view = screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message");
  GtkClipboard *clipboard = gtk_widget_get_clipboard (view, GDK_SELECTION_CLIPBOARD);

  for (unsigned lines = 20; lines <= 2000; lines *= 100) {
    g_autoptr (GString) text = g_string_new (NULL);
    GdkRectangle seen, cursor;

    for (unsigned i = 0; i < lines; i++)
      g_string_append_printf (text, "line %u\n", i);
    gtk_text_buffer_set_text (field (window), "", -1);
    gtk_clipboard_set_text (clipboard, text->str, -1);
    gtk_widget_grab_focus (view);
    screen_settle ();
    g_signal_emit_by_name (view, "paste-clipboard");
    screen_settle ();
    gtk_text_view_get_visible_rect (GTK_TEXT_VIEW (view), &seen);
    gtk_text_view_get_cursor_locations (GTK_TEXT_VIEW (view), NULL, &cursor, NULL);
    g_assert_cmpint (cursor.y, >=, seen.y);
    g_assert_cmpint (cursor.y + cursor.height, <=, seen.y + seen.height);
  }
  screen_close (window);
}

/* ---- a long conversation ---- */

static void
keep_rows (unsigned n, unsigned seen)
{
  for (unsigned i = 1; i <= n; i++) {
    g_autofree char *text = g_strdup_printf ("row %u", i);
    HarkMessage *message = fake_message (1, i, false, text);

    message->state = i <= seen ? HARK_STATE_READ : HARK_STATE_DELIVERED;
    fake_history_keep (message);
    hark_message_free (message);
  }
}

static GtkAdjustment *
adjustment (HarkWindow *window)
{
  GtkWidget *row = screen_find (GTK_WIDGET (window), HARK_TYPE_MESSAGE_ROW, "*row");

  return gtk_scrollable_get_vadjustment (
    GTK_SCROLLABLE (gtk_widget_get_ancestor (row, GTK_TYPE_VIEWPORT)));
}

/* Goes to the upper end of what is loaded and lets older rows come. */
static void
scroll_up (HarkWindow *window)
{
  gtk_adjustment_set_value (adjustment (window), 0);
  screen_settle ();
  answer (HARK_COMMAND_HISTORY);
}

static void
test_window (void)
{
  HarkWindow *window = open_bob ();
  GListModel *rows = hark_person_item_get_messages (screen_person (1));

  keep_rows (1000, 1000);
  answer (HARK_COMMAND_HISTORY);
  g_assert_nonnull (said (window, "row 1000"));
  for (int i = 0; i < 40; i++) { /* up, and never more rows than there is room for */
    scroll_up (window);
    g_assert_cmpuint (g_list_model_get_n_items (rows), <=, HARK_PERSON_ITEM_ROWS);
  }
  g_assert_null (said (window, "row 1000"));
  g_assert_nonnull (said (window, "row 850"));
  g_assert_false (hark_person_item_get_at_end (screen_person (1)));

  screen_say (fake_message (1, 1001, false, "row 1001")); /* no gap: it comes when one is there */
  g_assert_cmpuint (hark_person_item_get_last_position (screen_person (1)), <, 1000);
  screen_click (GTK_WIDGET (window), "Go to the newest message");
  while (!hark_person_item_get_at_end (screen_person (1))) /* a page may be on its way as well */
    answer (HARK_COMMAND_HISTORY);
  g_assert_nonnull (said (window, "row 1000"));
  g_assert_true (hark_person_item_get_at_end (screen_person (1)));
  fake_history_forget ();
  screen_close (window);
}

static void
count (GtkWidget *widget, void *data)
{
  (void) widget;
  ++*(guint *) data;
}

static void
on_children (AtkObject *list, guint i, AtkObject *child, int *n)
{
  (void) list;
  (void) i;
  (void) child;
  ++*n;
}

/* Rows that were used before say what is theirs now, to readers of the screen as well. */
static void
test_reuse (void)
{
  HarkWindow *window = open_bob ();
  GListModel *rows = hark_person_item_get_messages (screen_person (1));
  GtkWidget *list;
  AtkObject *spoken;
  guint widgets = 0;
  int added = 0, removed = 0, before;

  keep_rows (1000, 1000);
  answer (HARK_COMMAND_HISTORY);
  list = gtk_widget_get_parent (row_of (window, "row 1000"));
  spoken = gtk_widget_get_accessible (list);
  before = atk_object_get_n_accessible_children (spoken);
  g_signal_connect (spoken, "children-changed::add", G_CALLBACK (on_children), &added);
  g_signal_connect (spoken, "children-changed::remove", G_CALLBACK (on_children), &removed);
  for (int i = 0; i < 30; i++)
    scroll_up (window);
  gtk_container_forall (GTK_CONTAINER (list), count, &widgets);
  g_assert_cmpuint (widgets, <, HARK_PERSON_ITEM_ROWS + 12);
  g_assert_cmpint (atk_object_get_n_accessible_children (spoken), ==,
                   (int) g_list_model_get_n_items (rows));
  g_assert_cmpint (before + added - removed, ==, (int) g_list_model_get_n_items (rows));
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++) {
    g_autoptr (HarkMessageItem) item = g_list_model_get_item (rows, i);
    g_autoptr (AtkObject) child = atk_object_ref_accessible_child (spoken, (int) i);
    const HarkMessage *message = hark_message_item_get (item);

    g_assert_nonnull (strstr (atk_object_get_name (child), message->text));
    g_assert_nonnull (said (window, message->text));
  }
  fake_history_forget ();
  screen_close (window);
}

/* Whoever answers a menu or stands on a row means that message and no other. */
static void
test_in_use (void)
{
  HarkWindow *window = open_bob ();
  GtkWidget *row;
  AtkObject *spoken;
  int removed = 0;

  keep_rows (1000, 1000);
  answer (HARK_COMMAND_HISTORY);
  row = row_of (window, "row 1000");
  g_object_add_weak_pointer (G_OBJECT (row), (void **) &row);
  gtk_widget_grab_focus (row);
  gtk_widget_child_focus (gtk_widget_get_toplevel (row), GTK_DIR_UP);
  g_assert_true (gtk_widget_has_focus (row_of (window, "row 999")));
  gtk_widget_child_focus (gtk_widget_get_toplevel (row), GTK_DIR_DOWN);
  g_assert_true (gtk_widget_has_focus (row));
  spoken = gtk_widget_get_accessible (gtk_widget_get_parent (row));
  g_signal_connect (spoken, "children-changed::remove", G_CALLBACK (on_children), &removed);
  for (int i = 0; i < 20; i++)
    scroll_up (window);
  g_assert_null (said (window, "row 1000"));
  g_assert_null (row); /* it serves no other message */
  g_assert_cmpint (removed, ==, 16 + 20 * 4 - HARK_PERSON_ITEM_ROWS);
  fake_history_forget ();
  screen_close (window);
}

/* A thousand messages in a second are sixteen in a frame. What each frame takes is said, not
 * asserted: machines differ, and others use them. */
static void
test_flood (void)
{
  HarkWindow *window = open_bob ();
  GListModel *rows = hark_person_item_get_messages (screen_person (1));
  double took_ms[40];
  double worst_ms = 0, all_ms = 0;
  unsigned n = 0;

  answer (HARK_COMMAND_HISTORY);
  for (gsize frame = 0; frame < G_N_ELEMENTS (took_ms); frame++) {
    const clock_t began = clock ();

    for (int i = 0; i < 16; i++) {
      g_autofree char *text = g_strdup_printf ("flood %u", ++n);
      HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE);

      event->message = fake_message (1, n, false, text);
      fake_engine_emit (event);
    }
    screen_settle ();
    took_ms[frame] = (double) (clock () - began) * 1000 / CLOCKS_PER_SEC;
    worst_ms = MAX (worst_ms, took_ms[frame]);
    all_ms += took_ms[frame];
    g_assert_cmpuint (g_list_model_get_n_items (rows), <=, 2 * HARK_PERSON_ITEM_ROWS);
  }
  g_test_message ("16 messages and their frame: mean %.1f ms, worst %.1f ms of processor time",
                  all_ms / (double) G_N_ELEMENTS (took_ms), worst_ms);
  g_assert_nonnull (said (window, "flood 640"));
  g_assert_null (said (window, "flood 1")); /* nor is there a widget for each */
  g_assert_cmpfloat (gtk_adjustment_get_value (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (
                       gtk_widget_get_ancestor (row_of (window, "flood 640"), GTK_TYPE_VIEWPORT)))),
                     >, 0);
  screen_close (window);
}

/* Widgets that had another tint for a moment, however short that was. */
static gboolean
on_style (GSignalInvocationHint *hint, guint n, const GValue *values, void *data)
{
  GtkWidget *widget = g_value_get_object (values);

  (void) hint;
  (void) n;
  if (gtk_style_context_has_class (gtk_widget_get_style_context (widget), "flash"))
    g_hash_table_add (data, widget);
  return TRUE;
}

static gulong
watch_tints (GHashTable *tinted)
{
  return g_signal_add_emission_hook (g_signal_lookup ("style-updated", GTK_TYPE_WIDGET), 0,
                                     on_style, tinted, NULL);
}

static void
unwatch_tints (gulong hook)
{
  g_signal_remove_emission_hook (g_signal_lookup ("style-updated", GTK_TYPE_WIDGET), hook);
}

static void
test_unread (void)
{
  HarkWindow *window = open_bob ();
  g_autoptr (GHashTable) tinted = g_hash_table_new (NULL, NULL);
  gulong hook = watch_tints (tinted);
  GtkWidget *line;
  int y;

  keep_rows (200, 150);
  hark_window_open (window, screen_person (2));
  screen_say (fake_message (1, 151, false, "row 151"));
  hark_command_free (fake_engine_take (HARK_COMMAND_HISTORY)); /* of the first time */
  hark_window_open (window, screen_person (1));
  while (true) {
    g_autoptr (HarkCommand) command = fake_engine_take (HARK_COMMAND_HISTORY);

    g_assert_nonnull (command);
    if (command->contact[0] == 1) {
      g_assert_cmpint (command->window, ==, HARK_HISTORY_UNREAD);
      fake_engine_emit (fake_history_answer (command));
      break;
    }
  }
  line = label (window, "New messages");
  g_assert_nonnull (line);
  g_assert_true (gtk_widget_translate_coordinates (line, GTK_WIDGET (window), 0, 0, NULL, &y));
  g_assert_cmpint (y, >, 0); /* in view */
  g_assert_cmpint (y, <, gtk_widget_get_allocated_height (GTK_WIDGET (window)));
  screen_settle ();
  g_assert_cmpuint (g_hash_table_size (tinted), ==, 0); /* the line says it */
  unwatch_tints (hook);
  fake_history_forget ();
  screen_close (window);
}

static void
test_find (void)
{
  HarkWindow *window = open_bob ();
  GtkWidget *page = gtk_widget_get_ancestor (
    screen_find (GTK_WIDGET (window), HARK_TYPE_ROWS_VIEW, "*"), HARK_TYPE_CONVERSATION);
  g_autoptr (GHashTable) tinted = g_hash_table_new (NULL, NULL);
  gulong hook = watch_tints (tinted);
  GtkWidget *entry, *bubble;

  keep_rows (500, 500);
  answer (HARK_COMMAND_HISTORY);
  g_action_group_activate_action (gtk_widget_get_action_group (page, "person"), "find", NULL);
  entry = screen_find (GTK_WIDGET (window), GTK_TYPE_SEARCH_ENTRY, "Find in this conversation");
  g_assert_nonnull (entry);
  gtk_entry_set_text (GTK_ENTRY (entry), "row 12");
  g_signal_emit_by_name (entry, "search-changed");
  answer (HARK_COMMAND_SEARCH); /* 129 to 120, and 12 */
  g_assert_nonnull (label (window, "1 of 11"));
  while (!said (window, "row 129")) /* a page may be on its way as well */
    answer (HARK_COMMAND_HISTORY);
  screen_settle ();
  bubble = gtk_widget_get_parent (gtk_widget_get_parent (said (window, "row 129")));
  g_assert_cmpuint (g_hash_table_size (tinted), ==, 1);
  g_assert_true (g_hash_table_contains (tinted, bubble)); /* not all the row's width */
  unwatch_tints (hook);
  screen_click (GTK_WIDGET (window), "Older");
  g_assert_nonnull (label (window, "2 of 11"));
  fake_history_forget ();
  screen_close (window);
}

/* A box that lies asks for it; broken at every letter, that is a third of an opening. */
static void
test_width (void)
{
  HarkWindow *window = open_bob ();
  GtkWidget *text;
  int least[2], best[2];

  screen_say (fake_message (1, 1, false, "words, words and more of them"));
  text = said (window, "words, words and more of them");
  gtk_widget_get_preferred_width (text, &least[0], &best[0]);
  gtk_widget_get_preferred_width_for_height (text, 10, &least[1], &best[1]);
  g_assert_cmpint (least[0], ==, least[1]);
  g_assert_cmpint (best[0], ==, best[1]);
  screen_close (window);
}

/* ---- what peers may write ---- */

static void
test_hostile (void)
{
  static const char *const texts[] = {
    "<span size='999999'>x</span>&lt;",
    "\xe2\x80\xae reversed \xe2\x80\xad",
    "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc"
    "\x81",
    "\x01\x02\x1b[31m\x7f",
    "\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xa5",
    "\xef\xb7\xbd\xef\xb7\xbd\xef\xb7\xbd _a_ *b* `c` http://\xe2\x80\xae.example",
    "%s%n%p __ ** `` hark: http://",
    "\n\n\n\n\n\n\n\n",
  };
  HarkWindow *window = open_bob ();
  int height;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    HarkMessage *message = fake_message (1, i + 1, false, texts[i]);
    HarkReaction reaction = {0};

    memset (reaction.account, 1, sizeof reaction.account);
    g_strlcpy (reaction.text, texts[i], sizeof reaction.text);
    g_utf8_make_valid (reaction.text, -1);
    message->reactions = g_array_new (FALSE, TRUE, sizeof (HarkReaction));
    g_array_append_val (message->reactions, reaction);
    if (i > 0) {
      message->has_reply_to = true;
      message->reply_to[0] = (uint8_t) i;
      message->reply_to[15] = 1;
    }
    screen_say (message);
  }
  gtk_window_get_size (GTK_WINDOW (window), NULL, &height);
  g_assert_cmpint (height, <, 1000);
  screen_close (window);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init (&argc, &argv);
  g_test_add_func ("/chat/quote-changes-with-its-message", test_quote_follows);
  g_test_add_func ("/chat/cursor-is-seen-after-pasting", test_paste);
  g_test_add_func ("/chat/reply-quotes-and-goes-out-as-one", test_reply);
  g_test_add_func ("/chat/refused-text-comes-back", test_refused);
  g_test_add_func ("/chat/edit-puts-a-draft-aside", test_edit);
  g_test_add_func ("/chat/deleted-leaves-who-asked", test_deleted);
  g_test_add_func ("/chat/sentence-keeps-names-apart", test_sentence);
  g_test_add_func ("/chat/reaction-is-given-and-taken-back", test_reactions);
  g_test_add_func ("/chat/disappeared-is-not-there", test_gone);
  g_test_add_func ("/chat/timer-is-said-in-words", test_timer);
  g_test_add_func ("/chat/a-long-voice-message-grows-in-its-row", test_parts);
  g_test_add_func ("/composer/too-long-is-said-before-sending", test_limit);
  g_test_add_func ("/composer/holds-a-word-of-64-kilobytes", test_long_word);
  g_test_add_func ("/composer/letter-is-drawn-at-once", test_at_once);
  g_test_add_func ("/rows/window-moves-both-ways", test_window);
  g_test_add_func ("/rows/widgets-serve-again-in-order", test_reuse);
  g_test_add_func ("/rows/one-in-use-serves-no-other", test_in_use);
  g_test_add_func ("/rows/flood-is-followed-in-few-widgets", test_flood);
  g_test_add_func ("/rows/opens-at-the-first-unread", test_unread);
  g_test_add_func ("/rows/width-of-a-text-is-one-for-all-heights", test_width);
  g_test_add_func ("/rows/find-walks-through-what-is-found", test_find);
  g_test_add_func ("/chat/hostile-texts-stay-in-their-place", test_hostile);
  return g_test_run ();
}
