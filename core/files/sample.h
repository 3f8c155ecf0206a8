/* core/files/sample.h - a guess whether two files are the same, without reading all of either.
 *
 * Pure; any thread. The hash of a file's size and of its first, middle and last 64 KiB. Equal
 * samples make it worth while to compare the files; they prove nothing.
 *
 *   sample = BLAKE2b-256(HARK_DOMAIN_FILE_SAMPLE || u64 size || first || middle || last)
 *
 * The pieces begin at 0, half of size - 64 KiB (rounded down) and size - 64 KiB; of a file with at
 * most 64 KiB all three are the whole file. Source: core/PROTOCOL.md "Files".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_FILE_SAMPLE_LEN 32
#define HARK_FILE_SAMPLE_PIECE ((size_t) 64 * 1024) /* bytes */

/* hark_file_sample: @read puts all of @len bytes at @offset into @ret, or says false; so does this
 * then, with @ret untouched. */
bool hark_file_sample (uint64_t size,
                       bool (*read) (void *data, uint64_t offset, uint8_t *ret, size_t len),
                       void *data,
                       uint8_t ret[HARK_FILE_SAMPLE_LEN]);

/* hark_file_sample_is_known: it is not all zeros, which stand for none. */
bool hark_file_sample_is_known (const uint8_t sample[HARK_FILE_SAMPLE_LEN]);
