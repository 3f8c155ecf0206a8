#include "ui/people/profile-dialog.h"

#include "ui/core-words.h"
#include "ui/people/choose-picture.h"
#include "ui/people/faces.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>

struct _HarkProfileDialog {
  GtkDialog parent_instance;
  HarkClient *client;
  GtkWidget *avatar;
  GtkWidget *choose;
  GtkWidget *clear;
  GtkWidget *name;
  GtkWidget *status;
  GtkWidget *presence;
  GtkWidget *problem;
  GtkWidget *save;
  GBytes *picture; /* chosen; empty: none any more; NULL: as it was */
  bool loaded;     /* what is shown is the profile */
  char *was;       /* presence, as it was */
};

G_DEFINE_TYPE (HarkProfileDialog, hark_profile_dialog, GTK_TYPE_DIALOG)

static const char *const presences[] = {
  [HARK_AVAILABLE] = "online",
  [HARK_AWAY] = "away",
  [HARK_BUSY] = "busy",
  [HARK_INVISIBLE] = "invisible",
};

static void
say (HarkProfileDialog *dialog, const char *problem)
{
  g_autofree char *text = hark_core_words (problem);

  gtk_label_set_text (GTK_LABEL (dialog->problem), text ? text : "");
}

static void
on_changed (HarkProfileDialog *dialog)
{
  g_autofree char *name = g_strdup (gtk_entry_get_text (GTK_ENTRY (dialog->name)));

  g_strstrip (name);
  say (dialog, NULL);
  hdy_avatar_set_text (HDY_AVATAR (dialog->avatar), name);
  gtk_widget_set_sensitive (dialog->save, dialog->loaded && *name != '\0');
}

static void
on_profile (GObject *owner, const HarkEvent *result)
{
  HarkProfileDialog *dialog = HARK_PROFILE_DIALOG (owner);
  const HarkProfile *profile = result->profile;

  if (!result->ok || !profile) {
    say (dialog, result->text);
    return;
  }
  hark_face_show_own (HDY_AVATAR (dialog->avatar), dialog->client, profile);
  gtk_entry_set_text (GTK_ENTRY (dialog->name), profile->name);
  gtk_entry_set_text (GTK_ENTRY (dialog->status), profile->status_text ? profile->status_text : "");
  gtk_widget_set_visible (dialog->clear, profile->has_picture);
  g_free (dialog->was);
  dialog->was
    = g_strdup (presences[MIN ((guint) profile->availability, G_N_ELEMENTS (presences) - 1)]);
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (dialog->presence), dialog->was);
  dialog->loaded = true;
  on_changed (dialog);
  gtk_widget_grab_focus (dialog->name);
}

/* ---- the picture ---- */

static void
set_picture (HarkProfileDialog *dialog, GBytes *pixels)
{
  g_clear_pointer (&dialog->picture, g_bytes_unref);
  dialog->picture = pixels;
  hark_face_set_pixels (HDY_AVATAR (dialog->avatar), pixels);
  gtk_widget_set_visible (dialog->clear, g_bytes_get_size (pixels) > 0);
}

static void
on_picture (GtkWidget *widget, GBytes *pixels, const char *problem)
{
  if (pixels)
    set_picture (HARK_PROFILE_DIALOG (widget), pixels);
  else
    say (HARK_PROFILE_DIALOG (widget), problem);
}

static void
on_choose (HarkProfileDialog *dialog)
{
  hark_choose_picture (GTK_WIDGET (dialog), dialog->choose, _ ("My Picture"), on_picture);
}

static void
on_clear (HarkProfileDialog *dialog)
{
  set_picture (dialog, g_bytes_new (NULL, 0));
}

/* ---- saving ---- */

static void
on_saved (GObject *owner, const HarkEvent *result)
{
  HarkProfileDialog *dialog = HARK_PROFILE_DIALOG (owner);

  if (result->ok) {
    gtk_widget_destroy (GTK_WIDGET (dialog));
    return;
  }
  say (dialog, result->text);
  gtk_widget_set_sensitive (dialog->save, TRUE);
}

static void
on_save (HarkProfileDialog *dialog)
{
  const char *presence = gtk_combo_box_get_active_id (GTK_COMBO_BOX (dialog->presence));
  HarkCommand *command;

  if (presence && g_strcmp0 (presence, dialog->was) != 0) {
    command = hark_command_new (HARK_COMMAND_PRESENCE);
    command->how = g_strdup (presence);
    hark_client_send (dialog->client, command);
  }
  command = hark_command_new (HARK_COMMAND_PROFILE);
  command->name = g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (dialog->name))));
  command->text = g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (dialog->status))));
  command->picture = g_steal_pointer (&dialog->picture);
  gtk_widget_set_sensitive (dialog->save, FALSE);
  hark_client_ask (dialog->client, command, G_OBJECT (dialog), on_saved);
}

static void
on_cancel (HarkProfileDialog *dialog)
{
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

/* ---- life ---- */

static void
hark_profile_dialog_dispose (GObject *object)
{
  HarkProfileDialog *dialog = HARK_PROFILE_DIALOG (object);

  g_clear_object (&dialog->client);
  g_clear_pointer (&dialog->picture, g_bytes_unref);
  g_clear_pointer (&dialog->was, g_free);
  G_OBJECT_CLASS (hark_profile_dialog_parent_class)->dispose (object);
}

static void
hark_profile_dialog_class_init (HarkProfileDialogClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_profile_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/profile-dialog.ui");
  gtk_widget_class_bind_template_child (widgets, HarkProfileDialog, avatar);
  gtk_widget_class_bind_template_child (widgets, HarkProfileDialog, choose);
  gtk_widget_class_bind_template_child (widgets, HarkProfileDialog, clear);
  gtk_widget_class_bind_template_child (widgets, HarkProfileDialog, name);
  gtk_widget_class_bind_template_child (widgets, HarkProfileDialog, status);
  gtk_widget_class_bind_template_child (widgets, HarkProfileDialog, presence);
  gtk_widget_class_bind_template_child (widgets, HarkProfileDialog, problem);
  gtk_widget_class_bind_template_child (widgets, HarkProfileDialog, save);
  gtk_widget_class_bind_template_callback (widgets, on_changed);
  gtk_widget_class_bind_template_callback (widgets, on_choose);
  gtk_widget_class_bind_template_callback (widgets, on_clear);
  gtk_widget_class_bind_template_callback (widgets, on_save);
  gtk_widget_class_bind_template_callback (widgets, on_cancel);
}

static void
hark_profile_dialog_init (HarkProfileDialog *dialog)
{
  gtk_widget_init_template (GTK_WIDGET (dialog));
  hark_widget_limit_bytes (GTK_WIDGET (dialog->name));
  hark_widget_limit_bytes (GTK_WIDGET (dialog->status));
  hark_widget_spoken (dialog->name, _ ("Your name"));
  hark_widget_spoken (dialog->status, _ ("Status"));
  hark_widget_spoken (dialog->presence, _ ("Presence"));
}

GtkWidget *
hark_profile_dialog_new (GtkWindow *parent, HarkClient *client)
{
  HarkProfileDialog *dialog
    = g_object_new (HARK_TYPE_PROFILE_DIALOG, "use-header-bar", 1, "transient-for", parent, NULL);

  dialog->client = g_object_ref (client);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_PROFILE), G_OBJECT (dialog), on_profile);
  hark_widget_fit (GTK_WIDGET (dialog));
  return GTK_WIDGET (dialog);
}
