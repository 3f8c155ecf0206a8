#include "core/store/suspects.h"

#include <string.h>

HarkSuspect *
hark_suspects_find (HarkSuspect *all, size_t n, const uint8_t name[HARK_SUSPECT_NAME])
{
  for (size_t i = 0; i < n; i++)
    if (all[i].deaths > 0 && memcmp (all[i].name, name, HARK_SUSPECT_NAME) == 0)
      return &all[i];
  return NULL;
}

unsigned
hark_suspects_deaths (HarkSuspect *all, size_t n, const uint8_t name[HARK_SUSPECT_NAME])
{
  const HarkSuspect *suspect = hark_suspects_find (all, n, name);

  return suspect != NULL ? suspect->deaths : 0;
}

/* A free place, or that of the oldest of those with the fewest deaths. */
static HarkSuspect *
make_room (HarkSuspect *all, size_t n)
{
  HarkSuspect *ret = &all[n - 1];

  for (size_t i = n; i > 0; i--)
    if (all[i - 1].deaths < ret->deaths)
      ret = &all[i - 1];
  return ret;
}

void
hark_suspects_blame (HarkSuspect *all,
                     size_t n,
                     const uint8_t name[HARK_SUSPECT_NAME],
                     uint8_t is_person)
{
  HarkSuspect *place = hark_suspects_find (all, n, name);
  HarkSuspect suspect = {.is_person = is_person};

  memcpy (suspect.name, name, HARK_SUSPECT_NAME);
  if (place != NULL)
    suspect.deaths = place->deaths;
  else
    place = make_room (all, n);
  if (suspect.deaths < UINT8_MAX)
    suspect.deaths++;
  memmove (all + 1, all, (size_t) (place - all) * sizeof *place);
  all[0] = suspect;
}
