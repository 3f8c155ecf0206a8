/* Clocks that are wrong or set, machines that sleep: sessions go on, nobody is locked out, nothing
 * is lost. */
#include "tests/sim/core-world.h"

#include <string.h>

#define PATIENCE (3 * HARK_MINUTE)
#define YEAR_MS (INT64_C (365) * 24 * 3600 * 1000)

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *alice, *bob;
  unsigned sent;
} Two;

static void
two_init (Two *two, uint64_t seed)
{
  HarkSimLinkConfig link = hark_sim_lossy_link (0.02);

  *two = (Two){0};
  hark_sim_world_init (&two->world, seed);
  two->alice = hark_sim_world_add (&two->world, HARK_SIM_NAT_PORT_RESTRICTED, &link, "Alice");
  two->bob = hark_sim_world_add (&two->world, HARK_SIM_NAT_PORT_RESTRICTED, &link, "Bob");
}

static void
pass (Two *two, HarkTime span)
{
  hark_sim_network_run (two->world.network, span);
}

static void
write_text (Two *two, HarkSimCoreNode *from, const HarkSimCoreNode *to)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_SEND, to);
  const HarkEvent *result;

  command->text = g_strdup_printf ("%u", two->sent++);
  result = hark_sim_core_node_ask (from, command);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
}

static unsigned
count_texts (HarkSimCoreNode *node, const HarkSimCoreNode *other)
{
  g_autoptr (GPtrArray) history = hark_sim_core_node_history (node, &other->account);
  int previous[2] = {-1, -1};

  for (guint i = 0; i < history->len; i++) {
    const HarkStoreMessage *message = history->pdata[i];
    int number = atoi (message->text);

    g_assert_cmpint (number, >,
                     previous[message->outgoing]); /* in order, whatever the clocks say */
    previous[message->outgoing] = number;
  }
  return history->len;
}

/* Both have everything that was written so far. */
static void
check_complete (Two *two)
{
  for (HarkTime span = 0; span < PATIENCE; span += HARK_SECOND) {
    if (count_texts (two->alice, two->bob) == two->sent
        && count_texts (two->bob, two->alice) == two->sent)
      return;
    pass (two, HARK_SECOND);
  }
  g_assert_cmpuint (count_texts (two->alice, two->bob), ==, two->sent);
  g_assert_cmpuint (count_texts (two->bob, two->alice), ==, two->sent);
}

static void
talk (Two *two)
{
  for (int i = 0; i < 3; i++) {
    write_text (two, two->alice, two->bob);
    write_text (two, two->bob, two->alice);
  }
  check_complete (two);
}

/* A session, then the clock of one is set: the session lives, and they find back when it ends. */
static void
check_jump (uint64_t seed, int64_t step_ms)
{
  Two two;

  two_init (&two, seed);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  talk (&two);
  hark_sim_core_node_set_clock (two.alice, step_ms);
  talk (&two);
  pass (&two, HARK_MINUTE);
  g_assert_true (hark_sim_core_node_sees_online (two.alice, two.bob));

  /* a program that starts under the wrong clock may not be found, but it must do no harm */
  hark_sim_core_node_kill (two.alice);
  hark_sim_core_node_start (two.alice);
  write_text (&two, two.alice, two.bob);
  pass (&two, 10 * HARK_MINUTE);
  g_test_message ("started with the clock %+.2f days off: %s", (double) step_ms / 86400000,
                  hark_sim_core_node_sees_online (two.alice, two.bob) ? "found" : "alone");

  /* set right again: whatever happened under the wrong clock shuts nobody out */
  hark_sim_core_node_set_clock (two.alice, 0);
  g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
  talk (&two);
  hark_sim_core_node_kill (two.bob);
  hark_sim_core_node_start (two.bob);
  write_text (&two, two.alice, two.bob);
  g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
  check_complete (&two);
  hark_sim_core_node_kill (two.alice);
  hark_sim_core_node_start (two.alice);
  g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
  talk (&two);
  hark_sim_world_clear (&two.world);
}

static void
test_jumps (void)
{
  static const int64_t steps[]
    = {10 * YEAR_MS, -10 * YEAR_MS, 3600 * 1000, -3600 * 1000, 26 * 3600 * 1000, -30000};

  for (size_t i = 0; i < G_N_ELEMENTS (steps); i++)
    check_jump (i + 1, steps[i]);
}

/* Somebody whose clock is an hour off all the time, as after a change to summer time that went
 * wrong: day numbers of the two differ around midnight only. */
static void
test_always_off (void)
{
  for (int hour = 0; hour < 24; hour += 6) {
    Two two;

    two_init (&two, 20 + (uint64_t) hour);
    hark_sim_core_node_set_clock (two.alice, (hour + 1) * INT64_C (3600000));
    hark_sim_core_node_set_clock (two.bob, hour * INT64_C (3600000));
    g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
    talk (&two);
    hark_sim_core_node_kill (two.alice);
    hark_sim_core_node_start (two.alice);
    g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
    talk (&two);
    hark_sim_world_clear (&two.world);
  }
}

/* One clock is years behind, the other years ahead: who starts again knows the other's time by
 * their record, although it is the one from before. */
static void
test_both_off (void)
{
  for (uint64_t seed = 30; seed < 34; seed++) {
    Two two;

    two_init (&two, seed);
    g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
    hark_sim_core_node_set_clock (two.alice, -5 * YEAR_MS);
    hark_sim_core_node_set_clock (two.bob, 2 * YEAR_MS);
    for (int i = 0; i < 3; i++) {
      hark_sim_core_node_kill (two.bob);
      hark_sim_core_node_start (two.bob);
      check_complete (&two);
      pass (&two, HARK_MINUTE);
      hark_sim_network_cut_site (two.world.network, two.world.sites[1], true);
      hark_sim_core_node_kill (two.alice);
      hark_sim_core_node_start (two.alice);
      pass (&two, 10 * HARK_SECOND);
      hark_sim_network_cut_site (two.world.network, two.world.sites[1], false);
      write_text (&two, two.alice, two.bob);
      check_complete (&two);
    }
    hark_sim_world_clear (&two.world);
  }
}

static void
check_sleep (uint64_t seed, HarkTime span, bool both)
{
  Two two;
  HarkTime start;

  two_init (&two, seed);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  talk (&two);
  hark_sim_core_node_suspend (two.alice, true);
  if (both)
    hark_sim_core_node_suspend (two.bob, true);
  else
    write_text (&two, two.bob, two.alice);
  pass (&two, span);
  if (!both)
    write_text (&two, two.bob, two.alice);
  hark_sim_core_node_suspend (two.alice, false);
  if (both)
    hark_sim_core_node_suspend (two.bob, false);
  start = hark_sim_network_now (two.world.network);
  write_text (&two, two.alice, two.bob);
  check_complete (&two);
  g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
  g_test_message ("%.0f s of sleep: all there %.0f s after waking up", (double) span / HARK_SECOND,
                  (double) (hark_sim_network_now (two.world.network) - start) / HARK_SECOND);
  talk (&two);
  hark_sim_world_clear (&two.world);
}

static void
test_sleep (void)
{
  check_sleep (40, 2 * HARK_SECOND, false);
  check_sleep (41, 20 * HARK_SECOND, false);
  check_sleep (42, 2 * HARK_MINUTE, false);
  check_sleep (43, 8 * HARK_HOUR, false);
  check_sleep (44, 8 * HARK_HOUR, true);
}

/* Texts that are there still; @ret_id (nullable): the last one's. */
static unsigned
count_fleeting (HarkSimCoreNode *node, const HarkSimCoreNode *other, uint8_t *ret_id)
{
  g_autoptr (GPtrArray) history = hark_sim_core_node_history (node, &other->account);
  unsigned n = 0;

  for (guint i = 0; i < history->len; i++) {
    const HarkStoreMessage *message = history->pdata[i];

    if (message->kind != HARK_MESSAGE_TEXT)
      continue;
    n++;
    if (ret_id != NULL)
      memcpy (ret_id, message->id, sizeof message->id);
  }
  return n;
}

/* Written before the clock is set, and under the wrong one; read under a wrong one: all come, and
 * all disappear, as soon as the clocks are right again. */
static void
check_fleeting (uint64_t seed, int64_t step_ms)
{
  HarkCommand *command;
  uint8_t id[HARK_MESSAGE_ID_LEN];
  Two two;

  two_init (&two, seed);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  command = hark_sim_command (HARK_COMMAND_TIMER, two.bob);
  command->seconds = 60;
  g_assert_true (hark_sim_core_node_ask (two.alice, command)->ok);
  hark_sim_core_node_kill (two.bob);
  write_text (&two, two.alice, two.bob);
  hark_sim_core_node_set_clock (two.alice, step_ms);
  write_text (&two, two.alice, two.bob);
  pass (&two, HARK_MINUTE);
  g_assert_cmpuint (count_fleeting (two.alice, two.bob, NULL), ==, 2); /* nobody has them yet */
  hark_sim_core_node_set_clock (two.alice, 0);
  hark_sim_core_node_start (two.bob);
  g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
  for (HarkTime span = 0; count_fleeting (two.bob, two.alice, id) < 2 && span < PATIENCE;
       span += HARK_SECOND)
    pass (&two, HARK_SECOND);
  hark_sim_core_node_set_clock (two.bob, step_ms);
  command = hark_sim_command (HARK_COMMAND_READ, two.alice);
  memcpy (command->id, id, sizeof command->id);
  g_assert_true (hark_sim_core_node_ask (two.bob, command)->ok);
  hark_sim_core_node_set_clock (two.bob, 0);
  pass (&two, HARK_HOUR + 2 * HARK_MINUTE); /* a clock that was set is noticed within an hour */
  g_assert_cmpuint (count_fleeting (two.bob, two.alice, NULL), ==, 0);
  g_assert_cmpuint (count_fleeting (two.alice, two.bob, NULL), ==, 0);
  hark_sim_world_clear (&two.world);
}

static void
test_fleeting (void)
{
  check_fleeting (60, 10 * YEAR_MS);
  check_fleeting (61, -10 * YEAR_MS);
}

/* When the newest message of @of was written, as @who sees it. */
static int64_t
seen_ms (HarkSimCoreNode *who, const HarkSimCoreNode *of)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_HISTORY, of);
  const HarkEvent *result;
  const HarkMessage *newest = NULL;

  command->limit = 20;
  result = hark_sim_core_node_ask (who, command);
  g_assert_true (result->ok);
  for (guint i = 0; i < result->messages->len; i++) {
    const HarkMessage *message = result->messages->pdata[i];

    if (!message->outgoing && (newest == NULL || message->position > newest->position))
      newest = message;
  }
  g_assert_nonnull (newest);
  return newest->sent_ms;
}

/* Who is ahead writes nothing tomorrow; who is behind may have written long ago. */
static void
test_dates (void)
{
  Two two;
  int64_t now_ms;

  two_init (&two, 70);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  talk (&two);
  hark_sim_core_node_set_clock (two.bob, YEAR_MS);
  write_text (&two, two.bob, two.alice);
  check_complete (&two);
  now_ms = HARK_SIM_WALL_MS + (int64_t) (hark_sim_network_now (two.world.network) / HARK_MS);
  g_assert_cmpint (seen_ms (two.alice, two.bob), <=, now_ms);
  g_assert_cmpint (seen_ms (two.alice, two.bob), >, now_ms - 600000);
  hark_sim_core_node_set_clock (two.bob, -YEAR_MS);
  write_text (&two, two.bob, two.alice);
  check_complete (&two);
  g_assert_cmpint (seen_ms (two.alice, two.bob), <, now_ms - YEAR_MS + 600000);
  hark_sim_world_clear (&two.world);
}

/* Both are on for days: addresses of the DHT change every day, pairwise secrets after a month. */
static void
test_days (void)
{
  Two two;

  two_init (&two, 50);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  for (unsigned day = 0; day < hark_sim_runs (1); day++) {
    pass (&two, 24 * HARK_HOUR);
    g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
    talk (&two);
    hark_sim_core_node_kill (day % 2 == 0 ? two.alice : two.bob);
    pass (&two, HARK_HOUR);
    hark_sim_core_node_start (two.alice);
    hark_sim_core_node_start (two.bob);
    g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
    talk (&two);
  }
  g_assert_cmpuint (two.alice->warnings + two.bob->warnings, ==, 0);
  hark_sim_world_clear (&two.world);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-clock/jumps", test_jumps);
  g_test_add_func ("/core-clock/always-off", test_always_off);
  g_test_add_func ("/core-clock/behind-and-ahead", test_both_off);
  g_test_add_func ("/core-clock/sleep", test_sleep);
  g_test_add_func ("/core-clock/fleeting", test_fleeting);
  g_test_add_func ("/core-clock/dates", test_dates);
  g_test_add_func ("/core-clock/days", test_days);
  return g_test_run ();
}
