/* What ends processes is known by the next ones, whatever was done with it. */
#include "core/store/poison.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const HarkKey anna = {{1}}, bert = {{2}};

typedef struct {
  char *dir;
} Fixture;

static void
set_up (Fixture *fixture)
{
  fixture->dir = g_dir_make_tmp ("hark-poison-XXXXXX", NULL);
  g_assert_nonnull (fixture->dir);
}

static void
tear_down (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->dir, "under-way", NULL);

  g_unlink (path);
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
}

/* Another process is killed over @id. */
static void
die (Fixture *fixture, HarkPoisonWork work, const HarkKey *whose, unsigned id)
{
  pid_t child = fork ();
  int status = 0;

  if (child == 0) {
    HarkPoison *poison = hark_poison_open (fixture->dir);

    if (hark_poison_begin (poison, work, whose, &id, sizeof id))
      kill (getpid (), SIGKILL);
    _exit (0);
  }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
}

static bool
is_left_alone (Fixture *fixture, HarkPoisonWork work, const HarkKey *whose, unsigned id)
{
  HarkPoison *poison = hark_poison_open (fixture->dir);
  const bool ok = hark_poison_begin (poison, work, whose, &id, sizeof id);

  if (ok)
    hark_poison_end (poison, work);
  hark_poison_close (poison);
  return !ok;
}

static void
test_every_work (void)
{
  Fixture fixture;

  set_up (&fixture);
  for (HarkPoisonWork work = 0; work < HARK_POISON_WORKS; work++) {
    die (&fixture, work, &anna, 7);
    g_assert_false (is_left_alone (&fixture, work, &anna, 7)); /* went well: it is not to blame */
    die (&fixture, work, &anna, 7);
    die (&fixture, work, &anna, 7);
    g_assert_true (is_left_alone (&fixture, work, &anna, 7));
    g_assert_false (is_left_alone (&fixture, work, &anna, 8));
    g_assert_false (is_left_alone (&fixture, work, &bert, 7));
    if (work + 1 < HARK_POISON_WORKS) /* only that work */
      g_assert_false (is_left_alone (&fixture, work + 1, &anna, 7));
  }
  tear_down (&fixture);
}

static void
test_turns (void)
{
  Fixture fixture;

  set_up (&fixture);
  for (unsigned round = 0; round < 2; round++)
    for (unsigned id = 0; id < 20; id++)
      die (&fixture, HARK_POISON_STORING, &anna, id);
  for (unsigned id = 0; id < 20; id++)
    g_assert_true (is_left_alone (&fixture, HARK_POISON_STORING, &anna, id));
  tear_down (&fixture);
}

/* Whoever makes new things all the time is not heard, until Hark ran well for a while. */
static void
test_person (void)
{
  Fixture fixture;

  set_up (&fixture);
  for (unsigned id = 0; id < HARK_POISON_DEATHS_OF_ONE; id++)
    die (&fixture, HARK_POISON_HEARING, &anna, id);
  g_assert_true (is_left_alone (&fixture, HARK_POISON_HEARING, &anna, 1000));
  g_assert_false (is_left_alone (&fixture, HARK_POISON_HEARING, &bert, 1000));
  g_assert_false (is_left_alone (&fixture, HARK_POISON_HEARING, &anna, 1000));
  tear_down (&fixture);
}

/* More than fit: what ended two stays, before what ended one. */
static void
test_many (void)
{
  Fixture fixture;

  set_up (&fixture);
  die (&fixture, HARK_POISON_EXPORTING, &anna, 1);
  die (&fixture, HARK_POISON_EXPORTING, &anna, 1);
  for (unsigned id = 2; id < 2 + 2 * HARK_POISON_SUSPECTS; id++)
    die (&fixture, HARK_POISON_EXPORTING, &anna, id);
  g_assert_true (is_left_alone (&fixture, HARK_POISON_EXPORTING, &anna, 1));
  tear_down (&fixture);
}

/* A file of before, or of nonsense, is begun anew. */
static void
test_other_file (void)
{
  Fixture fixture;
  g_autofree char *path = NULL;

  set_up (&fixture);
  path = g_build_filename (fixture.dir, "under-way", NULL);
  g_assert_true (g_file_set_contents (path, "nonsense, and too short", -1, NULL));
  g_assert_false (is_left_alone (&fixture, HARK_POISON_SENDING, &anna, 1));
  die (&fixture, HARK_POISON_SENDING, &anna, 1);
  die (&fixture, HARK_POISON_SENDING, &anna, 1);
  g_assert_true (is_left_alone (&fixture, HARK_POISON_SENDING, &anna, 1));
  tear_down (&fixture);
}

/* A process that ends in order leaves nothing; one that is killed does, unless it rested. */
static void
test_drawing (void)
{
  Fixture fixture;
  HarkPoison *poison;
  pid_t child;

  set_up (&fixture);
  for (unsigned deaths = 0; deaths < HARK_POISON_DEATHS; deaths++) {
    poison = hark_poison_open (fixture.dir);
    g_assert_cmpint (hark_poison_draw (poison, HARK_DRAWING_FILL, &anna, "y", 1), ==,
                     HARK_DRAWING_NOW);
    hark_poison_close (poison);
    if ((child = fork ()) == 0) {
      poison = hark_poison_open (fixture.dir);
      hark_poison_draw (poison, HARK_DRAWING_FILL, &anna, "z", 1);
      hark_poison_draw_rest (poison);
      if (hark_poison_draw (poison, HARK_DRAWING_PAINT, &anna, "z", 1) == HARK_DRAWING_NOW)
        hark_poison_drawn (poison);
      if (hark_poison_draw (poison, HARK_DRAWING_FILL, &anna, "x", 1) == HARK_DRAWING_NOW)
        kill (getpid (), SIGKILL);
      _exit (0);
    }
    g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  }
  poison = hark_poison_open (fixture.dir);
  g_assert_true (hark_poison_draws_never (poison, &anna, "x", 1));
  g_assert_false (hark_poison_draws_never (poison, &bert, "x", 1));
  g_assert_false (hark_poison_draws_never (poison, &anna, "z", 1));
  hark_poison_draw_anyway (poison, &anna, "x", 1);
  hark_poison_close (poison);
  poison = hark_poison_open (fixture.dir);
  g_assert_cmpint (hark_poison_draw (poison, HARK_DRAWING_PAINT, &anna, "x", 1), ==,
                   HARK_DRAWING_NOW);
  hark_poison_drawn (poison);
  hark_poison_close (poison);
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/poison/every-work-is-told-apart", test_every_work);
  g_test_add_func ("/poison/those-that-take-turns-are-counted", test_turns);
  g_test_add_func ("/poison/who-makes-new-ones-is-not-heard", test_person);
  g_test_add_func ("/poison/more-than-fit-go", test_many);
  g_test_add_func ("/poison/another-file-is-begun-anew", test_other_file);
  g_test_add_func ("/poison/what-kills-a-window-is-drawn-no-more", test_drawing);
  return g_test_run ();
}
