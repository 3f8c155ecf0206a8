/* A closed network as a file: what is understood, and that nothing else is. */
#include "core/hark-network.h"
#include "core/hark.h"

#include <glib/gstdio.h>
#include <string.h>

static const char *
read_text (const char *text, HarkNetworkFile *ret)
{
  return hark_network_file_read (text, strlen (text), ret);
}

static void
test_round_trip (void)
{
  char *secret = hark_network_create ();
  g_autofree char *link = g_strconcat (secret, "@192.0.2.7:4470,node.example:4470", NULL);
  char *peers[] = {(char *) "192.0.2.8", (char *) "[2001:db8::9]:4470", NULL};
  const HarkNetworkFile file
    = {.title = (char *) "Haus; Grün = 7", .network = link, .peers = peers};
  HarkNetworkFile again;
  char *text = hark_network_file_write (&file);

  g_assert_null (read_text (text, &again));
  g_assert_cmpstr (again.title, ==, file.title);
  g_assert_cmpstr (again.network, ==, link);
  g_assert_cmpstrv (again.peers, peers);
  hark_network_file_clear (&again);
  hark_words_free (text);
  hark_words_free (secret);
}

static void
test_name_alone (void)
{
  HarkNetworkFile file;

  g_assert_null (read_text ("# from the office\n[Hark Network]\nNetwork=example\n", &file));
  g_assert_cmpstr (file.network, ==, "example");
  g_assert_null (file.title);
  g_assert_null (file.peers);
  hark_network_file_clear (&file);
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "",
    "hello",
    "[Hark Network]\n",
    "[Hark Network]\nNetwork=\n",
    "[Hark Network]\nTitle=x\n",
    "[hark]\nlan-only=true\n",
    "[Hark Network]\nNetwork=x\nProxy=evil.example\n",
    "[Hark Network]\nNetwork=x\n[More]\na=b\n",
    "[Hark Network]\nNetwork=hn1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
    "[Hark Network]\nNetwork=x\nTitle=two\\nlines\n",
    "[Hark Network]\nNetwork=x\nTitle=turned \342\200\256 around\n",
    "[Hark Network]\nNetwork=x\nPeers=a;;b\n",
    "[Hark Network]\nNetwork=x\nPeers=http://evil.example/\n",
    "[Hark Network]\nNetwork=x\nPeers=a;b;c;d;e;f;g;h;i;j;k;l;m;n;o;p;q\n",
    "[Hark Network]\nNetwork=\377\376\n",
  };
  g_autofree char *large = g_strnfill (HARK_NETWORK_FILE_LEN_MAX, '#');
  g_autofree char *whole = g_strconcat (large, "\n[Hark Network]\nNetwork=x\n", NULL);
  HarkNetworkFile file = {.network = (char *) "untouched"};

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    if (!read_text (bad[i], &file))
      g_error ("was taken: %s", bad[i]);
  g_assert_nonnull (read_text (whole, &file));
  g_assert_nonnull (hark_network_file_read ("[Hark Network]\nNetwork=a\0b\n", 27, &file));
  g_assert_cmpstr (file.network, ==, "untouched");
}

static void
test_saved_for_one (void)
{
  g_autofree char *folder = g_dir_make_tmp ("hark-network-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "office.hark", NULL);
  g_autoptr (GError) error = NULL;
  HarkNetworkFile file = {.network = (char *) "example"}, again;
  GStatBuf info;

  g_assert_true (hark_network_file_save (&file, path, NULL));
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_true (hark_network_file_load (path, &again, NULL));
  g_assert_cmpstr (again.network, ==, "example");
  hark_network_file_clear (&again);
  file.title = (char *) "two\nlines";
  g_assert_false (hark_network_file_save (&file, path, &error));
  g_assert_nonnull (error);
  g_assert_false (hark_network_file_load (folder, &again, NULL));
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network-file/round-trip", test_round_trip);
  g_test_add_func ("/network-file/a-name-is-enough", test_name_alone);
  g_test_add_func ("/network-file/refuses-what-it-does-not-understand", test_refused);
  g_test_add_func ("/network-file/saved-for-this-user-alone", test_saved_for_one);
  return g_test_run ();
}
