/* What was before a change that the disk did not take. Stands on people/people.c. */
#include "core/heart/people/before.h"
#include "net/base/locked.h"

#include <string.h>

static void
before_free (HarkCoreBefore *before)
{
  g_clear_pointer (&before->picture, g_bytes_unref);
  g_clear_pointer (&before->removed, hark_core_contact_free);
  g_clear_pointer (&before->kept, g_bytes_unref);
  hark_locked_free (before);
}

static HarkCoreBefore *
before_new (HarkPending *pending, HarkCoreBeforeWhat what)
{
  pending->before = hark_locked_new0 (HarkCoreBefore);
  pending->before->free = before_free;
  pending->before->what = what;
  return pending->before;
}

/* ---- remembering ---- */

static HarkCoreBeforeWhat
what_of (const HarkCommand *command)
{
  switch (command != NULL ? command->kind : HARK_COMMAND_ACCEPT) {
  case HARK_COMMAND_RENAME:
    return HARK_CORE_BEFORE_PETNAME;
  case HARK_COMMAND_SET_VERIFIED:
  case HARK_COMMAND_WORDS:
  case HARK_COMMAND_COMPARE:
    return HARK_CORE_BEFORE_VERIFIED;
  case HARK_COMMAND_NOTES:
    return HARK_CORE_BEFORE_NOTES;
  case HARK_COMMAND_FAVOURITE:
    return HARK_CORE_BEFORE_FAVOURITE;
  case HARK_COMMAND_SILENCE:
    return HARK_CORE_BEFORE_SILENCE;
  case HARK_COMMAND_MAY:
  case HARK_COMMAND_ACCEPT_FILES:
    return HARK_CORE_BEFORE_MAY;
  default:
    return HARK_CORE_BEFORE_STEP;
  }
}

HarkPending *
hark_core_remember (HarkPending *pending, const HarkCoreContact *contact)
{
  HarkCoreBefore *before = before_new (pending, what_of (pending->command));

  before->row = contact->row;
  before->about = *contact->about;
  pending->contact = contact->row.account;
  return pending;
}

HarkPending *
hark_core_remember_removed (HarkPending *pending, HarkCoreContact *contact)
{
  hark_core_remember (pending, contact);
  pending->before->removed = contact;
  return pending;
}

HarkPending *
hark_core_remember_own (HarkPending *pending, const HarkCore *core, HarkCoreBeforeWhat what)
{
  HarkCoreBefore *before = before_new (pending, what);

  memcpy (before->row.name, core->account.name, sizeof before->row.name);
  before->about = core->self;
  before->picture = core->picture != NULL ? g_bytes_ref (core->picture) : NULL;
  return pending;
}

HarkPending *
hark_core_remember_kept (HarkPending *pending, HarkStoreRequestKind setting, GBytes *kept)
{
  HarkCoreBefore *before = before_new (pending, HARK_CORE_BEFORE_KEPT);

  before->setting = setting;
  before->kept = kept;
  return pending;
}

/* ---- putting back ---- */

static bool
is_of_same (const HarkPending *one, const HarkPending *other)
{
  return one->before != NULL && other->before != NULL && one->before->what == other->before->what
         && one->before->setting == other->before->setting
         && (one->before->what == HARK_CORE_BEFORE_KEPT
             || hark_key_equal (&one->contact, &other->contact));
}

/* True: the next change of the same, which the store has not answered yet, stands on this one: what
 * was before is what was before both. */
static bool
hand_on (HarkCore *core, HarkPending *pending)
{
  HarkPending *next = NULL;
  uint64_t at = UINT64_MAX;
  GHashTableIter iter;
  void *key, *value;

  g_hash_table_iter_init (&iter, core->pending);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    if (*(const uint64_t *) key >= at || !is_of_same (pending, value))
      continue;
    at = *(const uint64_t *) key;
    next = value;
  }
  if (next == NULL)
    return false;
  before_free (next->before);
  next->before = g_steal_pointer (&pending->before);
  return true;
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

static bool
put_back (HarkCoreContact *contact, const HarkCoreBefore *before)
{
  HarkStorePerson *about = contact->about;

  switch (before->what) {
  case HARK_CORE_BEFORE_PETNAME:
    memcpy (contact->row.petname, before->row.petname, sizeof contact->row.petname);
    hark_core_name_skeleton (contact);
    return false;
  case HARK_CORE_BEFORE_VERIFIED:
    contact->row.verified = before->row.verified;
    about->verified_ms = before->about.verified_ms;
    return false;
  case HARK_CORE_BEFORE_NOTES:
    memcpy (about->notes, before->about.notes, sizeof about->notes);
    return false;
  case HARK_CORE_BEFORE_FAVOURITE:
    about->favourite = before->about.favourite;
    return false;
  case HARK_CORE_BEFORE_SILENCE:
    about->silent_until_ms = before->about.silent_until_ms;
    return false;
  case HARK_CORE_BEFORE_MAY:
    about->may = before->about.may;
    return false;
  default:
    put_step_back (contact, &before->row);
    return true;
  }
}

bool
hark_core_put_back (HarkCore *core, HarkCoreContact *contact, HarkPending *pending)
{
  return !hand_on (core, pending) && put_back (contact, pending->before);
}

HarkCoreContact *
hark_core_put_back_removed (HarkCore *core, HarkPending *pending)
{
  return hark_core_find (core, &pending->contact) == NULL
           ? g_steal_pointer (&pending->before->removed)
           : NULL;
}

void
hark_core_put_back_own (HarkCore *core, HarkPending *pending)
{
  const HarkStorePerson now = core->self;
  HarkCoreBefore *before = pending->before;

  if (hand_on (core, pending))
    return;
  switch (before->what) {
  case HARK_CORE_BEFORE_OWN_MAY:
    core->self.may = before->about.may;
    break;
  case HARK_CORE_BEFORE_SEEN:
    core->self.availability = before->about.availability;
    break;
  default:
    memcpy (core->account.name, before->row.name, sizeof core->account.name);
    core->self = before->about;
    core->self.availability = now.availability;
    core->self.may = now.may;
    g_clear_pointer (&core->picture, g_bytes_unref);
    core->picture = g_steal_pointer (&before->picture);
    break;
  }
}

GBytes *
hark_core_put_back_kept (HarkCore *core, HarkPending *pending)
{
  return hand_on (core, pending) ? NULL : pending->before->kept;
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
