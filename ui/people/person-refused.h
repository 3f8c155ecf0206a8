/* ui/people/person-refused.h - what came from a contact and was refused: why, how often, and when
 * last. Its words are not shown: they were refused. Main thread.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

/* hark_person_refused_fill: rows into @group, a HdyPreferencesGroup of a window about @person;
 * once. It is shown when there is something. */
void hark_person_refused_fill (GtkWidget *group, HarkClient *client, HarkPersonItem *person);
