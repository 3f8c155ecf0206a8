#include "ui/settings/frame.h"

#include "ui/settings/rows.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>

struct _HarkPreferences {
  HdyPreferencesWindow parent_instance;
  HarkClient *client;
  char *profile;
  GPtrArray *pages;    /* the window owns them */
  GPtrArray *restarts; /* groups that offer it, one a page */
};

G_DEFINE_TYPE (HarkPreferences, hark_preferences, HDY_TYPE_PREFERENCES_WINDOW)

HarkClient *
hark_preferences_get_client (HarkPreferences *window)
{
  return window->client;
}

const char *
hark_preferences_get_profile (HarkPreferences *window)
{
  return window->profile;
}

static void
on_restart (HarkPreferences *window)
{
  g_signal_emit_by_name (window, "restart");
}

void
hark_preferences_later (HarkPreferences *window)
{
  for (guint i = 0; i < window->restarts->len; i++)
    gtk_widget_show (window->restarts->pdata[i]);
}

void
hark_preferences_add_restart (HarkPreferences *window, GtkWidget *page)
{
  GtkWidget *group = hark_row_group (page, NULL, NULL);
  GtkWidget *button = hark_row_button (group, _ ("Connect anew for this to take effect"),
                                       _ ("A call would end."), _ ("Connect _Anew"));

  hark_widget_class (button, "suggested-action", true);
  gtk_widget_hide (group);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_restart), window);
  g_ptr_array_add (window->restarts, group);
}

void
hark_preferences_show (HarkPreferences *window, unsigned page)
{
  GtkWidget *stack;

  g_return_if_fail (HARK_IS_PREFERENCES (window) && page < window->pages->len);

  stack = gtk_widget_get_ancestor (window->pages->pdata[page], GTK_TYPE_STACK);
  gtk_stack_set_visible_child (GTK_STACK (stack), window->pages->pdata[page]);
}

static void
hark_preferences_finalize (GObject *object)
{
  HarkPreferences *window = HARK_PREFERENCES (object);

  g_object_unref (window->client);
  g_ptr_array_unref (window->restarts);
  g_ptr_array_unref (window->pages);
  g_free (window->profile);
  G_OBJECT_CLASS (hark_preferences_parent_class)->finalize (object);
}

static void
hark_preferences_class_init (HarkPreferencesClass *klass)
{
  static const char *const names[] = {"restart", "lock", "erase"};

  G_OBJECT_CLASS (klass)->finalize = hark_preferences_finalize;
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    g_signal_new (names[i], HARK_TYPE_PREFERENCES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
}

static void
hark_preferences_init (HarkPreferences *window)
{
  window->restarts = g_ptr_array_new ();
  window->pages = g_ptr_array_new ();
}

void
hark_preferences_add (HarkPreferences *window, GtkWidget *page)
{
  gtk_container_add (GTK_CONTAINER (window), page);
  g_ptr_array_add (window->pages, page);
}

HarkPreferences *
hark_preferences_frame_new (GtkWindow *parent, HarkClient *client, const char *profile)
{
  HarkPreferences *window
    = g_object_new (HARK_TYPE_PREFERENCES, "transient-for", parent, "title", _ ("Preferences"),
                    "default-width", 640, "default-height", 620, "search-enabled", FALSE, NULL);

  window->client = g_object_ref (client);
  window->profile = g_strdup (profile);
  hark_widget_fit (GTK_WIDGET (window));
  return window;
}
