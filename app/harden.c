#define G_LOG_DOMAIN "hark-app"

#include "app/harden.h"
#include <errno.h>
#include <glib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static void
want (int result, const char *what)
{
  if (result != 0)
    g_debug ("%s: %s", what, g_strerror (errno));
}

void
hark_harden (void)
{
  want (setrlimit (RLIMIT_CORE, &(struct rlimit){0, 0}), "core dumps stay possible");
#ifndef HARK_CHECKED
  want (prctl (PR_SET_DUMPABLE, 0, 0, 0, 0), "others may look into the process");
#endif
  want (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "programs may get new privileges");
}
