/* The logs of a group and who is in it, with several members' copies side by side. */
#include "core/groups/group.h"
#include "net/base/rng.h"

#include <string.h>

#define PEOPLE 6

typedef struct {
  HarkGroup *groups[PEOPLE]; /* as each of them has it */
  uint8_t instances[PEOPLE];
  GPtrArray *entries; /* HarkGroupEntry: all that were ever written */
} Party;

static HarkKey
key_of (unsigned who)
{
  HarkKey key = {{0}};

  key.bytes[0] = (uint8_t) (who + 1);
  return key;
}

static void
party_init (Party *party)
{
  const uint8_t id[HARK_GROUP_ID_LEN] = {1};
  const HarkKey founder = key_of (0);

  *party
    = (Party){.entries = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_group_entry_free)};
  for (unsigned i = 0; i < PEOPLE; i++) {
    const HarkKey own = key_of (i);

    party->groups[i] = hark_group_new (id, &founder, &own, &founder);
  }
}

static void
party_clear (Party *party)
{
  for (unsigned i = 0; i < PEOPLE; i++)
    hark_group_free (party->groups[i]);
  g_ptr_array_unref (party->entries);
}

/* The bytes go through the codec, as between two computers. */
static HarkGroupTaken
give (Party *party, unsigned to, HarkGroupEntry *entry, HarkGroupProof proof, bool first)
{
  g_autoptr (GBytes) content = hark_group_entry_write (entry);
  g_autoptr (HarkGroupEntry) copy = hark_group_entry_read (content);
  HarkGroupTaken taken;
  uint64_t seq = entry->seq, cut;
  HarkKey author = entry->author;

  g_assert_nonnull (copy);
  copy->tagless = entry->tagless;
  taken = hark_group_take (party->groups[to], &copy, proof, first, &cut);
  hark_group_stored (party->groups[to], &author, entry->chain, seq);
  return taken;
}

/* @who writes; borrowed. */
static HarkGroupEntry *
write_entry (Party *party, unsigned who, HarkGroupKind kind, int about, int64_t clock)
{
  HarkGroupEntry *entry = g_new0 (HarkGroupEntry, 1);
  HarkGroup *group = party->groups[who];
  uint8_t instance[16] = {party->instances[who]};
  uint8_t chain[HARK_GROUP_CHAIN_LEN];

  entry->kind = kind;
  if (about >= 0)
    entry->account = key_of ((unsigned) about);
  hark_group_chain (instance, group->id,
                    kind < HARK_GROUP_TEXT ? HARK_GROUP_LOG_MEMBERS : HARK_GROUP_LOG_MESSAGES, 0,
                    chain);
  hark_group_compose (group, chain, entry);
  if (clock > 0)
    entry->clock = clock;
  if (kind == HARK_GROUP_REMOVE || kind == HARK_GROUP_ROLE)
    hark_group_set_cuts (group, &entry->account, entry);
  if (kind == HARK_GROUP_LEAVE)
    hark_group_set_cuts (group, &group->own, entry);
  entry->role = HARK_GROUP_MEMBER;
  if (kind == HARK_GROUP_JOIN) {
    const HarkGroupMember *own = hark_group_member (group, &group->own);

    g_assert_nonnull (own);
    g_assert_nonnull (own->invite);
    memcpy (entry->invite, own->invite->hash, sizeof entry->invite);
  }
  if (kind == HARK_GROUP_NAME || kind == HARK_GROUP_TEXT)
    entry->text = g_strdup_printf ("%u-%u", who, party->entries->len);
  entry->id[0] = (uint8_t) party->entries->len;
  entry->id[1] = (uint8_t) (party->entries->len >> 8);
  g_ptr_array_add (party->entries, entry);
  return entry;
}

static HarkGroupEntry *
act (Party *party, unsigned who, HarkGroupKind kind, int about)
{
  HarkGroupEntry *entry = write_entry (party, who, kind, about, 0);

  g_assert_cmpint (give (party, who, entry, HARK_GROUP_PROVED, false), ==, HARK_GROUP_TAKEN);
  return entry;
}

static void
make_admin (Party *party, unsigned who)
{
  HarkGroupEntry *entry = write_entry (party, 0, HARK_GROUP_ROLE, (int) who, 0);

  entry->role = HARK_GROUP_ADMIN;
  entry->n_cuts = 0;
  g_assert_cmpint (give (party, 0, entry, HARK_GROUP_PROVED, false), ==, HARK_GROUP_TAKEN);
}

/* Everything that @from has goes to @to, until nothing is new. */
static void
meet (Party *party, unsigned from, unsigned to)
{
  bool more = true;

  while (more) {
    more = false;
    for (guint i = 0; i < party->entries->len; i++) {
      HarkGroupEntry *entry = party->entries->pdata[i];
      const HarkGroupChain *chain
        = hark_group_chain_of (party->groups[from], &entry->author, entry->chain);

      if (chain != NULL && chain->seq >= entry->seq)
        more |= give (party, to, entry, HARK_GROUP_PROVED, false) == HARK_GROUP_TAKEN;
    }
  }
}

static void
sync_all (Party *party)
{
  for (unsigned round = 0; round < 3; round++)
    for (unsigned a = 0; a < PEOPLE; a++)
      for (unsigned b = 0; b < PEOPLE; b++)
        if (a != b)
          meet (party, a, b);
}

static HarkGroupStatus
status_at (Party *party, unsigned where, unsigned who)
{
  const HarkKey account = key_of (who);
  const HarkGroupMember *member = hark_group_member (party->groups[where], &account);

  return member != NULL ? member->status : HARK_GROUP_STATUS_GONE;
}

/* @by takes @who in. */
static void
bring_in (Party *party, unsigned by, unsigned who)
{
  act (party, by, HARK_GROUP_INVITE, (int) who);
  meet (party, by, who);
  act (party, who, HARK_GROUP_JOIN, -1);
  meet (party, who, by);
}

static void
test_nobody_is_in_without_consent (void)
{
  Party party;

  party_init (&party);
  act (&party, 0, HARK_GROUP_INVITE, 1);
  g_assert_cmpint (status_at (&party, 0, 1), ==, HARK_GROUP_STATUS_INVITED);
  meet (&party, 0, 1);
  act (&party, 1, HARK_GROUP_JOIN, -1);
  meet (&party, 1, 0);
  g_assert_cmpint (status_at (&party, 0, 1), ==, HARK_GROUP_STATUS_JOINED);
  g_assert_cmpint (status_at (&party, 1, 0), ==, HARK_GROUP_STATUS_JOINED);
  g_assert_true (memcmp (party.groups[0]->view, party.groups[1]->view, HARK_GROUP_VIEW_LEN) == 0);
  party_clear (&party);
}

static void
test_a_member_cannot_take_the_group_over (void)
{
  static const HarkGroupKind kinds[]
    = {HARK_GROUP_INVITE, HARK_GROUP_REMOVE, HARK_GROUP_ROLE, HARK_GROUP_NAME};
  Party party;

  party_init (&party);
  bring_in (&party, 0, 1);
  bring_in (&party, 0, 2);
  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++) {
    HarkGroupEntry *entry
      = write_entry (&party, 1, kinds[i], kinds[i] == HARK_GROUP_INVITE ? 3 : 2, 0);

    entry->role = HARK_GROUP_ADMIN;
    g_assert_cmpint (give (&party, 1, entry, HARK_GROUP_PROVED, false), ==, HARK_GROUP_TAKEN);
  }
  sync_all (&party);
  g_assert_cmpint (status_at (&party, 0, 2), ==, HARK_GROUP_STATUS_JOINED);
  g_assert_cmpint (status_at (&party, 0, 3), ==, HARK_GROUP_STATUS_GONE);
  g_assert_cmpstr (party.groups[0]->name, ==, "");
  act (&party, 1, HARK_GROUP_REMOVE, 0); /* nor the founder be removed */
  sync_all (&party);
  g_assert_cmpint (status_at (&party, 2, 0), ==, HARK_GROUP_STATUS_JOINED);
  party_clear (&party);
}

static void
test_an_admin_does_what_the_founder_lets_them (void)
{
  Party party;

  party_init (&party);
  bring_in (&party, 0, 1);
  bring_in (&party, 0, 2);
  make_admin (&party, 1);
  sync_all (&party);
  bring_in (&party, 1, 3);
  act (&party, 1, HARK_GROUP_REMOVE, 2);
  sync_all (&party);
  g_assert_cmpint (status_at (&party, 0, 3), ==, HARK_GROUP_STATUS_JOINED);
  g_assert_cmpint (status_at (&party, 0, 2), ==, HARK_GROUP_STATUS_GONE);
  party_clear (&party);
}

static void
test_a_removed_admin_can_date_nothing_back (void)
{
  Party party;
  HarkGroupEntry *late;

  party_init (&party);
  bring_in (&party, 0, 1);
  bring_in (&party, 0, 2);
  make_admin (&party, 1);
  sync_all (&party);
  act (&party, 0, HARK_GROUP_REMOVE, 1);
  late = write_entry (&party, 1, HARK_GROUP_REMOVE, 2, party.groups[1]->clock);
  give (&party, 1, late, HARK_GROUP_PROVED, false);
  g_assert_cmpint (status_at (&party, 1, 2), ==, HARK_GROUP_STATUS_GONE); /* while alone */
  sync_all (&party);
  for (unsigned i = 0; i < 3; i++) {
    g_assert_cmpint (status_at (&party, i, 2), ==, HARK_GROUP_STATUS_JOINED);
    g_assert_cmpint (status_at (&party, i, 1), ==, HARK_GROUP_STATUS_GONE);
  }
  party_clear (&party);
}

static void
test_who_is_removed_is_heard_no_further (void)
{
  Party party;
  HarkGroupEntry *before, *after;

  party_init (&party);
  bring_in (&party, 0, 1);
  bring_in (&party, 0, 2);
  sync_all (&party);
  before = act (&party, 1, HARK_GROUP_TEXT, -1);
  meet (&party, 1, 0);
  act (&party, 0, HARK_GROUP_REMOVE, 1);
  after = act (&party, 1, HARK_GROUP_TEXT, -1);
  g_assert_cmpint (give (&party, 0, after, HARK_GROUP_PROVED, false), ==, HARK_GROUP_REFUSED);
  meet (&party, 0, 2); /* hears of the removal together with what was before it */
  g_assert_cmpint (give (&party, 2, before, HARK_GROUP_PROVED, false), ==, HARK_GROUP_KNOWN);
  g_assert_cmpint (give (&party, 2, after, HARK_GROUP_PROVED, false), ==, HARK_GROUP_REFUSED);

  bring_in (&party, 0, 1); /* and is welcome again */
  sync_all (&party);
  g_assert_cmpint (status_at (&party, 2, 1), ==, HARK_GROUP_STATUS_JOINED);
  g_assert_cmpint (give (&party, 2, after, HARK_GROUP_PROVED, false), ==, HARK_GROUP_KNOWN);
  party_clear (&party);
}

static void
test_unproved_operations_do_nothing (void)
{
  Party party;
  HarkGroupEntry *leave, *forged;
  uint64_t cut;

  party_init (&party);
  bring_in (&party, 0, 1);
  bring_in (&party, 0, 2);
  meet (&party, 0, 2);

  /* Bob says that Carol left, in her chain */
  forged = write_entry (&party, 1, HARK_GROUP_LEAVE, -1, 0);
  forged->author = key_of (2);
  leave = write_entry (&party, 2, HARK_GROUP_NAME, -1, 0);
  memcpy (forged->chain, leave->chain, sizeof forged->chain);
  forged->seq = leave->seq;
  memcpy (forged->previous, leave->previous, sizeof forged->previous);
  g_assert_cmpint (give (&party, 0, forged, HARK_GROUP_UNPROVED, false), ==, HARK_GROUP_TAKEN);
  g_assert_cmpint (status_at (&party, 0, 2), ==, HARK_GROUP_STATUS_JOINED);

  /* what is Carol's takes its place */
  {
    g_autoptr (GBytes) content = hark_group_entry_write (leave);
    g_autoptr (HarkGroupEntry) copy = hark_group_entry_read (content);

    g_assert_cmpint (hark_group_take (party.groups[0], &copy, HARK_GROUP_PROVED, false, &cut), ==,
                     HARK_GROUP_TAKEN);
    g_assert_cmpuint (cut, ==, leave->seq);
  }
  party_clear (&party);
}

/* What came without its tags is not for others until a copy has them that is not anybody's word. */
static void
test_tags_come_from_who_is_believed (void)
{
  static const HarkGroupProof believed[] = {HARK_GROUP_VOUCHED, HARK_GROUP_PROVED};

  for (size_t i = 0; i < G_N_ELEMENTS (believed); i++) {
    Party party;
    HarkGroupEntry *removal, *view;
    const HarkGroupChain *chain;

    party_init (&party);
    bring_in (&party, 0, 1);
    bring_in (&party, 0, 2);
    sync_all (&party);
    removal = act (&party, 0, HARK_GROUP_REMOVE, 1);
    view = act (&party, 0, HARK_GROUP_VIEW, -1);
    removal->tagless = true;
    g_assert_cmpint (give (&party, 1, removal, HARK_GROUP_PROVED, false), ==, HARK_GROUP_TAKEN);
    g_assert_cmpint (status_at (&party, 1, 1), ==, HARK_GROUP_STATUS_GONE);
    g_assert_cmpint (give (&party, 1, view, HARK_GROUP_PROVED, false), ==, HARK_GROUP_TAKEN);
    chain = hark_group_chain_of (party.groups[1], &removal->author, removal->chain);
    g_assert_cmpuint (chain->effective, ==, view->seq);
    g_assert_cmpuint (hark_group_has (chain), ==, removal->seq - 1);

    g_assert_cmpint (give (&party, 1, removal, HARK_GROUP_PROVED, false), ==, HARK_GROUP_KNOWN);
    removal->tagless = false;
    g_assert_cmpint (give (&party, 1, removal, HARK_GROUP_UNPROVED, false), ==, HARK_GROUP_KNOWN);
    g_assert_cmpuint (hark_group_has (chain), ==, removal->seq - 1);
    g_assert_cmpint (give (&party, 1, removal, believed[i], false), ==, HARK_GROUP_BETTER);
    g_assert_cmpuint (hark_group_has (chain), ==, view->seq);
    g_assert_cmpint (give (&party, 1, removal, believed[i], false), ==, HARK_GROUP_KNOWN);

    removal->tagless = true; /* and are not lost again */
    g_assert_cmpint (give (&party, 1, removal, HARK_GROUP_PROVED, false), ==, HARK_GROUP_KNOWN);
    g_assert_cmpuint (hark_group_has (chain), ==, view->seq);
    party_clear (&party);
  }
}

/* The same after a start, and two in one chain. */
static void
test_tags_are_missed_after_a_start (void)
{
  const uint8_t id[HARK_GROUP_ID_LEN] = {1};
  const HarkKey founder = key_of (0);
  const HarkKey own = key_of (1);
  g_autoptr (HarkGroup) group = hark_group_new (id, &founder, &own, &founder);
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) some = g_bytes_new_static ("tags", 4);
  const HarkGroupChain *chain;
  Party party;
  uint64_t cut;

  party_init (&party);
  for (unsigned i = 0; i < 4; i++) {
    g_autoptr (GBytes) content = hark_group_entry_write (act (&party, 0, HARK_GROUP_VIEW, -1));

    hark_group_load (group, hark_group_entry_read (content), HARK_GROUP_PROVED,
                     i == 1 || i == 3 ? none : some);
  }
  chain
    = hark_group_chain_of (group, &founder, ((HarkGroupEntry *) party.entries->pdata[0])->chain);
  g_assert_cmpuint (chain->seq, ==, 4);
  for (unsigned i = 1; i < 4; i += 2) {
    g_autoptr (GBytes) content = hark_group_entry_write (party.entries->pdata[i]);
    g_autoptr (HarkGroupEntry) copy = hark_group_entry_read (content);

    g_assert_cmpuint (hark_group_has (chain), ==, i);
    g_assert_cmpint (hark_group_take (group, &copy, HARK_GROUP_PROVED, false, &cut), ==,
                     HARK_GROUP_BETTER);
  }
  g_assert_cmpuint (hark_group_has (chain), ==, 4);
  party_clear (&party);
}

static void
test_a_later_tag_proves_what_is_before_it (void)
{
  Party party;
  HarkGroupEntry *leave, *view;

  party_init (&party);
  bring_in (&party, 0, 1);
  make_admin (&party, 1);
  sync_all (&party);
  leave = act (&party, 1, HARK_GROUP_NAME, -1);
  view = act (&party, 1, HARK_GROUP_VIEW, -1);
  g_assert_cmpint (give (&party, 0, leave, HARK_GROUP_UNPROVED, false), ==, HARK_GROUP_TAKEN);
  hark_group_update (party.groups[0]);
  g_assert_cmpstr (party.groups[0]->name, ==, "");
  g_assert_cmpint (give (&party, 0, view, HARK_GROUP_PROVED, false), ==, HARK_GROUP_TAKEN);
  hark_group_update (party.groups[0]);
  g_assert_cmpstr (party.groups[0]->name, ==, leave->text);
  party_clear (&party);
}

static void
test_two_histories_are_noticed (void)
{
  Party party;
  HarkGroupEntry *one, *other, *next;

  party_init (&party);
  bring_in (&party, 0, 1);
  meet (&party, 0, 1);
  one = write_entry (&party, 1, HARK_GROUP_TEXT, -1, 0);
  other = write_entry (&party, 1, HARK_GROUP_TEXT, -1, 0); /* the same place, other words */
  g_assert_cmpint (give (&party, 0, one, HARK_GROUP_PROVED, true), ==, HARK_GROUP_TAKEN);
  g_assert_cmpint (give (&party, 0, other, HARK_GROUP_PROVED, true), ==, HARK_GROUP_FORKED);
  give (&party, 1, other, HARK_GROUP_PROVED, true);
  next = write_entry (&party, 1, HARK_GROUP_TEXT, -1, 0);
  g_assert_cmpint (give (&party, 0, next, HARK_GROUP_PROVED, false), ==, HARK_GROUP_FORKED);
  party_clear (&party);
}

static void
test_messages_need_a_tag_and_no_gap (void)
{
  Party party;
  HarkGroupEntry *texts[3];

  party_init (&party);
  bring_in (&party, 0, 1);
  for (unsigned i = 0; i < 3; i++)
    texts[i] = act (&party, 0, HARK_GROUP_TEXT, -1);
  g_assert_cmpint (give (&party, 1, texts[0], HARK_GROUP_VOUCHED, true), ==, HARK_GROUP_REFUSED);
  g_assert_cmpint (give (&party, 1, texts[1], HARK_GROUP_PROVED, false), ==, HARK_GROUP_LATER);
  g_assert_cmpint (give (&party, 1, texts[1], HARK_GROUP_PROVED, true), ==, HARK_GROUP_TAKEN);
  g_assert_cmpint (give (&party, 1, texts[2], HARK_GROUP_PROVED, false), ==, HARK_GROUP_TAKEN);
  g_assert_cmpint (give (&party, 1, texts[0], HARK_GROUP_PROVED, true), ==, HARK_GROUP_KNOWN);
  party_clear (&party);
}

static void
test_a_clock_far_ahead_is_refused (void)
{
  Party party;
  HarkGroupEntry *text;

  party_init (&party);
  bring_in (&party, 0, 1);
  text = write_entry (&party, 0, HARK_GROUP_TEXT, -1, INT64_C (1) << 40);
  g_assert_cmpint (give (&party, 1, text, HARK_GROUP_PROVED, true), ==, HARK_GROUP_REFUSED);
  party_clear (&party);
}

static void
test_floods_end (void)
{
  Party party;
  unsigned taken = 0;

  party_init (&party);
  bring_in (&party, 0, 1);
  for (unsigned i = 0; i < 2 * HARK_GROUP_OPS_AUTHOR_MAX; i++) {
    HarkGroupEntry *op = write_entry (&party, 1, HARK_GROUP_VIEW, -1, 0);

    if (give (&party, 1, op, HARK_GROUP_PROVED, false) != HARK_GROUP_TAKEN)
      break;
    taken += give (&party, 0, op, HARK_GROUP_PROVED, false) == HARK_GROUP_TAKEN;
  }
  g_assert_cmpuint (taken, ==, HARK_GROUP_OPS_AUTHOR_MAX - 1); /* and the join */
  party_clear (&party);
}

/* As it comes back from the disk: @n operations of @who in @group. */
static void
fill (HarkGroup *group, unsigned who, unsigned n)
{
  g_autoptr (GBytes) tags = g_bytes_new (NULL, 0);
  const uint8_t instance[16] = {9};
  HarkGroupEntry last = {0};

  for (unsigned i = 0; i < n; i++) {
    HarkGroupEntry *op = g_new0 (HarkGroupEntry, 1);

    memcpy (op->group, group->id, sizeof op->group);
    op->author = key_of (who);
    op->kind = i % 2 == 0 ? HARK_GROUP_NAME : HARK_GROUP_LEAVE;
    op->text = g_strdup (i % 2 == 0 ? "mine" : "");
    op->seq = i + 1;
    op->clock = i + 1;
    hark_group_chain (instance, group->id, HARK_GROUP_LOG_MEMBERS, 0, op->chain);
    memcpy (op->previous, last.hash, sizeof op->previous);
    g_bytes_unref (hark_group_entry_write (op));
    memcpy (last.hash, op->hash, sizeof last.hash);
    hark_group_load (group, op, HARK_GROUP_PROVED, tags);
  }
}

/* What all others together may write leaves room for the last one, and what they say is not theirs
 * to say costs a look at each. */
static void
test_nobody_uses_up_the_room_of_others (void)
{
  Party party;
  HarkGroup *group;
  int64_t before, spent;

  party_init (&party);
  group = party.groups[0];
  bring_in (&party, 0, 1);
  for (unsigned who = 10; who < 10 + HARK_GROUP_ACTIVE_MAX - 2; who++)
    fill (group, who, HARK_GROUP_OPS_AUTHOR_MAX);
  before = g_get_monotonic_time ();
  hark_group_update (group);
  spent = g_get_monotonic_time () - before;
  g_test_message ("%u operations: %.1f ms", group->n_ops, (double) spent / 1000);
  g_assert_cmpuint (hark_group_active (group), ==, 2);
  act (&party, 1, HARK_GROUP_VIEW, -1);
  meet (&party, 1, 0);
  g_assert_cmpuint (hark_group_chain_of (group, &party.groups[1]->own,
                                         write_entry (&party, 1, HARK_GROUP_VIEW, -1, 0)->chain)
                      ->seq,
                    ==, 2);
  act (&party, 0, HARK_GROUP_NAME, -1);
  g_assert_cmpuint (
    hark_group_room (group, &group->own, ((HarkGroupEntry *) party.entries->pdata[0])->chain), >,
    200);
  g_assert_cmpuint (
    hark_group_room (group, &(HarkKey){{11}}, ((HarkGroupEntry *) party.entries->pdata[0])->chain),
    ==, 0);
  party_clear (&party);
}

/* Random acts of everybody, random meetings, a profile put back now and then: when all have met,
 * all see the same. */
static void
converge (uint64_t number)
{
  uint8_t seed[32] = {(uint8_t) number, (uint8_t) (number >> 8), (uint8_t) (number >> 16)};
  HarkRng rng;
  Party party;

  hark_rng_init (&rng, seed);
  party_init (&party);
  for (unsigned step = 0; step < 60; step++) {
    const unsigned a = (unsigned) hark_rng_below (&rng, PEOPLE);
    const unsigned b = (unsigned) hark_rng_below (&rng, PEOPLE);
    HarkGroup *group = party.groups[a];
    const HarkKey other = key_of (b);
    const HarkGroupMember *own = hark_group_member (group, &group->own);
    HarkGroupKind kind = (HarkGroupKind) (1 + hark_rng_below (&rng, 6));

    if (hark_rng_below (&rng, 2) == 0 || own == NULL) {
      if (a != b)
        meet (&party, a, b);
    } else if (own->status == HARK_GROUP_STATUS_INVITED && own->invite != NULL) {
      act (&party, a, HARK_GROUP_JOIN, -1);
    } else if (kind == HARK_GROUP_ROLE && a == 0 && b != 0 && hark_rng_below (&rng, 2) == 0) {
      make_admin (&party, b);
    } else if (kind != HARK_GROUP_JOIN && own->status == HARK_GROUP_STATUS_JOINED
               && (kind == HARK_GROUP_LEAVE ? a != 0 || step > 50
                                            : hark_group_may (group, &group->own, kind, &other))) {
      act (&party, a, kind, (int) b);
    } else if (hark_rng_below (&rng, 10) == 0) {
      party.instances[a]++; /* another copy of the profile, with a chain of its own */
    }
  }
  sync_all (&party);
  hark_group_update (party.groups[0]);
  for (unsigned i = 1; i < PEOPLE; i++) {
    hark_group_update (party.groups[i]);
    if (memcmp (party.groups[0]->view, party.groups[i]->view, HARK_GROUP_VIEW_LEN) != 0)
      g_error ("seed %" G_GUINT64_FORMAT ": %u sees another group", number, i);
  }
  party_clear (&party);
}

static void
test_all_who_met_see_the_same (void)
{
  const unsigned seeds = g_getenv ("HARK_LONG") != NULL ? 10000 : 200;

  for (uint64_t seed = 0; seed < seeds; seed++)
    converge (seed);
}

/* 0 asked 1 and 2 in, 1 asked 3 in. */
static void
test_each_is_reached_by_one_way (void)
{
  static const struct {
    unsigned by, author, reader;
    bool passes;
  } ways[] = {
    {0, 1, 2, true },
    {1, 3, 2, false},
    {0, 3, 2, true },
    {1, 2, 3, true },
    {0, 2, 3, false},
    {1, 3, 0, true },
    {3, 1, 0, false},
    {2, 1, 0, false},
  };
  Party party;

  party_init (&party);
  bring_in (&party, 0, 1);
  bring_in (&party, 0, 2);
  make_admin (&party, 1);
  sync_all (&party);
  bring_in (&party, 1, 3);
  sync_all (&party);
  for (size_t i = 0; i < G_N_ELEMENTS (ways); i++) {
    const HarkKey by = key_of (ways[i].by), author = key_of (ways[i].author),
                  reader = key_of (ways[i].reader);

    g_assert_true (hark_group_passes (party.groups[2], &by, &author, &reader) == ways[i].passes);
  }
  act (&party, 1, HARK_GROUP_LEAVE, -1);
  sync_all (&party); /* 0 takes their place */
  g_assert_true (
    hark_group_passes (party.groups[0], &(HarkKey){{1}}, &(HarkKey){{3}}, &(HarkKey){{4}}));
  party_clear (&party);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/groups/nobody-is-in-without-consent", test_nobody_is_in_without_consent);
  g_test_add_func ("/groups/a-member-cannot-take-the-group-over",
                   test_a_member_cannot_take_the_group_over);
  g_test_add_func ("/groups/an-admin-does-what-the-founder-lets-them",
                   test_an_admin_does_what_the_founder_lets_them);
  g_test_add_func ("/groups/a-removed-admin-can-date-nothing-back",
                   test_a_removed_admin_can_date_nothing_back);
  g_test_add_func ("/groups/who-is-removed-is-heard-no-further",
                   test_who_is_removed_is_heard_no_further);
  g_test_add_func ("/groups/unproved-operations-do-nothing", test_unproved_operations_do_nothing);
  g_test_add_func ("/groups/tags-come-from-who-is-believed", test_tags_come_from_who_is_believed);
  g_test_add_func ("/groups/tags-are-missed-after-a-start", test_tags_are_missed_after_a_start);
  g_test_add_func ("/groups/a-later-tag-proves-what-is-before-it",
                   test_a_later_tag_proves_what_is_before_it);
  g_test_add_func ("/groups/two-histories-are-noticed", test_two_histories_are_noticed);
  g_test_add_func ("/groups/messages-need-a-tag-and-no-gap", test_messages_need_a_tag_and_no_gap);
  g_test_add_func ("/groups/a-clock-far-ahead-is-refused", test_a_clock_far_ahead_is_refused);
  g_test_add_func ("/groups/each-is-reached-by-one-way", test_each_is_reached_by_one_way);
  g_test_add_func ("/groups/floods-end", test_floods_end);
  g_test_add_func ("/groups/nobody-uses-up-the-room-of-others",
                   test_nobody_uses_up_the_room_of_others);
  g_test_add_func ("/groups/all-who-met-see-the-same", test_all_who_met_see_the_same);
  return g_test_run ();
}
