#define G_LOG_DOMAIN "hark-lan"

#include "net/lan/lan.h"

#include "net/base/locked.h"
#include "net/base/token-bucket.h"

#include <string.h>

#define STEADY (60 * HARK_SECOND)
#define STEADY_SPREAD (20 * HARK_SECOND) /* either way */
#define NEWS_SPACING (10 * HARK_SECOND)  /* the same neighbour is told of no more often */
#define ANSWERS_RATE 20
#define ANSWERS_BURST 64
#define VERIFY_RATE 20
#define VERIFY_BURST 40

/* Beacons after a start, from its moment. */
static const HarkTime starts[] = {0, 1 * HARK_SECOND, 3 * HARK_SECOND};

typedef struct {
  HarkEndpoint endpoint;
  uint64_t cookie;
  HarkTime heard;
  HarkTime told; /* as a neighbour */
} Neighbour;

typedef struct {
  HarkBeaconPerson person;
  uint8_t cookie[HARK_BEACON_COOKIE_LEN]; /* of the beacon that was verified */
  HarkTime heard;
} Visible;

typedef struct {
  uint8_t tag[HARK_BEACON_TAG_LEN];
  HarkTime heard;
} Other;

struct HarkLan {
  uint8_t tag[HARK_BEACON_TAG_LEN];
  uint8_t cookie[HARK_BEACON_COOKIE_LEN];
  HarkRng rng;
  HarkTime now;
  uint16_t port; /* 0: silent */
  bool has_person;
  HarkBeaconPerson person;
  HarkSecret seed; /* of the person's account */

  HarkTime started;
  unsigned next_start; /* of starts[] */
  HarkTime next;       /* beacon */

  GArray *neighbours; /* Neighbour */
  GArray *people;     /* Visible */
  unsigned people_version;
  GArray *peers; /* HarkEndpoint */
  Other others[HARK_LAN_OTHERS_MAX];
  HarkTokenBucket answers, verifies;
  GQueue packets; /* HarkLanPacket */
  GQueue news;    /* HarkLanNeighbour */
};

HarkLan *
hark_lan_new (const uint8_t tag[HARK_BEACON_TAG_LEN], HarkRng *rng, HarkTime now)
{
  HarkLan *lan = hark_locked_new0 (HarkLan);

  memcpy (lan->tag, tag, sizeof lan->tag);
  hark_rng_fork (rng, &lan->rng);
  lan->now = now;
  lan->next = HARK_TIME_NEVER;
  lan->neighbours = g_array_new (FALSE, FALSE, sizeof (Neighbour));
  lan->people = g_array_new (FALSE, FALSE, sizeof (Visible));
  lan->peers = g_array_new (FALSE, FALSE, sizeof (HarkEndpoint));
  hark_token_bucket_init (&lan->answers, ANSWERS_RATE, ANSWERS_BURST, now);
  hark_token_bucket_init (&lan->verifies, VERIFY_RATE, VERIFY_BURST, now);
  g_queue_init (&lan->packets);
  g_queue_init (&lan->news);
  return lan;
}

void
hark_lan_free (HarkLan *lan)
{
  if (!lan)
    return;
  g_array_unref (lan->neighbours);
  g_array_unref (lan->people);
  g_array_unref (lan->peers);
  g_queue_clear_full (&lan->packets, g_free);
  g_queue_clear_full (&lan->news, g_free);
  hark_locked_free (lan);
}

/* ---- our beacons --------------------------------------------------------------------------- */

static void
say (HarkLan *lan, const HarkEndpoint *to)
{
  HarkLanPacket packet = {.group = to == NULL};
  HarkBeacon beacon = {.port = lan->port, .has_person = lan->has_person};

  memcpy (beacon.tag, lan->tag, sizeof beacon.tag);
  memcpy (beacon.cookie, lan->cookie, sizeof beacon.cookie);
  if (lan->has_person)
    beacon.person = lan->person;
  if (to)
    packet.to = *to;
  packet.len = hark_beacon_write (&beacon, &lan->seed, packet.data);
  hark_token_clear (&beacon.person.token);
  g_queue_push_tail (&lan->packets, g_memdup2 (&packet, sizeof packet));
}

static void
say_to_all (HarkLan *lan)
{
  say (lan, NULL);
  for (guint i = 0; i < lan->peers->len; i++)
    say (lan, &g_array_index (lan->peers, HarkEndpoint, i));
}

static void
schedule (HarkLan *lan)
{
  if (lan->next_start < G_N_ELEMENTS (starts))
    lan->next = lan->started + starts[lan->next_start];
  else
    lan->next
      = lan->now + STEADY - STEADY_SPREAD + hark_rng_below (&lan->rng, 2 * STEADY_SPREAD + 1);
}

void
hark_lan_restart (HarkLan *lan, HarkTime now)
{
  lan->now = now;
  if (lan->port == 0)
    return;
  hark_rng_bytes (&lan->rng, lan->cookie, sizeof lan->cookie);
  lan->started = now;
  lan->next_start = 0;
  schedule (lan);
}

void
hark_lan_set_port (HarkLan *lan, uint16_t port, HarkTime now)
{
  if (port == lan->port)
    return;
  lan->port = port;
  if (port == 0)
    lan->next = HARK_TIME_NEVER;
  else
    hark_lan_restart (lan, now);
}

bool
hark_lan_is_peer (const HarkLan *lan, const HarkEndpoint *endpoint)
{
  for (guint i = 0; i < lan->peers->len; i++)
    if (hark_endpoint_same_ip (&g_array_index (lan->peers, HarkEndpoint, i), endpoint))
      return true;
  return false;
}

bool
hark_lan_add_peer (HarkLan *lan, const HarkEndpoint *peer, HarkTime now)
{
  lan->now = now;
  for (guint i = 0; i < lan->peers->len; i++)
    if (hark_endpoint_equal (&g_array_index (lan->peers, HarkEndpoint, i), peer))
      return true;
  if (lan->peers->len >= HARK_LAN_PEERS_MAX)
    return false;
  g_array_append_val (lan->peers, *peer);
  if (lan->port && lan->next_start > 0)
    say (lan, peer); /* the others have had theirs */
  return true;
}

void
hark_lan_set_person (HarkLan *lan,
                     const HarkBeaconPerson *person,
                     const HarkSecret *seed,
                     HarkTime now)
{
  lan->has_person = person != NULL;
  hark_token_clear (&lan->person.token);
  hark_secret_clear (&lan->seed);
  if (person) {
    lan->person = *person;
    lan->seed = *seed;
  }
  hark_lan_restart (lan, now);
}

/* ---- the others ---------------------------------------------------------------------------- */

static bool
is_fresh (HarkTime heard, HarkTime now)
{
  return heard && hark_time_since (now, heard) < HARK_LAN_FRESH;
}

static void
note_other (HarkLan *lan, const uint8_t tag[HARK_BEACON_TAG_LEN])
{
  Other *place = &lan->others[0];

  for (unsigned i = 0; i < HARK_LAN_OTHERS_MAX; i++) {
    Other *other = &lan->others[i];

    if (memcmp (other->tag, tag, sizeof other->tag) == 0 && other->heard) {
      place = other;
      break;
    }
    if (other->heard < place->heard)
      place = other;
  }
  memcpy (place->tag, tag, sizeof place->tag);
  place->heard = MAX (lan->now, 1);
}

/* Forgets those not heard for long; returns the place of @endpoint, or NULL when there is none and
 * no room. */
static Neighbour *
find_neighbour (HarkLan *lan, const HarkEndpoint *endpoint)
{
  unsigned same_ip = 0;
  Neighbour fresh = {.endpoint = *endpoint};

  for (guint i = lan->neighbours->len; i > 0; i--) {
    Neighbour *neighbour = &g_array_index (lan->neighbours, Neighbour, i - 1);

    if (hark_endpoint_equal (&neighbour->endpoint, endpoint))
      return neighbour;
    if (!is_fresh (neighbour->heard, lan->now))
      g_array_remove_index_fast (lan->neighbours, i - 1);
    else
      same_ip += hark_endpoint_same_ip (&neighbour->endpoint, endpoint);
  }
  if (lan->neighbours->len >= HARK_LAN_NEIGHBOURS_MAX || same_ip >= HARK_LAN_SAME_IP_MAX)
    return NULL;
  g_array_append_val (lan->neighbours, fresh);
  return &g_array_index (lan->neighbours, Neighbour, lan->neighbours->len - 1);
}

static void
tell (HarkLan *lan, Neighbour *neighbour, bool fresh)
{
  HarkLanNeighbour news = {.endpoint = neighbour->endpoint, .fresh = fresh};

  neighbour->told = lan->now;
  g_queue_push_tail (&lan->news, g_memdup2 (&news, sizeof news));
}

/* A person shows himself; proved once for each start of his. */
static void
note_person (HarkLan *lan, const HarkBeacon *beacon, const uint8_t *data)
{
  Visible fresh = {.person = beacon->person, .heard = lan->now};
  Visible *known = NULL;

  for (guint i = lan->people->len; i > 0; i--) {
    Visible *visible = &g_array_index (lan->people, Visible, i - 1);

    if (hark_key_equal (&visible->person.account, &beacon->person.account))
      known = visible;
    else if (!is_fresh (visible->heard, lan->now)) {
      g_array_remove_index_fast (lan->people, i - 1);
      lan->people_version++;
    }
  }
  for (guint i = 0; i < lan->people->len; i++) /* indices have moved */
    if (hark_key_equal (&g_array_index (lan->people, Visible, i).person.account,
                        &beacon->person.account))
      known = &g_array_index (lan->people, Visible, i);

  memcpy (fresh.cookie, beacon->cookie, sizeof fresh.cookie);
  if (known && memcmp (known->cookie, fresh.cookie, sizeof fresh.cookie) == 0
      && memcmp (&known->person, &fresh.person, sizeof fresh.person) == 0) {
    known->heard = lan->now;
    return;
  }
  if ((!known && lan->people->len >= HARK_LAN_PEOPLE_MAX)
      || !hark_token_bucket_take (&lan->verifies, 1, lan->now) || !hark_beacon_verify (data))
    return;
  if (known)
    *known = fresh;
  else
    g_array_append_val (lan->people, fresh);
  lan->people_version++;
}

void
hark_lan_handle_packet (
  HarkLan *lan, const HarkEndpoint *from, const uint8_t *data, size_t len, bool group, HarkTime now)
{
  HarkBeacon beacon;
  HarkEndpoint endpoint = *from;
  Neighbour *neighbour;
  uint64_t cookie;
  bool fresh;

  lan->now = MAX (now, 1);
  if (lan->port == 0 || !hark_beacon_read (data, len, &beacon)
      || memcmp (beacon.cookie, lan->cookie, sizeof beacon.cookie) == 0)
    return; /* none, or our own */
  if (memcmp (beacon.tag, lan->tag, sizeof beacon.tag) != 0) {
    note_other (lan, beacon.tag);
    return;
  }
  endpoint.port = beacon.port;
  neighbour = find_neighbour (lan, &endpoint);
  if (!neighbour)
    return;
  memcpy (&cookie, beacon.cookie, sizeof cookie);
  fresh = neighbour->cookie != cookie || neighbour->heard == 0;
  neighbour->cookie = cookie;
  neighbour->heard = lan->now;
  if (fresh || hark_time_since (lan->now, neighbour->told) >= NEWS_SPACING)
    tell (lan, neighbour, fresh);
  if (beacon.has_person)
    note_person (lan, &beacon, data);
  if (fresh && group && hark_token_bucket_take (&lan->answers, 1, lan->now))
    say (lan, &endpoint);
}

/* ---- doors --------------------------------------------------------------------------------- */

void
hark_lan_handle_time (HarkLan *lan, HarkTime now)
{
  lan->now = now;
  if (lan->next > now)
    return;
  say_to_all (lan);
  lan->next_start = MIN (lan->next_start + 1, (unsigned) G_N_ELEMENTS (starts));
  schedule (lan);
}

HarkTime
hark_lan_get_deadline (const HarkLan *lan)
{
  return lan->next;
}

static bool
pop (GQueue *queue, void *ret, size_t len)
{
  void *item = g_queue_pop_head (queue);

  if (!item)
    return false;
  memcpy (ret, item, len);
  g_free (item);
  return true;
}

bool
hark_lan_poll_packet (HarkLan *lan, HarkLanPacket *ret)
{
  return pop (&lan->packets, ret, sizeof *ret);
}

bool
hark_lan_poll_neighbour (HarkLan *lan, HarkLanNeighbour *ret)
{
  return pop (&lan->news, ret, sizeof *ret);
}

/* ---- questions ----------------------------------------------------------------------------- */

size_t
hark_lan_neighbours (const HarkLan *lan, HarkEndpoint *ret, size_t max, unsigned turn, HarkTime now)
{
  g_autoptr (GHashTable) cookies = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GArray) more = g_array_new (FALSE, FALSE, sizeof (HarkEndpoint));
  guint n_all = lan->neighbours->len;
  size_t n = 0;

  for (guint i = 0; i < n_all && n < max; i++) {
    Neighbour *neighbour = &g_array_index (lan->neighbours, Neighbour, (turn + i) % n_all);

    if (!is_fresh (neighbour->heard, now))
      continue;
    if (g_hash_table_add (cookies, &neighbour->cookie))
      ret[n++] = neighbour->endpoint;
    else
      g_array_append_val (more, neighbour->endpoint);
  }
  for (guint i = 0; i < more->len && n < max; i++)
    ret[n++] = g_array_index (more, HarkEndpoint, i);
  return n;
}

unsigned
hark_lan_count (const HarkLan *lan, HarkTime now)
{
  g_autoptr (GHashTable) cookies = g_hash_table_new (g_int64_hash, g_int64_equal);

  /* one that is heard over IPv4 and IPv6 has one cookie */
  for (guint i = 0; i < lan->neighbours->len; i++) {
    Neighbour *neighbour = &g_array_index (lan->neighbours, Neighbour, i);

    if (is_fresh (neighbour->heard, now))
      g_hash_table_add (cookies, &neighbour->cookie);
  }
  return g_hash_table_size (cookies);
}

unsigned
hark_lan_count_others (const HarkLan *lan, HarkTime now)
{
  unsigned n = 0;

  for (unsigned i = 0; i < HARK_LAN_OTHERS_MAX; i++)
    n += is_fresh (lan->others[i].heard, now);
  return n;
}

void
hark_lan_note_stranger (HarkLan *lan, HarkTime now)
{
  static const uint8_t unknown[HARK_BEACON_TAG_LEN];

  lan->now = MAX (now, 1);
  note_other (lan, unknown);
}

size_t
hark_lan_people (const HarkLan *lan, HarkBeaconPerson *ret, size_t max, HarkTime now)
{
  size_t n = 0;

  for (guint i = 0; i < lan->people->len && n < max; i++) {
    const Visible *visible = &g_array_index (lan->people, Visible, i);

    if (is_fresh (visible->heard, now))
      ret[n++] = visible->person;
  }
  return n;
}

unsigned
hark_lan_people_version (const HarkLan *lan)
{
  return lan->people_version;
}

uint32_t
hark_lan_find_interface (const HarkLan *lan, const HarkEndpoint *endpoint)
{
  for (guint i = 0; i < lan->neighbours->len; i++) {
    const HarkEndpoint *known = &g_array_index (lan->neighbours, Neighbour, i).endpoint;

    if (hark_endpoint_same_ip (known, endpoint))
      return known->interface;
  }
  return 0;
}
