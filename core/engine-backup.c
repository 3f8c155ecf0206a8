#include "core/engine-backup.h"

struct HarkBackupRun {
  HarkStore *store;
  HarkBackupJob *job;
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

  hark_backup_write (run->store, run->job, &run->stop, &run->error);
  g_atomic_int_set (&run->done, 1);
  run->on_done (run->data);
  return NULL;
}

HarkBackupRun *
hark_backup_run_new (HarkStore *store, HarkBackupJob *job, void (*on_done) (void *data), void *data)
{
  HarkBackupRun *run = g_new0 (HarkBackupRun, 1);

  run->store = store;
  run->job = job;
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

void
hark_backup_run_free (HarkBackupRun *run)
{
  if (run == NULL)
    return;
  g_atomic_int_set (&run->stop, 1);
  g_thread_join (run->thread);
  hark_backup_job_free (run->job);
  g_clear_error (&run->error);
  g_free (run);
}
