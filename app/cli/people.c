#include "app/cli/people.h"

#include "app/cli/cli.h"
#include "app/cli/lines.h"
#include "core/hark.h"
#include "ui/picture-child.h"

#include <stdio.h>
#include <string.h>

void
hark_people_options_add (HarkPeopleOptions *options, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    {"list",        0, 0, G_OPTION_ARG_NONE,     &options->list,        "Every address of yours",     NULL     },
    {"revoke",      0, 0, G_OPTION_ARG_STRING,   &options->revoke,      "Take this address back",     "ADDRESS"},
    {"relabel",     0, 0, G_OPTION_ARG_STRING,   &options->relabel,     "Call this address --label",
     "ADDRESS"                                                                                                 },
    {"qr",          0, 0, G_OPTION_ARG_NONE,     &options->qr,          "Draw it as a QR code",       NULL     },
    {"invite-text", 0, 0, G_OPTION_ARG_NONE,     &options->invite_text, "In a sentence to send",      NULL     },
    {"scan",        0, 0, G_OPTION_ARG_FILENAME, &options->scan,
     "Read it from the QR code in a PNG or JPEG",                                                     "FILE"   },
    {"name",        0, 0, G_OPTION_ARG_STRING,   &options->name,        "What you are called",        "NAME"   },
    {"status",      0, 0, G_OPTION_ARG_STRING,   &options->status,      "A few words about now",      "TEXT"   },
    {"avatar",      0, 0, G_OPTION_ARG_FILENAME, &options->avatar,      "Your picture (PNG or JPEG)", "FILE"   },
    {"no-avatar",   0, 0, G_OPTION_ARG_NONE,     &options->no_avatar,   "No picture any more",        NULL     },
    G_OPTION_ENTRY_NULL,
  };

  g_option_group_add_entries (g_option_context_get_main_group (context), entries);
}

void
hark_people_options_clear (HarkPeopleOptions *options)
{
  g_free (options->revoke);
  g_free (options->relabel);
  g_free (options->name);
  g_free (options->status);
  g_free (options->avatar);
  g_free (options->scan);
  g_free (options->scanned);
}

bool
hark_people_options_scan (HarkPeopleOptions *options, int *argc, char **argv, GError **error)
{
  if (options->scan == NULL)
    return true;
  options->scanned = hark_picture_read_code (options->scan, error);
  if (options->scanned == NULL)
    return false;
  argv[(*argc)++] = options->scanned;
  return true;
}

static bool
fill_profile (const HarkPeopleOptions *options, JsonObject *command, GError **error)
{
  if (options->name != NULL)
    json_object_set_string_member (command, "name", options->name);
  if (options->status != NULL)
    json_object_set_string_member (command, "text", options->status);
  if (options->no_avatar)
    json_object_set_string_member (command, "picture", "");
  if (options->avatar != NULL) {
    g_autoptr (GBytes) pixels = hark_picture_read_avatar (options->avatar, error);
    g_autofree char *text = NULL;

    if (pixels == NULL)
      return false;
    text = g_base64_encode (g_bytes_get_data (pixels, NULL), g_bytes_get_size (pixels));
    json_object_set_string_member (command, "picture", text);
  }
  return true;
}

bool
hark_people_fill (const HarkPeopleOptions *options,
                  const char *verb,
                  JsonObject *command,
                  GError **error)
{
  if (strcmp (verb, "profile") == 0)
    return fill_profile (options, command, error);
  if (strcmp (verb, "address") == 0 && options->list)
    json_object_set_string_member (command, "command", "addresses");
  if (strcmp (verb, "address") == 0 && options->revoke != NULL) {
    json_object_set_string_member (command, "command", "revoke");
    json_object_set_string_member (command, "address", options->revoke);
  }
  if (strcmp (verb, "address") == 0 && options->relabel != NULL) { /* text: --label */
    json_object_set_string_member (command, "command", "label");
    json_object_set_string_member (command, "address", options->relabel);
  }
  if (strcmp (verb, "may-give-files") == 0)
    json_object_set_string_member (command, "how", "give-files");
  if (g_str_has_prefix (verb, "see-"))
    json_object_set_string_member (command, "how", verb);
  if (g_str_has_prefix (verb, "words"))
    json_object_set_string_member (command, "how", verb[5] == '-' ? verb + 6 : "start");
  return true;
}

/* ---- results --------------------------------------------------------------------- */

static const char *
member (JsonObject *object, const char *field)
{
  return json_object_get_string_member_with_default (object, field, "");
}

static bool
flag (JsonObject *object, const char *field)
{
  return json_object_get_boolean_member_with_default (object, field, FALSE);
}

/* Local time of Unix ms; "" for 0. */
static char *
format_time (int64_t ms)
{
  g_autoptr (GDateTime) when = ms > 0 ? g_date_time_new_from_unix_local (ms / 1000) : NULL;

  return when != NULL ? g_date_time_format (when, "%F %R") : g_strdup ("");
}

static void
print_address (const HarkPeopleOptions *options, JsonObject *result)
{
  const char *address = member (result, "address");

  if (options->qr) {
    g_autofree char *link = g_strconcat ("hark:", address, NULL);

    hark_cli_print_qr (link, false);
  }
  if (options->invite_text) {
    g_autofree char *text = hark_invitation (address, flag (result, "one_time"));

    printf ("%s\n", text);
  } else if (*address != '\0') {
    printf ("%s\n", address);
  }
}

static void
print_addresses (JsonObject *result)
{
  JsonArray *addresses = json_object_get_array_member (result, "addresses");

  for (guint i = 0; addresses != NULL && i < json_array_get_length (addresses); i++) {
    JsonObject *address = json_array_get_object_element (addresses, i);
    g_autofree char *ends
      = format_time (json_object_get_int_member_with_default (address, "ends_at", 0));

    printf ("%s  %-7s  %-16s  %s\n", member (address, "address"),
            flag (address, "one_time") ? "invite" : "address", ends, member (address, "label"));
  }
}

static void
print_profile (JsonObject *result)
{
  JsonObject *profile = json_object_has_member (result, "profile")
                          ? json_object_get_object_member (result, "profile")
                          : NULL;

  if (profile == NULL)
    return;
  printf ("name:     %s\nstatus:   %s\npresence: %s\npicture:  %s\n", member (profile, "name"),
          member (profile, "status_text"), member (profile, "availability"),
          json_object_has_member (profile, "picture") ? "yes" : "no");
}

bool
hark_people_print (const HarkPeopleOptions *options, const char *verb, JsonObject *result)
{
  if (strcmp (verb, "address") == 0 && options->list)
    print_addresses (result);
  else if (strcmp (verb, "address") == 0)
    print_address (options, result);
  else if (strcmp (verb, "profile") == 0 || strcmp (verb, "status-text") == 0)
    print_profile (result);
  else if (strcmp (verb, "compare") == 0)
    printf ("%s\n", member (result, "contact"));
  else if (strcmp (verb, "verify") == 0) {
    if (options->qr)
      hark_cli_print_qr (member (result, "qr"), false);
    printf ("%s\n", member (result, "safety_number"));
  } else
    return false;
  return true;
}

/* ---- what STATUS tells ----------------------------------------------------------- */

static void
print_contact (JsonObject *contact)
{
  const char *alike = member (contact, "resembles");

  printf ("%.16s  %-10s  %-10s  %s", member (contact, "contact"), member (contact, "status"),
          member (contact, "state"), member (contact, "name"));
  if (*alike != '\0')
    printf ("  (looks like %s)", alike);
  printf ("\n");
}

static void
print_request (JsonObject *contact)
{
  printf ("%.16s  %s", member (contact, "contact"), member (contact, "name"));
  if (*member (contact, "resembles") != '\0')
    printf ("  (looks like %s)", member (contact, "resembles"));
  if (*member (contact, "via") != '\0')
    printf ("  by \"%s\"", member (contact, "via"));
  printf ("\n");
  if (*member (contact, "text") != '\0') {
    g_auto (GStrv) lines = g_strsplit (member (contact, "text"), "\n", -1);

    for (char **line = lines; *line != NULL; line++)
      printf ("    %s\n", *line);
  }
}

static void
print_line (const char *what, const char *value)
{
  if (*value != '\0')
    printf ("%-10s %s\n", what, value);
}

static void
print_about (JsonObject *contact)
{
  g_autofree char *seen
    = format_time (json_object_get_int_member_with_default (contact, "last_seen", 0));
  g_autofree char *checked
    = format_time (json_object_get_int_member_with_default (contact, "verified_at", 0));
  g_autofree char *verified = g_strdup_printf ("%s %s", member (contact, "verified"), checked);

  print_line ("account:", member (contact, "contact"));
  print_line ("name:", member (contact, "name"));
  print_line ("claims:", member (contact, "claimed_name"));
  print_line ("resembles:", member (contact, "resembles"));
  print_line ("status:", member (contact, "status_text"));
  print_line ("state:", member (contact, "state"));
  if (strcmp (member (contact, "state"), "online") == 0)
    print_line ("presence:", member (contact, "availability"));
  print_line ("seen:", seen);
  print_line ("verified:", verified);
  print_line ("via:", member (contact, "via"));
  print_line ("favourite:", flag (contact, "favourite") ? "yes" : "");
  print_line ("silent:", json_object_get_int_member_with_default (contact, "silent_until", 0) != 0
                           ? "yes"
                           : "");
  print_line ("may:", flag (contact, "may_give_files") ? "give files" : "");
  print_line ("notes:", member (contact, "notes"));
}

bool
hark_people_print_status (const char *verb, JsonObject *status, const char *wanted, bool json)
{
  JsonArray *contacts = json_object_has_member (status, "contacts")
                          ? json_object_get_array_member (status, "contacts")
                          : NULL;
  const bool about = strcmp (verb, "about") == 0;
  const bool requests = strcmp (verb, "requests") == 0;

  if (!about && !requests && strcmp (verb, "contacts") != 0)
    return false;
  for (guint i = 0; contacts != NULL && i < json_array_get_length (contacts); i++) {
    JsonObject *contact = json_array_get_object_element (contacts, i);

    if ((about && g_strcmp0 (member (contact, "contact"), wanted) != 0)
        || (requests && strcmp (member (contact, "status"), "request") != 0))
      continue;
    if (json)
      hark_cli_print_json (contact);
    else if (requests)
      print_request (contact);
    else if (about)
      print_about (contact);
    else
      print_contact (contact);
  }
  return true;
}
