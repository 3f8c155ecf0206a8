/* core/backup/record-write.c - records out. */
#include "core/backup/record.h"
#include "core/proto/backup.pb-c.h"
#include "net/base/writer.h"

#include <sodium.h>

#define BYTES(of) ((ProtobufCBinaryData){sizeof (of), (uint8_t *) (of)})
#define OPTIONAL(has, of) ((has) ? BYTES (of) : (ProtobufCBinaryData){0, NULL})

static void
append (GByteArray *ret, const Hark__BackupRecord *record)
{
  const size_t len = hark__backup_record__get_packed_size (record);
  const guint at = ret->len;
  HarkWriter writer;

  g_byte_array_set_size (ret, at + 4 + (guint) len);
  hark_writer_init (&writer, ret->data + at, 4);
  hark_writer_u32 (&writer, (uint32_t) len);
  hark__backup_record__pack (record, ret->data + at + 4);
}

void
hark_backup_drop (GByteArray *records, size_t len)
{
  if (len == 0)
    return;
  g_byte_array_remove_range (records, 0, (guint) len);
  sodium_memzero (records->data + records->len, len);
}

void
hark_backup_put_head (GByteArray *ret, int64_t made_ms, bool messages)
{
  Hark__BackupRecord record = HARK__BACKUP_RECORD__INIT;
  Hark__BackupHead head = HARK__BACKUP_HEAD__INIT;

  head.version = HARK_BACKUP_VERSION;
  head.made_ms = made_ms;
  head.messages = messages;
  record.what_case = HARK__BACKUP_RECORD__WHAT_HEAD;
  record.head = &head;
  append (ret, &record);
}

void
hark_backup_put_account (GByteArray *ret, const HarkStoreAccount *account)
{
  Hark__BackupRecord record = HARK__BACKUP_RECORD__INIT;
  Hark__BackupAccount body = HARK__BACKUP_ACCOUNT__INIT;
  HarkCertificate certificate;

  body.name = (char *) account->name;
  body.seed = BYTES (account->account_seed.bytes);
  body.contacts_token = BYTES (account->contacts_token.bytes);
  if (hark_certificate_verify (account->certificate, &certificate))
    body.list_version = certificate.list_version;
  record.what_case = HARK__BACKUP_RECORD__WHAT_ACCOUNT;
  record.account = &body;
  append (ret, &record);
}

void
hark_backup_put_address (GByteArray *ret, const HarkStoreAddress *address)
{
  Hark__BackupRecord record = HARK__BACKUP_RECORD__INIT;
  Hark__BackupAddress body = HARK__BACKUP_ADDRESS__INIT;

  body.token = BYTES (address->token.bytes);
  body.kind = address->kind;
  body.label = (char *) address->label;
  body.made_ms = address->made_ms;
  record.what_case = HARK__BACKUP_RECORD__WHAT_ADDRESS;
  record.address = &body;
  append (ret, &record);
}

void
hark_backup_put_setting (GByteArray *ret, const char *name, GBytes *value)
{
  Hark__BackupRecord record = HARK__BACKUP_RECORD__INIT;
  Hark__BackupSetting body = HARK__BACKUP_SETTING__INIT;

  body.name = (char *) name;
  body.value.data = (uint8_t *) g_bytes_get_data (value, &body.value.len);
  record.what_case = HARK__BACKUP_RECORD__WHAT_SETTING;
  record.setting = &body;
  append (ret, &record);
}

void
hark_backup_put_contact (GByteArray *ret, const HarkStoreContact *contact, uint64_t sequence)
{
  Hark__BackupRecord record = HARK__BACKUP_RECORD__INIT;
  Hark__BackupContact body = HARK__BACKUP_CONTACT__INIT;

  body.account = BYTES (contact->account.bytes);
  body.status = contact->status;
  body.name = (char *) contact->name;
  body.petname = (char *) contact->petname;
  body.request_text = (char *) contact->request_text;
  body.reach = OPTIONAL (contact->has_reach, contact->reach.bytes);
  body.first = OPTIONAL (contact->has_first, contact->first.bytes);
  body.answer = OPTIONAL (contact->has_answer, contact->answer.bytes);
  body.pairwise = OPTIONAL (contact->has_pairwise, contact->pairwise.bytes);
  body.pairwise_previous
    = OPTIONAL (contact->has_pairwise_previous, contact->pairwise_previous.bytes);
  body.pairwise_ms = contact->pairwise_ms;
  body.via = BYTES (contact->via.bytes);
  body.list_version = contact->list_version;
  body.verified = contact->verified;
  body.added_ms = contact->added_ms;
  body.last_seen_ms = contact->last_seen_ms;
  body.sequence = sequence;
  record.what_case = HARK__BACKUP_RECORD__WHAT_CONTACT;
  record.contact = &body;
  append (ret, &record);
}

void
hark_backup_put_person (GByteArray *ret, const HarkStorePerson *person, GBytes *picture)
{
  Hark__BackupRecord record = HARK__BACKUP_RECORD__INIT;
  Hark__BackupPerson body = HARK__BACKUP_PERSON__INIT;

  body.account = BYTES (person->account.bytes);
  body.version = person->version;
  body.status_text = (char *) person->status_text;
  body.availability = person->availability;
  body.notes = (char *) person->notes;
  body.verified_ms = person->verified_ms;
  body.silent_until_ms = person->silent_until_ms;
  body.favourite = person->favourite;
  body.may = person->may;
  body.via = (char *) person->via;
  if (picture != NULL && person->has_picture) {
    body.picture.data = (uint8_t *) g_bytes_get_data (picture, &body.picture.len);
    body.picture_hash = BYTES (person->picture);
  }
  record.what_case = HARK__BACKUP_RECORD__WHAT_PERSON;
  record.person = &body;
  append (ret, &record);
}

void
hark_backup_put_chat (GByteArray *ret,
                      const HarkStoreChat *chat,
                      const HarkStoreConversation *conversation)
{
  Hark__BackupRecord record = HARK__BACKUP_RECORD__INIT;
  Hark__BackupChat body = HARK__BACKUP_CHAT__INIT;

  body.contact = BYTES (chat->contact.bytes);
  body.marked = chat->marked;
  body.draft = chat->draft != NULL ? chat->draft : (char *) "";
  if (chat->has_draft_reply)
    body.draft_reply = BYTES (chat->draft_reply);
  body.draft_ms = chat->draft_ms;
  body.pinned_ms = chat->pinned_ms;
  body.archived = chat->archived;
  body.keep_days = chat->keep_days;
  if (conversation != NULL) {
    body.clock = conversation->clock;
    body.expires_s = conversation->expires_s;
    body.timer = conversation->timer_position;
  }
  record.what_case = HARK__BACKUP_RECORD__WHAT_CHAT;
  record.chat = &body;
  append (ret, &record);
}

void
hark_backup_put_group (GByteArray *ret, const HarkStoreGroup *group)
{
  Hark__BackupRecord record = HARK__BACKUP_RECORD__INIT;
  Hark__BackupGroup body = HARK__BACKUP_GROUP__INIT;

  body.id = BYTES (group->id);
  body.state = group->state;
  body.founder = BYTES (group->founder.bytes);
  body.nonce = BYTES (group->nonce);
  body.sponsor = BYTES (group->sponsor.bytes);
  body.name = (char *) group->name;
  body.invite = BYTES (group->invite);
  body.clock = group->clock;
  body.members = group->members;
  body.notices = group->notices;
  body.made_ms = group->made_ms;
  body.read_clock = group->read_clock;
  record.what_case = HARK__BACKUP_RECORD__WHAT_GROUP;
  record.group = &body;
  append (ret, &record);
}

void
hark_backup_put_group_entry (GByteArray *ret, const HarkStoreGroupEntry *entry)
{
  Hark__BackupRecord record = HARK__BACKUP_RECORD__INIT;
  Hark__BackupGroupEntry body = HARK__BACKUP_GROUP_ENTRY__INIT;
  gsize len = 0;
  const void *data = g_bytes_get_data (entry->content, &len);

  body.group = BYTES (entry->group);
  body.author = BYTES (entry->author.bytes);
  body.chain = BYTES (entry->chain);
  body.seq = entry->seq;
  body.proof = entry->proof;
  body.content = (ProtobufCBinaryData){len, (uint8_t *) data};
  data = g_bytes_get_data (entry->tags, &len);
  body.tags = (ProtobufCBinaryData){len, (uint8_t *) data};
  if (entry->body != NULL) {
    data = g_bytes_get_data (entry->body, &len);
    body.body = (ProtobufCBinaryData){len, (uint8_t *) data};
  }
  if (entry->has_message)
    body.message = BYTES (entry->message);
  if (entry->has_about)
    body.about = BYTES (entry->about);
  body.wanted_until = entry->wanted_until;
  record.what_case = HARK__BACKUP_RECORD__WHAT_GROUP_ENTRY;
  record.group_entry = &body;
  append (ret, &record);
}

void
hark_backup_put_transfer (GByteArray *ret, const HarkStoreTransfer *transfer)
{
  Hark__BackupRecord record = HARK__BACKUP_RECORD__INIT;
  Hark__BackupTransfer body = HARK__BACKUP_TRANSFER__INIT;

  body.id = transfer->id;
  body.offer = BYTES (transfer->offer);
  body.contact = BYTES (transfer->contact.bytes);
  body.outgoing = transfer->outgoing;
  body.state = transfer->state;
  body.name = transfer->name != NULL ? transfer->name : (char *) "";
  body.path = transfer->path != NULL ? transfer->path : (char *) "";
  body.size = transfer->size;
  body.mtime_ms = transfer->mtime_ms;
  body.files = transfer->files;
  body.manifest_len = transfer->manifest_len;
  body.manifest = OPTIONAL (transfer->manifest_len > 0, transfer->manifest);
  body.sample
    = OPTIONAL (!sodium_is_zero (transfer->sample, sizeof transfer->sample), transfer->sample);
  if (transfer->preview != NULL)
    body.preview.data = (uint8_t *) g_bytes_get_data (transfer->preview, &body.preview.len);
  if (transfer->people != NULL)
    body.people.data = (uint8_t *) g_bytes_get_data (transfer->people, &body.people.len);
  body.root = BYTES (transfer->root);
  body.done = transfer->done;
  body.reason = transfer->reason != NULL ? transfer->reason : (char *) "";
  body.made_ms = transfer->made_ms;
  record.what_case = HARK__BACKUP_RECORD__WHAT_TRANSFER;
  record.transfer = &body;
  append (ret, &record);
}

void
hark_backup_put_message (GByteArray *ret, const HarkStoreMessage *message)
{
  Hark__BackupRecord record = HARK__BACKUP_RECORD__INIT;
  Hark__BackupMessage body = HARK__BACKUP_MESSAGE__INIT;

  body.id = BYTES (message->id);
  body.contact = BYTES (message->contact.bytes);
  body.kind = message->kind;
  body.outgoing = message->outgoing;
  body.state = message->state;
  body.seq = message->seq;
  body.sent_ms = message->sent_ms;
  body.received_ms = message->received_ms;
  body.reply_to = OPTIONAL (message->has_reply_to, message->reply_to);
  if (!message->has_target) /* else it only says that it waits, which shows anew */
    body.ref = message->ref;
  body.text = message->text != NULL ? message->text : (char *) "";
  body.group = OPTIONAL (message->has_group, message->group);
  body.author = OPTIONAL (message->has_author, message->author.bytes);
  body.clock = message->clock;
  body.target = OPTIONAL (message->has_target, message->target);
  body.parents = (ProtobufCBinaryData){message->n_parents * sizeof message->parents[0],
                                       (uint8_t *) message->parents};
  if (message->body != NULL)
    body.body.data = (uint8_t *) g_bytes_get_data (message->body, &body.body.len);
  body.expires_s = message->expires_s;
  body.expires_at = message->expires_at;
  body.hidden = message->hidden;
  body.deleted = message->deleted;
  record.what_case = HARK__BACKUP_RECORD__WHAT_MESSAGE;
  record.message = &body;
  append (ret, &record);
}

void
hark_backup_put_end (GByteArray *ret, uint64_t records)
{
  Hark__BackupRecord record = HARK__BACKUP_RECORD__INIT;
  Hark__BackupEnd body = HARK__BACKUP_END__INIT;

  body.records = records;
  record.what_case = HARK__BACKUP_RECORD__WHAT_END;
  record.end = &body;
  append (ret, &record);
}
