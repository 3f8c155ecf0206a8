/* core/heart/people/before.h - what something was before a change that the disk may not take.
 *
 * A change is in memory at once, so that the next one stands on it. When the disk refuses it, the
 * user hears so, and memory is put back: it would be another one after the next start. When a later
 * change of the same is at the disk by then, memory waits for what becomes of that one, which takes
 * this one with it, or goes back as far.
 */
#pragma once

#include "core/heart/core-private.h"

typedef enum {
  HARK_CORE_BEFORE_STEP, /* what a contact is to us */
  HARK_CORE_BEFORE_PETNAME,
  HARK_CORE_BEFORE_VERIFIED,
  HARK_CORE_BEFORE_NOTES,
  HARK_CORE_BEFORE_FAVOURITE,
  HARK_CORE_BEFORE_SILENCE,
  HARK_CORE_BEFORE_MAY,
  HARK_CORE_BEFORE_PROFILE, /* our name, status and picture, */
  HARK_CORE_BEFORE_OWN_MAY, /* what all contacts may, */
  HARK_CORE_BEFORE_SEEN,    /* and how we are seen */
  HARK_CORE_BEFORE_KEPT,    /* a setting that is kept as bytes */
} HarkCoreBeforeWhat;

/* In locked memory. */
struct HarkCoreBefore {
  void (*free) (HarkCoreBefore *before);
  HarkCoreBeforeWhat what;
  HarkStoreContact row;
  HarkStorePerson about;
  GBytes *picture;              /* of PROFILE; NULL for none; owned */
  HarkCoreContact *removed;     /* of STEP: is in no table; NULL: none; owned */
  HarkStoreRequestKind setting; /* of KEPT: HARK_STORE_PUT_..., */
  GBytes *kept;                 /* as it would be kept; owned */
};

/* hark_core_remember: what @contact is now, before @pending's change; a @pending without a command
 * is a step. Returns: @pending, as the next three do. */
HarkPending *hark_core_remember (HarkPending *pending, const HarkCoreContact *contact);

/* hark_core_remember_removed: (transfer full) @contact, who is to be in no table. */
HarkPending *hark_core_remember_removed (HarkPending *pending, HarkCoreContact *contact);

/* hark_core_remember_own: @what: PROFILE, OWN_MAY or SEEN. */
HarkPending *
hark_core_remember_own (HarkPending *pending, const HarkCore *core, HarkCoreBeforeWhat what);

/* hark_core_remember_kept: (transfer full) @kept: as @setting, a HARK_STORE_PUT_..., would keep it;
 * in locked memory when it holds secrets (net/base/locked.h). */
HarkPending *
hark_core_remember_kept (HarkPending *pending, HarkStoreRequestKind setting, GBytes *kept);

/* hark_core_put_back: what the command of @pending (or a step without one) changed is as it was;
 * the rest stays. True: what they are to us is among that, and what follows from it is the
 * caller's. */
bool hark_core_put_back (HarkCore *core, HarkCoreContact *contact, HarkPending *pending);

/* hark_core_put_back_removed: (transfer full) (nullable): who was removed, for the table; NULL when
 * somebody is there for that account again. */
HarkCoreContact *hark_core_put_back_removed (HarkCore *core, HarkPending *pending);

/* hark_core_put_back_own: likewise of our profile. */
void hark_core_put_back_own (HarkCore *core, HarkPending *pending);

/* hark_core_put_back_kept: (nullable): what the setting is to be read from; borrowed from @pending.
 * NULL: it stays as it is. */
GBytes *hark_core_put_back_kept (HarkCore *core, HarkPending *pending);

/* hark_core_set_verified: @how: 0 no, 1 by voice, 2 in person; with the day. */
void hark_core_set_verified (HarkCore *core,
                             HarkCoreContact *contact,
                             uint8_t how,
                             HarkPending *pending);
