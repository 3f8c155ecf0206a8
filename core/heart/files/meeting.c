/* Meeting somebody who is no contact by a few words. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/core-private.h"
#include "core/heart/files/shares.h"
#include "core/identity/address.h"
#include "net/base/locked.h"

#include <string.h>

/* What the giver says: files (2), none of a mailbox node | length (1) | address */
#define AT_ADDRESS 3

G_STATIC_ASSERT (HARK_MEETING_PACKET_LEN == HARK_NET_MEETING_LEN);

/* Why there is no meeting, for each who waits for one. */
static const struct {
  const char *code;
  const char *giver, *taker;
  const char *owner; /* who takes a mailbox node by the words that it shows */
} ends[] = {
  [HARK_MEETING_WRONG_WORDS]
  = {"wrong-words",
     "Somebody tried with other words: they were misheard, or a stranger guessed. These words mean "
     "nothing any more; give once more and say the new ones.",                          "These are not the giver's words. Only one try is let in: ask for new ones.",
     "These are not the node's words. Only one try is let in: it shows new ones now."                                                                                                                                                                  },
  [HARK_MEETING_USED]
  = {"used",        "",
     "Somebody has used or tried these words before you. Ask for new ones, and who it was.",                                                                          "Somebody has used or tried these words before you: the node shows new ones now."},
  [HARK_MEETING_DISTURBED]
  = {"disturbed",   "",                                                                 "Somebody between you and the giver interferes. Ask for new words.",
     "Somebody between you and the node interferes. Use its new words, or its link."                                                                                                                                                                   },
  [HARK_MEETING_LATE]
  = {"nobody",      "Nobody came within ten minutes. The words mean nothing any more.",
     "Nobody is there with these words. Are they right, and is it still running at the giver's?",                                                                     "No node is there with these words. Are they right, and the last that it showed?"},
  [HARK_MEETING_SILENT]
  = {"silent",      "",                                                                 "The giver was there and says nothing any more. Ask for new words.",
     "The node was there and says nothing any more. Use its new words, or its link."                                                                                                                                                                   },
};

static unsigned
files_told (const HarkMeeting *meeting)
{
  return (unsigned) (meeting->payload[0] << 8 | meeting->payload[1]);
}

/* (transfer full) */
static char *
address_told (const HarkMeeting *meeting)
{
  const size_t len = MIN (meeting->payload[2], sizeof meeting->payload - AT_ADDRESS);

  return g_utf8_make_valid ((const char *) meeting->payload + AT_ADDRESS, (gssize) len);
}

static void
tell (HarkCore *core, HarkMeetingStep step, HarkMeetingWhy why)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MEETING);

  event->meeting_step = step;
  if (why != HARK_MEETING_NOTHING) {
    event->code = g_strdup (ends[why].code);
    event->reason = g_strdup (core->meeting->gives ? ends[why].giver : ends[why].taker);
  }
  if (step == HARK_MEETING_STEP_MET && !core->meeting->gives) {
    event->number = files_told (core->meeting);
    event->address = address_told (core->meeting);
  }
  hark_core_emit (core, event);
}

static void
forget (HarkCore *core)
{
  if (core->meeting == NULL)
    return;
  hark_net_meeting_end (core->net);
  hark_core_meeting_clear (core);
}

void
hark_core_meeting_clear (HarkCore *core)
{
  hark_locked_free (core->meeting);
  core->meeting = NULL;
  g_clear_pointer (&core->meeting_owner, hark_command_free);
}

/* A command waited for the node that shows these words: it goes on, or not. */
static void
settle_owner (HarkCore *core)
{
  HarkCommand *command = g_steal_pointer (&core->meeting_owner);

  if (core->meeting->state == HARK_MEETING_OVER) {
    hark_core_refuse (core, command, ends[core->meeting->why].code, ends[core->meeting->why].owner);
    hark_command_free (command);
  } else if (files_told (core->meeting) > 0) {
    hark_core_refuse (core, command, "no-mailbox",
                      "With these words files are given: take them where a person is added.");
    hark_command_free (command);
  } else {
    g_free (command->address);
    command->address = address_told (core->meeting);
    core->meeting_then (core, command);
  }
  forget (core);
}

/* After whatever happened: the user hears of the next step. */
static void
settle (HarkCore *core, HarkMeetingState before)
{
  HarkMeeting *meeting = core->meeting;

  if (meeting->state == before)
    return;
  if (core->meeting_owner != NULL) {
    if (meeting->state == HARK_MEETING_MET || meeting->state == HARK_MEETING_OVER)
      settle_owner (core);
    return;
  }
  switch (meeting->state) {
  case HARK_MEETING_WAITS:
    break;
  case HARK_MEETING_ANSWERED:
    tell (core, HARK_MEETING_STEP_THERE, HARK_MEETING_NOTHING);
    break;
  case HARK_MEETING_MET:
    tell (core, HARK_MEETING_STEP_MET, HARK_MEETING_NOTHING);
    if (!meeting->gives)
      forget (core);
    break;
  case HARK_MEETING_OVER:
    tell (core, HARK_MEETING_STEP_OVER, meeting->why);
    /* the giver's last word, that these were wrong, stays until the end */
    if (!meeting->gives || meeting->why != HARK_MEETING_WRONG_WORDS)
      forget (core);
    break;
  }
}

static void
begin (HarkCore *core, const HarkMeetingWords *words)
{
  g_auto (HarkSecret) place = {{0}};

  hark_meeting_place (words, &place);
  hark_net_meet (core->net, &place, core->meeting->gives, core->now);
  if (core->meeting->has_packet)
    hark_net_meeting_say (core->net, core->meeting->packet, core->now);
}

static void
give (HarkCore *core, HarkCommand *command)
{
  uint8_t payload[HARK_MEETING_PAYLOAD_LEN] = {0};
  char text[HARK_MEETING_TEXT_LEN];
  const size_t len = command->address != NULL ? strlen (command->address) : 0;
  HarkMeetingWords words;
  HarkEvent *event;

  if (len == 0 || len > sizeof payload - AT_ADDRESS) {
    hark_core_refuse (core, command, "bad-address", "An address of ours is missing.");
    return;
  }
  payload[0] = (uint8_t) (MIN (command->limit, 0xffffu) >> 8);
  payload[1] = (uint8_t) MIN (command->limit, 0xffffu);
  payload[2] = (uint8_t) len;
  memcpy (payload + AT_ADDRESS, command->address, len);
  hark_meeting_words_draw (&core->rng, &words);
  hark_meeting_words_format (&words, text);
  core->meeting = hark_locked_new0 (HarkMeeting);
  hark_meeting_give (core->meeting, &words, payload, &core->rng, core->now);
  begin (core, &words);
  event = hark_core_result (command);
  event->text = g_strdup (text);
  hark_core_emit (core, event);
  sodium_memzero (payload, sizeof payload);
  sodium_memzero (text, sizeof text);
  sodium_memzero (&words, sizeof words);
}

static void
take (HarkCore *core, const HarkMeetingWords *words)
{
  core->meeting = hark_locked_new0 (HarkMeeting);
  hark_meeting_take (core->meeting, words, &core->rng, core->now);
  begin (core, words);
}

/* Whoever waited for a node waits for nothing any more. */
static void
begin_anew (HarkCore *core)
{
  if (core->meeting_owner != NULL)
    hark_core_refuse (core, core->meeting_owner, "interrupted",
                      "Other words were tried meanwhile.");
  forget (core);
}

bool
hark_core_meet_node (HarkCore *core,
                     HarkCommand *command,
                     void (*then) (HarkCore *core, HarkCommand *command))
{
  HarkMeetingWords words;

  if (command->address == NULL || !hark_meeting_words_parse (command->address, &words))
    return false;
  begin_anew (core);
  take (core, &words);
  core->meeting_owner = command;
  core->meeting_then = then;
  sodium_memzero (&words, sizeof words);
  return true;
}

static void
take_for_user (HarkCore *core, HarkCommand *command)
{
  HarkMeetingWords words;

  if (command->text == NULL || !hark_meeting_words_parse (command->text, &words)) {
    hark_core_refuse (core, command, "bad-words",
                      "These are not four words that Hark gives: is one of them misspelled?");
    return;
  }
  take (core, &words);
  hark_core_succeed (core, command);
  sodium_memzero (&words, sizeof words);
}

void
hark_core_command_meet (HarkCore *core, HarkCommand *command)
{
  begin_anew (core);
  if (g_strcmp0 (command->how, "give") == 0)
    give (core, command);
  else if (g_strcmp0 (command->how, "take") == 0)
    take_for_user (core, command);
  else if (g_strcmp0 (command->how, "end") == 0)
    hark_core_succeed (core, command);
  else
    hark_core_refuse (core, command, "bad-value", "Say \"give\", \"take\" or \"end\".");
  hark_command_free (command);
}

void
hark_core_handle_meeting (HarkCore *core, const HarkNetEvent *event)
{
  HarkMeetingState before;

  if (core->meeting == NULL || event->len != HARK_MEETING_PACKET_LEN)
    return;
  before = core->meeting->state;
  if (hark_meeting_handle_packet (core->meeting, event->data, core->now))
    hark_net_meeting_say (core->net, core->meeting->packet, core->now);
  settle (core, before);
}

void
hark_core_meeting_time (HarkCore *core)
{
  HarkMeetingState before;

  if (core->meeting == NULL || core->meeting->deadline > core->now)
    return;
  before = core->meeting->state;
  hark_meeting_handle_time (core->meeting, core->now);
  settle (core, before);
}

HarkTime
hark_core_meeting_deadline (const HarkCore *core)
{
  return core->meeting != NULL ? core->meeting->deadline : HARK_TIME_NEVER;
}
