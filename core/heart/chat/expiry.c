/* Messages that disappear. */
#include "core/heart/core-private.h"

#include <string.h>

#define CHECK_TIME HARK_HOUR /* at most: the wall clock may be set meanwhile */
#define EXPIRE_MAX 500       /* in one reply */

void
hark_core_say_gone (HarkCore *core, const HarkStoreMessage *row)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE_GONE);

  event->message = g_new0 (HarkMessage, 1);
  memcpy (event->message->id, row->id, sizeof event->message->id);
  memcpy (event->message->contact, row->contact.bytes, sizeof event->message->contact);
  event->message->type = (HarkMessageType) row->kind;
  event->message->outgoing = row->outgoing;
  event->message->has_group = row->has_group;
  memcpy (event->message->group, row->group, sizeof event->message->group);
  event->message->position = row->position;
  event->message->text = g_strdup ("");
  hark_core_emit (core, event);
}

static void
after_expire (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  int64_t wait_ms;

  (void) pending;
  if (!reply->ok) { /* the disk has said so itself; again later */
    core->expire_at = hark_time_add (core->now, HARK_MINUTE);
    return;
  }
  for (guint i = 0; i < reply->messages->len; i++)
    hark_core_say_gone (core, reply->messages->pdata[i]);
  if (reply->next_ms == 0)
    return;
  wait_ms = reply->messages->len >= EXPIRE_MAX ? 0 : reply->next_ms - hark_core_wall (core);
  core->expire_at = hark_time_add (
    core->now, (HarkTime) CLAMP (wait_ms, 0, (int64_t) (CHECK_TIME / HARK_MS)) * HARK_MS);
}

void
hark_core_expire (HarkCore *core)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_EXPIRE);

  core->expire_at = HARK_TIME_NEVER;
  request->before = (uint64_t) MAX (hark_core_wall (core), 0);
  hark_core_ask_store (core, request, hark_pending_new (after_expire, NULL));
}

void
hark_core_expiry_time (HarkCore *core)
{
  if (core->now >= core->expire_at)
    hark_core_expire (core);
}
