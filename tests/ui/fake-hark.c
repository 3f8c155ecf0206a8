/* tests/ui/fake-hark.c - the window with a fake engine and a scene to look at.
 *
 *   fake-hark SCENE    welcome, locked, empty, people, request, chat, queued, blocked, files, call,
 *                      incoming, second-call, held-call, missed-call, call-elsewhere, warning,
 * network, group, and dialogs: add, words, address, person, profile, new-group, about-group; rich:
 * a chat with all a text can have
 */
#include "tests/ui/fake-engine.h"
#include "tests/ui/fake-history.h"
#include "ui/application.h"
#include "ui/files/words-dialog.h"
#include "ui/language.h"

#include <locale.h>
#include <string.h>

enum { BOB = 1, EVE, CAROL, DAN, FRANK, SELF, GROUP };

static const char *scene;
static uint64_t next_position = 1;

/* To the window, and into what it can ask for later. */
static void
tell (HarkEvent *event)
{
  if (event->kind == HARK_EVENT_MESSAGE)
    fake_history_keep (event->message);
  fake_engine_emit (event);
}

static bool
is (const char *name)
{
  return strcmp (scene, name) == 0;
}

static int64_t
minutes_ago (unsigned minutes)
{
  return g_get_real_time () / 1000 - (int64_t) minutes * 60000;
}

static void
say (uint8_t person, bool outgoing, unsigned ago, HarkSendState state, const char *text)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE);

  event->message = fake_message (person, next_position++, outgoing, text);
  event->message->sent_ms = minutes_ago (ago);
  event->message->state = state;
  tell (event);
}

static void
file (
  uint8_t person, bool outgoing, unsigned ago, HarkFileState state, const char *name, double share)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_FILE_OFFER);
  uint64_t id = next_position++;

  event->transfer = fake_transfer (person, id, outgoing, name);
  event->transfer->state = state;
  event->transfer->size = 42800000;
  event->transfer->bytes = (uint64_t) (42800000.0 * share);
  event->transfer->rate = state == HARK_FILE_MOVING ? 9.7e6 : 0;
  event->transfer->path = g_strdup ("/tmp/file");
  tell (event);
  event = hark_event_new (HARK_EVENT_MESSAGE);
  event->message = fake_message (person, id, outgoing, name);
  event->message->type = HARK_MESSAGE_IS_FILE;
  event->message->state = HARK_STATE_DELIVERED;
  event->message->ref = id;
  event->message->sent_ms = minutes_ago (ago);
  tell (event);
}

/* An offer with a small picture in it. */
static void
picture_file (void)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_FILE_STATE);
  g_autofree guint8 *bytes = g_new (guint8, HARK_PREVIEW_LEN_MAX);
  guint8 *at = bytes;

  *at++ = HARK_PREVIEW_WIDTH_MAX;
  *at++ = HARK_PREVIEW_HEIGHT_MAX;
  for (guint y = 0; y < HARK_PREVIEW_HEIGHT_MAX; y++)
    for (guint x = 0; x < HARK_PREVIEW_WIDTH_MAX; x++) {
      *at++ = (guint8) (y > 80 ? 220 : 90 + x / 4);
      *at++ = (guint8) (y > 80 ? 190 : 150 + y / 2);
      *at++ = (guint8) (y > 80 ? 120 : 230);
    }
  file (BOB, false, 0, HARK_FILE_OFFERED, "beach.jpg", 0);
  event->transfer = fake_transfer (BOB, next_position - 1, false, "beach.jpg");
  event->transfer->state = HARK_FILE_OFFERED;
  event->transfer->size = 3400000;
  event->transfer->preview = g_bytes_new (bytes, HARK_PREVIEW_LEN_MAX);
  tell (event);
}

static void
past_call (uint8_t person, bool outgoing, unsigned ago, uint64_t length_ms)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE);

  event->message = fake_message (person, next_position++, outgoing, "");
  event->message->type = HARK_MESSAGE_IS_CALL;
  event->message->state = HARK_STATE_DELIVERED;
  event->message->ref = length_ms;
  event->message->sent_ms = minutes_ago (ago);
  tell (event);
}

static void
person (uint8_t n, const char *name, HarkPersonStatus status, HarkPresence presence)
{
  HarkEvent *event
    = hark_event_new (status == HARK_PERSON_REQUEST ? HARK_EVENT_REQUEST : HARK_EVENT_CONTACT);

  event->person = fake_person (n, name, status);
  event->person->presence = presence;
  event->person->path = presence == HARK_PRESENCE_ONLINE ? HARK_PATH_DIRECT : HARK_PATH_NONE;
  event->person->last_seen_ms = minutes_ago (95);
  event->person->verified = n == BOB;
  if (status == HARK_PERSON_REQUEST) {
    g_free (event->person->request_text);
    event->person->request_text = g_strdup ("Hi, it is Dan from the chess club.");
  }
  tell (event);
}

static void
call_with (uint8_t person, HarkCallPhase phase, bool outgoing)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CALL);

  event->call = g_new0 (HarkCall, 1);
  event->call->id = person;
  memset (event->call->contact, person, HARK_ACCOUNT_LEN);
  event->call->phase = phase;
  event->call->outgoing = outgoing;
  event->call->held_here = phase == HARK_HELD;
  if (phase == HARK_HELD)
    event->call->reason = g_strdup ("You put the call on hold.");
  if (phase == HARK_ENDED)
    event->call->reason = g_strdup ("Missed call");
  tell (event);
}

static void
call (HarkCallPhase phase, bool outgoing)
{
  HarkEvent *event;

  call_with (BOB, phase, outgoing);
  if (phase != HARK_ACTIVE)
    return;
  event = hark_event_new (HARK_EVENT_CALL_STATS);
  event->call_stats = g_new0 (HarkCallStats, 1);
  event->call_stats->call = BOB;
  event->call_stats->rtt_ms = 34;
  event->call_stats->loss_in = is ("second-call") ? 0.062 : 0.004;
  event->call_stats->path = HARK_PATH_DIRECT;
  if (is ("second-call"))
    event->reason = g_strdup ("6 % of their voice is lost on the way to you.");
  tell (event);
}

static void
conversation (void)
{
  say (BOB, false, 1500, HARK_STATE_READ, "Are you coming on Saturday?");
  say (BOB, true, 1498, HARK_STATE_READ, "Yes! I will bring the speakers.");
  past_call (BOB, false, 64, 312000);
  say (BOB, false, 42, HARK_STATE_READ,
       "Here is the recording from last time, the second half is really good & worth "
       "the length.");
  file (BOB, false, 41, HARK_FILE_DONE, "rehearsal, second half.flac", 1.0);
  say (BOB, true, 12, HARK_STATE_READ, "Thank you, listening now 🎧");
  file (BOB, true, 2, HARK_FILE_MOVING, "stage plan with every cable.pdf", 0.62);
  say (BOB, true, 1, HARK_STATE_DELIVERED, "This is the plan of the stage.");
}

/* A group of Bob, Carol, a stranger and us, and what two of them wrote. */
static void
group (HarkGroupState state)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP);

  event->group = fake_group (GROUP, "Choir & friends", state);
  fake_group_add (event->group, SELF, "Alice", HARK_GROUP_PERSON_FOUNDER);
  fake_group_add (event->group, BOB, "Bob", HARK_GROUP_PERSON_ADMIN);
  fake_group_add (event->group, CAROL, "Carol Ångström", HARK_GROUP_PERSON_MEMBER);
  fake_group_add (event->group, FRANK, "Frank <b>", HARK_GROUP_PERSON_MEMBER);
  tell (event);
  fake_group_say (GROUP, BOB, next_position++, "Who can bring the big kettle?");
  fake_group_say (GROUP, FRANK, next_position++, "I can.");
}

static void
react (HarkMessage *message, uint8_t person, const char *sign)
{
  HarkReaction reaction = {.sent_ms = minutes_ago (1)};

  memset (reaction.account, person, sizeof reaction.account);
  g_strlcpy (reaction.text, sign, sizeof reaction.text);
  if (!message->reactions)
    message->reactions = g_array_new (FALSE, TRUE, sizeof (HarkReaction));
  g_array_append_val (message->reactions, reaction);
}

static HarkMessage *
begin (bool outgoing, unsigned ago, const char *text)
{
  HarkMessage *message = fake_message (BOB, next_position++, outgoing, text);

  message->sent_ms = minutes_ago (ago);
  message->state = HARK_STATE_READ;
  return message;
}

static void
end (HarkMessage *message)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE);

  event->message = message;
  tell (event);
}

/* Everything a text can have. */
static void
rich (void)
{
  HarkMessage *first = begin (
    false, 30, "Look: *this* is _new_, see https://example.org/a_b?c=1 and `hark --help`.");
  HarkMessage *message;
  uint8_t id[HARK_MESSAGE_ID_LEN];

  memcpy (id, first->id, sizeof id);
  react (first, BOB, "👍");
  react (first, 99, "👍");
  react (first, 99, "🎉");
  end (first);
  message = begin (true, 25, "I have read it twice.");
  message->has_reply_to = true;
  memcpy (message->reply_to, id, sizeof id);
  message->edits = 2;
  react (message, BOB, "❤️");
  end (message);
  message = begin (false, 20, "");
  message->deleted = true;
  end (message);
  message = begin (false, 18, "");
  message->type = HARK_MESSAGE_IS_TIMER;
  message->expires_s = 86400;
  end (message);
  message
    = begin (false, 16, "שלום, מה שלומך היום? זה טקסט ארוך יותר מימין לשמאל, עם English באמצע.");
  message->expires_s = 86400;
  end (message);
  message
    = begin (false, 15,
             "Z\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86\xcc\x87\xcc\x88\xcc\x89\xcc\x8a"
             "algo and \xe2\x80\xae turned");
  end (message);
  message = begin (true, 14, "All right 👌");
  message->expires_s = 86400;
  end (message);
}

static void
play (void)
{
  bool online = !is ("queued");

  if (is ("empty"))
    return;
  group (HARK_GROUP_IS_JOINED);
  person (CAROL, "Carol Ångström", HARK_PERSON_ACCEPTED, HARK_PRESENCE_CONNECTING);
  person (EVE, "Eve", is ("blocked") ? HARK_PERSON_BLOCKED : HARK_PERSON_ASKED,
          HARK_PRESENCE_OFFLINE);
  person (BOB, "Bob", HARK_PERSON_ACCEPTED, online ? HARK_PRESENCE_ONLINE : HARK_PRESENCE_OFFLINE);
  say (CAROL, false, 100, HARK_STATE_DELIVERED, "Could you send me the address again?");
  say (CAROL, false, 99, HARK_STATE_DELIVERED, "I cannot find it");
  conversation ();
  if (is ("rich"))
    rich ();
  if (is ("request"))
    person (DAN, "Dan", HARK_PERSON_REQUEST, HARK_PRESENCE_OFFLINE);
  if (is ("queued"))
    say (BOB, true, 0, HARK_STATE_QUEUED, "And this one waits until you are there.");
  if (is ("files")) {
    file (BOB, false, 0, HARK_FILE_OFFERED, "holiday.zip", 0);
    file (BOB, true, 0, HARK_FILE_PAUSED, "film.mkv", 0.3);
    file (BOB, false, 0, HARK_FILE_FAILED, "broken.iso", 0.1);
    picture_file ();
  }
  if (is ("call"))
    call (HARK_ACTIVE, true);
  if (is ("incoming"))
    call (HARK_RINGING, false);
  if (is ("second-call") || is ("held-call") || is ("call-elsewhere"))
    call (HARK_ACTIVE, false);
  if (is ("second-call"))
    call_with (CAROL, HARK_RINGING, false);
  if (is ("held-call"))
    call_with (CAROL, HARK_HELD, true);
  if (is ("missed-call")) {
    past_call (BOB, false, 0, 0);
    call_with (BOB, HARK_RINGING, false);
    call_with (BOB, HARK_ENDED, false);
  }
  if (is ("warning")) {
    HarkEvent *event = hark_event_new (HARK_EVENT_WARNING);

    event->text = g_strdup ("The disk is full; messages that come in now cannot be kept.");
    tell (event);
  }
}

/* What the doctor finds: all is well, but in the scene about it. */
static GPtrArray *
findings (void)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_finding_free);

  if (is ("network")) {
    g_ptr_array_add (
      found,
      fake_finding (HARK_FINDING_PROBLEM, "clock-wrong", "This computer's clock is 10 years fast.",
                    "Set the clock: where people are to be found changes with the day."));
    g_ptr_array_add (
      found,
      fake_finding (HARK_FINDING_HINT, "udp-blocked",
                    "This network lets no UDP out. Hark goes over TCP: calls may sound worse.",
                    "Ask who runs this network to let UDP out, or use another one for calls."));
  }
  g_ptr_array_add (found, fake_finding (HARK_FINDING_WELL, "dht",
                                        "The DHT is reached: people can be found.", NULL));
  return found;
}

static GPtrArray *
neighbours (void)
{
  GPtrArray *found = g_ptr_array_new ();

  g_ptr_array_add (found, fake_neighbour (20, "Grace", "hk1qpzry9x8gf2tvdw0s3jn54khce6mua7l"));
  g_ptr_array_add (found, fake_neighbour (21, "\u202eecarG", "hk1qpzry9x8gf2tvdw0s3jn54khce6mu"));
  return found;
}

static GPtrArray *
addresses (void)
{
  GPtrArray *found = g_ptr_array_new ();

  g_ptr_array_add (found, fake_address ("hk1qpzry9x8gf2tvdw0s3jn54khce6mua7l", "", false));
  g_ptr_array_add (found, fake_address ("hk1qpzry9x8gf2tvdw0s3jn54khce6mua7m", "Grace", true));
  return found;
}

/* The commands that need an answer for the window to go on. */
static bool
on_command (HarkCommand *command)
{
  HarkEvent *event = fake_history_answer (command);

  if (!event)
    event = fake_engine_answer (command);
  if (command->kind == HARK_COMMAND_ADDRESS)
    event->address = g_strdup ("hk1qpzry9x8gf2tvdw0s3jn54khce6mua7lqpzry9x8gf2tvdw0s3jn54khce6mua7l"
                               "qpzry9x8gf2tvdw0s3jn54khce");
  if (command->kind == HARK_COMMAND_VERIFY)
    event->text = g_strdup ("123456789012345678901234567890123456789012345678901234567890");
  if (command->kind == HARK_COMMAND_PROFILE) {
    event->profile = g_new0 (HarkProfile, 1);
    event->profile->name = g_strdup ("Alice");
    event->profile->status_text = g_strdup ("At sea until Friday");
  }
  if (command->kind == HARK_COMMAND_ADDRESSES)
    event->addresses = addresses ();
  if (command->kind == HARK_COMMAND_PEOPLE_HERE)
    event->neighbours = neighbours ();
  if (command->kind == HARK_COMMAND_DOCTOR)
    event->findings = findings ();
  if (command->kind == HARK_COMMAND_OWN_WORDS)
    event->text = g_strdup ("abandon ability able about above absent absorb abstract absurd abuse");
  if (command->kind == HARK_COMMAND_SETTINGS)
    event->settings = g_new0 (HarkSettingsState, 1);
  tell (event);
  if (command->kind == HARK_COMMAND_SEND)
    say (command->contact[0], true, 0, HARK_STATE_SENT, command->text);
  hark_command_free (command);
  return true;
}

/* Files for somebody by four words: given, or taken. */
static void
by_words (HarkApplication *application)
{
  static const HarkEngineConfig config = {.profile = "/nonexistent"};
  const char *const paths[] = {"/nonexistent/beach.jpg", NULL};
  const HarkHandoverStep step
    = {.kind = HARK_HANDOVER_WORDS, .words = "anchor-harvest-cabin-umbrella"};

  gtk_window_present (GTK_WINDOW (
    hark_words_dialog_new (gtk_application_get_active_window (GTK_APPLICATION (application)),
                           hark_application_get_client (application), &config, paths, NULL)));
  fake_handover_step (&step);
}

static gboolean
on_start (gpointer data)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_READY);
  uint8_t account[HARK_ACCOUNT_LEN];
  char hex[2 * HARK_ACCOUNT_LEN + 1];

  event->name = g_strdup ("Alice");
  memset (event->account, SELF, sizeof event->account);
  tell (event);
  play ();
  memset (account, is ("blocked") ? EVE : is ("call-elsewhere") ? CAROL : BOB, sizeof account);
  if (is ("group") || is ("about-group")) {
    memset (account, 0, sizeof account);
    memset (account, GROUP, HARK_MESSAGE_ID_LEN);
  }
  for (size_t i = 0; i < sizeof account; i++)
    g_snprintf (hex + 2 * i, 3, "%02x", account[i]);
  if (!is ("people") && !is ("empty"))
    g_action_group_activate_action (G_ACTION_GROUP (data), "show", g_variant_new_string (hex));
  if (is ("add") || is ("address") || is ("person") || is ("profile") || is ("new-group"))
    g_action_group_activate_action (
      G_ACTION_GROUP (gtk_application_get_active_window (GTK_APPLICATION (data))), scene, NULL);
  if (is ("words"))
    by_words (data);
  if (is ("about-group"))
    g_action_group_activate_action (
      G_ACTION_GROUP (gtk_application_get_active_window (GTK_APPLICATION (data))), "person", NULL);
  return G_SOURCE_REMOVE;
}

static void
on_engine_started (HarkApplication *application, void *data)
{
  (void) data;
  g_idle_add (on_start, application);
}

int
main (int argc, char **argv)
{
  const HarkEngineConfig config = {.profile = "/nonexistent"};
  g_autoptr (HarkApplication) application = NULL;

  setlocale (LC_ALL, "");
  hark_language_start (HARK_PO);
  scene = argc > 1 ? argv[1] : "chat";
  fake_engine_set_profile (!is ("welcome"), is ("locked") ? "secret" : NULL);
  fake_engine_on_command (on_command);
  application = hark_application_new (&config, false);
  g_signal_connect (application, "engine-started", G_CALLBACK (on_engine_started), NULL);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
