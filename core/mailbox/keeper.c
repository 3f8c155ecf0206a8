#include "core/mailbox/keeper.h"

#include "net/base/token-bucket.h"

#include <sodium.h>
#include <string.h>

#define MIB (UINT64_C (1024) * 1024)

const HarkKeeperLimits hark_keeper_of_friend = {
  .deposits_of_one = 1000,
  .deposits = 10000,
  .bytes_of_one = 16 * MIB,
  .bytes = 128 * MIB,
  .rate = 20,
  .burst = 1000,
};
const HarkKeeperLimits hark_keeper_of_node = {
  .deposits_of_one = 10000,
  .deposits = 100000,
  .bytes_of_one = 128 * MIB,
  .bytes = 1024 * MIB,
  .rate = 100,
  .burst = 10000,
};

typedef struct {
  unsigned deposits;
  uint64_t bytes;
  HarkTokenBucket rate;
} Depositor;

struct HarkKeeper {
  HarkKeeperLimits limits;
  GHashTable *by_id;      /* id -> HarkKeptDeposit, owned */
  GTree *by_number;       /* number -> HarkKeptDeposit */
  GHashTable *slots;      /* tag -> GPtrArray of HarkKeptDeposit, by number */
  GHashTable *depositors; /* HarkKey -> Depositor */
  uint64_t last;          /* number */
  uint64_t bytes;
};

static guint
hash_16 (const void *bytes)
{
  guint value;

  memcpy (&value, bytes, sizeof value); /* keyed hashes and random bytes all */
  return value;
}

static gboolean
equal_16 (const void *a, const void *b)
{
  return memcmp (a, b, 16) == 0;
}

static int
compare_numbers (const void *a, const void *b, void *data)
{
  uint64_t x = *(const uint64_t *) a, y = *(const uint64_t *) b;

  (void) data;
  return (x > y) - (x < y);
}

HarkKeeper *
hark_keeper_new (const HarkKeeperLimits *limits)
{
  HarkKeeper *keeper = g_new0 (HarkKeeper, 1);

  keeper->limits = *limits;
  keeper->by_id = g_hash_table_new_full (hash_16, equal_16, NULL, g_free);
  keeper->by_number = g_tree_new_full (compare_numbers, NULL, NULL, NULL);
  keeper->slots
    = g_hash_table_new_full (hash_16, equal_16, g_free, (GDestroyNotify) g_ptr_array_unref);
  keeper->depositors = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, g_free, g_free);
  return keeper;
}

void
hark_keeper_free (HarkKeeper *keeper)
{
  if (keeper == NULL)
    return;
  g_hash_table_unref (keeper->slots);
  g_tree_unref (keeper->by_number);
  g_hash_table_unref (keeper->by_id);
  g_hash_table_unref (keeper->depositors);
  g_free (keeper);
}

static Depositor *
find_depositor (HarkKeeper *keeper, const HarkKey *account, HarkTime now)
{
  Depositor *depositor = g_hash_table_lookup (keeper->depositors, account);

  if (depositor == NULL) {
    depositor = g_new0 (Depositor, 1);
    hark_token_bucket_init (&depositor->rate, keeper->limits.rate, keeper->limits.burst, now);
    g_hash_table_insert (keeper->depositors, g_memdup2 (account, sizeof *account), depositor);
  }
  return depositor;
}

static void
insert (HarkKeeper *keeper, const HarkKeptDeposit *given, Depositor *depositor)
{
  HarkKeptDeposit *deposit = g_memdup2 (given, sizeof *given);
  GPtrArray *slot = g_hash_table_lookup (keeper->slots, deposit->tag);

  if (slot == NULL) {
    slot = g_ptr_array_new ();
    g_hash_table_insert (keeper->slots, g_memdup2 (deposit->tag, sizeof deposit->tag), slot);
  }
  g_ptr_array_add (slot, deposit);
  g_hash_table_insert (keeper->by_id, deposit->id, deposit);
  g_tree_insert (keeper->by_number, &deposit->number, deposit);
  keeper->last = MAX (keeper->last, deposit->number);
  keeper->bytes += deposit->len;
  depositor->deposits++;
  depositor->bytes += deposit->len;
}

void
hark_keeper_load (HarkKeeper *keeper, const HarkKeptDeposit *deposit)
{
  if (!g_hash_table_contains (keeper->by_id, deposit->id))
    insert (keeper, deposit, find_depositor (keeper, &deposit->depositor, 0));
}

HarkKeeperAnswer
hark_keeper_take (HarkKeeper *keeper,
                  const HarkKeptDeposit *deposit,
                  HarkTime now,
                  bool *ret_fresh,
                  uint64_t *ret_number)
{
  const HarkKeeperLimits *limits = &keeper->limits;
  HarkKeptDeposit taken = *deposit;
  Depositor *depositor;

  *ret_fresh = false;
  if (deposit->len < HARK_MAIL_PLAIN_MIN + HARK_MAIL_OVERHEAD
      || deposit->len > HARK_MAIL_SEALED_MAX)
    return HARK_KEEPER_SIZE;
  if (g_hash_table_contains (keeper->by_id, deposit->id))
    return HARK_KEEPER_HELD;
  depositor = find_depositor (keeper, &deposit->depositor, now);
  if (depositor->deposits >= limits->deposits_of_one
      || depositor->bytes + deposit->len > limits->bytes_of_one)
    return HARK_KEEPER_SHARE;
  if (g_hash_table_size (keeper->by_id) >= limits->deposits
      || keeper->bytes + deposit->len > limits->bytes)
    return HARK_KEEPER_FULL;
  if (!hark_token_bucket_take (&depositor->rate, 1, now))
    return HARK_KEEPER_RATE;
  taken.number = keeper->last + 1;
  insert (keeper, &taken, depositor);
  *ret_fresh = true;
  *ret_number = taken.number;
  return HARK_KEEPER_HELD;
}

/* The place in @slot of the first deposit with a number above @after: they lie in order. */
static guint
first_after (const GPtrArray *slot, uint64_t after)
{
  guint low = 0, high = slot->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (((const HarkKeptDeposit *) slot->pdata[middle])->number > after)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static int
compare_deposits (const void *a, const void *b)
{
  const HarkKeptDeposit *x = *(const HarkKeptDeposit *const *) a;
  const HarkKeptDeposit *y = *(const HarkKeptDeposit *const *) b;

  return (x->number > y->number) - (x->number < y->number);
}

size_t
hark_keeper_find (const HarkKeeper *keeper,
                  const uint8_t (*tags)[HARK_MAIL_TAG_LEN],
                  size_t n,
                  uint64_t after,
                  const HarkKeptDeposit *ret[HARK_KEEPER_ROUND],
                  bool *ret_more)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  size_t bytes = 0, given = 0;
  guint at;

  for (size_t i = 0; i < n; i++) {
    const GPtrArray *slot = g_hash_table_lookup (keeper->slots, tags[i]);
    guint from = slot ? first_after (slot, after) : 0;

    /* more than a round of one slot is never handed out */
    for (guint end = slot ? MIN (slot->len, from + HARK_KEEPER_ROUND + 1) : 0; from < end; from++)
      g_ptr_array_add (found, slot->pdata[from]);
  }
  g_ptr_array_sort (found, compare_deposits);
  for (at = 0; at < found->len && given < HARK_KEEPER_ROUND; at++) {
    const HarkKeptDeposit *deposit = found->pdata[at];

    if (given > 0 && bytes + deposit->len > HARK_KEEPER_ROUND_BYTES)
      break;
    if (given > 0 && ret[given - 1] == deposit)
      continue; /* asked for twice */
    bytes += deposit->len;
    ret[given++] = deposit;
  }
  *ret_more = at < found->len;
  return given;
}

bool
hark_keeper_remove (HarkKeeper *keeper,
                    const uint8_t id[HARK_MAIL_ID_LEN],
                    const uint8_t receipt[HARK_MAIL_RECEIPT_LEN])
{
  const HarkKeptDeposit *deposit = g_hash_table_lookup (keeper->by_id, id);
  uint8_t lock[HARK_MAIL_LOCK_LEN];

  hark_mail_lock (receipt, lock);
  if (deposit == NULL || sodium_memcmp (lock, deposit->lock, sizeof lock) != 0)
    return false;
  hark_keeper_drop (keeper, id);
  return true;
}

void
hark_keeper_drop (HarkKeeper *keeper, const uint8_t id[HARK_MAIL_ID_LEN])
{
  HarkKeptDeposit *deposit = g_hash_table_lookup (keeper->by_id, id);
  Depositor *depositor;
  GPtrArray *slot;

  if (deposit == NULL)
    return;
  depositor = g_hash_table_lookup (keeper->depositors, &deposit->depositor);
  depositor->deposits--;
  depositor->bytes -= deposit->len;
  keeper->bytes -= deposit->len;
  slot = g_hash_table_lookup (keeper->slots, deposit->tag);
  g_ptr_array_remove (slot, deposit);
  if (slot->len == 0)
    g_hash_table_remove (keeper->slots, deposit->tag);
  g_tree_remove (keeper->by_number, &deposit->number);
  g_hash_table_remove (keeper->by_id, deposit->id);
}

typedef struct {
  int64_t wall_ms;
  const HarkKeptDeposit *first; /* that was made by a clock that may be right */
} Oldest;

/* Oldest first. What came while the clock was ahead would stay until then, and all behind it: it is
 * as new as can be. */
static gboolean
look_at (void *key, void *value, void *data)
{
  HarkKeptDeposit *deposit = value;
  Oldest *oldest = data;
  const bool ahead = deposit->made_ms > oldest->wall_ms + HARK_KEEPER_LIFE_MS;

  (void) key;
  if (ahead)
    deposit->made_ms = oldest->wall_ms;
  else
    oldest->first = deposit;
  return !ahead;
}

bool
hark_keeper_expire (HarkKeeper *keeper, int64_t wall_ms, uint8_t ret[HARK_MAIL_ID_LEN])
{
  Oldest oldest = {.wall_ms = wall_ms};

  g_tree_foreach (keeper->by_number, look_at, &oldest);
  if (oldest.first == NULL || oldest.first->made_ms > wall_ms - HARK_KEEPER_LIFE_MS)
    return false;
  memcpy (ret, oldest.first->id, HARK_MAIL_ID_LEN);
  hark_keeper_drop (keeper, ret);
  return true;
}

unsigned
hark_keeper_count (const HarkKeeper *keeper, uint64_t *ret_bytes)
{
  if (ret_bytes != NULL)
    *ret_bytes = keeper->bytes;
  return g_hash_table_size (keeper->by_id);
}

const char *
hark_keeper_explain (HarkKeeperAnswer answer)
{
  switch (answer) {
  case HARK_KEEPER_HELD:
    return "keeps it";
  case HARK_KEEPER_FULL:
    return "has no more room";
  case HARK_KEEPER_SHARE:
    return "keeps as much of yours as it will";
  case HARK_KEEPER_RATE:
    return "takes more later";
  case HARK_KEEPER_SIZE:
    return "takes nothing of that size";
  case HARK_KEEPER_TICKET:
    return "keeps nothing for them any more";
  case HARK_KEEPER_DISK:
  default:
    return "cannot write to its disk";
  }
}
