#include "tests/sim/party.h"

#include "core/heart/groups/groups.h"

#include <string.h>

const char *const party_names[PARTY_MAX]
  = {"Alice", "Bob",   "Carol",  "Dave",    "Erin",   "Frank",  "Grace", "Heidi",   "Ivan",
     "Judy",  "Kim",   "Leo",    "Mallory", "Niaj",   "Olivia", "Peggy", "Quentin", "Rupert",
     "Sybil", "Trent", "Ursula", "Victor",  "Walter", "Xenia",  "Yves",  "Zoe",     "Anton",
     "Berta", "Clara", "Doris",  "Emil",    "Fritz",  "Gustav"};

void
party_init (Party *party, uint64_t seed, unsigned n)
{
  const HarkSimLinkConfig link = {.delay = 10 * HARK_MS};

  party_init_on (party, seed, n, &link);
}

void
party_init_on (Party *party, uint64_t seed, unsigned n, const HarkSimLinkConfig *link)
{
  *party = (Party){.n = n};
  hark_sim_world_init (&party->world, seed);
  for (unsigned i = 0; i < n; i++)
    party->people[i]
      = hark_sim_world_add (&party->world, HARK_SIM_NAT_PORT_RESTRICTED, link, party_names[i]);
}

void
party_clear (Party *party)
{
  hark_sim_world_clear (&party->world);
}

void
party_befriend (Party *party, unsigned a, unsigned b)
{
  if (!hark_sim_befriend (party->people[a], party->people[b], PARTY_PATIENCE))
    g_error ("%s and %s never met", party_names[a], party_names[b]);
}

HarkCommand *
party_group_command (const Party *party, HarkCommandKind kind, int about)
{
  HarkCommand *command = hark_sim_command (kind, about >= 0 ? party->people[about] : NULL);

  command->has_group = true;
  memcpy (command->group, party->group, sizeof command->group);
  return command;
}

const HarkEvent *
party_ask (Party *party, unsigned who, HarkCommandKind kind, int about)
{
  return hark_sim_core_node_ask (party->people[who], party_group_command (party, kind, about));
}

void
party_do_well (Party *party, unsigned who, HarkCommandKind kind, int about)
{
  const HarkEvent *result = party_ask (party, who, kind, about);

  g_assert_nonnull (result);
  if (!result->ok)
    g_error ("%s: %s", party_names[who], result->text);
}

void
party_create (Party *party)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_GROUP_CREATE, NULL);
  const HarkEvent *result;

  command->name = g_strdup ("Friends");
  result = hark_sim_core_node_ask (party->people[0], command);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
  memcpy (party->group, result->id, sizeof party->group);
}

/* ---- what somebody knows ---- */

/* (nullable): as @who last told it. */
const HarkGroupInfo *
party_seen_by (const Party *party, unsigned who)
{
  const HarkGroupInfo *info = NULL;

  for (guint i = 0; i < party->people[who]->events->len; i++) {
    const HarkEvent *event = party->people[who]->events->pdata[i];

    if (event->kind == HARK_EVENT_GROUP
        && memcmp (event->group->id, party->group, sizeof party->group) == 0)
      info = event->group;
  }
  return info;
}

const HarkGroupPerson *
party_person_in (const HarkGroupInfo *info, const HarkKey *account)
{
  for (guint i = 0; info != NULL && i < info->people->len; i++) {
    const HarkGroupPerson *person = info->people->pdata[i];

    if (memcmp (person->account, account->bytes, sizeof person->account) == 0)
      return person;
  }
  return NULL;
}

typedef struct {
  Party *party;
  unsigned who, about;
  HarkGroupState state;
  HarkGroupPersonRole role;
  bool in;
} Wanted;

static bool
has_state (void *data)
{
  const Wanted *wanted = data;
  const HarkGroupInfo *info = party_seen_by (wanted->party, wanted->who);

  return info != NULL && info->state == wanted->state;
}

static bool
sees_member (void *data)
{
  const Wanted *wanted = data;
  const HarkGroupInfo *info = party_seen_by (wanted->party, wanted->who);
  const HarkGroupPerson *person
    = party_person_in (info, &wanted->party->people[wanted->about]->account);

  return info != NULL && (person != NULL && person->joined) == wanted->in;
}

void
party_wait_member (Party *party, unsigned who, unsigned about, bool in)
{
  Wanted wanted = {.party = party, .who = who, .about = about, .in = in};

  if (!hark_sim_network_run_until (party->world.network, PARTY_PATIENCE, sees_member, &wanted))
    g_error ("%s never saw %s %s", party_names[who], party_names[about], in ? "in" : "out");
}

/* @by asks @who in, who accepts; both know. */
void
party_bring_in (Party *party, unsigned by, unsigned who)
{
  Wanted wanted = {.party = party, .who = who, .state = HARK_GROUP_IS_OFFERED};

  party_do_well (party, by, HARK_COMMAND_GROUP_ADD, (int) who);
  g_assert_true (
    hark_sim_network_run_until (party->world.network, PARTY_PATIENCE, has_state, &wanted));
  party_do_well (party, who, HARK_COMMAND_GROUP_ACCEPT, -1);
  party_wait_member (party, by, who, true);
  party_wait_member (party, who, who, true);
  party_wait_member (party, who, by, true);
}

void
party_three (Party *party, uint64_t seed)
{
  party_init (party, seed, 3);
  party_befriend (party, 0, 1);
  party_befriend (party, 0, 2);
  party_befriend (party, 1, 2);
  party_create (party);
  party_bring_in (party, 0, 1);
  party_bring_in (party, 0, 2);
  party_wait_member (party, 1, 2, true);
  party_wait_member (party, 2, 1, true);
  hark_sim_network_run (party->world.network, 10 * HARK_SECOND);
}

static bool
has_role (void *data)
{
  const Wanted *wanted = data;
  const HarkGroupInfo *info = party_seen_by (wanted->party, wanted->who);

  return info != NULL && info->role == wanted->role;
}

void
party_give_role (Party *party, unsigned whom, const char *role)
{
  HarkCommand *command = party_group_command (party, HARK_COMMAND_GROUP_ROLE, (int) whom);
  Wanted wanted = {.party = party, .who = whom};

  command->how = g_strdup (role);
  g_assert_true (hark_sim_core_node_ask (party->people[0], command)->ok);
  hark_sim_network_run (party->world.network, 20 * HARK_SECOND);
  wanted.role = strcmp (role, "admin") == 0 ? HARK_GROUP_PERSON_ADMIN : HARK_GROUP_PERSON_MEMBER;
  if (!hark_sim_network_run_until (party->world.network, PARTY_PATIENCE, has_role, &wanted))
    g_error ("%s never became %s", party_names[whom], role);
}

const HarkEvent *
party_write_text (Party *party, unsigned who, const char *text)
{
  HarkCommand *command = party_group_command (party, HARK_COMMAND_SEND, -1);

  command->text = g_strdup (text);
  party->written++;
  return hark_sim_core_node_ask (party->people[who], command);
}

void
party_say (Party *party, unsigned who, const char *text)
{
  const HarkEvent *result = party_write_text (party, who, text);

  g_assert_nonnull (result);
  if (!result->ok)
    g_error ("%s cannot write \"%s\": %s", party_names[who], text, result->text);
}

GPtrArray *
party_history (Party *party, unsigned who)
{
  HarkKey key;
  GPtrArray *rows;

  hark_store_group_key (party->group, &key);
  rows = hark_sim_core_node_history (party->people[who], &key);
  for (guint i = rows->len; i > 0; i--) /* who left: each side has words of its own for it */
    if (((HarkStoreMessage *) rows->pdata[i - 1])->kind == HARK_MESSAGE_GROUP)
      g_ptr_array_remove_index (rows, i - 1);
  return rows;
}

char *
party_who_left (Party *party, unsigned who)
{
  GString *all = g_string_new (NULL);
  g_autoptr (GPtrArray) rows = NULL;
  HarkKey key;

  hark_store_group_key (party->group, &key);
  rows = hark_sim_core_node_history (party->people[who], &key);
  for (guint i = 0; i < rows->len; i++) {
    const HarkStoreMessage *row = rows->pdata[i];

    if (row->kind == HARK_MESSAGE_GROUP)
      g_string_append_printf (all, "%s\n", row->text);
  }
  return g_string_free (all, FALSE);
}

void
party_check_calm (const Party *party)
{
  for (unsigned i = 0; i < party->n; i++)
    g_assert_cmpuint (party->people[i]->warnings, ==, 0);
}

/* The conversation as it lies on the disk, in its order. */
char *
party_told (Party *party, unsigned who)
{
  GString *all = g_string_new (NULL);
  g_autoptr (GPtrArray) history = party_history (party, who);

  for (guint i = 0; i < history->len; i++) {
    const HarkStoreMessage *row = history->pdata[i];

    g_string_append_printf (all, "%02x:%s\n", row->author.bytes[0], row->text);
  }
  return g_string_free (all, FALSE);
}

typedef struct {
  Party *party;
  unsigned a, b;
  unsigned lines;
} Same;

unsigned
party_count_lines (const char *text)
{
  unsigned n = 0;

  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

static bool
is_same (void *data)
{
  const Same *same = data;
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;

  if (same->party->people[same->a]->core == NULL || same->party->people[same->b]->core == NULL)
    return false;
  a = party_told (same->party, same->a);
  b = party_told (same->party, same->b);
  return strcmp (a, b) == 0 && party_count_lines (a) == same->lines;
}

void
party_wait_same (Party *party, unsigned a, unsigned b, unsigned lines)
{
  Same same = {party, a, b, lines};

  if (!hark_sim_network_run_until (party->world.network, PARTY_PATIENCE, is_same, &same)) {
    g_autofree char *left = party_told (party, a);
    g_autofree char *right = party_told (party, b);

    g_error ("%s:\n%s\n%s:\n%s", party_names[a], left, party_names[b], right);
  }
}

static bool
are_same (void *data)
{
  Party *party = data;
  g_autofree char *wanted = NULL;
  const HarkCoreGroup *first = NULL;

  for (unsigned i = 0; i < party->n; i++) {
    const HarkCoreGroup *group;
    g_autofree char *text = NULL;

    if (party->out[i])
      continue;
    if (party->people[i]->core == NULL
        || (group = hark_core_group_find (party->people[i]->core, party->group)) == NULL)
      return false;
    hark_group_update (group->log);
    text = party_told (party, i);
    if (first != NULL
        && (memcmp (first->log->view, group->log->view, HARK_GROUP_VIEW_LEN) != 0
            || strcmp (text, wanted) != 0))
      return false;
    if (first == NULL)
      wanted = g_steal_pointer (&text);
    first = group;
  }
  return true;
}

void
party_wait_all_same (Party *party, const char *when)
{
  if (!hark_sim_network_run_until (party->world.network, PARTY_PATIENCE, are_same, party))
    g_error ("%s: they do not know the same", when);
}

/* What @who wrote is known to have come to everybody, on the disk as well. */
void
party_check_delivered (Party *party, unsigned who, unsigned lines)
{
  g_autoptr (GPtrArray) history = NULL;
  unsigned n = 0;

  hark_sim_network_run (party->world.network, 10 * HARK_SECOND);
  history = party_history (party, who);
  for (guint i = 0; i < history->len; i++) {
    const HarkStoreMessage *row = history->pdata[i];

    if (!row->outgoing)
      continue;
    g_assert_cmpint (row->state, ==, HARK_MESSAGE_DELIVERED);
    n++;
  }
  g_assert_cmpuint (n, ==, lines);
}
