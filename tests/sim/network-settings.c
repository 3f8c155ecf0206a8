#include "tests/sim/network-private.h"

HarkSimHost *
hark_sim_get_host (const HarkSimNetwork *network, unsigned host)
{
  g_assert (host < network->hosts->len && network->hosts->pdata[host]);
  return network->hosts->pdata[host];
}

HarkSimSite *
hark_sim_get_site (const HarkSimNetwork *network, unsigned site)
{
  g_assert (site >= 1 && site <= network->sites->len && network->sites->pdata[site - 1]);
  return network->sites->pdata[site - 1];
}

/* ---- the shape of the internet --------------------------------------------------- */

void
hark_sim_network_set_wide_area (HarkSimNetwork *network, const HarkSimWideArea *area)
{
  if (!network->is_wide)
    network->draw = area->seed;
  network->is_wide = true;
  network->area = *area;
}

void
hark_sim_network_set_next_address (HarkSimNetwork *network, uint32_t address)
{
  network->next_address = address;
}

void
hark_sim_network_set_site_link (HarkSimNetwork *network,
                                unsigned site,
                                const HarkSimLinkConfig *up,
                                const HarkSimLinkConfig *down)
{
  hark_sim_get_site (network, site)->up.config = *up;
  hark_sim_get_site (network, site)->down.config = *down;
}

void
hark_sim_network_set_host_link (HarkSimNetwork *network,
                                unsigned host,
                                const HarkSimLinkConfig *up,
                                const HarkSimLinkConfig *down)
{
  hark_sim_get_host (network, host)->up.config = *up;
  hark_sim_get_host (network, host)->down.config = *down;
}

double
hark_sim_network_share_carried (HarkSimNetwork *network, unsigned host)
{
  const HarkSimLink *up = &hark_sim_get_host (network, host)->up;
  const uint64_t all = up->carried + up->dropped;

  return all > 0 ? (double) up->carried / (double) all : 1;
}

/* ---- onlookers ------------------------------------------------------------------- */

void
hark_sim_network_set_tap (HarkSimNetwork *network, HarkSimTap tap, void *data)
{
  network->tap = tap;
  network->tap_data = data;
}

void
hark_sim_network_set_watch (HarkSimNetwork *network, HarkSimWatch watch, void *data)
{
  network->watch = watch;
  network->watch_data = data;
}

void
hark_sim_network_set_traced (HarkSimNetwork *network, bool traced)
{
  network->traced = traced;
}

/* ---- failures -------------------------------------------------------------------- */

void
hark_sim_network_cut_site (HarkSimNetwork *network, unsigned site, bool cut)
{
  hark_sim_get_site (network, site)->up.cut = cut;
  hark_sim_get_site (network, site)->down.cut = cut;
}

void
hark_sim_network_cut_host (HarkSimNetwork *network, unsigned host, bool cut)
{
  hark_sim_get_host (network, host)->up.cut = cut;
  hark_sim_get_host (network, host)->down.cut = cut;
}

void
hark_sim_network_set_part_of_site (HarkSimNetwork *network, unsigned site, unsigned part)
{
  hark_sim_get_site (network, site)->part = part;
}

void
hark_sim_network_set_part_of_host (HarkSimNetwork *network, unsigned host, unsigned part)
{
  hark_sim_get_host (network, host)->part = part;
}

void
hark_sim_network_rebind_site (HarkSimNetwork *network, unsigned site)
{
  hark_sim_nat_rebind (hark_sim_get_site (network, site)->nat);
}

void
hark_sim_network_set_hairpin (HarkSimNetwork *network, unsigned site, bool hairpin)
{
  hark_sim_get_site (network, site)->hairpin = hairpin;
}

void
hark_sim_network_set_nat_timeout (HarkSimNetwork *network, unsigned number, HarkTime timeout)
{
  HarkSimSite *site = hark_sim_get_site (network, number);

  hark_sim_nat_free (site->nat);
  site->nat = hark_sim_nat_new (site->kind, &site->external, timeout, &network->rng);
}

void
hark_sim_network_set_nat (HarkSimNetwork *network, unsigned number, HarkSimNatKind kind)
{
  HarkSimSite *site = hark_sim_get_site (network, number);

  hark_sim_nat_free (site->nat);
  site->kind = kind;
  site->nat = hark_sim_nat_new (kind, &site->external, HARK_SIM_NAT_TIMEOUT, &network->rng);
}

/* ---- looking --------------------------------------------------------------------- */

HarkSimCounters
hark_sim_network_get_counters (const HarkSimNetwork *network)
{
  return network->counters;
}

void
hark_sim_network_get_trace (const HarkSimNetwork *network, uint8_t ret[HARK_SIM_TRACE_LEN])
{
  crypto_generichash_state copy = network->trace;

  crypto_generichash_final (&copy, ret, HARK_SIM_TRACE_LEN);
}
