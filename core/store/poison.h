/* core/store/poison.h - things that end the process when something is done with them.
 *
 * Whoever sent one sends it again at the next start, and so on for ever. So a small file beside the
 * database says what is under way; who finds something there has died over it. Deaths are counted
 * for each thing, however many take turns, and for each person, who could make new things all the
 * time. What went well once is not to blame. No word of it has to be durable: the kernel keeps what
 * a dead process wrote, and that costs no wait for the disk. Without a file (a disk that takes
 * nothing) nothing is counted.
 *
 * Not pure: one file. Any thread, each kind of work in one of them at a time. What a thing is
 * called in it is a hash.
 *
 * What a window draws has rules of its own (drawing.h), and a page behind all that in the same
 * file.
 *
 * Limits: HARK_POISON_SUSPECTS are remembered; of more, those with the fewest deaths go, the oldest
 * first.
 */
#pragma once

#include "core/store/drawing.h"
#include "net/base/key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_POISON_DEATHS 2        /* over the same thing: enough */
#define HARK_POISON_DEATHS_OF_ONE 6 /* over things of one person; one less after a good run */
#define HARK_POISON_SUSPECTS 64

typedef enum {
  HARK_POISON_STORING,   /* an entry of theirs is written down */
  HARK_POISON_HEARING,   /* a frame of theirs is read and dealt with */
  HARK_POISON_SENDING,   /* an entry of ours goes out */
  HARK_POISON_SEARCHING, /* words are found in a message */
  HARK_POISON_EXPORTING, /* a message is written to a file */
  HARK_POISON_WORKS,
} HarkPoisonWork;

typedef struct HarkPoison HarkPoison;

/* hark_poison_open: of the profile's directory @dir; NULL when that cannot be.
 * hark_poison_close: NULL is fine; nothing may be under way. */
HarkPoison *hark_poison_open (const char *dir);
void hark_poison_close (HarkPoison *poison);

/* hark_poison_begin: @work is done with @what (@len bytes that name it) of @whose; false: processes
 * died over it, or over so much of @whose (HEARING), that it is better left alone, and nothing is
 * under way. hark_poison_end: that went well. @poison: NULL: nothing is counted. */
bool hark_poison_begin (
  HarkPoison *poison, HarkPoisonWork work, const HarkKey *whose, const void *what, size_t len);
void hark_poison_end (HarkPoison *poison, HarkPoisonWork work);

/* As the functions of core/hark-drawn.h; one thread at a time. @poison: NULL: nothing is counted. A
 * death over one thing alone counts for @whose, too. */
HarkDrawingAnswer hark_poison_draw (
  HarkPoison *poison, HarkDrawingStep step, const HarkKey *whose, const void *what, size_t len);
void hark_poison_drawn (HarkPoison *poison);
void hark_poison_draw_rest (HarkPoison *poison);
bool hark_poison_draw_died (const HarkPoison *poison);
bool
hark_poison_draws_never (HarkPoison *poison, const HarkKey *whose, const void *what, size_t len);
void
hark_poison_draw_anyway (HarkPoison *poison, const HarkKey *whose, const void *what, size_t len);
