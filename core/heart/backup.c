/* Backups: when the user wants one, and by themselves. The file is the shell's; here is when.
 * Stands on base.c. */
#include "core/heart/core-private.h"

#include <string.h>

#define FIRST HARK_MINUTE /* after the start: the user comes first */
#define RETRY HARK_HOUR
#define KEEP_USUAL 7
#define HOURS_USUAL 24

static void
plan_next (HarkCore *core, HarkTime at_least)
{
  const int64_t wait = hark_backup_plan_wait (core->backup_plan, hark_core_wall (core));

  core->backup_at = wait < 0 ? HARK_TIME_NEVER
                             : hark_time_add (core->now, MAX ((HarkTime) wait * HARK_MS, at_least));
}

void
hark_core_backup_load (HarkCore *core, GBytes *kept)
{
  core->backup_plan = hark_backup_plan_parse (kept);
}

void
hark_core_backup_start (HarkCore *core)
{
  plan_next (core, FIRST);
}

static void
begin (HarkCore *core, HarkCommand *command, HarkBackupJob *job)
{
  core->backup_runs = true;
  core->backup_command = command;
  core->backup_is_planned = job->plan != NULL;
  core->backup_made_ms = job->made_ms = hark_core_wall (core);
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_BACKUP, .backup = job});
}

void
hark_core_command_backup (HarkCore *core, HarkCommand *command)
{
  HarkBackupJob *job;

  if (core->backup_runs || command->path == NULL || command->path[0] != '/') {
    if (core->backup_runs)
      hark_core_refuse (core, command, "busy", "A backup is being made already.");
    else
      hark_core_refuse (core, command, "bad-path", "A backup needs the whole path of its file.");
    hark_command_free (command);
    return;
  }
  job = g_new0 (HarkBackupJob, 1);
  job->path = g_strdup (command->path);
  job->passphrase = g_strdup (command->text);
  job->messages = !command->no_messages;
  begin (core, command, job);
}

static void
keep (HarkCore *core, const HarkBackupPlan *plan, HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_BACKUP);

  request->backup = hark_backup_plan_format (plan);
  hark_core_ask_store (core, request, pending);
}

static void
take_plan (const HarkCommand *command, HarkBackupPlan *plan)
{
  const bool on = command->directory != NULL && command->directory[0] != '\0';

  g_free (plan->folder);
  plan->folder = on ? g_strdup (command->directory) : NULL;
  plan->keep = command->limit > 0 ? command->limit : KEEP_USUAL;
  plan->hours = command->rate > 0 ? (unsigned) command->rate : HOURS_USUAL;
  plan->last_ms = 0;
}

/* From here on: nothing is made, and no old one removed, by a plan that was refused. */
static void
after_plan (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (hark_core_refuse_store (core, pending, reply))
    return;
  take_plan (pending->command, core->backup_plan);
  plan_next (core, 0);
  hark_core_succeed (core, pending->command);
}

void
hark_core_command_auto_backup (HarkCore *core, HarkCommand *command)
{
  const bool on = command->directory != NULL && command->directory[0] != '\0';
  HarkBackupPlan *plan;

  if (on
      && (command->directory[0] != '/' || strlen (command->directory) > HARK_BACKUP_FOLDER_MAX
          || command->limit > HARK_BACKUP_KEEP_MAX || command->rate > HARK_BACKUP_HOURS_MAX)) {
    hark_core_refuse (core, command, "bad-plan",
                      "Automatic backups need the whole path of a folder, 1 to 1,000 files to keep "
                      "and 1 to 8,784 hours between two.");
    hark_command_free (command);
    return;
  }
  plan = hark_backup_plan_copy (core->backup_plan);
  take_plan (command, plan);
  keep (core, plan, hark_pending_new (after_plan, command));
  hark_backup_plan_free (plan);
}

void
hark_core_backup_handle_time (HarkCore *core)
{
  HarkBackupJob *job;

  if (core->now < core->backup_at)
    return;
  core->backup_at = hark_time_add (core->now, RETRY);
  if (core->backup_runs)
    return;
  job = g_new0 (HarkBackupJob, 1);
  job->messages = true;
  job->plan = hark_backup_plan_copy (core->backup_plan);
  begin (core, NULL, job);
}

void
hark_core_backup_left_out (HarkCore *core, unsigned n)
{
  g_autofree char *text
    = g_strdup_printf ("The backup is good, but %u damaged things of this profile could not be put "
                       "into it.",
                       n);

  hark_core_warn (core, "backup-left-out", text);
}

void
hark_core_handle_backup (HarkCore *core, const GError *error, HarkTime now)
{
  HarkCommand *command = g_steal_pointer (&core->backup_command);

  core->now = now;
  core->backup_runs = false;
  if (command != NULL && error != NULL)
    hark_core_refuse (core, command, "backup", error->message);
  else if (command != NULL)
    hark_core_succeed (core, command);
  else if (error != NULL)
    hark_core_warn (core, "backup", error->message);
  hark_command_free (command);

  if (!core->backup_is_planned || error != NULL)
    return;
  core->backup_plan->last_ms = core->backup_made_ms;
  keep (core, core->backup_plan, NULL);
  plan_next (core, 0);
}
