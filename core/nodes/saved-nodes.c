#include "core/nodes/saved-nodes.h"

#define TIME_LEN 4
#define ENTRY_LEN_MAX (1 + 18 + TIME_LEN)

size_t
hark_saved_nodes_read (GBytes *bytes, HarkSavedNode ret[HARK_SAVED_NODES_MAX])
{
  size_t len = 0, n = 0;
  const uint8_t *at = bytes != NULL ? g_bytes_get_data (bytes, &len) : NULL;

  for (size_t i = 0; i < len && i + 1 + at[i] <= len && n < HARK_SAVED_NODES_MAX; i += 1u + at[i]) {
    bool timed = at[i] == 6 + TIME_LEN || at[i] == 18 + TIME_LEN;
    const uint8_t *entry = at + i + 1;
    size_t compact = timed ? at[i] - (size_t) TIME_LEN : at[i];
    HarkSavedNode node = {.seen = 0};

    if (!hark_endpoint_from_compact (entry, compact, &node.endpoint))
      continue;
    for (size_t j = compact; j < at[i]; j++)
      node.seen = node.seen << 8 | entry[j];
    ret[n++] = node;
  }
  return n;
}

static void
write_node (GByteArray *out, const HarkEndpoint *endpoint, int64_t seen)
{
  uint8_t entry[ENTRY_LEN_MAX];
  size_t len = hark_endpoint_to_compact (endpoint, entry + 1);

  if (len == 0)
    return;
  for (unsigned i = 0; i < TIME_LEN; i++)
    entry[1 + len + i] = (uint8_t) (seen >> (8 * (TIME_LEN - 1 - i)));
  entry[0] = (uint8_t) (len + TIME_LEN);
  g_byte_array_append (out, entry, (guint) (1 + len + TIME_LEN));
}

static bool
contains (const HarkEndpoint *good, size_t n_good, const HarkEndpoint *endpoint)
{
  for (size_t i = 0; i < n_good; i++)
    if (hark_endpoint_equal (&good[i], endpoint))
      return true;
  return false;
}

GBytes *
hark_saved_nodes_merge (GBytes *old, const HarkEndpoint *good, size_t n_good, int64_t now)
{
  g_autofree HarkSavedNode *before = g_new (HarkSavedNode, HARK_SAVED_NODES_MAX);
  size_t n_before = hark_saved_nodes_read (old, before);
  GByteArray *out = g_byte_array_new ();
  size_t n = MIN (n_good, HARK_SAVED_NODES_MAX);

  for (size_t i = 0; i < n; i++)
    write_node (out, &good[i], now);
  for (size_t i = 0; i < n_before && n < HARK_SAVED_NODES_MAX; i++) {
    if (before[i].seen + HARK_SAVED_NODES_OLD < now || contains (good, n_good, &before[i].endpoint))
      continue;
    write_node (out, &before[i].endpoint, before[i].seen);
    n++;
  }
  return g_byte_array_free_to_bytes (out);
}
