#include "app/cli/cli.h"
#include "app/cli/lines.h"
#include "ui/qr-code.h"

#include <stdio.h>
#include <unistd.h>

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

void
hark_cli_print_qr (const char *text, bool terminal)
{
  const bool colours = isatty (STDOUT_FILENO);
  g_autoptr (HarkQrCode) code = terminal && !colours ? NULL : hark_qr_code_new (text);
  g_autofree char *drawn = code != NULL ? hark_qr_code_draw (code, colours) : NULL;

  if (drawn != NULL)
    fputs (drawn, stdout);
}

bool
hark_cli_is_empty (char **paths)
{
  if (!g_strv_contains ((const char *const *) paths, ""))
    return false;
  hark_cli_complain (2, "a path is empty");
  return true;
}
