/* ui/settings/rows.h - the rows that settings are made of. Main thread.
 *
 * Titles and subtitles are read as they are, never as markup. Every control is named after its row.
 */
#pragma once

#include <gtk/gtk.h>
#include <handy.h>
#include <stdbool.h>

/* hark_row_page: (transfer full): a page of the window. hark_row_group: (transfer none): a group of
 * @page, @about (nullable) below its title. */
GtkWidget *hark_row_page (const char *title, const char *icon);
GtkWidget *hark_row_group (GtkWidget *page, const char *title, const char *about);

/* hark_row_plain: a row without a control; @subtitle is nullable. */
GtkWidget *hark_row_plain (GtkWidget *group, const char *title, const char *subtitle);

/* hark_row_switch: (transfer none): the switch; connect "notify::active". */
GtkWidget *hark_row_switch (GtkWidget *group, const char *title, const char *subtitle, bool on);

/* hark_row_button: (transfer none): the button; its row is its "hark-row". */
GtkWidget *
hark_row_button (GtkWidget *group, const char *title, const char *subtitle, const char *label);

/* hark_row_set_verb: what @button, of hark_row_button(), does from now on; may have a mnemonic. */
void hark_row_set_verb (GtkWidget *button, const char *verb);

/* hark_row_entry: (transfer none): the entry, with a button beside it that activates it; once that
 * brings @group one more row, the last one is scrolled to. */
GtkWidget *hark_row_entry (GtkWidget *group, const char *title, const char *hint, const char *verb);

/* hark_row_choice: (transfer none): a HdyComboRow; connect "notify::selected-index". */
GtkWidget *hark_row_choice (GtkWidget *group,
                            const char *title,
                            const char *subtitle,
                            const char *const *names,
                            int selected);
