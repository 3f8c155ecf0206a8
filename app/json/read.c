/* app/json/read.c - lines of JSON into commands; what each must and may carry. */
#include "app/json/json.h"

#include "app/json/calls.h"
#include "app/json/clips.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <string.h>

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
  {"address",           HARK_COMMAND_ADDRESS,           0                                   },
  {"add",               HARK_COMMAND_ADD,               MUST_ADDRESS                        },
  {"accept",            HARK_COMMAND_ACCEPT,            MUST_CONTACT                        },
  {"decline",           HARK_COMMAND_DECLINE,           MUST_CONTACT                        },
  {"block",             HARK_COMMAND_BLOCK,             MUST_CONTACT                        },
  {"unblock",           HARK_COMMAND_UNBLOCK,           MUST_CONTACT                        },
  {"remove",            HARK_COMMAND_REMOVE,            MUST_CONTACT                        },
  {"rename",            HARK_COMMAND_RENAME,            MUST_CONTACT | MUST_NAME            },
  {"send",              HARK_COMMAND_SEND,              MUST_CONTACT | MUST_TEXT            },
  {"edit",              HARK_COMMAND_EDIT,              MAY_CONTACT | MUST_ID | MUST_TEXT   },
  {"delete",            HARK_COMMAND_DELETE,            MAY_CONTACT | MUST_ID               },
  {"react",             HARK_COMMAND_REACT,             MAY_CONTACT | MUST_ID               },
  {"clip",              HARK_COMMAND_CLIP,              MUST_CONTACT                        },
  {"sound",             HARK_COMMAND_SOUND,             MUST_CONTACT | MUST_ID              },
  {"record",            HARK_COMMAND_RECORD,            MUST_HOW | MAY_CONTACT              },
  {"play",              HARK_COMMAND_PLAY,              MUST_HOW | MAY_CONTACT              },
  {"waveform",          HARK_COMMAND_WAVEFORM,          MUST_CONTACT | MUST_ID              },
  {"timer",             HARK_COMMAND_TIMER,             MUST_CONTACT | MUST_SECONDS         },
  {"edits",             HARK_COMMAND_EDITS,             MAY_CONTACT | MUST_ID               },
  {"message",           HARK_COMMAND_MESSAGE,           MAY_CONTACT | MUST_ID               },
  {"quarantine",        HARK_COMMAND_QUARANTINE,        0                                   },
  {"read",              HARK_COMMAND_READ,              MUST_ID | MAY_CONTACT               },
  {"typing",            HARK_COMMAND_TYPING,            MUST_CONTACT | MUST_ON              },
  {"history",           HARK_COMMAND_HISTORY,           MUST_CONTACT                        },
  {"search",            HARK_COMMAND_SEARCH,            MUST_TEXT | MAY_CONTACT             },
  {"calls",             HARK_COMMAND_CALLS,             0                                   },
  {"chats",             HARK_COMMAND_CHATS,             0                                   },
  {"draft",             HARK_COMMAND_DRAFT,             MUST_CONTACT | MUST_TEXT            },
  {"unread",            HARK_COMMAND_UNREAD,            MUST_CONTACT | MUST_ON              },
  {"pin",               HARK_COMMAND_PIN,               MUST_CONTACT | MUST_ON              },
  {"archive",           HARK_COMMAND_ARCHIVE,           MUST_CONTACT | MUST_ON              },
  {"keep",              HARK_COMMAND_KEEP,              MAY_CONTACT                         },
  {"clear",             HARK_COMMAND_CLEAR,             MUST_CONTACT                        },
  {"export",            HARK_COMMAND_EXPORT,            MUST_PATH | MAY_CONTACT             },
  {"give",              HARK_COMMAND_GIVE,              MUST_CONTACT | MUST_PATHS           },
  {"share",             HARK_COMMAND_SHARE,             MUST_CONTACT | MUST_PATH            },
  {"unshare",           HARK_COMMAND_UNSHARE,           MAY_CONTACT                         },
  {"shares",            HARK_COMMAND_SHARES,            0                                   },
  {"browse",            HARK_COMMAND_BROWSE,            MUST_CONTACT                        },
  {"fetch",             HARK_COMMAND_FETCH,             MUST_CONTACT | MUST_PATH            },
  {"take",              HARK_COMMAND_TAKE,              MUST_TRANSFER                       },
  {"refuse",            HARK_COMMAND_REFUSE,            MUST_TRANSFER                       },
  {"pause",             HARK_COMMAND_PAUSE,             MUST_TRANSFER                       },
  {"resume",            HARK_COMMAND_RESUME,            MUST_TRANSFER                       },
  {"cancel",            HARK_COMMAND_CANCEL,            MUST_TRANSFER                       },
  {"queue",             HARK_COMMAND_QUEUE,             0                                   },
  {"limit",             HARK_COMMAND_LIMIT,             0                                   },
  {"metered",           HARK_COMMAND_METERED,           0                                   },
  {"costly",            HARK_COMMAND_COSTLY,            MUST_ON                             },
  {"accept-files",      HARK_COMMAND_ACCEPT_FILES,      MUST_CONTACT | MUST_ON              },
  {"call",              HARK_COMMAND_CALL,              MUST_CONTACT                        },
  {"answer",            HARK_COMMAND_ANSWER,            MAY_CALL                            },
  {"hangup",            HARK_COMMAND_HANGUP,            MAY_CALL                            },
  {"hold",              HARK_COMMAND_HOLD,              MAY_CALL                            },
  {"unhold",            HARK_COMMAND_UNHOLD,            MAY_CALL                            },
  {"echo-test",         HARK_COMMAND_ECHO_TEST,         0                                   },
  {"devices",           HARK_COMMAND_DEVICES,           0                                   },
  {"device",            HARK_COMMAND_DEVICE,            0                                   },
  {"mute",              HARK_COMMAND_MUTE,              MAY_CALL                            },
  {"unmute",            HARK_COMMAND_UNMUTE,            MAY_CALL                            },
  {"call-volume",       HARK_COMMAND_CALL_VOLUME,       MAY_CALL                            },
  {"verify",            HARK_COMMAND_VERIFY,            MUST_CONTACT                        },
  {"set-verified",      HARK_COMMAND_SET_VERIFIED,      MUST_CONTACT | MUST_HOW             },
  {"compare",           HARK_COMMAND_COMPARE,           MUST_TEXT | MAY_CONTACT             },
  {"words",             HARK_COMMAND_WORDS,             MUST_CONTACT | MUST_HOW             },
  {"meet",              HARK_COMMAND_MEET,              MUST_HOW                            },
  {"profile",           HARK_COMMAND_PROFILE,           0                                   },
  {"presence",          HARK_COMMAND_PRESENCE,          MUST_HOW                            },
  {"idle",              HARK_COMMAND_IDLE,              MUST_ON                             },
  {"picture",           HARK_COMMAND_PICTURE,           MAY_CONTACT                         },
  {"notes",             HARK_COMMAND_NOTES,             MUST_CONTACT | MUST_TEXT            },
  {"favourite",         HARK_COMMAND_FAVOURITE,         MUST_CONTACT | MUST_ON              },
  {"silence",           HARK_COMMAND_SILENCE,           MUST_CONTACT | MUST_ON              },
  {"may",               HARK_COMMAND_MAY,               MAY_CONTACT | MUST_HOW | MUST_ON    },
  {"addresses",         HARK_COMMAND_ADDRESSES,         0                                   },
  {"label",             HARK_COMMAND_LABEL,             MUST_ADDRESS | MUST_TEXT            },
  {"revoke",            HARK_COMMAND_REVOKE,            MUST_ADDRESS                        },
  {"relay",             HARK_COMMAND_RELAY,             MUST_ON | MAY_CONTACT               },
  {"mailbox",           HARK_COMMAND_MAILBOX,           0                                   },
  {"mailbox-add",       HARK_COMMAND_MAILBOX_ADD,       MAY_CONTACT                         },
  {"mailbox-drop",      HARK_COMMAND_MAILBOX_DROP,      MAY_CONTACT                         },
  {"mailbox-for",       HARK_COMMAND_MAILBOX_FOR,       MUST_CONTACT | MUST_ON              },
  {"relay-add",         HARK_COMMAND_RELAY_ADD,         MUST_ADDRESS                        },
  {"relay-remove",      HARK_COMMAND_RELAY_REMOVE,      MUST_NAME                           },
  {"people-here",       HARK_COMMAND_PEOPLE_HERE,       0                                   },
  {"visible",           HARK_COMMAND_VISIBLE,           MUST_ON                             },
  {"backup",            HARK_COMMAND_BACKUP,            MUST_PATH                           },
  {"auto-backup",       HARK_COMMAND_AUTO_BACKUP,       0                                   },
  {"network",           HARK_COMMAND_NETWORK,           0                                   },
  {"add-peer",          HARK_COMMAND_ADD_PEER,          MUST_NAME                           },
  {"remove-peer",       HARK_COMMAND_REMOVE_PEER,       MUST_NAME                           },
  {"status",            HARK_COMMAND_STATUS,            0                                   },
  {"doctor",            HARK_COMMAND_DOCTOR,            MAY_CONTACT                         },
  {"ledger",            HARK_COMMAND_LEDGER,            0                                   },
  {"group-create",      HARK_COMMAND_GROUP_CREATE,      MUST_NAME                           },
  {"group-add",         HARK_COMMAND_GROUP_ADD,         MUST_GROUP | MUST_CONTACT           },
  {"group-accept",      HARK_COMMAND_GROUP_ACCEPT,      MUST_GROUP                          },
  {"group-leave",       HARK_COMMAND_GROUP_LEAVE,       MUST_GROUP                          },
  {"group-remove",      HARK_COMMAND_GROUP_REMOVE,      MUST_GROUP | MUST_CONTACT           },
  {"group-rename",      HARK_COMMAND_GROUP_RENAME,      MUST_GROUP | MUST_NAME              },
  {"group-role",        HARK_COMMAND_GROUP_ROLE,        MUST_GROUP | MUST_CONTACT | MUST_HOW},
  {"group-picture",     HARK_COMMAND_GROUP_PICTURE,     MUST_GROUP                          },
  {"group-meet",        HARK_COMMAND_GROUP_MEET,        MUST_GROUP | MUST_CONTACT           },
  {"group-notices",     HARK_COMMAND_GROUP_NOTICES,     MUST_GROUP | MUST_HOW               },
  {"group-forget",      HARK_COMMAND_GROUP_FORGET,      MUST_GROUP                          },
  {"groups",            HARK_COMMAND_GROUP_LIST,        0                                   },
  {"group-call",        HARK_COMMAND_GROUP_CALL,        MUST_GROUP                          },
  {"group-call-join",   HARK_COMMAND_GROUP_CALL_JOIN,   MUST_GROUP                          },
  {"group-call-leave",  HARK_COMMAND_GROUP_CALL_LEAVE,  MUST_GROUP                          },
  {"group-call-mute",   HARK_COMMAND_GROUP_CALL_MUTE,   MUST_GROUP | MUST_ON                },
  {"group-call-volume", HARK_COMMAND_GROUP_CALL_VOLUME, MUST_GROUP | MUST_CONTACT           },
  {"quit",              HARK_COMMAND_LEAVE_QUIETLY,     0                                   },
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
is_peer (const char *text)
{
  g_autoptr (GSocketConnectable) place = g_network_address_parse (text, 1, NULL);
  const char *host = place ? g_network_address_get_hostname (G_NETWORK_ADDRESS (place)) : "";

  return *host && (!strchr (host, ':') || g_hostname_is_ip_address (host));
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

static void
free_preview (void *preview)
{
  if (preview)
    g_bytes_unref (preview);
}

/* What is no string is none. */
static void
get_previews (JsonObject *object, HarkCommand *command)
{
  JsonNode *node = json_object_get_member (object, "previews");
  JsonArray *array = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array && i < json_array_get_length (array); i++) {
    JsonNode *item = json_array_get_element (array, i);
    g_autofree guchar *bytes = NULL;
    gsize len = 0;

    if (!command->previews)
      command->previews = g_ptr_array_new_with_free_func (free_preview);
    if (JSON_NODE_HOLDS_VALUE (item) && json_node_get_value_type (item) == G_TYPE_STRING)
      bytes = g_base64_decode (json_node_get_string (item), &len);
    g_ptr_array_add (command->previews, len > 0 ? g_bytes_new (bytes, len) : NULL);
  }
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
  if (get_number (object, "size", &number))
    command->size = number;
  if (command->kind == HARK_COMMAND_QUEUE)
    get_number (object, "transfer", &command->transfer);
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
  if (command->kind == HARK_COMMAND_MEET && get_number (object, "files", &number))
    command->limit = (unsigned) MIN (number, G_MAXUINT16);
  if (command->kind == HARK_COMMAND_GROUP_CALL_VOLUME || command->kind == HARK_COMMAND_CALL_VOLUME)
    command->limit
      = get_number (object, "volume", &number) ? (unsigned) MIN (number, G_MAXUINT) : G_MAXUINT;
  if (command->kind == HARK_COMMAND_CLIP)
    command->sound = get_bytes (object, "sound");
  if (command->kind == HARK_COMMAND_PLAY) {
    get_hex (object, "id", command->id, sizeof command->id);
    hark_json_read_play (object, command);
  }
  if (command->kind == HARK_COMMAND_GIVE)
    get_previews (object, command);
  if (command->kind == HARK_COMMAND_PROFILE || command->kind == HARK_COMMAND_GROUP_PICTURE)
    command->picture = get_bytes (object, "picture");
  if (command->kind == HARK_COMMAND_PROFILE) {
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
  if (command->kind == HARK_COMMAND_ADD_PEER && !is_peer (command->name))
    return refuse (error, "name", "must be HOST or HOST:PORT");
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
