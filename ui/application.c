#include "ui/application.h"

#include "ui/chat-window.h"
#include "ui/chat/giving.h"
#include "ui/desktop/absence.h"
#include "ui/desktop/bus.h"
#include "ui/desktop/call-actions.h"
#include "ui/desktop/closing.h"
#include "ui/desktop/costs.h"
#include "ui/desktop/global-keys.h"
#include "ui/desktop/launcher.h"
#include "ui/desktop/notices.h"
#include "ui/desktop/person-hex.h"
#include "ui/desktop/quiet.h"
#include "ui/desktop/sounds.h"
#include "ui/desktop/tray.h"
#include "ui/files/words-dialog.h"
#include "ui/focus-kept.h"
#include "ui/keys.h"
#include "ui/language.h"
#include "ui/model/calls.h"
#include "ui/model/chats.h"
#include "ui/model/group-talk.h"
#include "ui/model/reading.h"
#include "ui/network/network-file.h"
#include "ui/opener.h"
#include "ui/questions.h"
#include "ui/resources.h"
#include "ui/settings/preferences.h"
#include "ui/settings/settings.h"
#include "ui/theme-once.h"
#include "ui/widgets.h"
#include "ui/window-actions.h"
#include "ui/window-place.h"
#include "ui/window.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

struct _HarkApplication {
  GtkApplication parent_instance;
  const HarkEngineConfig *config;
  HarkClient *client;
  HarkOpener *opener;
  HarkWindow *window;
  HarkNotices *notices;
  HarkTray *tray;         /* NULL: no session bus */
  HarkLauncher *launcher; /* NULL likewise */
  HarkGlobalKeys *keys;   /* NULL likewise */
  HarkClosing *closing;
  HarkBus *bus;       /* NULL: not on the session bus */
  char *link;         /* to add once the engine runs */
  bool in_background; /* the first activation shows no window */
  guint inhibited;    /* while a call is on; 0: not */
};

G_DEFINE_TYPE (HarkApplication, hark_application, GTK_TYPE_APPLICATION)

enum { SIGNAL_ENGINE_STARTED, SIGNAL_ENGINE_STOPPING, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- the engine ---- */

static void on_restart (HarkApplication *application);

static void
on_joined (void *data)
{
  on_restart (data);
}

/* Where the user is; dialogs belong to it. */
static GtkWindow *
front (HarkApplication *application)
{
  HarkChatWindow *own = hark_chat_window_in_front ();

  return own ? GTK_WINDOW (own) : GTK_WINDOW (application->window);
}

/* A link can only fill in a dialog, and a file only ask a question. */
static void
open_link (HarkApplication *application)
{
  g_autofree char *link = g_steal_pointer (&application->link);

  if (hark_network_file_is (link))
    hark_network_file_join (GTK_WINDOW (application->window), application->client, link, on_joined,
                            application);
  else
    hark_window_add (application->window, link);
}

static void
on_opened (HarkApplication *application)
{
  g_signal_emit (application, signals[SIGNAL_ENGINE_STARTED], 0);
  if (!application->window)
    return; /* closed meanwhile */
  hark_window_main (application->window);
  if (application->link)
    open_link (application);
}

/* Dialogs, and conversations in windows of their own. */
static bool
goes_with_account (HarkApplication *application, GtkWindow *top)
{
  GtkWindow *above = gtk_window_get_transient_for (top);

  return HARK_IS_CHAT_WINDOW (top)
         || (above && (HARK_IS_CHAT_WINDOW (above) || above == GTK_WINDOW (application->window))
             && gtk_widget_get_visible (GTK_WIDGET (top)) /* else it goes by itself */
             && gtk_window_get_window_type (top) == GTK_WINDOW_TOPLEVEL); /* a tooltip is GTK's */
}

static void
close_windows (HarkApplication *application)
{
  GList *tops = gtk_window_list_toplevels ();

  /* one may take others with it: menus of what is in it */
  g_list_foreach (tops, (GFunc) (void (*) (void)) g_object_ref, NULL);
  for (GList *at = tops; at; at = at->next)
    if (goes_with_account (application, at->data))
      gtk_widget_destroy (at->data);
  g_list_free_full (tops, g_object_unref);
}

/* Nothing of what was open is left on the screen or in the models. */
static void
shut (HarkApplication *application)
{
  hark_questions_end ();
  close_windows (application);
  hark_window_keep_place (application->window);
  g_signal_emit (application, signals[SIGNAL_ENGINE_STOPPING], 0);
  hark_client_stop (application->client);
  hark_client_forget (application->client);
  if (application->bus)
    hark_bus_refresh (application->bus);
}

static void
on_restart (HarkApplication *application)
{
  shut (application);
  hark_opener_begin (application->opener);
}

static void
on_erase (HarkApplication *application)
{
  g_autoptr (GError) error = NULL;

  shut (application);
  if (hark_profile_erase (application->config->profile, &error)) {
    hark_settings_set_flag (hark_settings_get (), HARK_SET_WORDS_SEEN, false);
    hark_opener_begin (application->opener);
  } else
    hark_entrance_fail (hark_window_get_entrance (application->window), error->message);
}

/* @page: as hark_preferences_show() counts */
static void
open_preferences (HarkApplication *application, unsigned page)
{
  GtkWidget *preferences;

  if (!application->window || !hark_client_get_engine (application->client))
    return;
  preferences
    = hark_preferences_new (front (application), application->client, application->config->profile);
  g_signal_connect_object (preferences, "restart", G_CALLBACK (on_restart), application,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (preferences, "lock", G_CALLBACK (on_restart), application,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (preferences, "erase", G_CALLBACK (on_erase), application,
                           G_CONNECT_SWAPPED);
  hark_preferences_show (HARK_PREFERENCES (preferences), page);
  gtk_window_present (GTK_WINDOW (preferences));
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  open_preferences (data, HARK_PREFERENCES_GENERAL);
}

static void
on_sound_check (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  open_preferences (data, HARK_PREFERENCES_CALLS);
}

/* Locked with the keys that make it: with the passphrase; where there is none, that is set first.
 */
static void
on_lock (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkApplication *application = data;

  (void) action;
  (void) parameter;
  if (!application->window || !hark_client_get_engine (application->client))
    return;
  if (hark_profile_needs_passphrase (application->config->profile))
    on_restart (application);
  else
    open_preferences (application, HARK_PREFERENCES_ACCOUNT);
}

/* A computer that falls asleep ends the call. */
static void
inhibit (HarkApplication *application)
{
  bool on
    = hark_client_get_call_on (application->client) || hark_group_talk_get (application->client);

  if (on && application->inhibited == 0)
    application->inhibited
      = gtk_application_inhibit (GTK_APPLICATION (application), GTK_WINDOW (application->window),
                                 GTK_APPLICATION_INHIBIT_SUSPEND, _ ("A call is on"));
  else if (!on && application->inhibited != 0) {
    gtk_application_uninhibit (GTK_APPLICATION (application), application->inhibited);
    application->inhibited = 0;
  }
}

/* ---- actions ---- */

static void
on_show (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkApplication *application = data;
  HarkPersonItem *person
    = hark_person_of_hex (application->client, g_variant_get_string (parameter, NULL));

  (void) action;
  if (!application->window)
    return;
  if (!person || !hark_chat_window_of (person))
    gtk_window_present (GTK_WINDOW (application->window));
  if (person)
    hark_window_open (application->window, person);
}

/* @words: (nullable): NULL: the user chooses what to give, files or @folders. */
static void
on_hand_over (HarkApplication *application, const char *words, gboolean folders)
{
  GtkWindow *window = GTK_WINDOW (application->window);
  g_auto (GStrv) paths = words ? NULL
                               : hark_giving_choose_paths (GTK_WIDGET (window),
                                                           folders ? _ ("Give a Folder by Words")
                                                                   : _ ("Give Files by Words"),
                                                           folders);

  if (!words && !paths)
    return;
  gtk_window_present (GTK_WINDOW (hark_words_dialog_new (
    window, application->client, application->config, (const char *const *) paths, words)));
}

static void
on_mark_read (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkApplication *application = data;
  HarkPersonItem *person
    = hark_person_of_hex (application->client, g_variant_get_string (parameter, NULL));

  (void) action;
  if (person)
    hark_reading_mark_all (application->client, person);
}

/* From a notification: what somebody offers is taken. */
static void
on_take (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkClient *client = HARK_APPLICATION (data)->client;

  (void) action;
  if (hark_client_get_engine (client))
    hark_client_send_transfer (client, HARK_COMMAND_TAKE, g_variant_get_uint64 (parameter));
}

/* From a notification: into the call of a group, and to what is written there. */
static void
on_join (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkClient *client = HARK_APPLICATION (data)->client;
  HarkPersonItem *group = hark_person_of_hex (client, g_variant_get_string (parameter, NULL));

  on_show (action, parameter, data);
  if (group && hark_person_item_get_group (group))
    hark_client_send_to (client, HARK_COMMAND_GROUP_CALL_JOIN, group);
}

static void
on_raise (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  g_application_activate (data);
}

static void
on_about (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkApplication *application = data;

  (void) action;
  (void) parameter;
  gtk_show_about_dialog (front (application), "program-name", "Hark", "version", HARK_VERSION,
                         "logo-icon-name", "org.hark.Hark", "license-type", GTK_LICENSE_GPL_3_0,
                         "comments", _ ("Talk, write and pass files straight to people you know."),
                         "translator-credits",
                         /* Translators: your names, one a line */ _ ("translator-credits"), NULL);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  if (HARK_APPLICATION (data)->window)
    hark_window_place_keep (GTK_WINDOW (HARK_APPLICATION (data)->window), HARK_WINDOW_PLACE_MAIN);
  hark_application_quit (data); /* the window stays: one of its keys brought us here */
}

static const GActionEntry entries[] = {
  {.name = "show",         .activate = on_show,         .parameter_type = "s"},
  {.name = "read",                      .activate = on_mark_read,                                    .parameter_type = "s"},
  {.name = "take", .activate = on_take,.parameter_type = "t"},
  {.name = "preferences",   .activate = on_preferences                },
  {.name = "sound-check",  .activate = on_sound_check},
  {.name = "lock",  .activate = on_lock },
  {.name = "raise",         .activate = on_raise               },
  {.name = "join",        .activate = on_join,       .parameter_type = "s"},
  {.name = "about",         .activate = on_about         },
  {.name = "quit",                      .activate = on_quit                                  },
};

/* ---- what was chosen for this desktop ---- */

static void
on_setting (HarkApplication *application, const char *key)
{
  HarkSettings *settings = hark_settings_get ();
  g_autofree char *look = hark_settings_get_text (settings, HARK_SET_APPEARANCE);

  (void) application;
  (void) key;
  hdy_style_manager_set_color_scheme (hdy_style_manager_get_default (),
                                      strcmp (look, "dark") == 0 ? HDY_COLOR_SCHEME_FORCE_DARK
                                      : strcmp (look, "light") == 0
                                        ? HDY_COLOR_SCHEME_FORCE_LIGHT
                                        : HDY_COLOR_SCHEME_PREFER_LIGHT);
}

/* Closed, it is hidden when the user wants to stay reachable: what is shown comes back as it was.
 */
static gboolean
on_delete (HarkApplication *application)
{
  hark_window_place_keep (GTK_WINDOW (application->window), HARK_WINDOW_PLACE_MAIN);
  return hark_closing_hides (application->closing, GTK_WINDOW (application->window),
                             hark_client_get_engine (application->client) != NULL);
}

/* ---- life ---- */

/* The panel, the sounds, and what closing means. */
static void
join_desktop (HarkApplication *application)
{
  GApplication *self = G_APPLICATION (application);
  GDBusConnection *bus = g_application_get_dbus_connection (self);
  bool unique = (g_application_get_flags (self) & G_APPLICATION_NON_UNIQUE) == 0;

  if (bus) {
    application->tray = hark_tray_new (bus, self, application->client);
    application->launcher = hark_launcher_new (bus, application->client);
    application->keys = hark_global_keys_new (application->client, bus);
    hark_absence_follow (application->client, bus);
    hark_quiet_follow (bus);
  }
  application->closing = hark_closing_new (self, application->tray, unique);
  hark_sounds_follow (application->client);
  hark_costs_follow (application->client);
}

/* GTK would end the process as well, but say no more than "cannot open display". */
static void
need_screen (void)
{
  if (gtk_init_check (NULL, NULL))
    return;
  g_printerr ("hark: %s\n",
              _ ("There is no screen to show a window on. Without one, hark-cli does the same: see "
                 "hark-cli --help."));
  _exit (EXIT_FAILURE); /* the engine's threads run already and have nothing to save */
}

static void
hark_application_startup (GApplication *gapplication)
{
  GtkApplication *application = GTK_APPLICATION (gapplication);

  /* else the session bus may have the window come later */
  if ((g_application_get_flags (gapplication) & G_APPLICATION_IS_SERVICE) == 0)
    hark_opener_start_early (HARK_APPLICATION (application)->opener);
  hark_theme_hold ();
  need_screen ();
  G_APPLICATION_CLASS (hark_application_parent_class)->startup (gapplication);
  g_resources_register (hark_ui_get_resource ());
  hdy_init ();
  hark_language_turn ();
  g_set_application_name ("Hark");
  hark_widget_load_style ();
  hark_widget_switch_at_once ();
  hark_focus_keep ();
  g_signal_connect_object (hark_settings_get (), "changed", G_CALLBACK (on_setting), application,
                           G_CONNECT_SWAPPED);
  on_setting (HARK_APPLICATION (application), NULL);
  hark_theme_read ();
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries),
                                   application);
  hark_call_actions_add (G_ACTION_MAP (application), HARK_APPLICATION (application)->client,
                         HARK_APPLICATION (application)->notices);
  join_desktop (HARK_APPLICATION (application));
  hark_keys_set (application);
}

static void
hark_application_activate (GApplication *gapplication)
{
  HarkApplication *application = HARK_APPLICATION (gapplication);

  if (!application->window) {
    application->window = hark_window_new (GTK_APPLICATION (application), application->client);
    hark_window_actions_add (application->window);
    g_object_add_weak_pointer (G_OBJECT (application->window), (gpointer *) &application->window);
    hark_notices_set_window (application->notices, GTK_WINDOW (application->window));
    hark_network_file_drop_set (GTK_WIDGET (application->window), GTK_APPLICATION (application),
                                application->client);
    hark_window_place_restore (GTK_WINDOW (application->window), HARK_WINDOW_PLACE_MAIN);
    g_signal_connect_object (application->window, "delete-event", G_CALLBACK (on_delete),
                             application, G_CONNECT_SWAPPED);
    g_signal_connect_object (application->window, "hand-over", G_CALLBACK (on_hand_over),
                             application, G_CONNECT_SWAPPED);
    hark_opener_set_window (application->opener, application->window);
    hark_opener_begin (application->opener);
    if (application->in_background && hark_client_get_engine (application->client)) {
      application->in_background = false;
      return; /* started with the desktop; the window comes when it is asked for */
    }
  }
  gtk_window_present (GTK_WINDOW (application->window));
}

static void
hark_application_open (GApplication *gapplication, GFile **files, int n_files, const char *hint)
{
  HarkApplication *application = HARK_APPLICATION (gapplication);
  g_autofree char *link = n_files > 0 ? g_file_get_uri (files[0]) : NULL;

  (void) hint;
  g_application_activate (gapplication);
  if (!link || !application->window)
    return;
  g_free (application->link);
  application->link = g_steal_pointer (&link);
  if (hark_client_get_engine (application->client))
    open_link (application);
}

static void
hark_application_shutdown (GApplication *gapplication)
{
  HarkApplication *application = HARK_APPLICATION (gapplication);

  if (application->window)
    hark_window_keep_place (application->window);
  close_windows (application); /* what is half written in them is kept */
  g_signal_emit (application, signals[SIGNAL_ENGINE_STOPPING], 0);
  if (application->window) { /* it would stand there for as long as the engine takes */
    gtk_widget_hide (GTK_WIDGET (application->window));
    gdk_display_flush (gdk_display_get_default ());
  }
  hark_client_stop (application->client);
  g_clear_object (&application->closing);
  g_clear_object (&application->tray);
  g_clear_pointer (&application->launcher, hark_launcher_free);
  g_clear_pointer (&application->keys, hark_global_keys_free);
  G_APPLICATION_CLASS (hark_application_parent_class)->shutdown (gapplication);
}

static gboolean
hark_application_dbus_register (GApplication *gapplication,
                                GDBusConnection *connection,
                                const char *path,
                                GError **error)
{
  HarkApplication *application = HARK_APPLICATION (gapplication);

  if (!G_APPLICATION_CLASS (hark_application_parent_class)
         ->dbus_register (gapplication, connection, path, error))
    return FALSE;
  application->bus = hark_bus_new (connection, path, application->config->profile, gapplication,
                                   application->client, error);
  return application->bus != NULL;
}

static void
hark_application_dbus_unregister (GApplication *gapplication,
                                  GDBusConnection *connection,
                                  const char *path)
{
  g_clear_object (&HARK_APPLICATION (gapplication)->bus);
  G_APPLICATION_CLASS (hark_application_parent_class)
    ->dbus_unregister (gapplication, connection, path);
}

static void
hark_application_finalize (GObject *object)
{
  HarkApplication *application = HARK_APPLICATION (object);

  g_clear_weak_pointer (&application->window);
  g_object_unref (application->notices);
  g_object_unref (application->opener);
  g_object_unref (application->client);
  g_free (application->link);
  G_OBJECT_CLASS (hark_application_parent_class)->finalize (object);
}

static void
hark_application_class_init (HarkApplicationClass *klass)
{
  GApplicationClass *application = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = hark_application_finalize;
  application->startup = hark_application_startup;
  application->activate = hark_application_activate;
  application->open = hark_application_open;
  application->shutdown = hark_application_shutdown;
  application->dbus_register = hark_application_dbus_register;
  application->dbus_unregister = hark_application_dbus_unregister;
  signals[SIGNAL_ENGINE_STARTED]
    = g_signal_new ("engine-started", HARK_TYPE_APPLICATION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 0);
  signals[SIGNAL_ENGINE_STOPPING]
    = g_signal_new ("engine-stopping", HARK_TYPE_APPLICATION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
}

static void
hark_application_init (HarkApplication *application)
{
  application->client = hark_client_new ();
  hark_chats_follow (application->client);
  hark_group_talk_follow (application->client);
  application->notices = hark_notices_new (G_APPLICATION (application), application->client);
  g_signal_connect_object (application->client, "call", G_CALLBACK (inhibit), application,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (application->client, "told", G_CALLBACK (inhibit), application,
                           G_CONNECT_SWAPPED);
}

HarkApplication *
hark_application_new (const HarkEngineConfig *config, bool unique)
{
  HarkApplication *application
    = g_object_new (HARK_TYPE_APPLICATION, "application-id", "org.hark.Hark", "flags",
                    G_APPLICATION_HANDLES_OPEN | (unique ? 0 : G_APPLICATION_NON_UNIQUE), NULL);

  application->config = config;
  application->opener = hark_opener_new (config, application->client);
  g_signal_connect_object (application->opener, "opened", G_CALLBACK (on_opened), application,
                           G_CONNECT_SWAPPED);
  return application;
}

void
hark_application_start_hidden (HarkApplication *application)
{
  g_return_if_fail (HARK_IS_APPLICATION (application));

  application->in_background = true;
}

void
hark_application_quit (HarkApplication *application)
{
  g_return_if_fail (HARK_IS_APPLICATION (application));

  hark_questions_end ();
  g_application_quit (G_APPLICATION (application));
}

HarkClient *
hark_application_get_client (HarkApplication *application)
{
  g_return_val_if_fail (HARK_IS_APPLICATION (application), NULL);

  return application->client;
}
