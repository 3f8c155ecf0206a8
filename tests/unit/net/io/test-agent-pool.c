/* Spare agents: how much is done for them while there is nothing to be had. */
#include "net/io/agent-pool.h"

#define ROUNDS 100 /* dispatches by which everything is settled */

/* Milliseconds that the main loop would sleep now; -1: for ever. */
static gint
get_sleep (GMainContext *context)
{
  GPollFD fds[64] = {0};
  gint timeout, priority, n;

  g_assert_true (g_main_context_acquire (context));
  g_main_context_prepare (context, &priority);
  n = g_main_context_query (context, priority, &timeout, fds, G_N_ELEMENTS (fds));
  g_assert_cmpint (n, <=, (gint) G_N_ELEMENTS (fds));
  g_main_context_check (context, priority, fds, n);
  g_main_context_release (context);
  return timeout;
}

static bool
is_calm (GMainContext *context)
{
  for (unsigned round = 0; round < ROUNDS; round++) {
    gint sleep = get_sleep (context);

    if (sleep < 0 || sleep > 5000)
      return true;
    g_main_context_iteration (context, TRUE);
  }
  return false;
}

static void
check_calm (const HarkIceConfig *config)
{
  GMainContext *context = g_main_context_new ();
  HarkIceAgentPool *pool = hark_ice_agent_pool_new (config, context);
  HarkEndpoint stun;

  g_assert_true (hark_endpoint_parse ("198.51.100.1:3478", &stun));
  hark_ice_agent_pool_set_stun (pool, &stun);
  for (unsigned path = 0; path < 3; path++) {
    hark_ice_agent_pool_bury (pool, hark_ice_agent_pool_take (pool, path % 2));
    g_assert_true (is_calm (context));
  }
  hark_ice_agent_pool_free (pool);
  g_main_context_unref (context);
}

/* Without a network no agent is of use, and another one is none either. */
static void
test_nothing_without_a_network (void)
{
  check_calm (&(HarkIceConfig){.bind = "nowhere0"});
}

/* LAN-only: who is asked for addresses is out of bounds. */
static void
test_nobody_may_be_asked (void)
{
  g_autoptr (HarkEgress) egress = hark_egress_new (true);

  check_calm (&(HarkIceConfig){.bind = "127.0.0.1", .allow_loopback = true, .egress = egress});
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/agent-pool/nothing-is-tried-without-a-network",
                   test_nothing_without_a_network);
  g_test_add_func ("/agent-pool/nobody-may-be-asked", test_nobody_may_be_asked);
  return g_test_run ();
}
