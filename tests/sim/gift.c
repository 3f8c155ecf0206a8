#include "tests/sim/gift.h"

#include <string.h>

static void
gift_init_of (Gift *gift, uint64_t seed, unsigned people, size_t len)
{
  HarkSimLinkConfig link = hark_sim_lossy_link (0);

  gift->len = len;
  link.rate = 2000000;
  party_init_on (&gift->party, seed, people, &link);
  for (unsigned a = 0; a < people; a++)
    for (unsigned b = a + 1; b < people; b++)
      party_befriend (&gift->party, a, b);
  party_create (&gift->party);
  gift->bytes = g_malloc (len);
  hark_rng_bytes (hark_sim_network_rng (gift->party.world.network), gift->bytes, len);
  gift->path = g_build_filename (gift->party.people[0]->folder, "film.bin", NULL);
  g_assert_true (g_file_set_contents (gift->path, (char *) gift->bytes, (gssize) len, NULL));
}

void
gift_init (Gift *gift, uint64_t seed, unsigned people)
{
  gift_init_of (gift, seed, people, GIFT_LEN);
}

void
gift_clear (Gift *gift)
{
  party_clear (&gift->party);
  g_free (gift->path);
  g_free (gift->bytes);
}

const HarkTransfer *
gift_seen_by (const Gift *gift, unsigned who)
{
  const HarkSimCoreNode *node = gift->party.people[who];

  for (guint i = node->events->len; i > 0; i--) {
    const HarkEvent *event = node->events->pdata[i - 1];

    if (event->transfer != NULL && event->transfer->has_group)
      return event->transfer;
  }
  return NULL;
}

bool
gift_was_told (const HarkSimCoreNode *node, const char *words)
{
  for (guint i = 0; i < node->events->len; i++) {
    const HarkEvent *event = node->events->pdata[i];

    if (event->transfer != NULL && event->transfer->reason != NULL
        && strstr (event->transfer->reason, words) != NULL)
      return true;
  }
  return false;
}

typedef struct {
  const Gift *gift;
  unsigned who, have;
  HarkFileState state;
} Wanted;

static bool
is_so (void *data)
{
  const Wanted *wanted = data;
  const HarkTransfer *seen = gift_seen_by (wanted->gift, wanted->who);

  return seen != NULL && seen->state == wanted->state && seen->people_have >= wanted->have;
}

void
gift_wait_for (Gift *gift, unsigned who, HarkFileState state, unsigned have)
{
  Wanted wanted = {gift, who, have, state};

  g_assert_true (
    hark_sim_network_run_until (gift->party.world.network, PARTY_PATIENCE, is_so, &wanted));
}

void
gift_give (Gift *gift)
{
  HarkCommand *command = party_group_command (&gift->party, HARK_COMMAND_GIVE, -1);
  const HarkEvent *result;

  command->paths = g_new0 (char *, 2);
  command->paths[0] = g_strdup (gift->path);
  result = hark_sim_core_node_ask (gift->party.people[0], command);
  g_assert_nonnull (result);
  if (!result->ok)
    g_error ("%s", result->text);
  g_assert_cmpuint (result->numbers->len, ==, 1);
  gift_wait_for (gift, 0, HARK_FILE_DONE, 1);
}

void
gift_take (Gift *gift, unsigned who)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_TAKE, NULL);
  const HarkEvent *result;

  gift_wait_for (gift, who, HARK_FILE_OFFERED, 1);
  command->transfer = gift_seen_by (gift, who)->id;
  result = hark_sim_core_node_ask (gift->party.people[who], command);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
}

void
gift_check_has (Gift *gift, unsigned who)
{
  g_autofree char *content = NULL;
  size_t len = 0;

  gift_wait_for (gift, who, HARK_FILE_DONE, 1);
  g_assert_true (g_file_get_contents (gift_seen_by (gift, who)->path, &content, &len, NULL));
  g_assert_cmpuint (len, ==, gift->len);
  g_assert_true (memcmp (content, gift->bytes, len) == 0);
}

void
gift_spoil_at (const char *path, size_t at)
{
  static const uint8_t noise[4096];
  FILE *file = fopen (path, "r+");

  g_assert_nonnull (file);
  g_assert_cmpint (fseek (file, (long) at, SEEK_SET), ==, 0);
  g_assert_cmpuint (fwrite (noise, 1, sizeof noise, file), ==, sizeof noise);
  g_assert_cmpint (fclose (file), ==, 0);
}

void
gift_spoil (const char *path)
{
  for (size_t at = 0; at + 4096 < GIFT_LEN; at += 512 * 1024 + 77777)
    gift_spoil_at (path, at);
}

bool
gift_has_some (void *data)
{
  return ((HarkSimCoreNode *) data)->disk_written >= GIFT_LEN / 4;
}

void
gift_to_takers (Gift *gift, uint64_t seed)
{
  HarkSimLinkConfig wide = hark_sim_lossy_link (0), narrow = hark_sim_lossy_link (0);
  const HarkSimWorld *world = &gift->party.world;

  gift_init_of (gift, seed, GIFT_TAKERS + 1, GIFT_BIG_LEN);
  wide.rate = 10000000;
  narrow.rate = GIFT_NARROW;
  for (unsigned i = 0; i <= GIFT_TAKERS; i++)
    hark_sim_network_set_host_link (world->network, gift->party.people[i]->host,
                                    i == 0 ? &narrow : &wide, &wide);
  for (unsigned i = 1; i <= GIFT_TAKERS; i++)
    party_bring_in (&gift->party, 0, i);
  for (unsigned i = 1; i <= GIFT_TAKERS; i++)
    for (unsigned k = 1; k <= GIFT_TAKERS; k++)
      if (i != k)
        party_wait_member (&gift->party, i, k, true);
}

void
gift_offer (Gift *gift)
{
  gift_give (gift);
  for (unsigned i = 1; i <= GIFT_TAKERS; i++)
    gift_wait_for (gift, i, HARK_FILE_OFFERED, 1);
}

typedef struct {
  unsigned host;
  uint64_t bytes;
} Counted;

static bool
count_sent (
  void *data, unsigned host, uint16_t port, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  Counted *counted = data;

  (void) port, (void) to, (void) bytes;
  if (host == counted->host)
    counted->bytes += len + HARK_SIM_HEADER_LEN;
  return true;
}

double
gift_check_one_copy (Gift *gift, void (*check) (Gift *gift, unsigned who))
{
  HarkSimNetwork *network = gift->party.world.network;
  Counted counted = {.host = gift->party.people[0]->host};
  const HarkTime begin = hark_sim_network_now (network);
  const double least = (double) GIFT_BIG_LEN * 8 / GIFT_NARROW;
  double took, went;

  hark_sim_network_set_tap (network, count_sent, &counted);
  for (unsigned i = 1; i <= GIFT_TAKERS; i++)
    gift_take (gift, i);
  for (unsigned i = 1; i <= GIFT_TAKERS; i++)
    check (gift, i);
  hark_sim_network_set_tap (network, NULL, NULL);
  took = (double) (hark_sim_network_now (network) - begin) / (double) HARK_SECOND;
  went = (double) counted.bytes / (double) GIFT_BIG_LEN
         * hark_sim_network_share_carried (network, counted.host);
  g_test_message ("%.1f s, the line alone %.1f; %.3f copies handed to it, %.3f went through", took,
                  least, (double) counted.bytes / (double) GIFT_BIG_LEN, went);
  g_assert_cmpfloat (went, <, 1.08);
  party_check_calm (&gift->party);
  return took / least;
}

void
gift_take_and_crash (Gift *gift, unsigned who)
{
  HarkSimCoreNode **people = gift->party.people;

  gift_take (gift, who);
  g_assert_true (hark_sim_network_run_until (gift->party.world.network, PARTY_PATIENCE,
                                             gift_has_some, people[who]));
  hark_sim_core_node_kill (people[0]);
  hark_sim_core_node_kill (people[who]);
  hark_sim_core_node_start (people[who]);
}
