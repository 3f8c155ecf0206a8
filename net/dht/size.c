#include "net/dht/size.h"

#include <string.h>

#define SPACE 18446744073709551616.0 /* 2^64 */

uint64_t
hark_distance (const HarkNodeId *a, const HarkNodeId *b)
{
  uint64_t distance = 0;

  for (unsigned i = 0; i < 8; i++)
    distance = distance << 8 | (a->bytes[i] ^ b->bytes[i]);
  return distance;
}

/* The slope of a line through the origin: least squares over (i, distance of the i-th). */
static double
estimate (const uint64_t *distances, unsigned n)
{
  double numerator = 0, denominator = 0;

  for (unsigned i = 0; i < n; i++) {
    numerator += (double) (i + 1) * (i + 1);
    denominator += (double) (i + 1) * ((double) distances[i] / SPACE);
  }
  return denominator > 0 ? numerator / denominator : 0;
}

void
hark_size_add (HarkSize *size, const HarkNodeId *target, const uint64_t *distances, unsigned n)
{
  static const HarkNodeId origin;
  uint64_t name = hark_distance (target, &origin);
  double nodes = n >= HARK_SIZE_CLOSEST_MIN ? estimate (distances, n) : 0;
  unsigned at = 0;

  if (nodes <= 0)
    return;
  while (at < size->n && size->targets[at] != name)
    at++;
  if (at == size->n && size->n < HARK_SIZE_SAMPLES)
    size->n++;
  else if (at == size->n)
    at = size->next++ % HARK_SIZE_SAMPLES;
  size->targets[at] = name;
  size->nodes[at] = nodes;
}

double
hark_size_get (const HarkSize *size)
{
  double sorted[HARK_SIZE_SAMPLES];

  if (size->n == 0)
    return 0;
  for (unsigned i = 0; i < size->n; i++) {
    unsigned at = i;

    for (; at > 0 && sorted[at - 1] > size->nodes[i]; at--)
      sorted[at] = sorted[at - 1];
    sorted[at] = size->nodes[i];
  }
  return sorted[size->n < HARK_SIZE_SAMPLES_SURE ? size->n / 2 : size->n * 2 / 3];
}

bool
hark_size_is_sure (const HarkSize *size)
{
  return size->n >= HARK_SIZE_SAMPLES_SURE;
}

uint64_t
hark_size_reach (const HarkSize *size, unsigned expected)
{
  double nodes = hark_size_get (size);
  unsigned root = 1;

  if (nodes < 4.0 * expected)
    return 0;
  /* One lookup's estimate has an error of 35 to 40 %, the median of n one of 1.25 / sqrt (n) of
   * that. */
  while (root * root < size->n)
    root++;
  return (uint64_t) (SPACE / (nodes * (1 + 1.0 / root)) * expected);
}
