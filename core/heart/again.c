/* Sessions that are begun anew: with whoever was kept out for a while, and where the pairwise
 * secret is too old. */
#include "core/heart/core-private.h"

void
hark_core_reopen_shut (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  if (core->now < core->shut_at)
    return;
  core->shut_at = HARK_TIME_NEVER;
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreContact *contact = value;

    if (contact->shut_until > core->now)
      core->shut_at = hark_time_min (core->shut_at, contact->shut_until);
    if (contact->shut_until == 0 || contact->shut_until > core->now)
      continue;
    contact->shut_until = 0;
    contact->reason = NULL;
    hark_core_tell_net (core, contact);
  }
}

/* Hellos make a new secret when it is too old; where a session lasts longer, a new one is begun:
 * nothing is lost by it, and what is under way goes on. */
void
hark_core_renew_sessions (HarkCore *core)
{
  g_autoptr (GPtrArray) old = g_ptr_array_new ();
  const int64_t wall_ms = hark_core_wall (core);
  GHashTableIter iter;
  void *value;

  if (hark_core_call_is_active (core))
    return;
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkStoreContact *row = &((HarkCoreContact *) value)->row;

    if (row->status == HARK_CONTACT_ACCEPTED && ((HarkCoreContact *) value)->hello_heard
        && ((HarkCoreContact *) value)->has_session && row->has_pairwise && row->pairwise_ms > 0
        && wall_ms - row->pairwise_ms > HARK_PAIR_AGE_MAX_MS)
      g_ptr_array_add (old, value);
  }
  for (guint i = 0; i < old->len; i++) {
    HarkCoreContact *contact = old->pdata[i];

    hark_core_end_session (core, contact);
    hark_net_remove_contact (core->net, &contact->row.account, core->now);
    hark_core_tell_net (core, contact);
    hark_net_try_now (core->net, &contact->row.account, core->now);
  }
}
