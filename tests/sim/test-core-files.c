/* A file arrives whole through outages and deaths, and what has arrived is not sent twice. */
#include "core/files/transfer.h"
#include "core/heart/core-state.h"
#include "tests/sim/core-world.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE (10 * HARK_MINUTE)
#define FILE_LEN ((size_t) 5 * 1024 * 1024)
#define SLACK ((uint64_t) 1536 * 1024) /* blocks under way when something broke, sent again */

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *giver, *taker;
  char *path;
  uint8_t *bytes;
  unsigned giver_site;
  bool shown; /* it was offered with a preview */
} Gift;

static void
gift_init (Gift *gift, uint64_t seed, double loss)
{
  HarkSimLinkConfig link = hark_sim_lossy_link (loss);

  link.rate = 8000000;
  *gift = (Gift){0};
  hark_sim_world_init (&gift->world, seed);
  gift->giver = hark_sim_world_add (&gift->world, HARK_SIM_NAT_PORT_RESTRICTED, &link, "Giver");
  gift->taker = hark_sim_world_add (&gift->world, HARK_SIM_NAT_PORT_RESTRICTED, &link, "Taker");
  gift->giver_site = gift->world.sites[0];
  gift->path = g_build_filename (gift->giver->folder, "gift.bin", NULL);
  gift->bytes = g_malloc (FILE_LEN);
  hark_rng_bytes (hark_sim_network_rng (gift->world.network), gift->bytes, FILE_LEN);
  g_assert_true (g_file_set_contents (gift->path, (char *) gift->bytes, FILE_LEN, NULL));
  g_assert_true (hark_sim_befriend (gift->giver, gift->taker, PATIENCE));
}

static void
gift_clear (Gift *gift)
{
  hark_sim_world_clear (&gift->world);
  g_free (gift->path);
  g_free (gift->bytes);
}

static void
pass (Gift *gift, HarkTime span)
{
  hark_sim_network_run (gift->world.network, span);
}

static bool
is_offered (void *data)
{
  return hark_sim_core_node_find (data, HARK_EVENT_FILE_OFFER, 0) != NULL;
}

/* What it looks like: 3 × 2 pixels. */
static GBytes *
make_preview (void)
{
  return g_bytes_new ("\3\2RGBrgbRGBrgbRGBrgb", 20);
}

static void
check_preview (const HarkEvent *event)
{
  g_autoptr (GBytes) preview = make_preview ();

  g_assert_nonnull (event->transfer->preview);
  g_assert_true (g_bytes_equal (event->transfer->preview, preview));
}

static void
give_and_take (Gift *gift)
{
  HarkCommand *give = hark_sim_command (HARK_COMMAND_GIVE, gift->taker);
  HarkCommand *take = hark_sim_command (HARK_COMMAND_TAKE, NULL);
  const HarkEvent *result;

  give->paths = g_new0 (char *, 2);
  give->paths[0] = g_strdup (gift->path);
  give->previews = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_ptr_array_add (give->previews, make_preview ());
  result = hark_sim_core_node_ask (gift->giver, give);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
  g_assert_true (
    hark_sim_network_run_until (gift->world.network, PATIENCE, is_offered, gift->taker));
  gift->shown = g_file_test (gift->path, G_FILE_TEST_IS_REGULAR);
  if (gift->shown)
    check_preview (hark_sim_core_node_find (gift->taker, HARK_EVENT_FILE_OFFER, 0));
  take->transfer = hark_sim_core_node_find (gift->taker, HARK_EVENT_FILE_OFFER, 0)->transfer->id;
  result = hark_sim_core_node_ask (gift->taker, take);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
}

static void
test_bad_preview (void)
{
  static const struct {
    char bytes[5];
    size_t len;
  } bad[] = {
    {"",        0          },
    {"\1\1",    2          },
    {"\3\2RGB", 5          },
    {"\0\1RGB", 5          },
    {"\1\171",  2 + 121 * 3}
  };
  Gift gift;

  gift_init (&gift, 31, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    HarkCommand *give = hark_sim_command (HARK_COMMAND_GIVE, gift.taker);
    guint8 *bytes = g_malloc0 (bad[i].len + 1);
    const HarkEvent *result;

    memcpy (bytes, bad[i].bytes, MIN (bad[i].len, sizeof bad[i].bytes));
    give->paths = g_new0 (char *, 2);
    give->paths[0] = g_strdup (gift.path);
    give->previews = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    g_ptr_array_add (give->previews, g_bytes_new_take (bytes, bad[i].len));
    result = hark_sim_core_node_ask (gift.giver, give);
    g_assert_nonnull (result);
    g_assert_false (result->ok);
  }
  gift_clear (&gift);
}

static bool
has_half (void *data)
{
  return ((HarkSimCoreNode *) data)->disk_written >= FILE_LEN / 2;
}

static void
wait_for_half (Gift *gift)
{
  g_assert_true (hark_sim_network_run_until (gift->world.network, PATIENCE, has_half, gift->taker));
}

static HarkFileState
state_at (const HarkSimCoreNode *node)
{
  const HarkEvent *event = hark_sim_core_node_find (node, HARK_EVENT_FILE_STATE, 0);

  return event != NULL ? event->transfer->state : HARK_FILE_WAITING;
}

static bool
is_done (void *data)
{
  const Gift *gift = data;

  return state_at (gift->giver) == HARK_FILE_DONE && state_at (gift->taker) == HARK_FILE_DONE;
}

/* Names in the folder of taken files. */
static unsigned
count_files (const Gift *gift, bool parts)
{
  GDir *dir = g_dir_open (gift->taker->taken, 0, NULL);
  const char *name;
  unsigned n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    n += !parts || g_str_has_suffix (name, ".part");
  if (dir != NULL)
    g_dir_close (dir);
  return n;
}

static void
check_done (Gift *gift, uint64_t written_max)
{
  const HarkEvent *end;
  g_autofree char *content = NULL;
  size_t len = 0;

  g_assert_true (hark_sim_network_run_until (gift->world.network, PATIENCE, is_done, gift));
  pass (gift, 10 * HARK_SECOND);
  end = hark_sim_core_node_find (gift->taker, HARK_EVENT_FILE_STATE, 0);
  if (gift->shown)
    check_preview (end);
  g_assert_true (g_file_get_contents (end->transfer->path, &content, &len, NULL));
  g_assert_cmpuint (len, ==, FILE_LEN);
  g_assert_true (memcmp (content, gift->bytes, len) == 0);
  g_assert_cmpuint (count_files (gift, false), ==, 1);
  g_assert_cmpuint (count_files (gift, true), ==, 0);
  g_test_message ("%.2f MiB written for 5", (double) gift->taker->disk_written / 1048576);
  g_assert_cmpuint (gift->taker->disk_written, <=, written_max);

  /* both forget it: nothing is said about it in the next processes */
  hark_sim_core_node_kill (gift->giver);
  hark_sim_core_node_kill (gift->taker);
  hark_sim_core_node_start (gift->giver);
  hark_sim_core_node_start (gift->taker);
  pass (gift, HARK_MINUTE);
  g_assert_cmpuint (gift->taker->disk_written, <=, written_max);
  g_assert_cmpuint (count_files (gift, false), ==, 1);
}

/* ---- what can go wrong in the middle ---- */

static void
test_plain (void)
{
  Gift gift;

  gift_init (&gift, 1, 0);
  give_and_take (&gift);
  check_done (&gift, FILE_LEN);
  gift_clear (&gift);
}

static void
test_outage (void)
{
  Gift gift;

  gift_init (&gift, 2, 0.01);
  give_and_take (&gift);
  wait_for_half (&gift);
  hark_sim_network_cut_site (gift.world.network, gift.giver_site, true);
  pass (&gift, 30 * HARK_SECOND);
  hark_sim_network_cut_site (gift.world.network, gift.giver_site, false);
  check_done (&gift, FILE_LEN + SLACK);
  gift_clear (&gift);
}

static void
kill_in_the_middle (uint64_t seed, bool giver, HarkTime down)
{
  HarkSimCoreNode *dies;
  Gift gift;

  gift_init (&gift, seed, 0.01);
  give_and_take (&gift);
  wait_for_half (&gift);
  dies = giver ? gift.giver : gift.taker;
  hark_sim_core_node_kill (dies);
  pass (&gift, down);
  hark_sim_core_node_start (dies);
  check_done (&gift, FILE_LEN + SLACK);
  gift_clear (&gift);
}

static void
test_giver_dies (void)
{
  kill_in_the_middle (3, true, 0);
  kill_in_the_middle (4, true, 2 * HARK_MINUTE);
}

static void
test_taker_dies (void)
{
  kill_in_the_middle (5, false, 0);
  kill_in_the_middle (6, false, 2 * HARK_MINUTE);
}

/* Deaths at single writes of either store: the offer, the state, the end. */
static void
test_dies_at_writes (void)
{
  for (unsigned nth = 1; nth <= hark_sim_runs (8); nth++)
    for (unsigned how = 0; how < 4; how++) {
      HarkCommand *give, *take;
      HarkSimCoreNode *dies;
      Gift gift;

      g_test_message ("%s dies %s write %u", how & 1 ? "giver" : "taker",
                      how & 2 ? "before" : "after", nth);
      gift_init (&gift, 100 * nth + how, 0);
      pass (&gift, 10 * HARK_SECOND); /* the first session's own writes */
      gift.taker->config.auto_accept_files = gift.taker->taken;
      hark_sim_core_node_kill (gift.taker);
      hark_sim_core_node_start (gift.taker);
      g_assert_true (hark_sim_wait_online (gift.giver, gift.taker, PATIENCE));
      pass (&gift, 10 * HARK_SECOND);

      dies = how & 1 ? gift.giver : gift.taker;
      hark_sim_core_node_die_at (dies, nth, how & 2);
      give = hark_sim_command (HARK_COMMAND_GIVE, gift.taker);
      give->paths = g_new0 (char *, 2);
      give->paths[0] = g_strdup (gift.path);
      if (hark_sim_core_node_ask (gift.giver, give) == NULL) { /* not promised: gives it again? */
        pass (&gift, 3 * HARK_MINUTE);
        gift_clear (&gift);
        continue;
      }
      /* the taker may have died before it could take: it then asks the user */
      take = hark_sim_command (HARK_COMMAND_TAKE, NULL);
      pass (&gift, HARK_MINUTE);
      dies->die_at = 0;
      if (!is_done (&gift) && is_offered (gift.taker)) {
        take->transfer
          = hark_sim_core_node_find (gift.taker, HARK_EVENT_FILE_OFFER, 0)->transfer->id;
        hark_sim_core_node_ask (gift.taker, take);
      } else {
        hark_command_free (take);
      }
      check_done (&gift, 2 * FILE_LEN);
      gift_clear (&gift);
    }
}

/* Through loss, with everybody dying now and then. */
static void
test_rough_ride (void)
{
  for (unsigned seed = 1; seed <= hark_sim_runs (2); seed++) {
    Gift gift;

    gift_init (&gift, 1000 + seed, 0.05);
    give_and_take (&gift);
    for (int i = 0; i < 12 && !is_done (&gift); i++) {
      HarkRng *rng = hark_sim_network_rng (gift.world.network);
      HarkSimCoreNode *dies = hark_rng_below (rng, 2) == 0 ? gift.giver : gift.taker;

      pass (&gift, (HarkTime) hark_rng_below (rng, 6000) * HARK_MS);
      hark_sim_core_node_kill (dies);
      pass (&gift, (HarkTime) hark_rng_below (rng, 3000) * HARK_MS);
      hark_sim_core_node_start (dies);
    }
    check_done (&gift, 4 * FILE_LEN);
    gift_clear (&gift);
  }
}

/* ---- several at once ---- */

static unsigned
count_state (const HarkSimCoreNode *node, HarkFileState state)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  unsigned n = 0;

  for (guint i = node->events->len; i-- > 0;) {
    const HarkEvent *event = node->events->pdata[i];

    if (event->kind == HARK_EVENT_FILE_STATE && g_hash_table_add (seen, &event->transfer->id))
      n += event->transfer->state == state;
  }
  return n;
}

static bool
has_letter (void *data)
{
  const HarkSimCoreNode *node = data;
  const HarkEvent *event;

  for (guint i = 0; i < node->events->len; i++) {
    event = node->events->pdata[i];
    if (event->kind == HARK_EVENT_FILE_STATE && strcmp (event->transfer->name, "letter") == 0
        && event->transfer->state == HARK_FILE_DONE)
      return true;
  }
  return false;
}

static bool
are_all_done (void *data)
{
  return count_state (data, HARK_FILE_DONE) == 5;
}

static bool
are_four_done (void *data)
{
  return count_state (((Gift *) data)->taker, HARK_FILE_DONE) == 4;
}

/* Four images and then a letter: the images come two at a time, and the letter before any. */
static void
test_letter_first (void)
{
  HarkCommand *give;
  Gift gift;

  gift_init (&gift, 31, 0);
  gift.taker->config.auto_accept_files = gift.taker->taken;
  hark_sim_core_node_kill (gift.taker);
  hark_sim_core_node_start (gift.taker);
  g_assert_true (hark_sim_wait_online (gift.giver, gift.taker, PATIENCE));
  give = hark_sim_command (HARK_COMMAND_GIVE, gift.taker);
  give->paths = g_new0 (char *, 6);
  for (unsigned i = 0; i < 5; i++) {
    g_autofree char *name = i < 4 ? g_strdup_printf ("image-%u", i) : g_strdup ("letter");

    give->paths[i] = g_build_filename (gift.giver->folder, name, NULL);
    g_assert_true (g_file_set_contents (give->paths[i], (char *) gift.bytes,
                                        i < 4 ? (gssize) FILE_LEN : 3000, NULL));
  }
  g_assert_nonnull (hark_sim_core_node_ask (gift.giver, give));
  g_assert_true (hark_sim_network_run_until (gift.world.network, PATIENCE, has_letter, gift.taker));
  g_assert_cmpuint (count_state (gift.taker, HARK_FILE_DONE), ==, 1);
  g_assert_cmpuint (count_state (gift.taker, HARK_FILE_MOVING), <=, 2);
  g_assert_true (
    hark_sim_network_run_until (gift.world.network, PATIENCE, are_all_done, gift.taker));
  gift_clear (&gift);
}

/* ---- what the user decides about all of them ---- */

static void
ask (HarkSimCoreNode *node, HarkCommand *command)
{
  const HarkEvent *result = hark_sim_core_node_ask (node, command);

  g_assert_nonnull (result);
  g_assert_true (result->ok);
}

static void
limit (HarkSimCoreNode *node, const char *how, uint64_t rate)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_LIMIT, NULL);

  command->how = g_strdup (how);
  command->rate = rate;
  ask (node, command);
}

/* Either side's limit holds, also one that was set while the file moves, and outlives a restart. */
static void
test_limits (void)
{
  for (unsigned up = 0; up < 2; up++) {
    HarkSimCoreNode *limited;
    HarkTime started;
    uint64_t before;
    Gift gift;

    gift_init (&gift, 41 + up, 0);
    limited = up != 0 ? gift.giver : gift.taker;
    limit (limited, up != 0 ? "up" : "down", 100000);
    hark_sim_core_node_kill (limited);
    hark_sim_core_node_start (limited);
    g_assert_true (hark_sim_wait_online (gift.giver, gift.taker, PATIENCE));
    give_and_take (&gift);
    pass (&gift, 20 * HARK_SECOND);
    before = gift.taker->disk_written;
    g_assert_cmpuint (before, >, 0);
    g_assert_cmpuint (before, <, 3000000);
    started = hark_sim_network_now (gift.world.network);
    limit (limited, up != 0 ? "up" : "down", 0);
    check_done (&gift, FILE_LEN);
    g_assert_cmpuint (hark_sim_network_now (gift.world.network) - started, <,
                      20 * HARK_SECOND + 3 * HARK_MINUTE);
    gift_clear (&gift);
  }
}

/* A limit above what the line carries: what it held back when the session ended holds nothing back
 * in the next. */
static void
test_limit_and_outage (void)
{
  Gift gift;

  gift_init (&gift, 43, 0);
  limit (gift.giver, "up", 5000000);
  give_and_take (&gift);
  wait_for_half (&gift);
  hark_sim_core_node_kill (gift.taker);
  pass (&gift, 2 * HARK_MINUTE);
  hark_sim_core_node_start (gift.taker);
  check_done (&gift, FILE_LEN + SLACK);
  gift_clear (&gift);
}

static void
costly (HarkSimCoreNode *node, bool on, const char *how)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_COSTLY, NULL);

  command->on = on;
  ask (node, command);
  command = hark_sim_command (HARK_COMMAND_METERED, NULL);
  command->how = g_strdup (how);
  ask (node, command);
}

static void
check_held (Gift *gift, HarkSimCoreNode *holds, const char *words)
{
  const HarkTransfer *there
    = hark_sim_core_node_find (holds == gift->giver ? gift->taker : gift->giver,
                               HARK_EVENT_FILE_STATE, 0)
        ->transfer;
  const HarkTransfer *here = hark_sim_core_node_find (holds, HARK_EVENT_FILE_STATE, 0)->transfer;

  g_assert_cmpint (here->state, ==, HARK_FILE_PAUSED);
  g_assert_cmpstr (here->reason, ==, words);
  g_assert_true (here->held && here->paused_here);
  g_assert_cmpint (there->state, ==, HARK_FILE_PAUSED);
  g_assert_true (there->paused_there);
}

static bool
resume (HarkSimCoreNode *node)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_RESUME, NULL);

  command->transfer = hark_sim_core_node_find (node, HARK_EVENT_FILE_STATE, 0)->transfer->id;
  return hark_sim_core_node_ask (node, command)->ok;
}

/* A large file waits on a network that costs, at either side, until the user says otherwise or the
 * network is another. */
static void
test_metered (void)
{
  Gift gift;

  gift_init (&gift, 44, 0);
  costly (gift.giver, true, "ask");
  give_and_take (&gift);
  pass (&gift, HARK_SECOND);
  check_held (&gift, gift.giver, HARK_FILE_HELD_ASK);
  g_assert_true (resume (gift.giver));
  check_done (&gift, FILE_LEN);
  gift_clear (&gift);

  gift_init (&gift, 45, 0);
  costly (gift.taker, true, "hold");
  give_and_take (&gift);
  pass (&gift, HARK_SECOND);
  check_held (&gift, gift.taker, HARK_FILE_HELD);
  g_assert_false (resume (gift.taker));
  costly (gift.taker, false, "hold");
  check_done (&gift, FILE_LEN);
  gift_clear (&gift);
}

static uint64_t
transfer_called (const HarkSimCoreNode *node, const char *name)
{
  for (guint i = node->events->len; i-- > 0;) {
    const HarkEvent *event = node->events->pdata[i];

    if (event->kind == HARK_EVENT_FILE_OFFER && strcmp (event->transfer->name, name) == 0)
      return event->transfer->id;
  }
  return 0;
}

static HarkFileState
state_of (const HarkSimCoreNode *node, uint64_t id)
{
  for (guint i = node->events->len; i-- > 0;) {
    const HarkEvent *event = node->events->pdata[i];

    if (event->kind == HARK_EVENT_FILE_STATE && event->transfer->id == id)
      return event->transfer->state;
  }
  return HARK_FILE_OFFERED;
}

/* Whose files are taken, up to which size; and of four large ones the user wants the last first. */
static void
test_rule_and_queue (void)
{
  static const char *const names[] = {"a", "b", "c", "d", "larger"};
  HarkCommand *rule, *give, *queue;
  const HarkEvent *list;
  uint64_t wanted;
  Gift gift;

  gift_init (&gift, 46, 0);
  limit (gift.giver, "up", 20000); /* so slowly that none becomes a small one */
  rule = hark_sim_command (HARK_COMMAND_ACCEPT_FILES, gift.giver);
  rule->on = true;
  rule->size = FILE_LEN;
  rule->directory = g_build_filename (gift.taker->taken, "of-giver", NULL);
  ask (gift.taker, rule);
  give = hark_sim_command (HARK_COMMAND_GIVE, gift.taker);
  give->paths = g_new0 (char *, G_N_ELEMENTS (names) + 1);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    give->paths[i] = g_build_filename (gift.giver->folder, names[i], NULL);
    gift.bytes[0]++; /* each another file */
    g_assert_true (g_file_set_contents (give->paths[i], (char *) gift.bytes, FILE_LEN, NULL));
    if (i + 1 == G_N_ELEMENTS (names))
      g_assert_cmpint (truncate (give->paths[i], FILE_LEN + 1), ==, 0);
  }
  ask (gift.giver, give);
  pass (&gift, 10 * HARK_SECOND);
  g_assert_cmpint (state_of (gift.taker, transfer_called (gift.taker, "larger")), ==,
                   HARK_FILE_OFFERED);
  wanted = transfer_called (gift.taker, "a");
  for (size_t i = 0; i < 4; i++) /* the order in which equal ones came to move is any */
    if (state_of (gift.taker, transfer_called (gift.taker, names[i])) == HARK_FILE_WAITING)
      wanted = transfer_called (gift.taker, names[i]);
  g_assert_cmpint (state_of (gift.taker, wanted), ==, HARK_FILE_WAITING);
  queue = hark_sim_command (HARK_COMMAND_QUEUE, NULL);
  queue->how = g_strdup ("first");
  queue->transfer = wanted;
  ask (gift.taker, queue);
  pass (&gift, 3 * HARK_SECOND);
  g_assert_cmpint (state_of (gift.taker, wanted), ==, HARK_FILE_MOVING);
  g_assert_cmpuint (count_state (gift.taker, HARK_FILE_MOVING), <=, 2);
  list = hark_sim_core_node_ask (gift.taker, hark_sim_command (HARK_COMMAND_QUEUE, NULL));
  g_assert_cmpuint (((HarkTransfer *) list->transfers->pdata[0])->id, ==, wanted);
  g_assert_cmpuint (list->transfers->len, ==, G_N_ELEMENTS (names));
  limit (gift.giver, "up", 0);
  g_assert_true (hark_sim_network_run_until (gift.world.network, PATIENCE, are_four_done, &gift));
  gift_clear (&gift);
}

static bool
is_moving (void *data)
{
  const HarkEvent *event = hark_sim_core_node_find (data, HARK_EVENT_FILE_STATE, 0);

  return event != NULL && event->transfer->state == HARK_FILE_MOVING;
}

static bool
is_asked_again (void *data)
{
  const HarkEvent *event = hark_sim_core_node_find (data, HARK_EVENT_FILE_STATE, 0);

  return event != NULL && event->transfer->state == HARK_FILE_OFFERED;
}

static void
take_files_up_to (Gift *gift, uint64_t size)
{
  HarkCommand *rule = hark_sim_command (HARK_COMMAND_ACCEPT_FILES, gift->giver);

  rule->on = true;
  rule->size = size;
  ask (gift->taker, rule);
}

/* What was taken at its size, by a rule or by a click, is no leave for whatever it becomes. */
static void
test_grows (void)
{
  for (unsigned by_rule = 0; by_rule < 2; by_rule++) {
    const uint64_t grown = by_rule ? FILE_LEN + 1 : 2 * FILE_LEN + ((uint64_t) 100 << 20);
    const HarkTransfer *seen;
    HarkCommand *refuse;
    Gift gift;

    gift_init (&gift, 47 + by_rule, 0);
    limit (gift.giver, "up", 200000);
    if (by_rule) {
      HarkCommand *give = hark_sim_command (HARK_COMMAND_GIVE, gift.taker);

      take_files_up_to (&gift, FILE_LEN);
      give->paths = g_new0 (char *, 2);
      give->paths[0] = g_strdup (gift.path);
      ask (gift.giver, give);
    } else {
      give_and_take (&gift);
    }
    g_assert_true (
      hark_sim_network_run_until (gift.world.network, PATIENCE, is_moving, gift.taker));
    pass (&gift, 2 * HARK_SECOND);
    hark_sim_core_node_kill (gift.giver);
    g_assert_cmpint (truncate (gift.path, (off_t) grown), ==, 0);
    hark_sim_core_node_start (gift.giver);
    g_assert_true (
      hark_sim_network_run_until (gift.world.network, PATIENCE, is_asked_again, gift.taker));
    seen = hark_sim_core_node_find (gift.taker, HARK_EVENT_FILE_OFFER, 0)->transfer;
    g_assert_cmpuint (seen->size, ==, grown);
    pass (&gift, HARK_MINUTE);
    g_assert_true (is_asked_again (gift.taker));
    refuse = hark_sim_command (HARK_COMMAND_REFUSE, NULL);
    refuse->transfer = seen->id;
    ask (gift.taker, refuse);
    pass (&gift, HARK_SECOND);
    g_assert_false (g_file_test (gift.taker->taken, G_FILE_TEST_EXISTS)
                    && g_rmdir (gift.taker->taken) != 0); /* nothing of it is left */
    gift_clear (&gift);
  }
}

/* ---- many at once ---- */

#define MANY 100u

static char **
make_many (Gift *gift)
{
  char **ret = g_new0 (char *, MANY + 1);

  for (unsigned i = 0; i < MANY; i++) {
    g_autofree char *name = g_strdup_printf ("%u.jpg", i);

    ret[i] = g_build_filename (gift->giver->folder, name, NULL);
    g_assert_true (g_file_set_contents (ret[i], (char *) gift->bytes + 1000 * i, 1000, NULL));
  }
  return ret;
}

/* Takes what is offered; returns how many that were. */
static unsigned
take_offered (Gift *gift, GHashTable *taken)
{
  unsigned n = 0;

  for (guint i = 0; i < gift->taker->events->len; i++) {
    const HarkEvent *event = gift->taker->events->pdata[i];
    HarkCommand *take;

    if (event->kind != HARK_EVENT_FILE_OFFER
        || !g_hash_table_add (taken, GUINT_TO_POINTER (event->transfer->id)))
      continue;
    take = hark_sim_command (HARK_COMMAND_TAKE, NULL);
    take->transfer = event->transfer->id;
    ask (gift->taker, take);
    n++;
  }
  return n;
}

/* More than wait for the user at a time: the others are offered once these were answered, also
 * by a giver that was started anew meanwhile. None is refused. */
static void
test_many (void)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (NULL, NULL);
  HarkCommand *give;
  Gift gift;

  gift_init (&gift, 71, 0);
  give = hark_sim_command (HARK_COMMAND_GIVE, gift.taker);
  give->paths = make_many (&gift);
  g_assert_cmpuint (hark_sim_core_node_ask (gift.giver, give)->numbers->len, ==, MANY);
  pass (&gift, 5 * HARK_SECOND);
  g_assert_cmpuint (take_offered (&gift, taken), ==, HARK_CORE_OFFERS_MAX);
  hark_sim_core_node_kill (gift.giver);
  hark_sim_core_node_start (gift.giver);
  g_assert_true (hark_sim_wait_online (gift.giver, gift.taker, PATIENCE));
  for (unsigned i = 0; i < 5; i++) {
    pass (&gift, 20 * HARK_SECOND);
    take_offered (&gift, taken);
  }
  g_assert_cmpuint (g_hash_table_size (taken), ==, MANY);
  for (unsigned i = 0; i < MANY; i++) {
    g_autofree char *name = g_strdup_printf ("%u.jpg", i);
    g_autofree char *path = g_build_filename (gift.taker->taken, name, NULL);
    g_autofree char *bytes = NULL;
    gsize len;

    g_assert_true (g_file_get_contents (path, &bytes, &len, NULL));
    g_assert_cmpuint (len, ==, 1000);
    g_assert_cmpint (memcmp (bytes, gift.bytes + 1000 * i, len), ==, 0);
  }
  gift_clear (&gift);
}

/* ---- folders ---- */

#define SMALL_FILES 400

/* In place of the file: a folder of as many bytes in files of all sizes. */
static void
make_folder (Gift *gift)
{
  size_t at = 0;

  g_free (gift->path);
  gift->path = g_build_filename (gift->giver->folder, "album", NULL);
  for (unsigned i = 0; i <= SMALL_FILES; i++) {
    g_autofree char *folder = g_strdup_printf ("%s/%u/%u", gift->path, i % 7, i % 3);
    g_autofree char *path = g_strdup_printf ("%s/%u.jpg", folder, i);
    size_t len = i < SMALL_FILES ? i * 20 : FILE_LEN - at;

    g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
    g_assert_true (g_file_set_contents (path, (char *) gift->bytes + at, (gssize) len, NULL));
    at += len;
  }
}

static void
check_folder (Gift *gift, uint64_t written_max)
{
  g_autofree char *words = NULL;
  g_autofree char *out = NULL;
  const HarkTransfer *end;
  int status;

  g_assert_true (hark_sim_network_run_until (gift->world.network, PATIENCE, is_done, gift));
  pass (gift, 10 * HARK_SECOND);
  end = hark_sim_core_node_find (gift->taker, HARK_EVENT_FILE_STATE, 0)->transfer;
  g_assert_true (end->folder);
  g_assert_cmpuint (end->files, ==, SMALL_FILES + 1);
  g_assert_cmpuint (end->size, ==, FILE_LEN);
  g_assert_cmpuint (end->bytes, ==, FILE_LEN);
  words = g_strdup_printf ("diff -r '%s' '%s'", gift->path, end->path);
  g_assert_true (g_spawn_command_line_sync (words, &out, NULL, &status, NULL));
  g_assert_cmpstr (out, ==, "");
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpuint (count_files (gift, false), ==, 1);
  g_assert_cmpuint (gift->taker->disk_written, <=, written_max);
}

static void
test_folder (void)
{
  Gift gift;

  gift_init (&gift, 21, 0);
  make_folder (&gift);
  give_and_take (&gift);
  check_folder (&gift, FILE_LEN + 64 * SMALL_FILES);
  gift_clear (&gift);
}

static void
test_folder_deaths (void)
{
  for (unsigned giver = 0; giver < 2; giver++) {
    HarkSimCoreNode *dies;
    Gift gift;

    gift_init (&gift, 22 + giver, 0.01);
    make_folder (&gift);
    give_and_take (&gift);
    wait_for_half (&gift);
    dies = giver != 0 ? gift.giver : gift.taker;
    hark_sim_core_node_kill (dies);
    pass (&gift, HARK_SECOND);
    hark_sim_core_node_start (dies);
    check_folder (&gift, FILE_LEN + 64 * SMALL_FILES + SLACK);
    gift_clear (&gift);
  }
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-files/arrives", test_plain);
  g_test_add_func ("/core-files/previews-are-checked", test_bad_preview);
  g_test_add_func ("/core-files/resumes-after-an-outage", test_outage);
  g_test_add_func ("/core-files/resumes-when-the-giver-died", test_giver_dies);
  g_test_add_func ("/core-files/resumes-when-the-taker-died", test_taker_dies);
  g_test_add_func ("/core-files/survives-deaths-at-single-writes", test_dies_at_writes);
  g_test_add_func ("/core-files/survives-a-rough-ride", test_rough_ride);
  g_test_add_func ("/core-files/letter-overtakes-images", test_letter_first);
  g_test_add_func ("/core-files/limits-hold-and-are-kept", test_limits);
  g_test_add_func ("/core-files/limit-outlives-an-outage", test_limit_and_outage);
  g_test_add_func ("/core-files/large-ones-wait-on-metered-networks", test_metered);
  g_test_add_func ("/core-files/rules-take-and-the-queue-is-the-users", test_rule_and_queue);
  g_test_add_func ("/core-files/what-grows-is-asked-for-again", test_grows);
  g_test_add_func ("/core-files/many-at-once-arrive-all", test_many);
  g_test_add_func ("/core-files/folder-arrives-as-one", test_folder);
  g_test_add_func ("/core-files/folder-resumes-when-either-died", test_folder_deaths);
  return g_test_run ();
}
