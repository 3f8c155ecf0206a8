/* News of interfaces: an address that comes is told. Needs a network of its own; skipped without.
 */
#include "net/io/interfaces.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

typedef struct {
  GMainContext *context;
  HarkInterfaces *interfaces;
  unsigned told;
} Fixture;

static void
on_change (void *data)
{
  ((Fixture *) data)->told++;
}

static void
set_up (Fixture *fixture, const void *data)
{
  (void) data;
  fixture->context = g_main_context_new ();
  fixture->interfaces = hark_interfaces_new (fixture->context, on_change, fixture);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void) data;
  hark_interfaces_free (fixture->interfaces);
  g_main_context_unref (fixture->context);
}

/* Gives lo an address and sets it up; false when that is not allowed. */
static bool
change_address (const char *address)
{
  struct ifreq request = {0};
  struct sockaddr_in *ip = (struct sockaddr_in *) &request.ifr_addr;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool done;

  g_strlcpy (request.ifr_name, "lo", sizeof request.ifr_name);
  ip->sin_family = AF_INET;
  inet_pton (AF_INET, address, &ip->sin_addr);
  done = ioctl (fd, SIOCSIFADDR, &request) == 0;
  request.ifr_flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK;
  done = done && ioctl (fd, SIOCSIFFLAGS, &request) == 0;
  close (fd);
  return done;
}

static void
test_change_is_told_twice (Fixture *fixture, const void *data)
{
  (void) data;
  if (!change_address ("127.0.0.9")) {
    g_test_skip ("may not change addresses here");
    return;
  }
  for (unsigned told = 0; told < 2; told++)
    while (fixture->told == told) /* at once, and when all has settled */
      g_main_context_iteration (fixture->context, TRUE);
  g_assert_cmpuint (fixture->told, ==, 2);
}

static void
test_nothing_is_told_without_change (Fixture *fixture, const void *data)
{
  (void) data;
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
  g_assert_cmpuint (fixture->told, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (unshare (CLONE_NEWNET) < 0) {
    g_print ("1..0 # SKIP no network namespace: %s\n", g_strerror (errno));
    return 0;
  }
  g_test_add ("/interfaces/nothing-is-told-without-change", Fixture, NULL, set_up,
              test_nothing_is_told_without_change, tear_down);
  g_test_add ("/interfaces/change-is-told-twice", Fixture, NULL, set_up, test_change_is_told_twice,
              tear_down);
  return g_test_run ();
}
