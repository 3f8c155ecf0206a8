#include "ui/chat/opening.h"

#include "ui/language.h"
#include "ui/widgets.h"
#include "ui/words/shown.h"

#include <glib/gi18n.h>

typedef struct {
  GtkWidget *parent; /* owned */
  HarkClient *client;
  char *path;
} Showing;

static void
warn (HarkClient *client, char *sentence)
{
  g_signal_emit_by_name (client, "warning", sentence);
  g_free (sentence);
}

/* The user may have moved or deleted it since. */
static bool
is_there (HarkClient *client, const char *path)
{
  g_autofree char *shown = g_filename_display_name (path);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return true;
  warn (client, g_strdup_printf (_ ("It is not there any more: %s"), shown));
  return false;
}

static bool
show_uri (GtkWidget *parent, const char *path)
{
  GtkWidget *top = gtk_widget_get_toplevel (parent);
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);

  return uri
         && gtk_show_uri_on_window (GTK_IS_WINDOW (top) ? GTK_WINDOW (top) : NULL, uri,
                                    GDK_CURRENT_TIME, NULL);
}

static bool
is_meant (GtkWidget *parent, const HarkTransfer *transfer)
{
  g_autofree char *name = hark_words_shown (transfer->name, 255);
  g_autofree char *apart = hark_language_apart (name);
  g_autofree char *question = g_strdup_printf (_ ("Open %s?"), apart);

  return hark_widget_confirm (
    parent, question,
    _ ("Its name says that it is a program, or hides what it is. Opened, it may do on this "
       "computer whatever you may do. Open it only if you expected it from this person."),
    _ ("Open"));
}

void
hark_opening_open (GtkWidget *parent, HarkClient *client, const HarkTransfer *transfer)
{
  g_autofree char *path = g_strdup (transfer->path);
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GtkWidget) held = g_object_ref (parent);

  if (!is_there (client, path) || (transfer->risky && !is_meant (parent, transfer)))
    return;
  if (!show_uri (held, path))
    warn (client, g_strdup_printf (_ ("No program here opens it. The file is %s."), shown));
}

/* ---- the folder ---- */

static void
finish (Showing *showing, bool shows)
{
  g_autofree char *folder = g_path_get_dirname (showing->path);
  g_autofree char *shown = g_filename_display_name (showing->path);

  if (!shows && !show_uri (showing->parent, folder))
    warn (showing->client,
          g_strdup_printf (_ ("Nothing here opens folders. The file is %s."), shown));
  g_object_unref (showing->parent);
  g_object_unref (showing->client);
  g_free (showing->path);
  g_free (showing);
}

static void
on_shown (GObject *source, GAsyncResult *result, void *data)
{
  g_autoptr (GVariant) answer
    = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  finish (data, answer != NULL);
}

static void
on_bus (GObject *source, GAsyncResult *result, void *data)
{
  Showing *showing = data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);
  g_autofree char *uri = g_filename_to_uri (showing->path, NULL, NULL);
  const char *uris[] = {uri, NULL};

  (void) source;
  if (bus && uri)
    g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                            "org.freedesktop.FileManager1", "ShowItems",
                            g_variant_new ("(^ass)", uris, ""), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                            NULL, on_shown, showing);
  else
    finish (showing, false);
}

void
hark_opening_show (GtkWidget *parent, HarkClient *client, const HarkTransfer *transfer)
{
  Showing *showing;

  if (!is_there (client, transfer->path))
    return;
  showing = g_new0 (Showing, 1);
  showing->parent = g_object_ref (parent);
  showing->client = g_object_ref (client);
  showing->path = g_strdup (transfer->path);
  g_bus_get (G_BUS_TYPE_SESSION, NULL, on_bus, showing);
}
