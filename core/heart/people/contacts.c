#define G_LOG_DOMAIN "hark-core"

#include "core/heart/files/shares.h"
#include "core/heart/people/before.h"
#include "core/heart/people/presence.h"
#include "core/identity/address.h"

#include <string.h>

/* ---- asking ---- */

static void
send_request (HarkCore *core, const HarkCoreContact *contact)
{
  const HarkStoreContact *row = &contact->row;
  HarkNetRequest request = {.answer = row->answer};

  if (!row->has_first || !row->has_answer)
    return;
  hark_contact_clean_name (core->account.name, request.name);
  g_strlcpy (request.text, row->request_text, sizeof request.text);
  hark_net_open_audience (core->net, HARK_AUDIENCE_REQUEST, &row->answer, &row->account, core->now);
  hark_net_send_request (core->net, &row->account, &row->first, &request, core->now);
  sodium_memzero (&request, sizeof request);
}

/* Who was here last comes first, and is looked for first. */
static int
compare_last_seen (const void *a, const void *b)
{
  const HarkStoreContact *x = &(*(HarkCoreContact *const *) a)->row;
  const HarkStoreContact *y = &(*(HarkCoreContact *const *) b)->row;

  return (x->last_seen_ms < y->last_seen_ms) - (x->last_seen_ms > y->last_seen_ms);
}

void
hark_core_start_contacts (HarkCore *core)
{
  g_autoptr (GPtrArray) contacts = g_ptr_array_new ();
  GHashTableIter iter;
  void *value;

  hark_core_settle_invites (core);
  if (hark_core_is_invisible (core))
    return;
  hark_net_open_audience (core->net, HARK_AUDIENCE_CONTACTS, &core->account.contacts_token, NULL,
                          core->now);
  hark_core_open_addresses (core, true);
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (contacts, value);
  g_ptr_array_sort (contacts, compare_last_seen);
  for (guint i = 0; i < contacts->len; i++) {
    HarkCoreContact *contact = g_ptr_array_index (contacts, i);

    if (contact->row.status == HARK_CONTACT_ASKED)
      send_request (core, contact);
    else if (contact->row.status == HARK_CONTACT_ACCEPTED && contact->row.has_answer
             && !hark_core_hides_from (core, contact))
      hark_net_open_audience (core->net, HARK_AUDIENCE_REQUEST, &contact->row.answer,
                              &contact->row.account, core->now);
    hark_core_reach_open (core, contact);
    hark_core_tell_net (core, contact);
  }
}

static HarkEvent *
contact_result (const HarkCommand *command, const HarkKey *contact)
{
  HarkEvent *event = hark_core_result (command);

  memcpy (event->account, contact->bytes, sizeof event->account);
  return event;
}

/* The disk did not take what was decided about them, so it is not. */
static void
take_back (HarkCore *core, HarkCoreContact *contact, HarkPending *pending)
{
  if (hark_core_put_back (core, contact, pending)) {
    if (contact->row.status == HARK_CONTACT_ASKED)
      send_request (core, contact);
    hark_core_reach_open (core, contact);
    hark_core_tell_net (core, contact);
  }
  hark_core_contact_changed (core, contact);
}

static void
after_add (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (hark_core_refuse_store (core, pending, reply)) {
    if (contact != NULL && contact->row.status == HARK_CONTACT_ASKED && pending->before != NULL)
      take_back (core, contact, pending);
    else if (contact != NULL && contact->row.status == HARK_CONTACT_ASKED)
      g_hash_table_remove (core->contacts, &pending->contact);
    return;
  }
  hark_core_emit (core, contact_result (pending->command, &pending->contact));
  if (contact == NULL)
    return;
  if (contact->row.status == HARK_CONTACT_ASKED)
    send_request (core, contact);
  hark_core_contact_changed (core, contact);
}

/* Who shows themselves on the local network has said a name there: until they say it to us. */
static void
name_by_beacon (const HarkCore *core, const HarkKey *account, char ret[HARK_BEACON_NAME_MAX + 1])
{
  g_autofree HarkBeaconPerson *people = g_new0 (HarkBeaconPerson, HARK_LAN_PEOPLE_MAX);
  const size_t n = hark_net_people (core->net, people, HARK_LAN_PEOPLE_MAX);

  for (size_t i = 0; i < n; i++)
    if (hark_key_equal (&people[i].account, account))
      hark_contact_clean_name (people[i].name, ret);
  sodium_memzero (people, n * sizeof *people);
}

static void
ask (HarkCore *core, HarkCommand *command, const HarkAddress *address)
{
  HarkCoreContact *contact = hark_core_find (core, &address->account);
  HarkStoreContact row = {.account = address->account,
                          .status = HARK_CONTACT_ASKED,
                          .has_first = true,
                          .first = address->token,
                          .has_answer = true,
                          .added_ms = hark_core_wall (core)};
  HarkPending *pending = hark_pending_new (after_add, command);

  if (contact != NULL)
    hark_core_remember (pending, contact);
  if (contact != NULL && contact->row.status == HARK_CONTACT_ASKED)
    hark_core_end_asking (core, contact);
  if (contact != NULL) {
    g_strlcpy (row.name, contact->row.name, sizeof row.name);
    g_strlcpy (row.petname, contact->row.petname, sizeof row.petname);
    row.verified = contact->row.verified;
  }
  if (*row.name == '\0')
    name_by_beacon (core, &row.account, row.name);
  hark_rng_bytes (&core->rng, row.answer.bytes, sizeof row.answer.bytes);
  if (command->name != NULL)
    hark_contact_clean_name (command->name, row.petname);
  hark_contact_clean_text (command->text, row.request_text);
  if (contact != NULL)
    contact->row = row;
  else
    contact = hark_core_add_contact (core, &row, NULL);
  contact->sought = true;
  sodium_memzero (&row, sizeof row);
  hark_core_keep (core, contact, pending);
}

/* ---- accepting ---- */

static void
after_accept (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (hark_core_refuse_store (core, pending, reply)) {
    if (contact != NULL && contact->row.status == HARK_CONTACT_ACCEPTED && pending->before != NULL)
      take_back (core, contact, pending);
    return;
  }
  if (pending->command != NULL)
    hark_core_emit (core, contact_result (pending->command, &pending->contact));
  if (contact == NULL || contact->row.status != HARK_CONTACT_ACCEPTED)
    return;
  hark_core_end_invite (core, &contact->row.via);
  hark_core_reach_open (core, contact); /* who was blocked shares a secret with us already */
  hark_core_tell_net (core, contact);
  hark_net_try_now (core->net, &contact->row.account, core->now);
  hark_core_contact_changed (core, contact);
}

static void
accept (HarkCore *core, HarkCoreContact *contact, HarkCommand *command)
{
  HarkPending *pending = hark_core_remember (hark_pending_new (after_accept, command), contact);

  contact->row.status = HARK_CONTACT_ACCEPTED;
  contact->sought = true;
  hark_core_keep (core, contact, pending);
}

static void
after_request (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);
  const bool refused = hark_core_refuse_store (core, pending, reply);
  HarkEvent *event;

  /* shown all the same: it is not sent again before the next start */
  if (contact == NULL || contact->row.status != HARK_CONTACT_REQUEST)
    return;
  if (!refused && hark_core_is_invite (core, &contact->row.via)
      && hark_core_groups_asked (core, &contact->row.account)) {
    accept (core, contact, NULL); /* they do what we asked them for */
    return;
  }
  event = hark_event_new (HARK_EVENT_REQUEST);
  event->person = hark_core_person (core, contact);
  hark_core_emit (core, event);
  if (!refused && (core->config.auto_accept_requests || hark_core_wants_owner (core)))
    accept (core, contact, NULL);
}

static unsigned
count_of (HarkCore *core, HarkContactStatus status)
{
  GHashTableIter iter;
  unsigned n = 0;
  void *value;

  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += ((HarkCoreContact *) value)->row.status == status;
  return n;
}

static void
after_heard (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  core->heard_news |= hark_core_refuse_store (core, pending, reply);
}

static void
keep_heard (HarkCore *core)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_HEARD);

  request->heard = hark_heard_keep (core->heard);
  core->heard_news = false;
  hark_core_ask_store (core, request, hark_pending_new (after_heard, NULL));
}

/* Takes over what a request says; true when any of it is new. */
static bool
take_request (HarkCore *core, HarkStoreContact *row, const HarkNetEvent *event)
{
  HarkStoreContact before = *row;
  bool changed;

  hark_contact_clean_name (event->request->name, row->name);
  if (row->status != HARK_CONTACT_ASKED)
    hark_contact_clean_text (event->request->text, row->request_text);
  row->has_reach = true;
  row->reach = event->request->answer;
  row->has_first = true;
  row->first = event->request->answer;
  row->via = event->token;
  changed = strcmp (before.name, row->name) != 0
            || strcmp (before.request_text, row->request_text) != 0 || !before.has_reach
            || !hark_token_equal (&before.reach, &row->reach)
            || !hark_token_equal (&before.via, &row->via);
  sodium_memzero (&before, sizeof before);
  hark_heard_note (core->heard, &event->account, event->request->made_ms);
  if (changed)
    keep_heard (core);
  return changed;
}

/* We asked them and they ask us: both want it. Their answer's token is where we find them; ours
 * stays open. */
static void
accept_crossed (HarkCore *core, HarkCoreContact *contact, const HarkNetEvent *event)
{
  hark_net_cancel_request (core->net, &contact->row.account);
  take_request (core, &contact->row, event);
  accept (core, contact, NULL);
}

/* An address that got about does not keep those out who were invited, nor does one invite another.
 */
static bool
has_share (HarkCore *core, const HarkToken *via)
{
  const bool invited = hark_core_is_invite (core, via);
  unsigned all = 0, same = 0;
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkStoreContact *row = &((HarkCoreContact *) value)->row;

    if (row->status != HARK_CONTACT_REQUEST)
      continue;
    all++;
    same += invited ? hark_token_equal (&row->via, via) : !hark_core_is_invite (core, &row->via);
  }
  return all < HARK_CORE_REQUESTS_MAX
         && same < (invited ? HARK_CORE_REQUESTS_INVITE_MAX : HARK_CORE_REQUESTS_PUBLIC_MAX);
}

/* A flood is said once, with what can be done about it, and until there is room again. */
static bool
has_room (HarkCore *core, const HarkToken *via)
{
  g_autofree char *text = NULL;
  const char *label;

  if (g_hash_table_size (core->contacts) < HARK_CORE_CONTACTS_MAX && has_share (core, via)) {
    core->told_full &= hark_core_is_invite (core, via);
    return true;
  }
  if (core->told_full)
    return false;
  core->told_full = true;
  label = hark_core_address_label (core, via);
  text = g_strdup_printf (
    "%u people wait for an answer, and further requests are not kept. If you do not know them, "
    "revoke the address they came by%s%s.",
    count_of (core, HARK_CONTACT_REQUEST), label[0] != '\0' ? ": " : "", label);
  hark_core_warn (core, "too-many-requests", text);
  return false;
}

static void
note_via (HarkCore *core, HarkCoreContact *contact, const HarkToken *via)
{
  g_strlcpy (contact->about->via, hark_core_address_label (core, via), sizeof contact->about->via);
  if (contact->about->via[0] != '\0')
    hark_core_keep_about (core, contact, NULL);
}

/* Who was declined and comes by an invite was given it since, for declining uses an invite up. */
static bool
asks_anew (HarkCore *core, const HarkCoreContact *contact, const HarkNetEvent *event)
{
  return contact->row.status == HARK_CONTACT_DECLINED && hark_core_is_invite (core, &event->token)
         && !hark_core_invite_is_used (core, &event->token) && has_room (core, &event->token);
}

/* (nullable): whom we know for @account. A contact may name any account as that of a node which
 * keeps their mail: as soon as the account's own doing or the user's shows a person, it is none. */
static HarkCoreContact *
find_person (HarkCore *core, const HarkKey *account)
{
  if (hark_core_is_node (core, account)
      && !hark_mail_peers_is (&core->mail, account, HARK_MAIL_OWN))
    hark_core_drop_contact (core, account);
  return hark_core_find (core, account);
}

void
hark_core_handle_request (HarkCore *core, const HarkNetEvent *event)
{
  HarkCoreContact *contact = find_person (core, &event->account);
  HarkContactStep step
    = contact != NULL ? (HarkContactStep) contact->row.status : HARK_CONTACT_STEP_NONE;
  HarkStoreContact row = {.account = event->account, .added_ms = hark_core_wall (core)};

  if (hark_key_equal (&event->account, &core->own)
      || !hark_heard_is_new (core->heard, &event->account, event->request->made_ms))
    return;
  if (contact
      != NULL) /* also one that changes nothing: it might be sent again once he is removed */
    hark_heard_note (core->heard, &event->account, event->request->made_ms);
  if (contact != NULL && asks_anew (core, contact, event)) {
    contact->row.status = HARK_CONTACT_REQUEST;
    take_request (core, &contact->row, event);
    note_via (core, contact, &event->token);
    hark_core_keep (core, contact, hark_pending_new (after_request, NULL));
    return;
  }
  if (!hark_contact_step (step, HARK_CONTACT_PEER_REQUEST, &step))
    return;
  if (contact == NULL) {
    if (hark_core_invite_is_used (core, &event->token) || !has_room (core, &event->token))
      return;
    row.status = HARK_CONTACT_REQUEST;
    take_request (core, &row, event);
    contact = hark_core_add_contact (core, &row, NULL);
    sodium_memzero (&row, sizeof row);
    note_via (core, contact, &event->token);
    hark_core_keep (core, contact, hark_pending_new (after_request, NULL));
  } else if (contact->row.status == HARK_CONTACT_ASKED) {
    accept_crossed (core, contact, event);
  } else if (contact->row.status == HARK_CONTACT_REQUEST) {
    if (take_request (core, &contact->row, event))
      hark_core_keep (core, contact, hark_pending_new (after_request, NULL));
  } else if (!contact->has_session || contact->presence != HARK_PRESENCE_ONLINE) {
    /* accepted, and they ask: they have not heard of it, or have lost what we shared */
    if (take_request (core, &contact->row, event))
      hark_core_keep (core, contact, hark_pending_new (after_accept, NULL));
    else
      hark_net_try_now (core->net, &contact->row.account, core->now);
  }
}

/* ---- the user's steps ---- */

/* Who it is, is told: what was wanted is there. */
static void
refuse_known (HarkCore *core, const HarkCommand *command, const HarkCoreContact *contact)
{
  HarkEvent *event = contact_result (command, &contact->row.account);

  event->ok = false;
  event->code = g_strdup ("exists");
  event->text = g_strdup (
    hark_contact_refusal ((HarkContactStep) contact->row.status, HARK_CONTACT_USER_ADD));
  hark_core_emit (core, event);
}

void
hark_core_command_add (HarkCore *core, HarkCommand *command)
{
  g_auto (HarkAddress) address = {0};
  HarkAddressResult result
    = hark_address_parse (command->address != NULL ? command->address : "", &address);
  HarkCoreContact *contact;
  HarkContactStep from, next;

  contact = result == HARK_ADDRESS_OK ? find_person (core, &address.account) : NULL;
  from = contact != NULL ? (HarkContactStep) contact->row.status : HARK_CONTACT_STEP_NONE;
  if (result != HARK_ADDRESS_OK) {
    hark_core_refuse (core, command, "bad-address", hark_address_explain (result));
  } else if (hark_key_equal (&address.account, &core->own)) {
    hark_core_refuse (core, command, "own-address", "This is your own address.");
  } else if (!hark_contact_step (from, HARK_CONTACT_USER_ADD, &next)) {
    refuse_known (core, command, contact);
  } else if (contact == NULL && g_hash_table_size (core->contacts) >= HARK_CORE_CONTACTS_MAX) {
    hark_core_refuse (core, command, "too-many", "There are 1,000 contacts already.");
  } else if (next == HARK_CONTACT_STEP_ACCEPTED) {
    accept (core, contact, command);
    return;
  } else {
    ask (core, command, &address);
    return;
  }
  hark_command_free (command);
}

/* Nothing of theirs goes on: at once, for the disk may take its time. */
static void
cut_off (HarkCore *core, HarkCoreContact *contact)
{
  hark_core_end_asking (core, contact);
  hark_core_calls_forget (core, &contact->row.account);
  hark_core_end_session (core, contact);
  hark_core_reach_close (core, contact);
  hark_net_remove_contact (core->net, &contact->row.account, core->now);
  if (contact->row.status == HARK_CONTACT_ACCEPTED)
    hark_core_reach_change (core, contact);
  hark_core_save_records (core); /* no trace of where they were stays */
  contact->presence = HARK_PRESENCE_OFFLINE;
  contact->path = HARK_PATH_NONE;
  contact->reason = NULL;
}

/* Nor is anything of it kept: when that they are cut off is on the disk, for it cannot be had back.
 */
static void
forget (HarkCore *core, const HarkKey *account)
{
  hark_core_mail_forget (core, account);
  hark_ledger_forget (core->ledger.book, account);
  hark_core_files_forget (core, account);
  hark_core_shares_forget (core, account);
}

static void
after_step (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  const HarkCommandKind kind = pending->command->kind;
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (hark_core_refuse_store (core, pending, reply)) {
    if (contact != NULL && pending->before != NULL)
      take_back (core, contact, pending);
    return;
  }
  if (kind == HARK_COMMAND_DECLINE && contact != NULL)
    hark_core_say_removed (core, contact);
  hark_core_emit (core, contact_result (pending->command, &pending->contact));
  if (kind == HARK_COMMAND_SET_VERIFIED)
    hark_core_words_settled (core, &pending->contact);
  if (kind == HARK_COMMAND_DECLINE || kind == HARK_COMMAND_BLOCK) {
    forget (core, &pending->contact);
    /* others who came by it may still be met */
    hark_core_use_up_invite (core, &pending->before->row.via);
  }
  if (contact != NULL)
    hark_core_contact_changed (core, contact);
}

static void
after_remove (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact;

  if (!hark_core_refuse_store (core, pending, reply)) {
    hark_core_say_removed (core, pending->before->removed);
    hark_core_emit (core, contact_result (pending->command, &pending->contact));
    forget (core, &pending->contact);
    return;
  }
  contact = hark_core_put_back_removed (core, pending);
  if (contact == NULL)
    return;
  g_hash_table_replace (core->contacts, &contact->row.account, contact);
  take_back (core, contact, pending);
}

static void
remove_contact (HarkCore *core, HarkCoreContact *contact, HarkCommand *command)
{
  HarkPending *pending
    = hark_core_remember_removed (hark_pending_new (after_remove, command), contact);

  cut_off (core, contact);
  keep_heard (core);
  g_hash_table_remove (core->acks_due, contact);
  g_hash_table_steal (core->contacts, &pending->contact);
  hark_core_ask_store (core, hark_core_request_deletion (&pending->contact), pending);
}

void
hark_core_drop_contact (HarkCore *core, const HarkKey *account)
{
  const HarkKey whose = *account; /* which may be the contact's own */
  HarkCoreContact *contact = hark_core_find (core, account);

  if (contact == NULL) {
    hark_core_mail_forget (core, &whose);
    hark_ledger_forget (core->ledger.book, &whose);
    return;
  }
  cut_off (core, contact);
  forget (core, &whose);
  g_hash_table_remove (core->acks_due, contact);
  g_hash_table_remove (core->contacts, &whose);
  hark_core_ask_store (core, hark_core_request_deletion (&whose), NULL);
}

/* The oldest goes when too many were declined; forgotten by memory and disk alike. */
static void
trim_declined (HarkCore *core)
{
  HarkCoreContact *oldest = NULL;
  GHashTableIter iter;
  HarkKey account;
  void *value;

  if (count_of (core, HARK_CONTACT_DECLINED) <= HARK_CORE_DECLINED_MAX)
    return;
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreContact *contact = value;

    if (contact->row.status == HARK_CONTACT_DECLINED
        && (oldest == NULL || contact->row.added_ms < oldest->row.added_ms))
      oldest = contact;
  }
  account = oldest->row.account;
  g_hash_table_remove (core->contacts, &account);
  hark_core_ask_store (core, hark_core_request_deletion (&account), NULL);
}

static HarkContactInput
input_of (HarkCommandKind kind)
{
  switch (kind) {
  case HARK_COMMAND_ACCEPT:
    return HARK_CONTACT_USER_ACCEPT;
  case HARK_COMMAND_DECLINE:
    return HARK_CONTACT_USER_DECLINE;
  case HARK_COMMAND_BLOCK:
    return HARK_CONTACT_USER_BLOCK;
  default:
    return HARK_CONTACT_USER_REMOVE;
  }
}

void
hark_core_command_person (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_find_of (core, command);
  HarkContactInput input = input_of (command->kind);
  HarkContactStep from
    = contact != NULL ? (HarkContactStep) contact->row.status : HARK_CONTACT_STEP_NONE;
  HarkContactStep next;
  HarkPending *pending;

  if (contact == NULL || !hark_contact_step (from, input, &next)) {
    hark_core_refuse (core, command, contact == NULL ? "no-contact" : "not-now",
                      hark_contact_refusal (from, input));
    hark_command_free (command);
    return;
  }
  if (core->heard_news)
    keep_heard (core); /* whatever he asked until now is answered */
  if (next == HARK_CONTACT_STEP_ACCEPTED) {
    accept (core, contact, command);
  } else if (next == HARK_CONTACT_STEP_NONE) {
    remove_contact (core, contact, command);
  } else {
    pending = hark_core_remember (hark_pending_new (after_step, command), contact);
    cut_off (core, contact);
    contact->row.status = (HarkContactStatus) next;
    hark_core_keep (core, contact, pending);
    trim_declined (core);
  }
}

/* They are again what they were: a contact, somebody who asks, or somebody who was asked. */
void
hark_core_command_unblock (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_find_of (core, command);
  const HarkContactStep from
    = contact != NULL ? (HarkContactStep) contact->row.status : HARK_CONTACT_STEP_NONE;
  const HarkContactInput input = contact != NULL && contact->row.has_pairwise
                                   ? HARK_CONTACT_USER_UNBLOCK
                                   : HARK_CONTACT_USER_HEAR;
  g_auto (HarkAddress) address = {0};
  HarkContactStep next;

  if (!hark_contact_step (from, input, &next)) {
    hark_core_refuse (core, command, contact == NULL ? "no-contact" : "not-now",
                      hark_contact_refusal (from, input));
    hark_command_free (command);
  } else if (next == HARK_CONTACT_STEP_ACCEPTED) {
    accept (core, contact, command);
  } else if (!contact->row.has_reach && contact->row.has_first) {
    address.account = contact->row.account;
    address.token = contact->row.first;
    ask (core, command, &address);
  } else {
    HarkPending *pending = hark_core_remember (hark_pending_new (after_step, command), contact);

    contact->row.status = (HarkContactStatus) next;
    hark_core_keep (core, contact, pending);
  }
}

void
hark_core_command_rename (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_find_of (core, command);
  HarkPending *pending;

  if (contact == NULL) {
    hark_core_refuse (core, command, "no-contact", "There is no such contact.");
    hark_command_free (command);
    return;
  }
  pending = hark_core_remember (hark_pending_new (after_step, command), contact);
  hark_contact_clean_name (command->name, contact->row.petname);
  hark_core_keep (core, contact, pending);
}

void
hark_core_command_set_verified (HarkCore *core, HarkCommand *command)
{
  static const char *const words[] = {"no", "voice", "person"};
  HarkCoreContact *contact = hark_core_need (core, command);

  if (contact != NULL) {
    for (uint8_t how = 0; how < G_N_ELEMENTS (words); how++) {
      if (g_strcmp0 (command->how, words[how]) == 0) {
        hark_core_set_verified (core, contact, how, hark_pending_new (after_step, command));
        return;
      }
    }
    hark_core_refuse (core, command, "bad-value", "Say \"voice\", \"person\" or \"no\".");
  }
  hark_command_free (command);
}
