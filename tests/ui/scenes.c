#include "tests/ui/scenes.h"

#include "tests/ui/fake-history.h"
#include "tests/ui/scene-answers.h"
#include "tests/ui/screen.h"
#include "tests/ui/spoil.h"
#include "ui/files/browse-dialog.h"
#include "ui/files/words-dialog.h"
#include "ui/keys-window.h"
#include "ui/model/reading.h"
#include "ui/network/doctor-dialog.h"
#include "ui/people/archive-row.h"
#include "ui/people/person-page.h"
#include "ui/people/rename-dialog.h"
#include "ui/people/safety-dialog.h"
#include "ui/settings/left-window.h"
#include "ui/settings/preferences.h"

#include <glib/gi18n.h>
#include <string.h>

const char *const scene_names[]
  = {"welcome",     "restore",     "locked",      "failed",      "empty",          "people",
     "archived",    "found",       "request",     "chat",        "own-window",     "find",
     "rich",        "clips",       "queued",      "blocked",     "files",          "call",
     "call-volume", "incoming",    "second-call", "held-call",   "missed-call",    "call-elsewhere",
     "warning",     "network",     "group",       "group-call",  "group-asks",     "add",
     "words",       "address",     "person",      "person-sees", "person-refused", "profile",
     "new-group",   "about-group", "calls",       "rename",      "safety",         "safety-words",
     "doctor",      "browse",      "set-general", "set-account", "set-calls",      "set-network",
     "set-files",   "left",        "keys",        NULL};

enum { BOB = 1, EVE, CAROL, DAN, FRANK, SELF, GROUP };

static const char *scene, *spoiled;
static uint64_t next_position;
static HarkEvent *in_view; /* (nullable): happens when the scene stands */

/* To the window, and into what it can ask for later. */
static void
tell (HarkEvent *event)
{
  if (spoiled)
    spoil_event (event, spoiled);
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
end (HarkMessage *message)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE);

  event->message = message;
  tell (event);
}

static void
say (uint8_t person, bool outgoing, unsigned ago, HarkSendState state, const char *text)
{
  HarkMessage *message = fake_message (person, next_position++, outgoing, text);

  message->sent_ms = minutes_ago (ago);
  message->state = state;
  end (message);
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
  event->call->volume = 120;
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
  say (BOB, false, 1500, is ("chat") ? HARK_STATE_DELIVERED : HARK_STATE_READ,
       "Are you coming on Saturday?");
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
  fake_group_add (event->group, FRANK, "Frank", HARK_GROUP_PERSON_MEMBER);
  tell (event);
  end (fake_group_message (GROUP, BOB, next_position++, "Who can bring the big kettle?"));
  end (fake_group_message (GROUP, FRANK, next_position++, "I can."));
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

static HarkMessage *
spoken (bool outgoing, unsigned ago, uint32_t length_ms)
{
  HarkMessage *message = begin (outgoing, ago, "");

  message->type = HARK_MESSAGE_IS_CLIP;
  message->length_ms = length_ms;
  message->heard = outgoing;
  message->has_peaks = true;
  for (unsigned i = 0; i < HARK_PEAKS; i++)
    message->peaks[i] = (uint8_t) (30 + (i * 37 + i * i * 11) % 200 * (i % 9 != 0));
  return message;
}

/* A long one that is heard now, an answer to it, a short one, and one of which more is to come. */
static void
clips (void)
{
  HarkMessage *first = spoken (false, 30, 151000);
  HarkMessage *message;
  HarkEvent *playing = hark_event_new (HARK_EVENT_PLAYING);

  first->parts = first->parts_here = 8;
  first->heard = true;
  playing->playing = g_new0 (HarkPlaying, 1);
  memcpy (playing->playing->contact, first->contact, sizeof playing->playing->contact);
  memcpy (playing->playing->id, first->id, sizeof playing->playing->id);
  playing->playing->phase = HARK_PLAYING_ON;
  playing->playing->at_ms = 65000;
  playing->playing->length_ms = 151000;
  playing->playing->speed = 100;
  message = begin (true, 25, "I had to hear that twice.");
  message->has_reply_to = true;
  memcpy (message->reply_to, first->id, sizeof message->reply_to);
  end (first);
  end (message);
  end (spoken (true, 20, 9000));
  message = spoken (false, 10, 62000);
  message->parts_here = 3;
  message->parts = 8;
  end (message);
  in_view = playing;
}

static void
group_call (void)
{
  static const struct {
    uint8_t n;
    const char *name;
    bool muted;
    HarkGroupHearing hearing;
  } others[] = {
    {BOB,   "Bob",              false, HARK_GROUP_HEARD        },
    {CAROL, "Carol Ångström", true,  HARK_GROUP_HEARD        },
    {FRANK, "Frank",            false, HARK_GROUP_RECONNECTING },
    {DAN,   "Dan",              false, HARK_GROUP_NOT_CONNECTED}
  };
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP_CALL);

  event->group_call = g_new0 (HarkGroupCall, 1);
  memset (event->group_call->group, GROUP, HARK_MESSAGE_ID_LEN);
  event->group_call->phase = HARK_GROUP_CALL_JOINED;
  event->group_call->people = hark_group_call_people_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (others); i++) {
    HarkGroupCallPerson *person = g_new0 (HarkGroupCallPerson, 1);

    memset (person->account, others[i].n, sizeof person->account);
    person->name = g_strdup (others[i].name);
    person->muted = others[i].muted;
    person->hearing = others[i].hearing;
    person->volume = 100;
    if (others[i].hearing == HARK_GROUP_NOT_CONNECTED)
      person->reason
        = g_strdup_printf ("There is no connection to %s at the moment.", others[i].name);
    g_ptr_array_add (event->group_call->people, person);
  }
  tell (event);
}

static void
archived (uint8_t n)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CHAT);
  HarkChat *chat = g_new0 (HarkChat, 1);

  memset (chat->contact, n, sizeof chat->contact);
  chat->archived = true;
  chat->draft = g_strdup ("");
  event->chats = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_chat_free);
  g_ptr_array_add (event->chats, chat);
  tell (event);
}

void
scene_play (void)
{
  bool online = !is ("queued") && !is ("clips");

  HarkEvent *ready = hark_event_new (HARK_EVENT_READY);

  ready->name = g_strdup ("Alice");
  memset (ready->account, SELF, sizeof ready->account);
  tell (ready);
  if (is ("empty"))
    return;
  group (is ("group-asks") ? HARK_GROUP_IS_OFFERED : HARK_GROUP_IS_JOINED);
  person (CAROL, "Carol Ångström", HARK_PERSON_ACCEPTED, HARK_PRESENCE_CONNECTING);
  person (EVE, "Eve", is ("blocked") ? HARK_PERSON_BLOCKED : HARK_PERSON_ASKED,
          HARK_PRESENCE_OFFLINE);
  person (BOB, "Bob", HARK_PERSON_ACCEPTED, online ? HARK_PRESENCE_ONLINE : HARK_PRESENCE_OFFLINE);
  say (CAROL, false, 100, HARK_STATE_DELIVERED, "Could you send me the address again?");
  say (CAROL, false, 99, HARK_STATE_DELIVERED, "I cannot find it");
  conversation ();
  if (is ("rich"))
    rich ();
  if (is ("archived")) {
    archived (CAROL);
    archived (EVE);
  }
  if (is ("clips"))
    clips ();
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
  if (is ("call") || is ("call-volume"))
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
  if (is ("group-call"))
    group_call ();
  if (is ("calls")) {
    past_call (CAROL, true, 4000, 0);
    past_call (CAROL, false, 1500, 0);
    past_call (CAROL, true, 40, 3725000);
    past_call (BOB, false, 5, 0);
  }
  if (is ("warning")) {
    HarkEvent *event = hark_event_new (HARK_EVENT_WARNING);

    event->text = g_strdup ("The disk is full. It goes on by itself when there is room.");
    tell (event);
  }
}

/* The commands that need an answer for the window to go on. */
static bool
on_command (HarkCommand *command)
{
  HarkEvent *event = fake_history_answer (command);

  if (!event)
    event = fake_engine_answer (command);
  scene_answer (scene, event);
  tell (event);
  if (command->kind == HARK_COMMAND_SEND)
    say (command->contact[0], true, 0, HARK_STATE_SENT, command->text);
  hark_command_free (command);
  return true;
}

/* ---- what a scene is about ---- */

/* Files for somebody by four words: given. */
static GtkWidget *
by_words (GtkWindow *window, HarkClient *client)
{
  static const HarkEngineConfig config = {.profile = "/nonexistent"};
  const char *const paths[] = {"/nonexistent/beach.jpg", NULL};
  const HarkHandoverStep step
    = {.kind = HARK_HANDOVER_WORDS, .words = "anchor-harvest-cabin-umbrella"};
  GtkWidget *dialog = hark_words_dialog_new (window, client, &config, paths, NULL);

  fake_handover_step (&step);
  return dialog;
}

static GtkWidget *
safety (GtkWindow *window, HarkClient *client, HarkPersonItem *about)
{
  GtkWidget *dialog = hark_safety_dialog_new (window, client, about);
  HarkEvent *event;

  if (is ("safety"))
    return dialog;
  hark_safety_dialog_show_words (HARK_SAFETY_DIALOG (dialog));
  event = hark_event_new (HARK_EVENT_WORDS);
  memset (event->account, BOB, sizeof event->account);
  event->words_state = HARK_WORDS_SHOWN;
  event->text = g_strdup ("anchor harvest cabin");
  tell (event);
  return dialog;
}

static GtkWidget *
preferences (GtkWindow *window, HarkClient *client)
{
  static const char *const pages[]
    = {"set-general", "set-account", "set-calls", "set-network", "set-files"};
  GtkWidget *dialog = NULL;

  for (unsigned i = 0; i < G_N_ELEMENTS (pages); i++)
    if (is (pages[i])) {
      dialog = hark_preferences_new (window, client, "/nonexistent");
      hark_preferences_show (HARK_PREFERENCES (dialog), i);
    }
  return dialog;
}

/* (nullable) */
static GtkWidget *
dialog_of (GtkWindow *window, HarkClient *client, HarkPersonItem *about)
{
  if (is ("words"))
    return by_words (window, client);
  if (is ("rename"))
    return hark_rename_dialog_new (window, client, about);
  if (is ("safety") || is ("safety-words"))
    return safety (window, client, about);
  if (is ("doctor"))
    return hark_doctor_dialog_new (window, client, about);
  if (is ("browse"))
    return hark_browse_dialog_new (window, client, about);
  if (is ("left"))
    return hark_left_window_new (window, client);
  if (is ("keys"))
    return hark_keys_window_new (window);
  return preferences (window, client);
}

/* Pages that stand before the engine. */
static bool
open_outside (HarkWindow *window)
{
  HarkEntrance *entrance = hark_window_get_entrance (window);

  if (is ("welcome") || is ("restore"))
    hark_entrance_welcome (entrance, "/nonexistent");
  else if (is ("locked"))
    hark_entrance_lock (entrance, spoiled);
  else if (is ("failed"))
    hark_entrance_fail (
      entrance,
      spoiled ? spoiled : "The disk is full. Nothing was saved; free some space and try again.");
  else
    return false;
  return true;
}

static void
write_in (HarkWindow *window, const char *entry, const char *text)
{
  gtk_entry_set_text (GTK_ENTRY (screen_find (GTK_WIDGET (window), GTK_TYPE_ENTRY, entry)), text);
}

static void
activate (HarkWindow *window, const char *action)
{
  g_action_group_activate_action (G_ACTION_GROUP (window), action, NULL);
}

/* Who the scene is about. */
static HarkPersonItem *
about (HarkClient *client)
{
  uint8_t account[HARK_ACCOUNT_LEN] = {0};

  if (is ("people") || is ("archived") || is ("empty") || is ("found"))
    return NULL;
  if (is ("group") || is ("about-group") || is ("group-call") || is ("group-asks"))
    memset (account, GROUP, HARK_MESSAGE_ID_LEN);
  else
    memset (account, is ("blocked") ? EVE : is ("call-elsewhere") ? CAROL : BOB, sizeof account);
  return hark_client_find (client, account);
}

/* Most begin where the newest is; "chat" shows what is new in it. */
static void
open_read (HarkWindow *window, HarkClient *client, HarkPersonItem *person)
{
  uint8_t self[HARK_ACCOUNT_LEN];

  memset (self, SELF, sizeof self);
  hark_window_open (window, person);
  if (is ("chat"))
    return;
  hark_reading_mark (client, person);
  hark_window_open (window, hark_client_find (client, self));
  hark_window_open (window, person);
}

void
scene_open (HarkWindow *window, HarkClient *client)
{
  static const char *const actions[]
    = {"add", "address", "person", "profile", "new-group", "calls"};
  HarkPersonItem *person = about (client);
  GtkWidget *dialog;

  if (open_outside (window)) {
    if (is ("restore"))
      screen_click (GTK_WIDGET (window), _ ("I Have an Account Already…"));
    return;
  }
  if (person)
    open_read (window, client, person);
  if (is ("own-window"))
    hark_window_tear_off (window, person);
  for (size_t i = 0; i < G_N_ELEMENTS (actions); i++)
    if (is (actions[i]))
      activate (window, actions[i]);
  if (is ("about-group") || g_str_has_prefix (scene, "person-"))
    activate (window, "person");
  if (is ("person-sees"))
    gtk_widget_grab_focus (
      screen_find (screen_dialog (HARK_TYPE_PERSON_PAGE), GTK_TYPE_SWITCH, _ ("Take their files")));
  if (is ("person-refused"))
    gtk_widget_grab_focus (
      screen_find (screen_dialog (HARK_TYPE_PERSON_PAGE), GTK_TYPE_BUTTON, _ ("Remove…")));
  if (is ("archived"))
    g_signal_emit_by_name (screen_find (GTK_WIDGET (window), HARK_TYPE_ARCHIVE_ROW, "*"),
                           "activate");
  if (is ("call-volume"))
    screen_click (GTK_WIDGET (window), _ ("Microphone and speaker"));
  if (is ("found") || is ("find"))
    activate (window, "search");
  if (is ("found"))
    write_in (window, _ ("Search people"), "the");
  if (is ("find"))
    write_in (window, _ ("Find in this conversation"), "the");
  if (in_view)
    tell (g_steal_pointer (&in_view));
  dialog = dialog_of (GTK_WINDOW (window), client, person);
  if (dialog)
    gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- life ---- */

void
scene_begin (const char *name, const char *text)
{
  scene = name;
  spoiled = text;
  next_position = 1;
  fake_engine_set_profile (!is ("welcome") && !is ("restore"), is ("locked") ? "secret" : NULL);
  fake_engine_on_command (on_command);
}

void
scene_end (void)
{
  g_clear_pointer (&in_view, hark_event_free);
  fake_engine_on_command (NULL);
  fake_engine_set_profile (true, NULL);
  fake_history_forget ();
}
