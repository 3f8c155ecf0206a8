/* Messages arrive exactly once and in order, whatever happens to the network and the processes. */
#include "tests/sim/core-world.h"

#include <string.h>

#define PATIENCE (10 * HARK_MINUTE)
#define MESSAGES 30     /* each way, */
#define MESSAGES_BAD 10 /* where every step may be the last */

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *people[2];
  GPtrArray *kept[2]; /* texts whose SEND was answered well, in order */
} Talk;

static void
talk_init (Talk *talk, uint64_t seed, const HarkSimLinkConfig *link)
{
  *talk = (Talk){0};
  hark_sim_world_init (&talk->world, seed);
  talk->people[0] = hark_sim_world_add (&talk->world, HARK_SIM_NAT_PORT_RESTRICTED, link, "Alice");
  talk->people[1] = hark_sim_world_add (&talk->world, HARK_SIM_NAT_PORT_RESTRICTED, link, "Bob");
  for (int i = 0; i < 2; i++)
    talk->kept[i] = g_ptr_array_new_with_free_func (g_free);
}

static void
talk_clear (Talk *talk)
{
  for (int i = 0; i < 2; i++)
    g_ptr_array_unref (talk->kept[i]);
  hark_sim_world_clear (&talk->world);
}

static uint64_t
draw (Talk *talk, uint64_t bound)
{
  return hark_rng_below (hark_sim_network_rng (talk->world.network), bound);
}

/* The user types; remembers what was promised to be kept. */
static void
send_text (Talk *talk, int from, const char *text)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_SEND, talk->people[1 - from]);
  const HarkEvent *result;

  command->text = g_strdup (text);
  result = hark_sim_core_node_ask (talk->people[from], command);
  if (result == NULL)
    return;
  g_assert_true (result->ok);
  g_ptr_array_add (talk->kept[from], g_strdup (text));
}

/* Texts of one direction as one person has them on disk. */
static GPtrArray *
texts_of (Talk *talk, int who, bool outgoing, bool delivered)
{
  g_autoptr (GPtrArray) history
    = hark_sim_core_node_history (talk->people[who], &talk->people[1 - who]->account);
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < history->len; i++) {
    const HarkStoreMessage *message = history->pdata[i];

    if (message->kind != HARK_MESSAGE_TEXT || message->outgoing != outgoing)
      continue;
    if (!delivered || message->state >= HARK_MESSAGE_DELIVERED)
      g_ptr_array_add (texts, g_strdup (message->text));
  }
  return texts;
}

/* Every message that one has on disk the other has exactly once, in the same order. */
static bool
is_even (void *data)
{
  Talk *talk = data;

  for (int i = 0; i < 2; i++)
    if (talk->people[i]->core == NULL)
      return false;
  for (int i = 0; i < 2; i++) {
    g_autoptr (GPtrArray) sent = texts_of (talk, i, true, true);
    g_autoptr (GPtrArray) all = texts_of (talk, i, true, false);

    if (sent->len != all->len)
      return false;
  }
  return true;
}

static void
check_same (Talk *talk, int from)
{
  g_autoptr (GPtrArray) sent = texts_of (talk, from, true, false);
  g_autoptr (GPtrArray) came = texts_of (talk, 1 - from, false, false);
  guint at = 0;

  g_assert_cmpuint (came->len, ==, sent->len);
  for (guint i = 0; i < sent->len; i++)
    g_assert_cmpstr (came->pdata[i], ==, sent->pdata[i]);
  for (guint i = 0; i < talk->kept[from]->len; i++, at++) {
    while (at < sent->len && strcmp (sent->pdata[at], talk->kept[from]->pdata[i]) != 0)
      at++; /* stored, but the process died before it could say so */
    g_assert_cmpuint (at, <, sent->len);
  }
}

static void
settle (Talk *talk)
{
  HarkTime end = hark_sim_network_now (talk->world.network) + PATIENCE;

  for (int i = 0; i < 2; i++) {
    hark_sim_network_cut_site (talk->world.network, talk->world.sites[i], false);
    hark_sim_core_node_start (talk->people[i]);
  }
  while (!is_even (talk) && hark_sim_network_now (talk->world.network) < end)
    hark_sim_network_run (talk->world.network, HARK_SECOND);
  g_assert_true (is_even (talk));
  for (int i = 0; i < 2; i++)
    check_same (talk, i);
}

/* Somebody is killed now or at one of the next writes, quits, loses the network, or gets it back
 * with other mappings. */
static void
disturb (Talk *talk)
{
  unsigned who = (unsigned) draw (talk, 2);
  HarkSimCoreNode *node = talk->people[who];

  switch (draw (talk, 12)) {
  case 0:
    hark_sim_core_node_kill (node);
    break;
  case 1:
  case 2:
    hark_sim_core_node_die_at (node, 1 + (unsigned) draw (talk, 6), draw (talk, 2) == 0);
    break;
  case 3:
    hark_sim_core_node_stop (node);
    break;
  case 4:
    hark_sim_network_cut_site (talk->world.network, talk->world.sites[who], true);
    break;
  case 5:
  case 6:
    hark_sim_network_rebind_site (talk->world.network, talk->world.sites[who]);
    hark_sim_network_cut_site (talk->world.network, talk->world.sites[who], false);
    break;
  default:
    break;
  }
}

static void
chat (Talk *talk, int messages, bool disturbed)
{
  for (int n = 0; n < 2 * messages; n++) {
    int from = n % 2;
    g_autofree char *text = g_strdup_printf ("%d of %s", n / 2, from ? "Bob" : "Alice");

    hark_sim_core_node_start (talk->people[from]);
    send_text (talk, from, text);
    if (disturbed)
      disturb (talk);
    hark_sim_network_run (talk->world.network, (HarkTime) draw (talk, 1500) * HARK_MS);
  }
}

static void
run_bad (uint64_t seed)
{
  HarkSimLinkConfig link = hark_sim_lossy_link (0.2);
  Talk talk;

  link.reorder = 0.1;
  link.duplicate = 0.1;
  link.jitter = 5 * HARK_MS;
  talk_init (&talk, seed, &link);
  for (int i = 0; i < 2; i++) /* slow disks have longer windows to die in */
    talk.people[i]->store_time = (1 + draw (&talk, 4)) * draw (&talk, 100) * HARK_MS;
  g_assert_true (hark_sim_befriend (talk.people[0], talk.people[1], PATIENCE));
  chat (&talk, MESSAGES_BAD, true);
  settle (&talk);
  talk_clear (&talk);
}

static void
test_exactly_once (void)
{
  const unsigned seeds = hark_sim_runs (1) > 1 ? 10000 : 50;

  for (unsigned seed = 1; seed <= seeds; seed++) {
    g_test_message ("seed %u", seed);
    run_bad (seed);
  }
}

/* The router of one of them hands out port 1900, which nobody would let others point him at. */
static void
test_unlucky_port (void)
{
  run_bad (691);
}

/* What was written for somebody who was away comes in one go; @len bytes each. */
static void
check_burst (uint64_t seed, unsigned n, size_t len, HarkTime store_time)
{
  g_autofree char *filling = g_strnfill (len, 'x');
  HarkTime start;
  Talk talk;

  talk_init (&talk, seed, &(HarkSimLinkConfig){.delay = 10 * HARK_MS, .rate = 50000000});
  g_assert_true (hark_sim_befriend (talk.people[0], talk.people[1], PATIENCE));
  hark_sim_core_node_stop (talk.people[1]);
  for (unsigned i = 0; i < n; i++) {
    g_autofree char *text = g_strdup_printf ("%u %s", i, filling);

    send_text (&talk, 0, text);
  }
  talk.people[1]->store_time = store_time;
  start = hark_sim_network_now (talk.world.network);
  settle (&talk);
  g_assert_cmpuint (talk.kept[0]->len, ==, n);
  g_test_message ("%u messages of %zu bytes: %.0f s", n, len,
                  (double) (hark_sim_network_now (talk.world.network) - start) / HARK_SECOND);
  talk_clear (&talk);
}

static void
test_burst (void)
{
  check_burst (101, 3000, 20, 2 * HARK_MS);
  check_burst (102, 500, 30000, 2 * HARK_MS);
  check_burst (103, 200, 60000, 500 * HARK_MS); /* the store is behind: credit waits for it */
}

/* Written before the other one has accepted: delivered when they do. */
static void
test_written_to_somebody_asked (void)
{
  Talk talk;
  g_autofree char *address = NULL;

  talk_init (&talk, 104, &(HarkSimLinkConfig){.delay = 10 * HARK_MS});
  address = hark_sim_address (talk.people[1], false);
  g_assert_null (hark_sim_add (talk.people[0], address));
  send_text (&talk, 0, "Hello?");
  g_assert_true (hark_sim_wait_request (talk.people[1], talk.people[0], PATIENCE));
  send_text (&talk, 0, "Anybody?");
  hark_sim_core_node_kill (talk.people[0]);
  hark_sim_core_node_start (talk.people[0]);
  g_assert_true (
    hark_sim_core_node_ask (talk.people[1], hark_sim_command (HARK_COMMAND_ACCEPT, talk.people[0]))
      ->ok);
  settle (&talk);
  g_assert_cmpuint (talk.kept[0]->len, ==, 2);
  talk_clear (&talk);
}

static void
test_good_network (void)
{
  Talk talk;

  talk_init (&talk, 1, &(HarkSimLinkConfig){.delay = 10 * HARK_MS});
  g_assert_true (hark_sim_befriend (talk.people[0], talk.people[1], HARK_MINUTE));
  chat (&talk, MESSAGES, false);
  settle (&talk);
  for (int i = 0; i < 2; i++) {
    g_assert_cmpuint (talk.kept[i]->len, ==, MESSAGES);
    g_assert_cmpuint (talk.people[i]->warnings, ==, 0);
  }
  talk_clear (&talk);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-chat/good-network", test_good_network);
  g_test_add_func ("/core-chat/bursts", test_burst);
  g_test_add_func ("/core-chat/written-to-somebody-asked", test_written_to_somebody_asked);
  g_test_add_func ("/core-chat/exactly-once-through-loss-and-crashes", test_exactly_once);
  g_test_add_func ("/core-chat/router-gives-the-port-of-a-loud-service", test_unlucky_port);
  return g_test_run ();
}
