#include "tests/sim/seats.h"

#include "net/dht/node-id.h"

static int
compare (const void *a, const void *b)
{
  const HarkSimSeat *left = a, *right = b;

  if (left->distance != right->distance)
    return left->distance < right->distance ? -1 : 1;
  return left->address != right->address ? (left->address < right->address ? -1 : 1)
                                         : left->seed - right->seed;
}

GArray *
hark_sim_seats_near (const uint8_t target[20], uint32_t distance_max, HarkRng *source)
{
  GArray *seats = g_array_new (FALSE, FALSE, sizeof (HarkSimSeat));
  uint32_t wanted = (uint32_t) target[0] << 16 | (uint32_t) target[1] << 8 | target[2];
  HarkRng rng;

  hark_rng_fork (source, &rng);
  for (uint32_t bits = 0; bits < 1U << 20; bits++) {
    /* bits that do not count are chosen so that the seats lie in many networks */
    uint32_t address = (16 + (bits >> 18)) << 24 | (16 * (bits >> 8 & 15) + (bits >> 14 & 15)) << 16
                       | (bits >> 8 & 63) << 8 | (bits & 255);
    HarkEndpoint endpoint = {.family = 4};

    if ((address & 255) == 0 || (address & 255) == 255)
      continue;
    for (int i = 0; i < 4; i++)
      endpoint.ip[i] = (uint8_t) (address >> (24 - 8 * i));
    for (uint8_t seed = 0; seed < 8; seed++) {
      HarkNodeId id;
      HarkSimSeat seat = {.address = address, .seed = seed};

      hark_node_id_for (&endpoint, seed, &rng, &id);
      seat.distance
        = (((uint32_t) id.bytes[0] << 16 | (uint32_t) id.bytes[1] << 8 | id.bytes[2]) ^ wanted)
          & 0xfffff8;
      if (seat.distance <= distance_max)
        g_array_append_val (seats, seat);
    }
  }
  hark_rng_clear (&rng);
  g_array_sort (seats, compare);
  return seats;
}
