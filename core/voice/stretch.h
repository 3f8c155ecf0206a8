/* core/voice/stretch.h - makes a piece of speech a little shorter or longer without a click.
 *
 * Pure; no allocation. Overlap-add at the most similar place nearby, usually one pitch period away
 * (Verhelst & Roelands, "An overlap-add technique based on waveform similarity", 1993).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HARK_STRETCH_FADE 240    /* samples over which the two pieces are blended: 5 ms */
#define HARK_STRETCH_LAG_MIN 96  /* samples a step moves at least: 2 ms */
#define HARK_STRETCH_LAG_MAX 480 /* and at most: 10 ms, a voice of 100 Hz */

/**
 * hark_stretch_find:
 * @at: HARK_STRETCH_FADE samples from here are compared with those @direction * lag away
 * @direction: 1: later (to shrink), -1: earlier (to stretch); those samples must exist
 * @lag_max: largest lag to try, HARK_STRETCH_LAG_MIN to HARK_STRETCH_LAG_MAX
 * @ret_likeness: normalised correlation at the lag found, -1 to 1; 1 where both pieces are next to
 * silent
 *
 * Returns: the best lag
 */
size_t hark_stretch_find (const int16_t *at, int direction, size_t lag_max, double *ret_likeness);

/* hark_stretch_shrink: blends @at into @at + @lag and closes up; @len samples are at @at, at least
 * HARK_STRETCH_FADE + @lag. Returns the new length, @len - @lag. */
size_t hark_stretch_shrink (int16_t *at, size_t len, size_t lag);

/* hark_stretch_grow: blends @at into @at - @lag, where samples must exist; @at holds @len samples,
 * at least HARK_STRETCH_FADE, and room for @lag more. Returns the new length, @len + @lag. */
size_t hark_stretch_grow (int16_t *at, size_t len, size_t lag);
