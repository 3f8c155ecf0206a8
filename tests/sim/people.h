/* tests/sim/people.h - people with a HarkNet on the virtual network, for tests of the floor net.
 *
 * Each keeps what its node told it; a stream that the peer opens is echoed when `echo` is set.
 */
#pragma once

#include "net/net.h"
#include "tests/sim/node.h"

typedef struct {
  HarkSimNetwork *network;
  unsigned host;
  HarkSecret account_seed;
  HarkNetConfig config;
  HarkNet *net;
  HarkSimNode *node;

  unsigned requests; /* REQUEST events */
  HarkKey requester;
  HarkNetRequest request;
  HarkPeerState state; /* of the only peer */
  const char *reason;
  unsigned sessions; /* how often it came online */
  uint32_t session;
  bool initiator, by_pairwise;
  uint8_t handshake_hash[64];
  HarkPathInfo path;
  HarkTime online_at;
  GByteArray *received; /* stream bytes */
  bool finished;
  unsigned media;
  bool echo;
} HarkSimPerson;

/* hark_sim_person_new: account keys from the network's generator. @serve: a node without account.
 */
HarkSimPerson *hark_sim_person_new (HarkSimNetwork *network, unsigned host, bool serve);
void hark_sim_person_free (HarkSimPerson *person);

/* hark_sim_person_stop, _start: end the node without a word, and start it anew with the same keys.
 */
void hark_sim_person_stop (HarkSimPerson *person);
void hark_sim_person_start (HarkSimPerson *person, const HarkSimPerson *bootstrap);

/* hark_sim_person_befriend: both know a pairwise secret and each other's contacts token. */
void hark_sim_person_befriend (HarkSimPerson *a, HarkSimPerson *b);

/* hark_sim_person_send: @len bytes on a new stream to the only peer; false without a session. */
bool hark_sim_person_send (HarkSimPerson *person, const HarkKey *to, size_t len);
