#include "ui/chat/giving.h"

#include "ui/language.h"
#include "ui/picture-child.h"
#include "ui/questions.h"
#include "ui/settings/settings.h"
#include "ui/widgets.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

#define AT_ONCE 32 /* with their previews: the first go while others are read */
#define MANY 20    /* not asked about up to here, */
#define LARGE (UINT64_C (2) * 1000000000) /* nor up to here, bytes */

/* (transfer full): what can be given; *@ret_size: of the files, without what is in folders. */
static GPtrArray *
list_paths (GSList *files, uint64_t *ret_size)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  *ret_size = 0;
  for (GSList *at = files; at; at = at->next) {
    char *path = g_file_get_path (at->data);
    g_autoptr (GFileInfo) info = NULL;

    if (!path)
      continue;
    info = g_file_query_info (at->data,
                              G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                              G_FILE_QUERY_INFO_NONE, NULL, NULL);
    if (info && g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR)
      *ret_size += (uint64_t) MAX (g_file_info_get_size (info), 0);
    g_ptr_array_add (paths, path);
  }
  return paths;
}

static bool
is_meant (GtkWidget *parent, HarkPersonItem *person, guint n, uint64_t size)
{
  g_autofree char *name = hark_language_apart (hark_person_item_get (person)->name);
  g_autofree char *amount = g_format_size (size);
  g_autofree char *apart = hark_language_apart (amount);
  g_autofree char *question = NULL;
  g_autofree char *about = NULL;

  if (n <= MANY && size <= LARGE)
    return true;
  question = g_strdup_printf (ngettext ("Send %u file to %s?", "Send %u files to %s?", n), n, name);
  about = g_strdup_printf (_ ("%s, and what is in folders among them."), apart);
  return hark_widget_agree (parent, question, about, _ ("Send"));
}

/* ---- previews ---- */

/* What is on its way: one command after the other, each with the previews of its files. */
typedef struct {
  HarkClient *client;
  HarkPersonItem *person;
  GPtrArray *paths;
  guint next;          /* of the first that is not given */
  GPtrArray *previews; /* GBytes or NULL, of the next AT_ONCE; NULL: none of them is a picture */
} Giving;

static void
giving_free (void *data)
{
  Giving *giving = data;

  g_object_unref (giving->client);
  g_object_unref (giving->person);
  g_ptr_array_unref (giving->paths);
  g_clear_pointer (&giving->previews, g_ptr_array_unref);
  g_free (giving);
}

static void
free_preview (void *preview)
{
  if (preview)
    g_bytes_unref (preview);
}

/* Of the kinds that hark-picture reads. */
static bool
is_picture (const char *path)
{
  static const char *const ends[] = {".png", ".jpg", ".jpeg"};
  g_autofree char *lower = g_ascii_strdown (path, -1);

  for (size_t i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (lower, ends[i]))
      return true;
  return false;
}

static guint
end_of (const Giving *giving)
{
  return MIN (giving->next + AT_ONCE, giving->paths->len);
}

static bool
has_pictures (const Giving *giving)
{
  for (guint i = giving->next; i < end_of (giving); i++)
    if (is_picture (giving->paths->pdata[i]))
      return true;
  return false;
}

static void
read_previews (GTask *task, void *source, void *data, GCancellable *cancellable)
{
  Giving *giving = data;
  GPtrArray *previews = g_ptr_array_new_with_free_func (free_preview);

  (void) source;
  (void) cancellable;
  for (guint i = giving->next; i < end_of (giving); i++) {
    const char *path = giving->paths->pdata[i];

    /* what cannot be read goes without one */
    g_ptr_array_add (previews, is_picture (path) ? hark_picture_read_preview (path, NULL) : NULL);
  }
  g_task_return_pointer (task, previews, (GDestroyNotify) g_ptr_array_unref);
}

static void
give_next (Giving *giving)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_GIVE, giving->person);
  const guint n = end_of (giving) - giving->next;

  command->paths = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    command->paths[i] = g_strdup (giving->paths->pdata[giving->next + i]);
  command->previews = g_steal_pointer (&giving->previews);
  giving->next += n;
  hark_client_send (giving->client, command);
}

static void give_on (Giving *giving);

static void
on_previews (GObject *source, GAsyncResult *result, void *data)
{
  Giving *giving = data;

  (void) source;
  giving->previews = g_task_propagate_pointer (G_TASK (result), NULL);
  give_next (giving);
  give_on (giving);
}

/* Takes @giving along; previews are read on another thread, so the rest may come later. */
static void
give_on (Giving *giving)
{
  const bool previews = hark_settings_get_flag (hark_settings_get (), HARK_SET_PREVIEWS);
  g_autoptr (GTask) task = NULL;

  while (giving->next < giving->paths->len) {
    if (previews && has_pictures (giving)) {
      task = g_task_new (NULL, NULL, on_previews, giving);
      g_task_set_task_data (task, giving, NULL);
      g_task_run_in_thread (task, read_previews);
      return;
    }
    give_next (giving);
  }
  giving_free (giving);
}

/* ---- giving ---- */

bool
hark_giving_send (GtkWidget *parent, HarkClient *client, HarkPersonItem *person, GSList *files)
{
  uint64_t size;
  g_autoptr (GPtrArray) paths = list_paths (files, &size);
  Giving *giving;

  if (paths->len == 0) {
    g_signal_emit_by_name (client, "warning", _ ("Only files of this computer can be sent."));
    return false;
  }
  if (!is_meant (parent, person, paths->len, size))
    return false;
  giving = g_new0 (Giving, 1);
  giving->client = g_object_ref (client);
  giving->person = g_object_ref (person);
  giving->paths = g_steal_pointer (&paths);
  give_on (giving);
  return true;
}

/* (transfer full) */
static GtkFileChooserNative *
new_chooser (GtkWidget *parent, const char *title, const char *verb, bool folders)
{
  return folders
           ? hark_widget_folder_chooser (parent, title, verb)
           : gtk_file_chooser_native_new (title, GTK_WINDOW (gtk_widget_get_toplevel (parent)),
                                          GTK_FILE_CHOOSER_ACTION_OPEN, verb, _ ("_Cancel"));
}

char *
hark_giving_find (GtkWidget *parent, const char *path, bool folder)
{
  g_autoptr (GtkFileChooserNative) chooser
    = new_chooser (parent, _ ("Where Is It Now?"), _ ("_Choose"), folder);
  GtkFileChooser *files = GTK_FILE_CHOOSER (chooser);
  g_autofree char *near = path ? g_path_get_dirname (path) : NULL;

  while (near && !g_file_test (near, G_FILE_TEST_IS_DIR)) {
    char *above = g_path_get_dirname (near);

    g_free (near);
    near = above;
  }
  if (near)
    gtk_file_chooser_set_current_folder (files, near);
  if (!hark_question_choose (chooser))
    return NULL;
  return gtk_file_chooser_get_filename (files);
}

GSList *
hark_giving_choose (GtkWidget *parent, const char *title, bool folders)
{
  HarkSettings *settings = hark_settings_get ();
  g_autoptr (GtkFileChooserNative) chooser = new_chooser (parent, title, _ ("_Send"), folders);
  GtkFileChooser *files = GTK_FILE_CHOOSER (chooser);

  gtk_file_chooser_set_select_multiple (files, TRUE);
  if (!folders) {
    gtk_file_chooser_add_choice (files, HARK_SET_PREVIEWS, _ ("Pictures with a preview"), NULL,
                                 NULL);
    gtk_file_chooser_set_choice (files, HARK_SET_PREVIEWS,
                                 hark_settings_get_flag (settings, HARK_SET_PREVIEWS) ? "true"
                                                                                      : "false");
  }
  if (!hark_question_choose (chooser))
    return NULL;
  if (!folders)
    hark_settings_set_flag (
      settings, HARK_SET_PREVIEWS,
      g_strcmp0 (gtk_file_chooser_get_choice (files, HARK_SET_PREVIEWS), "true") == 0);
  return gtk_file_chooser_get_files (files);
}

char **
hark_giving_choose_paths (GtkWidget *parent, const char *title, bool folders)
{
  g_autoptr (GtkFileChooserNative) chooser = new_chooser (parent, title, _ ("_Give"), folders);
  g_autoptr (GPtrArray) paths = NULL;
  GSList *files;
  uint64_t size;

  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), TRUE);
  if (!hark_question_choose (chooser))
    return NULL;
  files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
  paths = list_paths (files, &size);
  g_slist_free_full (files, g_object_unref);
  if (paths->len == 0)
    return NULL;
  if (paths->len > AT_ONCE)
    g_ptr_array_remove_range (paths, AT_ONCE, paths->len - AT_ONCE);
  g_ptr_array_add (paths, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&paths), FALSE);
}
