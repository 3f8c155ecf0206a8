/* core/hark-hidden.h - looking offline to one contact; beside core/hark.h.
 *
 * HARK_COMMAND_MAY of a contact, how: "see-online", off: as PRESENCE "invisible", for them alone.
 * Never of all.
 */
#pragma once

#include "core/hark.h"

/* In HarkPerson.may beside HARK_MAY_...: they do not see that we are there. */
enum { HARK_MAY_NOT_SEE_ONLINE = 1 << 3 };
