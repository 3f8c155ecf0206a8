#include "ui/chat/header-words.h"

#include "ui/words/people.h"

#include <glib/gi18n.h>

const char *
hark_header_why_not (HarkPersonItem *item)
{
  const HarkPerson *person = hark_person_item_get (item);
  const HarkGroupInfo *group = hark_person_item_get_group (item);

  if (group && group->state == HARK_GROUP_IS_LEFT)
    return _ ("You are no longer in this group.");
  switch (person->status) {
  case HARK_PERSON_BLOCKED:
    return _ ("You have blocked this person; nothing goes out and nothing comes in.");
  case HARK_PERSON_REQUEST:
    return _ ("Accept the request to write.");
  default:
    return NULL;
  }
}

char *
hark_header_line (HarkPersonItem *person)
{
  const HarkGroupInfo *group = hark_person_item_get_group (person);

  if (group && hark_person_item_get_typing (person))
    return g_strdup_printf (_ ("%s is writing…"), hark_person_item_get_writer (person));
  if (group)
    return hark_words_group (group);
  if (hark_person_item_is_self (person))
    return g_strdup (_ ("Only you see what you write here"));
  if (hark_person_item_get_typing (person))
    return g_strdup (_ ("is writing…"));
  return hark_words_presence (hark_person_item_get (person), g_get_real_time () / 1000);
}

uint32_t
hark_header_timer (HarkPersonItem *person)
{
  const HarkGroupInfo *group = hark_person_item_get_group (person);

  return group ? group->expires_s : hark_person_item_get_chat (person)->expires_s;
}
