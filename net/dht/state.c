#include "net/dht/state.h"

#include <string.h>

#define PACKETS_MAX 4096
#define EVENTS_MAX 4096

typedef struct {
  HarkEndpoint to;
  size_t len;
  uint8_t data[];
} Packet;

typedef struct {
  HarkDhtEvent event;
  GBytes *data;  /* nullable */
  GArray *peers; /* nullable */
} Event;

HarkTable *
hark_dht_table (HarkDht *dht, const HarkEndpoint *endpoint)
{
  return &dht->tables[endpoint->family == 6];
}

const uint8_t *
hark_dht_own_id (HarkDht *dht, const HarkEndpoint *endpoint)
{
  return hark_dht_table (dht, endpoint)->own_id.bytes;
}

/* Named by the user, wherever it is. */
static bool
is_bootstrap (const HarkDht *dht, const HarkEndpoint *endpoint)
{
  for (guint i = 0; i < dht->bootstraps->len; i++)
    if (hark_endpoint_same_ip (&g_array_index (dht->bootstraps, HarkDhtBootstrap, i).endpoint,
                               endpoint))
      return true;
  return false;
}

static bool
is_among (uint16_t port, const uint16_t *ports, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (port == ports[i])
      return true;
  return false;
}

bool
hark_dht_may_answer (const HarkDht *dht, const HarkEndpoint *to)
{
  /* services that answer anybody, some of them anything */
  static const uint16_t refused[] = {0, 19, 53, 123, 161, 389};
  HarkScope scope = hark_endpoint_scope (to);

  if (is_among (to->port, refused, G_N_ELEMENTS (refused)))
    return false;
  if (scope == HARK_SCOPE_PUBLIC && dht->config.local && !dht->config.any_scope
      && !is_bootstrap (dht, to))
    return false;
  return scope != HARK_SCOPE_NONE && (scope != HARK_SCOPE_LOOPBACK || dht->config.allow_loopback);
}

bool
hark_dht_may_send (const HarkDht *dht, const HarkEndpoint *to)
{
  /* SSDP, mDNS, memcached: louder than what asks them, but deaf to a dictionary. A router may give
   * one of them to somebody, who must be answered then or he would be cut off. */
  static const uint16_t refused[] = {1900, 5353, 11211};

  return !is_among (to->port, refused, G_N_ELEMENTS (refused)) && hark_dht_may_answer (dht, to);
}

bool
hark_dht_is_open (const HarkDht *dht, uint8_t family)
{
  bool is6 = family == 6;

  return dht->unheard[is6] < HARK_DHT_UNHEARD_MAX || dht->unheard[!is6] >= HARK_DHT_UNHEARD_MAX
         || !dht->heard[!is6];
}

void
hark_dht_send (HarkDht *dht, const HarkEndpoint *to, const uint8_t *data, size_t len)
{
  Packet *packet;

  if (len == 0 || dht->packets.length >= PACKETS_MAX || !hark_dht_may_answer (dht, to))
    return;
  hark_contacted_add (&dht->contacted, to, dht->now);
  packet = g_malloc (sizeof *packet + len);
  packet->to = *to;
  packet->len = len;
  memcpy (packet->data, data, len);
  g_queue_push_tail (&dht->packets, packet);
}

void
hark_dht_note_query (HarkDht *dht, const HarkEndpoint *to)
{
  HarkDhtSilence *silence = &dht->silence;
  bool is_public = hark_endpoint_scope (to) == HARK_SCOPE_PUBLIC;

  if (to->tcp || (silence->has_public && !is_public))
    return;
  if (is_public && !silence->has_public)
    *silence = (HarkDhtSilence){.has_public = true, .since = HARK_TIME_NEVER};
  silence->n++;
  silence->since = hark_time_min (silence->since, dht->now);
}

bool
hark_dht_poll_packet (HarkDht *dht, HarkDhtPacket *ret)
{
  Packet *packet = g_queue_pop_head (&dht->packets);

  g_clear_pointer (&dht->packet_out, g_free);
  if (!packet)
    return false;
  dht->packet_out = packet;
  *ret = (HarkDhtPacket){.to = packet->to, .data = packet->data, .len = packet->len};
  return true;
}

HarkDhtOperation
hark_dht_number (HarkDht *dht)
{
  if (dht->last_number < dht->config.first_operation)
    dht->last_number = dht->config.first_operation;
  if (++dht->last_number == 0)
    dht->last_number = dht->config.first_operation + 1;
  return dht->last_number;
}

static void
event_free (gpointer data)
{
  Event *event = data;

  if (!event)
    return;
  g_clear_pointer (&event->data, g_bytes_unref);
  g_clear_pointer (&event->peers, g_array_unref);
  g_free (event);
}

void
hark_dht_emit (HarkDht *dht, const HarkDhtEvent *event, GBytes *data, GArray *peers)
{
  Event *copy = g_new0 (Event, 1);

  copy->event = *event;
  copy->data = data;
  copy->peers = peers;
  if (data)
    copy->event.data = g_bytes_get_data (data, &copy->event.len);
  if (peers) {
    copy->event.peers = (const HarkEndpoint *) (const void *) peers->data;
    copy->event.n_peers = peers->len;
  }
  /* Nobody drains us: what is newest may be lost, memory may not. */
  if (dht->events.length >= EVENTS_MAX)
    event_free (copy);
  else
    g_queue_push_tail (&dht->events, copy);
}

void
hark_dht_take_events (HarkDht *dht, bool (*take) (HarkDht *dht, const HarkDhtEvent *event))
{
  for (GList *link = dht->events.head, *next; link; link = next) {
    Event *event = link->data;

    next = link->next;
    if (!take (dht, &event->event))
      continue;
    event_free (event);
    g_queue_delete_link (&dht->events, link);
  }
}

bool
hark_dht_poll_event (HarkDht *dht, HarkDhtEvent *ret)
{
  Event *event = g_queue_pop_head (&dht->events);

  g_clear_pointer (&dht->event_out, event_free);
  if (event) {
    dht->event_out = event;
    *ret = event->event;
    return true;
  }
  if (dht->status_changed) {
    dht->status_changed = false;
    *ret = (HarkDhtEvent){.kind = HARK_DHT_EVENT_STATUS};
    return true;
  }
  return false;
}

bool
hark_dht_has_events (const HarkDht *dht)
{
  return dht->events.length > 0 || dht->status_changed;
}

void
hark_dht_queues_clear (HarkDht *dht)
{
  g_queue_clear_full (&dht->packets, g_free);
  g_queue_clear_full (&dht->events, event_free);
  g_clear_pointer (&dht->packet_out, g_free);
  g_clear_pointer (&dht->event_out, event_free);
}

HarkDhtKnown *
hark_dht_known (HarkDht *dht, const HarkEndpoint *endpoint, bool make)
{
  HarkDhtKnown fresh = {.endpoint = *endpoint};

  for (unsigned i = 0; i < dht->known->len; i++) {
    HarkDhtKnown *known = &g_array_index (dht->known, HarkDhtKnown, i);

    if (hark_endpoint_equal (&known->endpoint, endpoint))
      return known;
  }
  if (!make)
    return NULL;
  if (dht->known->len >= HARK_DHT_KNOWN_MAX)
    g_array_remove_index (dht->known, 0);
  g_array_append_val (dht->known, fresh);
  return &g_array_index (dht->known, HarkDhtKnown, dht->known->len - 1);
}
