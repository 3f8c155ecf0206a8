/* core/hark-drawn.h - what a window lays out and draws of others; part of core/hark.h.
 *
 * A text or a name may kill whatever lays it out (a fault of Pango, HarfBuzz, cairo or ours), and
 * would do so again at every start. So the window says what it is about to show for the first time,
 * and when the picture is done. Who finds something there has died over it: things that died
 * together are drawn one by one, and what was there at the second death no more, until the user
 * wants it. The profile keeps that beside its store, without waiting for the disk: it outlives a
 * process, not a power cut. Without an account nothing is counted.
 *
 * One thread at a time. @whose: the account it comes from, zeros: the user's own; @what: @len bytes
 * that name it.
 */
#pragma once

#include "core/hark-sizes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct HarkEngine;

typedef enum {
  HARK_DRAW_NOW,
  HARK_DRAW_LATER, /* not in this picture: a suspect is drawn alone, or there are too many */
  HARK_DRAW_NEVER, /* processes died over it; until hark_engine_draw_anyway() */
} HarkDraw;

typedef enum {
  HARK_DRAW_FILL,    /* it comes into a widget */
  HARK_DRAW_LAY_OUT, /* its size is asked for, which cannot wait: never HARK_DRAW_LATER */
  HARK_DRAW_PAINT,   /* painted once, it is under suspicion no more */
} HarkDrawStep;

/* hark_engine_draw: @step is done with it next; for each thing all three, in any picture. */
HarkDraw hark_engine_draw (struct HarkEngine *engine,
                           HarkDrawStep step,
                           const uint8_t whose[HARK_ACCOUNT_LEN],
                           const void *what,
                           size_t len);

/* hark_engine_drawn: the picture is done, and all that was under way with it.
 * hark_engine_draw_rest: nothing is drawn now, as of a window that nobody sees; a suspect still
 * waits for its picture. */
void hark_engine_drawn (struct HarkEngine *engine);
void hark_engine_draw_rest (struct HarkEngine *engine);

/* hark_engine_draw_died: the process before this one ended while something was being drawn: nothing
 * should be opened unasked. */
bool hark_engine_draw_died (struct HarkEngine *engine);

/* hark_engine_draws_never: it is HARK_DRAW_NEVER. hark_engine_draw_anyway: it is not any more; if
 * that ends us, it is again. */
bool hark_engine_draws_never (struct HarkEngine *engine,
                              const uint8_t whose[HARK_ACCOUNT_LEN],
                              const void *what,
                              size_t len);
void hark_engine_draw_anyway (struct HarkEngine *engine,
                              const uint8_t whose[HARK_ACCOUNT_LEN],
                              const void *what,
                              size_t len);
