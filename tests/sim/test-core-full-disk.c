/* What the user decides while the disk takes nothing: it is refused, and nothing is as if it had
 * been decided; so it is the same after the next start, and can be decided again. */
#include "core/heart/core-private.h"
#include "core/identity/relay-link.h"
#include "tests/sim/core-world.h"

#include <string.h>

#define PATIENCE (15 * HARK_MINUTE)

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *alice, *bob;
} Two;

static const HarkSimLinkConfig good_link = {.delay = 10 * HARK_MS};

static void
two_init (Two *two, uint64_t seed)
{
  hark_sim_world_init (&two->world, seed);
  two->alice = hark_sim_world_add (&two->world, HARK_SIM_NAT_NONE, &good_link, "Alice");
  two->bob = hark_sim_world_add (&two->world, HARK_SIM_NAT_NONE, &good_link, "Bob");
}

static void
ask (HarkSimCoreNode *node, HarkCommand *command, bool ok)
{
  const HarkEvent *result = hark_sim_core_node_ask (node, command);

  g_assert_nonnull (result);
  g_assert_cmpint (result->ok, ==, ok);
  if (!ok)
    g_assert_cmpstr (result->code, ==, "disk");
}

/* Bob cannot do it, and then can. */
static void
try_twice (Two *two, HarkCommandKind kind)
{
  two->bob->disk_full = true;
  ask (two->bob, hark_sim_command (kind, two->alice), false);
  two->bob->disk_full = false;
  ask (two->bob, hark_sim_command (kind, two->alice), true);
}

static void
alice_asks (Two *two)
{
  g_autofree char *address = hark_sim_address (two->bob, false);

  g_assert_null (hark_sim_add (two->alice, address));
  g_assert_true (hark_sim_wait_request (two->bob, two->alice, PATIENCE));
}

static void
test_accept (void)
{
  Two two;

  two_init (&two, 1);
  alice_asks (&two);
  try_twice (&two, HARK_COMMAND_ACCEPT);
  g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
  hark_sim_world_clear (&two.world);
}

static void
test_decline (void)
{
  Two two;

  two_init (&two, 2);
  alice_asks (&two);
  two.bob->disk_full = true;
  ask (two.bob, hark_sim_command (HARK_COMMAND_DECLINE, two.alice), false);
  g_assert_cmpint (hark_sim_core_node_person (two.bob, &two.alice->account)->status, ==,
                   HARK_PERSON_REQUEST);
  two.bob->disk_full = false;
  ask (two.bob, hark_sim_command (HARK_COMMAND_ACCEPT, two.alice), true);
  g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
  hark_sim_world_clear (&two.world);
}

/* It comes while there is no room for it, and is seen all the same. */
static void
test_request (void)
{
  g_autofree char *address = NULL;
  Two two;

  two_init (&two, 3);
  address = hark_sim_address (two.bob, false);
  two.bob->disk_full = true;
  g_assert_null (hark_sim_add (two.alice, address));
  g_assert_true (hark_sim_wait_request (two.bob, two.alice, PATIENCE));
  two.bob->disk_full = false;
  ask (two.bob, hark_sim_command (HARK_COMMAND_ACCEPT, two.alice), true);
  g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
  hark_sim_world_clear (&two.world);
}

static void
test_block (void)
{
  g_autofree char *address = NULL;
  HarkCommand *command;
  Two two;

  two_init (&two, 4);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  hark_sim_network_run (two.world.network, HARK_MINUTE); /* they share a secret */
  two.bob->disk_full = true;
  ask (two.bob, hark_sim_command (HARK_COMMAND_BLOCK, two.alice), false);
  g_assert_cmpint (hark_sim_core_node_person (two.bob, &two.alice->account)->status, ==,
                   HARK_PERSON_ACCEPTED);
  two.bob->disk_full = false;
  g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
  ask (two.bob, hark_sim_command (HARK_COMMAND_BLOCK, two.alice), true);
  /* asking somebody who is blocked */
  address = hark_sim_address (two.alice, false);
  two.bob->disk_full = true;
  command = hark_sim_command (HARK_COMMAND_ADD, NULL);
  command->address = g_strdup (address);
  ask (two.bob, command, false);
  g_assert_cmpint (hark_sim_listed (two.bob, two.alice)->status, ==, HARK_PERSON_BLOCKED);
  two.bob->disk_full = false;
  ask (two.bob, hark_sim_command (HARK_COMMAND_UNBLOCK, two.alice), true);
  g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
  hark_sim_world_clear (&two.world);
}

static HarkCommand *
with_folder (HarkCommandKind kind, const HarkSimCoreNode *other)
{
  HarkCommand *command = hark_sim_command (kind, other);

  command->path = g_strdup ("/srv/pictures");
  return command;
}

static unsigned
count_shares (HarkSimCoreNode *node)
{
  return hark_sim_core_node_ask (node, hark_command_new (HARK_COMMAND_SHARES))->shares->len;
}

/* Who is not removed is there with all that there was between the two. */
static void
test_remove (void)
{
  HarkCommand *command;
  guint seen;
  Two two;

  two_init (&two, 9);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  ask (two.bob, with_folder (HARK_COMMAND_SHARE, two.alice), true);
  hark_sim_network_run (two.world.network, HARK_MINUTE); /* they share a secret */
  two.bob->disk_full = true;
  seen = two.bob->events->len;
  ask (two.bob, hark_sim_command (HARK_COMMAND_REMOVE, two.alice), false);
  g_assert_cmpint (hark_sim_listed (two.bob, two.alice)->status, ==, HARK_PERSON_ACCEPTED);
  for (guint i = seen; i < two.bob->events->len; i++) {
    const HarkEvent *event = two.bob->events->pdata[i];

    g_assert_true (event->person == NULL || event->person->status != HARK_PERSON_REMOVED);
  }
  g_assert_cmpuint (count_shares (two.bob), ==, 1);
  two.bob->disk_full = false;
  g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
  command = hark_sim_command (HARK_COMMAND_SEND, two.alice);
  command->text = g_strdup ("still here");
  ask (two.bob, command, true);
  ask (two.bob, hark_sim_command (HARK_COMMAND_REMOVE, two.alice), true);
  g_assert_null (hark_sim_listed (two.bob, two.alice));
  g_assert_cmpuint (count_shares (two.bob), ==, 0);
  hark_sim_world_clear (&two.world);
}

static HarkCommand *
about_alice (const Two *two, HarkCommandKind kind, const char *how, bool on)
{
  HarkCommand *command = hark_sim_command (kind, two->alice);

  command->how = g_strdup (how);
  command->on = on;
  command->text = g_strdup ("a note");
  command->name = g_strdup ("Alina");
  return command;
}

static void
test_notes (void)
{
  const HarkPerson *person;
  Two two;

  two_init (&two, 5);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  two.bob->disk_full = true;
  ask (two.bob, about_alice (&two, HARK_COMMAND_NOTES, NULL, false), false);
  ask (two.bob, about_alice (&two, HARK_COMMAND_FAVOURITE, NULL, true), false);
  ask (two.bob, about_alice (&two, HARK_COMMAND_SILENCE, NULL, true), false);
  ask (two.bob, about_alice (&two, HARK_COMMAND_RENAME, NULL, false), false);
  ask (two.bob, about_alice (&two, HARK_COMMAND_SET_VERIFIED, "person", false), false);
  ask (two.bob, about_alice (&two, HARK_COMMAND_MAY, "give-files", true), false);
  person = hark_sim_listed (two.bob, two.alice);
  g_assert_cmpstr (person->name, ==, "Alice");
  g_assert_cmpstr (person->notes, ==, "");
  g_assert_false (person->favourite);
  g_assert_cmpint (person->silent_until_ms, ==, 0);
  g_assert_cmpuint (person->verified, ==, 0);
  g_assert_cmpint (person->verified_ms, ==, 0);
  g_assert_cmpuint (person->may, ==, 0);
  hark_sim_world_clear (&two.world);
}

/* Neither contacts nor the user see what the next start would not know. */
static void
test_profile (void)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_PROFILE);
  const HarkEvent *result;
  Two two;

  two_init (&two, 6);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  two.bob->disk_full = true;
  command->name = g_strdup ("Robert");
  command->text = g_strdup ("fishing");
  command->picture = g_bytes_new_take (g_malloc0 (HARK_PICTURE_LEN), HARK_PICTURE_LEN);
  ask (two.bob, command, false);
  command = hark_command_new (HARK_COMMAND_MAY);
  command->how = g_strdup ("see-typing");
  ask (two.bob, command, false);
  two.bob->disk_full = false;
  result = hark_sim_core_node_ask (two.bob, hark_command_new (HARK_COMMAND_PROFILE));
  g_assert_cmpstr (result->profile->name, ==, "Bob");
  g_assert_cmpstr (result->profile->status_text, ==, "");
  g_assert_false (result->profile->has_picture);
  g_assert_cmpuint (result->profile->may, ==, 0);
  hark_sim_network_run (two.world.network, HARK_MINUTE);
  g_assert_cmpstr (hark_sim_listed (two.alice, two.bob)->name, ==, "Bob");
  hark_sim_world_clear (&two.world);
}

/* The second stands on the first, and neither is. */
static void
test_twice (void)
{
  g_autofree char *address = NULL;
  HarkCommand *command;
  Two two;

  two_init (&two, 10);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  two.bob->disk_full = true;
  hark_sim_core_node_do (two.bob, about_alice (&two, HARK_COMMAND_RENAME, NULL, false));
  hark_sim_core_node_do (two.bob, about_alice (&two, HARK_COMMAND_NOTES, NULL, false));
  command = about_alice (&two, HARK_COMMAND_RENAME, NULL, false);
  g_free (command->name);
  command->name = g_strdup ("Aline");
  ask (two.bob, command, false);
  g_assert_cmpstr (hark_sim_listed (two.bob, two.alice)->name, ==, "Alice");
  g_assert_cmpstr (hark_sim_listed (two.bob, two.alice)->notes, ==, "");
  command = hark_command_new (HARK_COMMAND_LIMIT);
  command->how = g_strdup ("up");
  command->rate = 2000;
  hark_sim_core_node_do (two.bob, command);
  command = hark_command_new (HARK_COMMAND_LIMIT);
  command->how = g_strdup ("down");
  command->rate = 3000;
  ask (two.bob, command, false);
  command = hark_command_new (HARK_COMMAND_LIMIT);
  g_assert_cmpuint (hark_sim_core_node_ask (two.bob, command)->settings->limit_up, ==, 0);
  /* somebody who is removed and asked anew at once */
  address = hark_sim_address (two.alice, false);
  hark_sim_core_node_do (two.bob, hark_sim_command (HARK_COMMAND_REMOVE, two.alice));
  command = hark_command_new (HARK_COMMAND_ADD);
  command->address = g_strdup (address);
  ask (two.bob, command, false);
  g_assert_null (hark_sim_listed (two.bob, two.alice));
  two.bob->disk_full = false;
  hark_sim_core_node_stop (two.bob);
  hark_sim_core_node_start (two.bob);
  g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
  hark_sim_world_clear (&two.world);
}

static void
test_group (void)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_GROUP_CREATE);
  uint8_t group[16];
  const HarkEvent *result;
  Two two;

  two_init (&two, 7);
  command->name = g_strdup ("Choir");
  result = hark_sim_core_node_ask (two.bob, command);
  g_assert_true (result->ok);
  memcpy (group, result->id, sizeof group);
  two.bob->disk_full = true;
  command = hark_command_new (HARK_COMMAND_GROUP_NOTICES);
  command->has_group = true;
  memcpy (command->group, group, sizeof group);
  command->how = g_strdup ("none");
  ask (two.bob, command, false);
  result = hark_sim_core_node_ask (two.bob, hark_command_new (HARK_COMMAND_GROUP_LIST));
  g_assert_cmpuint (result->groups->len, ==, 1);
  g_assert_cmpuint (((HarkGroupInfo *) result->groups->pdata[0])->notices, ==, 0);
  hark_sim_world_clear (&two.world);
}

/* Nothing goes, and nothing is made, by what was refused. */
static void
test_settings (void)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_KEEP);
  const HarkEvent *result;
  guint seen;
  Two two;

  two_init (&two, 8);
  two.bob->disk_full = true;
  command->limit = 7;
  ask (two.bob, command, false);
  command = hark_command_new (HARK_COMMAND_AUTO_BACKUP);
  command->directory = g_strdup ("/nowhere");
  ask (two.bob, command, false);
  command = hark_command_new (HARK_COMMAND_VISIBLE);
  command->on = true;
  ask (two.bob, command, false);
  two.bob->disk_full = false;
  seen = two.bob->events->len;
  hark_sim_network_run (two.world.network, HARK_MINUTE);
  g_assert_null (hark_sim_core_node_find (two.bob, HARK_EVENT_WARNING, seen));
  result = hark_sim_core_node_ask (two.bob, hark_command_new (HARK_COMMAND_CHATS));
  g_assert_cmpuint (result->number, ==, 0);
  result = hark_sim_core_node_ask (two.bob, hark_command_new (HARK_COMMAND_SETTINGS));
  g_assert_null (result->settings->backup_folder);
  result = hark_sim_core_node_ask (two.bob, hark_command_new (HARK_COMMAND_PEOPLE_HERE));
  g_assert_false (result->on);
  hark_sim_world_clear (&two.world);
}

static HarkCommand *
said (HarkCommandKind kind, const char *text)
{
  HarkCommand *command = hark_command_new (kind);

  command->name = g_strdup (text);
  command->how = g_strdup (text);
  command->mic = g_strdup (text);
  return command;
}

/* What is kept as one piece: relaying, sound, local networks, folders, whose files are taken. */
static void
test_kept (void)
{
  HarkNetRelayNode node = {.n_places = 1};
  const HarkSettingsState *settings;
  HarkCommand *command;
  Two two;

  two_init (&two, 11);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  g_assert_true (hark_endpoint_parse ("192.0.2.7:4000", &node.places[0]));
  two.bob->disk_full = true;
  command = hark_command_new (HARK_COMMAND_RELAY_ADD);
  command->address = hark_relay_link_format (&node);
  ask (two.bob, command, false);
  ask (two.bob, hark_sim_command (HARK_COMMAND_RELAY, two.alice), false); /* off, for her */
  ask (two.bob, hark_command_new (HARK_COMMAND_RELAY), false);            /* and for all */
  ask (two.bob, said (HARK_COMMAND_DEVICE, "none"), false);
  ask (two.bob, said (HARK_COMMAND_NETWORK, "home"), false);
  ask (two.bob, said (HARK_COMMAND_ADD_PEER, "192.0.2.8"), false);
  ask (two.bob, said (HARK_COMMAND_METERED, "hold"), false);
  ask (two.bob, with_folder (HARK_COMMAND_SHARE, two.alice), false);
  command = about_alice (&two, HARK_COMMAND_ACCEPT_FILES, NULL, true);
  command->size = 1000;
  ask (two.bob, command, false);
  g_assert_null (hark_sim_core_node_ask (two.bob, hark_command_new (HARK_COMMAND_STATUS))
                   ->network->relay_nodes[0]);
  g_assert_true (hark_sim_listed (two.bob, two.alice)->relayed);
  g_assert_cmpuint (hark_sim_listed (two.bob, two.alice)->files_max, ==, 0);
  g_assert_cmpuint (hark_sim_listed (two.bob, two.alice)->may, ==, 0);
  g_assert_cmpuint (count_shares (two.bob), ==, 0);
  settings = hark_sim_core_node_ask (two.bob, hark_command_new (HARK_COMMAND_METERED))->settings;
  g_assert_cmpstr (settings->metered, ==, "ask");
  settings = hark_sim_core_node_ask (two.bob, hark_command_new (HARK_COMMAND_SETTINGS))->settings;
  g_assert_null (settings->network);
  g_assert_null (settings->peers[0]);
  hark_sim_world_clear (&two.world);
}

/* What @node has with the other, as it lists it; NULL: nothing. */
static const HarkMailboxInfo *
agreed (HarkSimCoreNode *node)
{
  const GPtrArray *all
    = hark_sim_core_node_ask (node, hark_command_new (HARK_COMMAND_MAILBOX))->mailboxes;

  g_assert_cmpuint (all->len, <=, 1);
  return all->len > 0 ? all->pdata[0] : NULL;
}

static HarkCommand *
keep_for_alice (Two *two, bool on)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_MAILBOX_FOR, two->alice);

  command->on = on;
  return command;
}

/* Who keeps mail for whom is as it was, on both sides. */
static void
test_mailbox (void)
{
  Two two;

  two_init (&two, 13);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  two.bob->disk_full = true;
  ask (two.bob, hark_sim_command (HARK_COMMAND_MAILBOX_ADD, two.alice), false);
  hark_sim_network_run (two.world.network, 10 * HARK_SECOND);
  g_assert_null (agreed (two.bob));
  g_assert_null (agreed (two.alice)); /* who is not asked any more */
  ask (two.bob, keep_for_alice (&two, true), false);
  two.bob->disk_full = false;
  ask (two.alice, hark_sim_command (HARK_COMMAND_MAILBOX_ADD, two.bob), true);
  hark_sim_network_run (two.world.network, 10 * HARK_SECOND);
  g_assert_false (agreed (two.alice)->keeps);
  g_assert_true (agreed (two.bob)->wants && !agreed (two.bob)->kept);
  ask (two.bob, keep_for_alice (&two, true), true);
  hark_sim_network_run (two.world.network, 10 * HARK_SECOND);
  g_assert_true (agreed (two.alice)->keeps);
  two.bob->disk_full = true;
  ask (two.bob, keep_for_alice (&two, false), false);
  two.bob->disk_full = false;
  two.alice->disk_full = true;
  ask (two.alice, hark_sim_command (HARK_COMMAND_MAILBOX_DROP, two.bob), false);
  two.alice->disk_full = false;
  hark_sim_network_run (two.world.network, 10 * HARK_SECOND);
  g_assert_true (agreed (two.alice)->keeps);
  g_assert_true (agreed (two.bob)->kept);
  hark_sim_world_clear (&two.world);
}

static const HarkMailboxInfo *
wait_agreed (Two *two)
{
  const HarkMailboxInfo *info = NULL;

  for (unsigned i = 0; i < 120 && (info == NULL || !info->keeps); i++) {
    hark_sim_network_run (two->world.network, HARK_SECOND);
    info = agreed (two->alice);
  }
  g_assert_true (info != NULL && info->node && info->keeps);
  return info;
}

static void
restart (HarkSimCoreNode *node)
{
  hark_sim_core_node_stop (node);
  hark_sim_core_node_start (node);
}

/* Bob is Alice's node. */
static void
node_init (Two *two, uint64_t seed)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_MAILBOX_ADD, NULL);

  two_init (two, seed);
  hark_sim_core_node_stop (two->bob);
  two->bob->config.mailbox = true;
  hark_sim_core_node_start (two->bob);
  command->address = hark_sim_address (two->bob, false);
  ask (two->alice, command, true);
  wait_agreed (two);
}

/* A node that was not dropped keeps mail at once, not only from the next start on. */
static void
test_node (void)
{
  Two two;

  node_init (&two, 14);
  two.alice->disk_full = true;
  ask (two.alice, hark_sim_command (HARK_COMMAND_MAILBOX_DROP, two.bob), false);
  two.alice->disk_full = false;
  g_assert_true (wait_agreed (&two)->online);
  ask (two.alice, hark_sim_command (HARK_COMMAND_MAILBOX_DROP, two.bob), true);
  g_assert_null (agreed (two.alice));
  restart (two.alice);
  g_assert_null (agreed (two.alice));
  g_assert_null (hark_core_find (two.alice->core, &two.bob->account));
  hark_sim_world_clear (&two.world);
}

/* Whatever of it is on the disk when the program dies, the node is Alice's or is gone. */
static void
test_node_dropped_halfway (void)
{
  for (unsigned writes = 1; writes <= 4; writes++) {
    Two two;

    node_init (&two, 14 + writes);
    hark_sim_core_node_die_at (two.alice, writes, true);
    hark_sim_core_node_do (two.alice, hark_sim_command (HARK_COMMAND_MAILBOX_DROP, two.bob));
    hark_sim_network_run (two.world.network, HARK_MINUTE);
    restart (two.alice);
    if (agreed (two.alice) != NULL)
      wait_agreed (&two);
    else
      g_assert_null (hark_core_find (two.alice->core, &two.bob->account));
    hark_sim_world_clear (&two.world);
  }
}

/* An address that was not revoked still leads to us, by the name it had. */
static void
test_address (void)
{
  g_autofree char *address = NULL;
  const HarkEvent *result;
  HarkCommand *command;
  Two two;

  two_init (&two, 12);
  address = hark_sim_address (two.bob, false);
  two.bob->disk_full = true;
  command = hark_command_new (HARK_COMMAND_LABEL);
  command->address = g_strdup (address);
  command->text = g_strdup ("on my card");
  ask (two.bob, command, false);
  command = hark_command_new (HARK_COMMAND_REVOKE);
  command->address = g_strdup (address);
  ask (two.bob, command, false);
  result = hark_sim_core_node_ask (two.bob, hark_command_new (HARK_COMMAND_ADDRESSES));
  g_assert_cmpuint (result->addresses->len, ==, 1);
  g_assert_cmpstr (((HarkOwnAddress *) result->addresses->pdata[0])->label, ==, "");
  g_assert_null (hark_sim_add (two.alice, address));
  g_assert_true (hark_sim_wait_request (two.bob, two.alice, PATIENCE));
  hark_sim_world_clear (&two.world);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-full-disk/accept-may-be-said-again", test_accept);
  g_test_add_func ("/core-full-disk/who-is-not-declined-still-asks", test_decline);
  g_test_add_func ("/core-full-disk/a-request-is-seen-all-the-same", test_request);
  g_test_add_func ("/core-full-disk/who-is-not-blocked-is-a-contact", test_block);
  g_test_add_func ("/core-full-disk/notes-about-people-stay-as-they-are", test_notes);
  g_test_add_func ("/core-full-disk/the-own-profile-stays-as-it-is", test_profile);
  g_test_add_func ("/core-full-disk/notices-of-a-group-stay-as-they-are", test_group);
  g_test_add_func ("/core-full-disk/settings-that-were-refused-do-nothing", test_settings);
  g_test_add_func ("/core-full-disk/who-is-not-removed-is-a-contact", test_remove);
  g_test_add_func ("/core-full-disk/two-changes-that-were-refused-are-both-undone", test_twice);
  g_test_add_func ("/core-full-disk/settings-in-one-piece-stay-as-they-are", test_kept);
  g_test_add_func ("/core-full-disk/who-keeps-mail-for-whom-stays", test_mailbox);
  g_test_add_func ("/core-full-disk/own-node-stays", test_node);
  g_test_add_func ("/core-full-disk/own-node-is-dropped-or-stays", test_node_dropped_halfway);
  g_test_add_func ("/core-full-disk/an-address-that-stays-leads-to-us", test_address);
  return g_test_run ();
}
