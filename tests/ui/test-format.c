#include "ui/chat/long-text.h"
#include "ui/format.h"

#include <string.h>

/* "kind:text" of every span, in the order they end. */
static char *
spans_of (const char *text, char **ret_shown)
{
  g_autoptr (GArray) spans = NULL;
  GString *told = g_string_new (NULL);

  *ret_shown = hark_format_scan (text, &spans);
  for (guint i = 0; i < spans->len; i++) {
    const HarkFormatSpan *span = &g_array_index (spans, HarkFormatSpan, i);

    g_assert_cmpuint (span->start, <, span->end);
    g_assert_cmpuint (span->end, <=, (guint) strlen (*ret_shown));
    g_string_append_printf (told, "%c:%.*s;", "bicl"[span->kind], (int) (span->end - span->start),
                            *ret_shown + span->start);
  }
  return g_string_free (told, FALSE);
}

static void
check (const char *text, const char *shown, const char *spans)
{
  g_autofree char *got_shown = NULL;
  g_autofree char *got = spans_of (text, &got_shown);

  g_assert_cmpstr (got_shown, ==, shown);
  g_assert_cmpstr (got, ==, spans);
}

/* Parts of a word, of a paragraph behind a space; what was in it before stays. */
static void
test_parts (void)
{
  g_autofree char *word = g_strnfill (3 * HARK_LONG_WORD_CHARS, 'w');
  g_autofree char *text = g_strdup_printf ("short \342\200\251%s end", word);
  g_autofree char *parts = hark_long_text_part (text);
  g_autofree char *again = g_strdup (parts);
  g_autofree char *same = hark_long_text_part ("a few words");
  GString *prose = g_string_new (NULL);
  g_autofree char *lines = NULL;

  g_assert_cmpuint (strlen (parts), ==, strlen (text) + 2 * 3);
  g_assert_cmpuint (hark_long_text_offset (text, parts, 3), ==, 3);
  g_assert_cmpuint (hark_long_text_offset (text, parts, strlen (text)), ==, strlen (parts));
  g_assert_cmpuint (strlen (hark_long_text_join (again)), ==, strlen (text) - 3);
  g_assert_cmpstr (same, ==, "a few words");
  while (prose->len < HARK_LONG_TEXT_CHARS)
    g_string_append (prose, "seven! ");
  g_string_append (prose, "end");
  lines = hark_long_text_part (prose->str);
  g_assert_true (g_str_has_suffix (lines, "seven! \342\200\251end"));
  g_assert_cmpstr (hark_long_text_join (lines), ==, prose->str);
  g_string_free (prose, TRUE);
}

static void
test_marks (void)
{
  check ("*bold* _italic_ `code`", "bold italic code", "b:bold;i:italic;c:code;");
  check ("(*so*), _und_!", "(so), und!", "b:so;i:und;");
  check ("*both _at_ once*", "both at once", "i:at;b:both at once;");
  check ("`*not*`", "*not*", "c:*not*;");
  check ("*déjà vu*", "déjà vu", "b:déjà vu;");
}

static void
test_plain (void)
{
  const char *const plain[]
    = {"2 * 3 * 4", "snake_case_name", "* item", "**",    "*open", "a*b*c", "*two\nlines*",
       "`",         "<b>no</b>&",      "",       "* x *", "_"};

  for (gsize i = 0; i < G_N_ELEMENTS (plain); i++)
    check (plain[i], plain[i], "");
}

static void
test_links (void)
{
  check ("see https://example.org/a_b_c?d=*e*.", "see https://example.org/a_b_c?d=*e*.",
         "l:https://example.org/a_b_c?d=*e;");
  check ("(http://a.b)", "(http://a.b)", "l:http://a.b;");
  check ("http://a.b/c_(d)", "http://a.b/c_(d)", "l:http://a.b/c_(d);");
  check ("HTTPS://A.B hark:hk1abc", "HTTPS://A.B hark:hk1abc", "l:HTTPS://A.B;l:hark:hk1abc;");
  check ("*see http://a.b*", "see http://a.b", "l:http://a.b;b:see http://a.b;");
  check ("javascript:alert(1) file:///etc/passwd ftp://a xhttp://a http:// hark:",
         "javascript:alert(1) file:///etc/passwd ftp://a xhttp://a http:// hark:", "");
}

/* A text of nothing but marks costs neither time nor memory beyond its size: each here took seconds
 * or went deeper by three bytes. */
static void
test_hostile (void)
{
  const char *const parts[]
    = {"*",    "*a",    "_*`",     "`a", "http://a ", "*a* ",  "_a ", "*a ",
       "*_a ", "hark:", "hark:a)", "*_", "*hark:a* ", "_`*a ", "(*a", "*a *a*_"};
  const gint64 start = g_get_monotonic_time ();

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    GString *text = g_string_new (NULL);
    g_autoptr (GArray) spans = NULL;
    g_autofree char *shown = NULL;

    while (text->len < 64000)
      g_string_append (text, parts[i]);
    g_string_append (text, i % 2 ? "a*" : "");
    shown = hark_format_scan (text->str, &spans);
    g_assert_cmpuint (spans->len, <=, 2 * HARK_FORMAT_SPANS_MAX);
    g_assert_true (g_utf8_validate (shown, -1, NULL));
    g_string_free (text, TRUE);
  }
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_USEC_PER_SEC);
}

static void
check_host (const char *link, const char *host, const char *ascii)
{
  g_autofree char *got_ascii = NULL;
  g_autofree char *got = hark_format_host (link, &got_ascii);

  g_assert_cmpstr (got, ==, host);
  g_assert_cmpstr (got_ascii, ==, ascii);
}

static void
test_hosts (void)
{
  check_host ("https://example.org/x?y#z", "example.org", NULL);
  check_host ("https://bank.example@evil.example:8443/login", "evil.example", NULL);
  check_host ("http://user:pass@a.b", "a.b", NULL);
  check_host ("http://xn--mnchen-3ya.de/", "münchen.de", "xn--mnchen-3ya.de");
  check_host ("http://münchen.de/", "münchen.de", "xn--mnchen-3ya.de");
  check_host ("http://%65vil.example/", "evil.example", NULL);
  check_host ("http://", NULL, NULL);
}

static gsize
cheap (const char *part, guint times)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < times; i++)
    g_string_append (text, part);
  return hark_long_text_cheap (text->str);
}

/* A letter is shown whole; of what takes Pango long, whatever it is made of, only the first. */
static void
test_cheap (void)
{
  g_assert_cmpuint (hark_long_text_cheap (NULL), ==, 0);
  g_assert_cmpuint (hark_long_text_cheap (""), ==, 0);
  g_assert_cmpuint (cheap ("Good morning. ", 100), ==, 1400);
  g_assert_cmpuint (cheap ("Доброе утро. ", 100), ==, 1300);
  g_assert_cmpuint (cheap ("早上好。", 200), ==, 800);
  g_assert_cmpuint (cheap ("a", 64000), ==, 2000);
  g_assert_cmpuint (cheap ("x\n", 32000), <, 400);
  g_assert_cmpuint (cheap ("\U0001F600", 16000), <, 300);
  g_assert_cmpuint (cheap ("\uFDFD", 16000), <, 100);
  g_assert_cmpuint (cheap ("e\u0301\u0302\u0303", 10000), <, 500);
  g_assert_cmpuint (cheap ("a\u0627", 16000), <, 300); /* another font at each */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/long-text/is-held-in-parts", test_parts);
  g_test_add_func ("/format/marks-become-spans", test_marks);
  g_test_add_func ("/format/what-only-looks-like-marks-stays", test_plain);
  g_test_add_func ("/format/links-are-found-and-nothing-else", test_links);
  g_test_add_func ("/format/hostile-text-is-bounded", test_hostile);
  g_test_add_func ("/format/host-is-where-a-link-leads", test_hosts);
  g_test_add_func ("/format/first-of-a-long-text-is-cheap", test_cheap);
  return g_test_run ();
}
