/* Groups of real Harks: everybody ends with the same members and the same messages, whoever was
 * online together, and whatever one of them tries. */
#include "core/heart/groups/groups.h"
#include "tests/sim/party.h"

#include <string.h>

/* ---- tests ---- */

static void
test_three_talk (void)
{
  Party party;
  const HarkEvent *event;

  party_three (&party, 1);
  for (unsigned i = 0; i < 9; i++) {
    g_autofree char *text = g_strdup_printf ("number %u", i);

    party_say (&party, i % 3, text);
  }
  party_wait_same (&party, 0, 1, 9);
  party_wait_same (&party, 0, 2, 9);
  hark_sim_network_run (party.world.network, 10 * HARK_SECOND);
  event = hark_sim_core_node_find (party.people[0], HARK_EVENT_MESSAGE_STATE, 0);
  g_assert_nonnull (event);
  g_assert_cmpint (event->message->state, ==, HARK_STATE_DELIVERED);
  g_assert_cmpuint (event->message->reached, ==, 2);
  party_check_delivered (&party, 0, 3);
  party_check_calm (&party);
  party_clear (&party);
}

/* What a message says now is the same for all. */
static void
test_edit_and_react (void)
{
  Party party;
  HarkCommand *command;
  const HarkEvent *event;
  uint8_t id[HARK_MESSAGE_ID_LEN];

  party_init (&party, 10, 2);
  party_befriend (&party, 0, 1);
  party_create (&party);
  party_bring_in (&party, 0, 1);
  event = party_write_text (&party, 0, "frist");
  g_assert_true (event->ok);
  memcpy (id, event->id, sizeof id);
  party_wait_same (&party, 0, 1, 1);
  command = party_group_command (&party, HARK_COMMAND_EDIT, -1);
  memcpy (command->id, id, sizeof id);
  command->text = g_strdup ("first");
  event = hark_sim_core_node_ask (party.people[0], command);
  g_assert_true (event->ok);
  hark_sim_network_run (party.world.network, 10 * HARK_SECOND);
  event = hark_sim_core_node_find (party.people[1], HARK_EVENT_MESSAGE, 0);
  g_assert_nonnull (event);
  g_assert_cmpstr (event->message->text, ==, "first");
  g_assert_cmpuint (event->message->edits, ==, 1);
  command = party_group_command (&party, HARK_COMMAND_EDITS, -1);
  memcpy (command->id, id, sizeof id);
  event = hark_sim_core_node_ask (party.people[1], command);
  g_assert_true (event->ok);
  g_assert_cmpuint (event->messages->len, ==, 2);
  g_assert_cmpstr (((HarkMessage *) event->messages->pdata[0])->text, ==, "frist");
  event = party_ask (&party, 1, HARK_COMMAND_CLEAR, -1);
  g_assert_false (event->ok);
  party_clear (&party);
}

/* Alice and Carol are no contacts and never online together: Bob carries. */
static void
test_never_online_together (void)
{
  Party party;

  party_init (&party, 2, 3);
  party_befriend (&party, 0, 1);
  party_befriend (&party, 1, 2);
  party_create (&party);
  party_bring_in (&party, 0, 1);
  party_give_role (&party, 1, "admin");
  party_bring_in (&party, 1, 2);
  party_wait_member (&party, 0, 2, true);
  party_wait_member (&party, 2, 0, true);
  hark_sim_core_node_stop (party.people[2]);
  party_say (&party, 0, "Alice, while Carol is away");
  party_wait_same (&party, 0, 1, 1);
  hark_sim_core_node_stop (party.people[0]);
  hark_sim_core_node_start (party.people[2]);
  party_wait_same (&party, 1, 2, 1);
  party_say (&party, 2, "Carol, while Alice is away");
  party_wait_same (&party, 1, 2, 2);
  hark_sim_core_node_stop (party.people[2]);
  hark_sim_core_node_stop (party.people[1]); /* and Bob forgets nothing */
  hark_sim_core_node_start (party.people[1]);
  hark_sim_core_node_start (party.people[0]);
  party_wait_same (&party, 0, 1, 2);
  party_check_calm (&party);
  party_clear (&party);
}

static void
check_left (Party *party, unsigned who, const char *lines)
{
  g_autofree char *told = party_who_left (party, who);

  g_assert_cmpstr (told, ==, lines);
}

static void
check_is_out (Party *party, unsigned who)
{
  const HarkGroupInfo *info = party_seen_by (party, who);
  const HarkEvent *event = party_write_text (party, who, "too late");

  g_assert_cmpint (info->state, ==, HARK_GROUP_IS_LEFT);
  g_assert_cmpstr (info->reason, ==, "Alice removed you from the group.");
  g_assert_false (event->ok);
  g_assert_cmpstr (event->code, ==, "not-in-group");
  g_assert_false (party_ask (party, who, HARK_COMMAND_GROUP_LEAVE, -1)->ok);
  check_left (party, who, "Alice removed you from the group.\n");
}

/* Alice asks Carol in again, whose Hark takes that up by itself. */
static void
party_bring_back (Party *party)
{
  party_do_well (party, 0, HARK_COMMAND_GROUP_ADD, 2);
  party_wait_member (party, 0, 2, true);
  party_wait_member (party, 2, 2, true);
  g_assert_cmpint (party_seen_by (party, 2)->state, ==, HARK_GROUP_IS_JOINED);
  g_assert_null (party_seen_by (party, 2)->reason);
  party_say (party, 2, "back");
}

static void
test_removed_hears_nothing (void)
{
  Party party;
  g_autofree char *text = NULL;

  party_three (&party, 3);
  party_say (&party, 2, "I am here");
  party_wait_same (&party, 0, 2, 1);
  party_wait_same (&party, 1, 2, 1);
  party_do_well (&party, 0, HARK_COMMAND_GROUP_REMOVE, 2);
  party_wait_member (&party, 1, 2, false);
  party_say (&party, 0, "now we are two");
  party_say (&party, 1, "indeed");
  party_wait_same (&party, 0, 1, 3);
  hark_sim_network_run (party.world.network, HARK_MINUTE);
  text = party_told (&party, 2);
  g_assert_null (strstr (text, "we are two"));
  g_assert_null (strstr (text, "indeed"));
  party_wait_same (&party, 0, 1, 3);
  check_is_out (&party, 2); /* and is told that it is so */
  check_left (&party, 0, "You removed Carol from the group.\n");
  check_left (&party, 1, "Alice removed Carol from the group.\n");
  hark_sim_core_node_stop (party.people[2]);
  hark_sim_core_node_start (party.people[2]);
  check_left (&party, 2, "Alice removed you from the group.\n"); /* and once */
  party_do_well (&party, 2, HARK_COMMAND_GROUP_FORGET, -1);
  party_check_calm (&party);
  party_clear (&party);
}

/* Who is away then hears it from whoever did it; until then others' word, which anybody could give,
 * closes nothing. */
static void
test_removed_while_away (void)
{
  Party party;
  g_autofree char *text = NULL;

  party_three (&party, 5);
  hark_sim_core_node_stop (party.people[2]);
  party_do_well (&party, 0, HARK_COMMAND_GROUP_REMOVE, 2);
  party_wait_member (&party, 1, 2, false);
  hark_sim_core_node_stop (party.people[0]);
  hark_sim_core_node_start (party.people[2]);
  hark_sim_network_run (party.world.network, HARK_MINUTE);
  g_assert_cmpstr (party_seen_by (&party, 2)->reason, ==,
                   "A member says that you were removed from this group.");
  g_assert_cmpint (party_seen_by (&party, 2)->state, ==, HARK_GROUP_IS_JOINED);
  party_say (&party, 2, "does anybody hear me?"); /* and is not heard */
  hark_sim_core_node_start (party.people[0]);
  party_say (&party, 0, "now we are two");
  party_wait_same (&party, 0, 1, 1);
  hark_sim_network_run (party.world.network, HARK_MINUTE);
  check_is_out (&party, 2);
  text = party_told (&party, 2);
  g_assert_null (strstr (text, "we are two"));
  party_bring_back (&party);
  party_check_calm (&party);
  party_clear (&party);
}

static void
test_leaving_and_coming_back (void)
{
  Party party;

  party_init (&party, 4, 2);
  party_befriend (&party, 0, 1);
  party_create (&party);
  party_bring_in (&party, 0, 1);
  party_say (&party, 0, "one");
  party_wait_same (&party, 0, 1, 1);
  party_do_well (&party, 1, HARK_COMMAND_GROUP_LEAVE, -1);
  party_wait_member (&party, 0, 1, false);
  g_assert_false (party_write_text (&party, 1, "too late")->ok);
  party_say (&party, 0, "alone");
  check_left (&party, 0, "Bob left the group.\n");
  check_left (&party, 1, "You left the group.\n");
  g_assert_true (party_seen_by (&party, 0)->had_others);
  g_assert_cmpuint (party_seen_by (&party, 0)->joined, ==, 1);
  party_bring_in (&party, 0, 1);
  party_say (&party, 0, "together");
  hark_sim_network_run (party.world.network, HARK_MINUTE);
  {
    g_autofree char *text = party_told (&party, 1);

    g_assert_nonnull (strstr (text, "one"));
    g_assert_null (strstr (text, "alone")); /* was not for him */
    g_assert_nonnull (strstr (text, "together"));
  }
  hark_sim_core_node_stop (party.people[0]);
  hark_sim_core_node_start (party.people[0]);
  check_left (&party, 0, "Bob left the group.\nBob joined the group again.\n"); /* and once */
  check_left (&party, 1, "You left the group.\nYou joined the group again.\n");
  party_clear (&party);
}

/* A member's program dies at random writes; nothing is lost or doubled. */
static void
test_crashes (void)
{
  Party party;
  unsigned kept = 0;

  party_three (&party, 5);
  for (unsigned i = 0; i < hark_sim_runs (12); i++) {
    g_autofree char *text = g_strdup_printf ("number %u", i);
    const HarkEvent *result;

    hark_sim_core_node_die_at (party.people[(i + 1) % 3], 1 + i % 4, i % 2 == 0);
    for (unsigned tries = 0; party.people[i % 3]->core == NULL && tries < 60; tries++)
      hark_sim_network_run (party.world.network, HARK_SECOND);
    result = party_write_text (&party, i % 3, text);
    kept += result != NULL && result->ok;
    hark_sim_network_run (party.world.network, 5 * HARK_SECOND);
  }
  for (unsigned i = 0; i < 3; i++) {
    hark_sim_core_node_kill (party.people[i]);
    hark_sim_core_node_start (party.people[i]);
  }
  hark_sim_network_run (party.world.network, 2 * HARK_MINUTE);
  {
    g_autofree char *text = party_told (&party, 0);
    const unsigned lines = party_count_lines (text);

    g_assert_cmpuint (lines, >=, kept); /* some died after the write, before the answer */
    party_wait_same (&party, 0, 1, lines);
    party_wait_same (&party, 0, 2, lines);
  }
  party_clear (&party);
}

static void
copy_folder (const HarkSimCoreNode *node, const char *from, const char *to)
{
  g_autofree char *source = g_build_filename (node->folder, from, NULL);
  g_autofree char *target = g_build_filename (node->folder, to, NULL);
  const char *const remove[] = {"rm", "-rf", target, NULL};
  const char *const copy[] = {"cp", "-a", source, target, NULL};

  g_assert_true (g_spawn_sync (NULL, (char **) remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  g_assert_true (g_spawn_sync (NULL, (char **) copy, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
}

/* Bob's disk as it was yesterday comes back: what he wrote since comes back to him from the others,
 * and what he writes now excludes nothing of it. */
static void
test_old_copy (void)
{
  Party party;

  party_init (&party, 9, 2);
  party_befriend (&party, 0, 1);
  party_create (&party);
  party_bring_in (&party, 0, 1);
  party_say (&party, 1, "before");
  party_wait_same (&party, 0, 1, 1);
  hark_sim_core_node_stop (party.people[1]);
  copy_folder (party.people[1], "profile", "yesterday");
  hark_sim_core_node_start (party.people[1]);
  party_say (&party, 1, "written since");
  party_say (&party, 1, "and this");
  party_wait_same (&party, 0, 1, 3);
  hark_sim_core_node_stop (party.people[1]);
  copy_folder (party.people[1], "yesterday", "profile");
  hark_sim_core_node_start (party.people[1]);
  party_wait_same (&party, 0, 1, 3);
  party_say (&party, 1, "and go on");
  party_wait_same (&party, 0, 1, 4);
  party_check_delivered (&party, 1, 4);
  g_assert_cmpuint (party.people[0]->warnings, ==, 0);
  party_clear (&party);
}

/* ---- a member who lies ---- */

/* @from says the entry to @to, in a session of theirs; @tags: (transfer full). */
static void
inject (Party *party, unsigned from, unsigned to, HarkGroupEntry *entry, GByteArray *tags)
{
  HarkSimCoreNode *liar = party->people[from];
  HarkCoreContact *contact = hark_core_find (liar->core, &party->people[to]->account);
  g_autoptr (GBytes) content = hark_group_entry_write (entry);
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__GroupEntry body = HARK__GROUP_ENTRY__INIT;
  size_t len;
  const void *data = g_bytes_get_data (content, &len);

  body.content = (ProtobufCBinaryData){len, (uint8_t *) data};
  body.tags = (ProtobufCBinaryData){tags->len, tags->data};
  frame.what_case = HARK__FRAME__WHAT_GROUP_ENTRY;
  frame.group_entry = &body;
  g_assert_true (
    hark_core_say (liar->core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_TEXT)));
  hark_sim_node_flush (liar->node);
  hark_sim_network_run (party->world.network, HARK_SECOND);
  g_byte_array_unref (tags);
}

/* What @author would write next, by what @liar knows. */
static HarkGroupEntry *
next_of (Party *party, unsigned liar, unsigned author, HarkGroupKind kind)
{
  HarkCoreGroup *group = hark_core_group_find (party->people[liar]->core, party->group);
  HarkCoreGroup *own = hark_core_group_find (party->people[author]->core, party->group);
  const HarkGroupLog log
    = kind < HARK_GROUP_TEXT ? HARK_GROUP_LOG_MEMBERS : HARK_GROUP_LOG_MESSAGES;
  const HarkGroupChain *chain
    = hark_group_chain_of (group->log, &party->people[author]->account, own->chains[log]);
  HarkGroupEntry *entry = g_new0 (HarkGroupEntry, 1);

  hark_group_compose (group->log, own->chains[log], entry);
  entry->author = party->people[author]->account;
  entry->kind = kind;
  entry->seq = 1 + (chain != NULL ? chain->seq : 0);
  memcpy (entry->previous, chain != NULL ? chain->hash : entry->previous, sizeof entry->previous);
  entry->sent_ms = HARK_SIM_WALL_MS;
  return entry;
}

/* As good a tag as @from can make for @to. */
static GByteArray *
tag_of (Party *party, unsigned from, unsigned to, HarkGroupEntry *entry)
{
  g_autoptr (GBytes) content = hark_group_entry_write (entry); /* for its hash */
  GByteArray *tags = g_byte_array_new ();
  uint8_t tag[HARK_GROUP_TAG_LEN];
  HarkSecret secret;

  g_assert_true (
    hark_group_secret (&party->people[from]->account_seed, &party->people[to]->account, &secret));
  hark_group_tag (&secret, party->group, &entry->author, &party->people[to]->account, entry->hash,
                  false, tag);
  return g_byte_array_append (tags, tag, sizeof tag);
}

static void
test_nobody_speaks_for_another (void)
{
  Party party;
  g_autoptr (HarkGroupEntry) text = NULL;
  g_autoptr (HarkGroupEntry) leave = NULL;

  party_three (&party, 6);
  party_say (&party, 0, "I am Alice");
  party_wait_same (&party, 0, 2, 1);
  party_wait_same (&party, 0, 1, 1);
  text = next_of (&party, 1, 0, HARK_GROUP_TEXT);
  text->text = g_strdup ("I am Alice, too");
  inject (&party, 1, 2, text, g_byte_array_new ());
  g_assert_cmpuint (party.people[2]->warnings, ==, 0);
  inject (&party, 1, 2, text, tag_of (&party, 1, 2, text));
  g_assert_cmpuint (party.people[2]->warnings, ==, 1); /* it is noticed */

  leave = next_of (&party, 1, 0, HARK_GROUP_LEAVE);
  inject (&party, 1, 2, leave, g_byte_array_new ());
  inject (&party, 1, 2, leave, tag_of (&party, 1, 2, leave));
  hark_sim_network_run (party.world.network, 10 * HARK_SECOND);
  party_wait_member (&party, 2, 0, true);
  party_say (&party, 0, "and still here");
  party_wait_same (&party, 0, 2, 2);
  party_clear (&party);
}

/* Alice is believed by those she asked in, but not without what would show it to others. */
static void
test_nothing_is_vouched_for_without_tags (void)
{
  Party party;
  g_autoptr (HarkGroupEntry) leave = NULL;

  party_three (&party, 13);
  leave = next_of (&party, 0, 1, HARK_GROUP_LEAVE);
  hark_sim_core_node_kill (party.people[1]);
  inject (&party, 0, 2, leave, g_byte_array_new ());
  hark_sim_network_run (party.world.network, 10 * HARK_SECOND);
  party_wait_member (&party, 2, 1, true);
  inject (&party, 0, 2, leave, tag_of (&party, 0, 1, leave));
  party_wait_member (&party, 2, 1, false);
  party_clear (&party);
}

static void
test_two_stories_are_noticed (void)
{
  Party party;
  g_autoptr (HarkGroupEntry) lie = NULL;

  party_three (&party, 7);
  lie = next_of (&party, 1, 1, HARK_GROUP_TEXT);
  lie->text = g_strdup ("for Carol");
  inject (&party, 1, 2, lie, tag_of (&party, 1, 2, lie));
  party_say (&party, 1, "for Alice");
  party_say (&party, 1, "which does not follow what Carol was told");
  hark_sim_network_run (party.world.network, 10 * HARK_SECOND);
  g_assert_cmpuint (party.people[2]->warnings, ==, 1);
  party_say (&party, 0, "we go on"); /* which does not keep others from writing */
  {
    g_autofree char *carol = NULL;

    hark_sim_network_run (party.world.network, 10 * HARK_SECOND);
    carol = party_told (&party, 2);
    g_assert_nonnull (strstr (carol, "for Carol"));
    g_assert_null (strstr (carol, "for Alice"));
    g_assert_nonnull (strstr (carol, "we go on"));
  }
  party_clear (&party);
}

static void
test_floods_and_giants (void)
{
  Party party;
  HarkCoreGroup *group;

  party_three (&party, 8);
  for (unsigned i = 0; i < 2 * HARK_GROUP_OPS_AUTHOR_MAX; i++) {
    g_autoptr (HarkGroupEntry) entry = next_of (&party, 1, 1, HARK_GROUP_VIEW);
    HarkGroupEntry *copy = NULL;
    g_autoptr (GBytes) content = hark_group_entry_write (entry);
    uint64_t cut;

    inject (&party, 1, 0, entry, tag_of (&party, 1, 0, entry));
    copy = hark_group_entry_read (content); /* his own program believes it */
    hark_group_take (hark_core_group_find (party.people[1]->core, party.group)->log, &copy,
                     HARK_GROUP_PROVED, true, &cut);
    hark_group_entry_free (copy);
  }
  group = hark_core_group_find (party.people[0]->core, party.group);
  g_assert_cmpuint (group->log->n_ops, <=, HARK_GROUP_OPS_AUTHOR_MAX + 20);
  for (unsigned i = 0; i < HARK_CORE_MALFORMED_MAX; i++) {
    g_autoptr (HarkGroupEntry) giant = next_of (&party, 1, 1, HARK_GROUP_TEXT);

    if (!hark_core_is_ready (hark_core_find (party.people[1]->core, &party.people[0]->account)))
      break;
    giant->text = g_strnfill (HARK_GROUP_CONTENT_LEN_MAX, 'x');
    inject (&party, 1, 0, giant, tag_of (&party, 1, 0, giant));
  }
  hark_sim_network_run (party.world.network, 10 * HARK_SECOND);
  g_assert_false (hark_sim_core_node_sees_online (party.people[0], party.people[1]));
  party_say (&party, 0, "quiet again");
  party_wait_same (&party, 0, 2, 1);
  party_clear (&party);
}

/* Carol was removed; she says that Bob, who is not there, has all of it. */
static void
test_who_is_out_vouches_for_nobody (void)
{
  Party party;
  HarkCoreGroup *group;
  const HarkCoreGroupSent *sent;
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__GroupHave body = HARK__GROUP_HAVE__INIT;
  Hark__GroupHead head = HARK__GROUP_HEAD__INIT, *heads[] = {&head};
  HarkKey *bob, *alice;

  party_three (&party, 9);
  bob = &party.people[1]->account;
  alice = &party.people[0]->account;
  party_do_well (&party, 0, HARK_COMMAND_GROUP_REMOVE, 2);
  party_wait_member (&party, 1, 2, false);
  hark_sim_core_node_kill (party.people[1]);
  party_say (&party, 0, "for Bob");
  group = hark_core_group_find (party.people[0]->core, party.group);
  head.author = (ProtobufCBinaryData){HARK_KEY_LEN, bob->bytes};
  head.chain = (ProtobufCBinaryData){HARK_GROUP_CHAIN_LEN, group->chains[HARK_GROUP_LOG_MESSAGES]};
  head.seq = 1000;
  body.group = (ProtobufCBinaryData){sizeof party.group, party.group};
  body.view = (ProtobufCBinaryData){sizeof group->log->view, group->log->view};
  body.known = heads;
  body.n_known = 1;
  frame.what_case = HARK__FRAME__WHAT_GROUP_HAVE;
  frame.group_have = &body;
  g_assert_true (hark_core_say (party.people[2]->core,
                                hark_core_find (party.people[2]->core, alice),
                                hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL)));
  hark_sim_node_flush (party.people[2]->node);
  hark_sim_network_run (party.world.network, 5 * HARK_SECOND);
  hark_core_group_update_states (party.people[0]->core, group);
  g_assert_cmpuint (group->under_way->len, ==, 1);
  sent = &g_array_index (group->under_way, HarkCoreGroupSent, 0);
  g_assert_cmpuint (sent->reached, ==, 0);
  hark_sim_core_node_start (party.people[1]);
  party_wait_same (&party, 0, 1, 1);
  party_clear (&party);
}

/* The disk had that Bob is in, and not what tells others, when his program died. */
static void
test_an_answer_outlives_a_crash (void)
{
  Party party;

  party_init (&party, 10, 2);
  party_befriend (&party, 0, 1);
  party_create (&party);
  party_do_well (&party, 0, HARK_COMMAND_GROUP_ADD, 1);
  for (unsigned i = 0; party_seen_by (&party, 1) == NULL && i < 60; i++)
    hark_sim_network_run (party.world.network, HARK_SECOND);
  hark_sim_core_node_die_at (party.people[1], 1, false);
  g_assert_null (party_ask (&party, 1, HARK_COMMAND_GROUP_ACCEPT, -1));
  party_wait_member (&party, 0, 1, true);
  party_wait_member (&party, 1, 1, true);
  party_say (&party, 0, "there you are");
  party_wait_same (&party, 0, 1, 1);
  party_clear (&party);
}

/* One contact's offers leave place for those of others. */
static void
test_offers_of_one_end (void)
{
  Party party;

  party_init (&party, 12, 3);
  party_befriend (&party, 0, 1);
  party_befriend (&party, 1, 2);
  for (unsigned i = 0; i < HARK_CORE_GROUP_OFFERS_MAX + 3; i++) {
    party_create (&party);
    party_do_well (&party, 0, HARK_COMMAND_GROUP_ADD, 1);
  }
  hark_sim_network_run (party.world.network, HARK_MINUTE);
  g_assert_cmpuint (g_hash_table_size (party.people[1]->core->groups), ==,
                    HARK_CORE_GROUP_OFFERS_MAX);
  {
    HarkCommand *command = party_group_command (&party, HARK_COMMAND_GROUP_CREATE, -1);
    const HarkEvent *result;

    command->name = g_strdup ("Others");
    result = hark_sim_core_node_ask (party.people[2], command);
    g_assert_true (result->ok);
    memcpy (party.group, result->id, sizeof party.group);
  }
  party_bring_in (&party, 2, 1);
  party_clear (&party);
}

/* What others would refuse is refused at once, nothing is written in vain, and who has no room
 * left can go and come back. */
static void
test_ones_own_room_ends (void)
{
  Party party;
  HarkCoreGroup *group;
  HarkCommand *command;
  unsigned before;

  party_init (&party, 11, 2);
  party_befriend (&party, 0, 1);
  party_create (&party);
  party_bring_in (&party, 0, 1);
  party_give_role (&party, 1, "admin");
  group = hark_core_group_find (party.people[1]->core, party.group);
  for (unsigned i = 0; i < HARK_GROUP_OPS_AUTHOR_MAX; i++) {
    const HarkEvent *result;

    command = party_group_command (&party, HARK_COMMAND_GROUP_RENAME, -1);
    command->name = g_strdup_printf ("%u", i);
    result = hark_sim_core_node_ask (party.people[1], command);
    g_assert_nonnull (result);
    if (!result->ok)
      break;
  }
  g_assert_cmpuint (hark_group_room (group->log, &group->log->own, group->chains[0]), ==, 2);
  g_clear_pointer (&hark_group_chain_of (group->log, &group->log->own, group->chains[0])->tags,
                   g_bytes_unref);
  before = party.people[1]->writes; /* he thinks that nobody was told of him */
  hark_core_group_due (party.people[1]->core, group);
  hark_sim_network_run (party.world.network, HARK_MINUTE);
  g_assert_cmpuint (party.people[1]->writes - before, <, 30);
  party_say (&party, 1, "I still talk");
  party_wait_same (&party, 0, 1, 1);
  party_do_well (&party, 1, HARK_COMMAND_GROUP_LEAVE, -1);
  party_wait_member (&party, 0, 1, false);
  party_bring_in (&party, 0, 1);
  party_clear (&party);
}

/* ---- anything may happen ---- */

/* A ring of five, each a contact of two others only, comes and goes and writes and renames. */
static void
ring (uint64_t seed)
{
  g_autofree char *name = g_strdup_printf ("seed %" G_GUINT64_FORMAT, seed);
  Party party;
  HarkRng *rng;

  party_init (&party, seed, 5);
  rng = hark_sim_network_rng (party.world.network);
  for (unsigned i = 0; i < party.n; i++)
    party_befriend (&party, i, (i + 1) % party.n);
  party_create (&party);
  for (unsigned i = 1; i < party.n; i++) {
    party_bring_in (&party, i - 1, i);
    party_wait_member (&party, 0, i, true);
    party_give_role (&party, i, "admin");
  }
  for (unsigned step = 0; step < 40; step++) {
    const unsigned who = (unsigned) hark_rng_below (rng, party.n);
    const uint64_t what = hark_rng_below (rng, 10);
    g_autofree char *text = g_strdup_printf ("%u", step);

    if (party.people[who]->core == NULL) {
      hark_sim_core_node_start (party.people[who]);
    } else if (what < 2) {
      hark_sim_core_node_kill (party.people[who]);
    } else if (what < 3) {
      HarkCommand *command = party_group_command (&party, HARK_COMMAND_GROUP_RENAME, -1);

      command->name = g_strdup (text);
      hark_sim_core_node_ask (party.people[who], command);
    } else {
      party_write_text (&party, who, text);
    }
    hark_sim_network_run (party.world.network, hark_rng_below (rng, 4) * HARK_SECOND);
  }
  for (unsigned i = 0; i < party.n; i++)
    hark_sim_core_node_start (party.people[i]);
  party_wait_all_same (&party, name);
  party_check_calm (&party);
  party_clear (&party);
}

static void
test_ring (void)
{
  for (unsigned i = 0; i < hark_sim_runs (5); i++)
    ring (100 + i);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-groups/three-talk", test_three_talk);
  g_test_add_func ("/core-groups/what-was-written-can-be-changed", test_edit_and_react);
  g_test_add_func ("/core-groups/members-who-are-never-online-together",
                   test_never_online_together);
  g_test_add_func ("/core-groups/who-is-removed-hears-nothing-more", test_removed_hears_nothing);
  g_test_add_func ("/core-groups/who-is-removed-while-away", test_removed_while_away);
  g_test_add_func ("/core-groups/leaving-and-coming-back", test_leaving_and_coming_back);
  g_test_add_func ("/core-groups/nothing-lost-through-crashes", test_crashes);
  g_test_add_func ("/core-groups/an-old-copy-put-back", test_old_copy);
  g_test_add_func ("/core-groups/nobody-speaks-for-another", test_nobody_speaks_for_another);
  g_test_add_func ("/core-groups/nothing-is-vouched-for-without-tags",
                   test_nothing_is_vouched_for_without_tags);
  g_test_add_func ("/core-groups/two-stories-are-noticed", test_two_stories_are_noticed);
  g_test_add_func ("/core-groups/floods-and-giants-end", test_floods_and_giants);
  g_test_add_func ("/core-groups/who-is-out-vouches-for-nobody",
                   test_who_is_out_vouches_for_nobody);
  g_test_add_func ("/core-groups/an-answer-outlives-a-crash", test_an_answer_outlives_a_crash);
  g_test_add_func ("/core-groups/offers-of-one-person-end", test_offers_of_one_end);
  g_test_add_func ("/core-groups/ones-own-room-ends", test_ones_own_room_ends);
  g_test_add_func ("/core-groups/a-ring-that-comes-and-goes", test_ring);
  return g_test_run ();
}
