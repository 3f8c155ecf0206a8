/* ui/desktop/call-lines.h - how well the call there is is heard, for programs of the session. Main
 * thread.
 */
#pragma once

#include "ui/model/client.h"

/* hark_call_lines: (nullable): a(ssddss), floating: for everybody who is heard in the call there
 * is, of two or of a group: id, name, round trip in ms, the larger share of what is lost on the
 * way here and there (0 to 1), "lan", "direct", "relay" or "", and a sentence while it is bad, or
 * "". Empty before the first figures, NULL without a call. */
GVariant *hark_call_lines (HarkClient *client);
