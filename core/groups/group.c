#include "core/groups/group.h"

#include <string.h>

#define NAME_LEN (HARK_KEY_LEN + HARK_GROUP_CHAIN_LEN)

/* Author and name stand beside each other at the start of a chain: its key in the table. */
G_STATIC_ASSERT (G_STRUCT_OFFSET (HarkGroupChain, name)
                 == G_STRUCT_OFFSET (HarkGroupChain, author) + HARK_KEY_LEN);

guint
hark_group_chain_hash (const void *key)
{
  const uint8_t *bytes = key;
  guint hash = 0;

  for (size_t i = 0; i < NAME_LEN; i++)
    hash = hash * 31 + bytes[i];
  return hash;
}

gboolean
hark_group_chain_equal (const void *a, const void *b)
{
  return memcmp (a, b, NAME_LEN) == 0;
}

static void
chain_free (void *data)
{
  HarkGroupChain *chain = data;

  g_clear_pointer (&chain->ops, g_ptr_array_unref);
  g_clear_pointer (&chain->tags, g_bytes_unref);
  g_free (chain);
}

HarkGroup *
hark_group_new (const uint8_t id[HARK_GROUP_ID_LEN],
                const HarkKey *founder,
                const HarkKey *own,
                const HarkKey *sponsor)
{
  HarkGroup *group = g_new0 (HarkGroup, 1);

  memcpy (group->id, id, sizeof group->id);
  group->founder = *founder;
  group->own = *own;
  group->sponsor = *sponsor;
  group->chains
    = g_hash_table_new_full (hark_group_chain_hash, hark_group_chain_equal, NULL, chain_free);
  group->members = g_array_new (FALSE, TRUE, sizeof (HarkGroupMember));
  group->stale = true;
  return group;
}

void
hark_group_free (HarkGroup *group)
{
  if (group == NULL)
    return;
  g_hash_table_unref (group->chains);
  g_array_unref (group->members);
  g_free (group);
}

/* ---- chains ---- */

HarkGroupChain *
hark_group_chain_of (const HarkGroup *group,
                     const HarkKey *author,
                     const uint8_t chain[HARK_GROUP_CHAIN_LEN])
{
  uint8_t name[NAME_LEN];

  memcpy (name, author->bytes, HARK_KEY_LEN);
  memcpy (name + HARK_KEY_LEN, chain, HARK_GROUP_CHAIN_LEN);
  return g_hash_table_lookup (group->chains, name);
}

static HarkGroupChain *
add_chain (HarkGroup *group, const HarkGroupEntry *entry)
{
  HarkGroupChain *chain = hark_group_chain_of (group, &entry->author, entry->chain);

  if (chain != NULL)
    return chain;
  chain = g_new0 (HarkGroupChain, 1);
  chain->author = entry->author;
  memcpy (chain->name, entry->chain, sizeof chain->name);
  if (hark_group_chain_log (entry->chain) == HARK_GROUP_LOG_MEMBERS)
    chain->ops = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_group_entry_free);
  g_hash_table_replace (group->chains, &chain->author, chain);
  return chain;
}

uint64_t
hark_group_has (const HarkGroupChain *chain)
{
  return chain->ops != NULL ? MIN (MIN (chain->effective, chain->tagged), chain->durable)
                            : chain->durable;
}

/* What an author has already: chains of the log, and operations in all. */
static void
count_of (const HarkGroup *group,
          const HarkKey *author,
          HarkGroupLog log,
          unsigned *ret_chains,
          uint64_t *ret_ops)
{
  GHashTableIter iter;
  void *value;

  *ret_chains = 0;
  *ret_ops = 0;
  g_hash_table_iter_init (&iter, group->chains);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkGroupChain *chain = value;

    if (!hark_key_equal (&chain->author, author))
      continue;
    *ret_chains += hark_group_chain_log (chain->name) == log;
    *ret_ops += chain->ops != NULL ? chain->seq : 0;
  }
}

unsigned
hark_group_room (const HarkGroup *group,
                 const HarkKey *author,
                 const uint8_t chain[HARK_GROUP_CHAIN_LEN])
{
  const HarkGroupLog log = hark_group_chain_log (chain);
  unsigned chains;
  uint64_t ops;

  count_of (group, author, log, &chains, &ops);
  if (chains >= HARK_GROUP_CHAINS_MAX && hark_group_chain_of (group, author, chain) == NULL)
    return 0;
  if (log == HARK_GROUP_LOG_MESSAGES)
    return G_MAXUINT;
  if (ops >= HARK_GROUP_OPS_AUTHOR_MAX || group->n_ops >= HARK_GROUP_OPS_MAX)
    return 0;
  return MIN (HARK_GROUP_OPS_AUTHOR_MAX - (unsigned) ops, HARK_GROUP_OPS_MAX - group->n_ops);
}

static bool
has_room (const HarkGroup *group, const HarkGroupEntry *entry)
{
  return hark_group_room (group, &entry->author, entry->chain) > 0;
}

bool
hark_group_took_up (const HarkGroup *group, const uint8_t invite[HARK_GROUP_HASH_LEN])
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, group->chains);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkGroupChain *chain = value;

    if (chain->ops == NULL || !hark_key_equal (&chain->author, &group->own))
      continue;
    for (guint i = 0; i < chain->ops->len; i++) {
      const HarkGroupEntry *op = g_ptr_array_index (chain->ops, i);

      if (op->kind == HARK_GROUP_JOIN && memcmp (op->invite, invite, sizeof op->invite) == 0)
        return true;
    }
  }
  return false;
}

static void
truncate_ops (HarkGroup *group, HarkGroupChain *chain, uint64_t seq)
{
  if (seq > chain->seq)
    return;
  group->n_ops -= (unsigned) (chain->seq - (seq - 1));
  chain->seq = seq - 1;
  g_ptr_array_set_size (chain->ops, (int) chain->seq);
  chain->durable = MIN (chain->durable, chain->seq);
  chain->proved = MIN (chain->proved, chain->seq);
  chain->effective = MIN (chain->effective, chain->seq);
  chain->tagged = MIN (chain->tagged, chain->seq);
  memset (chain->hash, 0, sizeof chain->hash);
  if (chain->seq > 0) {
    const HarkGroupEntry *last = g_ptr_array_index (chain->ops, chain->seq - 1);

    memcpy (chain->hash, last->hash, sizeof chain->hash);
  }
  group->stale = true;
}

static void
prove (HarkGroup *group, HarkGroupChain *chain, uint64_t seq, HarkGroupProof proof)
{
  if (proof == HARK_GROUP_PROVED)
    chain->proved = MAX (chain->proved, seq);
  if (proof != HARK_GROUP_UNPROVED)
    chain->effective = MAX (chain->effective, seq);
  group->stale = true;
}

static void
look_for_tags (HarkGroupChain *chain)
{
  const HarkGroupEntry *next;

  while (chain->tagged < chain->seq) {
    next = g_ptr_array_index (chain->ops, chain->tagged);
    if (next->tagless)
      return;
    chain->tagged++;
  }
}

static void
append (HarkGroup *group, HarkGroupEntry **entry, HarkGroupProof proof)
{
  HarkGroupChain *chain = add_chain (group, *entry);

  chain->seq = (*entry)->seq;
  memcpy (chain->hash, (*entry)->hash, sizeof chain->hash);
  group->clock = MAX (group->clock, (*entry)->clock);
  if (chain->ops == NULL)
    return;
  prove (group, chain, chain->seq, proof);
  group->n_ops++;
  g_ptr_array_add (chain->ops, g_steal_pointer (entry));
  look_for_tags (chain);
}

/* ---- taking ---- */

/* An operation at a place that is taken already. */
static HarkGroupTaken
take_again (HarkGroup *group,
            HarkGroupChain *chain,
            HarkGroupEntry **entry,
            HarkGroupProof proof,
            uint64_t *ret_cut)
{
  const uint64_t seq = (*entry)->seq;
  HarkGroupEntry *old = g_ptr_array_index (chain->ops, seq - 1);

  if (memcmp (old->hash, (*entry)->hash, sizeof old->hash) == 0) {
    const bool brings_tags = old->tagless && !(*entry)->tagless && proof != HARK_GROUP_UNPROVED;

    if (brings_tags) {
      old->tagless = false;
      look_for_tags (chain);
    }
    if ((proof == HARK_GROUP_PROVED && seq > chain->proved)
        || (proof == HARK_GROUP_VOUCHED && seq > chain->effective)) {
      prove (group, chain, seq, proof);
      return HARK_GROUP_BETTER;
    }
    return brings_tags ? HARK_GROUP_BETTER : HARK_GROUP_KNOWN;
  }
  if (proof != HARK_GROUP_PROVED)
    return HARK_GROUP_REFUSED;
  if (seq <= chain->proved) {
    chain->forked = true;
    return HARK_GROUP_FORKED;
  }
  *ret_cut = chain->proved + 1; /* what stood there was somebody else's */
  truncate_ops (group, chain, *ret_cut);
  if (chain->seq + 1 != seq || memcmp (chain->hash, (*entry)->previous, sizeof chain->hash) != 0)
    return HARK_GROUP_LATER;
  append (group, entry, proof);
  return HARK_GROUP_TAKEN;
}

static HarkGroupTaken
take_op (HarkGroup *group, HarkGroupEntry **entry, HarkGroupProof proof, uint64_t *ret_cut)
{
  HarkGroupChain *chain = hark_group_chain_of (group, &(*entry)->author, (*entry)->chain);
  const uint64_t known = chain != NULL ? chain->seq : 0;

  if ((*entry)->seq <= known)
    return take_again (group, chain, entry, proof, ret_cut);
  if ((*entry)->seq != known + 1)
    return HARK_GROUP_LATER;
  if (hark_group_member (group, &(*entry)->author) == NULL
      && !hark_key_equal (&(*entry)->author, &group->own)) /* who just joined knows nobody yet */
    return HARK_GROUP_LATER;
  if (!has_room (group, *entry))
    return HARK_GROUP_REFUSED;
  if (known > 0 && memcmp (chain->hash, (*entry)->previous, sizeof chain->hash) != 0) {
    if (proof != HARK_GROUP_PROVED)
      return HARK_GROUP_REFUSED;
    if (known == chain->proved) {
      chain->forked = true;
      return HARK_GROUP_FORKED;
    }
    *ret_cut = chain->proved + 1;
    truncate_ops (group, chain, *ret_cut);
    return HARK_GROUP_LATER;
  }
  append (group, entry, proof);
  return HARK_GROUP_TAKEN;
}

static HarkGroupTaken
take_message (HarkGroup *group, HarkGroupEntry **entry, HarkGroupProof proof, bool first)
{
  HarkGroupChain *chain = hark_group_chain_of (group, &(*entry)->author, (*entry)->chain);
  const uint64_t known = chain != NULL ? chain->seq : 0;

  if (proof != HARK_GROUP_PROVED)
    return HARK_GROUP_REFUSED;
  if ((*entry)->seq < known)
    return HARK_GROUP_KNOWN;
  if ((*entry)->seq == known) {
    if (memcmp (chain->hash, (*entry)->hash, sizeof chain->hash) == 0)
      return HARK_GROUP_KNOWN;
    chain->forked = true;
    return HARK_GROUP_FORKED;
  }
  if ((*entry)->seq != known + 1 && !first)
    return HARK_GROUP_LATER;
  if ((*entry)->seq == known + 1 && known > 0
      && memcmp (chain->hash, (*entry)->previous, sizeof chain->hash) != 0) {
    chain->forked = true;
    return HARK_GROUP_FORKED;
  }
  if (hark_group_member (group, &(*entry)->author) == NULL)
    return HARK_GROUP_LATER;
  if (!hark_group_may_write (group, &(*entry)->author, (*entry)->chain, (*entry)->seq)
      || !has_room (group, *entry))
    return HARK_GROUP_REFUSED;
  append (group, entry, proof);
  return HARK_GROUP_TAKEN;
}

HarkGroupTaken
hark_group_take (
  HarkGroup *group, HarkGroupEntry **entry, HarkGroupProof proof, bool first, uint64_t *ret_cut)
{
  *ret_cut = 0;
  if (memcmp ((*entry)->group, group->id, sizeof group->id) != 0
      || (*entry)->clock - group->clock > HARK_GROUP_CLOCK_STEP_MAX)
    return HARK_GROUP_REFUSED;
  if (hark_group_chain_log ((*entry)->chain) == HARK_GROUP_LOG_MEMBERS)
    return take_op (group, entry, proof, ret_cut);
  return take_message (group, entry, proof, first);
}

void
hark_group_load (HarkGroup *group, HarkGroupEntry *entry, HarkGroupProof proof, GBytes *tags)
{
  HarkGroupChain *chain = add_chain (group, entry);
  const bool own = hark_key_equal (&entry->author, &group->own);
  g_autoptr (HarkGroupEntry) owned = entry;

  entry->tagless = g_bytes_get_size (tags) == 0;
  if (chain->ops != NULL && entry->seq != chain->seq + 1)
    return; /* a hole can come from damage only; the others have the rest */
  append (group, &owned, proof);
  chain->durable = chain->seq;
  if (own) {
    g_clear_pointer (&chain->tags, g_bytes_unref);
    chain->tags = g_bytes_ref (tags);
  }
}

void
hark_group_stored (HarkGroup *group,
                   const HarkKey *author,
                   const uint8_t name[HARK_GROUP_CHAIN_LEN],
                   uint64_t seq)
{
  HarkGroupChain *chain = hark_group_chain_of (group, author, name);

  if (chain != NULL && seq <= chain->seq)
    chain->durable = MAX (chain->durable, seq);
}

/* ---- writing ---- */

void
hark_group_compose (HarkGroup *group,
                    const uint8_t name[HARK_GROUP_CHAIN_LEN],
                    HarkGroupEntry *entry)
{
  const HarkGroupChain *chain = hark_group_chain_of (group, &group->own, name);

  hark_group_update (group);
  memcpy (entry->group, group->id, sizeof entry->group);
  memcpy (entry->view, group->view, sizeof entry->view);
  memcpy (entry->chain, name, sizeof entry->chain);
  entry->author = group->own;
  entry->seq = 1;
  if (chain != NULL) {
    entry->seq = chain->seq + 1;
    memcpy (entry->previous, chain->hash, sizeof entry->previous);
  }
  entry->clock = MAX (group->clock, entry->clock) + 1;
}

void
hark_group_compose_next (const HarkGroupEntry *last, HarkGroupEntry *entry)
{
  memcpy (entry->group, last->group, sizeof entry->group);
  memcpy (entry->view, last->view, sizeof entry->view);
  memcpy (entry->chain, last->chain, sizeof entry->chain);
  memcpy (entry->previous, last->hash, sizeof entry->previous);
  entry->author = last->author;
  entry->seq = last->seq + 1;
  entry->clock = last->clock + 1;
}

void
hark_group_set_cuts (const HarkGroup *group, const HarkKey *account, HarkGroupEntry *entry)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, group->chains);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkGroupChain *chain = value;
    HarkGroupCut *cut = &entry->cuts[entry->n_cuts];

    if (!hark_key_equal (&chain->author, account) || entry->n_cuts == G_N_ELEMENTS (entry->cuts))
      continue;
    memcpy (cut->chain, chain->name, sizeof cut->chain);
    cut->seq = chain->ops != NULL ? chain->effective : chain->seq;
    entry->n_cuts++;
  }
}
