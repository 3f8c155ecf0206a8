/* ui/model/call-watch.h - following the first call there is, for whoever shows it elsewhere. Main
 * thread. */
#pragma once

#include "ui/model/calls.h"

/**
 * hark_call_watch:
 * @on_change: (void (*) (GObject *owner)): there is another call, or none, or the first one changed
 * (hark_client_get_call())
 * @owner: passed to @on_change; the watch ends with it, or with hark_call_watch_end()
 */
void hark_call_watch (HarkClient *client, GCallback on_change, GObject *owner);

/* hark_call_watch_end: @owner hears nothing any more; from its dispose. */
void hark_call_watch_end (GObject *owner);
