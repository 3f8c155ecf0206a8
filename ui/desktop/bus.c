#include "ui/desktop/bus.h"

#include "ui/desktop/call-lines.h"
#include "ui/desktop/follower.h"
#include "ui/desktop/person-hex.h"
#include "ui/model/calls.h"
#include "ui/model/chats.h"
#include "ui/model/group-talk.h"
#include "ui/model/reading.h"
#include "ui/resources.h"
#include "ui/settings/settings.h"
#include "ui/words/calls.h"
#include "ui/words/messages.h"

#include <string.h>

#define INTERFACE "org.hark.Hark"
#define LIST_MAX 100
#define TEXT_MAX ((size_t) 65536) /* bytes of a message */
#define WAITING_MAX 256           /* calls that are not answered yet */

struct _HarkBus {
  GObject parent_instance;
  GDBusConnection *connection;
  char *path;
  const char *profile;
  GApplication *application; /* owns us */
  HarkClient *client;
  HarkFollower *follower;
  GPtrArray *waiting; /* GDBusMethodInvocation */
  GHashTable *told;   /* property: GVariant that was said last */
  guint registration;
};

G_DEFINE_TYPE (HarkBus, hark_bus, G_TYPE_OBJECT)

static const char *const changing[]
  = {"Open", "Locked", "Unread", "CallState", "CallContact", "CallName", "Muted"};

/* ---- refusals ---- */

static void
refuse (GDBusMethodInvocation *invocation, const char *name, const char *text)
{
  g_autofree char *error = g_strconcat (INTERFACE ".Error.", name, NULL);

  g_dbus_method_invocation_return_dbus_error (invocation, error, text);
}

/* Told once; whoever comes later finds it gone. */
static bool
take (HarkBus *bus, GDBusMethodInvocation *invocation)
{
  return g_ptr_array_remove_fast (bus->waiting, invocation);
}

/* ---- what there is ---- */

static const char *
call_state (const HarkCall *call, const HarkGroupCall *group)
{
  if (!call)
    return group ? "active" : "none";
  switch (call->phase) {
  case HARK_CALLING:
    return "calling";
  case HARK_RINGING:
    return call->outgoing ? "ringing" : "incoming";
  case HARK_ACTIVE:
    return "active";
  default:
    return "held";
  }
}

static GVariant *
value_of (HarkBus *bus, const char *name)
{
  const HarkCall *call = hark_client_get_call_on (bus->client);
  const HarkGroupCall *group = call ? NULL : hark_group_talk_get (bus->client);
  HarkPersonItem *person = call    ? hark_client_find (bus->client, call->contact)
                           : group ? hark_group_talk_group (bus->client, group)
                                   : NULL;
  bool open = hark_client_get_engine (bus->client) != NULL;

  if (strcmp (name, "Open") == 0)
    return g_variant_new_boolean (open);
  if (strcmp (name, "Locked") == 0)
    return g_variant_new_boolean (!open && hark_profile_exists (bus->profile)
                                  && hark_profile_needs_passphrase (bus->profile));
  if (strcmp (name, "Unread") == 0)
    return g_variant_new_uint32 (hark_chats_count_unread (bus->client, true));
  if (strcmp (name, "CallState") == 0)
    return g_variant_new_string (call_state (call, group));
  if (strcmp (name, "CallContact") == 0)
    return g_variant_new_take_string (person ? hark_person_hex (person) : g_strdup (""));
  if (strcmp (name, "CallName") == 0)
    return g_variant_new_string (person ? hark_person_item_get (person)->name : "");
  if (strcmp (name, "Muted") == 0)
    return g_variant_new_boolean ((call && call->muted) || (group && group->muted));
  return g_variant_new_string (HARK_VERSION);
}

/* By id, or by a name that only one has. */
static HarkPersonItem *
find (HarkBus *bus, const char *who, const char **ret_problem)
{
  GListModel *people = hark_client_get_people (bus->client);
  HarkPersonItem *found = hark_person_of_hex (bus->client, who);

  if (found)
    return found;
  for (guint i = 0; i < g_list_model_get_n_items (people); i++) {
    g_autoptr (HarkPersonItem) person = g_list_model_get_item (people, i);

    if (strcmp (hark_person_item_get (person)->name, who) != 0)
      continue;
    if (found) {
      *ret_problem = "Several have this name; say which by the id.";
      return NULL;
    }
    found = person; /* the list keeps it */
  }
  *ret_problem = "There is no such contact.";
  return found;
}

/* ---- properties that change ---- */

static void
tell_changes (void *data)
{
  HarkBus *bus = data;
  GVariantBuilder changed;
  bool any = false;

  g_variant_builder_init (&changed, G_VARIANT_TYPE_VARDICT);
  for (size_t i = 0; i < G_N_ELEMENTS (changing); i++) {
    GVariant *value = g_variant_ref_sink (value_of (bus, changing[i]));
    GVariant *before = g_hash_table_lookup (bus->told, changing[i]);

    if (!before || !g_variant_equal (before, value)) {
      g_variant_builder_add (&changed, "{sv}", changing[i], value);
      any = true;
    }
    g_hash_table_insert (bus->told, (void *) changing[i], value);
  }
  if (any)
    g_dbus_connection_emit_signal (
      bus->connection, NULL, bus->path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
      g_variant_new ("(s@a{sv}as)", INTERFACE, g_variant_builder_end (&changed), NULL), NULL);
  else
    g_variant_builder_clear (&changed);
}

/* ---- signals ---- */

static void
emit (HarkBus *bus, const char *name, GVariant *arguments)
{
  g_dbus_connection_emit_signal (bus->connection, NULL, bus->path, INTERFACE, name, arguments,
                                 NULL);
}

static void
on_message (HarkBus *bus, HarkPersonItem *person, HarkMessageItem *item)
{
  const HarkMessage *message = hark_message_item_get (item);
  g_autofree char *level = hark_settings_get_text (hark_settings_get (), HARK_SET_NOTICES);
  g_autofree char *hex = hark_person_hex (person);
  g_autofree char *id = hark_hex (message->id, sizeof message->id);
  g_autofree char *line = hark_words_line (message);
  bool named = strcmp (level, "none") != 0;

  hark_follower_look (bus->follower);
  if (message->outgoing || message->type == HARK_MESSAGE_IS_CALL
      || message->type == HARK_MESSAGE_IS_GROUP)
    return;
  emit (bus, "MessageReceived",
        g_variant_new ("(ssss)", hex, id,
                       named ? hark_chats_name_of (bus->client, person, message) : "",
                       strcmp (level, "all") == 0 ? line : ""));
}

static void
on_request (HarkBus *bus, HarkPersonItem *person)
{
  g_autofree char *level = hark_settings_get_text (hark_settings_get (), HARK_SET_NOTICES);
  g_autofree char *hex = hark_person_hex (person);
  bool named = strcmp (level, "none") != 0;

  emit (bus, "RequestReceived",
        g_variant_new ("(ss)", hex, named ? hark_person_item_get (person)->name : ""));
}

/* ---- methods that ask the engine ---- */

static HarkBus *
bus_of (GObject *invocation)
{
  return g_dbus_method_invocation_get_user_data (G_DBUS_METHOD_INVOCATION (invocation));
}

/* The invocation, unless it was answered already; a refusal of the engine is passed on. */
static GDBusMethodInvocation *
good (GObject *owner, const HarkEvent *result)
{
  GDBusMethodInvocation *invocation = G_DBUS_METHOD_INVOCATION (owner);

  if (!take (bus_of (owner), invocation))
    return NULL;
  if (result->ok)
    return invocation;
  refuse (invocation, "Refused", result->text ? result->text : "The engine refused it.");
  return NULL;
}

static void
on_done (GObject *owner, const HarkEvent *result)
{
  GDBusMethodInvocation *invocation = good (owner, result);

  if (invocation)
    g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
on_sent (GObject *owner, const HarkEvent *result)
{
  GDBusMethodInvocation *invocation = good (owner, result);
  g_autofree char *id = hark_hex (result->id, sizeof result->id);

  if (invocation)
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", id));
}

static void
on_history (GObject *owner, const HarkEvent *result)
{
  HarkBus *bus = bus_of (owner);
  GDBusMethodInvocation *invocation = good (owner, result);
  GVariantBuilder list;

  if (!invocation)
    return;
  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(sxbss)"));
  for (guint i = result->messages ? result->messages->len : 0; i > 0; i--) {
    const HarkMessage *message = result->messages->pdata[i - 1];
    HarkPersonItem *person = g_object_get_data (owner, "hark-person");
    g_autofree char *id = hark_hex (message->id, sizeof message->id);
    g_autofree char *line = hark_words_line (message);
    const char *author = message->outgoing ? "" : hark_chats_name_of (bus->client, person, message);

    g_variant_builder_add (&list, "(sxbss)", id, message->sent_ms, message->outgoing, author, line);
  }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(a(sxbss))", &list));
}

static void
on_calls (GObject *owner, const HarkEvent *result)
{
  HarkBus *bus = bus_of (owner);
  GDBusMethodInvocation *invocation = good (owner, result);
  GVariantBuilder list;

  if (!invocation)
    return;
  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(sxbbts)"));
  for (guint i = 0; result->messages && i < result->messages->len; i++) {
    const HarkMessage *message = result->messages->pdata[i];
    HarkPersonItem *person = hark_chats_find (bus->client, message);
    g_autofree char *hex = person ? hark_person_hex (person) : NULL;
    g_autofree char *words = hark_words_call_row (message);

    if (person)
      g_variant_builder_add (&list, "(sxbbts)", hex, message->sent_ms, message->outgoing,
                             hark_words_call_is_missed (message), message->ref, words);
  }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(a(sxbbts))", &list));
}

static void
on_unread (GObject *owner, const HarkEvent *result)
{
  HarkBus *bus = bus_of (owner);
  GDBusMethodInvocation *invocation = good (owner, result);
  HarkPersonItem *person = g_object_get_data (owner, "hark-person");

  if (!invocation)
    return;
  hark_reading_mark_told (bus->client, person, result->messages);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

/* (transfer full): asks for the newest rows; whose, the answer finds at @invocation. */
static HarkCommand *
newest (GDBusMethodInvocation *invocation, HarkPersonItem *person, guint limit)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_HISTORY, person);

  command->window = HARK_HISTORY_BEFORE;
  command->limit = limit;
  g_object_set_data_full (G_OBJECT (invocation), "hark-person", g_object_ref (person),
                          g_object_unref);
  return command;
}

static void
ask (HarkBus *bus, GDBusMethodInvocation *invocation, HarkCommand *command, HarkReply reply)
{
  if (bus->waiting->len >= WAITING_MAX) {
    hark_command_free (command);
    refuse (invocation, "Refused", "Too much was asked for at once.");
    return;
  }
  g_ptr_array_add (bus->waiting, invocation);
  hark_client_ask (bus->client, command, G_OBJECT (invocation), reply);
}

/* ---- methods about a contact ---- */

static void
list_contacts (HarkBus *bus, GDBusMethodInvocation *invocation)
{
  static const char *const words[] = {
    [HARK_PRESENCE_OFFLINE] = "offline",
    [HARK_PRESENCE_SEARCHING] = "searching",
    [HARK_PRESENCE_CONNECTING] = "connecting",
    [HARK_PRESENCE_ONLINE] = "online",
  };
  GListModel *people = hark_client_get_people (bus->client);
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(sssub)"));
  for (guint i = 0; i < g_list_model_get_n_items (people); i++) {
    g_autoptr (HarkPersonItem) item = g_list_model_get_item (people, i);
    const HarkPerson *person = hark_person_item_get (item);
    g_autofree char *hex = hark_person_hex (item);

    g_variant_builder_add (&list, "(sssub)", hex, person->name, words[person->presence],
                           hark_person_item_get_unread (item),
                           hark_person_item_get_group (item) != NULL);
  }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(a(sssub))", &list));
}

static void
list_messages (HarkBus *bus,
               GDBusMethodInvocation *invocation,
               HarkPersonItem *person,
               GVariant *arguments)
{
  guint32 limit;

  g_variant_get (arguments, "(&su)", NULL, &limit);
  ask (bus, invocation, newest (invocation, person, CLAMP (limit, 1, LIST_MAX)), on_history);
}

static void
send_message (HarkBus *bus,
              GDBusMethodInvocation *invocation,
              HarkPersonItem *person,
              GVariant *arguments)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_SEND, person);

  g_variant_get (arguments, "(&ss)", NULL, &command->text);
  if (strlen (command->text) > TEXT_MAX) {
    hark_command_free (command);
    refuse (invocation, "Refused", "A message has at least one letter and at most 65 kB of text.");
    return;
  }
  ask (bus, invocation, command, on_sent);
}

static void
about_contact (HarkBus *bus,
               GDBusMethodInvocation *invocation,
               const char *method,
               GVariant *arguments)
{
  g_autofree char *who = NULL;
  const char *problem = NULL;
  HarkPersonItem *person;

  g_variant_get_child (arguments, 0, "s", &who);
  person = find (bus, who, &problem);
  if (!person) {
    refuse (invocation, "NoContact", problem);
  } else if (strcmp (method, "ListMessages") == 0) {
    list_messages (bus, invocation, person, arguments);
  } else if (strcmp (method, "SendMessage") == 0) {
    send_message (bus, invocation, person, arguments);
  } else if (strcmp (method, "Call") == 0) {
    ask (bus, invocation, hark_command_for (HARK_COMMAND_CALL, person), on_done);
  } else if (strcmp (method, "MarkRead") == 0) {
    ask (bus, invocation, newest (invocation, person, LIST_MAX), on_unread);
  } else {
    g_autofree char *hex = hark_person_hex (person);

    g_action_group_activate_action (G_ACTION_GROUP (bus->application), "show",
                                    g_variant_new_string (hex));
    g_dbus_method_invocation_return_value (invocation, NULL);
  }
}

/* ---- methods about the call ---- */

/* @on: of SetMuted and PushToTalk */
static void
about_group_call (HarkBus *bus,
                  GDBusMethodInvocation *invocation,
                  const char *method,
                  const HarkGroupCall *group,
                  bool on)
{
  bool leaves = strcmp (method, "HangUp") == 0;
  HarkCommand *command = hark_group_talk_command (group, leaves ? HARK_COMMAND_GROUP_CALL_LEAVE
                                                                : HARK_COMMAND_GROUP_CALL_MUTE);

  command->on = strcmp (method, "SetMuted") == 0 ? on : !on;
  ask (bus, invocation, command, on_done);
}

static HarkCommandKind
kind_of (const char *method, bool on)
{
  if (strcmp (method, "Answer") == 0)
    return HARK_COMMAND_ANSWER;
  if (strcmp (method, "SetMuted") == 0)
    return on ? HARK_COMMAND_MUTE : HARK_COMMAND_UNMUTE;
  if (strcmp (method, "PushToTalk") == 0)
    return on ? HARK_COMMAND_UNMUTE : HARK_COMMAND_MUTE;
  return HARK_COMMAND_HANGUP;
}

static void
about_call (HarkBus *bus,
            GDBusMethodInvocation *invocation,
            const char *method,
            GVariant *arguments)
{
  HarkCallItem *ringing = hark_client_get_ringing (bus->client);
  bool answers = strcmp (method, "Answer") == 0;
  const HarkCall *call
    = ringing && answers ? hark_call_item_get (ringing) : hark_client_get_call_on (bus->client);
  const HarkGroupCall *group = hark_group_talk_get (bus->client);
  bool incoming = call && call->phase == HARK_RINGING && !call->outgoing;
  HarkCommand *command;
  gboolean on = FALSE;

  if (g_variant_n_children (arguments) > 0)
    g_variant_get (arguments, "(b)", &on);
  if (!call && group && !answers) {
    about_group_call (bus, invocation, method, group, on);
    return;
  }
  if (!call || (answers && !incoming)) {
    refuse (invocation, "NoCall", call ? "The call does not ring here." : "There is no call.");
    return;
  }
  if (strcmp (method, "HangUp") == 0 && incoming) { /* as the notification's button does */
    g_action_group_activate_action (G_ACTION_GROUP (bus->application), "decline", NULL);
    g_dbus_method_invocation_return_value (invocation, NULL);
    return;
  }
  command = hark_command_new (kind_of (method, on));
  command->call = call->id;
  ask (bus, invocation, command, on_done);
}

static void
list_calls (HarkBus *bus, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_CALLS);
  guint32 limit;

  g_variant_get (arguments, "(u)", &limit);
  command->limit = CLAMP (limit, 1, LIST_MAX);
  ask (bus, invocation, command, on_calls);
}

static void
list_lines (HarkBus *bus, GDBusMethodInvocation *invocation)
{
  GVariant *lines = hark_call_lines (bus->client);

  if (lines)
    g_dbus_method_invocation_return_value (invocation, g_variant_new_tuple (&lines, 1));
  else
    refuse (invocation, "NoCall", "There is no call.");
}

/* ---- the object ---- */

/* Who it is about is known behind the passphrase; the window asks for that. */
static void
show_window (HarkBus *bus, GDBusMethodInvocation *invocation)
{
  g_action_group_activate_action (G_ACTION_GROUP (bus->application), "raise", NULL);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static bool
is_about_contact (const char *method)
{
  static const char *const methods[] = {"ListMessages", "SendMessage", "MarkRead", "Show", "Call"};

  for (size_t i = 0; i < G_N_ELEMENTS (methods); i++)
    if (strcmp (method, methods[i]) == 0)
      return true;
  return false;
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
  HarkBus *bus = data;

  (void) connection;
  (void) sender;
  (void) path;
  (void) interface;
  if (!hark_client_get_engine (bus->client) && strcmp (method, "Show") == 0)
    show_window (bus, invocation);
  else if (!hark_client_get_engine (bus->client))
    refuse (invocation, "NotOpen", "No profile is open.");
  else if (strcmp (method, "ListContacts") == 0)
    list_contacts (bus, invocation);
  else if (strcmp (method, "ListCalls") == 0)
    list_calls (bus, invocation, arguments);
  else if (strcmp (method, "ListCallLines") == 0)
    list_lines (bus, invocation);
  else if (is_about_contact (method))
    about_contact (bus, invocation, method, arguments);
  else
    about_call (bus, invocation, method, arguments);
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
  (void) connection;
  (void) sender;
  (void) path;
  (void) interface;
  (void) error;
  return value_of (data, name);
}

static const GDBusInterfaceVTable vtable = {.method_call = on_method, .get_property = on_property};

static guint
put (HarkBus *bus, GError **error)
{
  g_autoptr (GBytes) xml = g_resource_lookup_data (
    hark_ui_get_resource (), "/org/hark/Hark/org.hark.Hark.xml", 0, error); /* before the start */
  g_autoptr (GDBusNodeInfo) node
    = xml ? g_dbus_node_info_new_for_xml (g_bytes_get_data (xml, NULL), error) : NULL;

  if (!node)
    return 0;
  return g_dbus_connection_register_object (bus->connection, bus->path, node->interfaces[0],
                                            &vtable, bus, NULL, error);
}

/* ---- life ---- */

static void
refuse_all (HarkBus *bus)
{
  while (bus->waiting->len > 0)
    refuse (g_ptr_array_steal_index_fast (bus->waiting, 0), "NotOpen", "The profile was closed.");
}

static void
hark_bus_dispose (GObject *object)
{
  HarkBus *bus = HARK_BUS (object);

  refuse_all (bus);
  if (bus->registration != 0)
    g_dbus_connection_unregister_object (bus->connection, bus->registration);
  bus->registration = 0;
  g_clear_pointer (&bus->follower, hark_follower_free);
  g_clear_object (&bus->client);
  g_clear_object (&bus->connection);
  G_OBJECT_CLASS (hark_bus_parent_class)->dispose (object);
}

static void
hark_bus_finalize (GObject *object)
{
  HarkBus *bus = HARK_BUS (object);

  g_ptr_array_unref (bus->waiting);
  g_hash_table_unref (bus->told);
  g_free (bus->path);
  G_OBJECT_CLASS (hark_bus_parent_class)->finalize (object);
}

static void
hark_bus_class_init (HarkBusClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_bus_dispose;
  G_OBJECT_CLASS (klass)->finalize = hark_bus_finalize;
}

static void
hark_bus_init (HarkBus *bus)
{
  bus->waiting = g_ptr_array_new ();
  bus->told
    = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_variant_unref);
}

HarkBus *
hark_bus_new (GDBusConnection *connection,
              const char *path,
              const char *profile,
              GApplication *application,
              HarkClient *client,
              GError **error)
{
  g_autoptr (HarkBus) bus = g_object_new (HARK_TYPE_BUS, NULL);

  bus->connection = g_object_ref (connection);
  bus->path = g_strdup (path);
  bus->profile = profile;
  bus->application = application;
  bus->client = g_object_ref (client);
  bus->registration = put (bus, error);
  if (bus->registration == 0)
    return NULL;
  bus->follower = hark_follower_new (client, tell_changes, bus);
  g_signal_connect_object (client, "message", G_CALLBACK (on_message), bus, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "request", G_CALLBACK (on_request), bus, G_CONNECT_SWAPPED);
  return g_steal_pointer (&bus);
}

void
hark_bus_refresh (HarkBus *bus)
{
  g_return_if_fail (HARK_IS_BUS (bus));

  refuse_all (bus);
  hark_follower_look (bus->follower);
}
