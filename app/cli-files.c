#include "app/cli-files.h"

#include "app/cli-pipe.h"
#include "app/cli.h"

#include <string.h>

void
hark_cli_files_add (HarkFilesOptions *options, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    {"to",     0,   0, G_OPTION_ARG_FILENAME, &options->to,        "take: where it goes (this directory)",
     "DIR"                                                                                                     },
    {"stdout", 0,   0, G_OPTION_ARG_NONE,     &options->to_stdout,
     "take: to standard output, once it is there and verified",                                            NULL},
    {"output", 'o', 0, G_OPTION_ARG_STRING,   &options->output,    "take: \"-\": as --stdout",             "-" },
    G_OPTION_ENTRY_NULL,
  };

  g_option_group_add_entries (g_option_context_get_main_group (context), entries);
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
  g_strfreev (options->spooled);
  return code;
}

GPtrArray *
hark_cli_files_takes (HarkVerb *verb, JsonObject *status)
{
  g_autoptr (GPtrArray) commands
    = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  g_autoptr (JsonObject) whose = json_object_new ();
  JsonArray *transfers = json_object_get_array_member (status, "transfers");

  if (!hark_cli_add_contact (verb, whose, status, *verb->arguments))
    return NULL;
  for (guint i = 0; transfers && i < json_array_get_length (transfers); i++) {
    JsonObject *transfer = json_array_get_object_element (transfers, i);
    JsonObject *command;
    int64_t number = json_object_get_int_member (transfer, "transfer");

    if (strcmp (hark_cli_member (transfer, "contact"), hark_cli_member (whose, "contact")) != 0
        || strcmp (hark_cli_member (transfer, "state"), "offered") != 0
        || json_object_get_boolean_member (transfer, "outgoing"))
      continue;
    command = json_object_new ();
    json_object_set_string_member (command, "command", "take");
    json_object_set_string_member (command, "tag", "own");
    json_object_set_int_member (command, "transfer", number);
    json_object_set_string_member (command, "directory", verb->to);
    g_ptr_array_add (commands, command);
    g_hash_table_add (verb->transfers, g_memdup2 (&number, sizeof number));
  }
  if (commands->len > 0)
    return g_steal_pointer (&commands);
  hark_cli_finish (verb, hark_cli_complain (1, "%s offers no files now", *verb->arguments));
  return NULL;
}
