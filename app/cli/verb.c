#include "app/cli/verb.h"

void
hark_cli_finish (HarkVerb *verb, int code)
{
  verb->code = code;
  g_main_loop_quit (verb->loop);
}

const char *
hark_cli_member (JsonObject *object, const char *field)
{
  return json_object_get_string_member_with_default (object, field, "");
}
