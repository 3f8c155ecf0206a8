#include "tests/ui/spoil.h"

static void
put (char **field, const char *text)
{
  if (!*field)
    return;
  g_free (*field);
  *field = g_strdup (text);
}

static void
put_all (char **fields, const char *text)
{
  for (; fields && *fields; fields++)
    put (fields, text);
}

/* ---- people and groups ---- */

static void
spoil_person (HarkPerson *person, const char *text)
{
  char **const fields[]
    = {&person->name,         &person->claimed,  &person->request_text, &person->relay,
       &person->reason,       &person->notes,    &person->status_text,  &person->via,
       &person->files_folder, &person->resembles};

  for (size_t i = 0; i < G_N_ELEMENTS (fields); i++)
    put (fields[i], text);
}

static void
spoil_group (HarkGroupInfo *group, const char *text)
{
  put (&group->name, text);
  put (&group->reason, text);
  for (guint i = 0; i < group->people->len; i++)
    put (&((HarkGroupPerson *) group->people->pdata[i])->name, text);
}

static void
spoil_group_call (HarkGroupCall *call, const char *text)
{
  put (&call->reason, text);
  for (guint i = 0; i < call->people->len; i++) {
    HarkGroupCallPerson *person = call->people->pdata[i];

    put (&person->name, text);
    put (&person->reason, text);
  }
}

/* ---- what is written and given ---- */

static void
spoil_transfer (HarkTransfer *transfer, const char *text)
{
  put (&transfer->name, text);
  put (&transfer->path, text);
  put (&transfer->reason, text);
}

static void
spoil_call (HarkCall *call, const char *text)
{
  put (&call->reason, text);
  put (&call->words, text);
}

static void
spoil_chat (HarkChat *chat, const char *text)
{
  put (&chat->draft, text);
  if (chat->last)
    put (&chat->last->text, text);
}

/* ---- lists of answers ---- */

static void
spoil_results (HarkEvent *event, const char *text)
{
  for (guint i = 0; event->messages && i < event->messages->len; i++) {
    HarkMessage *message = event->messages->pdata[i];

    put (&message->text, text);
    g_clear_pointer (&message->matches, g_array_unref);
  }
  for (guint i = 0; event->chats && i < event->chats->len; i++)
    spoil_chat (event->chats->pdata[i], text);
  for (guint i = 0; event->shares && i < event->shares->len; i++) {
    put (&((HarkShareInfo *) event->shares->pdata[i])->name, text);
    put (&((HarkShareInfo *) event->shares->pdata[i])->path, text);
  }
  for (guint i = 0; event->entries && i < event->entries->len; i++)
    put (&((HarkBrowseEntry *) event->entries->pdata[i])->name, text);
  for (guint i = 0; event->findings && i < event->findings->len; i++) {
    put (&((HarkFinding *) event->findings->pdata[i])->text, text);
    put (&((HarkFinding *) event->findings->pdata[i])->step, text);
  }
  for (guint i = 0; event->mailboxes && i < event->mailboxes->len; i++)
    put (&((HarkMailboxInfo *) event->mailboxes->pdata[i])->name, text);
  for (guint i = 0; event->neighbours && i < event->neighbours->len; i++)
    put (&((HarkNeighbour *) event->neighbours->pdata[i])->name, text);
  for (guint i = 0; event->addresses && i < event->addresses->len; i++)
    put (&((HarkOwnAddress *) event->addresses->pdata[i])->label, text);
  for (guint i = 0; event->devices && i < event->devices->len; i++)
    put (&((HarkSoundDevice *) event->devices->pdata[i])->text, text);
}

void
spoil_event (HarkEvent *event, const char *text)
{
  put (&event->name, text);
  put (&event->reason, text);
  if (event->kind == HARK_EVENT_WARNING)
    put (&event->text, text);
  if (event->person)
    spoil_person (event->person, text);
  if (event->message)
    put (&event->message->text, text);
  if (event->group)
    spoil_group (event->group, text);
  if (event->profile) {
    put (&event->profile->name, text);
    put (&event->profile->status_text, text);
  }
  if (event->settings) {
    put (&event->settings->backup_folder, text);
    put_all (event->settings->peers, text);
  }
  if (event->network)
    put_all (event->network->relay_nodes, text);
  if (event->transfer)
    spoil_transfer (event->transfer, text);
  if (event->call)
    spoil_call (event->call, text);
  if (event->group_call)
    spoil_group_call (event->group_call, text);
  spoil_results (event, text);
}
