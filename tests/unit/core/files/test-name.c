#include "core/files/name.h"

#include <glib.h>
#include <string.h>

static const struct {
  const char *offered;
  const char *cleaned;
} known[] = {
  {"photo.jpg",                  "photo.jpg"               },
  {"../../.ssh/authorized_keys", "_.._.ssh_authorized_keys"},
  {"/etc/passwd",                "_etc_passwd"             },
  {"..",                         "file"                    },
  {".",                          "file"                    },
  {"",                           "file"                    },
  {NULL,                         "file"                    },
  {"   ",                        "file"                    },
  {"...",                        "file"                    },
  {".bashrc",                    "bashrc"                  },
  {"trailing.",                  "trailing"                },
  {"trailing. . ",               "trailing"                },
  {" leading",                   "leading"                 },
  {"-rf",                        "_rf"                     },
  {"--help",                     "_-help"                  },
  {"con",                        "_con"                    },
  {"CON.txt",                    "_CON.txt"                },
  {"nul.tar.gz",                 "_nul.tar.gz"             },
  {"com1",                       "_com1"                   },
  {"LPT9.log",                   "_LPT9.log"               },
  {"console",                    "console"                 },
  {"a/b\\c:d*e?f\"g<h>i|j",      "a_b_c_d_e_f_g_h_i_j"     },
  {"line\nbreak",                "linebreak"               },
  {"tab\there",                  "tabhere"                 },
  {"bell\x07",                   "bell"                    },
  {"photo\xe2\x80\xaegpj.exe",   "photogpj.exe"            }, /* right-to-left override */
  {"a\xe2\x80\x8b"
   "b",                       "ab"                      }, /* zero-width space */
  {"\xef\xbb\xbf"
   "bom.txt",                 "bom.txt"                 },
  {"e\xcc\x81.txt",              "\xc3\xa9.txt"            }, /* NFC */
  {"\xff\xfe.bin",               "__.bin"                  },
  {"na\xc2\xa0me",               "na me"                   }, /* no-break space */
  {"x\xe2\x80\xa8y",             "xy"                      }, /* line separator */
  {"Makefile",                   "Makefile"                },
  {"archive.tar.gz",             "archive.tar.gz"          },
  {"~",                          "~"                       },
  {"$HOME",                      "$HOME"                   },
  {"`id`",                       "`id`"                    },
  {"file;rm -rf",                "file;rm -rf"             },
};

/* What every cleaned name is, whatever was offered. */
static void
check_safe (const char *offered)
{
  g_autofree char *name = hark_file_name_clean (offered);
  g_autofree char *again = hark_file_name_clean (name);
  size_t len = strlen (name);

  g_assert_cmpuint (len, >, 0);
  g_assert_cmpuint (len, <=, HARK_FILE_NAME_LEN_MAX);
  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_null (strpbrk (name, "/\\:*?\"<>|\n\r\t"));
  g_assert_false (name[0] == '.' || name[0] == '-' || name[0] == ' ');
  g_assert_false (name[len - 1] == '.' || name[len - 1] == ' ');
  g_assert_cmpstr (again, ==, name);
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at)) {
    GUnicodeType type = g_unichar_type (g_utf8_get_char (at));

    g_assert_true (type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT);
  }
}

static void
test_known (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (known); i++) {
    g_autofree char *name = hark_file_name_clean (known[i].offered);

    g_assert_cmpstr (name, ==, known[i].cleaned);
    check_safe (known[i].offered);
  }
}

/* Names of four letters that a name is told by from one that needs nothing done. With a character
 * behind it that is left out (zero-width) it takes the long way, to the same. */
static void
test_short_way (void)
{
  static const char letters[] = "a.- /comnul1\x7f";
  const size_t n = strlen (letters);

  for (size_t i = 0; i < n * n * n * n; i++) {
    const char name[]
      = {letters[i % n], letters[i / n % n], letters[i / n / n % n], letters[i / n / n / n], '\0'};
    g_autofree char *longer = g_strconcat (name, "\xe2\x80\x8b", NULL);
    g_autofree char *by_short = hark_file_name_clean (name);
    g_autofree char *by_long = hark_file_name_clean (longer);

    g_assert_cmpstr (by_short, ==, by_long);
  }
}

/* Every nasty piece in front of, behind and between every other: more than 300 names. */
static void
test_corpus (void)
{
  static const char *const pieces[] = {"..",
                                       "/",
                                       "\\",
                                       ".",
                                       " ",
                                       "-",
                                       "con",
                                       "aux.",
                                       "\n",
                                       "\x01",
                                       "\xe2\x80\xae",
                                       "\xe2\x81\xa6",
                                       "\xef\xbb\xbf",
                                       "a",
                                       "é",
                                       "e\xcc\x81",
                                       "\xff",
                                       "\xf0\x9f\x98\x80",
                                       ".exe",
                                       ".desktop",
                                       "日本語",
                                       "\xcc\x81",
                                       "%2e%2e",
                                       "\xc0\xaf"};
  unsigned n = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (pieces); i++)
    for (size_t j = 0; j < G_N_ELEMENTS (pieces); j++, n++) {
      g_autofree char *two = g_strconcat (pieces[i], pieces[j], NULL);
      g_autofree char *three = g_strconcat (pieces[j], "x", pieces[i], NULL);

      check_safe (two);
      check_safe (three);
    }
  g_assert_cmpuint (n, >=, 300);
}

static void
test_long (void)
{
  for (size_t len = 150; len < 400; len++) {
    g_autofree char *letters = g_strnfill (len, 'a');
    g_autofree char *name = g_strconcat (letters, ".jpeg", NULL);
    g_autofree char *cleaned = hark_file_name_clean (name);
    GString *wide = g_string_new (NULL);

    g_assert_true (g_str_has_suffix (cleaned, ".jpeg"));
    check_safe (name);
    for (size_t i = 0; i < len; i++)
      g_string_append (wide, "\xe6\x97\xa5");
    g_string_append (wide, ".a_very_long_extension_that_is_none");
    check_safe (wide->str);
    g_string_free (wide, TRUE);
  }
}

/* Where the file system keeps short names only. */
static void
test_fit (void)
{
  g_autofree char *same = hark_file_name_fit ("photo.jpg", 100);
  g_autofree char *least = hark_file_name_fit ("photo.jpg", 3);
  g_autoptr (GString) long_name = g_string_new (NULL);
  g_autofree char *cut = NULL;

  g_assert_cmpstr (same, ==, "photo.jpg");
  g_assert_cmpstr (least, ==, "photo.jpg");
  for (unsigned i = 0; i < 60; i++)
    g_string_append (long_name, "\xe6\x97\xa5");
  g_string_append (long_name, ".jpg");
  cut = hark_file_name_fit (long_name->str, 120);
  g_assert_cmpuint (strlen (cut), ==, 118); /* whole characters */
  g_assert_true (g_utf8_validate (cut, -1, NULL));
  g_assert_true (g_str_has_suffix (cut, ".jpg"));
}

static void
test_numbered (void)
{
  g_autofree char *first = hark_file_name_numbered ("photo.jpg", 1);
  g_autofree char *second = hark_file_name_numbered ("photo.jpg", 2);
  g_autofree char *bare = hark_file_name_numbered ("README", 12);

  g_assert_cmpstr (first, ==, "photo.jpg");
  g_assert_cmpstr (second, ==, "photo (2).jpg");
  g_assert_cmpstr (bare, ==, "README (12)");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/name/known-names", test_known);
  g_test_add_func ("/name/short-way-gives-the-same", test_short_way);
  g_test_add_func ("/name/every-name-becomes-one-safe-component", test_corpus);
  g_test_add_func ("/name/long-names-keep-their-extension", test_long);
  g_test_add_func ("/name/fits-file-systems-with-short-names", test_fit);
  g_test_add_func ("/name/numbering-goes-before-the-extension", test_numbered);
  return g_test_run ();
}
