#include "core/chat/outbox.h"

#include <string.h>

static guint
id_hash (gconstpointer id)
{
  guint hash;

  memcpy (&hash, id, sizeof hash);
  return hash;
}

static gboolean
id_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, HARK_CHAT_ID_LEN) == 0;
}

static void
item_free (HarkOutboxItem *item)
{
  hark_chat_entry_clear (&item->entry);
  g_free (item);
}

void
hark_outbox_init (HarkOutbox *outbox)
{
  *outbox = (HarkOutbox){.by_id = g_hash_table_new (id_hash, id_equal)};
  g_queue_init (&outbox->items);
}

void
hark_outbox_clear (HarkOutbox *outbox)
{
  g_clear_pointer (&outbox->by_id, g_hash_table_unref);
  g_queue_clear_full (&outbox->items, (GDestroyNotify) item_free);
  outbox->next = NULL;
}

unsigned
hark_outbox_count (const HarkOutbox *outbox)
{
  return outbox->items.length + outbox->reserved;
}

const char *
hark_outbox_reserve (HarkOutbox *outbox, size_t len)
{
  if (hark_outbox_count (outbox) >= HARK_OUTBOX_MESSAGES_MAX)
    return "10,000 messages are waiting for this contact already; more can be written when some "
           "are delivered.";
  if (outbox->bytes + len > HARK_OUTBOX_BYTES_MAX)
    return "64 MiB of messages are waiting for this contact already; more can be written when some "
           "are delivered.";
  outbox->bytes += len;
  outbox->reserved++;
  return NULL;
}

void
hark_outbox_release (HarkOutbox *outbox, size_t len)
{
  if (outbox->reserved == 0)
    return; /* the contact was removed and came back meanwhile */
  outbox->bytes -= MIN (outbox->bytes, len);
  outbox->reserved--;
}

void
hark_outbox_add (HarkOutbox *outbox, const HarkChatEntry *entry, bool reserved)
{
  size_t len = hark_chat_entry_len (entry);
  HarkOutboxItem *item;

  if (reserved)
    hark_outbox_release (outbox, len);
  if (g_hash_table_contains (outbox->by_id, entry->id))
    return;
  item = g_new0 (HarkOutboxItem, 1);
  item->entry = hark_chat_entry_copy (entry);
  g_queue_push_tail (&outbox->items, item);
  g_hash_table_insert (outbox->by_id, item->entry.id, outbox->items.tail);
  outbox->bytes += len;
  if (outbox->next == NULL)
    outbox->next = outbox->items.tail;
}

void
hark_outbox_rewind (HarkOutbox *outbox)
{
  for (GList *at = outbox->items.head; at != NULL && at != outbox->next; at = at->next)
    ((HarkOutboxItem *) at->data)->in_flight = false;
  outbox->next = outbox->items.head;
  outbox->in_flight = 0;
}

HarkOutboxItem *
hark_outbox_next (HarkOutbox *outbox)
{
  HarkOutboxItem *item;

  if (outbox->next == NULL || outbox->in_flight >= HARK_OUTBOX_WINDOW)
    return NULL;
  item = outbox->next->data;
  outbox->next = outbox->next->next;
  item->in_flight = true;
  outbox->in_flight++;
  return item;
}

static void
empty (HarkOutbox *outbox, HarkChatEntry *entry)
{
  outbox->bytes -= hark_chat_entry_len (entry);
  g_free (entry->text);
  entry->text = g_strdup ("");
  g_clear_pointer (&entry->body, g_bytes_unref);
}

void
hark_outbox_take_back (HarkOutbox *outbox, const uint8_t id[HARK_CHAT_ID_LEN])
{
  for (GList *at = outbox->items.head; at != NULL; at = at->next) {
    HarkChatEntry *entry = &((HarkOutboxItem *) at->data)->entry;

    if (memcmp (entry->id, id, sizeof entry->id) == 0
        || (entry->has_whole && memcmp (entry->whole, id, sizeof entry->whole) == 0))
      empty (outbox, entry);
  }
}

const HarkChatEntry *
hark_outbox_find (const HarkOutbox *outbox, const uint8_t id[HARK_CHAT_ID_LEN])
{
  GList *link = g_hash_table_lookup (outbox->by_id, id);
  HarkOutboxItem *item = link != NULL ? link->data : NULL;

  return item != NULL && item->in_flight ? &item->entry : NULL;
}

const HarkChatEntry *
hark_outbox_get (const HarkOutbox *outbox, const uint8_t id[HARK_CHAT_ID_LEN])
{
  GList *link = g_hash_table_lookup (outbox->by_id, id);

  return link != NULL ? &((HarkOutboxItem *) link->data)->entry : NULL;
}

bool
hark_outbox_settle (HarkOutbox *outbox, const uint8_t id[HARK_CHAT_ID_LEN])
{
  GList *link = g_hash_table_lookup (outbox->by_id, id);
  HarkOutboxItem *item = link != NULL ? link->data : NULL;

  if (item == NULL)
    return false;
  if (link == outbox->next)
    outbox->next = link->next;
  outbox->in_flight -= item->in_flight;
  outbox->bytes -= hark_chat_entry_len (&item->entry);
  g_hash_table_remove (outbox->by_id, id);
  g_queue_delete_link (&outbox->items, link);
  item_free (item);
  return true;
}

bool
hark_outbox_acknowledge (HarkOutbox *outbox, const uint8_t id[HARK_CHAT_ID_LEN])
{
  GList *link = g_hash_table_lookup (outbox->by_id, id);
  HarkOutboxItem *item = link != NULL ? link->data : NULL;

  return item != NULL && item->in_flight && hark_outbox_settle (outbox, id);
}
