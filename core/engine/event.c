/* Values of core/hark.h: events and what they carry. */
#include "core/hark.h"

HarkEvent *
hark_event_new (HarkEventKind kind)
{
  HarkEvent *event = g_new0 (HarkEvent, 1);

  event->kind = kind;
  return event;
}

void
hark_event_free (HarkEvent *event)
{
  if (event == NULL)
    return;
  g_free (event->address);
  g_free (event->name);
  g_free (event->tag);
  g_free (event->code);
  hark_words_free (event->text); /* may be an account's */
  g_free (event->reason);
  g_clear_pointer (&event->numbers, g_array_unref);
  g_clear_pointer (&event->shares, g_ptr_array_unref);
  g_clear_pointer (&event->entries, g_ptr_array_unref);
  g_clear_pointer (&event->messages, g_ptr_array_unref);
  g_clear_pointer (&event->people, g_ptr_array_unref);
  g_clear_pointer (&event->refused, g_ptr_array_unref);
  g_clear_pointer (&event->transfers, g_ptr_array_unref);
  g_clear_pointer (&event->calls, g_ptr_array_unref);
  g_clear_pointer (&event->devices, g_ptr_array_unref);
  hark_sound_free (event->chosen);
  g_clear_pointer (&event->findings, g_ptr_array_unref);
  g_clear_pointer (&event->ledger, hark_ledger_info_free);
  g_clear_pointer (&event->mailboxes, g_ptr_array_unref);
  g_clear_pointer (&event->neighbours, g_ptr_array_unref);
  g_clear_pointer (&event->addresses, g_ptr_array_unref);
  g_clear_pointer (&event->chats, g_ptr_array_unref);
  g_clear_pointer (&event->picture, g_bytes_unref);
  g_clear_pointer (&event->sound, g_bytes_unref);
  g_clear_pointer (&event->peaks, g_bytes_unref);
  g_free (event->qr);
  hark_profile_free (event->profile);
  hark_settings_state_free (event->settings);
  hark_network_state_free (event->network);
  hark_person_free (event->person);
  g_clear_pointer (&event->groups, g_ptr_array_unref);
  hark_group_info_free (event->group);
  hark_message_free (event->message);
  hark_transfer_free (event->transfer);
  hark_call_free (event->call);
  g_free (event->call_stats);
  hark_group_call_free (event->group_call);
  g_clear_pointer (&event->levels, g_array_unref);
  g_clear_pointer (&event->lines, g_ptr_array_unref);
  g_free (event->recording);
  g_free (event->playing);
  g_free (event);
}

void
hark_settings_state_free (HarkSettingsState *settings)
{
  if (settings == NULL)
    return;
  hark_words_free (settings->network); /* may be its secret */
  g_strfreev (settings->peers);
  g_free (settings->backup_folder);
  g_free (settings);
}

HarkPerson *
hark_person_copy (const HarkPerson *person)
{
  HarkPerson *copy = g_memdup2 (person, sizeof *person);

  copy->name = g_strdup (person->name);
  copy->claimed = g_strdup (person->claimed);
  copy->request_text = g_strdup (person->request_text);
  copy->relay = g_strdup (person->relay);
  copy->reason = g_strdup (person->reason);
  copy->status_text = g_strdup (person->status_text);
  copy->notes = g_strdup (person->notes);
  copy->via = g_strdup (person->via);
  copy->files_folder = g_strdup (person->files_folder);
  copy->resembles = g_strdup (person->resembles);
  return copy;
}

void
hark_person_free (HarkPerson *person)
{
  if (person == NULL)
    return;
  g_free (person->name);
  g_free (person->claimed);
  g_free (person->request_text);
  g_free (person->relay);
  g_free (person->reason);
  g_free (person->status_text);
  g_free (person->notes);
  g_free (person->via);
  g_free (person->files_folder);
  g_free (person->resembles);
  g_free (person);
}

void
hark_profile_free (HarkProfile *profile)
{
  if (profile == NULL)
    return;
  g_free (profile->name);
  g_free (profile->status_text);
  g_free (profile);
}

void
hark_own_address_free (HarkOwnAddress *address)
{
  if (address == NULL)
    return;
  g_free (address->address);
  g_free (address->label);
  g_free (address);
}

HarkMessage *
hark_message_copy (const HarkMessage *message)
{
  HarkMessage *copy = g_memdup2 (message, sizeof *message);

  copy->text = g_strdup (message->text);
  if (message->reactions != NULL)
    copy->reactions = g_array_copy (message->reactions);
  if (message->matches != NULL)
    copy->matches = g_array_copy (message->matches);
  return copy;
}

void
hark_group_person_free (HarkGroupPerson *person)
{
  if (person == NULL)
    return;
  g_free (person->name);
  g_free (person);
}

HarkGroupInfo *
hark_group_info_copy (const HarkGroupInfo *info)
{
  HarkGroupInfo *copy = g_memdup2 (info, sizeof *info);

  copy->name = g_strdup (info->name);
  copy->reason = g_strdup (info->reason);
  copy->people = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_group_person_free);
  for (guint i = 0; info->people != NULL && i < info->people->len; i++) {
    const HarkGroupPerson *person = info->people->pdata[i];
    HarkGroupPerson *twin = g_memdup2 (person, sizeof *person);

    twin->name = g_strdup (person->name);
    g_ptr_array_add (copy->people, twin);
  }
  return copy;
}

void
hark_group_info_free (HarkGroupInfo *info)
{
  if (info == NULL)
    return;
  g_free (info->name);
  g_free (info->reason);
  g_clear_pointer (&info->people, g_ptr_array_unref);
  g_free (info);
}

void
hark_message_free (HarkMessage *message)
{
  if (message == NULL)
    return;
  g_free (message->text);
  g_clear_pointer (&message->reactions, g_array_unref);
  g_clear_pointer (&message->matches, g_array_unref);
  g_free (message);
}

HarkChat *
hark_chat_copy (const HarkChat *chat)
{
  HarkChat *copy = g_memdup2 (chat, sizeof *chat);

  copy->draft = g_strdup (chat->draft);
  copy->last = chat->last != NULL ? hark_message_copy (chat->last) : NULL;
  return copy;
}

void
hark_chat_free (HarkChat *chat)
{
  if (chat == NULL)
    return;
  g_free (chat->draft);
  hark_message_free (chat->last);
  g_free (chat);
}

void
hark_ledger_info_free (HarkLedgerInfo *info)
{
  if (info == NULL)
    return;
  g_ptr_array_unref (info->people);
  g_free (info);
}

void
hark_refused_free (HarkRefused *refused)
{
  if (refused == NULL)
    return;
  g_free (refused->text);
  g_free (refused->reason);
  g_free (refused);
}

void
hark_share_info_free (HarkShareInfo *info)
{
  if (info == NULL)
    return;
  g_free (info->name);
  g_free (info->path);
  g_array_unref (info->accounts);
  g_free (info);
}

void
hark_browse_entry_free (HarkBrowseEntry *entry)
{
  if (entry == NULL)
    return;
  g_free (entry->name);
  g_free (entry);
}

HarkTransfer *
hark_transfer_copy (const HarkTransfer *transfer)
{
  HarkTransfer *copy = g_memdup2 (transfer, sizeof *transfer);

  copy->name = g_strdup (transfer->name);
  copy->path = g_strdup (transfer->path);
  copy->reason = g_strdup (transfer->reason);
  if (transfer->preview != NULL)
    g_bytes_ref (copy->preview);
  return copy;
}

void
hark_transfer_free (HarkTransfer *transfer)
{
  if (transfer == NULL)
    return;
  g_free (transfer->name);
  g_free (transfer->path);
  g_free (transfer->reason);
  g_clear_pointer (&transfer->preview, g_bytes_unref);
  g_free (transfer);
}

void
hark_sound_device_free (HarkSoundDevice *device)
{
  if (device == NULL)
    return;
  g_free (device->name);
  g_free (device->text);
  g_free (device);
}

void
hark_sound_free (HarkSound *sound)
{
  if (sound == NULL)
    return;
  g_free (sound->mic);
  g_free (sound->speaker);
  g_free (sound->ring);
  g_free (sound);
}

HarkSound *
hark_sound_copy (const HarkSound *sound)
{
  HarkSound *copy = g_memdup2 (sound, sizeof *sound);

  copy->mic = g_strdup (sound->mic);
  copy->speaker = g_strdup (sound->speaker);
  copy->ring = g_strdup (sound->ring);
  return copy;
}

HarkCall *
hark_call_copy (const HarkCall *call)
{
  HarkCall *copy = g_memdup2 (call, sizeof *call);

  copy->reason = g_strdup (call->reason);
  copy->words = g_strdup (call->words);
  return copy;
}

void
hark_call_free (HarkCall *call)
{
  if (call == NULL)
    return;
  g_free (call->reason);
  g_free (call->words);
  g_free (call);
}

static void
group_call_person_free (void *data)
{
  HarkGroupCallPerson *person = data;

  g_free (person->name);
  g_free (person->reason);
  g_free (person);
}

static void
free_line (void *data)
{
  HarkGroupLine *line = data;

  g_free (line->advice);
  g_free (line);
}

GPtrArray *
hark_group_lines_new (void)
{
  return g_ptr_array_new_with_free_func (free_line);
}

GPtrArray *
hark_group_call_people_new (void)
{
  return g_ptr_array_new_with_free_func (group_call_person_free);
}

HarkGroupCall *
hark_group_call_copy (const HarkGroupCall *call)
{
  HarkGroupCall *copy = g_memdup2 (call, sizeof *call);

  copy->reason = g_strdup (call->reason);
  copy->people = hark_group_call_people_new ();
  for (guint i = 0; i < call->people->len; i++) {
    const HarkGroupCallPerson *from = call->people->pdata[i];
    HarkGroupCallPerson *person = g_memdup2 (from, sizeof *from);

    person->name = g_strdup (from->name);
    person->reason = g_strdup (from->reason);
    g_ptr_array_add (copy->people, person);
  }
  return copy;
}

void
hark_group_call_free (HarkGroupCall *call)
{
  if (call == NULL)
    return;
  g_clear_pointer (&call->people, g_ptr_array_unref);
  g_free (call->reason);
  g_free (call);
}

void
hark_network_state_free (HarkNetworkState *state)
{
  if (state == NULL)
    return;
  g_strfreev (state->public_addresses);
  g_strfreev (state->relay_nodes);
  g_free (state);
}

void
hark_mailbox_info_free (HarkMailboxInfo *info)
{
  if (info == NULL)
    return;
  g_free (info->name);
  g_free (info);
}

void
hark_finding_free (HarkFinding *finding)
{
  if (finding == NULL)
    return;
  g_free (finding->text);
  g_free (finding->step);
  g_free (finding);
}
