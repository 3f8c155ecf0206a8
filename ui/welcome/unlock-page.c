#include "ui/welcome/unlock-page.h"

#include "ui/core-words.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>

struct _HarkUnlockPage {
  GtkBin parent_instance;
  GtkWidget *clamp;
  GtkWidget *secret;
  GtkWidget *unlock;
  GtkWidget *problem;
};

G_DEFINE_TYPE (HarkUnlockPage, hark_unlock_page, GTK_TYPE_BIN)

static guint signal_unlock;

static void
on_unlock (HarkUnlockPage *page)
{
  gtk_widget_hide (page->problem);
  gtk_button_set_label (GTK_BUTTON (page->unlock), _ ("Unlocking…"));
  gtk_widget_set_sensitive (page->unlock, FALSE);
  gtk_widget_set_sensitive (page->secret, FALSE);
  g_signal_emit (page, signal_unlock, 0, gtk_entry_get_text (GTK_ENTRY (page->secret)));
}

static void
on_changed (HarkUnlockPage *page)
{
  gtk_widget_set_sensitive (page->unlock, gtk_entry_get_text_length (GTK_ENTRY (page->secret)) > 0);
}

static void
hark_unlock_page_class_init (HarkUnlockPageClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  signal_unlock = g_signal_new ("unlock", HARK_TYPE_UNLOCK_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/unlock-page.ui");
  gtk_widget_class_bind_template_child (widgets, HarkUnlockPage, clamp);
  gtk_widget_class_bind_template_child (widgets, HarkUnlockPage, secret);
  gtk_widget_class_bind_template_child (widgets, HarkUnlockPage, unlock);
  gtk_widget_class_bind_template_child (widgets, HarkUnlockPage, problem);
  gtk_widget_class_bind_template_callback (widgets, on_unlock);
  gtk_widget_class_bind_template_callback (widgets, on_changed);
}

static void
hark_unlock_page_init (HarkUnlockPage *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));
  hark_widget_widen (page->clamp);
  hark_widget_spoken (page->secret, _ ("Passphrase"));
}

void
hark_unlock_page_ask (HarkUnlockPage *page)
{
  g_return_if_fail (HARK_IS_UNLOCK_PAGE (page));

  gtk_button_set_label (GTK_BUTTON (page->unlock), _ ("Unlock"));
  gtk_widget_set_sensitive (page->secret, TRUE);
  gtk_entry_set_text (GTK_ENTRY (page->secret), "");
  gtk_widget_grab_focus (page->secret);
  gtk_widget_grab_default (page->unlock);
}

void
hark_unlock_page_refuse (HarkUnlockPage *page, const char *problem)
{
  g_autofree char *text = hark_core_words (problem);

  g_return_if_fail (HARK_IS_UNLOCK_PAGE (page));

  hark_unlock_page_ask (page);
  gtk_label_set_text (GTK_LABEL (page->problem), text);
  gtk_widget_show (page->problem);
}
