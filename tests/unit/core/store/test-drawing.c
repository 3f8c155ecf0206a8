/* A window that dies over what it draws dies at most twice over the same thing. */
#include "core/store/drawing.h"

#include <glib.h>
#include <string.h>

static HarkDrawingMark
mark_of (unsigned id)
{
  HarkDrawingMark mark = {.thing = {1}, .person = {2}};

  memcpy (mark.thing + 1, &id, sizeof id);
  memcpy (mark.person + 1, &id, sizeof id);
  return mark;
}

static HarkDrawingAnswer
begin (HarkDrawing *drawing, HarkDrawingStep step, unsigned id)
{
  const HarkDrawingMark mark = mark_of (id);

  return hark_drawing_begin (drawing, step, &mark);
}

static void
fill_and_paint (HarkDrawing *drawing, unsigned id)
{
  g_assert_cmpint (begin (drawing, HARK_DRAWING_FILL, id), ==, HARK_DRAWING_NOW);
  g_assert_cmpint (begin (drawing, HARK_DRAWING_LAY_OUT, id), ==, HARK_DRAWING_NOW);
  g_assert_cmpint (begin (drawing, HARK_DRAWING_PAINT, id), ==, HARK_DRAWING_NOW);
}

/* The process ends; the next one finds the page. Returns: whether it learns of a death. */
static bool
start_anew (HarkDrawing *drawing, uint8_t ret_person[HARK_SUSPECT_NAME])
{
  HarkDrawing *next = g_new0 (HarkDrawing, 1);
  bool died;

  next->page = drawing->page;
  died = hark_drawing_look_back (next, ret_person);
  *drawing = *next;
  g_free (next);
  return died;
}

static HarkDrawing *
new_drawing (void)
{
  HarkDrawing *drawing = g_new0 (HarkDrawing, 1);
  uint8_t person[HARK_SUSPECT_NAME];

  g_assert_false (hark_drawing_look_back (drawing, person));
  return drawing;
}

static void
test_two_deaths (void)
{
  g_autofree HarkDrawing *drawing = new_drawing ();
  const HarkDrawingMark poison = mark_of (7);
  uint8_t person[HARK_SUSPECT_NAME], nobody[HARK_SUSPECT_NAME] = {0};

  for (unsigned id = 0; id < 16; id++)
    g_assert_cmpint (begin (drawing, HARK_DRAWING_FILL, id), ==, HARK_DRAWING_NOW);
  g_assert_true (start_anew (drawing, person));
  g_assert_true (memcmp (person, nobody, sizeof person) == 0); /* it is not known whose it was */
  for (unsigned id = 0; id < 7; id++) {
    fill_and_paint (drawing, id);
    g_assert_cmpint (begin (drawing, HARK_DRAWING_FILL, id + 1), ==, HARK_DRAWING_LATER);
    g_assert_cmpint (begin (drawing, HARK_DRAWING_FILL, 100 + id), ==, HARK_DRAWING_LATER);
    g_assert_true (hark_drawing_end (drawing));
  }
  g_assert_cmpint (begin (drawing, HARK_DRAWING_FILL, 7), ==, HARK_DRAWING_NOW);
  g_assert_false (hark_drawing_hides (drawing, poison.thing));
  g_assert_true (start_anew (drawing, person));
  g_assert_true (memcmp (person, poison.person, sizeof person) == 0);
  g_assert_true (hark_drawing_hides (drawing, poison.thing));
  g_assert_cmpint (begin (drawing, HARK_DRAWING_FILL, 7), ==, HARK_DRAWING_NEVER);
  for (unsigned id = 0; id < 7; id++) /* proven before, so together again */
    fill_and_paint (drawing, id);
  g_assert_cmpint (begin (drawing, HARK_DRAWING_FILL, 8), ==, HARK_DRAWING_LATER);
  g_assert_false (hark_drawing_end (drawing));
  fill_and_paint (drawing, 8);
}

/* Whoever is killed while something is drawn loses nothing of it from view. */
static void
test_killed (void)
{
  g_autofree HarkDrawing *drawing = new_drawing ();
  uint8_t person[HARK_SUSPECT_NAME];

  for (unsigned times = 0; times < 5; times++) {
    fill_and_paint (drawing, 1);
    g_assert_true (start_anew (drawing, person));
    fill_and_paint (drawing, 1);
    g_assert_true (hark_drawing_end (drawing));
  }
  g_assert_false (start_anew (drawing, person));
}

static void
test_laid_out_only (void)
{
  g_autofree HarkDrawing *drawing = new_drawing ();
  uint8_t person[HARK_SUSPECT_NAME];

  fill_and_paint (drawing, 1);
  start_anew (drawing, person);
  g_assert_cmpint (begin (drawing, HARK_DRAWING_FILL, 1), ==, HARK_DRAWING_NOW);
  g_assert_cmpint (begin (drawing, HARK_DRAWING_LAY_OUT, 1), ==, HARK_DRAWING_NOW);
  g_assert_false (hark_drawing_end (drawing)); /* out of view: nothing is proven */
  g_assert_cmpint (begin (drawing, HARK_DRAWING_PAINT, 1), ==, HARK_DRAWING_NOW);
  start_anew (drawing, person);
  g_assert_cmpint (begin (drawing, HARK_DRAWING_FILL, 1), ==, HARK_DRAWING_NEVER);
}

static void
test_anyway (void)
{
  g_autofree HarkDrawing *drawing = new_drawing ();
  const HarkDrawingMark poison = mark_of (1);
  uint8_t person[HARK_SUSPECT_NAME];

  for (unsigned times = 0; times < 2; times++) {
    fill_and_paint (drawing, 1);
    start_anew (drawing, person);
  }
  g_assert_true (hark_drawing_anyway (drawing, poison.thing));
  g_assert_false (hark_drawing_anyway (drawing, poison.thing));
  fill_and_paint (drawing, 1);
  start_anew (drawing, person); /* it is enough once now */
  g_assert_true (hark_drawing_hides (drawing, poison.thing));
  g_assert_true (hark_drawing_anyway (drawing, poison.thing));
  fill_and_paint (drawing, 1);
  g_assert_true (hark_drawing_end (drawing));
  g_assert_false (start_anew (drawing, person));
  fill_and_paint (drawing, 1);
}

/* More than there are marks for wait for the next picture; what is laid out cannot. */
static void
test_many (void)
{
  g_autofree HarkDrawing *drawing = new_drawing ();
  uint8_t person[HARK_SUSPECT_NAME];

  for (unsigned id = 0; id < HARK_DRAWING_MARKS; id++)
    g_assert_cmpint (begin (drawing, HARK_DRAWING_FILL, id), ==, HARK_DRAWING_NOW);
  g_assert_cmpint (begin (drawing, HARK_DRAWING_FILL, 10000), ==, HARK_DRAWING_LATER);
  g_assert_cmpint (begin (drawing, HARK_DRAWING_LAY_OUT, 10000), ==, HARK_DRAWING_NOW);
  g_assert_cmpint (begin (drawing, HARK_DRAWING_FILL, 3), ==, HARK_DRAWING_NOW);
  g_assert_true (start_anew (drawing, person));
  for (unsigned id = 0; id < HARK_DRAWING_MARKS; id++) { /* none was forgotten */
    fill_and_paint (drawing, id);
    g_assert_true (hark_drawing_end (drawing));
  }
}

static void
test_other_page (void)
{
  g_autofree HarkDrawing *drawing = g_new0 (HarkDrawing, 1);
  uint8_t person[HARK_SUSPECT_NAME];

  memset (&drawing->page, 0xaa, sizeof drawing->page);
  g_assert_false (hark_drawing_look_back (drawing, person));
  fill_and_paint (drawing, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/drawing/the-second-death-is-of-one-thing", test_two_deaths);
  g_test_add_func ("/drawing/who-is-killed-loses-nothing", test_killed);
  g_test_add_func ("/drawing/laid-out-is-not-proven", test_laid_out_only);
  g_test_add_func ("/drawing/anyway-is-once", test_anyway);
  g_test_add_func ("/drawing/more-than-fit-wait", test_many);
  g_test_add_func ("/drawing/another-page-is-begun-anew", test_other_page);
  return g_test_run ();
}
