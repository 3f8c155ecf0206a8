#define G_LOG_DOMAIN "hark-rendezvous"

#include "net/rendezvous/rendezvous.h"

#include "net/base/locked.h"
#include "net/rendezvous/blind.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#define VALUE_LEN_MAX (HARK_RECORD_VALUE_LEN_MAX + 4) /* with its length, as a byte string */

#define POINTS_TRIED_MAX 6             /* registrations asked for at once */
#define SETTLE_FIRST (60 * HARK_MS)    /* for more points, before anything was published */
#define SETTLE_LATER (5 * HARK_SECOND) /* for more changes, afterwards */
#define PUT_SPACING (20 * HARK_SECOND) /* between puts of one record */
#define REFRESH (30 * HARK_MINUTE)
#define REFRESH_SPREAD (5 * HARK_MINUTE)
#define RETRY_FIRST (1 * HARK_SECOND) /* a put reached nobody */
#define RETRY_MAX (60 * HARK_SECOND)
#define PICK_AGAIN (2 * HARK_SECOND)     /* no node to ask for a registration */
#define WITHOUT_POINTS (3 * HARK_SECOND) /* then a record without points is better than none */
#define EPOCH_EDGE_S 3600                /* publish in both epochs, look in both */

/* One of our records. */
typedef struct {
  HarkToken token;
  bool requests;
  HarkTime next_put;        /* when due */
  HarkTime last_put;        /* 0: never */
  HarkTime retry;           /* spacing after a put that reached nobody */
  HarkDhtOperation puts[2]; /* running: this epoch's and a neighbour's; 0: none */
  HarkDhtOperation look;    /* running get of our own slot, after a conflict */
  int64_t seq_floor;        /* highest seq met in our slot */
  bool stored;              /* the last put is held by somebody, with a point in it */
  bool with_points;         /* the put that runs or ran last */
} Audience;

typedef struct {
  HarkEndpoint endpoint;
  uint8_t handle[HARK_DHT_HANDLE_LEN];
  bool kept;
} Point;

typedef struct {
  uint32_t number;
  HarkKey account;
  HarkToken token;
  bool urgent;
  HarkDhtOperation get;
  uint8_t slot[32];
  uint64_t epochs[3]; /* to look in, in this order */
  unsigned n_epochs, at;
  bool found;
  int64_t seq;
} Find;

struct HarkRendezvous {
  HarkRendezvousConfig config;
  HarkDht *dht; /* borrowed */
  HarkRng rng;
  int64_t wall_ms; /* at wall_at */
  HarkTime wall_at;
  HarkTime started;
  uint8_t run[8];
  uint8_t handle[HARK_DHT_HANDLE_LEN];
  GPtrArray *audiences; /* Audience */
  GArray *points;       /* Point */
  HarkTime next_pick;
  bool leaving;
  GPtrArray *finds; /* Find */
  uint32_t last_find;
  GQueue events; /* HarkRendezvousEvent */
};

static void
find_free (Find *find)
{
  hark_token_clear (&find->token);
  g_free (find);
}

static void
audience_free (Audience *audience)
{
  hark_token_clear (&audience->token);
  g_free (audience);
}

HarkRendezvous *
hark_rendezvous_new (
  const HarkRendezvousConfig *config, HarkDht *dht, HarkRng *rng, int64_t wall_ms, HarkTime now)
{
  HarkRendezvous *rendezvous = hark_locked_new0 (HarkRendezvous);

  rendezvous->config = *config;
  rendezvous->dht = dht;
  hark_rng_fork (rng, &rendezvous->rng);
  rendezvous->wall_ms = wall_ms;
  rendezvous->wall_at = now;
  rendezvous->started = now;
  hark_rng_bytes (&rendezvous->rng, rendezvous->run, sizeof rendezvous->run);
  hark_rng_bytes (&rendezvous->rng, rendezvous->handle, sizeof rendezvous->handle);
  rendezvous->audiences
    = g_ptr_array_new_with_free_func ((GDestroyNotify) (void (*) (void)) audience_free);
  rendezvous->points = g_array_new (FALSE, TRUE, sizeof (Point));
  rendezvous->finds = g_ptr_array_new_with_free_func ((GDestroyNotify) (void (*) (void)) find_free);
  rendezvous->next_pick = HARK_TIME_NEVER;
  return rendezvous;
}

void
hark_rendezvous_free (HarkRendezvous *rendezvous)
{
  if (!rendezvous)
    return;
  g_ptr_array_unref (rendezvous->audiences);
  g_array_unref (rendezvous->points);
  g_ptr_array_unref (rendezvous->finds);
  g_queue_clear_full (&rendezvous->events, g_free);
  hark_locked_free (rendezvous);
}

void
hark_rendezvous_set_wall (HarkRendezvous *rendezvous, int64_t wall_ms, HarkTime now)
{
  rendezvous->wall_ms = wall_ms;
  rendezvous->wall_at = now;
}

int64_t
hark_rendezvous_wall_ms (const HarkRendezvous *rendezvous, HarkTime now)
{
  return rendezvous->wall_ms + (int64_t) (hark_time_since (now, rendezvous->wall_at) / HARK_MS);
}

static HarkSlotNetwork
slot_network (const HarkRendezvous *rendezvous)
{
  return (HarkSlotNetwork){.closed = rendezvous->config.closed_network,
                           .id = rendezvous->config.network};
}

/* Seconds of Unix time; clocks before 1970 count as 1970. */
static uint64_t
wall_s (const HarkRendezvous *rendezvous, HarkTime now)
{
  int64_t ms = hark_rendezvous_wall_ms (rendezvous, now);

  return ms > 0 ? (uint64_t) ms / 1000 : 0;
}

static bool
has_nodes (const HarkRendezvous *rendezvous)
{
  HarkDhtStatus status;

  hark_dht_get_status (rendezvous->dht, &status);
  return status.nodes[0] + status.nodes[1] > 0;
}

/* ---- contact points -------------------------------------------------------------- */

static unsigned
count_kept (const HarkRendezvous *rendezvous)
{
  unsigned kept = 0;

  for (guint i = 0; i < rendezvous->points->len; i++)
    kept += g_array_index (rendezvous->points, Point, i).kept;
  return kept;
}

unsigned
hark_rendezvous_get_points (const HarkRendezvous *rendezvous, HarkEndpoint *ret)
{
  unsigned n = 0;

  for (guint i = 0; i < rendezvous->points->len && n < HARK_RENDEZVOUS_POINTS; i++) {
    const Point *point = &g_array_index (rendezvous->points, Point, i);

    if (point->kept)
      ret[n++] = point->endpoint;
  }
  return n;
}

static Point *
find_point (HarkRendezvous *rendezvous, const HarkEndpoint *endpoint, guint *ret_index)
{
  for (guint i = 0; i < rendezvous->points->len; i++) {
    Point *point = &g_array_index (rendezvous->points, Point, i);

    if (hark_endpoint_equal (&point->endpoint, endpoint)) {
      *ret_index = i;
      return point;
    }
  }
  return NULL;
}

/* Asks for as many registrations as we lack. */
static void
pick_points (HarkRendezvous *rendezvous, HarkTime now)
{
  unsigned kept = count_kept (rendezvous);
  HarkEndpoint picked[POINTS_TRIED_MAX];
  size_t n;

  rendezvous->next_pick = HARK_TIME_NEVER;
  if (rendezvous->leaving || rendezvous->audiences->len == 0 || kept >= HARK_RENDEZVOUS_POINTS
      || rendezvous->points->len >= POINTS_TRIED_MAX)
    return;

  n = hark_dht_pick_points (rendezvous->dht, POINTS_TRIED_MAX - rendezvous->points->len, picked,
                            now);
  for (size_t i = 0; i < n; i++) {
    Point point = {.endpoint = picked[i]};
    guint at;

    if (find_point (rendezvous, &picked[i], &at))
      continue;
    memcpy (point.handle, rendezvous->handle, sizeof point.handle);
    if (hark_dht_keep (rendezvous->dht, &picked[i], point.handle, now))
      g_array_append_val (rendezvous->points, point);
  }
  rendezvous->next_pick = now + PICK_AGAIN;
}

/* More registrations stand than we want: the ones asked too many are let go. */
static void
drop_surplus_points (HarkRendezvous *rendezvous)
{
  if (count_kept (rendezvous) < HARK_RENDEZVOUS_POINTS)
    return;
  for (guint i = rendezvous->points->len; i > 0; i--) {
    Point *point = &g_array_index (rendezvous->points, Point, i - 1);

    if (point->kept && count_kept (rendezvous) <= HARK_RENDEZVOUS_POINTS)
      continue;
    hark_dht_unkeep (rendezvous->dht, &point->endpoint, point->handle);
    g_array_remove_index (rendezvous->points, i - 1);
  }
}

/* What our records say has changed. */
static void
touch_records (HarkRendezvous *rendezvous, HarkTime now)
{
  for (guint i = 0; i < rendezvous->audiences->len; i++) {
    Audience *audience = g_ptr_array_index (rendezvous->audiences, i);
    HarkTime due = now + (audience->stored ? SETTLE_LATER : SETTLE_FIRST);

    if (audience->stored)
      due = MAX (due, audience->last_put + PUT_SPACING);
    audience->next_put = hark_time_min (audience->next_put, due);
  }
}

static void
handle_kept (HarkRendezvous *rendezvous, const HarkDhtEvent *event, HarkTime now)
{
  guint at;
  Point *point = find_point (rendezvous, &event->endpoint, &at);

  if (!point || point->kept)
    return;
  point->kept = true;
  g_debug ("a contact point keeps us: %u of %u", count_kept (rendezvous), HARK_RENDEZVOUS_POINTS);
  drop_surplus_points (rendezvous);
  touch_records (rendezvous, now);
}

static void
handle_keep_lost (HarkRendezvous *rendezvous, const HarkDhtEvent *event, HarkTime now)
{
  guint at;
  Point *point = find_point (rendezvous, &event->endpoint, &at);
  bool kept = point && point->kept;

  if (!point)
    return;
  g_array_remove_index (rendezvous->points, at);
  if (kept) {
    g_debug ("a contact point is lost: code %d", event->code);
    touch_records (rendezvous, now);
  }
  rendezvous->next_pick = hark_time_min (rendezvous->next_pick, now);
}

/* ---- our records ----------------------------------------------------------------- */

static void
fill_record (HarkRendezvous *rendezvous, const Audience *audience, HarkTime now, HarkRecord *ret)
{
  *ret = (HarkRecord){0};
  ret->made = (uint32_t) wall_s (rendezvous, now);
  memcpy (ret->run, rendezvous->run, sizeof ret->run);
  memcpy (ret->certificate, rendezvous->config.certificate, sizeof ret->certificate);
  if (rendezvous->leaving) {
    ret->flags = HARK_RECORD_LEAVING;
    return;
  }

  ret->flags = HARK_RECORD_ONLINE | (audience->requests ? HARK_RECORD_REQUESTS : 0);
  for (guint i = 0; i < rendezvous->points->len && ret->n_points < HARK_RENDEZVOUS_POINTS; i++) {
    const Point *point = &g_array_index (rendezvous->points, Point, i);

    if (!point->kept)
      continue;
    ret->points[ret->n_points].endpoint = point->endpoint;
    memcpy (ret->points[ret->n_points].handle, point->handle, sizeof point->handle);
    ret->n_points++;
  }
}

/* BEP 44 stores bencoded values: ours is one byte string. */
static size_t
wrap_value (const uint8_t *sealed, size_t len, uint8_t ret[VALUE_LEN_MAX])
{
  int head = snprintf ((char *) ret, VALUE_LEN_MAX, "%zu:", len);

  memcpy (ret + head, sealed, len);
  return (size_t) head + len;
}

/* The bytes inside, borrowed; NULL when @value is no byte string. */
static const uint8_t *
unwrap_value (const uint8_t *value, size_t len, size_t *ret_len)
{
  size_t inner = 0;
  size_t at = 0;

  while (at < len && at < 4 && g_ascii_isdigit (value[at]))
    inner = inner * 10 + (size_t) (value[at++] - '0');
  if (at == 0 || at >= len || value[at] != ':' || len - at - 1 != inner)
    return NULL;
  *ret_len = inner;
  return value + at + 1;
}

/* Signs and puts the record of @audience into the slot of @epoch. */
static HarkDhtOperation
put_record (HarkRendezvous *rendezvous,
            Audience *audience,
            uint64_t epoch,
            const HarkRecord *record,
            HarkTime now)
{
  HarkSlotNetwork network = slot_network (rendezvous);
  uint8_t sealed[HARK_RECORD_VALUE_LEN_MAX];
  uint8_t value[VALUE_LEN_MAX];
  uint8_t signed_bytes[HARK_DHT_SIGNED_LEN_MAX];
  HarkDhtItem item = {0};
  HarkSlot slot;
  HarkDhtOperation put;

  hark_slot_own (&rendezvous->config.account_seed, &audience->token, epoch, &network, &slot);
  memcpy (item.key, slot.key, sizeof item.key);
  item.seq = MAX (hark_rendezvous_wall_ms (rendezvous, now), audience->seq_floor + 1);
  item.seq = MAX (item.seq, 0);
  item.value = value;
  item.value_len = wrap_value (
    sealed,
    hark_record_seal (record, &audience->token, slot.key, item.seq, &rendezvous->rng, sealed),
    value);
  hark_slot_sign (&slot, signed_bytes, hark_dht_item_signed_bytes (&item, signed_bytes),
                  item.signature);
  audience->seq_floor = item.seq;
  put = hark_dht_put_mutable (rendezvous->dht, &item, NULL, now);
  hark_slot_clear (&slot);
  return put;
}

/* The neighbour epoch that readers may look in as well, when one is near. */
static bool
near_epoch (const HarkToken *token, uint64_t now_s, uint64_t epoch, uint64_t *ret)
{
  if (hark_slot_epoch (token, now_s + EPOCH_EDGE_S) != epoch) {
    *ret = epoch + 1;
    return true;
  }
  if (now_s > EPOCH_EDGE_S && hark_slot_epoch (token, now_s - EPOCH_EDGE_S) != epoch && epoch > 0) {
    *ret = epoch - 1;
    return true;
  }
  return false;
}

static void
publish (HarkRendezvous *rendezvous, Audience *audience, HarkTime now)
{
  uint64_t now_s = wall_s (rendezvous, now);
  uint64_t epoch = hark_slot_epoch (&audience->token, now_s);
  uint64_t next;
  HarkRecord record;

  fill_record (rendezvous, audience, now, &record);
  audience->with_points = record.n_points > 0;
  audience->last_put = now;
  audience->next_put
    = now + REFRESH - REFRESH_SPREAD + hark_rng_below (&rendezvous->rng, 2 * REFRESH_SPREAD);
  audience->puts[0] = put_record (rendezvous, audience, epoch, &record, now);
  audience->puts[1] = 0;
  /* readers move on when their clock says so: be in the next slot early, leave the last one late */
  if (near_epoch (&audience->token, now_s, epoch, &next) && next > epoch)
    audience->puts[1] = put_record (rendezvous, audience, next, &record, now);
  if (audience->puts[0] == 0)
    audience->next_put = now + RETRY_FIRST;
}

/* Nothing is published before there is a point to name, unless none turns up. */
static bool
may_publish (const HarkRendezvous *rendezvous, HarkTime now)
{
  return has_nodes (rendezvous)
         && (rendezvous->leaving || count_kept (rendezvous) > 0
             || hark_time_since (now, rendezvous->started) >= WITHOUT_POINTS);
}

static void
publish_due (HarkRendezvous *rendezvous, HarkTime now)
{
  if (!may_publish (rendezvous, now))
    return;
  for (guint i = 0; i < rendezvous->audiences->len; i++) {
    Audience *audience = g_ptr_array_index (rendezvous->audiences, i);

    if (audience->next_put <= now && audience->puts[0] == 0 && audience->look == 0)
      publish (rendezvous, audience, now);
  }
}

static Audience *
find_audience (HarkRendezvous *rendezvous, const HarkToken *token, guint *ret_index)
{
  for (guint i = 0; i < rendezvous->audiences->len; i++) {
    Audience *audience = g_ptr_array_index (rendezvous->audiences, i);

    if (hark_token_equal (&audience->token, token)) {
      *ret_index = i;
      return audience;
    }
  }
  return NULL;
}

void
hark_rendezvous_open (HarkRendezvous *rendezvous,
                      const HarkToken *token,
                      bool requests,
                      HarkTime now)
{
  Audience *audience;
  guint at;

  if (find_audience (rendezvous, token, &at)
      || rendezvous->audiences->len >= HARK_RENDEZVOUS_AUDIENCES)
    return;

  audience = g_new0 (Audience, 1);
  audience->token = *token;
  audience->requests = requests;
  audience->seq_floor = -1;
  audience->retry = RETRY_FIRST;
  audience->next_put = now;
  g_ptr_array_add (rendezvous->audiences, audience);
  rendezvous->next_pick = hark_time_min (rendezvous->next_pick, now);
}

static void
say_goodbye (HarkRendezvous *rendezvous, Audience *audience, HarkTime now)
{
  HarkRecord record;
  bool leaving = rendezvous->leaving;

  if (audience->last_put == 0 || !has_nodes (rendezvous))
    return;
  rendezvous->leaving = true;
  fill_record (rendezvous, audience, now, &record);
  put_record (rendezvous, audience, hark_slot_epoch (&audience->token, wall_s (rendezvous, now)),
              &record, now);
  rendezvous->leaving = leaving;
}

void
hark_rendezvous_close (HarkRendezvous *rendezvous, const HarkToken *token, HarkTime now)
{
  guint at;
  Audience *audience = find_audience (rendezvous, token, &at);

  if (!audience)
    return;
  say_goodbye (rendezvous, audience, now);
  g_ptr_array_remove_index_fast (rendezvous->audiences, at);
}

void
hark_rendezvous_leave (HarkRendezvous *rendezvous, HarkTime now)
{
  for (guint i = 0; i < rendezvous->audiences->len; i++)
    say_goodbye (rendezvous, g_ptr_array_index (rendezvous->audiences, i), now);
  rendezvous->leaving = true;
  g_ptr_array_set_size (rendezvous->audiences, 0);
}

bool
hark_rendezvous_is_published (const HarkRendezvous *rendezvous)
{
  for (guint i = 0; i < rendezvous->audiences->len; i++)
    if (!((const Audience *) g_ptr_array_index (rendezvous->audiences, i))->stored)
      return false;
  return rendezvous->audiences->len > 0;
}

/* A put of @audience ended. */
static void
handle_put_done (HarkRendezvous *rendezvous,
                 Audience *audience,
                 const HarkDhtEvent *event,
                 HarkTime now)
{
  if (event->conflict && event->acks == 0) {
    /* Somebody holds a newer one: ours, written before this clock was set back, or before a
     * restore. */
    HarkSlotNetwork network = slot_network (rendezvous);
    HarkSlot slot;

    hark_slot_own (&rendezvous->config.account_seed, &audience->token,
                   hark_slot_epoch (&audience->token, wall_s (rendezvous, now)), &network, &slot);
    audience->look
      = hark_dht_get_mutable (rendezvous->dht, slot.key, NULL, 0, audience->seq_floor, false, now);
    hark_slot_clear (&slot);
    /* at once the first time; whoever only says so shall not keep us busy */
    audience->next_put = audience->retry == RETRY_FIRST ? now : now + audience->retry;
    audience->retry = hark_time_min (audience->retry * 2, RETRY_MAX);
    return;
  }

  if (event->acks == 0) {
    audience->stored = false;
    audience->next_put = hark_time_min (audience->next_put, now + audience->retry);
    audience->retry = hark_time_min (audience->retry * 2, RETRY_MAX);
    return;
  }
  audience->retry = RETRY_FIRST;
  audience->stored = audience->with_points;
}

static bool
handle_audience_event (HarkRendezvous *rendezvous, const HarkDhtEvent *event, HarkTime now)
{
  for (guint i = 0; i < rendezvous->audiences->len; i++) {
    Audience *audience = g_ptr_array_index (rendezvous->audiences, i);

    if (audience->look && event->operation == audience->look) {
      if (event->kind == HARK_DHT_EVENT_GET_DONE) {
        audience->look = 0;
        if (event->found)
          audience->seq_floor = MAX (audience->seq_floor, event->seq);
      }
      return true;
    }
    for (guint p = 0; p < G_N_ELEMENTS (audience->puts); p++) {
      if (audience->puts[p] == 0 || event->operation != audience->puts[p])
        continue;
      if (event->kind == HARK_DHT_EVENT_STORED) {
        audience->stored = audience->with_points;
      } else if (event->kind == HARK_DHT_EVENT_PUT_DONE) {
        audience->puts[p] = 0;
        if (p == 0)
          handle_put_done (rendezvous, audience, event, now);
      }
      return true;
    }
  }
  return false;
}

/* ---- finding others -------------------------------------------------------------- */

static void
push_event (HarkRendezvous *rendezvous, HarkRendezvousEvent event)
{
  g_queue_push_tail (&rendezvous->events, g_memdup2 (&event, sizeof event));
}

/* Looks in the next epoch that is left; false when none is or the account is no key. */
static bool
find_step (HarkRendezvous *rendezvous, Find *find, HarkTime now)
{
  HarkSlotNetwork network = slot_network (rendezvous);

  if (find->at >= find->n_epochs
      || !hark_slot_public (&find->account, &find->token, find->epochs[find->at], &network,
                            find->slot))
    return false;
  find->at++;
  find->get = hark_dht_get_mutable (rendezvous->dht, find->slot, NULL, 0, -1, find->urgent, now);
  return find->get != 0;
}

uint32_t
hark_rendezvous_find (HarkRendezvous *rendezvous,
                      const HarkKey *account,
                      const HarkToken *token,
                      bool urgent,
                      HarkTime now)
{
  uint64_t now_s = wall_s (rendezvous, now);
  Find *find;

  if (rendezvous->finds->len >= HARK_RENDEZVOUS_FINDS)
    return 0;

  find = g_new0 (Find, 1);
  find->account = *account;
  find->token = *token;
  find->urgent = urgent;
  find->epochs[find->n_epochs++] = hark_slot_epoch (token, now_s);
  if (near_epoch (token, now_s, find->epochs[0], &find->epochs[1]))
    find->n_epochs++;
  if (!find_step (rendezvous, find, now)) {
    find_free (find);
    return 0;
  }
  find->number = ++rendezvous->last_find;
  g_ptr_array_add (rendezvous->finds, find);
  return find->number;
}

void
hark_rendezvous_cancel (HarkRendezvous *rendezvous, uint32_t number)
{
  for (guint i = 0; i < rendezvous->finds->len; i++) {
    Find *find = g_ptr_array_index (rendezvous->finds, i);

    if (find->number == number) {
      hark_dht_cancel (rendezvous->dht, find->get);
      g_ptr_array_remove_index_fast (rendezvous->finds, i);
      return;
    }
  }
}

/* A value for @find: reported when it opens and is newer than what was reported before. */
static void
handle_value (HarkRendezvous *rendezvous, Find *find, const HarkDhtEvent *event)
{
  HarkRendezvousEvent found = {.find = find->number, .found = true, .seq = event->seq};
  const uint8_t *sealed;
  size_t sealed_len = 0;

  if (find->found && event->seq <= find->seq)
    return;
  sealed = unwrap_value (event->data, event->len, &sealed_len);
  if (!sealed
      || !hark_record_open (sealed, sealed_len, &find->account, &find->token, find->slot,
                            event->seq, &found.record)) {
    g_debug ("a record does not open");
    return;
  }
  find->found = true;
  find->seq = event->seq;
  push_event (rendezvous, found);
}

static bool
handle_find_event (HarkRendezvous *rendezvous, const HarkDhtEvent *event, HarkTime now)
{
  for (guint i = 0; i < rendezvous->finds->len; i++) {
    Find *find = g_ptr_array_index (rendezvous->finds, i);

    if (event->operation != find->get)
      continue;
    if (event->kind == HARK_DHT_EVENT_VALUE
        || (event->kind == HARK_DHT_EVENT_GET_DONE && event->found))
      handle_value (rendezvous, find, event);
    if (event->kind == HARK_DHT_EVENT_GET_DONE
        && (find->found || !find_step (rendezvous, find, now))) {
      push_event (rendezvous, (HarkRendezvousEvent){.find = find->number, .done = true});
      g_ptr_array_remove_index_fast (rendezvous->finds, i);
    }
    return true;
  }
  return false;
}

/* ---- doors ----------------------------------------------------------------------- */

bool
hark_rendezvous_handle_dht (HarkRendezvous *rendezvous, const HarkDhtEvent *event, HarkTime now)
{
  switch (event->kind) {
  case HARK_DHT_EVENT_STATUS:
    if (rendezvous->points->len < HARK_RENDEZVOUS_POINTS && rendezvous->audiences->len > 0)
      rendezvous->next_pick = now;
    return false; /* others want to know too */
  case HARK_DHT_EVENT_KEPT:
    handle_kept (rendezvous, event, now);
    return true;
  case HARK_DHT_EVENT_KEEP_LOST:
    handle_keep_lost (rendezvous, event, now);
    return true;
  case HARK_DHT_EVENT_VALUE:
  case HARK_DHT_EVENT_GET_DONE:
  case HARK_DHT_EVENT_STORED:
  case HARK_DHT_EVENT_PUT_DONE:
    return handle_find_event (rendezvous, event, now)
           || handle_audience_event (rendezvous, event, now);
  default:
    return false;
  }
}

void
hark_rendezvous_handle_time (HarkRendezvous *rendezvous, HarkTime now)
{
  if (rendezvous->next_pick <= now)
    pick_points (rendezvous, now);
  publish_due (rendezvous, now);
}

HarkTime
hark_rendezvous_get_deadline (const HarkRendezvous *rendezvous)
{
  HarkTime deadline = rendezvous->next_pick;

  if (!has_nodes (rendezvous))
    return deadline;
  for (guint i = 0; i < rendezvous->audiences->len; i++) {
    const Audience *audience = g_ptr_array_index (rendezvous->audiences, i);
    HarkTime due = audience->next_put;

    if (audience->puts[0] || audience->look)
      continue;
    if (count_kept (rendezvous) == 0)
      due = MAX (due, rendezvous->started + WITHOUT_POINTS);
    deadline = hark_time_min (deadline, due);
  }
  return deadline;
}

bool
hark_rendezvous_poll (HarkRendezvous *rendezvous, HarkRendezvousEvent *ret)
{
  HarkRendezvousEvent *event = g_queue_pop_head (&rendezvous->events);

  if (!event)
    return false;
  *ret = *event;
  g_free (event);
  return true;
}
