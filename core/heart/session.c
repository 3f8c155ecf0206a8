/* Sessions: the control stream, what is said on it first, and who deals with what comes. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/calls/group-calls.h"
#include "core/heart/files/files.h"
#include "core/heart/files/shares.h"
#include "core/heart/people/presence.h"

#include <string.h>

#define VERSION 1
#define SHUT_TIME (5 * HARK_MINUTE)

/* ---- a session comes ---- */

static HarkPairSecrets
secrets_of (const HarkStoreContact *row)
{
  return (HarkPairSecrets){.has_current = row->has_pairwise,
                           .current = row->pairwise,
                           .has_other = row->has_pairwise_previous,
                           .other = row->pairwise_previous,
                           .made_ms = row->pairwise_ms};
}

static void
take_secrets (HarkStoreContact *row, HarkPairSecrets *secrets)
{
  row->has_pairwise = secrets->has_current;
  row->pairwise = secrets->current;
  row->has_pairwise_previous = secrets->has_other;
  row->pairwise_previous = secrets->other;
  row->pairwise_ms = secrets->made_ms;
  sodium_memzero (secrets, sizeof *secrets);
}

static void
say_hello (HarkCore *core, HarkCoreContact *contact)
{
  HarkPairing *pairing = &contact->pairing;
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Hello hello = HARK__HELLO__INIT;
  HarkToken token;

  hark_core_reach_token (core, contact, &token);
  hello.version = VERSION;
  hello.name = core->account.name;
  hello.contacts_token = (ProtobufCBinaryData){sizeof token.bytes, token.bytes};
  hello.pair_random = (ProtobufCBinaryData){sizeof pairing->random, pairing->random};
  if (pairing->has_tag)
    hello.pair_tag = (ProtobufCBinaryData){sizeof pairing->tag, pairing->tag};
  hello.pair_wanted = pairing->wanted;
  hello.run = (ProtobufCBinaryData){sizeof core->run, core->run};
  frame.what_case = HARK__FRAME__WHAT_HELLO;
  frame.hello = &hello;
  hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
  hark_token_clear (&token);
}

/* The control stream is there: everything that waited goes out behind our Hello. */
static void
control_opened (HarkCore *core, HarkCoreContact *contact, int64_t id)
{
  contact->control = id;
  hark_net_stream_set_class (core->net, &contact->row.account, id, HARK_STREAM_CONTROL);
  if (contact->is_left_behind) {
    hark_core_say_retired (core, contact);
    return;
  }
  say_hello (core, contact);
  hark_core_profile_session (core, contact);
  hark_core_chat_session (core, contact, true);
  hark_core_files_session (core, &contact->row.account, true);
  hark_core_calls_session (core, &contact->row.account, true);
  hark_core_group_calls_session (core, &contact->row.account, true);
  hark_core_groups_session (core);
  hark_core_mail_session (core, contact, true);
}

static void
open_control (HarkCore *core, HarkCoreContact *contact)
{
  static const uint8_t type = HARK_STREAM_IS_CONTROL;
  int64_t id = hark_net_stream_open (core->net, &contact->row.account, HARK_STREAM_CONTROL);
  g_autoptr (GBytes) first = g_bytes_new_static (&type, 1);

  if (id < 0)
    return;
  hark_core_add_stream (contact, id)->kind = HARK_CORE_STREAM_CONTROL;
  if (hark_net_stream_send (core->net, &contact->row.account, id, first, false, core->now))
    control_opened (core, contact, id);
}

void
hark_core_end_session (HarkCore *core, HarkCoreContact *contact)
{
  if (!contact->has_session)
    return;
  contact->has_session = false;
  contact->is_left_behind = false;
  contact->control = -1;
  g_hash_table_remove_all (contact->streams);
  hark_frame_reader_clear (&contact->frames);
  hark_core_words_session_over (core, contact);
  hark_pairing_clear (&contact->pairing);
  hark_core_chat_session (core, contact, false);
  hark_core_files_session (core, &contact->row.account, false);
  hark_core_shares_session_over (core, contact);
  hark_core_calls_session (core, &contact->row.account, false);
  hark_core_group_calls_session (core, &contact->row.account, false);
  hark_core_mail_session (core, contact, false);
  contact->row.last_seen_ms = hark_core_wall (core);
  if (contact->row.status == HARK_CONTACT_ACCEPTED)
    hark_core_keep (core, contact, NULL);
}

void
hark_core_superseded (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    hark_core_end_session (core, value);
  hark_core_moved_on (core);
}

static void
begin_session (HarkCore *core, HarkCoreContact *contact, const HarkNetEvent *event)
{
  HarkPairSecrets secrets = secrets_of (&contact->row);

  contact->has_session = true;
  contact->session = event->session;
  contact->initiator = event->initiator;
  contact->malformed = 0;
  contact->hello_heard = false;
  contact->held = 0;
  contact->choked = 0;
  hark_token_bucket_init (&contact->calm, HARK_CORE_FRAMES_RATE, HARK_CORE_FRAMES_BURST, core->now);
  hark_frame_reader_clear (&contact->frames);
  hark_frame_reader_init (&contact->frames);
  hark_pairing_begin (&contact->pairing, &secrets, event->initiator, event->by_pairwise,
                      event->handshake_hash, &core->rng, hark_core_wall (core));
  sodium_memzero (&secrets, sizeof secrets);
  hark_core_contact_proved (core, contact);
  if (!contact->met) {
    contact->met = true;
    hark_core_save_records_soon (core);
  }
  if (event->initiator)
    open_control (core, contact);
}

/* The highest version of their certificates wins, and stays known. */
static void
note_device (HarkCore *core, HarkCoreContact *contact, uint32_t list_version)
{
  contact->is_left_behind = list_version < contact->row.list_version;
  if (list_version <= contact->row.list_version)
    return;
  contact->row.list_version = list_version;
  hark_core_keep (core, contact, NULL);
  hark_core_tell_net (core, contact);
}

static HarkPathKind
path_of (const HarkNetEvent *event)
{
  switch (event->path.route) {
  case HARK_ROUTE_LAN:
    return HARK_PATH_LAN;
  case HARK_ROUTE_DIRECT:
    return HARK_PATH_DIRECT;
  case HARK_ROUTE_RELAY:
    return HARK_PATH_RELAY;
  case HARK_ROUTE_NONE:
    break;
  }
  return HARK_PATH_NONE;
}

static HarkPresence
presence_of (HarkPeerState state)
{
  switch (state) {
  case HARK_PEER_SEARCHING:
    return HARK_PRESENCE_SEARCHING;
  case HARK_PEER_CONNECTING:
    return HARK_PRESENCE_CONNECTING;
  case HARK_PEER_ONLINE:
    return HARK_PRESENCE_ONLINE;
  case HARK_PEER_OFFLINE:
    break;
  }
  return HARK_PRESENCE_OFFLINE;
}

void
hark_core_handle_peer (HarkCore *core, const HarkNetEvent *event)
{
  HarkCoreContact *contact = hark_core_find (core, &event->account);
  bool online = event->state == HARK_PEER_ONLINE;

  if (contact == NULL
      || (contact->row.status != HARK_CONTACT_ACCEPTED
          && contact->row.status != HARK_CONTACT_ASKED)) {
    if (online) /* removed or blocked while the handshake was under way */
      hark_net_remove_contact (core->net, &event->account, core->now);
    return;
  }
  if (online && !contact->has_session && hark_core_hides_from (core, contact)) {
    hark_net_remove_contact (core->net, &event->account, core->now); /* it was under way */
    return;
  }
  if (contact->has_session && (online ? event->session != contact->session : !event->kept))
    hark_core_end_session (core, contact);
  if (contact->has_session && contact->presence == HARK_PRESENCE_ONLINE && !online)
    contact->row.last_seen_ms = hark_core_wall (core); /* interrupted */
  contact->presence = presence_of (event->state);
  contact->path = online ? path_of (event) : HARK_PATH_NONE;
  contact->relay = event->path.relay;
  contact->reason = event->reason;
  if (online)
    note_device (core, contact, event->list_version);
  if (contact->is_left_behind) {
    contact->presence = HARK_PRESENCE_SEARCHING;
    contact->reason = "Only a computer that they have left behind answers.";
  }
  if (online && !contact->has_session)
    begin_session (core, contact, event);
  else if (contact->has_session) { /* the path is lost for now, or back */
    hark_core_calls_session (core, &contact->row.account, online);
    hark_core_group_calls_session (core, &contact->row.account, online);
  }
  hark_core_contact_changed (core, contact);
}

/* ---- nonsense ---- */

static void
malformed (HarkCore *core, HarkCoreContact *contact)
{
  g_debug ("malformed frame from a contact");
  if (++contact->malformed < HARK_CORE_MALFORMED_MAX)
    return;
  hark_core_warn (
    core, "malformed",
    "A contact's Hark sends messages that make no sense; it is kept out for 5 minutes.");
  hark_core_end_session (core, contact);
  hark_net_remove_contact (core->net, &contact->row.account, core->now);
  contact->presence = HARK_PRESENCE_OFFLINE;
  contact->path = HARK_PATH_NONE;
  contact->reason = "Their Hark sends messages that make no sense.";
  contact->shut_until = hark_time_add (core->now, SHUT_TIME);
  core->shut_at = hark_time_min (core->shut_at, contact->shut_until);
  hark_core_contact_changed (core, contact);
}

/* ---- Hello and the pairwise secret ---- */

static void
say_pair_stored (HarkCore *core, HarkCoreContact *contact)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__PairStored body = HARK__PAIR_STORED__INIT;

  frame.what_case = HARK__FRAME__WHAT_PAIR_STORED;
  frame.pair_stored = &body;
  hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
}

static void
after_paired (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (hark_core_refuse_store (core, pending, reply) || contact == NULL)
    return;
  hark_core_tell_net (core, contact);
}

/* With both disks holding the new secret, it is the one in use. */
static void
advance (HarkCore *core, HarkCoreContact *contact, bool peer_stored)
{
  HarkPairSecrets secrets = secrets_of (&contact->row);

  if (hark_pairing_advance (&contact->pairing, &secrets, peer_stored, hark_core_wall (core))) {
    take_secrets (&contact->row, &secrets);
    hark_core_contact_paired (core, contact);
    hark_core_keep (core, contact, hark_pending_new (after_paired, NULL));
  }
  sodium_memzero (&secrets, sizeof secrets);
}

static void
after_hello (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (hark_core_refuse_store (core, pending, reply) || contact == NULL)
    return;
  hark_core_tell_net (core, contact);
  if (contact->has_session && contact->session == pending->session)
    hark_core_reach_stored (core, contact);
  if (!contact->has_session || contact->session != pending->session
      || !hark_pairing_handle_stored (&contact->pairing))
    return;
  say_pair_stored (core, contact);
  advance (core, contact, false);
}

/* Every start of a program has a name of its own, so one that was followed by another and comes
 * back is a second program with the same account: a copied profile, or one restored beside the old.
 */
static bool
run_came_back (HarkCoreContact *contact, const uint8_t run[HARK_CORE_RUN_LEN])
{
  unsigned at = 0;
  bool known;

  while (at < HARK_CORE_RUNS - 1 && memcmp (contact->runs[at], run, HARK_CORE_RUN_LEN) != 0)
    at++;
  known = memcmp (contact->runs[at], run, HARK_CORE_RUN_LEN) == 0;
  memmove (contact->runs[1], contact->runs[0], (size_t) at * HARK_CORE_RUN_LEN);
  memcpy (contact->runs[0], run, HARK_CORE_RUN_LEN);
  return known && at > 0;
}

static void
say_twice (HarkCore *core, HarkCoreContact *contact)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Twice body = HARK__TWICE__INIT;

  frame.what_case = HARK__FRAME__WHAT_TWICE;
  frame.twice = &body;
  hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
}

/* Once in a run: the contact might be the one who is wrong. */
static void
handle_twice (HarkCore *core, const HarkCoreContact *contact)
{
  g_autofree char *text = NULL;

  if (core->told_twice)
    return;
  core->told_twice = true;
  text = g_strdup_printf (
    "%s meets you from two places in turn: this account is in use on another computer, or from a "
    "copy of its profile. Messages reach only one of the two. Stop Hark there and erase that copy. "
    "If you made none, somebody else has your profile: make a new account and tell your contacts.",
    contact->row.name);
  hark_core_warn (core, "copied-profile", text);
}

static bool
hello_is_sane (const Hark__Hello *hello)
{
  return hello->contacts_token.len == sizeof (HarkToken)
         && hello->pair_random.len == HARK_PAIR_RANDOM_LEN
         && (hello->run.len == 0 || hello->run.len == HARK_CORE_RUN_LEN)
         && (hello->pair_tag.len == 0 || hello->pair_tag.len == HARK_PAIR_TAG_LEN)
         && g_utf8_validate (hello->name, -1, NULL);
}

static bool
handle_hello (HarkCore *core, HarkCoreContact *contact, const Hark__Hello *hello)
{
  HarkStoreContact *row = &contact->row;
  HarkPairSecrets secrets = secrets_of (row);
  char name[sizeof row->name];
  HarkToken token;
  bool changed, news;

  if (!hello_is_sane (hello) || contact->hello_heard) {
    sodium_memzero (&secrets, sizeof secrets);
    return false;
  }
  contact->hello_heard = true;
  memcpy (token.bytes, hello->contacts_token.data, sizeof token.bytes);
  hark_contact_clean_name (hello->name, name);
  news = strcmp (name, row->name) != 0;
  changed = news || !row->has_reach || !hark_token_equal (&row->reach, &token);
  g_strlcpy (row->name, name, sizeof row->name);
  row->has_reach = true;
  row->reach = token;
  hark_token_clear (&token);
  changed |= hark_pairing_handle_hello (&contact->pairing, &secrets, hello->pair_random.data,
                                        hello->pair_tag.len > 0 ? hello->pair_tag.data : NULL,
                                        hello->pair_wanted);
  take_secrets (row, &secrets);
  if (!contact->pairing.making && row->has_pairwise
      && (row->has_answer || (row->has_first && !hark_core_is_new_contact (core, contact)))) {
    hark_core_contact_paired (core, contact);
    changed = true;
  }
  if (changed) {
    HarkPending *pending = hark_pending_new (after_hello, NULL);

    pending->session = contact->session;
    hark_core_keep (core, contact, pending);
  } else {
    hark_core_reach_stored (core, contact);
  }
  if (news)
    hark_core_contact_changed (core, contact);
  hark_core_agree_due (core, contact);
  if (hello->run.len > 0 && run_came_back (contact, hello->run.data))
    say_twice (core, contact);
  return true;
}

/* ---- frames ---- */

/* Nobody has that much to say. */
static bool
is_calm (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame)
{
  const unsigned cost = hark_core_frame_cost (frame);

  return cost == 0 || hark_token_bucket_take (&contact->calm, cost, core->now);
}

/* False when it makes no sense. */
static bool
handle_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame)
{
  if (contact->is_left_behind)
    return true;
  if (!contact->hello_heard && frame->what_case == HARK__FRAME__WHAT_RETIRED) {
    hark_core_end_session (core, contact);
    hark_core_moved_on_from (core, contact);
    return true;
  }
  if ((!contact->hello_heard && frame->what_case != HARK__FRAME__WHAT_HELLO)
      || contact->choked > HARK_CORE_CHOKED_MAX)
    return false;
  if (!is_calm (core, contact, frame))
    return frame->what_case == HARK__FRAME__WHAT_TYPING /* which may be missed */
           || frame->what_case == HARK__FRAME__WHAT_GROUP_HAVE
           || frame->what_case == HARK__FRAME__WHAT_GROUP_HINT;
  if (!hark_core_mail_lets (core, contact, frame->what_case))
    return true; /* nothing else is said to a node, or by one */
  switch (frame->what_case) {
  case HARK__FRAME__WHAT_HELLO:
    return handle_hello (core, contact, frame->hello);
  case HARK__FRAME__WHAT_PAIR_STORED:
    advance (core, contact, true);
    return true;
  case HARK__FRAME__WHAT_ENTRY:
  case HARK__FRAME__WHAT_ACK:
  case HARK__FRAME__WHAT_READ:
  case HARK__FRAME__WHAT_TYPING:
    return hark_core_chat_frame (core, contact, frame);
  case HARK__FRAME__WHAT_FILE_OFFER:
  case HARK__FRAME__WHAT_FILE_SIGNAL:
    return hark_core_files_frame (core, contact, frame);
  case HARK__FRAME__WHAT_FILE_HOLD:
    return hark_core_files_hold (core, contact, frame->file_hold);
  case HARK__FRAME__WHAT_BROWSE:
  case HARK__FRAME__WHAT_LISTING:
    return hark_core_shares_frame (core, contact, frame);
  case HARK__FRAME__WHAT_GROUP_ENTRY:
  case HARK__FRAME__WHAT_GROUP_HAVE:
  case HARK__FRAME__WHAT_GROUP_OFFER:
  case HARK__FRAME__WHAT_GROUP_HINT:
  case HARK__FRAME__WHAT_GROUP_ASK:
    return hark_core_groups_frame (core, contact, frame);
  case HARK__FRAME__WHAT_TWICE:
    handle_twice (core, contact);
    return true;
  case HARK__FRAME__WHAT_MAILBOX:
    return hark_core_mail_frame (core, contact, frame->mailbox);
  case HARK__FRAME__WHAT_PROFILE:
  case HARK__FRAME__WHAT_PICTURE_ASK:
  case HARK__FRAME__WHAT_PICTURE:
  case HARK__FRAME__WHAT_AVAILABLE:
    return hark_core_profile_frame (core, contact, frame);
  case HARK__FRAME__WHAT_WORDS:
    return hark_core_words_frame (core, contact, frame->words);
  case HARK__FRAME__WHAT_REACH:
  case HARK__FRAME__WHAT_REACH_STORED:
    return hark_core_reach_frame (core, contact, frame);
  case HARK__FRAME__WHAT_CALL:
    return hark_core_calls_frame (core, contact, frame->call);
  case HARK__FRAME__WHAT_GROUP_CALL:
    return hark_core_group_call_frame (core, contact, frame->group_call);
  case HARK__FRAME__WHAT__NOT_SET:
  default:
    contact->skipped++; /* of a newer Hark */
    return true;
  }
}

/* Processes have ended over this frame, or over so much of theirs. */
static void
skip_frame (HarkCore *core, HarkCoreContact *contact)
{
  g_autofree char *name
    = hark_contact_name (contact->row.petname, contact->row.name, contact->row.account.bytes);
  g_autofree char *text = g_strdup_printf (
    "Hark ended again and again over something that %s sent. It is not looked at any more.", name);

  hark_frame_reader_skip (&contact->frames);
  if (!contact->quarantine_told)
    hark_core_warn (core, "set-aside", text);
  contact->quarantine_told = true;
  malformed (core, contact);
}

static void
take_frame (HarkCore *core, HarkCoreContact *contact, HarkFrameResult result, Hark__Frame *frame)
{
  const bool sane = result == HARK_FRAME_OK && handle_frame (core, contact, frame);

  if (result == HARK_FRAME_OK)
    hark_frame_free (frame);
  if (result == HARK_FRAME_TOO_LONG)
    contact->malformed = HARK_CORE_MALFORMED_MAX;
  if (!sane)
    malformed (core, contact);
}

static void
handle_frames (HarkCore *core, HarkCoreContact *contact)
{
  HarkPoison *poison = core->config.poison;
  const HarkKey account = contact->row.account;
  uint32_t session = contact->session;
  HarkFrameResult result = HARK_FRAME_OK;
  Hark__Frame *frame = NULL;
  const uint8_t *bytes;
  size_t len;

  /* a frame may end the session; what is left of it is gone then. Frames that the disk is not up to
   * wait as they came: smaller than anything that could be made of them */
  while (contact->has_session && contact->session == session && !hark_core_store_is_behind (contact)
         && result != HARK_FRAME_NONE) {
    const bool whole = hark_frame_reader_peek (&contact->frames, &bytes, &len);

    if (whole && !hark_poison_begin (poison, HARK_POISON_HEARING, &account, bytes, len)) {
      skip_frame (core, contact);
      continue;
    }
    result = hark_frame_reader_next (&contact->frames, &frame);
    if (result != HARK_FRAME_NONE)
      take_frame (core, contact, result, frame);
    if (whole)
      hark_poison_end (poison, HARK_POISON_HEARING);
  }
}

void
hark_core_hear (HarkCore *core, HarkCoreContact *contact)
{
  handle_frames (core, contact);
  if (contact->held == 0 || !hark_core_is_ready (contact) || hark_core_store_is_behind (contact))
    return;
  hark_net_stream_consume (core->net, &contact->row.account, contact->control, contact->held);
  contact->held = 0;
}

/* ---- streams ---- */

/* The first bytes of a stream that they opened say what it is. */
static void
classify (HarkCore *core,
          HarkCoreContact *contact,
          HarkCoreStream *stream,
          const uint8_t **data,
          size_t *len)
{
  const HarkKey *account = &contact->row.account;

  while (*len > 0 && stream->kind == HARK_CORE_STREAM_NEW) {
    stream->head[stream->head_len++] = *(*data)++;
    --*len;
    if (stream->head[0] == HARK_STREAM_IS_CONTROL && !contact->initiator && contact->control < 0) {
      stream->kind = HARK_CORE_STREAM_CONTROL;
      control_opened (core, contact, stream->id);
    } else if (stream->head[0] != HARK_STREAM_IS_FILE || contact->is_left_behind) {
      hark_net_stream_reset (core->net, account, stream->id, 1);
      g_hash_table_remove (contact->streams, &stream->id);
      malformed (core, contact);
      *len = 0;
    } else if (stream->head_len == HARK_FILE_PULL_LEN) {
      stream->kind = HARK_CORE_STREAM_FILE_OUT;
      hark_core_files_pulled (core, contact, stream);
      *len = 0;
    }
  }
}

static void
handle_data (HarkCore *core,
             HarkCoreContact *contact,
             HarkCoreStream *stream,
             const HarkNetEvent *event)
{
  g_autofree uint8_t *copy = NULL;
  const uint8_t *data = event->data;
  size_t len = event->len;
  int64_t id = stream->id;

  if (stream->kind == HARK_CORE_STREAM_FILE_IN) {
    hark_core_files_data (core, contact, stream, event); /* gives credit by itself */
    return;
  }
  /* the next call into the node takes the bytes away */
  data = copy = g_memdup2 (data, len);
  if (stream->kind == HARK_CORE_STREAM_CONTROL)
    contact->held += len;
  else
    hark_net_stream_consume (core->net, &contact->row.account, id, len);
  if (stream->kind == HARK_CORE_STREAM_NEW) {
    classify (core, contact, stream, &data, &len);
    stream = g_hash_table_lookup (contact->streams, &id);
  }
  if (stream != NULL && stream->kind == HARK_CORE_STREAM_CONTROL && len > 0) {
    hark_frame_reader_push (&contact->frames, data, len);
    hark_core_hear (core, contact);
  }
}

static void
handle_opened (HarkCore *core, HarkCoreContact *contact, int64_t id)
{
  if (g_hash_table_size (contact->streams) >= HARK_CORE_STREAMS_MAX)
    hark_net_stream_reset (core->net, &contact->row.account, id, 1);
  else if (g_hash_table_lookup (contact->streams, &id) == NULL)
    hark_core_add_stream (contact, id);
}

void
hark_core_handle_stream (HarkCore *core, const HarkNetEvent *event)
{
  HarkCoreContact *contact = hark_core_find (core, &event->account);
  HarkCoreStream *stream;
  int64_t id = event->stream;

  if (contact == NULL || !contact->has_session)
    return;
  if (event->kind == HARK_NET_EVENT_STREAM_OPENED) {
    handle_opened (core, contact, id);
    return;
  }
  stream = g_hash_table_lookup (contact->streams, &id);
  if (stream == NULL)
    return;
  if (event->kind == HARK_NET_EVENT_STREAM_DATA) {
    if (event->len > 0)
      handle_data (core, contact, stream, event);
  } else if (event->kind == HARK_NET_EVENT_STREAM_WRITABLE) {
    if (stream->kind == HARK_CORE_STREAM_CONTROL) {
      hark_core_chat_pump (core, contact);
      hark_core_groups_session (core);
    } else {
      hark_core_files_writable (core, stream);
    }
  } else if (event->kind == HARK_NET_EVENT_STREAM_CLOSED) {
    if (stream->kind == HARK_CORE_STREAM_CONTROL)
      contact->control = -1;
    else
      hark_core_files_closed (core, stream);
    g_hash_table_remove (contact->streams, &id);
  }
}
