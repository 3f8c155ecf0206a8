#include "net/base/reader.h"

#include <string.h>

void
hark_reader_init (HarkReader *reader, const void *data, size_t len)
{
  reader->at = data;
  reader->end = len ? reader->at + len : reader->at;
  reader->failed = false;
}

const uint8_t *
hark_reader_borrow (HarkReader *reader, size_t len)
{
  const uint8_t *bytes = reader->at;

  if (reader->failed || (size_t) (reader->end - reader->at) < len) {
    reader->failed = true;
    return NULL;
  }

  if (len)
    reader->at += len;
  return bytes;
}

void
hark_reader_copy (HarkReader *reader, void *ret, size_t len)
{
  const uint8_t *bytes = hark_reader_borrow (reader, len);

  if (bytes && len)
    memcpy (ret, bytes, len);
  else if (len)
    memset (ret, 0, len);
}

static uint64_t
read_uint (HarkReader *reader, size_t len)
{
  const uint8_t *bytes = hark_reader_borrow (reader, len);
  uint64_t value = 0;

  for (size_t i = 0; bytes && i < len; i++)
    value = value << 8 | bytes[i];
  return value;
}

uint8_t
hark_reader_u8 (HarkReader *reader)
{
  return (uint8_t) read_uint (reader, 1);
}

uint16_t
hark_reader_u16 (HarkReader *reader)
{
  return (uint16_t) read_uint (reader, 2);
}

uint32_t
hark_reader_u32 (HarkReader *reader)
{
  return (uint32_t) read_uint (reader, 4);
}

uint64_t
hark_reader_u64 (HarkReader *reader)
{
  return read_uint (reader, 8);
}

size_t
hark_reader_left (const HarkReader *reader)
{
  return reader->failed ? 0 : (size_t) (reader->end - reader->at);
}

bool
hark_reader_is_ok (const HarkReader *reader)
{
  return !reader->failed;
}

bool
hark_reader_is_done (const HarkReader *reader)
{
  return !reader->failed && reader->at == reader->end;
}
