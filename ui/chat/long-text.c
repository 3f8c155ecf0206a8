#include "ui/chat/long-text.h"

#include <stdbool.h>
#include <string.h>

#define PART_CHAR 0x2029
#define PART "\342\200\251"

#define CHEAP 2000 /* microseconds, about */

#define MENDING "hark-mending" /* at a buffer: on_idle() comes */

typedef struct {
  gsize word, paragraph; /* characters since a space, since a line began */
} Run;

/* Returns: whether a part ends before @c */
static bool
is_due (Run *run, gunichar c)
{
  const bool space = g_unichar_isspace (c);
  const bool due = !space
                   && (run->word >= HARK_LONG_WORD_CHARS
                       || (run->paragraph >= HARK_LONG_TEXT_CHARS && run->word == 0));

  if (due || c == '\n' || c == PART_CHAR)
    run->word = run->paragraph = 0;
  run->paragraph++;
  run->word = space ? 0 : run->word + 1;
  return due;
}

char *
hark_long_text_part (const char *text)
{
  GString *parts = g_string_new (NULL);
  Run run = {0, 0};

  for (const char *at = text; *at; at = g_utf8_next_char (at)) {
    if (is_due (&run, g_utf8_get_char (at)))
      g_string_append (parts, PART);
    g_string_append_len (parts, at, g_utf8_next_char (at) - at);
  }
  return g_string_free (parts, FALSE);
}

/* In microseconds, about, with Pango 1.50: a line begins, marks are stacked, or another font is
 * looked for, whose pictures have to be made as well. */
static gsize
cost_of (gunichar c)
{
  if (c == '\n')
    return 14;
  if (c < 0x600)
    return g_unichar_ismark (c) ? 8 : 1;
  if (c < 0x900)
    return 3; /* letters that join */
  if (c < 0x2000 || (c >= 0x2E80 && c < 0xD800))
    return 2;
  if (c < 0x2070)
    return 1; /* spaces, dashes, quotes */
  return c >= 0xFB50 && c < 0x10000 ? 30 : 12;
}

gsize
hark_long_text_cheap (const char *text)
{
  GUnicodeScript script = G_UNICODE_SCRIPT_COMMON; /* none yet */
  gsize chars = 0, cost = 0;

  for (const char *at = text ? text : ""; *at; at = g_utf8_next_char (at), chars++) {
    gunichar c = g_utf8_get_char (at);
    GUnicodeScript own = g_unichar_get_script (c);
    bool is_new = own > G_UNICODE_SCRIPT_INHERITED && own != script;

    cost += cost_of (c) + (is_new && script != G_UNICODE_SCRIPT_COMMON ? 10 : 0);
    if (is_new)
      script = own;
    if (cost > CHEAP)
      break;
  }
  return chars;
}

gsize
hark_long_text_offset (const char *text, const char *parts, gsize offset)
{
  const char *to = parts;

  for (gsize at = 0; at < offset && *to; at++, to++)
    if (*to != text[at])
      to += strlen (PART);
  return (gsize) (to - parts);
}

char *
hark_long_text_join (char *text)
{
  char *to = text;

  for (const char *at = text; *at;) {
    if (g_str_has_prefix (at, PART))
      at += strlen (PART);
    else
      *to++ = *at++;
  }
  *to = '\0';
  return text;
}

/* ---- what is being written: each part is a line of the buffer ---- */

static void on_changed (GtkTextBuffer *buffer);

static bool
ends_with_part (const GtkTextIter *line, GtkTextIter *ret_end)
{
  *ret_end = *line;
  if (!gtk_text_iter_ends_line (ret_end))
    gtk_text_iter_forward_to_line_end (ret_end);
  return gtk_text_iter_get_char (ret_end) == PART_CHAR;
}

/* A part that became short goes together with the next one; others stay where they are, or a key
 * at the beginning would move all of them. */
static bool
is_needless (const GtkTextIter *line, const GtkTextIter *end)
{
  GtkTextIter before = *end;
  GtkTextIter next = *line;
  const bool at_space
    = gtk_text_iter_backward_char (&before) && g_unichar_isspace (gtk_text_iter_get_char (&before));
  const int most = at_space ? HARK_LONG_TEXT_CHARS / 2 : HARK_LONG_WORD_CHARS / 2;

  return !gtk_text_iter_forward_line (&next)
         || gtk_text_iter_get_chars_in_line (line) + gtk_text_iter_get_chars_in_line (&next) < most;
}

static void
part_line (GtkTextBuffer *buffer, GtkTextIter *at)
{
  Run run = {0, 0};

  for (; !gtk_text_iter_ends_line (at); gtk_text_iter_forward_char (at))
    if (is_due (&run, gtk_text_iter_get_char (at)))
      gtk_text_buffer_insert (buffer, at, PART, -1);
}

static void
mend (GtkTextBuffer *buffer)
{
  GtkTextIter line, end;

  gtk_text_buffer_get_start_iter (buffer, &line);
  do {
    while (ends_with_part (&line, &end) && is_needless (&line, &end)) {
      const int number = gtk_text_iter_get_line (&line);
      GtkTextIter behind = end;

      gtk_text_iter_forward_char (&behind);
      gtk_text_buffer_delete (buffer, &end, &behind);
      gtk_text_buffer_get_iter_at_line (buffer, &line, number);
    }
    if (gtk_text_iter_get_chars_in_line (&line) > HARK_LONG_WORD_CHARS)
      part_line (buffer, &line);
  } while (gtk_text_iter_forward_line (&line));
}

static gboolean
on_idle (void *data)
{
  g_signal_handlers_block_by_func (data, on_changed, NULL);
  mend (data);
  g_signal_handlers_unblock_by_func (data, on_changed, NULL);
  g_object_set_data (G_OBJECT (data), MENDING, NULL);
  return G_SOURCE_REMOVE;
}

/* Whoever changes it goes on to use its iterators: later, but before it is laid out. */
static void
on_changed (GtkTextBuffer *buffer)
{
  if (g_object_get_data (G_OBJECT (buffer), MENDING))
    return;
  g_object_set_data (G_OBJECT (buffer), MENDING, buffer);
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_idle, g_object_ref (buffer), g_object_unref);
}

/* What is pasted or set comes in parts from the beginning. */
static void
on_insert (GtkTextBuffer *buffer, GtkTextIter *at, const char *text, int len)
{
  g_autofree char *whole = len > HARK_LONG_WORD_CHARS ? g_strndup (text, (gsize) len) : NULL;
  g_autofree char *parts = whole ? hark_long_text_part (whole) : NULL;

  if (!parts || strcmp (parts, whole) == 0)
    return;
  g_signal_handlers_block_by_func (buffer, on_insert, NULL);
  gtk_text_buffer_insert (buffer, at, parts, -1);
  g_signal_handlers_unblock_by_func (buffer, on_insert, NULL);
  g_signal_stop_emission_by_name (buffer, "insert-text");
}

/* Backspace and Delete at the edge of a part mean the character behind it. */
static void
on_delete (GtkTextBuffer *buffer, GtkTextIter *start, GtkTextIter *end)
{
  GtkTextIter cursor;

  if (gtk_text_iter_get_char (start) != PART_CHAR
      || gtk_text_iter_get_offset (end) - gtk_text_iter_get_offset (start) != 1)
    return;
  gtk_text_buffer_get_iter_at_mark (buffer, &cursor, gtk_text_buffer_get_insert (buffer));
  if (gtk_text_iter_equal (&cursor, end))
    gtk_text_iter_backward_char (start);
  else
    gtk_text_iter_forward_char (end);
}

/* What is copied is what was written. */
static void
on_copy (GtkTextView *view, void *is_cut)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  if (!gtk_text_buffer_get_selection_bounds (buffer, &start, &end))
    return;
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  if (!strstr (text, PART))
    return;
  gtk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (view), GDK_SELECTION_CLIPBOARD),
                          hark_long_text_join (text), -1);
  g_signal_stop_emission (view, g_signal_get_invocation_hint (view)->signal_id, 0);
  if (is_cut)
    gtk_text_buffer_delete_selection (buffer, TRUE, TRUE);
}

void
hark_long_text_follow (GtkTextView *view)
{
  GtkTextBuffer *buffer;

  g_return_if_fail (GTK_IS_TEXT_VIEW (view));

  buffer = gtk_text_view_get_buffer (view);
  g_signal_connect (buffer, "insert-text", G_CALLBACK (on_insert), NULL);
  g_signal_connect (buffer, "changed", G_CALLBACK (on_changed), NULL);
  g_signal_connect (buffer, "delete-range", G_CALLBACK (on_delete), NULL);
  g_signal_connect (view, "copy-clipboard", G_CALLBACK (on_copy), NULL);
  g_signal_connect (view, "cut-clipboard", G_CALLBACK (on_copy), (void *) "cut");
}
