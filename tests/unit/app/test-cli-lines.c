#include "app/cli/lines.h"

/* Somebody's words cannot move the cursor, colour, turn the writing or begin a line. */
static void
test_clean (void)
{
  static const struct {
    const char *text, *indent, *shown;
  } tries[] = {
    {"hello",                             "  ", "hello"                                                },
    {"a\x1b[2Jb\r\x07\x7f",               "  ", "a\xef\xbf\xbd[2Jb\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"\xc2\x9b"
     "31m",                          "  ",
     "\xef\xbf\xbd"
     "31m"                                                                                             },
    {"x\n2026 > I owe you",               "  ", "x\n  2026 > I owe you"                                },
    {"x\n2026\ty",                        NULL, "x 2026 y"                                             },
    {"\xe2\x80\xae"
     "evil\xe2\x81\xa6",             NULL,
     "\xef\xbf\xbd"
     "evil\xef\xbf\xbd"                                                                                },
    {"\xe2\x80\xa8"
     "next",                         NULL,
     "\xef\xbf\xbd"
     "next"                                                                                            },
    {"\xd7\xa9\xd7\x9c \xf0\x9f\x91\x8d", NULL, "\xd7\xa9\xd7\x9c \xf0\x9f\x91\x8d"                    },
    {"\xff\xfe",                          NULL, "\xef\xbf\xbd\xef\xbf\xbd"                             },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (tries); i++) {
    g_autofree char *shown = hark_cli_clean (tries[i].text, tries[i].indent);

    g_assert_cmpstr (shown, ==, tries[i].shown);
  }
}

/* Also in what other verbs print of it. */
static void
test_clean_all (void)
{
  g_autoptr (JsonNode) root = json_from_string (
    "{\"name\":\"a\\u202eb\\nc\",\"text\":\"one\\ntwo\\u001b[2J\",\"size\":7,\"list\":[{\"reason\":"
    "\"\\u001bx\"},\"\\u0007\",true,null]}",
    NULL);
  g_autofree char *shown = NULL;

  hark_cli_clean_all (root);
  shown = json_to_string (root, FALSE);
  g_assert_cmpstr (shown, ==,
                   "{\"name\":\"a\xef\xbf\xbd"
                   "b c\",\"text\":\"one\\ntwo\xef\xbf\xbd[2J\",\"size\":7,\"list\":[{"
                   "\"reason\":\"\xef\xbf\xbdx\"},\"\xef\xbf\xbd\",true,null]}");
}

static void
test_names (void)
{
  g_autoptr (JsonNode) status = json_from_string (
    "{\"account\":\"aa\",\"contacts\":[{\"contact\":\"bb\",\"name\":\"Bob\"}],\"groups\":["
    "{\"group\":\"11\",\"name\":\"Friends\",\"members\":[{\"contact\":\"cc\",\"name\":\"Carol\"}]}]"
    "}",
    NULL);
  g_autoptr (JsonNode) message = json_from_string ("{\"contact\":\"1100\",\"group\":\"11\"}", NULL);
  JsonObject *known = json_node_get_object (status);

  g_assert_cmpstr (hark_cli_name (known, NULL, "aa"), ==, "me");
  g_assert_cmpstr (hark_cli_name (known, NULL, "bb"), ==, "Bob");
  g_assert_cmpstr (hark_cli_name (known, "11", "cc"), ==, "Carol");
  g_assert_cmpstr (hark_cli_name (known, "22", "cc"), ==, "cc");
  g_assert_cmpstr (hark_cli_title (known, json_node_get_object (message)), ==, "Friends");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli-lines/words-of-others-are-only-shown", test_clean);
  g_test_add_func ("/cli-lines/nothing-that-is-printed-moves-the-cursor", test_clean_all);
  g_test_add_func ("/cli-lines/people-and-groups-have-names", test_names);
  return g_test_run ();
}
