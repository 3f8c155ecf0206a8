/* core/proto/take.h - byte fields out of a parsed message, whose length protobuf leaves open. Pure.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <string.h>

/* take: @len bytes into @ret; false: the field has not exactly so many. */
static inline bool
take (const ProtobufCBinaryData *data, void *ret, size_t len)
{
  if (data->len != len)
    return false;
  memcpy (ret, data->data, len);
  return true;
}

/* take_optional: the same, or none, which @ret_has tells. */
static inline bool
take_optional (const ProtobufCBinaryData *data, bool *ret_has, void *ret, size_t len)
{
  *ret_has = data->len > 0;
  return data->len == 0 || take (data, ret, len);
}
