#include "ui/chat/giving.h"

#include "ui/language.h"
#include "ui/widgets.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

#define AT_ONCE 32                        /* as the engine takes them */
#define MANY 20                           /* not asked about up to here, */
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
  return hark_widget_confirm (parent, question, about, _ ("Send"));
}

bool
hark_giving_send (GtkWidget *parent, HarkClient *client, HarkPersonItem *person, GSList *files)
{
  uint64_t size;
  g_autoptr (GPtrArray) paths = list_paths (files, &size);

  if (paths->len == 0) {
    g_signal_emit_by_name (client, "warning", _ ("Only files of this computer can be sent."));
    return false;
  }
  if (!is_meant (parent, person, paths->len, size))
    return false;
  for (guint i = 0; i < paths->len; i += AT_ONCE) {
    HarkCommand *command = hark_command_for (HARK_COMMAND_GIVE, person);

    command->paths = g_new0 (char *, AT_ONCE + 1);
    for (guint j = 0; j < AT_ONCE && i + j < paths->len; j++)
      command->paths[j] = g_strdup (paths->pdata[i + j]);
    hark_client_send (client, command);
  }
  return true;
}
