#define G_LOG_DOMAIN "hark-net"

#include "net/node/scopes.h"

#include "net/base/locked.h"

#include <string.h>

#define LOCAL_FIRST_NUMBER 0x80000000u /* of the local DHT's operations */
#define GREW_SPACING (1 * HARK_SECOND) /* between looks because the local network has grown */
#define MEET_BELOW 8                   /* nodes: from here on neighbours need no second greeting */

/* One search in both scopes. */
struct HarkNodeFind {
  uint32_t number;
  HarkKey account;
  HarkToken token;
  struct {
    uint32_t find; /* running there; 0: not */
    bool has_record;
    HarkRecord record;
    HarkRendezvousKnown known;
    bool unchanged;
  } scopes[2];
};

enum { MAIN, LOCAL };

static void
find_free (HarkNodeFind *find)
{
  hark_token_clear (&find->token);
  g_free (find);
}

/* ---- the scopes ---------------------------------------------------------------------------- */

void
hark_node_scopes_init (HarkNet *net, HarkTime now)
{
  const HarkNetConfig *config = &net->config;
  HarkDhtConfig local = {.allow_loopback = config->allow_loopback,
                         .local = true,
                         .any_scope = config->lan_only,
                         .first_operation = LOCAL_FIRST_NUMBER};
  uint8_t tag[HARK_BEACON_TAG_LEN];

  net->searches = g_ptr_array_new_with_free_func ((GDestroyNotify) (void (*) (void)) find_free);
  net->grew_at = HARK_TIME_NEVER;
  if (!config->lan)
    return;
  hark_beacon_tag (config->network, tag);
  net->lan = hark_lan_new (tag, &net->rng, now);
  net->local_dht = hark_dht_new (&local, &net->rng, now);
}

void
hark_node_scopes_add_account (HarkNet *net,
                              const HarkRendezvousConfig *config,
                              int64_t wall_ms,
                              HarkTime now)
{
  HarkRendezvousConfig local = *config;

  local.local = true;
  if (net->local_dht)
    net->local_rendezvous
      = hark_rendezvous_new (&local, net->local_dht, NULL, &net->rng, wall_ms, now);
  hark_secret_clear (&local.account_seed);
  if (net->rendezvous && net->local_rendezvous)
    hark_rendezvous_share_run (net->local_rendezvous, net->rendezvous);
}

void
hark_node_scopes_clear (HarkNet *net)
{
  g_ptr_array_unref (net->searches);
  hark_rendezvous_free (net->local_rendezvous);
  hark_dht_free (net->local_dht);
  hark_lan_free (net->lan);
}

static bool
is_local (const HarkNet *net, const HarkEndpoint *endpoint)
{
  HarkScope scope = hark_endpoint_scope (endpoint);

  return scope == HARK_SCOPE_PRIVATE || scope == HARK_SCOPE_LINK_LOCAL || !net->dht;
}

HarkDht *
hark_node_scopes_dht_for (const HarkNet *net, const HarkEndpoint *endpoint)
{
  return net->local_dht && is_local (net, endpoint) ? net->local_dht : net->dht;
}

HarkDht *
hark_node_scopes_dht_of (const HarkNet *net, HarkDhtOperation operation)
{
  return operation >= LOCAL_FIRST_NUMBER ? net->local_dht : net->dht;
}

void
hark_node_scopes_set_hosts (HarkNet *net, HarkTime now)
{
  HarkEndpoint own[HARK_RECORD_POINTS_MAX];
  uint16_t port = net->n_hosts ? net->hosts[0].port : 0;
  size_t n = 0;

  if (!net->lan || port == 0)
    return;
  for (size_t i = 0; i < net->n_hosts && n < G_N_ELEMENTS (own); i++)
    if (hark_node_scopes_dht_for (net, &net->hosts[i]) == net->local_dht)
      own[n++] = net->hosts[i];
  if (net->local_rendezvous)
    hark_rendezvous_set_own (net->local_rendezvous, own, n, now);
  hark_lan_set_port (net->lan, port, now);
  hark_lan_restart (net->lan, now); /* whoever is on a new network has not heard of us */
}

/* ---- beacons ------------------------------------------------------------------------------- */

static void
greet_neighbours (HarkNet *net, HarkTime now)
{
  HarkLanNeighbour neighbour;
  HarkDhtStatus status;

  hark_dht_get_status (net->local_dht, &status);
  while (hark_lan_poll_neighbour (net->lan, &neighbour))
    if (neighbour.fresh || status.nodes[0] + status.nodes[1] < MEET_BELOW)
      hark_dht_greet (net->local_dht, &neighbour.endpoint, now);
}

static void
send_beacons (HarkNet *net)
{
  HarkLanPacket packet;

  while (hark_lan_poll_packet (net->lan, &packet)) {
    HarkNetOutput output = {.kind = packet.group ? HARK_NET_OUTPUT_GROUP : HARK_NET_OUTPUT_DATAGRAM,
                            .to = packet.to,
                            .data = packet.data,
                            .len = packet.len};

    hark_node_queue_push_output (&net->queue, &output);
  }
}

static void
tell_people (HarkNet *net, unsigned before)
{
  HarkNetEvent event = {.kind = HARK_NET_EVENT_PEOPLE};

  if (hark_lan_people_version (net->lan) != before)
    hark_node_queue_push_event (&net->queue, &event);
}

void
hark_node_scopes_handle_lan (
  HarkNet *net, const HarkEndpoint *from, const uint8_t *data, size_t len, bool group, HarkTime now)
{
  unsigned before, people;

  if (!net->lan || (!is_local (net, from) && !group && !hark_lan_is_peer (net->lan, from)))
    return;
  before = hark_lan_count (net->lan, now) + hark_lan_count_others (net->lan, now);
  people = hark_lan_people_version (net->lan);
  hark_lan_handle_packet (net->lan, from, data, len, group, now);
  greet_neighbours (net, now);
  send_beacons (net);
  tell_people (net, people);
  if (hark_lan_count (net->lan, now) + hark_lan_count_others (net->lan, now) != before) {
    HarkNetEvent status = {.kind = HARK_NET_EVENT_STATUS};

    hark_node_queue_push_event (&net->queue, &status);
  }
}

void
hark_node_scopes_note_status (HarkNet *net, HarkTime now)
{
  HarkDhtStatus status;
  unsigned nodes;

  hark_dht_get_status (net->local_dht, &status);
  nodes = status.nodes[0] + status.nodes[1];
  if (nodes > net->local_nodes)
    net->grew_at = hark_time_min (net->grew_at, MAX (now, net->last_grew + GREW_SPACING));
  net->local_nodes = nodes;
}

bool
hark_node_scopes_handle_time (HarkNet *net, HarkTime now)
{
  if (!net->lan)
    return false;
  if (hark_lan_get_deadline (net->lan) <= now)
    hark_lan_handle_time (net->lan, now);
  send_beacons (net);
  if (net->grew_at > now)
    return false;
  net->grew_at = HARK_TIME_NEVER;
  net->last_grew = now;
  return true;
}

HarkTime
hark_node_scopes_get_deadline (const HarkNet *net)
{
  return net->lan ? hark_time_min (net->grew_at, hark_lan_get_deadline (net->lan))
                  : HARK_TIME_NEVER;
}

bool
hark_node_scopes_find_interface (const HarkNet *net, HarkEndpoint *endpoint)
{
  uint32_t only = 0;
  bool several = false;

  if (endpoint->family != 6
      || endpoint->interface || hark_endpoint_scope (endpoint) != HARK_SCOPE_LINK_LOCAL)
    return true;
  if (net->lan)
    endpoint->interface = hark_lan_find_interface (net->lan, endpoint);
  for (size_t i = 0; i < net->n_hosts; i++) {
    uint32_t interface = net->hosts[i].interface;

    several |= interface && only && interface != only;
    only = interface ? interface : only;
  }
  if (!endpoint->interface && !several)
    endpoint->interface = only;
  return endpoint->interface != 0;
}

/* ---- finding ------------------------------------------------------------------------------- */

int64_t
hark_node_scopes_wall_ms (const HarkNet *net, HarkTime now)
{
  const HarkRendezvous *rendezvous = net->rendezvous ? net->rendezvous : net->local_rendezvous;

  return rendezvous ? hark_rendezvous_wall_ms (rendezvous, now) : 0;
}

bool
hark_node_scopes_can_find (const HarkNet *net)
{
  return net->rendezvous || net->local_rendezvous;
}

bool
hark_node_scopes_has_nodes (const HarkNet *net, HarkTime now)
{
  return net->in_dht || net->local_nodes > 0
         || (net->left_dht > 0 && hark_time_since (now, net->left_dht) < HARK_NODE_OUT_TIME);
}

static HarkRendezvous *
rendezvous_of (const HarkNet *net, int scope)
{
  return scope == LOCAL ? net->local_rendezvous : net->rendezvous;
}

static HarkNodeFind *
get_find (HarkNet *net, uint32_t number, guint *ret_index)
{
  for (guint i = 0; number && i < net->searches->len; i++) {
    HarkNodeFind *find = g_ptr_array_index (net->searches, i);

    if (find->number == number) {
      *ret_index = i;
      return find;
    }
  }
  return NULL;
}

uint32_t
hark_node_scopes_find (HarkNet *net,
                       const HarkKey *account,
                       const HarkToken *token,
                       const HarkRendezvousKnown *known,
                       bool urgent,
                       HarkTime now)
{
  HarkNodeFind *find;

  if (net->searches->len >= HARK_NODE_FINDS_MAX)
    return 0;
  find = g_new0 (HarkNodeFind, 1);
  find->account = *account;
  find->token = *token;
  for (int scope = MAIN; scope <= LOCAL; scope++)
    if (rendezvous_of (net, scope))
      find->scopes[scope].find = hark_rendezvous_find (rendezvous_of (net, scope), account, token,
                                                       scope == MAIN ? known : NULL, urgent, now);
  if (!find->scopes[MAIN].find && !find->scopes[LOCAL].find) {
    find_free (find);
    return 0;
  }
  find->number = ++net->last_find;
  g_ptr_array_add (net->searches, find);
  return find->number;
}

void
hark_node_scopes_cancel (HarkNet *net, uint32_t number)
{
  guint index;
  HarkNodeFind *find = get_find (net, number, &index);

  if (!find)
    return;
  for (int scope = MAIN; scope <= LOCAL; scope++)
    if (find->scopes[scope].find)
      hark_rendezvous_cancel (rendezvous_of (net, scope), find->scopes[scope].find);
  g_ptr_array_remove_index_fast (net->searches, index);
}

void
hark_node_scopes_look_again (HarkNet *net, uint32_t number, HarkTime now)
{
  guint index;
  HarkNodeFind *find = get_find (net, number, &index);

  if (!find || !net->local_rendezvous)
    return;
  if (find->scopes[LOCAL].find)
    hark_rendezvous_cancel (net->local_rendezvous, find->scopes[LOCAL].find);
  find->scopes[LOCAL].find
    = hark_rendezvous_find (net->local_rendezvous, &find->account, &find->token, NULL, true, now);
}

size_t
hark_node_scopes_around (HarkNet *net, HarkEndpoint *ret, size_t max, HarkTime now)
{
  g_autofree HarkEndpoint *known = g_new (HarkEndpoint, max);
  size_t n, n_known;

  if (!net->lan)
    return 0;
  n = hark_lan_neighbours (net->lan, ret, max, (unsigned) hark_rng_below (&net->rng, UINT16_MAX),
                           now);
  /* where beacons do not get through there may be nodes that others have told of */
  n_known = hark_dht_good_nodes (net->local_dht, known, max);
  for (size_t i = 0; i < n_known && n < max; i++) {
    bool twice = false;

    for (size_t j = 0; j < n && !twice; j++)
      twice = hark_endpoint_equal (&ret[j], &known[i]);
    if (!twice)
      ret[n++] = known[i];
  }
  return n;
}

static bool
has_point (const HarkRecord *record, const HarkRecordPoint *point)
{
  for (unsigned i = 0; i < record->n_points; i++)
    if (hark_endpoint_equal (&record->points[i].endpoint, &point->endpoint))
      return true;
  return false;
}

/* A record of the internet must not make us knock at our neighbours. */
static void
drop_around (HarkRecord *record)
{
  unsigned n = 0;

  for (unsigned i = 0; i < record->n_points; i++)
    if (record->points[i].kind != HARK_POINT_AROUND)
      record->points[n++] = record->points[i];
  record->n_points = (uint8_t) n;
}

/* What is known of somebody: of the newest start; where both scopes know of it, what the local one
 * has to say comes first. */
static void
merge (const HarkNodeFind *find, HarkRecord *ret, HarkRendezvousKnown *ret_known)
{
  const HarkRecord *main = &find->scopes[MAIN].record, *local = &find->scopes[LOCAL].record;
  bool local_newer = !find->scopes[MAIN].has_record
                     || (find->scopes[LOCAL].has_record
                         && find->scopes[LOCAL].known.seq >= find->scopes[MAIN].known.seq);
  bool same_run = find->scopes[MAIN].has_record && find->scopes[LOCAL].has_record
                  && memcmp (main->run, local->run, sizeof main->run) == 0;

  *ret = local_newer ? *local : *main;
  *ret_known = find->scopes[local_newer ? LOCAL : MAIN].known;
  if (!same_run || (ret->flags & HARK_RECORD_LEAVING))
    return;
  ret->n_points = local->n_points;
  memcpy (ret->points, local->points, sizeof ret->points);
  for (unsigned i = 0; i < main->n_points && ret->n_points < HARK_RECORD_POINTS_MAX; i++)
    if (!has_point (ret, &main->points[i]))
      ret->points[ret->n_points++] = main->points[i];
}

/* An event of one scope; true when @ret is one of ours. */
static bool
translate (HarkNet *net, int scope, const HarkRendezvousEvent *event, HarkRendezvousEvent *ret)
{
  /* of no search; our days go by the main scope's clock */
  if (event->clock_changed || event->superseded) {
    *ret = *event;
    return scope == MAIN;
  }
  for (guint i = 0; i < net->searches->len; i++) {
    HarkNodeFind *find = g_ptr_array_index (net->searches, i);
    bool found = event->found;

    if (find->scopes[scope].find == 0 || find->scopes[scope].find != event->find)
      continue;
    *ret = (HarkRendezvousEvent){.find = find->number, .found = found};
    if (found) {
      find->scopes[scope].has_record = true;
      find->scopes[scope].record = event->record;
      find->scopes[scope].known = event->known;
      if (scope == MAIN)
        drop_around (&find->scopes[scope].record);
      merge (find, &ret->record, &ret->known);
    }
    if (event->done) {
      find->scopes[scope].find = 0;
      find->scopes[scope].unchanged = event->unchanged;
      ret->unchanged = !found && (find->scopes[MAIN].unchanged || find->scopes[LOCAL].unchanged)
                       && !find->scopes[MAIN].has_record && !find->scopes[LOCAL].has_record;
      ret->done = !find->scopes[MAIN].find && !find->scopes[LOCAL].find;
    }
    if (ret->done)
      g_ptr_array_remove_index_fast (net->searches, i);
    return found || ret->done;
  }
  return false;
}

bool
hark_node_scopes_poll (HarkNet *net, HarkRendezvousEvent *ret)
{
  HarkRendezvousEvent event;

  for (int scope = LOCAL; scope >= MAIN; scope--)
    while (rendezvous_of (net, scope) && hark_rendezvous_poll (rendezvous_of (net, scope), &event))
      if (translate (net, scope, &event, ret))
        return true;
  return false;
}
