/* ui/people/parting.h - blocking and removing somebody, asked about first. Main thread. */
#pragma once

#include "ui/model/person-item.h"

#include <gtk/gtk.h>

/* hark_parting_is_meant: asks whether @person is to be blocked, or removed (HARK_COMMAND_BLOCK,
 * _REMOVE); true: they meant it. Runs a dialog. */
bool hark_parting_is_meant (GtkWidget *parent, HarkPersonItem *person, HarkCommandKind kind);
