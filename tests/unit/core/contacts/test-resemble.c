#include "core/contacts/resemble.h"

#include <glib.h>

static void
check (const char *a, const char *b, bool same)
{
  g_autofree char *of_a = hark_name_skeleton (a);
  g_autofree char *of_b = hark_name_skeleton (b);

  if ((g_strcmp0 (of_a, of_b) == 0) != same)
    g_error ("\"%s\" (%s) and \"%s\" (%s) should%s look alike", a, of_a, b, of_b,
             same ? "" : " not");
}

static void
test_alike (void)
{
  static const char *const pairs[][2] = {
    {"Alice",       "alice"                                },
    {"Alice",       "AIice"                                }, /* capital i */
    {"Alice",       "Al1ce"                                },
    {"Alice",       "\xd0\x90lice"                         }, /* Cyrillic A */
    {"Alice",       "Al\342\200\213ice"                    }, /* zero width space */
    {"Alice",       "Al\xd1\x96\xd1\x81\xd0\xb5"           }, /* Cyrillic i, s, ie */
    {"Bob",         "B0b"                                  },
    {"Bob",         "Bo\314\201b"                          }, /* combining acute */
    {"Mario Rossi", "Mario\xc2\xa0Rossi"                   }, /* no-break space */
    {"Marc",        "Rnarc"                                },
    {"Will",        "VVill"                                },
    {"Anna",        "\xce\x91nna"                          }, /* Greek Alpha */
    {"Anna",        "\357\274\241\357\275\216\357\275\216a"}, /* full width */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (pairs); i++)
    check (pairs[i][0], pairs[i][1], true);
}

static void
test_different (void)
{
  static const char *const pairs[][2] = {
    {"Alice",  "Alicia"},
    {"Anna",   "Anne"  },
    {"Bob",    "Rob"   },
    {"Marc",   "Mark"  },
    {"李",    "王"   },
    {"Юля", "Оля"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (pairs); i++)
    check (pairs[i][0], pairs[i][1], false);
}

static void
test_empty (void)
{
  check ("", "\xe2\x80\x8b .", true);
  check ("|", "l", true);
  check ("rrnn", "rmn", true);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resemble/look-alikes-have-one-skeleton", test_alike);
  g_test_add_func ("/resemble/different-names-differ", test_different);
  g_test_add_func ("/resemble/nothing-is-left", test_empty);
  return g_test_run ();
}
