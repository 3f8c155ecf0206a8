#include "ui/people/safety-dialog.h"

#include "ui/core-words.h"
#include "ui/model/chats.h"
#include "ui/people/code-picture.h"
#include "ui/people/code-view.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

#define GROUP 5        /* digits */
#define GROUPS_A_ROW 4 /* three rows of four groups */

struct _HarkSafetyDialog {
  GtkDialog parent_instance;
  HarkClient *client;
  HarkPersonItem *person;
  GtkWidget *stack;
  GtkWidget *explanation;
  GtkWidget *code;
  GtkWidget *scan;
  GtkWidget *problem;
  GtkWidget *words;
  GtkWidget *words_state;
  GtkWidget *begin;
  GtkWidget *match;
  GtkWidget *differ;
  GtkWidget *digits;
  GtkWidget *verdict;
  GtkWidget *forget;
};

G_DEFINE_TYPE (HarkSafetyDialog, hark_safety_dialog, GTK_TYPE_DIALOG)

static void
show (HarkSafetyDialog *dialog)
{
  static const char *const verdicts[] = {
    N_ ("Not compared yet."),
    N_ ("Compared by voice: nobody is between you."),
    N_ ("Compared in person: nobody is between you."),
  };
  unsigned verified = hark_person_item_get (dialog->person)->verified;

  gtk_label_set_text (GTK_LABEL (dialog->verdict),
                      _ (verdicts[MIN (verified, G_N_ELEMENTS (verdicts) - 1)]));
  gtk_widget_set_visible (dialog->forget, verified > 0);
}

static void
on_number (GObject *owner, const HarkEvent *result)
{
  HarkSafetyDialog *dialog = HARK_SAFETY_DIALOG (owner);
  g_autoptr (GString) shown = g_string_new (NULL);
  size_t len = result->text ? strlen (result->text) : 0;

  for (size_t i = 0; result->ok && i < len; i++) {
    if (i > 0 && i % ((size_t) GROUP * GROUPS_A_ROW) == 0)
      g_string_append_c (shown, '\n');
    else if (i > 0 && i % GROUP == 0)
      g_string_append_c (shown, ' ');
    g_string_append_c (shown, result->text[i]);
  }
  gtk_label_set_text (GTK_LABEL (dialog->digits), result->ok ? shown->str : result->text);
  hark_code_view_set_text (HARK_CODE_VIEW (dialog->code), result->ok ? result->qr : NULL);
}

/* ---- the code on the other's screen ---- */

static void
say (HarkSafetyDialog *dialog, const char *problem)
{
  g_autofree char *text = hark_core_words (problem);

  gtk_label_set_text (GTK_LABEL (dialog->problem), text ? text : "");
}

static void
on_compared (GObject *owner, const HarkEvent *result)
{
  say (HARK_SAFETY_DIALOG (owner), result->ok ? NULL : result->text);
}

static void
on_picture (GObject *source, GAsyncResult *result, void *data)
{
  HarkSafetyDialog *dialog = HARK_SAFETY_DIALOG (source);
  g_autoptr (GError) error = NULL;
  char *text = hark_code_picture_finish (result, &error);
  HarkCommand *command;

  (void) data;
  if (!dialog->client) { /* closed meanwhile */
    g_free (text);
    return;
  }
  gtk_widget_set_sensitive (dialog->scan, TRUE);
  if (!text) {
    say (dialog, error->message);
    return;
  }
  command = hark_command_for (HARK_COMMAND_COMPARE, dialog->person);
  command->text = text;
  hark_client_ask (dialog->client, command, G_OBJECT (dialog), on_compared);
}

static void
on_scan (HarkSafetyDialog *dialog)
{
  g_autofree char *path
    = hark_widget_choose_picture (GTK_WINDOW (dialog), _ ("Picture of Their Code"), _ ("_Compare"));

  if (!path)
    return;
  say (dialog, NULL);
  gtk_widget_set_sensitive (dialog->scan, FALSE);
  hark_code_picture_read (G_OBJECT (dialog), path, on_picture);
}

/* ---- three words ---- */

static void
show_words (HarkSafetyDialog *dialog, const char *words, const char *state)
{
  gtk_label_set_text (GTK_LABEL (dialog->words), words ? words : "");
  gtk_widget_set_visible (dialog->words, words != NULL);
  gtk_widget_set_visible (dialog->match, words != NULL);
  gtk_widget_set_visible (dialog->differ, words != NULL);
  gtk_widget_set_visible (dialog->begin, words == NULL);
  gtk_label_set_text (GTK_LABEL (dialog->words_state), state);
}

static void
on_told (HarkSafetyDialog *dialog, const HarkEvent *event)
{
  const HarkPerson *person = hark_person_item_get (dialog->person);
  g_autofree char *waiting = NULL;

  if (event->kind != HARK_EVENT_WORDS
      || memcmp (event->account, person->account, sizeof person->account) != 0)
    return;
  switch (event->words_state) {
  case HARK_WORDS_ASKED:
    waiting = g_strdup_printf (_ ("Waiting for the Hark of %s…"), person->name);
    show_words (dialog, NULL, waiting);
    break;
  case HARK_WORDS_SHOWN:
    show_words (dialog, event->text, _ ("Do you both see these three words?"));
    break;
  case HARK_WORDS_CONFIRMED:
    show_words (dialog, NULL, _ ("They match: nobody is between you."));
    break;
  case HARK_WORDS_OVER:
    show_words (dialog, NULL, event->reason ? event->reason : _ ("The words were not compared."));
    break;
  }
}

static void
on_words_sent (GObject *owner, const HarkEvent *result)
{
  if (!result->ok)
    show_words (HARK_SAFETY_DIALOG (owner), NULL, result->text);
}

static void
send_words (HarkSafetyDialog *dialog, const char *how)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_WORDS, dialog->person);

  command->how = g_strdup (how);
  hark_client_ask (dialog->client, command, G_OBJECT (dialog), on_words_sent);
}

static void
on_begin (HarkSafetyDialog *dialog)
{
  send_words (dialog, "start");
}

static void
on_match (HarkSafetyDialog *dialog)
{
  send_words (dialog, "match");
}

static void
on_differ (HarkSafetyDialog *dialog)
{
  send_words (dialog, "differ");
}

/* ---- the verdict ---- */

static void
set_verified (HarkSafetyDialog *dialog, const char *how)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_SET_VERIFIED, dialog->person);

  command->how = g_strdup (how);
  hark_client_send (dialog->client, command);
}

static void
on_voice (HarkSafetyDialog *dialog)
{
  set_verified (dialog, "voice");
}

static void
on_person (HarkSafetyDialog *dialog)
{
  set_verified (dialog, "person");
}

static void
on_forget (HarkSafetyDialog *dialog)
{
  set_verified (dialog, "no");
}

static void
hark_safety_dialog_dispose (GObject *object)
{
  HarkSafetyDialog *dialog = HARK_SAFETY_DIALOG (object);

  g_clear_object (&dialog->client);
  g_clear_object (&dialog->person);
  G_OBJECT_CLASS (hark_safety_dialog_parent_class)->dispose (object);
}

static void
hark_safety_dialog_class_init (HarkSafetyDialogClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_safety_dialog_dispose;
  g_type_ensure (HARK_TYPE_CODE_VIEW);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/safety-dialog.ui");
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, stack);
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, explanation);
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, code);
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, scan);
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, problem);
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, words);
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, words_state);
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, begin);
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, match);
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, differ);
  gtk_widget_class_bind_template_callback (widgets, on_scan);
  gtk_widget_class_bind_template_callback (widgets, on_begin);
  gtk_widget_class_bind_template_callback (widgets, on_match);
  gtk_widget_class_bind_template_callback (widgets, on_differ);
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, digits);
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, verdict);
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, forget);
  gtk_widget_class_bind_template_callback (widgets, on_voice);
  gtk_widget_class_bind_template_callback (widgets, on_person);
  gtk_widget_class_bind_template_callback (widgets, on_forget);
}

static void
hark_safety_dialog_init (HarkSafetyDialog *dialog)
{
  gtk_widget_init_template (GTK_WIDGET (dialog));
  gtk_widget_set_direction (dialog->digits, GTK_TEXT_DIR_LTR); /* as the other one sees them */
}

GtkWidget *
hark_safety_dialog_new (GtkWindow *parent, HarkClient *client, HarkPersonItem *person)
{
  HarkSafetyDialog *dialog
    = g_object_new (HARK_TYPE_SAFETY_DIALOG, "use-header-bar", 1, "transient-for", parent, NULL);
  g_autofree char *explanation = g_strdup_printf (
    _ (
      "%s sees the same number under “Make Sure Who It Is”. Read it to each other, in a call or in "
      "person. If it is the same, nobody is between you."),
    hark_person_item_get (person)->name);

  dialog->client = g_object_ref (client);
  dialog->person = g_object_ref (person);
  gtk_label_set_text (GTK_LABEL (dialog->explanation), explanation);
  g_signal_connect_object (person, "changed", G_CALLBACK (show), dialog, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "told", G_CALLBACK (on_told), dialog, G_CONNECT_SWAPPED);
  show (dialog);
  if (hark_chats_words (person))
    hark_safety_dialog_show_words (dialog);
  hark_client_ask (client, hark_command_for (HARK_COMMAND_VERIFY, person), G_OBJECT (dialog),
                   on_number);
  return GTK_WIDGET (dialog);
}

void
hark_safety_dialog_show_words (HarkSafetyDialog *dialog)
{
  const char *words;

  g_return_if_fail (HARK_IS_SAFETY_DIALOG (dialog));

  words = hark_chats_words (dialog->person);
  gtk_stack_set_visible_child_name (GTK_STACK (dialog->stack), "words");
  if (words)
    show_words (dialog, words, _ ("Do you both see these three words?"));
}
