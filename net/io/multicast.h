/* net/io/multicast.h - beacons on every local network at once.
 *
 * Shell: one IPv4 and one IPv6 socket on port HARK_BEACON_PORT, shared with other Harks of this
 * machine (SO_REUSEADDR), and a source in a GMainContext; everything happens in that context's
 * thread. Joins 239.255.72.75 and ff02::4875 on every interface that is up, but loopback and
 * point-to-point ones, and hears broadcasts. Sends to both groups and to 255.255.255.255 out of
 * each interface, whatever the routes say; one hop only. Source: net/PROTOCOL.md "Beacons";
 * RFC 3678, RFC 3542, ip(7), ipv6(7).
 */
#pragma once

#include "net/base/endpoint.h"
#include "net/io/egress.h"

#include <glib.h>

#define HARK_MULTICAST_INTERFACES_MAX 16

typedef struct HarkMulticast HarkMulticast;

/* None of them may free the HarkMulticast. */
typedef struct {
  /* from a machine on one of our networks, for everybody or for the port of beacons; @data is
   * borrowed */
  void (*on_group) (void *user_data, const HarkEndpoint *from, const uint8_t *data, size_t len);
  /* from elsewhere, for us alone */
  void (*on_datagram) (void *user_data, const HarkEndpoint *from, const uint8_t *data, size_t len);
  /* after one or more of the above */
  void (*on_batch_end) (void *user_data);
} HarkMulticastHandlers;

/**
 * hark_multicast_new:
 * @bind: (nullable): use only these interfaces, or those with these addresses (net/io/bound.h):
 * what comes elsewhere is dropped
 * @egress: borrowed; says which senders are on our networks
 *
 * Returns: (transfer full) (nullable): NULL when somebody else does not share the port
 */
HarkMulticast *hark_multicast_new (const char *bind,
                                   const HarkEgress *egress,
                                   GMainContext *context,
                                   const HarkMulticastHandlers *handlers,
                                   void *user_data);

/* hark_multicast_free: NULL is fine. */
void hark_multicast_free (HarkMulticast *multicast);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkMulticast, hark_multicast_free)

/* hark_multicast_update: interfaces changed: joins on those that are new, leaves those that are
 * gone.
 */
void hark_multicast_update (HarkMulticast *multicast);

/* hark_multicast_send: to everybody on every interface; what the kernel does not take is lost. */
void hark_multicast_send (HarkMulticast *multicast, const uint8_t *data, size_t len);
