/* ui/window.h - the window: first start, lock, or the list of people beside a conversation.
 *
 * Main thread. Signal "hand-over" (const char *words, nullable; gboolean folders): the user wants
 * files by four words, or to give some, or folders.
 */
#pragma once

#include "ui/columns.h"
#include "ui/model/client.h"
#include "ui/welcome/entrance.h"

#include <gtk/gtk.h>
#include <handy.h>

#define HARK_TYPE_WINDOW (hark_window_get_type ())
G_DECLARE_FINAL_TYPE (HarkWindow, hark_window, HARK, WINDOW, HdyApplicationWindow)

/* hark_window_new: @client is borrowed. Empty until one of its pages is chosen; its actions are
 * those of window-actions.h. */
HarkWindow *hark_window_new (GtkApplication *application, HarkClient *client);

/* hark_window_get_entrance, _get_columns, _get_client: borrowed. */
HarkEntrance *hark_window_get_entrance (HarkWindow *window);
HarkColumns *hark_window_get_columns (HarkWindow *window);
HarkClient *hark_window_get_client (HarkWindow *window);

/* hark_window_main: the page with people. */
void hark_window_main (HarkWindow *window);

/* hark_window_open: shows the conversation with @person, in the window of its own if it has one. */
void hark_window_open (HarkWindow *window, HarkPersonItem *person);

/* hark_window_tear_off: opens it in a window of its own (chat-window.h), and no more in this one.
 */
void hark_window_tear_off (HarkWindow *window, HarkPersonItem *person);

/* hark_window_keep_place: before the engine stops: the next start begins where the user is now. */
void hark_window_keep_place (HarkWindow *window);

/* hark_window_add: the dialog to add somebody; @address (nullable) stands in it already. */
void hark_window_add (HarkWindow *window, const char *address);

/* hark_window_hand_over: emits "hand-over". */
void hark_window_hand_over (HarkWindow *window, const char *words, bool folders);

/* hark_window_go_to: brings the message at @position of the conversation with @person into view. */
void hark_window_go_to (HarkWindow *window, HarkPersonItem *person, uint64_t position);

/* hark_window_watches: whether the user looks at the conversation with @person, wherever it is. */
bool hark_window_watches (HarkWindow *window, HarkPersonItem *person);
