#include "net/node/link-paths.h"

#define TRUST_FIRST (2 * HARK_SECOND)
#define TRUST_MAX (2 * HARK_MINUTE)

void
hark_link_paths_init (HarkLinkPaths *paths, HarkNodeQueue *queue, bool controlling)
{
  *paths = (HarkLinkPaths){.queue = queue, .controlling = controlling, .next = HARK_TIME_NEVER};
}

/* Asked for much more often than it changes. */
static void
find_next (HarkLinkPaths *paths)
{
  paths->next = HARK_TIME_NEVER;
  for (unsigned i = 0; i < HARK_LINK_PATHS_MAX; i++)
    if (paths->items[i].number)
      paths->next = hark_time_min (paths->next, paths->items[i].closes);
}

void
hark_link_paths_clear (HarkLinkPaths *paths)
{
  for (unsigned i = 0; i < HARK_LINK_PATHS_MAX; i++)
    if (paths->items[i].number)
      hark_link_paths_close (paths, &paths->items[i]);
}

/* A free place, or that of the oldest path which nobody uses. */
static HarkLinkPath *
make_room (HarkLinkPaths *paths)
{
  HarkLinkPath *oldest = NULL;

  for (unsigned i = 0; i < HARK_LINK_PATHS_MAX; i++) {
    HarkLinkPath *path = &paths->items[i];

    if (!path->number)
      return path;
    if (path != paths->used && (!oldest || path->opened < oldest->opened))
      oldest = path;
  }
  hark_link_paths_close (paths, oldest);
  return oldest;
}

HarkLinkPath *
hark_link_paths_open (HarkLinkPaths *paths,
                      uint32_t number,
                      uint32_t generation,
                      const HarkEndpoint stun[2],
                      bool fresh,
                      HarkTime now)
{
  HarkLinkPath *path = make_room (paths);
  HarkNetOutput output
    = {.kind = HARK_NET_OUTPUT_PATH_OPEN, .path = number, .controlling = paths->controlling};

  output.fresh = fresh;
  *path = (HarkLinkPath){
    .number = number, .generation = generation, .opened = now, .closes = HARK_TIME_NEVER};
  output.stun[0] = stun[0];
  output.stun[1] = stun[1];
  hark_node_queue_push_output (paths->queue, &output);
  return path;
}

HarkLinkPath *
hark_link_paths_add (HarkLinkPaths *paths, uint32_t number, const HarkPathInfo *info, HarkTime now)
{
  HarkLinkPath *path = make_room (paths);

  *path = (HarkLinkPath){.number = number,
                         .relay = true,
                         .info = *info,
                         .ready = true,
                         .opened = now,
                         .closes = HARK_TIME_NEVER};
  return path;
}

HarkLinkPath *
hark_link_paths_find (HarkLinkPaths *paths, uint32_t number)
{
  for (unsigned i = 0; number && i < HARK_LINK_PATHS_MAX; i++)
    if (paths->items[i].number == number)
      return &paths->items[i];
  return NULL;
}

HarkLinkPath *
hark_link_paths_find_generation (HarkLinkPaths *paths, uint32_t generation)
{
  for (unsigned i = 0; i < HARK_LINK_PATHS_MAX; i++) {
    HarkLinkPath *path = &paths->items[i];

    if (path->number && !path->relay && path->generation == generation)
      return path;
  }
  return NULL;
}

void
hark_link_paths_close (HarkLinkPaths *paths, HarkLinkPath *path)
{
  HarkNetOutput output = {.kind = HARK_NET_OUTPUT_PATH_CLOSE, .path = path->number};

  hark_node_queue_push_output (paths->queue, &output);
  if (paths->used == path)
    paths->used = NULL;
  *path = (HarkLinkPath){0};
  find_next (paths);
}

void
hark_link_paths_tell_remote (HarkLinkPaths *paths,
                             HarkLinkPath *path,
                             const HarkPathDescription *remote)
{
  HarkNetOutput output
    = {.kind = HARK_NET_OUTPUT_PATH_REMOTE, .path = path->number, .remote = remote};

  path->has_remote = true;
  path->remote_complete = remote->complete;
  hark_node_queue_push_output (paths->queue, &output);
}

void
hark_link_paths_set_state (HarkLinkPath *path, HarkPathState state, const HarkPathInfo *info)
{
  switch (state) {
  case HARK_PATH_READY:
    path->info = *info;
    path->ready = true;
    break;
  case HARK_PATH_FAILED:
    path->failed = true;
    path->ready = false;
    break;
  case HARK_PATH_LOST:
    path->ready = false;
    break;
  case HARK_PATH_GATHERING:
  case HARK_PATH_CONNECTING:
    break;
  }
}

void
hark_link_paths_distrust (HarkLinkPaths *paths, HarkTime now)
{
  HarkLinkPath *path = paths->used;

  if (!path || path->distrusted)
    return;
  path->distrusted = true;
  path->trust_again = hark_time_add (now, path->trust_period);
  path->trust_period
    = path->trust_period ? hark_time_min (2 * path->trust_period, TRUST_MAX) : TRUST_FIRST;
}

void
hark_link_paths_heard (HarkLinkPath *path, HarkTime now)
{
  if (path->distrusted && path->trust_again <= now)
    path->distrusted = false;
}

/* Larger is better; 0: of no use. */
static uint64_t
score (const HarkLinkPath *path)
{
  if (!path->number || !path->ready)
    return 0;
  return (uint64_t) !path->distrusted << 34 | (uint64_t) !path->relay << 33 | UINT64_C (1) << 32
         | path->generation;
}

bool
hark_link_paths_choose (HarkLinkPaths *paths, HarkTime now)
{
  HarkLinkPath *before = paths->used, *best = NULL;

  for (unsigned i = 0; i < HARK_LINK_PATHS_MAX; i++) {
    HarkLinkPath *path = &paths->items[i];

    if (score (path) > (best ? score (best) : 0))
      best = path;
  }
  paths->used = best;
  for (unsigned i = 0; i < HARK_LINK_PATHS_MAX; i++) {
    HarkLinkPath *path = &paths->items[i];
    /* what is better than the one in use, or may become so, stays */
    bool kept = !best || best->distrusted || path == best || (best->relay && !path->relay)
                || (!path->relay && path->generation > best->generation);

    if (path->number && !path->failed && kept)
      path->closes = HARK_TIME_NEVER;
    else if (path->number && path->closes == HARK_TIME_NEVER)
      path->closes = hark_time_add (now, path->failed ? 0 : HARK_LINK_PATH_KEPT);
  }
  find_next (paths);
  return paths->used != before;
}

bool
hark_link_paths_is_within_machine (const HarkPathInfo *info)
{
  if (info->route == HARK_ROUTE_RELAY)
    return false;
  return hark_endpoint_same_ip (&info->local, &info->remote)
         || (hark_endpoint_scope (&info->local) == HARK_SCOPE_LOOPBACK
             && hark_endpoint_scope (&info->remote) == HARK_SCOPE_LOOPBACK);
}

void
hark_link_paths_handle_time (HarkLinkPaths *paths, HarkTime now)
{
  for (unsigned i = 0; paths->next <= now && i < HARK_LINK_PATHS_MAX; i++)
    if (paths->items[i].number && paths->items[i].closes <= now)
      hark_link_paths_close (paths, &paths->items[i]);
}

HarkTime
hark_link_paths_get_deadline (const HarkLinkPaths *paths)
{
  return paths->next;
}
