/* How people become contacts, part and come back. */
#include "tests/sim/core-world.h"

static void
test_loss (void)
{
  static const double losses[] = {0, 0.1, 0.2, 0.3, 0.5};

  for (size_t i = 0; i < G_N_ELEMENTS (losses); i++)
    for (unsigned run = 0; run < hark_sim_runs (3); run++) {
      HarkSimLinkConfig link = hark_sim_lossy_link (losses[i]);
      HarkSimCoreNode *alice, *bob;
      HarkSimWorld world;
      HarkTime start;

      hark_sim_world_init (&world, 100 * i + run);
      alice = hark_sim_world_add (&world, HARK_SIM_NAT_PORT_RESTRICTED, &link, "Alice");
      bob = hark_sim_world_add (&world, HARK_SIM_NAT_FULL_CONE, &link, "Bob");
      start = hark_sim_network_now (world.network);
      g_assert_true (hark_sim_befriend (alice, bob, 10 * HARK_MINUTE));
      g_test_message ("%.0f %% loss: %.1f s", 100 * losses[i],
                      (double) (hark_sim_network_now (world.network) - start) / HARK_SECOND);
      hark_sim_world_clear (&world);
    }
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-people/meet-through-loss", test_loss);
  return g_test_run ();
}
