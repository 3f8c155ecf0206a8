#include "core/files/obstacle.h"

#include <errno.h>
#include <glib.h>

bool
hark_obstacle_may_pass (int error, bool synced)
{
  return error != 0 && error != EFBIG && error != ENAMETOOLONG && (error != EIO || !synced);
}

char *
hark_obstacle_words (int error, const char *directory)
{
  g_autofree char *shown = g_utf8_make_valid (directory, -1);

  switch (error) {
  case EACCES:
  case EPERM:
    return g_strdup_printf ("Hark may not write into \"%s\". It goes on by itself when it may.",
                            shown);
  case EROFS:
    return g_strdup_printf (
      "\"%s\" can only be read. It goes on by itself when it can be written to.", shown);
  case ENOTDIR:
    return g_strdup_printf ("\"%s\" is not a folder. It goes on by itself when it is one.", shown);
  case ENOENT:
  case ENODEV:
  case ENXIO:
  case ESTALE:
  case ENOTCONN:
    return g_strdup_printf (
      "The folder \"%s\" is not there. It goes on by itself when it is there again.", shown);
  default:
    return g_strdup_printf (
      "\"%s\" cannot be written to: %s. It goes on by itself when that has passed.", shown,
      g_strerror (error));
  }
}

char *
hark_obstacle_stays (int error, const char *directory)
{
  g_autofree char *shown = g_utf8_make_valid (directory, -1);

  if (error == 0)
    return g_strdup_printf ("There is not enough room in \"%s\". It stays where it was.", shown);
  return g_strdup_printf ("\"%s\" cannot be written to: %s. It stays where it was.", shown,
                          g_strerror (error));
}
