#include "tests/ui/fake-history.h"

#include "tests/ui/fake-engine.h"

#include <string.h>

static GPtrArray *kept;

void
fake_history_keep (const HarkMessage *message)
{
  if (!kept)
    kept = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_message_free);
  g_ptr_array_add (kept, hark_message_copy (message));
}

void
fake_history_forget (void)
{
  g_clear_pointer (&kept, g_ptr_array_unref);
}

/* (element-type HarkMessage): of one conversation, oldest first; borrowed values. */
static GPtrArray *
conversation (const HarkCommand *command)
{
  GPtrArray *rows = g_ptr_array_new ();

  for (guint i = 0; kept && i < kept->len; i++) {
    HarkMessage *message = kept->pdata[i];

    if (command->has_group
          ? message->has_group
              && memcmp (message->group, command->group, sizeof message->group) == 0
          : !command->has_contact
              || memcmp (message->contact, command->contact, HARK_ACCOUNT_LEN) == 0)
      g_ptr_array_add (rows, message);
  }
  return rows;
}

static bool
is_from_here (const HarkCommand *command, const HarkMessage *message)
{
  switch (command->window) {
  case HARK_HISTORY_AROUND:
    return message->position >= command->before;
  case HARK_HISTORY_AFTER:
    return message->position > command->before;
  case HARK_HISTORY_AROUND_ID:
    return memcmp (message->id, command->id, sizeof command->id) == 0;
  case HARK_HISTORY_AROUND_TIME:
    return message->sent_ms >= command->at_ms;
  case HARK_HISTORY_UNREAD:
    return !message->outgoing && message->state != HARK_STATE_READ;
  default:
    return command->before > 0 && message->position >= command->before;
  }
}

static HarkEvent *
answer_history (const HarkCommand *command)
{
  HarkEvent *event = fake_engine_answer (command);
  g_autoptr (GPtrArray) rows = conversation (command);
  guint at = 0, first, last;

  while (at < rows->len && !is_from_here (command, rows->pdata[at]))
    at++;
  if (command->window == HARK_HISTORY_BEFORE || at == rows->len) {
    last = command->window == HARK_HISTORY_AFTER ? rows->len : at;
    first = last > command->limit ? last - command->limit : 0;
    if (command->window == HARK_HISTORY_AFTER)
      first = last;
  } else if (command->window == HARK_HISTORY_AFTER) {
    first = at;
    last = MIN (rows->len, at + command->limit);
  } else {
    event->position = ((HarkMessage *) rows->pdata[at])->position;
    first = at > command->limit / 2 ? at - command->limit / 2 : 0;
    last = MIN (rows->len, first + command->limit);
  }
  event->older = first > 0;
  event->newer = last < rows->len;
  event->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_message_free);
  for (guint i = last; i > first; i--)
    g_ptr_array_add (event->messages, hark_message_copy (rows->pdata[i - 1]));
  return event;
}

static HarkEvent *
answer_message (const HarkCommand *command)
{
  HarkEvent *event = fake_engine_answer (command);
  g_autoptr (GPtrArray) rows = conversation (command);

  event->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_message_free);
  for (guint i = 0; i < rows->len; i++) {
    const HarkMessage *message = rows->pdata[i];

    if (memcmp (message->id, command->id, sizeof command->id) == 0)
      g_ptr_array_add (event->messages, hark_message_copy (message));
  }
  event->ok = event->messages->len > 0;
  return event;
}

static HarkEvent *
answer_search (const HarkCommand *command)
{
  HarkEvent *event = fake_engine_answer (command);
  g_autoptr (GPtrArray) rows = conversation (command);

  event->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_message_free);
  for (guint i = rows->len; i > 0 && event->messages->len < command->limit; i--) {
    const HarkMessage *message = rows->pdata[i - 1];
    const char *found = message->text ? strstr (message->text, command->text) : NULL;

    if (found) {
      HarkMatch match = {(uint32_t) (found - message->text), (uint32_t) strlen (command->text)};
      HarkMessage *copy = hark_message_copy (message);

      copy->matches = g_array_new (FALSE, FALSE, sizeof (HarkMatch));
      g_array_append_val (copy->matches, match);
      g_ptr_array_add (event->messages, copy);
    }
  }
  return event;
}

/* One to a page. */
static HarkEvent *
answer_calls (const HarkCommand *command)
{
  HarkEvent *event = fake_engine_answer (command);
  g_autoptr (GPtrArray) rows = conversation (command);

  event->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_message_free);
  for (guint i = command->before > 0 ? (guint) command->before : rows->len; i > 0; i--) {
    const HarkMessage *message = rows->pdata[i - 1];

    if (message->type != HARK_MESSAGE_IS_CALL)
      continue;
    if (event->messages->len > 0) {
      event->position = i;
      break;
    }
    g_ptr_array_add (event->messages, hark_message_copy (message));
  }
  return event;
}

HarkEvent *
fake_history_answer (const HarkCommand *command)
{
  switch (command->kind) {
  case HARK_COMMAND_HISTORY:
    return answer_history (command);
  case HARK_COMMAND_MESSAGE:
  case HARK_COMMAND_EDITS:
    return answer_message (command);
  case HARK_COMMAND_SEARCH:
    return answer_search (command);
  case HARK_COMMAND_CALLS:
    return answer_calls (command);
  default:
    return NULL;
  }
}
