/* net/io/hosts.h - the addresses of this machine that may become host candidates.
 *
 * Shell: asks the kernel; any thread.
 */
#pragma once

#include "net/base/endpoint.h"

#include <glib.h>

#define HARK_HOSTS_MAX 10 /* leaves room among 16 candidates for those that STUN finds */

/**
 * hark_hosts_list:
 * @bind: (nullable): the only address to use
 * @allow_loopback: 127/8 and ::1 are places like any other
 * @ret: (out): ports are 0; link-local IPv6 addresses are left out, as they mean nothing to the
 * other end
 *
 * Public addresses come first: they need no translation.
 *
 * Returns: how many
 */
size_t hark_hosts_list (const char *bind, bool allow_loopback, HarkEndpoint ret[HARK_HOSTS_MAX]);
