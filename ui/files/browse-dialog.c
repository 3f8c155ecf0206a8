#include "ui/files/browse-dialog.h"

#include "ui/fence.h"
#include "ui/language.h"
#include "ui/widgets.h"
#include "ui/words/shown.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>

struct _HarkBrowseDialog {
  GtkDialog parent_instance;
  HarkClient *client;
  HarkPersonItem *person;
  char *path;      /* that is shown; "": what there is */
  uint64_t before; /* rows there are */
  GtkWidget *crumbs;
  GtkWidget *state;
  GtkWidget *list;
  GtkWidget *more;
};

G_DEFINE_TYPE (HarkBrowseDialog, hark_browse_dialog, GTK_TYPE_DIALOG)

static void open_path (HarkBrowseDialog *dialog, const char *path);

static void
say (HarkBrowseDialog *dialog, const char *text)
{
  gtk_label_set_text (GTK_LABEL (dialog->state), text ? text : "");
  gtk_widget_set_visible (dialog->state, text && *text);
}

static char *
join (const char *path, const char *name)
{
  return *path ? g_strdup_printf ("%s/%s", path, name) : g_strdup (name);
}

/* ---- the way to here ---- */

static void
on_crumb (GtkWidget *button, HarkBrowseDialog *dialog)
{
  g_autofree char *path = g_strdup (g_object_get_data (G_OBJECT (button), "hark-path"));

  open_path (dialog, path);
}

static void
add_crumb (HarkBrowseDialog *dialog, const char *text, const char *path)
{
  g_autofree char *shown = hark_words_shown (text, 40);
  GtkWidget *label = gtk_label_new (shown);
  GtkWidget *button = gtk_button_new ();

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_container_add (GTK_CONTAINER (button), label);
  gtk_button_set_relief (GTK_BUTTON (button), GTK_RELIEF_NONE);
  hark_widget_spoken (button, shown);
  g_object_set_data_full (G_OBJECT (button), "hark-path", g_strdup (path), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_crumb), dialog);
  gtk_widget_show_all (button);
  gtk_container_add (GTK_CONTAINER (dialog->crumbs), button);
}

static void
destroy (GtkWidget *widget, void *data)
{
  (void) data;
  gtk_widget_destroy (widget);
}

static void
show_crumbs (HarkBrowseDialog *dialog)
{
  g_auto (GStrv) parts = g_strsplit (dialog->path, "/", -1);
  g_autoptr (GString) path = g_string_new (NULL);

  gtk_container_foreach (GTK_CONTAINER (dialog->crumbs), destroy, NULL);
  add_crumb (dialog, hark_person_item_get (dialog->person)->name, "");
  for (guint i = 0; parts[i] && *dialog->path; i++) {
    g_string_append_printf (path, "%s%s", i > 0 ? "/" : "", parts[i]);
    add_crumb (dialog, parts[i], path->str);
  }
}

/* ---- what is there ---- */

static void
on_fetched (GObject *owner, const HarkEvent *result)
{
  say (HARK_BROWSE_DIALOG (owner),
       result->ok ? _ ("It is on its way; the conversation shows how far it is.") : result->text);
}

static void
on_take (GtkWidget *button, HarkBrowseDialog *dialog)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_FETCH, dialog->person);

  command->path = g_strdup (g_object_get_data (G_OBJECT (button), "hark-path"));
  gtk_widget_set_sensitive (button, FALSE); /* once is enough */
  hark_client_ask (dialog->client, command, G_OBJECT (dialog), on_fetched);
}

static void
on_row (HarkBrowseDialog *dialog, GtkListBoxRow *row)
{
  g_autofree char *path = g_strdup (g_object_get_data (G_OBJECT (row), "hark-path"));

  if (path)
    open_path (dialog, path);
}

/* (transfer full) */
static char *
about (const HarkBrowseEntry *entry)
{
  g_autofree char *day = entry->mtime_ms > 0
                           ? hark_words_day (entry->mtime_ms, g_get_real_time () / 1000)
                           : g_strdup ("");
  g_autofree char *size = g_format_size (entry->size);
  g_autofree char *apart = hark_language_apart (size);

  if (entry->folder)
    return g_strdup (day);
  return *day ? g_strdup_printf (_ ("%s, %s"), apart, day) : g_strdup (apart);
}

static GtkWidget *
new_label (bool small)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  hark_widget_class (label, small ? "small" : "file-name", true);
  return label;
}

static void
add_row (HarkBrowseDialog *dialog, const HarkBrowseEntry *entry)
{
  g_autofree char *path = join (dialog->path, entry->name);
  g_autofree char *name = hark_words_shown (entry->name, 255);
  g_autofree char *words = about (entry);
  g_autofree char *spoken = g_strdup_printf (_ ("Take %s"), name);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *icon = gtk_image_new_from_icon_name (
    entry->folder ? "folder-symbolic" : "text-x-generic-symbolic", GTK_ICON_SIZE_BUTTON);
  GtkWidget *first = new_label (false);
  GtkWidget *second = new_label (true);
  GtkWidget *take = gtk_button_new_with_label (_ ("Take"));

  gtk_container_set_border_width (GTK_CONTAINER (box), 8);
  gtk_container_add (GTK_CONTAINER (box), icon);
  hark_widget_spoken (icon, entry->folder ? _ ("Folder") : _ ("File"));
  hark_fence_label (dialog->client, first, HARK_FENCE_FILE,
                    hark_person_item_get (dialog->person)->account, name);
  gtk_label_set_text (GTK_LABEL (second), words);
  gtk_container_add (GTK_CONTAINER (texts), first);
  gtk_container_add (GTK_CONTAINER (texts), second);
  gtk_box_pack_start (GTK_BOX (box), texts, TRUE, TRUE, 0);
  gtk_widget_set_valign (take, GTK_ALIGN_CENTER);
  hark_widget_spoken (take, spoken);
  g_object_set_data_full (G_OBJECT (take), "hark-path", g_strdup (path), g_free);
  g_signal_connect (take, "clicked", G_CALLBACK (on_take), dialog);
  gtk_container_add (GTK_CONTAINER (box), take);
  gtk_container_add (GTK_CONTAINER (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), entry->folder);
  hark_widget_spoken (row, name);
  if (entry->folder)
    g_object_set_data_full (G_OBJECT (row), "hark-path", g_steal_pointer (&path), g_free);
  gtk_widget_show_all (row);
  gtk_container_add (GTK_CONTAINER (dialog->list), row);
}

static void
on_entries (GObject *owner, const HarkEvent *result)
{
  HarkBrowseDialog *dialog = HARK_BROWSE_DIALOG (owner);

  if (!result->ok) {
    say (dialog, result->text);
    return;
  }
  for (guint i = 0; result->entries && i < result->entries->len; i++)
    add_row (dialog, result->entries->pdata[i]);
  dialog->before += result->entries ? result->entries->len : 0;
  gtk_widget_set_visible (dialog->more, dialog->before < result->number && result->entries
                                          && result->entries->len > 0);
  if (dialog->before > 0)
    say (dialog, NULL);
  else
    say (dialog,
         *dialog->path ? _ ("Nothing is in this folder.") : _ ("They share nothing with you."));
}

/* An answer that is about another folder than the one that is shown has come too late: every
 * question has an owner of its own, which goes with the rows. */
static void
on_answer (GObject *owner, const HarkEvent *result)
{
  on_entries (g_object_get_data (owner, "hark-dialog"), result);
}

static void
ask (HarkBrowseDialog *dialog)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_BROWSE, dialog->person);

  command->path = g_strdup (dialog->path);
  command->before = dialog->before;
  gtk_widget_hide (dialog->more);
  hark_client_ask (dialog->client, command, g_object_get_data (G_OBJECT (dialog), "hark-question"),
                   on_answer);
}

static void
open_path (HarkBrowseDialog *dialog, const char *path)
{
  GObject *question = g_object_new (G_TYPE_OBJECT, NULL);

  g_object_set_data (question, "hark-dialog", dialog);
  g_object_set_data_full (G_OBJECT (dialog), "hark-question", question, g_object_unref);
  g_free (dialog->path);
  dialog->path = g_strdup (path);
  dialog->before = 0;
  gtk_container_foreach (GTK_CONTAINER (dialog->list), destroy, NULL);
  show_crumbs (dialog);
  say (dialog, _ ("Asking their Hark…"));
  ask (dialog);
}

/* ---- life ---- */

static void
hark_browse_dialog_dispose (GObject *object)
{
  HarkBrowseDialog *dialog = HARK_BROWSE_DIALOG (object);

  g_object_set_data (object, "hark-question", NULL);
  g_clear_object (&dialog->client);
  g_clear_object (&dialog->person);
  g_clear_pointer (&dialog->path, g_free);
  G_OBJECT_CLASS (hark_browse_dialog_parent_class)->dispose (object);
}

static void
hark_browse_dialog_class_init (HarkBrowseDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_browse_dialog_dispose;
}

static void
hark_browse_dialog_init (HarkBrowseDialog *dialog)
{
  GtkWidget *area = gtk_dialog_get_content_area (GTK_DIALOG (dialog));
  GtkWidget *scrolled = gtk_scrolled_window_new (NULL, NULL);
  GtkWidget *way = gtk_scrolled_window_new (NULL, NULL);

  dialog->crumbs = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (way), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  gtk_container_add (GTK_CONTAINER (way), dialog->crumbs);
  dialog->state = gtk_label_new (NULL);
  hark_widget_wrap (dialog->state);
  gtk_widget_set_margin_top (dialog->state, 8);
  gtk_widget_set_margin_bottom (dialog->state, 8);
  dialog->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (dialog->list), GTK_SELECTION_BROWSE);
  g_signal_connect_swapped (dialog->list, "row-activated", G_CALLBACK (on_row), dialog);
  hark_widget_spoken (dialog->list, _ ("What is shared"));
  gtk_container_add (GTK_CONTAINER (scrolled), dialog->list);
  gtk_widget_set_vexpand (scrolled, TRUE);
  dialog->more = gtk_button_new_with_label (_ ("Show More"));
  g_signal_connect_swapped (dialog->more, "clicked", G_CALLBACK (ask), dialog);
  gtk_container_add (GTK_CONTAINER (area), way);
  gtk_container_add (GTK_CONTAINER (area), dialog->state);
  gtk_container_add (GTK_CONTAINER (area), scrolled);
  gtk_container_add (GTK_CONTAINER (area), dialog->more);
  gtk_widget_show_all (area);
  gtk_widget_hide (dialog->more);
}

GtkWidget *
hark_browse_dialog_new (GtkWindow *parent, HarkClient *client, HarkPersonItem *person)
{
  HarkBrowseDialog *dialog
    = g_object_new (HARK_TYPE_BROWSE_DIALOG, "use-header-bar", 1, "transient-for", parent, "modal",
                    TRUE, "destroy-with-parent", TRUE, "title", _ ("Shared Folders"),
                    "default-width", 460, "default-height", 520, NULL);

  dialog->client = g_object_ref (client);
  dialog->person = g_object_ref (person);
  open_path (dialog, "");
  hark_widget_fit (GTK_WIDGET (dialog));
  return GTK_WIDGET (dialog);
}
