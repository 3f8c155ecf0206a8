/* net/path/path.h - what any path to a peer can do, and how its ends are described.
 *
 * A path carries datagrams between two peers and finds its way by itself (ICE). The node never
 * touches one: it asks for it with HARK_NET_OUTPUT_PATH_... (net/net.h) and is told what happened.
 * net/io/ice.c makes paths of libnice agents, the simulator of virtual links.
 *
 * Pure: types and a codec (candidate.c); any thread.
 */
#pragma once

#include "net/base/endpoint.h"
#include "net/base/key.h"

#include <stdbool.h>
#include <stdint.h>

#define HARK_CANDIDATES_MAX 16        /* per peer; more are refused */
#define HARK_CANDIDATES_SAME_IP_MAX 4 /* ports of one address we check for a peer */
#define HARK_PATH_RELAYS_MAX 2        /* places of relay nodes; more are left out */
#define HARK_UFRAG_LEN 8              /* characters, RFC 8445 section 5.3 wants at least 4 */
#define HARK_PASSWORD_LEN 24          /* characters, at least 22 */

typedef enum {
  HARK_CANDIDATE_HOST = 1,
  HARK_CANDIDATE_SERVER_REFLEXIVE = 2, /* as a STUN server saw us, or predicted */
  HARK_CANDIDATE_TCP_PASSIVE = 3,      /* TCP: may be dialled (endpoint.tcp is set); not for ICE */
} HarkCandidateKind;

/* One place where a peer may be reached (RFC 8445), component 1. */
typedef struct {
  HarkCandidateKind kind;
  uint32_t priority;
  HarkEndpoint endpoint;
} HarkCandidate;

/* A channel through a relay node that a peer offers, should no path come about (net/relay/guest.h).
 */
typedef struct {
  HarkEndpoint endpoint; /* of the relay node; UDP, and TCP at the same port */
  uint8_t channel[16];
  uint8_t key[16]; /* of our end of it: a secret */
} HarkPathRelay;

/* One end of a path, as told to the other end. */
typedef struct {
  char ufrag[HARK_UFRAG_LEN + 1]; /* ICE characters (letters, digits, + and /), NUL-terminated */
  char password[HARK_PASSWORD_LEN + 1]; /* likewise */
  uint8_t n_candidates;
  HarkCandidate candidates[HARK_CANDIDATES_MAX];
  uint8_t n_relays;
  HarkPathRelay relays[HARK_PATH_RELAYS_MAX];
  bool complete; /* no more will follow */
  bool hard;     /* no hole can be punched to this end: its NAT gives each destination another port,
                    or its UDP is blocked */
} HarkPathDescription;

/* most bytes hark_path_description_write() needs: 16 candidates of 24 bytes, two relay
 * nodes of 56 and the head */
#define HARK_PATH_DESCRIPTION_LEN_MAX (2 + HARK_UFRAG_LEN + HARK_PASSWORD_LEN + 16 * 24 + 2 * 56)

typedef enum {
  HARK_PATH_GATHERING,
  HARK_PATH_CONNECTING, /* checks run */
  HARK_PATH_READY,      /* packets pass; may be said again when a better pair took over */
  HARK_PATH_LOST,       /* consent failed or no pair works; may recover to READY */
  HARK_PATH_FAILED,     /* over */
} HarkPathState;

/* How the selected pair goes; what users are told. */
typedef enum {
  HARK_ROUTE_NONE,
  HARK_ROUTE_LAN,    /* both ends loopback, link-local or private */
  HARK_ROUTE_DIRECT, /* through the internet */
  HARK_ROUTE_RELAY,
} HarkRoute;

typedef struct {
  HarkRoute route;
  HarkEndpoint local; /* of the selected pair; family 0 with RELAY */
  HarkEndpoint remote;
  HarkKey relay; /* RELAY: the account of who relays, or the id of a relay node (net/net.h) */
} HarkPathInfo;

/**
 * hark_path_description_write:
 * @ret: (out): at least HARK_PATH_DESCRIPTION_LEN_MAX bytes, or fewer when the caller can do with
 * less
 *
 * Layout in net/PROTOCOL.md "Candidates". Candidates are written by falling priority as far as they
 * fit; `complete` is cleared when some did not.
 *
 * Returns: bytes written, or 0 when not even the head fits
 */
size_t
hark_path_description_write (const HarkPathDescription *description, uint8_t *ret, size_t size);

/* hark_path_description_leave_link: for a peer who is not on one link with us: without link-local
 * candidates. */
void hark_path_description_leave_link (HarkPathDescription *description);

/**
 * hark_path_description_read:
 * @data: from an authenticated peer, not trusted
 *
 * Refuses bad characters, more than HARK_CANDIDATES_MAX candidates, and leftover bytes. Candidates
 * that no honest peer sends are left out: no destination (multicast, broadcast, unspecified), ports
 * below 1024 but 443 and 3478; loopback ones unless @allow_loopback (tests and the demo on one
 * machine).
 *
 * Returns: false, with @ret untouched, when the bytes are not a description
 */
bool hark_path_description_read (const uint8_t *data,
                                 size_t len,
                                 bool allow_loopback,
                                 HarkPathDescription *ret);
