#include "tests/unit/net/io/places.h"

#include <fcntl.h>
#include <glib.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
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

bool
places_have_joined (const char *device, const char *group)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  bool there = false;

  g_assert_true (g_file_get_contents ("/proc/net/igmp", &text, NULL, NULL));
  lines = g_strsplit (text, "\n", 0);
  for (char **line = lines; *line; line++) {
    if ((*line)[0] != '\t')
      there = strstr (*line, device) != NULL;
    else if (there && strstr (*line, group))
      return true;
  }
  return false;
}
