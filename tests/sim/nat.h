/* tests/sim/nat.h - a NAT as a table: which port an inside socket gets, and who may send to it.
 *
 * Pure; one thread at a time. Terms of RFC 4787: every kind but symmetric maps independently of the
 * endpoint; they differ in whom they let in. Ports are kept where they are free, as home routers
 * do, until hark_sim_nat_rebind().
 */
#pragma once

#include "net/base/endpoint.h"
#include "net/base/rng.h"
#include "net/base/time.h"

#include <stdbool.h>

typedef enum {
  HARK_SIM_NAT_NONE,            /* no translation, no firewall */
  HARK_SIM_NAT_FULL_CONE,       /* anyone may use a mapping */
  HARK_SIM_NAT_RESTRICTED,      /* only addresses that were sent to */
  HARK_SIM_NAT_PORT_RESTRICTED, /* only address and port that were sent to */
  HARK_SIM_NAT_SYMMETRIC, /* a random port for every destination, filtered like port-restricted */
  HARK_SIM_NAT_BLOCKED,   /* no UDP gets out */
} HarkSimNatKind;

/* life of an idle mapping unless told otherwise (RFC 4787 REQ-5) */
#define HARK_SIM_NAT_TIMEOUT (120 * HARK_SECOND)

typedef struct HarkSimNat HarkSimNat;

/* hark_sim_nat_new: @external: its public address, port ignored; @rng is borrowed and must outlive
 * it. */
HarkSimNat *hark_sim_nat_new (HarkSimNatKind kind,
                              const HarkEndpoint *external,
                              HarkTime timeout,
                              HarkRng *rng);
void hark_sim_nat_free (HarkSimNat *nat);

/* hark_sim_nat_out: a packet leaves from @inside to @remote; @ret is where it will seem to come
 * from. False: blocked. */
bool hark_sim_nat_out (HarkSimNat *nat,
                       const HarkEndpoint *inside,
                       const HarkEndpoint *remote,
                       HarkTime now,
                       HarkEndpoint *ret);

/* hark_sim_nat_in: a packet from @remote came to external port @port; @ret is the inside socket.
 * False: refused. */
bool hark_sim_nat_in (
  HarkSimNat *nat, uint16_t port, const HarkEndpoint *remote, HarkTime now, HarkEndpoint *ret);

/* hark_sim_nat_rebind: forgets every mapping; new ones get random ports. */
void hark_sim_nat_rebind (HarkSimNat *nat);
