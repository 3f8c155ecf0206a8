#include "net/node-knocks.h"

#include "net/node-scopes.h"

#include <string.h>

#define POINT_SPACING (50 * HARK_MS)

/* Knocks at the points that are due; a round is over when none is left and no operation runs. */
static bool
advance_round (HarkNet *net, HarkKnockRound *round, HarkTime now)
{
  while (round->next_point < round->n_points && round->next <= now) {
    const HarkRecordPoint *point = &round->points[round->next_point];

    HarkDht *dht = hark_node_scopes_dht_for (net, &point->endpoint);

    if (dht)
      round->operations[round->next_point] = hark_dht_knock (
        dht, &point->endpoint, point->handle, round->packet, sizeof round->packet, now);
    round->next_point++;
    round->next = now + POINT_SPACING;
  }
  if (round->next_point < round->n_points)
    return true;
  for (unsigned i = 0; i < round->n_points; i++)
    if (round->operations[i])
      return true;
  return false;
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
  round->n_points = record->n_points;
  memcpy (round->points, record->points, record->n_points * sizeof record->points[0]);
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

    for (unsigned p = 0; round->index == index && p < record->n_points; p++) {
      bool known = round->n_points >= HARK_RECORD_POINTS_MAX;

      for (unsigned q = 0; q < round->n_points && !known; q++)
        known = hark_endpoint_equal (&round->points[q].endpoint, &record->points[p].endpoint);
      if (!known)
        round->points[round->n_points++] = record->points[p];
    }
    if (round->index == index) {
      runs = true;
      advance_round (net, round, now);
    }
  }
  return runs;
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
