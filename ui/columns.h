/* ui/columns.h - the list of people beside a conversation; folded they are one column, and one of
 * them is seen.
 *
 * Main thread. Signal "moved" (): what is seen is something else. Whatever conversation is opened
 * is in this one here: who has a window of its own for it looks there first.
 */
#pragma once

#include "ui/chat/conversation.h"
#include "ui/people/people-pane.h"

#include <handy.h>

#define HARK_TYPE_COLUMNS (hark_columns_get_type ())
G_DECLARE_FINAL_TYPE (HarkColumns, hark_columns, HARK, COLUMNS, HdyLeaflet)

/* hark_columns_set_client: once. */
void hark_columns_set_client (HarkColumns *columns, HarkClient *client);

/* hark_columns_get_people, _get_conversation: borrowed. */
HarkPeoplePane *hark_columns_get_people (HarkColumns *columns);
HarkConversation *hark_columns_get_conversation (HarkColumns *columns);

/* hark_columns_add_line: @child below the header of the conversation, above lines that are there.
 */
void hark_columns_add_line (HarkColumns *columns, GtkWidget *child);

/* hark_columns_open: the conversation with @person, ready to write in. */
void hark_columns_open (HarkColumns *columns, HarkPersonItem *person);

/* hark_columns_mark_open: in the list, who is in the conversation, whoever was clicked at. */
void hark_columns_mark_open (HarkColumns *columns);

/* hark_columns_show_list: folded, the conversation is closed. */
void hark_columns_show_list (HarkColumns *columns);

/* hark_columns_search: in the list, for anybody. */
void hark_columns_search (HarkColumns *columns);

/* hark_columns_go_back: ends what was looked for, or goes to the list where that is not seen. */
void hark_columns_go_back (HarkColumns *columns);

/* hark_columns_open_menu: of what is seen; beside each other, the program's own. */
void hark_columns_open_menu (HarkColumns *columns);

/* hark_columns_shows_conversation: it is there to be seen, whether or not somebody is in it. */
bool hark_columns_shows_conversation (HarkColumns *columns);

/* hark_columns_refresh: they come into view. */
void hark_columns_refresh (HarkColumns *columns);
