/* ui/chat/header-words.h - what a conversation says about whom it is with. Main thread. */
#pragma once

#include "ui/model/person-item.h"

/* hark_header_line: (transfer full): below the name: where they are, or what they do. */
char *hark_header_line (HarkPersonItem *person);

/* hark_header_why_not: (nullable): static: why nothing can be written to them. */
const char *hark_header_why_not (HarkPersonItem *person);

/* hark_header_timer: seconds that what is written now stays after it was read, as far as is known:
 * the newest row says; 0: for ever. */
uint32_t hark_header_timer (HarkPersonItem *person);
