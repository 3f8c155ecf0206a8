/* core/backup/record.h - what a backup holds, record by record.
 *
 * Pure; any thread. Source: core/PROTOCOL.md "Backup", core/proto/backup.proto. What is read was
 * sealed by somebody who had the key, which proves little: every size is checked, and a backup that
 * breaks a rule is refused whole.
 */
#pragma once

#include "core/store/store.h"

#define HARK_BACKUP_VERSION 1
#define HARK_BACKUP_RECORD_MAX (8 * 1024 * 1024)       /* bytes; longer ones are refused */
#define HARK_BACKUP_CONTACTS_MAX 10000                 /* of one backup, and addresses as many */
#define HARK_BACKUP_SEQUENCE_STEP (UINT64_C (1) << 32) /* what a restored conversation skips */

typedef enum {
  HARK_BACKUP_SKIP,    /* of a newer Hark, and not needed */
  HARK_BACKUP_HEAD,    /* made_ms, messages */
  HARK_BACKUP_ACCOUNT, /* account: name, account_seed, contacts_token */
  HARK_BACKUP_PUT,     /* request, and for a contact: sequence */
  HARK_BACKUP_END,     /* records */
  HARK_BACKUP_NEWER,   /* a HEAD of a version that we do not know */
  HARK_BACKUP_BAD,
} HarkBackupKind;

typedef struct {
  HarkBackupKind kind;
  int64_t made_ms;
  bool messages;
  HarkStoreAccount account;
  uint32_t list_version;     /* ACCOUNT: of the device that made the backup; 0: not told */
  HarkStoreRequest *request; /* owned */
  uint64_t sequence;
  uint64_t records;
} HarkBackupItem;

/* hark_backup_parse: one record, without its length. Clear @ret when done. */
void hark_backup_parse (const uint8_t *bytes, size_t len, HarkBackupItem *ret);
void hark_backup_item_clear (HarkBackupItem *item);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarkBackupItem, hark_backup_item_clear)

/* Each appends a record with its length to @ret, which holds secrets afterwards. */
void hark_backup_put_head (GByteArray *ret, int64_t made_ms, bool messages);
void hark_backup_put_account (GByteArray *ret, const HarkStoreAccount *account);
void hark_backup_put_address (GByteArray *ret, const HarkStoreAddress *address);
void hark_backup_put_setting (GByteArray *ret, const char *name, GBytes *value);
void hark_backup_put_contact (GByteArray *ret, const HarkStoreContact *contact, uint64_t sequence);

/* hark_backup_drop: the first @len bytes go from records that were put or read; nothing of them
 * stays behind the end. */
void hark_backup_drop (GByteArray *records, size_t len);

/* hark_backup_put_person: @picture: (nullable): our own; else a picture is not kept.
 * hark_backup_put_chat: @conversation: (nullable): its clock and timer. */
void hark_backup_put_person (GByteArray *ret, const HarkStorePerson *person, GBytes *picture);
void hark_backup_put_chat (GByteArray *ret,
                           const HarkStoreChat *chat,
                           const HarkStoreConversation *conversation);
void hark_backup_put_group (GByteArray *ret, const HarkStoreGroup *group);
void hark_backup_put_group_entry (GByteArray *ret, const HarkStoreGroupEntry *entry);
void hark_backup_put_transfer (GByteArray *ret, const HarkStoreTransfer *transfer);
void hark_backup_put_message (GByteArray *ret, const HarkStoreMessage *message);
void hark_backup_put_end (GByteArray *ret, uint64_t records);
