/* ui/model/reading.h - what the user has seen of a conversation. Main thread. */
#pragma once

#include "ui/model/client.h"

/* hark_reading_mark: everything of @person was seen; nothing happens while the end of the
 * conversation is not loaded. */
void hark_reading_mark (HarkClient *client, HarkPersonItem *person);
