/* ui/window.h - the window: first start, lock, or the list of people beside a conversation.
 *
 * Main thread. Signals: "profile-made" (const char *passphrase, nullable) and "unlock" (const char
 * *passphrase) come from the pages before the engine runs; "try-again" after a failure; "hand-over"
 * (const char *words, nullable; gboolean folders): the user wants files by four words, or to give
 * some, or folders.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>
#include <handy.h>

#define HARK_TYPE_WINDOW (hark_window_get_type ())
G_DECLARE_FINAL_TYPE (HarkWindow, hark_window, HARK, WINDOW, HdyApplicationWindow)

/* hark_window_new: @client is borrowed. Empty until one of the pages below is chosen. */
HarkWindow *hark_window_new (GtkApplication *application, HarkClient *client);

/* The page: first start, lock (@problem of the last try, nullable), people, or why it cannot go on.
 */
void hark_window_welcome (HarkWindow *window, const char *profile);
void hark_window_lock (HarkWindow *window, const char *problem);
void hark_window_main (HarkWindow *window);
void hark_window_fail (HarkWindow *window, const char *problem);

/* hark_window_open: shows the conversation with @person, in the window of its own if it has one. */
void hark_window_open (HarkWindow *window, HarkPersonItem *person);

/* hark_window_tear_off: opens it in a window of its own (chat-window.h), and no more in this one.
 */
void hark_window_tear_off (HarkWindow *window, HarkPersonItem *person);

/* hark_window_keep_place: before the engine stops: the next start begins where the user is now. */
void hark_window_keep_place (HarkWindow *window);

/* hark_window_add: the dialog to add somebody; @address (nullable) stands in it already. */
void hark_window_add (HarkWindow *window, const char *address);

/* hark_window_watches: whether the user looks at the conversation with @person, wherever it is. */
bool hark_window_watches (HarkWindow *window, HarkPersonItem *person);
