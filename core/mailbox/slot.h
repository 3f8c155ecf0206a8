/* core/mailbox/slot.h - where two people leave mail for each other at a third one's, and how it is
 * sealed.
 *
 * Pure: no clock, no randomness of its own; any thread.
 *
 * A pair has a slot for each direction and epoch (week). Everything about it comes from the pair's
 * secret, one way: the keeper sees a tag that it can link to nobody and to no other epoch; whoever
 * shows the slot's secret, whose hash the tag is, may read it; whoever shows the receipt of a
 * deposit may remove it. Only the two of the pair can make any of them.
 *
 * What is inside is one frame of the control stream, padded to a few sizes, under
 * XChaCha20-Poly1305. The key depends on the pairwise secret and the epoch alone: who steals a
 * profile can read what was ever left under the pairwise secrets in it (two renewals, up to sixty
 * days) if he also has what a keeper held. Sessions are better than that, and go first.
 *
 * Source: core/PROTOCOL.md "Mailbox".
 */
#pragma once

#include "net/base/key.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_MAIL_SECRET_LEN 16
#define HARK_MAIL_TAG_LEN 16
#define HARK_MAIL_ID_LEN 16
#define HARK_MAIL_RECEIPT_LEN 16
#define HARK_MAIL_LOCK_LEN 16
#define HARK_MAIL_HINT_LEN 16
#define HARK_MAIL_NONCE_LEN 24

#define HARK_MAIL_PLAIN_MIN ((size_t) 512)   /* bytes: what is left is padded to at least this */
#define HARK_MAIL_PLAIN_MAX ((size_t) 98304) /* the largest padded size */
#define HARK_MAIL_OVERHEAD ((size_t) HARK_MAIL_NONCE_LEN + 16)
#define HARK_MAIL_SEALED_MAX (HARK_MAIL_PLAIN_MAX + HARK_MAIL_OVERHEAD)

#define HARK_MAIL_EPOCH_MS (INT64_C (7) * 24 * 3600 * 1000)
#define HARK_MAIL_EPOCHS_BACK 2  /* looked at beside this one: mail is kept for two weeks */
#define HARK_MAIL_EPOCHS_AHEAD 1 /* their clock may be ahead */

typedef struct {
  uint8_t secret[HARK_MAIL_SECRET_LEN]; /* shown to the keeper by who reads */
  uint8_t tag[HARK_MAIL_TAG_LEN];       /* shown to the keeper by who leaves something */
  HarkSecret key;
} HarkMailSlot;

/* hark_mail_epoch: of a Unix time in ms; 0 before 1970. */
uint32_t hark_mail_epoch (int64_t wall_ms);

/* hark_mail_slot: of what is left for @recipient under @pairwise in @epoch. Wipe with
 * hark_mail_slot_clear(). */
void hark_mail_slot (const HarkSecret *pairwise,
                     const HarkKey *recipient,
                     uint32_t epoch,
                     HarkMailSlot *ret);
void hark_mail_slot_clear (HarkMailSlot *slot);

/* hark_mail_tag: the tag of the slot with @secret. */
void hark_mail_tag (const uint8_t secret[HARK_MAIL_SECRET_LEN], uint8_t ret[HARK_MAIL_TAG_LEN]);

/* hark_mail_deposit_id: of the message @entry for @recipient; the same whenever it is left. */
void hark_mail_deposit_id (const HarkSecret *pairwise,
                           const HarkKey *recipient,
                           const uint8_t entry[16],
                           uint8_t ret[HARK_MAIL_ID_LEN]);

/* hark_mail_receipt: what removes the deposit @id of @slot; hark_mail_lock: what the keeper is told
 * of it. */
void hark_mail_receipt (const HarkMailSlot *slot,
                        const uint8_t id[HARK_MAIL_ID_LEN],
                        uint8_t ret[HARK_MAIL_RECEIPT_LEN]);
void hark_mail_lock (const uint8_t receipt[HARK_MAIL_RECEIPT_LEN], uint8_t ret[HARK_MAIL_LOCK_LEN]);

/* hark_mail_hint: names @keeper to somebody who shares @pairwise with us, if they know @keeper. */
void
hark_mail_hint (const HarkSecret *pairwise, const HarkKey *keeper, uint8_t ret[HARK_MAIL_HINT_LEN]);

/**
 * hark_mail_seal:
 * @id: of the deposit; bound to what is sealed, as the slot is
 * @nonce: fresh random bytes
 * @frame: (array length=len): one frame of the control stream with its length in front
 *
 * Returns: (transfer full) (nullable): nonce and box; NULL when the frame does not fit into
 * HARK_MAIL_PLAIN_MAX less 4 bytes
 */
GBytes *hark_mail_seal (const HarkMailSlot *slot,
                        const uint8_t id[HARK_MAIL_ID_LEN],
                        const uint8_t nonce[HARK_MAIL_NONCE_LEN],
                        const uint8_t *frame,
                        size_t len);

/* hark_mail_open: (transfer full) (nullable): the frame; NULL when it is not from the other one of
 * the pair, or was left in another slot or under another @id. @sealed comes from a keeper and is
 * not trusted. */
GBytes *hark_mail_open (const HarkMailSlot *slot,
                        const uint8_t id[HARK_MAIL_ID_LEN],
                        const uint8_t *sealed,
                        size_t len);
