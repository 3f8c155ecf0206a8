#include "ui/people/code-entry.h"

#include "ui/dropped.h"
#include "ui/people/code-picture.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <unistd.h>

typedef struct {
  GtkWidget *button; /* beside the entry, as long as it is there */
  HarkCodeRead on_read;
  void *data;
  bool reading;
  char *pasted; /* NULL: none; a file that is removed once it is read */
} Code;

static void
code_free (void *data)
{
  Code *code = data;

  if (code->pasted)
    g_unlink (code->pasted);
  g_free (code->pasted);
  g_free (code);
}

static Code *
code_of (GtkEntry *entry)
{
  return g_object_get_data (G_OBJECT (entry), "hark-code");
}

static void
on_picture (GObject *source, GAsyncResult *result, void *data)
{
  GtkEntry *entry = GTK_ENTRY (source);
  Code *code = code_of (entry);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = hark_code_picture_finish (result, &error);

  (void) data;
  code->reading = false;
  if (code->pasted)
    g_unlink (code->pasted);
  g_clear_pointer (&code->pasted, g_free);
  if (gtk_widget_in_destruction (GTK_WIDGET (entry)) || !gtk_widget_get_parent (GTK_WIDGET (entry)))
    return; /* closed meanwhile */
  gtk_widget_set_sensitive (code->button, TRUE);
  if (text)
    gtk_entry_set_text (entry, text);
  code->on_read (entry, text ? NULL : error->message, code->data);
}

void
hark_code_entry_read (GtkEntry *entry, const char *path)
{
  Code *code = code_of (entry);

  g_return_if_fail (code && path);
  if (code->reading)
    return;
  code->reading = true;
  gtk_widget_set_sensitive (code->button, FALSE);
  hark_code_picture_read (G_OBJECT (entry), path, on_picture);
}

static void
on_choose (GtkEntry *entry)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (entry));
  g_autofree char *path
    = hark_widget_choose_picture (GTK_WINDOW (window), _ ("Picture of a Code"), _ ("_Read"));

  if (path)
    hark_code_entry_read (entry, path);
}

static void
on_image (GtkClipboard *clipboard, GdkPixbuf *picture, void *data)
{
  g_autoptr (GtkEntry) entry = GTK_ENTRY (data);
  Code *code = code_of (entry);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  int fd;

  (void) clipboard;
  if (!picture || code->reading || !gtk_widget_get_parent (GTK_WIDGET (entry)))
    return;
  fd = g_file_open_tmp ("hark-XXXXXX.png", &path, &error);
  if (fd >= 0)
    close (fd);
  if (fd < 0 || !gdk_pixbuf_save (picture, path, "png", &error, NULL)) {
    if (fd >= 0)
      g_unlink (path);
    code->on_read (entry, error->message, code->data);
    return;
  }
  code->pasted = g_steal_pointer (&path);
  hark_code_entry_read (entry, code->pasted);
}

/* A code that was copied from the screen is read as one in a file. */
static void
on_paste (GtkEntry *entry)
{
  GtkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (entry), GDK_SELECTION_CLIPBOARD);

  if (gtk_clipboard_wait_is_text_available (clipboard)
      || !gtk_clipboard_wait_is_image_available (clipboard))
    return;
  g_signal_stop_emission_by_name (entry, "paste-clipboard");
  gtk_clipboard_request_image (clipboard, on_image, g_object_ref (entry));
}

static void
on_dropped (GtkWidget *around, int y, char **uris, const char *text, void *entry)
{
  g_autofree char *path = uris && uris[0] ? g_filename_from_uri (uris[0], NULL, NULL) : NULL;
  g_autofree char *stripped = text ? g_strstrip (g_strdup (text)) : NULL;

  (void) around;
  (void) y;
  if (path)
    hark_code_entry_read (entry, path);
  else if (stripped)
    gtk_entry_set_text (entry, stripped);
}

void
hark_code_entry_setup (
  GtkEntry *entry, GtkWidget *around, GtkWidget *button, HarkCodeRead on_read, void *data)
{
  Code *code = g_new0 (Code, 1);

  code->button = button;
  code->on_read = on_read;
  code->data = data;
  g_object_set_data_full (G_OBJECT (entry), "hark-code", code, code_free);
  g_signal_connect (entry, "paste-clipboard", G_CALLBACK (on_paste), NULL);
  gtk_drag_dest_set (around, GTK_DEST_DEFAULT_ALL, NULL, 0, GDK_ACTION_COPY);
  gtk_drag_dest_add_uri_targets (around);
  gtk_drag_dest_add_text_targets (around);
  gtk_drag_dest_unset (
    GTK_WIDGET (entry)); /* it would take text alone, and a picture is meant for it */
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_choose), entry, G_CONNECT_SWAPPED);
  hark_dropped_connect (around, on_dropped, G_OBJECT (entry));
}
