#include "ui/chat/rights.h"

bool
hark_rights_is_words (const HarkMessage *message)
{
  return (message->type == HARK_MESSAGE_IS_TEXT || message->type == HARK_MESSAGE_IS_CLIP)
         && !message->deleted;
}

static bool
is_open (HarkPersonItem *person)
{
  HarkPersonStatus status = hark_person_item_get (person)->status;
  const HarkGroupInfo *group = hark_person_item_get_group (person);

  if (group && group->state != HARK_GROUP_IS_JOINED)
    return false;
  return status == HARK_PERSON_ACCEPTED || status == HARK_PERSON_ASKED;
}

/* What the engine takes about a message that others have. */
static bool
is_shared (HarkPersonItem *person)
{
  return is_open (person) && !hark_person_item_is_self (person);
}

bool
hark_rights_can_reply (HarkPersonItem *person, const HarkMessage *message)
{
  return hark_rights_is_words (message) && is_open (person);
}

bool
hark_rights_can_react (HarkPersonItem *person, const HarkMessage *message)
{
  return hark_rights_is_words (message) && is_shared (person);
}

bool
hark_rights_can_edit (HarkPersonItem *person, const HarkMessage *message)
{
  return hark_rights_can_delete (person, message) && message->type == HARK_MESSAGE_IS_TEXT;
}

bool
hark_rights_can_delete (HarkPersonItem *person, const HarkMessage *message)
{
  return hark_rights_is_words (message) && is_shared (person) && message->outgoing;
}
