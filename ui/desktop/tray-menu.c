#include "ui/desktop/tray-menu.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>
#include <string.h>

#define INTERFACE "com.canonical.dbusmenu"
#define VERSION 3 /* of the interface */

static const char xml[]
  = "<node><interface name='" INTERFACE "'>"
    "<method name='GetLayout'><arg type='i' direction='in'/><arg type='i' direction='in'/>"
    "<arg type='as' direction='in'/><arg type='u' direction='out'/>"
    "<arg type='(ia{sv}av)' direction='out'/></method>"
    "<method name='GetGroupProperties'><arg type='ai' direction='in'/>"
    "<arg type='as' direction='in'/><arg type='a(ia{sv})' direction='out'/></method>"
    "<method name='GetProperty'><arg type='i' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='v' direction='out'/></method>"
    "<method name='Event'><arg type='i' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='v' direction='in'/><arg type='u' direction='in'/></method>"
    "<method name='EventGroup'><arg type='a(isvu)' direction='in'/>"
    "<arg type='ai' direction='out'/></method>"
    "<method name='AboutToShow'><arg type='i' direction='in'/><arg type='b' direction='out'/>"
    "</method>"
    "<method name='AboutToShowGroup'><arg type='ai' direction='in'/>"
    "<arg type='ai' direction='out'/><arg type='ai' direction='out'/></method>"
    "<property name='Version' type='u' access='read'/>"
    "<property name='TextDirection' type='s' access='read'/>"
    "<property name='Status' type='s' access='read'/>"
    "<property name='IconThemePath' type='as' access='read'/>"
    "<signal name='LayoutUpdated'><arg type='u'/><arg type='i'/></signal>"
    "<signal name='ItemsPropertiesUpdated'><arg type='a(ia{sv})'/><arg type='a(ias)'/></signal>"
    "</interface></node>";

/* Ids of the items; 0 is the menu itself. */
enum { ITEM_RAISE = 1, ITEM_ANSWER, ITEM_HANG_UP, ITEM_MUTE, ITEM_LINE, ITEM_QUIT, N_ITEMS };

static const struct {
  const char *label, *action;
} items[N_ITEMS] = {
  [ITEM_RAISE] = {N_ ("_Show Hark"),       "raise"  },
  [ITEM_ANSWER] = {N_ ("_Answer the Call"), "answer" },
  [ITEM_HANG_UP] = {N_ ("_Hang Up"),         "hang-up"},
  [ITEM_MUTE] = {N_ ("_Mute"),            "mute"   },
  [ITEM_QUIT] = {N_ ("_Quit"),            "quit"   },
};

struct _HarkTrayMenu {
  GObject parent_instance;
  GDBusConnection *connection;
  char *path;
  GApplication *application; /* owns us */
  guint registration;
  guint revision;
  bool on, rings, muted;
};

G_DEFINE_TYPE (HarkTrayMenu, hark_tray_menu, G_TYPE_OBJECT)

static bool
is_visible (HarkTrayMenu *menu, int item)
{
  switch (item) {
  case ITEM_ANSWER:
    return menu->rings;
  case ITEM_HANG_UP:
    return menu->on;
  case ITEM_MUTE:
    return menu->on && !menu->rings;
  default:
    return true;
  }
}

static GVariant *
properties (HarkTrayMenu *menu, int item)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (item == 0)
    g_variant_dict_insert (&dict, "children-display", "s", "submenu");
  else if (item == ITEM_LINE)
    g_variant_dict_insert (&dict, "type", "s", "separator");
  else
    g_variant_dict_insert (&dict, "label", "s", _ (items[item].label));
  if (item == ITEM_MUTE) {
    g_variant_dict_insert (&dict, "toggle-type", "s", "checkmark");
    g_variant_dict_insert (&dict, "toggle-state", "i", menu->muted ? 1 : 0);
  }
  g_variant_dict_insert (&dict, "visible", "b", is_visible (menu, item));
  return g_variant_dict_end (&dict);
}

static GVariant *
layout (HarkTrayMenu *menu, int item)
{
  GVariantBuilder children;

  g_variant_builder_init (&children, G_VARIANT_TYPE ("av"));
  for (int child = 1; item == 0 && child < N_ITEMS; child++)
    g_variant_builder_add (&children, "v", layout (menu, child));
  return g_variant_new ("(i@a{sv}av)", item, properties (menu, item), &children);
}

static bool
is_item (int item)
{
  return item >= 0 && item < N_ITEMS;
}

static void
happened (HarkTrayMenu *menu, int item, const char *what)
{
  if (is_item (item) && items[item].action && strcmp (what, "clicked") == 0
      && is_visible (menu, item))
    g_action_group_activate_action (G_ACTION_GROUP (menu->application), items[item].action, NULL);
}

static GVariant *
group_properties (HarkTrayMenu *menu, GVariant *arguments)
{
  g_autoptr (GVariantIter) wanted = NULL;
  GVariantBuilder list;
  int item;
  bool all;

  g_variant_get (arguments, "(aias)", &wanted, NULL);
  all = g_variant_iter_n_children (wanted) == 0;
  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(ia{sv})"));
  for (int i = 0; all && i < N_ITEMS; i++)
    g_variant_builder_add (&list, "(i@a{sv})", i, properties (menu, i));
  while (g_variant_iter_next (wanted, "i", &item))
    if (is_item (item))
      g_variant_builder_add (&list, "(i@a{sv})", item, properties (menu, item));
  return g_variant_new ("(a(ia{sv}))", &list);
}

/* (nullable): NULL: there is no such item or property */
static GVariant *
one_property (HarkTrayMenu *menu, GVariant *arguments)
{
  g_autoptr (GVariant) all = NULL;
  g_autoptr (GVariant) value = NULL;
  const char *name;
  int item;

  g_variant_get (arguments, "(i&s)", &item, &name);
  if (!is_item (item))
    return NULL;
  all = g_variant_ref_sink (properties (menu, item));
  value = g_variant_lookup_value (all, name, NULL);
  return value ? g_variant_new ("(v)", value) : NULL;
}

static GVariant *
events (HarkTrayMenu *menu, GVariant *arguments)
{
  g_autoptr (GVariantIter) list = NULL;
  const char *what;
  int item;

  g_variant_get (arguments, "(a(isvu))", &list);
  while (g_variant_iter_next (list, "(i&svu)", &item, &what, NULL, NULL))
    happened (menu, item, what);
  return g_variant_new ("(ai)", NULL);
}

static GVariant *
answer (HarkTrayMenu *menu, const char *method, GVariant *arguments)
{
  const char *what;
  int item;

  if (strcmp (method, "GetLayout") == 0) {
    g_variant_get (arguments, "(iias)", &item, NULL, NULL);
    if (!is_item (item))
      return NULL;
    return g_variant_new ("(u@(ia{sv}av))", menu->revision, layout (menu, item));
  }
  if (strcmp (method, "GetGroupProperties") == 0)
    return group_properties (menu, arguments);
  if (strcmp (method, "GetProperty") == 0)
    return one_property (menu, arguments);
  if (strcmp (method, "EventGroup") == 0)
    return events (menu, arguments);
  if (strcmp (method, "AboutToShow") == 0)
    return g_variant_new ("(b)", FALSE);
  if (strcmp (method, "AboutToShowGroup") == 0)
    return g_variant_new ("(aiai)", NULL, NULL);
  g_variant_get (arguments, "(i&svu)", &item, &what, NULL, NULL);
  happened (menu, item, what);
  return g_variant_new ("()");
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
  GVariant *value = answer (data, method, arguments);

  (void) connection;
  (void) sender;
  (void) path;
  (void) interface;
  if (value)
    g_dbus_method_invocation_return_value (invocation, value);
  else
    g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR,
                                                   G_DBUS_ERROR_INVALID_ARGS, "no such item");
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
  bool rtl = gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL;

  (void) connection;
  (void) sender;
  (void) path;
  (void) interface;
  (void) error;
  (void) data;
  if (strcmp (name, "Version") == 0)
    return g_variant_new_uint32 (VERSION);
  if (strcmp (name, "TextDirection") == 0)
    return g_variant_new_string (rtl ? "rtl" : "ltr");
  if (strcmp (name, "Status") == 0)
    return g_variant_new_string ("normal");
  return g_variant_new_strv (NULL, 0);
}

void
hark_tray_menu_show_call (HarkTrayMenu *menu, bool on, bool rings, bool muted)
{
  g_return_if_fail (HARK_IS_TRAY_MENU (menu));

  if (on == menu->on && rings == menu->rings && muted == menu->muted)
    return;
  menu->on = on;
  menu->rings = rings;
  menu->muted = muted;
  menu->revision++;
  g_dbus_connection_emit_signal (menu->connection, NULL, menu->path, INTERFACE, "LayoutUpdated",
                                 g_variant_new ("(ui)", menu->revision, 0), NULL);
}

/* ---- life ---- */

static const GDBusInterfaceVTable vtable = {.method_call = on_method, .get_property = on_property};

static void
hark_tray_menu_finalize (GObject *object)
{
  HarkTrayMenu *menu = HARK_TRAY_MENU (object);

  if (menu->registration != 0)
    g_dbus_connection_unregister_object (menu->connection, menu->registration);
  g_clear_object (&menu->connection);
  g_free (menu->path);
  G_OBJECT_CLASS (hark_tray_menu_parent_class)->finalize (object);
}

static void
hark_tray_menu_class_init (HarkTrayMenuClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hark_tray_menu_finalize;
}

static void
hark_tray_menu_init (HarkTrayMenu *menu)
{
  menu->revision = 1;
}

HarkTrayMenu *
hark_tray_menu_new (GDBusConnection *connection, const char *path, GApplication *application)
{
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, NULL);
  g_autoptr (HarkTrayMenu) menu = g_object_new (HARK_TYPE_TRAY_MENU, NULL);

  menu->connection = g_object_ref (connection);
  menu->path = g_strdup (path);
  menu->application = application;
  menu->registration = g_dbus_connection_register_object (connection, path, node->interfaces[0],
                                                          &vtable, menu, NULL, NULL);
  return menu->registration != 0 ? g_steal_pointer (&menu) : NULL;
}
