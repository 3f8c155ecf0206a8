/* A process that looks into a picture and does not come to an end is given up. */
#include "ui/picture-child.h"

#include <string.h>

static void
check_late (const GError *error)
{
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, "too long"));
}

static void
test_asleep (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (hark_picture_read_code ("/dev/null", &error));
  check_late (error);
  g_clear_error (&error);
  g_assert_null (hark_picture_read_preview ("/dev/null", &error)); /* has said all, and stays */
  check_late (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/picture/asleep-is-given-up", test_asleep);
  return g_test_run ();
}
