#include "ui/files/words-dialog.h"

#include "ui/chat/opening.h"
#include "ui/core-words.h"
#include "ui/language.h"
#include "ui/settings/settings.h"
#include "ui/widgets.h"
#include "ui/words/shown.h"

#include <glib/gi18n.h>
#include <string.h>

#define SPELLED_CHARS 12 /* before a long word takes a second line */

struct _HarkWordsDialog {
  GtkDialog parent_instance;
  HarkClient *client;
  HarkEngineConfig config;
  HarkHandover *handover; /* NULL: not yet, or over */
  guint restart;
  char **paths;         /* give */
  char *taken;          /* take: the words */
  char *words;          /* give: as they are to be said */
  HarkTransfer *newest; /* take: that arrived */
  bool met;
  GtkWidget *box;
  GtkWidget *list; /* of the words */
  GtkWidget *state;
  GtkWidget *progress;
  GtkWidget *copy;
  GtkWidget *again;
  GtkWidget *show;
  GtkWidget *close;
};

G_DEFINE_TYPE (HarkWordsDialog, hark_words_dialog, GTK_TYPE_DIALOG)

static void
say (HarkWordsDialog *dialog, const char *text)
{
  hark_widget_text (dialog->state, text);
}

/* ---- the words ---- */

/* (transfer full): letter by letter, for the telephone. */
static char *
spell (const char *word)
{
  GString *letters = g_string_new (NULL);

  for (const char *at = word; *at; at++)
    g_string_append_printf (letters, "%s%c", at == word ? "" : " ", g_ascii_toupper (*at));
  return g_string_free (letters, FALSE);
}

/* They mean nothing any more, or not yet. */
static void
clear_words (HarkWordsDialog *dialog)
{
  g_autoptr (GList) labels = gtk_container_get_children (GTK_CONTAINER (dialog->list));

  for (GList *at = labels; at; at = at->next)
    gtk_widget_destroy (at->data);
  g_clear_pointer (&dialog->words, hark_words_free);
  gtk_widget_hide (dialog->copy);
}

static void
show_words (HarkWordsDialog *dialog, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, "-", -1);

  clear_words (dialog);
  dialog->words = g_strdup (text);
  for (int i = 0; words[i]; i++) {
    g_autofree char *letters = spell (words[i]);
    g_autofree char *spoken = g_strdup_printf ("%s, %s", words[i], letters);
    GtkWidget *word = gtk_label_new (words[i]), *spelled = gtk_label_new (letters);

    /* English words, read from the left whatever the language */
    gtk_widget_set_direction (word, GTK_TEXT_DIR_LTR);
    gtk_widget_set_direction (spelled, GTK_TEXT_DIR_LTR);
    gtk_label_set_xalign (GTK_LABEL (word), 0);
    gtk_label_set_xalign (GTK_LABEL (spelled), 0);
    hark_widget_wrap (spelled);
    gtk_label_set_width_chars (GTK_LABEL (spelled), SPELLED_CHARS);
    gtk_label_set_selectable (GTK_LABEL (word), TRUE);
    gtk_widget_set_can_focus (word, FALSE);
    hark_widget_class (word, "big-word", true);
    hark_widget_class (spelled, "dim-label", true);
    hark_widget_spoken (word, spoken);
    gtk_grid_attach (GTK_GRID (dialog->list), word, 0, i, 1, 1);
    gtk_grid_attach (GTK_GRID (dialog->list), spelled, 1, i, 1, 1);
  }
  gtk_widget_show_all (dialog->list);
  gtk_widget_show (dialog->copy);
  say (dialog, _ ("Tell these words to whoever shall have it. They type them in Hark where a "
                  "person is added, within ten minutes. One wrong try ends them."));
}

static void
on_copy (HarkWordsDialog *dialog)
{
  gtk_clipboard_set_text (gtk_widget_get_clipboard (dialog->copy, GDK_SELECTION_CLIPBOARD),
                          dialog->words, -1);
}

/* ---- what happens ---- */

static void
show_file (HarkWordsDialog *dialog, const HarkHandoverStep *step)
{
  const HarkTransfer *transfer = step->transfer;
  g_autofree char *name = hark_words_shown (transfer->name, 60);
  g_autofree char *apart = hark_language_apart (name);
  g_autofree char *bytes = g_format_size (transfer->bytes);
  g_autofree char *size = g_format_size (transfer->size);
  g_autofree char *text = NULL;

  if (transfer->state == HARK_FILE_DONE && !transfer->outgoing) {
    hark_transfer_free (dialog->newest);
    dialog->newest = hark_transfer_copy (transfer);
  }
  text = g_strdup_printf (_ ("%s: %s of %s"), apart, bytes, size);
  say (dialog, text);
  gtk_widget_show (dialog->progress);
  gtk_progress_bar_set_fraction (
    GTK_PROGRESS_BAR (dialog->progress),
    transfer->size > 0 ? (double) transfer->bytes / (double) transfer->size : 0);
}

static void
show_over (HarkWordsDialog *dialog, const HarkHandoverStep *step)
{
  g_autofree char *why = hark_core_words (step->text);

  if (step->ok)
    say (dialog, dialog->paths ? _ ("All of it has arrived there, and is verified.")
                               : _ ("All of it is here, and is verified."));
  else
    say (dialog, why ? why : _ ("Not all of it arrived."));
  hark_widget_class (dialog->state, "problem", !step->ok);
  clear_words (dialog);
  gtk_widget_hide (dialog->progress);
  gtk_widget_set_visible (dialog->again, dialog->paths && !step->ok);
  gtk_widget_set_visible (dialog->show, dialog->newest != NULL);
  gtk_button_set_label (GTK_BUTTON (dialog->close), _ ("Close"));
}

/* The handover cannot be freed while it speaks. */
static gboolean
on_ended (void *data)
{
  HarkWordsDialog *dialog = data;

  dialog->restart = 0;
  g_clear_pointer (&dialog->handover, hark_handover_free);
  return G_SOURCE_REMOVE;
}

static void
on_step (const HarkHandoverStep *step, void *data)
{
  HarkWordsDialog *dialog = data;

  switch (step->kind) {
  case HARK_HANDOVER_WORDS:
    show_words (dialog, step->words);
    break;
  case HARK_HANDOVER_THERE:
    say (dialog, _ ("Somebody gives with these words."));
    break;
  case HARK_HANDOVER_MET:
    dialog->met = true;
    clear_words (dialog);
    say (dialog, _ ("The words are right; connecting…"));
    break;
  case HARK_HANDOVER_FILE:
    show_file (dialog, step);
    break;
  case HARK_HANDOVER_OVER:
    dialog->met = false;
    show_over (dialog, step);
    dialog->restart = g_idle_add (on_ended, dialog);
    break;
  }
}

/* ---- beginning ---- */

static void
fail (HarkWordsDialog *dialog, const char *text)
{
  const HarkHandoverStep step = {.kind = HARK_HANDOVER_OVER, .text = text};

  show_over (dialog, &step);
}

/* Where the user's profile belongs to a closed network, so does this. */
static void
on_settings (GObject *owner, const HarkEvent *result)
{
  HarkWordsDialog *dialog = HARK_WORDS_DIALOG (owner);
  HarkEngineConfig config = dialog->config;
  const char *usual = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);
  g_autofree char *home = g_build_filename (g_get_home_dir (), "Downloads", NULL);
  g_autoptr (GError) error = NULL;

  if (dialog->handover || gtk_widget_in_destruction (GTK_WIDGET (dialog)))
    return;
  if (!result->ok || !result->settings) {
    fail (dialog, result->text);
    return;
  }
  hark_settings_apply (hark_settings_get (), &config); /* lends until the next change */
  if (!config.downloads)
    config.downloads = usual ? usual : home;
  if (!config.network)
    config.network = result->settings->network;
  if (!config.peers)
    config.peers = (const char *const *) result->settings->peers;
  dialog->handover = hark_handover_new (&config, (const char *const *) dialog->paths, dialog->taken,
                                        config.downloads, on_step, NULL, dialog, &error);
  if (!dialog->handover)
    fail (dialog, error->message);
}

static void
begin (HarkWordsDialog *dialog)
{
  say (dialog,
       dialog->paths ? _ ("Drawing words…") : _ ("Looking for whoever gives with these words…"));
  hark_widget_class (dialog->state, "problem", false);
  gtk_widget_hide (dialog->again);
  gtk_button_set_label (GTK_BUTTON (dialog->close), _ ("Stop"));
  hark_client_ask (dialog->client, hark_command_new (HARK_COMMAND_SETTINGS), G_OBJECT (dialog),
                   on_settings);
}

static void
on_again (HarkWordsDialog *dialog)
{
  if (!dialog->handover)
    begin (dialog);
}

static void
on_show (HarkWordsDialog *dialog)
{
  hark_opening_show (GTK_WIDGET (dialog), dialog->client, dialog->newest);
}

static void
on_response (HarkWordsDialog *dialog)
{
  if (!dialog->met
      || hark_widget_confirm (GTK_WIDGET (dialog), _ ("Stop before all of it has arrived?"),
                              _ ("What is missing then can only be given again with new words."),
                              _ ("Stop")))
    gtk_widget_destroy (GTK_WIDGET (dialog));
}

/* ---- life ---- */

static void
hark_words_dialog_dispose (GObject *object)
{
  HarkWordsDialog *dialog = HARK_WORDS_DIALOG (object);

  g_clear_handle_id (&dialog->restart, g_source_remove);
  g_clear_pointer (&dialog->handover, hark_handover_free);
  g_clear_pointer (&dialog->paths, g_strfreev);
  g_clear_pointer (&dialog->taken, hark_words_free);
  g_clear_pointer (&dialog->words, hark_words_free);
  g_clear_pointer (&dialog->newest, hark_transfer_free);
  g_clear_object (&dialog->client);
  G_OBJECT_CLASS (hark_words_dialog_parent_class)->dispose (object);
}

static void
hark_words_dialog_class_init (HarkWordsDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_words_dialog_dispose;
}

static GtkWidget *
add_button (HarkWordsDialog *dialog, const char *label, GCallback on_click)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_box_pack_start (GTK_BOX (dialog->box), button, FALSE, FALSE, 0);
  g_signal_connect_swapped (button, "clicked", on_click, dialog);
  return button;
}

static void
hark_words_dialog_init (HarkWordsDialog *dialog)
{
  dialog->box = gtk_dialog_get_content_area (GTK_DIALOG (dialog));
  gtk_container_set_border_width (GTK_CONTAINER (dialog->box), 18);
  gtk_box_set_spacing (GTK_BOX (dialog->box), 12);
  dialog->list = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (dialog->list), 24);
  gtk_grid_set_row_spacing (GTK_GRID (dialog->list), 4);
  gtk_widget_set_direction (dialog->list, GTK_TEXT_DIR_LTR);
  dialog->state = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (dialog->state), 0);
  hark_widget_wrap (dialog->state);
  gtk_label_set_width_chars (GTK_LABEL (dialog->state), 28);
  gtk_label_set_max_width_chars (GTK_LABEL (dialog->state), 44);
  dialog->progress = gtk_progress_bar_new ();
  hark_widget_spoken (dialog->progress, _ ("Progress"));
  gtk_box_pack_start (GTK_BOX (dialog->box), dialog->list, FALSE, FALSE, 0);
  dialog->copy = add_button (dialog, _ ("Copy the Words"), G_CALLBACK (on_copy));
  gtk_box_pack_start (GTK_BOX (dialog->box), dialog->state, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (dialog->box), dialog->progress, FALSE, FALSE, 0);
  dialog->again = add_button (dialog, _ ("New Words"), G_CALLBACK (on_again));
  dialog->show = add_button (dialog, _ ("Show in Folder"), G_CALLBACK (on_show));
  gtk_widget_show (dialog->list);
  gtk_widget_show (dialog->state);
  dialog->close = gtk_dialog_add_button (GTK_DIALOG (dialog), _ ("Stop"), GTK_RESPONSE_CLOSE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), NULL);
}

GtkWidget *
hark_words_dialog_new (GtkWindow *parent,
                       HarkClient *client,
                       const HarkEngineConfig *config,
                       const char *const *paths,
                       const char *words)
{
  HarkWordsDialog *dialog = g_object_new (
    HARK_TYPE_WORDS_DIALOG, "use-header-bar", 1, "transient-for", parent, "destroy-with-parent",
    TRUE, "default-width", 400, "title", paths ? _ ("Give by Words") : _ ("Take with Words"), NULL);

  dialog->client = g_object_ref (client);
  dialog->config = *config;
  dialog->config.port = 0; /* ours is in use */
  dialog->paths = g_strdupv ((char **) paths);
  dialog->taken = g_strdup (words);
  begin (dialog);
  hark_widget_fit (GTK_WIDGET (dialog));
  return GTK_WIDGET (dialog);
}
