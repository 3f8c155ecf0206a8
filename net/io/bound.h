/* net/io/bound.h - which addresses and interfaces of this machine may be used: what --bind names.
 *
 * Shell: asks the kernel for its addresses; one thread. A list with commas: addresses, and names of
 * interfaces that stand for whatever addresses those have, now and later. One address alone is what
 * sockets are bound to. With anything else a socket that lives long is bound to none, since the
 * addresses of an interface come and go, and its kernel binding would not outlive the interface:
 * what comes in elsewhere is dropped, and what goes out is given its address and interface with
 * each datagram (ip(7) IP_PKTINFO, RFC 3542 section 6). Sockets of one connection are bound to the
 * interface (SO_BINDTOIFINDEX).
 */
#pragma once

#include "net/base/endpoint.h"

#include <glib.h>

#define HARK_BOUND_MAX 8         /* entries of the list */
#define HARK_BOUND_PLACES_MAX 32 /* addresses that they stand for at a time; more are not used */

typedef struct HarkBound HarkBound;

/* hark_bound_new: (transfer full) (nullable): NULL with @error when @text holds an entry that is
 * neither an address nor can be the name of an interface, or too many. An interface need not be
 * there yet. */
HarkBound *hark_bound_new (const char *text, GError **error);

/* hark_bound_free: NULL is fine. */
void hark_bound_free (HarkBound *bound);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkBound, hark_bound_free)

/* hark_bound_is_single: it is one address, which goes to @ret; its port is 0. */
bool hark_bound_is_single (const HarkBound *bound, HarkEndpoint *ret);

/* hark_bound_names: @address, on the interface called @device, may be used. */
bool hark_bound_names (const HarkBound *bound, const char *device, const HarkEndpoint *address);

/* hark_bound_is_there: there is an address to use. */
bool hark_bound_is_there (const HarkBound *bound);

/* hark_bound_update: interfaces or addresses changed. */
void hark_bound_update (HarkBound *bound);

/* hark_bound_has: packets that came to @local may be read. */
bool hark_bound_has (const HarkBound *bound, const HarkEndpoint *local);

/* hark_bound_source: from where to send to @to: what the kernel would choose if it is among the
 * places, else the first of its family; False: there is none. @ret: its port is 0, its interface
 * the one to leave by. */
bool hark_bound_source (const HarkBound *bound, const HarkEndpoint *to, HarkEndpoint *ret);

/* hark_bound_confine: @fd, which is bound to an address already, leaves by the interface of that
 * address alone. @text: (nullable): as of hark_bound_new(); one address, or NULL: nothing is done.
 */
void hark_bound_confine (const char *text, int fd);
