#include "ui/format.h"

#include <gio/gio.h>
#include <string.h>

typedef struct {
  const char *text;
  const char *at;
  GString *shown;
  GArray *spans;
  unsigned depth;
  const char *run_end;                /* no blank is before it, from the last link on */
  const char *open[HARK_FORMAT_LINK]; /* by kind: of what is before here none closes */
} Scan;

#define DEPTH_MAX 4u /* marks in marks */

static const char *const schemes[] = {"https://", "http://", "hark:"};

/* Beside a mark: neither letter nor digit. */
static bool
is_edge (gunichar c)
{
  return c == 0 || !g_unichar_isalnum (c);
}

static gunichar
before (const Scan *scan, const char *at)
{
  return at == scan->text ? 0 : g_utf8_get_char (g_utf8_prev_char (at));
}

static void
add_span (Scan *scan, HarkFormatKind kind, gsize start)
{
  HarkFormatSpan span = {kind, (guint) start, (guint) scan->shown->len};

  g_array_append_val (scan->spans, span);
}

/* ---- links ---- */

#define LINK_RUN_MAX ((gssize) (2 * HARK_FORMAT_LINK_MAX)) /* with what is not of it at the end */

static const char *
scheme_of (const char *at)
{
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (at, schemes[i], strlen (schemes[i])) == 0)
      return schemes[i];
  return NULL;
}

/* What ends a sentence or closes what was opened before the link is not of it. */
static const char *
without_end (const char *start, const char *end)
{
  while (end > start && strchr (".,;:!?'\"*_", end[-1]))
    end--;
  if (end > start && end[-1] == ')' && !memchr (start, '(', (size_t) (end - start)))
    return without_end (start, end - 1);
  return end;
}

static bool
take_link (Scan *scan)
{
  const char *scheme = scheme_of (scan->at);
  const char *end = scan->run_end ? MAX (scan->at, scan->run_end) : scan->at;
  gsize start = scan->shown->len;

  if (!scheme || !is_edge (before (scan, scan->at)))
    return false;
  while (*end && !strchr ("<>\"`", *end) && !g_unichar_isspace (g_utf8_get_char (end)))
    end = g_utf8_next_char (end);
  scan->run_end = end;
  if (end - scan->at > LINK_RUN_MAX)
    return false;
  end = without_end (scan->at, end);
  if ((gsize) (end - scan->at) <= strlen (scheme)
      || (gsize) (end - scan->at) > HARK_FORMAT_LINK_MAX)
    return false;
  g_string_append_len (scan->shown, scan->at, end - scan->at);
  add_span (scan, HARK_FORMAT_LINK, start);
  scan->at = end;
  return true;
}

/* ---- marks ---- */

static bool
kind_of (char mark, HarkFormatKind *ret)
{
  switch (mark) {
  case '*':
    *ret = HARK_FORMAT_BOLD;
    return true;
  case '_':
    *ret = HARK_FORMAT_ITALIC;
    return true;
  case '`':
    *ret = HARK_FORMAT_CODE;
    return true;
  default:
    return false;
  }
}

/* (nullable): the mark that closes the one at scan->at. A line of nothing but marks is read through
 * once, not once for each. */
static const char *
find_close (Scan *scan, HarkFormatKind kind)
{
  char mark = *scan->at;
  gunichar inside = g_utf8_get_char (scan->at + 1);
  const char *at;

  if (!is_edge (before (scan, scan->at)) || inside == 0 || inside == (gunichar) mark
      || g_unichar_isspace (inside) || scan->at < scan->open[kind])
    return NULL;
  for (at = g_utf8_next_char (scan->at + 1); *at && *at != '\n'; at = g_utf8_next_char (at))
    if (*at == mark && !g_unichar_isspace (before (scan, at)) && is_edge (g_utf8_get_char (at + 1)))
      return at;
  scan->open[kind] = at;
  return NULL;
}

static void scan_until (Scan *scan, const char *end);

static bool
take_mark (Scan *scan)
{
  HarkFormatKind kind;
  const char *close;
  gsize start = scan->shown->len;

  if (scan->depth == DEPTH_MAX || !kind_of (*scan->at, &kind)
      || (close = find_close (scan, kind)) == NULL)
    return false;
  scan->at++;
  if (kind == HARK_FORMAT_CODE) {
    g_string_append_len (scan->shown, scan->at, close - scan->at);
    scan->at = close;
  } else {
    scan->depth++;
    scan_until (scan, close);
    scan->depth--;
  }
  if (scan->at > close) /* a link went over it: it was not what it looked like */
    return true;
  add_span (scan, kind, start);
  scan->at = close + 1;
  return true;
}

static void
scan_until (Scan *scan, const char *end)
{
  while (scan->at < end) {
    const char *next = g_utf8_next_char (scan->at);

    if (scan->spans->len < HARK_FORMAT_SPANS_MAX && (take_link (scan) || take_mark (scan)))
      continue;
    g_string_append_len (scan->shown, scan->at, next - scan->at);
    scan->at = next;
  }
}

char *
hark_format_scan (const char *text, GArray **ret_spans)
{
  Scan scan = {.text = text, .at = text};

  scan.shown = g_string_sized_new (strlen (text) + 1);
  scan.spans = g_array_new (FALSE, FALSE, sizeof (HarkFormatSpan));
  scan_until (&scan, text + strlen (text));
  *ret_spans = scan.spans;
  return g_string_free (scan.shown, FALSE);
}

/* ---- where a link leads ---- */

char *
hark_format_host (const char *link, char **ret_ascii)
{
  g_autoptr (GUri) uri = g_uri_parse (link, G_URI_FLAGS_PARSE_RELAXED, NULL);
  const char *host = uri ? g_uri_get_host (uri) : NULL;
  g_autofree char *ascii = NULL;
  g_autofree char *decoded = NULL;

  *ret_ascii = NULL;
  if (!host || *host == '\0')
    return NULL;
  ascii = g_hostname_to_ascii (host);
  decoded = g_hostname_to_unicode (host);
  if (ascii && decoded && strcmp (ascii, decoded) != 0)
    *ret_ascii = g_steal_pointer (&ascii);
  return decoded ? g_steal_pointer (&decoded) : g_strdup (host);
}
