/* Who left a group or was removed, and who came back, as rows of its conversation. Each side writes
 * them down for itself, from the entries that say so; nothing of it is sent. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/calls/group-calls.h"
#include "core/heart/groups/groups.h"

#include <string.h>

/* They were in it, and no more than asked. */
static bool
was_member (const HarkCoreGroup *group, const HarkGroupMember *member)
{
  return *member->claimed != '\0' || hark_key_equal (&member->account, &group->row.founder);
}

/* (transfer full) */
static char *
text_of (HarkCore *core, HarkCoreGroup *group, const HarkGroupMember *member)
{
  const HarkKey *by = &member->end->author;
  const bool ours = hark_key_equal (by, &core->own);
  g_autofree char *name = hark_core_group_call_name (core, group, &member->account);
  g_autofree char *remover = hark_core_group_call_name (core, group, by);

  if (hark_key_equal (by, &member->account))
    return ours ? g_strdup ("You left the group.") : g_strdup_printf ("%s left the group.", name);
  if (ours)
    return g_strdup_printf ("You removed %s from the group.", name);
  return hark_key_equal (&member->account, &core->own)
           ? g_strdup_printf ("%s removed you from the group.", remover)
           : g_strdup_printf ("%s removed %s from the group.", remover, name);
}

/* (transfer full): of who was out */
static char *
text_of_return (HarkCore *core, HarkCoreGroup *group, const HarkGroupMember *member)
{
  g_autofree char *name = hark_core_group_call_name (core, group, &member->account);

  return hark_key_equal (&member->account, &core->own)
           ? g_strdup ("You joined the group again.")
           : g_strdup_printf ("%s joined the group again.", name);
}

/* It happened since we were asked in, and there is no row of it yet: the id is the entry's, so
 * there is none twice. @entry: (nullable): their end, or how they came back from it */
static bool
is_news (HarkCoreGroup *group, const HarkGroupMember *member, const HarkGroupEntry *entry)
{
  return entry != NULL
         && g_hash_table_add (group->left, g_memdup2 (entry->hash, HARK_MESSAGE_ID_LEN))
         && entry->clock > group->row.clock && was_member (group, member);
}

static void
look_at (HarkCore *core, HarkCoreGroup *group, const HarkGroupMember *member, bool tells)
{
  const HarkGroupEntry *join = member->end != NULL ? member->join : NULL;
  const bool ended = is_news (group, member, member->end);
  const bool returned = is_news (group, member, join);
  g_autofree char *end_text = ended && tells ? text_of (core, group, member) : NULL;
  g_autofree char *return_text = returned && tells ? text_of_return (core, group, member) : NULL;

  if (end_text != NULL)
    hark_core_log_left (core, group->row.id, member->end, end_text);
  if (return_text != NULL)
    hark_core_log_left (core, group->row.id, join, return_text);
}

static void
look (HarkCore *core, HarkCoreGroup *group, bool tells)
{
  const GArray *members = group->log->members;

  if (group->row.state == HARK_STORE_GROUP_OFFERED)
    return;
  hark_group_update (group->log);
  for (guint i = 0; i < members->len; i++)
    look_at (core, group, &g_array_index (members, HarkGroupMember, i), tells);
}

void
hark_core_groups_left_known (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    look (core, value, false);
}

void
hark_core_group_look_who_left (HarkCore *core, HarkCoreGroup *group)
{
  look (core, group, true);
}

bool
hark_core_group_had_others (const HarkCore *core, const HarkCoreGroup *group)
{
  const GArray *members = group->log->members;

  for (guint i = 0; i < members->len; i++) {
    const HarkGroupMember *member = &g_array_index (members, HarkGroupMember, i);

    if (!hark_key_equal (&member->account, &core->own) && was_member (group, member))
      return true;
  }
  return false;
}
