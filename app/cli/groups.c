#include "app/cli/groups.h"
#include "ui/picture-child.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

/* Whom a verb is about, beside the group. */
static const struct {
  const char *verb;
  bool group, contact, member;
} verbs[] = {
  {"group-create",  false, false, false},
  {"group-list",    false, false, false},
  {"group-add",     true,  true,  false},
  {"group-remove",  true,  false, true },
  {"group-admin",   true,  false, true },
  {"group-member",  true,  false, true },
  {"group-accept",  true,  false, false},
  {"group-leave",   true,  false, false},
  {"group-forget",  true,  false, false},
  {"group-rename",  true,  false, false},
  {"group-picture", true,  false, false},
  {"group-timer",   true,  false, false},
  {"group-meet",    true,  false, true },
  {"group-notices", true,  false, false},
  {"group-call",    true,  false, false},
  {"group-hangup",  true,  false, false},
  {"group-mute",    true,  false, false},
  {"group-volume",  true,  false, true },
  {"group-send",    true,  false, false},
  {"group-history", true,  false, false},
};

static int
find_verb (const char *verb)
{
  for (size_t i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (verbs[i].verb, verb) == 0)
      return (int) i;
  return -1;
}

int
hark_cli_group_arguments (const char *verb)
{
  const int i = find_verb (verb);

  return i < 0 ? 0 : verbs[i].group + verbs[i].contact + verbs[i].member;
}

static const char *
text_of (JsonObject *object, const char *field)
{
  return json_object_get_string_member_with_default (object, field, "");
}

/* The one of @list whose name is @wanted or whose @field begins so. */
static JsonObject *
find (JsonObject *holder, const char *list, const char *field, const char *wanted, GError **error)
{
  JsonArray *array
    = json_object_has_member (holder, list) ? json_object_get_array_member (holder, list) : NULL;
  g_autofree char *folded = g_utf8_casefold (wanted, -1);
  JsonObject *found = NULL;
  unsigned matches = 0;

  for (guint i = 0; array && i < json_array_get_length (array); i++) {
    JsonObject *object = json_array_get_object_element (array, i);
    g_autofree char *name = g_utf8_casefold (text_of (object, "name"), -1);

    if (strcmp (name, folded) != 0 && !g_str_has_prefix (text_of (object, field), folded))
      continue;
    found = object;
    matches++;
  }
  if (matches == 1)
    return found;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               matches == 0 ? "there is no \"%s\" among the %s"
                            : "\"%s\" could be several of the %s",
               wanted, list);
  return NULL;
}

const char *
hark_cli_group_find (JsonObject *status, const char *wanted)
{
  g_autofree char *folded = g_utf8_casefold (wanted, -1);
  JsonObject *group = find (status, "groups", "group", wanted, NULL);

  if (group && strlen (wanted) < 4) {
    g_autofree char *name = g_utf8_casefold (text_of (group, "name"), -1);

    if (strcmp (name, folded) != 0)
      group = NULL;
  }
  return group ? text_of (group, "group") : NULL;
}

bool
hark_cli_group_fill (
  const char *verb, char ***arguments, JsonObject *command, JsonObject *status, GError **error)
{
  const int i = find_verb (verb);
  JsonObject *group = NULL, *person;

  if (i < 0 || !verbs[i].group)
    return true;
  group = find (status, "groups", "group", *(*arguments)++, error);
  if (!group)
    return false;
  json_object_set_string_member (command, "group", text_of (group, "group"));
  if (strcmp (verb, "group-admin") == 0 || strcmp (verb, "group-member") == 0)
    json_object_set_string_member (command, "how", verb + strlen ("group-"));
  if (!verbs[i].contact && !verbs[i].member)
    return true;
  person = find (verbs[i].contact ? status : group, verbs[i].contact ? "contacts" : "members",
                 "contact", *(*arguments)++, error);
  if (!person)
    return false;
  json_object_set_string_member (command, "contact", text_of (person, "contact"));
  return true;
}

bool
hark_cli_group_picture (const char *verb, JsonObject *command, GError **error)
{
  g_autoptr (GBytes) pixels = NULL;
  g_autofree char *text = NULL;
  const char *path;

  if (strcmp (verb, "group-picture") != 0)
    return true;
  path = text_of (command, "picture");
  if (strcmp (path, "none") == 0) {
    json_object_set_string_member (command, "picture", "");
    return true;
  }
  pixels = hark_picture_read_avatar (path, error);
  if (pixels == NULL)
    return false;
  text = g_base64_encode (g_bytes_get_data (pixels, NULL), g_bytes_get_size (pixels));
  json_object_set_string_member (command, "picture", text);
  return true;
}

/* ---- printing ---- */

static void
print_groups (JsonObject *result)
{
  JsonArray *groups = json_object_get_array_member (result, "groups");

  for (guint i = 0; i < json_array_get_length (groups); i++) {
    JsonObject *group = json_array_get_object_element (groups, i);
    JsonArray *members = json_object_get_array_member (group, "members");

    printf ("%.16s  %-8s  %s\n", text_of (group, "group"), text_of (group, "state"),
            text_of (group, "name"));
    if (*text_of (group, "reason"))
      printf ("    %s\n", text_of (group, "reason"));
    for (guint j = 0; j < json_array_get_length (members); j++) {
      JsonObject *person = json_array_get_object_element (members, j);

      printf ("    %.16s  %-8s %s%s%s\n", text_of (person, "contact"), text_of (person, "role"),
              text_of (person, "name"),
              json_object_get_boolean_member (person, "joined") ? "" : " (asked in)",
              json_object_get_boolean_member (person, "other_view") ? " (sees other members)" : "");
    }
  }
}

bool
hark_cli_group_print (const char *verb, JsonObject *result)
{
  if (find_verb (verb) < 0 || strcmp (verb, "group-history") == 0)
    return false;
  if (strcmp (verb, "group-list") == 0)
    print_groups (result);
  else if (strcmp (verb, "group-create") == 0)
    printf ("%s\n", text_of (result, "group"));
  return true;
}
