/* core/engine/backup.h - one backup or export being written, in a thread of its own. The engine's.
 */
#pragma once

#include "core/archive/export.h"
#include "core/backup/backup.h"

typedef struct HarkBackupRun HarkBackupRun;

/* hark_backup_run_new: (transfer full) @backup or @export, the other NULL; @store is borrowed until
 * hark_backup_run_free(). @on_done is called once, in the thread: wake the engine there, do nothing
 * else. */
HarkBackupRun *hark_backup_run_new (HarkStore *store,
                                    HarkBackupJob *backup,
                                    HarkExportJob *export,
                                    void (*on_done) (void *data),
                                    void *data);

/* hark_backup_run_is_done: then its error is @ret_error (transfer full) (nullable: it went well).
 */
bool hark_backup_run_is_done (HarkBackupRun *run, GError **ret_error);

/* hark_backup_run_left_out: when it is done: so many records are not in the backup. */
unsigned hark_backup_run_left_out (const HarkBackupRun *run);

/* hark_backup_run_free: breaks it off and waits for its thread. NULL is fine. */
void hark_backup_run_free (HarkBackupRun *run);
