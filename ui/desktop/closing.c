#include "ui/desktop/closing.h"

#include "ui/questions.h"
#include "ui/settings/settings.h"

#include <glib/gi18n.h>
#include <string.h>

struct _HarkClosing {
  GObject parent_instance;
  GApplication *application; /* owns us */
  HarkTray *tray;
  bool unique;
  bool held;
};

G_DEFINE_TYPE (HarkClosing, hark_closing, G_TYPE_OBJECT)

/* ---- what holds ---- */

static bool
comes_back (HarkClosing *closing)
{
  return closing->unique || (closing->tray && hark_tray_is_shown (closing->tray));
}

static bool
was_said (void)
{
  g_autofree char *text = hark_settings_get_text (hark_settings_get (), HARK_SET_BACKGROUND);

  return *text != '\0';
}

static bool
stays (HarkClosing *closing)
{
  bool shown = closing->tray && hark_tray_is_shown (closing->tray);

  if (!was_said ())
    return shown;
  return hark_settings_get_flag (hark_settings_get (), HARK_SET_BACKGROUND) && comes_back (closing);
}

static void
follow (HarkClosing *closing)
{
  bool held = stays (closing);

  if (held && !closing->held)
    g_application_hold (closing->application);
  else if (!held && closing->held)
    g_application_release (closing->application);
  closing->held = held;
}

/* ---- the window is closed ---- */

static int
ask (GtkWindow *window)
{
  GtkWidget *dialog = gtk_message_dialog_new (
    window, GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_QUESTION,
    GTK_BUTTONS_NONE, "%s", _ ("Stay reachable when the window is closed?"));

  gtk_message_dialog_format_secondary_text (
    GTK_MESSAGE_DIALOG (dialog), "%s",
    _ ("Messages and calls then still come in. Start Hark again to bring the window back. The "
       "preferences have this, too."));
  gtk_dialog_add_button (GTK_DIALOG (dialog), _ ("_Quit"), GTK_RESPONSE_NO);
  gtk_dialog_add_button (GTK_DIALOG (dialog), _ ("_Stay Reachable"), GTK_RESPONSE_YES);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_YES);
  return hark_question_run (dialog);
}

/* The icon alone might not be noticed; once is enough. */
static void
tell (HarkClosing *closing)
{
  g_autoptr (GNotification) notice = g_notification_new (_ ("Hark stays reachable"));

  g_notification_set_body (
    notice, _ ("Its icon in the panel brings the window back. The preferences change this."));
  g_notification_set_default_action (notice, "app.raise");
  g_application_send_notification (closing->application, "stays", notice);
}

bool
hark_closing_hides (HarkClosing *closing, GtkWindow *window, bool runs)
{
  g_return_val_if_fail (HARK_IS_CLOSING (closing), false);

  if (!runs)
    return false;
  if (!was_said () && closing->held) {
    hark_settings_set_flag (hark_settings_get (), HARK_SET_BACKGROUND, true);
    tell (closing);
  } else if (!was_said () && comes_back (closing)) {
    int answer = ask (window);

    if (answer != GTK_RESPONSE_YES && answer != GTK_RESPONSE_NO)
      return true; /* neither: the window stays where it is */
    hark_settings_set_flag (hark_settings_get (), HARK_SET_BACKGROUND, answer == GTK_RESPONSE_YES);
  }
  if (closing->held)
    gtk_widget_hide (GTK_WIDGET (window));
  return closing->held;
}

/* ---- life ---- */

static void
hark_closing_dispose (GObject *object)
{
  g_clear_object (&HARK_CLOSING (object)->tray);
  G_OBJECT_CLASS (hark_closing_parent_class)->dispose (object);
}

static void
hark_closing_class_init (HarkClosingClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_closing_dispose;
}

static void
hark_closing_init (HarkClosing *closing)
{
  (void) closing;
}

HarkClosing *
hark_closing_new (GApplication *application, HarkTray *tray, bool unique)
{
  HarkClosing *closing = g_object_new (HARK_TYPE_CLOSING, NULL);

  closing->application = application;
  closing->tray = tray ? g_object_ref (tray) : NULL;
  closing->unique = unique;
  g_signal_connect_object (hark_settings_get (), "changed", G_CALLBACK (follow), closing,
                           G_CONNECT_SWAPPED);
  if (tray)
    g_signal_connect_object (tray, "changed", G_CALLBACK (follow), closing, G_CONNECT_SWAPPED);
  follow (closing);
  return closing;
}
