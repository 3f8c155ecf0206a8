/* Bodies of restart signals: what is accepted survives a second trip. */
#include "net/node/link-restart.h"

#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint8_t bytes[HARK_LINK_RESTART_BODY_MAX];
  HarkPathDescription remote, again;
  uint32_t generation = 0, same = 0;
  size_t len;

  if (!hark_link_restart_read (data, size, false, &generation, &remote)) {
    g_assert (generation == 0);
    return 0;
  }
  g_assert (generation > 0 && memcmp (data, (uint32_t[]){GUINT32_TO_BE (generation)}, 4) == 0);
  len = hark_link_restart_write (generation, &remote, bytes);
  g_assert (len > 4 && len <= size);
  g_assert (hark_link_restart_read (bytes, len, false, &same, &again));
  g_assert (same == generation && again.n_candidates == remote.n_candidates);
  return 0;
}
