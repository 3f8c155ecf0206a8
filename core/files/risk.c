#include "core/files/risk.h"

#include <glib.h>
#include <string.h>

/* Opened, they run something: here, or on other systems of the same household. */
static const char *const programs[]
  = {"appimage", "apk", "app",  "bash", "bat",  "bin",     "cmd",     "com",    "cpl",
     "csh",      "deb", "dll",  "dmg",  "docm", "elf",     "exe",     "fish",   "flatpakref",
     "gadget",   "hta", "inf",  "iso",  "jar",  "js",      "jse",     "ksh",    "lnk",
     "msc",      "msi", "msix", "msp",  "pif",  "pkg",     "pl",      "pptm",   "ps1",
     "py",       "pyw", "rb",   "reg",  "rpm",  "run",     "scf",     "scr",    "sh",
     "snap",     "so",  "svgz", "url",  "vb",   "vbe",     "vbs",     "vhd",    "vhdx",
     "wsf",      "wsh", "xlsm", "xpi",  "zsh",  "desktop", "service", "flatpak"};

static const char *const documents[]
  = {"avi",  "bmp", "csv", "doc", "docx", "gif",  "htm", "html", "jpeg", "jpg",
     "mkv",  "mov", "mp3", "mp4", "ods",  "odt",  "ogg", "pdf",  "png",  "ppt",
     "pptx", "rtf", "svg", "txt", "wav",  "webp", "xls", "xlsx"};

/* These follow another extension by custom. */
static const char *const followers[]
  = {"gz", "bz2", "xz", "zst", "lz", "age", "gpg", "asc", "sig", "sha256", "md5", "bak", "orig"};

static bool
is_one_of (const char *extension, const char *const *list, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (g_ascii_strcasecmp (extension, list[i]) == 0)
      return true;
  return false;
}

bool
hark_file_name_is_risky (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, ".", -1);
  unsigned n = g_strv_length (parts);

  if (n < 2)
    return false;
  for (unsigned i = 1; i < n; i++)
    g_strstrip (parts[i]);
  if (is_one_of (parts[n - 1], programs, G_N_ELEMENTS (programs)))
    return true;
  return n > 2 && is_one_of (parts[n - 2], documents, G_N_ELEMENTS (documents))
         && !is_one_of (parts[n - 1], followers, G_N_ELEMENTS (followers));
}
