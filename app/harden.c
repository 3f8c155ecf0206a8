#define G_LOG_DOMAIN "hark-app"

#include "app/harden.h"
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define DESCRIPTORS 16384

static void
want (int result, const char *what)
{
  if (result != 0)
    g_debug ("%s: %s", what, g_strerror (errno));
}

/* The lowest free number is taken, hence in this order; reading and writing fail as they would. */
static void
keep_standard_streams (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) < 0 && errno == EBADF)
      want (open ("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) == fd ? 0 : -1,
            "a standard stream stays closed");
}

/* Sockets of many paths, and folders on their way here, of five descriptors each: the usual 1,024
 * are for programs that select(), which nothing here does. */
static void
want_descriptors (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= DESCRIPTORS)
    return;
  limit.rlim_cur = MIN (limit.rlim_max, (rlim_t) DESCRIPTORS);
  want (setrlimit (RLIMIT_NOFILE, &limit), "there may be few descriptors");
}

void
hark_harden (void)
{
  keep_standard_streams ();
  want_descriptors ();
  want (setrlimit (RLIMIT_CORE, &(struct rlimit){0, 0}), "core dumps stay possible");
#ifndef HARK_CHECKED
  want (prctl (PR_SET_DUMPABLE, 0, 0, 0, 0), "others may look into the process");
#endif
  want (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "programs may get new privileges");
}
