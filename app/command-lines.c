#include "app/command-lines.h"

#include <string.h>

struct HarkCommandLines {
  GByteArray *unread;
  guint at;      /* where the next line begins */
  guint seen;    /* up to here there is no end of it */
  bool skipping; /* the rest of a line that was too long */
};

HarkCommandLines *
hark_command_lines_new (void)
{
  HarkCommandLines *lines = g_new0 (HarkCommandLines, 1);

  lines->unread = g_byte_array_new ();
  return lines;
}

void
hark_command_lines_free (HarkCommandLines *lines)
{
  if (!lines)
    return;
  g_byte_array_unref (lines->unread);
  g_free (lines);
}

void
hark_command_lines_add (HarkCommandLines *lines, GBytes *bytes)
{
  g_byte_array_append (lines->unread, g_bytes_get_data (bytes, NULL),
                       (guint) g_bytes_get_size (bytes));
}

bool
hark_command_lines_end (HarkCommandLines *lines)
{
  if (lines->unread->len == 0)
    return false;
  g_byte_array_append (lines->unread, (const guint8 *) "\n", 1);
  return true;
}

/* The next line is not whole: what is in front of it goes, and itself if it is too long. */
static HarkCommandLinesResult
keep_rest (HarkCommandLines *lines)
{
  const bool told = lines->skipping;

  lines->skipping = told || lines->unread->len - lines->at > HARK_COMMAND_LINE_MAX;
  g_byte_array_remove_range (lines->unread, 0, lines->skipping ? lines->unread->len : lines->at);
  lines->at = 0;
  lines->seen = lines->unread->len;
  return lines->skipping && !told ? HARK_COMMAND_LINES_TOO_LONG : HARK_COMMAND_LINES_NONE;
}

HarkCommandLinesResult
hark_command_lines_take (HarkCommandLines *lines, char **ret_line)
{
  for (;;) {
    const guint8 *data = lines->unread->data;
    const guint at = lines->at;
    const guint left = lines->unread->len - lines->seen;
    const guint8 *end = left > 0 ? memchr (data + lines->seen, '\n', left) : NULL;
    const bool skipped = lines->skipping;
    guint len;

    if (!end)
      return keep_rest (lines);
    len = (guint) (end - data) - at;
    lines->at = lines->seen = at + len + 1;
    lines->skipping = false;
    if (skipped)
      continue;
    if (len > HARK_COMMAND_LINE_MAX)
      return HARK_COMMAND_LINES_TOO_LONG;
    *ret_line = g_strndup ((const char *) data + at, len);
    return HARK_COMMAND_LINES_ONE;
  }
}

char *
hark_command_lines_sentence (void)
{
  g_autofree char *most = g_format_size (HARK_COMMAND_LINE_MAX);

  return g_strdup_printf ("A line of commands has at most %s.", most);
}
