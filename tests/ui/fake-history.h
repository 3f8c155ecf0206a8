/* tests/ui/fake-history.h - conversations that the fake engine keeps, and its answers about them.
 *
 * Main thread. One conversation per person, positions rising.
 */
#pragma once

#include "core/hark.h"

/* fake_history_keep: @message: copied. fake_history_forget: everything. */
void fake_history_keep (const HarkMessage *message);
void fake_history_forget (void);

/* fake_history_answer: (transfer full) (nullable): the result of a HISTORY, MESSAGE, EDITS, SEARCH
 * or CALLS; NULL of another command. A search looks for the text as it is; of calls comes one to a
 * page, those that were kept last first. */
HarkEvent *fake_history_answer (const HarkCommand *command);
