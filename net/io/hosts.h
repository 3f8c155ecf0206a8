/* net/io/hosts.h - the addresses of this machine that may become host candidates.
 *
 * Shell: asks the kernel; any thread.
 */
#pragma once

#include "net/base/endpoint.h"

#include <glib.h>

#define HARK_HOSTS_MAX 10 /* leaves room among 16 candidates for those that STUN finds */

#define HARK_HOSTS_LINKS_MAX 3

/**
 * hark_hosts_list:
 * @bind: (nullable): the only addresses and interfaces to use (net/io/bound.h)
 * @allow_loopback: 127/8 and ::1 are places like any other
 * @ret: (out): ports are 0
 *
 * Public addresses come first: they need no translation. Link-local IPv6 addresses are listed, with
 * their interface, for at most HARK_HOSTS_LINKS_MAX interfaces without another IPv6 address,
 * whatever IPv4 they have: the other end may have nothing else. Parts of a bridge are none of
 * those.
 *
 * Returns: how many
 */
size_t hark_hosts_list (const char *bind, bool allow_loopback, HarkEndpoint ret[HARK_HOSTS_MAX]);
