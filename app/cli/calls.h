/* app/cli/calls.h - the verbs about calls and what they are heard and spoken with. */
#pragma once

#include "app/cli/verb.h"

/* hark_cli_call_fill: what @command of a verb about calls still lacks: which of the calls in
 * @status it means; of "device" what is chosen. Nothing for other verbs. False with @error when
 * that cannot be said. */
bool
hark_cli_call_fill (const HarkVerb *verb, JsonObject *command, JsonObject *status, GError **error);

/* hark_cli_call_result: shows the result of such a verb; true: that was all of it. */
bool hark_cli_call_result (HarkVerb *verb, JsonObject *result);

/* hark_cli_call_event: "call", "call-stats" and "echo-test" for a verb that waits for the end of
 * its call. */
void hark_cli_call_event (HarkVerb *verb, const char *kind, JsonObject *event);

/* hark_cli_call_leave: (transfer full) (nullable): the command that ends the call which a verb
 * waits for, when the user interrupts it for the first time; NULL: there is nothing to end. */
JsonObject *hark_cli_call_leave (HarkVerb *verb);
