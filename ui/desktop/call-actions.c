#include "ui/desktop/call-actions.h"

#include "ui/model/calls.h"
#include "ui/model/group-talk.h"

typedef struct {
  HarkClient *client;
  HarkNotices *notices;
} Context; /* data of the map */

static void
leave (HarkClient *client)
{
  const HarkGroupCall *group = hark_group_talk_get (client);

  if (hark_client_get_call_on (client))
    hark_client_send_call (client, HARK_COMMAND_HANGUP);
  else if (group)
    hark_client_send (client, hark_group_talk_command (group, HARK_COMMAND_GROUP_CALL_LEAVE));
}

static void
on_answer (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  hark_client_send_call (((Context *) data)->client, HARK_COMMAND_ANSWER);
}

static void
on_hang_up (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  leave (((Context *) data)->client);
}

static void
on_mute (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkClient *client = ((Context *) data)->client;
  bool muted;

  (void) action;
  (void) parameter;
  if (hark_talk_is_on (client, &muted))
    hark_talk_mute (client, !muted);
}

/* With two calls the other one is heard from then on. */
static void
on_hold (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkClient *client = ((Context *) data)->client;
  HarkCallItem *call = hark_client_get_call (client);
  HarkCallItem *other = call ? hark_client_get_other_call (client, call) : NULL;

  (void) action;
  (void) parameter;
  if (!call || !hark_call_item_is_on (call))
    return;
  if (other && hark_call_item_is_on (other))
    hark_client_send_call_to (client, HARK_COMMAND_UNHOLD, other);
  else
    hark_client_send_call_to (
      client, hark_call_item_get (call)->held_here ? HARK_COMMAND_UNHOLD : HARK_COMMAND_HOLD, call);
}

static void
on_decline (GSimpleAction *action, GVariant *parameter, void *data)
{
  Context *context = data;
  HarkCallItem *ringing = hark_client_get_ringing (context->client);

  (void) action;
  (void) parameter;
  if (!ringing) {
    leave (context->client);
    return;
  }
  hark_notices_declined (context->notices);
  hark_client_send_call_to (context->client, HARK_COMMAND_HANGUP, ringing);
}

static const GActionEntry entries[] = {
  {.name = "answer",  .activate = on_answer },
  {.name = "decline", .activate = on_decline},
  {.name = "hold",    .activate = on_hold   },
  {.name = "hang-up", .activate = on_hang_up},
  {.name = "mute",    .activate = on_mute   },
};

void
hark_call_actions_add (GActionMap *map, HarkClient *client, HarkNotices *notices)
{
  Context *context = g_new0 (Context, 1);

  context->client = client; /* as the notices, the map's owner keeps it */
  context->notices = notices;
  g_object_set_data_full (G_OBJECT (map), "hark-call-actions", context, g_free);
  g_action_map_add_action_entries (map, entries, G_N_ELEMENTS (entries), context);
}
