/* app/json/network.c - how we stand with the network, the neighbours and what the doctor found. */
#include "app/json/put.h"

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

static void
put_left (JsonBuilder *builder, const char *when, const HarkLeftCount counts[HARK_LEFT_KINDS])
{
  static const char *const kinds[] = {
    [HARK_LEFT_PEOPLE] = "people",
    [HARK_LEFT_INTERNET] = "internet",
    [HARK_LEFT_LOCAL] = "local",
  };

  json_builder_set_member_name (builder, when);
  json_builder_begin_object (builder);
  for (int kind = 0; kind < HARK_LEFT_KINDS; kind++) {
    json_builder_set_member_name (builder, kinds[kind]);
    json_builder_begin_object (builder);
    put_int (builder, "packets", (int64_t) counts[kind].packets);
    put_int (builder, "bytes", (int64_t) counts[kind].bytes);
    json_builder_end_object (builder);
  }
  json_builder_end_object (builder);
}

static void
put_ledger_person (JsonBuilder *builder, const HarkLedgerPerson *person)
{
  put_account (builder, "contact", person->account);
  put_string (builder, "name", person->name);
  put_int (builder, "relayed_for_us", (int64_t) person->relayed_for_us);
  put_int (builder, "relayed_for_them", (int64_t) person->relayed_for_them);
  put_int (builder, "kept_for_us", (int64_t) person->kept_for_us);
  put_int (builder, "kept_for_them", (int64_t) person->kept_for_them);
}

void
hark_json_put_ledger (JsonBuilder *builder, const HarkLedgerInfo *ledger)
{
  json_builder_set_member_name (builder, "ledger");
  json_builder_begin_object (builder);
  put_left (builder, "today", ledger->today);
  put_left (builder, "month", ledger->month);
  put_left (builder, "all", ledger->all);
  put_int (builder, "since_ms", ledger->since_ms);
  put_int (builder, "hosts", ledger->hosts);
  put_int (builder, "refused", (int64_t) ledger->refused);
  PUT_LIST (builder, "people", ledger->people, HarkLedgerPerson, put_ledger_person);
  json_builder_end_object (builder);
}
