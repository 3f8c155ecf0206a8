/* The entry that a call of a group leaves in the conversation: who began it, who took part, how
 * long we were in it. Each side writes down what it saw itself; nobody is told. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/calls/group-calls.h"

#include <string.h>

char *
hark_core_group_call_name (HarkCore *core, const HarkCoreGroup *group, const HarkKey *account)
{
  const HarkCoreContact *contact = hark_core_find (core, account);
  const HarkGroupMember *member = hark_group_member (group->log, account);
  char claimed[HARK_GROUP_NAME_LEN_MAX + 1] = "";

  if (member != NULL)
    hark_contact_clean_name (member->claimed, claimed);
  if (contact == NULL)
    return hark_contact_name ("", claimed, account->bytes);
  return hark_contact_name (
    contact->row.petname, *contact->row.name != '\0' ? contact->row.name : claimed, account->bytes);
}

static void
add_person (HarkCoreGroupPast *past, const HarkKey *account)
{
  for (unsigned i = 0; i < past->n; i++)
    if (hark_key_equal (&past->people[i], account))
      return;
  if (past->n < G_N_ELEMENTS (past->people))
    past->people[past->n++] = *account;
}

/* By its id it is behind everything of its clock, what others write included, in order of time. */
static void
name_row (HarkCore *core, uint8_t ret[HARK_MESSAGE_ID_LEN])
{
  const uint64_t at = GUINT64_TO_BE ((uint64_t) hark_core_wall (core));

  hark_rng_bytes (&core->rng, ret, HARK_MESSAGE_ID_LEN);
  ret[0] = ret[1] = 0xff;
  memcpy (ret + 2, (const uint8_t *) &at + 2, 6); /* of 8 bytes: ms for 8,000 years */
}

/* It is known who began it where there was one person only when we heard of it. */
static void
begin (HarkCore *core, const HarkRound *round, HarkCoreGroupPast *past)
{
  const bool in = round->state != HARK_ROUND_OUT;

  *past = (HarkCoreGroupPast){.id = round->id};
  name_row (core, past->row);
  past->ours = in && round->n == 0;
  past->has_starter = past->ours || (!in && round->n == 1 && round->peers[0].word.n == 0);
  if (past->has_starter)
    past->starter = past->ours ? core->own : round->peers[0].peer;
}

static void
add_name (HarkCore *core, HarkCoreGroup *group, const HarkKey *account, GString *ret)
{
  g_autofree char *name = hark_core_group_call_name (core, group, account);

  g_string_append_printf (ret, "%s%s", ret->len > 0 ? ", " : "", name);
}

/* (transfer full) */
static char *
text_of (HarkCore *core, HarkCoreGroup *group, const HarkCoreGroupPast *past)
{
  const char *missed = past->spoken == 0 ? "Missed call. " : "";
  g_autofree char *starter = NULL;
  g_autoptr (GString) names = g_string_new (NULL);

  if (past->n == 0)
    return g_strdup ("Nobody else took part.");
  for (unsigned i = 0; i < past->n; i++)
    add_name (core, group, &past->people[i], names);
  if (past->ours || !past->has_starter)
    return g_strdup_printf ("%sTook part: %s.", missed, names->str);
  starter = hark_core_group_call_name (core, group, &past->starter);
  return g_strdup_printf ("%s%s began it. Took part: %s.", missed, starter, names->str);
}

/* (transfer full) */
static HarkStoreMessage *
row_of (HarkCore *core, HarkCoreGroup *group, const HarkCoreGroupPast *past)
{
  g_autofree char *text = text_of (core, group, past);
  HarkStoreMessage *row;
  HarkKey key;

  hark_store_group_key (group->row.id, &key);
  row = hark_core_new_log (core, &key, HARK_MESSAGE_CALL, past->ours, text);
  memcpy (row->id, past->row, sizeof row->id);
  row->ref = past->spoken / HARK_MS;
  row->has_group = true;
  memcpy (row->group, group->row.id, sizeof row->group);
  row->has_author = past->has_starter;
  row->author = past->starter;
  return row;
}

static void
finish (HarkCore *core, HarkCoreGroup *group, HarkCoreGroupPast *past)
{
  hark_core_put_log (core, row_of (core, group, past));
  *past = (HarkCoreGroupPast){0};
}

static void
count_time (const HarkCore *core, HarkCoreGroupPast *past, bool in)
{
  if (past->in)
    past->spoken += MAX (HARK_MS, hark_time_since (core->now, past->since));
  past->in = in;
  past->since = core->now;
}

void
hark_core_group_call_note (HarkCore *core, HarkCoreGroup *group)
{
  const HarkRound *round = &group->call->round;
  HarkCoreGroupPast *past = &group->call->past;
  HarkKey others[HARK_ROUND_PEOPLE_MAX * HARK_ROUND_PEOPLE_MAX];
  unsigned n = hark_round_others (round, others, G_N_ELEMENTS (others));

  if (past->id == 0 && round->id == 0)
    return;
  if (past->id == 0)
    begin (core, round, past);
  for (unsigned i = 0; i < n; i++)
    add_person (past, &others[i]);
  count_time (core, past, round->state != HARK_ROUND_OUT);
  if (round->id == 0)
    finish (core, group, past);
  core->calls_changed = true;
}

HarkStoreMessage *
hark_core_group_call_row (HarkCore *core, HarkCoreGroup *group)
{
  HarkCoreGroupPast past;

  if (group->call == NULL || group->call->past.id == 0)
    return NULL;
  past = group->call->past;
  count_time (core, &past, false);
  return past.spoken > 0 ? row_of (core, group, &past) : NULL;
}

void
hark_core_group_calls_stop (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreGroup *group = value;
    HarkCoreGroupPast *past = group->call != NULL ? &group->call->past : NULL;

    if (past == NULL || past->id == 0)
      continue;
    count_time (core, past, false);
    if (past->spoken > 0) /* else it is heard of again when we are back */
      finish (core, group, past);
  }
}
