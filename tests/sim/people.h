/* tests/sim/people.h - people with nodes on the virtual network, and what has happened to them so
 * far.
 *
 * Pure; one thread at a time. A person is an account, its HarkNet and its HarkSimNode; events are
 * taken at once and counted here, stream data is collected. Same seed, same keys.
 */
#pragma once

#include "tests/sim/node.h"

#include <glib.h>

/* Unix time in ms when the virtual network's time is zero */
#define HARK_SIM_PERSON_WALL_MS INT64_C (1790000000000)

typedef struct {
  HarkSimNetwork *network;
  unsigned host;
  HarkNet *net;
  HarkSimNode *node;
  HarkNetConfig config;

  /* what happened */
  HarkPeerState state; /* of the one contact these tests have */
  HarkKey peer;
  uint32_t session;
  bool initiator;
  HarkPathInfo path;
  uint32_t list_version; /* of the device that it is with */
  unsigned times_online;
  bool has_request;
  HarkKey request_from;
  HarkNetRequest request;
  GByteArray *received; /* stream bytes of the peer, of all streams in order of arrival */
  unsigned media;       /* packets */
} HarkSimPerson;

/* hark_sim_person_new: on @host; @with_account false: a DHT node and contact point. Asks @bootstrap
 * (nullable) in. */
HarkSimPerson *hark_sim_person_new (HarkSimNetwork *network,
                                    unsigned host,
                                    bool with_account,
                                    const HarkEndpoint *bootstrap);

/* hark_sim_person_new_local: on @host, with an account and no DHT of the internet: looks for people
 * on the local network. */
HarkSimPerson *hark_sim_person_new_local (HarkSimNetwork *network, unsigned host);

/* hark_sim_person_new_device: on @host, with the account of @old: a computer that came after its
 * own, by @list_version. */
HarkSimPerson *hark_sim_person_new_device (const HarkSimPerson *old,
                                           unsigned host,
                                           uint32_t list_version,
                                           const HarkEndpoint *bootstrap);
void hark_sim_person_free (HarkSimPerson *person);

/* hark_sim_person_restart: the process ends without a word and starts again with the same account.
 * The caller says anew who its contacts are. */
void hark_sim_person_restart (HarkSimPerson *person, const HarkEndpoint *bootstrap);

/* hark_sim_people_ask: @asker, who has @token, sends @asked a request; its answer token is drawn.
 */
void hark_sim_people_ask (HarkSimPerson *asker, const HarkSimPerson *asked, const HarkToken *token);

/* hark_sim_people_accept: @asked accepts the request that has arrived. */
void hark_sim_people_accept (HarkSimPerson *asked);

/* hark_sim_person_say: @len bytes on a new stream to the contact, with the finish; false without a
 * session. */
bool hark_sim_person_say (HarkSimPerson *person, const void *bytes, size_t len);
