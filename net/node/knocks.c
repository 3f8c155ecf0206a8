#include "net/node/knocks.h"

#include "net/node/scopes.h"

#include <string.h>

#define POINT_SPACING (50 * HARK_MS)
#define AROUND_SPACING (2 * HARK_MS) /* between neighbours of a local network */
#define POINT_SPACING_BUSY \
  (200 * HARK_MS) /* most answers come before the next: points have limits */
#define BUSY 16   /* rounds at once */

bool
hark_node_knocks_is_busy (const HarkNet *net)
{
  return net->rounds->len > BUSY;
}

/* An earlier packet of link @index goes no further; at how many points it was. */
static unsigned
stop_earlier (HarkNet *net, uint32_t index)
{
  unsigned n = 0;

  for (guint i = 0; index && i < net->rounds->len; i++) {
    HarkKnockRound *round = g_ptr_array_index (net->rounds, i);

    if (round->index != index)
      continue;
    n += round->next_point;
    round->n_points = round->next_point;
  }
  return n;
}

/* The first @n points become the last. */
static void
rotate_points (HarkKnockRound *round, unsigned n)
{
  HarkRecordPoint first[HARK_NET_KNOCK_POINTS_MAX];

  if (round->n_points == 0 || (n %= round->n_points) == 0)
    return;
  memcpy (first, round->points, n * sizeof first[0]);
  memmove (round->points, round->points + n, (round->n_points - n) * sizeof first[0]);
  memcpy (round->points + round->n_points - n, first, n * sizeof first[0]);
}

/* Knocks at the points that are due; a round is over when none is left and no operation runs. */
static bool
advance_round (HarkNet *net, HarkKnockRound *round, HarkTime now)
{
  while (round->next_point < round->n_points && round->next <= now) {
    const HarkRecordPoint *point = &round->points[round->next_point];

    HarkDht *dht = hark_node_scopes_dht_for (net, &point->endpoint);
    bool around = point->kind == HARK_POINT_AROUND;

    if (dht)
      round->operations[round->next_point] = (around ? hark_dht_knock_around : hark_dht_knock) (
        dht, &point->endpoint, point->handle, round->packet, sizeof round->packet, now);
    round->next_point++;
    round->next = now
                  + (around                           ? AROUND_SPACING
                     : hark_node_knocks_is_busy (net) ? POINT_SPACING_BUSY
                                                      : POINT_SPACING);
  }
  if (round->next_point < round->n_points)
    return true;
  for (unsigned i = 0; i < round->n_points; i++)
    if (round->operations[i])
      return true;
  return false;
}

static void
add_point (HarkKnockRound *round, const HarkRecordPoint *point)
{
  bool known = round->n_points >= G_N_ELEMENTS (round->points);

  for (unsigned i = 0; i < round->n_points && !known; i++)
    known = round->points[i].kind == point->kind
            && hark_endpoint_equal (&round->points[i].endpoint, &point->endpoint);
  if (!known)
    round->points[round->n_points++] = *point;
}

/* Takes over the points of @record that are new, with everybody around for one that says so. */
static void
add_points (HarkNet *net, HarkKnockRound *round, const HarkRecord *record, HarkTime now)
{
  HarkEndpoint around[HARK_NET_KNOCK_AROUND_MAX];

  for (unsigned p = 0; p < record->n_points; p++) {
    HarkRecordPoint point = record->points[p];
    size_t n;

    if (point.kind != HARK_POINT_AROUND) {
      add_point (round, &point);
      continue;
    }
    n = hark_node_scopes_around (net, around, G_N_ELEMENTS (around), now);
    for (size_t i = 0; i < n; i++) {
      point.endpoint = around[i];
      add_point (round, &point);
    }
  }
}

void
hark_node_knocks_send (HarkNet *net,
                       uint32_t index,
                       const HarkRecord *record,
                       const uint8_t packet[HARK_KNOCK_LEN],
                       HarkTime now)
{
  HarkKnockRound *round;

  if (net->rounds->len >= HARK_NET_ROUNDS_MAX)
    g_ptr_array_remove_index (net->rounds, 0);

  round = g_new0 (HarkKnockRound, 1);
  round->index = index;
  memcpy (round->packet, packet, sizeof round->packet);
  add_points (net, round, record, now);
  if (hark_node_knocks_is_busy (net)) /* points have limits, and the next may be a quicker one */
    rotate_points (round, stop_earlier (net, index));
  round->next = now;
  g_ptr_array_add (net->rounds, round);
  advance_round (net, round, now);
}

bool
hark_node_knocks_extend (HarkNet *net, uint32_t index, const HarkRecord *record, HarkTime now)
{
  bool runs = false;

  for (guint i = 0; i < net->rounds->len; i++) {
    HarkKnockRound *round = g_ptr_array_index (net->rounds, i);

    if (round->index == index) {
      runs = true;
      add_points (net, round, record, now);
      advance_round (net, round, now);
    }
  }
  return runs;
}

void
hark_node_knocks_enough (HarkNet *net, uint32_t index)
{
  for (guint i = 0; i < net->rounds->len; i++) {
    HarkKnockRound *round = g_ptr_array_index (net->rounds, i);

    if (round->index == index)
      round->n_points = round->next_point;
  }
}

void
hark_node_knocks_cancel (HarkNet *net, uint32_t index)
{
  for (guint i = net->rounds->len; i > 0; i--) {
    HarkKnockRound *round = g_ptr_array_index (net->rounds, i - 1);

    if (round->index != index)
      continue;
    for (unsigned p = 0; p < round->next_point; p++)
      if (round->operations[p])
        hark_dht_cancel (hark_node_scopes_dht_of (net, round->operations[p]), round->operations[p]);
    g_ptr_array_remove_index_fast (net->rounds, i - 1);
  }
}

bool
hark_node_knocks_end (HarkNet *net, HarkDhtOperation operation, uint32_t *ret_index)
{
  for (guint i = 0; i < net->rounds->len; i++) {
    HarkKnockRound *round = g_ptr_array_index (net->rounds, i);

    for (unsigned p = 0; p < round->next_point; p++) {
      if (round->operations[p] == 0 || round->operations[p] != operation)
        continue;
      *ret_index = round->index;
      round->operations[p] = 0;
      return true;
    }
  }
  return false;
}

bool
hark_node_knocks_is_over (const HarkNet *net, uint32_t index)
{
  for (guint i = 0; i < net->rounds->len; i++) {
    const HarkKnockRound *round = g_ptr_array_index (net->rounds, i);

    if (round->index != index)
      continue;
    if (round->next_point < round->n_points)
      return false;
    for (unsigned p = 0; p < round->n_points; p++)
      if (round->operations[p])
        return false;
  }
  return true;
}

void
hark_node_knocks_handle_time (HarkNet *net, HarkTime now)
{
  for (guint i = net->rounds->len; i > 0; i--)
    if (!advance_round (net, g_ptr_array_index (net->rounds, i - 1), now))
      g_ptr_array_remove_index_fast (net->rounds, i - 1);
}

HarkTime
hark_node_knocks_get_deadline (const HarkNet *net)
{
  HarkTime deadline = HARK_TIME_NEVER;

  for (guint i = 0; i < net->rounds->len; i++) {
    const HarkKnockRound *round = g_ptr_array_index (net->rounds, i);

    if (round->next_point < round->n_points)
      deadline = hark_time_min (deadline, round->next);
  }
  return deadline;
}
