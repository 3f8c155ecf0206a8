/* net/io/agent.h - one libnice agent set up the way Hark uses ICE.
 *
 * Shell: RFC 8445 over UDP only, one stream of one component, aggressive nomination, trickle,
 * no consent: net/io/taken.h takes over once a pair is settled. All calls in the thread of the
 * GMainContext. libnice's SDP parser is never used.
 */
#pragma once

#include "net/io/egress.h"
#include "net/io/hosts.h"
#include "net/io/ice-check.h"
#include "net/path/path.h"

#include <nice/agent.h>

typedef struct {
  const char *bind; /* borrowed, nullable: what may be used (net/io/bound.h) */
  bool allow_loopback;
  HarkEgress *egress; /* borrowed, nullable: where may be sent */
} HarkIceConfig;

typedef struct {
  NiceAgent *nice;
  guint stream;
  bool controlling;                   /* the ICE role; libnice cannot change it once it gathers */
  bool gathered;                      /* no more local candidates will follow */
  bool reflexive;                     /* a server reflexive candidate was found */
  bool failed;                        /* no local address, or no socket */
  const char *bind;                   /* as of its configuration */
  HarkEgress *egress;                 /* borrowed, nullable */
  HarkEndpoint stun;                  /* family 0: none */
  HarkEndpoint hosts[HARK_HOSTS_MAX]; /* addresses it was made for */
  size_t n_hosts;
  gint64 made_at; /* g_get_monotonic_time() */

  HarkIceCredentials local;
  HarkIceCredentials remote; /* ufrag empty: no description yet */

  HarkEndpoint remotes[HARK_CANDIDATES_MAX]; /* candidates of the peer that libnice was told of */
  size_t n_remotes;
  bool remote_complete; /* no more will follow */

  /* Whose it is now, if anybody's. on_news may run inside any call into libnice: only take a note
   * there. Packets are discarded while there is no on_packet. */
  void (*on_news) (void *data);
  void (*on_packet) (void *data, const uint8_t *packet, size_t len);
  void *data;
} HarkIceAgent;

/**
 * hark_ice_agent_new:
 * @stun: where to ask for the reflexive address; family 0: nowhere
 *
 * Gathers at once: host candidates are there when it returns, reflexive ones follow.
 *
 * Returns: (transfer full): never NULL; `failed` when there is nothing to work with
 */
HarkIceAgent *hark_ice_agent_new (const HarkIceConfig *config,
                                  GMainContext *context,
                                  bool controlling,
                                  const HarkEndpoint *stun);

/* hark_ice_agent_free: not from inside one of libnice's callbacks. NULL is fine. */
void hark_ice_agent_free (HarkIceAgent *agent);

/* hark_ice_agent_describe: credentials and candidates found so far. */
void hark_ice_agent_describe (const HarkIceAgent *agent, HarkPathDescription *ret);

/* hark_ice_agent_add_remote: the peer's end; again when it has more candidates. A description with
 * other credentials than the first, or candidates beyond HARK_CANDIDATES_MAX in all, are ignored.
 */
void hark_ice_agent_add_remote (HarkIceAgent *agent, const HarkPathDescription *remote);

/* hark_ice_agent_is_settled: every check of ours is over, a pair is selected, and we will not come
 * up with more candidates. hark_ice_agent_is_told_all: nor will the other end. */
bool hark_ice_agent_is_settled (const HarkIceAgent *agent);
bool hark_ice_agent_is_told_all (const HarkIceAgent *agent);

/* hark_ice_route: how packets between these two go. */
HarkRoute hark_ice_route (const HarkEndpoint *local, const HarkEndpoint *remote);

/**
 * hark_ice_agent_get_selected:
 * @ret: (out): both ends of the selected pair
 *
 * Returns: false when there is no selected pair
 */
bool hark_ice_agent_get_selected (const HarkIceAgent *agent, HarkPathInfo *ret);
