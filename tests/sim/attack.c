#include "tests/sim/attack.h"

#include "net/dht/krpc.h"

#include <string.h>

uint8_t *
hark_attack_find (uint8_t *bytes, size_t len, const char *key)
{
  uint8_t *at = len ? memmem (bytes, len, key, strlen (key)) : NULL;

  return at ? at + strlen (key) : NULL;
}

static bool
on_datagram (
  void *data, unsigned host, uint16_t port, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  HarkAttack *attack = data;
  uint8_t *x = hark_attack_find (bytes, len, "1:x656:");
  uint8_t *handle = hark_attack_find (bytes, len, "1:h16:"); /* the contacts', the strangers' */

  (void) port;
  if (handle && hark_attack_find (bytes, len, "7:hk_keep") && host < HARK_ATTACK_HOSTS_MAX) {
    HarkAttackPoint *point = &attack->points[host];

    *point = (HarkAttackPoint){.point = *to, .known = true};
    memcpy (point->handle, handle + 8, sizeof point->handle);
  }
  if (x && x[0] == HARK_PACKET_KNOCK && attack->knock->len == 0)
    g_byte_array_append (attack->knock, x, HARK_KNOCK_LEN);
  if (attack->bob && host == attack->bob->host
      && ((x && x[0] == HARK_PACKET_ANSWER) || hark_attack_find (bytes, len, "1:x64:")))
    attack->replies++;
  return !attack->tap || attack->tap (attack, host, to, bytes, len);
}

HarkSimPerson *
hark_attack_add (HarkAttack *attack, bool with_account)
{
  unsigned host = hark_sim_network_add_host (attack->network, 0);

  hark_sim_network_set_host_link (attack->network, host, &attack->link, &attack->link);
  return hark_sim_person_new (attack->network, host, with_account, &attack->bootstrap);
}

void
hark_attack_init (HarkAttack *attack, uint64_t seed, const HarkSimLinkConfig *link)
{
  HarkRng *rng;

  *attack = (HarkAttack){
    .network = hark_sim_network_new (seed), .knock = g_byte_array_new (), .link = *link};
  rng = hark_sim_network_rng (attack->network);
  hark_sim_network_set_tap (attack->network, on_datagram, attack);
  for (int i = 0; i < HARK_ATTACK_DHT; i++) {
    unsigned host = hark_sim_network_add_host (attack->network, 0);

    hark_sim_network_set_host_link (attack->network, host, link, link);
    attack->dht[i]
      = hark_sim_person_new (attack->network, host, false, i ? &attack->bootstrap : NULL);
    if (i == 0)
      attack->bootstrap = hark_sim_node_get_endpoint (attack->dht[0]->node);
  }
  hark_sim_network_run (attack->network, 30 * HARK_SECOND);

  hark_rng_bytes (rng, attack->token.bytes, sizeof attack->token.bytes);
  hark_rng_bytes (rng, attack->reach, sizeof attack->reach);
  hark_rng_bytes (rng, attack->pairwise.bytes, sizeof attack->pairwise.bytes);
  attack->alice = hark_attack_add (attack, true);
  attack->bob = hark_attack_add (attack, true);
  hark_net_open_audience (attack->bob->net, HARK_AUDIENCE_ADDRESS, &attack->token, NULL,
                          hark_sim_network_now (attack->network));
  hark_sim_node_flush (attack->bob->node);
}

void
hark_attack_clear (HarkAttack *attack)
{
  hark_sim_person_free (attack->alice);
  hark_sim_person_free (attack->bob);
  for (int i = 0; i < HARK_ATTACK_DHT; i++)
    hark_sim_person_free (attack->dht[i]);
  hark_sim_network_free (attack->network);
  g_byte_array_unref (attack->knock);
}

void
hark_attack_open (HarkAttack *attack, HarkSimPerson *person)
{
  hark_net_open_audience (person->net, HARK_AUDIENCE_CONTACTS,
                          &attack->reach[person == attack->bob], NULL,
                          hark_sim_network_now (attack->network));
  hark_sim_node_flush (person->node);
}

void
hark_attack_know (HarkAttack *attack, HarkSimPerson *person)
{
  const HarkSimPerson *other = person == attack->alice ? attack->bob : attack->alice;
  HarkNetContact contact = {.account = other->config.account,
                            .reach = attack->reach[other == attack->bob],
                            .has_pairwise = true,
                            .pairwise = attack->pairwise};

  hark_net_set_contact (person->net, &contact, hark_sim_network_now (attack->network));
  hark_sim_node_flush (person->node);
}

static bool
have_met (void *data)
{
  const HarkAttack *attack = data;

  return attack->alice->state == HARK_PEER_ONLINE && attack->bob->state == HARK_PEER_ONLINE;
}

bool
hark_attack_run_until_met (HarkAttack *attack, HarkTime span)
{
  return hark_sim_network_run_until (attack->network, span, have_met, attack);
}

void
hark_attack_ring (HarkAttack *attack,
                  HarkSimPerson *person,
                  const HarkEndpoint *caller,
                  const uint8_t *x,
                  size_t len,
                  uint64_t number)
{
  static const uint8_t id[20] = "a contact point....";
  const HarkAttackPoint *point = &attack->points[person->host];
  HarkEndpoint to = hark_sim_node_get_endpoint (person->node);
  uint8_t packet[HARK_KRPC_LEN_MAX], compact[18];
  HarkKrpc ring = {.kind = HARK_KRPC_QUERY, .method = HARK_KRPC_HK_RING, .id = id};
  size_t packet_len;

  g_assert_true (point->known);
  ring.transaction = (HarkBytes){(const uint8_t *) &number, sizeof number};
  ring.handle = (HarkBytes){point->handle, sizeof point->handle};
  ring.x = (HarkBytes){x, len};
  ring.c = (HarkBytes){compact, hark_endpoint_to_compact (caller, compact)};
  packet_len = hark_krpc_write (&ring, NULL, 0, packet, sizeof packet);
  g_assert_cmpuint (packet_len, >, 0);
  hark_sim_network_forge (attack->network, &point->point, &to, packet, packet_len);
}

unsigned
hark_attack_links (const HarkSimPerson *person)
{
  return person->net->links->len;
}
