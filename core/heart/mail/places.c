/* Who keeps mail for whom, as it is done: people and nodes to be reached for it, what has to be
 * said, and the user's commands. Stands on people/contacts.c and mail/mailbox.c. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/files/shares.h"
#include "core/heart/mail/mail.h"
#include "core/heart/people/before.h"
#include "core/identity/address.h"
#include "net/base/locked.h"

#include <string.h>

/* ---- rows ------------------------------------------------------------------------ */

static void
add_row (HarkCore *core, const HarkKey *account, const HarkToken *reach, const HarkSecret *pairwise)
{
  HarkStoreContact row = {.account = *account,
                          .status = HARK_CONTACT_ACCEPTED,
                          .has_reach = true,
                          .reach = *reach,
                          .has_pairwise = true,
                          .pairwise = *pairwise,
                          .pairwise_ms = hark_core_wall (core),
                          .added_ms = hark_core_wall (core)};

  if (g_hash_table_size (core->contacts) < HARK_CORE_CONTACTS_MAX + HARK_CORE_NODES_MAX) {
    HarkCoreContact *contact = hark_core_add_contact (core, &row, NULL);

    hark_core_keep (core, contact, NULL);
    hark_core_tell_net (core, contact);
  }
  sodium_memzero (&row, sizeof row);
}

/* Nodes of contacts: those that are named are reached, the others forgotten. */
static void
settle_nodes (HarkCore *core)
{
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (HarkMailPlace));
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (HarkKey));
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->mail.all);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkMailPeer *peer = value;

    for (size_t i = 0; i < peer->n_places; i++)
      if (peer->places[i].is_node && hark_core_find (core, &peer->places[i].keeper) == NULL)
        g_array_append_val (wanted, peer->places[i]);
    if ((peer->is & HARK_MAIL_NODE) && !(peer->is & HARK_MAIL_OWN)
        && !hark_mail_peers_is_place (&core->mail, &peer->account))
      g_array_append_val (gone, peer->account);
  }
  for (guint i = 0; i < wanted->len; i++) {
    const HarkMailPlace *place = &g_array_index (wanted, HarkMailPlace, i);
    HarkMailPeer *peer = hark_mail_peers_get (&core->mail, &place->keeper);

    if (peer == NULL || hark_core_find (core, &place->keeper) != NULL)
      continue;
    peer->is |= HARK_MAIL_NODE;
    add_row (core, &place->keeper, &place->reach, &place->pairwise);
  }
  if (wanted->len > 0)
    sodium_memzero (wanted->data, wanted->len * sizeof (HarkMailPlace));
  for (guint i = 0; i < gone->len; i++)
    hark_core_drop_contact (core, &g_array_index (gone, HarkKey, i));
}

/* We are a node: our owner's contacts are let in, whoever was one is not. */
static void
settle_guests (HarkCore *core)
{
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (HarkKey));
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->mail.all);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkMailPeer *peer = value;
    HarkCoreContact *contact = hark_core_find (core, &peer->account);

    if (!(peer->is & (HARK_MAIL_GUEST | HARK_MAIL_OWNER))) {
      g_array_append_val (gone, peer->account);
    } else if (contact == NULL && (peer->is & HARK_MAIL_GUEST)) {
      add_row (core, &peer->account, &peer->reach, &peer->guest);
    } else if (contact != NULL && (peer->is & HARK_MAIL_GUEST) && !contact->has_session
               && !hark_secret_equal (&contact->row.pairwise, &peer->guest)) {
      /* they may have lost what we agreed on since and begin anew */
      contact->row.has_pairwise_previous = true;
      contact->row.pairwise_previous = peer->guest;
      hark_core_keep (core, contact, NULL);
      hark_core_tell_net (core, contact);
    }
  }
  for (guint i = 0; i < gone->len; i++)
    hark_core_drop_contact (core, &g_array_index (gone, HarkKey, i));
}

/* Whoever comes first to a new node owns it; then nobody else is let in without the owner. */
static void
take_owner (HarkCore *core, const HarkCoreContact *contact)
{
  HarkMailPeer *peer = hark_mail_peers_get (&core->mail, &contact->row.account);

  if (peer == NULL || !hark_core_wants_owner (core) || (peer->is & HARK_MAIL_GUEST))
    return;
  peer->is |= HARK_MAIL_OWNER;
  core->mail.has_own = core->mail_changed = true;
  hark_rng_bytes (&core->rng, core->mail.own, sizeof core->mail.own);
  hark_core_close_addresses (core);
}

/* ---- what is to be said ---------------------------------------------------------- */

static void
agree (HarkCore *core, HarkCoreContact *contact)
{
  HarkCoreMailbox *box = contact->mailbox;
  const HarkKey *account = &contact->row.account;
  const HarkMailPeer *peer;
  unsigned is;

  if (box == NULL || !contact->hello_heard || !hark_core_is_ready (contact)
      || contact->row.status != HARK_CONTACT_ACCEPTED)
    return;
  if (core->config.mailbox)
    take_owner (core, contact);
  peer = hark_mail_peers_find (&core->mail, account);
  is = peer != NULL ? peer->is : 0;
  if ((is & HARK_MAIL_ASKED) && !box->ask_said)
    hark_core_say_ask (core, contact, true);
  if ((is & (HARK_MAIL_KEPT | HARK_MAIL_OWNER)) && !box->grant_said)
    hark_core_say_grant (core, contact, true);
  if (!core->config.mailbox && !box->places_said && hark_core_is_guest (core, contact)) {
    hark_core_agree_met (core, contact);
    hark_core_say_places (core, contact);
    box->places_said = true;
  }
  if ((is & HARK_MAIL_OWN) && (is & HARK_MAIL_KEEPS) && !box->guests_said) {
    hark_core_say_guests (core, contact);
    box->guests_said = true;
  }
  box->ask_said = box->grant_said = true;
  if (!box->asked && !box->asking
      && ((is & HARK_MAIL_KEEPS) || hark_mail_peers_is_place (&core->mail, account)))
    hark_core_mail_ask (core, contact);
}

/* Something has changed: each hears of it as far as it is another thing for them, for when somebody
 * hears something tells that others agreed on something. */
static void
agree_with_all (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreContact *contact = value;
    HarkCoreMailbox *box = contact->mailbox;

    if (box == NULL)
      continue;
    if (core->places_changed)
      box->places_said = false;
    box->guests_said = false;
    if (hark_core_mail_asks_anew (core, contact))
      box->asked = false; /* others may have left something there for us */
    agree (core, contact);
  }
}

static void
agree_with_some (HarkCore *core)
{
  g_autoptr (GHashTable) due = g_steal_pointer (&core->agree_due);
  GHashTableIter iter;
  void *key;

  core->agree_due = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, g_free, NULL);
  g_hash_table_iter_init (&iter, due);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    HarkCoreContact *contact = hark_core_find (core, key);

    if (contact != NULL)
      agree (core, contact);
  }
}

static void
offer_due (HarkCore *core)
{
  g_autoptr (GHashTable) due = g_steal_pointer (&core->mail_due);
  GHashTableIter iter;
  void *key;

  core->mail_due = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, g_free, NULL);
  g_hash_table_iter_init (&iter, due);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    HarkCoreContact *contact = hark_core_find (core, key);

    if (contact != NULL)
      hark_core_mail_offer_all (core, contact);
  }
}

static void
say_list (HarkCore *core)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MAILBOX);

  hark_core_list_mailboxes (core, event);
  hark_core_emit (core, event);
}

void
hark_core_mail_settle (HarkCore *core)
{
  if (!core->has_account)
    return;
  if (core->mail_stored->len > 0)
    hark_core_mail_stored (core);
  if (core->rows_due) {
    settle_nodes (core);
    if (core->config.mailbox)
      settle_guests (core);
  }
  if (core->rows_due || core->places_changed || core->guests_changed)
    agree_with_all (core);
  core->rows_due = core->places_changed = core->guests_changed = false;
  if (g_hash_table_size (core->agree_due) > 0)
    agree_with_some (core);
  if (g_hash_table_size (core->mail_due) > 0)
    offer_due (core);
  if (core->mail_changed)
    hark_core_mail_keep (core, NULL);
  core->mail_changed = false;
  if (core->group_mail_changed)
    hark_core_groups_had_keep (core);
  core->group_mail_changed = false;
  if (core->mail_news)
    say_list (core);
  core->mail_news = false;
}

/* A node of our own that we decided against. */
static bool
is_left (const HarkCore *core, const HarkKey *account)
{
  return hark_mail_peers_is (&core->mail, account, HARK_MAIL_OWN)
         && !hark_mail_peers_is (&core->mail, account, HARK_MAIL_ASKED);
}

/* Those whose rows were still there when the program ended. */
static void
drop_left (HarkCore *core)
{
  g_autoptr (GArray) left = g_array_new (FALSE, FALSE, sizeof (HarkKey));
  GHashTableIter iter;
  void *account;

  g_hash_table_iter_init (&iter, core->mail.all);
  while (g_hash_table_iter_next (&iter, &account, NULL))
    if (is_left (core, account))
      g_array_append_vals (left, account, 1);
  for (guint i = 0; i < left->len; i++)
    hark_core_drop_contact (core, &g_array_index (left, HarkKey, i));
}

void
hark_core_mail_start (HarkCore *core)
{
  drop_left (core);
  core->mail_at = hark_time_add (core->now, HARK_MINUTE);
  core->mail_ask_at = hark_time_add (core->now, HARK_HOUR);
  core->rows_due = true;
  hark_core_keeper_expire (core);
}

/* ---- the user's steps ------------------------------------------------------------ */

void
hark_core_list_mailboxes (HarkCore *core, HarkEvent *event)
{
  GHashTableIter iter;
  void *value;

  event->mailboxes = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_mailbox_info_free);
  event->number = hark_keeper_count (core->keeper, NULL);
  g_hash_table_iter_init (&iter, core->mail.all);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkMailPeer *peer = value;
    const HarkCoreContact *contact = hark_core_find (core, &peer->account);
    HarkMailboxInfo *info;

    if (contact == NULL
        || !(peer->is & (HARK_MAIL_ASKED | HARK_MAIL_KEPT | HARK_MAIL_WANTS | HARK_MAIL_OWNER)))
      continue;
    info = g_new0 (HarkMailboxInfo, 1);
    memcpy (info->account, peer->account.bytes, sizeof info->account);
    info->name
      = hark_contact_name (contact->row.petname, contact->row.name, contact->row.account.bytes);
    info->node = (peer->is & HARK_MAIL_OWN) != 0;
    info->asked = (peer->is & HARK_MAIL_ASKED) != 0;
    info->keeps = (peer->is & HARK_MAIL_KEEPS) != 0;
    info->wants = (peer->is & HARK_MAIL_WANTS) != 0;
    info->kept = (peer->is & (HARK_MAIL_KEPT | HARK_MAIL_OWNER)) != 0;
    info->online = contact->has_session;
    g_ptr_array_add (event->mailboxes, info);
  }
}

static void
list (HarkCore *core, HarkCommand *command)
{
  HarkEvent *event = hark_core_result (command);

  hark_core_list_mailboxes (core, event);
  hark_core_emit (core, event);
  hark_command_free (command);
}

/* What we decided about somebody, and the ticket of those for whom we keep: all that a command
 * changes. */
typedef struct {
  HarkKey account;
  unsigned is;
} Decided;

#define DECIDED (HARK_MAIL_ASKED | HARK_MAIL_KEPT)

/* (transfer full): as it is, for finish(): has_own | own | Decided... */
static GBytes *
remember (const HarkCore *core)
{
  GByteArray *array = g_byte_array_new ();
  const uint8_t has_own = core->mail.has_own;
  GHashTableIter iter;
  void *value;

  g_byte_array_append (array, &has_own, 1);
  g_byte_array_append (array, core->mail.own, sizeof core->mail.own);
  g_hash_table_iter_init (&iter, core->mail.all);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkMailPeer *peer = value;
    const Decided decided = {.account = peer->account, .is = peer->is};

    g_byte_array_append (array, (const uint8_t *) &decided, sizeof decided);
  }
  return hark_locked_bytes (array);
}

static unsigned
decided_before (const uint8_t *at, size_t len, const HarkKey *account)
{
  for (; len >= sizeof (Decided); at += sizeof (Decided), len -= sizeof (Decided)) {
    Decided decided;

    memcpy (&decided, at, sizeof decided);
    if (hark_key_equal (&decided.account, account))
      return decided.is;
  }
  return 0;
}

/* Back to @before; who has heard of what did not hold hears what holds. */
static void
put_back (HarkCore *core, GBytes *before)
{
  size_t len;
  const uint8_t *at = g_bytes_get_data (before, &len);
  GHashTableIter iter;
  void *value;

  core->mail.has_own = at[0] != 0;
  memcpy (core->mail.own, at + 1, sizeof core->mail.own);
  at += 1 + sizeof core->mail.own;
  len -= 1 + sizeof core->mail.own;
  g_hash_table_iter_init (&iter, core->mail.all);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkMailPeer *peer = value;
    const unsigned was = decided_before (at, len, &peer->account);
    const unsigned changed = (peer->is ^ was) & DECIDED;
    HarkCoreContact *contact = hark_core_find (core, &peer->account);

    peer->is ^= changed;
    if (changed & HARK_MAIL_KEPT)
      peer->is = (peer->is & ~(unsigned) HARK_MAIL_WANTS) | (was & HARK_MAIL_WANTS);
    if (contact != NULL && (changed & HARK_MAIL_ASKED)) /* who agreed says so again */
      hark_core_say_ask (core, contact, (peer->is & HARK_MAIL_ASKED) != 0);
    if (contact != NULL && (changed & HARK_MAIL_KEPT))
      hark_core_say_grant (core, contact, (peer->is & HARK_MAIL_KEPT) != 0);
  }
}

static void
after_decided (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  GBytes *before = reply->ok ? NULL : hark_core_put_back_kept (core, pending);

  if (before != NULL) {
    put_back (core, before);
    core->places_changed = core->mail_news = true;
  }
  hark_core_after_keep (core, pending, reply);
}

/* What is known of a node goes when the disk has the decision; else all of it would have to be put
 * back. */
static void
after_left (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  const HarkKey account = pending->contact;
  HarkCoreContact *contact;

  after_decided (core, pending, reply);
  if (!reply->ok || !is_left (core, &account)) /* or it was added again meanwhile */
    return;
  contact = hark_core_find (core, &account);
  if (contact != NULL)
    hark_core_say_ask (core, contact, false);
  hark_core_drop_contact (core, &account);
  core->mail_news = true;
}

/* @before: (transfer full): of remember(). */
static void
finish (HarkCore *core, HarkPending *pending, GBytes *before)
{
  core->mail_news = true;
  hark_core_mail_keep (core, hark_core_remember_kept (pending, HARK_STORE_PUT_MAILBOX, before));
}

/* A node, by its link. */
static void
add_node (HarkCore *core, HarkCommand *command)
{
  g_auto (HarkAddress) address = {0};
  HarkAddressResult result
    = hark_address_parse (command->address != NULL ? command->address : "", &address);
  HarkCoreContact *contact
    = result == HARK_ADDRESS_OK ? hark_core_find (core, &address.account) : NULL;
  HarkMailPeer *peer = NULL;

  if (contact != NULL && !hark_core_is_node (core, &address.account)) {
    hark_core_refuse (core, command, "exists", "This is a contact; name them instead.");
    hark_command_free (command);
    return;
  }
  if (contact != NULL && !hark_mail_peers_is (&core->mail, &address.account, HARK_MAIL_OWN))
    hark_core_drop_contact (core, &address.account); /* only a contact says that it is theirs */
  if (result == HARK_ADDRESS_OK && !hark_key_equal (&address.account, &core->own))
    peer = hark_mail_peers_get (&core->mail, &address.account);
  if (peer != NULL) {
    peer->is |= HARK_MAIL_ASKED | HARK_MAIL_OWN | HARK_MAIL_NODE;
    core->mail_changed = core->mail_news = true;
  }
  hark_core_command_add (core, command); /* which says what is wrong with an address */
}

static void
add_keeper (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact;
  HarkMailPeer *peer;
  GBytes *before;

  if (!command->has_contact) {
    if (!hark_core_meet_node (core, command, add_node))
      add_node (core, command);
    return;
  }
  contact = hark_core_need (core, command);
  peer = contact != NULL ? hark_mail_peers_get (&core->mail, &contact->row.account) : NULL;
  if (peer == NULL) {
    if (contact != NULL)
      hark_core_refuse (core, command, "too-many", "There are too many already.");
    hark_command_free (command);
    return;
  }
  before = remember (core);
  peer->is |= HARK_MAIL_ASKED;
  if (contact->mailbox != NULL)
    contact->mailbox->ask_said = false;
  hark_core_agree_due (core, contact);
  finish (core, hark_pending_new (after_decided, command), before);
}

/* One who keeps for us, by contact or by name. */
static HarkCoreContact *
find_keeper (HarkCore *core, const HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_find_of (core, command);
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->mail.all);
  while (contact == NULL && command->name != NULL && g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkMailPeer *peer = value;
    HarkCoreContact *keeper = hark_core_find (core, &peer->account);
    g_autofree char *name = NULL;

    if (keeper == NULL || !(peer->is & HARK_MAIL_ASKED))
      continue;
    name = hark_contact_name (keeper->row.petname, keeper->row.name, keeper->row.account.bytes);
    if (g_ascii_strcasecmp (name, command->name) == 0)
      contact = keeper;
  }
  return contact;
}

static void
drop_keeper (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = find_keeper (core, command);
  HarkMailPeer *peer
    = contact != NULL ? hark_mail_peers_find (&core->mail, &contact->row.account) : NULL;
  HarkPending *pending;
  GBytes *before;

  if (peer == NULL || !(peer->is & HARK_MAIL_ASKED)) {
    hark_core_refuse (core, command, "no-such-mailbox", "Nobody of that name keeps mail for you.");
    hark_command_free (command);
    return;
  }
  before = remember (core);
  if (peer->is & HARK_MAIL_OWN) {
    peer->is &= ~(unsigned) HARK_MAIL_ASKED;
    pending = hark_pending_new (after_left, command);
    pending->contact = peer->account;
  } else {
    hark_core_say_ask (core, contact, false);
    peer->is &= ~(unsigned) (HARK_MAIL_ASKED | HARK_MAIL_KEEPS);
    core->places_changed = true;
    pending = hark_pending_new (after_decided, command);
  }
  finish (core, pending, before);
}

/* What was given before holds no more; those for whom we still keep get the new one. */
static void
renew_ticket (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  core->mail.has_own = true;
  hark_rng_bytes (&core->rng, core->mail.own, sizeof core->mail.own);
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreContact *contact = value;

    if (contact->mailbox == NULL)
      continue;
    contact->mailbox->grant_said = false;
    hark_core_agree_due (core, contact);
  }
}

static void
keep_for (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_need (core, command);
  HarkMailPeer *peer
    = contact != NULL ? hark_mail_peers_get (&core->mail, &contact->row.account) : NULL;
  GBytes *before;

  if (peer == NULL) {
    hark_command_free (command);
    return;
  }
  before = remember (core);
  if (!command->on) {
    peer->is &= ~(unsigned) (HARK_MAIL_KEPT | HARK_MAIL_WANTS);
    hark_core_say_grant (core, contact, false);
    renew_ticket (core);
  } else {
    peer->is |= HARK_MAIL_KEPT;
    if (!core->mail.has_own)
      renew_ticket (core);
    if (contact->mailbox != NULL)
      contact->mailbox->grant_said = false;
    hark_core_agree_due (core, contact);
  }
  finish (core, hark_pending_new (after_decided, command), before);
}

void
hark_core_command_mailbox (HarkCore *core, HarkCommand *command)
{
  switch (command->kind) {
  case HARK_COMMAND_MAILBOX_ADD:
    add_keeper (core, command);
    break;
  case HARK_COMMAND_MAILBOX_DROP:
    drop_keeper (core, command);
    break;
  case HARK_COMMAND_MAILBOX_FOR:
    keep_for (core, command);
    break;
  default:
    list (core, command);
    break;
  }
}
