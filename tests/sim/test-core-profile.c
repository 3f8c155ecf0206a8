/* What people tell of themselves, whom they can be found by, and who was given which address. */
#include "core/heart/core-private.h"
#include "core/identity/address.h"
#include "tests/sim/core-world.h"

#include <string.h>

#define PATIENCE (10 * HARK_MINUTE)
#define QUIET (2 * HARK_MINUTE) /* long enough for anything that should not happen */

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *alice, *bob, *carol;
} Three;

static const HarkSimLinkConfig good_link = {.delay = 10 * HARK_MS};

static void
three_init (Three *three, uint64_t seed)
{
  hark_sim_world_init (&three->world, seed);
  three->alice
    = hark_sim_world_add (&three->world, HARK_SIM_NAT_PORT_RESTRICTED, &good_link, "Alice");
  three->bob = hark_sim_world_add (&three->world, HARK_SIM_NAT_PORT_RESTRICTED, &good_link, "Bob");
  three->carol = hark_sim_world_add (&three->world, HARK_SIM_NAT_FULL_CONE, &good_link, "Carol");
}

static void
pass (Three *three, HarkTime span)
{
  hark_sim_network_run (three->world.network, span);
}

static void
restart (HarkSimCoreNode *node)
{
  hark_sim_core_node_kill (node);
  hark_sim_core_node_start (node);
}

static const HarkEvent *
ask (HarkSimCoreNode *node, HarkCommand *command)
{
  const HarkEvent *result = hark_sim_core_node_ask (node, command);

  g_assert_nonnull (result);
  if (!result->ok)
    g_error ("%s: %s", result->code, result->text);
  return result;
}

static const char *
refused (HarkSimCoreNode *node, HarkCommand *command)
{
  const HarkEvent *result = hark_sim_core_node_ask (node, command);

  g_assert_nonnull (result);
  g_assert_false (result->ok);
  return result->code;
}

/* Borrowed until the next command. */
static const HarkPerson *
listed (HarkSimCoreNode *node, const HarkSimCoreNode *other)
{
  const HarkEvent *result = ask (node, hark_sim_command (HARK_COMMAND_STATUS, NULL));

  for (guint i = 0; i < result->people->len; i++) {
    const HarkPerson *person = result->people->pdata[i];

    if (memcmp (person->account, other->account.bytes, sizeof person->account) == 0)
      return person;
  }
  return NULL;
}

static GBytes *
make_picture (uint8_t shade)
{
  uint8_t *pixels = g_malloc (HARK_PICTURE_LEN);

  memset (pixels, shade, HARK_PICTURE_LEN);
  return g_bytes_new_take (pixels, HARK_PICTURE_LEN);
}

static void
set_profile (HarkSimCoreNode *node, const char *name, const char *status, GBytes *picture)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_PROFILE, NULL);

  command->name = g_strdup (name);
  command->text = g_strdup (status);
  command->picture = picture;
  ask (node, command);
}

static void
set_presence (HarkSimCoreNode *node, const char *how)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_PRESENCE, NULL);

  command->how = g_strdup (how);
  ask (node, command);
}

static bool
has_picture (HarkSimCoreNode *node, const HarkSimCoreNode *of, uint8_t shade)
{
  const HarkEvent *result = ask (node, hark_sim_command (HARK_COMMAND_PICTURE, of));
  g_autoptr (GBytes) wanted = make_picture (shade);

  return result->picture != NULL && g_bytes_equal (result->picture, wanted);
}

/* ---- profiles ---- */

static void
check_told (HarkSimCoreNode *node, const HarkSimCoreNode *of, const char *name, const char *status)
{
  const HarkPerson *person = listed (node, of);

  g_assert_nonnull (person);
  g_assert_cmpstr (person->claimed, ==, name);
  g_assert_cmpstr (person->status_text, ==, status);
}

static void
test_profile (void)
{
  Three three;

  three_init (&three, 1);
  set_profile (three.alice, NULL, "In the garden", make_picture (7));
  g_assert_true (hark_sim_befriend (three.alice, three.bob, PATIENCE));
  pass (&three, 10 * HARK_SECOND);
  check_told (three.bob, three.alice, "Alice", "In the garden");
  g_assert_true (has_picture (three.bob, three.alice, 7));

  set_profile (three.alice, "Alice B.", "Out", make_picture (8));
  pass (&three, 10 * HARK_SECOND);
  check_told (three.bob, three.alice, "Alice B.", "Out");
  g_assert_true (has_picture (three.bob, three.alice, 8));

  /* who was away hears of it when he is back, and all of it survives restarts */
  hark_sim_core_node_stop (three.bob);
  pass (&three, HARK_MINUTE);
  set_profile (three.alice, NULL, "Back", make_picture (9));
  restart (three.alice);
  hark_sim_core_node_start (three.bob);
  check_told (three.bob, three.alice, "Alice B.", "Out");
  g_assert_true (has_picture (three.bob, three.alice, 8));
  g_assert_true (hark_sim_wait_online (three.alice, three.bob, PATIENCE));
  pass (&three, 10 * HARK_SECOND);
  check_told (three.bob, three.alice, "Alice B.", "Back");
  g_assert_true (has_picture (three.bob, three.alice, 9));

  set_profile (three.alice, NULL, "", g_bytes_new (NULL, 0));
  pass (&three, 10 * HARK_SECOND);
  restart (three.bob);
  check_told (three.bob, three.alice, "Alice B.", "");
  g_assert_false (listed (three.bob, three.alice)->has_picture);
  g_assert_false (has_picture (three.bob, three.alice, 9));
  hark_sim_world_clear (&three.world);
}

static void
test_notes (void)
{
  HarkCommand *command;
  const HarkPerson *person;
  Three three;

  three_init (&three, 2);
  g_assert_true (hark_sim_befriend (three.alice, three.bob, PATIENCE));
  command = hark_sim_command (HARK_COMMAND_NOTES, three.bob);
  command->text = g_strdup ("Met at the market");
  ask (three.alice, command);
  command = hark_sim_command (HARK_COMMAND_FAVOURITE, three.bob);
  command->on = true;
  ask (three.alice, command);
  command = hark_sim_command (HARK_COMMAND_SILENCE, three.bob);
  command->on = true;
  ask (three.alice, command);
  command = hark_sim_command (HARK_COMMAND_SET_VERIFIED, three.bob);
  command->how = g_strdup ("voice");
  ask (three.alice, command);
  restart (three.alice);
  person = listed (three.alice, three.bob);
  g_assert_cmpstr (person->notes, ==, "Met at the market");
  g_assert_true (person->favourite);
  g_assert_cmpint (person->silent_until_ms, ==, INT64_MAX);
  g_assert_cmpuint (person->verified, ==, 1);
  g_assert_cmpint (person->verified_ms, >=, HARK_SIM_WALL_MS);

  command = hark_sim_command (HARK_COMMAND_NOTES, three.bob);
  command->text = g_strnfill (1025, 'x');
  g_assert_cmpstr (refused (three.alice, command), ==, "bad-value");
  hark_sim_world_clear (&three.world);
}

/* ---- presence ---- */

static void
test_away (void)
{
  Three three;

  three_init (&three, 3);
  set_presence (three.alice, "busy");
  g_assert_true (hark_sim_befriend (three.alice, three.bob, PATIENCE));
  pass (&three, 5 * HARK_SECOND);
  g_assert_cmpint (listed (three.bob, three.alice)->availability, ==, HARK_BUSY);
  set_presence (three.alice, "away");
  pass (&three, 5 * HARK_SECOND);
  g_assert_cmpint (listed (three.bob, three.alice)->availability, ==, HARK_AWAY);
  set_presence (three.alice, "online");
  pass (&three, 5 * HARK_SECOND);
  g_assert_cmpint (listed (three.bob, three.alice)->availability, ==, HARK_AVAILABLE);
  hark_sim_world_clear (&three.world);
}

static void
set_idle (HarkSimCoreNode *node, bool on)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_IDLE, NULL);

  command->on = on;
  ask (node, command);
}

static void
test_idle (void)
{
  Three three;

  three_init (&three, 3);
  set_idle (three.alice, true);
  g_assert_true (hark_sim_befriend (three.alice, three.bob, PATIENCE));
  pass (&three, 5 * HARK_SECOND);
  g_assert_cmpint (listed (three.bob, three.alice)->availability, ==, HARK_AWAY);
  set_presence (three.alice, "busy"); /* what was chosen is told as it is */
  pass (&three, 5 * HARK_SECOND);
  g_assert_cmpint (listed (three.bob, three.alice)->availability, ==, HARK_BUSY);
  set_presence (three.alice, "online");
  pass (&three, 5 * HARK_SECOND);
  g_assert_cmpint (listed (three.bob, three.alice)->availability, ==, HARK_AWAY);
  set_idle (three.alice, false);
  pass (&three, 5 * HARK_SECOND);
  g_assert_cmpint (listed (three.bob, three.alice)->availability, ==, HARK_AVAILABLE);
  hark_sim_world_clear (&three.world);
}

static bool
finds (HarkSimCoreNode *node, const HarkSimCoreNode *other)
{
  HarkNetPeerRecord record;

  hark_net_get_peer_record (node->net, &other->account, &record);
  return record.found && record.online;
}

static void
test_invisible (void)
{
  HarkCommand *command;
  Three three;

  three_init (&three, 4);
  g_assert_true (hark_sim_befriend (three.alice, three.bob, PATIENCE));
  g_assert_true (hark_sim_befriend (three.alice, three.carol, PATIENCE));
  pass (&three, 10 * HARK_SECOND); /* they have told each other where they are */
  set_presence (three.alice, "invisible");
  g_assert_true (hark_sim_wait_apart (three.alice, three.bob, PATIENCE));
  pass (&three, 10 * HARK_SECOND); /* her records are withdrawn */
  restart (three.bob);
  restart (three.alice);
  pass (&three, 5 * HARK_MINUTE);
  g_assert_false (hark_sim_core_node_sees_online (three.bob, three.alice));
  g_assert_false (hark_sim_core_node_sees_online (three.carol, three.alice));
  g_assert_false (finds (three.bob, three.alice));
  g_assert_false (finds (three.carol, three.alice));

  /* whom she writes to sees her, and nobody else */
  command = hark_sim_command (HARK_COMMAND_SEND, three.bob);
  command->text = g_strdup ("For you alone");
  ask (three.alice, command);
  g_assert_true (hark_sim_wait_online (three.alice, three.bob, PATIENCE));
  pass (&three, QUIET);
  g_assert_false (hark_sim_core_node_sees_online (three.carol, three.alice));

  set_presence (three.alice, "online");
  g_assert_true (hark_sim_wait_online (three.alice, three.carol, PATIENCE));
  hark_sim_world_clear (&three.world);
}

static void
set_seen_by (HarkSimCoreNode *node, const HarkSimCoreNode *other, bool on)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_MAY, other);

  command->how = g_strdup ("see-online");
  command->on = on;
  ask (node, command);
}

static void
write_to (HarkSimCoreNode *node, const HarkSimCoreNode *other, const char *text)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_SEND, other);

  command->text = g_strdup (text);
  ask (node, command);
}

/* Of all that @node has written to @other. */
static bool
has_arrived (HarkSimCoreNode *node, const HarkSimCoreNode *other)
{
  const HarkEvent *event = hark_sim_core_node_find (node, HARK_EVENT_MESSAGE_STATE, 0);

  return listed (node, other)->queued == 0 && event != NULL
         && event->message->state >= HARK_STATE_DELIVERED;
}

/* Bob alone sees Alice as if her Hark did not run, also when he looks anew. */
static void
check_hidden (Three *three)
{
  pass (three, 5 * HARK_MINUTE);
  g_assert_false (hark_sim_core_node_sees_online (three->bob, three->alice));
  restart (three->bob);
  pass (three, 5 * HARK_MINUTE);
  g_assert_false (hark_sim_core_node_sees_online (three->bob, three->alice));
  g_assert_false (finds (three->bob, three->alice));
  g_assert_true (hark_sim_core_node_sees_online (three->carol, three->alice));
  g_assert_cmpstr (listed (three->alice, three->bob)->reason, ==, "You appear offline to Bob.");
  g_assert_cmpint (listed (three->alice, three->bob)->presence, ==, HARK_PRESENCE_OFFLINE);
}

/* As a user does it. */
static void
start_anew (Three *three, HarkSimCoreNode *node)
{
  hark_sim_core_node_stop (node);
  pass (three, 10 * HARK_SECOND);
  hark_sim_core_node_start (node);
}

static void
test_hidden_from_one (void)
{
  Three three;

  three_init (&three, 14);
  g_assert_true (hark_sim_befriend (three.alice, three.bob, PATIENCE));
  g_assert_true (hark_sim_befriend (three.alice, three.carol, PATIENCE));
  pass (&three, 10 * HARK_SECOND);
  set_seen_by (three.alice, three.bob, false);
  g_assert_true (hark_sim_wait_apart (three.alice, three.bob, PATIENCE));
  g_assert_true (hark_sim_core_node_sees_online (three.carol, three.alice));
  write_to (three.bob, three.alice, "Are you there?");
  check_hidden (&three);
  restart (three.alice);
  restart (three.carol);
  check_hidden (&three); /* Carol knows where Alice is to be found now */
  g_assert_false (has_arrived (three.bob, three.alice));

  /* whom she writes to sees her while it is on its way: he did not learn what the others know */
  write_to (three.alice, three.bob, "Now I am");
  g_assert_true (hark_sim_wait_online (three.alice, three.bob, PATIENCE));
  pass (&three, 10 * HARK_SECOND);
  g_assert_true (has_arrived (three.bob, three.alice));
  check_hidden (&three);
  hark_sim_core_node_stop (three.bob);
  write_to (three.alice, three.bob, "As soon as you come");
  pass (&three, 10 * HARK_MINUTE);
  hark_sim_core_node_start (three.bob);
  g_assert_true (hark_sim_wait_online (three.alice, three.bob, PATIENCE));
  pass (&three, 10 * HARK_SECOND);
  g_assert_true (has_arrived (three.alice, three.bob));
  check_hidden (&three);
  write_to (three.alice, three.bob, "And I leave");
  g_assert_true (hark_sim_wait_online (three.alice, three.bob, PATIENCE));
  start_anew (&three, three.alice);
  check_hidden (&three);

  set_seen_by (three.alice, three.bob, true);
  g_assert_true (hark_sim_wait_online (three.alice, three.bob, PATIENCE));
  pass (&three, 10 * HARK_SECOND);
  restart (three.alice);
  restart (three.bob);
  g_assert_true (hark_sim_wait_online (three.alice, three.bob, PATIENCE));
  hark_sim_world_clear (&three.world);
}

/* She shows herself while he is away, and is found when he comes; never told to all. */
static void
test_shown_again (void)
{
  HarkCommand *command;
  Three three;

  three_init (&three, 15);
  g_assert_true (hark_sim_befriend (three.alice, three.bob, PATIENCE));
  g_assert_true (hark_sim_befriend (three.alice, three.carol, PATIENCE));
  set_seen_by (three.alice, three.bob, false);
  g_assert_true (hark_sim_wait_apart (three.alice, three.bob, PATIENCE));
  set_presence (three.alice, "invisible"); /* hidden from all, then from Bob alone */
  g_assert_true (hark_sim_wait_apart (three.alice, three.carol, PATIENCE));
  g_assert_nonnull (strstr (listed (three.alice, three.bob)->reason, "You are invisible"));
  set_presence (three.alice, "online");
  g_assert_true (hark_sim_wait_online (three.alice, three.carol, PATIENCE));
  check_hidden (&three);
  hark_sim_core_node_stop (three.bob);
  pass (&three, HARK_MINUTE);
  set_seen_by (three.alice, three.bob, true);
  pass (&three, HARK_MINUTE);
  hark_sim_core_node_start (three.bob);
  g_assert_true (hark_sim_wait_online (three.alice, three.bob, PATIENCE));

  command = hark_sim_command (HARK_COMMAND_MAY, NULL);
  command->how = g_strdup ("see-online");
  g_assert_cmpstr (refused (three.alice, command), ==, "bad-value");
  hark_sim_world_clear (&three.world);
}

/* Nobody vanishes out of a call, and nobody else's is ended. */
static void
test_hidden_in_call (void)
{
  Three three;

  three_init (&three, 16);
  g_assert_true (hark_sim_befriend (three.alice, three.bob, PATIENCE));
  ask (three.alice, hark_sim_command (HARK_COMMAND_CALL, three.bob));
  pass (&three, 5 * HARK_SECOND);
  set_seen_by (three.alice, three.bob, false);
  pass (&three, 5 * HARK_SECOND);
  g_assert_true (hark_sim_core_node_sees_online (three.bob, three.alice));
  g_assert_true (hark_sim_befriend (three.alice, three.carol, PATIENCE));
  ask (three.alice, hark_sim_command (HARK_COMMAND_HANGUP, three.bob));
  check_hidden (&three);
  hark_sim_world_clear (&three.world);
}

/* ---- addresses ---- */

static char *
make_address (HarkSimCoreNode *node, const char *label, bool one_time)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_ADDRESS, NULL);

  command->text = g_strdup (label);
  command->one_time = one_time;
  return g_strdup (ask (node, command)->address);
}

static void
test_labels (void)
{
  g_autofree char *card = NULL, *club = NULL, *again = NULL;
  HarkCommand *command;
  const HarkEvent *result;
  Three three;

  three_init (&three, 5);
  card = make_address (three.bob, "card", false);
  club = make_address (three.bob, "club", false);
  again = make_address (three.bob, "card", false);
  g_assert_cmpstr (card, !=, club);
  g_assert_cmpstr (card, ==, again);
  command = hark_sim_command (HARK_COMMAND_LABEL, NULL);
  command->address = g_strdup (club);
  command->text = g_strdup ("chess club");
  ask (three.bob, command);
  restart (three.bob);
  result = ask (three.bob, hark_sim_command (HARK_COMMAND_ADDRESSES, NULL));
  g_assert_cmpuint (result->addresses->len, ==, 2);

  g_assert_null (hark_sim_add (three.alice, club));
  g_assert_true (hark_sim_wait_request (three.bob, three.alice, PATIENCE));
  g_assert_cmpstr (listed (three.bob, three.alice)->via, ==, "chess club");

  /* nobody comes by an address that was revoked; who asked before is still there */
  command = hark_sim_command (HARK_COMMAND_REVOKE, NULL);
  command->address = g_strdup (club);
  ask (three.bob, command);
  g_assert_null (hark_sim_add (three.carol, club));
  pass (&three, QUIET);
  restart (three.bob);
  pass (&three, QUIET);
  g_assert_null (listed (three.bob, three.carol));
  g_assert_nonnull (listed (three.bob, three.alice));
  command = hark_sim_command (HARK_COMMAND_REVOKE, NULL);
  command->address = g_strdup (club);
  g_assert_cmpstr (refused (three.bob, command), ==, "no-address");
  g_assert_null (hark_sim_add (three.carol, card));
  g_assert_true (hark_sim_wait_request (three.bob, three.carol, PATIENCE));
  hark_sim_world_clear (&three.world);
}

/* Two come by one invite before anybody was accepted; and Bob's Hark ends at any write of it. */
static void
invite_once (unsigned die_at, bool before)
{
  g_autofree char *invite = NULL;
  Three three;

  three_init (&three, 6);
  invite = make_address (three.bob, "", true);
  g_assert_null (hark_sim_add (three.alice, invite));
  g_assert_null (hark_sim_add (three.carol, invite));
  g_assert_true (hark_sim_wait_request (three.bob, three.alice, PATIENCE));
  g_assert_true (hark_sim_wait_request (three.bob, three.carol, PATIENCE));
  if (die_at > 0)
    hark_sim_core_node_die_at (three.bob, die_at, before);
  hark_sim_core_node_do (three.bob, hark_sim_command (HARK_COMMAND_ACCEPT, three.alice));
  pass (&three, 20 * HARK_SECOND);
  three.bob->die_at = 0;
  if (listed (three.bob, three.alice)->status == HARK_PERSON_REQUEST) /* never kept: once more */
    ask (three.bob, hark_sim_command (HARK_COMMAND_ACCEPT, three.alice));
  g_assert_true (hark_sim_wait_online (three.alice, three.bob, PATIENCE));
  restart (three.bob);
  restart (three.carol);
  pass (&three, QUIET);
  g_assert_null (listed (three.bob, three.carol));
  g_assert_cmpuint (
    ask (three.bob, hark_sim_command (HARK_COMMAND_ADDRESSES, NULL))->addresses->len, ==, 0);
  hark_sim_world_clear (&three.world);
}

static void
test_invite (void)
{
  invite_once (0, false);
  for (unsigned i = 1; i <= 4; i++) {
    invite_once (i, true);
    invite_once (i, false);
  }
}

static void
test_resembles (void)
{
  Three three;

  three_init (&three, 7);
  set_profile (three.carol,
               "B\xd0\xbe"
               "b",
               NULL, NULL); /* with a Cyrillic o */
  g_assert_true (hark_sim_befriend (three.bob, three.alice, PATIENCE));
  pass (&three, HARK_SECOND);
  {
    g_autofree char *address = hark_sim_address (three.alice, false);

    g_assert_null (hark_sim_add (three.carol, address));
  }
  g_assert_true (hark_sim_wait_request (three.alice, three.carol, PATIENCE));
  g_assert_cmpstr (listed (three.alice, three.carol)->resembles, ==, "Bob");
  g_assert_null (listed (three.alice, three.bob)->resembles);
  hark_sim_world_clear (&three.world);
}

/* ---- who is it? ---- */

static void
compare_words (HarkSimCoreNode *node, const HarkSimCoreNode *other, const char *how)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_WORDS, other);

  command->how = g_strdup (how);
  ask (node, command);
}

static const char *
shown (const HarkSimCoreNode *node)
{
  const HarkEvent *event = hark_sim_core_node_find (node, HARK_EVENT_WORDS, 0);

  return event != NULL && event->words_state == HARK_WORDS_SHOWN ? event->text : NULL;
}

static void
test_words (void)
{
  g_autofree char *first = NULL;
  HarkCommand *command;
  Three three;

  three_init (&three, 8);
  g_assert_true (hark_sim_befriend (three.alice, three.bob, PATIENCE));
  pass (&three, 2 * HARK_SECOND);
  compare_words (three.alice, three.bob, "start");
  pass (&three, 2 * HARK_SECOND);
  g_assert_nonnull (shown (three.alice));
  g_assert_cmpstr (shown (three.alice), ==, shown (three.bob));
  first = g_strdup (shown (three.alice));
  compare_words (three.bob, three.alice, "match");
  g_assert_cmpuint (listed (three.bob, three.alice)->verified, ==, 1);
  g_assert_cmpuint (listed (three.alice, three.bob)->verified, ==, 0);

  /* other words each time, and three times only */
  compare_words (three.bob, three.alice, "start");
  pass (&three, 2 * HARK_SECOND);
  g_assert_cmpstr (shown (three.alice), ==, shown (three.bob));
  g_assert_cmpstr (shown (three.alice), !=, first);
  compare_words (three.alice, three.bob, "start");
  pass (&three, 2 * HARK_SECOND);
  command = hark_sim_command (HARK_COMMAND_WORDS, three.bob);
  command->how = g_strdup ("start");
  g_assert_cmpstr (refused (three.alice, command), ==, "too-often");
  hark_sim_world_clear (&three.world);
}

static void
test_code (void)
{
  g_autofree char *of_bob = NULL;
  HarkCommand *command;
  Three three;

  three_init (&three, 9);
  g_assert_true (hark_sim_befriend (three.alice, three.bob, PATIENCE));
  g_assert_true (hark_sim_befriend (three.carol, three.bob, PATIENCE));
  of_bob = g_strdup (ask (three.bob, hark_sim_command (HARK_COMMAND_VERIFY, three.alice))->qr);

  command = hark_sim_command (HARK_COMMAND_COMPARE, three.bob);
  command->text = g_ascii_strup (of_bob, -1);
  ask (three.alice, command);
  g_assert_cmpuint (listed (three.alice, three.bob)->verified, ==, 2);

  command = hark_sim_command (HARK_COMMAND_COMPARE, NULL); /* not for her */
  command->text = g_strdup (of_bob);
  g_assert_cmpstr (refused (three.carol, command), ==, "differs");
  g_assert_cmpuint (listed (three.carol, three.bob)->verified, ==, 0);
  hark_sim_world_clear (&three.world);
}

/* ---- removed ---- */

/* Bob is removed; Carol hears of the new place, also when she was away, and he finds nothing. */
static void
remove_bob (HarkCommandKind how, bool carol_is_away)
{
  Three three;

  three_init (&three, 10);
  g_assert_true (hark_sim_befriend (three.alice, three.bob, PATIENCE));
  g_assert_true (hark_sim_befriend (three.alice, three.carol, PATIENCE));
  pass (&three, QUIET);
  if (carol_is_away)
    hark_sim_core_node_stop (three.carol);
  ask (three.alice, hark_sim_command (how, three.bob));
  pass (&three, QUIET);
  restart (three.alice);
  restart (three.bob);
  pass (&three, 5 * HARK_MINUTE);
  g_assert_false (finds (three.bob, three.alice));
  g_assert_false (hark_sim_core_node_sees_online (three.bob, three.alice));
  hark_sim_core_node_start (three.carol);
  g_assert_true (hark_sim_wait_online (three.alice, three.carol, PATIENCE));
  pass (&three, 10 * HARK_SECOND);

  /* she looks her up anew */
  restart (three.carol);
  g_assert_true (hark_sim_wait_online (three.alice, three.carol, PATIENCE));
  restart (three.bob);
  pass (&three, 5 * HARK_MINUTE);
  g_assert_false (finds (three.bob, three.alice));
  hark_sim_world_clear (&three.world);
}

static void
test_removed (void)
{
  remove_bob (HARK_COMMAND_REMOVE, false);
  remove_bob (HARK_COMMAND_BLOCK, false);
  remove_bob (HARK_COMMAND_REMOVE, true);
}

/* Both remove somebody while the other is away, so that neither knows where the other is. */
static void
test_both_moved (void)
{
  Three three;

  three_init (&three, 11);
  g_assert_true (hark_sim_befriend (three.alice, three.bob, PATIENCE));
  g_assert_true (hark_sim_befriend (three.alice, three.carol, PATIENCE));
  g_assert_true (hark_sim_befriend (three.carol, three.bob, PATIENCE));
  pass (&three, QUIET);
  hark_sim_core_node_stop (three.carol);
  ask (three.alice, hark_sim_command (HARK_COMMAND_REMOVE, three.bob));
  pass (&three, QUIET);
  hark_sim_core_node_stop (three.alice);
  pass (&three, QUIET);
  hark_sim_core_node_start (three.carol);
  pass (&three, QUIET);
  ask (three.carol, hark_sim_command (HARK_COMMAND_REMOVE, three.bob));
  pass (&three, QUIET);
  hark_sim_core_node_start (three.alice);
  g_assert_true (hark_sim_wait_online (three.alice, three.carol, 2 * HARK_HOUR));
  hark_sim_world_clear (&three.world);
}

/* After 30 days the secret of two contacts is another one. */
static void
test_renewed (void)
{
  const int64_t days_ms = INT64_C (31) * 24 * 3600 * 1000;
  HarkStoreSnapshot before = {0}, after = {0};
  const HarkStoreContact *first, *second;
  Three three;

  three_init (&three, 12);
  g_assert_true (hark_sim_befriend (three.alice, three.bob, PATIENCE));
  pass (&three, QUIET);
  g_assert_true (hark_store_load (three.alice->store, &before, NULL));
  hark_sim_core_node_set_clock (three.alice, days_ms);
  hark_sim_core_node_set_clock (three.bob, days_ms);
  restart (three.bob);
  g_assert_true (hark_sim_wait_online (three.alice, three.bob, PATIENCE));
  pass (&three, QUIET);
  g_assert_true (hark_store_load (three.alice->store, &after, NULL));
  first = &g_array_index (before.contacts, HarkStoreContact, 0);
  second = &g_array_index (after.contacts, HarkStoreContact, 0);
  g_assert_true (first->has_pairwise && second->has_pairwise && second->has_pairwise_previous);
  g_assert_true (memcmp (&first->pairwise, &second->pairwise, sizeof first->pairwise) != 0);
  g_assert_true (memcmp (&first->pairwise, &second->pairwise_previous, sizeof first->pairwise)
                 == 0);
  g_assert_cmpint (second->pairwise_ms - first->pairwise_ms, >=, days_ms);
  hark_store_snapshot_clear (&before);
  hark_store_snapshot_clear (&after);
  hark_sim_world_clear (&three.world);
}

/* ---- floods ---- */

static unsigned
count_warnings (const HarkSimCoreNode *node, const char *code)
{
  unsigned n = 0;

  for (guint i = 0; i < node->events->len; i++) {
    const HarkEvent *event = node->events->pdata[i];

    n += event->kind == HARK_EVENT_WARNING && g_strcmp0 (event->code, code) == 0;
  }
  return n;
}

static unsigned
count_requests (HarkSimCoreNode *node)
{
  const HarkEvent *result = ask (node, hark_sim_command (HARK_COMMAND_STATUS, NULL));
  unsigned n = 0;

  for (guint i = 0; i < result->people->len; i++)
    n += ((const HarkPerson *) result->people->pdata[i])->status == HARK_PERSON_REQUEST;
  return n;
}

/* Many people come by one address that got about, as fast as the node lets them through. */
static void
test_flood (void)
{
  const unsigned n = g_getenv ("HARK_LONG") != NULL ? 100000 : 5000;
  HarkNetRequest request = {.name = "Somebody", .text = "Let me in"};
  HarkNetEvent event = {.kind = HARK_NET_EVENT_REQUEST, .request = &request};
  g_auto (HarkAddress) parsed = {0};
  g_autofree char *address = NULL, *invite = NULL;
  const char *warning;
  unsigned writes;
  gint64 began;
  Three three;

  three_init (&three, 13);
  address = make_address (three.bob, "card", false);
  g_assert_cmpint (hark_address_parse (address, &parsed), ==, HARK_ADDRESS_OK);
  event.token = parsed.token;
  writes = three.bob->writes;
  began = g_get_monotonic_time ();
  for (unsigned i = 1; i <= n; i++) {
    memcpy (event.account.bytes, &i, sizeof i);
    memcpy (request.answer.bytes, &i, sizeof i);
    request.made_ms = HARK_SIM_WALL_MS + i;
    hark_core_handle_request (three.bob->core, &event);
    if (i % 50 == 0)
      g_assert_cmpuint (count_requests (three.bob), <=, 100);
  }
  g_test_message ("%u requests, %.1f us each", n,
                  (double) (g_get_monotonic_time () - began) / (double) n);
  g_assert_cmpuint (count_requests (three.bob), ==, 80);
  g_assert_cmpuint (three.bob->writes - writes, <=, 3 * 100);
  g_assert_cmpuint (count_warnings (three.bob, "too-many-requests"), ==, 1);
  warning = hark_sim_core_node_find (three.bob, HARK_EVENT_WARNING, 0)->text;
  g_assert_nonnull (strstr (warning, "card"));

  /* who was invited is not kept out by it, and whom Bob asks himself neither */
  invite = make_address (three.bob, "", true);
  g_assert_null (hark_sim_add (three.carol, invite));
  g_assert_true (hark_sim_wait_request (three.bob, three.carol, PATIENCE));
  g_assert_true (hark_sim_befriend (three.bob, three.alice, PATIENCE));
  hark_sim_world_clear (&three.world);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-profile/changes-reach-everybody", test_profile);
  g_test_add_func ("/core-profile/notes-are-kept", test_notes);
  g_test_add_func ("/core-profile/away-and-busy-are-told", test_away);
  g_test_add_func ("/core-profile/who-left-the-computer-is-away", test_idle);
  g_test_add_func ("/core-profile/invisible-looks-offline", test_invisible);
  g_test_add_func ("/core-profile/hidden-from-one-looks-offline-to-them", test_hidden_from_one);
  g_test_add_func ("/core-profile/shown-again-is-found", test_shown_again);
  g_test_add_func ("/core-profile/who-is-in-a-call-does-not-vanish", test_hidden_in_call);
  g_test_add_func ("/core-profile/addresses-have-labels-and-end", test_labels);
  g_test_add_func ("/core-profile/invite-works-once", test_invite);
  g_test_add_func ("/core-profile/look-alikes-are-marked", test_resembles);
  g_test_add_func ("/core-profile/words-are-the-same-for-both", test_words);
  g_test_add_func ("/core-profile/code-of-the-other-screen", test_code);
  g_test_add_func ("/core-profile/removed-finds-nothing", test_removed);
  g_test_add_func ("/core-profile/both-moved-and-meet", test_both_moved);
  g_test_add_func ("/core-profile/secret-is-renewed", test_renewed);
  g_test_add_func ("/core-profile/flood-of-requests-is-bounded", test_flood);
  return g_test_run ();
}
