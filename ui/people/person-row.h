/* ui/people/person-row.h - one line of the list of people. Main thread. Signal "shown-anew": it
 * says something else now, and may belong elsewhere in the list. */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_PERSON_ROW (hark_person_row_get_type ())
G_DECLARE_FINAL_TYPE (HarkPersonRow, hark_person_row, HARK, PERSON_ROW, GtkListBoxRow)

/* hark_person_row_new: follows @person until it is destroyed. */
GtkWidget *hark_person_row_new (HarkClient *client, HarkPersonItem *person);

/* hark_person_row_get_person: borrowed. */
HarkPersonItem *hark_person_row_get_person (HarkPersonRow *row);

/* hark_person_row_popup: the menu of what can be done with them, if there is one; @event
 * (nullable): what asks for it. Returns: whether there is. */
bool hark_person_row_popup (HarkPersonRow *row, const GdkEvent *event);

/* hark_person_row_matches: whether the search for @text finds it; "" finds all;
 * hark_person_row_would_match: the row that @person has not got yet. */
bool hark_person_row_matches (HarkPersonRow *row, const char *text);
bool hark_person_row_would_match (HarkClient *client, HarkPersonItem *person, const char *text);
