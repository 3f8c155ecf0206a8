#include "app/cli/verb-table.h"

#include <string.h>

static const HarkVerbRow verbs[] = {
  {"address",        "address",           false, NULL,        WAIT_RESULT   },
  {"add",            "add",               false, "address",   WAIT_RESULT   },
  {"contacts",       "status",            false, NULL,        WAIT_RESULT   },
  {"requests",       "status",            false, NULL,        WAIT_RESULT   },
  {"about",          "status",            true,  NULL,        WAIT_RESULT   },
  {"profile",        "profile",           false, NULL,        WAIT_RESULT   },
  {"status-text",    "profile",           false, "text",      WAIT_RESULT   },
  {"presence",       "presence",          false, "how",       WAIT_RESULT   },
  {"notes",          "notes",             true,  "text",      WAIT_RESULT   },
  {"favourite",      "favourite",         true,  "on",        WAIT_RESULT   },
  {"silence",        "silence",           true,  "on",        WAIT_RESULT   },
  {"may-give-files", "may",               true,  "on",        WAIT_RESULT   },
  {"see-typing",     "may",               true,  "on",        WAIT_RESULT   },
  {"see-read",       "may",               true,  "on",        WAIT_RESULT   },
  {"see-online",     "may",               true,  "on",        WAIT_RESULT   },
  {"compare",        "compare",           false, "text",      WAIT_RESULT   },
  {"words",          "words",             true,  NULL,        WAIT_WORDS    },
  {"words-match",    "words",             true,  NULL,        WAIT_RESULT   },
  {"words-differ",   "words",             true,  NULL,        WAIT_RESULT   },
  {"status",         "status",            false, NULL,        WAIT_RESULT   },
  {"doctor",         "doctor",            true,  NULL,        WAIT_LOOK     },
  {"ledger",         "ledger",            false, NULL,        WAIT_RESULT   },
  {"people-here",    "people-here",       false, NULL,        WAIT_RESULT   },
  {"accept",         "accept",            true,  NULL,        WAIT_RESULT   },
  {"decline",        "decline",           true,  NULL,        WAIT_RESULT   },
  {"block",          "block",             true,  NULL,        WAIT_RESULT   },
  {"unblock",        "unblock",           true,  NULL,        WAIT_RESULT   },
  {"remove",         "remove",            true,  NULL,        WAIT_RESULT   },
  {"rename",         "rename",            true,  "name",      WAIT_RESULT   },
  {"verify",         "verify",            true,  NULL,        WAIT_RESULT   },
  {"history",        "history",           true,  NULL,        WAIT_RESULT   },
  {"search",         "search",            false, "text",      WAIT_RESULT   },
  {"calls",          "calls",             false, NULL,        WAIT_RESULT   },
  {"chats",          "chats",             false, NULL,        WAIT_RESULT   },
  {"draft",          "draft",             true,  "text",      WAIT_RESULT   },
  {"note",           "send",              false, "text",      WAIT_RESULT   },
  {"unread",         "unread",            true,  "on",        WAIT_RESULT   },
  {"pin",            "pin",               true,  "on",        WAIT_RESULT   },
  {"archive",        "archive",           true,  "on",        WAIT_RESULT   },
  {"keep",           "keep",              true,  "days",      WAIT_RESULT   },
  {"clear",          "clear",             true,  NULL,        WAIT_RESULT   },
  {"export",         "export",            true,  "path",      WAIT_RESULT   },
  {"send",           "send",              true,  "text",      WAIT_DELIVERED},
  {"edit",           "edit",              true,  "id,text",   WAIT_DELIVERED},
  {"delete",         "delete",            true,  "id",        WAIT_DELIVERED},
  {"react",          "react",             true,  "id,text",   WAIT_DELIVERED},
  {"timer",          "timer",             true,  "seconds",   WAIT_DELIVERED},
  {"clip",           "clip",              true,  "sound",     WAIT_DELIVERED},
  {"clip-send",      "clip",              true,  "sound",     WAIT_DELIVERED},
  {"clip-record",    "record",            true,  NULL,        WAIT_SPOKEN   },
  {"clip-play",      "play",              true,  "id",        WAIT_HEARD    },
  {"clip-save",      "sound",             true,  "id,file",   WAIT_RESULT   },
  {"sound",          "sound",             true,  "id,file",   WAIT_RESULT   },
  {"call",           "call",              true,  NULL,        WAIT_CALL     },
  {"answer",         "answer",            false, NULL,        WAIT_RESULT   },
  {"hangup",         "hangup",            false, NULL,        WAIT_RESULT   },
  {"hold",           "hold",              false, NULL,        WAIT_RESULT   },
  {"unhold",         "unhold",            false, NULL,        WAIT_RESULT   },
  {"swap",           "unhold",            false, NULL,        WAIT_RESULT   },
  {"mute",           "mute",              false, NULL,        WAIT_RESULT   },
  {"unmute",         "unmute",            false, NULL,        WAIT_RESULT   },
  {"volume",         "call-volume",       false, "volume",    WAIT_RESULT   },
  {"ptt",            "mute",              false, "part",      WAIT_RESULT   },
  {"devices",        "devices",           false, NULL,        WAIT_RESULT   },
  {"device",         "device",            false, "part,as",   WAIT_RESULT   },
  {"echo-test",      "echo-test",         false, NULL,        WAIT_CALL     },
  {"edits",          "edits",             true,  "id",        WAIT_RESULT   },
  {"quarantine",     "quarantine",        false, NULL,        WAIT_RESULT   },
  {"give",           "give",              true,  "paths",     WAIT_MOVED    },
  {"share",          "share",             false, "folder",    WAIT_RESULT   },
  {"share-list",     "shares",            false, NULL,        WAIT_RESULT   },
  {"share-remove",   "unshare",           false, "folder",    WAIT_RESULT   },
  {"browse",         "browse",            true,  "way",       WAIT_ONLINE   },
  {"take",           "take",              true,  NULL,        WAIT_MOVED    },
  {"queue",          "queue",             false, "rest",      WAIT_RESULT   },
  {"limit",          "limit",             false, "rest",      WAIT_RESULT   },
  {"metered",        "metered",           false, "rest",      WAIT_RESULT   },
  {"accept-files",   "accept-files",      true,  "rest",      WAIT_RESULT   },
  {"pause",          "pause",             false, "rest",      WAIT_RESULT   },
  {"resume",         "resume",            false, "rest",      WAIT_RESULT   },
  {"cancel",         "cancel",            false, "rest",      WAIT_RESULT   },
  {"refuse",         "refuse",            false, "rest",      WAIT_RESULT   },
  {"join",           "network",           false, "name",      WAIT_RESULT   },
  {"leave",          "network",           false, NULL,        WAIT_RESULT   },
  {"add-peer",       "add-peer",          false, "name",      WAIT_RESULT   },
  {"remove-peer",    "remove-peer",       false, "name",      WAIT_RESULT   },
  {"relay",          "relay",             false, "on",        WAIT_RESULT   },
  {"backup",         "backup",            false, "path",      WAIT_RESULT   },
  {"auto-backup",    "auto-backup",       false, "directory", WAIT_RESULT   },
  {"relay-for",      "relay",             true,  "on",        WAIT_RESULT   },
  {"mailbox-list",   "mailbox",           false, NULL,        WAIT_RESULT   },
  {"mailbox-add",    "mailbox-add",       false, "keeper",    WAIT_RESULT   },
  {"mailbox-remove", "mailbox-drop",      false, "keeper",    WAIT_RESULT   },
  {"mailbox-for",    "mailbox-for",       true,  "on",        WAIT_RESULT   },
  {"relay-add",      "relay-add",         false, "address",   WAIT_RESULT   },
  {"relay-remove",   "relay-remove",      false, "name",      WAIT_RESULT   },
  {"relay-list",     "status",            false, NULL,        WAIT_RESULT   },
  {"group-create",   "group-create",      false, "name",      WAIT_RESULT   },
  {"group-list",     "groups",            false, NULL,        WAIT_RESULT   },
  {"group-add",      "group-add",         false, NULL,        WAIT_RESULT   },
  {"group-remove",   "group-remove",      false, NULL,        WAIT_RESULT   },
  {"group-admin",    "group-role",        false, NULL,        WAIT_RESULT   },
  {"group-member",   "group-role",        false, NULL,        WAIT_RESULT   },
  {"group-accept",   "group-accept",      false, NULL,        WAIT_RESULT   },
  {"group-leave",    "group-leave",       false, NULL,        WAIT_RESULT   },
  {"group-forget",   "group-forget",      false, NULL,        WAIT_RESULT   },
  {"group-rename",   "group-rename",      false, "name",      WAIT_RESULT   },
  {"group-picture",  "group-picture",     false, "picture",   WAIT_RESULT   },
  {"group-timer",    "timer",             false, "seconds",   WAIT_RESULT   },
  {"group-meet",     "group-meet",        false, NULL,        WAIT_RESULT   },
  {"group-notices",  "group-notices",     false, "how",       WAIT_RESULT   },
  {"group-call",     "group-call",        false, NULL,        WAIT_RESULT   },
  {"group-hangup",   "group-call-leave",  false, NULL,        WAIT_RESULT   },
  {"group-mute",     "group-call-mute",   false, "on",        WAIT_RESULT   },
  {"group-volume",   "group-call-volume", false, "volume",    WAIT_RESULT   },
  {"group-send",     "send",              false, "text",      WAIT_DELIVERED},
  {"group-history",  "history",           false, NULL,        WAIT_RESULT   },
};

const HarkVerbRow *
hark_verb_find (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (verbs[i].verb, name) == 0)
      return &verbs[i];
  return NULL;
}

char *
hark_verb_list_behind (const char *name)
{
  g_autoptr (GString) list = g_string_new (NULL);
  const size_t len = strlen (name);

  for (size_t i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strncmp (verbs[i].verb, name, len) == 0 && verbs[i].verb[len] == '-')
      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", verbs[i].verb + len + 1);
  return list->len > 0 ? g_string_free (g_steal_pointer (&list), FALSE) : NULL;
}

bool
hark_verb_wants_paths (const HarkVerbRow *row)
{
  static const char *const fields[] = {"paths", "path", "directory", "folder", NULL};

  return row->argument && g_strv_contains (fields, row->argument);
}

int
hark_verb_count_arguments (const HarkVerbRow *row)
{
  const char *fields = row->argument;
  int n = row->contact + (fields != NULL);

  if (g_strcmp0 (fields, "rest") == 0)
    return row->contact;
  for (; fields && *fields; fields++)
    n += *fields == ',';
  return n;
}
