#include "core/voice/ring.h"

#include <glib.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

struct HarkRing {
  size_t n, size;
  /* each counter on a cache line of its own: the two threads write one each */
  _Alignas(64) atomic_size_t pushed;
  _Alignas(64) atomic_size_t popped;
  _Alignas(64) uint8_t records[];
};

HarkRing *
hark_ring_new (size_t n, size_t size)
{
  HarkRing *ring;

  g_assert (n > 0 && (n & (n - 1)) == 0 && size > 0 && size < SIZE_MAX / n - sizeof *ring);
  ring = g_aligned_alloc0 (1, sizeof *ring + n * size, 64);
  ring->n = n;
  ring->size = size;
  return ring;
}

void
hark_ring_free (HarkRing *ring)
{
  g_aligned_free (ring);
}

bool
hark_ring_push (HarkRing *ring, const void *record)
{
  size_t pushed = atomic_load_explicit (&ring->pushed, memory_order_relaxed);

  if (pushed - atomic_load_explicit (&ring->popped, memory_order_acquire) == ring->n)
    return false;
  memcpy (ring->records + (pushed & (ring->n - 1)) * ring->size, record, ring->size);
  atomic_store_explicit (&ring->pushed, pushed + 1, memory_order_release);
  return true;
}

bool
hark_ring_pop (HarkRing *ring, void *ret)
{
  size_t popped = atomic_load_explicit (&ring->popped, memory_order_relaxed);

  if (popped == atomic_load_explicit (&ring->pushed, memory_order_acquire))
    return false;
  memcpy (ret, ring->records + (popped & (ring->n - 1)) * ring->size, ring->size);
  atomic_store_explicit (&ring->popped, popped + 1, memory_order_release);
  return true;
}

void
hark_ring_clear (HarkRing *ring)
{
  atomic_store (&ring->popped, 0);
  atomic_store (&ring->pushed, 0);
}
