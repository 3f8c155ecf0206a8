#include "ui/people/person-files.h"

#include "ui/files/browse-dialog.h"
#include "ui/questions.h"
#include "ui/settings/rows.h"
#include "ui/widgets.h"
#include "ui/words/shown.h"

#include <glib/gi18n.h>
#include <string.h>

#define DATA "hark-person-files"

static const uint64_t sizes[] = {0, 10000000, 100000000, 1000000000, UINT64_C (10000000000)};

typedef struct {
  HarkClient *client;
  HarkPersonItem *person;
  GtkWidget *group;
  GtkWidget *size;   /* HdyComboRow */
  GtkWidget *folder; /* button */
  GtkWidget *browse;
  GtkWidget *share;
  GPtrArray *shares; /* rows, a folder each; the group owns them */
  bool following;    /* what is set now is what the engine says */
} Files;

static void ask_shares (Files *files);

static void
files_free (void *data)
{
  Files *files = data;

  g_ptr_array_unref (files->shares);
  g_object_unref (files->client);
  g_object_unref (files->person);
  g_free (files);
}

static void
on_done (GObject *owner, const HarkEvent *result)
{
  Files *files = g_object_get_data (owner, DATA);

  if (!result->ok && result->text)
    g_signal_emit_by_name (files->client, "warning", result->text);
  ask_shares (files);
}

static void
send (Files *files, HarkCommand *command)
{
  hark_client_ask (files->client, command, G_OBJECT (files->group), on_done);
}

/* (transfer full) (nullable) */
static char *
choose_folder (Files *files, const char *title)
{
  g_autoptr (GtkFileChooserNative) chooser
    = hark_widget_folder_chooser (files->group, title, _ ("_Choose"));

  return hark_question_choose (chooser) ? gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser))
                                        : NULL;
}

/* ---- theirs that are taken ---- */

static void
take (Files *files, uint64_t size, const char *folder)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_ACCEPT_FILES, files->person);

  command->on = true;
  command->size = size;
  command->directory = g_strdup (folder);
  send (files, command);
}

static bool
is_offered (uint64_t size)
{
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (sizes[i] == size)
      return true;
  return false;
}

static void
on_size (Files *files)
{
  const HarkPerson *person = hark_person_item_get (files->person);
  int selected = hdy_combo_row_get_selected_index (HDY_COMBO_ROW (files->size));

  if (files->following || selected < 0 || selected >= (int) G_N_ELEMENTS (sizes)
      || sizes[selected] == person->files_max)
    return;
  take (files, sizes[selected], person->files_folder);
}

static void
on_folder (Files *files)
{
  g_autofree char *folder = choose_folder (files, _ ("Folder for Their Files"));

  if (folder)
    take (files, hark_person_item_get (files->person)->files_max, folder);
}

static void
show (Files *files)
{
  const HarkPerson *person = hark_person_item_get (files->person);
  const bool known = person->status == HARK_PERSON_ACCEPTED;
  const bool taken = known && (person->may & HARK_MAY_GIVE_FILES) != 0;
  GtkWidget *row = g_object_get_data (G_OBJECT (files->folder), "hark-row");
  g_autofree char *folder
    = person->files_folder ? g_filename_display_name (person->files_folder) : NULL;
  int selected = (int) G_N_ELEMENTS (sizes);

  for (int i = 0; i < (int) G_N_ELEMENTS (sizes); i++)
    if (sizes[i] == person->files_max)
      selected = i;
  files->following = true;
  hdy_combo_row_set_selected_index (HDY_COMBO_ROW (files->size), selected);
  files->following = false;
  gtk_widget_set_sensitive (files->size, taken);
  gtk_widget_set_sensitive (row, taken);
  hdy_action_row_set_subtitle (HDY_ACTION_ROW (row), folder ? folder : _ ("The usual one"));
  gtk_widget_set_sensitive (files->browse, known && person->presence == HARK_PRESENCE_ONLINE);
  gtk_widget_set_sensitive (files->share, known);
}

/* ---- folders shared ---- */

static void
on_browse (Files *files)
{
  GtkWidget *top = gtk_widget_get_toplevel (files->group);

  gtk_window_present (
    GTK_WINDOW (hark_browse_dialog_new (GTK_WINDOW (top), files->client, files->person)));
}

static void
on_share (Files *files)
{
  g_autofree char *folder = choose_folder (files, _ ("Share a Folder"));
  HarkCommand *command;

  if (!folder)
    return;
  command = hark_command_for (HARK_COMMAND_SHARE, files->person);
  command->path = g_steal_pointer (&folder);
  send (files, command);
}

static void
on_end (GtkButton *button, Files *files)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_UNSHARE, files->person);

  command->path = g_strdup (g_object_get_data (G_OBJECT (button), "hark-path"));
  send (files, command);
}

static bool
is_shared (const HarkShareInfo *share, const HarkPerson *person)
{
  for (guint i = 0; i < share->accounts->len; i++)
    if (memcmp (share->accounts->data + i * HARK_ACCOUNT_LEN, person->account, HARK_ACCOUNT_LEN)
        == 0)
      return true;
  return false;
}

static void
on_shares (GObject *owner, const HarkEvent *result)
{
  Files *files = g_object_get_data (owner, DATA);

  while (files->shares->len > 0)
    gtk_widget_destroy (g_ptr_array_steal_index_fast (files->shares, 0));
  for (guint i = 0; result->shares && i < result->shares->len; i++) {
    const HarkShareInfo *share = result->shares->pdata[i];
    g_autofree char *path = g_filename_display_name (share->path);
    g_autofree char *name = hark_words_shown (share->name, 80);
    GtkWidget *button;

    if (!is_shared (share, hark_person_item_get (files->person)))
      continue;
    button = hark_row_button (files->group, name, path, _ ("_Share No More"));
    g_object_set_data_full (G_OBJECT (button), "hark-path", g_strdup (share->path), g_free);
    g_signal_connect (button, "clicked", G_CALLBACK (on_end), files);
    g_ptr_array_add (files->shares, g_object_get_data (G_OBJECT (button), "hark-row"));
  }
}

static void
ask_shares (Files *files)
{
  hark_client_ask (files->client, hark_command_new (HARK_COMMAND_SHARES), G_OBJECT (files->group),
                   on_shares);
}

static void
on_changed (GtkWidget *group)
{
  show (g_object_get_data (G_OBJECT (group), DATA));
}

void
hark_person_files_fill (GtkWidget *group, HarkClient *client, HarkPersonItem *person)
{
  Files *files = g_new0 (Files, 1);
  const char *names[G_N_ELEMENTS (sizes) + 2] = {_ ("Any size")};
  g_autofree char *other = g_format_size (hark_person_item_get (person)->files_max);
  char *texts[G_N_ELEMENTS (sizes)] = {NULL};

  files->client = g_object_ref (client);
  files->person = g_object_ref (person);
  files->group = group;
  files->shares = g_ptr_array_new ();
  g_object_set_data_full (G_OBJECT (group), DATA, files, files_free);
  for (size_t i = 1; i < G_N_ELEMENTS (sizes); i++)
    names[i] = texts[i] = g_format_size (sizes[i]);
  if (!is_offered (hark_person_item_get (person)->files_max))
    names[G_N_ELEMENTS (sizes)] = other; /* chosen with hark-cli */
  files->following = true;
  files->size = hark_row_choice (group, _ ("Taken unasked, up to"),
                                 _ ("Larger ones are asked about."), names, 0);
  for (size_t i = 1; i < G_N_ELEMENTS (sizes); i++)
    g_free (texts[i]);
  g_signal_connect_swapped (files->size, "notify::selected-index", G_CALLBACK (on_size), files);
  files->folder = hark_row_button (group, _ ("Into"), NULL, _ ("_Change…"));
  g_signal_connect_swapped (files->folder, "clicked", G_CALLBACK (on_folder), files);
  files->browse = hark_row_button (group, _ ("What they share"),
                                   _ ("Folders of theirs, while both are online."), _ ("_Look…"));
  g_signal_connect_swapped (files->browse, "clicked", G_CALLBACK (on_browse), files);
  files->share = hark_row_button (group, _ ("Share a folder with them"),
                                  _ ("They may look into it and take from it, and change nothing."),
                                  _ ("_Choose…"));
  g_signal_connect_swapped (files->share, "clicked", G_CALLBACK (on_share), files);
  g_signal_connect_object (person, "changed", G_CALLBACK (on_changed), group, G_CONNECT_SWAPPED);
  show (files);
  ask_shares (files);
}
