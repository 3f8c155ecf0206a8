/* Changing what was written, and looking at it. */
#include "core/heart/core-private.h"

#include <string.h>

/* ---- changing ---- */

/* A note was changed; nobody is told. */
static void
after_note_changed (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkEvent *event;

  if (hark_core_refuse_store (core, pending, reply))
    return;
  if (reply->refused != NULL) {
    hark_core_refuse (core, pending->command, "not-possible", reply->refused);
    return;
  }
  event = hark_core_result (pending->command);
  memcpy (event->id, pending->message->id, sizeof event->id);
  hark_core_emit (core, event);
  if (reply->changed == NULL)
    return;
  event = hark_event_new (HARK_EVENT_MESSAGE_CHANGED);
  event->message = hark_core_message (core, reply->changed);
  hark_core_emit (core, event);
}

static void
change_note (HarkCore *core, HarkCommand *command, const HarkChatEntry *entry)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_MESSAGE);
  HarkPending *pending = hark_pending_new (after_note_changed, command);

  request->message = hark_core_row_of (&core->own, entry);
  hark_rng_bytes (&core->rng, request->message->id, sizeof request->message->id);
  request->message->outgoing = true;
  request->message->state = HARK_MESSAGE_READ;
  request->message->sent_ms = request->message->received_ms = hark_core_wall (core);
  pending->message = hark_store_message_copy (request->message);
  hark_core_ask_store (core, request, pending);
}

/* An entry about command->id; @contact: NULL: in notes to oneself. */
static void
write_about (HarkCore *core,
             HarkCoreContact *contact,
             HarkCommand *command,
             HarkChatKind kind,
             const char *text)
{
  HarkChatEntry entry = {.kind = kind, .text = (char *) text, .has_target = true};

  memcpy (entry.target, command->id, sizeof entry.target);
  if (contact != NULL)
    hark_core_write (core, contact, command, &entry);
  else
    change_note (core, command, &entry);
}

/* Whether there is somebody, or ourselves, to write to; else the RESULT is made. */
static bool
find_reader (HarkCore *core, const HarkCommand *command, HarkCoreContact **ret)
{
  *ret = NULL;
  return hark_core_is_own (core, command) || (*ret = hark_core_need (core, command)) != NULL;
}

void
hark_core_command_edit (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact;
  const bool found = find_reader (core, command, &contact);

  if (found && hark_chat_text_is_fit (command->text)) {
    write_about (core, contact, command, HARK_CHAT_EDIT, command->text);
    return;
  }
  if (found)
    hark_core_refuse (core, command, "bad-text",
                      "A message has at least one letter and at most 65 kB of text.");
  hark_command_free (command);
}

void
hark_core_command_delete (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact;
  const bool found = find_reader (core, command, &contact);

  if (found)
    write_about (core, contact, command, HARK_CHAT_DELETE, "");
  else
    hark_command_free (command);
}

void
hark_core_command_react (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact;
  const bool found = find_reader (core, command, &contact);
  const char *sign = command->text != NULL ? command->text : "";

  if (found && (*sign == '\0' || hark_chat_sign_is_fit (sign))) {
    write_about (core, contact, command, HARK_CHAT_REACTION, sign);
    return;
  }
  if (found)
    hark_core_refuse (core, command, "bad-text", "A reaction is one short sign.");
  hark_command_free (command);
}

void
hark_core_command_timer (HarkCore *core, HarkCommand *command)
{
  const bool notes = hark_core_is_own (core, command);
  HarkCoreContact *contact = notes ? NULL : hark_core_need (core, command);
  HarkChatEntry entry = {.kind = HARK_CHAT_TIMER, .text = (char *) ""};

  if (contact != NULL && command->seconds <= HARK_CHAT_EXPIRES_MAX) {
    entry.expires_s = (uint32_t) command->seconds;
    hark_core_write (core, contact, command, &entry);
    return;
  }
  if (notes)
    hark_core_refuse (core, command, "not-possible",
                      "Notes to yourself stay; \"keep\" says for how long.");
  if (contact != NULL)
    hark_core_refuse (core, command, "bad-timer", "Messages can stay for at most 365 days.");
  hark_command_free (command);
}

/* ---- looking ---- */

static void
after_rows (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkEvent *event;

  if (hark_core_refuse_store (core, pending, reply))
    return;
  if (reply->messages->len == 0) {
    hark_core_refuse (core, pending->command, "no-message", "There is no such message.");
    return;
  }
  event = hark_core_result (pending->command);
  event->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_message_free);
  for (guint i = 0; i < reply->messages->len; i++) {
    HarkMessage *message = hark_core_message (core, reply->messages->pdata[i]);

    if (reply->kind == HARK_STORE_GET_VERSIONS) {
      g_free (message->text);
      message->text = g_strdup (((HarkStoreMessage *) reply->messages->pdata[i])->text);
    }
    g_ptr_array_add (event->messages, message);
  }
  hark_core_emit (core, event);
}

static void
ask_rows (HarkCore *core, HarkCommand *command, HarkStoreRequestKind kind)
{
  HarkStoreRequest *request;

  if (!command->has_contact) {
    hark_core_refuse (core, command, "no-contact", "Say whose message.");
    hark_command_free (command);
    return;
  }
  request = hark_core_request (kind);
  request->message = g_new0 (HarkStoreMessage, 1);
  memcpy (request->account_key.bytes, command->contact, sizeof request->account_key.bytes);
  memcpy (request->message->id, command->id, sizeof request->message->id);
  request->limit = 500;
  hark_core_ask_store (core, request, hark_pending_new (after_rows, command));
}

void
hark_core_command_message (HarkCore *core, HarkCommand *command)
{
  ask_rows (core, command, HARK_STORE_GET_MESSAGE);
}

void
hark_core_command_edits (HarkCore *core, HarkCommand *command)
{
  ask_rows (core, command, HARK_STORE_GET_VERSIONS);
}

static void
after_quarantine (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkEvent *event;

  if (hark_core_refuse_store (core, pending, reply))
    return;
  event = hark_core_result (pending->command);
  event->refused = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_refused_free);
  for (guint i = 0; i < reply->quarantine->len; i++) {
    const HarkStoreQuarantined *row = reply->quarantine->pdata[i];
    HarkRefused *refused = g_new0 (HarkRefused, 1);

    memcpy (refused->contact, row->contact.bytes, sizeof refused->contact);
    memcpy (refused->id, row->id, sizeof refused->id);
    refused->received_ms = row->received_ms;
    refused->text = g_strdup (row->text);
    refused->reason = g_strdup (row->reason);
    g_ptr_array_add (event->refused, refused);
  }
  hark_core_emit (core, event);
}

void
hark_core_command_quarantine (HarkCore *core, HarkCommand *command)
{
  hark_core_ask_store (core, hark_core_request (HARK_STORE_GET_QUARANTINE),
                       hark_pending_new (after_quarantine, command));
}
