#include "net/base/writer.h"

#include <string.h>

void
hark_writer_init (HarkWriter *writer, void *buffer, size_t size)
{
  writer->start = buffer;
  writer->len = 0;
  writer->size = size;
  writer->failed = false;
}

uint8_t *
hark_writer_reserve (HarkWriter *writer, size_t len)
{
  uint8_t *at;

  if (writer->failed || writer->size - writer->len < len) {
    writer->failed = true;
    return NULL;
  }

  at = writer->start + writer->len;
  writer->len += len;
  return at;
}

static void
write_uint (HarkWriter *writer, uint64_t value, size_t len)
{
  uint8_t *at = hark_writer_reserve (writer, len);

  for (size_t i = len; at && i > 0; i--) {
    at[i - 1] = (uint8_t) value;
    value >>= 8;
  }
}

void
hark_writer_u8 (HarkWriter *writer, uint8_t value)
{
  write_uint (writer, value, 1);
}

void
hark_writer_u16 (HarkWriter *writer, uint16_t value)
{
  write_uint (writer, value, 2);
}

void
hark_writer_u32 (HarkWriter *writer, uint32_t value)
{
  write_uint (writer, value, 4);
}

void
hark_writer_u64 (HarkWriter *writer, uint64_t value)
{
  write_uint (writer, value, 8);
}

void
hark_writer_bytes (HarkWriter *writer, const void *data, size_t len)
{
  uint8_t *at = hark_writer_reserve (writer, len);

  if (at && len)
    memcpy (at, data, len);
}

void
hark_writer_zeros (HarkWriter *writer, size_t len)
{
  uint8_t *at = hark_writer_reserve (writer, len);

  if (at && len)
    memset (at, 0, len);
}

bool
hark_writer_is_ok (const HarkWriter *writer)
{
  return !writer->failed;
}
