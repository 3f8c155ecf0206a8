/* net/link-private.h - what a link is made of; seen by link*.c only (net/link.h). */
#pragma once

#include "net/link-paths.h"
#include "net/link-restart.h"
#include "net/link.h"
#include "net/noise/signal.h"

#define HARK_LINK_EARLY_MAX \
  4 /* packets: the peer's end may be ready first, and its handshake is short */

struct HarkLink {
  const HarkLinkContext *context;
  HarkLinkState state;
  bool outgoing;
  bool pairwise;
  HarkKey account; /* of the peer */
  uint32_t index;
  uint32_t ticket;
  HarkTime started;
  HarkTime deadline; /* of the state */
  HarkTime held;     /* ANSWERING: no answer before; 0: at once */
  bool slow;         /* packets go through mailboxes */

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
