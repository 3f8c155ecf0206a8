/* ui/fence.h - what others wrote, on its way into rows, so that none of it ends the window for ever
 * (core/hark-drawn.h).
 *
 * A row asks before it is filled, laid out and painted for the first time; the window says when a
 * picture is done. What has to wait is asked for again then. Main thread. Without an engine
 * everything is shown.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

/* One thing that a row shows. Zeros: none. */
typedef struct {
  uint8_t whose[HARK_ACCOUNT_LEN];
  GBytes *what;  /* owned */
  bool is_shown; /* it is, and no other words in its place */
  bool laid_out, painted;
} HarkFenced;

typedef enum {
  HARK_FENCE_NAME = 'n', /* of a person or group, in the list */
  HARK_FENCE_LINE = 'l', /* a message in the list */
  HARK_FENCE_ROW = 'm',  /* a message in its conversation */
  HARK_FENCE_TEXT = 't', /* another text in the list, a version of a message */
  HARK_FENCE_OURS = 'o', /* our own words where a name would be */
  HARK_FENCE_FILE = 'f', /* the name of a file that somebody shares */
} HarkFenceKind;

/* hark_fence_follow: of @window, where rows of @client are; once for each. */
void hark_fence_follow (HarkClient *client, GtkWidget *window);

/* hark_fence_text: @text of @whose may be shown now, later (hark_fence_wait()) or never.
 * hark_fence_message: @kind: LINE or ROW; what ended us as one is not shown as the other.
 * hark_fence_clear: nothing is shown; also before what is shown comes again, changed. */
HarkDraw hark_fence_text (HarkClient *client,
                          HarkFenced *fenced,
                          HarkFenceKind kind,
                          const uint8_t whose[HARK_ACCOUNT_LEN],
                          const char *text);
HarkDraw hark_fence_message (HarkClient *client,
                             HarkFenced *fenced,
                             HarkFenceKind kind,
                             const HarkMessage *message);
void hark_fence_clear (HarkFenced *fenced);

/* hark_fence_wait: @again is called with @widget after the next picture, unless it is gone. */
void hark_fence_wait (HarkClient *client, GtkWidget *widget, void (*again) (GtkWidget *widget));

/* hark_fence_lay_out: first in get_preferred_width(), which GTK asks for before anything else.
 * hark_fence_paint: first in draw(); false: it must not be painted now, and comes again. */
void hark_fence_lay_out (HarkClient *client, HarkFenced *fenced);
bool hark_fence_paint (HarkClient *client, HarkFenced *fenced, GtkWidget *widget);

/* hark_fence_label: @label, in the window or a dialog, shows @text of @whose now, when it may, or
 * what stands in its place; what the list knows as a NAME is the same thing here.
 * hark_fence_version: the same for @text, a version of @message. Called again, they show something
 * else. */
HarkDraw hark_fence_label (HarkClient *client,
                           GtkWidget *label,
                           HarkFenceKind kind,
                           const uint8_t whose[HARK_ACCOUNT_LEN],
                           const char *text);
void hark_fence_version (HarkClient *client,
                         GtkWidget *label,
                         const HarkMessage *message,
                         const char *text);

/* hark_fence_face: the same for @name of somebody who may be no contact, with their first letters
 * on @avatar, a HdyAvatar. */
void hark_fence_face (HarkClient *client,
                      GtkWidget *avatar,
                      GtkWidget *label,
                      const uint8_t whose[HARK_ACCOUNT_LEN],
                      const char *name);

/* hark_fence_forget: @label shows nothing, and nothing is kept of what it showed. */
void hark_fence_forget (GtkWidget *label);

/* hark_fence_hides: @message is not to be shown, in no form. hark_fence_open_message,
 * hark_fence_open_name: the user wants to see it, whatever comes of it. */
bool hark_fence_hides (HarkClient *client, const HarkMessage *message);
void hark_fence_open_message (HarkClient *client, const HarkMessage *message);
void hark_fence_open_name (HarkClient *client, HarkPersonItem *person);

/* hark_fence_words: what stands in place of a message; static. hark_fence_button: (transfer
 * floating): what opens it anyway. */
const char *hark_fence_words (void);
GtkWidget *hark_fence_button (void);
