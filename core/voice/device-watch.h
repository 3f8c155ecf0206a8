/* core/voice/device-watch.h - which microphones and speakers there are, and when that changes.
 *
 * Shell with a thread of its own (a connection to the sound server beside those of calls). Where no
 * server answers, it is tried again every two seconds.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define HARK_DEVICE_WATCH_MAX 64 /* devices that are told of, each way */

typedef struct HarkDeviceWatch HarkDeviceWatch;

typedef struct {
  char *name; /* as the sound server knows it: for "pulse:NAME"; the same after it was plugged in
                 again */
  char *text; /* for people */
  bool is_mic;
  bool is_default;
} HarkDeviceFound;

/* hark_device_found_free: NULL is fine. */
void hark_device_found_free (HarkDeviceFound *found);

/* hark_device_watch_new: @on_change: called in the watch's thread when hark_device_watch_take() has
 * news: the first list, or that nobody answers; then each change. Never NULL. */
HarkDeviceWatch *hark_device_watch_new (void (*on_change) (void *data), void *data);
void hark_device_watch_free (HarkDeviceWatch *watch);

/* hark_device_watch_take: (transfer full) (nullable): HarkDeviceFound, NULL when nothing is new;
 * empty where no sound server answers, with *@ret_there false. Monitors of speakers are no
 * microphones. */
GPtrArray *hark_device_watch_take (HarkDeviceWatch *watch, bool *ret_there);
