/* app/json-network.c - how we stand with the network, the neighbours and what the doctor found. */
#include "app/json-put.h"

void
hark_json_put_network (JsonBuilder *builder, const HarkNetworkState *network)
{
  put_int (builder, "dht_nodes", network->dht_nodes);
  put_int (builder, "contact_points", network->contact_points);
  put_strings (builder, "public_addresses", network->public_addresses);
  put_string (builder, "mapping", network->mapping ? network->mapping : "none");
  put_string (builder, "udp", network->udp ? network->udp : "unknown");
  put_int (builder, "lan_peers", network->lan_peers);
  put_bool (builder, "published", network->published);
  put_bool (builder, "relay", network->relay);
  put_int (builder, "relay_rate", (int64_t) network->relay_rate);
  put_strings (builder, "relay_nodes", network->relay_nodes);
  put_int (builder, "relayed_now", network->relayed_now);
  put_int (builder, "relayed_bytes", (int64_t) network->relayed_bytes);
  put_bool (builder, "lan_only", network->lan_only);
  put_int (builder, "refused", (int64_t) network->refused);
  put_int (builder, "other_networks", network->other_networks);
}

void
hark_json_put_mailbox (JsonBuilder *builder, const HarkMailboxInfo *info)
{
  put_account (builder, "contact", info->account);
  put_string (builder, "name", info->name);
  put_bool (builder, "node", info->node);
  put_bool (builder, "asked", info->asked);
  put_bool (builder, "keeps", info->keeps);
  put_bool (builder, "wants", info->wants);
  put_bool (builder, "kept", info->kept);
  put_bool (builder, "online", info->online);
}

void
hark_json_put_neighbour (JsonBuilder *builder, const HarkNeighbour *neighbour)
{
  put_account (builder, "contact", neighbour->account);
  put_string (builder, "name", neighbour->name);
  put_string (builder, "address", neighbour->address);
}

void
hark_json_put_finding (JsonBuilder *builder, const HarkFinding *finding)
{
  static const char *const levels[] = {
    [HARK_FINDING_PROBLEM] = "problem",
    [HARK_FINDING_HINT] = "hint",
    [HARK_FINDING_WELL] = "well",
  };

  put_string (builder, "level", levels[finding->level]);
  put_string (builder, "code", finding->code);
  put_string (builder, "text", finding->text);
  put_string (builder, "step", finding->step);
}
