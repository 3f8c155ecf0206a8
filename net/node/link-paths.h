/* net/node/link-paths.h - the paths of one link: the one in use, others being made or kept for a
 * moment.
 *
 * Every path belongs to a generation: both ends of generation n are described to each other in
 * signals, so that they always agree on what is joined to what. Generation 0 is the handshake's;
 * each restart (net/node/link-restart.h) begins the next. A path that was not made by the shell (a
 * relay) has none: it is ready when it is added.
 *
 * Which of several is used: one that carries packets before one that was silent when it should not
 * have been (`distrusted`); direct or local before relayed; then the newest. What is left over is
 * closed HARK_LINK_PATH_KEPT later: the other side may move a little after us.
 *
 * Pure; one thread at a time. Paths are opened and closed through the node's queue.
 */
#pragma once

#include "net/net.h"
#include "net/node/queue.h"

#define HARK_LINK_PATHS_MAX 4
#define HARK_LINK_PATH_KEPT (4 * HARK_SECOND)

typedef struct {
  uint32_t number; /* 0: a free place */
  uint32_t generation;
  bool relay; /* not made by the shell */

  HarkPathDescription local; /* our end, as last told */
  bool has_local;
  bool has_remote;
  bool remote_complete; /* the peer has no more to say about its end */

  HarkPathInfo info; /* valid once it was ready */
  bool ready;
  bool failed;
  HarkTime opened;
  HarkTime closes; /* HARK_TIME_NEVER: stays */

  bool distrusted;       /* silent when it should not have been */
  HarkTime trust_again;  /* before that an arriving packet proves nothing */
  HarkTime trust_period; /* doubles, so that a path that works one way cannot make us swing */
} HarkLinkPath;

typedef struct {
  HarkNodeQueue *queue; /* borrowed */
  bool controlling;     /* ICE role: of who started the handshake, for every generation */
  HarkLinkPath items[HARK_LINK_PATHS_MAX];
  HarkLinkPath *used; /* one of `items`; NULL: none carries packets */
  HarkTime next;      /* the first of their `closes` */
} HarkLinkPaths;

void hark_link_paths_init (HarkLinkPaths *paths, HarkNodeQueue *queue, bool controlling);

/* hark_link_paths_clear: closes all. */
void hark_link_paths_clear (HarkLinkPaths *paths);

/* hark_link_paths_open: has the shell make path @number for @generation; @stun, @fresh as in
 * HarkNetOutput. When all places are taken the oldest that is not in use gives way. */
HarkLinkPath *hark_link_paths_open (HarkLinkPaths *paths,
                                    uint32_t number,
                                    uint32_t generation,
                                    const HarkEndpoint stun[2],
                                    bool fresh,
                                    HarkTime now);

/* hark_link_paths_add: path @number exists and is ready, as @info says. */
HarkLinkPath *
hark_link_paths_add (HarkLinkPaths *paths, uint32_t number, const HarkPathInfo *info, HarkTime now);

/* hark_link_paths_find: by number; _find_generation: the one the shell makes for @generation. NULL:
 * there is none (any more). */
HarkLinkPath *hark_link_paths_find (HarkLinkPaths *paths, uint32_t number);
HarkLinkPath *hark_link_paths_find_generation (HarkLinkPaths *paths, uint32_t generation);

/* hark_link_paths_close: @path is over, and its place free. */
void hark_link_paths_close (HarkLinkPaths *paths, HarkLinkPath *path);

/* hark_link_paths_tell_remote: the peer's end of @path. */
void hark_link_paths_tell_remote (HarkLinkPaths *paths,
                                  HarkLinkPath *path,
                                  const HarkPathDescription *remote);

/* hark_link_paths_set_state: news of @path from the shell; @info with READY only. */
void hark_link_paths_set_state (HarkLinkPath *path, HarkPathState state, const HarkPathInfo *info);

/* hark_link_paths_distrust: the path in use was silent when it should not have been. */
void hark_link_paths_distrust (HarkLinkPaths *paths, HarkTime now);

/* hark_link_paths_heard: an authentic packet came over @path. */
void hark_link_paths_heard (HarkLinkPath *path, HarkTime now);

/* hark_link_paths_choose: picks `used` anew; true when it is another one than before. */
bool hark_link_paths_choose (HarkLinkPaths *paths, HarkTime now);

/* hark_link_paths_is_within_machine: packets between two addresses of one machine meet no Ethernet.
 */
bool hark_link_paths_is_within_machine (const HarkPathInfo *info);

/* hark_link_paths_handle_time: closes what was kept for a moment; _get_deadline: when to come back.
 */
void hark_link_paths_handle_time (HarkLinkPaths *paths, HarkTime now);
HarkTime hark_link_paths_get_deadline (const HarkLinkPaths *paths);
