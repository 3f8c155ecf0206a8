/* net/noise/gate.h - what stands before any Diffie-Hellman: tag, mac1, mac2, half-open limits.
 *
 * Pure, but for memory; one thread at a time. Source: our layout, net/PROTOCOL.md "First packet"
 * and "Cookie"; mac2 and cookies as in WireGuard (Donenfeld 2017, section 5.3). A refused packet
 * leaves a counter behind and nothing else: no answer, no log.
 */
#pragma once

#include "net/base/endpoint.h"
#include "net/base/key.h"
#include "net/base/rng.h"
#include "net/base/time.h"

/* First byte of our packets. They travel as `x` of hk_knock and hk_ring; free of STUN (0..3), KRPC
 * ('d'), QUIC (from 0x40) and media (0x80..0xbf) all the same. */
typedef enum {
  HARK_PACKET_KNOCK = 0x21,
  HARK_PACKET_ANSWER = 0x22,
  HARK_PACKET_COOKIE = 0x23,
  HARK_PACKET_SIGNAL = 0x24,
} HarkPacketType;

#define HARK_PACKET_VERSION 1
#define HARK_KNOCK_LEN 656 /* every knock, answer and signal has this size */
#define HARK_COOKIE_LEN 64 /* a cookie reply */

/* Offsets in a knock. */
#define HARK_KNOCK_AT_FEATURES 2
#define HARK_KNOCK_AT_TAG 4
#define HARK_KNOCK_AT_INDEX 12
#define HARK_KNOCK_AT_NOISE 16
#define HARK_KNOCK_AT_MAC1 624
#define HARK_KNOCK_AT_MAC2 640
#define HARK_KNOCK_NOISE_LEN (HARK_KNOCK_AT_MAC1 - HARK_KNOCK_AT_NOISE)

#define HARK_GATE_ENTRIES_MAX 4096       /* secrets that may knock */
#define HARK_GATE_DAYS 3                 /* tags this many days before and after today are known */
#define HARK_GATE_DAY_UNKNOWN UINT64_MAX /* an initiator's day: knock with tag 0 */
#define HARK_GATE_SLOW_RATE 20           /* knocks with tag 0 tried a second */
#define HARK_GATE_DH_RATE 200            /* knocks let in a second before mac2 is asked for */
#define HARK_GATE_HALF_OPEN_MAX 64       /* let in and neither confirmed nor given up */
#define HARK_GATE_HALF_OPEN_BUSY 32      /* from then on mac2 is asked for as well */
#define HARK_GATE_HALF_OPEN_PREFIX_MAX 4 /* of them from one /24 (IPv4) or /56 (IPv6) */
#define HARK_GATE_HALF_OPEN_LIFE (5 * HARK_SECOND)
#define HARK_GATE_REPEATS_MAX 16   /* copies of one half-open knock that are told */
#define HARK_GATE_REPLAYS_MAX 8192 /* ephemeral keys remembered */
#define HARK_GATE_REPLAY_LIFE (10 * HARK_MINUTE)
#define HARK_GATE_COOKIE_LIFE (2 * HARK_MINUTE) /* then the cookie secret is replaced */

/* The key that tag, mac1 and cookies of one secret hang from. */
typedef HarkSecret HarkGateKey;

/* hark_gate_key_derive: from a HarkToken (16 bytes) or pairwise secret (32 bytes) and the account
 * that is knocked at, so that both directions of one pairwise secret differ. */
void hark_gate_key_derive (const void *secret,
                           size_t secret_len,
                           const HarkKey *responder,
                           HarkGateKey *ret);

/* hark_gate_key_tag: the tag of @day (Unix seconds / 86,400), or zeros for HARK_GATE_DAY_UNKNOWN.
 */
void hark_gate_key_tag (const HarkGateKey *key, uint64_t day, uint8_t ret[8]);

/* hark_gate_key_seal: writes mac1 of an otherwise finished knock and zeros mac2. */
void hark_gate_key_seal (const HarkGateKey *key, uint8_t knock[HARK_KNOCK_LEN]);

/* hark_gate_key_use_cookie: opens a cookie reply to @knock and writes mac2. False, with @knock
 * untouched, when @packet is no such reply. The knock may then be sent again as it is. */
bool hark_gate_key_use_cookie (const HarkGateKey *key,
                               const uint8_t *packet,
                               size_t len,
                               uint8_t knock[HARK_KNOCK_LEN]);

typedef struct HarkGate HarkGate;

typedef enum {
  HARK_GATE_DROP,   /* silence */
  HARK_GATE_PASS,   /* worth a Diffie-Hellman: read it with the secret of `id` */
  HARK_GATE_REPEAT, /* a copy of a knock that is still half-open as `ticket`: the same answer may be
                     * sent again, to where the copy came from (a knock comes by several ways) */
  HARK_GATE_COOKIE, /* send `cookie` to where the packet came from, nothing else */
} HarkGateVerdict;

typedef struct {
  uint64_t id;                     /* PASS, REPEAT: as given to hark_gate_add() */
  uint32_t ticket;                 /* PASS, REPEAT: of the half-open handshake */
  uint8_t cookie[HARK_COOKIE_LEN]; /* COOKIE */
} HarkGateResult;

/* Packets by what became of them. */
typedef struct {
  uint64_t passed;
  uint64_t repeated;
  uint64_t cookies;
  uint64_t malformed;    /* length, type or version */
  uint64_t unknown_tag;  /* no secret of ours */
  uint64_t slow_limited; /* tag 0 above the rate */
  uint64_t bad_mac1;
  uint64_t load_limited; /* right mac2, but too many even so */
  uint64_t half_open_full;
  uint64_t replayed;
} HarkGateCounters;

/* hark_gate_new: for knocks at @account; @rng is forked, @day is Unix seconds / 86,400. Never NULL.
 */
HarkGate *hark_gate_new (const HarkKey *account, HarkRng *rng, uint64_t day, HarkTime now);

/* hark_gate_free: wipes. NULL is fine. */
void hark_gate_free (HarkGate *gate);

/* hark_gate_add: lets in whoever has @secret (16 or 32 bytes); @id is the caller's name for it and
 * replaces what was there under the same name. False when the gate is full or another id has the
 * same secret; nothing of @id is left in then. */
bool hark_gate_add (HarkGate *gate, const void *secret, size_t secret_len, uint64_t id);

/* hark_gate_remove: no knock with the secret of @id is let in any more; unknown ids are fine. */
void hark_gate_remove (HarkGate *gate, uint64_t id);

/* hark_gate_set_day: a new day came, or the clock was set. */
void hark_gate_set_day (HarkGate *gate, uint64_t day);

/**
 * hark_gate_check:
 * @packet: (array length=len): whose first byte is HARK_PACKET_KNOCK; not trusted
 * @from: where the caller is, as far as we were told: contact points name their callers
 * @ret: (out): set as the verdict says
 *
 * In this order: length and version, tag, mac1, known copies, mac2 when busy, half-open limits.
 * A passed knock holds a half-open place for HARK_GATE_HALF_OPEN_LIFE, or until released.
 */
HarkGateVerdict hark_gate_check (HarkGate *gate,
                                 const uint8_t *packet,
                                 size_t len,
                                 const HarkEndpoint *from,
                                 HarkTime now,
                                 HarkGateResult *ret);

/* hark_gate_release: the handshake of @ticket was confirmed, refused, or needs no more packets;
 * later copies of its knock are replays. Tickets that are gone are ignored. */
void hark_gate_release (HarkGate *gate, uint32_t ticket);

/* hark_gate_is_half_open: @ticket was neither released nor has it run out. */
bool hark_gate_is_half_open (const HarkGate *gate, uint32_t ticket, HarkTime now);

/* hark_gate_get_counters: borrowed until the gate is freed. */
const HarkGateCounters *hark_gate_get_counters (const HarkGate *gate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkGate, hark_gate_free)
