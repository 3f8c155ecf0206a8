#include "core/engine/backup.h"

struct HarkBackupRun {
  HarkStore *store;
  HarkBackupJob *backup; /* one of the two */
  HarkExportJob *export;
  GThread *thread;
  void (*on_done) (void *data);
  void *data;
  gint stop, done; /* atomic */
  GError *error;   /* the thread's until done */
};

static void *
run_backup (void *data)
{
  HarkBackupRun *run = data;

  if (run->backup != NULL)
    hark_backup_write (run->store, run->backup, &run->stop, &run->error);
  else
    hark_export_write (run->store, run->export, &run->stop, &run->error);
  g_atomic_int_set (&run->done, 1);
  run->on_done (run->data);
  return NULL;
}

HarkBackupRun *
hark_backup_run_new (HarkStore *store,
                     HarkBackupJob *backup,
                     HarkExportJob *export,
                     void (*on_done) (void *data),
                     void *data)
{
  HarkBackupRun *run = g_new0 (HarkBackupRun, 1);

  run->store = store;
  run->backup = backup;
  run->export = export;
  run->on_done = on_done;
  run->data = data;
  run->thread = g_thread_new ("hark-backup", run_backup, run);
  return run;
}

bool
hark_backup_run_is_done (HarkBackupRun *run, GError **ret_error)
{
  if (!g_atomic_int_get (&run->done))
    return false;
  *ret_error = g_steal_pointer (&run->error);
  return true;
}

unsigned
hark_backup_run_left_out (const HarkBackupRun *run)
{
  return run->backup != NULL ? run->backup->left_out : 0;
}

void
hark_backup_run_free (HarkBackupRun *run)
{
  if (run == NULL)
    return;
  g_atomic_int_set (&run->stop, 1);
  g_thread_join (run->thread);
  hark_backup_job_free (run->backup);
  hark_export_job_free (run->export);
  g_clear_error (&run->error);
  g_free (run);
}
