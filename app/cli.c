#include "app/cli.h"

#include <stdio.h>

int
hark_cli_complain (int code, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  fprintf (stderr, "hark-cli: %s\n", text);
  return code;
}
