/* core/store/values.c - the values that travel through the door: made, copied, freed, wiped. */
#include "core/store/store.h"

#include <string.h>

G_DEFINE_QUARK (hark - store - error - quark, hark_store_error)

void
hark_store_message_free (HarkStoreMessage *message)
{
  if (message == NULL)
    return;

  g_free (message->text);
  g_free (message->current);
  g_clear_pointer (&message->body, g_bytes_unref);
  g_clear_pointer (&message->reactions, g_array_unref);
  hark_store_transfer_free (message->file);
  g_free (message);
}

HarkStoreMessage *
hark_store_message_copy (const HarkStoreMessage *message)
{
  HarkStoreMessage *copy = g_memdup2 (message, sizeof *message);

  copy->text = g_strdup (message->text);
  copy->current = g_strdup (message->current);
  if (message->file != NULL)
    copy->file = hark_store_transfer_copy (message->file);
  if (message->body != NULL)
    g_bytes_ref (message->body);
  if (message->reactions != NULL)
    copy->reactions = g_array_copy (message->reactions);
  return copy;
}

void
hark_store_transfer_free (HarkStoreTransfer *transfer)
{
  if (transfer == NULL)
    return;

  g_free (transfer->name);
  g_free (transfer->path);
  g_free (transfer->reason);
  g_clear_pointer (&transfer->preview, g_bytes_unref);
  g_clear_pointer (&transfer->people, g_bytes_unref);
  g_clear_pointer (&transfer->list, g_bytes_unref);
  g_free (transfer);
}

HarkStoreTransfer *
hark_store_transfer_copy (const HarkStoreTransfer *transfer)
{
  HarkStoreTransfer *copy = g_memdup2 (transfer, sizeof *transfer);

  copy->name = g_strdup (transfer->name);
  copy->path = g_strdup (transfer->path);
  copy->reason = g_strdup (transfer->reason);
  if (transfer->preview != NULL)
    g_bytes_ref (copy->preview);
  if (transfer->people != NULL)
    g_bytes_ref (copy->people);
  if (transfer->list != NULL)
    g_bytes_ref (copy->list);
  return copy;
}

void
hark_store_chat_free (HarkStoreChat *chat)
{
  if (chat == NULL)
    return;
  hark_store_message_free (chat->last);
  g_free (chat->draft);
  g_free (chat);
}

HarkStoreRequest *
hark_store_request_new (HarkStoreRequestKind kind, uint64_t ticket)
{
  HarkStoreRequest *request = g_new0 (HarkStoreRequest, 1);

  request->kind = kind;
  request->ticket = ticket;
  return request;
}

static void
wipe_and_free (void *memory, size_t len)
{
  if (memory != NULL)
    sodium_memzero (memory, len);
  g_free (memory);
}

void
hark_store_request_free (HarkStoreRequest *request)
{
  if (request == NULL)
    return;

  wipe_and_free (request->account, sizeof *request->account);
  wipe_and_free (request->contact, sizeof *request->contact);
  wipe_and_free (request->person, sizeof *request->person);
  g_clear_pointer (&request->picture, g_bytes_unref);
  hark_store_message_free (request->message);
  g_clear_pointer (&request->parts, g_ptr_array_unref);
  hark_store_transfer_free (request->transfer);
  g_clear_pointer (&request->calls, g_bytes_unref);
  g_clear_pointer (&request->nodes, g_bytes_unref);
  g_clear_pointer (&request->relay, g_bytes_unref);
  g_clear_pointer (&request->shares, g_bytes_unref);
  g_clear_pointer (&request->sound, g_bytes_unref);
  g_clear_pointer (&request->heard, g_bytes_unref);
  g_clear_pointer (&request->ledger, g_bytes_unref);
  g_clear_pointer (&request->backup, g_bytes_unref);
  g_clear_pointer (&request->keep, g_bytes_unref);
  hark_store_chat_free (request->chat);
  g_clear_pointer (&request->records, g_bytes_unref);
  g_clear_pointer (&request->lan, g_bytes_unref);
  g_clear_pointer (&request->place, g_bytes_unref);
  g_clear_pointer (&request->files, g_bytes_unref);
  g_clear_pointer (&request->mailbox, g_bytes_unref);
  g_clear_pointer (&request->group_mail, g_bytes_unref);
  hark_store_group_entry_free (request->group_entry);
  g_clear_pointer (&request->group_parts, g_ptr_array_unref);
  g_clear_pointer (&request->sealed, g_bytes_unref);
  g_free (request->text);
  wipe_and_free (request, sizeof *request);
}

void
hark_store_reply_clear (HarkStoreReply *reply)
{
  g_clear_error (&reply->error);
  g_clear_pointer (&reply->messages, g_ptr_array_unref);
  g_clear_pointer (&reply->chats, g_ptr_array_unref);
  g_clear_pointer (&reply->transfers, g_ptr_array_unref);
  g_clear_pointer (&reply->picture, g_bytes_unref);
  g_clear_pointer (&reply->group_entries, g_ptr_array_unref);
  g_clear_pointer (&reply->sealed, g_bytes_unref);
  hark_store_message_free (reply->changed);
  g_clear_pointer (&reply->quarantine, g_ptr_array_unref);
  if (reply->snapshot != NULL)
    hark_store_snapshot_clear (reply->snapshot);
  g_free (reply->snapshot);
  *reply = (HarkStoreReply){0};
}

void
hark_store_reply_free (HarkStoreReply *reply)
{
  if (reply == NULL)
    return;

  hark_store_reply_clear (reply);
  g_free (reply);
}

static void
wipe_array (GArray **array)
{
  if (*array != NULL && (*array)->len > 0)
    sodium_memzero ((*array)->data, (size_t) (*array)->len * g_array_get_element_size (*array));
  g_clear_pointer (array, g_array_unref);
}

void
hark_store_snapshot_clear (HarkStoreSnapshot *snapshot)
{
  wipe_array (&snapshot->addresses);
  wipe_array (&snapshot->contacts);
  wipe_array (&snapshot->people);
  g_clear_pointer (&snapshot->picture, g_bytes_unref);
  g_clear_pointer (&snapshot->transfers, g_ptr_array_unref);
  g_clear_pointer (&snapshot->outbox, g_ptr_array_unref);
  g_clear_pointer (&snapshot->conversations, g_hash_table_unref);
  g_clear_pointer (&snapshot->calls, g_bytes_unref);
  g_clear_pointer (&snapshot->nodes, g_bytes_unref);
  g_clear_pointer (&snapshot->relay, g_bytes_unref);
  g_clear_pointer (&snapshot->shares, g_bytes_unref);
  g_clear_pointer (&snapshot->sound, g_bytes_unref);
  g_clear_pointer (&snapshot->heard, g_bytes_unref);
  g_clear_pointer (&snapshot->ledger, g_bytes_unref);
  g_clear_pointer (&snapshot->backup, g_bytes_unref);
  g_clear_pointer (&snapshot->keep, g_bytes_unref);
  g_clear_pointer (&snapshot->records, g_bytes_unref);
  g_clear_pointer (&snapshot->lan, g_bytes_unref);
  g_clear_pointer (&snapshot->place, g_bytes_unref);
  g_clear_pointer (&snapshot->files, g_bytes_unref);
  g_clear_pointer (&snapshot->mailbox, g_bytes_unref);
  g_clear_pointer (&snapshot->group_mail, g_bytes_unref);
  g_clear_pointer (&snapshot->groups, g_array_unref);
  g_clear_pointer (&snapshot->group_reads, g_array_unref);
  g_clear_pointer (&snapshot->group_entries, g_ptr_array_unref);
  g_clear_pointer (&snapshot->kept, g_array_unref);
  sodium_memzero (snapshot, sizeof *snapshot);
}
