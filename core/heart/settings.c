/* What the user chose and the profile keeps, told at once; and the account's words. */
#include "core/heart/core-private.h"
#include "core/identity/words.h"

void
hark_core_command_settings (HarkCore *core, HarkCommand *command)
{
  HarkEvent *event = hark_core_result (command);
  HarkSettingsState *settings = g_new0 (HarkSettingsState, 1);
  const HarkBackupPlan *plan = core->backup_plan;
  GPtrArray *peers = g_ptr_array_new ();

  settings->network = g_strdup (core->lan.network);
  for (guint i = 0; core->lan.peers != NULL && i < core->lan.peers->len; i++)
    g_ptr_array_add (peers, g_strdup (core->lan.peers->pdata[i]));
  g_ptr_array_add (peers, NULL);
  settings->peers = (char **) g_ptr_array_free (peers, FALSE);
  if (plan != NULL && plan->folder != NULL) {
    settings->backup_folder = g_strdup (plan->folder);
    settings->backup_keep = plan->keep;
    settings->backup_hours = plan->hours;
    settings->backup_last_ms = plan->last_ms;
  }
  event->settings = settings;
  hark_core_emit (core, event);
  hark_command_free (command);
}

void
hark_core_command_own_words (HarkCore *core, HarkCommand *command)
{
  HarkEvent *event = hark_core_result (command);

  event->text = g_malloc (HARK_WORDS_TEXT_LEN);
  hark_words_from_seed (&core->account.account_seed, event->text);
  hark_core_emit (core, event);
  hark_command_free (command);
}
