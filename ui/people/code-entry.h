/* ui/people/code-entry.h - a field that takes what is on a QR code, too: pasted, dropped, chosen.
 *
 * Main thread.
 */
#pragma once

#include <gtk/gtk.h>

/* What came of a picture: @problem: NULL when @entry has the text of its code now; or a sentence.
 */
typedef void (*HarkCodeRead) (GtkEntry *entry, const char *problem, void *data);

/**
 * hark_code_entry_setup:
 * @entry: typed text goes its usual way
 * @around: what is dropped here is meant for @entry: a picture, or text
 * @button: asks for a picture; insensitive while one is read
 * @on_read: with @data, which live as long as @entry
 */
void hark_code_entry_setup (
  GtkEntry *entry, GtkWidget *around, GtkWidget *button, HarkCodeRead on_read, void *data);

/* hark_code_entry_read: begins to read the code on the picture at @path; while one is read, another
 * is ignored. */
void hark_code_entry_read (GtkEntry *entry, const char *path);
