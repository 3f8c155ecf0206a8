/* core/voice/device-list.h - which microphones and speakers the sound server has.
 *
 * Shell; any thread, waits for the sound server (three seconds at most).
 */
#pragma once

#include <stdbool.h>

/* @name: for hark_device_open(); @shown: for people, UTF-8; both are borrowed. */
typedef void (*HarkDeviceOnFound) (const char *name, const char *shown, void *data);

/* hark_device_list: microphones, or speakers; none without a sound server. */
void hark_device_list (bool mics, HarkDeviceOnFound on_found, void *data);
