/* net/rendezvous/mailbox.h - a place in the DHT where one leaves a packet for another, for when no
 * contact point can pass it on.
 *
 * Pure; any thread. Source: net/PROTOCOL.md "Mailbox"; BEP 44 for the item. Whoever has the secret
 * can read and write; nobody else can find it, or tell whose it is. Everything in it is sealed and
 * of one size.
 */
#pragma once

#include "net/base/key.h"
#include "net/base/rng.h"

#define HARK_MAILBOX_PACKET_LEN 656 /* HARK_KNOCK_LEN */
#define HARK_MAILBOX_VALUE_LEN (1 + 24 + 700 + 16)

typedef struct {
  HarkSecret seed; /* of the Ed25519 key that signs items */
  HarkSecret seal;
  uint8_t key[32]; /* the `k` of BEP 44 */
} HarkMailbox;

/* hark_mailbox_derive: the mailbox of @day (Unix seconds / 86,400) from @writer to @reader.
 * @secret: their pairwise secret (32 bytes) or the token of an audience (16). @writer: (nullable):
 * NULL for the one of an address or invite, which all its holders share: the last one to write
 * wins.
 * @network: (nullable): id of a closed network. */
void hark_mailbox_derive (const void *secret,
                          size_t secret_len,
                          const HarkKey *writer,
                          const HarkKey *reader,
                          uint64_t day,
                          const uint8_t *network,
                          HarkMailbox *ret);

/* hark_mailbox_clear: wipes. */
void hark_mailbox_clear (HarkMailbox *mailbox);

/* hark_mailbox_seal: the value of the item with @seq that holds @packet. */
void hark_mailbox_seal (const HarkMailbox *mailbox,
                        int64_t seq,
                        const uint8_t packet[HARK_MAILBOX_PACKET_LEN],
                        HarkRng *rng,
                        uint8_t ret[HARK_MAILBOX_VALUE_LEN]);

/* hark_mailbox_open: false, with @ret untouched, when @data was not sealed for this mailbox and
 * @seq. */
bool hark_mailbox_open (const HarkMailbox *mailbox,
                        int64_t seq,
                        const uint8_t *data,
                        size_t len,
                        uint8_t ret[HARK_MAILBOX_PACKET_LEN]);

/* hark_mailbox_sign: an Ed25519 signature by the mailbox's key. */
void
hark_mailbox_sign (const HarkMailbox *mailbox, const void *message, size_t len, uint8_t ret[64]);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarkMailbox, hark_mailbox_clear)
