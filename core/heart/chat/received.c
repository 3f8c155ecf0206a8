/* Entries of others on their way to the disk. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/core-private.h"

#include <string.h>

#define REFUSED_TIME (2 * HARK_SECOND) /* between tries of a disk that takes nothing */

/* What an entry that waits for the disk costs us: short ones are not for nothing. */
static size_t
cost_of (const HarkStoreMessage *message)
{
  return sizeof (HarkPending)
         + 2
             * (sizeof (HarkStoreMessage) + strlen (message->text)
                + (message->body != NULL ? g_bytes_get_size (message->body) : 0));
}

static int
compare_seq (const void *a, const void *b, void *data)
{
  const HarkStoreMessage *left = a, *right = b;

  (void) data;
  return (left->seq > right->seq) - (left->seq < right->seq);
}

/* Not acknowledged, and on this session it will not be sent again: it waits here, in the credit
 * that the sender has, and those behind it wait as well. */
static void
refused (HarkCore *core,
         HarkCoreContact *contact,
         HarkPending *pending,
         const HarkStoreReply *reply)
{
  if (g_queue_is_empty (&contact->refused) && !contact->refused_told)
    hark_core_refuse_store (core, pending, reply);
  contact->refused_told = true;
  g_queue_insert_sorted (&contact->refused, g_steal_pointer (&pending->message), compare_seq, NULL);
  if (core->refused_at == HARK_TIME_NEVER)
    core->refused_at = hark_time_add (core->now, REFUSED_TIME);
}

void
hark_core_chat_forget (HarkCoreContact *contact)
{
  HarkStoreMessage *message;

  while ((message = g_queue_pop_head (&contact->refused)) != NULL) {
    hark_core_stored (contact, cost_of (message));
    hark_store_message_free (message);
  }
}

/* Its keeper still has it, and gives it out again when the disk did not take it. */
static void
note_mail (HarkCore *core, const HarkPending *pending, bool ok)
{
  HarkCoreMailStored stored = {.mail = pending->mail, .from = pending->contact, .ok = ok};

  memcpy (stored.entry, pending->message->id, sizeof stored.entry);
  g_array_append_val (core->mail_stored, stored);
}

/* Once a session: whoever sends nonsense shall not fill the screen with it. */
static void
say_quarantined (HarkCore *core, HarkCoreContact *contact, const char *reason)
{
  g_autofree char *name = NULL;
  HarkEvent *event;

  if (contact == NULL || contact->quarantine_told)
    return;
  contact->quarantine_told = true;
  name = hark_contact_name (contact->row.petname, contact->row.name, contact->row.account.bytes);
  event = hark_event_new (HARK_EVENT_WARNING);
  event->code = g_strdup ("quarantined");
  event->text
    = g_strdup_printf ("Something from %s was put aside and is not shown. %s", name, reason);
  hark_core_emit (core, event);
}

static void
after_received (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (pending->has_mail)
    note_mail (core, pending, reply->ok);
  else if (!reply->ok && contact != NULL && contact->has_session
           && contact->session == pending->session) {
    refused (core, contact, pending, reply);
    return;
  }
  if (contact != NULL)
    hark_core_stored (contact, cost_of (pending->message));
  if (!reply->ok) { /* not acknowledged: the next session brings it again */
    hark_core_refuse_store (core, pending, reply);
    return;
  }
  if (contact != NULL)
    contact->refused_told = false;
  if (contact != NULL && contact->has_session && contact->session == pending->session) {
    hark_conversation_acknowledge (&contact->conversation, pending->message->id);
    g_hash_table_add (core->acks_due, contact);
  }
  if (reply->duplicate)
    return;
  if (reply->refused != NULL)
    say_quarantined (core, contact, reply->refused);
  else
    hark_core_say_effect (core, contact, pending->message, reply);
}

/* @message: (transfer full): its cost is counted already. */
static void
store_received (HarkCore *core,
                HarkCoreContact *contact,
                HarkStoreMessage *message,
                const HarkCoreMail *mail)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_MESSAGE);
  HarkPending *pending = hark_pending_new (after_received, NULL);

  request->message = message;
  pending->message = hark_store_message_copy (message);
  pending->contact = contact->row.account;
  pending->session = contact->session;
  pending->has_mail = mail != NULL;
  if (mail != NULL)
    pending->mail = *mail;
  hark_core_ask_store (core, request, pending);
}

bool
hark_core_entry_mail (HarkCore *core,
                      HarkCoreContact *contact,
                      const Hark__Entry *frame,
                      const HarkCoreMail *mail)
{
  g_auto (HarkChatEntry) entry = {0};
  HarkStoreMessage *message;

  if (!hark_chat_read_entry (frame, &entry))
    return false;
  hark_conversation_saw (&contact->conversation, &entry);
  message = hark_core_row_of (&contact->row.account, &entry);
  message->state = HARK_MESSAGE_DELIVERED;
  message->received_ms = hark_core_wall (core);

  contact->unstored += cost_of (message);
  if (mail != NULL || g_queue_is_empty (&contact->refused))
    store_received (core, contact, message, mail);
  else
    g_queue_insert_sorted (&contact->refused, message, compare_seq, NULL);
  return true;
}

bool
hark_core_entry_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Entry *frame)
{
  return hark_core_entry_mail (core, contact, frame, NULL);
}

void
hark_core_chat_time (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  if (core->now < core->refused_at)
    return;
  core->refused_at = HARK_TIME_NEVER;
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreContact *contact = value;
    HarkStoreMessage *message;

    while ((message = g_queue_pop_head (&contact->refused)) != NULL)
      store_received (core, contact, message, NULL);
  }
}
