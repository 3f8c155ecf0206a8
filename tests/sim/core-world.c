#include "tests/sim/core-world.h"

#include <math.h>
#include <string.h>

static bool is_long;

void
hark_sim_test_init (int *argc, char ***argv)
{
  int kept = 1;

  is_long = g_getenv ("HARK_LONG") != NULL;
  for (int i = 1; i < *argc; i++) {
    if (strcmp ((*argv)[i], "--long") == 0)
      is_long = true;
    else
      (*argv)[kept++] = (*argv)[i];
  }
  (*argv)[kept] = NULL;
  *argc = kept;
  g_test_init (argc, argv, NULL);
}

unsigned
hark_sim_runs (unsigned quick)
{
  return is_long ? 10 * quick : quick;
}

HarkSimLinkConfig
hark_sim_lossy_link (double loss)
{
  return (HarkSimLinkConfig){.delay = 10 * HARK_MS, .loss = 1 - sqrt (1 - loss)};
}

void
hark_sim_world_init (HarkSimWorld *world, uint64_t seed)
{
  *world = (HarkSimWorld){.network = hark_sim_network_new (seed)};
  for (int i = 0; i < HARK_SIM_WORLD_DHT; i++) {
    unsigned host = hark_sim_network_add_host (world->network, 0);

    hark_sim_network_set_host_link (world->network, host,
                                    &(HarkSimLinkConfig){.delay = 10 * HARK_MS},
                                    &(HarkSimLinkConfig){.delay = 10 * HARK_MS});
    world->dht[i]
      = hark_sim_person_new (world->network, host, false, i > 0 ? &world->bootstrap : NULL);
    if (i == 0)
      world->bootstrap = hark_sim_node_get_endpoint (world->dht[0]->node);
  }
  hark_sim_network_run (world->network, 30 * HARK_SECOND);
}

void
hark_sim_world_clear (HarkSimWorld *world)
{
  for (unsigned i = 0; i < world->n; i++)
    hark_sim_core_node_free (world->people[i]);
  for (int i = 0; i < HARK_SIM_WORLD_DHT; i++)
    hark_sim_person_free (world->dht[i]);
  hark_sim_network_free (world->network);
}

HarkSimCoreNode *
hark_sim_world_add (HarkSimWorld *world,
                    HarkSimNatKind nat,
                    const HarkSimLinkConfig *link,
                    const char *name)
{
  unsigned site = hark_sim_network_add_site (world->network, nat);
  unsigned host = hark_sim_network_add_host (world->network, site);

  g_assert (world->n < HARK_SIM_WORLD_PEOPLE_MAX);
  hark_sim_network_set_host_link (world->network, host, link, link);
  world->sites[world->n] = site;
  world->people[world->n] = hark_sim_core_node_new (world->network, host, name, &world->bootstrap);
  return world->people[world->n++];
}

/* ---- becoming contacts ----------------------------------------------------------- */

char *
hark_sim_address (HarkSimCoreNode *node, bool invite)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_ADDRESS, NULL);
  const HarkEvent *result;

  command->one_time = invite;
  result = hark_sim_core_node_ask (node, command);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
  return g_strdup (result->address);
}

const char *
hark_sim_add (HarkSimCoreNode *node, const char *address)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_ADD, NULL);
  const HarkEvent *result;

  command->address = g_strdup (address);
  command->text = g_strdup ("It is me.");
  result = hark_sim_core_node_ask (node, command);
  if (result == NULL)
    return "died";
  return result->ok ? NULL : result->code;
}

typedef struct {
  const HarkSimCoreNode *a, *b;
} Pair;

static bool
has_request (void *data)
{
  const Pair *pair = data;
  const HarkPerson *person = hark_sim_core_node_person (pair->a, &pair->b->account);

  return person != NULL && person->status == HARK_PERSON_REQUEST;
}

static bool
are_online (void *data)
{
  const Pair *pair = data;

  return hark_sim_core_node_sees_online (pair->a, pair->b)
         && hark_sim_core_node_sees_online (pair->b, pair->a);
}

static bool
are_apart (void *data)
{
  const Pair *pair = data;

  return !hark_sim_core_node_sees_online (pair->a, pair->b)
         && !hark_sim_core_node_sees_online (pair->b, pair->a);
}

bool
hark_sim_wait_request (HarkSimCoreNode *node, const HarkSimCoreNode *from, HarkTime span)
{
  return hark_sim_network_run_until (node->network, span, has_request, &(Pair){node, from});
}

bool
hark_sim_wait_online (HarkSimCoreNode *a, HarkSimCoreNode *b, HarkTime span)
{
  return hark_sim_network_run_until (a->network, span, are_online, &(Pair){a, b});
}

bool
hark_sim_wait_apart (HarkSimCoreNode *a, HarkSimCoreNode *b, HarkTime span)
{
  return hark_sim_network_run_until (a->network, span, are_apart, &(Pair){a, b});
}

bool
hark_sim_befriend (HarkSimCoreNode *a, HarkSimCoreNode *b, HarkTime span)
{
  g_autofree char *address = hark_sim_address (b, false);
  const HarkEvent *result;

  if (hark_sim_add (a, address) != NULL || !hark_sim_wait_request (b, a, span))
    return false;
  result = hark_sim_core_node_ask (b, hark_sim_command (HARK_COMMAND_ACCEPT, a));
  return result != NULL && result->ok && hark_sim_wait_online (a, b, span);
}

const HarkPerson *
hark_sim_listed (HarkSimCoreNode *node, const HarkSimCoreNode *other)
{
  const HarkEvent *result
    = hark_sim_core_node_ask (node, hark_sim_command (HARK_COMMAND_STATUS, NULL));

  g_assert_nonnull (result);
  for (guint i = 0; i < result->people->len; i++) {
    const HarkPerson *person = result->people->pdata[i];

    if (memcmp (person->account, other->account.bytes, sizeof person->account) == 0)
      return person;
  }
  return NULL;
}
