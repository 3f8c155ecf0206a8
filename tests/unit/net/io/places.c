#include "tests/unit/net/io/places.h"

#include <fcntl.h>
#include <glib.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

static int places[PLACES_MAX];

bool
places_open (unsigned n)
{
  g_assert (n <= PLACES_MAX);
  for (unsigned i = 0; i < n; i++) {
    if (unshare (CLONE_NEWNET) != 0)
      return false;
    places[i] = open ("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (places[i] < 0)
      return false;
  }
  return true;
}

bool
places_go_to (unsigned place)
{
  return setns (places[place], CLONE_NEWNET) == 0;
}

bool
places_run (const char *command)
{
  return system (command) == 0;
}

bool
places_lay_cable (unsigned place_a, const char *a, unsigned place_b, const char *b)
{
  g_autofree char *lay
    = g_strdup_printf ("ip link add %s type veth peer name %s 2>/dev/null", a, b);
  g_autofree char *move
    = g_strdup_printf ("ip link set %s netns /proc/%d/fd/%d", b, getpid (), places[place_b]);

  return places_go_to (place_a) && places_run (lay) && places_run (move) && places_go_to (place_b);
}
