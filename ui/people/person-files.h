/* ui/people/person-files.h - files between a contact and us: what is taken without a question, and
 * folders shared one way and the other. Main thread.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

/* hark_person_files_fill: rows into @group, a HdyPreferencesGroup of a window about @person; once.
 */
void hark_person_files_fill (GtkWidget *group, HarkClient *client, HarkPersonItem *person);
