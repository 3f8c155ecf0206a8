/* ui/chat/rows-view.h - the rows of a conversation: the loaded part of it, and moving about.
 *
 * Main thread. What is looked at stays where it is while rows come and go around it; at the end the
 * view follows new rows. Signals: "reply" (HarkMessageItem), "edit" (HarkMessageItem), "seen" ():
 * the end of the conversation is in view.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_ROWS_VIEW (hark_rows_view_get_type ())
G_DECLARE_FINAL_TYPE (HarkRowsView, hark_rows_view, HARK, ROWS_VIEW, GtkOverlay)

/* hark_rows_view_set_client: once. */
void hark_rows_view_set_client (HarkRowsView *view, HarkClient *client);

/* hark_rows_view_prepare: rows are made ahead when there is nothing else to do; once it has a
 * place. */
void hark_rows_view_prepare (HarkRowsView *view);

/* hark_rows_view_show: @person (nullable): from the first row that was not seen, else the newest;
 * above that one stands a line until another person is shown. */
void hark_rows_view_show (HarkRowsView *view, HarkPersonItem *person);

/* hark_rows_view_set_hint: whether an empty conversation says what to do. */
void hark_rows_view_set_hint (HarkRowsView *view, bool on);

/* Brings a message into view, loading what is around it: by id, by position, or the first one at
 * @at_ms (Unix) or later. */
void hark_rows_view_to_id (HarkRowsView *view, const uint8_t id[HARK_MESSAGE_ID_LEN]);
void hark_rows_view_to_position (HarkRowsView *view, uint64_t position);
void hark_rows_view_to_time (HarkRowsView *view, int64_t at_ms);

/* hark_rows_view_get_place: the position of the row at the top of the view, 0: it is at the end;
 * _return_to: brings that row there again, as if it had never gone. */
uint64_t hark_rows_view_get_place (HarkRowsView *view);
void hark_rows_view_return_to (HarkRowsView *view, uint64_t position);

/* hark_rows_view_to_end: the newest rows. */
void hark_rows_view_to_end (HarkRowsView *view);

/* hark_rows_view_last_own: (nullable): borrowed; the newest loaded text of the user's that can be
 * edited. */
HarkMessageItem *hark_rows_view_last_own (HarkRowsView *view);
