/* Whatever parses can be walked to its last leaf, and every part of it parses by itself. */
#include "net/dht/bencode.h"

#include <glib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static size_t
walk (HarkBencode value, unsigned depth)
{
  HarkBencodeIter iter;
  HarkBencode key, inner, again;
  size_t len = 0, leaves = 1;
  int64_t number;

  g_assert (depth <= HARK_BENCODE_DEPTH_MAX);
  g_assert (hark_bencode_parse (value.data, value.len, &again));
  if (!hark_bencode_is_dict (value) && !hark_bencode_is_list (value))
    g_assert (hark_bencode_get_int (value, &number)
              != (hark_bencode_get_bytes (value, &len) != NULL));
  hark_bencode_iter_init (&iter, value);
  while (hark_bencode_iter_next (&iter, &key, &inner))
    leaves += walk (inner, depth + 1);
  return leaves;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  HarkBencode value;

  /* Longer ones only cost time: a part is parsed once per level. */
  if (size <= 2000 && hark_bencode_parse (data, size, &value))
    g_assert (walk (value, 0) <= size);
  return 0;
}
