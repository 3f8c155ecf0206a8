/* Contacts as the other parts of the heart need them: found, kept, shown, spoken to. Stands on
 * base.c. */
#define G_LOG_DOMAIN "hark-core"

#include "core/contacts/resemble.h"
#include "core/heart/core-private.h"
#include "core/heart/people/presence.h"
#include "net/base/locked.h"

#include <string.h>

#define UNSTORED_MAX ((size_t) 4 * 1024 * 1024) /* bytes of text on their way to our disk */

/* The node gives fragments: a verb about their Hark, or a clause of its own. */
static char *
reason_for (const char *name, const char *words)
{
  if (g_ascii_islower (words[0]))
    return g_strdup_printf ("%s's Hark %s.", name, words);
  return g_str_has_suffix (words, ".") ? g_strdup (words) : g_strconcat (words, ".", NULL);
}

static char *
contact_name (const HarkCoreContact *contact)
{
  return hark_contact_name (contact->row.petname, contact->row.name, contact->row.account.bytes);
}

/* Contacts and nodes may have been removed while packets still go through them. */
char *
hark_core_relay_name (HarkCore *core, const HarkCoreContact *contact, const HarkKey *relay)
{
  const HarkCoreContact *other = hark_core_find (core, relay);

  for (size_t i = 0; i < core->n_relay_nodes; i++) {
    HarkKey id;

    hark_net_relay_node_id (&core->relay_nodes[i].node.secret, &id);
    if (hark_key_equal (&id, relay))
      return g_strconcat ("your node ", core->relay_nodes[i].name, NULL);
  }
  if (hark_key_equal (relay, &contact->row.account)) {
    g_autofree char *name = contact_name (contact);

    return g_strconcat (name, "'s node", NULL);
  }
  return other ? contact_name (other) : NULL;
}

char **
hark_core_relay_list (HarkCore *core)
{
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();

  for (size_t i = 0; i < core->n_relay_nodes; i++) {
    const HarkCoreRelayNode *node = &core->relay_nodes[i];
    g_autoptr (GString) line = g_string_new (node->name);
    char text[HARK_ENDPOINT_TEXT_LEN];

    for (size_t at = 0; at < node->node.n_places; at++)
      g_string_append_printf (line, " %s", hark_endpoint_format (&node->node.places[at], text));
    g_strv_builder_add (list, line->str);
  }
  return g_strv_builder_end (list);
}

/* Whoever came later is marked, and not the one whose name it looks like. A name that the user gave
 * is his own business. */
static char *
resembles (HarkCore *core, const HarkCoreContact *contact)
{
  g_autofree char *own = hark_name_skeleton (core->account.name);
  GHashTableIter iter;
  void *value;

  if (contact->row.petname[0] != '\0' || contact->skeleton[0] == '\0')
    return NULL;
  if (strcmp (own, contact->skeleton) == 0)
    return g_strdup (core->account.name);
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkCoreContact *other = value;

    if (other != contact && other->row.status == HARK_CONTACT_ACCEPTED
        && strcmp (other->skeleton, contact->skeleton) == 0
        && (contact->row.status != HARK_CONTACT_ACCEPTED
            || other->row.added_ms < contact->row.added_ms))
      return contact_name (other);
  }
  return NULL;
}

/* What they tell of themselves and the user noted. */
static void
describe (HarkCore *core, const HarkCoreContact *contact, HarkPerson *person)
{
  const HarkStorePerson *about = contact->about;
  const HarkFileRule *rule = hark_file_settings_rule (&core->files, &contact->row.account);

  person->verified_ms = about->verified_ms;
  person->status_text = g_strdup (about->status_text);
  person->availability = contact->availability;
  person->has_picture = about->has_picture;
  memcpy (person->picture, about->picture, sizeof person->picture);
  person->notes = g_strdup (about->notes);
  person->favourite = about->favourite;
  person->silent_until_ms = about->silent_until_ms;
  person->may = about->may;
  person->next_try_ms = hark_core_next_try (core, contact);
  person->via = g_strdup (about->via);
  if (rule != NULL) {
    person->files_max = rule->size_max;
    person->files_folder = g_strdup (rule->directory);
  }
  person->resembles = resembles (core, contact);
}

HarkPerson *
hark_core_person (HarkCore *core, const HarkCoreContact *contact)
{
  const HarkStoreContact *row = &contact->row;
  HarkPerson *person = g_new0 (HarkPerson, 1);
  HarkNetStats stats = {0};

  memcpy (person->account, row->account.bytes, sizeof person->account);
  person->status = (HarkPersonStatus) row->status;
  person->name = hark_contact_name (row->petname, row->name, row->account.bytes);
  person->claimed = g_strdup (row->name);
  person->request_text = g_strdup (row->request_text);
  person->presence = contact->presence;
  person->path = contact->path;
  person->relayed = core->relays && !core->config.no_relay && !contact->no_relay;
  if (contact->path == HARK_PATH_RELAY)
    person->relay = hark_core_relay_name (core, contact, &contact->relay);
  if (contact->has_session)
    hark_net_get_stats (core->net, &row->account, &stats);
  person->rtt_ms = (double) stats.rtt / (double) HARK_MS;
  if (contact->reason != NULL)
    person->reason = reason_for (person->name, contact->reason);
  else if (row->status == HARK_CONTACT_ACCEPTED && hark_core_hides_from (core, contact))
    person->reason = g_strdup_printf (hark_core_is_invisible (core)
                                        ? "You are invisible, and %s is not looked for."
                                        : "You appear offline to %s.",
                                      person->name);
  else if (row->status == HARK_CONTACT_ASKED)
    person->reason = g_strdup_printf ("%s has not accepted yet.", person->name);
  else if (row->status == HARK_CONTACT_ACCEPTED && contact->presence == HARK_PRESENCE_OFFLINE)
    person->reason = g_strdup_printf ("%s's Hark is not online.", person->name);
  person->last_seen_ms = contact->has_session && contact->presence == HARK_PRESENCE_ONLINE
                           ? hark_core_wall (core)
                           : row->last_seen_ms;
  person->verified = row->verified;
  describe (core, contact, person);
  person->queued = hark_outbox_count (&contact->conversation.outbox);
  return person;
}

static void
stream_free (void *data)
{
  g_free (data);
}

void
hark_core_name_skeleton (HarkCoreContact *contact)
{
  const HarkStoreContact *row = &contact->row;

  g_free (contact->skeleton);
  contact->skeleton = hark_name_skeleton (row->petname[0] != '\0' ? row->petname : row->name);
}

HarkCoreContact *
hark_core_add_contact (HarkCore *core,
                       const HarkStoreContact *row,
                       const HarkStoreConversation *known)
{
  HarkCoreContact *contact = hark_locked_new0 (HarkCoreContact);

  contact->row = *row;
  contact->control = -1;
  contact->about = g_new0 (HarkStorePerson, 1);
  contact->about->account = row->account;
  hark_core_name_skeleton (contact);
  contact->streams = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, stream_free);
  hark_frame_reader_init (&contact->frames);
  hark_conversation_init (&contact->conversation, core->now);
  if (known != NULL) {
    contact->conversation.seq = known->seq;
    contact->conversation.clock = known->clock;
    contact->conversation.expires_s = known->expires_s;
    contact->conversation.timer_position = known->timer_position;
    contact->conversation.n_heads = known->has_head;
    memcpy (contact->conversation.heads[0], known->head, sizeof known->head);
  }
  g_hash_table_replace (core->contacts, &contact->row.account, contact);
  return contact;
}

void
hark_core_contact_free (void *data)
{
  HarkCoreContact *contact = data;

  g_hash_table_unref (contact->streams);
  hark_frame_reader_clear (&contact->frames);
  hark_core_mailbox_clear (contact);
  hark_pairing_clear (&contact->pairing);
  g_queue_clear_full (&contact->refused, (GDestroyNotify) hark_store_message_free);
  hark_conversation_clear (&contact->conversation);
  hark_token_clear (&contact->about->told);
  g_free (contact->about);
  g_free (contact->skeleton);
  hark_locked_free (contact);
}

HarkCoreContact *
hark_core_find (HarkCore *core, const HarkKey *account)
{
  return g_hash_table_lookup (core->contacts, account);
}

HarkCoreContact *
hark_core_find_of (HarkCore *core, const HarkCommand *command)
{
  HarkKey account;

  memcpy (account.bytes, command->contact, sizeof account.bytes);
  return command->has_contact ? hark_core_find (core, &account) : NULL;
}

HarkCoreContact *
hark_core_need (HarkCore *core, const HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_find_of (core, command);

  if (contact != NULL && !hark_core_is_node (core, &contact->row.account)
      && (contact->row.status == HARK_CONTACT_ACCEPTED
          || contact->row.status == HARK_CONTACT_ASKED))
    return contact;
  if (contact == NULL)
    hark_core_refuse (core, command, "no-contact", "There is no such contact.");
  else
    hark_core_refuse (core, command, "not-accepted", "This person is not an accepted contact.");
  return NULL;
}

void
hark_core_keep_about (HarkCore *core, const HarkCoreContact *contact, HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_PERSON);

  request->person = g_memdup2 (contact->about, sizeof *contact->about);
  if (pending != NULL)
    pending->contact = contact->row.account;
  hark_core_ask_store (core, request, pending);
}

void
hark_core_keep (HarkCore *core, HarkCoreContact *contact, HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_CONTACT);

  hark_core_name_skeleton (contact);
  request->contact = g_memdup2 (&contact->row, sizeof contact->row);
  if (pending != NULL)
    pending->contact = contact->row.account;
  hark_core_ask_store (core, request, pending);
}

HarkCoreLine *
hark_core_line_of (HarkCore *core, const HarkKey *peer)
{
  for (unsigned i = 0; i < HARK_CALL_LINES; i++)
    if (core->lines[i].call != NULL && hark_key_equal (&core->lines[i].peer, peer))
      return &core->lines[i];
  return NULL;
}

bool
hark_core_is_invisible (const HarkCore *core)
{
  return core->self.availability == HARK_INVISIBLE;
}

/* Who has it can ask it who is there. */
static bool
is_node_of_hidden (const HarkCore *core, const HarkKey *node)
{
  GHashTableIter iter;
  void *value;

  if (!hark_core_is_node (core, node) || hark_mail_peers_is (&core->mail, node, HARK_MAIL_OWN))
    return false;
  g_hash_table_iter_init (&iter, core->mail.all);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkMailPeer *peer = value;
    const HarkCoreContact *owner = g_hash_table_lookup (core->contacts, &peer->account);

    if (owner != NULL && !owner->sought && (owner->about->may & HARK_MAY_NOT_SEE_ONLINE)
        && hark_mail_peers_place (peer, node) != NULL)
      return true;
  }
  return false;
}

bool
hark_core_hides_from (const HarkCore *core, const HarkCoreContact *contact)
{
  return !contact->sought
         && (hark_core_is_invisible (core) || (contact->about->may & HARK_MAY_NOT_SEE_ONLINE)
             || is_node_of_hidden (core, &contact->row.account));
}

bool
hark_core_is_own (const HarkCore *core, const HarkCommand *command)
{
  return command->has_contact
         && memcmp (command->contact, core->own.bytes, sizeof command->contact) == 0;
}

bool
hark_core_lets (const HarkCore *core, const HarkCoreContact *contact, uint32_t not )
{
  return ((core->self.may | contact->about->may) & not ) == 0;
}

int64_t
hark_core_next_try (const HarkCore *core, const HarkCoreContact *contact)
{
  const HarkTime at = contact->has_session
                        ? HARK_TIME_NEVER
                        : hark_net_get_next_try (core->net, &contact->row.account);

  return at == HARK_TIME_NEVER
           ? 0
           : hark_core_wall (core) + (int64_t) (hark_time_since (at, core->now) / HARK_MS);
}

void
hark_core_tell_net (HarkCore *core, const HarkCoreContact *contact)
{
  const HarkStoreContact *row = &contact->row;
  HarkNetContact known = {.account = row->account,
                          .reach = row->reach,
                          .has_pairwise = row->has_pairwise,
                          .pairwise = row->pairwise,
                          .has_pairwise_previous = row->has_pairwise_previous,
                          .pairwise_previous = row->pairwise_previous,
                          .has_first = row->has_first,
                          .first = row->first,
                          .no_relay = contact->no_relay,
                          .list_version = row->list_version};

  if (contact->turn > 0)
    hark_pair_reach (contact->turn == 1 ? &row->pairwise : &row->pairwise_previous, &row->account,
                     &known.reach);
  if (row->status == HARK_CONTACT_ACCEPTED && row->has_reach && contact->shut_until == 0
      && !contact->moved_on && !hark_core_hides_from (core, contact))
    hark_net_set_contact (core->net, &known, core->now);
  sodium_memzero (&known, sizeof known);
}

void
hark_core_save_records (HarkCore *core)
{
  g_autoptr (GBytes) records = hark_net_save_records (core->net);
  HarkStoreRequest *request;

  if (!core->has_account || hark_core_is_invisible (core)
      || (core->records != NULL && g_bytes_equal (core->records, records)))
    return;
  g_clear_pointer (&core->records, g_bytes_unref);
  core->records = g_bytes_ref (records);
  request = hark_core_request (HARK_STORE_PUT_RECORDS);
  request->records = g_bytes_ref (records);
  hark_core_ask_store (core, request, NULL);
}

void
hark_core_save_records_soon (HarkCore *core)
{
  core->nodes_at = hark_time_min (core->nodes_at, hark_time_add (core->now, HARK_SECOND));
}

void
hark_core_contact_changed (HarkCore *core, const HarkCoreContact *contact)
{
  HarkEvent *event;

  if (contact->row.status == HARK_CONTACT_DECLINED
      || hark_core_is_node (core, &contact->row.account))
    return;
  event = hark_event_new (HARK_EVENT_CONTACT);
  event->person = hark_core_person (core, contact);
  hark_core_emit (core, event);
}

void
hark_core_end_asking (HarkCore *core, HarkCoreContact *contact)
{
  hark_net_cancel_request (core->net, &contact->row.account);
  if (contact->row.has_answer)
    hark_net_close_audience (core->net, &contact->row.answer, core->now);
  contact->row.has_answer = false;
  hark_token_clear (&contact->row.answer);
}

void
hark_core_contact_proved (HarkCore *core, HarkCoreContact *contact)
{
  HarkContactStep next;

  hark_net_cancel_request (core->net, &contact->row.account);
  if (contact->row.status == HARK_CONTACT_ACCEPTED
      || !hark_contact_step ((HarkContactStep) contact->row.status, HARK_CONTACT_PEER_SESSION,
                             &next))
    return;
  contact->row.status = (HarkContactStatus) next;
  contact->row.has_first = false; /* was their address; served its purpose */
  hark_token_clear (&contact->row.first);
  hark_core_keep (core, contact, NULL);
}

bool
hark_core_is_new_contact (const HarkCore *core, const HarkCoreContact *contact)
{
  return hark_core_wall (core) - contact->row.added_ms < HARK_PAIR_AGE_MAX_MS;
}

void
hark_core_contact_paired (HarkCore *core, HarkCoreContact *contact)
{
  HarkStoreContact *row = &contact->row;

  if (row->has_answer && !row->has_first) { /* else the other one asked as well */
    row->has_first = true;
    row->first = row->answer;
  }
  hark_core_end_asking (core, contact);
  if (!hark_core_is_new_contact (core, contact)) {
    row->has_first = false;
    hark_token_clear (&row->first);
  }
  hark_core_agree_due (core, contact);
  core->guests_changed = true;
}

/* ---- speaking to them ---- */

bool
hark_core_store_is_behind (const HarkCoreContact *contact)
{
  return contact->unstored > UNSTORED_MAX;
}

void
hark_core_stored (HarkCoreContact *contact, size_t len)
{
  contact->unstored -= MIN (contact->unstored, len);
}

bool
hark_core_is_ready (const HarkCoreContact *contact)
{
  return contact->has_session && contact->control >= 0 && !contact->is_left_behind;
}

void
hark_core_say_retired (HarkCore *core, HarkCoreContact *contact)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Retired body = HARK__RETIRED__INIT;
  g_autoptr (GBytes) bytes = NULL;

  frame.what_case = HARK__FRAME__WHAT_RETIRED;
  frame.retired = &body;
  body.list_version = contact->row.list_version;
  bytes = hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL);
  hark_net_stream_send (core->net, &contact->row.account, contact->control, bytes, false,
                        core->now);
}

bool
hark_core_say (HarkCore *core, HarkCoreContact *contact, GBytes *frame)
{
  g_autoptr (GBytes) owned = frame;

  if (!hark_core_is_ready (contact))
    return false;
  if (hark_net_stream_room (core->net, &contact->row.account, contact->control) > 0)
    contact->choked = 0;
  else
    contact->choked += g_bytes_get_size (frame);
  return contact->choked <= HARK_CORE_CHOKED_MAX
         && hark_net_stream_send (core->net, &contact->row.account, contact->control, owned, false,
                                  core->now);
}

HarkCoreStream *
hark_core_add_stream (HarkCoreContact *contact, int64_t id)
{
  HarkCoreStream *stream = g_new0 (HarkCoreStream, 1);

  stream->id = id;
  g_hash_table_replace (contact->streams, &stream->id, stream);
  return stream;
}
