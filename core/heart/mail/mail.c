/* What is remembered of mailboxes: by session, and of people. Calls nothing of the others. */
#include "core/heart/mail/mail.h"

#include <string.h>

static guint
hash_16 (const void *bytes)
{
  guint value;

  memcpy (&value, bytes, sizeof value);
  return value;
}

static gboolean
equal_16 (const void *a, const void *b)
{
  return memcmp (a, b, 16) == 0;
}

static guint
hash_route (const void *key)
{
  const HarkCoreRoute *route = key;

  return hark_key_hash (&route->account) ^ hash_16 (route->group);
}

static gboolean
equal_route (const void *a, const void *b)
{
  return memcmp (a, b, sizeof (HarkCoreRoute)) == 0;
}

static void
slot_free (void *data)
{
  sodium_memzero (data, sizeof (HarkCoreSlot));
  g_free (data);
}

static void
parcel_free (void *data)
{
  HarkCoreParcel *parcel = data;

  hark_frame_free (parcel->frame);
  g_free (parcel);
}

HarkCoreMailbox *
hark_core_mailbox (HarkCoreContact *contact)
{
  HarkCoreMailbox *box = contact->mailbox;

  if (box != NULL)
    return box;
  box = contact->mailbox = g_new0 (HarkCoreMailbox, 1);
  box->slots = g_hash_table_new_full (hash_16, equal_16, NULL, slot_free);
  box->parcels_in = g_ptr_array_new_with_free_func (parcel_free);
  box->group_parcels = g_ptr_array_new_with_free_func (parcel_free);
  box->rounds = g_hash_table_new_full (hash_route, equal_route, g_free, g_free);
  box->haves = g_hash_table_new_full (hash_route, equal_route, g_free, NULL);
  box->done = g_array_new (FALSE, FALSE, sizeof (HarkCoreMail));
  box->acks = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, g_free,
                                     (GDestroyNotify) g_array_unref);
  box->offered = g_hash_table_new_full (hash_16, equal_16, g_free, g_free);
  box->cursors = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, g_free, g_free);
  return box;
}

void
hark_core_mailbox_clear (HarkCoreContact *contact)
{
  HarkCoreMailbox *box = contact->mailbox;

  if (box == NULL)
    return;
  g_hash_table_unref (box->slots);
  g_ptr_array_unref (box->parcels_in);
  g_ptr_array_unref (box->group_parcels);
  g_hash_table_unref (box->rounds);
  g_hash_table_unref (box->haves);
  g_array_unref (box->done);
  g_hash_table_unref (box->acks);
  g_hash_table_unref (box->offered);
  g_hash_table_unref (box->cursors);
  g_free (box->watched);
  g_clear_pointer (&contact->mailbox, g_free);
}

bool
hark_core_is_node (const HarkCore *core, const HarkKey *account)
{
  return core->mail.all != NULL && hark_mail_peers_is (&core->mail, account, HARK_MAIL_NODE);
}

bool
hark_core_wants_owner (const HarkCore *core)
{
  return core->config.mailbox && core->mail.all != NULL
         && hark_mail_peers_count (&core->mail, HARK_MAIL_OWNER) == 0;
}

void
hark_core_mail_due (HarkCore *core, const HarkCoreContact *contact)
{
  g_hash_table_add (core->mail_due, g_memdup2 (&contact->row.account, sizeof (HarkKey)));
}

void
hark_core_agree_due (HarkCore *core, const HarkCoreContact *contact)
{
  g_hash_table_add (core->agree_due, g_memdup2 (&contact->row.account, sizeof (HarkKey)));
}

void
hark_core_mail_load (HarkCore *core, GBytes *kept)
{
  hark_mail_peers_init (&core->mail, kept);
}

void
hark_core_mail_clear (HarkCore *core)
{
  if (core->mail.all != NULL)
    hark_mail_peers_clear (&core->mail);
  hark_keeper_free (core->keeper);
  g_hash_table_unref (core->mail_due);
  g_hash_table_unref (core->agree_due);
  g_array_unref (core->mail_stored);
}

void
hark_core_mail_forget (HarkCore *core, const HarkKey *account)
{
  if (hark_mail_peers_find (&core->mail, account) == NULL)
    return;
  hark_mail_peers_forget (&core->mail, account);
  core->mail_changed = core->rows_due = core->places_changed = true;
}

bool
hark_core_mail_lets (const HarkCore *core,
                     const HarkCoreContact *contact,
                     Hark__Frame__WhatCase what)
{
  switch (what) {
  case HARK__FRAME__WHAT_HELLO:
  case HARK__FRAME__WHAT_PAIR_STORED:
  case HARK__FRAME__WHAT_TWICE:
  case HARK__FRAME__WHAT_REACH:
  case HARK__FRAME__WHAT_REACH_STORED:
  case HARK__FRAME__WHAT_MAILBOX:
    return true;
  default:
    return !core->config.mailbox && !hark_core_is_node (core, &contact->row.account);
  }
}

bool
hark_core_mail_is_paced (const Hark__Mailbox *mail)
{
  return mail->what_case == HARK__MAILBOX__WHAT_DEPOSIT
         || mail->what_case == HARK__MAILBOX__WHAT_ANSWER
         || mail->what_case == HARK__MAILBOX__WHAT_PARCEL
         || mail->what_case == HARK__MAILBOX__WHAT_END;
}
