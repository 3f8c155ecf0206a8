/* ui/settings/settings.h - what the user chose for this desktop, in hark/settings.ini below the
 * configuration folder. What belongs to the account is kept by the engine.
 *
 * Main thread. Signal "changed" (const char *key). Missing and unreadable values are the defaults.
 */
#pragma once

#include "core/hark.h"

#include <glib-object.h>

#define HARK_TYPE_SETTINGS (hark_settings_get_type ())
G_DECLARE_FINAL_TYPE (HarkSettings, hark_settings, HARK, SETTINGS, GObject)

#define HARK_SET_NOTICES "notices"       /* text: "all", "name", "none": what notices tell */
#define HARK_SET_APPEARANCE "appearance" /* text: "system", "light", "dark" */
#define HARK_SET_BACKGROUND \
  "background"                        /* flag: stay when the window is closed; "": not said yet */
#define HARK_SET_SOUNDS "sounds"      /* flag */
#define HARK_SET_AWAY "away"          /* flag: away while the screen is locked or blank */
#define HARK_SET_MIC "microphone"     /* text: as HarkEngineConfig; "pulse": the default one */
#define HARK_SET_SPEAKER "speaker"    /* text */
#define HARK_SET_RING "ring"          /* text: device; "": the speaker */
#define HARK_SET_NOISE "remove-noise" /* flag */
#define HARK_SET_ECHO "remove-echo"   /* flag */
#define HARK_SET_TALK_KEY "talk-key"  /* text: "", "space", "F8", "Control_R": see talk-key.h */
#define HARK_SET_TALK_ANYWHERE \
  "talk-anywhere"                      /* flag: that key, or the desktop's, from any window */
#define HARK_SET_DOWNLOADS "downloads" /* text: folder for files; "": the desktop's */
#define HARK_SET_PREVIEWS "previews"   /* flag: pictures go with a small one in the offer */
#define HARK_SET_LAN_ONLY "lan-only"   /* flag */
#define HARK_SET_BIND "use-only"       /* text: as HarkEngineConfig.bind; "": everything */
#define HARK_SET_MAPPING "map-ports"   /* flag */
#define HARK_SET_WORDS_SEEN \
  "words-seen" /* flag: the words were offered and looked at, or not wanted */
#define HARK_SET_WAITING_SEEN "waiting-seen" /* flag: how a message waits was said, and closed */
#define HARK_SET_NETWORK_SEEN                                                                  \
  "network-seen"                           /* text: code of the network's line that was closed \
                                            */
#define HARK_SET_WIDTH "width"             /* text: of the window, a number */
#define HARK_SET_HEIGHT "height"           /* text */
#define HARK_SET_MAXIMIZED "maximized"     /* flag */
#define HARK_SET_CHAT_WIDTH "chat-width"   /* text: of a conversation's own window, a number */
#define HARK_SET_CHAT_HEIGHT "chat-height" /* text */

/* hark_settings_get: borrowed: the ones there are. */
HarkSettings *hark_settings_get (void);

bool hark_settings_get_flag (HarkSettings *settings, const char *key);
void hark_settings_set_flag (HarkSettings *settings, const char *key, bool on);

/* hark_settings_is_set: somebody chose it, be it what it is anyway. */
bool hark_settings_is_set (HarkSettings *settings, const char *key);

/* hark_settings_get_text: (transfer full) */
char *hark_settings_get_text (HarkSettings *settings, const char *key);
void hark_settings_set_text (HarkSettings *settings, const char *key, const char *text);

/* hark_settings_apply: @config with what was chosen here, where the command line left it open;
 * borrows from @settings until the next change. */
void hark_settings_apply (HarkSettings *settings, HarkEngineConfig *config);

/* hark_settings_is_decided: the command line or the administrator said how @key is, whatever is set
 * here, when the last configuration was applied: *@ret_on. */
bool hark_settings_is_decided (HarkSettings *settings, const char *key, bool *ret_on);

/* hark_settings_get_autostart: Hark is started with the desktop; hark_settings_set_autostart: false
 * with @error when the file that says so cannot be written. */
bool hark_settings_get_autostart (void);
bool hark_settings_set_autostart (bool on, GError **error);
