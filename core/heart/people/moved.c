/* This account is in use on a computer that came after this one. A contact may say so, which is
 * believed for himself only; or the newer computer itself, by a record that only it could write. */
#include "core/heart/core-private.h"

#define WAYS                                                                                    \
  "If you moved there, erase the copy here: it reaches nobody any more. To use this computer "  \
  "again, make a backup here and restore it. If you did neither, somebody else has your words " \
  "or a backup: make a new account and tell your contacts."

static void
leave (HarkCore *core, HarkCoreContact *contact, const char *reason)
{
  hark_net_remove_contact (core->net, &contact->row.account, core->now);
  contact->moved_on = true;
  contact->presence = HARK_PRESENCE_OFFLINE;
  contact->path = HARK_PATH_NONE;
  contact->reason = reason;
  hark_core_contact_changed (core, contact);
}

void
hark_core_moved_on_from (HarkCore *core, HarkCoreContact *contact)
{
  g_autofree char *name
    = hark_contact_name (contact->row.petname, contact->row.name, contact->row.account.bytes);
  g_autofree char *text
    = g_strdup_printf ("%s knows you from a computer that came after this one. " WAYS, name);

  leave (core, contact, "They know you from a newer computer; from here nothing reaches them.");
  if (!core->told_moved)
    hark_core_warn (core, "moved-on", text);
  core->told_moved = true;
}

void
hark_core_moved_on (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreContact *contact = value;

    if (contact->row.status == HARK_CONTACT_ACCEPTED && !contact->moved_on)
      leave (core, contact,
             "You moved to a newer computer, where they reach you; from here nothing does.");
  }
  if (!core->told_moved)
    hark_core_warn (core, "moved-on",
                    "Your account is in use on a computer that came after this one. " WAYS);
  core->told_moved = true;
}
