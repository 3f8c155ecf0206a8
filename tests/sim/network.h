/* tests/sim/network.h - an internet in one process: hosts, homes behind NATs, bad links, failures,
 * in virtual time.
 *
 *   host --link--> router of its site (NAT) --link--> internet --link--> router --link--> host
 *
 * Hosts of site 0 are on the internet themselves. Hosts of one site reach each other without
 * passing the NAT. Packets to nobody vanish. IPv4 only. Everything that happens is drawn from one
 * seed and ordered by (time, order of creation), so same seed and same calls give the same run;
 * hark_sim_network_get_trace() proves it.
 *
 * Pure: no sockets, no clock; one thread at a time.
 */
#pragma once

#include "net/base/endpoint.h"
#include "net/base/rng.h"
#include "net/base/time.h"
#include "tests/sim/link.h"
#include "tests/sim/nat.h"
#include "tests/sim/wide-area.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct HarkSimNetwork HarkSimNetwork;
typedef struct HarkSimTimer HarkSimTimer;

#define HARK_SIM_TRACE_LEN 32

/* on_datagram: @bytes are borrowed for the call. */
typedef void (*HarkSimReceive) (void *data,
                                const HarkEndpoint *from,
                                const uint8_t *bytes,
                                size_t len);

/* hark_sim_network_new: virtual time starts at one hour, so that nothing takes zero for "never
 * happened". */
HarkSimNetwork *hark_sim_network_new (uint64_t seed);
void hark_sim_network_free (HarkSimNetwork *network);

HarkTime hark_sim_network_now (const HarkSimNetwork *network);

/* hark_sim_network_rng: (transfer none): for whoever needs seeds of the same run. */
HarkRng *hark_sim_network_rng (HarkSimNetwork *network);

/* ---- building -------------------------------------------------------------------- */

/* hark_sim_network_add_site: a home of up to 200 hosts with its router; returns its number, from 1.
 * With HARK_SIM_NAT_NONE there is no home: 0, the internet. */
unsigned hark_sim_network_add_site (HarkSimNetwork *network, HarkSimNatKind nat);

/* hark_sim_network_add_host: in @site, or on the internet with 0; returns its number, from 0. */
unsigned hark_sim_network_add_host (HarkSimNetwork *network, unsigned site);

/* hark_sim_network_set_next_address: the next home or public host is made at this IPv4 address
 * (host byte order), which must be free; those behind it where chance wants. */
void hark_sim_network_set_next_address (HarkSimNetwork *network, uint32_t address);

/* hark_sim_network_get_address: the host's own address (private in a site), port 0. */
HarkEndpoint hark_sim_network_get_address (const HarkSimNetwork *network, unsigned host);

/* hark_sim_network_get_external: the address that the internet sees, port 0. */
HarkEndpoint hark_sim_network_get_external (const HarkSimNetwork *network, unsigned host);

/* hark_sim_network_remove_host: it is gone, and its home with it when nobody else lives there.
 * Unbind first; what is on its way to it is lost, its number and address mean nothing any more. */
void hark_sim_network_remove_host (HarkSimNetwork *network, unsigned host);

/* hark_sim_network_set_wide_area: every two places on the internet are some way apart from now on,
 * and packets get lost between them; addresses given out later lie everywhere. Before that the
 * internet itself takes no time. Links of homes and hosts come on top. */
void hark_sim_network_set_wide_area (HarkSimNetwork *network, const HarkSimWideArea *area);

/* Links are ideal until set. The access link of a home, and a host's own; @up is away from the
 * host. */
void hark_sim_network_set_site_link (HarkSimNetwork *network,
                                     unsigned site,
                                     const HarkSimLinkConfig *up,
                                     const HarkSimLinkConfig *down);
void hark_sim_network_set_host_link (HarkSimNetwork *network,
                                     unsigned host,
                                     const HarkSimLinkConfig *up,
                                     const HarkSimLinkConfig *down);

/* hark_sim_network_share_carried: of the packets that @host handed to its uplink, those that went
 * through, 0 to 1. */
double hark_sim_network_share_carried (HarkSimNetwork *network, unsigned host);

/* ---- sockets and timers ---------------------------------------------------------- */

/* hark_sim_network_bind: opens UDP @port (0: a free one) of @host; returns the port, or 0 when it
 * is taken. */
uint16_t hark_sim_network_bind (
  HarkSimNetwork *network, unsigned host, uint16_t port, HarkSimReceive on_datagram, void *data);

/* hark_sim_network_unbind: what is on its way to the port is lost. */
void hark_sim_network_unbind (HarkSimNetwork *network, unsigned host, uint16_t port);

/* hark_sim_network_send: from @port of @host; @bytes are copied. False when the host's own link
 * cannot carry so many bytes (EMSGSIZE); anything else that goes wrong is silent. */
bool hark_sim_network_send (HarkSimNetwork *network,
                            unsigned host,
                            uint16_t port,
                            const HarkEndpoint *to,
                            const uint8_t *bytes,
                            size_t len);

/* hark_sim_network_send_around: to @to_port of every other host of the same site, as multicast
 * does; on the internet to nobody. */
void hark_sim_network_send_around (HarkSimNetwork *network,
                                   unsigned host,
                                   uint16_t port,
                                   uint16_t to_port,
                                   const uint8_t *bytes,
                                   size_t len);

/* hark_sim_timer_new: calls @on_time once at each time set with hark_sim_timer_set(). */
HarkSimTimer *
hark_sim_timer_new (HarkSimNetwork *network, void (*on_time) (void *data), void *data);
void hark_sim_timer_free (HarkSimTimer *timer);

/* hark_sim_timer_set: replaces the time; HARK_TIME_NEVER for none; one that has passed is now. */
void hark_sim_timer_set (HarkSimTimer *timer, HarkTime time);

/* ---- running --------------------------------------------------------------------- */

/* hark_sim_network_step: takes the next thing that happens, but none after @until; false when there
 * is none, and then it is @until (unless that is HARK_TIME_NEVER). */
bool hark_sim_network_step (HarkSimNetwork *network, HarkTime until);

/* hark_sim_network_run: steps until @span has passed. */
void hark_sim_network_run (HarkSimNetwork *network, HarkTime span);

/* hark_sim_network_run_until: steps until @done says true, but no longer than @span; whether it
 * said so. */
bool hark_sim_network_run_until (HarkSimNetwork *network,
                                 HarkTime span,
                                 bool (*done) (void *data),
                                 void *data);

/* ---- failures -------------------------------------------------------------------- */

/* hark_sim_network_cut_site, _cut_host: silently loses everything on the link, or heals it. */
void hark_sim_network_cut_site (HarkSimNetwork *network, unsigned site, bool cut);
void hark_sim_network_cut_host (HarkSimNetwork *network, unsigned host, bool cut);

/* hark_sim_network_set_part: homes and public hosts in different parts of the internet cannot reach
 * each other; all start in part 0. */
void hark_sim_network_set_part_of_site (HarkSimNetwork *network, unsigned site, unsigned part);
void hark_sim_network_set_part_of_host (HarkSimNetwork *network, unsigned host, unsigned part);

/* hark_sim_network_rebind_site: the router forgets its mappings; new ones get other ports. */
void hark_sim_network_rebind_site (HarkSimNetwork *network, unsigned site);

/* hark_sim_network_move_host: the host gets another address: in @site, which may be its own, or on
 * the internet with 0. Its sockets stay, and send from there. */
void hark_sim_network_move_host (HarkSimNetwork *network, unsigned host, unsigned site);

/* hark_sim_network_renumber_site: the router gets another address from its provider, and forgets
 * its mappings. */
void hark_sim_network_renumber_site (HarkSimNetwork *network, unsigned site);

/* hark_sim_network_set_hairpin: the router takes packets from inside to its own external address.
 */
void hark_sim_network_set_hairpin (HarkSimNetwork *network, unsigned site, bool hairpin);

/* hark_sim_network_set_nat_timeout: life of idle mappings from now on; drops those that exist. */
void hark_sim_network_set_nat_timeout (HarkSimNetwork *network, unsigned site, HarkTime timeout);

/* hark_sim_network_set_nat: another router stands in the home; no mapping is left. */
void hark_sim_network_set_nat (HarkSimNetwork *network, unsigned site, HarkSimNatKind kind);

/* ---- attackers ------------------------------------------------------------------- */

/* A tap sees every datagram that a socket of @host sends to @to, may change its bytes (not its
 * length), and loses it by returning false. */
typedef bool (*HarkSimTap) (
  void *data, unsigned host, uint16_t port, const HarkEndpoint *to, uint8_t *bytes, size_t len);

/* hark_sim_network_set_tap: NULL for none. */
void hark_sim_network_set_tap (HarkSimNetwork *network, HarkSimTap tap, void *data);

/* A watch sees every datagram that reaches a socket, @port of @host. */
typedef void (*HarkSimWatch) (void *data,
                              unsigned host,
                              uint16_t port,
                              const HarkEndpoint *from,
                              const uint8_t *bytes,
                              size_t len);

/* hark_sim_network_set_watch: NULL for none. */
void hark_sim_network_set_watch (HarkSimNetwork *network, HarkSimWatch watch, void *data);

/* hark_sim_network_forge: on the internet, a datagram that says it is from @from, whose address
 * somebody must have. */
void hark_sim_network_forge (HarkSimNetwork *network,
                             const HarkEndpoint *from,
                             const HarkEndpoint *to,
                             const uint8_t *bytes,
                             size_t len);

/* ---- looking --------------------------------------------------------------------- */

typedef struct {
  uint64_t sent, delivered; /* datagrams */
  uint64_t bytes_delivered;
} HarkSimCounters;

HarkSimCounters hark_sim_network_get_counters (const HarkSimNetwork *network);

/* hark_sim_network_set_traced: whether deliveries go into the trace; they do until told. */
void hark_sim_network_set_traced (HarkSimNetwork *network, bool traced);

/* hark_sim_network_get_trace: BLAKE2b over every delivery so far: time, both ends, bytes. */
void hark_sim_network_get_trace (const HarkSimNetwork *network, uint8_t ret[HARK_SIM_TRACE_LEN]);
