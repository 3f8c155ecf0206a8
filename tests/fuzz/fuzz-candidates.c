/* Descriptions of a path's end from a peer: whatever is accepted obeys the rules and survives a
 * second trip. */
#include "net/path/path.h"

#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  HarkPathDescription description = {0}, again;
  uint8_t bytes[HARK_PATH_DESCRIPTION_LEN_MAX];
  size_t len;

  if (!hark_path_description_read (data, size, false, &description))
    return 0;

  g_assert (description.n_candidates <= HARK_CANDIDATES_MAX);
  for (uint8_t i = 0; i < description.n_candidates; i++) {
    HarkScope scope = hark_endpoint_scope (&description.candidates[i].endpoint);

    g_assert (scope != HARK_SCOPE_NONE && scope != HARK_SCOPE_LOOPBACK);
    g_assert (description.candidates[i].endpoint.port >= 443);
  }
  len = hark_path_description_write (&description, bytes, sizeof bytes);
  g_assert (len > 0 && len <= size);
  g_assert (hark_path_description_read (bytes, len, false, &again));
  g_assert (again.n_candidates == description.n_candidates);
  g_assert (again.complete == description.complete);
  return 0;
}
