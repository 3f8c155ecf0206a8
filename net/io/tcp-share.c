#include "net/io/tcp-share.h"

#include <string.h>

typedef struct {
  uint64_t prefix;
  unsigned n;
  int oldest; /* of those that may go; -1: none may */
} Group;

/* Of who is at @from, or of his network; two families that look alike share one. */
static uint64_t
prefix_of (const HarkEndpoint *from, bool network)
{
  const size_t len = from->family == 6 ? 8 : 4;
  uint64_t prefix = 0;

  memcpy (&prefix, from->ip, network ? len * 3 / 4 : len);
  return prefix;
}

bool
hark_tcp_share_is_same (const HarkEndpoint *a, const HarkEndpoint *b)
{
  return a->family == b->family && prefix_of (a, false) == prefix_of (b, false);
}

static Group *
get_group (Group *groups, unsigned *n, uint64_t prefix)
{
  for (unsigned i = 0; i < *n; i++)
    if (groups[i].prefix == prefix)
      return &groups[i];
  groups[*n] = (Group){.prefix = prefix, .oldest = -1};
  return &groups[(*n)++];
}

static int
find (const HarkTcpHolder *holders, unsigned n, bool network, unsigned share)
{
  Group groups[HARK_TCP_CONNECTIONS_MAX];
  unsigned n_groups = 0;
  int victim = -1;

  for (unsigned i = 0; i < n; i++) {
    Group *group = get_group (groups, &n_groups, prefix_of (holders[i].remote, network));

    group->n++;
    if (group->oldest < 0 && !holders[i].stays)
      group->oldest = (int) i;
  }
  for (unsigned i = 0; i < n_groups; i++)
    if (groups[i].n > share && groups[i].oldest >= 0) {
      share = groups[i].n;
      victim = groups[i].oldest;
    }
  return victim;
}

int
hark_tcp_share_find (const HarkTcpHolder *holders, unsigned n)
{
  int victim;

  g_assert (n <= HARK_TCP_CONNECTIONS_MAX);
  victim = find (holders, n, false, HARK_TCP_FAIR_SHARE);
  return victim >= 0 ? victim : find (holders, n, true, HARK_TCP_FAIR_NETWORK);
}
