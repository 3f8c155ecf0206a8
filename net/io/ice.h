/* net/io/ice.h - paths found by libnice (RFC 8445) and then gone without it: what net/path/path.h
 * promises, on real sockets.
 *
 * Shell. Everything happens in the thread of the GMainContext; handlers run from its sources, never
 * from inside a call into this module. net/io/agent-pool.h keeps agents ready, net/io/taken.h is
 * what a path becomes when its checks are over: the sockets alone, without a timer.
 *
 *   GATHERING -> CONNECTING -> READY <-> LOST -> FAILED      READY again when a better pair took
 * over
 *
 * LOST: every check failed; FAILED 15 s later, or at once when there is no socket to work with. A
 * path that never gets READY fails 20 s after its remote description came. Once READY and taken
 * over it stays READY: whether anybody is there is the session's question (no consent, RFC 7675,
 * but its signs of life).
 */
#pragma once

#include "net/io/agent.h"

#include <glib.h>

#define HARK_ICE_FLUSH_EVERY 32 /* packets between two on_flush(), at most */

typedef struct HarkIce HarkIce;
typedef struct HarkIcePath HarkIcePath;

/* @path is the number given to hark_ice_path_open(). Handlers may open, use and close any path;
 * none may free the HarkIce. */
typedef struct {
  /* our end, host candidates first, then with what STUN found; until `complete` */
  void (*on_local) (void *user_data, uint32_t path, const HarkPathDescription *local);
  /* @info: with READY only, else NULL */
  void (*on_state) (void *user_data, uint32_t path, HarkPathState state, const HarkPathInfo *info);
  /* @from: where from, once taken over; NULL before: from where libnice knows the peer to be.
   * @data is borrowed for the time of the call */
  void (*on_packet) (
    void *user_data, uint32_t path, const HarkEndpoint *from, const uint8_t *data, size_t len);
  /* the kernel refused packets as larger than the path carries */
  void (*on_too_big) (void *user_data, uint32_t path);
  /* packets were handed over: the last chance to answer before the next HARK_ICE_FLUSH_EVERY */
  void (*on_flush) (void *user_data);
} HarkIceHandlers;

/* hark_ice_new: @config is copied; @handlers must outlive it. Never NULL. */
HarkIce *hark_ice_new (const HarkIceConfig *config,
                       GMainContext *context,
                       const HarkIceHandlers *handlers,
                       void *user_data);

/* hark_ice_free: close every path first; not from a handler. NULL is fine. */
void hark_ice_free (HarkIce *ice);

/**
 * hark_ice_path_open:
 * @number: what handlers are told
 * @stun: (nullable): places that answer STUN; the first one with a family is asked
 *
 * Returns: (transfer full): never NULL; closed with hark_ice_path_close()
 */
HarkIcePath *
hark_ice_path_open (HarkIce *ice, uint32_t number, bool controlling, const HarkEndpoint stun[2]);

/* hark_ice_renew: the network may be another one than a second ago: what was gathered ahead for
 * paths to be opened is gathered anew. */
void hark_ice_renew (HarkIce *ice);

/* hark_ice_path_close: no handler is called for it any more. Its sockets close a moment later. NULL
 * is fine. */
void hark_ice_path_close (HarkIcePath *path);

/* hark_ice_path_set_remote: the peer's end; again with more candidates. Without effect once taken
 * over. */
void hark_ice_path_set_remote (HarkIcePath *path, const HarkPathDescription *remote);

/**
 * hark_ice_path_send:
 * @data: cut into packets of @segment bytes, the last one may be shorter
 * @len: at most 65,507 bytes
 *
 * Packets are lost when the path is not READY, or while an earlier batch still waits for room in
 * the socket: one batch is kept and sent when there is room.
 *
 * Returns: false when packets were lost
 */
bool hark_ice_path_send (HarkIcePath *path, const uint8_t *data, size_t len, size_t segment);

/* hark_ice_path_follow: the peer sends from @to now. If @to answers a check packets go there, and
 * on_state() says so. Only for a path that was taken over. */
void hark_ice_path_follow (HarkIcePath *path, const HarkEndpoint *to);

/* hark_ice_path_is_taken: libnice has nothing to do with it any more. */
bool hark_ice_path_is_taken (const HarkIcePath *path);
