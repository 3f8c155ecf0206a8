/* app/cli/owner.h - what a new mailbox node shows, so that its owner can add it.
 *
 * Its link, as a QR code where a terminal draws it, and four words for a screen at hand that can
 * take neither (core/PROTOCOL.md "Handing over by words"). One wrong try ends words, and ten
 * minutes do; then there are new ones, six times at most: whoever guesses has six guesses among
 * 4,194,304, and a node that nobody comes for goes quiet. Main thread.
 */
#pragma once

#include "core/hark.h"

typedef struct HarkCliOwner HarkCliOwner;

/* hark_cli_owner_new: (transfer full): of the node that @engine (borrowed) runs. */
HarkCliOwner *hark_cli_owner_new (HarkEngine *engine);

/* hark_cli_owner_free: NULL is fine. */
void hark_cli_owner_free (HarkCliOwner *owner);

/* hark_cli_owner_handle: what happens, printed as far as it is about this. */
void hark_cli_owner_handle (HarkCliOwner *owner, const HarkEvent *event);
