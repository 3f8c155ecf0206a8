/* tests/sim/attack.h - a small public internet with DHT nodes, Alice, Bob, and an attacker who sees
 * and sends what he likes.
 *
 * Everybody has a public address, so that nothing but Hark itself keeps packets out. Looks into
 * nodes (net/node/node-private.h) to count what they hold. One thread; same seed, same run.
 */
#pragma once

#include "net/node/node-private.h"
#include "tests/sim/people.h"

#define HARK_ATTACK_DHT 6
#define HARK_ATTACK_HOSTS_MAX 16

typedef struct HarkAttack HarkAttack;

/* Sees a datagram before it leaves its host; see HarkSimTap. */
typedef bool (*HarkAttackTap) (
  HarkAttack *attack, unsigned host, const HarkEndpoint *to, uint8_t *bytes, size_t len);

/* A registration at a contact point, as the wire showed it; the handle is the strangers'. */
typedef struct {
  HarkEndpoint point;
  uint8_t handle[8];
  bool known;
} HarkAttackPoint;

struct HarkAttack {
  HarkSimNetwork *network;
  HarkSimLinkConfig link; /* of every host */
  HarkSimPerson *dht[HARK_ATTACK_DHT];
  HarkEndpoint bootstrap;
  HarkSimPerson *alice, *bob;
  HarkToken token; /* of Bob's public address */
  HarkToken reach[2];
  HarkSecret pairwise;

  /* what the attacker has seen */
  HarkAttackPoint points[HARK_ATTACK_HOSTS_MAX]; /* by host: the last one it registered at */
  GByteArray *knock;                             /* the first knock that was sent */
  uint64_t replies;    /* answers and cookies to knocks: packets of Bob's that hold one */
  uint64_t rings;      /* he sent */
  HarkAttackTap tap;   /* of the test, after the attacker's own */
  uint64_t count;      /* for the test's tap */
  HarkEndpoint marked; /* likewise */
};

/* hark_attack_init: a DHT, and Alice and Bob online in it; Bob's public address is open. */
void hark_attack_init (HarkAttack *attack, uint64_t seed, const HarkSimLinkConfig *link);
void hark_attack_clear (HarkAttack *attack);

/* hark_attack_add: somebody more, on a host of their own. */
HarkSimPerson *hark_attack_add (HarkAttack *attack, bool with_account);

/* hark_attack_know: @person (Alice or Bob) has the other as a contact from now on. */
void hark_attack_know (HarkAttack *attack, HarkSimPerson *person);

/* hark_attack_open: the record that contacts of Alice or Bob look for is published. */
void hark_attack_open (HarkAttack *attack, HarkSimPerson *person);

/* hark_attack_run_until_met: both see each other online within @span. */
bool hark_attack_run_until_met (HarkAttack *attack, HarkTime span);

/* hark_attack_ring: rings @person with @x, as their contact point would that has gone over to the
 * attacker; @number tells one flow from another, @caller is who he says it was. */
void hark_attack_ring (HarkAttack *attack,
                       HarkSimPerson *person,
                       const HarkEndpoint *caller,
                       const uint8_t *x,
                       size_t len,
                       uint64_t number);

/* hark_attack_find: the bytes of a KRPC message behind @key ("1:x656:"), or NULL. */
uint8_t *hark_attack_find (uint8_t *bytes, size_t len, const char *key);

/* hark_attack_links: handshakes, paths and sessions that @person holds. */
unsigned hark_attack_links (const HarkSimPerson *person);
