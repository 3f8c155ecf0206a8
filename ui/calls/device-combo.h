/* ui/calls/device-combo.h - a list to choose a microphone, a speaker or where it rings from, as the
 * engine knows them. What is chosen is used at once, in mid-call as well, and from then on.
 *
 * Main thread.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

typedef enum { HARK_DEVICE_MIC, HARK_DEVICE_SPEAKER, HARK_DEVICE_RING } HarkDeviceKind;

/* HarkDeviceChosen: the user has chosen @name, as DEVICE takes it; "": RING with the speaker. */
typedef void (*HarkDeviceChosen) (const char *name, void *data);

/* hark_device_combo_new: floating: a GtkComboBoxText that is read as @title; @on_chosen (nullable)
 * gets @data. It is empty until hark_device_combo_take(). */
GtkWidget *hark_device_combo_new (HarkClient *client,
                                  HarkDeviceKind kind,
                                  const char *title,
                                  HarkDeviceChosen on_chosen,
                                  void *data);

/* hark_device_combo_take: @event: the answer to DEVICES, or HARK_EVENT_DEVICES. What is chosen and
 * not there stays in the list, and says so. */
void hark_device_combo_take (GtkWidget *combo, const HarkEvent *event);
