#include "app/cli/progress.h"

#include "app/cli/lines.h"

#include <glib.h>
#include <stdio.h>
#include <unistd.h>

#define BAR_LEN 24
#define NAME_LEN 24 /* characters */

/* (transfer full): "" when it cannot be said. */
static char *
describe_left (uint64_t left, double rate)
{
  double seconds;

  if (rate < 1 || left == 0)
    return g_strdup ("");
  seconds = (double) left / rate;
  if (seconds < 60)
    return g_strdup_printf ("%.0f s left", seconds);
  if (seconds < 3600)
    return g_strdup_printf ("%.0f min %02.0f s left", (double) (long) (seconds / 60),
                            (double) ((long) seconds % 60));
  return g_strdup_printf ("%.0f h %02.0f min left", (double) (long) (seconds / 3600),
                          (double) ((long) seconds % 3600 / 60));
}

void
hark_cli_progress (const char *name, uint64_t bytes, uint64_t size, double rate)
{
  const double share = size > 0 ? (double) bytes / (double) size : 1;
  const int filled = (int) (BAR_LEN * CLAMP (share, 0, 1));
  g_autofree char *clean = NULL;
  g_autofree char *part = NULL;
  g_autofree char *rate_text = NULL;
  g_autofree char *left = NULL;

  if (!isatty (STDERR_FILENO))
    return;
  clean = hark_cli_clean (name, NULL);
  part = g_utf8_substring (clean, 0, MIN (NAME_LEN, g_utf8_strlen (clean, -1)));
  rate_text = g_format_size ((uint64_t) MAX (rate, 0));
  left = describe_left (size > bytes ? size - bytes : 0, rate);
  fprintf (stderr, "\r\033[K%s [%.*s%*s] %3.0f %%  %s/s  %s", part, filled,
           "########################", BAR_LEN - filled, "", 100 * share, rate_text, left);
  fflush (stderr);
}

void
hark_cli_progress_end (void)
{
  if (isatty (STDERR_FILENO))
    fputc ('\n', stderr);
}
