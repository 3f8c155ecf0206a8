/* net/lan/beacon.h - what a node says to the whole local network.
 *
 * Pure; any thread. Source: our layout, net/PROTOCOL.md "Beacons". A plain beacon shows no
 * identity: only that a DHT node of some network listens at a port. One with a person in it is sent
 * by those who chose to be seen by everybody.
 */
#pragma once

#include "net/base/key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_BEACON_PORT 28375
#define HARK_BEACON_TAG_LEN 8
#define HARK_BEACON_COOKIE_LEN 8
#define HARK_BEACON_NAME_MAX 48 /* bytes of UTF-8 */
#define HARK_BEACON_LEN 22      /* without a person */
#define HARK_BEACON_PERSON_LEN (HARK_BEACON_LEN + 32 + 16 + 1 + HARK_BEACON_NAME_MAX + 64)
#define HARK_BEACON_LEN_MAX HARK_BEACON_PERSON_LEN

/* Somebody who wants to be seen by everybody on the local network. */
typedef struct {
  HarkKey account;
  HarkToken token;                     /* with it anybody may send a contact request */
  char name[HARK_BEACON_NAME_MAX + 1]; /* not empty, no control characters */
} HarkBeaconPerson;

typedef struct {
  uint8_t tag[HARK_BEACON_TAG_LEN];       /* of the network */
  uint16_t port;                          /* of the sender's signalling socket */
  uint8_t cookie[HARK_BEACON_COOKIE_LEN]; /* random; a new one asks for answers */
  bool has_person;
  HarkBeaconPerson person;
} HarkBeacon;

/* hark_beacon_tag: how a network calls itself in beacons; @network: its id, zeros for the public
 * one. It does not give the id away. */
void hark_beacon_tag (const uint8_t network[32], uint8_t ret[HARK_BEACON_TAG_LEN]);

/* hark_beacon_write: @seed: the Ed25519 seed of the person's account; NULL without a person.
 * Returns the bytes written. */
size_t hark_beacon_write (const HarkBeacon *beacon,
                          const HarkSecret *seed,
                          uint8_t ret[HARK_BEACON_LEN_MAX]);

/* hark_beacon_read: false, with @ret untouched, when it is none. The signature of a person is left
 * to hark_beacon_verify(), which costs more than all the rest. */
bool hark_beacon_read (const uint8_t *data, size_t len, HarkBeacon *ret);

/* hark_beacon_verify: @data: a packet that was read and has a person. Was it signed by that
 * account? */
bool hark_beacon_verify (const uint8_t data[HARK_BEACON_PERSON_LEN]);
