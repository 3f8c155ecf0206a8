/* ui/people/people-pane.h - the list of people with its header and search.
 *
 * Main thread. Signals: "opened" (HarkPersonItem): the user wants to see this conversation; "found"
 * (HarkPersonItem, guint64 position): this message of it; "given" (HarkPersonItem, GStrv uris):
 * they shall have these files; "torn-off" (HarkPersonItem): in a window of its own.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_PEOPLE_PANE (hark_people_pane_get_type ())
G_DECLARE_FINAL_TYPE (HarkPeoplePane, hark_people_pane, HARK, PEOPLE_PANE, GtkBox)

/* hark_people_pane_set_client: whose people it lists; once. */
void hark_people_pane_set_client (HarkPeoplePane *pane, HarkClient *client);

/* hark_people_pane_get_header: the header bar, for a header group. */
GtkWidget *hark_people_pane_get_header (HarkPeoplePane *pane);

/* hark_people_pane_select: @person (nullable): marks nobody. */
void hark_people_pane_select (HarkPeoplePane *pane, HarkPersonItem *person);
void hark_people_pane_focus_search (HarkPeoplePane *pane);

/* hark_people_pane_open_menu: the program's own menu. */
void hark_people_pane_open_menu (HarkPeoplePane *pane);

/* hark_people_pane_get_nth: (nullable): borrowed; who stands there in the list as it is shown, the
 * first being 0; hark_people_pane_get_beside: @step places below whoever is selected, and at an end
 * of the list when nobody is. */
HarkPersonItem *hark_people_pane_get_nth (HarkPeoplePane *pane, int n);
HarkPersonItem *hark_people_pane_get_beside (HarkPeoplePane *pane, int step);

/* hark_people_pane_clear_search: true when there was something to clear. */
bool hark_people_pane_clear_search (HarkPeoplePane *pane);
