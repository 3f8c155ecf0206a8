#include "app/cli/cli.h"
#include "app/cli/lines.h"

#include <stdio.h>

int
hark_cli_complain (int code, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *clean = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  clean = hark_cli_clean (text, "  "); /* there may be words of others in it */
  fprintf (stderr, "hark-cli: %s\n", clean);
  return code;
}
