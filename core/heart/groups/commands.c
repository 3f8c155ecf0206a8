/* What the user wants of groups. */
#define G_LOG_DOMAIN "hark-core"

#include "core/chat/clip.h"
#include "core/heart/calls/group-calls.h"

#include <string.h>

static void
refuse (HarkCore *core, HarkCommand *command, const char *code, const char *text)
{
  hark_core_refuse (core, command, code, text);
  hark_command_free (command);
}

/* The group of @command; NULL with the RESULT made and @command freed. */
static HarkCoreGroup *
need_group (HarkCore *core, HarkCommand *command)
{
  HarkCoreGroup *group = command->has_group ? hark_core_group_find (core, command->group) : NULL;

  if (group == NULL)
    refuse (core, command, "no-group", "There is no such group.");
  return group;
}

/* The same, of which we are a member. */
static HarkCoreGroup *
need_joined (HarkCore *core, HarkCommand *command)
{
  HarkCoreGroup *group = need_group (core, command);

  if (group == NULL)
    return NULL;
  if (group->row.state == HARK_STORE_GROUP_JOINED && hark_group_has_joined (group->log, &core->own)
      && g_queue_get_length (&group->waiting) < HARK_CORE_GROUP_WAITING_MAX)
    return group;
  if (g_queue_get_length (&group->waiting) >= HARK_CORE_GROUP_WAITING_MAX)
    refuse (core, command, "queue-full", "Too much waits for the disk.");
  else if (group->row.state == HARK_STORE_GROUP_JOINED && hark_core_group_is_out (group) == NULL)
    refuse (core, command, "group-not-here",
            "The group is not here yet: a member has to be online first.");
  else
    refuse (core, command, "not-in-group", "You are not in this group.");
  return NULL;
}

/* ---- writing ---- */

static void
set_mentions (const HarkCommand *command, HarkGroupEntry *entry)
{
  for (guint i = 0; command->mentions != NULL && i < command->mentions->len
                    && entry->n_mentions < HARK_GROUP_MENTIONS_MAX;
       i++)
    memcpy (entry->mentions[entry->n_mentions++].bytes,
            command->mentions->data + (gsize) i * HARK_KEY_LEN, HARK_KEY_LEN);
}

static void
send_text (HarkCore *core, HarkCommand *command)
{
  HarkCoreGroup *group = need_joined (core, command);
  HarkGroupEntry *entry;

  if (group == NULL)
    return;
  if (!hark_chat_text_is_fit (command->text)) {
    refuse (core, command, "bad-text",
            "A message has at least one letter and at most 65 kB of text.");
    return;
  }
  entry = g_new0 (HarkGroupEntry, 1);
  entry->kind = HARK_GROUP_TEXT;
  entry->text = g_strdup (command->text);
  entry->has_reply_to = command->has_reply_to;
  memcpy (entry->reply_to, command->reply_to, sizeof entry->reply_to);
  set_mentions (command, entry);
  hark_core_group_write (core, group, entry, command);
}

static void
send_clip (HarkCore *core, HarkCommand *command)
{
  HarkCoreGroup *group = need_joined (core, command);
  HarkGroupEntry *entry;

  if (group == NULL)
    return;
  if (!hark_core_clip_is_fit (core, command)) {
    hark_command_free (command);
    return;
  }
  entry = g_new0 (HarkGroupEntry, 1);
  entry->kind = HARK_GROUP_CLIP;
  entry->sound = g_bytes_ref (command->sound);
  entry->has_reply_to = command->has_reply_to;
  memcpy (entry->reply_to, command->reply_to, sizeof entry->reply_to);
  hark_core_group_write (core, group, entry, command);
}

/* EDIT, DELETE, REACT: the store knows whose the message is and refuses what is not its author's.
 */
static void
change_message (HarkCore *core, HarkCommand *command, HarkGroupKind kind)
{
  HarkCoreGroup *group = need_joined (core, command);
  const char *text = command->text != NULL ? command->text : "";
  HarkGroupEntry *entry;

  if (group == NULL)
    return;
  if ((kind == HARK_GROUP_EDIT && !hark_chat_text_is_fit (text))
      || (kind == HARK_GROUP_REACTION && *text != '\0' && !hark_chat_sign_is_fit (text))) {
    refuse (core, command, "bad-text",
            kind == HARK_GROUP_EDIT ? "A message has at least one letter and at most 65 kB of text."
                                    : "A reaction is one short sign.");
    return;
  }
  entry = g_new0 (HarkGroupEntry, 1);
  entry->kind = kind;
  if (kind != HARK_GROUP_DELETE)
    entry->text = g_strdup (text);
  entry->has_target = true;
  memcpy (entry->target, command->id, sizeof entry->target);
  hark_core_group_write (core, group, entry, command);
}

static void
after_read (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (hark_core_refuse_store (core, pending, reply))
    return;
  hark_core_succeed (core, pending->command);
  hark_core_expire (core); /* timers may have begun */
}

static void
after_look (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group = hark_core_group_find (core, pending->group);

  if (reply->ok && reply->messages->len > 0 && group != NULL)
    hark_core_group_read (core, group, ((HarkStoreMessage *) reply->messages->pdata[0])->clock);
}

/* Others are told its place, and none that they do not have is told by it. */
static void
tell_read (HarkCore *core, const HarkCoreGroup *group, const uint8_t id[HARK_CHAT_ID_LEN])
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_GET_MESSAGE);
  HarkPending *pending = hark_pending_new (after_look, NULL);

  request->message = g_new0 (HarkStoreMessage, 1);
  hark_store_group_key (group->row.id, &request->account_key);
  memcpy (request->message->id, id, sizeof request->message->id);
  memcpy (pending->group, group->row.id, sizeof pending->group);
  hark_core_ask_store (core, request, pending);
}

static void
type (HarkCore *core, HarkCommand *command)
{
  HarkCoreGroup *group = need_group (core, command);

  if (group == NULL)
    return;
  hark_core_group_type (core, group, command->on);
  hark_core_succeed (core, command);
  hark_command_free (command);
}

/* How far the user read. */
static void
read_message (HarkCore *core, HarkCommand *command)
{
  HarkCoreGroup *group = need_group (core, command);
  HarkStoreRequest *request;

  if (group == NULL)
    return;
  request = hark_core_request (HARK_STORE_SET_STATE);
  request->message = g_new0 (HarkStoreMessage, 1);
  memcpy (request->message->id, command->id, sizeof request->message->id);
  hark_store_group_key (group->row.id, &request->message->contact);
  request->message->state = HARK_MESSAGE_READ;
  request->message->expires_at = hark_core_wall (core);
  if (g_strcmp0 (command->how, "here") != 0)
    tell_read (core, group, command->id);
  hark_core_ask_store (core, request, hark_pending_new (after_read, command));
}

static void change (HarkCore *core, HarkCommand *command, HarkGroupKind kind);

bool
hark_core_command_in_group (HarkCore *core, HarkCommand *command)
{
  HarkCoreGroup *group;
  HarkKey key;

  if (!command->has_group
      || (command->kind >= HARK_COMMAND_GROUP_CREATE && command->kind <= HARK_COMMAND_GROUP_LIST)
      || (command->kind >= HARK_COMMAND_GROUP_CALL
          && command->kind <= HARK_COMMAND_GROUP_CALL_VOLUME))
    return false;
  switch (command->kind) {
  case HARK_COMMAND_SEND:
    send_text (core, command);
    return true;
  case HARK_COMMAND_EDIT:
    change_message (core, command, HARK_GROUP_EDIT);
    return true;
  case HARK_COMMAND_DELETE:
    change_message (core, command, HARK_GROUP_DELETE);
    return true;
  case HARK_COMMAND_REACT:
    change_message (core, command, HARK_GROUP_REACTION);
    return true;
  case HARK_COMMAND_TYPING:
    type (core, command);
    return true;
  case HARK_COMMAND_GIVE:
    group = need_joined (core, command);
    if (group == NULL)
      return true;
    hark_store_group_key (group->row.id, &key);
    memcpy (command->contact, key.bytes, sizeof command->contact);
    return false;
  case HARK_COMMAND_CLIP:
    send_clip (core, command);
    return true;
  case HARK_COMMAND_TIMER:
    change (core, command, HARK_GROUP_TIMER);
    return true;
  case HARK_COMMAND_READ:
    read_message (core, command);
    return true;
  case HARK_COMMAND_RECORD:
    return command->how != NULL && strcmp (command->how, "start") == 0
           && need_joined (core, command) == NULL;
  case HARK_COMMAND_PLAY:
  case HARK_COMMAND_WAVEFORM:
  case HARK_COMMAND_SOUND:
  case HARK_COMMAND_PICTURE:
  case HARK_COMMAND_HISTORY:
  case HARK_COMMAND_SEARCH:
  case HARK_COMMAND_PLACE:
  case HARK_COMMAND_DRAFT:
  case HARK_COMMAND_UNREAD:
  case HARK_COMMAND_PIN:
  case HARK_COMMAND_ARCHIVE:
  case HARK_COMMAND_EXPORT:
  case HARK_COMMAND_EDITS:
  case HARK_COMMAND_MESSAGE:
    group = need_group (core, command);
    if (group == NULL)
      return true;
    hark_store_group_key (group->row.id, &key); /* a conversation like others */
    memcpy (command->contact, key.bytes, sizeof command->contact);
    command->has_contact = true;
    return false;
  case HARK_COMMAND_KEEP:
  case HARK_COMMAND_CLEAR:
    refuse (core, command, "not-in-group",
            "What was written in a group is kept for members who lack it. Leave the group and "
            "forget it to delete everything.");
    return true;
  default:
    refuse (core, command, "not-in-group", "That does not work in a group.");
    return true;
  }
}

/* ---- members ---- */

/* False: nothing is left of it, or not all of it fits. */
static bool
take_name (const HarkCommand *command, char ret[HARK_GROUP_NAME_LEN_MAX + 1])
{
  const char *name = command->name != NULL ? command->name : "";

  hark_contact_clean_name (name, ret);
  return *ret != '\0' && strlen (name) <= HARK_GROUP_NAME_LEN_MAX;
}

static void
create (HarkCore *core, HarkCommand *command)
{
  HarkStoreGroup row = {.state = HARK_STORE_GROUP_JOINED,
                        .founder = core->own,
                        .sponsor = core->own,
                        .made_ms = hark_core_wall (core)};
  HarkGroupEntry *entry;
  char name[HARK_GROUP_NAME_LEN_MAX + 1];

  if (!take_name (command, name)) {
    refuse (core, command, "bad-name",
            "A name has 1 to 48 letters; fewer with accents, and in other scripts.");
    return;
  }
  if (g_hash_table_size (core->groups) >= HARK_CORE_GROUPS_MAX) {
    refuse (core, command, "too-many-groups", "There are 100 groups already.");
    return;
  }
  hark_rng_bytes (&core->rng, row.nonce, sizeof row.nonce);
  hark_group_id (&core->own, row.nonce, row.id);
  g_strlcpy (row.name, name, sizeof row.name);
  hark_core_group_keep (core, hark_core_group_add (core, &row), NULL);
  entry = g_new0 (HarkGroupEntry, 1);
  entry->kind = HARK_GROUP_NAME;
  entry->text = g_strdup (name);
  hark_core_group_write (core, hark_core_group_find (core, row.id), entry, command);
}

static bool
needs_whom (HarkGroupKind kind)
{
  return kind == HARK_GROUP_INVITE || kind == HARK_GROUP_REMOVE || kind == HARK_GROUP_ROLE;
}

static const char *
what_is_wrong (HarkCore *core,
               HarkCoreGroup *group,
               const HarkCommand *command,
               HarkGroupKind kind,
               const HarkKey *account)
{
  const HarkGroupMember *member = hark_group_member (group->log, account);
  const HarkCoreContact *contact = hark_core_find (core, account);
  const bool active = member != NULL && member->status != HARK_GROUP_STATUS_GONE;

  if (needs_whom (kind) && !command->has_contact)
    return "Say whom.";
  if (kind == HARK_GROUP_TIMER && command->seconds > HARK_GROUP_EXPIRES_MAX)
    return "Messages can stay for at most 365 days.";
  if (kind == HARK_GROUP_INVITE && active)
    return "This person is in the group or asked in already.";
  if (kind == HARK_GROUP_INVITE
      && (contact == NULL || contact->row.status != HARK_CONTACT_ACCEPTED))
    return "Only an accepted contact can be asked in.";
  if (kind == HARK_GROUP_INVITE && hark_group_active (group->log) >= HARK_GROUP_MEMBERS_MAX)
    return "A group has at most 32 members.";
  if ((kind == HARK_GROUP_REMOVE || kind == HARK_GROUP_ROLE) && !active)
    return "This person is not in the group.";
  if (kind == HARK_GROUP_ROLE && hark_key_equal (account, &core->own))
    return "The founder stays the founder.";
  if (!hark_group_may (group->log, &core->own, kind, account))
    return kind == HARK_GROUP_ROLE
             ? "Only the founder makes admins."
             : "Only the founder and admins can do this, and to members only.";
  return NULL;
}

/* ADD, REMOVE, RENAME, ROLE, TIMER. */
static void
change (HarkCore *core, HarkCommand *command, HarkGroupKind kind)
{
  HarkCoreGroup *group = need_joined (core, command);
  HarkGroupEntry *entry;
  HarkKey account;
  const char *wrong;
  char name[HARK_GROUP_NAME_LEN_MAX + 1];

  if (group == NULL)
    return;
  memcpy (account.bytes, command->contact, sizeof account.bytes);
  wrong = what_is_wrong (core, group, command, kind, &account);
  if (!take_name (command, name) && kind == HARK_GROUP_NAME)
    wrong = "A name has 1 to 48 letters; fewer with accents, and in other scripts.";
  if (kind == HARK_GROUP_ROLE && g_strcmp0 (command->how, "admin") != 0
      && g_strcmp0 (command->how, "member") != 0)
    wrong = "A role is \"admin\" or \"member\".";
  if (wrong != NULL) {
    refuse (core, command, "not-allowed", wrong);
    return;
  }
  entry = g_new0 (HarkGroupEntry, 1);
  entry->kind = kind;
  entry->account = account;
  if (kind == HARK_GROUP_TIMER)
    entry->expires_s = (uint32_t) command->seconds;
  if (kind == HARK_GROUP_NAME)
    entry->text = g_strdup (name);
  if (kind == HARK_GROUP_ROLE)
    entry->role = strcmp (command->how, "admin") == 0 ? HARK_GROUP_ADMIN : HARK_GROUP_MEMBER;
  hark_core_group_write (core, group, entry, command);
}

static void
accept_offer (HarkCore *core, HarkCommand *command)
{
  HarkCoreGroup *group = need_group (core, command);

  if (group == NULL)
    return;
  if (group->row.state != HARK_STORE_GROUP_OFFERED) {
    refuse (core, command, "not-allowed", "Nobody asks you into this group.");
    return;
  }
  group->row.state = HARK_STORE_GROUP_JOINED;
  hark_core_group_keep (core, group, NULL);
  hark_core_group_join (core, group, command);
}

static void
after_change (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group = hark_core_group_find (core, pending->group);

  if (!hark_core_refuse_store (core, pending, reply))
    hark_core_succeed (core, pending->command);
  else if (group != NULL && pending->command->kind == HARK_COMMAND_GROUP_NOTICES)
    group->row.notices = (uint8_t) pending->signal;
  else if (group != NULL && group->row.state == HARK_STORE_GROUP_LEFT)
    group->row.state = HARK_STORE_GROUP_OFFERED;
  if (group != NULL)
    hark_core_group_changed (core, group);
}

static void
leave (HarkCore *core, HarkCommand *command)
{
  HarkCoreGroup *group = need_group (core, command);
  HarkStoreGroupState before;

  if (group == NULL)
    return;
  before = group->row.state;
  if (before == HARK_STORE_GROUP_LEFT || hark_core_group_is_out (group) != NULL) {
    refuse (core, command, "not-in-group", "You are not in this group.");
    return;
  }
  group->row.state = HARK_STORE_GROUP_LEFT;
  if (before == HARK_STORE_GROUP_JOINED) {
    HarkGroupEntry *entry = g_new0 (HarkGroupEntry, 1);

    entry->kind = HARK_GROUP_LEAVE;
    hark_core_group_keep (core, group, NULL);
    hark_core_group_write (core, group, entry, command);
  } else {
    hark_core_group_keep (core, group, hark_pending_new (after_change, command));
  }
}

static void
set_notices (HarkCore *core, HarkCommand *command)
{
  static const char *const words[] = {"all", "mentions", "none"};
  HarkCoreGroup *group = need_group (core, command);
  uint8_t notices = 0;
  HarkPending *pending;

  if (group == NULL)
    return;
  while (notices < G_N_ELEMENTS (words) && g_strcmp0 (command->how, words[notices]) != 0)
    notices++;
  if (notices == G_N_ELEMENTS (words)) {
    refuse (core, command, "bad-notices", "Notices are of \"all\", \"mentions\" or \"none\".");
    return;
  }
  pending = hark_pending_new (after_change, command);
  pending->signal = group->row.notices;
  group->row.notices = notices;
  hark_core_group_keep (core, group, pending);
}

static void
after_forget (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group = hark_core_group_find (core, pending->group);
  HarkEvent *event;

  if (hark_core_refuse_store (core, pending, reply))
    return;
  hark_core_succeed (core, pending->command);
  if (group == NULL)
    return;
  event = hark_event_new (HARK_EVENT_GROUP);
  event->group = hark_core_group_info (core, group);
  event->group->state = HARK_GROUP_IS_FORGOTTEN;
  hark_core_emit (core, event);
  hark_core_group_call_drop (core, group);
  g_hash_table_remove (core->groups, pending->group);
}

static void
forget (HarkCore *core, HarkCommand *command)
{
  HarkCoreGroup *group = need_group (core, command);
  HarkStoreRequest *request;
  HarkPending *pending;
  HarkKey key;

  if (group == NULL)
    return;
  if ((group->row.state == HARK_STORE_GROUP_JOINED && hark_core_group_is_out (group) == NULL)
      || group->writing) {
    refuse (core, command, "not-allowed", "Leave the group first.");
    return;
  }
  hark_store_group_key (group->row.id, &key);
  hark_core_files_forget (core, &key);
  request = hark_core_request (HARK_STORE_DELETE_GROUP);
  request->group = group->row;
  pending = hark_pending_new (after_forget, command);
  memcpy (pending->group, group->row.id, sizeof pending->group);
  hark_core_ask_store (core, request, pending);
}

static void
list (HarkCore *core, HarkCommand *command)
{
  HarkEvent *event = hark_core_result (command);

  event->groups = hark_core_groups_info (core);
  hark_core_emit (core, event);
  hark_command_free (command);
}

void
hark_core_command_group (HarkCore *core, HarkCommand *command)
{
  switch (command->kind) {
  case HARK_COMMAND_GROUP_CREATE:
    create (core, command);
    break;
  case HARK_COMMAND_GROUP_ADD:
    change (core, command, HARK_GROUP_INVITE);
    break;
  case HARK_COMMAND_GROUP_REMOVE:
    change (core, command, HARK_GROUP_REMOVE);
    break;
  case HARK_COMMAND_GROUP_RENAME:
    change (core, command, HARK_GROUP_NAME);
    break;
  case HARK_COMMAND_GROUP_PICTURE:
    hark_core_command_group_picture (core, command);
    break;
  case HARK_COMMAND_GROUP_MEET:
    hark_core_command_introduce (core, command);
    break;
  case HARK_COMMAND_GROUP_ROLE:
    change (core, command, HARK_GROUP_ROLE);
    break;
  case HARK_COMMAND_GROUP_ACCEPT:
    accept_offer (core, command);
    break;
  case HARK_COMMAND_GROUP_LEAVE:
    leave (core, command);
    break;
  case HARK_COMMAND_GROUP_NOTICES:
    set_notices (core, command);
    break;
  case HARK_COMMAND_GROUP_FORGET:
    forget (core, command);
    break;
  default:
    list (core, command);
  }
}
