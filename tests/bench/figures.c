#include "tests/bench/figures.h"

#include <stdarg.h>
#include <stdio.h>

static int
compare (const void *a, const void *b)
{
  double left = *(const double *) a, right = *(const double *) b;

  return (left > right) - (left < right);
}

double
bench_percentile (GArray *values, double share)
{
  g_array_sort (values, compare);
  return g_array_index (values, double, (guint) (share * (values->len - 1) + 0.5));
}

static void
print_head (const char *bench, const char *what, const char *how, const char *unit)
{
  printf ("{\"bench\": \"%s\", \"what\": \"%s\", \"how\": \"%s\", \"unit\": \"%s\", ", bench, what,
          how, unit);
}

void
bench_print (
  const char *bench, const char *what, const char *how, const char *unit, const char *figures, ...)
{
  va_list list;

  print_head (bench, what, how, unit);
  va_start (list, figures);
  vprintf (figures, list);
  va_end (list);
  puts ("}");
  fflush (stdout);
}

void
bench_print_spread (
  const char *bench, const char *what, const char *how, const char *unit, GArray *values)
{
  bench_print (bench, what, how, unit,
               "\"n\": %u, \"min\": %.3f, \"p50\": %.3f, \"p95\": %.3f, \"p99\": %.3f, "
               "\"max\": %.3f",
               values->len, bench_percentile (values, 0), bench_percentile (values, 0.5),
               bench_percentile (values, 0.95), bench_percentile (values, 0.99),
               bench_percentile (values, 1));
}
