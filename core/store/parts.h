/* core/store/parts.h - long voice messages: several entries on the wire and rows on the disk, and
 * one message to everybody who looks.
 *
 * The first part is the message: its line, its id, its states. The others are rows that are not
 * shown, and go when it goes. What belongs together has the same name, count, writer and
 * conversation; the name stands in a comment of the Ogg file (core/PROTOCOL.md "Entries") and is
 * not trusted with more: what claims a place that is taken, or one of too many, is a message of its
 * own, and so is what comes when HARK_STORE_PARTS_WAIT_MAX of a conversation wait for their first.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_STORE_PARTS_MAX 32 /* of one message; more are messages of their own */
#define HARK_STORE_PARTS_WAIT_MAX 64
#define HARK_STORE_PARTS_WAIT_MS (INT64_C (30) * 24 * 3600 * 1000) /* then a message of its own */
#define HARK_STORE_PART_SET_LEN 8

typedef struct {
  uint8_t set[HARK_STORE_PART_SET_LEN]; /* the same in all */
  unsigned part, parts;                 /* 1 to parts; 2 to HARK_STORE_PARTS_MAX */
  uint32_t length_ms;
} HarkStorePart;

/* hark_store_part_read: what the body of a clip says of itself; any bytes, not trusted; NULL is
 * fine. False, with @ret untouched, when it is no part: it is all, or not ours. Pure; any thread.
 */
bool hark_store_part_read (GBytes *body, HarkStorePart *ret);

/* hark_store_clip_length_ms: how long the body of a clip that was let in is; NULL and any bytes are
 * fine: 0 of what is none. Pure; any thread. Source: RFC 7845 section 4. */
uint32_t hark_store_clip_length_ms (GBytes *body);
