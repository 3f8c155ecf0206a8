#include "tests/sim/swarm-people.h"

#include "net/noise/gate.h"
#include "net/rendezvous/blind.h"

#include <string.h>

#define KNOWS 8 /* nodes of the swarm, at the start */
#define POINTS_MAX 8
#define POINT_FRESH (30 * HARK_SECOND) /* a registration was sent there within */
#define TICK HARK_MS                   /* how often calls are looked at */
#define CALL_SPACING (37 * HARK_MS)
#define CALL_PATIENCE (10 * HARK_SECOND)
#define LOST_PATIENCE (60 * HARK_SECOND)
#define READ_AHEAD \
  (25 * HARK_SECOND) /* before a cached call: to read the record, and knock in vain */
#define HEADERS 28

/* A contact point as seen from the wire. */
typedef struct {
  HarkEndpoint endpoint;
  HarkTime used;
} Point;

typedef struct {
  HarkSimPerson *person;
  HarkToken token; /* of his contacts record */
  Point points[POINTS_MAX];
  HarkTime rung;  /* first knock that arrived since it was 0 */
  HarkTime third; /* first third packet of a handshake that was read since it was 0 */
  uint64_t packets, bytes;
} Person;

struct HarkSimSwarmPeople {
  HarkSimSwarm *swarm;
  GPtrArray *persons; /* Person */
  GHashTable *by_host;
};

/* ---- what passes by -------------------------------------------------------------- */

static bool
has (const uint8_t *bytes, size_t len, const char *text)
{
  return memmem (bytes, len, text, strlen (text)) != NULL;
}

static void
note_point (Person *person, const HarkEndpoint *endpoint, HarkTime now)
{
  Point *oldest = &person->points[0];

  for (unsigned i = 0; i < POINTS_MAX; i++) {
    Point *point = &person->points[i];

    if (hark_endpoint_equal (&point->endpoint, endpoint)) {
      point->used = now;
      return;
    }
    if (point->used < oldest->used)
      oldest = point;
  }
  *oldest = (Point){*endpoint, now};
}

/* The answer to a CONFIRM leaves at the moment in which that was read, and in no other case. */
static bool
is_trickle (const uint8_t *bytes, size_t len)
{
  const char head[] = "1:x" G_STRINGIFY (HARK_KNOCK_LEN) ":";
  const uint8_t *x = memmem (bytes, len, head, sizeof head - 1);

  return x && x + sizeof head - 1 < bytes + len && x[sizeof head - 1] == HARK_PACKET_SIGNAL
         && !has (bytes, len, "8:hk_knock");
}

static bool
on_sent (
  void *data, unsigned host, uint16_t port, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  HarkSimSwarmPeople *people = data;
  Person *person = g_hash_table_lookup (people->by_host, GUINT_TO_POINTER (host));

  if (!person || port != HARK_SIM_SWARM_PORT)
    return true;
  person->packets++;
  person->bytes += len;
  if (len > 0 && bytes[0] == 'd' && has (bytes, len, "7:hk_keep"))
    note_point (person, to, hark_sim_swarm_now (people->swarm));
  if (person->third == 0 && len > HARK_KNOCK_LEN && bytes[0] == 'd' && is_trickle (bytes, len))
    person->third = hark_sim_swarm_now (people->swarm);
  return true;
}

static void
on_received (void *data,
             unsigned host,
             uint16_t port,
             const HarkEndpoint *from,
             const uint8_t *bytes,
             size_t len)
{
  HarkSimSwarmPeople *people = data;
  Person *person = g_hash_table_lookup (people->by_host, GUINT_TO_POINTER (host));

  (void) from;
  if (!person || port != HARK_SIM_SWARM_PORT)
    return;
  person->packets++;
  person->bytes += len;
  if (person->rung == 0 && len > 500 && bytes[0] == 'd' && has (bytes, len, "7:hk_ring"))
    person->rung = hark_sim_swarm_now (people->swarm);
}

/* ---- people ---------------------------------------------------------------------- */

static void
add_person (HarkSimSwarmPeople *people)
{
  HarkSimSwarm *swarm = people->swarm;
  HarkSimNetwork *network = hark_sim_swarm_network (swarm);
  unsigned site = hark_sim_network_add_site (network, HARK_SIM_NAT_PORT_RESTRICTED);
  unsigned host = hark_sim_network_add_host (network, site);
  Person *person = g_new0 (Person, 1);

  hark_sim_network_set_nat_timeout (network, site, HARK_SIM_SWARM_BINDING);
  g_hash_table_insert (people->by_host, GUINT_TO_POINTER (host), person);
  g_ptr_array_add (people->persons, person);
  person->person = hark_sim_person_new (network, host, true, NULL);
  for (unsigned i = 0; i < KNOWS; i++) {
    HarkEndpoint known = hark_sim_swarm_random_open (swarm, 0);

    hark_net_bootstrap (person->person->net, &known, hark_sim_swarm_now (swarm));
  }
  hark_rng_bytes (hark_sim_network_rng (network), &person->token, sizeof person->token);
  hark_net_open_audience (person->person->net, HARK_AUDIENCE_CONTACTS, &person->token, NULL,
                          hark_sim_swarm_now (swarm));
  hark_sim_node_flush (person->person->node);
}

HarkSimSwarmPeople *
hark_sim_swarm_people_new (HarkSimSwarm *swarm, unsigned n)
{
  HarkSimSwarmPeople *people = g_new0 (HarkSimSwarmPeople, 1);

  people->swarm = swarm;
  people->persons = g_ptr_array_new_with_free_func (g_free);
  people->by_host = g_hash_table_new (NULL, NULL);
  hark_sim_network_set_tap (hark_sim_swarm_network (swarm), on_sent, people);
  hark_sim_network_set_watch (hark_sim_swarm_network (swarm), on_received, people);
  for (unsigned i = 0; i < n; i++) {
    add_person (people);
    hark_sim_swarm_run (swarm, HARK_MINUTE / n);
  }
  return people;
}

void
hark_sim_swarm_people_free (HarkSimSwarmPeople *people)
{
  if (!people)
    return;
  hark_sim_network_set_tap (hark_sim_swarm_network (people->swarm), NULL, NULL);
  hark_sim_network_set_watch (hark_sim_swarm_network (people->swarm), NULL, NULL);
  for (guint i = 0; i < people->persons->len; i++)
    hark_sim_person_free (((Person *) people->persons->pdata[i])->person);
  g_ptr_array_unref (people->persons);
  g_hash_table_unref (people->by_host);
  g_free (people);
}

double
hark_sim_swarm_people_published (HarkSimSwarmPeople *people, double *ret_points)
{
  unsigned published = 0, points = 0;

  for (guint i = 0; i < people->persons->len; i++) {
    HarkNetStatus status;

    hark_net_get_status (((Person *) people->persons->pdata[i])->person->net, &status);
    published += status.published;
    points += status.contact_points;
  }
  *ret_points = (double) points / MAX (1, people->persons->len);
  return (double) published / MAX (1, people->persons->len);
}

HarkSimSwarmResult
hark_sim_swarm_measure_finding (HarkSimSwarmPeople *people, unsigned n, HarkTime spacing)
{
  HarkSimSwarm *swarm = people->swarm;
  g_autoptr (GPtrArray) probes = g_ptr_array_new ();
  HarkSimSwarmResult result = {.first = g_array_new (FALSE, FALSE, sizeof (double)),
                               .done = g_array_new (FALSE, FALSE, sizeof (double))};

  for (unsigned i = 0; i < n; i++) {
    guint at = (guint) (hark_sim_draw (hark_sim_swarm_draw (swarm)) % people->persons->len);
    const Person *person = people->persons->pdata[at];
    HarkSlotNetwork network = {0};
    uint64_t unix_s
      = (uint64_t) HARK_SIM_PERSON_WALL_MS / 1000 + hark_sim_swarm_now (swarm) / HARK_SECOND;
    uint8_t slot[32];

    g_assert (hark_slot_public (&person->person->config.account, &person->token,
                                hark_slot_epoch (&person->token, unix_s), &network, slot));
    g_ptr_array_add (
      probes, hark_sim_swarm_get (hark_sim_swarm_pick (swarm, 5 * HARK_MINUTE, false), slot, true));
    hark_sim_swarm_run (swarm, spacing);
  }
  hark_sim_swarm_run (swarm, CALL_PATIENCE);
  for (guint i = 0; i < probes->len; i++) {
    HarkSimSwarmProbe *probe = probes->pdata[i];

    result.asked += probe->done_at != 0;
    result.found += probe->done_at != 0 && probe->found;
    hark_sim_swarm_probe_free (probe);
  }
  return result;
}

/* ---- calls ----------------------------------------------------------------------- */

typedef struct {
  Person *caller, *callee;
  HarkSecret pairwise;
  HarkTime clicked; /* 0: not yet */
  bool over;
} Call;

static HarkTime
now_of (const HarkSimSwarmPeople *people)
{
  return hark_sim_swarm_now (people->swarm);
}

/* @reach: NULL: a record that does not exist, so that only the other side can find anybody. */
static void
befriend (HarkSimSwarmPeople *people,
          const Call *call,
          Person *person,
          const Person *other,
          const HarkToken *reach)
{
  HarkNetContact contact
    = {.account = other->person->config.account, .has_pairwise = true, .pairwise = call->pairwise};

  if (reach)
    contact.reach = *reach;
  else
    hark_rng_bytes (hark_sim_network_rng (hark_sim_swarm_network (people->swarm)), &contact.reach,
                    sizeof contact.reach);
  hark_net_set_contact (person->person->net, &contact, now_of (people));
  hark_sim_node_flush (person->person->node);
}

static void
part (HarkSimSwarmPeople *people, const Call *call)
{
  hark_net_remove_contact (call->caller->person->net, &call->callee->person->config.account,
                           now_of (people));
  hark_sim_node_flush (call->caller->person->node);
  hark_net_remove_contact (call->callee->person->net, &call->caller->person->config.account,
                           now_of (people));
  hark_sim_node_flush (call->callee->person->node);
  call->caller->person->state = call->callee->person->state = HARK_PEER_OFFLINE;
}

static void
click (HarkSimSwarmPeople *people, Call *call, bool cached)
{
  if (cached && call->caller->person->state != HARK_PEER_OFFLINE)
    return; /* an attempt of before is still on its way */
  befriend (people, call, call->callee, call->caller, NULL);
  call->callee->person->state = HARK_PEER_OFFLINE;
  call->callee->rung = call->callee->third = 0;
  call->clicked = now_of (people);
  if (cached)
    hark_net_try_now (call->caller->person->net, &call->callee->person->config.account,
                      call->clicked);
  else
    befriend (people, call, call->caller, call->callee, &call->callee->token);
  hark_sim_node_flush (call->caller->person->node);
}

static void
append_ms (GArray *values, HarkTime span)
{
  double ms = (double) span / (double) HARK_MS;

  g_array_append_val (values, ms);
}

static void
look_at (HarkSimSwarmPeople *people, Call *call, HarkSimSwarmCalls *calls, HarkTime patience)
{
  HarkTime now = now_of (people);

  if (call->over || call->clicked == 0
      || (call->callee->person->state != HARK_PEER_ONLINE && now < call->clicked + patience))
    return;
  call->over = true;
  if (call->callee->rung && call->callee->rung < call->clicked + patience) {
    calls->delivered++;
    append_ms (calls->knock, call->callee->rung - call->clicked);
  }
  if (call->callee->third && call->callee->third < call->clicked + patience) {
    calls->rang++;
    append_ms (calls->ring, call->callee->third - call->clicked);
  }
  if (call->callee->person->state == HARK_PEER_ONLINE) {
    calls->connected++;
    append_ms (calls->connect, now - call->clicked);
  }
  part (people, call);
}

/* One after the other clicks; returns when all is over. */
static void
run_calls (HarkSimSwarmPeople *people,
           GArray *calls,
           bool cached,
           HarkTime patience,
           HarkTime spacing,
           HarkSimSwarmCalls *result)
{
  HarkTime begin = now_of (people);
  HarkTime end = begin + calls->len * spacing + 2 * patience;

  while (now_of (people) < end) {
    unsigned left = 0;

    for (guint i = 0; i < calls->len; i++) {
      Call *call = &g_array_index (calls, Call, i);

      if (call->clicked == 0 && begin + i * spacing <= now_of (people))
        click (people, call, cached);
      look_at (people, call, result, patience);
      left += !call->over;
    }
    if (left == 0)
      break;
    hark_sim_swarm_run (people->swarm, TICK);
  }
  for (guint i = 0; i < calls->len; i++) {
    Call *call = &g_array_index (calls, Call, i);

    result->calls += call->clicked != 0;
    if (!call->over)
      part (people, call);
  }
}

static GArray *
make_calls (HarkSimSwarmPeople *people, unsigned n)
{
  GArray *calls = g_array_new (FALSE, TRUE, sizeof (Call));
  unsigned half = people->persons->len / 2;

  for (unsigned i = 0; i < MIN (n, half); i++) {
    Call call = {.caller = people->persons->pdata[i], .callee = people->persons->pdata[half + i]};

    hark_rng_bytes (hark_sim_network_rng (hark_sim_swarm_network (people->swarm)), &call.pairwise,
                    sizeof call.pairwise);
    g_array_append_val (calls, call);
  }
  return calls;
}

/* Callers read the record of somebody who does not know them yet. */
static void
read_ahead (HarkSimSwarmPeople *people, GArray *calls)
{
  for (guint i = 0; i < calls->len; i++) {
    Call *call = &g_array_index (calls, Call, i);

    befriend (people, call, call->caller, call->callee, &call->callee->token);
    hark_sim_swarm_run (people->swarm, CALL_SPACING);
  }
  hark_sim_swarm_run (people->swarm, READ_AHEAD);
}

static HarkSimSwarmCalls
calls_new (void)
{
  return (HarkSimSwarmCalls){.knock = g_array_new (FALSE, FALSE, sizeof (double)),
                             .ring = g_array_new (FALSE, FALSE, sizeof (double)),
                             .connect = g_array_new (FALSE, FALSE, sizeof (double))};
}

void
hark_sim_swarm_calls_clear (HarkSimSwarmCalls *calls)
{
  g_clear_pointer (&calls->knock, g_array_unref);
  g_clear_pointer (&calls->ring, g_array_unref);
  g_clear_pointer (&calls->connect, g_array_unref);
}

HarkSimSwarmCalls
hark_sim_swarm_measure_calls (HarkSimSwarmPeople *people, unsigned rounds, bool cached)
{
  HarkSimSwarmCalls result = calls_new ();

  for (unsigned i = 0; i < rounds; i++) {
    g_autoptr (GArray) calls = make_calls (people, people->persons->len);

    if (cached)
      read_ahead (people, calls);
    run_calls (people, calls, cached, CALL_PATIENCE, CALL_SPACING, &result);
    hark_sim_swarm_run (people->swarm, HARK_SECOND);
  }
  return result;
}

HarkSimSwarmCalls
hark_sim_swarm_measure_lost_points (HarkSimSwarmPeople *people, unsigned n)
{
  HarkSimSwarmCalls result = calls_new ();
  g_autoptr (GArray) calls = make_calls (people, n);

  read_ahead (people, calls);
  for (guint i = 0; i < calls->len; i++) {
    const Person *callee = g_array_index (calls, Call, i).callee;

    for (unsigned j = 0; j < POINTS_MAX; j++) {
      HarkSimSwarmNode *node = hark_sim_swarm_find (people->swarm, &callee->points[j].endpoint);

      if (node && hark_time_since (now_of (people), callee->points[j].used) < POINT_FRESH)
        hark_sim_swarm_kill (people->swarm, node);
    }
  }
  run_calls (people, calls, true, LOST_PATIENCE, 0, &result);
  return result;
}

/* ---- load ------------------------------------------------------------------------ */

HarkSimSwarmLoad
hark_sim_swarm_measure_people (HarkSimSwarmPeople *people, HarkTime span)
{
  HarkSimSwarmLoad load = {0};
  g_autoptr (GArray) registrations = g_array_new (FALSE, FALSE, sizeof (double));
  double total = 0;

  for (guint i = 0; i < people->persons->len; i++)
    ((Person *) people->persons->pdata[i])->packets = ((Person *) people->persons->pdata[i])->bytes
      = 0;
  hark_sim_swarm_run (people->swarm, span);
  for (guint i = 0; i < people->persons->len; i++) {
    const Person *person = people->persons->pdata[i];
    double rate = (double) (person->bytes + HEADERS * person->packets)
                  / ((double) span / (double) HARK_SECOND);

    load.bytes += rate / people->persons->len;
    load.bytes_max = MAX (load.bytes_max, rate);
  }
  for (unsigned i = 0; i < hark_sim_swarm_count (people->swarm); i++) {
    const HarkSimSwarmNode *node = hark_sim_swarm_node (people->swarm, i);
    HarkDhtStatus status;
    double n;

    if (node->role != HARK_SIM_SWARM_HARK || node->read_only)
      continue;
    hark_dht_get_status (node->dht, &status);
    n = status.registrations;
    total += n;
    g_array_append_val (registrations, n);
  }
  load.points_mean = total / MAX (1, registrations->len);
  load.points_p99 = hark_sim_swarm_percentile (registrations, 0.99);
  return load;
}
