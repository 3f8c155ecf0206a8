/* net/node/link-private.h - what a link is made of; seen by link*.c only (net/node/link.h). */
#pragma once

#include "net/node/link-paths.h"
#include "net/node/link-restart.h"
#include "net/node/link.h"
#include "net/noise/signal.h"

#define HARK_LINK_EARLY_MAX \
  4 /* packets: the peer's end may be ready first, and its handshake is short */

#define HARK_LINK_JOIN_TIMEOUT (10 * HARK_SECOND) /* keys are there, path or session are not */
#define HARK_LINK_SLOW_TIMEOUT (40 * HARK_SECOND) /* instead of any, when mailboxes are read */
/* For server-reflexive candidates. The first answer does not wait for them: the peer asks for them
 * with its CONFIRM, and has rung by then. By way of a mailbox that would cost seconds. */
#define HARK_LINK_GATHER_PATIENCE (250 * HARK_MS)

struct HarkLink {
  const HarkLinkContext *context;
  HarkLinkState state;
  bool outgoing;
  bool pairwise;
  HarkKey account;       /* of the peer */
  uint32_t list_version; /* of the peer's certificate; 0: not known yet */
  uint32_t index;
  uint32_t ticket;
  HarkTime started;
  HarkTime deadline; /* of the state */
  HarkTime held;     /* ANSWERING: no answer before; 0: at once */
  bool slow;         /* packets go through mailboxes */
  bool near;         /* the peer was met on a local network */

  HarkKnock knock; /* outgoing, KNOCKING */
  bool knock_due;
  HarkKnockReceived received; /* incoming, ANSWERING */
  uint8_t answer[HARK_KNOCK_LEN];

  HarkKnockKeys keys; /* from JOINING or ANSWERED on, until the session has them */
  uint8_t handshake_hash[64];
  bool aes;
  HarkSignal signal;
  bool has_signal;
  HarkTime next_confirm; /* outgoing: when CONFIRM goes again */
  HarkTime confirm_ends; /* none goes from then on; set once the session is up */
  HarkTime confirm_interval;
  bool confirm_due;

  HarkLinkPaths paths;
  HarkLinkRestart restart;
  HarkPathInfo info;                  /* of the path in use, or used last */
  bool path_known;                    /* one was ready once */
  GBytes *early[HARK_LINK_EARLY_MAX]; /* packets from before that */
  unsigned n_early;
  bool silent;           /* the session says that the peer should have answered */
  HarkTime lost;         /* since when an UP link has no path, or a silent peer */
  HarkTime remote_heard; /* newest packet from where we send, or when we asked to follow another */

  HarkSession *session;
};

/* ---- link-join.c ----------------------------------------------------------------- */

/* hark_link_die: nothing more comes of it; @why is logged. */
void hark_link_die (HarkLink *link, const char *why);

/* hark_link_start_session: the handshake is over for us: keys go to session and signals. */
void hark_link_start_session (HarkLink *link, HarkTime now);

/* hark_link_choose_path: after anything that may have made a path better or worse. @again: the one
 * in use is another one though it has the same number. */
void hark_link_choose_path (HarkLink *link, bool again, HarkTime now);

/* ---- link-signals.c -------------------------------------------------------------- */

/* hark_link_own_features: HARK_FEATURE_... */
uint16_t hark_link_own_features (const HarkLinkContext *context);

/* hark_link_get_first: (nullable): the handshake's own path: generation 0. */
HarkLinkPath *hark_link_get_first (HarkLink *link);

/* hark_link_write_answer: message 2, with what is known of our end of the path. */
void hark_link_write_answer (HarkLink *link, HarkTime now);

/* hark_link_begin_generation: a new one begins, by us or by the peer: what was being made for an
 * earlier one is given up. (nullable): its path. */
HarkLinkPath *hark_link_begin_generation (
  HarkLink *link, uint32_t generation, bool ours, const HarkLinkOpening *opening, HarkTime now);
