#include "app/cli/files.h"

#include "app/cli/cli.h"
#include "app/cli/lines.h"
#include "app/cli/pipe.h"
#include "ui/picture-child.h"

#include <stdio.h>
#include <string.h>

#define PREVIEWS_MAX 12 /* as many as one line of the control socket carries */

void
hark_cli_files_add (HarkFilesOptions *options, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    {"to",      0,   0, G_OPTION_ARG_FILENAME, &options->to,        "take: where it goes (this directory)",
     "DIR"                                                                                                             },
    {"stdout",  0,   0, G_OPTION_ARG_NONE,     &options->to_stdout,
     "take: to standard output, once it is there and verified",                                               NULL     },
    {"all",     0,   0, G_OPTION_ARG_NONE,     &options->all,
     "take: what everybody offers, and goes on to offer meanwhile",                                           NULL     },
    {"from",    0,   0, G_OPTION_ARG_STRING,   &options->from,      "take: the same of one contact or group",
     "CONTACT"                                                                                                         },
    {"with",    0,   0, G_OPTION_ARG_STRING,   &options->with,      "share: whom",                            "CONTACT"},
    {"picture", 0,   0, G_OPTION_ARG_NONE,     &options->picture,
     "give: show small what are pictures (PNG, JPEG) before they are taken",                                  NULL     },
    {"output",  'o', 0, G_OPTION_ARG_STRING,   &options->output,    "take: \"-\": as --stdout",               "-"      },
    G_OPTION_ENTRY_NULL,
  };

  g_option_group_add_entries (g_option_context_get_main_group (context), entries);
}

bool
hark_cli_files_take_all (const HarkFilesOptions *options)
{
  return options->all || options->from;
}

bool
hark_cli_files_begin (HarkFilesOptions *options, HarkVerb *verb, const char *name, GError **error)
{
  const bool gives = strcmp (verb->row->verb, "give") == 0;
  const bool takes = strcmp (verb->row->verb, "take") == 0;

  if (options->output && strcmp (options->output, "-") != 0) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         "-o takes \"-\" only; see --to");
    return false;
  }
  verb->takes_all = takes && hark_cli_files_take_all (options);
  verb->with = verb->takes_all ? options->from : options->with;
  verb->shows = options->picture;
  options->to_stdout |= options->output != NULL;
  if ((gives && hark_pipe_is_used (verb->arguments)) || (takes && options->to_stdout)) {
    options->folder = g_dir_make_tmp ("hark-files-XXXXXX", error);
    if (!options->folder)
      return false;
  }
  if (gives && options->folder) {
    options->spooled = g_strdupv (verb->arguments);
    verb->arguments = options->spooled;
    return hark_pipe_spool (options->spooled + 1, options->folder, name, error);
  }
  if (takes)
    verb->to = options->folder ? g_strdup (options->folder)
                               : g_canonicalize_filename (options->to ? options->to : ".", NULL);
  return true;
}

/* Everything in the folder. */
static bool
pour_all (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const char *name;
  bool good = dir != NULL;

  while (good && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    good = hark_pipe_pour (path, error);
  }
  return good;
}

int
hark_cli_files_end (HarkFilesOptions *options, int code)
{
  g_autoptr (GError) error = NULL;

  if (code == 0 && options->folder && options->to_stdout && !pour_all (options->folder, &error))
    code = hark_cli_complain (1, "%s", error->message);
  if (options->folder)
    hark_pipe_remove (options->folder);
  g_free (options->folder);
  g_free (options->to);
  g_free (options->output);
  g_free (options->with);
  g_free (options->from);
  g_strfreev (options->spooled);
  return code;
}

/* ---- shared folders -------------------------------------------------------------- */

/* Beside each path what it looks like. What is no picture goes without, which is said. */
static bool
add_previews (HarkVerb *verb, JsonObject *command)
{
  JsonArray *paths = json_object_get_array_member (command, "paths");
  JsonArray *previews = json_array_new ();
  guint shown = 0;

  json_object_set_array_member (command, "previews", previews);
  for (guint i = 0; i < json_array_get_length (paths); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) preview
      = hark_picture_read_preview (json_array_get_string_element (paths, i), &error);
    g_autofree char *text = NULL;

    if (!preview) {
      g_printerr ("hark-cli: goes without a preview: %s\n", error->message);
      json_array_add_null_element (previews);
      continue;
    }
    text = g_base64_encode (g_bytes_get_data (preview, NULL), g_bytes_get_size (preview));
    json_array_add_string_element (previews, text);
    shown++;
  }
  if (shown <= PREVIEWS_MAX)
    return true;
  hark_cli_finish (
    verb, hark_cli_complain (2, "--picture shows at most %d pictures at a time", PREVIEWS_MAX));
  return false;
}

bool
hark_cli_files_fill (HarkVerb *verb, JsonObject *command, JsonObject *status)
{
  const char *name = verb->row->verb;
  g_autofree char *path = NULL;
  bool removes = strcmp (name, "share-remove") == 0;

  if (verb->shows && strcmp (name, "give") == 0)
    return add_previews (verb, command);
  if (strcmp (name, "browse") == 0) {
    const char *way = verb->arguments[1] ? verb->arguments[1] : "";

    json_object_set_string_member (command, "path", way + strspn (way, "/"));
    json_object_set_int_member (command, "before", verb->from);
    return true;
  }
  if (!removes && strcmp (name, "share") != 0)
    return true;
  path = g_canonicalize_filename (*verb->arguments, NULL);
  if (!removes && !g_file_test (path, G_FILE_TEST_IS_DIR)) {
    hark_cli_finish (verb, hark_cli_complain (1, "%s is no folder", path));
    return false;
  }
  if (!removes && !verb->with) {
    hark_cli_finish (verb, hark_cli_complain (2, "with whom? share DIR --with CONTACT"));
    return false;
  }
  if (!removes || g_file_test (path, G_FILE_TEST_EXISTS))
    json_object_set_string_member (command, "path", path);
  else
    json_object_set_string_member (command, "name", *verb->arguments);
  return !verb->with || hark_cli_add_contact (verb, command, status, verb->with);
}

static void
print_shares (HarkVerb *verb, JsonObject *result)
{
  JsonArray *shares = json_object_get_array_member (result, "shares");

  for (guint i = 0; shares && i < json_array_get_length (shares); i++) {
    JsonObject *share = json_array_get_object_element (shares, i);
    JsonArray *with = json_object_get_array_member (share, "with");
    g_autofree char *path = hark_cli_clean (hark_cli_member (share, "path"), NULL);

    if (verb->json) {
      hark_cli_print_json (share);
      continue;
    }
    printf ("%s  %s  with", hark_cli_member (share, "name"), path);
    for (guint at = 0; at < json_array_get_length (with); at++)
      printf ("%s %s", at > 0 ? "," : "",
              hark_cli_name (verb->status, "", json_array_get_string_element (with, at)));
    putchar ('\n');
  }
}

bool
hark_cli_files_print (HarkVerb *verb, JsonObject *result)
{
  JsonArray *entries;

  if (strcmp (verb->row->verb, "share-list") == 0)
    print_shares (verb, result);
  if (strcmp (verb->row->verb, "browse") != 0)
    return strcmp (verb->row->verb, "share-list") == 0;
  entries = json_object_get_array_member (result, "entries");
  for (guint i = 0; entries && i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    g_autofree char *name = hark_cli_clean (hark_cli_member (entry, "name"), NULL);
    g_autofree char *size
      = g_format_size ((uint64_t) MAX (json_object_get_int_member (entry, "size"), 0));

    if (verb->json)
      hark_cli_print_json (entry);
    else if (json_object_get_boolean_member (entry, "folder"))
      printf ("%12s  %s/\n", "", name);
    else
      printf ("%12s  %s\n", size, name);
  }
  verb->from += entries ? json_array_get_length (entries) : 0;
  return true;
}

bool
hark_cli_files_more (const HarkVerb *verb, JsonObject *result)
{
  JsonArray *entries = json_object_has_member (result, "entries")
                         ? json_object_get_array_member (result, "entries")
                         : NULL;

  return entries && json_array_get_length (entries) > 0
         && verb->from < json_object_get_int_member_with_default (result, "total", 0);
}

/* "CONTACT:/path": what lies there in a folder they share. */
static GPtrArray *
write_fetch (HarkVerb *verb, JsonObject *status, const char *colon)
{
  g_autoptr (GPtrArray) commands
    = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  g_autofree char *name = g_strndup (*verb->arguments, (gsize) (colon - *verb->arguments));
  JsonObject *command = json_object_new ();

  g_ptr_array_add (commands, command);
  if (!hark_cli_add_contact (verb, command, status, name))
    return NULL;
  json_object_set_string_member (command, "command", "fetch");
  json_object_set_string_member (command, "tag", "own");
  json_object_set_string_member (command, "path", colon + 1 + strspn (colon + 1, "/"));
  json_object_set_string_member (command, "directory", verb->to);
  return g_steal_pointer (&commands);
}

/* Of the verb's contact or group, or of anybody. */
static bool
is_wanted (const HarkVerb *verb, JsonObject *transfer)
{
  const char *field = json_object_has_member (transfer, "group") ? "group" : "contact";

  return strcmp (hark_cli_member (transfer, "state"), "offered") == 0
         && !json_object_get_boolean_member_with_default (transfer, "outgoing", FALSE)
         && (!verb->whose
             || (json_object_has_member (verb->whose, field)
                 && strcmp (hark_cli_member (transfer, field), hark_cli_member (verb->whose, field))
                      == 0));
}

/* (transfer full) (nullable): NULL: not wanted, or taken already. */
static JsonObject *
write_take (HarkVerb *verb, JsonObject *transfer)
{
  int64_t number = json_object_get_int_member_with_default (transfer, "transfer", 0);
  JsonObject *command;

  if (!is_wanted (verb, transfer)
      || !g_hash_table_add (verb->transfers, g_memdup2 (&number, sizeof number)))
    return NULL;
  command = json_object_new ();
  json_object_set_string_member (command, "command", "take");
  json_object_set_string_member (command, "tag", "own");
  json_object_set_int_member (command, "transfer", number);
  json_object_set_string_member (command, "directory", verb->to);
  return command;
}

JsonObject *
hark_cli_files_take_later (HarkVerb *verb, JsonObject *event)
{
  return verb->takes_all && verb->to && g_hash_table_size (verb->transfers) > 0
           ? write_take (verb, event)
           : NULL;
}

GPtrArray *
hark_cli_files_takes (HarkVerb *verb, JsonObject *status)
{
  g_autoptr (GPtrArray) commands
    = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  JsonArray *transfers = json_object_get_array_member (status, "transfers");
  const char *who = verb->takes_all ? verb->with : *verb->arguments;
  const char *colon = who ? strchr (who, ':') : NULL;

  if (colon && !verb->takes_all)
    return write_fetch (verb, status, colon);
  if (who && !verb->whose) {
    verb->whose = json_object_new ();
    if (!hark_cli_add_contact (verb, verb->whose, status, who))
      return NULL;
  }
  for (guint i = 0; transfers && i < json_array_get_length (transfers); i++) {
    JsonObject *command = write_take (verb, json_array_get_object_element (transfers, i));

    if (command)
      g_ptr_array_add (commands, command);
  }
  if (commands->len > 0)
    return g_steal_pointer (&commands);
  hark_cli_finish (verb, who ? hark_cli_complain (1, "%s offers no files now", who)
                             : hark_cli_complain (1, "nobody offers files now"));
  return NULL;
}
