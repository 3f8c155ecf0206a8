#include "tests/sim/network.h"

#include <glib.h>
#include <sodium.h>
#include <string.h>

#define FIRST_HOST 10 /* last byte of the first private address of a home */

/* Where a packet arrives next. */
typedef enum { AT_ROUTER_OUT, AT_INTERNET, AT_ROUTER_IN, AT_HOST, TIMER } Stage;

typedef struct {
  HarkTime time;
  uint64_t order; /* of creation: decides between events of one time */
  Stage stage;
  unsigned place; /* site or host; of no meaning AT_INTERNET and for TIMER */
  HarkEndpoint from, to;
  GBytes *bytes;       /* packets; owned */
  HarkSimTimer *timer; /* TIMER; not owned, see `set` */
  uint64_t set;        /* TIMER: which setting of the timer this is */
} Event;

typedef struct {
  HarkSimReceive on_datagram;
  void *data;
} Socket;

typedef struct {
  unsigned site;
  HarkEndpoint address;
  HarkSimLink up, down;
  unsigned part;
  GHashTable *sockets; /* port: Socket */
  uint16_t next_port;
} Host;

typedef struct {
  HarkSimNatKind kind;
  HarkEndpoint external;
  HarkSimNat *nat;
  HarkSimLink up, down;
  unsigned part;
  bool hairpin;
  GArray *hosts; /* unsigned; the first is .10 */
} Site;

struct HarkSimTimer {
  HarkSimNetwork *network;
  void (*on_time) (void *data);
  void *data;
  uint64_t set;  /* counts settings; an event of an older one does nothing */
  unsigned refs; /* the owner, and every event in the queue */
};

struct HarkSimNetwork {
  HarkTime now;
  HarkRng rng;
  uint64_t order;
  GPtrArray *queue;   /* Event, a binary heap: earliest first */
  GPtrArray *hosts;   /* Host */
  GPtrArray *sites;   /* Site; number 1 is the first */
  GHashTable *places; /* IPv4 address on the internet: site number, or -1 - host number */
  HarkSimCounters counters;
  crypto_generichash_state trace;
  HarkSimTap tap; /* NULL: none */
  void *tap_data;
};

/* ---- the queue of what will happen ----------------------------------------------- */

static bool
earlier (const Event *a, const Event *b)
{
  return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static void
push (HarkSimNetwork *network, Event *event)
{
  void **heap;
  guint i = network->queue->len;

  event->order = network->order++;
  g_ptr_array_add (network->queue, event);
  heap = network->queue->pdata;
  while (i > 0 && earlier (event, heap[(i - 1) / 2])) {
    heap[i] = heap[(i - 1) / 2];
    i = (i - 1) / 2;
  }
  heap[i] = event;
}

static Event *
pop (HarkSimNetwork *network)
{
  void **heap = network->queue->pdata;
  Event *first = heap[0];
  Event *last = g_ptr_array_steal_index_fast (network->queue, network->queue->len - 1);
  guint len = network->queue->len;
  guint i = 0;

  if (len == 0)
    return first;
  for (guint child = 1; child < len; child = 2 * i + 1) {
    if (child + 1 < len && earlier (heap[child + 1], heap[child]))
      child++;
    if (!earlier (heap[child], last))
      break;
    heap[i] = heap[child];
    i = child;
  }
  heap[i] = last;
  return first;
}

static void
timer_unref (HarkSimTimer *timer)
{
  if (--timer->refs == 0)
    g_free (timer);
}

static void
event_free (void *pointer)
{
  Event *event = pointer;

  if (event->bytes)
    g_bytes_unref (event->bytes);
  if (event->timer)
    timer_unref (event->timer);
  g_free (event);
}

/* ---- building -------------------------------------------------------------------- */

static void
host_free (void *pointer)
{
  Host *host = pointer;

  g_hash_table_unref (host->sockets);
  g_free (host);
}

static void
site_free (void *pointer)
{
  Site *site = pointer;

  hark_sim_nat_free (site->nat);
  g_array_unref (site->hosts);
  g_free (site);
}

HarkSimNetwork *
hark_sim_network_new (uint64_t seed)
{
  HarkSimNetwork *network = g_new0 (HarkSimNetwork, 1);
  uint8_t bytes[32] = {0};

  g_assert (sodium_init () >= 0);
  for (size_t i = 0; i < sizeof seed; i++)
    bytes[i] = (uint8_t) (seed >> (8 * i));
  hark_rng_init (&network->rng, bytes);
  network->now = HARK_HOUR;
  network->queue = g_ptr_array_new_with_free_func (event_free);
  network->hosts = g_ptr_array_new_with_free_func (host_free);
  network->sites = g_ptr_array_new_with_free_func (site_free);
  network->places = g_hash_table_new (NULL, NULL);
  crypto_generichash_init (&network->trace, NULL, 0, HARK_SIM_TRACE_LEN);
  return network;
}

void
hark_sim_network_free (HarkSimNetwork *network)
{
  if (!network)
    return;
  g_ptr_array_unref (network->queue);
  g_ptr_array_unref (network->hosts);
  g_ptr_array_unref (network->sites);
  g_hash_table_unref (network->places);
  hark_rng_clear (&network->rng);
  g_free (network);
}

HarkTime
hark_sim_network_now (const HarkSimNetwork *network)
{
  return network->now;
}

HarkRng *
hark_sim_network_rng (HarkSimNetwork *network)
{
  return &network->rng;
}

static Host *
get_host (const HarkSimNetwork *network, unsigned host)
{
  g_assert (host < network->hosts->len);
  return network->hosts->pdata[host];
}

static Site *
get_site (const HarkSimNetwork *network, unsigned site)
{
  g_assert (site >= 1 && site <= network->sites->len);
  return network->sites->pdata[site - 1];
}

static HarkEndpoint
ip4 (unsigned a, unsigned b, unsigned c, unsigned d)
{
  return (HarkEndpoint){
    .family = 4, .ip = {(uint8_t) a, (uint8_t) b, (uint8_t) c, (uint8_t) d}
  };
}

static void *
ip_key (const HarkEndpoint *endpoint)
{
  const uint8_t *ip = endpoint->ip;

  return GUINT_TO_POINTER ((guint) ip[0] << 24 | (guint) ip[1] << 16 | (guint) ip[2] << 8 | ip[3]);
}

/* Public addresses are spread over many /8 networks, as a DHT expects of the world (BEP 42). */
static HarkEndpoint
public_ip (unsigned number)
{
  return ip4 (11 + number % 80, 1 + number / 80 % 250, 1 + number / 20000, 10);
}

unsigned
hark_sim_network_add_site (HarkSimNetwork *network, HarkSimNatKind nat)
{
  Site *site;
  unsigned number = network->sites->len + 1;

  if (nat == HARK_SIM_NAT_NONE)
    return 0;
  site = g_new0 (Site, 1);
  site->hosts = g_array_new (FALSE, FALSE, sizeof (unsigned));
  site->kind = nat;
  site->external = public_ip (g_hash_table_size (network->places));
  site->nat = hark_sim_nat_new (nat, &site->external, HARK_SIM_NAT_TIMEOUT, &network->rng);
  g_ptr_array_add (network->sites, site);
  g_hash_table_insert (network->places, ip_key (&site->external), GINT_TO_POINTER ((int) number));
  return number;
}

unsigned
hark_sim_network_add_host (HarkSimNetwork *network, unsigned site)
{
  Host *host = g_new0 (Host, 1);
  unsigned number = network->hosts->len;

  host->sockets = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  host->next_port = 40000;
  if (site) {
    GArray *hosts = get_site (network, site)->hosts;

    g_assert (hosts->len < 200);
    host->site = site;
    host->address = ip4 (192, 168, site % 250, FIRST_HOST + hosts->len);
    g_array_append_val (hosts, number);
  } else {
    host->address = public_ip (g_hash_table_size (network->places));
    g_hash_table_insert (network->places, ip_key (&host->address),
                         GINT_TO_POINTER (-1 - (int) number));
  }
  g_ptr_array_add (network->hosts, host);
  return number;
}

HarkEndpoint
hark_sim_network_get_address (const HarkSimNetwork *network, unsigned host)
{
  return get_host (network, host)->address;
}

void
hark_sim_network_set_site_link (HarkSimNetwork *network,
                                unsigned site,
                                const HarkSimLinkConfig *up,
                                const HarkSimLinkConfig *down)
{
  get_site (network, site)->up.config = *up;
  get_site (network, site)->down.config = *down;
}

void
hark_sim_network_set_host_link (HarkSimNetwork *network,
                                unsigned host,
                                const HarkSimLinkConfig *up,
                                const HarkSimLinkConfig *down)
{
  get_host (network, host)->up.config = *up;
  get_host (network, host)->down.config = *down;
}

/* ---- packets on their way -------------------------------------------------------- */

/* Sends a packet over @link towards its next stage. */
static void
travel (HarkSimNetwork *network,
        HarkSimLink *link,
        Stage stage,
        unsigned place,
        const HarkEndpoint *from,
        const HarkEndpoint *to,
        GBytes *bytes)
{
  HarkTime times[HARK_SIM_COPIES_MAX];
  unsigned copies
    = hark_sim_link_carry (link, &network->rng, g_bytes_get_size (bytes), network->now, times);

  for (unsigned i = 0; i < copies; i++) {
    Event *event = g_new0 (Event, 1);

    event->time = times[i];
    event->stage = stage;
    event->place = place;
    event->from = *from;
    event->to = *to;
    event->bytes = g_bytes_ref (bytes);
    push (network, event);
  }
}

/* The host of @site that has @address, or -1. */
static int
find_inside (const HarkSimNetwork *network, unsigned number, const HarkEndpoint *address)
{
  const Site *site = get_site (network, number);
  unsigned index = (unsigned) address->ip[3] - FIRST_HOST; /* huge when below */
  unsigned host;

  if (index >= site->hosts->len)
    return -1;
  host = g_array_index (site->hosts, unsigned, index);
  return hark_endpoint_same_ip (&get_host (network, host)->address, address) ? (int) host : -1;
}

static void
to_host (HarkSimNetwork *network,
         unsigned number,
         const HarkEndpoint *from,
         const HarkEndpoint *to,
         GBytes *bytes)
{
  travel (network, &get_host (network, number)->down, AT_HOST, number, from, to, bytes);
}

/* Where an address on the internet lives: a home, or a host by itself (then @ret_site is 0). */
static bool
find_public (const HarkSimNetwork *network,
             const HarkEndpoint *address,
             unsigned *ret_site,
             unsigned *ret_host,
             unsigned *ret_part)
{
  int place = GPOINTER_TO_INT (g_hash_table_lookup (network->places, ip_key (address)));

  if (address->family != 4 || place == 0)
    return false;
  *ret_site = place > 0 ? (unsigned) place : 0;
  *ret_host = place < 0 ? (unsigned) (-1 - place) : 0;
  *ret_part = place > 0 ? get_site (network, *ret_site)->part : get_host (network, *ret_host)->part;
  return true;
}

/* To the access link of a home or to a public host, within one part of the internet. */
static void
cross_internet (HarkSimNetwork *network, const Event *event)
{
  unsigned site, host, part, part_from;

  if (!find_public (network, &event->from, &site, &host, &part_from)
      || !find_public (network, &event->to, &site, &host, &part) || part != part_from)
    return;
  if (site)
    travel (network, &get_site (network, site)->down, AT_ROUTER_IN, site, &event->from, &event->to,
            event->bytes);
  else
    to_host (network, host, &event->from, &event->to, event->bytes);
}

static void
enter_site (HarkSimNetwork *network, unsigned number, const Event *event)
{
  HarkEndpoint inside;
  int host;

  if (!hark_sim_nat_in (get_site (network, number)->nat, event->to.port, &event->from, network->now,
                        &inside))
    return;
  host = find_inside (network, number, &inside);
  if (host >= 0)
    to_host (network, (unsigned) host, &event->from, &inside, event->bytes);
}

/* At the router of the sender's home: stays inside, turns back, or leaves translated. */
static void
leave_site (HarkSimNetwork *network, unsigned number, Event *event)
{
  Site *site = get_site (network, number);
  int neighbour = find_inside (network, number, &event->to);
  HarkEndpoint outside;

  if (neighbour >= 0) {
    to_host (network, (unsigned) neighbour, &event->from, &event->to, event->bytes);
    return;
  }
  if (!hark_sim_nat_out (site->nat, &event->from, &event->to, network->now, &outside))
    return;
  event->from = outside;
  if (!hark_endpoint_same_ip (&event->to, &site->external))
    travel (network, &site->up, AT_INTERNET, number, &outside, &event->to, event->bytes);
  else if (site->hairpin)
    enter_site (network, number, event);
}

static void
trace_endpoint (crypto_generichash_state *trace, const HarkEndpoint *endpoint)
{
  uint8_t compact[18] = {0};

  hark_endpoint_to_compact (endpoint, compact);
  crypto_generichash_update (trace, compact, sizeof compact);
}

static void
arrive (HarkSimNetwork *network, unsigned number, const Event *event)
{
  Socket *socket
    = g_hash_table_lookup (get_host (network, number)->sockets, GUINT_TO_POINTER (event->to.port));
  uint64_t head[2] = {GUINT64_TO_LE (network->now), GUINT64_TO_LE (number)};
  size_t len;
  const uint8_t *bytes = g_bytes_get_data (event->bytes, &len);

  if (!socket)
    return;
  crypto_generichash_update (&network->trace, (const uint8_t *) head, sizeof head);
  trace_endpoint (&network->trace, &event->from);
  trace_endpoint (&network->trace, &event->to);
  crypto_generichash_update (&network->trace, bytes, len);
  network->counters.delivered++;
  network->counters.bytes_delivered += len;
  socket->on_datagram (socket->data, &event->from, bytes, len);
}

/* ---- sockets and timers ---------------------------------------------------------- */

uint16_t
hark_sim_network_bind (
  HarkSimNetwork *network, unsigned host, uint16_t port, HarkSimReceive on_datagram, void *data)
{
  Host *owner = get_host (network, host);
  Socket *socket;

  if (port && g_hash_table_contains (owner->sockets, GUINT_TO_POINTER (port)))
    return 0;
  while (!port || g_hash_table_contains (owner->sockets, GUINT_TO_POINTER (port)))
    port = owner->next_port
      = owner->next_port == UINT16_MAX ? 40000 : (uint16_t) (owner->next_port + 1);
  socket = g_new (Socket, 1);
  *socket = (Socket){on_datagram, data};
  g_hash_table_insert (owner->sockets, GUINT_TO_POINTER (port), socket);
  return port;
}

void
hark_sim_network_unbind (HarkSimNetwork *network, unsigned host, uint16_t port)
{
  g_hash_table_remove (get_host (network, host)->sockets, GUINT_TO_POINTER (port));
}

bool
hark_sim_network_send (HarkSimNetwork *network,
                       unsigned host,
                       uint16_t port,
                       const HarkEndpoint *to,
                       const uint8_t *bytes,
                       size_t len)
{
  Host *sender = get_host (network, host);
  HarkEndpoint from = sender->address;
  uint8_t *own;
  g_autoptr (GBytes) copy = NULL;

  if (sender->up.config.mtu && len > sender->up.config.mtu)
    return false;
  own = g_memdup2 (bytes, len);
  copy = g_bytes_new_take (own, len);
  from.port = port;
  network->counters.sent++;
  if (network->tap && !network->tap (network->tap_data, host, port, to, own, len))
    return true;
  travel (network, &sender->up, sender->site ? AT_ROUTER_OUT : AT_INTERNET, sender->site, &from, to,
          copy);
  return true;
}

void
hark_sim_network_set_tap (HarkSimNetwork *network, HarkSimTap tap, void *data)
{
  network->tap = tap;
  network->tap_data = data;
}

void
hark_sim_network_forge (HarkSimNetwork *network,
                        const HarkEndpoint *from,
                        const HarkEndpoint *to,
                        const uint8_t *bytes,
                        size_t len)
{
  HarkSimLink wire = {0};
  g_autoptr (GBytes) copy = g_bytes_new (bytes, len);

  travel (network, &wire, AT_INTERNET, 0, from, to, copy);
}

HarkSimTimer *
hark_sim_timer_new (HarkSimNetwork *network, void (*on_time) (void *data), void *data)
{
  HarkSimTimer *timer = g_new0 (HarkSimTimer, 1);

  timer->network = network;
  timer->on_time = on_time;
  timer->data = data;
  timer->refs = 1;
  return timer;
}

void
hark_sim_timer_free (HarkSimTimer *timer)
{
  if (!timer)
    return;
  timer->set++;
  timer_unref (timer);
}

void
hark_sim_timer_set (HarkSimTimer *timer, HarkTime time)
{
  Event *event;

  timer->set++;
  if (time == HARK_TIME_NEVER)
    return;
  event = g_new0 (Event, 1);
  event->stage = TIMER;
  event->time = MAX (time, timer->network->now);
  event->timer = timer;
  event->set = timer->set;
  timer->refs++;
  push (timer->network, event);
}

/* ---- running --------------------------------------------------------------------- */

static void
happen (HarkSimNetwork *network, Event *event)
{
  switch (event->stage) {
  case AT_ROUTER_OUT:
    leave_site (network, event->place, event);
    break;
  case AT_INTERNET:
    cross_internet (network, event);
    break;
  case AT_ROUTER_IN:
    enter_site (network, event->place, event);
    break;
  case AT_HOST:
    arrive (network, event->place, event);
    break;
  case TIMER:
    if (event->set == event->timer->set)
      event->timer->on_time (event->timer->data);
    break;
  }
}

bool
hark_sim_network_step (HarkSimNetwork *network, HarkTime until)
{
  const Event *next = network->queue->len ? network->queue->pdata[0] : NULL;
  Event *event;

  if (!next || next->time > until) {
    if (until != HARK_TIME_NEVER)
      network->now = MAX (network->now, until);
    return false;
  }
  event = pop (network);
  network->now = event->time;
  happen (network, event);
  event_free (event);
  return true;
}

void
hark_sim_network_run (HarkSimNetwork *network, HarkTime span)
{
  HarkTime until = network->now + span;

  while (hark_sim_network_step (network, until))
    ;
}

bool
hark_sim_network_run_until (HarkSimNetwork *network,
                            HarkTime span,
                            bool (*done) (void *data),
                            void *data)
{
  HarkTime until = network->now + span;

  while (!done (data))
    if (!hark_sim_network_step (network, until))
      return done (data);
  return true;
}

/* ---- failures -------------------------------------------------------------------- */

void
hark_sim_network_cut_site (HarkSimNetwork *network, unsigned site, bool cut)
{
  get_site (network, site)->up.cut = cut;
  get_site (network, site)->down.cut = cut;
}

void
hark_sim_network_cut_host (HarkSimNetwork *network, unsigned host, bool cut)
{
  get_host (network, host)->up.cut = cut;
  get_host (network, host)->down.cut = cut;
}

void
hark_sim_network_set_part_of_site (HarkSimNetwork *network, unsigned site, unsigned part)
{
  get_site (network, site)->part = part;
}

void
hark_sim_network_set_part_of_host (HarkSimNetwork *network, unsigned host, unsigned part)
{
  get_host (network, host)->part = part;
}

void
hark_sim_network_rebind_site (HarkSimNetwork *network, unsigned site)
{
  hark_sim_nat_rebind (get_site (network, site)->nat);
}

void
hark_sim_network_set_hairpin (HarkSimNetwork *network, unsigned site, bool hairpin)
{
  get_site (network, site)->hairpin = hairpin;
}

void
hark_sim_network_set_nat_timeout (HarkSimNetwork *network, unsigned number, HarkTime timeout)
{
  Site *site = get_site (network, number);

  hark_sim_nat_free (site->nat);
  site->nat = hark_sim_nat_new (site->kind, &site->external, timeout, &network->rng);
}

/* ---- looking --------------------------------------------------------------------- */

HarkSimCounters
hark_sim_network_get_counters (const HarkSimNetwork *network)
{
  return network->counters;
}

void
hark_sim_network_get_trace (const HarkSimNetwork *network, uint8_t ret[HARK_SIM_TRACE_LEN])
{
  crypto_generichash_state copy = network->trace;

  crypto_generichash_final (&copy, ret, HARK_SIM_TRACE_LEN);
}
