/* Who takes files slowly, or asks for them and reads nothing, costs the giver little memory, and
 * nobody else their speed. */
#include "core/files/transfer.h"
#include "core/heart/core-state.h"
#include "tests/sim/core-world.h"

#include <string.h>

#define PATIENCE (10 * HARK_MINUTE)
#define MIB ((uint64_t) 1024 * 1024)
#define FILE_LEN (16 * MIB)
#define PULLS 60u /* at once; a contact may open 64 streams */
#define READERS 4u

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *giver, *readers[READERS];
  char *path;
} Slow;

static void
slow_init (Slow *slow, uint64_t seed)
{
  HarkSimLinkConfig link = hark_sim_lossy_link (0);
  g_autofree uint8_t *bytes = g_malloc (FILE_LEN);

  *slow = (Slow){0};
  link.rate = 200000000;
  hark_sim_world_init (&slow->world, seed);
  slow->giver = hark_sim_world_add (&slow->world, HARK_SIM_NAT_NONE, &link, "Giver");
  slow->path = g_build_filename (slow->giver->folder, "film.bin", NULL);
  hark_rng_bytes (hark_sim_network_rng (slow->world.network), bytes, FILE_LEN);
  g_assert_true (g_file_set_contents (slow->path, (char *) bytes, (gssize) FILE_LEN, NULL));
  for (unsigned i = 0; i < READERS; i++) {
    slow->readers[i] = hark_sim_world_add (&slow->world, HARK_SIM_NAT_NONE, &link, "Reader");
    g_assert_true (hark_sim_befriend (slow->readers[i], slow->giver, PATIENCE));
  }
}

static void
slow_clear (Slow *slow)
{
  hark_sim_world_clear (&slow->world);
  g_free (slow->path);
}

static void
pass (Slow *slow, HarkTime span)
{
  hark_sim_network_run (slow->world.network, span);
}

static void
give (Slow *slow, unsigned reader, unsigned times)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_GIVE, slow->readers[reader]);
  const HarkEvent *result;

  command->paths = g_new0 (char *, times + 1);
  for (unsigned i = 0; i < times; i++)
    command->paths[i] = g_strdup (slow->path);
  result = hark_sim_core_node_ask (slow->giver, command);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
  pass (slow, 2 * HARK_SECOND);
}

/* Asks for everything that was given, behind the back of a reader's core, which knows none of these
 * streams and gives no credit. */
static unsigned
pull_all (Slow *slow, unsigned reader)
{
  HarkSimCoreNode *node = slow->readers[reader];
  const HarkFileRange range = {.from = 0, .to = FILE_LEN};
  const HarkTime now = hark_sim_network_now (slow->world.network);
  GHashTableIter iter;
  unsigned n = 0;
  void *value;

  g_hash_table_iter_init (&iter, slow->giver->core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkFileTransfer *transfer = value;
    uint8_t head[HARK_FILE_PULL_LEN];
    g_autoptr (GBytes) bytes = NULL;
    int64_t id;

    if (!hark_key_equal (&transfer->contact, &node->account))
      continue;
    id = hark_net_stream_open (node->net, &slow->giver->account, HARK_STREAM_BULK);
    g_assert_cmpint (id, >=, 0);
    hark_file_pull_write (HARK_STREAM_IS_FILE, transfer->offer, &range, head);
    bytes = g_bytes_new (head, sizeof head);
    g_assert_true (hark_net_stream_send (node->net, &slow->giver->account, id, bytes, true, now));
    n++;
  }
  hark_sim_node_flush (node->node);
  return n;
}

/* What was read of the disk and does not lie at the readers, whose windows hold 4 MiB each. On top
 * comes what was on its way to them before these were full. */
static void
check_memory (Slow *slow, unsigned readers)
{
  pass (slow, HARK_MINUTE);
  g_assert_cmpuint (slow->giver->disk_read, >=, 4 * MIB * readers);
  g_test_message ("%" G_GUINT64_FORMAT " MiB", slow->giver->disk_read / MIB);
  g_assert_cmpuint (slow->giver->disk_read, <=, (16 + (4 + 1) * readers) * MIB);
}

static bool
is_done (void *data)
{
  const HarkEvent *event = hark_sim_core_node_find (data, HARK_EVENT_FILE_STATE, 0);

  return event != NULL && event->transfer->state == HARK_FILE_DONE;
}

static void
take_one (Slow *slow, unsigned reader)
{
  HarkSimCoreNode *node = slow->readers[reader];
  HarkCommand *take = hark_sim_command (HARK_COMMAND_TAKE, NULL);
  const HarkEvent *result;

  take->transfer = hark_sim_core_node_find (node, HARK_EVENT_FILE_OFFER, 0)->transfer->id;
  result = hark_sim_core_node_ask (node, take);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
  g_assert_true (hark_sim_network_run_until (slow->world.network, PATIENCE, is_done, node));
}

static void
test_reads_nothing (void)
{
  Slow slow;

  slow_init (&slow, 1);
  give (&slow, 0, PULLS);
  g_assert_cmpuint (pull_all (&slow, 0), ==, PULLS);
  check_memory (&slow, 1);
  slow_clear (&slow);
}

/* Several who read nothing, while another takes the same file; and they do, once they are back. */
static void
test_others_go_on (void)
{
  HarkTime before, free_time;
  Slow slow;

  slow_init (&slow, 2);
  give (&slow, 3, 2);
  before = hark_sim_network_now (slow.world.network);
  take_one (&slow, 3);
  free_time = hark_sim_network_now (slow.world.network) - before;
  slow.giver->disk_read = 0;
  for (unsigned i = 0; i < 3; i++) {
    give (&slow, i, PULLS);
    g_assert_cmpuint (pull_all (&slow, i), ==, PULLS);
  }
  check_memory (&slow, 3);
  give (&slow, 3, 1);
  before = hark_sim_network_now (slow.world.network);
  take_one (&slow, 3);
  g_assert_cmpuint (hark_sim_network_now (slow.world.network) - before, <, 2 * free_time);
  hark_sim_core_node_kill (slow.readers[0]);
  hark_sim_core_node_start (slow.readers[0]);
  g_assert_true (hark_sim_wait_online (slow.giver, slow.readers[0], PATIENCE));
  pass (&slow, 2 * HARK_SECOND);
  take_one (&slow, 0);
  slow_clear (&slow);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-files-slow/who-reads-nothing-costs-little", test_reads_nothing);
  g_test_add_func ("/core-files-slow/others-go-on", test_others_go_on);
  return g_test_run ();
}
