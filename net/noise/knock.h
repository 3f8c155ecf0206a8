/* net/noise/knock.h - Noise_IKpsk1 in our own packets: knock, answer, and the keys they make.
 *
 * Pure; one thread at a time. Source: net/PROTOCOL.md "First packet", "Answer".
 *
 *   initiator                                         responder
 *   hark_knock_init() -> knock.packet  ------------>  hark_gate_check(), hark_knock_read()
 *   hark_knock_read_answer()           <------------  hark_knock_answer() -> packet, keys
 *   hark_signal_write (CONFIRM)        ------------>  hark_signal_read(): the first proof
 *
 * A knock alone proves nothing to the responder: it may be a replay, or forged by whoever stole the
 * responder's own device key. Nothing may be shown, stored or rung before a signal under the final
 * keys was read; the one exception is a contact request, which is shown as a claim.
 */
#pragma once

#include "net/base/certificate.h"
#include "net/base/key.h"
#include "net/base/rng.h"
#include "net/noise/gate.h"
#include "net/noise/handshake.h"

#define HARK_FEATURE_AES (1u << 0) /* AES-256-GCM for the session */

#define HARK_KNOCK_NAME_MAX 48   /* bytes of UTF-8 */
#define HARK_KNOCK_TEXT_MAX 256  /* bytes of UTF-8 */
#define HARK_ANSWER_PATH_MAX 448 /* bytes of path description in an answer */

/* Who we are; see HarkNetConfig in net/net.h. Borrowed during each call. */
typedef struct {
  HarkKey account;
  HarkKey device;
  HarkSecret device_secret;
  uint8_t certificate[HARK_CERTIFICATE_LEN]; /* account signs device */
  uint8_t instance[16];                      /* this copy of the profile */
  uint8_t network[32];                       /* network id; zeros on the public one */
} HarkKnockSelf;

typedef enum {
  HARK_KNOCK_SESSION = 1,
  HARK_KNOCK_REQUEST = 2, /* a contact request; never answered */
  HARK_KNOCK_RENEWAL
  = 3, /* a session; the caller still holds the last one, but nothing is heard on it */
} HarkKnockPurpose;

/* What a contact request says. */
typedef struct {
  char name[HARK_KNOCK_NAME_MAX + 1]; /* valid UTF-8 */
  char text[HARK_KNOCK_TEXT_MAX + 1]; /* likewise */
  HarkToken answer;                   /* with which the requester may be knocked at */
  int64_t made_ms;                    /* Unix time, by the requester's clock */
} HarkKnockRequest;

/* Payload 1, as the responder reads it. */
typedef struct {
  HarkCertificate certificate; /* verified; its device key is the Noise static */
  uint8_t instance[16];
  HarkKnockPurpose purpose;
  HarkKnockRequest request; /* REQUEST; else zeros */
  uint32_t index;           /* the initiator's name for this handshake; put into the answer */
  uint16_t features;        /* HARK_FEATURE_ bits offered */
} HarkKnockPayload;

/* What both sides have in the end: HarkSessionSecrets of net/session/session.h. */
typedef struct {
  uint8_t initiator_to_responder[32];
  uint8_t responder_to_initiator[32];
  uint8_t handshake_hash[64];
} HarkKnockKeys;

/* hark_knock_keys_clear: wipes. */
void hark_knock_keys_clear (HarkKnockKeys *keys);

/* Whom to knock at, and how. Borrowed during hark_knock_init(). */
typedef struct {
  HarkKey account;
  HarkKey device;     /* from their record */
  const void *secret; /* HarkToken, 16 bytes, or pairwise secret, 32 bytes */
  size_t secret_len;
  uint64_t day;      /* Unix seconds / 86,400; HARK_GATE_DAY_UNKNOWN when our clock may be wrong */
  uint32_t index;    /* our name for this handshake: comes back in answer, cookie and signals */
  uint16_t features; /* offered */
  HarkKnockPurpose purpose;
  const HarkKnockRequest *request; /* REQUEST; else NULL */
} HarkKnockTarget;

/* The initiator's side. */
typedef struct {
  uint8_t packet[HARK_KNOCK_LEN]; /* to be sent, and sent again, as it is */
  uint32_t index;
  uint16_t features;
  HarkKey account; /* of the responder */
  HarkKey device;
  HarkGateKey gate_key;
  HarkNoiseHandshake handshake;
} HarkKnock;

/* hark_knock_init: fills @ret, packet included; clear it in the end. False, with @ret cleared, when
 * the target is our own account or device, or its device key is a low-order point. */
bool hark_knock_init (HarkKnock *ret,
                      const HarkKnockSelf *self,
                      const HarkKnockTarget *target,
                      HarkRng *rng);

/* hark_knock_clear: wipes. */
void hark_knock_clear (HarkKnock *knock);

/* hark_knock_use_cookie: @packet is a cookie reply to this knock: send `packet` again at once.
 * False for anything else, with nothing changed. */
bool hark_knock_use_cookie (HarkKnock *knock, const uint8_t *packet, size_t len);

/* Payload 2, as the initiator reads it. */
typedef struct {
  HarkCertificate certificate; /* verified; the account and device that were knocked at */
  uint8_t instance[16];
  uint32_t index;                     /* the responder's name for the session */
  uint16_t features;                  /* accepted; never more than offered */
  uint8_t path[HARK_ANSWER_PATH_MAX]; /* hark_path_description_read() */
  size_t path_len;
  HarkKnockKeys keys;
} HarkKnockAnswer;

/* hark_knock_read_answer: message 2. False, with @ret and @knock untouched, when @packet is no
 * right answer to this knock; a forged one does no harm. Clear @ret->keys when done. */
bool hark_knock_read_answer (const HarkKnock *knock,
                             const uint8_t *packet,
                             size_t len,
                             HarkKnockAnswer *ret);

/* hark_packet_index: the receiver's index in an answer, cookie or signal; false when @packet is
 * none of them or has a wrong length or version. */
bool hark_packet_index (const uint8_t *packet, size_t len, uint32_t *ret);

/* The responder's side: a knock that was read and may be answered once. */
typedef struct {
  HarkKnockPayload payload;
  HarkNoiseHandshake handshake;
} HarkKnockReceived;

/**
 * hark_knock_read:
 * @secret: of the gate entry that let @packet in
 * @packet: passed by hark_gate_check()
 * @ret: (out): clear it when done
 *
 * Reads message 1, and checks that the certificate holds, names the Noise static as its device
 * and is not our own, and that every field is as the protocol says.
 *
 * Returns: false, with @ret cleared, otherwise; the only reaction to that is silence
 */
bool hark_knock_read (const HarkKnockSelf *self,
                      const void *secret,
                      size_t secret_len,
                      const uint8_t packet[HARK_KNOCK_LEN],
                      HarkKnockReceived *ret);

/* hark_knock_received_clear: wipes. */
void hark_knock_received_clear (HarkKnockReceived *received);

/**
 * hark_knock_answer:
 * @index: our name for the session; the initiator's signals carry it
 * @features: accepted ones, a part of those offered
 * @path: @path_len bytes, at most HARK_ANSWER_PATH_MAX, of hark_path_description_write()
 * @ret_packet: (out): never longer than the knock; may be sent again as it is
 * @ret_keys: (out): clear them when done
 *
 * Writes message 2; @received is wiped but for its payload. Returns: false when the initiator's
 * keys cannot be used; silence then
 */
bool hark_knock_answer (HarkKnockReceived *received,
                        const HarkKnockSelf *self,
                        HarkRng *rng,
                        uint32_t index,
                        uint16_t features,
                        const uint8_t *path,
                        size_t path_len,
                        uint8_t ret_packet[HARK_KNOCK_LEN],
                        HarkKnockKeys *ret_keys);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarkKnock, hark_knock_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarkKnockReceived, hark_knock_received_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarkKnockKeys, hark_knock_keys_clear)
