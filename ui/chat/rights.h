/* ui/chat/rights.h - what can be done with a message. Main thread. */
#pragma once

#include "ui/model/client.h"

/* Words of anybody that still stand can be answered and reacted to, our own can be changed and
 * deleted. Notes to oneself go nowhere: what was written there stays as it is. */
bool hark_rights_can_reply (HarkPersonItem *person, const HarkMessage *message);
bool hark_rights_can_react (HarkPersonItem *person, const HarkMessage *message);
bool hark_rights_can_edit (HarkPersonItem *person, const HarkMessage *message);
bool hark_rights_can_delete (HarkPersonItem *person, const HarkMessage *message);

/* hark_rights_is_words: a text or a voice message that was not deleted. */
bool hark_rights_is_words (const HarkMessage *message);
