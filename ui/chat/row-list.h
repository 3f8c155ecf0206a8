/* ui/chat/row-list.h - the bubbles of a conversation below each other, in as few widgets as there
 * are rows loaded: one that leaves serves again for a row that comes.
 *
 * Main thread. A GtkListBox makes a widget for each row that comes and looks at the style of all
 * behind it; that is most of what a frame of scrolling costs. Here widgets stay where they are in
 * GTK's tree and are moved and filled anew (hark_message_row_show()). For screen readers the rows
 * are children of a list in the order that is seen; rows that wait for their next use are none.
 * Up, Down, Home and End go from row to row, Tab into one and out of the list.
 */
#pragma once

#include "ui/chat/message-row.h"

#define HARK_TYPE_ROW_LIST (hark_row_list_get_type ())
G_DECLARE_FINAL_TYPE (HarkRowList, hark_row_list, HARK, ROW_LIST, GtkContainer)

/* Makes a row without a message; its signals are connected already. */
typedef GtkWidget *(*HarkRowMake) (void *data);

/* hark_row_list_set_make: once; @data: borrowed for as long as @list. hark_row_list_prepare: some
 * rows are made ahead when there is nothing else to do. */
void hark_row_list_set_make (HarkRowList *list, HarkRowMake make, void *data);
void hark_row_list_prepare (HarkRowList *list);

/* hark_row_list_set: follows what is loaded of @person's messages (nullable: none);
 * @first_unread: position of the row that gets a line above it, 0: none does. */
void hark_row_list_set (HarkRowList *list, HarkPersonItem *person, uint64_t first_unread);

/* hark_row_list_catch_up: a message that comes gets its row with one of the next pictures; all that
 * wait for theirs get it now. hark_row_list_is_whole: none waits. */
void hark_row_list_catch_up (HarkRowList *list);
bool hark_row_list_is_whole (HarkRowList *list);

/* All borrowed and nullable, until the next change of the messages. hark_row_list_at: from the
 * oldest. hark_row_list_at_y: in pixels from the top of the list; the nearest that is laid out.
 * hark_row_list_of: the row that shows @item. */
HarkMessageRow *hark_row_list_at (HarkRowList *list, guint i);
HarkMessageRow *hark_row_list_at_y (HarkRowList *list, int y);
HarkMessageRow *hark_row_list_of (HarkRowList *list, HarkMessageItem *item);
guint hark_row_list_count (HarkRowList *list);
