/* net/io/interfaces.h - tells when addresses, interfaces or routes of this machine changed.
 *
 * Shell: an rtnetlink socket (rtnetlink(7), groups link, ifaddr and route of both families) as a
 * source in a GMainContext. What changed is not looked at: whoever is told lists anew. News come in
 * swarms (an interface goes up, gets an address, then a route, and IPv6 takes a second to make sure
 * that nobody has its address): one call comes HARK_INTERFACES_SETTLE_MS after the first of a
 * swarm, one HARK_INTERFACES_AGAIN_MS after the last.
 */
#pragma once

#include <glib.h>

#define HARK_INTERFACES_SETTLE_MS 100
#define HARK_INTERFACES_AGAIN_MS 1000

typedef struct HarkInterfaces HarkInterfaces;

/* hark_interfaces_new: @on_change is called from a source in @context, never from inside of a call
 * here. Never NULL; silent where the kernel gives no such socket. */
HarkInterfaces *
hark_interfaces_new (GMainContext *context, void (*on_change) (void *data), void *data);

/* hark_interfaces_free: @on_change is not called any more. NULL is fine. */
void hark_interfaces_free (HarkInterfaces *interfaces);
