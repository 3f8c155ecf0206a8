/* Preferences of files: where they go, how fast, over which networks, and which folders are shared.
 */
#include "ui/questions.h"
#include "ui/settings/preferences.h"
#include "ui/settings/rows.h"
#include "ui/settings/settings.h"
#include "ui/widgets.h"
#include "ui/words/shown.h"

#include <glib/gi18n.h>
#include <string.h>

#define DATA "hark-files"

static const uint64_t rates[] = {0, 100000, 500000, 1000000, 5000000, 20000000};
static const char *const metered[] = {"ask", "allow", "hold"};

typedef struct {
  HarkPreferences *window;
  GtkWidget *page, *speed, *costs, *shared, *folder;
  GPtrArray *rows; /* of shared folders; the page owns them */
} Files;

static void ask_shares (Files *files);

static void
files_free (void *data)
{
  Files *files = data;

  g_ptr_array_unref (files->rows);
  g_free (files);
}

static HarkClient *
client_of (Files *files)
{
  return hark_preferences_get_client (files->window);
}

/* ---- where to ---- */

static void
show_folder (Files *files)
{
  GtkWidget *row = g_object_get_data (G_OBJECT (files->folder), "hark-row");
  g_autofree char *chosen = hark_settings_get_text (hark_settings_get (), HARK_SET_DOWNLOADS);
  g_autofree char *name = g_filename_display_name (chosen);

  hdy_action_row_set_subtitle (HDY_ACTION_ROW (row),
                               *chosen ? name : _ ("The desktop's folder for downloads"));
}

static void
on_folder (Files *files)
{
  g_autoptr (GtkFileChooserNative) chooser
    = hark_widget_folder_chooser (files->page, _ ("Folder for Files"), _ ("_Choose"));
  g_autofree char *path = NULL;

  if (!hark_question_choose (chooser))
    return;
  path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser));
  if (!path || !g_utf8_validate (path, -1, NULL))
    return;
  hark_settings_set_text (hark_settings_get (), HARK_SET_DOWNLOADS, path);
  show_folder (files);
  hark_preferences_later (files->window);
}

/* ---- how fast, over which networks ---- */

static void
on_rate (HdyComboRow *row, GParamSpec *pspec, void *data)
{
  int selected = hdy_combo_row_get_selected_index (row);
  HarkCommand *command;

  (void) pspec;
  if (selected < 0 || selected >= (int) G_N_ELEMENTS (rates))
    return;
  command = hark_command_new (HARK_COMMAND_LIMIT);
  command->how = g_strdup (g_object_get_data (G_OBJECT (row), "hark-how"));
  command->rate = rates[selected];
  hark_client_send (client_of (data), command);
}

static void
add_rate (Files *files, const char *how, const char *title, uint64_t rate)
{
  g_auto (GStrv) names = g_new0 (char *, G_N_ELEMENTS (rates) + 2);
  int selected = (int) G_N_ELEMENTS (rates);
  GtkWidget *row;

  names[0] = g_strdup (_ ("As fast as the line"));
  for (size_t i = 0; i < G_N_ELEMENTS (rates); i++) {
    g_autofree char *size = g_format_size (rates[i]);

    if (i > 0)
      names[i] = g_strdup_printf (_ ("%s/s"), size);
    if (rates[i] == rate)
      selected = (int) i;
  }
  if (selected == (int) G_N_ELEMENTS (rates)) { /* chosen with hark-cli */
    g_autofree char *size = g_format_size (rate);

    names[selected] = g_strdup_printf (_ ("%s/s"), size);
  }
  row = hark_row_choice (files->speed, title, NULL, (const char *const *) names, selected);
  g_object_set_data (G_OBJECT (row), "hark-how", (void *) how);
  g_signal_connect (row, "notify::selected-index", G_CALLBACK (on_rate), files);
}

static void
on_metered (HdyComboRow *row, GParamSpec *pspec, void *data)
{
  int selected = hdy_combo_row_get_selected_index (row);
  HarkCommand *command;

  (void) pspec;
  if (selected < 0 || selected >= (int) G_N_ELEMENTS (metered))
    return;
  command = hark_command_new (HARK_COMMAND_METERED);
  command->how = g_strdup (metered[selected]);
  hark_client_send (client_of (data), command);
}

/* The rows are there once the engine has said what holds. */
static void
on_limits (GObject *owner, const HarkEvent *result)
{
  Files *files = g_object_get_data (owner, DATA);
  const char *const names[]
    = {_ ("Wait until I say so"), _ ("Go as on any other"), _ ("Wait for another network"), NULL};
  int selected = 0;
  GtkWidget *row;

  if (!result->ok || !result->settings)
    return;
  add_rate (files, "up", _ ("Send at most"), result->settings->limit_up);
  add_rate (files, "down", _ ("Receive at most"), result->settings->limit_down);
  for (int i = 0; i < (int) G_N_ELEMENTS (metered); i++)
    if (g_strcmp0 (metered[i], result->settings->metered) == 0)
      selected = i;
  row = hark_row_choice (files->costs, _ ("Large files"),
                         result->settings->costly ? _ ("This network does.")
                                                  : _ ("This network does not, says the desktop."),
                         names, selected);
  g_signal_connect (row, "notify::selected-index", G_CALLBACK (on_metered), files);
}

/* ---- folders that are shared ---- */

static void
on_ended (GObject *owner, const HarkEvent *result)
{
  Files *files = g_object_get_data (owner, DATA);

  if (!result->ok && result->text)
    g_signal_emit_by_name (client_of (files), "warning", result->text);
  ask_shares (files);
}

static void
on_end (GtkButton *button, Files *files)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_UNSHARE);

  command->path = g_strdup (g_object_get_data (G_OBJECT (button), "hark-path"));
  hark_client_ask (client_of (files), command, G_OBJECT (files->page), on_ended);
}

/* (transfer full): with whom. */
static char *
sharers (Files *files, const HarkShareInfo *share)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < share->accounts->len; i++) {
    const uint8_t *account = (const uint8_t *) share->accounts->data + i * HARK_ACCOUNT_LEN;
    HarkPersonItem *person = hark_client_find (client_of (files), account);

    if (person)
      g_string_append_printf (names, "%s%s", names->len ? ", " : "",
                              hark_person_item_get (person)->name);
  }
  return g_strdup_printf (_ ("With %s"), names->str);
}

static void
add_share (Files *files, const HarkShareInfo *share)
{
  g_autofree char *path = g_filename_display_name (share->path);
  g_autofree char *with = sharers (files, share);
  g_autofree char *about = g_strdup_printf ("%s\n%s", path, with);
  g_autofree char *name = hark_words_shown (share->name, 80);
  GtkWidget *button = hark_row_button (files->shared, name, about, _ ("_Share No More"));

  g_object_set_data_full (G_OBJECT (button), "hark-path", g_strdup (share->path), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_end), files);
  g_ptr_array_add (files->rows, g_object_get_data (G_OBJECT (button), "hark-row"));
}

static void
on_shares (GObject *owner, const HarkEvent *result)
{
  Files *files = g_object_get_data (owner, DATA);

  if (!result->ok || !result->shares)
    return;
  while (files->rows->len > 0)
    gtk_widget_destroy (g_ptr_array_steal_index_fast (files->rows, 0));
  for (guint i = 0; i < result->shares->len; i++)
    add_share (files, result->shares->pdata[i]);
  if (result->shares->len == 0)
    g_ptr_array_add (files->rows, hark_row_plain (files->shared, _ ("No folder is shared"),
                                                  _ ("Share one on the page about a contact.")));
}

static void
ask_shares (Files *files)
{
  hark_client_ask (client_of (files), hark_command_new (HARK_COMMAND_SHARES),
                   G_OBJECT (files->page), on_shares);
}

static void
on_previews (GObject *control)
{
  hark_settings_set_flag (hark_settings_get (), HARK_SET_PREVIEWS,
                          gtk_switch_get_active (GTK_SWITCH (control)));
}

GtkWidget *
hark_files_page_new (HarkPreferences *window)
{
  Files *files = g_new0 (Files, 1);
  GtkWidget *group, *previews;

  files->window = window;
  files->rows = g_ptr_array_new ();
  files->page = hark_row_page (_ ("Files"), "folder-symbolic");
  g_object_set_data_full (G_OBJECT (files->page), DATA, files, files_free);
  hark_preferences_add_restart (window, files->page);
  group = hark_row_group (files->page, _ ("Where to"), NULL);
  files->folder = hark_row_button (group, _ ("Files that arrive"), NULL, _ ("_Change…"));
  g_signal_connect_swapped (files->folder, "clicked", G_CALLBACK (on_folder), files);
  show_folder (files);
  previews = hark_row_switch (group, _ ("Send pictures with a preview"),
                              _ ("They see a small one before they take the file."),
                              hark_settings_get_flag (hark_settings_get (), HARK_SET_PREVIEWS));
  g_signal_connect (previews, "notify::active", G_CALLBACK (on_previews), NULL);
  files->speed
    = hark_row_group (files->page, _ ("Speed"), _ ("Of files; calls and messages go first."));
  files->costs = hark_row_group (files->page, _ ("Networks that cost by the byte"), NULL);
  files->shared = hark_row_group (files->page, _ ("Shared folders"), NULL);
  hark_client_ask (client_of (files), hark_command_new (HARK_COMMAND_LIMIT), G_OBJECT (files->page),
                   on_limits);
  ask_shares (files);
  return files->page;
}
