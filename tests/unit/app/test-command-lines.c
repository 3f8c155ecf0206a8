#include "app/command-lines.h"

#include <string.h>

#define MOST ((size_t) HARK_COMMAND_LINE_MAX)

static void
add (HarkCommandLines *lines, const char *text, size_t len)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, len);

  hark_command_lines_add (lines, bytes);
}

static void
expect (HarkCommandLines *lines, const char *wanted)
{
  g_autofree char *line = NULL;

  g_assert_cmpint (hark_command_lines_take (lines, &line), ==, HARK_COMMAND_LINES_ONE);
  g_assert_cmpstr (line, ==, wanted);
}

static void
expect_no_line (HarkCommandLines *lines, HarkCommandLinesResult result)
{
  char *line = NULL;

  g_assert_cmpint (hark_command_lines_take (lines, &line), ==, result);
  g_assert_null (line);
}

/* However they are cut on their way; the end of the input ends one, too. */
static void
test_pieces (void)
{
  static const char text[] = "one\n\ntwo words\n\xff\nlast";

  for (size_t piece = 1; piece <= strlen (text); piece++) {
    HarkCommandLines *lines = hark_command_lines_new ();
    g_autoptr (GString) seen = g_string_new (NULL);
    char *line;

    for (size_t at = 0; at < strlen (text); at += piece) {
      add (lines, text + at, MIN (piece, strlen (text) - at));
      while (hark_command_lines_take (lines, &line) == HARK_COMMAND_LINES_ONE) {
        g_string_append_printf (seen, "%s\n", line);
        g_free (line);
      }
    }
    g_assert_cmpstr (seen->str, ==, "one\n\ntwo words\n\xff\n");
    g_assert_true (hark_command_lines_end (lines));
    expect (lines, "last");
    expect_no_line (lines, HARK_COMMAND_LINES_NONE);
    g_assert_false (hark_command_lines_end (lines));
    hark_command_lines_free (lines);
  }
}

/* The longest one is taken and one more byte is not, in one piece and in many. */
static void
test_longest (void)
{
  static const size_t pieces[] = {1 << 12, 12345, 1 << 16, 2 * MOST};

  for (size_t i = 0; i < G_N_ELEMENTS (pieces); i++)
    for (size_t more = 0; more < 2; more++) {
      HarkCommandLines *lines = hark_command_lines_new ();
      g_autofree char *text = g_strnfill (MOST + more, 'x');
      size_t len = strlen (text);
      char *line;

      text[len] = '\n'; /* in place of the zero */
      len++;
      for (size_t at = 0; at < len; at += pieces[i]) {
        add (lines, text + at, MIN (pieces[i], len - at));
        if (at + pieces[i] < len && at + pieces[i] <= MOST)
          expect_no_line (lines, HARK_COMMAND_LINES_NONE);
      }
      text[len - 1] = '\0';
      if (more == 0)
        expect (lines, text);
      else
        expect_no_line (lines, HARK_COMMAND_LINES_TOO_LONG);
      expect_no_line (lines, HARK_COMMAND_LINES_NONE);
      add (lines, "next\n", 5);
      g_assert_cmpint (hark_command_lines_take (lines, &line), ==, HARK_COMMAND_LINES_ONE);
      g_assert_cmpstr (line, ==, "next");
      g_free (line);
      hark_command_lines_free (lines);
    }
}

/* Said once of each, and what comes after it is heard. */
static void
test_without_end (void)
{
  HarkCommandLines *lines = hark_command_lines_new ();
  g_autofree char *part = g_strnfill (1 << 16, 'y');
  unsigned refused = 0;
  char *line;

  for (unsigned round = 0; round < 2; round++) {
    add (lines, "before\n", 7);
    expect (lines, "before");
    for (unsigned i = 0; i < 100; i++) {
      add (lines, part, 1 << 16);
      refused += hark_command_lines_take (lines, &line) == HARK_COMMAND_LINES_TOO_LONG;
      expect_no_line (lines, HARK_COMMAND_LINES_NONE);
    }
    g_assert_cmpuint (refused, ==, round + 1);
    add (lines, "rest\nafter\n", 11);
    expect (lines, "after");
    expect_no_line (lines, HARK_COMMAND_LINES_NONE);
  }
  hark_command_lines_free (lines);
}

/* Nor is what it ends with a line. */
static void
test_end_of_too_long (void)
{
  HarkCommandLines *lines = hark_command_lines_new ();
  g_autofree char *text = g_strnfill (MOST + 1, 'z');

  add (lines, text, MOST + 1);
  expect_no_line (lines, HARK_COMMAND_LINES_TOO_LONG);
  g_assert_false (hark_command_lines_end (lines));
  add (lines, "more", 4);
  g_assert_true (hark_command_lines_end (lines));
  expect_no_line (lines, HARK_COMMAND_LINES_NONE);
  hark_command_lines_free (lines);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command-lines/pieces", test_pieces);
  g_test_add_func ("/command-lines/longest", test_longest);
  g_test_add_func ("/command-lines/without-end", test_without_end);
  g_test_add_func ("/command-lines/end-of-too-long", test_end_of_too_long);
  return g_test_run ();
}
