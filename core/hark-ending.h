/* core/hark-ending.h - ending with an engine that may hang; beside core/hark.h, for who has a user
 * that waits.
 */
#pragma once

struct HarkEngine;

/* hark_engine_free_within: as hark_engine_free(); but where the engine has not ended in @limit_ms,
 * because it hangs, the process ends with 1 at once. What was committed stands, as after being
 * killed; commands that the engine did not come to are lost, as they would be then. */
void hark_engine_free_within (struct HarkEngine *engine, unsigned limit_ms);
