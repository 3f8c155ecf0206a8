/* tests/bench/swarm-bench.h - the parts of bench-sim that run a swarm (tests/sim/swarm.h).
 *
 * Every measure is a JSON line with what was measured, the aim of the design and whether it is met;
 * at the end they stand in one table on standard error.
 */
#pragma once

#include "tests/sim/swarm-measure.h"

#include <stdbool.h>

/* swarm_bench_table: @nodes for two hours of virtual time. */
void swarm_bench_table (unsigned nodes);

/* swarm_bench_attacks, _growth, _sweeps: likewise, smaller or shorter. Growth takes its last point
 * from the table when that ran before. */
void swarm_bench_attacks (unsigned nodes);
void swarm_bench_growth (unsigned nodes_max);
void swarm_bench_sweeps (unsigned nodes);

/* swarm_bench_note_size: what gets in a swarm of @nodes came to, for the growth. */
void swarm_bench_note_size (unsigned nodes, const HarkSimSwarmResult *gets);

/* swarm_bench_print_table: all rows so far. */
void swarm_bench_print_table (void);

/* swarm_bench_row: prints a line and remembers it; @format makes members of JSON, numbers only. */
void swarm_bench_row (
  const char *what, const char *how, const char *aim, bool met, const char *format, ...)
  G_GNUC_PRINTF (5, 6);

/* swarm_bench_share: @part of @all, 1 of nothing. */
double swarm_bench_share (unsigned part, unsigned all);

/* swarm_bench_settled: a swarm of @config that lived for @span. */
HarkSimSwarm *swarm_bench_settled (const HarkSimSwarmConfig *config, HarkTime span);
