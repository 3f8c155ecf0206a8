#include "net/node/queue.h"

/* An output or event with the bytes it points to. */
typedef struct {
  union {
    HarkNetOutput output;
    HarkNetEvent event;
  };
  void *bytes; /* tokens and ICE passwords may be among them */
  size_t bytes_len;
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  if (!entry)
    return;
  if (entry->bytes)
    sodium_memzero (entry->bytes, entry->bytes_len);
  g_free (entry->bytes);
  sodium_memzero (entry, sizeof *entry);
  g_free (entry);
}

static void *
keep_bytes (Entry *entry, const void *bytes, size_t len)
{
  entry->bytes = g_memdup2 (bytes, len);
  entry->bytes_len = len;
  return entry->bytes;
}

void
hark_node_queue_init (HarkNodeQueue *queue)
{
  *queue = (HarkNodeQueue){0};
  g_queue_init (&queue->outputs);
  g_queue_init (&queue->events);
}

void
hark_node_queue_clear (HarkNodeQueue *queue)
{
  g_queue_clear_full (&queue->outputs, entry_free);
  g_queue_clear_full (&queue->events, entry_free);
  g_clear_pointer (&queue->last_output, entry_free);
  g_clear_pointer (&queue->last_event, entry_free);
}

void
hark_node_queue_push_output (HarkNodeQueue *queue, const HarkNetOutput *output)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->output = *output;
  if (output->remote)
    entry->output.remote = keep_bytes (entry, output->remote, sizeof *output->remote);
  else if (output->len)
    entry->output.data = keep_bytes (entry, output->data, output->len);
  g_queue_push_tail (&queue->outputs, entry);
}

void
hark_node_queue_push_event (HarkNodeQueue *queue, const HarkNetEvent *event)
{
  Entry *entry;

  if (queue->events.length >= HARK_NODE_QUEUE_EVENTS_MAX)
    return;
  entry = g_new0 (Entry, 1);
  entry->event = *event;
  if (event->request)
    entry->event.request = keep_bytes (entry, event->request, sizeof *event->request);
  else if (event->len)
    entry->event.data = keep_bytes (entry, event->data, event->len);
  g_queue_push_tail (&queue->events, entry);
}

bool
hark_node_queue_pop_output (HarkNodeQueue *queue, HarkNetOutput *ret)
{
  g_clear_pointer (&queue->last_output, entry_free);
  queue->last_output = g_queue_pop_head (&queue->outputs);
  if (queue->last_output)
    *ret = ((const Entry *) queue->last_output)->output;
  return queue->last_output != NULL;
}

bool
hark_node_queue_pop_event (HarkNodeQueue *queue, HarkNetEvent *ret)
{
  g_clear_pointer (&queue->last_event, entry_free);
  queue->last_event = g_queue_pop_head (&queue->events);
  if (queue->last_event)
    *ret = ((const Entry *) queue->last_event)->event;
  return queue->last_event != NULL;
}
