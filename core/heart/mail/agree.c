/* Who keeps mail for whom, as it is said: agreements with contacts, and what a node and its owner
 * tell each other. Stands on people/people.c; mail/places.c acts on what changes here. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/mail/mail.h"
#include "net/base/domain.h"
#include "net/base/hash.h"

#include <string.h>

/* ---- what we say ----------------------------------------------------------------- */

void
hark_core_say_ask (HarkCore *core, HarkCoreContact *contact, bool on)
{
  Hark__Mailbox__Ask body = HARK__MAILBOX__ASK__INIT;
  Hark__Mailbox mail = HARK__MAILBOX__INIT;

  body.on = on;
  mail.what_case = HARK__MAILBOX__WHAT_ASK;
  mail.ask = &body;
  hark_core_say_mail (core, contact, &mail);
}

void
hark_core_say_grant (HarkCore *core, HarkCoreContact *contact, bool on)
{
  Hark__Mailbox__Grant body = HARK__MAILBOX__GRANT__INIT;
  Hark__Mailbox mail = HARK__MAILBOX__INIT;

  body.on = on;
  if (on)
    body.ticket = (ProtobufCBinaryData){sizeof core->mail.own, core->mail.own};
  mail.what_case = HARK__MAILBOX__WHAT_GRANT;
  mail.grant = &body;
  hark_core_say_mail (core, contact, &mail);
}

/* One place of ours, as @contact may know it: a person only by a hint, which says nothing to who
 * does not know them. */
static void
fill_place (HarkCore *core,
            const HarkCoreContact *contact,
            HarkMailPeer *us,
            HarkMailPeer *keeper,
            uint8_t hint[HARK_MAIL_HINT_LEN],
            Hark__Mailbox__Place *ret)
{
  const HarkCoreContact *node = hark_core_find (core, &keeper->account);

  hark__mailbox__place__init (ret);
  ret->ticket = (ProtobufCBinaryData){sizeof keeper->ticket, keeper->ticket};
  if (!(keeper->is & HARK_MAIL_OWN)) {
    hark_mail_hint (&contact->row.pairwise, &keeper->account, hint);
    ret->hint = (ProtobufCBinaryData){HARK_MAIL_HINT_LEN, hint};
    return;
  }
  ret->account = (ProtobufCBinaryData){HARK_KEY_LEN, keeper->account.bytes};
  ret->reach
    = (ProtobufCBinaryData){sizeof node->row.reach.bytes, (uint8_t *) node->row.reach.bytes};
  ret->secret = (ProtobufCBinaryData){sizeof us->guest.bytes, us->guest.bytes};
}

bool
hark_core_is_guest (HarkCore *core, const HarkCoreContact *contact)
{
  return contact->row.status == HARK_CONTACT_ACCEPTED && contact->row.has_reach
         && contact->row.has_pairwise && !hark_core_is_node (core, &contact->row.account);
}

static HarkMailPeer *
make_guest (HarkCore *core, const HarkCoreContact *contact)
{
  HarkMailPeer *peer = hark_mail_peers_get (&core->mail, &contact->row.account);

  if (peer != NULL && !peer->has_guest) {
    peer->has_guest = true;
    hark_rng_bytes (&core->rng, peer->guest.bytes, sizeof peer->guest.bytes);
    core->mail_changed = true;
  }
  return peer;
}

/* One more into the sum, in whatever order they come. */
static void
add_said (uint8_t sum[HARK_CORE_SAID_LEN], const HarkHashPart *parts, size_t n)
{
  uint8_t hash[HARK_CORE_SAID_LEN];

  hark_hash (hash, sizeof hash, NULL, 0, HARK_DOMAIN_KEPT_SAID, parts, n);
  for (size_t i = 0; i < sizeof hash; i++)
    sum[i] ^= hash[i];
}

static void
add_place (uint8_t sum[HARK_CORE_SAID_LEN], const Hark__Mailbox__Place *place)
{
  const ProtobufCBinaryData *fields[]
    = {&place->ticket, &place->hint, &place->account, &place->reach, &place->secret};
  HarkHashPart parts[G_N_ELEMENTS (fields)];

  for (size_t i = 0; i < G_N_ELEMENTS (fields); i++)
    parts[i] = HARK_PART_BYTES (fields[i]->data, fields[i]->len);
  add_said (sum, parts, G_N_ELEMENTS (parts));
}

void
hark_core_say_places (HarkCore *core, HarkCoreContact *contact)
{
  HarkMailPeer *them;
  Hark__Mailbox__Places body = HARK__MAILBOX__PLACES__INIT;
  Hark__Mailbox mail = HARK__MAILBOX__INIT;
  Hark__Mailbox__Place places[HARK_MAIL_PLACES_MAX], *list[HARK_MAIL_PLACES_MAX];
  uint8_t hints[HARK_MAIL_PLACES_MAX][HARK_MAIL_HINT_LEN];
  uint8_t sum[HARK_CORE_SAID_LEN] = {0};
  HarkCoreMailbox *box = hark_core_mailbox (contact);
  GHashTableIter iter;
  void *value;
  size_t n = 0;

  if (hark_mail_peers_count (&core->mail, HARK_MAIL_KEEPS) == 0
      && !hark_mail_peers_is (&core->mail, &contact->row.account, HARK_MAIL_TOLD))
    return; /* nobody keeps anything for us, and nobody did */
  them = make_guest (core, contact);
  if (them == NULL)
    return;
  g_hash_table_iter_init (&iter, core->mail.all);
  while (n < HARK_MAIL_PLACES_MAX && g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkMailPeer *keeper = value;
    const HarkCoreContact *row = hark_core_find (core, &keeper->account);

    if (!(keeper->is & HARK_MAIL_KEEPS) || row == NULL || row == contact || !row->row.has_reach)
      continue;
    fill_place (core, contact, them, keeper, hints[n], &places[n]);
    add_place (sum, &places[n]);
    list[n] = &places[n];
    n++;
  }
  if (n == 0 && !(them->is & HARK_MAIL_TOLD))
    return;
  if (box->places_known && memcmp (box->places, sum, sizeof sum) == 0)
    return; /* nor do they hear when others hear of something */
  body.places = list;
  body.n_places = n;
  mail.what_case = HARK__MAILBOX__WHAT_PLACES;
  mail.places = &body;
  box->places_known = hark_core_say_mail (core, contact, &mail);
  memcpy (box->places, sum, sizeof sum);
  if (box->places_known && !(them->is & HARK_MAIL_TOLD) != !n) {
    them->is = n > 0 ? them->is | HARK_MAIL_TOLD : them->is & ~(unsigned) HARK_MAIL_TOLD;
    core->mail_changed = true;
  }
}

static HarkMailPeer *
guest_of (HarkCore *core, const HarkCoreContact *contact)
{
  return hark_core_is_guest (core, contact) ? make_guest (core, contact) : NULL;
}

static void
sum_guests (HarkCore *core, uint8_t ret[HARK_CORE_SAID_LEN])
{
  GHashTableIter iter;
  void *value;

  memset (ret, 0, HARK_CORE_SAID_LEN);
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkStoreContact *row = &((HarkCoreContact *) value)->row;
    const HarkMailPeer *peer = guest_of (core, value);

    if (peer != NULL)
      add_said (ret,
                (const HarkHashPart[]){HARK_PART (&row->account), HARK_PART (&row->reach),
                                       HARK_PART (&peer->guest)},
                3);
  }
}

/* To our node: all whom it shall let in, some in each frame. */
void
hark_core_say_guests (HarkCore *core, HarkCoreContact *node)
{
  HarkCoreMailbox *box = hark_core_mailbox (node);
  uint8_t sum[HARK_CORE_SAID_LEN];
  g_autofree Hark__Mailbox__Guest *guests = g_new (Hark__Mailbox__Guest, HARK_CORE_GUESTS_MAX);
  Hark__Mailbox__Guest *list[HARK_CORE_GUESTS_MAX];
  Hark__Mailbox__Guests body = HARK__MAILBOX__GUESTS__INIT;
  Hark__Mailbox mail = HARK__MAILBOX__INIT;
  GHashTableIter iter;
  void *value;

  sum_guests (core, sum);
  if (box->guests_known && memcmp (box->guests, sum, sizeof sum) == 0)
    return;
  box->guests_known = false;
  memcpy (box->guests, sum, sizeof sum);
  body.first = body.more = true;
  body.guests = list;
  mail.what_case = HARK__MAILBOX__WHAT_GUESTS;
  mail.guests = &body;
  g_hash_table_iter_init (&iter, core->contacts);
  while (body.more) {
    body.n_guests = 0;
    while (body.n_guests < HARK_CORE_GUESTS_MAX
           && (body.more = g_hash_table_iter_next (&iter, NULL, &value))) {
      HarkCoreContact *contact = value;
      Hark__Mailbox__Guest *guest = &guests[body.n_guests];
      HarkMailPeer *peer = guest_of (core, contact);

      if (peer == NULL)
        continue;
      hark__mailbox__guest__init (guest);
      guest->account = (ProtobufCBinaryData){HARK_KEY_LEN, contact->row.account.bytes};
      guest->reach = (ProtobufCBinaryData){sizeof contact->row.reach, contact->row.reach.bytes};
      guest->secret = (ProtobufCBinaryData){sizeof peer->guest, peer->guest.bytes};
      list[body.n_guests++] = guest;
    }
    if (!hark_core_say_mail (core, node, &mail))
      return;
    body.first = false;
  }
  box->guests_known = true;
}

/* ---- what they say --------------------------------------------------------------- */

static bool
handle_ask (HarkCore *core, HarkCoreContact *contact, const Hark__Mailbox__Ask *body)
{
  HarkMailPeer *peer = body->on ? hark_mail_peers_get (&core->mail, &contact->row.account)
                                : hark_mail_peers_find (&core->mail, &contact->row.account);
  unsigned before = peer != NULL ? peer->is : 0;

  if (peer == NULL)
    return true;
  if (body->on)
    peer->is |= HARK_MAIL_WANTS;
  else
    peer->is &= ~(unsigned) HARK_MAIL_WANTS;
  if (peer->is != before)
    core->mail_changed = core->mail_news = true;
  if (body->on && (peer->is & HARK_MAIL_KEPT)) { /* what was granted unasked they did not heed */
    hark_core_mailbox (contact)->grant_said = false;
    hark_core_agree_due (core, contact);
  }
  return true;
}

static bool
handle_grant (HarkCore *core, HarkCoreContact *contact, const Hark__Mailbox__Grant *body)
{
  HarkMailPeer *peer = hark_mail_peers_find (&core->mail, &contact->row.account);
  HarkMailPeer before;

  if (body->on && body->ticket.len != HARK_MAIL_TICKET_LEN)
    return false;
  if (peer == NULL || !(peer->is & HARK_MAIL_ASKED))
    return true; /* not asked for */
  before = *peer;
  if (body->on) {
    peer->is |= HARK_MAIL_KEEPS;
    memcpy (peer->ticket, body->ticket.data, sizeof peer->ticket);
  } else {
    peer->is &= ~(unsigned) HARK_MAIL_KEEPS;
  }
  if (peer->is != before.is || memcmp (peer->ticket, before.ticket, sizeof peer->ticket) != 0) {
    core->mail_changed = core->mail_news = core->places_changed = true;
    hark_core_mail_due (core, contact);
  }
  return true;
}

/* @hint of @from names @contact. */
static bool
is_hinted (const HarkCoreContact *from,
           const uint8_t hint[HARK_MAIL_HINT_LEN],
           const HarkCoreContact *contact)
{
  const HarkStoreContact *row = &from->row;
  uint8_t own[HARK_MAIL_HINT_LEN];

  if (contact->row.status != HARK_CONTACT_ACCEPTED)
    return false;
  hark_mail_hint (&row->pairwise, &contact->row.account, own);
  if (memcmp (hint, own, sizeof own) == 0)
    return true;
  if (!row->has_pairwise_previous)
    return false;
  hark_mail_hint (&row->pairwise_previous, &contact->row.account, own);
  return memcmp (hint, own, sizeof own) == 0;
}

static void
name_keeper (HarkMailPlace *place, const HarkCoreContact *keeper)
{
  place->is_hint = false;
  place->keeper = keeper->row.account;
  memset (place->hint, 0, sizeof place->hint);
}

/* The contact of ours that @place's hint names; who comes to know them later finds it then. */
static void
resolve (HarkCore *core, const HarkCoreContact *from, HarkMailPlace *place)
{
  GHashTableIter iter;
  void *value;

  place->is_hint = true;
  g_hash_table_iter_init (&iter, core->contacts);
  while (place->is_hint && g_hash_table_iter_next (&iter, NULL, &value))
    if (is_hinted (from, place->hint, value))
      name_keeper (place, value);
}

void
hark_core_agree_met (HarkCore *core, const HarkCoreContact *keeper)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->mail.all);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkMailPeer *peer = value;
    HarkCoreContact *from = hark_core_find (core, &peer->account);

    for (size_t i = 0; from != NULL && i < peer->n_places; i++) {
      HarkMailPlace *place = &peer->places[i];

      if (!place->is_hint || !is_hinted (from, place->hint, keeper))
        continue;
      name_keeper (place, keeper);
      core->mail_changed = core->rows_due = true;
      hark_core_mail_due (core, from);
    }
  }
}

/* 1: understood, 0: nothing to us, -1: makes no sense. */
static int
read_place (HarkCore *core,
            const HarkCoreContact *from,
            const Hark__Mailbox__Place *body,
            HarkMailPlace *ret)
{
  *ret = (HarkMailPlace){.is_node = body->account.len > 0};
  if (body->ticket.len != sizeof ret->ticket)
    return -1;
  memcpy (ret->ticket, body->ticket.data, sizeof ret->ticket);
  if (!ret->is_node) {
    if (body->hint.len != HARK_MAIL_HINT_LEN)
      return -1;
    memcpy (ret->hint, body->hint.data, sizeof ret->hint);
    resolve (core, from, ret);
    return 1;
  }
  if (body->account.len != HARK_KEY_LEN || body->reach.len != sizeof ret->reach
      || body->secret.len != sizeof ret->pairwise)
    return -1;
  memcpy (ret->keeper.bytes, body->account.data, HARK_KEY_LEN);
  memcpy (ret->reach.bytes, body->reach.data, sizeof ret->reach);
  memcpy (ret->pairwise.bytes, body->secret.data, sizeof ret->pairwise);
  return !hark_key_equal (&ret->keeper, &core->own)
         && !hark_key_equal (&ret->keeper, &from->row.account);
}

/* Those that are understood; false: they make no sense. */
static bool
read_places (HarkCore *core,
             const HarkCoreContact *contact,
             const Hark__Mailbox__Places *body,
             HarkMailPlace ret[HARK_MAIL_PLACES_MAX],
             size_t *ret_n)
{
  size_t n = 0, nodes = 0;

  if (body->n_places > HARK_MAIL_PLACES_MAX)
    return false;
  for (size_t i = 0; i < body->n_places; i++) {
    int understood = read_place (core, contact, body->places[i], &ret[n]);

    if (understood < 0 || nodes + ret[n].is_node > HARK_MAIL_NODES_OF_ONE)
      return false;
    nodes += understood > 0 && ret[n].is_node;
    n += understood > 0;
  }
  *ret_n = n;
  return true;
}

static void
take_places (HarkCore *core, HarkCoreContact *contact, const HarkMailPlace *places, size_t n)
{
  HarkMailPeer *peer;

  peer = n > 0 ? hark_mail_peers_get (&core->mail, &contact->row.account)
               : hark_mail_peers_find (&core->mail, &contact->row.account);
  if (peer != NULL
      && (peer->n_places != n || memcmp (peer->places, places, n * sizeof places[0]) != 0)) {
    memset (peer->places, 0, sizeof peer->places);
    memcpy (peer->places, places, n * sizeof places[0]);
    peer->n_places = n;
    core->mail_changed = core->rows_due = true;
    hark_core_mail_due (core, contact);
  }
}

static bool
handle_places (HarkCore *core, HarkCoreContact *contact, const Hark__Mailbox__Places *body)
{
  HarkMailPlace places[HARK_MAIL_PLACES_MAX] = {0};
  size_t n = 0;
  const bool sane = read_places (core, contact, body, places, &n);

  if (sane)
    take_places (core, contact, places, n);
  sodium_memzero (places, sizeof places); /* the secrets of nodes */
  return sane;
}

/* Whom the list did not name is a guest no more once it has @ended: its rest may not come. */
static void
begin_or_end_list (HarkCore *core, bool ended)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->mail.all);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkMailPeer *peer = value;

    if (ended && !peer->listed)
      peer->is &= ~(unsigned) HARK_MAIL_GUEST;
    peer->listed = false;
  }
}

/* We are a node and they are its owner. */
static bool
handle_guests (HarkCore *core, HarkCoreContact *contact, const Hark__Mailbox__Guests *body)
{
  if (body->n_guests > HARK_CORE_GUESTS_MAX)
    return false;
  if (!hark_mail_peers_is (&core->mail, &contact->row.account, HARK_MAIL_OWNER))
    return true;
  for (size_t i = 0; i < body->n_guests; i++)
    if (body->guests[i]->account.len != HARK_KEY_LEN || body->guests[i]->reach.len != 16
        || body->guests[i]->secret.len != 32)
      return false;
  if (body->first)
    begin_or_end_list (core, false);
  for (size_t i = 0; i < body->n_guests; i++) {
    const Hark__Mailbox__Guest *guest = body->guests[i];
    HarkMailPeer *peer;
    HarkKey account;

    memcpy (account.bytes, guest->account.data, sizeof account.bytes);
    if (hark_key_equal (&account, &core->own) || hark_key_equal (&account, &contact->row.account)
        || (peer = hark_mail_peers_get (&core->mail, &account)) == NULL)
      continue;
    peer->is |= HARK_MAIL_GUEST;
    peer->listed = peer->has_guest = true;
    memcpy (peer->guest.bytes, guest->secret.data, sizeof peer->guest.bytes);
    memcpy (peer->reach.bytes, guest->reach.data, sizeof peer->reach.bytes);
  }
  if (!body->more)
    begin_or_end_list (core, true);
  core->mail_changed = true;
  core->rows_due |= !body->more;
  return true;
}

bool
hark_core_agreement_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Mailbox *mail)
{
  switch (mail->what_case) {
  case HARK__MAILBOX__WHAT_ASK:
    return handle_ask (core, contact, mail->ask);
  case HARK__MAILBOX__WHAT_GRANT:
    return handle_grant (core, contact, mail->grant);
  case HARK__MAILBOX__WHAT_PLACES:
    return handle_places (core, contact, mail->places);
  default:
    return handle_guests (core, contact, mail->guests);
  }
}
