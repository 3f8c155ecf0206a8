#include "core/store/drawing.h"

#include "core/store/poison.h"

#include <string.h>

static const char format[8] = "drawn-1";

static size_t
find_mark (const HarkDrawing *drawing, const uint8_t thing[HARK_SUSPECT_NAME])
{
  for (size_t i = 0; i < drawing->n; i++)
    if (memcmp (drawing->page.marks[i].thing, thing, HARK_SUSPECT_NAME) == 0)
      return i;
  return drawing->n;
}

static unsigned
deaths_over (HarkDrawing *drawing, const uint8_t thing[HARK_SUSPECT_NAME])
{
  return hark_suspects_deaths (drawing->page.suspects, HARK_DRAWING_SUSPECTS, thing);
}

static size_t
count_marks (const HarkDrawingPage *page)
{
  static const uint8_t none[HARK_SUSPECT_NAME];
  size_t n = 0;

  while (n < HARK_DRAWING_MARKS && memcmp (page->marks[n].thing, none, sizeof none) != 0)
    n++;
  return n;
}

bool
hark_drawing_look_back (HarkDrawing *drawing, uint8_t ret_person[HARK_SUSPECT_NAME])
{
  HarkDrawingPage *page = &drawing->page;
  size_t n;

  if (memcmp (page->format, format, sizeof format) != 0)
    *page = (HarkDrawingPage){.format = {0}};
  memcpy (page->format, format, sizeof format);
  n = count_marks (page);
  memset (ret_person, 0, HARK_SUSPECT_NAME);
  if (n == 1)
    memcpy (ret_person, page->marks[0].person, HARK_SUSPECT_NAME);
  for (size_t i = 0; i < n; i++)
    hark_suspects_blame (page->suspects, HARK_DRAWING_SUSPECTS, page->marks[i].thing, false);
  memset (page->marks, 0, sizeof page->marks);
  return n > 0;
}

/* It cannot be under way beside what is. */
static bool
must_wait (const HarkDrawing *drawing, bool suspect)
{
  return drawing->n == HARK_DRAWING_MARKS || drawing->alone || (suspect && drawing->n > 0);
}

HarkDrawingAnswer
hark_drawing_begin (HarkDrawing *drawing, HarkDrawingStep step, const HarkDrawingMark *mark)
{
  const size_t at = find_mark (drawing, mark->thing);
  const unsigned deaths = deaths_over (drawing, mark->thing);

  if (deaths >= HARK_POISON_DEATHS)
    return HARK_DRAWING_NEVER;
  if (at == drawing->n && must_wait (drawing, deaths > 0) && step != HARK_DRAWING_LAY_OUT)
    return HARK_DRAWING_LATER;
  if (at == HARK_DRAWING_MARKS)
    return HARK_DRAWING_NOW;
  if (at == drawing->n) {
    drawing->alone = deaths > 0;
    drawing->page.marks[at] = *mark;
    drawing->painted[at] = false;
    drawing->n++;
  }
  if (step == HARK_DRAWING_PAINT)
    drawing->painted[at] = true;
  return HARK_DRAWING_NOW;
}

static bool
clear_suspect (HarkDrawing *drawing, const uint8_t thing[HARK_SUSPECT_NAME])
{
  HarkSuspect *suspect = hark_suspects_find (drawing->page.suspects, HARK_DRAWING_SUSPECTS, thing);

  if (suspect != NULL)
    suspect->deaths = 0;
  return suspect != NULL;
}

bool
hark_drawing_end (HarkDrawing *drawing)
{
  bool changed = false;

  for (size_t i = 0; i < drawing->n; i++)
    if (drawing->painted[i] && clear_suspect (drawing, drawing->page.marks[i].thing))
      changed = true;
  memset (drawing->page.marks, 0, drawing->n * sizeof drawing->page.marks[0]);
  drawing->n = 0;
  drawing->alone = false;
  return changed;
}

bool
hark_drawing_hides (HarkDrawing *drawing, const uint8_t thing[HARK_SUSPECT_NAME])
{
  return deaths_over (drawing, thing) >= HARK_POISON_DEATHS;
}

bool
hark_drawing_anyway (HarkDrawing *drawing, const uint8_t thing[HARK_SUSPECT_NAME])
{
  HarkSuspect *suspect = hark_suspects_find (drawing->page.suspects, HARK_DRAWING_SUSPECTS, thing);

  if (suspect == NULL || suspect->deaths < HARK_POISON_DEATHS)
    return false;
  suspect->deaths = HARK_POISON_DEATHS - 1;
  return true;
}
