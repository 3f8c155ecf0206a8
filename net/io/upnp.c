#define G_LOG_DOMAIN "hark-io"

#include "net/io/upnp.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM "/proc/self/exe"
#define SLICE_MS 50 /* how soon waiting ends when it is to stop */

/* The child at the other end of *@ret_fd; -1 when there can be none. */
static pid_t
start_child (int *ret_fd)
{
  char name[] = HARK_UPNP_CHILD;
  char *arguments[] = {name, NULL}, *environment[] = {NULL};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  pid_t pid = -1;
  int ends[2], error;

  if (!hark_upnp_has_child () || socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
    return -1;
  sigemptyset (&none);
  sigfillset (&all);
  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_adddup2 (&actions, ends[1], STDIN_FILENO);
  posix_spawn_file_actions_addopen (&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen (&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np (&actions, STDERR_FILENO + 1);
  posix_spawnattr_init (&attributes);
  posix_spawnattr_setsigmask (&attributes, &none);
  posix_spawnattr_setsigdefault (&attributes, &all);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  error = posix_spawn (&pid, PROGRAM, &actions, &attributes, arguments, environment);
  posix_spawnattr_destroy (&attributes);
  posix_spawn_file_actions_destroy (&actions);
  close (ends[1]);
  if (error != 0) {
    g_debug ("UPnP: no process: %s", g_strerror (error));
    close (ends[0]);
    return -1;
  }
  *ret_fd = ends[0];
  return pid;
}

/* Whether there is something to read, or nobody left to write it. */
static bool
wait_readable (int fd, const atomic_bool *stop)
{
  gint64 end = g_get_monotonic_time () + HARK_UPNP_PATIENCE_MS * G_TIME_SPAN_MILLISECOND;
  struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

  while (g_get_monotonic_time () < end && (!stop || !atomic_load (stop)))
    if (poll (&poll_fd, 1, SLICE_MS) > 0)
      return true;
  return false;
}

/* What comes out of it has parsed a stranger's bytes: it may be anything. */
static bool
is_sane (const HarkUpnpAnswer *answer)
{
  const HarkEndpoint *external = &answer->answer.external;

  return (unsigned) answer->result <= HARK_ROUTER_SILENT
         && (external->family == 0 || external->family == 4) && external->interface == 0
         && !external->tcp && memchr (answer->upnp.control, '\0', sizeof answer->upnp.control)
         && memchr (answer->upnp.service, '\0', sizeof answer->upnp.service);
}

static HarkRouterResult
ask_child (const HarkUpnpQuestion *question, const atomic_bool *stop, HarkUpnpAnswer *ret)
{
  int fd = -1;
  bool ok;
  pid_t pid = start_child (&fd);

  if (pid < 0)
    return HARK_ROUTER_SILENT;
  ok = send (fd, question, sizeof *question, MSG_NOSIGNAL) == sizeof *question
       && wait_readable (fd, stop)
       && recv (fd, ret, sizeof *ret, MSG_DONTWAIT | MSG_TRUNC) == sizeof *ret && is_sane (ret);
  close (fd);
  kill (pid, SIGKILL);
  while (waitpid (pid, NULL, 0) < 0 && errno == EINTR)
    ;
  if (!ok)
    g_debug ("UPnP: no answer");
  return ok ? ret->result : HARK_ROUTER_SILENT;
}

HarkUpnp *
hark_upnp_find (const HarkEndpoint *gateway, const HarkEndpoint *client, const atomic_bool *stop)
{
  HarkUpnpQuestion question = {.find = true, .gateway = *gateway, .client = *client};
  HarkUpnpAnswer answer;

  if (ask_child (&question, stop, &answer) != HARK_ROUTER_GRANTED)
    return NULL;
  return g_memdup2 (&answer.upnp, sizeof answer.upnp);
}

void
hark_upnp_free (HarkUpnp *upnp)
{
  g_free (upnp);
}

HarkRouterResult
hark_upnp_ask (HarkUpnp *upnp, const HarkRouterRequest *request, HarkRouterAnswer *ret)
{
  HarkUpnpQuestion question = {.gateway = request->gateway,
                               .client = request->client,
                               .mapping = request->mapping,
                               .upnp = *upnp};
  HarkUpnpAnswer answer;
  HarkRouterResult result = ask_child (&question, request->stop, &answer);

  if (result == HARK_ROUTER_GRANTED)
    *ret = answer.answer;
  return result;
}
