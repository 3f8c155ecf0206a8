/* ui/desktop/notices.h - the desktop's notifications: messages, requests and calls that come in
 * while the window is not looked at, nor the one of its own that a conversation has. How much they
 * tell is a setting.
 *
 * Main thread. Their buttons are actions of the application: show, read, answer, decline.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_NOTICES (hark_notices_get_type ())
G_DECLARE_FINAL_TYPE (HarkNotices, hark_notices, HARK, NOTICES, GObject)

/* hark_notices_new: @application: outlives it. */
HarkNotices *hark_notices_new (GApplication *application, HarkClient *client);

/* hark_notices_set_window: nothing is told before there is one. */
void hark_notices_set_window (HarkNotices *notices, GtkWindow *window);

/* hark_notices_declined: the user has just declined the call there is; it was not missed. */
void hark_notices_declined (HarkNotices *notices);
