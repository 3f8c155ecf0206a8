/* Meeting somebody who is no contact by a few words. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/core-private.h"
#include "core/heart/files/shares.h"
#include "core/identity/address.h"
#include "net/base/locked.h"

#include <string.h>

/* What the giver says: files (2) | length (1) | address */
#define AT_ADDRESS 3

G_STATIC_ASSERT (HARK_MEETING_PACKET_LEN == HARK_NET_MEETING_LEN);

static const struct {
  const char *code;
  const char *giver, *taker;
} ends[] = {
  [HARK_MEETING_WRONG_WORDS]
  = {"wrong-words",
     "Somebody tried with other words: they were misheard, or a stranger guessed. These words mean "
     "nothing any more; give once more and say the new ones.",                          "These are not the giver's words. Only one try is let in: ask for new ones."},
  [HARK_MEETING_USED]
  = {"used",        "",
     "Somebody has used or tried these words before you. Ask for new ones, and who it was."                                                                         },
  [HARK_MEETING_DISTURBED]
  = {"disturbed",   "",                                                                 "Somebody between you and the giver interferes. Ask for new words."         },
  [HARK_MEETING_LATE]
  = {"nobody",      "Nobody came within ten minutes. The words mean nothing any more.",
     "Nobody is there with these words. Are they right, and is it still running at the giver's?"                                                                    },
  [HARK_MEETING_SILENT]
  = {"silent",      "",                                                                 "The giver was there and says nothing any more. Ask for new words."         },
};

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
    const uint8_t *payload = core->meeting->payload;
    const size_t len = MIN (payload[2], sizeof core->meeting->payload - AT_ADDRESS);

    event->number = (uint64_t) payload[0] << 8 | payload[1];
    event->address = g_utf8_make_valid ((const char *) payload + AT_ADDRESS, (gssize) len);
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
}

/* After whatever happened: the user hears of the next step. */
static void
settle (HarkCore *core, HarkMeetingState before)
{
  HarkMeeting *meeting = core->meeting;

  if (meeting->state == before)
    return;
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
take (HarkCore *core, HarkCommand *command)
{
  HarkMeetingWords words;

  if (command->text == NULL || !hark_meeting_words_parse (command->text, &words)) {
    hark_core_refuse (core, command, "bad-words",
                      "These are not four words that Hark gives: is one of them misspelled?");
    return;
  }
  core->meeting = hark_locked_new0 (HarkMeeting);
  hark_meeting_take (core->meeting, &words, &core->rng, core->now);
  begin (core, &words);
  hark_core_succeed (core, command);
  sodium_memzero (&words, sizeof words);
}

void
hark_core_command_meet (HarkCore *core, HarkCommand *command)
{
  forget (core);
  if (g_strcmp0 (command->how, "give") == 0)
    give (core, command);
  else if (g_strcmp0 (command->how, "take") == 0)
    take (core, command);
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
