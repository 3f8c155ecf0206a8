#define G_LOG_DOMAIN "hark-rendezvous"

#include "net/rendezvous/rendezvous.h"

#include "net/base/locked.h"
#include "net/rendezvous/days.h"
#include "net/rendezvous/find.h"
#include "net/rendezvous/publish.h"
#include "net/rendezvous/watch.h"

#include <string.h>

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
  rendezvous->audiences = g_ptr_array_new_with_free_func (
    (GDestroyNotify) (void (*) (void)) hark_publish_audience_free);
  rendezvous->finds
    = g_ptr_array_new_with_free_func ((GDestroyNotify) (void (*) (void)) hark_find_free);
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
  hark_slot_cache_free (rendezvous->slots);
  g_queue_clear_full (&rendezvous->events, g_free);
  hark_locked_free (rendezvous);
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
  hark_publish_touch (rendezvous, now);
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
    HarkAudience *audience = g_ptr_array_index (rendezvous->audiences, i);

    audience->next_put = hark_time_min (audience->next_put, now);
  }
}

void
hark_rendezvous_moved (HarkRendezvous *rendezvous, HarkTime now)
{
  hark_points_moved (rendezvous->points, now);
  hark_points_take_change (rendezvous->points);
  rendezvous->started = now; /* records wait a moment for the first point, as after a start */
  hark_publish_soon (rendezvous, now);
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

void
hark_rendezvous_set_wall (HarkRendezvous *rendezvous, int64_t wall_ms, HarkTime now)
{
  int64_t passed_ms = wall_ms - hark_days_own_ms (rendezvous, now);

  rendezvous->wall_ms = wall_ms;
  rendezvous->wall_at = now;
  /* it was set right, or wrong: who told us their time will say so again */
  hark_clock_shift (&rendezvous->clock, passed_ms / 1000);
  hark_days_update (rendezvous, now);
}

/* Something was heard about our clock. */
static void
weigh_clock (HarkRendezvous *rendezvous, HarkTime now)
{
  if (!hark_days_update (rendezvous, now))
    return;
  hark_find_push (rendezvous, (HarkRendezvousEvent){.clock_changed = true});
  hark_publish_soon (rendezvous, now);
}

void
hark_rendezvous_hear_record (HarkRendezvous *rendezvous,
                             const HarkKey *account,
                             const HarkRecord *record,
                             HarkTime now)
{
  hark_clock_hear_record (&rendezvous->clock, account, record->made,
                          hark_days_own_ms (rendezvous, now) / 1000);
  weigh_clock (rendezvous, now);
}

bool
hark_rendezvous_handle_dht (HarkRendezvous *rendezvous, const HarkDhtEvent *event, HarkTime now)
{
  if (rendezvous->config.local && event->kind == HARK_DHT_EVENT_STATUS)
    hark_publish_grew (rendezvous, now);
  switch (event->kind) {
  case HARK_DHT_EVENT_CLOCK:
    if (rendezvous->config.local)
      return true; /* too few to know better than our own */
    hark_clock_hear (&rendezvous->clock, &event->endpoint, event->clock_s,
                     hark_days_own_ms (rendezvous, now) / 1000);
    weigh_clock (rendezvous, now);
    return true;
  case HARK_DHT_EVENT_VALUE:
  case HARK_DHT_EVENT_GET_DONE:
  case HARK_DHT_EVENT_STORED:
  case HARK_DHT_EVENT_PUT_DONE:
    if (!hark_find_handle_dht (rendezvous, event, now))
      return hark_publish_handle_dht (rendezvous, event, now);
    hark_watch_judge (rendezvous, now);
    return true;
  default:
    if (!hark_points_handle_dht (rendezvous->points, event, now))
      return false;
    if (hark_points_take_change (rendezvous->points))
      hark_publish_touch (rendezvous, now);
    return true;
  }
}

void
hark_rendezvous_handle_time (HarkRendezvous *rendezvous, HarkTime now)
{
  if (rendezvous->next_epoch_check <= now)
    hark_publish_check_days (rendezvous, now);
  hark_points_handle_time (rendezvous->points, now);
  if (hark_points_take_change (rendezvous->points))
    hark_publish_touch (rendezvous, now);
  hark_publish_due (rendezvous, now);
}

HarkTime
hark_rendezvous_get_deadline (const HarkRendezvous *rendezvous)
{
  return hark_time_min (
    hark_time_min (hark_points_get_deadline (rendezvous->points), rendezvous->next_epoch_check),
    hark_publish_get_deadline (rendezvous));
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
