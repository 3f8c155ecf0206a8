/* What every part of the heart does: emit, ask the store, answer commands. Calls nothing of the
 * others. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/people/before.h"

#include <string.h>

HarkPending *
hark_pending_new (HarkStoreThen then, HarkCommand *command)
{
  HarkPending *pending = g_new0 (HarkPending, 1);

  pending->then = then;
  pending->command = command;
  return pending;
}

int64_t
hark_core_wall (const HarkCore *core)
{
  return core->wall_ms + (int64_t) (hark_time_since (core->now, core->wall_at) / HARK_MS);
}

void
hark_pending_free (void *data)
{
  HarkPending *pending = data;

  hark_command_free (pending->command);
  hark_store_message_free (pending->message);
  g_clear_pointer (&pending->parts, g_ptr_array_unref);
  g_clear_pointer (&pending->numbers, g_array_unref);
  hark_token_clear (&pending->address.token);
  hark_store_group_entry_free (pending->group_entry);
  hark_group_entry_free (pending->group_written);
  g_clear_pointer (&pending->follow, g_ptr_array_unref);
  hark_disk_request_free (pending->disk);
  if (pending->before != NULL)
    pending->before->free (pending->before);
  g_free (pending);
}

uint64_t
hark_core_number (HarkCore *core)
{
  uint64_t number;

  do
    number = hark_rng_u64 (&core->rng) >> 1;
  while (number == 0);
  return number;
}

void
hark_core_emit (HarkCore *core, HarkEvent *event)
{
  if (event->internal && event->ok) {
    hark_event_free (event);
    return;
  }
  if (event->internal)
    event->kind = HARK_EVENT_WARNING; /* nobody waits for the answer */
  event->time_ms = hark_core_wall (core);
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_EVENT, .event = event});
}

void
hark_core_warn (HarkCore *core, const char *code, const char *text)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_WARNING);

  event->code = g_strdup (code);
  event->text = g_strdup (text);
  hark_core_emit (core, event);
}

HarkStoreRequest *
hark_core_request (HarkStoreRequestKind kind)
{
  return hark_store_request_new (kind, 0);
}

void
hark_core_ask_store (HarkCore *core, HarkStoreRequest *request, HarkPending *pending)
{
  request->ticket = ++core->ticket;
  if (pending != NULL)
    g_hash_table_insert (core->pending, g_memdup2 (&core->ticket, sizeof core->ticket), pending);
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_STORE, .store = request});
}

HarkEvent *
hark_core_result (const HarkCommand *command)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_RESULT);

  event->command = command->kind;
  event->tag = g_strdup (command->tag);
  event->ok = true;
  event->internal = command->internal;
  return event;
}

void
hark_core_succeed (HarkCore *core, const HarkCommand *command)
{
  hark_core_emit (core, hark_core_result (command));
}

void
hark_core_refuse (HarkCore *core, const HarkCommand *command, const char *code, const char *text)
{
  HarkEvent *event = hark_core_result (command);

  event->ok = false;
  event->code = g_strdup (code);
  event->text = g_strdup (text);
  if (command->has_contact)
    memcpy (event->account, command->contact, sizeof event->account);
  hark_core_emit (core, event);
}

void
hark_core_warn_of_disk (HarkCore *core, const GError *error)
{
  const char *end = error != NULL ? strstr (error->message, ". ") : NULL;
  g_autofree char *text = NULL;

  if (error != NULL && error->code != HARK_STORE_ERROR_DISK) {
    hark_core_warn (core, "disk", error->message);
    return;
  }
  if (core->disk_said != 0 && core->now < hark_time_add (core->disk_said, HARK_MINUTE))
    return;
  core->disk_said = core->now;
  text = g_strdup_printf ("%.*s What comes in waits until the disk takes it.",
                          end != NULL ? (int) (end - error->message) + 1 : G_MAXINT,
                          error != NULL ? error->message : "The disk refused a change.");
  hark_core_warn (core, "disk", text);
}

bool
hark_core_refuse_store (HarkCore *core, const HarkPending *pending, const HarkStoreReply *reply)
{
  if (reply->ok)
    return false;
  if (pending->command != NULL)
    hark_core_refuse (core, pending->command, "disk",
                      reply->error != NULL ? reply->error->message : "The disk refused it.");
  else
    hark_core_warn_of_disk (core, reply->error);
  return true;
}

void
hark_core_after_keep (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (!hark_core_refuse_store (core, pending, reply))
    hark_core_succeed (core, pending->command);
}
