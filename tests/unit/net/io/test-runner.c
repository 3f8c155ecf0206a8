#include "net/net.h"

#include <gio/gio.h>
#include <sodium.h>
#include <string.h>

typedef struct {
  HarkNet *net;
  HarkNetRunner *runner;
  unsigned activity;
} Node;

static void
on_activity (void *data)
{
  Node *node = data;
  HarkNetEvent event;

  node->activity++;
  while (hark_net_poll_event (node->net, &event))
    continue;
}

static void
start (Node *node, uint8_t seed_byte, uint16_t port, GMainContext *context)
{
  HarkNetConfig config = {.dht = true, .allow_loopback = true, .serve = true};
  HarkNetRunnerConfig runner_config = {.port = port, .bind = "127.0.0.1", .allow_loopback = true};
  g_autoptr (GError) error = NULL;
  uint8_t seed[32] = {seed_byte};

  node->net = hark_net_new (&config, seed, g_get_real_time () / 1000, hark_net_runner_now ());
  node->runner
    = hark_net_runner_new (node->net, &runner_config, context, on_activity, node, &error);
  g_assert_no_error (error);
}

static void
stop (Node *node)
{
  hark_net_runner_free (node->runner);
  hark_net_free (node->net);
}

static unsigned
dht_nodes (Node *node)
{
  HarkNetStatus status;

  hark_net_get_status (node->net, &status);
  return status.dht_nodes;
}

/* Two nodes find each other by name and port, over real sockets and with real deadlines. */
static void
test_bootstraps_by_name (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autofree char *name = NULL;
  gint64 patience = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  Node a = {0}, b = {0};

  start (&a, 1, 0, context);
  start (&b, 2, 0, context);
  name = g_strdup_printf ("127.0.0.1:%u", hark_net_runner_get_port (a.runner));
  hark_net_runner_resolve (b.runner, name);
  while (dht_nodes (&b) == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, patience);
    if (!g_main_context_iteration (context, FALSE))
      g_usleep (200);
  }
  g_assert_cmpuint (a.activity, >, 0);
  stop (&a);
  stop (&b);
}

/* A lookup that is under way when the runner goes is forgotten. */
static void
test_freed_while_resolving (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Node a = {0};

  start (&a, 1, 0, context);
  hark_net_runner_resolve (a.runner, "127.0.0.1:4000");
  hark_net_runner_resolve (a.runner, "not a name:::");
  stop (&a);
  for (unsigned i = 0; i < 100; i++)
    g_main_context_iteration (context, FALSE);
}

static void
test_taken_port_is_an_error (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GError) error = NULL;
  HarkNetRunnerConfig config = {.bind = "127.0.0.1"};
  Node a = {0};

  start (&a, 1, 0, context);
  config.port = hark_net_runner_get_port (a.runner);
  g_assert_null (hark_net_runner_new (a.net, &config, context, on_activity, &a, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  stop (&a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/runner/bootstraps-by-name", test_bootstraps_by_name);
  g_test_add_func ("/runner/freed-while-resolving", test_freed_while_resolving);
  g_test_add_func ("/runner/taken-port-is-an-error", test_taken_port_is_an_error);
  return g_test_run ();
}
