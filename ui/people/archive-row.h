/* ui/people/archive-row.h - the line of the list of people that archived conversations stand
 * behind. Main thread.
 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

#define HARK_TYPE_ARCHIVE_ROW (hark_archive_row_get_type ())
G_DECLARE_FINAL_TYPE (HarkArchiveRow, hark_archive_row, HARK, ARCHIVE_ROW, GtkListBoxRow)

/* hark_archive_row_new: (transfer floating): of none, folded; it is activated, never selected. */
GtkWidget *hark_archive_row_new (void);

/* hark_archive_row_set: @n of them, with @unread messages. _set_open: they stand below it. */
void hark_archive_row_set (HarkArchiveRow *row, unsigned n, unsigned unread);
void hark_archive_row_set_open (HarkArchiveRow *row, bool open);

/* hark_archive_row_get: how many there are; _is_open. */
unsigned hark_archive_row_get (HarkArchiveRow *row);
bool hark_archive_row_is_open (HarkArchiveRow *row);
