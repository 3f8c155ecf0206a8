/* net/dht/bencode.h - bencoding (BEP 3), strict: one encoding for one value.
 *
 * Pure; any thread. Nothing is copied: every value borrows from the datagram. A value is checked as
 * a whole before anything is read from it: integers without leading zeros or minus zero and within
 * 64 bits, dictionary keys sorted and unique, depth and length bounded.
 */
#pragma once

#include "net/base/writer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_BENCODE_DEPTH_MAX 16

/* One checked value; len 0: none. */
typedef struct {
  const uint8_t *data; /* borrowed: its encoding */
  size_t len;          /* bytes of it */
} HarkBencode;

/* hark_bencode_parse: @data must be exactly one value in canonical form; @ret is untouched on
 * failure. */
bool hark_bencode_parse (const uint8_t *data, size_t len, HarkBencode *ret);

/* hark_bencode_is_dict, hark_bencode_is_list: false for no value. */
bool hark_bencode_is_dict (HarkBencode value);
bool hark_bencode_is_list (HarkBencode value);

/* hark_bencode_get_bytes: the content of a byte string; NULL when @value is none or something else.
 */
const uint8_t *hark_bencode_get_bytes (HarkBencode value, size_t *ret_len);

/* hark_bencode_get_int: false, @ret untouched, when @value is none or something else. */
bool hark_bencode_get_int (HarkBencode value, int64_t *ret);

/* Walks a list or dictionary: init, then next until false. Another type has no elements. */
typedef struct {
  HarkBencode left;
  bool is_dict;
} HarkBencodeIter;

/* hark_bencode_iter_init: @container must outlive the walk. */
void hark_bencode_iter_init (HarkBencodeIter *iter, HarkBencode container);

/* hark_bencode_iter_next: @ret_key: (nullable): the key's value, none in a list. */
bool hark_bencode_iter_next (HarkBencodeIter *iter, HarkBencode *ret_key, HarkBencode *ret_value);

/* Writing: the caller keeps the order of the keys. Containers are opened with "d" or "l" and closed
 * with "e" through hark_bencode_write_mark(). */
void hark_bencode_write_mark (HarkWriter *writer, char mark);
void hark_bencode_write_bytes (HarkWriter *writer, const void *data, size_t len);
void hark_bencode_write_text (HarkWriter *writer, const char *text);
void hark_bencode_write_int (HarkWriter *writer, int64_t value);
