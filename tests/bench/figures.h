/* tests/bench/figures.h - what a benchmark prints: JSON lines on standard output. */
#pragma once

#include <glib.h>

/* bench_percentile: sorts @values. */
double bench_percentile (GArray *values, double share);

/* bench_print: one JSON line; @figures makes the members behind the first ones. */
void bench_print (
  const char *bench, const char *what, const char *how, const char *unit, const char *figures, ...)
  G_GNUC_PRINTF (5, 6);

/* bench_print_spread: the same for the doubles in @values: n, min, p50, p95, p99, max. */
void bench_print_spread (
  const char *bench, const char *what, const char *how, const char *unit, GArray *values);
