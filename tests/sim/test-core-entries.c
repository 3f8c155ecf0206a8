/* Whatever two people do to their messages, both see the same conversation in the end. */
#include "core/store/parts.h"
#include "core/voice/recorder.h"
#include "tests/sim/long-clip.h"

#include <string.h>

#define PATIENCE (10 * HARK_MINUTE) /* until they find each other, whatever their clocks say */
#define STEPS 30
#define YEAR_MS (INT64_C (365) * 24 * 3600 * 1000)
#define HOUR_S 3600
#define LONG_MS 40000 /* more than a voice message has room for */

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *people[2];
} Talk;

static uint64_t
draw (Talk *talk, uint64_t bound)
{
  return hark_rng_below (hark_sim_network_rng (talk->world.network), bound);
}

static void
talk_init (Talk *talk, uint64_t seed, const HarkSimLinkConfig *link)
{
  *talk = (Talk){0};
  hark_sim_world_init (&talk->world, seed);
  talk->people[0] = hark_sim_world_add (&talk->world, HARK_SIM_NAT_PORT_RESTRICTED, link, "Alice");
  talk->people[1] = hark_sim_world_add (&talk->world, HARK_SIM_NAT_PORT_RESTRICTED, link, "Bob");
  g_assert_true (hark_sim_befriend (talk->people[0], talk->people[1], PATIENCE));
}

static GPtrArray *
history (Talk *talk, int who)
{
  return hark_sim_core_node_history (talk->people[who], &talk->people[1 - who]->account);
}

static HarkCommand *
about (Talk *talk, int who, HarkCommandKind kind, const uint8_t *id, const char *text)
{
  HarkCommand *command = hark_sim_command (kind, talk->people[1 - who]);

  if (id != NULL)
    memcpy (command->id, id, sizeof command->id);
  command->text = g_strdup (text);
  return command;
}

static const HarkEvent *
tell (Talk *talk, int who, HarkCommandKind kind, const uint8_t *id, const char *text)
{
  return hark_sim_core_node_ask (talk->people[who], about (talk, who, kind, id, text));
}

/* ---- what they see ---- */

static int
compare_words (const void *a, const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static void
render_reactions (const HarkStoreMessage *row, bool flip, GString *ret)
{
  g_autoptr (GPtrArray) signs = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; row->reactions != NULL && i < row->reactions->len; i++) {
    const HarkStoreReaction *sign = &g_array_index (row->reactions, HarkStoreReaction, i);

    g_ptr_array_add (signs, g_strdup_printf (" %d%s", sign->outgoing != flip, sign->text));
  }
  g_ptr_array_sort (signs, compare_words);
  for (guint i = 0; i < signs->len; i++)
    g_string_append (ret, signs->pdata[i]);
}

static char *
render (Talk *talk, int who)
{
  g_autoptr (GPtrArray) rows = history (talk, who);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++) {
    const HarkStoreMessage *row = rows->pdata[i];

    g_string_append_printf (text, "%" G_GUINT64_FORMAT " %02x%02x %d by %d: %s -> %s %u%s %u",
                            row->position, row->id[0], row->id[1], row->kind,
                            row->outgoing != (who == 1), row->text,
                            row->current != NULL ? row->current : "", row->edits,
                            row->deleted ? " gone" : "", row->expires_s);
    render_reactions (row, who == 1, text);
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

/* Entries of theirs that the other side does not have for sure. */
static unsigned
count_waiting (Talk *talk, int who)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_FROM, 0);
  g_autoptr (HarkStoreReply) reply = NULL;
  unsigned n = 0;

  request->limit = 500;
  reply = hark_store_execute (talk->people[who]->store, request);
  g_assert_true (reply->ok);
  for (guint i = 0; i < reply->messages->len; i++) {
    const HarkStoreMessage *row = reply->messages->pdata[i];

    n += row->outgoing && row->state < HARK_MESSAGE_DELIVERED;
  }
  return n;
}

static bool
is_even (Talk *talk)
{
  for (int who = 0; who < 2; who++)
    if (talk->people[who]->core == NULL || count_waiting (talk, who) > 0)
      return false;
  return true;
}

/* ---- what they do ---- */

/* A line of the conversation, or NULL. */
static const HarkStoreMessage *
pick (Talk *talk, const GPtrArray *rows)
{
  return rows->len > 0 ? rows->pdata[draw (talk, rows->len)] : NULL;
}

/* It can be refused for good reasons, and nobody may change what another wrote. */
static void
change (Talk *talk, int who, HarkCommandKind kind, unsigned step)
{
  g_autoptr (GPtrArray) rows = history (talk, who);
  const HarkStoreMessage *row = pick (talk, rows);
  g_autofree char *text = g_strdup_printf ("%u", step);
  const HarkEvent *result;

  if (row == NULL)
    return;
  result = tell (talk, who, kind, row->id,
                 kind == HARK_COMMAND_DELETE                         ? NULL
                 : kind == HARK_COMMAND_REACT && draw (talk, 4) == 0 ? ""
                                                                     : text);
  if (result == NULL)
    return;
  if (row->deleted || row->kind != HARK_MESSAGE_TEXT
      || (!row->outgoing && kind != HARK_COMMAND_REACT))
    g_assert_false (result->ok);
  else
    g_assert_true (result->ok);
}

static void
set_timer (Talk *talk, int who)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_TIMER, talk->people[1 - who]);

  command->seconds = draw (talk, 3) * 24 * HOUR_S;
  hark_sim_core_node_ask (talk->people[who], command);
}

static void
act (Talk *talk, int who, unsigned step)
{
  g_autofree char *text = g_strdup_printf ("line %u", step);

  switch (draw (talk, 8)) {
  case 0:
  case 1:
    change (talk, who, HARK_COMMAND_EDIT, step);
    break;
  case 2:
    change (talk, who, HARK_COMMAND_DELETE, step);
    break;
  case 3:
    change (talk, who, HARK_COMMAND_REACT, step);
    break;
  case 4:
    set_timer (talk, who);
    break;
  default:
    tell (talk, who, HARK_COMMAND_SEND, NULL, text);
    break;
  }
}

static void
disturb (Talk *talk)
{
  const unsigned who = (unsigned) draw (talk, 2);
  HarkSimCoreNode *node = talk->people[who];

  switch (draw (talk, 14)) {
  case 0:
    hark_sim_core_node_kill (node);
    break;
  case 1:
    hark_sim_core_node_die_at (node, 1 + (unsigned) draw (talk, 4), draw (talk, 2) == 0);
    break;
  case 2:
    hark_sim_core_node_stop (node);
    break;
  case 3:
    hark_sim_network_cut_site (talk->world.network, talk->world.sites[who], true);
    break;
  case 4:
    hark_sim_network_cut_site (talk->world.network, talk->world.sites[who], false);
    break;
  default:
    break;
  }
}

static void
settle (Talk *talk)
{
  HarkTime end;

  for (int who = 0; who < 2; who++) {
    hark_sim_network_cut_site (talk->world.network, talk->world.sites[who], false);
    hark_sim_core_node_start (talk->people[who]);
  }
  end = hark_sim_network_now (talk->world.network) + PATIENCE;
  while (!is_even (talk) && hark_sim_network_now (talk->world.network) < end)
    hark_sim_network_run (talk->world.network, HARK_SECOND);
  g_assert_true (is_even (talk));
}

static void
run_one (uint64_t seed)
{
  HarkSimLinkConfig link = hark_sim_lossy_link (0.05);
  g_autofree char *alice = NULL;
  g_autofree char *bob = NULL;
  Talk talk;

  talk_init (&talk, seed, &link);
  for (int who = 0; who < 2; who++)
    hark_sim_core_node_set_clock (talk.people[who], ((int64_t) draw (&talk, 11) - 5) * YEAR_MS);
  for (unsigned step = 0; step < STEPS; step++) {
    const int who = (int) draw (&talk, 2);

    hark_sim_core_node_start (talk.people[who]);
    act (&talk, who, step);
    disturb (&talk);
    hark_sim_network_run (talk.world.network, (HarkTime) draw (&talk, 800) * HARK_MS);
  }
  settle (&talk);
  alice = render (&talk, 0);
  bob = render (&talk, 1);
  g_assert_cmpstr (alice, ==, bob);
  hark_sim_world_clear (&talk.world);
}

static void
test_same_conversation (void)
{
  const unsigned seeds = hark_sim_runs (1) > 1 ? 10000 : 30;

  for (unsigned seed = 1; seed <= seeds; seed++) {
    g_test_message ("seed %u", seed);
    run_one (seed);
  }
}

/* ---- being told ---- */

/* Whether an event of @kind came to @who since. */
static bool
was_told (Talk *talk, int who, HarkEventKind kind, guint since)
{
  hark_sim_network_run (talk->world.network, 2 * HARK_SECOND);
  for (guint i = since; i < talk->people[who]->events->len; i++) {
    const HarkEvent *event = talk->people[who]->events->pdata[i];

    if (event->kind == kind
        && (kind != HARK_EVENT_MESSAGE_STATE || event->message->state == HARK_STATE_READ))
      return true;
  }
  return false;
}

static bool
typing_shows (Talk *talk)
{
  const guint since = talk->people[0]->events->len;
  HarkCommand *command = hark_sim_command (HARK_COMMAND_TYPING, talk->people[0]);

  command->on = true;
  g_assert_true (hark_sim_core_node_ask (talk->people[1], command)->ok);
  if (!was_told (talk, 0, HARK_EVENT_TYPING, since))
    return false;
  command = hark_sim_command (HARK_COMMAND_TYPING, talk->people[0]);
  g_assert_true (hark_sim_core_node_ask (talk->people[1], command)->ok);
  hark_sim_network_run (talk->world.network, HARK_SECOND);
  return true;
}

/* Alice writes, Bob reads. */
static bool
reading_shows (Talk *talk)
{
  uint8_t id[HARK_MESSAGE_ID_LEN];
  guint since;

  memcpy (id, tell (talk, 0, HARK_COMMAND_SEND, NULL, "Read me")->id, sizeof id);
  hark_sim_network_run (talk->world.network, 2 * HARK_SECOND);
  since = talk->people[0]->events->len;
  g_assert_true (tell (talk, 1, HARK_COMMAND_READ, id, NULL)->ok);
  return was_told (talk, 0, HARK_EVENT_MESSAGE_STATE, since);
}

static void
let (Talk *talk, bool everybody, const char *how, bool on)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_MAY, everybody ? NULL : talk->people[0]);
  const HarkEvent *result;

  command->how = g_strdup (how);
  command->on = on;
  result = hark_sim_core_node_ask (talk->people[1], command);
  g_assert_true (result->ok);
}

static void
test_switches (void)
{
  Talk talk;

  talk_init (&talk, 4, &(HarkSimLinkConfig){.delay = 10 * HARK_MS});
  g_assert_true (typing_shows (&talk));
  g_assert_true (reading_shows (&talk));
  let (&talk, false, "see-read", false);
  g_assert_true (typing_shows (&talk));
  g_assert_false (reading_shows (&talk));
  let (&talk, true, "see-typing", false);
  hark_sim_core_node_kill (talk.people[1]);
  hark_sim_core_node_start (talk.people[1]);
  g_assert_true (hark_sim_wait_online (talk.people[0], talk.people[1], PATIENCE));
  g_assert_false (typing_shows (&talk));
  g_assert_false (reading_shows (&talk));
  let (&talk, false, "see-read", true);
  let (&talk, true, "see-read", false);
  g_assert_false (reading_shows (&talk));
  let (&talk, true, "see-read", true);
  let (&talk, true, "see-typing", true);
  g_assert_true (typing_shows (&talk));
  g_assert_true (reading_shows (&talk));
  hark_sim_world_clear (&talk.world);
}

/* What waits says why, and when it is tried again. */
static void
test_waiting (void)
{
  const HarkEvent *state;
  Talk talk;

  talk_init (&talk, 6, &(HarkSimLinkConfig){.delay = 10 * HARK_MS});
  hark_sim_core_node_stop (talk.people[1]);
  hark_sim_network_run (talk.world.network, 3 * HARK_MINUTE);
  g_assert_true (tell (&talk, 0, HARK_COMMAND_SEND, NULL, "Are you there?")->ok);
  state = hark_sim_core_node_find (talk.people[0], HARK_EVENT_MESSAGE_STATE, 0);
  g_assert_cmpint (state->message->state, ==, HARK_STATE_QUEUED);
  g_assert_nonnull (strstr (state->reason, "not online"));
  g_assert_cmpint (state->next_try_ms, >=, state->time_ms);
  hark_sim_network_run (talk.world.network, HARK_MINUTE);
  g_assert_cmpint (
    hark_sim_core_node_person (talk.people[0], &talk.people[1]->account)->next_try_ms, >,
    state->time_ms);
  hark_sim_world_clear (&talk.world);
}

/* ---- voice ---- */

static GBytes *
read_clip (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("HARK_VECTORS"), "clip.opus", NULL);
  char *bytes;
  gsize len;

  g_assert_true (g_file_get_contents (path, &bytes, &len, NULL));
  return g_bytes_new_take (bytes, len);
}

/* Spoken, heard, marked, and taken back; what is no sound does not go out. */
static void
test_clip (void)
{
  g_autoptr (GBytes) sound = read_clip ();
  uint8_t id[HARK_MESSAGE_ID_LEN];
  HarkCommand *command;
  const HarkEvent *event;
  Talk talk;

  talk_init (&talk, 10, &(HarkSimLinkConfig){.delay = 10 * HARK_MS});
  command = about (&talk, 0, HARK_COMMAND_CLIP, NULL, NULL);
  command->sound = g_bytes_ref (sound);
  memcpy (id, hark_sim_core_node_ask (talk.people[0], command)->id, sizeof id);
  hark_sim_network_run (talk.world.network, 2 * HARK_SECOND);
  event = hark_sim_core_node_find (talk.people[1], HARK_EVENT_MESSAGE, 0);
  g_assert_cmpint (event->message->type, ==, HARK_MESSAGE_IS_CLIP);
  g_assert_cmpuint (event->message->length_ms, ==, 2000);
  event = tell (&talk, 1, HARK_COMMAND_SOUND, id, NULL);
  g_assert_true (event->ok && g_bytes_equal (event->sound, sound));
  g_assert_true (tell (&talk, 1, HARK_COMMAND_REACT, id, "!")->ok);
  g_assert_false (tell (&talk, 0, HARK_COMMAND_EDIT, id, "words")->ok);
  g_assert_true (tell (&talk, 0, HARK_COMMAND_DELETE, id, NULL)->ok);
  hark_sim_network_run (talk.world.network, 2 * HARK_SECOND);
  g_assert_false (tell (&talk, 0, HARK_COMMAND_SOUND, id, NULL)->ok);
  g_assert_false (tell (&talk, 1, HARK_COMMAND_SOUND, id, NULL)->ok);
  command = about (&talk, 0, HARK_COMMAND_CLIP, NULL, NULL);
  command->sound = g_bytes_new_from_bytes (sound, 0, g_bytes_get_size (sound) - 1);
  g_assert_false (hark_sim_core_node_ask (talk.people[0], command)->ok);
  hark_sim_world_clear (&talk.world);
}

static const HarkEvent *
record (Talk *talk, int who, const char *how)
{
  HarkCommand *command = about (talk, who, HARK_COMMAND_RECORD, NULL, NULL);

  command->how = g_strdup (how);
  return hark_sim_core_node_ask (talk->people[who], command);
}

static const HarkEvent *
steer (Talk *talk, int who, const char *how, const uint8_t *id)
{
  HarkCommand *command = about (talk, who, HARK_COMMAND_PLAY, id, NULL);

  command->how = g_strdup (how);
  command->at_ms = 1000;
  return hark_sim_core_node_ask (talk->people[who], command);
}

/* (transfer full): the parts of noise, named @set. */
static GPtrArray *
speak (uint8_t set)
{
  const uint8_t name[HARK_OGG_SET_LEN] = {set};
  g_autoptr (HarkRecorder) recorder = hark_recorder_new (name);
  uint32_t noise = set;

  for (unsigned i = 0; i < LONG_MS / 10; i++) {
    int16_t loud[HARK_VOICE_BLOCK];

    for (unsigned k = 0; k < HARK_VOICE_BLOCK; k++) {
      noise = noise * 1664525 + 1013904223;
      loud[k] = (int16_t) ((int) (noise >> 18) - 8192);
    }
    hark_recorder_take (recorder, loud);
  }
  return hark_recorder_finish (recorder);
}

static const HarkStoreMessage *
only_line (Talk *talk, int who, GPtrArray **ret)
{
  *ret = history (talk, who);
  g_assert_cmpuint ((*ret)->len, ==, 1);
  return (*ret)->pdata[0];
}

/* Both are killed between two parts; it comes as one message, is heard as one, and goes as one. */
static void
test_long (void)
{
  g_autoptr (GPtrArray) parts = speak (1);
  g_autoptr (GPtrArray) here = NULL;
  g_autoptr (GPtrArray) there = NULL;
  g_autoptr (GPtrArray) after = NULL;
  uint8_t id[HARK_MESSAGE_ID_LEN];
  const HarkStoreMessage *row;
  HarkCommand *command;
  Talk talk;

  g_assert_cmpuint (parts->len, >, 1);
  talk_init (&talk, 14, &(HarkSimLinkConfig){.delay = 10 * HARK_MS});
  command = about (&talk, 0, HARK_COMMAND_CLIP, NULL, NULL);
  hark_sim_take_parts (command, parts);
  hark_sim_core_node_die_at (talk.people[1], 2, true);
  memcpy (id, hark_sim_core_node_ask (talk.people[0], command)->id, sizeof id);
  hark_sim_core_node_die_at (talk.people[0], 1, false);
  g_assert_true (hark_sim_wait_online (talk.people[0], talk.people[1], PATIENCE));
  hark_sim_network_run (talk.world.network, 30 * HARK_SECOND);
  row = only_line (&talk, 0, &here);
  g_assert_true (memcmp (row->id, id, sizeof id) == 0);
  g_assert_cmpint (row->least, ==, HARK_MESSAGE_DELIVERED);
  row = only_line (&talk, 1, &there);
  g_assert_true (memcmp (row->id, id, sizeof id) == 0);
  g_assert_cmpuint (row->parts_here, ==, parts->len);
  g_assert_cmpuint (row->length_ms, ==, LONG_MS);
  g_assert_true (steer (&talk, 1, "start", id)->ok);
  g_assert_cmpuint (g_bytes_get_size (talk.people[1]->played), >, HARK_SOUND_MAX);
  hark_core_handle_playing (talk.people[1]->core, LONG_MS, true,
                            hark_sim_network_now (talk.world.network));
  g_assert_true (tell (&talk, 1, HARK_COMMAND_READ, id, NULL)->ok);
  g_assert_true (tell (&talk, 1, HARK_COMMAND_REACT, id, "!")->ok);
  g_assert_true (tell (&talk, 0, HARK_COMMAND_DELETE, id, NULL)->ok);
  hark_sim_network_run (talk.world.network, 5 * HARK_SECOND);
  row = only_line (&talk, 1, &after);
  g_assert_true (row->deleted && row->body == NULL);
  g_assert_false (tell (&talk, 1, HARK_COMMAND_SOUND, id, NULL)->ok);
  hark_sim_world_clear (&talk.world);
}

/* A part that was saved once, and is sent by itself, is no part of anything. */
static void
test_part_alone (void)
{
  g_autoptr (GPtrArray) parts = hark_sim_speak_parts (3, 2);
  g_autoptr (GPtrArray) there = NULL;
  const HarkStoreMessage *row;
  HarkStorePart part;
  HarkCommand *command;
  gsize len;
  const void *bytes = g_bytes_get_data (parts->pdata[1], &len);
  Talk talk;

  talk_init (&talk, 15, &(HarkSimLinkConfig){.delay = 10 * HARK_MS});
  g_assert_true (hark_store_part_read (parts->pdata[1], &part));
  command = about (&talk, 0, HARK_COMMAND_CLIP, NULL, NULL);
  command->sound = g_bytes_new (bytes, len);
  g_assert_true (hark_sim_core_node_ask (talk.people[0], command)->ok);
  hark_sim_network_run (talk.world.network, 30 * HARK_SECOND);
  row = only_line (&talk, 1, &there);
  g_assert_cmpuint (row->part, ==, 0);
  g_assert_false (hark_store_part_read (row->body, &part));
  hark_sim_world_clear (&talk.world);
}

/* Whoever speaks into nothing is told so at once, not when they are done. */
static void
test_nothing_to_speak_into (void)
{
  GPtrArray *none = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_sound_device_free);
  HarkCommand *command = hark_command_new (HARK_COMMAND_DEVICE);
  HarkSimCoreNode *alice;
  const HarkEvent *event;
  guint from;
  Talk talk;

  talk_init (&talk, 13, &(HarkSimLinkConfig){.delay = 10 * HARK_MS});
  alice = talk.people[0];
  command->mic = g_strdup ("pulse");
  g_assert_true (hark_sim_core_node_ask (alice, command)->ok);
  g_assert_true (record (&talk, 0, "start")->ok); /* nobody has looked yet */
  from = alice->events->len;
  hark_core_handle_devices (alice->core, none, true, hark_sim_network_now (talk.world.network));
  hark_sim_node_flush (alice->node);
  event = hark_sim_core_node_find (alice, HARK_EVENT_RECORDING, from);
  g_assert_nonnull (event);
  g_assert_cmpint (event->recording->phase, ==, HARK_RECORDING_OVER);
  g_assert_cmpstr (event->reason, ==, "This computer has no microphone now.");
  g_assert_false (alice->recording);
  event = record (&talk, 0, "start");
  g_assert_false (event->ok);
  g_assert_cmpstr (event->text, ==, "This computer has no microphone now.");
  g_assert_false (alice->recording);
  hark_sim_world_clear (&talk.world);
}

/* What one entry has no room for is one message, heard as one. */
static void
test_recorded (void)
{
  const HarkStoreMessage *first;
  g_autoptr (GPtrArray) rows = NULL;
  HarkSimCoreNode *alice, *bob;
  guint from;
  Talk talk;

  talk_init (&talk, 12, &(HarkSimLinkConfig){.delay = 10 * HARK_MS});
  alice = talk.people[0];
  bob = talk.people[1];
  alice->spoken_ms = LONG_MS;
  g_assert_false (record (&talk, 0, "stop")->ok);
  g_assert_true (record (&talk, 0, "start")->ok);
  g_assert_true (alice->recording);
  g_assert_false (record (&talk, 0, "start")->ok);
  g_assert_true (record (&talk, 0, "cancel")->ok);
  g_assert_false (alice->recording);
  hark_sim_network_run (talk.world.network, HARK_SECOND);
  rows = history (&talk, 1);
  g_assert_cmpuint (rows->len, ==, 0);

  g_clear_pointer (&rows, g_ptr_array_unref);
  from = alice->events->len;
  g_assert_true (record (&talk, 0, "start")->ok);
  g_assert_true (record (&talk, 0, "stop")->ok);
  g_assert_false (alice->recording);
  g_assert_nonnull (hark_sim_core_node_find (alice, HARK_EVENT_RECORDING, from));
  hark_sim_network_run (talk.world.network, 10 * HARK_SECOND);
  rows = history (&talk, 1);
  g_assert_cmpuint (rows->len, ==, 1);
  first = rows->pdata[0];
  g_assert_cmpuint (first->parts, >, 1);
  g_assert_cmpuint (first->parts_here, ==, first->parts);
  g_assert_cmpuint (
    g_bytes_get_size (tell (&talk, 1, HARK_COMMAND_WAVEFORM, first->id, NULL)->peaks), ==,
    HARK_PEAKS);
  g_assert_false (steer (&talk, 1, "seek", NULL)->ok);
  g_assert_true (steer (&talk, 1, "start", first->id)->ok);
  for (guint i = 0; i < rows->len; i++) {
    g_assert_nonnull (bob->played);
    g_assert_true (steer (&talk, 1, "pause", NULL)->ok);
    g_assert_true (steer (&talk, 1, "seek", NULL)->ok);
    g_assert_true (steer (&talk, 1, "resume", NULL)->ok);
    hark_core_handle_playing (bob->core, LONG_MS, true, hark_sim_network_now (talk.world.network));
    g_assert_true (tell (&talk, 1, HARK_COMMAND_HISTORY, NULL, NULL)->ok);
  }
  g_assert_null (bob->played);
  g_clear_pointer (&rows, g_ptr_array_unref);
  rows = history (&talk, 1);
  for (guint i = 0; i < rows->len; i++)
    g_assert_cmpuint (((HarkStoreMessage *) rows->pdata[i])->ref, ==, 1);
  hark_sim_world_clear (&talk.world);
}

/* ---- notes to oneself ---- */

static const HarkEvent *
note (HarkSimCoreNode *node, HarkCommandKind kind, const uint8_t *id, const char *text)
{
  HarkCommand *command = hark_sim_command (kind, node);

  if (id != NULL)
    memcpy (command->id, id, sizeof command->id);
  command->text = g_strdup (text);
  return hark_sim_core_node_ask (node, command);
}

static const HarkEvent *
note_recorded (HarkSimCoreNode *node, const char *how)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_RECORD, node);

  command->how = g_strdup (how);
  return hark_sim_core_node_ask (node, command);
}

static void
test_notes (void)
{
  uint8_t id[HARK_MESSAGE_ID_LEN], unknown[HARK_MESSAGE_ID_LEN] = {7};
  HarkSimCoreNode *alice;
  const HarkStoreMessage *row;
  g_autoptr (GPtrArray) rows = NULL;
  Talk talk;

  talk_init (&talk, 8, &(HarkSimLinkConfig){.delay = 10 * HARK_MS});
  alice = talk.people[0];
  memcpy (id, note (alice, HARK_COMMAND_SEND, NULL, "Milk")->id, sizeof id);
  g_assert_true (note (alice, HARK_COMMAND_EDIT, id, "Oat milk")->ok);
  g_assert_true (note (alice, HARK_COMMAND_REACT, id, "!")->ok);
  g_assert_false (note (alice, HARK_COMMAND_EDIT, unknown, "?")->ok);
  rows = hark_sim_core_node_history (alice, &alice->account);
  g_assert_cmpuint (rows->len, ==, 1);
  row = rows->pdata[0];
  g_assert_cmpstr (row->current, ==, "Oat milk");
  g_assert_cmpuint (row->reactions->len, ==, 1);
  g_assert_true (note (alice, HARK_COMMAND_DELETE, id, NULL)->ok);
  g_assert_false (note (alice, HARK_COMMAND_EDIT, id, "again")->ok);
  g_assert_false (note (alice, HARK_COMMAND_TIMER, NULL, NULL)->ok);
  g_clear_pointer (&rows, g_ptr_array_unref);
  rows = hark_sim_core_node_history (alice, &alice->account);
  g_assert_true (((HarkStoreMessage *) rows->pdata[0])->deleted);
  alice->spoken_ms = 3000;
  g_assert_true (note_recorded (alice, "start")->ok);
  g_assert_true (note_recorded (alice, "stop")->ok);
  g_clear_pointer (&rows, g_ptr_array_unref);
  rows = hark_sim_core_node_history (alice, &alice->account);
  g_assert_cmpuint (rows->len, ==, 2);
  hark_sim_world_clear (&talk.world);
}

/* ---- by the message alone ---- */

static const HarkEvent *
of_message (HarkSimCoreNode *node, HarkCommandKind kind, const uint8_t *id, const char *text)
{
  HarkCommand *command = hark_command_new (kind);

  memcpy (command->id, id, sizeof command->id);
  command->text = g_strdup (text);
  return hark_sim_core_node_ask (node, command);
}

static void
test_by_id (void)
{
  uint8_t id[HARK_MESSAGE_ID_LEN], noted[HARK_MESSAGE_ID_LEN], unknown[HARK_MESSAGE_ID_LEN] = {7};
  g_autoptr (GPtrArray) rows = NULL;
  HarkSimCoreNode *alice, *bob;
  Talk talk;

  talk_init (&talk, 12, &(HarkSimLinkConfig){.delay = 10 * HARK_MS});
  alice = talk.people[0];
  bob = talk.people[1];
  memcpy (id, tell (&talk, 0, HARK_COMMAND_SEND, NULL, "One")->id, sizeof id);
  memcpy (noted, note (alice, HARK_COMMAND_SEND, NULL, "Milk")->id, sizeof noted);
  hark_sim_network_run (talk.world.network, 2 * HARK_SECOND);

  g_assert_true (of_message (bob, HARK_COMMAND_READ, id, NULL)->ok);
  g_assert_false (of_message (bob, HARK_COMMAND_EDIT, id, "Mine")->ok);
  g_assert_true (of_message (alice, HARK_COMMAND_EDIT, id, "Two")->ok);
  g_assert_true (of_message (alice, HARK_COMMAND_EDIT, noted, "Oat milk")->ok);
  g_assert_false (of_message (alice, HARK_COMMAND_EDIT, unknown, "?")->ok);
  g_assert_cmpuint (of_message (alice, HARK_COMMAND_EDITS, id, NULL)->messages->len, ==, 2);
  hark_sim_network_run (talk.world.network, 2 * HARK_SECOND);
  rows = history (&talk, 1);
  g_assert_cmpstr (((HarkStoreMessage *) rows->pdata[0])->current, ==, "Two");
  g_clear_pointer (&rows, g_ptr_array_unref);
  rows = history (&talk, 0);
  g_assert_cmpint (((HarkStoreMessage *) rows->pdata[0])->state, ==, HARK_MESSAGE_READ);
  g_clear_pointer (&rows, g_ptr_array_unref);
  rows = hark_sim_core_node_history (alice, &alice->account);
  g_assert_cmpstr (((HarkStoreMessage *) rows->pdata[0])->current, ==, "Oat milk");

  g_assert_true (of_message (alice, HARK_COMMAND_DELETE, id, NULL)->ok);
  hark_sim_network_run (talk.world.network, 2 * HARK_SECOND);
  g_clear_pointer (&rows, g_ptr_array_unref);
  rows = history (&talk, 1);
  g_assert_true (((HarkStoreMessage *) rows->pdata[0])->deleted);
  hark_sim_world_clear (&talk.world);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-entries/notes-are-changed-too", test_notes);
  g_test_add_func ("/core-entries/a-long-one-is-spoken-and-heard-as-one", test_recorded);
  g_test_add_func ("/core-entries/who-has-no-microphone-is-told-at-once",
                   test_nothing_to_speak_into);
  g_test_add_func ("/core-entries/a-long-voice-message-is-one", test_long);
  g_test_add_func ("/core-entries/a-part-by-itself-is-a-message", test_part_alone);
  g_test_add_func ("/core-entries/voice-messages-are-heard-and-taken-back", test_clip);
  g_test_add_func ("/core-entries/what-waits-says-until-when", test_waiting);
  g_test_add_func ("/core-entries/what-is-switched-off-is-not-told", test_switches);
  g_test_add_func ("/core-entries/message-is-found-by-its-id", test_by_id);
  g_test_add_func ("/core-entries/both-see-the-same-conversation", test_same_conversation);
  return g_test_run ();
}
