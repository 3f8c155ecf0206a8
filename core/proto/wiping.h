/* core/proto/wiping.h - memory for parsed messages, which may hold secrets: wiped when it is freed.
 *
 * Any thread. For ..._unpack() and ..._free_unpacked() alike: what one of them allocated the other
 * has to free.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

extern ProtobufCAllocator hark_wiping;
