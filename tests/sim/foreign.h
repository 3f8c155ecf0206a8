/* tests/sim/foreign.h - what other people's Mainline nodes do differently from ours.
 *
 * Pure; one thread at a time. Our own HarkDht plays them, so that their tables, answers and upkeep
 * are ours; this filter between it and the network takes away what they do not know or refuse to
 * do, as measured on libtorrent, transmission, aria2 and rtorrent:
 *
 *   MODERN  knows items (BEP 44), drops queries of ours with an error
 *   SILENT  drops get, put and every unknown query without a word
 *   OLD     answers them with error 204
 *
 * All three stop answering an address for 5 min after 50 packets within 10 s (as many addresses as
 * libtorrent remembers), and send no more than 8 kB/s after a burst of 24 kB. They answer strangers
 * in full at once, where ours first asks whether somebody is there before it sends him a long item.
 */
#pragma once

#include "net/base/token-bucket.h"
#include "net/dht/dht.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_FOREIGN_PACKETS 50
#define HARK_FOREIGN_WINDOW (10 * HARK_SECOND)
#define HARK_FOREIGN_BAN (300 * HARK_SECOND)
#define HARK_FOREIGN_SOURCES 20
#define HARK_FOREIGN_RATE 8000
#define HARK_FOREIGN_BURST 24000

typedef enum { HARK_FOREIGN_MODERN, HARK_FOREIGN_SILENT, HARK_FOREIGN_OLD } HarkForeignKind;

typedef struct {
  HarkEndpoint source;
  unsigned packets;
  HarkTime until; /* of the window, or of the ban */
} HarkForeignSource;

typedef struct {
  HarkForeignKind kind;
  HarkForeignSource sources[HARK_FOREIGN_SOURCES];
  HarkTokenBucket bytes;
  unsigned dropped; /* packets refused for their number, both ways */
} HarkForeign;

typedef enum { HARK_FOREIGN_TAKE, HARK_FOREIGN_DROP, HARK_FOREIGN_REFUSE } HarkForeignVerdict;

/* hark_foreign_init: @now is when it starts. */
void hark_foreign_init (HarkForeign *foreign, HarkForeignKind kind, HarkTime now);

/* hark_foreign_receive: what becomes of a datagram from @from: handed to the DHT, dropped, or
 * answered with error 204 (hark_foreign_refusal()). */
HarkForeignVerdict hark_foreign_receive (
  HarkForeign *foreign, const HarkEndpoint *from, const uint8_t *bytes, size_t len, HarkTime now);

/* hark_foreign_trust: @dht takes @from for somebody who has proved to be there. */
void hark_foreign_trust (HarkDht *dht, const HarkEndpoint *from, HarkTime now);

/* hark_foreign_send: @len bytes may go out now. */
bool hark_foreign_send (HarkForeign *foreign, size_t len, HarkTime now);

/* hark_foreign_refusal: error 204 to the query in @bytes; returns its length, 0 when it is none. */
size_t hark_foreign_refusal (const uint8_t *bytes, size_t len, uint8_t ret[100]);
