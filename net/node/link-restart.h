/* net/node/link-restart.h - when and what to signal to begin a new generation of a link's path.
 *
 * Either side may begin one, both may at once: a generation is no more than each side's description
 * for the number n, and the higher number wins. Who begins says RESTART with its end of n until the
 * path is ready, or until both ends are complete and known to both; who is told answers each with
 * its end (RESTARTED). A side that is asked for a generation below its own answers with its own, so
 * that both come to the higher one. Source: net/PROTOCOL.md "Signals".
 *
 * Pure; one thread at a time.
 */
#pragma once

#include "net/base/time.h"
#include "net/base/token-bucket.h"
#include "net/path/path.h"

#define HARK_LINK_GENERATION_JUMP_MAX 100000 /* above ours; more is refused */
#define HARK_LINK_GENERATIONS_RATE 2         /* that the peer may begin a second */
#define HARK_LINK_GENERATIONS_BURST 8

/* most bytes of a body: generation and description */
#define HARK_LINK_RESTART_BODY_MAX (4 + HARK_PATH_DESCRIPTION_LEN_MAX)

typedef struct {
  uint32_t generation; /* newest of both sides; 0: the handshake's */
  bool ours;           /* we signal it */
  bool answered;       /* the peer has described its end of it */
  bool asked;          /* the peer asked for one since somebody was told so */
  bool due;            /* a RESTART is to be sent now */
  HarkTime next;       /* when the next one is due */
  HarkTime interval;
  HarkTime ends;           /* none is sent from then on */
  HarkTokenBucket allowed; /* generations begun by the peer */
} HarkLinkRestart;

void hark_link_restart_init (HarkLinkRestart *restart, HarkTime now);

/* hark_link_restart_begin: @generation is the newest now; @ours: signal it. */
void
hark_link_restart_begin (HarkLinkRestart *restart, uint32_t generation, bool ours, HarkTime now);

/* hark_link_restart_accept: whether the peer may begin @generation, which is above ours. */
bool hark_link_restart_accept (HarkLinkRestart *restart, uint32_t generation, HarkTime now);

/* hark_link_restart_hurry: our end has more to tell, or the peer can be reached again: signal at
 * once. False when it is not for us to signal, or no longer. */
bool hark_link_restart_hurry (HarkLinkRestart *restart, HarkTime now);

/* hark_link_restart_stop: nothing more has to be said. */
void hark_link_restart_stop (HarkLinkRestart *restart);

void hark_link_restart_handle_time (HarkLinkRestart *restart, HarkTime now);
HarkTime hark_link_restart_get_deadline (const HarkLinkRestart *restart);

/* hark_link_restart_write: the body for our end @local of @generation; returns its bytes. */
size_t hark_link_restart_write (uint32_t generation,
                                const HarkPathDescription *local,
                                uint8_t ret[HARK_LINK_RESTART_BODY_MAX]);

/* hark_link_restart_read: the reverse; @body is by the peer, not trusted beyond that. False, with
 * both untouched, when it is malformed. */
bool hark_link_restart_read (const uint8_t *body,
                             size_t len,
                             bool allow_loopback,
                             uint32_t *ret_generation,
                             HarkPathDescription *ret_remote);
