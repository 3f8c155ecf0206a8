/* core/store/drawing.h - what a window lays out and draws of others, and what it died over.
 *
 * Pure: rules over a page of memory; poison.c keeps the page in its file. Many things are under way
 * at once, all that one picture shows first. A process that dies over several leaves each of them
 * under suspicion; the next one draws those one by one, so that its death has one reason. Whoever
 * was there at HARK_POISON_DEATHS of them is drawn no more, until the user wants it. What was
 * painted is not to blame; being laid out alone does not prove that.
 *
 * Limits: HARK_DRAWING_MARKS under way, what is more waits for the next picture; beside as many
 * suspects there is room for 408 things that are drawn no more.
 */
#pragma once

#include "core/store/suspects.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_DRAWING_MARKS 512
#define HARK_DRAWING_SUSPECTS 920

/* As HarkDraw and HarkDrawStep of core/hark-drawn.h. */
typedef enum { HARK_DRAWING_NOW, HARK_DRAWING_LATER, HARK_DRAWING_NEVER } HarkDrawingAnswer;
typedef enum { HARK_DRAWING_FILL, HARK_DRAWING_LAY_OUT, HARK_DRAWING_PAINT } HarkDrawingStep;

typedef struct {
  uint8_t thing[HARK_SUSPECT_NAME]; /* zeros: none, and none behind it */
  uint8_t person[HARK_SUSPECT_NAME];
} HarkDrawingMark;

/* As in the file; zeros: nothing is known. */
typedef struct {
  char format[8];
  HarkDrawingMark marks[HARK_DRAWING_MARKS];
  HarkSuspect suspects[HARK_DRAWING_SUSPECTS];
} HarkDrawingPage;

typedef struct {
  HarkDrawingPage page;
  size_t n;                         /* marks under way */
  bool alone;                       /* it is one, a suspect */
  bool painted[HARK_DRAWING_MARKS]; /* in the picture that is being made */
} HarkDrawing;

/* hark_drawing_look_back: once, of a page that another process left; a page of another format is
 * begun anew. Returns: whether it died over something; @ret_person: set to whose that was when it
 * was one thing, else to zeros. */
bool hark_drawing_look_back (HarkDrawing *drawing, uint8_t ret_person[HARK_SUSPECT_NAME]);

/* hark_drawing_begin: as hark_engine_draw(). What is laid out cannot wait: beside a suspect both
 * are under way, and beyond the limit it has no mark. Returns: HARK_DRAWING_NOW: its mark is in the
 * page, unless there was no room. */
HarkDrawingAnswer
hark_drawing_begin (HarkDrawing *drawing, HarkDrawingStep step, const HarkDrawingMark *mark);

/* hark_drawing_end: nothing is under way. Returns: whether suspects changed. */
bool hark_drawing_end (HarkDrawing *drawing);

/* hark_drawing_hides: it would be HARK_DRAW_NEVER. hark_drawing_anyway: no more, but one death is
 * enough from now on. Returns: whether that changed something. */
bool hark_drawing_hides (HarkDrawing *drawing, const uint8_t thing[HARK_SUSPECT_NAME]);
bool hark_drawing_anyway (HarkDrawing *drawing, const uint8_t thing[HARK_SUSPECT_NAME]);
