/* core/voice/player.h - a spoken message, to be heard: from anywhere, faster without a higher
 * voice, and as a picture.
 *
 * Pure; allocates in _new only. The sound comes from a peer: what is handed in passed
 * hark_clip_read() (core/chat/clip.h), and nothing here trusts that. hark_player_play() may run in
 * the speaker's thread while another asks and steers. Source: RFC 6716, RFC 7845 section 4.6 (80 ms
 * are decoded before a place that is jumped to).
 */
#pragma once

#include "core/voice/codec.h"

#include <glib.h>

#define HARK_PLAYER_SPEED_MIN 100 /* per cent */
#define HARK_PLAYER_SPEED_MAX 200
#define HARK_PLAYER_PEAKS 64

typedef struct HarkPlayer HarkPlayer;

/* hark_player_new: (nullable): @clip: kept; NULL when there is no sound in it. */
HarkPlayer *hark_player_new (GBytes *clip);
void hark_player_free (HarkPlayer *player);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkPlayer, hark_player_free)

/* hark_player_play: the next 10 ms; false, with silence, when it is over. */
bool hark_player_play (HarkPlayer *player, int16_t ret[HARK_VOICE_BLOCK]);

/* Any thread: */
void hark_player_seek (HarkPlayer *player, uint32_t at_ms);      /* beyond its end: over */
void hark_player_set_speed (HarkPlayer *player, unsigned speed); /* per cent; kept in the bounds */
void hark_player_set_paused (HarkPlayer *player, bool paused); /* silence, and stays where it is */
uint32_t hark_player_get_at_ms (const HarkPlayer *player);
bool hark_player_is_over (const HarkPlayer *player);

/* hark_player_peaks: how loud each 64th of @clip is, 0 to 255; false when there is no sound in it.
 * Decodes all of it: 10 ms a minute and more, so not in a thread that others wait for. */
bool hark_player_peaks (GBytes *clip, uint8_t ret[HARK_PLAYER_PEAKS]);
