#include "ui/welcome/welcome-page.h"

#include "core/hark.h"
#include "ui/core-words.h"
#include "ui/settings/settings.h"
#include "ui/welcome/restore-page.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

struct _HarkWelcomePage {
  GtkBin parent_instance;
  char *profile;
  char *passphrase; /* of the profile that was made; NULL for none */
  GtkWidget *clamp;
  GtkWidget *stack;
  GtkWidget *name;
  GtkWidget *secret;
  GtkWidget *restore;
  GtkWidget *show_words;
  GtkWidget *words;
  GtkWidget *start;
  GtkWidget *problem;
};

G_DEFINE_TYPE (HarkWelcomePage, hark_welcome_page, GTK_TYPE_BIN)

static guint signal_done;

/* What the thread that makes the profile works on. */
typedef struct {
  char *profile, *name, *passphrase;
  char *new_words;
} Making;

static void
making_free (void *data)
{
  Making *making = data;

  g_free (making->profile);
  g_free (making->name);
  hark_words_free (making->passphrase);
  hark_words_free (making->new_words);
  g_free (making);
}

/* A passphrase takes half a second, by intention; the window goes on. */
static void
make (GTask *task, void *source, void *data, GCancellable *cancellable)
{
  Making *making = data;
  GError *error = NULL;

  (void) source;
  (void) cancellable;
  if (hark_profile_create (making->profile, making->name, making->passphrase, NULL,
                           &making->new_words, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
done (HarkWelcomePage *page)
{
  char *passphrase = g_steal_pointer (&page->passphrase);

  gtk_widget_set_sensitive (GTK_WIDGET (page), FALSE); /* once is enough */
  gtk_label_set_text (GTK_LABEL (page->words), "");
  g_signal_emit (page, signal_done, 0, passphrase);
  hark_words_free (passphrase);
}

static void
on_made (GObject *source, GAsyncResult *result, void *data)
{
  HarkWelcomePage *page = HARK_WELCOME_PAGE (source);
  Making *making = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  (void) data;
  if (!gtk_widget_get_parent (GTK_WIDGET (page)))
    return; /* closed meanwhile */
  gtk_widget_set_sensitive (page->start, TRUE);
  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    hark_core_words_translate (&error->message);
    gtk_label_set_text (GTK_LABEL (page->problem), error->message);
    gtk_widget_show (page->problem);
    return;
  }
  hark_words_free (page->passphrase);
  page->passphrase = g_steal_pointer (&making->passphrase);
  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (page->show_words)) && making->new_words) {
    gtk_label_set_text (GTK_LABEL (page->words), making->new_words);
    hark_settings_set_flag (hark_settings_get (), HARK_SET_WORDS_SEEN, true);
    gtk_stack_set_visible_child_name (GTK_STACK (page->stack), "words");
    return;
  }
  done (page);
}

static char *
text_or_null (GtkWidget *entry)
{
  const char *text = gtk_entry_get_text (GTK_ENTRY (entry));

  return *text ? g_strdup (text) : NULL;
}

static void
on_start (HarkWelcomePage *page)
{
  g_autoptr (GTask) task = g_task_new (page, NULL, on_made, NULL);
  Making *making = g_new0 (Making, 1);

  making->profile = g_strdup (page->profile);
  making->name = g_strdup (gtk_entry_get_text (GTK_ENTRY (page->name)));
  g_strstrip (making->name);
  making->passphrase = text_or_null (page->secret);
  gtk_widget_hide (page->problem);
  gtk_widget_set_sensitive (page->start, FALSE);
  g_task_set_task_data (task, making, making_free);
  g_task_run_in_thread (task, make);
}

static void
on_have_account (HarkWelcomePage *page)
{
  gtk_stack_set_visible_child_name (GTK_STACK (page->stack), "restore");
  hark_restore_page_begin (HARK_RESTORE_PAGE (page->restore), page->profile,
                           gtk_entry_get_text (GTK_ENTRY (page->name)));
}

static void
on_back (HarkWelcomePage *page)
{
  gtk_stack_set_visible_child_name (GTK_STACK (page->stack), "name");
  gtk_widget_grab_focus (page->name);
  gtk_widget_grab_default (page->start);
}

static void
on_restored (HarkWelcomePage *page, const char *passphrase)
{
  g_signal_emit (page, signal_done, 0, passphrase);
}

static void
on_name_changed (HarkWelcomePage *page)
{
  g_autofree char *name = g_strdup (gtk_entry_get_text (GTK_ENTRY (page->name)));

  g_strstrip (name);
  gtk_widget_set_sensitive (page->start, *name != '\0' && strlen (name) <= 48);
}

static void
hark_welcome_page_finalize (GObject *object)
{
  HarkWelcomePage *page = HARK_WELCOME_PAGE (object);

  g_free (page->profile);
  hark_words_free (page->passphrase);
  G_OBJECT_CLASS (hark_welcome_page_parent_class)->finalize (object);
}

static void
hark_welcome_page_class_init (HarkWelcomePageClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = hark_welcome_page_finalize;
  signal_done = g_signal_new ("done", HARK_TYPE_WELCOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  g_type_ensure (HARK_TYPE_RESTORE_PAGE);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/welcome-page.ui");
  gtk_widget_class_bind_template_child (widgets, HarkWelcomePage, clamp);
  gtk_widget_class_bind_template_child (widgets, HarkWelcomePage, stack);
  gtk_widget_class_bind_template_child (widgets, HarkWelcomePage, name);
  gtk_widget_class_bind_template_child (widgets, HarkWelcomePage, secret);
  gtk_widget_class_bind_template_child (widgets, HarkWelcomePage, restore);
  gtk_widget_class_bind_template_child (widgets, HarkWelcomePage, show_words);
  gtk_widget_class_bind_template_child (widgets, HarkWelcomePage, words);
  gtk_widget_class_bind_template_child (widgets, HarkWelcomePage, start);
  gtk_widget_class_bind_template_child (widgets, HarkWelcomePage, problem);
  gtk_widget_class_bind_template_callback (widgets, on_start);
  gtk_widget_class_bind_template_callback (widgets, on_have_account);
  gtk_widget_class_bind_template_callback (widgets, on_back);
  gtk_widget_class_bind_template_callback (widgets, on_restored);
  gtk_widget_class_bind_template_callback (widgets, on_name_changed);
  gtk_widget_class_bind_template_callback (widgets, done);
}

/* The login's real name without what some systems put behind it, else the login. */
static char *
guess_name (void)
{
  g_auto (GStrv) parts = g_strsplit (g_get_real_name (), ",", 2);
  const char *name = parts[0] ? parts[0] : "";

  if (*name == '\0' || strcmp (name, "Unknown") == 0 || strlen (name) > 48)
    name = g_get_user_name ();
  return g_utf8_make_valid (name, -1);
}

static void
hark_welcome_page_init (HarkWelcomePage *page)
{
  g_autofree char *name = guess_name ();

  gtk_widget_init_template (GTK_WIDGET (page));
  hark_widget_limit_bytes (GTK_WIDGET (page->name));
  hark_widget_widen (page->clamp);
  hark_widget_spoken (page->name, _ ("Your name"));
  hark_widget_spoken (page->secret, _ ("Passphrase"));
  gtk_entry_set_text (GTK_ENTRY (page->name), name);
}

void
hark_welcome_page_set_profile (HarkWelcomePage *page, const char *dir)
{
  g_return_if_fail (HARK_IS_WELCOME_PAGE (page));

  g_free (page->profile);
  page->profile = g_strdup (dir);
  gtk_widget_set_sensitive (GTK_WIDGET (page), TRUE); /* also after everything was deleted */
  gtk_widget_set_sensitive (page->restore, TRUE);
  gtk_entry_set_text (GTK_ENTRY (page->secret), "");
  on_back (page);
}
