/* net/io/taken.h - a path whose sockets were taken over from libnice: what is left of it once a
 * pair works.
 *
 * Shell; in the thread of the GMainContext. No timer, no consent, nothing is kept alive: whether
 * the peer is still there is the session's question. Packets may come to any socket of the agent
 * and from anywhere; the session tells who sealed them. Checks of the other end are answered
 * (net/io/ice-check.h).
 */
#pragma once

#include "net/io/agent.h"
#include "net/io/socket-set.h"

typedef struct HarkTaken HarkTaken;

/* Handlers may free it. */
typedef struct {
  void (*on_packet) (void *owner, const HarkEndpoint *from, const uint8_t *data, size_t len);
  /* the place hark_taken_follow() asked for has answered: packets go there now */
  void (*on_moved) (void *owner);
} HarkTakenHandlers;

/**
 * hark_taken_new:
 * @agent: with a selected pair on UDP; free it before the main loop runs on: the sockets have
 * another reader now
 * @info: the selected pair
 * @set: its handler has to be hark_taken_handle_packet()
 *
 * Returns: (transfer full) (nullable): NULL when the agent's sockets cannot be taken
 */
HarkTaken *hark_taken_new (HarkSocketSet *set,
                           const HarkIceAgent *agent,
                           const HarkPathInfo *info,
                           const HarkTakenHandlers *handlers,
                           void *owner);

/* hark_taken_free: closes the sockets. NULL is fine. */
void hark_taken_free (HarkTaken *taken);

/* hark_taken_get_fd: the socket to send on, get_info: both ends of the pair in use; borrowed, until
 * on_moved(). */
int hark_taken_get_fd (const HarkTaken *taken);
const HarkPathInfo *hark_taken_get_info (const HarkTaken *taken);

/* hark_taken_follow: the peer seems to be at @to: checks that, from the socket on which something
 * came from there. Only the last place asked for counts; a check is not repeated. */
void hark_taken_follow (HarkTaken *taken, const HarkEndpoint *to);

/* hark_taken_prune: closes the sockets on which nothing came since it was taken, but for the one in
 * use. */
void hark_taken_prune (HarkTaken *taken);

/* hark_taken_handle_packet: as HarkSocketHandlers.on_packet. */
void hark_taken_handle_packet (
  void *owner, unsigned number, const HarkEndpoint *from, const uint8_t *data, size_t len);
