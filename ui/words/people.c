#include "ui/words/people.h"

#include "ui/language.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>

static char *
last_seen (const HarkPerson *person, int64_t now_ms)
{
  g_autofree char *day = NULL;
  g_autofree char *time = NULL;

  if (person->last_seen_ms <= 0)
    return g_strdup (person->reason ? person->reason : _ ("Offline"));
  time = hark_words_time (person->last_seen_ms);
  if (hark_words_same_day (person->last_seen_ms, now_ms))
    return g_strdup_printf (_ ("Last seen at %s"), time);
  if (hark_words_is_yesterday (person->last_seen_ms, now_ms))
    return g_strdup_printf (_ ("Last seen yesterday at %s"), time);
  day = hark_words_day (person->last_seen_ms, now_ms);
  return g_strdup_printf (_ ("Last seen on %s"), day);
}

static char *
path_words (const HarkPerson *person)
{
  g_autofree char *relay = person->relay ? hark_language_apart (person->relay) : NULL;

  switch (person->path) {
  case HARK_PATH_LAN:
    return g_strdup (_ ("Online, same network"));
  case HARK_PATH_DIRECT:
    return g_strdup (_ ("Online, direct connection"));
  case HARK_PATH_RELAY:
    return person->relay ? g_strdup_printf (_ ("Online, relayed by %s"), relay)
                         : g_strdup (_ ("Online, relayed by a contact"));
  default:
    return g_strdup (_ ("Online"));
  }
}

char *
hark_words_group (const HarkGroupInfo *group)
{
  if (group->reason) /* who asks, or why nothing is said */
    return g_strdup (group->reason);
  switch (group->state) {
  case HARK_GROUP_IS_OFFERED:
    return g_strdup (_ ("Somebody invites you to this group"));
  case HARK_GROUP_IS_LEFT:
    return g_strdup (_ ("You are no longer in this group"));
  default:
    return group->joined == 1
             ? g_strdup (group->had_others ? _ ("Everybody else has left")
                                           : _ ("Nobody but you is in it yet"))
             : g_strdup_printf (ngettext ("%u member", "%u members", group->joined), group->joined);
  }
}

char *
hark_words_presence (const HarkPerson *person, int64_t now_ms)
{
  switch (person->status) {
  case HARK_PERSON_REQUEST:
    return g_strdup (_ ("Wants to become your contact"));
  case HARK_PERSON_BLOCKED:
    return g_strdup (_ ("Blocked"));
  case HARK_PERSON_ASKED:
    if (person->presence == HARK_PRESENCE_ONLINE)
      break;
    return g_strdup (_ ("Has not accepted yet"));
  default:
    break;
  }
  switch (person->presence) {
  case HARK_PRESENCE_ONLINE:
    return path_words (person);
  case HARK_PRESENCE_CONNECTING:
    return g_strdup (_ ("Connecting…"));
  case HARK_PRESENCE_SEARCHING:
    if (person->last_seen_ms <= 0)
      return g_strdup (_ ("Looking for them…"));
    return last_seen (person, now_ms);
  default:
    return last_seen (person, now_ms);
  }
}

char *
hark_words_parting (const HarkPerson *person, bool block)
{
  g_autofree char *name = hark_language_apart (person->name);

  return g_strdup_printf (block ? _ ("Block %s?") : _ ("Remove %s?"), name);
}
