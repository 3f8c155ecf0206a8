#include "tests/ui/screen.h"

#include "ui/by-frame.h"
#include "ui/focus-kept.h"
#include "ui/model/chats.h"
#include "ui/resources.h"
#include "ui/widgets.h"
#include "ui/window-actions.h"

#include <string.h>

static HarkClient *client;

/* Some of it comes with the next picture. */
static bool
is_waiting (void)
{
  g_autoptr (GList) tops = gtk_window_list_toplevels ();

  for (GList *at = tops; at; at = at->next)
    if (gtk_widget_get_realized (at->data) && hark_by_frame_waits (at->data))
      return true;
  return false;
}

void
screen_settle (void)
{
  for (int i = 0; i < 6 || is_waiting (); i++) {
    while (gtk_events_pending ())
      gtk_main_iteration ();
    g_usleep (2000);
  }
}

static void
add_person (uint8_t n, const char *name, HarkPresence presence)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);

  event->person = fake_person (n, name, HARK_PERSON_ACCEPTED);
  event->person->presence = presence;
  fake_engine_emit (event);
}

HarkWindow *
screen_open (void)
{
  const HarkEngineConfig config = {0};
  HarkWindow *window;
  HarkEvent *event;

  g_resources_register (hark_ui_get_resource ());
  hdy_init ();
  hark_widget_load_style ();
  hark_widget_switch_at_once ();
  hark_focus_keep ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  client = hark_client_new ();
  hark_chats_follow (client);
  window = hark_window_new (NULL, client);
  hark_window_actions_add (window);
  g_assert_true (hark_client_start (client, &config, NULL));
  event = hark_event_new (HARK_EVENT_READY);
  event->name = g_strdup ("Alice");
  fake_engine_emit (event);
  add_person (1, "Bob", HARK_PRESENCE_OFFLINE);
  add_person (2, "Carol", HARK_PRESENCE_ONLINE);
  hark_window_main (window);
  gtk_window_present (GTK_WINDOW (window));
  screen_settle ();
  return window;
}

void
screen_close (HarkWindow *window)
{
  gtk_widget_destroy (GTK_WIDGET (window));
  hark_client_stop (client);
  g_clear_object (&client);
  screen_settle ();
}

HarkClient *
screen_client (void)
{
  return client;
}

HarkPersonItem *
screen_person (uint8_t n)
{
  uint8_t account[HARK_ACCOUNT_LEN];

  memset (account, n, sizeof account);
  return hark_client_find (client, account);
}

static bool
fits (const char *text, const char *name)
{
  if (!text)
    return false;
  return *name == '*' ? strstr (text, name + 1) != NULL : strcmp (text, name) == 0;
}

static bool
is_named (GtkWidget *widget, const char *name)
{
  if (GTK_IS_LABEL (widget))
    return fits (gtk_label_get_text (GTK_LABEL (widget)), name);
  if (GTK_IS_BUTTON (widget) && fits (gtk_button_get_label (GTK_BUTTON (widget)), name))
    return true;
  return fits (atk_object_get_name (gtk_widget_get_accessible (widget)), name);
}

typedef struct {
  GType type;
  const char *name;
  GtkWidget *found;
} Search;

static void
search (GtkWidget *widget, void *data)
{
  Search *wanted = data;

  if (wanted->found || !gtk_widget_get_visible (widget) || !gtk_widget_get_child_visible (widget)
      || gtk_widget_get_opacity (widget) <= 0)
    return;
  if (g_type_is_a (G_OBJECT_TYPE (widget), wanted->type) && is_named (widget, wanted->name))
    wanted->found = widget;
  else if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), search, wanted);
}

GtkWidget *
screen_find (GtkWidget *root, GType type, const char *name)
{
  Search wanted = {.type = type, .name = name};

  screen_settle ();
  search (root, &wanted);
  return wanted.found;
}

GtkWidget *
screen_dialog (GType type)
{
  g_autoptr (GList) tops = gtk_window_list_toplevels ();

  screen_settle ();
  for (GList *at = tops; at; at = at->next)
    if (g_type_is_a (G_OBJECT_TYPE (at->data), type) && gtk_widget_get_visible (at->data))
      return at->data;
  return NULL;
}

GtkWidget *
screen_open_dialog (HarkWindow *window, const char *action, GType type)
{
  GtkWidget *dialog;

  g_action_group_activate_action (G_ACTION_GROUP (window), action, NULL);
  dialog = screen_dialog (type);
  g_assert_nonnull (dialog);
  return dialog;
}

static gboolean
on_draw (GtkWidget *widget, cairo_t *cr, unsigned *times)
{
  (void) widget;
  (void) cr;
  (*times)++;
  return GDK_EVENT_PROPAGATE;
}

void
screen_count_draws (GtkWidget *widget, unsigned *times)
{
  g_signal_connect (widget, "draw", G_CALLBACK (on_draw), times);
}

void
screen_click (GtkWidget *root, const char *name)
{
  GtkWidget *button = screen_find (root, GTK_TYPE_BUTTON, name);

  if (!button)
    g_error ("there is no button \"%s\"", name);
  g_assert_true (gtk_widget_is_sensitive (button));
  gtk_button_clicked (GTK_BUTTON (button));
  screen_settle ();
}

static char *
text_of (GObject *object, const char *property)
{
  char *text;

  g_object_get (object, property, &text, NULL);
  return text;
}

static void
on_set (GObject *object, GParamSpec *property, unsigned *times)
{
  char *text = text_of (object, property->name);

  if (g_strcmp0 (text, g_object_get_data (object, property->name)) == 0)
    (*times)++;
  g_object_set_data_full (object, property->name, text, g_free);
}

static void
watch_one (GtkWidget *widget, const char *property, unsigned *times)
{
  g_autofree char *signal = g_strconcat ("notify::", property, NULL);

  g_object_set_data_full (G_OBJECT (widget), property, text_of (G_OBJECT (widget), property),
                          g_free);
  g_signal_connect (widget, signal, G_CALLBACK (on_set), times);
}

static void
watch (GtkWidget *widget, void *times)
{
  watch_one (widget, "tooltip-text", times);
  if (GTK_IS_IMAGE (widget))
    watch_one (widget, "icon-name", times);
  else if (GTK_IS_BUTTON (widget) || GTK_IS_LABEL (widget))
    watch_one (widget, "label", times);
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), watch, times);
}

void
screen_watch (GtkWidget *root, unsigned *times)
{
  watch (root, times);
}

void
screen_say (HarkMessage *message)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE);

  event->message = message;
  fake_engine_emit (event);
  screen_settle ();
}
