#include "app/json.h"

#include "app/json-calls.h"
#include "app/json-people.h"
#include "app/json-put.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <string.h>

/* ---- commands -------------------------------------------------------------------- */

/* What a command may carry; MUST_... is asked for, the rest may be left out. */
enum {
  MUST_CONTACT = 1 << 0,
  MAY_CONTACT = 1 << 1,
  MUST_TEXT = 1 << 2,
  MUST_NAME = 1 << 3,
  MUST_ADDRESS = 1 << 4,
  MUST_ID = 1 << 5,
  MUST_TRANSFER = 1 << 6,
  MAY_CALL = 1 << 7, /* none: the only one there is */
  MUST_PATHS = 1 << 8,
  MUST_HOW = 1 << 9,
  MUST_ON = 1 << 10,
  MUST_PATH = 1 << 11,
  MUST_GROUP = 1 << 12,
  MUST_SECONDS = 1 << 20,
};

static const struct {
  const char *name;
  HarkCommandKind kind;
  unsigned fields;
} commands[] = {
  {"address",       HARK_COMMAND_ADDRESS,       0                                   },
  {"add",           HARK_COMMAND_ADD,           MUST_ADDRESS                        },
  {"accept",        HARK_COMMAND_ACCEPT,        MUST_CONTACT                        },
  {"decline",       HARK_COMMAND_DECLINE,       MUST_CONTACT                        },
  {"block",         HARK_COMMAND_BLOCK,         MUST_CONTACT                        },
  {"remove",        HARK_COMMAND_REMOVE,        MUST_CONTACT                        },
  {"rename",        HARK_COMMAND_RENAME,        MUST_CONTACT | MUST_NAME            },
  {"send",          HARK_COMMAND_SEND,          MUST_CONTACT | MUST_TEXT            },
  {"edit",          HARK_COMMAND_EDIT,          MUST_CONTACT | MUST_ID | MUST_TEXT  },
  {"delete",        HARK_COMMAND_DELETE,        MUST_CONTACT | MUST_ID              },
  {"react",         HARK_COMMAND_REACT,         MUST_CONTACT | MUST_ID              },
  {"clip",          HARK_COMMAND_CLIP,          MUST_CONTACT                        },
  {"sound",         HARK_COMMAND_SOUND,         MUST_CONTACT | MUST_ID              },
  {"timer",         HARK_COMMAND_TIMER,         MUST_CONTACT | MUST_SECONDS         },
  {"edits",         HARK_COMMAND_EDITS,         MUST_CONTACT | MUST_ID              },
  {"message",       HARK_COMMAND_MESSAGE,       MUST_CONTACT | MUST_ID              },
  {"quarantine",    HARK_COMMAND_QUARANTINE,    0                                   },
  {"read",          HARK_COMMAND_READ,          MUST_ID | MAY_CONTACT               },
  {"typing",        HARK_COMMAND_TYPING,        MUST_CONTACT | MUST_ON              },
  {"history",       HARK_COMMAND_HISTORY,       MUST_CONTACT                        },
  {"search",        HARK_COMMAND_SEARCH,        MUST_TEXT | MAY_CONTACT             },
  {"chats",         HARK_COMMAND_CHATS,         0                                   },
  {"draft",         HARK_COMMAND_DRAFT,         MUST_CONTACT | MUST_TEXT            },
  {"unread",        HARK_COMMAND_UNREAD,        MUST_CONTACT | MUST_ON              },
  {"pin",           HARK_COMMAND_PIN,           MUST_CONTACT | MUST_ON              },
  {"archive",       HARK_COMMAND_ARCHIVE,       MUST_CONTACT | MUST_ON              },
  {"keep",          HARK_COMMAND_KEEP,          MAY_CONTACT                         },
  {"clear",         HARK_COMMAND_CLEAR,         MUST_CONTACT                        },
  {"export",        HARK_COMMAND_EXPORT,        MUST_PATH | MAY_CONTACT             },
  {"give",          HARK_COMMAND_GIVE,          MUST_CONTACT | MUST_PATHS           },
  {"take",          HARK_COMMAND_TAKE,          MUST_TRANSFER                       },
  {"refuse",        HARK_COMMAND_REFUSE,        MUST_TRANSFER                       },
  {"pause",         HARK_COMMAND_PAUSE,         MUST_TRANSFER                       },
  {"resume",        HARK_COMMAND_RESUME,        MUST_TRANSFER                       },
  {"cancel",        HARK_COMMAND_CANCEL,        MUST_TRANSFER                       },
  {"call",          HARK_COMMAND_CALL,          MUST_CONTACT                        },
  {"answer",        HARK_COMMAND_ANSWER,        MAY_CALL                            },
  {"hangup",        HARK_COMMAND_HANGUP,        MAY_CALL                            },
  {"hold",          HARK_COMMAND_HOLD,          MAY_CALL                            },
  {"unhold",        HARK_COMMAND_UNHOLD,        MAY_CALL                            },
  {"echo-test",     HARK_COMMAND_ECHO_TEST,     0                                   },
  {"devices",       HARK_COMMAND_DEVICES,       0                                   },
  {"device",        HARK_COMMAND_DEVICE,        0                                   },
  {"mute",          HARK_COMMAND_MUTE,          MAY_CALL                            },
  {"unmute",        HARK_COMMAND_UNMUTE,        MAY_CALL                            },
  {"verify",        HARK_COMMAND_VERIFY,        MUST_CONTACT                        },
  {"set-verified",  HARK_COMMAND_SET_VERIFIED,  MUST_CONTACT | MUST_HOW             },
  {"compare",       HARK_COMMAND_COMPARE,       MUST_TEXT | MAY_CONTACT             },
  {"words",         HARK_COMMAND_WORDS,         MUST_CONTACT | MUST_HOW             },
  {"profile",       HARK_COMMAND_PROFILE,       0                                   },
  {"presence",      HARK_COMMAND_PRESENCE,      MUST_HOW                            },
  {"picture",       HARK_COMMAND_PICTURE,       MAY_CONTACT                         },
  {"notes",         HARK_COMMAND_NOTES,         MUST_CONTACT | MUST_TEXT            },
  {"favourite",     HARK_COMMAND_FAVOURITE,     MUST_CONTACT | MUST_ON              },
  {"silence",       HARK_COMMAND_SILENCE,       MUST_CONTACT | MUST_ON              },
  {"may",           HARK_COMMAND_MAY,           MAY_CONTACT | MUST_HOW | MUST_ON    },
  {"addresses",     HARK_COMMAND_ADDRESSES,     0                                   },
  {"label",         HARK_COMMAND_LABEL,         MUST_ADDRESS | MUST_TEXT            },
  {"revoke",        HARK_COMMAND_REVOKE,        MUST_ADDRESS                        },
  {"relay",         HARK_COMMAND_RELAY,         MUST_ON | MAY_CONTACT               },
  {"mailbox",       HARK_COMMAND_MAILBOX,       0                                   },
  {"mailbox-add",   HARK_COMMAND_MAILBOX_ADD,   MAY_CONTACT                         },
  {"mailbox-drop",  HARK_COMMAND_MAILBOX_DROP,  MAY_CONTACT                         },
  {"mailbox-for",   HARK_COMMAND_MAILBOX_FOR,   MUST_CONTACT | MUST_ON              },
  {"relay-add",     HARK_COMMAND_RELAY_ADD,     MUST_ADDRESS                        },
  {"relay-remove",  HARK_COMMAND_RELAY_REMOVE,  MUST_NAME                           },
  {"people-here",   HARK_COMMAND_PEOPLE_HERE,   0                                   },
  {"visible",       HARK_COMMAND_VISIBLE,       MUST_ON                             },
  {"backup",        HARK_COMMAND_BACKUP,        MUST_PATH                           },
  {"auto-backup",   HARK_COMMAND_AUTO_BACKUP,   0                                   },
  {"network",       HARK_COMMAND_NETWORK,       0                                   },
  {"add-peer",      HARK_COMMAND_ADD_PEER,      MUST_NAME                           },
  {"remove-peer",   HARK_COMMAND_REMOVE_PEER,   MUST_NAME                           },
  {"status",        HARK_COMMAND_STATUS,        0                                   },
  {"doctor",        HARK_COMMAND_DOCTOR,        MAY_CONTACT                         },
  {"group-create",  HARK_COMMAND_GROUP_CREATE,  MUST_NAME                           },
  {"group-add",     HARK_COMMAND_GROUP_ADD,     MUST_GROUP | MUST_CONTACT           },
  {"group-accept",  HARK_COMMAND_GROUP_ACCEPT,  MUST_GROUP                          },
  {"group-leave",   HARK_COMMAND_GROUP_LEAVE,   MUST_GROUP                          },
  {"group-remove",  HARK_COMMAND_GROUP_REMOVE,  MUST_GROUP | MUST_CONTACT           },
  {"group-rename",  HARK_COMMAND_GROUP_RENAME,  MUST_GROUP | MUST_NAME              },
  {"group-role",    HARK_COMMAND_GROUP_ROLE,    MUST_GROUP | MUST_CONTACT | MUST_HOW},
  {"group-notices", HARK_COMMAND_GROUP_NOTICES, MUST_GROUP | MUST_HOW               },
  {"group-forget",  HARK_COMMAND_GROUP_FORGET,  MUST_GROUP                          },
  {"groups",        HARK_COMMAND_GROUP_LIST,    0                                   },
  {"quit",          HARK_COMMAND_LEAVE_QUIETLY, 0                                   },
};

const char *
hark_json_command_name (HarkCommandKind kind)
{
  for (size_t i = 0; i < G_N_ELEMENTS (commands); i++)
    if (commands[i].kind == kind)
      return commands[i].name;
  return "unknown";
}

static bool
refuse (GError **error, const char *field, const char *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "\"%s\" %s", field, what);
  return false;
}

/* A string member; NULL when absent or of another type. */
static const char *
get_string (JsonObject *object, const char *field)
{
  JsonNode *node = json_object_get_member (object, field);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : NULL;
}

static bool
get_number (JsonObject *object, const char *field, uint64_t *ret)
{
  JsonNode *node = json_object_get_member (object, field);
  int64_t value;

  if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return false;
  value = json_node_get_int (node);
  if (value < 0)
    return false;
  *ret = (uint64_t) value;
  return true;
}

static bool
read_hex (JsonNode *node, uint8_t *ret, size_t len)
{
  const char *hex
    = node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
        ? json_node_get_string (node)
        : NULL;

  if (!hex || strlen (hex) != 2 * len)
    return false;
  for (size_t i = 0; i < len; i++) {
    int high = g_ascii_xdigit_value (hex[2 * i]);
    int low = g_ascii_xdigit_value (hex[2 * i + 1]);

    if (high < 0 || low < 0)
      return false;
    ret[i] = (uint8_t) (high << 4 | low);
  }
  return true;
}

/* (transfer full) (nullable): base64 (RFC 4648) of a string member. */
static GBytes *
get_bytes (JsonObject *object, const char *field)
{
  const char *text = get_string (object, field);
  gsize len;
  guchar *bytes;

  if (!text)
    return NULL;
  bytes = g_base64_decode (text, &len);
  return g_bytes_new_take (bytes, len);
}

static bool
get_hex (JsonObject *object, const char *field, uint8_t *ret, size_t len)
{
  return read_hex (json_object_get_member (object, field), ret, len);
}

static bool
get_bool (JsonObject *object, const char *field)
{
  JsonNode *node = json_object_get_member (object, field);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN
         && json_node_get_boolean (node);
}

static bool
get_paths (JsonObject *object, HarkCommand *command)
{
  JsonNode *node = json_object_get_member (object, "paths");
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
  JsonArray *array;

  if (!node || !JSON_NODE_HOLDS_ARRAY (node))
    return false;
  array = json_node_get_array (node);
  if (json_array_get_length (array) == 0)
    return false;
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *item = json_array_get_element (array, i);

    if (!JSON_NODE_HOLDS_VALUE (item) || json_node_get_value_type (item) != G_TYPE_STRING)
      return false;
    g_strv_builder_add (paths, json_node_get_string (item));
  }
  command->paths = g_strv_builder_end (paths);
  return true;
}

/* Which part of a conversation: the first of these fields that is there. */
static void
read_window (JsonObject *object, HarkCommand *command)
{
  static const struct {
    const char *field;
    HarkHistoryWindow window;
  } positions[] = {
    {"before", HARK_HISTORY_BEFORE},
    {"after",  HARK_HISTORY_AFTER },
    {"around", HARK_HISTORY_AROUND},
  };
  uint64_t number;

  for (size_t i = 0; i < G_N_ELEMENTS (positions); i++)
    if (get_number (object, positions[i].field, &number)) {
      command->window = positions[i].window;
      command->before = number;
      return;
    }
  if (get_hex (object, "id", command->id, sizeof command->id)) {
    command->window = HARK_HISTORY_AROUND_ID;
  } else if (get_number (object, "date", &number)) {
    command->window = HARK_HISTORY_AROUND_TIME;
    command->at_ms = (int64_t) number;
  } else if (get_bool (object, "unread")) {
    command->window = HARK_HISTORY_UNREAD;
  }
}

/* Accounts that a message names; what is none is left out. */
static void
read_mentions (JsonObject *object, HarkCommand *command)
{
  JsonNode *node = json_object_get_member (object, "mentions");
  JsonArray *array = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array && i < json_array_get_length (array); i++) {
    uint8_t account[HARK_ACCOUNT_LEN];

    if (!read_hex (json_array_get_element (array, i), account, sizeof account))
      continue;
    if (!command->mentions)
      command->mentions = g_array_new (FALSE, FALSE, sizeof account);
    g_array_append_vals (command->mentions, account, 1);
  }
}

/* Strings, flags and numbers are taken wherever they stand; what a command needs is checked
 * afterwards. */
static void
read_optional_fields (JsonObject *object, HarkCommand *command)
{
  uint64_t number;

  command->address = g_strdup (get_string (object, "address"));
  command->name = g_strdup (get_string (object, "name"));
  command->text = g_strdup (get_string (object, "text"));
  command->how = g_strdup (get_string (object, "how"));
  command->directory = g_strdup (get_string (object, "directory"));
  command->path = g_strdup (get_string (object, "path"));
  command->one_time = get_bool (object, "one_time");
  command->on = get_bool (object, "on");
  command->has_reply_to = get_hex (object, "reply_to", command->reply_to, sizeof command->reply_to);
  if (get_number (object, "rate", &number))
    command->rate = number;
  if (get_number (object, "before", &number))
    command->before = number;
  if (get_number (object, "limit", &number))
    command->limit = (unsigned) MIN (number, 500);
  if (command->kind == HARK_COMMAND_HISTORY)
    read_window (object, command);
  if (command->kind == HARK_COMMAND_EXPORT)
    command->json = get_bool (object, "json");
  if (command->kind == HARK_COMMAND_KEEP && get_number (object, "days", &number))
    command->limit = (unsigned) MIN (number, G_MAXUINT);
  if (command->kind == HARK_COMMAND_RELAY_ADD && !command->name)
    command->name = g_strdup (get_string (object, "label"));
  if (command->kind == HARK_COMMAND_ADDRESS && !command->text)
    command->text = g_strdup (get_string (object, "label"));
  if (command->kind == HARK_COMMAND_LABEL && !command->text)
    command->text = g_strdup (get_string (object, "label"));
  if (command->kind == HARK_COMMAND_SILENCE && get_number (object, "until", &number))
    command->before = number;
  if (command->kind == HARK_COMMAND_CLIP)
    command->sound = get_bytes (object, "sound");
  if (command->kind == HARK_COMMAND_PROFILE) {
    command->picture = get_bytes (object, "picture");
    if (!command->text)
      command->text = g_strdup (get_string (object, "status_text"));
  }
  if (command->kind == HARK_COMMAND_ECHO_TEST)
    command->on = !json_object_has_member (object, "on") || command->on;
  if (command->kind == HARK_COMMAND_DEVICE)
    hark_json_read_device (object, command);
  if (command->kind == HARK_COMMAND_BACKUP) {
    hark_words_free (command->text);
    command->text = g_strdup (get_string (object, "passphrase"));
    command->no_messages = get_bool (object, "no_messages");
  }
  if (command->kind == HARK_COMMAND_AUTO_BACKUP) {
    command->limit = get_number (object, "keep", &number) ? (unsigned) MIN (number, G_MAXUINT) : 0;
    command->rate = get_number (object, "hours", &number) ? number : 0;
  }
}

static bool
read_required_fields (JsonObject *object, unsigned fields, HarkCommand *command, GError **error)
{
  command->has_contact = get_hex (object, "contact", command->contact, sizeof command->contact);

  command->has_group = get_hex (object, "group", command->group, sizeof command->group);
  if (command->has_group)
    read_mentions (object, command);
  if (((fields & MUST_GROUP) || json_object_has_member (object, "group")) && !command->has_group)
    return refuse (error, "group", "must be a group: 32 hexadecimal digits");
  if ((fields & MUST_CONTACT) && !command->has_contact
      && ((fields & MUST_GROUP) || !command->has_group))
    return refuse (error, "contact", "must be an account: 64 hexadecimal digits");
  if ((fields & MAY_CONTACT) && json_object_has_member (object, "contact") && !command->has_contact)
    return refuse (error, "contact", "must be an account: 64 hexadecimal digits");
  if ((fields & MUST_TEXT) && !command->text)
    return refuse (error, "text", "must be a string");
  if ((fields & MUST_NAME) && !command->name)
    return refuse (error, "name", "must be a string");
  if ((fields & MUST_ADDRESS) && !command->address)
    return refuse (error, "address", "must be a string that starts with hk1 or hr1");
  if ((fields & MUST_HOW) && !command->how)
    return refuse (error, "how", "must be a string");
  if ((fields & MUST_ID) && !get_hex (object, "id", command->id, sizeof command->id))
    return refuse (error, "id", "must be a message: 32 hexadecimal digits");
  if ((fields & MUST_TRANSFER) && !get_number (object, "transfer", &command->transfer))
    return refuse (error, "transfer", "must be a transfer's number");
  if ((fields & MAY_CALL) && json_object_has_member (object, "call")
      && !get_number (object, "call", &command->call))
    return refuse (error, "call", "must be a call's number");
  if ((fields & MUST_ON) && !json_object_has_member (object, "on"))
    return refuse (error, "on", "must be true or false");
  if ((fields & MUST_PATH) && !command->path)
    return refuse (error, "path", "must be a string");
  if ((fields & MUST_SECONDS) && !get_number (object, "seconds", &command->seconds))
    return refuse (error, "seconds", "must be a number");
  if ((fields & MUST_PATHS) && !get_paths (object, command))
    return refuse (error, "paths", "must be a list of at least one path");
  return true;
}

HarkCommand *
hark_json_parse_command (const char *line, char **ret_tag, char **ret_name, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (HarkCommand) command = NULL;
  JsonNode *root;
  JsonObject *object;
  const char *name;

  *ret_tag = NULL;
  *ret_name = NULL;
  if (!g_utf8_validate (line, -1, NULL) || !json_parser_load_from_data (parser, line, -1, NULL)
      || !(root = json_parser_get_root (parser)) || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "not a JSON object");
    return NULL;
  }

  object = json_node_get_object (root);
  *ret_tag = g_strdup (get_string (object, "tag"));
  name = get_string (object, "command");
  *ret_name = g_strdup (name);
  if (!name) {
    refuse (error, "command", "must be a string");
    return NULL;
  }

  for (size_t i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (strcmp (commands[i].name, name) != 0)
      continue;
    command = hark_command_new (commands[i].kind);
    command->tag = g_strdup (*ret_tag);
    read_optional_fields (object, command);
    if (!read_required_fields (object, commands[i].fields, command, error))
      return NULL;
    return g_steal_pointer (&command);
  }

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "there is no command \"%s\"", name);
  return NULL;
}

/* ---- events ---------------------------------------------------------------------- */

static const char *const file_words[]
  = {"offered", "waiting", "moving", "paused", "done", "refused", "failed"};
static const char *const comparing_words[] = {"asked", "shown", "confirmed", "over"};

static void
put_transfer (JsonBuilder *builder, const HarkTransfer *transfer)
{
  put_int (builder, "transfer", (int64_t) transfer->id);
  put_account (builder, "contact", transfer->contact);
  put_string (builder, "name", transfer->name);
  put_string (builder, "state", WORD (file_words, transfer->state));
  put_int (builder, "size", (int64_t) transfer->size);
  put_int (builder, "bytes", (int64_t) transfer->bytes);
  put_int (builder, "files", transfer->files);
  put_bool (builder, "folder", transfer->folder);
  put_bool (builder, "risky", transfer->risky);
  if (transfer->state == HARK_FILE_PAUSED) {
    put_bool (builder, "paused_here", transfer->paused_here);
    put_bool (builder, "paused_there", transfer->paused_there);
  }
  if (transfer->skipped > 0)
    put_int (builder, "skipped", transfer->skipped);
  put_double (builder, "rate", transfer->rate);
  put_bool (builder, "outgoing", transfer->outgoing);
  put_string (builder, "path", transfer->path);
  put_string (builder, "reason", transfer->reason);
}

static void
put_network (JsonBuilder *builder, const HarkNetworkState *network)
{
  put_int (builder, "dht_nodes", network->dht_nodes);
  put_int (builder, "contact_points", network->contact_points);
  json_builder_set_member_name (builder, "public_addresses");
  json_builder_begin_array (builder);
  for (char **address = network->public_addresses; address && *address; address++)
    json_builder_add_string_value (builder, *address);
  json_builder_end_array (builder);
  put_string (builder, "mapping", network->mapping ? network->mapping : "none");
  put_string (builder, "udp", network->udp ? network->udp : "unknown");
  put_int (builder, "lan_peers", network->lan_peers);
  put_bool (builder, "published", network->published);
  put_bool (builder, "relay", network->relay);
  put_int (builder, "relay_rate", (int64_t) network->relay_rate);
  json_builder_set_member_name (builder, "relay_nodes");
  json_builder_begin_array (builder);
  for (char **node = network->relay_nodes; node && *node; node++)
    json_builder_add_string_value (builder, *node);
  json_builder_end_array (builder);
  put_int (builder, "relayed_now", network->relayed_now);
  put_int (builder, "relayed_bytes", (int64_t) network->relayed_bytes);
  put_bool (builder, "lan_only", network->lan_only);
  put_int (builder, "refused", (int64_t) network->refused);
  put_int (builder, "other_networks", network->other_networks);
}

static void
put_bytes (JsonBuilder *builder, const char *field, GBytes *bytes)
{
  g_autofree char *text = NULL;
  gsize len;
  const void *data;

  if (!bytes)
    return;
  data = g_bytes_get_data (bytes, &len);
  text = g_base64_encode (data, len);
  put_string (builder, field, text);
}

static void
put_mailbox (JsonBuilder *builder, const HarkMailboxInfo *info)
{
  put_account (builder, "contact", info->account);
  put_string (builder, "name", info->name);
  put_bool (builder, "node", info->node);
  put_bool (builder, "asked", info->asked);
  put_bool (builder, "keeps", info->keeps);
  put_bool (builder, "wants", info->wants);
  put_bool (builder, "kept", info->kept);
  put_bool (builder, "online", info->online);
}

static void
put_neighbour (JsonBuilder *builder, const HarkNeighbour *neighbour)
{
  put_account (builder, "contact", neighbour->account);
  put_string (builder, "name", neighbour->name);
  put_string (builder, "address", neighbour->address);
}

static void
put_finding (JsonBuilder *builder, const HarkFinding *finding)
{
  static const char *const levels[] = {
    [HARK_FINDING_PROBLEM] = "problem",
    [HARK_FINDING_HINT] = "hint",
    [HARK_FINDING_WELL] = "well",
  };

  put_string (builder, "level", levels[finding->level]);
  put_string (builder, "code", finding->code);
  put_string (builder, "text", finding->text);
  put_string (builder, "step", finding->step);
}

/* Fields of a result that belong to its command alone. */
static void
put_result_fields (JsonBuilder *builder, const HarkEvent *event)
{
  switch (event->command) {
  case HARK_COMMAND_ADDRESS:
    put_string (builder, "address", event->address);
    put_bool (builder, "one_time", event->on);
    break;
  case HARK_COMMAND_ADD:
  case HARK_COMMAND_COMPARE:
    put_account (builder, "contact", event->account);
    break;
  case HARK_COMMAND_SEND:
  case HARK_COMMAND_EDIT:
  case HARK_COMMAND_DELETE:
  case HARK_COMMAND_REACT:
  case HARK_COMMAND_TIMER:
  case HARK_COMMAND_CLIP:
    put_hex (builder, "id", event->id, sizeof event->id);
    break;
  case HARK_COMMAND_GROUP_CREATE:
    put_hex (builder, "group", event->id, sizeof event->id);
    break;
  case HARK_COMMAND_CALL:
  case HARK_COMMAND_ECHO_TEST:
    put_int (builder, "call", (int64_t) event->number);
    break;
  case HARK_COMMAND_DEVICES:
  case HARK_COMMAND_DEVICE:
    hark_json_put_devices (builder, event);
    break;
  case HARK_COMMAND_VERIFY:
    put_string (builder, "safety_number", event->text);
    put_string (builder, "qr", event->qr);
    break;
  case HARK_COMMAND_GIVE:
    json_builder_set_member_name (builder, "transfers");
    json_builder_begin_array (builder);
    for (guint i = 0; event->numbers && i < event->numbers->len; i++)
      json_builder_add_int_value (builder, (int64_t) g_array_index (event->numbers, uint64_t, i));
    json_builder_end_array (builder);
    break;
  case HARK_COMMAND_HISTORY:
    put_bool (builder, "older", event->older);
    put_bool (builder, "newer", event->newer);
    if (event->position != 0)
      put_int (builder, "position", (int64_t) event->position);
    break;
  case HARK_COMMAND_SEARCH:
    if (event->position != 0)
      put_int (builder, "next", (int64_t) event->position);
    break;
  case HARK_COMMAND_CHATS:
    put_int (builder, "keep_days", (int64_t) event->number);
    break;
  case HARK_COMMAND_STATUS:
    put_account (builder, "account", event->account);
    break;
  default:
    break;
  }
}

static void
put_result (JsonBuilder *builder, const HarkEvent *event)
{
  put_string (builder, "tag", event->tag);
  put_string (builder, "command", hark_json_command_name (event->command));
  put_bool (builder, "ok", event->ok);
  if (!event->ok) {
    put_string (builder, "code", event->code);
    put_string (builder, "error", event->text);
    return;
  }

  put_result_fields (builder, event);
  PUT_LIST (builder, "messages", event->messages, HarkMessage, hark_json_put_message);
  PUT_LIST (builder, "chats", event->chats, HarkChat, hark_json_put_chat);
  PUT_LIST (builder, "refused", event->refused, HarkRefused, hark_json_put_refused);
  PUT_LIST (builder, "contacts", event->people, HarkPerson, hark_json_put_person);
  PUT_LIST (builder, "groups", event->groups, HarkGroupInfo, hark_json_put_group);
  PUT_LIST (builder, "transfers", event->transfers, HarkTransfer, put_transfer);
  PUT_LIST (builder, "calls", event->calls, HarkCall, hark_json_put_call);
  PUT_LIST (builder, "findings", event->findings, HarkFinding, put_finding);
  PUT_LIST (builder, "mailboxes", event->mailboxes, HarkMailboxInfo, put_mailbox);
  if (event->command == HARK_COMMAND_MAILBOX)
    put_int (builder, "kept", (int64_t) event->number);
  PUT_LIST (builder, "people", event->neighbours, HarkNeighbour, put_neighbour);
  PUT_LIST (builder, "addresses", event->addresses, HarkOwnAddress, hark_json_put_own_address);
  put_bytes (builder, "pixels", event->picture);
  put_bytes (builder, "sound", event->sound);
  if (event->profile) {
    json_builder_set_member_name (builder, "profile");
    json_builder_begin_object (builder);
    hark_json_put_profile (builder, event->profile);
    json_builder_end_object (builder);
  }
  if (event->command == HARK_COMMAND_PEOPLE_HERE)
    put_bool (builder, "visible", event->on);
  if (event->network) {
    json_builder_set_member_name (builder, "network");
    json_builder_begin_object (builder);
    put_network (builder, event->network);
    json_builder_end_object (builder);
  }
}

static const char *const event_words[] = {
  [HARK_EVENT_READY] = "ready",
  [HARK_EVENT_RESULT] = "result",
  [HARK_EVENT_NETWORK] = "network",
  [HARK_EVENT_REQUEST] = "request",
  [HARK_EVENT_CONTACT] = "contact",
  [HARK_EVENT_MESSAGE] = "message",
  [HARK_EVENT_MESSAGE_CHANGED] = "message-changed",
  [HARK_EVENT_MESSAGE_GONE] = "message-gone",
  [HARK_EVENT_MESSAGE_STATE] = "message-state",
  [HARK_EVENT_GROUP] = "group",
  [HARK_EVENT_TYPING] = "typing",
  [HARK_EVENT_FILE_OFFER] = "file-offer",
  [HARK_EVENT_FILE_STATE] = "file-state",
  [HARK_EVENT_CALL] = "call",
  [HARK_EVENT_CALL_STATS] = "call-stats",
  [HARK_EVENT_DEVICES] = "devices",
  [HARK_EVENT_ECHO_TEST] = "echo-test",
  [HARK_EVENT_PEOPLE_HERE] = "people-here",
  [HARK_EVENT_WORDS] = "words",
  [HARK_EVENT_PROFILE] = "profile",
  [HARK_EVENT_CHAT] = "chat",
  [HARK_EVENT_CLEARED] = "cleared",
  [HARK_EVENT_MAILBOX] = "mailbox",
  [HARK_EVENT_WARNING] = "warning",
};

static void
put_event_fields (JsonBuilder *builder, const HarkEvent *event)
{
  switch (event->kind) {
  case HARK_EVENT_READY:
    put_account (builder, "account", event->account);
    put_string (builder, "address", event->address);
    put_string (builder, "relay_link", event->text);
    put_string (builder, "name", event->name);
    put_int (builder, "port", event->port);
    break;
  case HARK_EVENT_RESULT:
    put_result (builder, event);
    break;
  case HARK_EVENT_NETWORK:
    put_network (builder, event->network);
    break;
  case HARK_EVENT_REQUEST:
    put_account (builder, "contact", event->person->account);
    put_string (builder, "name", event->person->name);
    put_string (builder, "text", event->person->request_text);
    put_string (builder, "via", event->person->via);
    put_string (builder, "resembles", event->person->resembles);
    break;
  case HARK_EVENT_PROFILE:
    hark_json_put_profile (builder, event->profile);
    break;
  case HARK_EVENT_WORDS:
    put_account (builder, "contact", event->account);
    put_string (builder, "state", WORD (comparing_words, event->words_state));
    put_string (builder, "words", event->text);
    put_string (builder, "reason", event->reason);
    if (event->next_try_ms > 0)
      put_int (builder, "next_try", event->next_try_ms);
    break;
  case HARK_EVENT_CONTACT:
    hark_json_put_person (builder, event->person);
    break;
  case HARK_EVENT_MESSAGE:
  case HARK_EVENT_MESSAGE_CHANGED:
    hark_json_put_message (builder, event->message);
    break;
  case HARK_EVENT_MESSAGE_GONE:
    put_hex (builder, "id", event->message->id, sizeof event->message->id);
    put_account (builder, "contact", event->message->contact);
    put_int (builder, "position", (int64_t) event->message->position);
    break;
  case HARK_EVENT_MESSAGE_STATE:
    put_hex (builder, "id", event->message->id, sizeof event->message->id);
    put_account (builder, "contact", event->message->contact);
    hark_json_put_send_state (builder, event->message->state);
    if (event->message->has_group) {
      put_hex (builder, "group", event->message->group, sizeof event->message->group);
      put_int (builder, "reached", event->message->reached);
    }
    put_string (builder, "reason", event->reason);
    break;
  case HARK_EVENT_GROUP:
    hark_json_put_group (builder, event->group);
    break;
  case HARK_EVENT_TYPING:
    put_account (builder, "contact", event->account);
    put_bool (builder, "on", event->on);
    break;
  case HARK_EVENT_FILE_OFFER:
  case HARK_EVENT_FILE_STATE:
    put_transfer (builder, event->transfer);
    break;
  case HARK_EVENT_CALL:
    hark_json_put_call (builder, event->call);
    break;
  case HARK_EVENT_CALL_STATS:
    hark_json_put_stats (builder, event->call_stats, event->reason);
    break;
  case HARK_EVENT_ECHO_TEST:
    hark_json_put_echo_test (builder, event);
    break;
  case HARK_EVENT_DEVICES:
    hark_json_put_devices (builder, event);
    break;
  case HARK_EVENT_PEOPLE_HERE:
    PUT_LIST (builder, "people", event->neighbours, HarkNeighbour, put_neighbour);
    put_bool (builder, "visible", event->on);
    break;
  case HARK_EVENT_CHAT:
    PUT_LIST (builder, "chats", event->chats, HarkChat, hark_json_put_chat);
    break;
  case HARK_EVENT_CLEARED:
    put_account (builder, "contact", event->account);
    break;
  case HARK_EVENT_MAILBOX:
    PUT_LIST (builder, "mailboxes", event->mailboxes, HarkMailboxInfo, put_mailbox);
    put_int (builder, "kept", (int64_t) event->number);
    break;
  case HARK_EVENT_WARNING:
    put_string (builder, "code", event->code);
    put_string (builder, "text", event->text);
    break;
  }
}

static char *
finish_line (JsonBuilder *builder)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  return json_generator_to_data (generator, NULL);
}

char *
hark_json_format_event (const HarkEvent *event)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  put_string (builder, "event", WORD (event_words, event->kind));
  put_int (builder, "t", event->time_ms);
  put_event_fields (builder, event);
  return finish_line (builder);
}

char *
hark_json_format_refusal (const char *tag, const char *name, const char *code, const char *sentence)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  put_string (builder, "event", "result");
  put_int (builder, "t", g_get_real_time () / 1000);
  put_string (builder, "tag", tag);
  put_string (builder, "command", name);
  put_bool (builder, "ok", false);
  put_string (builder, "code", code);
  put_string (builder, "error", sentence);
  return finish_line (builder);
}
