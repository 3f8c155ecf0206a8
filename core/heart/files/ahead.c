/* How much of what is given lies in memory: each block counts from when the disk is asked for it
 * until the other side has acknowledged it, or it is dropped. Who reads slowly, or not at all, gets
 * no more read ahead; what is on its way on a long line is theirs on top. */
#include "core/heart/files/files.h"

/* blocks, beside what is on its way */
#define PERSON_MAX 6 /* of one contact; */
#define FIRST_MAX 8  /* for a transfer that has none yet */
#define ALL_MAX 12
#define PERSON_MIN 2 /* whatever others hold */

struct HarkFileAhead {
  unsigned refs;      /* the core's, and one for each block */
  bool closed;        /* the core is gone */
  bool freed;         /* somebody who waits may get a turn */
  GHashTable *takers; /* transfer -> Taker; those with blocks */
  GHashTable *people; /* HarkKey -> Person; those with blocks or requests */
};

typedef struct {
  HarkKey contact;
  unsigned held; /* blocks */
} Taker;

typedef struct {
  unsigned held;
  GQueue waiting; /* HarkDiskRequest, READ */
} Person;

/* Behind the bytes that were read. */
typedef struct {
  HarkFileAhead *ahead;
  uint64_t transfer;
  GBytes *bytes;
} Block;

static void
person_free (void *data)
{
  Person *person = data;

  g_queue_clear_full (&person->waiting, (GDestroyNotify) hark_disk_request_free);
  g_free (person);
}

static void
ahead_unref (HarkFileAhead *ahead)
{
  if (--ahead->refs > 0)
    return;
  g_hash_table_unref (ahead->takers);
  g_hash_table_unref (ahead->people);
  g_free (ahead);
}

void
hark_core_ahead_init (HarkCore *core)
{
  core->ahead = g_new0 (HarkFileAhead, 1);
  core->ahead->refs = 1;
  core->ahead->takers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  core->ahead->people
    = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, g_free, person_free);
}

void
hark_core_ahead_clear (HarkCore *core)
{
  core->ahead->closed = true;
  g_clear_pointer (&core->ahead, ahead_unref);
}

/* ---- counting ---- */

static Person *
need_person (HarkFileAhead *ahead, const HarkKey *contact)
{
  Person *person = g_hash_table_lookup (ahead->people, contact);

  if (person == NULL) {
    person = g_new0 (Person, 1);
    g_queue_init (&person->waiting);
    g_hash_table_insert (ahead->people, g_memdup2 (contact, sizeof *contact), person);
  }
  return person;
}

static void
hold (HarkFileAhead *ahead, Person *person, const HarkFileTransfer *transfer)
{
  Taker *taker = g_hash_table_lookup (ahead->takers, &transfer->id);

  if (taker == NULL) {
    taker = g_new0 (Taker, 1);
    taker->contact = transfer->contact;
    g_hash_table_insert (ahead->takers, g_memdup2 (&transfer->id, sizeof transfer->id), taker);
  }
  taker->held++;
  person->held++;
}

static void
let_go (HarkFileAhead *ahead, uint64_t transfer)
{
  Taker *taker = g_hash_table_lookup (ahead->takers, &transfer);
  Person *person = g_hash_table_lookup (ahead->people, &taker->contact);

  ahead->freed = true;
  if (--person->held == 0 && person->waiting.length == 0)
    g_hash_table_remove (ahead->people, &taker->contact);
  if (--taker->held == 0)
    g_hash_table_remove (ahead->takers, &transfer);
}

static void
on_block_free (void *data)
{
  Block *block = data;

  g_bytes_unref (block->bytes);
  if (!block->ahead->closed)
    let_go (block->ahead, block->transfer);
  ahead_unref (block->ahead);
  g_free (block);
}

void
hark_core_ahead_came (HarkCore *core, HarkDiskReply *reply)
{
  GBytes *bytes = g_steal_pointer (&reply->bytes);
  Block *block;

  if (bytes == NULL) {
    let_go (core->ahead, reply->transfer);
    return;
  }
  block = g_new (Block, 1);
  *block = (Block){.ahead = core->ahead, .transfer = reply->transfer, .bytes = bytes};
  core->ahead->refs++;
  reply->bytes = g_bytes_new_with_free_func (g_bytes_get_data (bytes, NULL),
                                             g_bytes_get_size (bytes), on_block_free, block);
}

/* ---- whose turn ---- */

/* Blocks of @contact that are on their way, and as many that wait behind a loss. */
static unsigned
count_flying (HarkCore *core, const HarkKey *contact)
{
  HarkNetStats stats;

  hark_net_get_stats (core->net, contact, &stats);
  return (unsigned) ((2 * stats.in_flight + HARK_TREE_BLOCK_LEN - 1) / HARK_TREE_BLOCK_LEN);
}

static unsigned
count_idle (HarkCore *core)
{
  unsigned idle = 0;
  GHashTableIter iter;
  void *contact, *value;

  g_hash_table_iter_init (&iter, core->ahead->people);
  while (g_hash_table_iter_next (&iter, &contact, &value)) {
    const unsigned held = ((Person *) value)->held;

    idle += held - MIN (held, count_flying (core, contact));
  }
  return idle;
}

static bool
may_hold (HarkCore *core, const HarkKey *contact, const Person *person)
{
  const unsigned flying = count_flying (core, contact);

  return person->held < flying + PERSON_MIN
         || (person->held < flying + FIRST_MAX && count_idle (core) < ALL_MAX);
}

static bool
may_read (HarkCore *core, const HarkFileTransfer *transfer, const Person *person)
{
  return !g_hash_table_contains (core->ahead->takers, &transfer->id)
         || person->held < count_flying (core, &transfer->contact) + PERSON_MAX;
}

static void
read_block (HarkCore *core,
            Person *person,
            const HarkFileTransfer *transfer,
            HarkDiskRequest *request)
{
  hold (core->ahead, person, transfer);
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_DISK, .disk = request});
}

/* What waits of @person, in turn; those that have something last. */
static void
serve (HarkCore *core, const HarkKey *contact, Person *person)
{
  GList *at = person->waiting.head;

  while (at != NULL && may_hold (core, contact, person)) {
    HarkDiskRequest *request = at->data;
    const HarkFileTransfer *transfer = hark_core_file_find (core, request->transfer);
    GList *next = at->next;

    if (transfer == NULL) { /* its contact was removed */
      g_queue_delete_link (&person->waiting, at);
      hark_disk_request_free (request);
    } else if (may_read (core, transfer, person)) {
      g_queue_delete_link (&person->waiting, at);
      read_block (core, person, transfer, request);
    }
    at = next;
  }
}

void
hark_core_ahead_run (HarkCore *core)
{
  GHashTableIter iter;
  void *contact, *value;

  if (!core->ahead->freed)
    return;
  core->ahead->freed = false;
  g_hash_table_iter_init (&iter, core->ahead->people);
  while (g_hash_table_iter_next (&iter, &contact, &value))
    serve (core, contact, value);
}

void
hark_core_ahead_read (HarkCore *core, const HarkFileTransfer *transfer, HarkDiskRequest *request)
{
  Person *person = need_person (core->ahead, &transfer->contact);

  if (person->waiting.length == 0 && may_hold (core, &transfer->contact, person)
      && may_read (core, transfer, person))
    read_block (core, person, transfer, request);
  else
    g_queue_push_tail (&person->waiting, request);
}

void
hark_core_ahead_drop (HarkCore *core, const HarkFileTransfer *transfer)
{
  Person *person = g_hash_table_lookup (core->ahead->people, &transfer->contact);
  GList *at = person != NULL ? person->waiting.head : NULL;

  while (at != NULL) {
    HarkDiskRequest *request = at->data;
    GList *next = at->next;

    if (request->transfer == transfer->id) {
      g_queue_delete_link (&person->waiting, at);
      hark_disk_request_free (request);
    }
    at = next;
  }
  if (person != NULL && person->held == 0 && person->waiting.length == 0)
    g_hash_table_remove (core->ahead->people, &transfer->contact);
}
