/* Raw bytes from a stranger, before, during and after the handshake: both ends stay as they are. */
#include "tests/unit/net/session/link.c"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
inject (Link *link, const uint8_t *data, size_t size)
{
  for (unsigned end = 0; end < 2; end++)
    link_inject (link, end, data, size);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Link *link = link_new (1, NULL);

  inject (link, data, size);
  link_run (link, 10 * HARK_MS, NULL);
  inject (link, data, size);
  link_run (link, 20 * HARK_MS, NULL);
  inject (link, data, size);
  g_assert (link_run (link, 5 * HARK_SECOND, link_is_confirmed));
  inject (link, data, size);
  link_run (link, 2 * HARK_SECOND, NULL);
  g_assert (!link->ends[0].closed && !link->ends[1].closed);
  link_free (link);
  return 0;
}
