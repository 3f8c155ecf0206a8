#include "ui/words/messages.h"

#include "ui/core-words.h"
#include "ui/language.h"
#include "ui/words/calls.h"
#include "ui/words/shown.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>

char *
hark_words_readers (const HarkMessage *message, const HarkGroupInfo *group)
{
  unsigned readers = 0;

  for (guint i = 0; i < group->people->len; i++) {
    const HarkGroupPerson *person = group->people->pdata[i];

    readers += person->joined && person->read > 0 && person->read >= message->position;
  }
  if (message->state == HARK_STATE_QUEUED || readers == 0 || group->joined < 2)
    return NULL;
  return g_strdup_printf (_ ("read by %u of %u"), MIN (readers, group->joined - 1),
                          group->joined - 1);
}

char *
hark_words_state (const HarkMessage *message, const HarkPerson *person)
{
  g_autofree char *name = hark_language_apart (person->name);

  switch (message->state) {
  case HARK_STATE_QUEUED:
    if (person->status == HARK_PERSON_ASKED)
      return g_strdup_printf (_ ("waiting: goes out when %s accepts"), name);
    if (person->presence == HARK_PRESENCE_ONLINE)
      return g_strdup (_ ("sending"));
    if (message->has_group)
      return g_strdup (_ ("waiting: goes out when somebody in the group is online"));
    return g_strdup_printf (_ ("waiting: goes out when %s is online"), name);
  case HARK_STATE_SENT:
    return g_strdup (_ ("sent"));
  case HARK_STATE_DELIVERED:
    return g_strdup (_ ("delivered"));
  case HARK_STATE_READ:
    return g_strdup (_ ("read"));
  }
  return g_strdup ("");
}

static char *
timer_words (const HarkMessage *message, const char *name)
{
  g_autofree char *time = hark_words_duration (message->expires_s);

  if (message->expires_s == 0)
    return message->outgoing ? g_strdup (_ ("You let new messages stay."))
                             : g_strdup_printf (_ ("%s let new messages stay."), name);
  return message->outgoing
           ? g_strdup_printf (_ ("You let new messages disappear %s after they are read."), time)
           : g_strdup_printf (_ ("%s let new messages disappear %s after they are read."), name,
                              time);
}

char *
hark_words_note (const HarkMessage *message, const HarkPerson *person)
{
  g_autofree char *name = hark_language_apart (person->name);
  g_autofree char *length = NULL;

  if (message->missing)
    return g_strdup (_ ("This message has not come yet. Members who have it are asked for it."));
  if (message->deleted)
    return message->outgoing ? g_strdup (_ ("You deleted this message."))
                             : g_strdup_printf (_ ("%s asked to delete this message."), name);
  switch (message->type) {
  case HARK_MESSAGE_IS_TIMER:
    return timer_words (message, name);
  case HARK_MESSAGE_IS_GROUP:
    return hark_core_words (message->text);
  case HARK_MESSAGE_IS_CLIP:
    length = hark_words_clock (((uint64_t) message->length_ms + 999) / 1000); /* as its row says */
    return g_strdup_printf (_ ("Voice message, %s"), length);
  default:
    return NULL;
  }
}

static char *
disappears (const HarkMessage *message, int64_t now_ms)
{
  if (message->expires_ms > 0) {
    g_autofree char *at = hark_words_time (message->expires_ms);
    g_autofree char *day = hark_words_day (message->expires_ms, now_ms);

    if (hark_words_same_day (message->expires_ms, now_ms))
      return g_strdup_printf (_ ("disappears at %s"), at);
    /* Translators: a day, then a time */
    return g_strdup_printf (_ ("disappears on %s at %s"), day, at);
  }
  if (message->expires_s > 0 && message->type != HARK_MESSAGE_IS_TIMER) {
    g_autofree char *left = hark_words_duration (message->expires_s);

    return g_strdup_printf (_ ("disappears %s after it is read"), left);
  }
  return NULL;
}

char *
hark_words_foot (const HarkMessage *message, const char *state, int64_t now_ms)
{
  GString *foot = g_string_new (NULL);
  g_autofree char *time = hark_words_time (message->sent_ms);
  g_autofree char *ends = disappears (message, now_ms);

  g_string_append (foot, time);
  if (ends)
    g_string_append_printf (foot, " · %s", ends);
  if (state && *state)
    g_string_append_printf (foot, " · %s", state);
  return g_string_free (foot, FALSE);
}

static char *
apart_line (const char *text)
{
  g_autofree char *line = hark_words_one_line (text);

  return hark_language_apart (line);
}

char *
hark_words_line (const HarkMessage *message)
{
  const HarkPerson nobody = {.name = (char *) _ ("Other side")};
  g_autofree char *text = NULL;

  if (message->missing)
    return g_strdup (_ ("Message not here yet"));
  if (message->deleted)
    return g_strdup (_ ("Message deleted"));
  switch (message->type) {
  case HARK_MESSAGE_IS_CALL:
    return hark_words_call_row (message);
  case HARK_MESSAGE_IS_GROUP:
    return hark_core_words (message->text);
  case HARK_MESSAGE_IS_TIMER:
    text = hark_words_duration (message->expires_s);
    return message->expires_s > 0 ? g_strdup_printf (_ ("Messages disappear after %s"), text)
                                  : g_strdup (_ ("Messages stay"));
  case HARK_MESSAGE_IS_CLIP:
    return hark_words_note (message, &nobody);
  case HARK_MESSAGE_IS_FILE:
    text = apart_line (message->text);
    return g_strdup_printf (_ ("File: %s"), text);
  default:
    text = message->outgoing ? apart_line (message->text) : hark_words_one_line (message->text);
    return message->outgoing ? g_strdup_printf (_ ("You: %s"), text) : g_steal_pointer (&text);
  }
}
