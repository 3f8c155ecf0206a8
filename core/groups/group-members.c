/* Who is in a group, by its membership log. */
#include "core/groups/group.h"

#include "net/base/domain.h"
#include "net/base/hash.h"

#include <string.h>

/* The operations that count, in their order. */
typedef struct {
  const HarkKey *founder;
  GHashTable *admins; /* account, of all whom the founder ever made one */
  GPtrArray *ops;     /* HarkGroupEntry, borrowed */
  bool *valid;
  GHashTable *about;  /* account -> GArray of guint: where in `ops` something is about them */
  guint founder_left; /* where in `ops` first; behind the last: never */
} Log;

/* Of one clock the later ones here win; removals win over all. */
static int
rank (HarkGroupKind kind)
{
  static const uint8_t ranks[]
    = {[HARK_GROUP_INVITE] = 1, [HARK_GROUP_JOIN] = 2,   [HARK_GROUP_NAME] = 3,
       [HARK_GROUP_ROLE] = 4,   [HARK_GROUP_LEAVE] = 5,  [HARK_GROUP_REMOVE] = 6,
       [HARK_GROUP_TIMER] = 3,  [HARK_GROUP_PICTURE] = 3};

  return (size_t) kind < sizeof ranks ? ranks[kind] : 0;
}

static int
compare_ops (const void *a, const void *b)
{
  const HarkGroupEntry *x = *(HarkGroupEntry *const *) a, *y = *(HarkGroupEntry *const *) b;

  if (x->clock != y->clock)
    return x->clock < y->clock ? -1 : 1;
  if (rank (x->kind) != rank (y->kind))
    return rank (x->kind) - rank (y->kind);
  return memcmp (x->hash, y->hash, sizeof x->hash);
}

static void
find_admins (const HarkGroup *group, Log *log)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, group->chains);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkGroupChain *chain = value;

    if (chain->ops == NULL || !hark_key_equal (&chain->author, log->founder))
      continue;
    for (uint64_t i = 0; i < chain->effective; i++) {
      HarkGroupEntry *op = g_ptr_array_index (chain->ops, i);

      if (op->kind == HARK_GROUP_ROLE)
        g_hash_table_add (log->admins, &op->account);
    }
  }
}

/* What others than these say of anybody but themselves never counts: a member who floods the group
 * costs no more than a look at each. */
static bool
may_count (const Log *log, const HarkGroupEntry *op)
{
  if (rank (op->kind) == 0)
    return false;
  return op->kind == HARK_GROUP_JOIN || op->kind == HARK_GROUP_LEAVE
         || hark_key_equal (&op->author, log->founder)
         || g_hash_table_contains (log->admins, &op->author);
}

/* All ops that are in effect, chain by chain. */
typedef struct {
  GHashTableIter chains;
  const HarkGroupChain *chain; /* NULL: before the first */
  uint64_t at;
} Ops;

static HarkGroupEntry *
next_op (Ops *ops)
{
  void *chain;

  while (ops->chain == NULL || ops->chain->ops == NULL || ops->at >= ops->chain->effective) {
    if (!g_hash_table_iter_next (&ops->chains, NULL, &chain))
      return NULL;
    ops->chain = chain;
    ops->at = 0;
  }
  return g_ptr_array_index (ops->chain->ops, ops->at++);
}

static void
collect (const HarkGroup *group, Log *log)
{
  HarkGroupEntry *op;
  Ops ops = {.chain = NULL};

  g_hash_table_iter_init (&ops.chains, group->chains);
  while ((op = next_op (&ops)) != NULL)
    if (may_count (log, op))
      g_ptr_array_add (log->ops, op);
  g_ptr_array_sort (log->ops, compare_ops);
}

static const HarkGroupEntry *
at (const Log *log, guint i)
{
  return g_ptr_array_index (log->ops, i);
}

static bool
is_of (const HarkGroupEntry *op, HarkGroupKind kind, const HarkKey *author)
{
  return op->kind == kind && hark_key_equal (&op->author, author);
}

/* Whom it is about; NULL: all. */
static const HarkKey *
whom (const HarkGroupEntry *op)
{
  switch (op->kind) {
  case HARK_GROUP_JOIN:
  case HARK_GROUP_LEAVE:
    return &op->author;
  case HARK_GROUP_INVITE:
  case HARK_GROUP_REMOVE:
  case HARK_GROUP_ROLE:
    return &op->account;
  default:
    return NULL;
  }
}

static void
sort_out (Log *log)
{
  log->founder_left = log->ops->len;
  for (guint i = 0; i < log->ops->len; i++) {
    const HarkKey *account = whom (at (log, i));
    GArray *places = account != NULL ? g_hash_table_lookup (log->about, account) : NULL;

    if (account == NULL)
      continue;
    if (places == NULL) {
      places = g_array_new (FALSE, FALSE, sizeof (guint));
      g_hash_table_insert (log->about, (void *) account, places);
    }
    g_array_append_val (places, i);
    if (log->founder_left == log->ops->len && is_of (at (log, i), HARK_GROUP_LEAVE, log->founder))
      log->founder_left = i;
  }
}

/* Where something is about @account, in order; @ret_n: how often. */
static const guint *
about (const Log *log, const HarkKey *account, guint *ret_n)
{
  const GArray *places = g_hash_table_lookup (log->about, account);

  *ret_n = places != NULL ? places->len : 0;
  return places != NULL ? (const guint *) (const void *) places->data : NULL;
}

static bool
is_in_cuts (const HarkGroupEntry *end, const uint8_t chain[HARK_GROUP_CHAIN_LEN], uint64_t seq)
{
  for (unsigned i = 0; i < end->n_cuts; i++)
    if (memcmp (end->cuts[i].chain, chain, HARK_GROUP_CHAIN_LEN) == 0)
      return seq <= end->cuts[i].seq;
  return false;
}

/* A founder who left has no more to say, also after coming back. */
static bool
is_founders (const Log *log, guint i)
{
  return hark_key_equal (&at (log, i)->author, log->founder) && i <= log->founder_left;
}

/* What makes an admin or ends it, of what is about somebody: the founder's operations, and leaving.
 */
static bool
is_about_role (const Log *log, guint i)
{
  const HarkGroupEntry *op = at (log, i);

  return op->kind == HARK_GROUP_LEAVE
         || ((op->kind == HARK_GROUP_ROLE || op->kind == HARK_GROUP_REMOVE)
             && is_founders (log, i));
}

static bool
makes_admin (const HarkGroupEntry *op)
{
  return op->kind == HARK_GROUP_ROLE && op->role == HARK_GROUP_ADMIN;
}

static bool
is_admin_before (const Log *log, const HarkKey *account, guint before)
{
  bool admin = false;
  guint n;
  const guint *places = about (log, account, &n);

  for (guint i = 0; i < n && places[i] < before; i++)
    if (is_about_role (log, places[i]))
      admin = makes_admin (at (log, places[i]));
  return admin;
}

/* The author was an admin there, and no later end of that disowns it. */
static bool
is_admins (const Log *log, guint i)
{
  const HarkGroupEntry *op = at (log, i);
  guint n;
  const guint *places = about (log, &op->author, &n);

  if (!is_admin_before (log, &op->author, i))
    return false;
  for (guint k = 0; k < n; k++) {
    const HarkGroupEntry *end = at (log, places[k]);

    if (places[k] > i && is_about_role (log, places[k]) && !makes_admin (end)
        && !is_in_cuts (end, op->chain, op->seq))
      return false;
  }
  return true;
}

static bool
is_valid (const Log *log, guint i)
{
  const HarkGroupEntry *op = at (log, i);
  const bool founder = is_founders (log, i);

  switch (op->kind) {
  case HARK_GROUP_JOIN:
  case HARK_GROUP_LEAVE:
    return true;
  case HARK_GROUP_ROLE:
    return founder;
  case HARK_GROUP_REMOVE:
    if (hark_key_equal (&op->account, log->founder))
      return false;
    return founder || (is_admins (log, i) && !is_admin_before (log, &op->account, i));
  default:
    return founder || is_admins (log, i);
  }
}

/* ---- members ---- */

static HarkGroupMember *
find (const GArray *members, const HarkKey *account)
{
  for (guint i = 0; i < members->len; i++) {
    HarkGroupMember *member = &g_array_index (members, HarkGroupMember, i);

    if (hark_key_equal (&member->account, account))
      return member;
  }
  return NULL;
}

/* (nullable): the JOIN */
static const HarkGroupEntry *
find_join (const Log *log, const HarkKey *account, const HarkGroupEntry *invite)
{
  guint n;
  const guint *places = about (log, account, &n);

  for (guint i = 0; i < n; i++)
    if (at (log, places[i])->kind == HARK_GROUP_JOIN
        && memcmp (at (log, places[i])->invite, invite->hash, sizeof invite->hash) == 0)
      return at (log, places[i]);
  return NULL;
}

/* What stands after the last end: the founder is in from the start, others by an invitation that
 * they took up. */
static void
settle (const Log *log, HarkGroupMember *member)
{
  guint n;
  const guint *places = about (log, &member->account, &n);

  if (hark_key_equal (&member->account, log->founder))
    member->status = HARK_GROUP_STATUS_JOINED;
  for (guint i = 0; i < n; i++) {
    const HarkGroupEntry *op = at (log, places[i]);

    if (!log->valid[places[i]])
      continue;
    if (op->kind == HARK_GROUP_LEAVE || op->kind == HARK_GROUP_REMOVE) {
      member->status = HARK_GROUP_STATUS_GONE;
      member->end = op;
      member->invite = member->join = NULL;
    } else if (op->kind == HARK_GROUP_INVITE) {
      member->invite = op;
      member->join = find_join (log, &member->account, op);
      if (member->join != NULL)
        member->status = HARK_GROUP_STATUS_JOINED;
      else if (member->status == HARK_GROUP_STATUS_GONE)
        member->status = HARK_GROUP_STATUS_INVITED;
    }
  }
  member->role = HARK_GROUP_MEMBER;
  if (hark_key_equal (&member->account, log->founder) && log->founder_left == log->ops->len)
    member->role = HARK_GROUP_FOUNDER;
  else if (is_admin_before (log, &member->account, log->ops->len))
    member->role = HARK_GROUP_ADMIN;
}

/* (transfer full): author -> HarkGroupEntry, borrowed: the newest in which they named themselves.
 */
static GHashTable *
find_names (const HarkGroup *group)
{
  GHashTable *names = g_hash_table_new (hark_key_hash, hark_key_hash_equal);
  HarkGroupEntry *op;
  Ops ops = {.chain = NULL};

  g_hash_table_iter_init (&ops.chains, group->chains);
  while ((op = next_op (&ops)) != NULL) {
    const HarkGroupEntry *known = g_hash_table_lookup (names, &op->author);

    if (op->kind != HARK_GROUP_JOIN && op->kind != HARK_GROUP_VIEW)
      continue;
    if (known == NULL || known->clock < op->clock
        || (known->clock == op->clock && memcmp (known->hash, op->hash, sizeof op->hash) < 0))
      g_hash_table_replace (names, &op->author, op);
  }
  return names;
}

static int
compare_members (const void *a, const void *b)
{
  return memcmp (a, b, sizeof (HarkKey)); /* the account stands first */
}

static void
add_member (HarkGroup *group, GHashTable *known, const HarkKey *account)
{
  if (g_hash_table_add (known, (void *) account))
    g_array_append_vals (group->members, &(HarkGroupMember){.account = *account}, 1);
}

static void
make_members (HarkGroup *group, const Log *log)
{
  g_autoptr (GHashTable) known = g_hash_table_new (hark_key_hash, hark_key_hash_equal);
  g_autoptr (GHashTable) names = find_names (group);
  unsigned active = 0;

  g_array_set_size (group->members, 0);
  add_member (group, known, &group->founder);
  for (guint i = 0; i < log->ops->len; i++)
    if (at (log, i)->kind == HARK_GROUP_INVITE && log->valid[i])
      add_member (group, known, &at (log, i)->account);
  for (guint i = 0; i < group->members->len; i++) {
    HarkGroupMember *member = &g_array_index (group->members, HarkGroupMember, i);
    const HarkGroupEntry *name = g_hash_table_lookup (names, &member->account);

    settle (log, member);
    member->claimed = name != NULL ? name->text : "";
    if (member->status != HARK_GROUP_STATUS_GONE && ++active > HARK_GROUP_ACTIVE_MAX)
      member->status = HARK_GROUP_STATUS_GONE;
  }
  g_array_sort (group->members, compare_members);
}

/* Who is in, with what role, and the name. */
static void
make_view (HarkGroup *group)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (guint i = 0; i < group->members->len; i++) {
    const HarkGroupMember *member = &g_array_index (group->members, HarkGroupMember, i);
    const uint8_t what[] = {(uint8_t) member->status, (uint8_t) member->role};

    if (member->status == HARK_GROUP_STATUS_GONE)
      continue;
    g_byte_array_append (bytes, member->account.bytes, sizeof member->account.bytes);
    g_byte_array_append (bytes, what, sizeof what);
  }
  HARK_HASH (group->view, sizeof group->view, NULL, 0, HARK_DOMAIN_GROUP_VIEW,
             HARK_PART_BYTES (group->id, sizeof group->id),
             HARK_PART_BYTES (bytes->data, bytes->len),
             HARK_PART_BYTES (group->name, strlen (group->name)));
}

/* What holds for all of it: the last one counts. */
static void
set_up (HarkGroup *group, const HarkGroupEntry *op)
{
  if (op->kind == HARK_GROUP_NAME)
    g_strlcpy (group->name, op->text, sizeof group->name);
  if (op->kind == HARK_GROUP_TIMER)
    group->expires_s = op->expires_s;
  if (op->kind == HARK_GROUP_PICTURE) {
    group->has_picture = op->has_picture;
    memcpy (group->picture, op->picture, sizeof group->picture);
  }
}

void
hark_group_update (HarkGroup *group)
{
  Log log = {.founder = &group->founder};

  if (!group->stale)
    return;
  group->stale = false;
  group->name[0] = '\0';
  group->expires_s = 0;
  group->has_picture = false;
  memset (group->picture, 0, sizeof group->picture);
  log.admins = g_hash_table_new (hark_key_hash, hark_key_hash_equal);
  log.about = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, NULL,
                                     (GDestroyNotify) g_array_unref);
  log.ops = g_ptr_array_new ();
  find_admins (group, &log);
  collect (group, &log);
  sort_out (&log);
  log.valid = g_new0 (bool, log.ops->len + 1);
  for (guint i = 0; i < log.ops->len; i++) {
    log.valid[i] = is_valid (&log, i);
    if (log.valid[i])
      set_up (group, at (&log, i));
  }
  make_members (group, &log);
  make_view (group);
  g_free (log.valid);
  g_ptr_array_unref (log.ops);
  g_hash_table_unref (log.about);
  g_hash_table_unref (log.admins);
}

/* ---- questions ---- */

const HarkGroupMember *
hark_group_member (HarkGroup *group, const HarkKey *account)
{
  hark_group_update (group);
  return find (group->members, account);
}

bool
hark_group_has_joined (HarkGroup *group, const HarkKey *account)
{
  const HarkGroupMember *member = hark_group_member (group, account);

  return member != NULL && member->status == HARK_GROUP_STATUS_JOINED;
}

unsigned
hark_group_active (HarkGroup *group)
{
  unsigned n = 0;

  hark_group_update (group);
  for (guint i = 0; i < group->members->len; i++)
    n += g_array_index (group->members, HarkGroupMember, i).status != HARK_GROUP_STATUS_GONE;
  return n;
}

bool
hark_group_may (HarkGroup *group, const HarkKey *author, HarkGroupKind kind, const HarkKey *account)
{
  const HarkGroupMember *member = hark_group_member (group, author);
  const HarkGroupMember *other = account != NULL ? hark_group_member (group, account) : NULL;

  if (member == NULL || member->status != HARK_GROUP_STATUS_JOINED)
    return false;
  switch (kind) {
  case HARK_GROUP_ROLE:
    return member->role == HARK_GROUP_FOUNDER;
  case HARK_GROUP_REMOVE:
    return other != NULL && other->role < member->role;
  case HARK_GROUP_INVITE:
  case HARK_GROUP_NAME:
  case HARK_GROUP_TIMER:
  case HARK_GROUP_PICTURE:
    return member->role >= HARK_GROUP_ADMIN;
  default:
    return true;
  }
}

bool
hark_group_may_write (HarkGroup *group,
                      const HarkKey *author,
                      const uint8_t chain[HARK_GROUP_CHAIN_LEN],
                      uint64_t seq)
{
  const HarkGroupMember *member = hark_group_member (group, author);

  if (member == NULL)
    return false;
  return member->status == HARK_GROUP_STATUS_JOINED
         || (member->status == HARK_GROUP_STATUS_GONE && member->end != NULL
             && is_in_cuts (member->end, chain, seq));
}

const HarkGroupEntry *
hark_group_asking (const HarkGroup *group, const HarkKey *from, const HarkKey *to, int64_t since_ms)
{
  const HarkGroupEntry *newest = NULL;
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, group->chains);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkGroupChain *chain = value;

    if (chain->ops == NULL || !hark_key_equal (&chain->author, from))
      continue;
    for (uint64_t i = 0; i < chain->effective; i++) {
      const HarkGroupEntry *op = g_ptr_array_index (chain->ops, i);

      if (op->kind == HARK_GROUP_INTRODUCE && hark_key_equal (&op->account, to)
          && op->sent_ms >= since_ms && (newest == NULL || newest->clock < op->clock))
        newest = op;
    }
  }
  return newest;
}

/* ---- ways between members ---- */

/* (nullable): who brought @account in, or the founder in their place. */
static const HarkKey *
above (HarkGroup *group, const HarkKey *account)
{
  const HarkGroupMember *member = hark_group_member (group, account);
  const HarkKey *by = member != NULL && member->invite != NULL ? &member->invite->author : NULL;

  if (hark_key_equal (account, &group->founder))
    return NULL;
  return by != NULL && hark_group_has_joined (group, by) ? by : &group->founder;
}

static bool
is_under (HarkGroup *group, const HarkKey *account, const HarkKey *top)
{
  for (unsigned i = 0; account != NULL && i < HARK_GROUP_ACTIVE_MAX; i++) { /* not in circles */
    if (hark_key_equal (account, top))
      return true;
    account = above (group, account);
  }
  return false;
}

bool
hark_group_passes (HarkGroup *group,
                   const HarkKey *by,
                   const HarkKey *author,
                   const HarkKey *reader)
{
  const HarkKey *up = above (group, reader);

  if (up != NULL && hark_key_equal (up, by))
    return !is_under (group, author, reader);
  up = above (group, by);
  return up != NULL && hark_key_equal (up, reader) && is_under (group, author, by);
}
