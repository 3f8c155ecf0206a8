/* net/base/reader.h - takes bytes apart that nobody vouches for.
 *
 * Pure; any thread. A reader remembers its first overrun: a parser reads all its fields, then asks
 * hark_reader_is_ok() or hark_reader_is_done() once. After an overrun every read yields zeros (or
 * NULL) and moves nothing. All integers are in network byte order.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  const uint8_t *at;  /* borrowed from the packet */
  const uint8_t *end; /* one past its last byte */
  bool failed;        /* something was read past the end */
} HarkReader;

/* hark_reader_init: starts at @data, which must outlive the reader and whatever is borrowed from
 * it. */
void hark_reader_init (HarkReader *reader, const void *data, size_t len);

/* Integers in network byte order; 0 after an overrun. */
uint8_t hark_reader_u8 (HarkReader *reader);
uint16_t hark_reader_u16 (HarkReader *reader);
uint32_t hark_reader_u32 (HarkReader *reader);
uint64_t hark_reader_u64 (HarkReader *reader);

/* hark_reader_borrow: the next @len bytes, borrowed from the packet; NULL when fewer are left. */
const uint8_t *hark_reader_borrow (HarkReader *reader, size_t len);

/* hark_reader_copy: copies the next @len bytes to @ret, or fills it with zeros when fewer are left.
 */
void hark_reader_copy (HarkReader *reader, void *ret, size_t len);

/* hark_reader_left: bytes not yet read; 0 after an overrun. */
size_t hark_reader_left (const HarkReader *reader);

/* hark_reader_is_ok: no read went past the end so far. */
bool hark_reader_is_ok (const HarkReader *reader);

/* hark_reader_is_done: no overrun, and every byte was read. */
bool hark_reader_is_done (const HarkReader *reader);
