/* What ended Hark twice does not end it a third time: it is left alone, the user is told, and all
 * else goes on. */
#include "tests/sim/core-world.h"

#include "core/chat/message.h"

#include <string.h>

#define PATIENCE (3 * HARK_MINUTE)

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *alice, *bob;
} Two;

static void
two_init (Two *two, uint64_t seed)
{
  const HarkSimLinkConfig link = {.delay = 10 * HARK_MS};

  *two = (Two){0};
  hark_sim_world_init (&two->world, seed);
  two->alice = hark_sim_world_add (&two->world, HARK_SIM_NAT_NONE, &link, "Alice");
  two->bob = hark_sim_world_add (&two->world, HARK_SIM_NAT_NONE, &link, "Bob");
  g_assert_true (hark_sim_befriend (two->alice, two->bob, PATIENCE));
}

/* Two of @node's processes have ended over it; it starts again. */
static void
end_over (
  HarkSimCoreNode *node, HarkPoisonWork work, const HarkKey *whose, const void *what, size_t len)
{
  g_autofree char *dir = g_build_filename (node->folder, "profile", "store", NULL);

  hark_sim_core_node_kill (node);
  for (int i = 0; i < HARK_POISON_DEATHS; i++) {
    HarkPoison *poison = hark_poison_open (dir);

    g_assert_nonnull (poison);
    g_assert_true (hark_poison_begin (poison, work, whose, what, len));
    hark_poison_close (poison);
  }
  hark_sim_core_node_start (node);
}

static const HarkEvent *
tell (HarkSimCoreNode *who, HarkCommandKind kind, const HarkSimCoreNode *about, const char *text)
{
  HarkCommand *command = hark_sim_command (kind, about);

  command->text = g_strdup (text);
  command->on = true;
  return hark_sim_core_node_ask (who, command);
}

static unsigned
count (const HarkSimCoreNode *node, HarkEventKind kind, const char *code, guint since)
{
  unsigned n = 0;

  for (guint i = since; i < node->events->len; i++) {
    const HarkEvent *event = node->events->pdata[i];

    n += event->kind == kind && (code == NULL || g_strcmp0 (event->code, code) == 0);
  }
  return n;
}

static void
test_hearing (void)
{
  g_autoptr (GBytes) typing = hark_chat_write_typing (true);
  gsize len;
  const uint8_t *bytes = g_bytes_get_data (typing, &len);
  guint since;
  Two two;

  two_init (&two, 1);
  since = two.alice->events->len;
  end_over (two.alice, HARK_POISON_HEARING, &two.bob->account, bytes + 4, len - 4);
  g_assert_true (hark_sim_wait_online (two.bob, two.alice, PATIENCE));
  hark_sim_network_run (two.world.network, HARK_SECOND);
  g_assert_true (tell (two.bob, HARK_COMMAND_TYPING, two.alice, NULL)->ok);
  g_assert_true (tell (two.bob, HARK_COMMAND_SEND, two.alice, "Are you there?")->ok);
  hark_sim_network_run (two.world.network, 2 * HARK_SECOND);
  g_assert_cmpuint (count (two.alice, HARK_EVENT_TYPING, NULL, since), ==, 0);
  g_assert_cmpuint (count (two.alice, HARK_EVENT_WARNING, "set-aside", since), ==, 1);
  g_assert_cmpuint (count (two.alice, HARK_EVENT_MESSAGE, NULL, since), ==, 1);
  hark_sim_world_clear (&two.world);
}

static void
test_sending (void)
{
  uint8_t id[HARK_MESSAGE_ID_LEN];
  const HarkEvent *state = NULL;
  g_autoptr (GPtrArray) there = NULL;
  Two two;

  two_init (&two, 2);
  hark_sim_core_node_kill (two.bob);
  memcpy (id, tell (two.alice, HARK_COMMAND_SEND, two.bob, "poison")->id, sizeof id);
  end_over (two.alice, HARK_POISON_SENDING, &two.bob->account, id, sizeof id);
  g_assert_true (tell (two.alice, HARK_COMMAND_SEND, two.bob, "bread")->ok);
  hark_sim_core_node_start (two.bob);
  g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
  hark_sim_network_run (two.world.network, 5 * HARK_SECOND);
  there = hark_sim_core_node_history (two.bob, &two.alice->account);
  g_assert_cmpuint (there->len, ==, 1);
  g_assert_cmpstr (((HarkStoreMessage *) there->pdata[0])->text, ==, "bread");
  for (guint i = two.alice->events->len; i > 0; i--) {
    state = two.alice->events->pdata[i - 1];
    if (state->kind == HARK_EVENT_MESSAGE_STATE && memcmp (state->message->id, id, sizeof id) == 0)
      break;
  }
  g_assert_cmpint (state->message->state, ==, HARK_STATE_QUEUED);
  g_assert_nonnull (strstr (state->reason, "ended again and again"));
  hark_sim_world_clear (&two.world);
}

static void
test_searching (void)
{
  uint8_t id[HARK_MESSAGE_ID_LEN];
  const HarkEvent *found;
  Two two;

  two_init (&two, 3);
  memcpy (id, tell (two.alice, HARK_COMMAND_SEND, two.bob, "old bread")->id, sizeof id);
  g_assert_true (tell (two.alice, HARK_COMMAND_SEND, two.bob, "new bread")->ok);
  end_over (two.alice, HARK_POISON_SEARCHING, &two.bob->account, id, sizeof id);
  found = tell (two.alice, HARK_COMMAND_SEARCH, two.bob, "bread");
  g_assert_true (found->ok);
  g_assert_cmpuint (found->messages->len, ==, 2);
  for (guint i = 0; i < found->messages->len; i++) {
    const HarkMessage *message = found->messages->pdata[i];
    const bool is_it = memcmp (message->id, id, sizeof id) == 0;

    g_assert_cmpuint (message->matches->len, ==, is_it ? 0 : 1);
  }
  hark_sim_world_clear (&two.world);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-poison/a-frame-is-not-looked-at", test_hearing);
  g_test_add_func ("/core-poison/a-message-of-ours-stays", test_sending);
  g_test_add_func ("/core-poison/one-is-found-without-its-words", test_searching);
  return g_test_run ();
}
