#include "ui/desktop/tray.h"

#include "ui/desktop/follower.h"
#include "ui/desktop/tray-menu.h"
#include "ui/model/calls.h"
#include "ui/model/chats.h"
#include "ui/model/group-talk.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>
#include <string.h>
#include <unistd.h>

#define INTERFACE "org.kde.StatusNotifierItem"
#define WATCHER "org.kde.StatusNotifierWatcher"
#define PATH "/StatusNotifierItem"
#define MENU_PATH "/StatusNotifierItem/Menu"

static const char xml[]
  = "<node><interface name='" INTERFACE "'>"
    "<method name='Activate'><arg type='i' direction='in'/><arg type='i' direction='in'/></method>"
    "<method name='SecondaryActivate'><arg type='i' direction='in'/>"
    "<arg type='i' direction='in'/></method>"
    "<method name='ContextMenu'><arg type='i' direction='in'/><arg type='i' direction='in'/>"
    "</method>"
    "<method name='Scroll'><arg type='i' direction='in'/><arg type='s' direction='in'/></method>"
    "<property name='Category' type='s' access='read'/>"
    "<property name='Id' type='s' access='read'/>"
    "<property name='Title' type='s' access='read'/>"
    "<property name='Status' type='s' access='read'/>"
    "<property name='WindowId' type='u' access='read'/>"
    "<property name='IconName' type='s' access='read'/>"
    "<property name='IconPixmap' type='a(iiay)' access='read'/>"
    "<property name='AttentionIconName' type='s' access='read'/>"
    "<property name='AttentionIconPixmap' type='a(iiay)' access='read'/>"
    "<property name='ToolTip' type='(sa(iiay)ss)' access='read'/>"
    "<property name='ItemIsMenu' type='b' access='read'/>"
    "<property name='Menu' type='o' access='read'/>"
    "<signal name='NewIcon'/><signal name='NewAttentionIcon'/><signal name='NewToolTip'/>"
    "<signal name='NewStatus'><arg type='s'/></signal>"
    "</interface></node>";

struct _HarkTray {
  GObject parent_instance;
  GDBusConnection *connection;
  GApplication *application; /* owns us */
  HarkClient *client;
  HarkFollower *follower;
  HarkTrayMenu *menu;
  GCancellable *gone; /* cancels what is on its way when we go */
  guint watch;
  guint registration;
  bool shown;
  unsigned unread;
  bool calls; /* a call is on */
};

G_DEFINE_TYPE (HarkTray, hark_tray, G_TYPE_OBJECT)

static guint signal_changed;

/* ---- what it looks like ---- */

/* The icon with a dot in a corner: blue for unread messages, green for a call. */
static cairo_surface_t *
paint (HarkTray *tray, int side)
{
  g_autoptr (GdkPixbuf) icon = gtk_icon_theme_load_icon (
    gtk_icon_theme_get_default (), "org.hark.Hark", side, GTK_ICON_LOOKUP_FORCE_SIZE, NULL);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, side, side);
  cairo_t *cairo = cairo_create (surface);
  double r = side / 4.0;

  if (icon) {
    gdk_cairo_set_source_pixbuf (cairo, icon, 0, 0);
    cairo_paint (cairo);
  }
  if (tray->calls || tray->unread > 0) {
    cairo_arc (cairo, side - r, side - r, r, 0, 2 * G_PI);
    if (tray->calls)
      cairo_set_source_rgb (cairo, 0.15, 0.64, 0.41);
    else
      cairo_set_source_rgb (cairo, 0.11, 0.44, 0.85);
    cairo_fill (cairo);
  }
  cairo_destroy (cairo);
  cairo_surface_flush (surface);
  return surface;
}

/* ARGB, most significant byte first. */
static void
add_pixels (GVariantBuilder *list, HarkTray *tray, int side)
{
  cairo_surface_t *surface = paint (tray, side);
  const guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
  g_autofree guint32 *pixels = g_new (guint32, (gsize) side * (gsize) side);

  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++) {
      guint32 pixel;

      memcpy (&pixel, data + (gsize) y * (gsize) stride + (gsize) x * 4, sizeof pixel);
      pixels[(gsize) y * (gsize) side + (gsize) x] = GUINT32_TO_BE (pixel);
    }
  g_variant_builder_add (
    list, "(ii@ay)", side, side,
    g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, pixels, (gsize) side * (gsize) side * 4, 1));
  cairo_surface_destroy (surface);
}

static GVariant *
pixmaps (HarkTray *tray)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(iiay)"));
  add_pixels (&list, tray, 22);
  add_pixels (&list, tray, 44);
  return g_variant_builder_end (&list);
}

static char *
tip (HarkTray *tray)
{
  if (tray->calls)
    return g_strdup (_ ("A call is on"));
  if (tray->unread > 0)
    return g_strdup_printf (ngettext ("%u unread message", "%u unread messages", tray->unread),
                            tray->unread);
  return g_strdup ("");
}

static const char *
status (HarkTray *tray)
{
  return tray->unread > 0 || tray->calls ? "NeedsAttention" : "Active";
}

static GVariant *
on_property (GDBusConnection *connection,
             const char *sender,
             const char *path,
             const char *interface,
             const char *name,
             GError **error,
             void *data)
{
  static const struct {
    const char *name, *value;
  } fixed[] = {
    {"Category",          "Communications"},
    {"Id",                "org.hark.Hark" },
    {"Title",             "Hark"          },
    {"IconName",          ""              },
    {"AttentionIconName", ""              },
  };
  HarkTray *tray = data;

  (void) connection;
  (void) sender;
  (void) path;
  (void) interface;
  (void) error;
  for (size_t i = 0; i < G_N_ELEMENTS (fixed); i++)
    if (strcmp (name, fixed[i].name) == 0)
      return g_variant_new_string (fixed[i].value);
  if (strcmp (name, "Status") == 0)
    return g_variant_new_string (status (tray));
  if (strcmp (name, "WindowId") == 0)
    return g_variant_new_uint32 (0);
  if (strcmp (name, "ToolTip") == 0) {
    g_autofree char *text = tip (tray);

    return g_variant_new ("(sa(iiay)ss)", "", NULL, "Hark", text);
  }
  if (strcmp (name, "ItemIsMenu") == 0)
    return g_variant_new_boolean (FALSE);
  if (strcmp (name, "Menu") == 0)
    return g_variant_new_object_path (MENU_PATH);
  return pixmaps (tray);
}

static void
on_method (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *method,
           GVariant *arguments,
           GDBusMethodInvocation *invocation,
           void *data)
{
  GActionGroup *actions = G_ACTION_GROUP (HARK_TRAY (data)->application);

  (void) connection;
  (void) sender;
  (void) path;
  (void) interface;
  (void) arguments;
  if (strcmp (method, "Activate") == 0)
    g_action_group_activate_action (actions, "raise", NULL);
  else if (strcmp (method, "SecondaryActivate") == 0)
    g_action_group_activate_action (actions, "mute", NULL); /* with the middle button */
  g_dbus_method_invocation_return_value (invocation, NULL);
}

/* ---- what it follows ---- */

static void
emit (HarkTray *tray, const char *name, GVariant *arguments)
{
  g_dbus_connection_emit_signal (tray->connection, NULL, PATH, INTERFACE, name, arguments, NULL);
}

static void
show_changes (void *data)
{
  HarkTray *tray = data;
  const HarkCall *call = hark_client_get_call_on (tray->client);
  const HarkGroupCall *group = hark_group_talk_get (tray->client);
  bool on = call || group;
  unsigned unread = hark_chats_count_unread (tray->client, false);

  hark_tray_menu_show_call (tray->menu, on, hark_client_get_ringing (tray->client) != NULL,
                            call ? call->muted : group && group->muted);
  if (on == tray->calls && unread == tray->unread)
    return;
  tray->calls = on;
  tray->unread = unread;
  emit (tray, "NewIcon", NULL);
  emit (tray, "NewAttentionIcon", NULL);
  emit (tray, "NewToolTip", NULL);
  emit (tray, "NewStatus", g_variant_new ("(s)", status (tray)));
}

/* ---- the panel ---- */

static void
set_shown (HarkTray *tray, bool shown)
{
  if (shown == tray->shown)
    return;
  tray->shown = shown;
  g_signal_emit (tray, signal_changed, 0);
}

static void
on_registered (GObject *source, GAsyncResult *result, void *data)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* and @data with it */
  set_shown (data, answer != NULL);
}

static void
on_watcher (GDBusConnection *connection, const char *name, const char *owner, void *data)
{
  HarkTray *tray = data;

  (void) owner;
  g_dbus_connection_call (connection, name, "/StatusNotifierWatcher", WATCHER,
                          "RegisterStatusNotifierItem", g_variant_new ("(s)", PATH), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, tray->gone, on_registered, tray);
}

static void
on_no_watcher (GDBusConnection *connection, const char *name, void *data)
{
  (void) connection;
  (void) name;
  set_shown (data, false);
}

bool
hark_tray_is_shown (HarkTray *tray)
{
  g_return_val_if_fail (HARK_IS_TRAY (tray), false);

  return tray->shown;
}

/* ---- life ---- */

static const GDBusInterfaceVTable vtable = {.method_call = on_method, .get_property = on_property};

static void
hark_tray_dispose (GObject *object)
{
  HarkTray *tray = HARK_TRAY (object);

  g_cancellable_cancel (tray->gone);
  if (tray->watch != 0)
    g_bus_unwatch_name (tray->watch);
  tray->watch = 0;
  if (tray->registration != 0)
    g_dbus_connection_unregister_object (tray->connection, tray->registration);
  tray->registration = 0;
  g_clear_pointer (&tray->follower, hark_follower_free);
  g_clear_object (&tray->menu);
  g_clear_object (&tray->client);
  g_clear_object (&tray->connection);
  G_OBJECT_CLASS (hark_tray_parent_class)->dispose (object);
}

static void
hark_tray_finalize (GObject *object)
{
  g_object_unref (HARK_TRAY (object)->gone);
  G_OBJECT_CLASS (hark_tray_parent_class)->finalize (object);
}

static void
hark_tray_class_init (HarkTrayClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_tray_dispose;
  G_OBJECT_CLASS (klass)->finalize = hark_tray_finalize;
  signal_changed = g_signal_new ("changed", HARK_TYPE_TRAY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
hark_tray_init (HarkTray *tray)
{
  tray->gone = g_cancellable_new ();
}

HarkTray *
hark_tray_new (GDBusConnection *connection, GApplication *application, HarkClient *client)
{
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, NULL);
  HarkTray *tray = g_object_new (HARK_TYPE_TRAY, NULL);

  tray->connection = g_object_ref (connection);
  tray->application = application;
  tray->client = g_object_ref (client);
  tray->menu = hark_tray_menu_new (connection, MENU_PATH, application);
  tray->registration = g_dbus_connection_register_object (connection, PATH, node->interfaces[0],
                                                          &vtable, tray, NULL, NULL);
  if (!tray->menu || tray->registration == 0)
    return tray; /* another one of this process has the place */
  tray->watch = g_bus_watch_name_on_connection (connection, WATCHER, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                on_watcher, on_no_watcher, tray, NULL);
  tray->follower = hark_follower_new (client, show_changes, tray);
  return tray;
}
