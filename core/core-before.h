/* core/core-before.h - what a contact was before a change that the disk may not take.
 *
 * A change is in memory at once, so that the next one stands on it. When the disk refuses it, the
 * user hears so, and memory is put back: it would be another one after the next start.
 */
#pragma once

#include "core/core-private.h"

struct HarkCoreBefore {
  HarkStoreContact row;
  HarkStorePerson about;
  GBytes *picture; /* ours, of a change of our own profile; NULL for none; owned */
};

/* hark_core_remember: what @contact is now, before @pending's change; wiped with it. Returns:
 * @pending. */
HarkPending *hark_core_remember (HarkPending *pending, const HarkCoreContact *contact);

/* hark_core_put_back: what the command of @pending (or a step without one) changed is as it was;
 * the rest stays. True: what they are to us is among that, and what follows from it is the
 * caller's. */
bool hark_core_put_back (HarkCoreContact *contact, const HarkPending *pending);

/* hark_core_set_verified: @how: 0 no, 1 by voice, 2 in person; with the day. */
void hark_core_set_verified (HarkCore *core,
                             HarkCoreContact *contact,
                             uint8_t how,
                             HarkPending *pending);
