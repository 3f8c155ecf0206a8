#include "core/files/holders.h"

#include <string.h>

#define RECORD_LEN (HARK_KEY_LEN + 1)
#define HEAD_LEN (sizeof ((HarkFileHolders *) 0)->group)

bool *
hark_file_holders_find (HarkFileHolders *holders, const HarkKey *account)
{
  for (unsigned i = 0; i < holders->n; i++)
    if (hark_key_equal (&holders->people[i], account))
      return &holders->has[i];
  return NULL;
}

unsigned
hark_file_holders_count (const HarkFileHolders *holders)
{
  unsigned n = 0;

  for (unsigned i = 0; i < holders->n; i++)
    n += holders->has[i];
  return n;
}

GBytes *
hark_file_holders_write (const HarkFileHolders *holders)
{
  const size_t len = HEAD_LEN + (size_t) holders->n * RECORD_LEN;
  uint8_t *data = g_malloc (len);

  memcpy (data, holders->group, HEAD_LEN);
  for (unsigned i = 0; i < holders->n; i++) {
    uint8_t *record = data + HEAD_LEN + (size_t) i * RECORD_LEN;

    memcpy (record, holders->people[i].bytes, HARK_KEY_LEN);
    record[HARK_KEY_LEN] = holders->has[i];
  }
  return g_bytes_new_take (data, len);
}

bool
hark_file_holders_are_sane (const uint8_t *data, size_t len)
{
  if (len < HEAD_LEN + RECORD_LEN || (len - HEAD_LEN) % RECORD_LEN != 0
      || (len - HEAD_LEN) / RECORD_LEN > HARK_FILE_HOLDERS_MAX)
    return false;
  for (size_t at = HEAD_LEN; at < len; at += RECORD_LEN)
    if (data[at + HARK_KEY_LEN] > 1)
      return false;
  return true;
}

HarkFileHolders *
hark_file_holders_read (GBytes *bytes)
{
  gsize len = 0;
  const uint8_t *data = bytes != NULL ? g_bytes_get_data (bytes, &len) : NULL;
  HarkFileHolders *holders;

  if (data == NULL || !hark_file_holders_are_sane (data, len))
    return NULL;
  holders = g_new0 (HarkFileHolders, 1);
  memcpy (holders->group, data, HEAD_LEN);
  for (size_t at = HEAD_LEN; at < len; at += RECORD_LEN) {
    memcpy (holders->people[holders->n].bytes, data + at, HARK_KEY_LEN);
    holders->has[holders->n++] = data[at + HARK_KEY_LEN] != 0;
  }
  return holders;
}
