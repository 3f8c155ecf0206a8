/* ui/model/reading.h - what the user has seen of a conversation. Main thread. */
#pragma once

#include "ui/model/client.h"

/* hark_reading_mark: everything of @person was seen; nothing happens while the end of the
 * conversation is not loaded. */
void hark_reading_mark (HarkClient *client, HarkPersonItem *person);

/* hark_reading_mark_told: (element-type HarkMessage): the same, whatever is loaded: @messages are
 * the newest there are, newest first; nullable. */
void hark_reading_mark_told (HarkClient *client, HarkPersonItem *person, const GPtrArray *messages);

/* hark_reading_mark_all: the same; what is the newest is asked for if it is not loaded. */
void hark_reading_mark_all (HarkClient *client, HarkPersonItem *person);
