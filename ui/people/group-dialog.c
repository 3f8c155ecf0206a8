#include "ui/people/group-dialog.h"

#include "ui/people/faces.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

struct _HarkGroupDialog {
  GtkDialog parent_instance;
  HarkClient *client;
  HarkPersonItem *group; /* NULL: a new one */
  GtkWidget *name;
  GtkWidget *ask;
  GtkWidget *list;
  GtkWidget *problem;
  GtkWidget *apply;
};

G_DEFINE_TYPE (HarkGroupDialog, hark_group_dialog, GTK_TYPE_DIALOG)

/* The people whose boxes are checked; borrowed. */
static GPtrArray *
chosen (HarkGroupDialog *dialog)
{
  g_autoptr (GList) boxes = gtk_container_get_children (GTK_CONTAINER (dialog->list));
  GPtrArray *people = g_ptr_array_new ();

  for (GList *at = boxes; at; at = at->next)
    if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (at->data)))
      g_ptr_array_add (people, g_object_get_data (at->data, "hark-person"));
  return people;
}

static void
on_changed (HarkGroupDialog *dialog)
{
  g_autoptr (GPtrArray) people = chosen (dialog);
  g_autofree char *name = g_strdup (gtk_entry_get_text (GTK_ENTRY (dialog->name)));
  bool ready = dialog->group ? people->len > 0 : *g_strstrip (name) != '\0';

  gtk_widget_set_sensitive (dialog->apply, ready);
}

static bool
is_in (HarkPersonItem *group, const HarkPerson *person)
{
  const HarkGroupInfo *info = group ? hark_person_item_get_group (group) : NULL;

  for (guint i = 0; info && i < info->people->len; i++) {
    const HarkGroupPerson *member = info->people->pdata[i];

    if (memcmp (member->account, person->account, sizeof person->account) == 0)
      return true;
  }
  return false;
}

static void
add_box (HarkGroupDialog *dialog, HarkPersonItem *person)
{
  GtkWidget *box = gtk_check_button_new ();
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *avatar = hdy_avatar_new (28, NULL, TRUE);
  GtkWidget *label = gtk_label_new (hark_person_item_get (person)->name);

  hark_face_show (HDY_AVATAR (avatar), dialog->client, person);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_container_add (GTK_CONTAINER (row), avatar);
  gtk_container_add (GTK_CONTAINER (row), label);
  gtk_container_add (GTK_CONTAINER (box), row);
  hark_widget_spoken (box, hark_person_item_get (person)->name);
  g_object_set_data_full (G_OBJECT (box), "hark-person", g_object_ref (person), g_object_unref);
  g_signal_connect_object (box, "toggled", G_CALLBACK (on_changed), dialog, G_CONNECT_SWAPPED);
  gtk_widget_show_all (box);
  gtk_container_add (GTK_CONTAINER (dialog->list), box);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (hark_person_item_get (*(HarkPersonItem *const *) a)->name,
                         hark_person_item_get (*(HarkPersonItem *const *) b)->name);
}

static void
fill (HarkGroupDialog *dialog)
{
  GListModel *people = hark_client_get_people (dialog->client);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (people); i++) {
    g_autoptr (HarkPersonItem) person = g_list_model_get_item (people, i);
    const HarkPerson *value = hark_person_item_get (person);

    if (hark_person_item_is_self (person) || hark_person_item_get_group (person)
        || value->status != HARK_PERSON_ACCEPTED || is_in (dialog->group, value))
      continue;
    g_ptr_array_add (found, g_steal_pointer (&person));
  }
  g_ptr_array_sort (found, compare_names);
  for (guint i = 0; i < found->len; i++)
    add_box (dialog, found->pdata[i]);
  gtk_label_set_text (GTK_LABEL (dialog->ask), found->len > 0
                                                 ? _ ("Invite:")
                                                 : _ ("There is no contact who could be invited."));
}

static void
on_asked_in (GObject *owner, const HarkEvent *result)
{
  HarkClient *client = HARK_CLIENT (owner);

  if (!result->ok && result->text)
    g_signal_emit_by_name (client, "warning", result->text);
}

static void
ask_in (HarkGroupDialog *dialog, const uint8_t id[HARK_MESSAGE_ID_LEN])
{
  g_autoptr (GPtrArray) people = chosen (dialog);

  for (guint i = 0; i < people->len; i++) {
    HarkCommand *command = hark_command_for (HARK_COMMAND_GROUP_ADD, people->pdata[i]);

    command->has_group = true;
    memcpy (command->group, id, sizeof command->group);
    hark_client_ask (dialog->client, command, G_OBJECT (dialog->client), on_asked_in);
  }
}

static void
on_created (GObject *owner, const HarkEvent *result)
{
  HarkGroupDialog *dialog = HARK_GROUP_DIALOG (owner);

  if (result->ok) {
    ask_in (dialog, result->id);
    gtk_widget_destroy (GTK_WIDGET (dialog));
    return;
  }
  gtk_label_set_text (GTK_LABEL (dialog->problem), result->text ? result->text : "");
  gtk_widget_set_sensitive (dialog->apply, TRUE);
}

static void
on_apply (HarkGroupDialog *dialog)
{
  HarkCommand *command;

  if (dialog->group) {
    ask_in (dialog, hark_person_item_get_group (dialog->group)->id);
    gtk_widget_destroy (GTK_WIDGET (dialog));
    return;
  }
  command = hark_command_new (HARK_COMMAND_GROUP_CREATE);
  command->name = g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (dialog->name))));
  gtk_widget_set_sensitive (dialog->apply, FALSE);
  hark_client_ask (dialog->client, command, G_OBJECT (dialog), on_created);
}

static void
on_cancel (HarkGroupDialog *dialog)
{
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

static void
hark_group_dialog_dispose (GObject *object)
{
  HarkGroupDialog *dialog = HARK_GROUP_DIALOG (object);

  g_clear_object (&dialog->client);
  g_clear_object (&dialog->group);
  G_OBJECT_CLASS (hark_group_dialog_parent_class)->dispose (object);
}

static void
hark_group_dialog_class_init (HarkGroupDialogClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_group_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/group-dialog.ui");
  gtk_widget_class_bind_template_child (widgets, HarkGroupDialog, name);
  gtk_widget_class_bind_template_child (widgets, HarkGroupDialog, ask);
  gtk_widget_class_bind_template_child (widgets, HarkGroupDialog, list);
  gtk_widget_class_bind_template_child (widgets, HarkGroupDialog, problem);
  gtk_widget_class_bind_template_child (widgets, HarkGroupDialog, apply);
  gtk_widget_class_bind_template_callback (widgets, on_changed);
  gtk_widget_class_bind_template_callback (widgets, on_apply);
  gtk_widget_class_bind_template_callback (widgets, on_cancel);
}

static void
hark_group_dialog_init (HarkGroupDialog *dialog)
{
  gtk_widget_init_template (GTK_WIDGET (dialog));
  hark_widget_limit_bytes (GTK_WIDGET (dialog->name));
  hark_widget_spoken (dialog->name, _ ("Name of the group"));
}

GtkWidget *
hark_group_dialog_new (GtkWindow *parent, HarkClient *client, HarkPersonItem *group)
{
  HarkGroupDialog *dialog
    = g_object_new (HARK_TYPE_GROUP_DIALOG, "use-header-bar", 1, "transient-for", parent, NULL);

  dialog->client = g_object_ref (client);
  dialog->group = group ? g_object_ref (group) : NULL;
  if (group) {
    gtk_window_set_title (GTK_WINDOW (dialog), C_ ("verb", "Invite"));
    gtk_button_set_label (GTK_BUTTON (dialog->apply), C_ ("verb", "Invite"));
    gtk_widget_hide (dialog->name);
  }
  fill (dialog);
  hark_widget_fit (GTK_WIDGET (dialog));
  return GTK_WIDGET (dialog);
}
