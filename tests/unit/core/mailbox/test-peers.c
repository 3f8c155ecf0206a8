/* What is remembered of who keeps mail for whom. */
#include "core/mailbox/peers.h"

#include <string.h>

static const HarkKey alice = {{1}}, bob = {{2}}, carol = {{3}}, node = {{4}};

static void
fill (HarkMailPeers *peers)
{
  HarkMailPeer *peer;

  hark_mail_peers_init (peers, NULL);
  peers->has_own = true;
  memset (peers->own, 5, sizeof peers->own);
  peer = hark_mail_peers_get (peers, &carol);
  peer->is = HARK_MAIL_ASKED | HARK_MAIL_KEEPS;
  memset (peer->ticket, 6, sizeof peer->ticket);
  peer = hark_mail_peers_get (peers, &bob);
  peer->n_places = 3;
  peer->places[0] = (HarkMailPlace){.keeper = carol, .ticket = {7}};
  peer->places[1] = (HarkMailPlace){.keeper = node, .ticket = {8}, .is_node = true};
  peer->places[2] = (HarkMailPlace){.ticket = {9}, .is_hint = true, .hint = {10}};
  peer->has_guest = true;
  memset (peer->guest.bytes, 9, sizeof peer->guest.bytes);
}

static void
test_kept (void)
{
  HarkMailPeers peers, read;
  const HarkMailPeer *peer;
  g_autoptr (GBytes) bytes = NULL, again = NULL;

  fill (&peers);
  bytes = hark_mail_peers_keep (&peers);
  hark_mail_peers_init (&read, bytes);
  again = hark_mail_peers_keep (&read);
  g_assert_true (g_bytes_equal (bytes, again));
  g_assert_true (hark_mail_peers_is (&read, &carol, HARK_MAIL_KEEPS));
  g_assert_false (hark_mail_peers_is (&read, &bob, HARK_MAIL_KEEPS));
  peer = hark_mail_peers_find (&read, &bob);
  g_assert_true (hark_mail_peers_place (peer, &node)->is_node);
  g_assert_null (hark_mail_peers_place (peer, &alice));
  g_assert_true (peer->places[2].is_hint && peer->places[2].hint[0] == 10);
  hark_mail_peers_clear (&peers);
  hark_mail_peers_clear (&read);
}

static void
test_cut_short (void)
{
  HarkMailPeers peers;
  g_autoptr (GBytes) bytes = NULL;

  fill (&peers);
  bytes = hark_mail_peers_keep (&peers);
  hark_mail_peers_clear (&peers);
  for (size_t len = 0; len < g_bytes_get_size (bytes); len++) {
    g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, 0, len);

    hark_mail_peers_init (&peers, part);
    g_assert_cmpuint (g_hash_table_size (peers.all), <, 2);
    hark_mail_peers_clear (&peers);
  }
}

static void
test_tickets (void)
{
  HarkMailPeers peers;

  fill (&peers);
  g_assert_cmpuint (hark_mail_peers_ticket (&peers, &carol, &bob)[0], ==, 7);
  g_assert_cmpuint (hark_mail_peers_ticket (&peers, &carol, &alice)[0], ==, 6);
  g_assert_cmpuint (hark_mail_peers_ticket (&peers, &node, &alice)[0], ==, 8);
  g_assert_null (hark_mail_peers_ticket (&peers, &alice, &bob));
  hark_mail_peers_clear (&peers);
}

/* What others say again on the next session stays out of backups. */
static void
test_backup (void)
{
  HarkMailPeers peers, read;
  g_autoptr (GBytes) bytes = NULL, part = NULL;

  fill (&peers);
  hark_mail_peers_get (&peers, &node)->is = HARK_MAIL_NODE | HARK_MAIL_TOLD;
  bytes = hark_mail_peers_keep (&peers);
  hark_mail_peers_clear (&peers);
  part = hark_mail_peers_for_backup (bytes);
  hark_mail_peers_init (&read, part);
  g_assert_true (read.has_own);
  g_assert_null (hark_mail_peers_find (&read, &bob));
  g_assert_cmpuint (hark_mail_peers_find (&read, &node)->is, ==, HARK_MAIL_NODE);
  g_assert_cmpuint (hark_mail_peers_ticket (&read, &carol, NULL)[0], ==, 6);
  hark_mail_peers_clear (&read);
}

static void
test_limit (void)
{
  HarkMailPeers peers;
  HarkKey key = {0};
  g_autoptr (GBytes) bytes = NULL;

  hark_mail_peers_init (&peers, NULL);
  for (unsigned i = 0; i < HARK_MAIL_PEERS_MAX; i++) {
    memcpy (key.bytes, &i, sizeof i);
    g_assert_nonnull (hark_mail_peers_get (&peers, &key));
  }
  key.bytes[31] = 1;
  g_assert_null (hark_mail_peers_get (&peers, &key));
  bytes = hark_mail_peers_keep (&peers);
  g_assert_cmpuint (g_bytes_get_size (bytes), <, 128 * 1024);
  hark_mail_peers_clear (&peers);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mailbox/peers/kept", test_kept);
  g_test_add_func ("/mailbox/peers/cut-short", test_cut_short);
  g_test_add_func ("/mailbox/peers/tickets", test_tickets);
  g_test_add_func ("/mailbox/peers/backup", test_backup);
  g_test_add_func ("/mailbox/peers/limit", test_limit);
  return g_test_run ();
}
