#define G_LOG_DOMAIN "hark-io"

#include "net/io/socket-option.h"

#include <errno.h>
#include <glib.h>
#include <sys/socket.h>

void
hark_socket_option (int fd, int level, int option, int value)
{
  if (setsockopt (fd, level, option, &value, sizeof value) < 0)
    g_debug ("socket option %d/%d: %s", level, option, g_strerror (errno));
}
