/* What groups have beside texts: voice messages, a timer, a picture, who read and who writes; and
 * what is deleted is gone from every disk. */
#include "core/heart/groups/groups.h"
#include "tests/sim/long-clip.h"
#include "tests/sim/party.h"

#include <string.h>

/* What @who's log holds of the bodies: how many, and bytes in all. */
static unsigned
bodies (Party *party, unsigned who)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_GROUP_LOG, 0);
  g_autoptr (HarkStoreReply) reply = NULL;
  unsigned n = 0;

  memcpy (request->group.id, party->group, sizeof request->group.id);
  request->limit = 500;
  reply = hark_store_execute (party->people[who]->store, request);
  g_assert_true (reply->ok);
  for (guint i = 0; i < reply->group_entries->len; i++)
    n += ((HarkStoreGroupEntry *) reply->group_entries->pdata[i])->body != NULL;
  return n;
}

static HarkCommand *
about (Party *party, HarkCommandKind kind, const uint8_t id[HARK_MESSAGE_ID_LEN], const char *text)
{
  HarkCommand *command = party_group_command (party, kind, -1);

  memcpy (command->id, id, sizeof command->id);
  command->text = g_strdup (text);
  return command;
}

static void
do_about (Party *party,
          unsigned who,
          HarkCommandKind kind,
          const uint8_t id[HARK_MESSAGE_ID_LEN],
          const char *text)
{
  const HarkEvent *result
    = hark_sim_core_node_ask (party->people[who], about (party, kind, id, text));

  g_assert_nonnull (result);
  if (!result->ok)
    g_error ("%s: %s", party_names[who], result->text);
}

static void
wait_a_bit (Party *party)
{
  hark_sim_network_run (party->world.network, 20 * HARK_SECOND);
}

static void
restart (Party *party, unsigned who)
{
  hark_sim_core_node_stop (party->people[who]);
  hark_sim_core_node_start (party->people[who]);
}

/* Alice and Carol know Bob; Bob alone is in touch with both. */
static void
three (Party *party, uint64_t seed)
{
  party_init (party, seed, 3);
  party_befriend (party, 0, 1);
  party_befriend (party, 1, 2);
  party_create (party);
  party_bring_in (party, 0, 1);
  party_give_role (party, 1, "admin");
  party_bring_in (party, 1, 2);
  party_wait_member (party, 0, 2, true);
  party_wait_member (party, 2, 0, true);
  wait_a_bit (party);
}

/* Also at who was away and gets it through others: the place in the chain stays, the words not. */
static void
test_deleted_is_gone_from_every_log (void)
{
  Party party;
  uint8_t id[HARK_MESSAGE_ID_LEN];

  three (&party, 21);
  memcpy (id, party_write_text (&party, 0, "a secret")->id, sizeof id);
  party_wait_same (&party, 0, 2, 1);
  do_about (&party, 0, HARK_COMMAND_EDIT, id, "a better secret");
  do_about (&party, 0, HARK_COMMAND_REACT, id, "!");
  wait_a_bit (&party);
  for (unsigned i = 0; i < 3; i++)
    g_assert_cmpuint (bodies (&party, i), ==, 3);
  hark_sim_core_node_stop (party.people[2]);
  do_about (&party, 0, HARK_COMMAND_DELETE, id, NULL);
  wait_a_bit (&party);
  g_assert_cmpuint (bodies (&party, 0), ==, 0);
  g_assert_cmpuint (bodies (&party, 1), ==, 0);
  hark_sim_core_node_stop (party.people[0]);
  hark_sim_core_node_start (party.people[2]);
  wait_a_bit (&party);
  g_assert_cmpuint (bodies (&party, 2), ==, 0);
  party_say (&party, 2, "what was it?"); /* and the chains go on */
  hark_sim_core_node_start (party.people[0]);
  party_say (&party, 0, "nothing");
  party_wait_same (&party, 0, 2, 3);
  party_check_calm (&party);
  party_clear (&party);
}

/* Who comes after that hears that something was there. */
static void
test_deleted_before_it_arrived (void)
{
  Party party;
  uint8_t id[HARK_MESSAGE_ID_LEN];
  g_autoptr (GPtrArray) history = NULL;

  three (&party, 22);
  hark_sim_core_node_stop (party.people[2]);
  memcpy (id, party_write_text (&party, 0, "too soon")->id, sizeof id);
  do_about (&party, 0, HARK_COMMAND_DELETE, id, NULL);
  party_say (&party, 0, "later");
  party_wait_same (&party, 0, 1, 2);
  hark_sim_core_node_stop (party.people[0]);
  hark_sim_core_node_start (party.people[2]);
  party_wait_same (&party, 1, 2, 2);
  history = party_history (&party, 2);
  g_assert_true (((HarkStoreMessage *) history->pdata[0])->deleted);
  g_assert_cmpstr (((HarkStoreMessage *) history->pdata[1])->text, ==, "later");
  g_assert_cmpuint (bodies (&party, 2), ==, 1);
  party_clear (&party);
}

static GBytes *
read_clip (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("HARK_VECTORS"), "clip.opus", NULL);
  char *bytes;
  gsize len;

  g_assert_true (g_file_get_contents (path, &bytes, &len, NULL));
  return g_bytes_new_take (bytes, len);
}

static void
test_voice_messages (void)
{
  Party party;
  g_autoptr (GBytes) sound = read_clip ();
  HarkCommand *command;
  const HarkEvent *event;
  uint8_t id[HARK_MESSAGE_ID_LEN];

  three (&party, 23);
  command = party_group_command (&party, HARK_COMMAND_CLIP, -1);
  command->sound = g_bytes_ref (sound);
  event = hark_sim_core_node_ask (party.people[0], command);
  g_assert_true (event->ok);
  memcpy (id, event->id, sizeof id);
  wait_a_bit (&party);
  event = hark_sim_core_node_find (party.people[2], HARK_EVENT_MESSAGE, 0);
  g_assert_nonnull (event);
  g_assert_cmpint (event->message->type, ==, HARK_MESSAGE_IS_CLIP);
  g_assert_cmpuint (event->message->length_ms, ==, 2000);
  event = hark_sim_core_node_ask (party.people[2], about (&party, HARK_COMMAND_SOUND, id, NULL));
  g_assert_true (event->ok && g_bytes_equal (event->sound, sound));
  command = party_group_command (&party, HARK_COMMAND_CLIP, -1);
  command->sound = g_bytes_new_from_bytes (sound, 0, g_bytes_get_size (sound) - 1);
  g_assert_false (hark_sim_core_node_ask (party.people[0], command)->ok);
  party_clear (&party);
}

/* The writer dies when it is on the disk, and the one who passes it on and the one who gets it die
 * between two parts; it is one message for all, and goes as one. */
static void
test_long_voice_message (void)
{
  g_autoptr (GPtrArray) parts = hark_sim_speak_parts (1, 5);
  HarkCommand *command;
  const HarkStoreMessage *row;
  HarkKey key;
  uint8_t id[HARK_MESSAGE_ID_LEN];
  Party party;

  three (&party, 29);
  hark_store_group_key (party.group, &key);
  command = party_group_command (&party, HARK_COMMAND_CLIP, -1);
  hark_sim_take_parts (command, parts);
  hark_sim_core_node_die_at (party.people[1], 3, true);
  hark_sim_core_node_die_at (party.people[2], 4, false);
  memcpy (id, hark_sim_core_node_ask (party.people[0], command)->id, sizeof id);
  hark_sim_core_node_stop (party.people[0]);
  hark_sim_core_node_start (party.people[0]);
  hark_sim_network_run (party.world.network, 3 * HARK_MINUTE);
  for (unsigned i = 0; i < 3; i++)
    g_assert_true (hark_sim_has_clip (party.people[i], &key, id, parts, HARK_MESSAGE_DELIVERED));
  do_about (&party, 0, HARK_COMMAND_DELETE, id, NULL);
  wait_a_bit (&party);
  for (unsigned i = 0; i < 3; i++) {
    g_autoptr (GPtrArray) history = party_history (&party, i);

    g_assert_cmpuint (history->len, ==, 1);
    row = history->pdata[0];
    g_assert_true (row->deleted && row->body == NULL);
    g_assert_cmpuint (bodies (&party, i), ==, 0);
  }
  party_clear (&party);
}

/* Not on the disk with all its parts, it is not there at all. */
static void
test_long_voice_message_half_written (void)
{
  g_autoptr (GPtrArray) parts = hark_sim_speak_parts (1, 5);
  HarkCommand *command;
  Party party;

  three (&party, 30);
  for (unsigned i = 0; i < 2; i++) {
    command = party_group_command (&party, HARK_COMMAND_CLIP, -1);
    hark_sim_take_parts (command, parts);
    hark_sim_core_node_die_at (party.people[0], 1, i == 0);
    hark_sim_core_node_do (party.people[0], command);
    wait_a_bit (&party);
    for (unsigned who = 0; who < 3; who++) {
      g_autoptr (GPtrArray) history = party_history (&party, who);

      g_assert_cmpuint (history->len, ==, i);
      g_assert_cmpuint (bodies (&party, who), ==, i * parts->len);
    }
  }
  party_clear (&party);
}

/* ---- bodies that were left out ---- */

/* What @who has of the message, from the disk; NULL: nothing. */
static HarkStoreMessage *
line_of (Party *party, unsigned who, const uint8_t id[HARK_MESSAGE_ID_LEN])
{
  g_autoptr (GPtrArray) history = party_history (party, who);

  for (guint i = 0; i < history->len; i++)
    if (memcmp (((HarkStoreMessage *) history->pdata[i])->id, id, HARK_MESSAGE_ID_LEN) == 0)
      return hark_store_message_copy (history->pdata[i]);
  return NULL;
}

/* Alice and Carol know Bob and Dave; Bob passes everything on without what it says. */
static void
four (Party *party, uint64_t seed)
{
  party_init (party, seed, 4);
  party_befriend (party, 0, 1);
  party_befriend (party, 0, 3);
  party_befriend (party, 2, 1);
  party_befriend (party, 2, 3);
  party_create (party);
  party_bring_in (party, 0, 1);
  party_bring_in (party, 0, 3);
  party_give_role (party, 1, "admin");
  party_bring_in (party, 1, 2);
  for (unsigned i = 0; i < 4; i++)
    party_wait_member (party, i, (i + 2) % 4, true);
  wait_a_bit (party);
  party->people[1]->leaves_out = true;
}

/* Until the first is here there is one line that says so, and no other. */
static void
test_left_out_parts (void)
{
  g_autoptr (GPtrArray) parts = hark_sim_speak_parts (1, 4);
  g_autoptr (GPtrArray) bare = NULL;
  HarkCommand *command;
  const HarkStoreMessage *row;
  HarkKey key;
  uint8_t id[HARK_MESSAGE_ID_LEN];
  Party party;

  four (&party, 31);
  hark_store_group_key (party.group, &key);
  hark_sim_core_node_stop (party.people[2]);
  command = party_group_command (&party, HARK_COMMAND_CLIP, -1);
  hark_sim_take_parts (command, parts);
  memcpy (id, hark_sim_core_node_ask (party.people[0], command)->id, sizeof id);
  party_wait_same (&party, 0, 3, 1);
  party_wait_same (&party, 0, 1, 1);
  wait_a_bit (&party);
  hark_sim_core_node_stop (party.people[0]);
  hark_sim_core_node_stop (party.people[3]);
  hark_sim_core_node_start (party.people[2]);
  hark_sim_network_run (party.world.network, HARK_MINUTE);
  bare = party_history (&party, 2);
  g_assert_cmpuint (bare->len, ==, 1);
  row = bare->pdata[0];
  g_assert_true (row->missing && memcmp (row->id, id, sizeof id) == 0);
  hark_sim_core_node_start (party.people[3]);
  hark_sim_network_run (party.world.network, 3 * HARK_MINUTE);
  g_assert_true (hark_sim_has_clip (party.people[2], &key, id, parts, HARK_MESSAGE_DELIVERED));
  party_clear (&party);
}

/* The author is gone, the carrier gives the entry without its body; a third one has it. */
static void
test_left_out_comes_from_another (void)
{
  Party party;
  g_autoptr (GBytes) sound = read_clip ();
  HarkCommand *command;
  HarkStoreMessage *line;
  uint8_t clip[HARK_MESSAGE_ID_LEN], text[HARK_MESSAGE_ID_LEN], gone[HARK_MESSAGE_ID_LEN];

  four (&party, 28);
  hark_sim_core_node_stop (party.people[2]);
  command = party_group_command (&party, HARK_COMMAND_CLIP, -1);
  command->sound = g_bytes_ref (sound);
  memcpy (clip, hark_sim_core_node_ask (party.people[0], command)->id, sizeof clip);
  memcpy (text, party_write_text (&party, 0, "frist")->id, sizeof text);
  do_about (&party, 0, HARK_COMMAND_EDIT, text, "first");
  memcpy (gone, party_write_text (&party, 0, "taken back")->id, sizeof gone);
  do_about (&party, 0, HARK_COMMAND_EDIT, gone, "soon");
  party_wait_same (&party, 0, 3, 3);
  party_wait_same (&party, 0, 1, 3);
  do_about (&party, 0, HARK_COMMAND_DELETE, gone, NULL);
  wait_a_bit (&party);
  hark_sim_core_node_stop (party.people[0]);
  hark_sim_core_node_stop (party.people[3]);
  hark_sim_core_node_start (party.people[2]);
  hark_sim_network_run (party.world.network, HARK_MINUTE);
  line = line_of (&party, 2, text);                               /* something was there */
  g_assert_true (line != NULL && line->deleted && line->missing); /* and is not taken back */
  hark_store_message_free (line);
  line = line_of (&party, 2, gone);
  g_assert_true (line != NULL && line->deleted && !line->missing);
  hark_store_message_free (line);
  g_assert_cmpuint (bodies (&party, 2), ==, 0);
  restart (&party, 2); /* which forgets nothing */
  hark_sim_network_run (party.world.network, HARK_MINUTE);
  hark_sim_core_node_start (party.people[3]);
  party_wait_same (&party, 2, 3, 3);
  wait_a_bit (&party); /* one at a time: the oldest last */
  line = line_of (&party, 2, text);
  g_assert_cmpstr (line->current, ==, "first"); /* the edit, too, which came before it */
  g_assert_false (line->deleted || line->missing);
  hark_store_message_free (line);
  line = line_of (&party, 2, clip);
  g_assert_true (line->body != NULL && g_bytes_equal (line->body, sound));
  hark_store_message_free (line);
  line = line_of (&party, 2, gone);
  g_assert_true (line->deleted);
  hark_store_message_free (line);
  g_assert_cmpuint (bodies (&party, 2), ==, 3); /* clip, text and its edit */
  g_assert_cmpuint (party.people[2]->warnings, ==, 0);
  party_clear (&party);
}

/* Set by an admin, for all; each clock begins when its owner has read it, and the writer's when it
 * has come to all. */
static void
test_timer (void)
{
  Party party;
  HarkCommand *command;
  uint8_t id[HARK_MESSAGE_ID_LEN];

  three (&party, 24);
  command = party_group_command (&party, HARK_COMMAND_TIMER, -1);
  command->seconds = 60;
  g_assert_false (hark_sim_core_node_ask (party.people[2], command)->ok);
  command = party_group_command (&party, HARK_COMMAND_TIMER, -1);
  command->seconds = 60;
  g_assert_true (hark_sim_core_node_ask (party.people[0], command)->ok);
  wait_a_bit (&party);
  g_assert_cmpuint (party_seen_by (&party, 2)->expires_s, ==, 60);
  memcpy (id, party_write_text (&party, 2, "for a minute")->id, sizeof id);
  party_wait_same (&party, 0, 2, 1);
  wait_a_bit (&party);
  do_about (&party, 0, HARK_COMMAND_READ, id, NULL);
  hark_sim_network_run (party.world.network, 2 * HARK_MINUTE);
  g_assert_cmpuint (bodies (&party, 0), ==, 0);
  g_assert_cmpuint (bodies (&party, 1), ==, 1); /* has not read it */
  g_assert_cmpuint (bodies (&party, 2), ==, 0);
  {
    g_autofree char *alice = party_told (&party, 0);
    g_autofree char *bob = party_told (&party, 1);

    g_assert_cmpstr (alice, ==, "");
    g_assert_nonnull (strstr (bob, "for a minute"));
  }
  party_clear (&party);
}

static GBytes *
picture_of (uint8_t colour)
{
  uint8_t *pixels = g_malloc (HARK_PICTURE_LEN);

  memset (pixels, colour, HARK_PICTURE_LEN);
  return g_bytes_new_take (pixels, HARK_PICTURE_LEN);
}

static bool
has_picture (Party *party, unsigned who, GBytes *wanted)
{
  const HarkEvent *event = party_ask (party, who, HARK_COMMAND_PICTURE, -1);

  g_assert_true (event->ok);
  return event->picture != NULL && g_bytes_equal (event->picture, wanted);
}

/* Who is no contact of who chose it has it through others, and who was away has the last one. */
static void
test_picture (void)
{
  Party party;
  HarkCommand *command;
  g_autoptr (GBytes) red = picture_of (200);
  g_autoptr (GBytes) blue = picture_of (30);

  three (&party, 25);
  command = party_group_command (&party, HARK_COMMAND_GROUP_PICTURE, -1);
  command->picture = g_bytes_ref (red);
  g_assert_true (hark_sim_core_node_ask (party.people[0], command)->ok);
  wait_a_bit (&party);
  g_assert_true (party_seen_by (&party, 2)->has_picture);
  g_assert_true (has_picture (&party, 2, red));
  hark_sim_core_node_stop (party.people[2]);
  command = party_group_command (&party, HARK_COMMAND_GROUP_PICTURE, -1);
  command->picture = g_bytes_ref (blue);
  g_assert_true (hark_sim_core_node_ask (party.people[0], command)->ok);
  wait_a_bit (&party);
  hark_sim_core_node_stop (party.people[0]);
  hark_sim_core_node_start (party.people[2]);
  wait_a_bit (&party);
  g_assert_true (has_picture (&party, 2, blue));
  command = party_group_command (&party, HARK_COMMAND_GROUP_PICTURE, -1);
  command->picture = g_bytes_new (NULL, 0);
  g_assert_false (hark_sim_core_node_ask (party.people[2], command)->ok); /* no admin */
  command = party_group_command (&party, HARK_COMMAND_GROUP_PICTURE, -1);
  command->picture = g_bytes_new (NULL, 0);
  g_assert_true (hark_sim_core_node_ask (party.people[1], command)->ok);
  wait_a_bit (&party);
  g_assert_false (party_seen_by (&party, 2)->has_picture);
  party_clear (&party);
}

/* ---- who read, who writes ---- */

static const HarkGroupPerson *
person (Party *party, unsigned who, unsigned about_whom)
{
  return party_person_in (party_seen_by (party, who), &party->people[about_whom]->account);
}

static void
set_right (Party *party, unsigned who, unsigned whom, const char *how, bool on)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_MAY, party->people[whom]);

  command->how = g_strdup (how);
  command->on = on;
  g_assert_true (hark_sim_core_node_ask (party->people[who], command)->ok);
}

static void
set_typing (Party *party, unsigned who, bool on)
{
  HarkCommand *command = party_group_command (party, HARK_COMMAND_TYPING, -1);

  command->on = on;
  g_assert_true (hark_sim_core_node_ask (party->people[who], command)->ok);
}

/* Each says it to contacts only, and not to whom they do not want to know. */
static void
test_who_read_and_who_writes (void)
{
  Party party;
  const HarkEvent *event;
  uint8_t id[HARK_MESSAGE_ID_LEN];

  three (&party, 26);
  memcpy (id, party_write_text (&party, 1, "read me")->id, sizeof id);
  party_wait_same (&party, 0, 2, 1);
  set_right (&party, 2, 1, "see-read", false);
  set_right (&party, 2, 1, "see-typing", false);
  do_about (&party, 0, HARK_COMMAND_READ, id, NULL);
  do_about (&party, 2, HARK_COMMAND_READ, id, NULL);
  set_typing (&party, 2, true);
  set_typing (&party, 0, true);
  wait_a_bit (&party);
  event = hark_sim_core_node_find (party.people[1], HARK_EVENT_MESSAGE, 0);
  g_assert_cmpuint (person (&party, 1, 0)->read, >=, event->message->position);
  g_assert_cmpuint (person (&party, 1, 2)->read, ==, 0); /* does not want it */
  g_assert_cmpuint (person (&party, 2, 0)->read, ==, 0); /* no contact */
  event = hark_sim_core_node_find (party.people[1], HARK_EVENT_TYPING, 0);
  g_assert_true (event != NULL && event->on && event->has_group);
  g_assert_true (memcmp (event->account, party.people[0]->account.bytes, HARK_ACCOUNT_LEN) == 0);
  g_assert_true (memcmp (event->of_group, party.group, sizeof party.group) == 0);
  g_assert_null (hark_sim_core_node_find (party.people[2], HARK_EVENT_TYPING, 0));
  hark_sim_core_node_stop (party.people[0]); /* who went does not write any more */
  hark_sim_network_run (party.world.network, HARK_MINUTE);
  event = hark_sim_core_node_find (party.people[1], HARK_EVENT_TYPING, 0);
  g_assert_false (event->on);
  set_right (&party, 2, 1, "see-read", true);
  wait_a_bit (&party);
  g_assert_cmpuint (person (&party, 1, 2)->read, >, 0);
  restart (&party, 1);
  event = hark_sim_core_node_find (party.people[1], HARK_EVENT_MESSAGE, 0);
  hark_sim_network_run (party.world.network, HARK_SECOND);
  g_assert_cmpuint (person (&party, 1, 0)->read, >=, event->message->position); /* who is away */
  hark_sim_network_run (party.world.network, 2 * HARK_MINUTE);
  g_assert_cmpuint (person (&party, 1, 2)->read, >, 0);
  party_clear (&party);
}

/* ---- members who become contacts ---- */

typedef struct {
  Party *party;
  unsigned a, b;
} Pair;

static bool
are_contacts (void *data)
{
  const Pair *pair = data;

  return hark_sim_core_node_sees_online (pair->party->people[pair->a], pair->party->people[pair->b])
         && hark_sim_core_node_sees_online (pair->party->people[pair->b],
                                            pair->party->people[pair->a]);
}

/* One asks through the group, while the other is away; one click of each, and no more. */
static void
test_members_become_contacts (void)
{
  Party party;
  Pair pair = {&party, 0, 2};

  three (&party, 27);
  hark_sim_core_node_stop (party.people[2]);
  party_do_well (&party, 0, HARK_COMMAND_GROUP_MEET, 2);
  g_assert_false (party_ask (&party, 0, HARK_COMMAND_GROUP_MEET, 2)->ok); /* once */
  g_assert_false (party_ask (&party, 0, HARK_COMMAND_GROUP_MEET, 1)->ok); /* is one */
  g_assert_true (person (&party, 0, 2)->asked);
  wait_a_bit (&party);
  hark_sim_core_node_start (party.people[2]);
  hark_sim_network_run (party.world.network, HARK_MINUTE);
  g_assert_true (person (&party, 2, 0)->asks);
  g_assert_false (person (&party, 1, 0)->asks); /* is not asked, and cannot read it */
  g_assert_null (hark_sim_core_node_person (party.people[2], &party.people[0]->account));
  party_do_well (&party, 2, HARK_COMMAND_GROUP_MEET, 0);
  g_assert_true (
    hark_sim_network_run_until (party.world.network, PARTY_PATIENCE, are_contacts, &pair));
  g_assert_null (hark_sim_core_node_find (party.people[0], HARK_EVENT_REQUEST, 0));
  hark_sim_core_node_stop (party.people[1]); /* needed no more */
  party_say (&party, 0, "just us");
  party_wait_same (&party, 0, 2, 1);
  party_clear (&party);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-groups-matter/deleted-is-gone-from-every-log",
                   test_deleted_is_gone_from_every_log);
  g_test_add_func ("/core-groups-matter/deleted-before-it-arrived", test_deleted_before_it_arrived);
  g_test_add_func ("/core-groups-matter/voice-messages-reach-who-is-no-contact",
                   test_voice_messages);
  g_test_add_func ("/core-groups-matter/a-long-voice-message-is-one", test_long_voice_message);
  g_test_add_func ("/core-groups-matter/a-long-voice-message-is-written-whole",
                   test_long_voice_message_half_written);
  g_test_add_func ("/core-groups-matter/parts-wait-for-the-first-in-one-line", test_left_out_parts);
  g_test_add_func ("/core-groups-matter/what-was-left-out-comes-from-another",
                   test_left_out_comes_from_another);
  g_test_add_func ("/core-groups-matter/a-timer-holds-for-all", test_timer);
  g_test_add_func ("/core-groups-matter/a-picture-comes-through-others", test_picture);
  g_test_add_func ("/core-groups-matter/who-read-and-who-writes", test_who_read_and_who_writes);
  g_test_add_func ("/core-groups-matter/members-become-contacts", test_members_become_contacts);
  return g_test_run ();
}
