/* Two people who are never there at the same time, and somebody who keeps their mail. */
#include "core/heart/mail/mail.h"
#include "tests/sim/core-world.h"
#include "tests/sim/keeper-harm.h"
#include "tests/sim/long-clip.h"

#include <string.h>

#define PATIENCE (5 * HARK_MINUTE)
#define TURN (90 * HARK_SECOND)
#define MESSAGES 4 /* each way and turn */

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *people[2];
  HarkSimCoreNode *keeper;
  unsigned sent[2];
} Apart;

static uint64_t
draw (Apart *apart, uint64_t bound)
{
  return hark_rng_below (hark_sim_network_rng (apart->world.network), bound);
}

static void
run (Apart *apart, HarkTime span)
{
  hark_sim_network_run (apart->world.network, span);
}

static void
apart_init (Apart *apart, uint64_t seed, double loss)
{
  HarkSimLinkConfig link = hark_sim_lossy_link (loss);

  *apart = (Apart){0};
  hark_sim_world_init (&apart->world, seed);
  apart->people[0]
    = hark_sim_world_add (&apart->world, HARK_SIM_NAT_PORT_RESTRICTED, &link, "Alice");
  apart->people[1] = hark_sim_world_add (&apart->world, HARK_SIM_NAT_PORT_RESTRICTED, &link, "Bob");
  apart->keeper = hark_sim_world_add (&apart->world, HARK_SIM_NAT_PORT_RESTRICTED, &link, "Carol");
  g_assert_true (hark_sim_befriend (apart->people[0], apart->people[1], PATIENCE));
}

/* The last list that @node has told of. */
static bool
is_kept (const HarkSimCoreNode *node)
{
  const HarkEvent *event = hark_sim_core_node_find (node, HARK_EVENT_MAILBOX, 0);

  for (guint i = 0; event != NULL && i < event->mailboxes->len; i++)
    if (((const HarkMailboxInfo *) event->mailboxes->pdata[i])->keeps)
      return true;
  return false;
}

static void
wait_kept (Apart *apart, const HarkSimCoreNode *node)
{
  for (unsigned i = 0; i < 300 && !is_kept (node); i++)
    run (apart, HARK_SECOND);
  g_assert_true (is_kept (node));
}

static void
do_well (HarkSimCoreNode *node, HarkCommand *command)
{
  const HarkEvent *result = hark_sim_core_node_ask (node, command);

  g_assert_nonnull (result);
  g_assert_true (result->ok);
}

static void
begin_node (Apart *apart)
{
  hark_sim_core_node_stop (apart->keeper);
  apart->keeper->config.mailbox = true;
  hark_sim_core_node_start (apart->keeper);
}

/* Bob has a node of his own; what it is for is all that Alice learns of it. */
static void
make_node (Apart *apart)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_MAILBOX_ADD, NULL);

  begin_node (apart);
  command->address = hark_sim_address (apart->keeper, false);
  do_well (apart->people[1], command);
  wait_kept (apart, apart->people[1]);
  run (apart, HARK_MINUTE); /* Alice finds it */
  g_assert_null (hark_sim_core_node_person (apart->people[0], &apart->keeper->account));
  g_assert_null (hark_sim_core_node_person (apart->people[1], &apart->keeper->account));
}

static void
ask_keeper (Apart *apart, int who)
{
  do_well (apart->people[who], hark_sim_command (HARK_COMMAND_MAILBOX_ADD, apart->keeper));
}

static void
keep_for (Apart *apart, int who)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_MAILBOX_FOR, apart->people[who]);

  command->on = true;
  do_well (apart->keeper, command);
}

/* Carol knows both and keeps mail for both: for Alice who asked her, and for Bob, as she had
 * decided before he did. */
static void
make_friend (Apart *apart)
{
  for (int i = 0; i < 2; i++) {
    g_assert_true (hark_sim_befriend (apart->people[i], apart->keeper, PATIENCE));
    (i == 0 ? ask_keeper : keep_for) (apart, i);
    run (apart, 5 * HARK_SECOND);
    g_assert_false (is_kept (apart->people[i]));
    (i == 0 ? keep_for : ask_keeper) (apart, i);
    wait_kept (apart, apart->people[i]);
  }
  run (apart, 10 * HARK_SECOND);
}

static void
write_to (Apart *apart, int from)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_SEND, apart->people[1 - from]);

  command->text = g_strdup_printf ("%u of %d", apart->sent[from]++, from);
  hark_sim_core_node_ask (apart->people[from], command);
}

static bool
waits_at (const HarkSimCoreNode *node, const char *whose)
{
  const HarkEvent *event = hark_sim_core_node_find (node, HARK_EVENT_MESSAGE_STATE, 0);

  return event != NULL && event->reason != NULL && strstr (event->reason, whose) != NULL;
}

/* Texts that @who has of the other on the disk, or of his own that were delivered. */
static unsigned
count (Apart *apart, int who, bool outgoing, bool delivered)
{
  g_autoptr (GPtrArray) history
    = hark_sim_core_node_history (apart->people[who], &apart->people[1 - who]->account);
  unsigned n = 0;

  for (guint i = 0; i < history->len; i++) {
    const HarkStoreMessage *message = history->pdata[i];

    n += message->kind == HARK_MESSAGE_TEXT && message->outgoing == outgoing
         && (!delivered || message->state >= HARK_MESSAGE_DELIVERED);
  }
  return n;
}

/* What one wrote the other has, each once, in order. */
static void
check_same (Apart *apart, int from)
{
  g_autoptr (GPtrArray) ours
    = hark_sim_core_node_history (apart->people[from], &apart->people[1 - from]->account);
  g_autoptr (GPtrArray) theirs
    = hark_sim_core_node_history (apart->people[1 - from], &apart->people[from]->account);
  guint at = 0;

  for (guint i = 0; i < ours->len; i++) {
    const HarkStoreMessage *sent = ours->pdata[i], *came;

    if (!sent->outgoing || sent->kind != HARK_MESSAGE_TEXT)
      continue;
    do {
      g_assert_cmpuint (at, <, theirs->len);
      came = theirs->pdata[at++];
    } while (came->outgoing || came->kind != HARK_MESSAGE_TEXT);
    g_assert_cmpstr (came->text, ==, sent->text);
  }
  for (; at < theirs->len; at++)
    g_assert_true (((const HarkStoreMessage *) theirs->pdata[at])->outgoing);
}

/* Only @who is there, and the keeper. */
static void
turn_to (Apart *apart, int who)
{
  hark_sim_core_node_stop (apart->people[1 - who]);
  hark_sim_core_node_start (apart->people[who]);
}

/* ---- well-behaved ---------------------------------------------------------------- */

/* Who carried for whom is known to each, and was kept over restarts. */
static void
check_deeds (Apart *apart)
{
  for (int i = 0; i < 2; i++) {
    HarkLedgerPerson ours = hark_sim_core_node_deeds (apart->people[i], apart->keeper);
    HarkLedgerPerson theirs = hark_sim_core_node_deeds (apart->keeper, apart->people[i]);

    g_assert_cmpuint (ours.kept_for_us, >=, 100);
    g_assert_cmpuint (ours.kept_for_them, ==, 0);
    g_assert_cmpuint (theirs.kept_for_them, >=, 100);
    g_assert_cmpuint (theirs.kept_for_us, ==, 0);
  }
}

static void
check_passes (void (*make) (Apart *), const char *whose, bool friend)
{
  Apart apart;

  apart_init (&apart, 1, 0);
  make (&apart);
  turn_to (&apart, 0);
  for (unsigned i = 0; i < 100; i++)
    write_to (&apart, 0);
  for (unsigned i = 0; i < 60 && !waits_at (apart.people[0], whose); i++)
    run (&apart, HARK_SECOND);
  run (&apart, 5 * HARK_SECOND);
  g_assert_true (waits_at (apart.people[0], whose));
  g_assert_cmpuint (count (&apart, 0, true, true), ==, 0);

  turn_to (&apart, 1);
  run (&apart, HARK_MINUTE);
  g_assert_cmpuint (count (&apart, 1, false, false), ==, 100);

  turn_to (&apart, 0);
  run (&apart, HARK_MINUTE);
  g_assert_cmpuint (count (&apart, 0, true, true), ==, 100);
  hark_sim_core_node_start (apart.people[1]);
  run (&apart, HARK_MINUTE);
  check_same (&apart, 0);
  if (friend)
    check_deeds (&apart);
  hark_sim_world_clear (&apart.world);
}

static void
test_node (void)
{
  check_passes (make_node, "Bob's node", false);
}

static void
test_friend (void)
{
  check_passes (make_friend, "Carol's", true);
}

/* All of its parts are kept, and it comes as the one message that it is. */
static void
test_long_voice_message (void)
{
  g_autoptr (GPtrArray) parts = hark_sim_speak_parts (1, 6);
  HarkCommand *command;
  uint8_t id[HARK_MESSAGE_ID_LEN];
  Apart apart;

  apart_init (&apart, 7, 0);
  make_node (&apart);
  turn_to (&apart, 0);
  command = hark_sim_command (HARK_COMMAND_CLIP, apart.people[1]);
  hark_sim_take_parts (command, parts);
  memcpy (id, hark_sim_core_node_ask (apart.people[0], command)->id, sizeof id);
  for (unsigned i = 0; i < 60 && !waits_at (apart.people[0], "Bob's node"); i++)
    run (&apart, HARK_SECOND);
  g_assert_true (waits_at (apart.people[0], "Bob's node"));
  run (&apart, 5 * HARK_SECOND);
  turn_to (&apart, 1);
  hark_sim_core_node_die_at (apart.people[1], 3, true);
  run (&apart, HARK_MINUTE);
  g_assert_true (hark_sim_has_clip (apart.people[1], &apart.people[0]->account, id, parts,
                                    HARK_MESSAGE_DELIVERED));
  turn_to (&apart, 0);
  run (&apart, HARK_MINUTE);
  g_assert_true (hark_sim_has_clip (apart.people[0], &apart.people[1]->account, id, parts,
                                    HARK_MESSAGE_DELIVERED));
  hark_sim_world_clear (&apart.world);
}

/* @node asks @keeper for mail within the next while. */
static bool
asks_soon (Apart *apart, HarkSimCoreNode *node, const HarkSimCoreNode *keeper)
{
  bool asks = false;

  for (unsigned i = 0; i < 3000; i++) {
    const HarkCoreContact *contact = hark_core_find (node->core, &keeper->account);

    asks |= contact->mailbox != NULL && contact->mailbox->asking;
    run (apart, HARK_MS);
  }
  return asks;
}

/* A keeper is asked again when there is somebody new who may leave something there, and not
 * whenever anybody agrees with anybody: that is not the keeper's business. */
static void
test_discreet (void)
{
  HarkSimLinkConfig link = {.delay = 20 * HARK_MS};
  HarkSimCoreNode *alice, *dave, *emil;
  HarkCommand *command;
  Apart apart;

  apart_init (&apart, 8, 0);
  make_friend (&apart);
  alice = apart.people[0];
  dave = hark_sim_world_add (&apart.world, HARK_SIM_NAT_NONE, &link, "Dave");
  emil = hark_sim_world_add (&apart.world, HARK_SIM_NAT_NONE, &link, "Emil");
  g_assert_true (hark_sim_befriend (dave, emil, PATIENCE));
  g_assert_true (hark_sim_befriend (alice, dave, PATIENCE));
  run (&apart, HARK_MINUTE);
  g_assert_nonnull (hark_core_find (alice->core, &apart.keeper->account)->mailbox);
  /* Dave's mail is kept by Emil, and he tells Alice */
  do_well (dave, hark_sim_command (HARK_COMMAND_MAILBOX_ADD, emil));
  command = hark_sim_command (HARK_COMMAND_MAILBOX_FOR, dave);
  command->on = true;
  hark_sim_core_node_do (emil, command);
  g_assert_false (asks_soon (&apart, alice, apart.keeper));
  g_assert_true (is_kept (dave));
  g_assert_cmpuint (hark_mail_peers_find (&alice->core->mail, &dave->account)->n_places, ==, 1);
  /* and so is Alice's by him: he is asked, and nobody else */
  do_well (alice, hark_sim_command (HARK_COMMAND_MAILBOX_ADD, dave));
  command = hark_sim_command (HARK_COMMAND_MAILBOX_FOR, alice);
  command->on = true;
  hark_sim_core_node_do (dave, command);
  g_assert_false (asks_soon (&apart, alice, apart.keeper));
  g_assert_true (hark_core_find (alice->core, &dave->account)->mailbox->asked);
  hark_sim_world_clear (&apart.world);
}

/* A receipt would tell that somebody is there: what was left by whom Alice hides from stays where
 * it is, and nothing is left for him. */
static void
test_hidden (void)
{
  HarkSimCoreNode *alice;
  HarkCommand *command;
  Apart apart;

  apart_init (&apart, 9, 0);
  make_friend (&apart);
  alice = apart.people[0];
  command = hark_sim_command (HARK_COMMAND_MAY, apart.people[1]);
  command->how = g_strdup ("see-online");
  do_well (alice, command);
  g_assert_true (hark_sim_wait_apart (alice, apart.people[1], PATIENCE));
  write_to (&apart, 1);
  run (&apart, HARK_MINUTE);
  g_assert_true (waits_at (apart.people[1], "Carol's"));
  turn_to (&apart, 0);
  run (&apart, HARK_MINUTE);
  hark_sim_core_node_start (apart.people[1]);
  run (&apart, HARK_MINUTE);
  g_assert_true (hark_sim_core_node_sees_online (apart.keeper, alice));
  g_assert_cmpuint (count (&apart, 0, false, false), ==, 0);
  g_assert_cmpuint (count (&apart, 1, true, true), ==, 0);

  hark_sim_core_node_stop (apart.people[1]); /* and without him it comes at once, when it may */
  run (&apart, HARK_MINUTE);
  command = hark_sim_command (HARK_COMMAND_MAY, apart.people[1]);
  command->how = g_strdup ("see-online");
  command->on = true;
  do_well (alice, command);
  run (&apart, HARK_MINUTE);
  g_assert_cmpuint (count (&apart, 0, false, false), ==, 1);
  turn_to (&apart, 1);
  run (&apart, HARK_MINUTE);
  g_assert_cmpuint (count (&apart, 1, true, true), ==, 1);
  hark_sim_world_clear (&apart.world);
}

/* Nor does the node of whom she hides from see her: he may ask it who is there. */
static void
test_hidden_from_node (void)
{
  const HarkCoreContact *alice;
  HarkCommand *command;
  Apart apart;

  apart_init (&apart, 10, 0);
  make_node (&apart);
  alice = hark_core_find (apart.keeper->core, &apart.people[0]->account);
  g_assert_true (alice->has_session);
  for (unsigned i = 0; i < 2; i++) { /* it stays so when she starts anew */
    command = hark_sim_command (HARK_COMMAND_MAY, apart.people[1]);
    command->how = g_strdup ("see-online");
    do_well (apart.people[0], command);
    run (&apart, HARK_MINUTE);
    g_assert_false (alice->has_session);
    turn_to (&apart, 1);
    turn_to (&apart, 0);
    run (&apart, HARK_MINUTE);
    g_assert_false (alice->has_session);
    if (i == 0) { /* and is over when he may see her, or she writes */
      command = hark_sim_command (HARK_COMMAND_MAY, apart.people[1]);
      command->how = g_strdup ("see-online");
      command->on = true;
      do_well (apart.people[0], command);
    } else {
      write_to (&apart, 0);
    }
    run (&apart, 2 * HARK_MINUTE);
    g_assert_true (alice->has_session);
  }
  hark_sim_world_clear (&apart.world);
}

/* ---- by words ------------------------------------------------------------------- */

/* (transfer full): the four words under which @node is to be met with its link, and @files. */
static char *
words_of (HarkSimCoreNode *node, uint32_t files)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_MEET, NULL);
  const HarkEvent *result;

  command->how = g_strdup ("give");
  command->address = hark_sim_address (node, false);
  command->limit = files;
  result = hark_sim_core_node_ask (node, command);
  g_assert_true (result->ok);
  return g_strdup (result->text);
}

/* Bob types @words where a mailbox is added; -> what came of it within @span. */
static const HarkEvent *
add_by_words (Apart *apart, const char *words, HarkTime span)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_MAILBOX_ADD, NULL);
  const guint since = apart->people[1]->events->len;

  command->address = g_strdup (words);
  hark_sim_core_node_do (apart->people[1], command);
  run (apart, span);
  return hark_sim_core_node_find (apart->people[1], HARK_EVENT_RESULT, since);
}

static void
test_node_by_words (void)
{
  g_autofree char *words = NULL, *typed = NULL;
  const HarkEvent *result;
  Apart apart;

  apart_init (&apart, 21, 0.02);
  begin_node (&apart);
  words = words_of (apart.keeper, 0);
  typed = g_ascii_strup (words, -1);
  result = add_by_words (&apart, g_strdelimit (typed, "-", ' '), 20 * HARK_SECOND);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
  wait_kept (&apart, apart.people[1]);
  g_assert_null (hark_sim_core_node_person (apart.people[1], &apart.keeper->account));
  turn_to (&apart, 0);
  write_to (&apart, 0);
  run (&apart, 20 * HARK_SECOND);
  turn_to (&apart, 1);
  run (&apart, HARK_MINUTE);
  g_assert_cmpuint (count (&apart, 1, false, false), ==, 1);
  hark_sim_world_clear (&apart.world);
}

/* The beginning of Bob's list of guests. */
static void
begin_guests (Apart *apart)
{
  Hark__Mailbox__Guests body = HARK__MAILBOX__GUESTS__INIT;
  Hark__Mailbox mail = HARK__MAILBOX__INIT;
  HarkCore *core = apart->people[1]->core;

  body.first = body.more = true;
  mail.what_case = HARK__MAILBOX__WHAT_GUESTS;
  mail.guests = &body;
  g_assert_true (hark_core_say_mail (core, hark_core_find (core, &apart->keeper->account), &mail));
  hark_sim_node_flush (apart->people[1]->node);
  run (apart, HARK_SECOND);
}

/* Nobody is turned away because Bob went while his node was told whom it lets in. */
static void
test_half_a_list (void)
{
  Apart apart;

  apart_init (&apart, 9, 0);
  make_node (&apart);
  begin_guests (&apart);
  hark_sim_core_node_stop (apart.people[1]);
  hark_sim_core_node_stop (apart.keeper);
  hark_sim_core_node_start (apart.keeper);
  g_assert_nonnull (hark_core_find (apart.keeper->core, &apart.people[0]->account));
  hark_sim_core_node_start (apart.people[1]);
  do_well (apart.people[1], hark_sim_command (HARK_COMMAND_REMOVE, apart.people[0]));
  run (&apart, 5 * HARK_MINUTE);
  g_assert_null (hark_core_find (apart.keeper->core, &apart.people[0]->account));
  hark_sim_world_clear (&apart.world);
}

/* Words that lead to no node say why, and leave nothing behind. */
static void
test_wrong_words_add_nothing (void)
{
  g_autofree char *words = NULL, *wrong = NULL, *files = NULL;
  const HarkEvent *result;
  Apart apart;

  apart_init (&apart, 22, 0);
  result = add_by_words (&apart, "abandon-ability-able-about", 2 * HARK_MINUTE);
  g_assert_cmpstr (result->code, ==, "nobody");
  files = words_of (apart.keeper, 1); /* Carol gives a file */
  result = add_by_words (&apart, files, 20 * HARK_SECOND);
  g_assert_cmpstr (result->code, ==, "no-mailbox");
  begin_node (&apart);
  words = words_of (apart.keeper, 0);
  wrong = g_strdup (words);
  *strrchr (wrong, '-') = '\0';
  result = add_by_words (&apart, strcat (wrong, g_str_has_suffix (words, "-zoo") ? "-act" : "-zoo"),
                         20 * HARK_SECOND);
  g_assert_cmpstr (result->code, ==, "wrong-words");
  result = add_by_words (&apart, words, 2 * HARK_MINUTE); /* which mean nothing any more */
  g_assert_false (result->ok);
  g_assert_false (is_kept (apart.people[1]));
  g_assert_cmpuint (hark_mail_peers_count (&apart.people[1]->core->mail, HARK_MAIL_OWN), ==, 0);
  /* whoever types others meanwhile waits for the first no more */
  g_assert_null (add_by_words (&apart, "abandon-ability-able-about", HARK_SECOND));
  g_free (words);
  words = words_of (apart.keeper, 0);
  result = add_by_words (&apart, words, 1);
  g_assert_cmpstr (result->code, ==, "interrupted");
  wait_kept (&apart, apart.people[1]);
  hark_sim_world_clear (&apart.world);
}

/* Nobody has agreed: nothing is left anywhere, and it says so. */
static void
test_not_agreed (void)
{
  HarkCommand *command;
  Apart apart;

  apart_init (&apart, 2, 0);
  make_friend (&apart);
  command = hark_sim_command (HARK_COMMAND_MAILBOX_FOR, apart.people[1]);
  do_well (apart.keeper, command);
  run (&apart, 10 * HARK_SECOND);
  turn_to (&apart, 0);
  write_to (&apart, 0);
  run (&apart, 10 * HARK_SECOND);
  g_assert_false (waits_at (apart.people[0], "Carol's"));
  turn_to (&apart, 1);
  run (&apart, HARK_MINUTE);
  g_assert_cmpuint (count (&apart, 1, false, false), ==, 0);
  hark_sim_world_clear (&apart.world);
}

/* The keeper was told to keep it, and it is gone: the sender still has it. */
static void
test_keeper_vanishes (void)
{
  Apart apart;

  apart_init (&apart, 3, 0);
  make_node (&apart);
  turn_to (&apart, 0);
  write_to (&apart, 0);
  for (unsigned i = 0; i < 60 && !waits_at (apart.people[0], "Bob's node"); i++)
    run (&apart, HARK_SECOND);
  g_assert_true (waits_at (apart.people[0], "Bob's node"));
  hark_sim_core_node_kill (apart.keeper);
  turn_to (&apart, 1);
  run (&apart, HARK_MINUTE);
  g_assert_cmpuint (count (&apart, 1, false, false), ==, 0);
  hark_sim_core_node_start (apart.people[0]);
  run (&apart, HARK_MINUTE);
  g_assert_cmpuint (count (&apart, 0, true, true), ==, 1);
  hark_sim_core_node_start (apart.keeper); /* and has it after all */
  run (&apart, 2 * HARK_MINUTE);
  g_assert_cmpuint (count (&apart, 1, false, false), ==, 1);
  check_same (&apart, 0);
  hark_sim_world_clear (&apart.world);
}

/* ---- a keeper who lies ---------------------------------------------------------- */

/* What it changed, forged, mixed up and dropped is worth nothing, what it left is taken once, and
 * the rest comes when the two meet. */
static void
test_hostile_keeper (void)
{
  unsigned whole;
  Apart apart;

  apart_init (&apart, 4, 0);
  make_friend (&apart);
  turn_to (&apart, 0);
  for (unsigned i = 0; i < 40; i++)
    write_to (&apart, 0);
  run (&apart, 20 * HARK_SECOND);
  g_assert_true (waits_at (apart.people[0], "Carol's"));
  whole = hark_sim_do_harm (apart.keeper);
  g_assert_cmpuint (whole, ==, 16);

  turn_to (&apart, 1);
  run (&apart, 2 * HARK_MINUTE);
  g_assert_cmpuint (count (&apart, 1, false, false), ==, whole);
  g_assert_true (hark_sim_wait_online (apart.people[1], apart.keeper, PATIENCE));
  hark_sim_core_node_start (apart.people[0]);
  run (&apart, 2 * HARK_MINUTE);
  g_assert_cmpuint (count (&apart, 0, true, true), ==, 40);
  g_assert_cmpuint (count (&apart, 1, false, false), ==, 40);
  check_same (&apart, 0);
  hark_sim_world_clear (&apart.world);
}

/* Bob tells Alice that Carol, whom she does not know, is his node. */
static void
name_node (Apart *apart)
{
  const HarkKey *carol = &apart->keeper->account;
  HarkCore *core = apart->people[1]->core;
  Hark__Mailbox__Place place = HARK__MAILBOX__PLACE__INIT, *places = &place;
  Hark__Mailbox__Places body = HARK__MAILBOX__PLACES__INIT;
  Hark__Mailbox mail = HARK__MAILBOX__INIT;
  uint8_t made_up[32] = {1};

  place.ticket = (ProtobufCBinaryData){HARK_MAIL_TICKET_LEN, made_up};
  place.account = (ProtobufCBinaryData){sizeof carol->bytes, (uint8_t *) carol->bytes};
  place.reach = (ProtobufCBinaryData){sizeof (HarkToken), made_up};
  place.secret = (ProtobufCBinaryData){sizeof (HarkSecret), made_up};
  body.n_places = 1;
  body.places = &places;
  mail.what_case = HARK__MAILBOX__WHAT_PLACES;
  mail.places = &body;
  g_assert_true (
    hark_core_say_mail (core, hark_core_find (core, &apart->people[0]->account), &mail));
  hark_sim_node_flush (apart->people[1]->node);
  run (apart, 5 * HARK_SECOND);
  g_assert_true (hark_core_is_node (apart->people[0]->core, carol));
}

/* It keeps her neither from adding Carol nor from hearing that Carol asks. */
static void
test_named_a_node (void)
{
  for (unsigned asks = 0; asks < 2; asks++) {
    Apart apart;

    apart_init (&apart, 6 + asks, 0);
    name_node (&apart);
    g_assert_true (hark_sim_befriend (asks ? apart.keeper : apart.people[0],
                                      asks ? apart.people[0] : apart.keeper, PATIENCE));
    run (&apart, 2 * HARK_MINUTE);
    hark_sim_core_node_stop (apart.people[0]);
    hark_sim_core_node_start (apart.people[0]);
    g_assert_true (hark_sim_wait_online (apart.people[0], apart.keeper, PATIENCE));
    hark_sim_world_clear (&apart.world);
  }
}

/* Nor from making it her own node, when nobody else owns it. */
static void
test_named_before_it_is_own (void)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_MAILBOX_ADD, NULL);
  Apart apart;

  apart_init (&apart, 8, 0);
  begin_node (&apart);
  name_node (&apart);
  command->address = hark_sim_address (apart.keeper, false);
  do_well (apart.people[0], command);
  wait_kept (&apart, apart.people[0]);
  hark_sim_world_clear (&apart.world);
}

/* ---- anything may end at any time ------------------------------------------------ */

static void
disturb (Apart *apart, int who)
{
  HarkSimCoreNode *node = draw (apart, 2) ? apart->keeper : apart->people[who];

  switch (draw (apart, 6)) {
  case 0:
    hark_sim_core_node_kill (node);
    break;
  case 1:
  case 2:
  case 3:
    hark_sim_core_node_die_at (node, 1 + (unsigned) draw (apart, 10), draw (apart, 2) == 0);
    break;
  default:
    break;
  }
}

/* The turn of @who: they write, and somebody may die of it. */
static void
take_turn (Apart *apart, int who, bool disturbed)
{
  turn_to (apart, who);
  hark_sim_core_node_start (apart->keeper);
  if (disturbed)
    disturb (apart, who);
  run (apart, (HarkTime) draw (apart, 10000) * HARK_MS);
  hark_sim_core_node_start (apart->people[who]);
  for (unsigned i = 0; disturbed && i < MESSAGES; i++) {
    hark_sim_core_node_start (apart->people[who]);
    write_to (apart, who);
    run (apart, (HarkTime) draw (apart, 1000) * HARK_MS);
  }
  if (disturbed)
    disturb (apart, who);
  run (apart, disturbed ? (HarkTime) draw (apart, 60) * HARK_SECOND : TURN);
}

/* What is on the disk of one is delivered, by his own account. */
static bool
is_even (Apart *apart)
{
  for (int i = 0; i < 2; i++) {
    bool even;

    hark_sim_core_node_start (apart->people[i]);
    even = count (apart, i, true, false) == count (apart, i, true, true);
    hark_sim_core_node_stop (apart->people[i]);
    if (!even)
      return false;
  }
  return true;
}

static void
run_bad (uint64_t seed, void (*make) (Apart *))
{
  Apart apart;
  unsigned turn = 0;

  apart_init (&apart, seed, 0.02);
  make (&apart);
  apart.keeper->store_time = (1 + draw (&apart, 100)) * HARK_MS;
  apart.people[1]->store_time = (1 + draw (&apart, 100)) * HARK_MS;
  for (; turn < 6; turn++)
    take_turn (&apart, (int) (turn % 2), true);
  for (; turn < 30 && !is_even (&apart); turn++)
    take_turn (&apart, (int) (turn % 2), false);
  g_assert_true (is_even (&apart));
  for (int i = 0; i < 2; i++)
    hark_sim_core_node_start (apart.people[i]);
  for (int i = 0; i < 2; i++)
    check_same (&apart, i);
  hark_sim_world_clear (&apart.world);
}

static void
test_never_in_pairs (void)
{
  for (unsigned seed = 1; seed <= hark_sim_runs (25); seed++) {
    g_test_message ("seed %u", seed);
    run_bad (seed, seed % 4 ? make_node : make_friend);
  }
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-mailbox/own-node-passes-it-on", test_node);
  g_test_add_func ("/core-mailbox/friend-passes-it-on", test_friend);
  g_test_add_func ("/core-mailbox/a-long-voice-message-comes-as-one", test_long_voice_message);
  g_test_add_func ("/core-mailbox/keepers-do-not-hear-what-others-agree-on", test_discreet);
  g_test_add_func ("/core-mailbox/hidden-neither-fetches-nor-leaves", test_hidden);
  g_test_add_func ("/core-mailbox/hidden-from-their-node-as-well", test_hidden_from_node);
  g_test_add_func ("/core-mailbox/own-node-by-its-words", test_node_by_words);
  g_test_add_func ("/core-mailbox/half-a-list-of-guests-sends-nobody-away", test_half_a_list);
  g_test_add_func ("/core-mailbox/wrong-words-add-nothing", test_wrong_words_add_nothing);
  g_test_add_func ("/core-mailbox/nobody-keeps-unasked", test_not_agreed);
  g_test_add_func ("/core-mailbox/keeper-vanishes-nothing-is-lost", test_keeper_vanishes);
  g_test_add_func ("/core-mailbox/keeper-who-lies-gains-nothing", test_hostile_keeper);
  g_test_add_func ("/core-mailbox/who-is-named-a-node-may-be-a-contact", test_named_a_node);
  g_test_add_func ("/core-mailbox/whoever-names-a-node-does-not-own-it",
                   test_named_before_it_is_own);
  g_test_add_func ("/core-mailbox/never-online-in-pairs", test_never_in_pairs);
  return g_test_run ();
}
