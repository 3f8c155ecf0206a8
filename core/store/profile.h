/* core/store/profile.h - a profile's directory: made, locked, unlocked.
 *
 * Shell: files. Source: core/store/README.md "Directory".
 */
#pragma once

#include "core/store/database.h"

/* What tests change; the product uses the defaults (NULL). */
typedef struct {
  const char *below;    /* VFS under ours; NULL: the system's */
  uint32_t passes, kib; /* Argon2id of new slots; 0: 3 passes, 256 MiB */
  void (*on_step) (
    void *data); /* (nullable): before each change that making a profile does on disk */
  void *data;
  HarkStoreFill fill; /* (nullable): of hark_store_create_filled() */
  void *fill_data;
} HarkStoreOptions;

/* An open profile: its lock, keys and database. */
typedef struct {
  int lock_fd; /* holds the lock */
  HarkStoreKeys *keys;
  HarkDatabase *database;
  uint8_t instance[16];
} HarkProfile;

/* hark_profile_make, hark_profile_open: hark_store_create() and hark_store_open() with options. */
bool hark_profile_make (const char *dir,
                        const HarkStoreAccount *account,
                        const HarkStoreUnlock *unlock,
                        const HarkStoreOptions *options,
                        GError **error);

/* hark_profile_destroy: hark_store_erase() with options. */
bool hark_profile_destroy (const char *dir, const HarkStoreOptions *options, GError **error);
HarkProfile *hark_profile_open (const char *dir,
                                const HarkStoreUnlock *unlock,
                                const HarkStoreOptions *options,
                                GError **error);
void hark_profile_close (HarkProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkProfile, hark_profile_close)

/* hark_store_open_with: hark_store_open() with options. */
HarkStore *hark_store_open_with (const char *dir,
                                 const HarkStoreUnlock *unlock,
                                 const HarkStoreOptions *options,
                                 GError **error);
