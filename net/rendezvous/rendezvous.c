#define G_LOG_DOMAIN "hark-rendezvous"

#include "net/rendezvous/rendezvous.h"

#include "net/base/locked.h"
#include "net/rendezvous/blind.h"
#include "net/rendezvous/clock.h"
#include "net/rendezvous/points.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#define VALUE_LEN_MAX (HARK_RECORD_VALUE_LEN_MAX + 4) /* with its length, as a byte string */

#define SETTLE_FIRST (60 * HARK_MS)    /* for more points, before anything was published */
#define SETTLE_LATER (5 * HARK_SECOND) /* for more changes, afterwards */
#define PUT_SPACING (20 * HARK_SECOND) /* between puts of one record */
#define REFRESH (30 * HARK_MINUTE)
#define REFRESH_SPREAD (5 * HARK_MINUTE)
#define RETRY_FIRST (1 * HARK_SECOND) /* a put reached nobody */
#define RETRY_MAX (60 * HARK_SECOND)
#define WITHOUT_POINTS (3 * HARK_SECOND) /* then a record without points is better than none */
#define LOCAL_SPACING (2 * HARK_SECOND)  /* between puts of one record on a small local network */
#define LOCAL_SMALL 16                   /* nodes of such a network */
#define EPOCH_EDGE_S 3600                /* publish in both epochs, look in both */
#define EPOCH_CHECK HARK_MINUTE

/* One of our records. */
typedef struct {
  HarkToken token;
  bool contacts; /* for accepted contacts; else for strangers */
  bool requests;
  HarkTime next_put;        /* when due */
  HarkTime last_put;        /* 0: never */
  HarkTime retry;           /* spacing after a put that reached nobody */
  HarkDhtOperation puts[2]; /* running: this epoch's and a neighbour's; 0: none */
  HarkDhtOperation look;    /* running get of our own slot, after a conflict */
  int64_t seq_floor;        /* highest seq met in our slot */
  uint64_t epoch_ahead;     /* what the epoch is an hour later, as last seen */
  bool stored;              /* the last put is held by somebody, with a point in it */
  bool with_points;         /* the put that runs or ran last */
} Audience;

typedef struct {
  uint32_t number;
  HarkKey account;
  HarkToken token;
  bool urgent;
  HarkDhtOperation get;
  int64_t seq_known; /* in the slot of epoch_known; -1: none */
  uint64_t epoch_known;
  bool unchanged;
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
  HarkToken day_token; /* random: when a day of ours begins */
  HarkClock clock;
  int64_t correction_s; /* of our clock, as others say */
  HarkPoints *points;
  HarkEndpoint direct[2]; /* where contacts reach us without a point: IPv4, IPv6 */
  HarkEndpoint own[HARK_RECORD_POINTS_MAX]; /* local: of ours, that can be knocked at */
  unsigned n_own;
  uint8_t own_handle[HARK_DHT_HANDLE_LEN];   /* with this */
  uint8_t quiet_handle[HARK_DHT_HANDLE_LEN]; /* local: strangers knock at everybody with this */
  unsigned nodes;                            /* of the local network, when last looked */
  GPtrArray *audiences;                      /* Audience */
  HarkTime next_epoch_check;
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
hark_rendezvous_new (const HarkRendezvousConfig *config,
                     HarkDht *dht,
                     HarkHelpers *helpers,
                     HarkRng *rng,
                     int64_t wall_ms,
                     HarkTime now)
{
  HarkRendezvous *rendezvous = hark_locked_new0 (HarkRendezvous);

  rendezvous->config = *config;
  rendezvous->dht = dht;
  hark_rng_fork (rng, &rendezvous->rng);
  rendezvous->wall_ms = wall_ms;
  rendezvous->wall_at = now;
  rendezvous->started = now;
  hark_rng_bytes (&rendezvous->rng, rendezvous->run, sizeof rendezvous->run);
  hark_rng_bytes (&rendezvous->rng, rendezvous->day_token.bytes, sizeof rendezvous->day_token);
  rendezvous->points = hark_points_new (dht, helpers, &rendezvous->rng);
  rendezvous->audiences
    = g_ptr_array_new_with_free_func ((GDestroyNotify) (void (*) (void)) audience_free);
  rendezvous->finds = g_ptr_array_new_with_free_func ((GDestroyNotify) (void (*) (void)) find_free);
  rendezvous->next_epoch_check = HARK_TIME_NEVER;
  if (config->local) {
    hark_rng_bytes (&rendezvous->rng, rendezvous->own_handle, sizeof rendezvous->own_handle);
    hark_rng_bytes (&rendezvous->rng, rendezvous->quiet_handle, sizeof rendezvous->quiet_handle);
  }
  return rendezvous;
}

void
hark_rendezvous_share_run (HarkRendezvous *rendezvous, const HarkRendezvous *other)
{
  memcpy (rendezvous->run, other->run, sizeof rendezvous->run);
}

void
hark_rendezvous_free (HarkRendezvous *rendezvous)
{
  if (!rendezvous)
    return;
  g_ptr_array_unref (rendezvous->audiences);
  hark_points_free (rendezvous->points);
  g_ptr_array_unref (rendezvous->finds);
  g_queue_clear_full (&rendezvous->events, g_free);
  hark_locked_free (rendezvous);
}

/* By our own clock. */
static int64_t
own_wall_ms (const HarkRendezvous *rendezvous, HarkTime now)
{
  return rendezvous->wall_ms + (int64_t) (hark_time_since (now, rendezvous->wall_at) / HARK_MS);
}

int64_t
hark_rendezvous_wall_ms (const HarkRendezvous *rendezvous, HarkTime now)
{
  return own_wall_ms (rendezvous, now) + rendezvous->correction_s * 1000;
}

bool
hark_rendezvous_get_skew (const HarkRendezvous *rendezvous, int64_t *ret_s)
{
  return hark_clock_get_skew (&rendezvous->clock, ret_s);
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

static void
push_event (HarkRendezvous *rendezvous, HarkRendezvousEvent event)
{
  g_queue_push_tail (&rendezvous->events, g_memdup2 (&event, sizeof event));
}

static bool
has_nodes (const HarkRendezvous *rendezvous)
{
  HarkDhtStatus status;

  hark_dht_get_status (rendezvous->dht, &status);
  return status.nodes[0] + status.nodes[1] > 0;
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

/* As soon as a point stands there. */
static void
publish_soon (HarkRendezvous *rendezvous, HarkTime now)
{
  for (guint i = 0; i < rendezvous->audiences->len; i++) {
    Audience *audience = g_ptr_array_index (rendezvous->audiences, i);

    audience->stored = false;
    audience->next_put = hark_time_min (audience->next_put, now + SETTLE_FIRST);
  }
}

void
hark_rendezvous_set_direct (HarkRendezvous *rendezvous, const HarkEndpoint direct[2], HarkTime now)
{
  bool same = true;

  for (size_t i = 0; i < G_N_ELEMENTS (rendezvous->direct); i++)
    same = same
           && (rendezvous->direct[i].family == direct[i].family
               && hark_endpoint_equal (&rendezvous->direct[i], &direct[i]));
  if (same)
    return;
  memcpy (rendezvous->direct, direct, sizeof rendezvous->direct);
  hark_points_set_direct (rendezvous->points, direct[0].family || direct[1].family);
  touch_records (rendezvous, now);
}

void
hark_rendezvous_set_own (HarkRendezvous *rendezvous,
                         const HarkEndpoint *own,
                         size_t n,
                         HarkTime now)
{
  bool same = n == rendezvous->n_own;

  g_assert (rendezvous->config.local && n <= G_N_ELEMENTS (rendezvous->own));
  for (size_t i = 0; i < n && same; i++)
    same = hark_endpoint_equal (&own[i], &rendezvous->own[i]);
  if (same)
    return;
  memcpy (rendezvous->own, own, n * sizeof *own);
  rendezvous->n_own = (unsigned) n;
  hark_dht_set_own_handle (rendezvous->dht, rendezvous->own_handle);
  hark_dht_set_quiet_handle (rendezvous->dht, rendezvous->quiet_handle);
  for (guint i = 0; i < rendezvous->audiences->len; i++) {
    Audience *audience = g_ptr_array_index (rendezvous->audiences, i);

    audience->next_put = hark_time_min (audience->next_put, now);
  }
}

/* A local network has grown: while it is small, everybody is given our records at once. */
static void
note_growth (HarkRendezvous *rendezvous, HarkTime now)
{
  HarkDhtStatus status;
  unsigned nodes;

  hark_dht_get_status (rendezvous->dht, &status);
  nodes = status.nodes[0] + status.nodes[1];
  for (guint i = 0; nodes > rendezvous->nodes && i < rendezvous->audiences->len; i++) {
    Audience *audience = g_ptr_array_index (rendezvous->audiences, i);
    HarkTime spacing = nodes <= LOCAL_SMALL ? LOCAL_SPACING : PUT_SPACING;

    audience->next_put
      = hark_time_min (audience->next_put, MAX (now, hark_time_add (audience->last_put, spacing)));
  }
  rendezvous->nodes = nodes;
}

void
hark_rendezvous_moved (HarkRendezvous *rendezvous, HarkTime now)
{
  hark_points_moved (rendezvous->points, now);
  hark_points_take_change (rendezvous->points);
  rendezvous->started = now; /* records wait a moment for the first point, as after a start */
  publish_soon (rendezvous, now);
}

unsigned
hark_rendezvous_get_points (const HarkRendezvous *rendezvous, HarkEndpoint *ret)
{
  HarkRecordPoint points[HARK_POINTS_WANTED];
  unsigned n = hark_points_fill (rendezvous->points, HARK_HANDLE_CONTACTS, points);

  for (unsigned i = 0; i < n; i++)
    ret[i] = points[i].endpoint;
  return n;
}

/* ---- the time of day ------------------------------------------------------------- */

/* Most others say that our clock is wrong, or no longer so: everything that depends on the day is
 * done anew. */
static void
correct_clock (HarkRendezvous *rendezvous, HarkTime now)
{
  int64_t correction = hark_clock_get_correction (&rendezvous->clock);

  if (ABS (correction - rendezvous->correction_s) <= HARK_CLOCK_AGREE_S)
    return;
  g_debug ("our clock is off by %" G_GINT64_FORMAT " s", correction);
  rendezvous->correction_s = correction;
  push_event (rendezvous, (HarkRendezvousEvent){.clock_changed = true});
  publish_soon (rendezvous, now);
}

static void
hear_clock (HarkRendezvous *rendezvous, const HarkEndpoint *source, int64_t theirs_s, HarkTime now)
{
  hark_clock_hear (&rendezvous->clock, source, theirs_s, own_wall_ms (rendezvous, now) / 1000);
  correct_clock (rendezvous, now);
}

void
hark_rendezvous_set_wall (HarkRendezvous *rendezvous, int64_t wall_ms, HarkTime now)
{
  int64_t passed_ms = wall_ms - own_wall_ms (rendezvous, now);

  rendezvous->wall_ms = wall_ms;
  rendezvous->wall_at = now;
  /* it was set right, or wrong: who told us their time will say so again */
  hark_clock_shift (&rendezvous->clock, passed_ms / 1000);
  rendezvous->correction_s = hark_clock_get_correction (&rendezvous->clock);
}

/* ---- our records ----------------------------------------------------------------- */

static HarkHandleKind
handle_kind (const Audience *audience)
{
  return audience->contacts ? HARK_HANDLE_CONTACTS : HARK_HANDLE_STRANGERS;
}

/* On a local network: contacts are told where we are; who may only ask learns that we are there. */
static void
fill_local_points (const HarkRendezvous *rendezvous, const Audience *audience, HarkRecord *ret)
{
  if (!audience->contacts) {
    ret->points[ret->n_points++].kind = HARK_POINT_AROUND;
    memcpy (ret->points[0].handle, rendezvous->quiet_handle, sizeof ret->points[0].handle);
    return;
  }
  for (unsigned i = 0; i < rendezvous->n_own; i++) {
    HarkRecordPoint *point = &ret->points[ret->n_points++];

    *point = (HarkRecordPoint){.kind = HARK_POINT_DIRECT, .endpoint = rendezvous->own[i]};
    memcpy (point->handle, rendezvous->own_handle, sizeof point->handle);
  }
}

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
  if (rendezvous->config.local) {
    fill_local_points (rendezvous, audience, ret);
    return;
  }
  ret->n_points
    = (uint8_t) hark_points_fill (rendezvous->points, handle_kind (audience), ret->points);
  if (ret->n_points == 0)
    ret->flags |= HARK_RECORD_MAILBOX;
  /* strangers are never told where we are */
  for (size_t i = 0; audience->contacts && i < G_N_ELEMENTS (rendezvous->direct); i++)
    if (rendezvous->direct[i].family) {
      HarkRecordPoint *point = &ret->points[ret->n_points++];

      *point = (HarkRecordPoint){.kind = HARK_POINT_DIRECT, .endpoint = rendezvous->direct[i]};
      memcpy (point->handle, hark_points_handle (rendezvous->points, HARK_HANDLE_CONTACTS),
              sizeof point->handle);
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
  if (rendezvous->config.local)
    return rendezvous->n_own > 0; /* whoever comes asks us, too */
  return has_nodes (rendezvous)
         && (rendezvous->leaving || hark_points_count (rendezvous->points) > 0
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

/* Handles change once a day, and records are put into the next slot an hour before it begins. */
static void
check_epochs (HarkRendezvous *rendezvous, HarkTime now)
{
  uint64_t now_s = wall_s (rendezvous, now);

  rendezvous->next_epoch_check = rendezvous->audiences->len ? now + EPOCH_CHECK : HARK_TIME_NEVER;
  hark_points_set_epoch (rendezvous->points, hark_slot_epoch (&rendezvous->day_token, now_s), now);
  for (guint i = 0; i < rendezvous->audiences->len; i++) {
    Audience *audience = g_ptr_array_index (rendezvous->audiences, i);
    uint64_t ahead = hark_slot_epoch (&audience->token, now_s + EPOCH_EDGE_S);

    if (audience->epoch_ahead && audience->epoch_ahead != ahead)
      audience->next_put = hark_time_min (audience->next_put, now);
    audience->epoch_ahead = ahead;
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
hark_rendezvous_open (
  HarkRendezvous *rendezvous, const HarkToken *token, bool contacts, bool requests, HarkTime now)
{
  Audience *audience;
  guint at;

  if (find_audience (rendezvous, token, &at)
      || rendezvous->audiences->len >= HARK_RENDEZVOUS_AUDIENCES)
    return;

  audience = g_new0 (Audience, 1);
  audience->token = *token;
  audience->contacts = contacts;
  audience->requests = requests;
  audience->seq_floor = -1;
  audience->retry = RETRY_FIRST;
  audience->next_put = now;
  g_ptr_array_add (rendezvous->audiences, audience);
  hark_points_set_wanted (rendezvous->points, !rendezvous->config.local, now);
  check_epochs (rendezvous, now);
}

static void
say_goodbye (HarkRendezvous *rendezvous, Audience *audience, HarkTime now)
{
  HarkRecord record;
  bool leaving = rendezvous->leaving;

  if (audience->last_put == 0 || (!has_nodes (rendezvous) && !rendezvous->config.local))
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

  if (event->acks == 0 && !(rendezvous->config.local && event->own_copy)) {
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
  find->get = hark_dht_get_mutable (
    rendezvous->dht, find->slot, NULL, 0,
    find->epochs[find->at - 1] == find->epoch_known ? find->seq_known : -1, find->urgent, now);
  return find->get != 0;
}

uint32_t
hark_rendezvous_find (HarkRendezvous *rendezvous,
                      const HarkKey *account,
                      const HarkToken *token,
                      const HarkRendezvousKnown *known,
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
  find->seq_known = known ? known->seq : -1;
  find->epoch_known = known ? known->epoch : 0;
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
  HarkRendezvousEvent found = {
    .find = find->number,
    .found = true,
    .known = {.seq = event->seq, .epoch = find->epochs[find->at - 1]},
  };
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
    find->unchanged |= event->kind == HARK_DHT_EVENT_GET_DONE && event->unchanged;
    if (event->kind == HARK_DHT_EVENT_GET_DONE
        && (find->found || find->unchanged || !find_step (rendezvous, find, now))) {
      push_event (rendezvous, (HarkRendezvousEvent){.find = find->number,
                                                    .done = true,
                                                    .unchanged = !find->found && find->unchanged});
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
  if (rendezvous->config.local && event->kind == HARK_DHT_EVENT_STATUS)
    note_growth (rendezvous, now);
  switch (event->kind) {
  case HARK_DHT_EVENT_CLOCK:
    if (rendezvous->config.local)
      return true; /* too few to know better than our own */
    hear_clock (rendezvous, &event->endpoint, event->clock_s, now);
    return true;
  case HARK_DHT_EVENT_VALUE:
  case HARK_DHT_EVENT_GET_DONE:
  case HARK_DHT_EVENT_STORED:
  case HARK_DHT_EVENT_PUT_DONE:
    return handle_find_event (rendezvous, event, now)
           || handle_audience_event (rendezvous, event, now);
  default:
    if (!hark_points_handle_dht (rendezvous->points, event, now))
      return false;
    if (hark_points_take_change (rendezvous->points))
      touch_records (rendezvous, now);
    return true;
  }
}

void
hark_rendezvous_handle_time (HarkRendezvous *rendezvous, HarkTime now)
{
  if (rendezvous->next_epoch_check <= now)
    check_epochs (rendezvous, now);
  hark_points_handle_time (rendezvous->points, now);
  if (hark_points_take_change (rendezvous->points))
    touch_records (rendezvous, now);
  publish_due (rendezvous, now);
}

HarkTime
hark_rendezvous_get_deadline (const HarkRendezvous *rendezvous)
{
  HarkTime deadline
    = hark_time_min (hark_points_get_deadline (rendezvous->points), rendezvous->next_epoch_check);

  if (rendezvous->config.local ? rendezvous->n_own == 0 : !has_nodes (rendezvous))
    return deadline;
  for (guint i = 0; i < rendezvous->audiences->len; i++) {
    const Audience *audience = g_ptr_array_index (rendezvous->audiences, i);
    HarkTime due = audience->next_put;

    if (audience->puts[0] || audience->look)
      continue;
    if (hark_points_count (rendezvous->points) == 0 && !rendezvous->config.local)
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
