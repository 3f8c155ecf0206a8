/* core/voice/ring.h - a queue between exactly two threads that never locks and never allocates.
 *
 * One thread pushes, one other pops; each may change over time if the change itself is ordered (a
 * thread joined before the next one starts). Records are copied. When full, the new record is
 * refused: with sound, what waited that long is worth nothing to either side.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct HarkRing HarkRing;

/* hark_ring_new: @n records (a power of two) of @size bytes each. Never NULL. */
HarkRing *hark_ring_new (size_t n, size_t size);
void hark_ring_free (HarkRing *ring);

/* hark_ring_push: copies @record in; false when full. Pushing thread. */
bool hark_ring_push (HarkRing *ring, const void *record);

/* hark_ring_pop: copies the oldest record out; false when empty. Popping thread. */
bool hark_ring_pop (HarkRing *ring, void *ret);

/* hark_ring_clear: forgets everything; neither thread may be at it. */
void hark_ring_clear (HarkRing *ring);
