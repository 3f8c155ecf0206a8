#include "core/files/obstacle.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

/* A sentence with the folder in it, that says when it goes on. */
static void
test_words (void)
{
  static const struct {
    int error;
    const char *says;
  } cases[] = {
    {EACCES,   "may not write"       },
    {EPERM,    "may not write"       },
    {EROFS,    "can only be read"    },
    {ENOENT,   "is not there"        },
    {ENOTDIR,  "is not a folder"     },
    {ENODEV,   "is not there"        },
    {ESTALE,   "is not there"        },
    {ENOTCONN, "is not there"        },
    {EIO,      "cannot be written to"},
    {EMFILE,   "cannot be written to"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *words = hark_obstacle_words (cases[i].error, "/media/stick");

    g_assert_nonnull (strstr (words, cases[i].says));
    g_assert_nonnull (strstr (words, "\"/media/stick\""));
    g_assert_nonnull (strstr (words, "It goes on by itself when"));
    g_assert_true (hark_obstacle_may_pass (cases[i].error, false));
  }
}

/* What no waiting cures, and what a second try would hide. */
static void
test_for_good (void)
{
  g_autofree char *words = hark_obstacle_words (EROFS, "/tmp/\xff");

  g_assert_true (g_utf8_validate (words, -1, NULL));
  g_assert_false (hark_obstacle_may_pass (0, false));
  g_assert_false (hark_obstacle_may_pass (EFBIG, false));
  g_assert_false (hark_obstacle_may_pass (ENAMETOOLONG, false));
  g_assert_false (hark_obstacle_may_pass (EIO, true));
  g_assert_true (hark_obstacle_may_pass (EROFS, true));
}

/* Where the user wanted it in another folder. */
static void
test_stays (void)
{
  g_autofree char *full = hark_obstacle_stays (0, "/media/stick");
  g_autofree char *other = hark_obstacle_stays (EROFS, "/media/stick");

  g_assert_cmpstr (full, ==,
                   "There is not enough room in \"/media/stick\". It stays where it was.");
  g_assert_true (g_str_has_prefix (other, "\"/media/stick\" cannot be written to: "));
  g_assert_true (g_str_has_suffix (other, ". It stays where it was."));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/obstacle/says-what-and-when-it-goes-on", test_words);
  g_test_add_func ("/obstacle/some-are-for-good", test_for_good);
  g_test_add_func ("/obstacle/another-folder-will-not-do", test_stays);
  return g_test_run ();
}
