/* core/contacts/heard.h - when the last contact request of each account was made.
 *
 * A knock can be recorded and sent again: as long as the gate knows its day, three days to either
 * side, nothing else tells an old contact request from a new one. So each carries its time, and one
 * that is not newer than the last of that account counts for nothing, also when the account was
 * removed meanwhile. Only requests that reached the user or a contact are remembered, so that no
 * flood of others drives them out; at most HARK_HEARD_MAX, the oldest goes.
 *
 * Pure; one thread at a time.
 */
#pragma once

#include "net/base/key.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_HEARD_MAX 512

typedef struct HarkHeard HarkHeard;

/* hark_heard_new: @kept: (nullable): of hark_heard_keep(); nonsense in it is left out. Never NULL.
 */
HarkHeard *hark_heard_new (GBytes *kept);
void hark_heard_free (HarkHeard *heard);

/* hark_heard_is_new: a request of @account made at @made_ms (Unix time, by their clock) is newer
 * than all before. */
bool hark_heard_is_new (const HarkHeard *heard, const HarkKey *account, int64_t made_ms);

/* hark_heard_note: it counted. */
void hark_heard_note (HarkHeard *heard, const HarkKey *account, int64_t made_ms);

/* hark_heard_keep: (transfer full): for the store: 40 bytes each. */
GBytes *hark_heard_keep (const HarkHeard *heard);
