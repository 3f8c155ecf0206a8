/* net/rendezvous/record.h - how to reach somebody, sealed for those who hold a token.
 *
 * Pure; any thread. Source: our layout, net/PROTOCOL.md "Record". Travels as the value of a mutable
 * item (BEP 44), signed by its slot (net/rendezvous/blind.h).
 */
#pragma once

#include "net/base/certificate.h"
#include "net/base/endpoint.h"
#include "net/base/key.h"
#include "net/base/rng.h"

#define HARK_RECORD_POINTS_MAX 6
#define HARK_RECORD_VALUE_LEN_MAX (1 + 24 + 384 + 16)

/* Flags. */
#define HARK_RECORD_ONLINE (1u << 0)
#define HARK_RECORD_LEAVING (1u << 1)  /* said goodbye; no points */
#define HARK_RECORD_REQUESTS (1u << 2) /* contact requests are welcome under this token */
#define HARK_RECORD_MAILBOX (1u << 3)  /* has no contact point, and reads mailboxes */

typedef enum {
  HARK_POINT_CONTACT = 0, /* a node that forwards knocks for `handle` */
  HARK_POINT_DIRECT = 1,  /* the person's own endpoint, in records for contacts only */
  HARK_POINT_AROUND = 2,  /* somebody on the local network: endpoint.family is 0, everybody there is
                             to be knocked at */
} HarkPointKind;

typedef struct {
  HarkPointKind kind;
  HarkEndpoint endpoint;
  uint8_t handle[8];
} HarkRecordPoint;

typedef struct {
  uint16_t flags;                            /* HARK_RECORD_; unknown ones are kept */
  uint32_t made;                             /* Unix seconds, by the publisher's clock */
  uint8_t run[8];                            /* random per start: tells a restart from a move */
  uint8_t certificate[HARK_CERTIFICATE_LEN]; /* of a device of the account; verified when read */
  uint8_t n_points;
  HarkRecordPoint points[HARK_RECORD_POINTS_MAX];
} HarkRecord;

/**
 * hark_record_seal:
 * @record: its certificate is by the account that the slot belongs to
 * @slot: slot key of the epoch it is for
 * @seq: of the item; a sealed record opens under no other
 * @rng: for the nonce
 * @ret: (out): the value, padded so that its length says at most whether it has many points
 *
 * Returns: bytes written
 */
size_t hark_record_seal (const HarkRecord *record,
                         const HarkToken *token,
                         const uint8_t slot[32],
                         int64_t seq,
                         HarkRng *rng,
                         uint8_t ret[HARK_RECORD_VALUE_LEN_MAX]);

/**
 * hark_record_open:
 * @data: (array length=len): the value of a mutable item, not trusted
 * @account: whose record it should be
 *
 * Points that nobody can be sent to (multicast, unspecified, port 0) and of unknown kinds are left
 * out.
 *
 * Returns: false, with @ret untouched, when it is not sealed for this token, slot and @seq, not in
 * form, or its certificate does not hold for @account
 */
bool hark_record_open (const uint8_t *data,
                       size_t len,
                       const HarkKey *account,
                       const HarkToken *token,
                       const uint8_t slot[32],
                       int64_t seq,
                       HarkRecord *ret);

#define HARK_RECORD_KEPT_LEN 384

/* hark_record_keep: @record in bytes that nothing protects, for a sealed store. */
void hark_record_keep (const HarkRecord *record, uint8_t ret[HARK_RECORD_KEPT_LEN]);

/* hark_record_restore: what hark_record_keep() wrote of @account; false, with @ret untouched, when
 * it is not in form or the certificate does not hold. */
bool hark_record_restore (const uint8_t kept[HARK_RECORD_KEPT_LEN],
                          const HarkKey *account,
                          HarkRecord *ret);

/* hark_record_leads_somewhere: it says that its owner is online, and how to knock. */
bool hark_record_leads_somewhere (const HarkRecord *record);

/* hark_record_is_local: every point of it is on a local network, where answers come within moments.
 */
bool hark_record_is_local (const HarkRecord *record);

/* hark_record_device, _list_version: the device key in the record's certificate, which opening has
 * verified, and how new that device is among the account's. */
HarkKey hark_record_device (const HarkRecord *record);
uint32_t hark_record_list_version (const HarkRecord *record);
