/* tests/sim/long-clip.h - long voice messages, as if they had been spoken. */
#pragma once

#include "tests/sim/core-world.h"

/* hark_sim_speak_parts: (transfer full): @n parts of a second each, of what was spoken as @set. */
GPtrArray *hark_sim_speak_parts (uint8_t set, unsigned n);

/* hark_sim_take_parts: makes the CLIP @command the message of @parts (borrowed). */
void hark_sim_take_parts (HarkCommand *command, const GPtrArray *parts);

/* hark_sim_has_clip: whether the conversation of @node with @contact (of a group: its key) is the
 * one voice message @id, all of it there, and gone as far as @least. */
bool hark_sim_has_clip (HarkSimCoreNode *node,
                        const HarkKey *contact,
                        const uint8_t id[HARK_MESSAGE_ID_LEN],
                        const GPtrArray *parts,
                        HarkMessageState least);
