#define G_LOG_DOMAIN "hark-io"

#include "net/io/wallclock.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct HarkWallClock {
  int fd; /* -1: none */
  GSource *source;
  void (*on_set) (void *data, int64_t wall_ms);
  void *data;
};

typedef struct {
  GSource source;
  HarkWallClock *clock;
} WallSource;

/* The year 2242, or the last one that there is where clocks have 32 bits. */
#define NEVER (sizeof (time_t) > 4 ? G_GINT64_CONSTANT (1) << 33 : (gint64) G_MAXINT32)

/* It is the cancellation that matters: one that comes would come again at once, and for ever. */
static bool
arm (int fd)
{
  struct itimerspec at = {.it_value.tv_sec = (time_t) NEVER};

  return timerfd_settime (fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &at, NULL) == 0;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  HarkWallClock *clock = ((WallSource *) source)->clock;
  uint64_t expired;
  ssize_t got = read (clock->fd, &expired, sizeof expired);

  if (got < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;
  if (!arm (clock->fd) && errno != ECANCELED)
    return G_SOURCE_REMOVE;
  clock->on_set (clock->data, g_get_real_time () / 1000);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs funcs = {.dispatch = dispatch};

HarkWallClock *
hark_wall_clock_new (GMainContext *context,
                     void (*on_set) (void *data, int64_t wall_ms),
                     void *data)
{
  HarkWallClock *clock = g_new0 (HarkWallClock, 1);

  clock->on_set = on_set;
  clock->data = data;
  clock->fd = timerfd_create (CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (clock->fd < 0 || !arm (clock->fd)) {
    g_debug ("no news of the wall clock: %s", g_strerror (errno));
    return clock;
  }
  clock->source = g_source_new (&funcs, sizeof (WallSource));
  ((WallSource *) clock->source)->clock = clock;
  g_source_set_static_name (clock->source, "hark-wall-clock");
  g_source_add_unix_fd (clock->source, clock->fd, G_IO_IN);
  g_source_attach (clock->source, context);
  return clock;
}

void
hark_wall_clock_free (HarkWallClock *clock)
{
  if (!clock)
    return;
  if (clock->source) {
    g_source_destroy (clock->source);
    g_source_unref (clock->source);
  }
  if (clock->fd >= 0)
    close (clock->fd);
  g_free (clock);
}
