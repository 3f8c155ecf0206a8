#define G_LOG_DOMAIN "hark-store"

#include "core/store/poison.h"

#include <fcntl.h>
#include <glib.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME "under-way"
#define NAME_LEN 16

static const char format[8] = "under-2";

typedef struct {
  uint8_t thing[NAME_LEN]; /* zeros: nothing is under way */
  uint8_t person[NAME_LEN];
} Mark;

typedef struct {
  uint8_t name[NAME_LEN];
  uint8_t deaths; /* 0: the place is free */
  uint8_t is_person;
} Suspect;

/* As in the file. */
typedef struct {
  char format[sizeof format];
  Mark marks[HARK_POISON_WORKS];
  Suspect suspects[HARK_POISON_SUSPECTS]; /* the newest first */
} State;

struct HarkPoison {
  int fd;
  GMutex mutex;
  State state; /* under mutex */
};

static void
keep (HarkPoison *poison, const void *part, size_t len)
{
  const off_t at = (const uint8_t *) part - (const uint8_t *) &poison->state;

  if (pwrite (poison->fd, part, len, at) != (ssize_t) len)
    g_debug ("what is under way cannot be noted");
}

static Suspect *
find (State *state, const uint8_t name[NAME_LEN])
{
  for (size_t i = 0; i < HARK_POISON_SUSPECTS; i++)
    if (state->suspects[i].deaths > 0 && memcmp (state->suspects[i].name, name, NAME_LEN) == 0)
      return &state->suspects[i];
  return NULL;
}

static unsigned
deaths_over (State *state, const uint8_t name[NAME_LEN])
{
  const Suspect *suspect = find (state, name);

  return suspect != NULL ? suspect->deaths : 0;
}

/* A free place, or that of the oldest of those with the fewest deaths. */
static Suspect *
make_room (State *state)
{
  Suspect *ret = &state->suspects[HARK_POISON_SUSPECTS - 1];

  for (size_t i = HARK_POISON_SUSPECTS; i > 0; i--)
    if (state->suspects[i - 1].deaths < ret->deaths)
      ret = &state->suspects[i - 1];
  return ret;
}

static void
blame (State *state, const uint8_t name[NAME_LEN], bool is_person)
{
  Suspect *place = find (state, name);
  Suspect suspect = {.is_person = is_person};

  memcpy (suspect.name, name, NAME_LEN);
  if (place != NULL)
    suspect.deaths = place->deaths;
  else
    place = make_room (state);
  suspect.deaths = (uint8_t) MIN (suspect.deaths + 1, UINT8_MAX);
  memmove (state->suspects + 1, state->suspects,
           (size_t) (place - state->suspects) * sizeof *place);
  state->suspects[0] = suspect;
}

/* The last process: whether it died over something. */
static void
look_back (State *state)
{
  bool died = false;

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
  look_back (&poison->state);
  keep (poison, &poison->state, sizeof poison->state);
  return poison;
}

void
hark_poison_close (HarkPoison *poison)
{
  if (poison == NULL)
    return;
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
  Suspect *suspect;
  Mark *mark;

  if (poison == NULL)
    return;
  g_mutex_lock (&poison->mutex);
  mark = &poison->state.marks[work];
  suspect = find (&poison->state, mark->thing);
  if (suspect != NULL) { /* it is not to blame */
    suspect->deaths = 0;
    keep (poison, poison->state.suspects, sizeof poison->state.suspects);
  }
  *mark = (Mark){{0}};
  keep (poison, mark, sizeof *mark);
  g_mutex_unlock (&poison->mutex);
}
