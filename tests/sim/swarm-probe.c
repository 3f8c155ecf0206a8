#include "tests/sim/swarm.h"

#include "net/dht/state.h"

#include <sodium.h>
#include <string.h>

void
hark_sim_swarm_make_naive (HarkSimSwarmNode *node)
{
  for (int i = 0; i < HARK_DHT_FAMILIES; i++)
    node->dht->sizes[i] = (HarkSize){0};
}

static HarkSimSwarmProbe *
probe_new (HarkSimSwarmNode *node, HarkDhtOperation operation)
{
  HarkSimSwarmProbe *probe = g_new0 (HarkSimSwarmProbe, 1);

  probe->node = node;
  probe->operation = operation;
  probe->started = hark_sim_swarm_now (node->swarm);
  probe->queries = node->traffic.queries;
  g_ptr_array_add (node->probes, probe);
  hark_sim_swarm_flush (node);
  return probe;
}

HarkSimSwarmProbe *
hark_sim_swarm_get (HarkSimSwarmNode *node, const uint8_t key[32], bool urgent)
{
  HarkDhtOperation get
    = hark_dht_get_mutable (node->dht, key, NULL, 0, -1, urgent, hark_sim_swarm_now (node->swarm));

  g_assert (get);
  return probe_new (node, get);
}

HarkSimSwarmProbe *
hark_sim_swarm_put (HarkSimSwarmNode *node, const uint8_t seed[32], int64_t seq, size_t value_len)
{
  uint8_t secret[crypto_sign_SECRETKEYBYTES], bytes[HARK_DHT_SIGNED_LEN_MAX];
  uint8_t value[HARK_DHT_VALUE_LEN_MAX];
  HarkDhtItem item = {.seq = seq, .value = value};
  int head = g_snprintf ((char *) value, sizeof value, "%zu:", value_len);
  HarkDhtOperation put;

  item.value_len = (size_t) head + value_len;
  memset (value + head, (int) seq & 0xff, value_len);
  crypto_sign_seed_keypair (item.key, secret, seed);
  crypto_sign_detached (item.signature, NULL, bytes, hark_dht_item_signed_bytes (&item, bytes),
                        secret);
  put = hark_dht_put_mutable (node->dht, &item, NULL, hark_sim_swarm_now (node->swarm));
  g_assert (put);
  return probe_new (node, put);
}

void
hark_sim_swarm_probe_free (HarkSimSwarmProbe *probe)
{
  if (!probe)
    return;
  if (probe->node)
    g_ptr_array_remove_fast (probe->node->probes, probe);
  g_free (probe);
}
