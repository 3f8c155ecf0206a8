/* Invites are for one person: how they end, and whoever else came by one. Stands on
 * people/address.c.
 */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/core-private.h"

void
hark_core_say_removed (HarkCore *core, const HarkCoreContact *contact)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);

  event->person = hark_core_person (core, contact);
  event->person->status = HARK_PERSON_REMOVED;
  hark_core_emit (core, event);
}

HarkStoreRequest *
hark_core_request_deletion (const HarkKey *account)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_DELETE_CONTACT);

  request->contact = g_new0 (HarkStoreContact, 1);
  request->contact->account = *account;
  return request;
}

/* Others who came by the invite that is used up: nobody knows who handed it to them. */
static void
drop_rivals (HarkCore *core, const HarkToken *via)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreContact *contact = value;

    if (contact->row.status != HARK_CONTACT_REQUEST || !hark_token_equal (&contact->row.via, via))
      continue;
    hark_core_ask_store (core, hark_core_request_deletion (&contact->row.account), NULL);
    hark_core_say_removed (core, contact);
    g_hash_table_iter_remove (&iter);
  }
}

/* In this order: while the invite is on the disk, the rest is made good at the next start. */
void
hark_core_end_invite (HarkCore *core, const HarkToken *via)
{
  if (!hark_core_is_invite (core, via))
    return;
  drop_rivals (core, via);
  hark_core_use_up_invite (core, via);
}

/* Somebody who came by it was decided about already. */
bool
hark_core_invite_is_used (HarkCore *core, const HarkToken *via)
{
  GHashTableIter iter;
  void *value;

  if (!hark_core_is_invite (core, via))
    return false;
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkStoreContact *row = &((HarkCoreContact *) value)->row;

    if (row->status != HARK_CONTACT_REQUEST && row->status != HARK_CONTACT_ASKED
        && hark_token_equal (&row->via, via))
      return true;
  }
  return false;
}

/* The program may have ended between the decision about somebody who came by an invite and the end
 * of the invite. */
void
hark_core_settle_invites (HarkCore *core)
{
  g_autoptr (GArray) accepted = g_array_new (FALSE, FALSE, sizeof (HarkToken));
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkStoreContact *row = &((HarkCoreContact *) value)->row;

    if (row->status == HARK_CONTACT_ACCEPTED && hark_core_is_invite (core, &row->via))
      g_array_append_val (accepted, row->via);
    else if (row->status == HARK_CONTACT_DECLINED || row->status == HARK_CONTACT_BLOCKED)
      hark_core_use_up_invite (core, &row->via);
  }
  for (guint i = 0; i < accepted->len; i++)
    hark_core_end_invite (core, &g_array_index (accepted, HarkToken, i));
}
