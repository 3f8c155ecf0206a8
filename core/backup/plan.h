/* core/backup/plan.h - automatic backups: where, how often, how many.
 *
 * Pure; any thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_BACKUP_KEEP_MAX 1000
#define HARK_BACKUP_HOURS_MAX (24 * 366)
#define HARK_BACKUP_FOLDER_MAX 4096   /* bytes */
#define HARK_BACKUP_UNFINISHED ".tmp" /* behind the name of one that is being written */

typedef struct {
  char *folder; /* absolute; owned; NULL: none are made */
  unsigned keep;
  unsigned hours;  /* between two */
  int64_t last_ms; /* when the last one was made; 0: never */
} HarkBackupPlan;

void hark_backup_plan_free (HarkBackupPlan *plan);
HarkBackupPlan *hark_backup_plan_copy (const HarkBackupPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkBackupPlan, hark_backup_plan_free)

/* hark_backup_plan_format: (transfer full): as the store keeps it; hark_backup_plan_parse: the same
 * back; one without folder for NULL and nonsense. */
GBytes *hark_backup_plan_format (const HarkBackupPlan *plan);
HarkBackupPlan *hark_backup_plan_parse (GBytes *kept);

/* hark_backup_plan_wait: ms until the next one; 0: now; -1: none is planned. A clock that was set
 * back does not put it off. */
int64_t hark_backup_plan_wait (const HarkBackupPlan *plan, int64_t wall_ms);

/* hark_backup_name: (transfer full): of an automatic backup of the account; names of one account
 * sort by time. */
char *hark_backup_name (const uint8_t account[32], int64_t made_ms);

/* hark_backup_surplus: (transfer full): those of @names (NULL-terminated, in any order) that are
 * automatic backups of the account and not among the newest @keep; and unfinished ones. @made: the
 * name of the one that was made just now, so that those with a later date are older: a clock was
 * wrong. */
char **hark_backup_surplus (const uint8_t account[32],
                            const char *const *names,
                            const char *made,
                            unsigned keep);
