/* The program on a session bus: its own interface, through gdbus as a script would use it, and the
 * icon in the panel, with a panel that only remembers. */
#include "tests/ui/fake-engine.h"
#include "ui/application.h"
#include "ui/chat-window.h"
#include "ui/desktop/quiet.h"
#include "ui/settings/settings.h"
#include "ui/window.h"

#include <string.h>

static HarkApplication *application;

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
on_over (GObject *source, GAsyncResult *result, void *data)
{
  char **output = data;
  g_autofree char *errors = NULL;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, output, &errors, NULL);
  if (*output && **output == '\0') {
    g_free (*output);
    *output = g_steal_pointer (&errors);
  }
}

/* (transfer full): what gdbus said of a call, or of its refusal. @arguments: with quotes, as in a
 * shell. */
static char *
gdbus (const char *arguments)
{
  g_autofree char *line = g_strconcat ("gdbus ", arguments, NULL);
  g_auto (GStrv) words = NULL;
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  char *output = NULL;

  g_assert_true (g_shell_parse_argv (line, NULL, &words, &error));
  child
    = g_subprocess_newv ((const char *const *) words,
                         G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (child, NULL, NULL, on_over, &output);
  while (!output)
    g_main_context_iteration (NULL, TRUE);
  return output;
}

static char *
call (const char *rest)
{
  g_autofree char *line = g_strconcat ("call --session --dest org.hark.Hark --object-path "
                                       "/org/hark/Hark --method ",
                                       rest, NULL);

  return gdbus (line);
}

static void
assert_call (const char *rest, const char *wanted)
{
  g_autofree char *said = call (rest);

  if (!strstr (said, wanted))
    g_test_message ("%s: %s", rest, said);
  g_assert_nonnull (strstr (said, wanted));
}

static bool is_idle;              /* as the engine was told */
static uint64_t taken;            /* transfer; 0: none */
static HarkCommandKind last_kind; /* about a call */
static uint64_t last_call;
static GString *seen; /* ids of messages, and how */

static HarkMessage *
new_past_call (uint8_t person, uint64_t length_ms)
{
  HarkMessage *call = fake_message (person, 1, length_ms > 0, "");

  call->type = HARK_MESSAGE_IS_CALL;
  call->sent_ms = 1000;
  call->ref = length_ms;
  return call;
}

static HarkMessage *
new_file (uint8_t person, uint64_t position)
{
  HarkMessage *file = fake_message (person, position, false, "photos");

  file->type = HARK_MESSAGE_IS_FILE;
  return file;
}

/* What the engine would say to each command; true: it was taken. */
static bool
on_command (HarkCommand *command)
{
  HarkEvent *event = fake_engine_answer (command);

  if (command->call != 0) {
    last_kind = command->kind;
    last_call = command->call;
  }
  if (command->kind == HARK_COMMAND_READ)
    g_string_append_printf (seen, "%u %s;", command->id[0], command->how ? command->how : "told");
  if (command->kind == HARK_COMMAND_GROUP_CALL_LEAVE)
    last_kind = command->kind;
  if (command->kind == HARK_COMMAND_IDLE)
    is_idle = command->on;
  if (command->kind == HARK_COMMAND_TAKE)
    taken = command->transfer;
  if (command->kind == HARK_COMMAND_STATUS) {
    event->people = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_person_free);
    g_ptr_array_add (event->people, fake_person (1, "Bob", HARK_PERSON_ACCEPTED));
    g_ptr_array_add (event->people, fake_person (2, "Carol", HARK_PERSON_ACCEPTED));
  } else if (command->kind == HARK_COMMAND_HISTORY) {
    event->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_message_free);
    g_ptr_array_add (event->messages, new_file (1, 3));
    g_ptr_array_add (event->messages, fake_message (1, 2, false, "second"));
    g_ptr_array_add (event->messages, fake_message (1, 1, true, "first"));
  } else if (command->kind == HARK_COMMAND_CALLS) {
    event->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_message_free);
    g_ptr_array_add (event->messages, new_past_call (2, 192000));
    g_ptr_array_add (event->messages, new_past_call (1, 0));
  } else if (command->kind == HARK_COMMAND_SEND) {
    event->ok = strcmp (command->text, "refuse me") != 0;
    event->text = event->ok ? NULL : g_strdup ("The disk refused it.");
    memset (event->id, 0xab, sizeof event->id);
  }
  fake_engine_emit (event);
  hark_command_free (command);
  return true;
}

static void
start (void)
{
  static const HarkEngineConfig config = {.profile = "/nonexistent"};
  g_autoptr (GError) error = NULL;

  fake_engine_set_profile (false, NULL); /* one that is there opens at once */
  fake_engine_on_command (on_command);
  application = hark_application_new (&config, true);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, &error));
  g_assert_no_error (error);
}

static void
tell_call (HarkCallPhase phase, bool muted)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CALL);

  event->call = g_new0 (HarkCall, 1);
  event->call->id = 7;
  event->call->phase = phase;
  event->call->muted = muted;
  memset (event->call->contact, 1, sizeof event->call->contact);
  fake_engine_emit (event);
  settle ();
}

static HarkEvent *
new_stats (HarkEventKind kind, HarkCallStats **ret_stats)
{
  HarkEvent *event = hark_event_new (kind);
  HarkGroupLine *line;

  if (kind == HARK_EVENT_CALL_STATS) {
    *ret_stats = event->call_stats = g_new0 (HarkCallStats, 1);
    return event;
  }
  line = g_new0 (HarkGroupLine, 1);
  memset (event->of_group, 9, HARK_MESSAGE_ID_LEN);
  memset (line->account, 2, sizeof line->account);
  event->lines = hark_group_lines_new ();
  g_ptr_array_add (event->lines, line);
  *ret_stats = &line->stats;
  return event;
}

static void
tell_stats (HarkEventKind kind, uint64_t call, double loss)
{
  HarkCallStats *stats;
  HarkEvent *event = new_stats (kind, &stats);

  *stats = (HarkCallStats){
    .call = call, .rtt_ms = 40, .loss_in = 0.01, .loss_out = loss, .path = HARK_PATH_DIRECT};
  fake_engine_emit (event);
  settle ();
}

static void
tell_group_call (HarkGroupCallPhase phase, bool rings)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP_CALL);
  HarkGroupCallPerson *person = g_new0 (HarkGroupCallPerson, 1);

  event->group_call = g_new0 (HarkGroupCall, 1);
  memset (event->group_call->group, 9, HARK_MESSAGE_ID_LEN);
  event->group_call->phase = phase;
  event->group_call->rings = rings;
  event->group_call->people = hark_group_call_people_new ();
  memset (person->account, 2, sizeof person->account);
  person->name = g_strdup ("Carol");
  g_ptr_array_add (event->group_call->people, person);
  fake_engine_emit (event);
  settle ();
}

static void
test_closed (void)
{
  assert_call ("org.hark.Hark.ListContacts", "Error.NotOpen");
  assert_call ("org.freedesktop.DBus.Properties.Get org.hark.Hark Open", "false");
  fake_engine_set_profile (true, NULL);
  g_application_activate (G_APPLICATION (application));
  fake_engine_emit (hark_event_new (HARK_EVENT_READY));
  settle ();
  assert_call ("org.freedesktop.DBus.Properties.Get org.hark.Hark Open", "true");
}

static void
test_introspection (void)
{
  g_autofree char *said = gdbus ("introspect --session --dest org.hark.Hark --object-path "
                                 "/org/hark/Hark");

  g_assert_nonnull (strstr (said, "PushToTalk"));
  g_assert_nonnull (strstr (said, "MessageReceived"));
  g_assert_nonnull (strstr (said, "readonly s CallState = 'none'"));
}

static void
test_messages (void)
{
  assert_call ("org.hark.Hark.ListContacts", "'Carol', 'offline', 0, false)");
  assert_call ("org.hark.Hark.SendMessage Bob 'hello there'", "abababab");
  assert_call ("org.hark.Hark.SendMessage Bob 'refuse me'", "The disk refused it.");
  assert_call ("org.hark.Hark.SendMessage Nobody hello", "Error.NoContact");
  assert_call ("org.hark.Hark.ListMessages Bob 10", "true, '', 'You: first')");
  assert_call ("org.hark.Hark.ListMessages Bob 10", "false, 'Bob', 'second')");
  assert_call ("org.hark.Hark.ListCalls 10",
               "1000, true, false, uint64 192000, 'You called, 3:12')");
  assert_call ("org.hark.Hark.ListCalls 10", "1000, false, true, 0, 'Missed call')");
}

static void
count_read (unsigned *n)
{
  ++*n;
}

/* A file was seen, and who wrote what is before it is told: as when the window shows both. */
static void
test_read (void)
{
  HarkClient *client = hark_application_get_client (application);
  HarkPersonItem *bob = g_list_model_get_item (hark_client_get_people (client), 0);
  unsigned n = 0;
  gulong handler = g_signal_connect_swapped (client, "read", G_CALLBACK (count_read), &n);

  hark_person_item_set_unread (bob, 2);
  g_string_truncate (seen, 0);
  assert_call ("org.hark.Hark.MarkRead Bob", "()");
  g_assert_cmpstr (seen->str, ==, "3 here;2 told;");
  g_assert_cmpuint (n, ==, 1); /* notices of it go */
  assert_call ("org.freedesktop.DBus.Properties.Get org.hark.Hark Unread", "0");
  assert_call ("org.hark.Hark.MarkRead Bob", "()");
  g_assert_cmpuint (n, ==, 1);

  /* its notice's button, while what stands above is looked at */
  hark_person_item_set_at_end (bob, false);
  hark_person_item_set_unread (bob, 1);
  g_string_truncate (seen, 0);
  g_action_group_activate_action (
    G_ACTION_GROUP (application), "read",
    g_variant_new_take_string (hark_hex (hark_person_item_get (bob)->account, HARK_ACCOUNT_LEN)));
  g_assert_cmpstr (seen->str, ==, "3 here;2 told;");
  g_assert_cmpuint (hark_person_item_get_unread (bob), ==, 0);
  hark_person_item_set_at_end (bob, true);
  g_signal_handler_disconnect (client, handler);
  g_object_unref (bob);
}

static void
test_call (void)
{
  assert_call ("org.hark.Hark.Answer", "Error.NoCall");
  assert_call ("org.hark.Hark.Call Bob", "()");
  tell_call (HARK_RINGING, false);
  assert_call ("org.freedesktop.DBus.Properties.Get org.hark.Hark CallState", "incoming");
  assert_call ("org.freedesktop.DBus.Properties.Get org.hark.Hark CallName", "Bob");
  assert_call ("org.hark.Hark.Answer", "()");
  g_assert_cmpint (last_kind, ==, HARK_COMMAND_ANSWER);
  g_assert_cmpuint (last_call, ==, 7);
  tell_call (HARK_ACTIVE, true);
  assert_call ("org.hark.Hark.ListCallLines", "(@a(ssddss) [],)");
  tell_stats (HARK_EVENT_CALL_STATS, 7, 0.25);
  assert_call ("org.hark.Hark.ListCallLines", "'Bob', 40.0, 0.25, 'direct', '')]");
  assert_call ("org.freedesktop.DBus.Properties.Get org.hark.Hark Muted", "true");
  assert_call ("org.hark.Hark.PushToTalk true", "()");
  g_assert_cmpint (last_kind, ==, HARK_COMMAND_UNMUTE);
  tell_call (HARK_ENDED, false);
  assert_call ("org.hark.Hark.HangUp", "Error.NoCall");
  assert_call ("org.hark.Hark.ListCallLines", "Error.NoCall");
}

/* Figures are those of this call: not of one that was before, nor of another group's. */
static void
test_group_call (void)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP);

  event->group = fake_group (9, "Choir", HARK_GROUP_IS_JOINED);
  fake_engine_emit (event);
  tell_stats (HARK_EVENT_GROUP_STATS, 0, 0.5); /* we are not in it */
  tell_group_call (HARK_GROUP_CALL_ON, false);
  assert_call ("org.hark.Hark.ListCallLines", "Error.NoCall");
  tell_group_call (HARK_GROUP_CALL_JOINED, false);
  assert_call ("org.freedesktop.DBus.Properties.Get org.hark.Hark CallName", "Choir");
  assert_call ("org.hark.Hark.ListCallLines", "(@a(ssddss) [],)");
  tell_stats (HARK_EVENT_GROUP_STATS, 0, 0.125);
  tell_group_call (HARK_GROUP_CALL_JOINED, false); /* somebody was muted: figures stay */
  assert_call ("org.hark.Hark.ListCallLines", "'Carol', 40.0, 0.125, 'direct', '')]");
  assert_call ("org.hark.Hark.HangUp", "()");
  g_assert_cmpint (last_kind, ==, HARK_COMMAND_GROUP_CALL_LEAVE);
  tell_group_call (HARK_GROUP_CALL_ON, false);
  assert_call ("org.hark.Hark.ListCallLines", "Error.NoCall");
  tell_group_call (HARK_GROUP_CALL_JOINED, false);
  assert_call ("org.hark.Hark.ListCallLines", "(@a(ssddss) [],)");
  tell_group_call (HARK_GROUP_CALL_OVER, false);
}

/* ---- the icon in the panel ---- */

static const char watcher_xml[]
  = "<node><interface name='org.kde.StatusNotifierWatcher'><method "
    "name='RegisterStatusNotifierItem'><arg type='s' direction='in'/></method></interface></node>";

static char *item; /* what was registered: bus name and path */

static void
on_watcher (GDBusConnection *connection,
            const char *sender,
            const char *path,
            const char *interface,
            const char *method,
            GVariant *arguments,
            GDBusMethodInvocation *invocation,
            void *data)
{
  const char *where;

  (void) connection;
  (void) path;
  (void) interface;
  (void) method;
  (void) data;
  g_variant_get (arguments, "(&s)", &where);
  g_free (item);
  item = g_strdup_printf ("--dest %s --object-path %s", sender, where);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
assert_item (const char *path, const char *rest, const char *wanted)
{
  g_autofree char *line = g_strdup_printf ("call --session %s%s --method %s", item, path, rest);
  g_autofree char *said = gdbus (line);

  if (!strstr (said, wanted))
    g_test_message ("%s: %s", rest, said);
  g_assert_nonnull (strstr (said, wanted));
}

static void
test_tray (void)
{
  static const GDBusInterfaceVTable vtable = {.method_call = on_watcher};
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GDBusConnection) panel = g_dbus_connection_new_for_address_sync (
    address,
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
    NULL, NULL, NULL);
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (watcher_xml, NULL);
  guint name;

  g_dbus_connection_register_object (panel, "/StatusNotifierWatcher", node->interfaces[0], &vtable,
                                     NULL, NULL, NULL);
  name = g_bus_own_name_on_connection (panel, "org.kde.StatusNotifierWatcher",
                                       G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);
  while (!item)
    g_main_context_iteration (NULL, TRUE);
  assert_item ("", "org.freedesktop.DBus.Properties.Get org.kde.StatusNotifierItem Status",
               "Active");
  assert_item ("/Menu", "com.canonical.dbusmenu.GetLayout -- 0 -1 []", "_Show Hark");
  tell_call (HARK_ACTIVE, false);
  assert_item ("", "org.freedesktop.DBus.Properties.Get org.kde.StatusNotifierItem Status",
               "NeedsAttention");
  assert_item ("/Menu", "com.canonical.dbusmenu.Event 3 clicked '<0>' 0", "()");
  g_assert_cmpint (last_kind, ==, HARK_COMMAND_HANGUP);
  tell_call (HARK_ENDED, false);
  g_bus_unown_name (name);
  g_clear_pointer (&item, g_free);
}

/* ---- the icon in the launcher ---- */

static char *launched; /* what was said last */

static void
on_update (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *name,
           GVariant *arguments,
           void *data)
{
  (void) connection;
  (void) sender;
  (void) path;
  (void) interface;
  (void) name;
  (void) data;
  g_free (launched);
  launched = g_variant_print (arguments, FALSE);
}

static void
tell_file (HarkFileState state, uint64_t id, uint64_t bytes)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_FILE_STATE);

  event->transfer = fake_transfer (1, id, true, "film.mkv");
  event->transfer->state = state;
  event->transfer->size = 1000;
  event->transfer->bytes = bytes;
  fake_engine_emit (event);
}

static void
wait_launcher (const char *wanted)
{
  while (!launched || !strstr (launched, wanted))
    g_main_context_iteration (NULL, TRUE);
}

static void
test_launcher (void)
{
  GDBusConnection *bus = g_application_get_dbus_connection (G_APPLICATION (application));
  guint watch = g_dbus_connection_signal_subscribe (bus, NULL, "com.canonical.Unity.LauncherEntry",
                                                    "Update", NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                    on_update, NULL, NULL);
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE);

  tell_file (HARK_FILE_MOVING, 1, 500);
  tell_file (HARK_FILE_MOVING, 2, 0);
  wait_launcher ("'progress': <0.25>");
  g_assert_nonnull (strstr (launched, "'application://org.hark.Hark.desktop'"));
  g_assert_nonnull (strstr (launched, "'progress-visible': <true>"));
  g_assert_nonnull (strstr (launched, "'count-visible': <false>"));
  tell_file (HARK_FILE_DONE, 1, 1000); /* counts until all of them are over */
  wait_launcher ("'progress': <0.5>");
  tell_file (HARK_FILE_DONE, 2, 1000);
  wait_launcher ("'progress-visible': <false>");
  event->message = fake_message (1, 9, false, "Are you there?");
  fake_engine_emit (event);
  wait_launcher ("'count': <int64 1>");
  g_assert_nonnull (strstr (launched, "'count-visible': <true>"));
  g_dbus_connection_signal_unsubscribe (bus, watch);
  g_clear_pointer (&launched, g_free);
}

/* ---- nobody there, and nobody to be disturbed ---- */

static void
lock_screen (const char *signal, bool on)
{
  GDBusConnection *bus = g_application_get_dbus_connection (G_APPLICATION (application));
  g_autofree char *line = g_strdup_printf ("emit --session --object-path /saver --signal %s %s",
                                           signal, on ? "true" : "false");

  g_free (gdbus (line));
  g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetId",
                               NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  settle (); /* what came before the answer */
}

static void
test_away (void)
{
  lock_screen ("org.gnome.ScreenSaver.ActiveChanged", true);
  g_assert_true (is_idle);
  lock_screen ("org.gnome.Somebody.ActiveChanged", false); /* no screen */
  g_assert_true (is_idle);
  lock_screen ("org.freedesktop.ScreenSaver.ActiveChanged", false);
  g_assert_false (is_idle);
  hark_settings_set_flag (hark_settings_get (), HARK_SET_AWAY, false);
  lock_screen ("org.gnome.ScreenSaver.ActiveChanged", true);
  g_assert_false (is_idle); /* not to be told */
  hark_settings_set_flag (hark_settings_get (), HARK_SET_AWAY, true);
  g_assert_true (is_idle);
  lock_screen ("org.gnome.ScreenSaver.ActiveChanged", false);
  g_assert_false (is_idle);
}

static const char server_xml[]
  = "<node><interface name='org.freedesktop.Notifications'>"
    "<property name='Inhibited' type='b' access='read'/>"
    "<method name='Notify'><arg type='s' direction='in'/>"
    "<arg type='u' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='as' direction='in'/><arg type='a{sv}' direction='in'/>"
    "<arg type='i' direction='in'/><arg type='u' direction='out'/>"
    "</method><method name='CloseNotification'><arg type='u' direction='in'/>"
    "</method><signal name='ActionInvoked'><arg type='u'/>"
    "<arg type='s'/></signal>"
    "</interface></node>";

static char *noticed;    /* what was to be shown last */
static unsigned notices; /* that were to be shown */
static unsigned closed;  /* that were taken back */

static void
on_notify (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *method,
           GVariant *arguments,
           GDBusMethodInvocation *invocation,
           void *data)
{
  (void) connection;
  (void) sender;
  (void) path;
  (void) interface;
  (void) data;
  if (strcmp (method, "CloseNotification") == 0) {
    closed++;
    g_dbus_method_invocation_return_value (invocation, NULL);
    return;
  }
  notices++;
  g_free (noticed);
  noticed = g_variant_print (arguments, FALSE);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", notices));
}

static GVariant *
on_inhibited (GDBusConnection *connection,
              const char *sender,
              const char *path,
              const char *interface,
              const char *name,
              GError **error,
              void *data)
{
  (void) connection;
  (void) sender;
  (void) path;
  (void) interface;
  (void) name;
  (void) error;
  (void) data;
  return g_variant_new_boolean (TRUE);
}

/* A file that is offered can be taken from the notice. */
static void
check_notice (GDBusConnection *bus)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  gtk_widget_hide (GTK_WIDGET (window)); /* what is seen is no news */
  while (gtk_window_is_active (window))
    g_main_context_iteration (NULL, TRUE);
  event->message = fake_message (2, 3, false, "film.mkv");
  event->message->type = HARK_MESSAGE_IS_FILE;
  event->message->ref = 44;
  fake_engine_emit (event);
  while (!noticed)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (noticed, "'app.take(uint64 44)', 'Accept'"));
  g_assert_nonnull (strstr (noticed, "'category': <'im.received'>"));
  while (taken == 0) { /* until the number of the notice is known */
    g_dbus_connection_emit_signal (bus, NULL, "/org/freedesktop/Notifications",
                                   "org.freedesktop.Notifications", "ActionInvoked",
                                   g_variant_new ("(us)", notices, "app.take(uint64 44)"), NULL);
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpuint (taken, ==, 44);
  g_clear_pointer (&noticed, g_free);
}

/* In a window of its own only that conversation is looked at. */
static void
check_own_notice (void)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));
  HarkClient *client = hark_application_get_client (application);
  uint8_t account[HARK_ACCOUNT_LEN];
  HarkEvent *event;
  GtkWidget *own;

  memset (account, 2, sizeof account);
  hark_window_tear_off (HARK_WINDOW (window), hark_client_find (client, account));
  own = GTK_WIDGET (hark_chat_window_of (hark_client_find (client, account)));
  gdk_window_focus (gtk_widget_get_window (own), GDK_CURRENT_TIME); /* nobody manages windows */
  while (!gtk_window_is_active (GTK_WINDOW (own)))
    g_main_context_iteration (NULL, TRUE);
  for (uint8_t n = 2; n > 0; n--) {
    event = hark_event_new (HARK_EVENT_MESSAGE);
    event->message = fake_message (n, 20, false, n == 2 ? "seen there" : "not seen");
    fake_engine_emit (event);
  }
  while (!noticed)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (noticed, "not seen"));
  g_assert_cmpuint (notices, ==, 1);
  g_clear_pointer (&noticed, g_free);
  gtk_widget_destroy (own);
}

/* A group's call is told once, with a button that goes into it. */
static void
check_group_notice (GDBusConnection *bus)
{
  tell_group_call (HARK_GROUP_CALL_ON, true);
  while (!noticed)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (noticed, "Choir"));
  g_assert_nonnull (strstr (noticed, "app.join::09090909"));
  g_assert_nonnull (strstr (noticed, "'Join'"));
  g_clear_pointer (&noticed, g_free);
  tell_group_call (HARK_GROUP_CALL_ON, true);
  g_dbus_connection_flush_sync (bus, NULL, NULL);
  g_free (call ("org.hark.Hark.ListContacts")); /* whatever was sent before has come */
  settle ();
  g_assert_null (noticed);
  tell_group_call (HARK_GROUP_CALL_OVER, false);
}

/* What was told of somebody goes with them, and so with all when the profile is locked. */
static void
check_taken_back (void)
{
  HarkClient *client = hark_application_get_client (application);
  HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);

  event->person = fake_person (1, "Bob", HARK_PERSON_REMOVED);
  fake_engine_emit (event);
  while (closed < 2) /* the call of the group, which ended, and what Bob wrote */
    g_main_context_iteration (NULL, TRUE);
  tell_group_call (HARK_GROUP_CALL_ON, true);
  while (!noticed)
    g_main_context_iteration (NULL, TRUE);
  g_clear_pointer (&noticed, g_free);
  hark_client_stop (client);
  hark_client_forget (client);
  while (closed < 3)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_notices (void)
{
  static const GDBusInterfaceVTable vtable
    = {.method_call = on_notify, .get_property = on_inhibited};
  GDBusConnection *bus = g_application_get_dbus_connection (G_APPLICATION (application));
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (server_xml, NULL);
  guint object, name;

  g_assert_false (hark_quiet_is_wanted ());
  object = g_dbus_connection_register_object (bus, "/org/freedesktop/Notifications",
                                              node->interfaces[0], &vtable, NULL, NULL, NULL);
  name = g_bus_own_name_on_connection (bus, "org.freedesktop.Notifications",
                                       G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);
  while (!hark_quiet_is_wanted ())
    g_main_context_iteration (NULL, TRUE);
  check_own_notice ();
  check_notice (bus);
  check_group_notice (bus);
  check_taken_back ();
  g_bus_unown_name (name);
  g_dbus_connection_unregister_object (bus, object);
  while (hark_quiet_is_wanted ())
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  seen = g_string_new (NULL);
  start ();
  g_test_add_func ("/bus/is-there-before-a-profile-is-open", test_closed);
  g_test_add_func ("/bus/describes-itself", test_introspection);
  g_test_add_func ("/bus/lists-and-sends-messages", test_messages);
  g_test_add_func ("/bus/what-was-seen-is-told", test_read);
  g_test_add_func ("/bus/answers-mutes-and-hangs-up", test_call);
  g_test_add_func ("/bus/lists-who-is-heard-in-a-groups-call", test_group_call);
  g_test_add_func ("/tray/shows-a-call-and-ends-it", test_tray);
  g_test_add_func ("/launcher/shows-files-under-way-and-what-is-unread", test_launcher);
  g_test_add_func ("/desktop/locked-screen-means-away", test_away);
  g_test_add_func ("/desktop/notice-offers-to-take-a-file-and-quiet-is-heard", test_notices);
  return g_test_run ();
}
