/* tests/sim/path.h - one virtual path: a socket that finds out which pair of candidates works, and
 * keeps watching it.
 *
 * Simplified ICE (RFC 8445): every candidate of the other end is checked every 20 ms until one
 * answers, then every 250 ms; the working one of highest priority carries data; 8 s without an
 * answer lose the path, 30 s without end it. Once the best one has worked for 4 s, about as long as
 * libnice tries those that do not, the path is taken over as in net/io/taken.h: it checks nothing
 * any more and stays ready, takes data from anywhere and answers checks. A check carries both user
 * fragments and the checked end's password, so a stray or stale one is ignored. Checks start with
 * 0x00 or 0x01, where data never does.
 *
 * The socket is bound to the address its host has when the path is made: when the host moves,
 * nothing passes any more, and nobody says so.
 *
 * Pure; one thread at a time.
 */
#pragma once

#include "net/path/path.h"
#include "tests/sim/network.h"

#include <stdbool.h>

typedef struct HarkSimPath HarkSimPath;

/* What a path tells its owner; @data as given to hark_sim_path_new(). The owner may not free it
 * from within. */
typedef struct {
  void (*on_gathered) (void *data, uint32_t number, const HarkPathDescription *local);
  void (*on_state) (void *data,
                    uint32_t number,
                    HarkPathState state,
                    const HarkPathInfo *info); /* NULL but READY */
  /* @from: NULL before it was taken over */
  void (*on_packet) (
    void *data, uint32_t number, const HarkEndpoint *from, const uint8_t *bytes, size_t len);
} HarkSimPathEvents;

/**
 * hark_sim_path_new:
 * @number: handed back in events; 0: a spare, which says nothing before hark_sim_path_use()
 * @stun: two servers to ask; family 0 for none
 * @events: borrowed; must outlive the path
 */
HarkSimPath *hark_sim_path_new (HarkSimNetwork *network,
                                unsigned host,
                                uint32_t number,
                                const HarkEndpoint stun[2],
                                const HarkSimPathEvents *events,
                                void *data);
void hark_sim_path_free (HarkSimPath *path);

/* hark_sim_path_start: tells its own candidates for the first time. */
void hark_sim_path_start (HarkSimPath *path);

/* hark_sim_path_use: a spare becomes path @number and tells what it has found by now. */
void hark_sim_path_use (HarkSimPath *path, uint32_t number);

/* hark_sim_path_is_at_home: its host still has the address that the socket is bound to. */
bool hark_sim_path_is_at_home (const HarkSimPath *path);

/* hark_sim_path_is_seen: a STUN server has told its reflexive address. */
bool hark_sim_path_is_seen (const HarkSimPath *path);

/* hark_sim_path_set_remote: may be said again with more candidates. */
void hark_sim_path_set_remote (HarkSimPath *path, const HarkPathDescription *remote);

/* hark_sim_path_send: one packet to the selected candidate; false when the link refuses its size.
 * Without a working candidate it is lost. */
bool hark_sim_path_send (HarkSimPath *path, const uint8_t *bytes, size_t len);

/* hark_sim_path_follow: once @to answers a check packets go there, and on_state() says so. Without
 * effect before the path was taken over. */
void hark_sim_path_follow (HarkSimPath *path, const HarkEndpoint *to);
