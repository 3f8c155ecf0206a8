/* core/heart/chat/by-id.c - commands about a message that do not say in which conversation it is.
 */
#include "core/heart/core-private.h"

#include <string.h>

#define LIMIT 64 /* rows of one id; a peer may give theirs any, so that of another */

/* Only ours can be changed, and only what came can be read. */
static bool
suits (const HarkCommand *command, const HarkStoreMessage *row)
{
  switch (command->kind) {
  case HARK_COMMAND_EDIT:
  case HARK_COMMAND_DELETE:
    return row->outgoing;
  case HARK_COMMAND_READ:
    return !row->outgoing;
  default:
    return true;
  }
}

bool
hark_core_lacks_conversation (const HarkCommand *command)
{
  return !command->has_contact && !command->has_group
         && (command->kind == HARK_COMMAND_EDIT || command->kind == HARK_COMMAND_DELETE
             || command->kind == HARK_COMMAND_REACT || command->kind == HARK_COMMAND_READ
             || command->kind == HARK_COMMAND_EDITS || command->kind == HARK_COMMAND_MESSAGE);
}

void
hark_core_ask_by_id (HarkCore *core, HarkCommand *command, HarkStoreThen then)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_GET_BY_ID);

  request->message = g_new0 (HarkStoreMessage, 1);
  memcpy (request->message->id, command->id, sizeof request->message->id);
  request->limit = LIMIT;
  hark_core_ask_store (core, request, hark_pending_new (then, command));
}

bool
hark_core_take_conversation (HarkCore *core, HarkPending *pending, const HarkStoreReply *reply)
{
  HarkCommand *command = pending->command;
  const HarkStoreMessage *found = NULL;
  unsigned count = 0;

  if (hark_core_refuse_store (core, pending, reply))
    return false;
  for (guint i = 0; i < reply->messages->len; i++)
    if (suits (command, reply->messages->pdata[i])) {
      found = reply->messages->pdata[i];
      count++;
    }
  if (count != 1) {
    hark_core_refuse (core, command, count == 0 ? "not-possible" : "no-contact",
                      count == 0 ? "There is no such message, or not of the kind that it takes."
                                 : "Several messages have this id: say whose is meant.");
    return false;
  }
  command->has_group = hark_store_group_of (&found->contact, command->group);
  command->has_contact = !command->has_group;
  if (command->has_contact)
    memcpy (command->contact, found->contact.bytes, sizeof command->contact);
  return true;
}
