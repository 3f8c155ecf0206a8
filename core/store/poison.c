#define G_LOG_DOMAIN "hark-store"

#include "core/store/poison.h"

#include <fcntl.h>
#include <glib.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME "under-way"
#define NAME_LEN HARK_SUSPECT_NAME
#define DRAWING_AT 4096 /* in the file, behind all of State */

static const char format[8] = "under-2";

typedef struct {
  uint8_t thing[NAME_LEN]; /* zeros: nothing is under way */
  uint8_t person[NAME_LEN];
} Mark;

/* As in the file. */
typedef struct {
  char format[sizeof format];
  Mark marks[HARK_POISON_WORKS];
  HarkSuspect suspects[HARK_POISON_SUSPECTS];
} State;

struct HarkPoison {
  int fd;
  GMutex mutex;
  State state; /* under mutex */
  HarkDrawing drawing;
  bool rests; /* what is under way in `drawing` is not in the file */
  bool died;  /* the last process, over what it drew */
};

G_STATIC_ASSERT (sizeof (State) <= DRAWING_AT);

static void
put (HarkPoison *poison, const void *part, size_t len, off_t at)
{
  if (pwrite (poison->fd, part, len, at) != (ssize_t) len)
    g_debug ("what is under way cannot be noted");
}

static void
keep (HarkPoison *poison, const void *part, size_t len)
{
  put (poison, part, len, (const uint8_t *) part - (const uint8_t *) &poison->state);
}

static void
keep_drawing (HarkPoison *poison, const void *part, size_t len)
{
  put (poison, part, len,
       DRAWING_AT + ((const uint8_t *) part - (const uint8_t *) &poison->drawing.page));
}

static unsigned
deaths_over (State *state, const uint8_t name[NAME_LEN])
{
  return hark_suspects_deaths (state->suspects, HARK_POISON_SUSPECTS, name);
}

static void
blame (State *state, const uint8_t name[NAME_LEN], bool is_person)
{
  hark_suspects_blame (state->suspects, HARK_POISON_SUSPECTS, name, is_person);
}

/* The last process: whether it died over something; @died: over what it drew. */
static void
look_back (State *state, bool died)
{
  for (size_t i = 0; i < HARK_POISON_WORKS; i++) {
    Mark *mark = &state->marks[i];

    if (sodium_is_zero (mark->thing, NAME_LEN))
      continue;
    died = true;
    blame (state, mark->person, true);
    blame (state, mark->thing, false);
    *mark = (Mark){{0}};
  }
  for (size_t i = 0; !died && i < HARK_POISON_SUSPECTS; i++)
    if (state->suspects[i].is_person && state->suspects[i].deaths > 0)
      state->suspects[i].deaths--;
}

static bool
look_back_at_drawing (HarkPoison *poison)
{
  HarkDrawingPage *page = &poison->drawing.page;
  uint8_t person[NAME_LEN];
  bool died;

  if (pread (poison->fd, page, sizeof *page, DRAWING_AT) != (ssize_t) sizeof *page)
    memset (page, 0, sizeof *page);
  died = hark_drawing_look_back (&poison->drawing, person);
  if (!sodium_is_zero (person, NAME_LEN))
    blame (&poison->state, person, true);
  keep_drawing (poison, page, sizeof *page);
  return died;
}

HarkPoison *
hark_poison_open (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, FILE_NAME, NULL);
  const int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  HarkPoison *poison;

  if (fd < 0)
    return NULL;
  poison = g_new0 (HarkPoison, 1);
  poison->fd = fd;
  g_mutex_init (&poison->mutex);
  if (pread (fd, &poison->state, sizeof poison->state, 0) != (ssize_t) sizeof (State)
      || memcmp (poison->state.format, format, sizeof format) != 0)
    poison->state = (State){.marks = {{{0}}}};
  memcpy (poison->state.format, format, sizeof format);
  poison->died = look_back_at_drawing (poison);
  look_back (&poison->state, poison->died);
  keep (poison, &poison->state, sizeof poison->state);
  return poison;
}

void
hark_poison_close (HarkPoison *poison)
{
  if (poison == NULL)
    return;
  hark_poison_draw_rest (poison);
  close (poison->fd);
  g_mutex_clear (&poison->mutex);
  g_free (poison);
}

/* @what: NULL: of the person alone. */
static void
name (const HarkKey *whose, uint8_t work, const void *what, size_t len, uint8_t ret[NAME_LEN])
{
  crypto_generichash_state state;

  crypto_generichash_init (&state, whose->bytes, sizeof whose->bytes, NAME_LEN);
  crypto_generichash_update (&state, &work, sizeof work);
  if (what != NULL)
    crypto_generichash_update (&state, what, len);
  crypto_generichash_final (&state, ret, NAME_LEN);
}

bool
hark_poison_begin (
  HarkPoison *poison, HarkPoisonWork work, const HarkKey *whose, const void *what, size_t len)
{
  State *state;
  Mark mark;
  bool ok;

  if (poison == NULL)
    return true;
  state = &poison->state;
  name (whose, (uint8_t) work, what, len, mark.thing);
  name (whose, HARK_POISON_WORKS, NULL, 0, mark.person);
  g_mutex_lock (&poison->mutex);
  ok = deaths_over (state, mark.thing) < HARK_POISON_DEATHS
       && (work != HARK_POISON_HEARING
           || deaths_over (state, mark.person) < HARK_POISON_DEATHS_OF_ONE);
  if (ok) {
    state->marks[work] = mark;
    keep (poison, &state->marks[work], sizeof mark);
  }
  g_mutex_unlock (&poison->mutex);
  return ok;
}

void
hark_poison_end (HarkPoison *poison, HarkPoisonWork work)
{
  HarkSuspect *suspect;
  Mark *mark;

  if (poison == NULL)
    return;
  g_mutex_lock (&poison->mutex);
  mark = &poison->state.marks[work];
  suspect = hark_suspects_find (poison->state.suspects, HARK_POISON_SUSPECTS, mark->thing);
  if (suspect != NULL) { /* it is not to blame */
    suspect->deaths = 0;
    keep (poison, poison->state.suspects, sizeof poison->state.suspects);
  }
  *mark = (Mark){{0}};
  keep (poison, mark, sizeof *mark);
  g_mutex_unlock (&poison->mutex);
}

/* ---- what is drawn ---- */

static HarkDrawingMark
drawing_mark (const HarkKey *whose, const void *what, size_t len)
{
  HarkDrawingMark mark;

  name (whose, HARK_POISON_WORKS + 1, what, len, mark.thing);
  name (whose, HARK_POISON_WORKS, NULL, 0, mark.person);
  return mark;
}

HarkDrawingAnswer
hark_poison_draw (
  HarkPoison *poison, HarkDrawingStep step, const HarkKey *whose, const void *what, size_t len)
{
  HarkDrawing *drawing = poison != NULL ? &poison->drawing : NULL;
  HarkDrawingAnswer answer;
  HarkDrawingMark mark;
  size_t before;

  if (poison == NULL)
    return HARK_DRAWING_NOW;
  mark = drawing_mark (whose, what, len);
  before = drawing->n;
  answer = hark_drawing_begin (drawing, step, &mark);
  if (answer != HARK_DRAWING_NOW)
    return answer;
  if (poison->rests)
    before = 0;
  poison->rests = false;
  if (drawing->n > before)
    keep_drawing (poison, drawing->page.marks + before,
                  (drawing->n - before) * sizeof drawing->page.marks[0]);
  return answer;
}

void
hark_poison_drawn (HarkPoison *poison)
{
  HarkDrawing *drawing = poison != NULL ? &poison->drawing : NULL;
  size_t n;

  if (poison == NULL || drawing->n == 0)
    return;
  n = drawing->n;
  if (hark_drawing_end (drawing))
    keep_drawing (poison, drawing->page.suspects, sizeof drawing->page.suspects);
  if (!poison->rests)
    keep_drawing (poison, drawing->page.marks, n * sizeof drawing->page.marks[0]);
  poison->rests = false;
}

bool
hark_poison_draw_died (const HarkPoison *poison)
{
  return poison != NULL && poison->died;
}

void
hark_poison_draw_rest (HarkPoison *poison)
{
  static const HarkDrawingMark none[HARK_DRAWING_MARKS];

  if (poison == NULL || poison->rests || poison->drawing.n == 0)
    return;
  put (poison, none, poison->drawing.n * sizeof none[0],
       DRAWING_AT + (off_t) offsetof (HarkDrawingPage, marks));
  poison->rests = true;
}

bool
hark_poison_draws_never (HarkPoison *poison, const HarkKey *whose, const void *what, size_t len)
{
  HarkDrawingMark mark;

  if (poison == NULL)
    return false;
  mark = drawing_mark (whose, what, len);
  return hark_drawing_hides (&poison->drawing, mark.thing);
}

void
hark_poison_draw_anyway (HarkPoison *poison, const HarkKey *whose, const void *what, size_t len)
{
  HarkDrawingMark mark;

  if (poison == NULL)
    return;
  mark = drawing_mark (whose, what, len);
  if (hark_drawing_anyway (&poison->drawing, mark.thing))
    keep_drawing (poison, poison->drawing.page.suspects, sizeof poison->drawing.page.suspects);
}
