/* Values of core/hark.h: commands. */
#include "core/hark.h"

HarkCommand *
hark_command_new (HarkCommandKind kind)
{
  HarkCommand *command = g_new0 (HarkCommand, 1);

  command->kind = kind;
  return command;
}

void
hark_command_free (HarkCommand *command)
{
  if (command == NULL)
    return;
  g_free (command->tag);
  g_free (command->address);
  g_free (command->name);
  hark_words_free (command->text); /* may be a passphrase */
  g_free (command->how);
  g_free (command->directory);
  g_free (command->path);
  g_free (command->mic);
  g_free (command->speaker);
  g_free (command->ring);
  g_clear_pointer (&command->picture, g_bytes_unref);
  g_clear_pointer (&command->sound, g_bytes_unref);
  g_clear_pointer (&command->parts, g_ptr_array_unref);
  g_clear_pointer (&command->mentions, g_array_unref);
  g_strfreev (command->paths);
  g_clear_pointer (&command->previews, g_ptr_array_unref);
  g_free (command);
}
