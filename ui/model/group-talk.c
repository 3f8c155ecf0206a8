#include "ui/model/group-talk.h"

#include <string.h>

#define KEY "hark-group-talk"

static void
on_told (HarkClient *client, const HarkEvent *event)
{
  const HarkGroupCall *before = hark_group_talk_get (client);
  const HarkGroupCall *call = event->group_call;
  bool same;

  if (event->kind == HARK_EVENT_READY) { /* the one of the engine before has ended */
    g_object_set_data (G_OBJECT (client), KEY, NULL);
    return;
  }
  if (event->kind != HARK_EVENT_GROUP_CALL)
    return;
  same = before && memcmp (before->group, call->group, sizeof call->group) == 0;
  if (call->phase == HARK_GROUP_CALL_JOINED)
    g_object_set_data_full (G_OBJECT (client), KEY, hark_group_call_copy (call),
                            (GDestroyNotify) hark_group_call_free);
  else if (same)
    g_object_set_data (G_OBJECT (client), KEY, NULL);
}

void
hark_group_talk_follow (HarkClient *client)
{
  g_signal_connect (client, "told", G_CALLBACK (on_told), NULL);
}

const HarkGroupCall *
hark_group_talk_get (HarkClient *client)
{
  g_return_val_if_fail (HARK_IS_CLIENT (client), NULL);

  return hark_client_get_engine (client) ? g_object_get_data (G_OBJECT (client), KEY) : NULL;
}

HarkPersonItem *
hark_group_talk_group (HarkClient *client, const HarkGroupCall *call)
{
  uint8_t account[HARK_ACCOUNT_LEN] = {0}; /* as groups have it in the list */

  memcpy (account, call->group, HARK_MESSAGE_ID_LEN);
  return hark_client_find (client, account);
}

HarkCommand *
hark_group_talk_command (const HarkGroupCall *call, HarkCommandKind kind)
{
  HarkCommand *command = hark_command_new (kind);

  command->has_group = true;
  memcpy (command->group, call->group, sizeof command->group);
  return command;
}
