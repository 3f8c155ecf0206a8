#include "ui/welcome/restore-page.h"

#include "core/hark.h"
#include "ui/core-words.h"
#include "ui/questions.h"
#include "ui/settings/settings.h"
#include "ui/widgets.h"
#include "ui/words/shown.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>
#include <string.h>

#define WORDS 24

struct _HarkRestorePage {
  GtkBox parent_instance;
  char *profile, *name, *path; /* of the backup; NULL: none */
  char *passphrase;            /* of the profile that was made; NULL for none */
  GtkWidget *stack;
  GtkWidget *file;
  GtkWidget *key_name;
  GtkWidget *key; /* words, or a backup's passphrase */
  GtkWidget *secret;
  GtkWidget *problem;
  GtkWidget *back, *restore;
  GtkWidget *result;
};

G_DEFINE_TYPE (HarkRestorePage, hark_restore_page, GTK_TYPE_BOX)

enum { SIGNAL_DONE, SIGNAL_BACK, N_SIGNALS };
static guint signals[N_SIGNALS];

/* What the thread works on. */
typedef struct {
  char *profile, *name, *path, *key, *passphrase;
  bool words; /* `key` is */
  HarkRestored found;
} Restoring;

static void
restoring_free (void *data)
{
  Restoring *restoring = data;

  g_free (restoring->profile);
  g_free (restoring->name);
  g_free (restoring->path);
  hark_words_free (restoring->key);
  hark_words_free (restoring->passphrase);
  g_free (restoring);
}

static void
work (GTask *task, void *source, void *data, GCancellable *cancellable)
{
  Restoring *of = data;
  GError *error = NULL;
  bool ok;

  (void) source;
  (void) cancellable;
  if (of->path)
    ok = hark_profile_restore (of->profile, of->path, of->words ? of->key : NULL,
                               of->words ? NULL : of->key, of->passphrase, &of->found, &error);
  else
    ok = hark_profile_create (of->profile, of->name, of->passphrase, of->key, NULL, &error);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Meanwhile: nothing of it is there any more. */
static bool
is_closed (HarkRestorePage *page)
{
  return !gtk_widget_get_parent (GTK_WIDGET (page));
}

static void
set_busy (HarkRestorePage *page, bool busy)
{
  gtk_button_set_label (GTK_BUTTON (page->restore), busy ? _ ("Being Restored…") : _ ("Restore"));
  gtk_widget_set_sensitive (page->restore, !busy);
  gtk_widget_set_sensitive (page->back, !busy);
}

static char *
result_words (const Restoring *restoring)
{
  g_autofree char *day = NULL, *people = NULL, *messages = NULL;

  if (!restoring->path)
    return g_strdup (
      _ ("Your account is back, its contacts are not: words hold no list of them. Add them again; "
         "whoever knows you accepts without being asked."));
  day = hark_words_day (restoring->found.made_ms, g_get_real_time () / 1000);
  people = g_strdup_printf (ngettext ("%u contact", "%u contacts", restoring->found.contacts),
                            restoring->found.contacts);
  messages
    = g_strdup_printf (ngettext ("%u message", "%u messages", (unsigned) restoring->found.messages),
                       (unsigned) restoring->found.messages);
  return g_strdup_printf (
    /* Translators: 3 contacts, 120 messages, Yesterday */
    _ ("Restored: %s, %s. The backup is of: %s.\n\nIs the old computer still in use? An account "
       "works on one computer at a time: delete everything there."),
    people, messages, day);
}

/* What notices told on the old computer is not known here: too little is better than too much on a
 * screen that others see. Returns: (nullable): what to say about it */
static const char *
keep_notices_quiet (void)
{
  HarkSettings *settings = hark_settings_get ();

  if (hark_settings_is_set (settings, HARK_SET_NOTICES))
    return NULL;
  hark_settings_set_text (settings, HARK_SET_NOTICES, "none");
  return _ ("On this computer notices tell neither names nor words until you choose so in the "
            "preferences.");
}

static void
on_done (GObject *source, GAsyncResult *result, void *data)
{
  HarkRestorePage *page = HARK_RESTORE_PAGE (source);
  Restoring *restoring = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  g_autofree char *all = NULL;
  const char *notices;

  (void) data;
  if (is_closed (page))
    return;
  set_busy (page, false);
  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    hark_core_words_translate (&error->message);
    gtk_label_set_text (GTK_LABEL (page->problem), error->message);
    gtk_widget_show (page->problem);
    return;
  }
  if (restoring->words) /* whoever has typed them has them */
    hark_settings_set_flag (hark_settings_get (), HARK_SET_WORDS_SEEN, true);
  hark_words_free (page->passphrase);
  page->passphrase = g_steal_pointer (&restoring->passphrase);
  gtk_entry_set_text (GTK_ENTRY (page->key), "");
  gtk_entry_set_text (GTK_ENTRY (page->secret), "");
  words = result_words (restoring);
  notices = keep_notices_quiet ();
  all = g_strjoin ("\n\n", words, notices, NULL);
  gtk_label_set_text (GTK_LABEL (page->result), all);
  gtk_stack_set_visible_child_name (GTK_STACK (page->stack), "result");
}

static bool
is_words (const char *text)
{
  g_auto (GStrv) parts = g_strsplit_set (text, " \t\n", -1);
  unsigned n = 0;

  for (char **at = parts; *at; at++)
    n += **at != '\0';
  return n == WORDS;
}

static void
on_restore (HarkRestorePage *page)
{
  g_autoptr (GTask) task = g_task_new (page, NULL, on_done, NULL);
  const char *secret = gtk_entry_get_text (GTK_ENTRY (page->secret));
  Restoring *restoring = g_new0 (Restoring, 1);

  restoring->profile = g_strdup (page->profile);
  restoring->name = g_strdup (page->name);
  restoring->path = g_strdup (page->path);
  restoring->key = g_strdup (gtk_entry_get_text (GTK_ENTRY (page->key)));
  restoring->words = !page->path || is_words (restoring->key);
  restoring->passphrase = *secret ? g_strdup (secret) : NULL;
  gtk_widget_hide (page->problem);
  set_busy (page, true);
  g_task_set_task_data (task, restoring, restoring_free);
  g_task_run_in_thread (task, work);
}

static void
on_open (HarkRestorePage *page)
{
  char *passphrase = g_steal_pointer (&page->passphrase);

  gtk_widget_set_sensitive (GTK_WIDGET (page), FALSE); /* once is enough */
  g_signal_emit (page, signals[SIGNAL_DONE], 0, passphrase);
  hark_words_free (passphrase);
}

static void
on_back (HarkRestorePage *page)
{
  gtk_entry_set_text (GTK_ENTRY (page->key), "");
  g_signal_emit (page, signals[SIGNAL_BACK], 0);
}

static void
on_key (HarkRestorePage *page)
{
  gtk_widget_set_sensitive (page->restore, gtk_entry_get_text_length (GTK_ENTRY (page->key)) > 0);
}

void
hark_restore_page_set_file (HarkRestorePage *page, const char *path)
{
  g_autofree char *base = path ? g_path_get_basename (path) : NULL;
  g_autofree char *shown = base ? hark_words_shown (base, 64) : NULL;

  g_return_if_fail (HARK_IS_RESTORE_PAGE (page));

  g_free (page->path);
  page->path = g_strdup (path);
  gtk_button_set_label (GTK_BUTTON (page->file), shown ? shown : _ ("Choose a Backup…"));
  gtk_label_set_text_with_mnemonic (GTK_LABEL (page->key_name),
                                    path ? _ ("24 _words, or the backup's passphrase")
                                         : _ ("24 _words"));
}

static void
on_file (HarkRestorePage *page)
{
  GtkWidget *top = gtk_widget_get_toplevel (GTK_WIDGET (page));
  g_autoptr (GtkFileChooserNative) chooser
    = gtk_file_chooser_native_new (_ ("Choose a Backup"), GTK_WINDOW (top),
                                   GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Choose"), _ ("_Cancel"));
  g_autofree char *path = NULL;

  if (hark_question_choose (chooser))
    path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser));
  if (is_closed (page))
    return;
  if (path)
    hark_restore_page_set_file (page, path);
  gtk_widget_grab_focus (page->key);
}

/* ---- life ---- */

static void
hark_restore_page_finalize (GObject *object)
{
  HarkRestorePage *page = HARK_RESTORE_PAGE (object);

  g_free (page->profile);
  g_free (page->name);
  g_free (page->path);
  hark_words_free (page->passphrase);
  G_OBJECT_CLASS (hark_restore_page_parent_class)->finalize (object);
}

static void
hark_restore_page_class_init (HarkRestorePageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hark_restore_page_finalize;
  signals[SIGNAL_DONE]
    = g_signal_new ("done", HARK_TYPE_RESTORE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SIGNAL_BACK] = g_signal_new ("back", HARK_TYPE_RESTORE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
new_text (const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 42);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  if (class)
    hark_widget_class (label, class, true);
  return label;
}

static GtkWidget *
new_entry (const char *spoken)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  hark_widget_spoken (entry, spoken);
  return entry;
}

/* Above @entry, so that it stays to be read. */
static GtkWidget *
new_name (const char *text, GtkWidget *entry)
{
  GtkWidget *label = gtk_label_new (text);

  hark_widget_wrap (label);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 42);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), entry);
  return label;
}

static GtkWidget *
new_button (HarkRestorePage *page, const char *label, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  g_signal_connect_swapped (button, "clicked", clicked, page);
  return button;
}

static GtkWidget *
new_form (HarkRestorePage *page)
{
  GtkWidget *form = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  page->file = new_button (page, _ ("Choose a Backup…"), G_CALLBACK (on_file));
  page->key = new_entry (_ ("24 words, or the backup's passphrase"));
  page->key_name = new_name (NULL, page->key);
  page->secret = new_entry (_ ("Passphrase"));
  gtk_entry_set_visibility (GTK_ENTRY (page->secret), FALSE);
  gtk_entry_set_input_purpose (GTK_ENTRY (page->secret), GTK_INPUT_PURPOSE_PASSWORD);
  page->problem = new_text (NULL, "problem");
  gtk_widget_set_no_show_all (page->problem, TRUE);
  page->back = new_button (page, _ ("Back"), G_CALLBACK (on_back));
  page->restore = new_button (page, _ ("Restore"), G_CALLBACK (on_restore));
  gtk_widget_set_can_default (page->restore, TRUE);
  gtk_widget_set_sensitive (page->restore, FALSE);
  hark_widget_class (page->restore, "suggested-action", true);
  g_signal_connect_swapped (page->key, "changed", G_CALLBACK (on_key), page);
  gtk_box_set_homogeneous (GTK_BOX (buttons), TRUE);
  gtk_box_pack_start (GTK_BOX (buttons), page->back, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (buttons), page->restore, TRUE, TRUE, 0);
  gtk_container_add (GTK_CONTAINER (form), new_text (_ ("Bring Your Account Back"), "title"));
  gtk_container_add (
    GTK_CONTAINER (form),
    new_text (_ ("A backup brings contacts and messages back. Without one, leave it out: the 24 "
                 "words alone bring back the account."),
              NULL));
  gtk_container_add (GTK_CONTAINER (form), page->file);
  gtk_container_add (GTK_CONTAINER (form), page->key_name);
  gtk_container_add (GTK_CONTAINER (form), page->key);
  gtk_container_add (
    GTK_CONTAINER (form),
    new_name (_ ("New passphrase, asked for at every start (optional)"), page->secret));
  gtk_container_add (GTK_CONTAINER (form), page->secret);
  gtk_container_add (GTK_CONTAINER (form), page->problem);
  gtk_container_add (GTK_CONTAINER (form), buttons);
  return form;
}

static GtkWidget *
new_result (HarkRestorePage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *open = new_button (page, _ ("Open Hark"), G_CALLBACK (on_open));

  page->result = new_text (NULL, NULL);
  hark_widget_class (open, "suggested-action", true);
  gtk_container_add (GTK_CONTAINER (box), new_text (_ ("Your account is back"), "title"));
  gtk_container_add (GTK_CONTAINER (box), page->result);
  gtk_container_add (GTK_CONTAINER (box), open);
  return box;
}

static void
hark_restore_page_init (HarkRestorePage *page)
{
  page->stack = gtk_stack_new ();
  gtk_stack_set_vhomogeneous (GTK_STACK (page->stack), FALSE);
  gtk_stack_add_named (GTK_STACK (page->stack), new_form (page), "form");
  gtk_stack_add_named (GTK_STACK (page->stack), new_result (page), "result");
  gtk_box_pack_start (GTK_BOX (page), page->stack, TRUE, TRUE, 0);
  gtk_widget_show_all (page->stack);
}

void
hark_restore_page_begin (HarkRestorePage *page, const char *dir, const char *name)
{
  g_return_if_fail (HARK_IS_RESTORE_PAGE (page));

  g_free (page->profile);
  page->profile = g_strdup (dir);
  g_free (page->name);
  page->name = g_strdup (name);
  hark_restore_page_set_file (page, NULL);
  gtk_widget_hide (page->problem);
  gtk_stack_set_visible_child_name (GTK_STACK (page->stack), "form");
  gtk_widget_grab_focus (page->key);
  gtk_widget_grab_default (page->restore);
}
