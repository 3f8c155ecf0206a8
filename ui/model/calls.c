#include "ui/model/calls.h"

#include "ui/model/group-talk.h"

#include <string.h>

/* ---- what is asked ---- */

HarkCallItem *
hark_client_get_call (HarkClient *client)
{
  GPtrArray *calls = hark_client_get_calls (client);

  return calls->len > 0 ? calls->pdata[0] : NULL;
}

const HarkCall *
hark_client_get_call_on (HarkClient *client)
{
  HarkCallItem *item = hark_client_get_call (client);
  const HarkCall *call = item ? hark_call_item_get (item) : NULL;

  return call && call->phase != HARK_ENDED ? call : NULL;
}

HarkCallItem *
hark_client_get_ringing (HarkClient *client)
{
  GPtrArray *calls = hark_client_get_calls (client);

  for (guint i = 0; i < calls->len; i++)
    if (hark_call_item_is_ringing (calls->pdata[i]))
      return calls->pdata[i];
  return NULL;
}

HarkCallItem *
hark_client_get_call_with (HarkClient *client, HarkPersonItem *person)
{
  GPtrArray *calls = hark_client_get_calls (client);
  const uint8_t *account = hark_person_item_get (person)->account;

  for (guint i = 0; i < calls->len; i++)
    if (memcmp (hark_call_item_get (calls->pdata[i])->contact, account, HARK_ACCOUNT_LEN) == 0)
      return calls->pdata[i];
  return NULL;
}

HarkCallItem *
hark_client_get_other_call (HarkClient *client, HarkCallItem *call)
{
  GPtrArray *calls = hark_client_get_calls (client);

  for (guint i = 0; i < calls->len; i++)
    if (calls->pdata[i] != call && !hark_call_item_is_over (calls->pdata[i]))
      return calls->pdata[i];
  return NULL;
}

/* ---- what is done ---- */

void
hark_client_send_call_to (HarkClient *client, HarkCommandKind kind, HarkCallItem *call)
{
  HarkCommand *command = hark_command_new (kind);

  command->call = hark_call_item_get (call)->id;
  if (kind == HARK_COMMAND_HANGUP)
    hark_call_item_refuse (call);
  hark_client_send (client, command);
}

bool
hark_client_can_call (HarkClient *client, HarkPersonItem *person)
{
  GPtrArray *calls = hark_client_get_calls (client);
  HarkCallItem *call = hark_client_get_call_with (client, person);
  const HarkGroupCall *group = hark_group_talk_get (client);
  bool full = calls->len > 1
              || (calls->len == 1 && !hark_call_item_is_on (calls->pdata[0])
                  && !hark_call_item_is_over (calls->pdata[0]));

  return !full && (!call || hark_call_item_is_over (call))
         && (!group || hark_group_talk_group (client, group) != person);
}

void
hark_client_send_call (HarkClient *client, HarkCommandKind kind)
{
  HarkCallItem *call = kind == HARK_COMMAND_ANSWER ? hark_client_get_ringing (client)
                                                   : hark_client_get_call (client);

  if (call)
    hark_client_send_call_to (client, kind, call);
}

bool
hark_talk_is_on (HarkClient *client, bool *ret_muted)
{
  const HarkCall *call = hark_client_get_call_on (client);
  const HarkGroupCall *group = hark_group_talk_get (client);

  if (ret_muted)
    *ret_muted = call ? call->muted : group && group->muted;
  return call || group;
}

void
hark_talk_mute (HarkClient *client, bool muted)
{
  const HarkGroupCall *group = hark_group_talk_get (client);

  if (hark_client_get_call_on (client)) {
    hark_client_send_call (client, muted ? HARK_COMMAND_MUTE : HARK_COMMAND_UNMUTE);
  } else if (group) {
    HarkCommand *command = hark_group_talk_command (group, HARK_COMMAND_GROUP_CALL_MUTE);

    command->on = muted;
    hark_client_send (client, command);
  }
}
