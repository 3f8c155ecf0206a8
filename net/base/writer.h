/* net/base/writer.h - puts a packet together in a buffer of fixed size.
 *
 * Pure; any thread. A writer remembers its first overrun: write everything, then ask
 * hark_writer_is_ok() once. All integers are in network byte order.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint8_t *start; /* borrowed: the caller's buffer */
  size_t len;     /* bytes written */
  size_t size;    /* bytes the buffer holds */
  bool failed;    /* something did not fit */
} HarkWriter;

/* hark_writer_init: writes into @buffer of @size bytes, which must outlive the writer. */
void hark_writer_init (HarkWriter *writer, void *buffer, size_t size);

/* Integers in network byte order. */
void hark_writer_u8 (HarkWriter *writer, uint8_t value);
void hark_writer_u16 (HarkWriter *writer, uint16_t value);
void hark_writer_u32 (HarkWriter *writer, uint32_t value);
void hark_writer_u64 (HarkWriter *writer, uint64_t value);

/* hark_writer_bytes: appends @len bytes of @data. */
void hark_writer_bytes (HarkWriter *writer, const void *data, size_t len);

/* hark_writer_zeros: appends @len zero bytes. */
void hark_writer_zeros (HarkWriter *writer, size_t len);

/* hark_writer_reserve: @len bytes to be filled by the caller; NULL when they do not fit. */
uint8_t *hark_writer_reserve (HarkWriter *writer, size_t len);

/* hark_writer_is_ok: everything fitted so far. */
bool hark_writer_is_ok (const HarkWriter *writer);
