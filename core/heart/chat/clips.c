/* Spoken messages: written, and given out to be heard. */
#include "core/chat/clip.h"
#include "core/heart/core-private.h"
#include "core/store/parts.h"
#include "core/voice/ogg.h"

#include <string.h>

/* A part that was saved once and is sent again is a message of its own now. */
static void
make_alone (HarkCommand *command)
{
  g_autoptr (GBytes) sound = command->sound;
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  HarkStorePart part;

  if (command->parts != NULL || !hark_store_part_read (sound, &part)) {
    g_steal_pointer (&sound);
    return;
  }
  g_ptr_array_add (files, sound);
  command->sound = hark_ogg_join (files);
}

bool
hark_core_clip_is_fit (HarkCore *core, HarkCommand *command)
{
  HarkClip clip;
  gsize len = 0;
  const void *bytes = command->sound != NULL ? g_bytes_get_data (command->sound, &len) : NULL;

  if (len > 0 && hark_clip_read (bytes, len, &clip)) {
    make_alone (command);
    return true;
  }
  if (len > HARK_CLIP_LEN_MAX)
    hark_core_refuse (core, command, "too-long",
                      "A voice message has at most 65 kB, some 20 seconds; give what is "
                      "longer as a file.");
  else
    hark_core_refuse (core, command, "bad-clip",
                      "This is no Ogg file with one stream of Opus (.opus).");
  return false;
}

GBytes *
hark_core_clip_join (const GPtrArray *rows, bool *ret_whole)
{
  const HarkStoreMessage *first = rows->pdata[0];
  g_autoptr (GPtrArray) files = g_ptr_array_new ();

  *ret_whole = first->part == 0 || first->parts_here == first->parts;
  if (first->part == 0)
    return g_bytes_ref (first->body);
  for (guint i = 0; i < rows->len; i++)
    if (((HarkStoreMessage *) rows->pdata[i])->body != NULL)
      g_ptr_array_add (files, ((HarkStoreMessage *) rows->pdata[i])->body);
  return hark_ogg_join (files);
}

void
hark_core_command_clip (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_need (core, command);
  HarkChatEntry entry = {.kind = HARK_CHAT_CLIP, .text = (char *) ""};

  if (contact == NULL || !hark_core_clip_is_fit (core, command)) {
    hark_command_free (command);
    return;
  }
  entry.body = command->sound; /* which that may have replaced */
  entry.has_reply_to = command->has_reply_to;
  memcpy (entry.reply_to, command->reply_to, sizeof entry.reply_to);
  entry.expires_s = contact->conversation.expires_s;
  hark_core_write (core, contact, command, &entry);
}

static void
after_sound (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  const HarkStoreMessage *row;
  HarkEvent *event;
  bool is_whole;

  if (hark_core_refuse_store (core, pending, reply))
    return;
  row = reply->messages->len > 0 ? reply->messages->pdata[0] : NULL;
  if (row == NULL || row->kind != HARK_MESSAGE_CLIP || row->body == NULL) {
    hark_core_refuse (core, pending->command, "no-message", "There is no such voice message.");
    return;
  }
  event = hark_core_result (pending->command);
  event->sound = hark_core_clip_join (reply->messages, &is_whole);
  hark_core_emit (core, event);
}

void
hark_core_command_sound (HarkCore *core, HarkCommand *command)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_GET_CLIP);

  request->message = g_new0 (HarkStoreMessage, 1);
  memcpy (request->account_key.bytes, command->contact, sizeof request->account_key.bytes);
  memcpy (request->message->id, command->id, sizeof request->message->id);
  hark_core_ask_store (core, request, hark_pending_new (after_sound, command));
}
