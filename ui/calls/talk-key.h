/* ui/calls/talk-key.h - push to talk: in a call the microphone is the other way round as long as
 * the chosen key is held: who is muted is heard, who is not is silent. It goes back when the key or
 * the window's focus goes.
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

/* hark_talk_key_hold: the key is down: false without a call. Nothing while it is down already.
 * @anywhere: its release is seen whichever window is in front. hark_talk_key_let_go: it is up, or
 * nobody sees any more whether it is. */
bool hark_talk_key_hold (HarkClient *client, bool anywhere);
void hark_talk_key_let_go (HarkClient *client);
