#include "app/house.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  char *path;
  HarkOptions options;
} House;

static void
write_house (House *house, const char *text)
{
  const int fd = g_file_open_tmp ("house-XXXXXX", &house->path, NULL);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_true (g_file_set_contents (house->path, text, -1, NULL));
  house->options = (HarkOptions){0};
}

static void
forget (House *house)
{
  g_unlink (house->path);
  g_free (house->path);
  g_free (house->options.network);
  g_free (house->options.bind);
  g_strfreev (house->options.bootstrap);
  g_strfreev (house->options.peers);
}

static void
test_nothing (void)
{
  HarkOptions options = {0};
  g_autoptr (GError) error = NULL;

  g_assert_true (hark_house_apply ("/nonexistent/hark.conf", &options, &error));
  g_assert_no_error (error);
  g_assert_false (options.lan_only);
}

static void
test_decided (void)
{
  House house;
  g_autoptr (GError) error = NULL;

  write_house (&house,
               "[hark]\nlan-only=true\nno-dht=true\nno-tcp=false\n"
               "network=ward 3\nbind=eth0,10.0.0.1\nport=4470\npeers=tower:4000;10.0.0.7\n");
  house.options.no_tcp = true; /* of the command line */
  g_assert_true (hark_house_apply (house.path, &house.options, &error));
  g_assert_no_error (error);
  g_assert_true (house.options.lan_only && house.options.no_dht && house.options.no_tcp);
  g_assert_false (house.options.no_mapping);
  g_assert_cmpstr (house.options.network, ==, "ward 3");
  g_assert_cmpstr (house.options.bind, ==, "eth0,10.0.0.1");
  g_assert_cmpint (house.options.port, ==, 4470);
  g_assert_cmpstr (house.options.peers[1], ==, "10.0.0.7");
  forget (&house);
}

static void
test_command_line (void)
{
  House house;

  write_house (&house, "[hark]\nnetwork=ward 3\nbootstrap=a:1\n");
  house.options.network = g_strdup ("club");
  house.options.bootstrap = g_strsplit ("b:2", ";", -1);
  g_assert_true (hark_house_apply (house.path, &house.options, NULL));
  g_assert_cmpstr (house.options.network, ==, "club");
  g_assert_cmpstr (house.options.bootstrap[0], ==, "b:2");
  forget (&house);
}

/* Not even with what was understood before it. */
static void
test_misspelled (void)
{
  static const char *const bad[] = {"[hark]\nlanonly=true\n",   "[hark]\nlan-only=yes please\n",
                                    "[other]\nlan-only=true\n", "lan-only",
                                    "[hark]\nlan-only\n",       "[hark]\nport=70000\n"};

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    House house;
    g_autoptr (GError) error = NULL;

    write_house (&house, bad[i]);
    g_assert_false (hark_house_apply (house.path, &house.options, &error));
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, house.path));
    forget (&house);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/house/no-file-decides-nothing", test_nothing);
  g_test_add_func ("/house/flags-hold-and-places-are-taken", test_decided);
  g_test_add_func ("/house/command-line-names-other-places", test_command_line);
  g_test_add_func ("/house/what-is-not-understood-starts-nothing", test_misspelled);
  return g_test_run ();
}
