#include "app/cli/lines.h"

#include <stdio.h>
#include <string.h>

#define QUOTE_LEN 60 /* characters of what is answered */
#define INDENT "    "

char *
hark_cli_clean (const char *text, const char *indent)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *ret = g_string_sized_new (strlen (valid));

  for (const char *at = valid; *at; at = g_utf8_next_char (at)) {
    const gunichar c = g_utf8_get_char (at);

    if (c == '\n')
      g_string_append_printf (ret, "%s%s", indent ? "\n" : " ", indent ? indent : "");
    else if (c == '\t')
      g_string_append_c (ret, indent ? '\t' : ' ');
    else if (g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E)
             || (c >= 0x2066 && c <= 0x2069))
      g_string_append (ret, "\xef\xbf\xbd");
    else
      g_string_append_unichar (ret, c);
  }
  return g_string_free (ret, FALSE);
}

static void
clean_node (JsonNode *node, const char *name)
{
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);
    g_autoptr (GList) names = json_object_get_members (object);

    for (GList *at = names; at; at = at->next)
      clean_node (json_object_get_member (object, at->data), at->data);
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (guint i = 0; i < json_array_get_length (array); i++)
      clean_node (json_array_get_element (array, i), name);
  } else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING) {
    const bool lines = strcmp (name, "text") == 0 || strcmp (name, "notes") == 0;
    g_autofree char *clean = hark_cli_clean (json_node_get_string (node), lines ? "" : NULL);

    json_node_set_string (node, clean);
  }
}

void
hark_cli_clean_all (JsonNode *root)
{
  clean_node (root, "");
}

/* ---- names ---- */

static const char *
member (JsonObject *object, const char *field)
{
  return json_object_get_string_member_with_default (object, field, "");
}

static gint64
number (JsonObject *object, const char *field)
{
  return json_object_get_int_member_with_default (object, field, 0);
}

static bool
flag (JsonObject *object, const char *field)
{
  return json_object_get_boolean_member_with_default (object, field, FALSE);
}

/* The one of the list @field whose @key is @wanted, or NULL. */
static JsonObject *
find (JsonObject *holder, const char *field, const char *key, const char *wanted)
{
  JsonArray *list = holder && json_object_has_member (holder, field)
                      ? json_object_get_array_member (holder, field)
                      : NULL;

  for (guint i = 0; list && i < json_array_get_length (list); i++) {
    JsonObject *object = json_array_get_object_element (list, i);

    if (strcmp (member (object, key), wanted) == 0)
      return object;
  }
  return NULL;
}

const char *
hark_cli_name (JsonObject *status, const char *group, const char *account)
{
  JsonObject *person = find (status, "contacts", "contact", account);

  if (strcmp (account, member (status, "account")) == 0)
    return "me";
  if (!person && group)
    person = find (find (status, "groups", "group", group), "members", "contact", account);
  return person ? member (person, "name") : account;
}

const char *
hark_cli_title (JsonObject *status, JsonObject *of)
{
  JsonObject *group = find (status, "groups", "group", member (of, "group"));

  return group ? member (group, "name") : hark_cli_name (status, NULL, member (of, "contact"));
}

/* ---- messages ---- */

void
hark_cli_print_json (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *line = NULL;

  json_node_set_object (node, object);
  line = json_to_string (node, FALSE);
  printf ("%s\n", line);
}

void
hark_cli_print_time (JsonObject *message)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (number (message, "sent_at") / 1000);
  g_autofree char *time = when ? g_date_time_format (when, "%F %R") : g_strdup ("?");

  printf ("%s %s ", time, flag (message, "outgoing") ? ">" : "<");
}

static char *
describe_time (gint64 seconds)
{
  static const struct {
    gint64 seconds;
    const char *word;
  } units[] = {
    {86400, "day"   },
    {3600,  "hour"  },
    {60,    "minute"},
    {1,     "second"},
  };
  size_t i = 0;

  while (seconds % units[i].seconds != 0)
    i++;
  seconds /= units[i].seconds;
  return g_strdup_printf ("%" G_GINT64_FORMAT " %s%s", seconds, units[i].word,
                          seconds == 1 ? "" : "s");
}

/* (transfer full): what the message says. */
static char *
describe (JsonObject *message)
{
  const char *type = member (message, "type");
  g_autofree char *text = hark_cli_clean (member (message, "text"), INDENT);
  g_autofree char *after = NULL;

  if (flag (message, "missing"))
    return g_strdup ("(has not come here yet)");
  if (flag (message, "deleted"))
    return g_strdup ("(asked to delete this message)");
  if (strcmp (type, "timer") == 0 && number (message, "expires_s") == 0)
    return g_strdup ("(messages from here on stay)");
  if (strcmp (type, "timer") == 0) {
    after = describe_time (number (message, "expires_s"));
    return g_strdup_printf ("(messages from here on disappear %s after they are read)", after);
  }
  if (strcmp (type, "group") == 0)
    return g_strdup_printf ("(%s)", text);
  if (*type != '\0' && strcmp (type, "text") != 0)
    return g_strdup_printf ("(%s)%s%s", strcmp (type, "clip") == 0 ? "voice message" : type,
                            *text ? " " : "", text);
  return g_strdup_printf ("%s%s", text, number (message, "edits") > 0 ? " (edited)" : "");
}

/* What it answers: the beginning of that, when it is in @result. */
static void
print_quote (JsonObject *result, JsonObject *message)
{
  JsonObject *answered = find (result, "messages", "id", member (message, "reply_to"));
  g_autofree char *text = NULL;
  g_autofree char *part = NULL;

  if (!*member (message, "reply_to"))
    return;
  text = answered ? hark_cli_clean (member (answered, "text"), NULL) : g_strdup ("");
  part = g_utf8_substring (text, 0, MIN (QUOTE_LEN, g_utf8_strlen (text, -1)));
  printf (INDENT "(answers%s%s%s)\n", *part ? ": " : " an earlier message", part,
          strlen (part) < strlen (text) ? "…" : "");
}

static void
print_reactions (JsonObject *status, JsonObject *message)
{
  JsonArray *list = json_object_has_member (message, "reactions")
                      ? json_object_get_array_member (message, "reactions")
                      : NULL;

  for (guint i = 0; list && i < json_array_get_length (list); i++) {
    JsonObject *one = json_array_get_object_element (list, i);
    g_autofree char *sign = hark_cli_clean (member (one, "text"), NULL);

    printf (INDENT "%s %s\n", sign,
            hark_cli_name (status, member (message, "group"), member (one, "account")));
  }
}

void
hark_cli_print_messages (JsonObject *status, JsonObject *result, bool ids, bool json)
{
  JsonArray *messages = json_object_has_member (result, "messages")
                          ? json_object_get_array_member (result, "messages")
                          : NULL;

  for (guint i = messages ? json_array_get_length (messages) : 0; i > 0; i--) {
    JsonObject *message = json_array_get_object_element (messages, i - 1);
    const char *group = member (message, "group");
    const char *state = member (message, "state");
    const bool waits = flag (message, "outgoing") && strcmp (member (message, "type"), "text") == 0
                       && (strcmp (state, "queued") == 0 || strcmp (state, "sent") == 0);
    g_autofree char *text = NULL;

    if (json) {
      hark_cli_print_json (message);
      continue;
    }
    text = describe (message);
    if (ids)
      printf ("%s ", member (message, "id"));
    hark_cli_print_time (message);
    if (*group && strcmp (member (message, "type"), "group") != 0)
      printf ("%s: ", hark_cli_name (status, group, member (message, "author")));
    printf ("%s%s%s%s\n", text, waits ? " (" : "", waits ? state : "", waits ? ")" : "");
    print_quote (result, message);
    print_reactions (status, message);
  }
}
