#include "net/outbox.h"

/* An output or event with the bytes it points to. */
typedef struct {
  union {
    HarkNetOutput output;
    HarkNetEvent event;
  };
  void *bytes;
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  if (!entry)
    return;
  g_free (entry->bytes);
  sodium_memzero (entry, sizeof *entry);
  g_free (entry);
}

void
hark_outbox_init (HarkOutbox *outbox)
{
  *outbox = (HarkOutbox){0};
  g_queue_init (&outbox->outputs);
  g_queue_init (&outbox->events);
}

void
hark_outbox_clear (HarkOutbox *outbox)
{
  g_queue_clear_full (&outbox->outputs, entry_free);
  g_queue_clear_full (&outbox->events, entry_free);
  g_clear_pointer (&outbox->last_output, entry_free);
  g_clear_pointer (&outbox->last_event, entry_free);
}

void
hark_outbox_push_output (HarkOutbox *outbox, const HarkNetOutput *output)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->output = *output;
  if (output->remote)
    entry->output.remote = entry->bytes = g_memdup2 (output->remote, sizeof *output->remote);
  else if (output->len)
    entry->output.data = entry->bytes = g_memdup2 (output->data, output->len);
  g_queue_push_tail (&outbox->outputs, entry);
}

void
hark_outbox_push_event (HarkOutbox *outbox, const HarkNetEvent *event)
{
  Entry *entry;

  if (outbox->events.length >= HARK_OUTBOX_EVENTS_MAX)
    return;
  entry = g_new0 (Entry, 1);
  entry->event = *event;
  if (event->request)
    entry->event.request = entry->bytes = g_memdup2 (event->request, sizeof *event->request);
  else if (event->len)
    entry->event.data = entry->bytes = g_memdup2 (event->data, event->len);
  g_queue_push_tail (&outbox->events, entry);
}

bool
hark_outbox_pop_output (HarkOutbox *outbox, HarkNetOutput *ret)
{
  g_clear_pointer (&outbox->last_output, entry_free);
  outbox->last_output = g_queue_pop_head (&outbox->outputs);
  if (outbox->last_output)
    *ret = ((const Entry *) outbox->last_output)->output;
  return outbox->last_output != NULL;
}

bool
hark_outbox_pop_event (HarkOutbox *outbox, HarkNetEvent *ret)
{
  g_clear_pointer (&outbox->last_event, entry_free);
  outbox->last_event = g_queue_pop_head (&outbox->events);
  if (outbox->last_event)
    *ret = ((const Entry *) outbox->last_event)->event;
  return outbox->last_event != NULL;
}
