#include "ui/model/group-talk.h"

#include "ui/model/clean.h"

#include <string.h>

#define KEY "hark-group-talk"
#define LINES "hark-group-talk-lines"

static void
set_call (HarkClient *client, HarkGroupCall *call)
{
  g_object_set_data_full (G_OBJECT (client), KEY, call, (GDestroyNotify) hark_group_call_free);
}

static void
set_lines (HarkClient *client, GPtrArray *lines)
{
  g_object_set_data_full (G_OBJECT (client), LINES, lines, (GDestroyNotify) g_ptr_array_unref);
}

static bool
is_of (const HarkGroupCall *call, const uint8_t group[HARK_MESSAGE_ID_LEN])
{
  return call && memcmp (call->group, group, HARK_MESSAGE_ID_LEN) == 0;
}

static void
on_told (HarkClient *client, const HarkEvent *event)
{
  const HarkGroupCall *before = hark_group_talk_get (client);
  const HarkGroupCall *call = event->group_call;
  HarkGroupCall *joined;
  bool same;

  if (event->kind == HARK_EVENT_GROUP_STATS && event->lines && is_of (before, event->of_group))
    set_lines (client, g_ptr_array_ref (event->lines));
  if (event->kind == HARK_EVENT_READY) { /* the one of the engine before has ended */
    set_call (client, NULL);
    set_lines (client, NULL);
  }
  if (event->kind != HARK_EVENT_GROUP_CALL)
    return;
  same = is_of (before, call->group);
  if (call->phase == HARK_GROUP_CALL_JOINED) {
    joined = hark_group_call_copy (call);
    hark_clean_group_call (joined);
    set_call (client, joined);
  } else if (same) {
    set_call (client, NULL);
  }
  if (call->phase == HARK_GROUP_CALL_JOINED ? !same : same)
    set_lines (client, NULL);
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

GPtrArray *
hark_group_talk_get_lines (HarkClient *client)
{
  return hark_group_talk_get (client) ? g_object_get_data (G_OBJECT (client), LINES) : NULL;
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
