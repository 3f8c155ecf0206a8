/* Knowing who is there: three words compared by voice, and codes scanned from the other's screen.
 */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/people/before.h"
#include "core/identity/safety-number.h"

#include <string.h>

#define TOO_OFTEN                                                                                 \
  "Three tries were made; there are no more in this call, or for ten minutes outside of one. If " \
  "the words differed, compare the safety number when you meet."

static void
say (HarkCore *core, HarkCoreContact *contact, Hark__Words__Kind kind, uint8_t *value)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Words body = HARK__WORDS__INIT;

  body.kind = kind;
  if (value != NULL)
    body.value = (ProtobufCBinaryData){HARK_SAS_VALUE_LEN, value};
  frame.what_case = HARK__FRAME__WHAT_WORDS;
  frame.words = &body;
  hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
}

static void
tell (HarkCore *core, const HarkCoreContact *contact, HarkWordsState state, const char *reason)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_WORDS);

  memcpy (event->account, contact->row.account.bytes, sizeof event->account);
  event->words_state = state;
  if (state == HARK_WORDS_SHOWN)
    event->text = g_strdup (contact->sas.words);
  event->reason = g_strdup (reason);
  hark_core_emit (core, event);
}

static bool
take_try (HarkCore *core, HarkCoreContact *contact)
{
  const HarkCoreLine *line = hark_core_line_of (core, &contact->row.account);

  return hark_sas_take_try (&contact->tries, line != NULL ? line->call->id : 0,
                            hark_core_wall (core));
}

static HarkSasPair
pair_of (const HarkCore *core, const HarkCoreContact *contact)
{
  HarkSasPair pair = {.own = core->own, .peer = contact->row.account};

  memcpy (pair.handshake_hash, contact->pairing.handshake_hash, sizeof pair.handshake_hash);
  return pair;
}

/* @words: (nullable): shown in the call with @peer, if there is one. */
static void
show_in_call (HarkCore *core, const HarkKey *peer, const char *words)
{
  HarkCoreLine *line = hark_core_line_of (core, peer);
  HarkEvent *event;

  if (line == NULL || g_strcmp0 (line->call->words, words) == 0)
    return;
  g_free (line->call->words);
  line->call->words = g_strdup (words);
  event = hark_event_new (HARK_EVENT_CALL);
  event->call = hark_call_copy (line->call);
  hark_core_emit (core, event);
}

static void
show (HarkCore *core, HarkCoreContact *contact)
{
  tell (core, contact, HARK_WORDS_SHOWN, NULL);
  show_in_call (core, &contact->row.account, contact->sas.words);
}

void
hark_core_words_settled (HarkCore *core, const HarkKey *peer)
{
  show_in_call (core, peer, NULL);
}

void
hark_core_words_session_over (HarkCore *core, HarkCoreContact *contact)
{
  if (contact->sas.state != HARK_SAS_COMMITTED && contact->sas.state != HARK_SAS_ANSWERED)
    return;
  hark_sas_clear (&contact->sas);
  tell (core, contact, HARK_WORDS_OVER, "The connection was lost.");
}

/* ---- frames ---- */

static bool
hear_commitment (HarkCore *core, HarkCoreContact *contact, const Hark__Words *words)
{
  const HarkSasPair pair = pair_of (core, contact);
  uint8_t nonce[HARK_SAS_VALUE_LEN];

  if (!take_try (core, contact)) {
    say (core, contact, HARK__WORDS__KIND__CANCEL, NULL);
    return true;
  }
  if (hark_sas_handle_commitment (&contact->sas, &pair, words->value.data, &core->rng, nonce))
    say (core, contact, HARK__WORDS__KIND__NONCE, nonce);
  return true;
}

static bool
hear_nonce (HarkCore *core, HarkCoreContact *contact, const Hark__Words *words)
{
  uint8_t reveal[HARK_SAS_VALUE_LEN];

  if (!hark_sas_handle_nonce (&contact->sas, words->value.data, reveal))
    return true; /* of an exchange that is over */
  say (core, contact, HARK__WORDS__KIND__REVEAL, reveal);
  show (core, contact);
  return true;
}

static bool
hear_reveal (HarkCore *core, HarkCoreContact *contact, const Hark__Words *words)
{
  const bool awaited = contact->sas.state == HARK_SAS_ANSWERED;

  if (hark_sas_handle_reveal (&contact->sas, words->value.data))
    show (core, contact);
  else if (awaited)
    tell (core, contact, HARK_WORDS_OVER,
          "Their Hark did not keep to what it had promised: somebody may be between you.");
  return !awaited || contact->sas.state == HARK_SAS_SHOWN;
}

bool
hark_core_words_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Words *words)
{
  const bool whole = words->value.len == HARK_SAS_VALUE_LEN;

  switch (words->kind) {
  case HARK__WORDS__KIND__COMMIT:
    return whole && hear_commitment (core, contact, words);
  case HARK__WORDS__KIND__NONCE:
    return whole && hear_nonce (core, contact, words);
  case HARK__WORDS__KIND__REVEAL:
    return whole && hear_reveal (core, contact, words);
  case HARK__WORDS__KIND__CANCEL:
    if (contact->sas.state == HARK_SAS_COMMITTED) {
      hark_sas_clear (&contact->sas);
      tell (core, contact, HARK_WORDS_OVER, "Their Hark does not take part now. " TOO_OFTEN);
    }
    return true;
  default:
    return true; /* of a newer Hark */
  }
}

/* ---- the user's steps ---- */

static void
commit (HarkCore *core, HarkCoreContact *contact)
{
  const HarkSasPair pair = pair_of (core, contact);
  uint8_t commitment[HARK_SAS_VALUE_LEN];

  hark_sas_start (&contact->sas, &pair, &core->rng, commitment);
  say (core, contact, HARK__WORDS__KIND__COMMIT, commitment);
}

void
hark_core_words_in_call (HarkCore *core, const HarkKey *peer)
{
  HarkCoreContact *contact = hark_core_find (core, peer);

  if (contact != NULL && contact->row.verified == 0 && hark_core_is_ready (contact)
      && take_try (core, contact))
    commit (core, contact);
}

static void
start (HarkCore *core, HarkCoreContact *contact, const HarkCommand *command)
{
  if (!hark_core_is_ready (contact) || contact->presence != HARK_PRESENCE_ONLINE) {
    hark_core_refuse (core, command, "offline", "Words are compared while both are online.");
  } else if (!take_try (core, contact)) {
    hark_core_refuse (core, command, "too-often", TOO_OFTEN);
  } else {
    commit (core, contact);
    hark_core_succeed (core, command);
    tell (core, contact, HARK_WORDS_ASKED, NULL);
  }
}

static void
after_verified (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);
  HarkEvent *event;

  if (hark_core_refuse_store (core, pending, reply)) {
    if (contact != NULL)
      hark_core_put_back (core, contact, pending);
    return;
  }
  event = hark_core_result (pending->command);
  memcpy (event->account, pending->contact.bytes, sizeof event->account);
  hark_core_emit (core, event);
  if (contact == NULL)
    return;
  hark_core_words_settled (core, &pending->contact);
  if (pending->command->kind == HARK_COMMAND_WORDS)
    tell (core, contact, HARK_WORDS_CONFIRMED, NULL);
  hark_core_contact_changed (core, contact);
}

void
hark_core_command_words (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_need (core, command);

  if (contact == NULL) {
    hark_command_free (command);
    return;
  }
  if (g_strcmp0 (command->how, "start") == 0) {
    start (core, contact, command);
  } else if (g_strcmp0 (command->how, "match") != 0 && g_strcmp0 (command->how, "differ") != 0) {
    hark_core_refuse (core, command, "bad-value",
                      "Say \"start\", or how the words compare: \"match\" or \"differ\".");
  } else if (contact->sas.state != HARK_SAS_SHOWN) {
    hark_core_refuse (core, command, "not-now", "There are no words to compare.");
  } else if (command->how[0] == 'm') {
    hark_sas_clear (&contact->sas);
    /* in person is more than by voice */
    hark_core_set_verified (core, contact, MAX (contact->row.verified, (uint8_t) 1),
                            hark_pending_new (after_verified, command));
    return;
  } else {
    hark_sas_clear (&contact->sas);
    hark_core_succeed (core, command);
    hark_core_words_settled (core, &contact->row.account);
    tell (core, contact, HARK_WORDS_OVER,
          "The words differ: you misheard, or somebody is between you and hears everything. Say "
          "nothing secret, and compare the safety number when you meet.");
  }
  hark_command_free (command);
}

void
hark_core_command_compare (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = NULL;
  HarkKey theirs, ours, wanted;

  memcpy (wanted.bytes, command->contact, sizeof wanted.bytes);
  if (command->text == NULL || !hark_safety_code_parse (command->text, &theirs, &ours)) {
    hark_core_refuse (core, command, "bad-code",
                      "This is not the code that Hark shows beside a safety number.");
  } else if (!hark_key_equal (&ours, &core->own)) {
    hark_core_refuse (core, command, "differs",
                      "This code is not for you: they see another account where you should be. "
                      "Do not trust the contact before that is explained.");
  } else if (command->has_contact && !hark_key_equal (&theirs, &wanted)) {
    hark_core_refuse (
      core, command, "differs",
      "This is another account than the one in your list. Remove the contact there, "
      "and add the person in front of you.");
  } else if ((contact = hark_core_find (core, &theirs)) == NULL
             || contact->row.status != HARK_CONTACT_ACCEPTED) {
    hark_core_refuse (core, command, "no-contact", "This person is not an accepted contact.");
  } else {
    hark_core_set_verified (core, contact, 2, hark_pending_new (after_verified, command));
    return;
  }
  hark_command_free (command);
}
