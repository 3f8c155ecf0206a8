#define G_LOG_DOMAIN "hark-rendezvous"

#include "net/rendezvous/points.h"

#include <string.h>

#define PICK_AGAIN (2 * HARK_SECOND) /* those asked refused */
#define PICK_EMPTY HARK_MINUTE       /* nobody to ask: the DHT says when there is */
#define PICK_AGAIN_MAX HARK_MINUTE
#define SMALL_NETWORK 64 /* nodes: here most are Hark's, and any may be asked */
#define TEST_LEN 80      /* bytes */
#define CHOICE_TIME                                                             \
  (500 * HARK_MS) /* enough stand: how long others may still come into question \
                   */
#define LEAVE_AFTER (30 * HARK_SECOND) /* by then no record that we publish names it any more */

typedef struct {
  HarkEndpoint endpoint;
  bool kept;
  bool chosen;     /* it stays as long as it lives */
  unsigned load;   /* registrations beside ours, as it says */
  HarkTime leaves; /* not chosen: when it is let go, for records may name it; else NEVER */
  HarkTime next_test;
  HarkDhtOperation test; /* running knock at ourselves */
  uint8_t x[TEST_LEN];   /* of it */
  unsigned failures;
} Point;

typedef struct {
  uint8_t now[HARK_DHT_HANDLE_LEN];
  uint8_t before[HARK_DHT_HANDLE_LEN];
  HarkTime before_until; /* 0: there is none */
} Handle;

struct HarkPoints {
  HarkDht *dht;         /* borrowed */
  HarkHelpers *helpers; /* borrowed; nullable */
  HarkRng rng;
  bool has_epoch;
  uint64_t epoch;
  Handle handles[HARK_HANDLE_KINDS];
  GArray *points; /* of Point */
  HarkEndpoint bad[HARK_POINTS_BAD];
  unsigned n_bad;
  HarkTime choose_by; /* NEVER: nothing is to be chosen */
  HarkTime next_pick;
  HarkTime pick_interval; /* for nodes that are not known to be Hark's */
  HarkTime next_guess;
  bool wanted;
  bool direct;
  bool changed;
};

static void
draw_handle (HarkPoints *points, Handle *handle)
{
  hark_rng_bytes (&points->rng, handle->now, sizeof handle->now);
}

HarkPoints *
hark_points_new (HarkDht *dht, HarkHelpers *helpers, HarkRng *rng)
{
  HarkPoints *points = g_new0 (HarkPoints, 1);

  points->dht = dht;
  points->helpers = helpers;
  hark_rng_fork (rng, &points->rng);
  for (int i = 0; i < HARK_HANDLE_KINDS; i++)
    draw_handle (points, &points->handles[i]);
  points->points = g_array_new (FALSE, TRUE, sizeof (Point));
  points->choose_by = points->next_pick = HARK_TIME_NEVER;
  points->pick_interval = PICK_AGAIN;
  return points;
}

void
hark_points_free (HarkPoints *points)
{
  if (!points)
    return;
  g_array_unref (points->points);
  hark_rng_clear (&points->rng);
  g_free (points);
}

/* ---- handles --------------------------------------------------------------------- */

/* Those to be registered, one behind the other. */
static size_t
list_handles (const HarkPoints *points, uint8_t ret[HARK_DHT_HANDLES_MAX * HARK_DHT_HANDLE_LEN])
{
  size_t n = 0;

  for (int i = 0; i < HARK_HANDLE_KINDS; i++)
    memcpy (ret + HARK_DHT_HANDLE_LEN * n++, points->handles[i].now, HARK_DHT_HANDLE_LEN);
  for (int i = 0; i < HARK_HANDLE_KINDS; i++)
    if (points->handles[i].before_until)
      memcpy (ret + HARK_DHT_HANDLE_LEN * n++, points->handles[i].before, HARK_DHT_HANDLE_LEN);
  return n;
}

static bool
register_at (HarkPoints *points, const HarkEndpoint *endpoint, HarkTime now)
{
  uint8_t handles[HARK_DHT_HANDLES_MAX * HARK_DHT_HANDLE_LEN];
  size_t n = list_handles (points, handles);

  return hark_dht_keep (points->dht, endpoint, handles, n, now);
}

static void
tell_own_handles (HarkPoints *points)
{
  const Handle *contacts = &points->handles[HARK_HANDLE_CONTACTS];

  hark_dht_set_own_handle (points->dht, NULL);
  if (!points->direct)
    return;
  hark_dht_set_own_handle (points->dht, contacts->now);
  if (contacts->before_until)
    hark_dht_set_own_handle (points->dht, contacts->before);
}

static void
register_everywhere (HarkPoints *points, HarkTime now)
{
  tell_own_handles (points);
  for (guint i = 0; i < points->points->len; i++)
    register_at (points, &g_array_index (points->points, Point, i).endpoint, now);
}

void
hark_points_set_epoch (HarkPoints *points, uint64_t epoch, HarkTime now)
{
  bool changes = points->has_epoch && points->epoch != epoch;

  points->has_epoch = true;
  points->epoch = epoch;
  if (!changes)
    return;
  for (int i = 0; i < HARK_HANDLE_KINDS; i++) {
    Handle *handle = &points->handles[i];

    memcpy (handle->before, handle->now, sizeof handle->before);
    handle->before_until = now + HARK_POINTS_OLD_HANDLE;
    draw_handle (points, handle);
  }
  register_everywhere (points, now);
  points->changed = true;
}

void
hark_points_set_direct (HarkPoints *points, bool direct)
{
  points->direct = direct;
  tell_own_handles (points);
}

void
hark_points_moved (HarkPoints *points, HarkTime now)
{
  for (int i = 0; i < HARK_HANDLE_KINDS; i++) {
    points->handles[i].before_until = 0;
    draw_handle (points, &points->handles[i]);
  }
  for (guint i = 0; i < points->points->len; i++) {
    Point *point = &g_array_index (points->points, Point, i);

    point->kept = false;
    hark_dht_unkeep (points->dht, &point->endpoint);
  }
  register_everywhere (points, now);
  points->changed = true;
  points->next_pick = now;
}

const uint8_t *
hark_points_handle (const HarkPoints *points, HarkHandleKind kind)
{
  return points->handles[kind].now;
}

/* ---- choosing -------------------------------------------------------------------- */

/* It is registered, and is not about to go. */
static bool
stands (const Point *point)
{
  return point->kept && point->leaves == HARK_TIME_NEVER;
}

static unsigned
count_standing (const HarkPoints *points)
{
  unsigned n = 0;

  for (guint i = 0; i < points->points->len; i++)
    n += stands (&g_array_index (points->points, Point, i));
  return n;
}

/* Those that stand and those that were asked and have not answered. */
static unsigned
count_tried (const HarkPoints *points)
{
  unsigned n = 0;

  for (guint i = 0; i < points->points->len; i++)
    n += g_array_index (points->points, Point, i).leaves == HARK_TIME_NEVER;
  return n;
}

unsigned
hark_points_count (const HarkPoints *points)
{
  return MIN (count_standing (points), HARK_POINTS_WANTED);
}

unsigned
hark_points_fill (const HarkPoints *points,
                  HarkHandleKind kind,
                  HarkRecordPoint ret[HARK_POINTS_WANTED])
{
  unsigned n = 0;

  for (guint i = 0; i < points->points->len && n < HARK_POINTS_WANTED; i++) {
    const Point *point = &g_array_index (points->points, Point, i);

    if (!stands (point))
      continue;
    ret[n] = (HarkRecordPoint){.kind = HARK_POINT_CONTACT, .endpoint = point->endpoint};
    memcpy (ret[n].handle, points->handles[kind].now, sizeof ret[n].handle);
    n++;
  }
  return n;
}

bool
hark_points_take_change (HarkPoints *points)
{
  bool changed = points->changed;

  points->changed = false;
  return changed;
}

static Point *
find_point (HarkPoints *points, const HarkEndpoint *endpoint, guint *ret_index)
{
  for (guint i = 0; i < points->points->len; i++) {
    Point *point = &g_array_index (points->points, Point, i);

    if (hark_endpoint_equal (&point->endpoint, endpoint)) {
      *ret_index = i;
      return point;
    }
  }
  return NULL;
}

static bool
is_bad (const HarkPoints *points, const HarkEndpoint *endpoint)
{
  for (unsigned i = 0; i < MIN (points->n_bad, HARK_POINTS_BAD); i++)
    if (hark_endpoint_equal (&points->bad[i], endpoint))
      return true;
  return false;
}

static bool
is_neighbour (const HarkPoints *points, const HarkEndpoint *endpoint)
{
  for (guint i = 0; i < points->points->len; i++) {
    const HarkEndpoint *other = &g_array_index (points->points, Point, i).endpoint;

    if (hark_endpoint_scope (other) == HARK_SCOPE_PUBLIC && other->family == endpoint->family
        && memcmp (other->ip, endpoint->ip, other->family == 6 ? 4 : 2) == 0)
      return true;
  }
  return false;
}

/* Tries those of @endpoints that lie in other networks than the ones we have, then the others. */
static void
try_points (HarkPoints *points, const HarkEndpoint *endpoints, size_t n, HarkTime now)
{
  for (int pass = 0; pass < 2; pass++)
    for (size_t i = 0; i < n && count_tried (points) < HARK_POINTS_TRIED; i++) {
      Point point
        = {.endpoint = endpoints[i], .leaves = HARK_TIME_NEVER, .next_test = HARK_TIME_NEVER};
      guint at;

      if (is_neighbour (points, &endpoints[i]) != (pass == 1) || is_bad (points, &endpoints[i])
          || find_point (points, &endpoints[i], &at))
        continue;
      if (register_at (points, &endpoints[i], now))
        g_array_append_val (points->points, point);
    }
}

static unsigned
count_nodes (const HarkPoints *points)
{
  HarkDhtStatus status;

  hark_dht_get_status (points->dht, &status);
  return status.nodes[0] + status.nodes[1];
}

/* Any node may be one of us. Of millions hardly one is, so they are asked rarely. */
static void
guess_points (HarkPoints *points, HarkTime now)
{
  HarkEndpoint picked[HARK_POINTS_TRIED];
  size_t n;

  if (points->next_guess > now)
    return;
  if (count_nodes (points) <= SMALL_NETWORK)
    points->pick_interval = PICK_AGAIN;
  else
    points->pick_interval = hark_time_min (points->pick_interval * 2, PICK_AGAIN_MAX);
  points->next_guess = now + points->pick_interval;
  n = hark_dht_pick_points (points->dht, HARK_POINTS_TRIED - count_tried (points), picked, now);
  try_points (points, picked, n, now);
}

/* What we were about to leave is still there. */
static void
take_back (HarkPoints *points)
{
  for (guint i = 0; i < points->points->len && count_standing (points) < HARK_POINTS_WANTED; i++) {
    Point *point = &g_array_index (points->points, Point, i);

    if (!point->kept || point->leaves == HARK_TIME_NEVER)
      continue;
    point->leaves = HARK_TIME_NEVER;
    points->changed = true;
  }
}

/* Asks for as many registrations as we lack, and some more to choose from. */
static void
pick_points (HarkPoints *points, HarkTime now)
{
  HarkEndpoint known[HARK_HELPERS_KNOWN];
  bool needed;

  take_back (points);
  needed = points->wanted && hark_points_count (points) < HARK_POINTS_WANTED;
  points->next_pick = HARK_TIME_NEVER;
  if (points->helpers)
    hark_helpers_set_needed (points->helpers, needed, now);
  if (!needed)
    return;
  points->next_pick = now + PICK_AGAIN;
  if (count_tried (points) >= HARK_POINTS_TRIED)
    return;
  if (points->helpers)
    try_points (points, known, hark_helpers_list (points->helpers, 0, known, G_N_ELEMENTS (known)),
                now);
  if (count_tried (points) < HARK_POINTS_TRIED)
    guess_points (points, now);
  if (count_tried (points) == 0 && count_nodes (points) == 0)
    points->next_pick = now + PICK_EMPTY;
}

void
hark_points_set_wanted (HarkPoints *points, bool wanted, HarkTime now)
{
  if (wanted == points->wanted)
    return;
  points->wanted = wanted;
  points->next_pick = now;
}

static Point *
most_loaded (HarkPoints *points)
{
  Point *most = NULL;

  for (guint i = 0; i < points->points->len; i++) {
    Point *point = &g_array_index (points->points, Point, i);

    if (stands (point) && !point->chosen && (!most || point->load >= most->load))
      most = point;
  }
  return most;
}

/* Asks no more from those that have not answered. */
static void
drop_silent (HarkPoints *points)
{
  for (guint i = points->points->len; i > 0; i--) {
    const Point *point = &g_array_index (points->points, Point, i - 1);

    if (point->kept)
      continue;
    hark_dht_unkeep (points->dht, &point->endpoint);
    g_array_remove_index (points->points, i - 1);
  }
}

/* Of twice as many as we lack the less loaded ones stay. Whoever lies about his load is taken twice
 * as often as he would be by chance, and not more. */
static void
choose (HarkPoints *points, HarkTime now)
{
  unsigned standing = count_standing (points), chosen = 0;

  for (guint i = 0; i < points->points->len; i++)
    chosen += stands (&g_array_index (points->points, Point, i))
              && g_array_index (points->points, Point, i).chosen;
  if (standing < HARK_POINTS_WANTED || standing == chosen) {
    points->choose_by = HARK_TIME_NEVER;
    return;
  }
  if (points->choose_by == HARK_TIME_NEVER)
    points->choose_by = now + CHOICE_TIME;
  if (standing < 2 * HARK_POINTS_WANTED - chosen && standing < count_tried (points)
      && now < points->choose_by)
    return;
  for (; standing > HARK_POINTS_WANTED; standing--)
    most_loaded (points)->leaves = now + LEAVE_AFTER;
  drop_silent (points);
  for (guint i = 0; i < points->points->len; i++)
    g_array_index (points->points, Point, i).chosen = true; /* also should one be taken back */
  points->choose_by = HARK_TIME_NEVER;
  points->changed = true;
}

static void
handle_kept (HarkPoints *points, const HarkDhtEvent *event, HarkTime now)
{
  guint at;
  Point *point = find_point (points, &event->endpoint, &at);

  if (!point)
    return;
  points->changed = true;
  if (point->kept)
    return;
  point->kept = true;
  point->load = event->load;
  point->next_test = now + HARK_POINTS_TEST / 2 + hark_rng_below (&points->rng, HARK_POINTS_TEST);
  g_debug ("a contact point keeps us: %u of %u", hark_points_count (points), HARK_POINTS_WANTED);
  choose (points, now);
  if (hark_points_count (points) >= HARK_POINTS_WANTED)
    points->next_pick = now; /* to say that nodes are not needed any more */
}

static void
lose_point (HarkPoints *points, guint at, HarkTime now)
{
  bool kept = g_array_index (points->points, Point, at).kept;

  g_array_remove_index (points->points, at);
  points->changed |= kept;
  points->next_pick = hark_time_min (points->next_pick, now);
}

/* ---- testing --------------------------------------------------------------------- */

static void
start_test (HarkPoints *points, Point *point, HarkTime now)
{
  point->next_test = now + HARK_POINTS_TEST;
  hark_rng_bytes (&points->rng, point->x, sizeof point->x);
  point->x[0] = 0; /* no packet of ours begins so */
  point->test
    = hark_dht_knock (points->dht, &point->endpoint, points->handles[HARK_HANDLE_CONTACTS].now,
                      point->x, sizeof point->x, now);
}

/* Our own knock has come back to us: what we answer must come back as well. */
static bool
handle_ring (HarkPoints *points, const HarkDhtEvent *event, HarkTime now)
{
  for (guint i = 0; i < points->points->len; i++) {
    const Point *point = &g_array_index (points->points, Point, i);

    if (point->test && event->len == sizeof point->x
        && memcmp (event->data, point->x, sizeof point->x) == 0) {
      hark_dht_ring_answer (points->dht, event->operation, point->x, sizeof point->x, now);
      return true;
    }
  }
  return false;
}

static bool
handle_test_done (HarkPoints *points, const HarkDhtEvent *event, HarkTime now)
{
  for (guint i = 0; i < points->points->len; i++) {
    Point *point = &g_array_index (points->points, Point, i);

    if (point->test == 0 || point->test != event->operation)
      continue;
    point->test = 0;
    if (event->kind == HARK_DHT_EVENT_KNOCK_ANSWER && event->len == sizeof point->x
        && memcmp (event->data, point->x, sizeof point->x) == 0) {
      point->failures = 0;
    } else if (++point->failures < 2) {
      point->next_test = now;
    } else {
      g_debug ("a contact point does not pass knocks on");
      points->bad[points->n_bad++ % HARK_POINTS_BAD] = point->endpoint;
      hark_dht_unkeep (points->dht, &point->endpoint);
      lose_point (points, i, now);
    }
    return true;
  }
  return false;
}

/* ---- doors ----------------------------------------------------------------------- */

bool
hark_points_handle_dht (HarkPoints *points, const HarkDhtEvent *event, HarkTime now)
{
  guint at;

  switch (event->kind) {
  case HARK_DHT_EVENT_STATUS:
  case HARK_DHT_EVENT_MORE:
    if (points->wanted && hark_points_count (points) < HARK_POINTS_WANTED)
      points->next_pick = now;
    return false; /* others want to know too */
  case HARK_DHT_EVENT_KEPT:
    handle_kept (points, event, now);
    return true;
  case HARK_DHT_EVENT_KEEP_LOST:
    if (find_point (points, &event->endpoint, &at))
      lose_point (points, at, now);
    return true;
  case HARK_DHT_EVENT_RING:
    return handle_ring (points, event, now);
  case HARK_DHT_EVENT_KNOCK_ANSWER:
  case HARK_DHT_EVENT_KNOCK_FAILED:
    return handle_test_done (points, event, now);
  default:
    return false;
  }
}

static void
leave_points (HarkPoints *points, HarkTime now)
{
  for (guint i = points->points->len; i > 0; i--) {
    const Point *point = &g_array_index (points->points, Point, i - 1);

    if (point->leaves > now)
      continue;
    hark_dht_unkeep (points->dht, &point->endpoint);
    g_array_remove_index (points->points, i - 1);
  }
}

static void
forget_old_handles (HarkPoints *points, HarkTime now)
{
  bool any = false;

  for (int i = 0; i < HARK_HANDLE_KINDS; i++)
    if (points->handles[i].before_until && points->handles[i].before_until <= now) {
      points->handles[i].before_until = 0;
      any = true;
    }
  if (any)
    register_everywhere (points, now);
}

void
hark_points_handle_time (HarkPoints *points, HarkTime now)
{
  forget_old_handles (points, now);
  leave_points (points, now);
  if (points->choose_by <= now)
    choose (points, now);
  if (points->next_pick <= now)
    pick_points (points, now);
  for (guint i = 0; i < points->points->len; i++) {
    Point *point = &g_array_index (points->points, Point, i);

    if (point->kept && point->test == 0 && point->next_test <= now)
      start_test (points, point, now);
  }
}

HarkTime
hark_points_get_deadline (const HarkPoints *points)
{
  HarkTime deadline = hark_time_min (points->next_pick, points->choose_by);

  for (int i = 0; i < HARK_HANDLE_KINDS; i++)
    if (points->handles[i].before_until)
      deadline = hark_time_min (deadline, points->handles[i].before_until);
  for (guint i = 0; i < points->points->len; i++) {
    const Point *point = &g_array_index (points->points, Point, i);

    deadline = hark_time_min (deadline, point->leaves);
    if (point->kept && point->test == 0)
      deadline = hark_time_min (deadline, point->next_test);
  }
  return deadline;
}
