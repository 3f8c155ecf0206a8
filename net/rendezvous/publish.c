#define G_LOG_DOMAIN "hark-rendezvous"

#include "net/rendezvous/publish.h"

#include "net/rendezvous/days.h"

#include <stdio.h>
#include <string.h>

#define VALUE_LEN_MAX (HARK_RECORD_VALUE_LEN_MAX + 4) /* with its length, as a byte string */

#define SETTLE_FIRST (60 * HARK_MS)      /* for more points, before anything was published */
#define SETTLE_LATER (5 * HARK_SECOND)   /* for more changes, afterwards */
#define PUT_SPACING (20 * HARK_SECOND)   /* between puts of one record */
#define SETTLE_ADRIFT (200 * HARK_MS)    /* what was published leads nowhere: at once, */
#define ADRIFT_SPACING (2 * HARK_SECOND) /* whatever was put last */
#define REFRESH (30 * HARK_MINUTE)
#define REFRESH_SPREAD (5 * HARK_MINUTE)
#define REPAIR (10 * HARK_MINUTE)     /* after a put: nodes that hold it may have gone */
#define RETRY_FIRST (1 * HARK_SECOND) /* a put reached nobody */
#define RETRY_MAX (60 * HARK_SECOND)
#define WITHOUT_POINTS (3 * HARK_SECOND) /* then a record without points is better than none */
#define LOCAL_SPACING (2 * HARK_SECOND)  /* between puts of one record on a small local network */
#define LOCAL_SMALL 16                   /* nodes of such a network */
#define EPOCH_CHECK HARK_MINUTE

void
hark_publish_audience_free (HarkAudience *audience)
{
  hark_token_clear (&audience->token);
  g_free (audience);
}

bool
hark_publish_has_nodes (const HarkRendezvous *rendezvous)
{
  HarkDhtStatus status;

  hark_dht_get_status (rendezvous->dht, &status);
  return status.nodes[0] + status.nodes[1] > 0;
}

void
hark_publish_touch (HarkRendezvous *rendezvous, HarkTime now)
{
  for (guint i = 0; i < rendezvous->audiences->len; i++) {
    HarkAudience *audience = g_ptr_array_index (rendezvous->audiences, i);
    HarkTime due = now + (audience->stored ? SETTLE_LATER : SETTLE_FIRST);

    audience->adrift |= audience->with_points && hark_points_count (rendezvous->points) == 0;
    if (audience->adrift && hark_points_count (rendezvous->points) > 0)
      due = MAX (now + SETTLE_ADRIFT, audience->last_put + ADRIFT_SPACING);
    else if (audience->stored)
      due = MAX (due, audience->last_put + PUT_SPACING);
    audience->next_put = hark_time_min (audience->next_put, due);
  }
}

void
hark_publish_soon (HarkRendezvous *rendezvous, HarkTime now)
{
  for (guint i = 0; i < rendezvous->audiences->len; i++) {
    HarkAudience *audience = g_ptr_array_index (rendezvous->audiences, i);

    audience->stored = false;
    audience->next_put = hark_time_min (audience->next_put, now + SETTLE_FIRST);
  }
}

void
hark_publish_grew (HarkRendezvous *rendezvous, HarkTime now)
{
  HarkDhtStatus status;
  unsigned nodes;

  hark_dht_get_status (rendezvous->dht, &status);
  nodes = status.nodes[0] + status.nodes[1];
  for (guint i = 0; nodes > rendezvous->nodes && i < rendezvous->audiences->len; i++) {
    HarkAudience *audience = g_ptr_array_index (rendezvous->audiences, i);
    HarkTime spacing = nodes <= LOCAL_SMALL ? LOCAL_SPACING : PUT_SPACING;

    audience->next_put
      = hark_time_min (audience->next_put, MAX (now, hark_time_add (audience->last_put, spacing)));
  }
  rendezvous->nodes = nodes;
}

static HarkHandleKind
handle_kind (const HarkAudience *audience)
{
  return audience->contacts ? HARK_HANDLE_CONTACTS : HARK_HANDLE_STRANGERS;
}

/* On a local network: contacts are told where we are; who may only ask learns that we are there. */
static void
fill_local_points (const HarkRendezvous *rendezvous, const HarkAudience *audience, HarkRecord *ret)
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
fill_record (HarkRendezvous *rendezvous,
             const HarkAudience *audience,
             HarkTime now,
             HarkRecord *ret)
{
  *ret = (HarkRecord){0};
  ret->made = (uint32_t) hark_days_now_s (rendezvous, now);
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

/* Signs and puts the record of @audience into the slot of @epoch. */
static HarkDhtOperation
put_record (HarkRendezvous *rendezvous,
            HarkAudience *audience,
            uint64_t epoch,
            const HarkRecord *record,
            HarkDhtItem *ret_kept,
            HarkTime now)
{
  HarkSlotNetwork network = hark_days_network (rendezvous);
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
  if (ret_kept) {
    memcpy (audience->kept_value, value, item.value_len);
    item.value = audience->kept_value;
    *ret_kept = item;
  }
  hark_slot_clear (&slot);
  return put;
}

/* Looks what stands in our own slot, in one that we share with other computers of ours. */
static void
watch (HarkRendezvous *rendezvous, const HarkAudience *audience, HarkTime now)
{
  if (audience->contacts && !rendezvous->config.local && rendezvous->watch.find == 0
      && !rendezvous->leaving)
    rendezvous->watch.find = hark_rendezvous_find (rendezvous, &rendezvous->config.account,
                                                   &audience->token, NULL, false, now);
}

static void
publish (HarkRendezvous *rendezvous, HarkAudience *audience, HarkTime now)
{
  uint64_t now_s = hark_days_now_s (rendezvous, now);
  uint64_t epoch = hark_slot_epoch (&audience->token, now_s);
  uint64_t next = epoch, other_s, other;
  HarkRecord record;

  if (audience->last_put == 0)
    watch (rendezvous, audience, now);
  fill_record (rendezvous, audience, now, &record);
  audience->with_points = record.n_points > 0;
  audience->adrift &= !audience->with_points;
  audience->last_put = now;
  audience->next_put
    = now + REFRESH - REFRESH_SPREAD + hark_rng_below (&rendezvous->rng, 2 * REFRESH_SPREAD);
  audience->puts[0] = put_record (rendezvous, audience, epoch, &record, &audience->kept, now);
  audience->next_repair = now + REPAIR;
  audience->puts[1] = audience->puts[2] = 0;
  /* readers move on when their clock says so: be in the next slot early, leave the last one late */
  if (hark_days_near (&audience->token, now_s, epoch, &next) && next > epoch)
    audience->puts[1] = put_record (rendezvous, audience, next, &record, NULL, now);
  if (hark_days_other_s (rendezvous, now, &other_s)) {
    other = hark_slot_epoch (&audience->token, other_s);
    if (other != epoch && other != next)
      audience->puts[2] = put_record (rendezvous, audience, other, &record, NULL, now);
  }
  if (audience->puts[0] == 0)
    audience->next_put = now + RETRY_FIRST;
}

/* Nothing is published before there is a point to name, unless none turns up. */
static bool
may_publish (const HarkRendezvous *rendezvous, HarkTime now)
{
  if (rendezvous->config.local)
    return rendezvous->n_own > 0; /* whoever comes asks us, too */
  return hark_publish_has_nodes (rendezvous)
         && (rendezvous->leaving || hark_points_count (rendezvous->points) > 0
             || hark_time_since (now, rendezvous->started) >= WITHOUT_POINTS);
}

/* On a local network everybody is given a copy as it is. */
static bool
may_repair (const HarkRendezvous *rendezvous, const HarkAudience *audience)
{
  return !rendezvous->config.local && audience->stored && audience->puts[0] == 0
         && audience->look == 0 && audience->repair == 0;
}

void
hark_publish_due (HarkRendezvous *rendezvous, HarkTime now)
{
  if (!may_publish (rendezvous, now))
    return;
  for (guint i = 0; i < rendezvous->audiences->len; i++) {
    HarkAudience *audience = g_ptr_array_index (rendezvous->audiences, i);

    if (audience->next_put <= now && audience->puts[0] == 0 && audience->look == 0)
      publish (rendezvous, audience, now);
    else if (may_repair (rendezvous, audience) && audience->next_repair <= now) {
      audience->next_repair = now + REPAIR;
      audience->repair = hark_dht_repair_mutable (rendezvous->dht, &audience->kept, now);
    }
  }
}

void
hark_publish_check_days (HarkRendezvous *rendezvous, HarkTime now)
{
  uint64_t now_s = hark_days_now_s (rendezvous, now);

  rendezvous->next_epoch_check = rendezvous->audiences->len ? now + EPOCH_CHECK : HARK_TIME_NEVER;
  hark_points_set_epoch (rendezvous->points, hark_slot_epoch (&rendezvous->day_token, now_s), now);
  for (guint i = 0; i < rendezvous->audiences->len; i++) {
    HarkAudience *audience = g_ptr_array_index (rendezvous->audiences, i);
    uint64_t ahead = hark_slot_epoch (&audience->token, now_s + HARK_DAYS_EDGE_S);

    if (audience->epoch_ahead && audience->epoch_ahead != ahead)
      audience->next_put = hark_time_min (audience->next_put, now);
    audience->epoch_ahead = ahead;
  }
}

static HarkAudience *
find_audience (HarkRendezvous *rendezvous, const HarkToken *token, guint *ret_index)
{
  for (guint i = 0; i < rendezvous->audiences->len; i++) {
    HarkAudience *audience = g_ptr_array_index (rendezvous->audiences, i);

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
  HarkAudience *audience;
  guint at;

  if (rendezvous->retired || find_audience (rendezvous, token, &at)
      || rendezvous->audiences->len >= HARK_RENDEZVOUS_AUDIENCES)
    return;

  audience = g_new0 (HarkAudience, 1);
  audience->token = *token;
  audience->contacts = contacts;
  audience->requests = requests;
  audience->seq_floor = -1;
  audience->retry = RETRY_FIRST;
  audience->next_put = now;
  g_ptr_array_add (rendezvous->audiences, audience);
  hark_points_set_wanted (rendezvous->points, !rendezvous->config.local, now);
  hark_publish_check_days (rendezvous, now);
}

static void
say_goodbye (HarkRendezvous *rendezvous, HarkAudience *audience, HarkTime now)
{
  HarkRecord record;
  bool leaving = rendezvous->leaving;

  if (audience->last_put == 0
      || (!hark_publish_has_nodes (rendezvous) && !rendezvous->config.local))
    return;
  rendezvous->leaving = true;
  fill_record (rendezvous, audience, now, &record);
  put_record (rendezvous, audience,
              hark_slot_epoch (&audience->token, hark_days_now_s (rendezvous, now)), &record, NULL,
              now);
  rendezvous->leaving = leaving;
}

void
hark_rendezvous_close (HarkRendezvous *rendezvous, const HarkToken *token, HarkTime now)
{
  guint at;
  HarkAudience *audience = find_audience (rendezvous, token, &at);

  if (!audience)
    return;
  say_goodbye (rendezvous, audience, now);
  g_ptr_array_remove_index_fast (rendezvous->audiences, at);
}

void
hark_rendezvous_retire (HarkRendezvous *rendezvous)
{
  rendezvous->retired = true;
  g_ptr_array_set_size (rendezvous->audiences, 0);
}

void
hark_publish_over (HarkRendezvous *rendezvous, const HarkToken *token, int64_t seq, HarkTime now)
{
  guint at;
  HarkAudience *audience = find_audience (rendezvous, token, &at);

  if (!audience || seq <= audience->seq_floor)
    return;
  audience->seq_floor = seq;
  audience->next_put
    = hark_time_min (audience->next_put, MAX (now, audience->last_put + ADRIFT_SPACING));
}

void
hark_publish_for (HarkRendezvous *rendezvous,
                  const HarkToken *token,
                  const HarkRecord *record,
                  int64_t seq,
                  HarkTime now)
{
  guint at;
  HarkAudience *audience = find_audience (rendezvous, token, &at);

  if (audience && audience->last_put > 0 && seq < audience->seq_floor)
    put_record (rendezvous, audience, hark_slot_epoch (token, hark_days_now_s (rendezvous, now)),
                record, NULL, now);
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
    if (!((const HarkAudience *) g_ptr_array_index (rendezvous->audiences, i))->stored)
      return false;
  return rendezvous->audiences->len > 0;
}

/* Somebody holds a newer one: ours, written before this clock was set back, or before a restore. */
static void
look_at_slot (HarkRendezvous *rendezvous, HarkAudience *audience, HarkTime now)
{
  HarkSlotNetwork network = hark_days_network (rendezvous);
  HarkSlot slot;

  hark_slot_own (&rendezvous->config.account_seed, &audience->token,
                 hark_slot_epoch (&audience->token, hark_days_now_s (rendezvous, now)), &network,
                 &slot);
  audience->look
    = hark_dht_get_mutable (rendezvous->dht, slot.key, NULL, 0, audience->seq_floor, false, now);
  hark_slot_clear (&slot);
}

/* A put of @audience ended. */
static void
handle_put_done (HarkRendezvous *rendezvous,
                 HarkAudience *audience,
                 const HarkDhtEvent *event,
                 HarkTime now)
{
  /* readers believe the highest number, whoever else took ours */
  if (event->conflict)
    look_at_slot (rendezvous, audience, now);
  if (event->conflict && event->acks == 0) {
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

bool
hark_publish_handle_dht (HarkRendezvous *rendezvous, const HarkDhtEvent *event, HarkTime now)
{
  for (guint i = 0; i < rendezvous->audiences->len; i++) {
    HarkAudience *audience = g_ptr_array_index (rendezvous->audiences, i);

    if (audience->repair && event->operation == audience->repair) {
      if (event->kind == HARK_DHT_EVENT_PUT_DONE) {
        audience->repair = 0;
        if (event->conflict)
          watch (rendezvous, audience, now);
      }
      return true;
    }
    if (audience->look && event->operation == audience->look) {
      if (event->kind == HARK_DHT_EVENT_GET_DONE) {
        audience->look = 0;
        if (event->found && event->seq > audience->seq_floor) {
          audience->seq_floor = event->seq;
          audience->next_put = now;
        }
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

HarkTime
hark_publish_get_deadline (const HarkRendezvous *rendezvous)
{
  HarkTime deadline = HARK_TIME_NEVER;

  if (rendezvous->config.local ? rendezvous->n_own == 0 : !hark_publish_has_nodes (rendezvous))
    return deadline;
  for (guint i = 0; i < rendezvous->audiences->len; i++) {
    const HarkAudience *audience = g_ptr_array_index (rendezvous->audiences, i);
    HarkTime due = audience->next_put;

    if (audience->puts[0] || audience->look)
      continue;
    if (hark_points_count (rendezvous->points) == 0 && !rendezvous->config.local)
      due = MAX (due, rendezvous->started + WITHOUT_POINTS);
    deadline = hark_time_min (deadline, due);
    if (may_repair (rendezvous, audience))
      deadline = hark_time_min (deadline, audience->next_repair);
  }
  return deadline;
}
