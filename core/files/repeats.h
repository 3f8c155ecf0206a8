/* core/files/repeats.h - which blocks of a file that is sent are the same as earlier ones.
 *
 * Pure; one thread at a time. Memory: about 50 bytes a block, for the first
 * HARK_FILE_REPEATS_MAX different ones of a file.
 */
#pragma once

#include "core/files/tree-hash.h"

#include <glib.h>
#include <stdbool.h>

#define HARK_FILE_REPEATS_MAX 65536 /* blocks: 64 GiB, 3 MiB of memory */

typedef struct HarkFileRepeats HarkFileRepeats;

HarkFileRepeats *hark_file_repeats_new (void);
void hark_file_repeats_free (HarkFileRepeats *repeats); /* NULL is fine */

/**
 * hark_file_repeats_find:
 * @hashes: (array length=n_blocks): of the file's first blocks, 32 bytes each
 * @block: below @n_blocks
 * @ret: (out caller-allocates): set only when it is true
 *
 * Returns: whether a block before @block has the same hash; its number in @ret
 */
bool hark_file_repeats_find (HarkFileRepeats *repeats,
                             const uint8_t *hashes,
                             uint64_t n_blocks,
                             uint64_t block,
                             uint64_t *ret);
