#define G_LOG_DOMAIN "hark-store"

#include "core/store/poison.h"

#include <fcntl.h>
#include <glib.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME "under-way"
#define NAME_LEN 16

/* As in the file; zeros: nothing. */
typedef struct {
  uint8_t under_way[NAME_LEN];
  uint8_t suspect[NAME_LEN]; /* what the last process that died was writing down, */
  uint8_t deaths;            /* and so many in a row */
} State;

struct HarkPoison {
  int fd;
  State state;
};

static void
keep (HarkPoison *poison)
{
  const State state = poison->state;

  if (pwrite (poison->fd, &state, sizeof state, 0) != (ssize_t) sizeof state)
    g_debug ("what is under way cannot be noted");
}

/* The last process: whether it died over something. */
static void
look_back (State *state)
{
  if (sodium_is_zero (state->under_way, NAME_LEN))
    return;
  state->deaths = memcmp (state->suspect, state->under_way, NAME_LEN) == 0
                    ? (uint8_t) MIN (state->deaths + 1, UINT8_MAX)
                    : 1;
  memcpy (state->suspect, state->under_way, NAME_LEN);
  memset (state->under_way, 0, NAME_LEN);
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
  if (pread (fd, &poison->state, sizeof poison->state, 0) != (ssize_t) sizeof (State))
    poison->state = (State){.deaths = 0};
  look_back (&poison->state);
  keep (poison);
  return poison;
}

void
hark_poison_close (HarkPoison *poison)
{
  if (poison == NULL)
    return;
  close (poison->fd);
  g_free (poison);
}

static void
name (const HarkKey *contact, const uint8_t id[16], uint8_t ret[NAME_LEN])
{
  crypto_generichash (ret, NAME_LEN, id, 16, contact->bytes, sizeof contact->bytes);
}

bool
hark_poison_begin (HarkPoison *poison, const HarkKey *contact, const uint8_t id[16])
{
  if (poison == NULL)
    return true;
  name (contact, id, poison->state.under_way);
  if (poison->state.deaths >= HARK_POISON_DEATHS
      && memcmp (poison->state.under_way, poison->state.suspect, NAME_LEN) == 0) {
    memset (poison->state.under_way, 0, NAME_LEN);
    return false;
  }
  keep (poison);
  return true;
}

void
hark_poison_end (HarkPoison *poison)
{
  State *state;

  if (poison == NULL)
    return;
  state = &poison->state;
  if (memcmp (state->under_way, state->suspect, NAME_LEN) == 0) {
    memset (state->suspect, 0, NAME_LEN); /* it is not to blame */
    state->deaths = 0;
  }
  memset (state->under_way, 0, NAME_LEN);
  keep (poison);
}
