/* core/store/snapshot.c - everything but messages at once. */
#include "core/store/database.h"

static int
read_settings (HarkDatabase *database, HarkStoreSnapshot *ret)
{
  const struct {
    const char *name;
    GBytes **value;
  } settings[] = {
    {"calls",      &ret->calls     },
    {"nodes",      &ret->nodes     },
    {"relay",      &ret->relay     },
    {"shares",     &ret->shares    },
    {"sound",      &ret->sound     },
    {"heard",      &ret->heard     },
    {"ledger",     &ret->ledger    },
    {"records",    &ret->records   },
    {"keep",       &ret->keep      },
    {"backup",     &ret->backup    },
    {"lan",        &ret->lan       },
    {"place",      &ret->place     },
    {"files",      &ret->files     },
    {"mailbox",    &ret->mailbox   },
    {"group-mail", &ret->group_mail},
  };
  int rc = SQLITE_OK;

  for (size_t i = 0; rc == SQLITE_OK && i < G_N_ELEMENTS (settings); i++)
    rc = hark_setting_get (database, settings[i].name, settings[i].value);
  return rc;
}

static int
read_own_picture (HarkDatabase *database, HarkStoreSnapshot *ret)
{
  HarkCertificate certificate;

  if (!hark_certificate_verify (ret->account.certificate, &certificate))
    return SQLITE_OK; /* nobody's; core says so */
  return hark_picture_get (database, &certificate.account, &ret->picture);
}

int
hark_snapshot_read (HarkDatabase *database, HarkStoreSnapshot *ret)
{
  HarkStoreSnapshot snapshot = {
    .addresses = g_array_new (FALSE, TRUE, sizeof (HarkStoreAddress)),
    .contacts = g_array_new (FALSE, TRUE, sizeof (HarkStoreContact)),
    .groups = g_array_new (FALSE, TRUE, sizeof (HarkStoreGroup)),
    .group_reads = g_array_new (FALSE, TRUE, sizeof (HarkStoreGroupRead)),
    .group_entries = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_group_entry_free),
    .kept = g_array_new (FALSE, TRUE, sizeof (HarkStoreKept)),
    .people = g_array_new (FALSE, TRUE, sizeof (HarkStorePerson)),
    .transfers = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_transfer_free),
    .outbox = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_message_free),
    .conversations = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, g_free, g_free),
  };
  bool found = false;
  int rc = hark_account_get (database, &snapshot.account, &found);

  if (rc == SQLITE_OK && !found)
    rc = SQLITE_CORRUPT;
  if (rc == SQLITE_OK)
    rc = hark_addresses_get (database, snapshot.addresses);
  if (rc == SQLITE_OK)
    rc = hark_contacts_get (database, snapshot.contacts);
  if (rc == SQLITE_OK)
    rc = hark_people_get (database, snapshot.people);
  if (rc == SQLITE_OK)
    rc = hark_kept_get_all (database, snapshot.kept);
  if (rc == SQLITE_OK)
    rc = hark_groups_get (database, snapshot.groups);
  if (rc == SQLITE_OK)
    rc = hark_group_entries_get_heads (database, snapshot.group_entries);
  if (rc == SQLITE_OK)
    rc = hark_group_reads_get (database, snapshot.group_reads);
  if (rc == SQLITE_OK)
    rc = read_own_picture (database, &snapshot);
  if (rc == SQLITE_OK)
    rc = hark_transfers_get (database, snapshot.transfers);
  if (rc == SQLITE_OK)
    rc = hark_messages_get_outbox (database, snapshot.outbox);
  if (rc == SQLITE_OK)
    rc = hark_conversations_get (database, snapshot.conversations);
  if (rc == SQLITE_OK)
    rc = read_settings (database, &snapshot);

  if (rc == SQLITE_OK)
    *ret = snapshot;
  else
    hark_store_snapshot_clear (&snapshot);
  sodium_memzero (&snapshot, sizeof snapshot);
  return rc;
}
