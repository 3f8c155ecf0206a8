/* What contacts were before a change that the disk did not take. Stands on core-people.c. */
#include "core/core-before.h"

#include <string.h>

HarkPending *
hark_core_remember (HarkPending *pending, const HarkCoreContact *contact)
{
  pending->before = g_new0 (HarkCoreBefore, 1);
  pending->before->row = contact->row;
  pending->before->about = *contact->about;
  return pending;
}

/* All that a step writes; what they are called and when they were here is of others. */
static void
put_step_back (HarkCoreContact *contact, const HarkStoreContact *before)
{
  HarkStoreContact now = contact->row;
  HarkStoreContact *row = &contact->row;

  *row = *before;
  memcpy (row->name, now.name, sizeof row->name);
  memcpy (row->petname, now.petname, sizeof row->petname);
  row->verified = now.verified;
  row->last_seen_ms = now.last_seen_ms;
  sodium_memzero (&now, sizeof now);
}

bool
hark_core_put_back (HarkCoreContact *contact, const HarkPending *pending)
{
  const HarkStoreContact *row = &pending->before->row;
  const HarkStorePerson *about = &pending->before->about;

  switch (pending->command != NULL ? pending->command->kind : HARK_COMMAND_ACCEPT) {
  case HARK_COMMAND_RENAME:
    memcpy (contact->row.petname, row->petname, sizeof row->petname);
    hark_core_name_skeleton (contact);
    return false;
  case HARK_COMMAND_SET_VERIFIED:
  case HARK_COMMAND_WORDS:
  case HARK_COMMAND_COMPARE:
    contact->row.verified = row->verified;
    contact->about->verified_ms = about->verified_ms;
    return false;
  case HARK_COMMAND_NOTES:
    memcpy (contact->about->notes, about->notes, sizeof about->notes);
    return false;
  case HARK_COMMAND_FAVOURITE:
    contact->about->favourite = about->favourite;
    return false;
  case HARK_COMMAND_SILENCE:
    contact->about->silent_until_ms = about->silent_until_ms;
    return false;
  case HARK_COMMAND_MAY:
    contact->about->may = about->may;
    return false;
  default:
    put_step_back (contact, row);
    return true;
  }
}

void
hark_core_set_verified (HarkCore *core, HarkCoreContact *contact, uint8_t how, HarkPending *pending)
{
  hark_core_remember (pending, contact);
  contact->row.verified = how;
  contact->about->verified_ms = how != 0 ? hark_core_wall (core) : 0;
  hark_core_keep_about (core, contact, NULL);
  hark_core_keep (core, contact, pending);
}
