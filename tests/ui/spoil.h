/* tests/ui/spoil.h - one text in place of all that an event carries. */
#pragma once

#include "core/hark.h"

/* spoil_event: names, messages, reasons, paths and all other text of others or of the engine
 * become @text; addresses and numbers to compare stay. */
void spoil_event (HarkEvent *event, const char *text);
