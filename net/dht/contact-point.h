/* net/dht/contact-point.h - forwards knocks to those who keep a mapping open to us.
 *
 * Pure; one thread at a time; knows no packets. Source: net/PROTOCOL.md "DHT", contact points.
 * Holds HARK_POINT_REGISTRATIONS_MAX handles for HARK_POINT_TTL each, at most HARK_POINT_PER_HOST
 * per address, and HARK_POINT_PENDING_MAX knocks for HARK_POINT_PENDING.
 *
 * Somebody who starts again is knocked at by everybody who knows him at once, so a handle lets a
 * crowd through; one caller gets HARK_POINT_PER_CALLER knocks on their way to it that the callee
 * has not answered, HARK_POINT_PER_CALLER_ANSWERED in all, and no more: a handshake takes three or
 * four, and whoever comes back twice within seconds begins another. What forged callers can make a
 * point send to one handle is HARK_POINT_KNOCKS_RATE packets a second, no longer than theirs.
 */
#pragma once

#include "net/base/token-bucket.h"
#include "net/dht/krpc.h"

#include <glib.h>

#define HARK_POINT_HANDLE_LEN 8
#define HARK_POINT_REGISTRATIONS_MAX 768 /* a person has two handles, for an hour a day four */
#define HARK_POINT_PER_HOST 24
#define HARK_POINT_TTL (60 * HARK_SECOND)
#define HARK_POINT_PENDING_MAX 512
#define HARK_POINT_PENDING (5 * HARK_SECOND)
#define HARK_POINT_REPEATS_MAX 4 /* of one knock */
#define HARK_POINT_ANSWERS_MAX 8 /* to one knock, copies included: the caller may be forged */
#define HARK_POINT_PER_CALLER 5  /* knocks from one address to one handle: not answered, */
#define HARK_POINT_PER_CALLER_ANSWERED 24 /* and in all */
#define HARK_POINT_KNOCKS_RATE 16         /* a second, per handle */
#define HARK_POINT_KNOCKS_BURST 128

typedef struct {
  uint8_t handle[HARK_POINT_HANDLE_LEN];
  HarkEndpoint callee;
  HarkTime expires;
  HarkTokenBucket knocks;
} HarkRegistration;

/* A knock on its way. */
typedef struct {
  uint8_t handle[HARK_POINT_HANDLE_LEN];
  HarkEndpoint caller;
  uint8_t transaction[HARK_KRPC_TRANSACTION_LEN_MAX]; /* of the caller's knock */
  size_t transaction_len;
  uint8_t ring[4]; /* transaction of our hk_ring */
  HarkEndpoint callee;
  size_t x_len; /* bytes; the answer's may not be longer */
  unsigned repeats;
  unsigned answers;
  HarkTime expires;
} HarkForward;

typedef struct {
  GArray *registrations; /* of HarkRegistration */
  GArray *forwards;      /* of HarkForward */
} HarkContactPoint;

/* hark_contact_point_init: empty; hark_contact_point_clear: frees its tables. */
void hark_contact_point_init (HarkContactPoint *point);
void hark_contact_point_clear (HarkContactPoint *point);

/* hark_contact_point_keep: registers or renews @handle. 0, or HARK_KRPC_ERROR_BUSY: full, or
 * another address holds the handle. Callers know handles too, so a living one stays at its address;
 * only the port may change, as NATs do it. */
int hark_contact_point_keep (HarkContactPoint *point,
                             const uint8_t handle[HARK_POINT_HANDLE_LEN],
                             const HarkEndpoint *callee,
                             HarkTime now);

/* hark_contact_point_load: how many registrations stand. */
unsigned hark_contact_point_load (const HarkContactPoint *point, HarkTime now);

/* hark_contact_point_has: somebody is registered with @handle. */
bool hark_contact_point_has (const HarkContactPoint *point,
                             const uint8_t handle[HARK_POINT_HANDLE_LEN],
                             HarkTime now);

/* hark_contact_point_repeat: the forward that the same knock (caller and transaction) opened
 * before; NULL: it is new. */
HarkForward *hark_contact_point_repeat (HarkContactPoint *point,
                                        const HarkEndpoint *caller,
                                        HarkBytes transaction,
                                        HarkTime now);

/* hark_contact_point_forward: opens one; *@ret_code says why not (HARK_KRPC_ERROR_UNKNOWN_HANDLE or
 * _BUSY). Borrowed until the next call. */
HarkForward *hark_contact_point_forward (HarkContactPoint *point,
                                         const uint8_t handle[HARK_POINT_HANDLE_LEN],
                                         const HarkEndpoint *caller,
                                         HarkBytes transaction,
                                         size_t x_len,
                                         HarkRng *rng,
                                         HarkTime now,
                                         int *ret_code);

/* hark_contact_point_answered: @from answers the ring @transaction with @x_len bytes: whom to tell;
 * NULL: no such ring, or too long. */
const HarkForward *hark_contact_point_answered (HarkContactPoint *point,
                                                const HarkEndpoint *from,
                                                HarkBytes transaction,
                                                size_t x_len,
                                                HarkTime now);

/* hark_contact_point_expire: forgets what is over; call now and then. */
void hark_contact_point_expire (HarkContactPoint *point, HarkTime now);
