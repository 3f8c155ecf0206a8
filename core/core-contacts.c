#define G_LOG_DOMAIN "hark-core"

#include "core/core-private.h"
#include "core/identity/address.h"

#include <string.h>

#define INVITE_LIFE_MS (INT64_C (30) * 24 * 3600 * 1000)

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

  hark_net_open_audience (core->net, HARK_AUDIENCE_CONTACTS, &core->account.contacts_token, NULL,
                          core->now);
  for (guint i = 0; i < core->addresses->len; i++) {
    const HarkStoreAddress *address = &g_array_index (core->addresses, HarkStoreAddress, i);

    hark_net_open_audience (core->net,
                            address->kind == HARK_STORE_ADDRESS_PUBLIC ? HARK_AUDIENCE_ADDRESS
                                                                       : HARK_AUDIENCE_INVITE,
                            &address->token, NULL, core->now);
  }
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (contacts, value);
  g_ptr_array_sort (contacts, compare_last_seen);
  for (guint i = 0; i < contacts->len; i++) {
    HarkCoreContact *contact = g_ptr_array_index (contacts, i);

    if (contact->row.status == HARK_CONTACT_ASKED)
      send_request (core, contact);
    else if (contact->row.status == HARK_CONTACT_ACCEPTED && contact->row.has_answer)
      hark_net_open_audience (core->net, HARK_AUDIENCE_REQUEST, &contact->row.answer,
                              &contact->row.account, core->now);
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

static void
after_add (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (hark_core_refuse_store (core, pending, reply)) {
    if (contact != NULL && contact->row.status == HARK_CONTACT_ASKED)
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

  if (contact != NULL && contact->row.status == HARK_CONTACT_ASKED)
    hark_core_end_asking (core, contact);
  if (contact != NULL) {
    g_strlcpy (row.name, contact->row.name, sizeof row.name);
    g_strlcpy (row.petname, contact->row.petname, sizeof row.petname);
    row.verified = contact->row.verified;
  }
  hark_rng_bytes (&core->rng, row.answer.bytes, sizeof row.answer.bytes);
  if (command->name != NULL)
    hark_contact_clean_name (command->name, row.petname);
  hark_contact_clean_text (command->text, row.request_text);
  if (contact != NULL)
    contact->row = row;
  else
    contact = hark_core_add_contact (core, &row, NULL);
  sodium_memzero (&row, sizeof row);
  hark_core_keep (core, contact, hark_pending_new (after_add, command));
}

/* ---- accepting ---- */

/* An invite is for one person. */
static void
use_up_invite (HarkCore *core, const HarkToken *via)
{
  for (guint i = 0; i < core->addresses->len; i++) {
    HarkStoreAddress *address = &g_array_index (core->addresses, HarkStoreAddress, i);
    HarkStoreRequest *request;

    if (address->kind != HARK_STORE_ADDRESS_INVITE || !hark_token_equal (&address->token, via))
      continue;
    hark_net_close_audience (core->net, via, core->now);
    request = hark_core_request (HARK_STORE_DELETE_ADDRESS);
    request->address = *address;
    g_array_remove_index_fast (core->addresses, i);
    hark_core_ask_store (core, request, NULL);
    return;
  }
}

static void
after_accept (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (hark_core_refuse_store (core, pending, reply))
    return;
  if (pending->command != NULL)
    hark_core_emit (core, contact_result (pending->command, &pending->contact));
  if (contact == NULL || contact->row.status != HARK_CONTACT_ACCEPTED)
    return;
  use_up_invite (core, &contact->row.via);
  hark_core_tell_net (core, contact);
  hark_net_try_now (core->net, &contact->row.account, core->now);
  hark_core_contact_changed (core, contact);
}

static void
accept (HarkCore *core, HarkCoreContact *contact, HarkCommand *command)
{
  contact->row.status = HARK_CONTACT_ACCEPTED;
  hark_core_keep (core, contact, hark_pending_new (after_accept, command));
}

static void
after_request (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);
  HarkEvent *event;

  if (hark_core_refuse_store (core, pending, reply) || contact == NULL
      || contact->row.status != HARK_CONTACT_REQUEST)
    return;
  event = hark_event_new (HARK_EVENT_REQUEST);
  event->person = hark_core_person (core, contact);
  hark_core_emit (core, event);
  if (core->config.auto_accept_requests)
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
keep_heard (HarkCore *core)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_HEARD);

  request->heard = hark_heard_keep (core->heard);
  hark_core_ask_store (core, request, NULL);
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

void
hark_core_handle_request (HarkCore *core, const HarkNetEvent *event)
{
  HarkCoreContact *contact = hark_core_find (core, &event->account);
  HarkContactStep step
    = contact != NULL ? (HarkContactStep) contact->row.status : HARK_CONTACT_STEP_NONE;
  HarkStoreContact row = {.account = event->account, .added_ms = hark_core_wall (core)};

  if (hark_key_equal (&event->account, &core->own)
      || !hark_contact_step (step, HARK_CONTACT_PEER_REQUEST, &step)
      || !hark_heard_is_new (core->heard, &event->account, event->request->made_ms))
    return;
  if (contact == NULL) {
    if (count_of (core, HARK_CONTACT_REQUEST) >= HARK_CORE_REQUESTS_MAX
        || g_hash_table_size (core->contacts) >= HARK_CORE_CONTACTS_MAX)
      return;
    row.status = HARK_CONTACT_REQUEST;
    take_request (core, &row, event);
    contact = hark_core_add_contact (core, &row, NULL);
    sodium_memzero (&row, sizeof row);
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

void
hark_core_command_add (HarkCore *core, HarkCommand *command)
{
  g_auto (HarkAddress) address = {0};
  HarkAddressResult result
    = hark_address_parse (command->address != NULL ? command->address : "", &address);
  HarkCoreContact *contact;
  HarkContactStep from, next;

  contact = result == HARK_ADDRESS_OK ? hark_core_find (core, &address.account) : NULL;
  from = contact != NULL ? (HarkContactStep) contact->row.status : HARK_CONTACT_STEP_NONE;
  if (result != HARK_ADDRESS_OK) {
    hark_core_refuse (core, command, "bad-address", hark_address_explain (result));
  } else if (hark_key_equal (&address.account, &core->own)) {
    hark_core_refuse (core, command, "own-address", "This is your own address.");
  } else if (!hark_contact_step (from, HARK_CONTACT_USER_ADD, &next)) {
    hark_core_refuse (core, command, "exists", hark_contact_refusal (from, HARK_CONTACT_USER_ADD));
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

/* Nothing of theirs goes on. */
static void
cut_off (HarkCore *core, HarkCoreContact *contact)
{
  hark_core_end_asking (core, contact);
  hark_core_calls_forget (core, &contact->row.account);
  hark_core_files_forget (core, &contact->row.account);
  hark_core_end_session (core, contact);
  hark_net_remove_contact (core->net, &contact->row.account, core->now);
  hark_core_save_records (core); /* no trace of where they were stays */
  contact->presence = HARK_PRESENCE_OFFLINE;
  contact->path = HARK_PATH_NONE;
  contact->reason = NULL;
}

static void
after_step (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (hark_core_refuse_store (core, pending, reply))
    return;
  hark_core_emit (core, contact_result (pending->command, &pending->contact));
  if (contact != NULL)
    hark_core_contact_changed (core, contact);
}

static void
say_removed (HarkCore *core, const HarkCoreContact *contact)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);

  event->person = hark_core_person (core, contact);
  event->person->status = HARK_PERSON_REMOVED;
  hark_core_emit (core, event);
}

static void
remove_contact (HarkCore *core, HarkCoreContact *contact, HarkCommand *command)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_DELETE_CONTACT);
  HarkPending *pending = hark_pending_new (after_step, command);

  request->contact = g_new0 (HarkStoreContact, 1);
  request->contact->account = contact->row.account;
  pending->contact = contact->row.account;
  cut_off (core, contact);
  keep_heard (core);
  say_removed (core, contact);
  g_hash_table_remove (core->acks_due, contact);
  g_hash_table_remove (core->contacts, &pending->contact);
  hark_core_ask_store (core, request, pending);
}

/* The oldest goes when too many were declined; forgotten by memory and disk alike. */
static void
trim_declined (HarkCore *core)
{
  HarkCoreContact *oldest = NULL;
  HarkStoreRequest *request;
  GHashTableIter iter;
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
  request = hark_core_request (HARK_STORE_DELETE_CONTACT);
  request->contact = g_new0 (HarkStoreContact, 1);
  request->contact->account = oldest->row.account;
  g_hash_table_remove (core->contacts, &oldest->row.account);
  hark_core_ask_store (core, request, NULL);
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

  if (contact == NULL || !hark_contact_step (from, input, &next)) {
    hark_core_refuse (core, command, contact == NULL ? "no-contact" : "not-now",
                      hark_contact_refusal (from, input));
    hark_command_free (command);
  } else if (next == HARK_CONTACT_STEP_ACCEPTED) {
    accept (core, contact, command);
  } else if (next == HARK_CONTACT_STEP_NONE) {
    remove_contact (core, contact, command);
  } else {
    if (next == HARK_CONTACT_STEP_DECLINED)
      say_removed (core, contact);
    cut_off (core, contact);
    use_up_invite (core, &contact->row.via);
    contact->row.status = (HarkContactStatus) next;
    hark_core_keep (core, contact, hark_pending_new (after_step, command));
    trim_declined (core);
  }
}

void
hark_core_command_rename (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_find_of (core, command);

  if (contact == NULL) {
    hark_core_refuse (core, command, "no-contact", "There is no such contact.");
    hark_command_free (command);
    return;
  }
  hark_contact_clean_name (command->name, contact->row.petname);
  hark_core_keep (core, contact, hark_pending_new (after_step, command));
}

void
hark_core_command_set_verified (HarkCore *core, HarkCommand *command)
{
  static const char *const words[] = {"no", "voice", "person"};
  HarkCoreContact *contact = hark_core_need (core, command);

  if (contact != NULL) {
    for (uint8_t how = 0; how < G_N_ELEMENTS (words); how++) {
      if (g_strcmp0 (command->how, words[how]) == 0) {
        contact->row.verified = how;
        hark_core_keep (core, contact, hark_pending_new (after_step, command));
        return;
      }
    }
    hark_core_refuse (core, command, "bad-value", "Say \"voice\", \"person\" or \"no\".");
  }
  hark_command_free (command);
}

/* ---- our own addresses ---- */

char *
hark_core_format_address (HarkCore *core, const HarkStoreAddress *address)
{
  char text[HARK_ADDRESS_LEN + 1];
  g_auto (HarkAddress) value = {
    .kind = address->kind == HARK_STORE_ADDRESS_PUBLIC ? HARK_ADDRESS_PUBLIC : HARK_ADDRESS_INVITE,
    .account = core->own,
    .token = address->token};

  hark_address_format (&value, text);
  return g_strdup (text);
}

static void
answer_address (HarkCore *core, const HarkCommand *command, const HarkStoreAddress *address)
{
  HarkEvent *event = hark_core_result (command);

  event->address = hark_core_format_address (core, address);
  hark_core_emit (core, event);
}

static void
after_address (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  const HarkStoreAddress *address = &pending->address;

  if (hark_core_refuse_store (core, pending, reply))
    return;
  g_array_append_val (core->addresses, pending->address);
  hark_net_open_audience (core->net,
                          address->kind == HARK_STORE_ADDRESS_PUBLIC ? HARK_AUDIENCE_ADDRESS
                                                                     : HARK_AUDIENCE_INVITE,
                          &address->token, NULL, core->now);
  answer_address (core, pending->command, address);
}

static void
make_address (HarkCore *core, HarkCommand *command)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_ADDRESS);
  HarkPending *pending = hark_pending_new (after_address, command);
  HarkStoreAddress *address = &request->address;

  address->kind = command->one_time ? HARK_STORE_ADDRESS_INVITE : HARK_STORE_ADDRESS_PUBLIC;
  address->made_ms = hark_core_wall (core);
  hark_contact_clean_name (command->text, address->label);
  hark_rng_bytes (&core->rng, address->token.bytes, sizeof address->token.bytes);
  pending->address = *address;
  hark_core_ask_store (core, request, pending);
}

void
hark_core_command_address (HarkCore *core, HarkCommand *command)
{
  unsigned invites = 0;

  for (guint i = 0; i < core->addresses->len; i++) {
    const HarkStoreAddress *address = &g_array_index (core->addresses, HarkStoreAddress, i);

    invites += address->kind == HARK_STORE_ADDRESS_INVITE;
    if (!command->one_time && address->kind == HARK_STORE_ADDRESS_PUBLIC) {
      answer_address (core, command, address);
      hark_command_free (command);
      return;
    }
  }
  if (command->one_time && invites >= HARK_CORE_INVITES_MAX) {
    hark_core_refuse (core, command, "too-many",
                      "There are 100 invites nobody has used yet; they end after 30 days.");
    hark_command_free (command);
    return;
  }
  make_address (core, command);
}

void
hark_core_expire_invites (HarkCore *core)
{
  int64_t before = hark_core_wall (core) - INVITE_LIFE_MS;

  for (guint i = core->addresses->len; i > 0; i--) {
    HarkStoreAddress address = g_array_index (core->addresses, HarkStoreAddress, i - 1);

    if (address.kind == HARK_STORE_ADDRESS_INVITE && address.made_ms < before)
      use_up_invite (core, &address.token);
    hark_token_clear (&address.token);
  }
}
