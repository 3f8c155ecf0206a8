#define G_LOG_DOMAIN "hark-io"

#include "net/io/interfaces.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct HarkInterfaces {
  int fd; /* -1: none */
  GSource *source;
  gint64 settled; /* us, monotonic: when to tell of the swarm; -1: it was, or there is none */
  gint64 again;   /* likewise, for the second time */
  void (*on_change) (void *data);
  void *data;
};

typedef struct {
  GSource source;
  HarkInterfaces *interfaces;
} InterfacesSource;

/* True when the kernel had news, or so many that it dropped some. */
static bool
drain (int fd)
{
  uint8_t message[8192];
  bool news = false;

  for (;;) {
    struct sockaddr_nl from = {0};
    socklen_t from_len = sizeof from;
    ssize_t len = recvfrom (fd, message, sizeof message, 0, (struct sockaddr *) &from, &from_len);

    if (len < 0 && errno == EINTR)
      continue;
    if (len < 0)
      return news || errno == ENOBUFS;
    news |= from.nl_pid == 0; /* by the kernel, not by a program */
  }
}

static void
arm (HarkInterfaces *interfaces)
{
  gint64 due = interfaces->settled >= 0 ? interfaces->settled : interfaces->again;

  g_source_set_ready_time (interfaces->source, due);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  HarkInterfaces *interfaces = ((InterfacesSource *) source)->interfaces;
  gint64 now = g_get_monotonic_time ();
  bool tell = false;

  if (drain (interfaces->fd)) {
    if (interfaces->settled < 0)
      interfaces->settled = now + HARK_INTERFACES_SETTLE_MS * 1000;
    interfaces->again = now + HARK_INTERFACES_AGAIN_MS * 1000;
  }
  if (interfaces->settled >= 0 && interfaces->settled <= now) {
    interfaces->settled = -1;
    tell = true;
  }
  if (interfaces->again >= 0 && interfaces->again <= now) {
    interfaces->again = -1;
    tell = true;
  }
  arm (interfaces);
  if (tell)
    interfaces->on_change (interfaces->data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs funcs = {.dispatch = dispatch};

static int
open_socket (void)
{
  struct sockaddr_nl groups = {
    .nl_family = AF_NETLINK,
    .nl_groups
    = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE,
  };
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

  if (fd >= 0 && bind (fd, (struct sockaddr *) &groups, sizeof groups) == 0)
    return fd;
  g_debug ("no news of interfaces: %s", g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

HarkInterfaces *
hark_interfaces_new (GMainContext *context, void (*on_change) (void *data), void *data)
{
  HarkInterfaces *interfaces = g_new0 (HarkInterfaces, 1);

  interfaces->settled = interfaces->again = -1;
  interfaces->on_change = on_change;
  interfaces->data = data;
  interfaces->fd = open_socket ();
  if (interfaces->fd < 0)
    return interfaces;
  interfaces->source = g_source_new (&funcs, sizeof (InterfacesSource));
  ((InterfacesSource *) interfaces->source)->interfaces = interfaces;
  g_source_set_static_name (interfaces->source, "hark-interfaces");
  g_source_add_unix_fd (interfaces->source, interfaces->fd, G_IO_IN);
  g_source_attach (interfaces->source, context);
  return interfaces;
}

void
hark_interfaces_free (HarkInterfaces *interfaces)
{
  if (!interfaces)
    return;
  if (interfaces->source) {
    g_source_destroy (interfaces->source);
    g_source_unref (interfaces->source);
  }
  if (interfaces->fd >= 0)
    close (interfaces->fd);
  g_free (interfaces);
}
