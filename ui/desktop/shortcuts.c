#include "ui/desktop/shortcuts.h"

#include <string.h>

#define PORTAL "org.freedesktop.portal.Desktop"
#define PATH "/org/freedesktop/portal/desktop"
#define INTERFACE "org.freedesktop.portal.GlobalShortcuts"

typedef void (*Answered) (HarkShortcuts *shortcuts, GVariant *results);

struct _HarkShortcuts {
  GDBusConnection *bus;
  GCancellable *cancellable;
  const HarkShortcut *wanted;
  const HarkShortcutsTells *tells;
  void *data;
  Answered answered;
  char *session; /* nullable */
  guint answer;  /* subscriptions */
  guint signals;
  guint closed;
  guint watch; /* of the portal's name */
  guint requests;
};

static void
unsubscribe (HarkShortcuts *shortcuts, guint *subscription)
{
  if (*subscription)
    g_dbus_connection_signal_unsubscribe (shortcuts->bus, *subscription);
  *subscription = 0;
}

static void
stop (HarkShortcuts *shortcuts)
{
  g_cancellable_cancel (shortcuts->cancellable);
  unsubscribe (shortcuts, &shortcuts->answer);
  unsubscribe (shortcuts, &shortcuts->signals);
  unsubscribe (shortcuts, &shortcuts->closed);
  if (shortcuts->watch)
    g_bus_unwatch_name (shortcuts->watch);
  shortcuts->watch = 0;
  g_clear_pointer (&shortcuts->session, g_free);
}

static void
end (HarkShortcuts *shortcuts)
{
  stop (shortcuts);
  shortcuts->tells->ended (shortcuts->data);
}

/* ---- asking ---- */

static void
on_answer (GDBusConnection *bus,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *arguments,
           void *data)
{
  HarkShortcuts *shortcuts = data;
  g_autoptr (GVariant) results = NULL;
  guint32 code;

  (void) bus, (void) sender, (void) path, (void) interface, (void) signal;
  unsubscribe (shortcuts, &shortcuts->answer);
  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ua{sv})"))) {
    end (shortcuts);
    return;
  }
  g_variant_get (arguments, "(u@a{sv})", &code, &results);
  if (code != 0)
    end (shortcuts); /* the user would not, or the desktop cannot */
  else
    shortcuts->answered (shortcuts, results);
}

static void
on_called (GObject *source, GAsyncResult *result, void *data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (!reply && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    end (data);
}

/* A token of ours names the object that the answer comes from, so that it can be waited for before
 * it is asked. */
static const char *
expect (HarkShortcuts *shortcuts, Answered answered, char token[32])
{
  g_autofree char *name = g_strdup (g_dbus_connection_get_unique_name (shortcuts->bus) + 1);
  g_autofree char *path = NULL;

  g_snprintf (token, 32, "hark%08x%u", g_random_int (), shortcuts->requests++);
  path = g_strdup_printf (PATH "/request/%s/%s", g_strdelimit (name, ".", '_'), token);
  shortcuts->answered = answered;
  unsubscribe (shortcuts, &shortcuts->answer);
  shortcuts->answer = g_dbus_connection_signal_subscribe (
    shortcuts->bus, PORTAL, "org.freedesktop.portal.Request", "Response", path, NULL,
    G_DBUS_SIGNAL_FLAGS_NONE, on_answer, shortcuts, NULL);
  return token;
}

static void
call (HarkShortcuts *shortcuts, const char *method, GVariant *arguments)
{
  g_dbus_connection_call (shortcuts->bus, PORTAL, PATH, INTERFACE, method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, shortcuts->cancellable, on_called, shortcuts);
}

/* ---- what is told ---- */

static void
on_signal (GDBusConnection *bus,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *arguments,
           void *data)
{
  HarkShortcuts *shortcuts = data;
  const bool down = strcmp (signal, "Activated") == 0;
  const char *session, *id;

  (void) bus, (void) sender, (void) path, (void) interface;
  if (strcmp (signal, "Closed") == 0) {
    end (shortcuts);
    return;
  }
  if ((!down && strcmp (signal, "Deactivated") != 0)
      || !g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(osta{sv})")))
    return;
  g_variant_get (arguments, "(&o&st@a{sv})", &session, &id, NULL, NULL);
  if (g_strcmp0 (session, shortcuts->session) == 0)
    shortcuts->tells->held (shortcuts->data, id, down);
}

static void
on_gone (GDBusConnection *bus, const char *name, void *data)
{
  (void) bus, (void) name;
  end (data);
}

static void
on_bound (HarkShortcuts *shortcuts, GVariant *results)
{
  (void) results;
  shortcuts->watch = g_bus_watch_name_on_connection (
    shortcuts->bus, PORTAL, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_gone, shortcuts, NULL);
}

static void
on_session (HarkShortcuts *shortcuts, GVariant *results)
{
  g_autoptr (GVariant) session = g_variant_lookup_value (results, "session_handle", NULL);
  GVariantBuilder options, wanted;
  char token[32];

  /* the documents say a string, and some desktops send a path */
  if (!session
      || !(g_variant_is_of_type (session, G_VARIANT_TYPE_STRING)
           || g_variant_is_of_type (session, G_VARIANT_TYPE_OBJECT_PATH))
      || !g_variant_is_object_path (g_variant_get_string (session, NULL))) {
    end (shortcuts);
    return;
  }
  shortcuts->session = g_variant_dup_string (session, NULL);
  shortcuts->signals
    = g_dbus_connection_signal_subscribe (shortcuts->bus, PORTAL, INTERFACE, NULL, PATH, NULL,
                                          G_DBUS_SIGNAL_FLAGS_NONE, on_signal, shortcuts, NULL);
  shortcuts->closed = g_dbus_connection_signal_subscribe (
    shortcuts->bus, PORTAL, "org.freedesktop.portal.Session", "Closed", shortcuts->session, NULL,
    G_DBUS_SIGNAL_FLAGS_NONE, on_signal, shortcuts, NULL);
  g_variant_builder_init (&wanted, G_VARIANT_TYPE ("a(sa{sv})"));
  for (const HarkShortcut *one = shortcuts->wanted; one->id; one++) {
    GVariantBuilder about;

    g_variant_builder_init (&about, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add (&about, "{sv}", "description", g_variant_new_string (one->title));
    g_variant_builder_add (&wanted, "(sa{sv})", one->id, &about);
  }
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token",
                         g_variant_new_string (expect (shortcuts, on_bound, token)));
  call (shortcuts, "BindShortcuts",
        g_variant_new ("(oa(sa{sv})sa{sv})", shortcuts->session, &wanted, "", &options));
}

HarkShortcuts *
hark_shortcuts_new (GDBusConnection *bus,
                    const HarkShortcut *wanted,
                    const HarkShortcutsTells *tells,
                    void *data)
{
  HarkShortcuts *shortcuts = g_new0 (HarkShortcuts, 1);
  GVariantBuilder options;
  char token[32];

  shortcuts->bus = g_object_ref (bus);
  shortcuts->cancellable = g_cancellable_new ();
  shortcuts->wanted = wanted;
  shortcuts->tells = tells;
  shortcuts->data = data;
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token",
                         g_variant_new_string (expect (shortcuts, on_session, token)));
  g_variant_builder_add (&options, "{sv}", "session_handle_token", g_variant_new_string (token));
  call (shortcuts, "CreateSession", g_variant_new ("(a{sv})", &options));
  return shortcuts;
}

void
hark_shortcuts_free (HarkShortcuts *shortcuts)
{
  if (!shortcuts)
    return;
  if (shortcuts->session)
    g_dbus_connection_call (shortcuts->bus, PORTAL, shortcuts->session,
                            "org.freedesktop.portal.Session", "Close", NULL, NULL,
                            G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
  stop (shortcuts);
  g_object_unref (shortcuts->cancellable);
  g_object_unref (shortcuts->bus);
  g_free (shortcuts);
}

/* ---- whether there are any ---- */

typedef struct {
  GWeakRef owner;
  void (*found) (GObject *owner, bool there);
} Finding;

static void
on_version (GObject *source, GAsyncResult *result, void *data)
{
  g_autofree Finding *finding = data;
  g_autoptr (GObject) owner = g_weak_ref_get (&finding->owner);
  g_autoptr (GVariant) version
    = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  g_weak_ref_clear (&finding->owner);
  if (owner)
    finding->found (owner, version != NULL);
}

void
hark_shortcuts_find (GDBusConnection *bus,
                     GObject *owner,
                     void (*found) (GObject *owner, bool there))
{
  Finding *finding = g_new0 (Finding, 1);

  g_weak_ref_init (&finding->owner, owner);
  finding->found = found;
  g_dbus_connection_call (bus, PORTAL, PATH, "org.freedesktop.DBus.Properties", "Get",
                          g_variant_new ("(ss)", INTERFACE, "version"), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_version, finding);
}
