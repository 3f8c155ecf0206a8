#include "core/contacts/heard.h"

#include "net/base/reader.h"
#include "net/base/writer.h"

#define ENTRY_LEN (HARK_KEY_LEN + 8) /* bytes */

typedef struct {
  HarkKey account; /* first, for hark_key_find() */
  int64_t made_ms;
} Entry;

struct HarkHeard {
  GArray *entries; /* of Entry */
};

HarkHeard *
hark_heard_new (GBytes *kept)
{
  HarkHeard *heard = g_new0 (HarkHeard, 1);
  gsize len = 0;
  const uint8_t *bytes = kept ? g_bytes_get_data (kept, &len) : NULL;
  HarkReader reader;

  heard->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  hark_reader_init (&reader, bytes, len - len % ENTRY_LEN);
  while (hark_reader_left (&reader) >= ENTRY_LEN) {
    HarkKey account;

    hark_reader_copy (&reader, account.bytes, sizeof account.bytes);
    hark_heard_note (heard, &account, (int64_t) hark_reader_u64 (&reader));
  }
  return heard;
}

void
hark_heard_free (HarkHeard *heard)
{
  if (!heard)
    return;
  g_array_unref (heard->entries);
  g_free (heard);
}

bool
hark_heard_is_new (const HarkHeard *heard, const HarkKey *account, int64_t made_ms)
{
  const Entry *entry = hark_key_find (heard->entries, account);

  return entry == NULL || made_ms > entry->made_ms;
}

void
hark_heard_note (HarkHeard *heard, const HarkKey *account, int64_t made_ms)
{
  Entry fresh = {.account = *account, .made_ms = made_ms};
  Entry *entry = hark_key_find (heard->entries, account);
  guint oldest = 0;

  if (entry != NULL) {
    entry->made_ms = MAX (entry->made_ms, made_ms);
    return;
  }
  if (heard->entries->len >= HARK_HEARD_MAX) {
    for (guint i = 1; i < heard->entries->len; i++)
      if (g_array_index (heard->entries, Entry, i).made_ms
          < g_array_index (heard->entries, Entry, oldest).made_ms)
        oldest = i;
    g_array_remove_index_fast (heard->entries, oldest);
  }
  g_array_append_val (heard->entries, fresh);
}

GBytes *
hark_heard_keep (const HarkHeard *heard)
{
  gsize len = heard->entries->len * ENTRY_LEN;
  uint8_t *bytes = g_malloc (MAX (len, 1));
  HarkWriter writer;

  hark_writer_init (&writer, bytes, len);
  for (guint i = 0; i < heard->entries->len; i++) {
    const Entry *entry = &g_array_index (heard->entries, Entry, i);

    hark_writer_bytes (&writer, entry->account.bytes, sizeof entry->account.bytes);
    hark_writer_u64 (&writer, (uint64_t) entry->made_ms);
  }
  return g_bytes_new_take (bytes, len);
}
