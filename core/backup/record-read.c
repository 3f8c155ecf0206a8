/* core/backup/record-read.c - records in. */
#include "core/backup/record.h"
#include "core/proto/backup.pb-c.h"
#include "core/proto/take.h"
#include "core/proto/wiping.h"
#include "net/base/locked.h"

#include <string.h>

#define TEXT_MAX 65536
#define NAME_MAX_BYTES 4096                     /* of files */
#define PATH_MAX_BYTES (2 * NAME_MAX_BYTES + 3) /* of a shared folder, and the way on in it */
#define PICTURE_LEN (96 * 96 * 3)               /* raw RGB */
#define PREVIEW_LEN_MAX (2 + 160 * 120 * 3)
#define PEOPLE_LEN_MAX (16 + 33 * 64) /* as core/files/holders.h writes them */
#define CLOCK_MAX (INT64_C (1) << 50)

static bool
take_text (const char *text, char *ret, size_t size)
{
  return g_utf8_validate (text, -1, NULL) && g_strlcpy (ret, text, size) < size;
}

static bool
is_text (const char *text, size_t max)
{
  return strlen (text) <= max && g_utf8_validate (text, -1, NULL);
}

static bool
parse_account (const Hark__BackupAccount *body, HarkBackupItem *ret)
{
  ret->kind = HARK_BACKUP_ACCOUNT;
  ret->list_version = body->list_version;
  return take_text (body->name, ret->account.name, 49) && body->name[0] != '\0'
         && take (&body->seed, ret->account.account_seed.bytes, 32)
         && take (&body->contacts_token, ret->account.contacts_token.bytes, 16);
}

static bool
parse_address (const Hark__BackupAddress *body, HarkBackupItem *ret)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_ADDRESS, 0);
  HarkStoreAddress *address = &request->address;

  ret->kind = HARK_BACKUP_PUT;
  ret->request = request;
  address->kind = (HarkStoreAddressKind) body->kind;
  address->made_ms = body->made_ms;
  return body->kind <= HARK_STORE_ADDRESS_INVITE && take (&body->token, address->token.bytes, 16)
         && take_text (body->label, address->label, sizeof address->label);
}

static GBytes *
lock (const ProtobufCBinaryData *data)
{
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (bytes, data->data, (guint) data->len);
  return hark_locked_bytes (bytes);
}

/* Settings of a newer Hark mean nothing here. */
static bool
parse_setting (const Hark__BackupSetting *body, HarkBackupItem *ret)
{
  static const struct {
    const char *name;
    HarkStoreRequestKind kind;
    size_t at;
  } settings[] = {
    {"relay",   HARK_STORE_PUT_RELAY,   offsetof (HarkStoreRequest, relay)  },
    {"shares",  HARK_STORE_PUT_SHARES,  offsetof (HarkStoreRequest, shares) },
    {"sound",   HARK_STORE_PUT_SOUND,   offsetof (HarkStoreRequest, sound)  },
    {"heard",   HARK_STORE_PUT_HEARD,   offsetof (HarkStoreRequest, heard)  },
    {"files",   HARK_STORE_PUT_FILES,   offsetof (HarkStoreRequest, files)  },
    {"backup",  HARK_STORE_PUT_BACKUP,  offsetof (HarkStoreRequest, backup) },
    {"keep",    HARK_STORE_PUT_KEEP,    offsetof (HarkStoreRequest, keep)   },
    {"lan",     HARK_STORE_PUT_LAN,     offsetof (HarkStoreRequest, lan)    },
    {"mailbox", HARK_STORE_PUT_MAILBOX, offsetof (HarkStoreRequest, mailbox)},
  };

  ret->kind = HARK_BACKUP_SKIP;
  for (size_t i = 0; i < G_N_ELEMENTS (settings); i++)
    if (strcmp (body->name, settings[i].name) == 0) {
      ret->kind = HARK_BACKUP_PUT;
      ret->request = hark_store_request_new (settings[i].kind, 0);
      G_STRUCT_MEMBER (GBytes *, ret->request, settings[i].at)
        = lock (&body->value); /* some hold secrets */
    }
  return true;
}

static bool
parse_contact (const Hark__BackupContact *body, HarkBackupItem *ret)
{
  HarkStoreContact *contact = g_new0 (HarkStoreContact, 1);

  ret->kind = HARK_BACKUP_PUT;
  ret->request = hark_store_request_new (HARK_STORE_PUT_CONTACT, 0);
  ret->request->contact = contact;
  ret->sequence = body->sequence;
  contact->status = (HarkContactStatus) body->status;
  contact->pairwise_ms = body->pairwise_ms;
  contact->list_version = body->list_version;
  contact->verified = (uint8_t) body->verified;
  contact->added_ms = body->added_ms;
  contact->last_seen_ms = body->last_seen_ms;
  return body->status >= HARK_CONTACT_ASKED && body->status <= HARK_CONTACT_DECLINED
         && body->verified <= 2 && body->sequence <= INT64_MAX / 2
         && take (&body->account, contact->account.bytes, 32)
         && take_text (body->name, contact->name, sizeof contact->name)
         && take_text (body->petname, contact->petname, sizeof contact->petname)
         && take_text (body->request_text, contact->request_text, sizeof contact->request_text)
         && take_optional (&body->reach, &contact->has_reach, contact->reach.bytes, 16)
         && take_optional (&body->first, &contact->has_first, contact->first.bytes, 16)
         && take_optional (&body->answer, &contact->has_answer, contact->answer.bytes, 16)
         && take_optional (&body->pairwise, &contact->has_pairwise, contact->pairwise.bytes, 32)
         && take_optional (&body->pairwise_previous, &contact->has_pairwise_previous,
                           contact->pairwise_previous.bytes, 32)
         && take (&body->via, contact->via.bytes, 16);
}

static bool
parse_transfer (const Hark__BackupTransfer *body, HarkBackupItem *ret)
{
  HarkStoreTransfer *transfer = g_new0 (HarkStoreTransfer, 1);
  bool has;

  ret->kind = HARK_BACKUP_PUT;
  ret->request = hark_store_request_new (HARK_STORE_PUT_TRANSFER, 0);
  ret->request->transfer = transfer;
  transfer->id = body->id;
  transfer->outgoing = body->outgoing;
  transfer->state = (uint8_t) body->state;
  transfer->name = g_strdup (body->name);
  transfer->path = g_strdup (body->path);
  transfer->size = body->size;
  transfer->mtime_ms = body->mtime_ms;
  transfer->files = body->files;
  transfer->manifest_len = body->manifest_len;
  transfer->done = body->done;
  transfer->reason = body->reason[0] != '\0' ? g_strdup (body->reason) : NULL;
  transfer->made_ms = body->made_ms;
  if (body->preview.len > 0)
    transfer->preview = g_bytes_new (body->preview.data, body->preview.len);
  if (body->people.len > 0)
    transfer->people = g_bytes_new (body->people.data, body->people.len);
  return body->state >= HARK_STORE_TRANSFER_FINISHED && body->state <= UINT8_MAX
         && body->id <= INT64_MAX && body->size <= INT64_MAX && body->done <= INT64_MAX
         && is_text (body->name, NAME_MAX_BYTES) && strlen (body->path) <= PATH_MAX_BYTES
         && is_text (body->reason, NAME_MAX_BYTES) && take (&body->offer, transfer->offer, 16)
         && take (&body->contact, transfer->contact.bytes, 32)
         && take (&body->root, transfer->root, 32) && body->preview.len <= PREVIEW_LEN_MAX
         && body->people.len <= PEOPLE_LEN_MAX
         && take_optional (&body->manifest, &has, transfer->manifest, 32)
         && take_optional (&body->sample, &has, transfer->sample, 32);
}

static bool
take_parents (const ProtobufCBinaryData *data, HarkStoreMessage *message)
{
  const size_t one = sizeof message->parents[0];

  if (data->len > sizeof message->parents || data->len % one != 0)
    return false;
  if (data->len > 0) /* else there is no data */
    memcpy (message->parents, data->data, data->len);
  message->n_parents = (unsigned) (data->len / one);
  return true;
}

static bool
parse_message (const Hark__BackupMessage *body, HarkBackupItem *ret)
{
  HarkStoreMessage *message = g_new0 (HarkStoreMessage, 1);

  ret->kind = HARK_BACKUP_PUT;
  ret->request = hark_store_request_new (HARK_STORE_PUT_MESSAGE, 0);
  ret->request->message = message;
  message->kind = (HarkMessageKind) body->kind;
  message->outgoing = body->outgoing;
  message->state = (HarkMessageState) body->state;
  message->seq = body->seq;
  message->sent_ms = body->sent_ms;
  message->received_ms = body->received_ms;
  message->ref = body->ref;
  message->clock = body->clock;
  message->expires_s = body->expires_s;
  message->expires_at = body->expires_at;
  message->hidden = body->hidden;
  message->deleted = body->deleted;
  if (body->body.len > 0)
    message->body = g_bytes_new (body->body.data, MIN (body->body.len, (size_t) TEXT_MAX));
  message->text = g_strdup (body->text);
  return body->kind >= HARK_MESSAGE_TEXT && body->kind <= HARK_MESSAGE_UNKNOWN + UINT16_MAX
         && (body->kind <= HARK_MESSAGE_GROUP || body->kind >= HARK_MESSAGE_UNKNOWN)
         && body->state >= HARK_MESSAGE_QUEUED && body->state <= HARK_MESSAGE_READ
         && body->seq <= INT64_MAX && body->ref <= INT64_MAX && is_text (body->text, TEXT_MAX)
         && take (&body->id, message->id, 16) && take (&body->contact, message->contact.bytes, 32)
         && take_optional (&body->reply_to, &message->has_reply_to, message->reply_to, 16)
         && take_optional (&body->group, &message->has_group, message->group, 16)
         && take_optional (&body->author, &message->has_author, message->author.bytes, 32)
         && take_optional (&body->target, &message->has_target, message->target, 16)
         && take_parents (&body->parents, message) && body->body.len <= TEXT_MAX
         && body->expires_at >= 0 && body->clock >= 0 && body->clock < CLOCK_MAX;
}

static bool
parse_person (const Hark__BackupPerson *body, HarkBackupItem *ret)
{
  HarkStorePerson *person = g_new0 (HarkStorePerson, 1);

  ret->kind = HARK_BACKUP_PUT;
  ret->request = hark_store_request_new (HARK_STORE_PUT_PERSON, 0);
  ret->request->person = person;
  person->version = body->version;
  person->availability = (uint8_t) body->availability;
  person->verified_ms = body->verified_ms;
  person->silent_until_ms = body->silent_until_ms;
  person->favourite = body->favourite;
  person->may = body->may;
  if (body->picture.len > 0) {
    ret->request->kind = HARK_STORE_PUT_PICTURE;
    ret->request->picture = g_bytes_new (body->picture.data, body->picture.len);
  }
  return body->version <= INT64_MAX && body->availability <= UINT8_MAX
         && (body->picture.len == 0 || body->picture.len == PICTURE_LEN)
         && (body->picture.len > 0) == (body->picture_hash.len > 0)
         && take (&body->account, person->account.bytes, 32)
         && take_text (body->status_text, person->status_text, sizeof person->status_text)
         && take_text (body->notes, person->notes, sizeof person->notes)
         && take_text (body->via, person->via, sizeof person->via)
         && take_optional (&body->picture_hash, &person->has_picture, person->picture, 32);
}

static bool
parse_chat (const Hark__BackupChat *body, HarkBackupItem *ret)
{
  HarkStoreChat *chat = g_new0 (HarkStoreChat, 1);

  ret->kind = HARK_BACKUP_PUT;
  ret->request = hark_store_request_new (HARK_STORE_PUT_CHAT, 0);
  ret->request->chat = chat;
  ret->request->fields = HARK_STORE_CHAT_DRAFT | HARK_STORE_CHAT_MARKED | HARK_STORE_CHAT_PINNED
                         | HARK_STORE_CHAT_ARCHIVED | HARK_STORE_CHAT_KEEP | HARK_STORE_CHAT_CLOCK;
  chat->marked = body->marked;
  chat->draft = g_strdup (body->draft);
  chat->draft_ms = body->draft_ms;
  chat->pinned_ms = body->pinned_ms;
  chat->archived = body->archived;
  chat->keep_days = body->keep_days;
  chat->clock = body->clock;
  chat->expires_s = body->expires_s;
  chat->timer_position = body->timer;
  return body->clock >= 0 && body->clock < CLOCK_MAX && body->timer < (uint64_t) CLOCK_MAX << 12
         && is_text (body->draft, TEXT_MAX) && take (&body->contact, chat->contact.bytes, 32)
         && take_optional (&body->draft_reply, &chat->has_draft_reply, chat->draft_reply, 16);
}

static bool
parse_group (const Hark__BackupGroup *body, HarkBackupItem *ret)
{
  HarkStoreGroup *group;

  ret->kind = HARK_BACKUP_PUT;
  ret->request = hark_store_request_new (HARK_STORE_PUT_GROUP, 0);
  group = &ret->request->group;
  group->state = (HarkStoreGroupState) body->state;
  group->clock = body->clock;
  group->members = body->members;
  group->notices = (uint8_t) body->notices;
  group->made_ms = body->made_ms;
  group->read_clock = body->read_clock;
  return body->state >= HARK_STORE_GROUP_OFFERED && body->state <= HARK_STORE_GROUP_LEFT
         && body->notices <= 2 && body->clock >= 0 && body->read_clock >= 0
         && take (&body->id, group->id, 16) && take (&body->founder, group->founder.bytes, 32)
         && take (&body->nonce, group->nonce, 32) && take (&body->sponsor, group->sponsor.bytes, 32)
         && take (&body->invite, group->invite, 32)
         && take_text (body->name, group->name, sizeof group->name);
}

static bool
parse_group_entry (const Hark__BackupGroupEntry *body, HarkBackupItem *ret)
{
  HarkStoreGroupEntry *entry = g_new0 (HarkStoreGroupEntry, 1);

  ret->kind = HARK_BACKUP_PUT;
  ret->request = hark_store_request_new (HARK_STORE_PUT_GROUP_ENTRY, 0);
  ret->request->group_entry = entry;
  entry->seq = body->seq;
  entry->proof = (uint8_t) body->proof;
  entry->content = g_bytes_new (body->content.data, body->content.len);
  entry->tags = g_bytes_new (body->tags.data, body->tags.len);
  if (body->body.len > 0)
    entry->body = g_bytes_new (body->body.data, body->body.len);
  entry->wanted_until = body->wanted_until;
  return body->seq > 0 && body->seq <= INT64_MAX && body->proof <= 2 && body->wanted_until >= 0
         && (body->wanted_until == 0 || body->body.len == 0)
         && take (&body->group, entry->group, 16) && take (&body->author, entry->author.bytes, 32)
         && take (&body->chain, entry->chain, 8)
         && take_optional (&body->message, &entry->has_message, entry->message, 16)
         && take_optional (&body->about, &entry->has_about, entry->about, 16);
}

static bool
parse_head (const Hark__BackupHead *body, HarkBackupItem *ret)
{
  ret->kind = body->version > HARK_BACKUP_VERSION ? HARK_BACKUP_NEWER : HARK_BACKUP_HEAD;
  ret->made_ms = body->made_ms;
  ret->messages = body->messages;
  return body->version >= 1;
}

static bool
parse (const Hark__BackupRecord *record, HarkBackupItem *ret)
{
  switch (record->what_case) {
  case HARK__BACKUP_RECORD__WHAT_HEAD:
    return parse_head (record->head, ret);
  case HARK__BACKUP_RECORD__WHAT_ACCOUNT:
    return parse_account (record->account, ret);
  case HARK__BACKUP_RECORD__WHAT_ADDRESS:
    return parse_address (record->address, ret);
  case HARK__BACKUP_RECORD__WHAT_SETTING:
    return parse_setting (record->setting, ret);
  case HARK__BACKUP_RECORD__WHAT_CONTACT:
    return parse_contact (record->contact, ret);
  case HARK__BACKUP_RECORD__WHAT_PERSON:
    return parse_person (record->person, ret);
  case HARK__BACKUP_RECORD__WHAT_CHAT:
    return parse_chat (record->chat, ret);
  case HARK__BACKUP_RECORD__WHAT_GROUP:
    return parse_group (record->group, ret);
  case HARK__BACKUP_RECORD__WHAT_GROUP_ENTRY:
    return parse_group_entry (record->group_entry, ret);
  case HARK__BACKUP_RECORD__WHAT_TRANSFER:
    return parse_transfer (record->transfer, ret);
  case HARK__BACKUP_RECORD__WHAT_MESSAGE:
    return parse_message (record->message, ret);
  case HARK__BACKUP_RECORD__WHAT_END:
    ret->kind = HARK_BACKUP_END;
    ret->records = record->end->records;
    return true;
  case HARK__BACKUP_RECORD__WHAT__NOT_SET:
  default:
    ret->kind = HARK_BACKUP_SKIP;
    return true;
  }
}

void
hark_backup_parse (const uint8_t *bytes, size_t len, HarkBackupItem *ret)
{
  Hark__BackupRecord *record
    = len <= HARK_BACKUP_RECORD_MAX ? hark__backup_record__unpack (&hark_wiping, len, bytes) : NULL;

  *ret = (HarkBackupItem){.kind = HARK_BACKUP_BAD};
  if (record == NULL)
    return;
  if (!parse (record, ret)) {
    hark_backup_item_clear (ret);
    ret->kind = HARK_BACKUP_BAD;
  }
  hark__backup_record__free_unpacked (record, &hark_wiping);
}

void
hark_backup_item_clear (HarkBackupItem *item)
{
  g_clear_pointer (&item->request, hark_store_request_free);
  sodium_memzero (item, sizeof *item);
}
