#include "ui/network/network-file.h"

#include "core/hark-network.h"
#include "ui/core-words.h"
#include "ui/dropped.h"
#include "ui/language.h"
#include "ui/questions.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

#define JOIN "hark-network-file"

typedef struct {
  HarkClient *client; /* borrowed: outlives the window */
  GtkWindow *window;  /* borrowed: it owns this */
  GObject *question;  /* who asks the engine: an answer is about this file or about none */
  bool asks;          /* the user */
  HarkNetworkFile file;
  char *name; /* of the file */
  void (*on_joined) (void *data);
  void *data;
} Join;

static void
join_free (void *data)
{
  Join *join = data;

  g_object_unref (join->question);
  hark_network_file_clear (&join->file);
  g_free (join->name);
  g_free (join);
}

bool
hark_network_file_is (const char *uri)
{
  return g_str_has_prefix (uri, "file:") && g_str_has_suffix (uri, HARK_NETWORK_FILE_SUFFIX);
}

static void
warn (HarkClient *client, const char *problem)
{
  g_autofree char *text = hark_core_words (problem);

  g_signal_emit_by_name (client, "warning", text);
}

/* ---- joining ---- */

/* @paragraph: (transfer full) */
static void
add_paragraph (GString *text, char *paragraph)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? "\n\n" : "", paragraph);
  g_free (paragraph);
}

/* (transfer full): as people write lists. */
static char *
spaced (const char *list)
{
  g_auto (GStrv) places = g_strsplit (list, ",", -1);

  return g_strjoinv (", ", places);
}

/* (transfer full): what joining changes. @current: (nullable): where the profile belongs now. */
static char *
consequences (const HarkNetworkFile *file, const char *current)
{
  GString *text = g_string_new (NULL);
  g_autofree char *peers = file->peers ? g_strjoinv (", ", file->peers) : NULL;
  g_autofree char *entries = NULL;
  bool sealed = false;
  const char *places;

  hark_network_check (file->network, &sealed);
  places = sealed ? strchr (file->network, '@') : NULL;
  entries = places && places[1] ? spaced (places + 1) : NULL;
  add_paragraph (text, g_strdup (_ ("Then only people in it find you, and you find only them. "
                                    "Contacts who are not in it are not reached until you leave "
                                    "it.")));
  if (!sealed)
    add_paragraph (text, g_strdup (_ ("It has no secret: whoever knows its name can join it.")));
  if (entries)
    /* Translators: %s: addresses of computers */
    add_paragraph (text, g_strdup_printf (_ ("It is entered through: %s"), entries));
  if (peers && *peers)
    /* Translators: %s: addresses of computers */
    add_paragraph (text, g_strdup_printf (_ ("Hark also looks for people at: %s"), peers));
  if (current)
    add_paragraph (text, g_strdup (_ ("You leave the closed network that you are in. Without its "
                                      "name or secret you cannot go back.")));
  add_paragraph (text,
                 g_strdup (_ ("Hark starts anew for it: a call ends, files go on afterwards.")));
  return g_string_free (text, FALSE);
}

static void
on_kept (GObject *question, const HarkEvent *result)
{
  Join *join = g_object_get_data (question, JOIN);
  void (*on_joined) (void *data) = join->on_joined;
  void *data = join->data;

  if (!result->ok)
    warn (join->client, result->text);
  g_object_set_data (G_OBJECT (join->window), JOIN, NULL);
  if (result->ok)
    on_joined (data);
}

static void
keep (Join *join)
{
  HarkCommand *command;

  for (char **peer = join->file.peers; peer && *peer; peer++) {
    command = hark_command_new (HARK_COMMAND_ADD_PEER);
    command->name = g_strdup (*peer);
    hark_client_send (join->client, command);
  }
  command = hark_command_new (HARK_COMMAND_NETWORK);
  command->name = g_strdup (join->file.network);
  hark_client_ask (join->client, command, join->question, on_kept);
}

static void
on_settings (GObject *owner, const HarkEvent *result)
{
  Join *join = g_object_get_data (owner, JOIN);
  g_autoptr (GtkWindow) window = g_object_ref (join->window);
  const char *current = result->settings ? result->settings->network : NULL;
  g_autofree char *text = consequences (&join->file, current);
  g_autofree char *question
    /* Translators: %s: its title, or the name of its file */
    = g_strdup_printf (_ ("Join the closed network “%s”?"),
                       join->file.title ? join->file.title : join->name);
  bool agreed;

  join->asks = true;
  agreed = hark_widget_confirm (GTK_WIDGET (window), question, text, _ ("_Join"));
  join->asks = false;
  if (agreed && hark_client_get_engine (join->client))
    keep (join);
  else
    g_object_set_data (G_OBJECT (window), JOIN, NULL);
}

void
hark_network_file_join (GtkWindow *parent,
                        HarkClient *client,
                        const char *uri,
                        void (*on_joined) (void *data),
                        void *data)
{
  g_autofree char *path = g_filename_from_uri (uri, NULL, NULL);
  g_autoptr (GError) error = NULL;
  HarkNetworkFile file;
  Join *join = g_object_get_data (G_OBJECT (parent), JOIN);

  g_return_if_fail (GTK_IS_WINDOW (parent));
  if (!path || (join && join->asks))
    return;
  if (!hark_network_file_load (path, &file, &error)) {
    warn (client, error->message);
    return;
  }
  join = g_new0 (Join, 1);
  *join = (Join){.client = client,
                 .window = parent,
                 .question = g_object_new (G_TYPE_OBJECT, NULL),
                 .file = file,
                 .name = g_filename_display_basename (path),
                 .on_joined = on_joined,
                 .data = data};
  g_object_set_data (join->question, JOIN, join);
  g_object_set_data_full (G_OBJECT (parent), JOIN, join, join_free);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_SETTINGS), join->question, on_settings);
}

/* ---- choosing ---- */

/* (transfer full): for files of networks. */
static GtkFileChooserNative *
chooser_new (GtkWindow *parent, const char *title, GtkFileChooserAction action, const char *verb)
{
  GtkFileChooserNative *chooser
    = gtk_file_chooser_native_new (title, parent, action, verb, _ ("_Cancel"));
  GtkFileFilter *filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Closed networks"));
  gtk_file_filter_add_pattern (filter, "*" HARK_NETWORK_FILE_SUFFIX);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
  return chooser;
}

char *
hark_network_file_choose (GtkWindow *parent)
{
  g_autoptr (GtkFileChooserNative) chooser
    = chooser_new (parent, _ ("Closed network"), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"));

  return hark_question_choose (chooser) ? gtk_file_chooser_get_uri (GTK_FILE_CHOOSER (chooser))
                                        : NULL;
}

char *
hark_network_file_keep (GtkWindow *parent, const char *network, char **peers)
{
  g_autoptr (GtkFileChooserNative) chooser
    = chooser_new (parent, _ ("Closed network"), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"));
  char *secret = g_strdup (network); /* the caller's may change while the user looks around */
  g_auto (GStrv) places = g_strdupv (peers);
  const HarkNetworkFile file = {.network = secret, .peers = places};
  g_autofree char *path = NULL;
  char *problem = NULL;
  g_autoptr (GError) error = NULL;

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), "network.hark");
  gtk_file_chooser_set_do_overwrite_confirmation (GTK_FILE_CHOOSER (chooser), TRUE);
  if (hark_question_choose (chooser)
      && (path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser)))
      && !hark_network_file_save (&file, path, &error))
    problem = hark_core_words (error->message);
  hark_words_free (secret);
  return problem;
}

/* ---- dropping ---- */

static bool
is_one (char **uris)
{
  return uris[0] && !uris[1] && hark_network_file_is (uris[0]);
}

static void
open_here (void *application, const char *uri)
{
  g_autoptr (GFile) file = g_file_new_for_uri (uri);

  g_application_open (application, &file, 1, "");
}

bool
hark_network_file_is_given (GtkWidget *parent, char **uris, const char *name)
{
  GtkWindow *top = GTK_WINDOW (gtk_widget_get_toplevel (parent));
  g_autoptr (GtkApplication) application = NULL;
  g_autofree char *whom = hark_language_apart (name);
  GtkWidget *dialog;
  int response;

  if (!is_one (uris))
    return true;
  g_set_object (&application, gtk_window_get_application (top));
  dialog = gtk_message_dialog_new (top, GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                                   GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE,
                                   _ ("Send the closed network’s file to %s?"), whom);
  gtk_message_dialog_format_secondary_text (
    GTK_MESSAGE_DIALOG (dialog), "%s",
    _ ("Whoever has it can belong to the network. Open it here if you want to join yourself."));
  gtk_dialog_add_button (GTK_DIALOG (dialog), _ ("_Cancel"), GTK_RESPONSE_CANCEL);
  if (application)
    gtk_dialog_add_button (GTK_DIALOG (dialog), _ ("_Open Here"), GTK_RESPONSE_APPLY);
  gtk_dialog_add_button (GTK_DIALOG (dialog), _ ("_Send"), GTK_RESPONSE_ACCEPT);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_CANCEL);
  response = hark_question_run (dialog);
  if (response == GTK_RESPONSE_APPLY)
    open_here (application, uris[0]);
  return response == GTK_RESPONSE_ACCEPT;
}

static void
on_dropped (GtkWidget *window, int y, char **uris, const char *text, void *application)
{
  (void) y;
  (void) text;
  if (uris && is_one (uris)) {
    open_here (application, uris[0]);
  } else if (uris) {
    warn (g_object_get_data (G_OBJECT (window), "hark-drop-client"),
          _ ("Files go to somebody: drop them on a person or a conversation."));
  }
}

void
hark_network_file_drop_set (GtkWidget *window, GtkApplication *application, HarkClient *client)
{
  gtk_drag_dest_set (window, GTK_DEST_DEFAULT_ALL, NULL, 0, GDK_ACTION_COPY);
  gtk_drag_dest_add_uri_targets (window);
  g_object_set_data (G_OBJECT (window), "hark-drop-client", client);
  hark_dropped_connect (window, on_dropped, G_OBJECT (application));
}
