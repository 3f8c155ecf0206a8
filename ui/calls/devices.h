/* ui/calls/devices.h - a button beside a call: which microphone and speaker it uses, how loud both
 * are, and others to change to. What is chosen is used at once and from then on. In a call of two
 * also how loud the other one is heard.
 *
 * Main thread. While its popover is open it listens to the microphone.
 */
#pragma once

#include "ui/model/calls.h"

#include <gtk/gtk.h>

/* hark_call_devices_new: floating: a GtkMenuButton. */
GtkWidget *hark_call_devices_new (HarkClient *client);

/* hark_call_devices_follow: @button: of hark_call_devices_new(); @call (nullable): whose voice is
 * shown and made louder; NULL: a group's, whose people have their own. */
void hark_call_devices_follow (GtkWidget *button, HarkCallItem *call);
