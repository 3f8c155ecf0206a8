/* ui/calls/talk-key.h - push to talk: while the user is muted in a call, the microphone is open as
 * long as the chosen key is held in the window. It closes when the key or the window's focus goes.
 *
 * Main thread. The space bar writes and does nothing else where something is written.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TALK_KEYS 4

/* Those that can be chosen: the first is none. */
typedef struct {
  const char *name;  /* as HARK_SET_TALK_KEY has it, and GDK */
  const char *title; /* to be translated */
} HarkTalkKey;
extern const HarkTalkKey hark_talk_keys[HARK_TALK_KEYS];

/* hark_talk_key_follow: of @window, once; @client is borrowed for its life. */
void hark_talk_key_follow (GtkWidget *window, HarkClient *client);
