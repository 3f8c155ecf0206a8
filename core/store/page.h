/* core/store/page.h - one page of the store, sealed.
 *
 * Pure; any thread. Source: core/store/README.md "Pages". A page has 4096 bytes, of which SQLite
 * uses 4056; the last 40 are its nonce (24) and tag (16) on disk, and zeros in memory.
 */
#pragma once

#include "core/store/keys.h"

#define HARK_PAGE_LEN 4096
#define HARK_PAGE_RESERVED 40
#define HARK_PAGE_USED (HARK_PAGE_LEN - HARK_PAGE_RESERVED)
#define HARK_PAGE_NONCE_LEN 24

#define HARK_WAL_HEADER_LEN 32
#define HARK_WAL_FRAME_HEADER_LEN 24
#define HARK_WAL_FRAME_LEN (HARK_WAL_FRAME_HEADER_LEN + HARK_PAGE_LEN)
#define HARK_WAL_BOUND_LEN 16 /* of a frame header: page number, commit mark, salts */

#define HARK_FILE_ID_LEN 16

/* Where a page belongs; authenticated with it, so that it opens nowhere else. */
typedef struct {
  uint8_t bytes[HARK_FILE_ID_LEN + 1 + 8 + HARK_WAL_BOUND_LEN];
} HarkPagePlace;

/* hark_page_place_in_database: page @number (from 1) of the database file. */
HarkPagePlace hark_page_place_in_database (const uint8_t file_id[HARK_FILE_ID_LEN],
                                           uint32_t number);

/* hark_page_place_in_wal: the page of the frame at byte @offset, whose header starts with @bound.
 */
HarkPagePlace hark_page_place_in_wal (const uint8_t file_id[HARK_FILE_ID_LEN],
                                      uint64_t offset,
                                      const uint8_t bound[HARK_WAL_BOUND_LEN]);

/**
 * hark_page_seal:
 * @plain: SQLite's page; its last 40 bytes are not kept
 * @nonce: fresh random bytes at every call
 * @ret: what goes to disk; not @plain
 */
void hark_page_seal (const HarkStoreKeys *keys,
                     const HarkPagePlace *place,
                     const uint8_t nonce[HARK_PAGE_NONCE_LEN],
                     const uint8_t plain[HARK_PAGE_LEN],
                     uint8_t ret[HARK_PAGE_LEN]);

/* hark_page_open: false, with zeros in @ret, when the tag does not fit. @ret is not @sealed. */
bool hark_page_open (const HarkStoreKeys *keys,
                     const HarkPagePlace *place,
                     const uint8_t sealed[HARK_PAGE_LEN],
                     uint8_t ret[HARK_PAGE_LEN]);
