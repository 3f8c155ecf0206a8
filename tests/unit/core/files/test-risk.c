#include "core/files/risk.h"

#include <glib.h>

static void
test_risky (void)
{
  static const char *const risky[]
    = {"setup.exe",     "Setup.EXE",       "run.sh",       "photo.jpg.exe", "photo.jpg .exe",
       "photo.jpg.zip", "invoice.pdf.rar", "x.desktop",    "a.AppImage",    "notes.docm",
       "shortcut.lnk",  "letter.txt.abc",  "photo.jpg.jpg"};

  for (size_t i = 0; i < G_N_ELEMENTS (risky); i++)
    if (!hark_file_name_is_risky (risky[i]))
      g_error ("%s", risky[i]);
}

static void
test_harmless (void)
{
  static const char *const harmless[]
    = {"photo.jpg", "letter", "exe", "source.tar.gz", "dump.csv.gz", "v1.2.pdf", "disk.img",
       "",          ".",      "..",  "Dr. No.mkv",    "text.txt.sig"};

  for (size_t i = 0; i < G_N_ELEMENTS (harmless); i++)
    if (hark_file_name_is_risky (harmless[i]))
      g_error ("%s", harmless[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/programs-and-second-extensions-are-marked", test_risky);
  g_test_add_func ("/risk/ordinary-names-are-not", test_harmless);
  return g_test_run ();
}
