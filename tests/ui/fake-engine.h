/* tests/ui/fake-engine.h - core/hark.h without a network: tests say what happens and see what was
 * asked for. Main thread; events are delivered at once.
 */
#pragma once

#include "core/hark-handover.h"
#include "core/hark.h"

/* fake_engine_emit: (transfer full) @event, as if it came from the engine. */
void fake_engine_emit (HarkEvent *event);

/* fake_engine_take: (nullable): the oldest command of @kind nobody has taken yet; free it. */
HarkCommand *fake_engine_take (HarkCommandKind kind);

/* fake_engine_answer: a good result for @command, to be filled in and emitted. */
HarkEvent *fake_engine_answer (const HarkCommand *command);

/* fake_engine_answer_to: (transfer full): the answer to the oldest question of @kind, which there
 * must be, to be filled in. */
HarkEvent *fake_engine_answer_to (HarkCommandKind kind);

/* fake_engine_is_running: whether the window has one. */
bool fake_engine_is_running (void);

/* fake_engine_on_command: (nullable) @hook: sees every command first; true: it has taken it. */
void fake_engine_on_command (bool (*hook) (HarkCommand *command));

/* fake_engine_on_draw: (nullable) @hook: what may be drawn, until something is wanted anyway. */
void fake_engine_on_draw (HarkDraw (*hook) (HarkDrawStep step, const char *what, size_t len));

/* fake_engine_set_profile: whether there is a profile, and its passphrase (nullable). */
void fake_engine_set_profile (bool exists, const char *passphrase);

/* fake_engine_hang: from now on no start comes to an end. */
void fake_engine_hang (void);

/* Values for events: keys are filled with the number of the person, ids with the position. */
HarkPerson *fake_person (uint8_t n, const char *name, HarkPersonStatus status);
HarkMessage *fake_message (uint8_t person, uint64_t position, bool outgoing, const char *text);
/* fake_finding: @step is nullable. */
HarkFinding *
fake_finding (HarkFindingLevel level, const char *code, const char *text, const char *step);

/* fake_group: without people; fake_group_add: another one, joined. fake_group_message:
 * what @author wrote in it. */
HarkGroupInfo *fake_group (uint8_t n, const char *name, HarkGroupState state);
void fake_group_add (HarkGroupInfo *group, uint8_t n, const char *name, HarkGroupPersonRole role);
HarkMessage *fake_group_message (uint8_t n, uint8_t author, uint64_t position, const char *text);

HarkOwnAddress *fake_address (const char *address, const char *label, bool one_time);
HarkNeighbour *fake_neighbour (uint8_t n, const char *name, const char *address);
HarkTransfer *fake_transfer (uint8_t person, uint64_t id, bool outgoing, const char *name);

/* fake_handover_words: (nullable): what is taken with by the handover there is; "": it gives; NULL:
 * there is none. fake_handover_step: @step happens to it. Words are any four. */
const char *fake_handover_words (void);
void fake_handover_step (const HarkHandoverStep *step);
