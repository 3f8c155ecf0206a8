/* core/heart/calls/sound-kept.h - what the user chose to hear and speak with, as it is kept.
 *
 * Pure. HarkSound is core/hark.h's. Kept as: format u8 (1), flags u8 (1 keep echo, 2 keep noise, 4
 * keep gain, 8 low delay), then microphone, speaker and ringer, each a length u8 and its bytes, 0
 * for not chosen.
 */
#pragma once

#include "core/hark.h"

#define HARK_SOUND_NAME_MAX 255 /* bytes of a device's name */

/* hark_sound_read: (transfer full): @kept: (nullable): NULL, or what makes no sense: nothing
 * chosen. Never NULL. */
HarkSound *hark_sound_read (GBytes *kept);

/* hark_sound_write: (transfer full). */
GBytes *hark_sound_write (const HarkSound *sound);

/* hark_sound_is_name: @name can name a microphone (or speaker) as DEVICE takes it; whether there is
 * such a file or device is another question. */
bool hark_sound_is_name (const char *name);

/* hark_sound_change: takes from @command what it names. False, changing nothing, when a name is
 * none. */
bool hark_sound_change (HarkSound *sound, const HarkCommand *command);
