/* core/heart/people/presence.h - who may find us.
 *
 * Pure; engine thread. Invisible to all, or hidden from one contact: core/PROTOCOL.md "Hidden from
 * one contact".
 */
#pragma once

#include "core/heart/core-private.h"

/* hark_core_hides_from: @contact may not find us, be it that nobody may or that they alone may not,
 * and we have not spoken to them since (HarkCoreContact.sought). Of a node of theirs as well: its
 * owner can ask it who is there. */
bool hark_core_hides_from (const HarkCore *core, const HarkCoreContact *contact);

/* hark_core_show_one: whether @contact may see us online has changed. */
void hark_core_show_one (HarkCore *core, HarkCoreContact *contact);

/* hark_core_reach_token: what @contact is told to look under; _say: says so, if there is a session.
 */
void hark_core_reach_token (HarkCore *core, const HarkCoreContact *contact, HarkToken *ret);
void hark_core_reach_say (HarkCore *core, HarkCoreContact *contact);
