#include "tests/sim/network-private.h"

#include <glib.h>
#include <sodium.h>
#include <string.h>

#define FIRST_HOST 10 /* last byte of the first private address of a home */

/* Where a packet arrives next. */
typedef enum { AT_ROUTER_OUT, AT_INTERNET, AT_FAR_END, AT_ROUTER_IN, AT_HOST, TIMER } Stage;

typedef struct {
  Stage stage;
  unsigned place; /* site or host; of no meaning on the internet and for TIMER */
  HarkEndpoint from, to;
  GBytes *bytes;       /* packets; owned */
  HarkSimTimer *timer; /* TIMER; not owned, see `set` */
  uint64_t set;        /* TIMER: which setting of the timer this is */
} Event;

typedef struct {
  HarkSimReceive on_datagram;
  void *data;
} Socket;

struct HarkSimTimer {
  HarkSimNetwork *network;
  void (*on_time) (void *data);
  void *data;
  uint64_t set;  /* counts settings; an event of an older one does nothing */
  unsigned refs; /* the owner, and every event in the queue */
};

/* ---- what waits to happen --------------------------------------------------------- */

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
  HarkSimHost *host = pointer;

  if (!host)
    return;
  g_hash_table_unref (host->sockets);
  g_free (host);
}

static void
site_free (void *pointer)
{
  HarkSimSite *site = pointer;

  if (!site)
    return;
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
  hark_sim_queue_init (&network->queue);
  network->traced = true;
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
  hark_sim_queue_clear (&network->queue, event_free);
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
public_ip (HarkSimNetwork *network)
{
  unsigned number = g_hash_table_size (network->places);
  HarkEndpoint free;

  if (network->next_address) {
    uint32_t address = network->next_address;

    network->next_address = 0;
    return ip4 (address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
  }
  if (!network->is_wide)
    return ip4 (11 + number % 80, 1 + number / 80 % 250, 1 + number / 20000, 10);
  do {
    uint32_t address = hark_sim_wide_area_address (&network->draw);

    free = ip4 (address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
  } while (g_hash_table_contains (network->places, ip_key (&free)));
  return free;
}

unsigned
hark_sim_network_add_site (HarkSimNetwork *network, HarkSimNatKind nat)
{
  HarkSimSite *site;
  unsigned number = network->sites->len + 1;

  if (nat == HARK_SIM_NAT_NONE)
    return 0;
  site = g_new0 (HarkSimSite, 1);
  site->hosts = g_array_new (FALSE, FALSE, sizeof (unsigned));
  site->kind = nat;
  site->external = public_ip (network);
  site->nat = hark_sim_nat_new (nat, &site->external, HARK_SIM_NAT_TIMEOUT, &network->rng);
  g_ptr_array_add (network->sites, site);
  g_hash_table_insert (network->places, ip_key (&site->external), GINT_TO_POINTER ((int) number));
  return number;
}

unsigned
hark_sim_network_add_host (HarkSimNetwork *network, unsigned site)
{
  HarkSimHost *host = g_new0 (HarkSimHost, 1);
  unsigned number = network->hosts->len;

  host->sockets = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  host->next_port = 40000;
  if (site) {
    GArray *hosts = hark_sim_get_site (network, site)->hosts;

    g_assert (hosts->len < 200);
    host->site = site;
    host->address = ip4 (192, 168, site % 250, FIRST_HOST + hosts->len);
    g_array_append_val (hosts, number);
  } else {
    host->address = public_ip (network);
    g_hash_table_insert (network->places, ip_key (&host->address),
                         GINT_TO_POINTER (-1 - (int) number));
  }
  g_ptr_array_add (network->hosts, host);
  return number;
}

void
hark_sim_network_remove_host (HarkSimNetwork *network, unsigned number)
{
  HarkSimHost *host = hark_sim_get_host (network, number);
  HarkSimSite *site = host->site ? hark_sim_get_site (network, host->site) : NULL;

  if (!site) {
    g_hash_table_remove (network->places, ip_key (&host->address));
  } else if (site->hosts->len == 1) {
    g_hash_table_remove (network->places, ip_key (&site->external));
    network->sites->pdata[host->site - 1] = NULL;
    site_free (site);
  }
  network->hosts->pdata[number] = NULL;
  host_free (host);
}

void
hark_sim_network_move_host (HarkSimNetwork *network, unsigned number, unsigned site)
{
  HarkSimHost *host = hark_sim_get_host (network, number);

  if (!host->site) /* the address stays taken, so that nobody else is given it */
    g_hash_table_insert (network->places, ip_key (&host->address), NULL);
  host->site = site;
  if (site) {
    GArray *hosts = hark_sim_get_site (network, site)->hosts;

    g_assert (hosts->len < 200);
    host->address = ip4 (192, 168, site % 250, FIRST_HOST + hosts->len);
    g_array_append_val (hosts, number);
  } else {
    host->address = public_ip (network);
    g_hash_table_insert (network->places, ip_key (&host->address),
                         GINT_TO_POINTER (-1 - (int) number));
  }
}

void
hark_sim_network_renumber_site (HarkSimNetwork *network, unsigned number)
{
  HarkSimSite *site = hark_sim_get_site (network, number);

  g_hash_table_insert (network->places, ip_key (&site->external), NULL);
  site->external = public_ip (network);
  g_hash_table_insert (network->places, ip_key (&site->external), GINT_TO_POINTER ((int) number));
  hark_sim_nat_free (site->nat);
  site->nat = hark_sim_nat_new (site->kind, &site->external, HARK_SIM_NAT_TIMEOUT, &network->rng);
}

HarkEndpoint
hark_sim_network_get_address (const HarkSimNetwork *network, unsigned host)
{
  return hark_sim_get_host (network, host)->address;
}

HarkEndpoint
hark_sim_network_get_external (const HarkSimNetwork *network, unsigned number)
{
  const HarkSimHost *host = hark_sim_get_host (network, number);

  return host->site ? hark_sim_get_site (network, host->site)->external : host->address;
}

/* ---- packets on their way -------------------------------------------------------- */

static void happen (HarkSimNetwork *network, Event *event);

/* @packet is copied. */
static void
push_packet (HarkSimNetwork *network, HarkTime time, const Event *packet)
{
  Event *event = g_memdup2 (packet, sizeof *packet);

  g_bytes_ref (event->bytes);
  hark_sim_queue_push (&network->queue, time, event);
}

/* In a wide area the ideal links near the ends take no turn in the queue of their own. But nobody
 * receives while he is sending. */
static bool
is_shortcut (const HarkSimNetwork *network, const HarkSimLink *link, Stage stage)
{
  static const HarkSimLinkConfig ideal;

  return network->is_wide && !link->cut && memcmp (&link->config, &ideal, sizeof ideal) == 0
         && (network->sending == 0 || stage != AT_HOST);
}

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
  Event packet = {.stage = stage, .place = place, .from = *from, .to = *to, .bytes = bytes};
  HarkTime times[HARK_SIM_COPIES_MAX];
  unsigned copies;

  if (is_shortcut (network, link, stage)) {
    link->carried++;
    happen (network, &packet);
    return;
  }
  copies = hark_sim_link_carry (link, &network->rng, g_bytes_get_size (bytes), network->now, times);
  for (unsigned i = 0; i < copies; i++)
    push_packet (network, times[i], &packet);
}

/* The host of @site that has @address, or -1. */
static int
find_inside (const HarkSimNetwork *network, unsigned number, const HarkEndpoint *address)
{
  const HarkSimSite *site = hark_sim_get_site (network, number);
  unsigned index = (unsigned) address->ip[3] - FIRST_HOST; /* huge when below */
  unsigned host;

  if (index >= site->hosts->len)
    return -1;
  host = g_array_index (site->hosts, unsigned, index);
  return hark_endpoint_same_ip (&hark_sim_get_host (network, host)->address, address) ? (int) host
                                                                                      : -1;
}

static void
to_host (HarkSimNetwork *network,
         unsigned number,
         const HarkEndpoint *from,
         const HarkEndpoint *to,
         GBytes *bytes)
{
  travel (network, &hark_sim_get_host (network, number)->down, AT_HOST, number, from, to, bytes);
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
  *ret_part = place > 0 ? hark_sim_get_site (network, *ret_site)->part
                        : hark_sim_get_host (network, *ret_host)->part;
  return true;
}

/* From the internet to the access link of a home or to a public host. */
static void
reach_far_end (HarkSimNetwork *network, const Event *event)
{
  unsigned site, host, part;

  if (!find_public (network, &event->to, &site, &host, &part))
    return;
  if (site)
    travel (network, &hark_sim_get_site (network, site)->down, AT_ROUTER_IN, site, &event->from,
            &event->to, event->bytes);
  else
    to_host (network, host, &event->from, &event->to, event->bytes);
}

static uint32_t
ip_number (const HarkEndpoint *endpoint)
{
  return GPOINTER_TO_UINT (ip_key (endpoint));
}

/* Within one part of the internet. */
static void
cross_internet (HarkSimNetwork *network, Event *event)
{
  unsigned site, host, part, part_from;
  HarkTime delay;

  if (!find_public (network, &event->from, &site, &host, &part_from)
      || !find_public (network, &event->to, &site, &host, &part) || part != part_from)
    return;
  if (!network->is_wide) {
    reach_far_end (network, event);
  } else if (hark_sim_wide_area_carry (&network->area, ip_number (&event->from),
                                       ip_number (&event->to), &network->draw, &delay)) {
    event->stage = AT_FAR_END;
    push_packet (network, network->now + delay, event);
  }
}

static void
enter_site (HarkSimNetwork *network, unsigned number, const Event *event)
{
  HarkEndpoint inside;
  int host;

  if (!hark_sim_nat_in (hark_sim_get_site (network, number)->nat, event->to.port, &event->from,
                        network->now, &inside))
    return;
  host = find_inside (network, number, &inside);
  if (host >= 0)
    to_host (network, (unsigned) host, &event->from, &inside, event->bytes);
}

/* At the router of the sender's home: stays inside, turns back, or leaves translated. */
static void
leave_site (HarkSimNetwork *network, unsigned number, Event *event)
{
  HarkSimSite *site = hark_sim_get_site (network, number);
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
  Socket *socket = g_hash_table_lookup (hark_sim_get_host (network, number)->sockets,
                                        GUINT_TO_POINTER (event->to.port));
  uint64_t head[2] = {GUINT64_TO_LE (network->now), GUINT64_TO_LE (number)};
  size_t len;
  const uint8_t *bytes = g_bytes_get_data (event->bytes, &len);

  if (!socket)
    return;
  if (network->traced) {
    crypto_generichash_update (&network->trace, (const uint8_t *) head, sizeof head);
    trace_endpoint (&network->trace, &event->from);
    trace_endpoint (&network->trace, &event->to);
    crypto_generichash_update (&network->trace, bytes, len);
  }
  network->counters.delivered++;
  network->counters.bytes_delivered += len;
  if (network->watch)
    network->watch (network->watch_data, number, event->to.port, &event->from, bytes, len);
  socket->on_datagram (socket->data, &event->from, bytes, len);
}

/* ---- sockets and timers ---------------------------------------------------------- */

uint16_t
hark_sim_network_bind (
  HarkSimNetwork *network, unsigned host, uint16_t port, HarkSimReceive on_datagram, void *data)
{
  HarkSimHost *owner = hark_sim_get_host (network, host);
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
  g_hash_table_remove (hark_sim_get_host (network, host)->sockets, GUINT_TO_POINTER (port));
}

bool
hark_sim_network_send (HarkSimNetwork *network,
                       unsigned host,
                       uint16_t port,
                       const HarkEndpoint *to,
                       const uint8_t *bytes,
                       size_t len)
{
  HarkSimHost *sender = hark_sim_get_host (network, host);
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
  network->sending++;
  travel (network, &sender->up, sender->site ? AT_ROUTER_OUT : AT_INTERNET, sender->site, &from, to,
          copy);
  network->sending--;
  return true;
}

void
hark_sim_network_send_around (HarkSimNetwork *network,
                              unsigned host,
                              uint16_t port,
                              uint16_t to_port,
                              const uint8_t *bytes,
                              size_t len)
{
  unsigned site = hark_sim_get_host (network, host)->site;
  const GArray *hosts = site ? hark_sim_get_site (network, site)->hosts : NULL;

  for (guint i = 0; hosts && i < hosts->len; i++) {
    unsigned other = g_array_index (hosts, unsigned, i);
    HarkEndpoint to = hark_sim_network_get_address (network, other);

    to.port = to_port;
    if (other != host)
      hark_sim_network_send (network, host, port, &to, bytes, len);
  }
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
  event->timer = timer;
  event->set = timer->set;
  timer->refs++;
  hark_sim_queue_push (&timer->network->queue, MAX (time, timer->network->now), event);
}

/* ---- running --------------------------------------------------------------------- */

/* What is on its way to somebody who was removed is lost. */
static bool
has_place (const HarkSimNetwork *network, const Event *event)
{
  switch (event->stage) {
  case AT_ROUTER_OUT:
  case AT_ROUTER_IN:
    return network->sites->pdata[event->place - 1] != NULL;
  case AT_HOST:
    return network->hosts->pdata[event->place] != NULL;
  default:
    return true;
  }
}

static void
happen (HarkSimNetwork *network, Event *event)
{
  if (!has_place (network, event))
    return;
  switch (event->stage) {
  case AT_ROUTER_OUT:
    leave_site (network, event->place, event);
    break;
  case AT_INTERNET:
    cross_internet (network, event);
    break;
  case AT_FAR_END:
    reach_far_end (network, event);
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
  HarkTime next = hark_sim_queue_next (&network->queue);
  Event *event;

  if (next == HARK_TIME_NEVER || next > until) {
    if (until != HARK_TIME_NEVER)
      network->now = MAX (network->now, until);
    return false;
  }
  event = hark_sim_queue_pop (&network->queue);
  network->now = next;
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
