#include "net/dht/lookup.h"

#include "net/dht/table.h"

#include <string.h>

#define TRIES_MAX 2
#define INNER_SHELLS (HARK_LOOKUP_SHELLS / 2)

void
hark_lookup_init (HarkLookup *lookup,
                  const HarkNodeId *target,
                  unsigned parallel,
                  bool wants_tokens)
{
  memset (lookup, 0, sizeof *lookup);
  lookup->target = *target;
  lookup->parallel = parallel;
  lookup->wants_tokens = wants_tokens;
  lookup->wanted = HARK_LOOKUP_WANTED;
}

void
hark_lookup_set_reach (HarkLookup *lookup, bool strict, uint64_t reach, bool sure)
{
  lookup->strict = strict;
  lookup->sure = sure;
  lookup->reach = reach;
}

/* HARK_LOOKUP_SHELLS: outside, or nothing is known of the reach. */
static unsigned
shell_of (const HarkLookup *lookup, const HarkLookupCandidate *candidate)
{
  uint64_t width = lookup->reach / INNER_SHELLS;
  uint64_t widths;

  if (width == 0 || !candidate->has_id)
    return HARK_LOOKUP_SHELLS;
  widths = hark_distance (&lookup->target, &candidate->id) / width;
  if (widths >= INNER_SHELLS)
    widths = INNER_SHELLS + (widths - INNER_SHELLS) / (HARK_LOOKUP_WIDE - 1);
  return (unsigned) MIN (widths, HARK_LOOKUP_SHELLS);
}

static bool
counts (const HarkLookup *lookup, const HarkLookupCandidate *candidate)
{
  return candidate->verified || !lookup->strict;
}

/* Order of two candidates; unknown ids behind all others. */
static int
compare (const HarkLookup *lookup, const HarkLookupCandidate *a, const HarkLookupCandidate *b)
{
  if (!a->has_id || !b->has_id)
    return (int) b->has_id - (int) a->has_id;
  return hark_node_id_closer (&lookup->target, &a->id, &b->id);
}

static void
insert (HarkLookup *lookup, const HarkLookupCandidate *candidate)
{
  size_t at = lookup->n;

  while (at > 0 && compare (lookup, candidate, &lookup->candidates[at - 1]) < 0)
    at--;
  if (lookup->n == HARK_LOOKUP_CANDIDATES_MAX) {
    if (at == lookup->n)
      return;
    /* The farthest falls out; if it was asked, its slot is free again. */
    lookup->n_asked -= lookup->candidates[--lookup->n].state == HARK_CANDIDATE_ASKED;
  }
  memmove (&lookup->candidates[at + 1], &lookup->candidates[at],
           (lookup->n - at) * sizeof lookup->candidates[0]);
  lookup->candidates[at] = *candidate;
  lookup->n++;
}

static void
take_out (HarkLookup *lookup, size_t at)
{
  lookup->n--;
  memmove (&lookup->candidates[at], &lookup->candidates[at + 1],
           (lookup->n - at) * sizeof lookup->candidates[0]);
}

/* Room for @candidate among those of its shell (of the unverified ones): the farthest that was not
 * asked yet gives way to a closer one. */
static bool
make_room (HarkLookup *lookup, const HarkLookupCandidate *candidate, bool unverified)
{
  unsigned shell = shell_of (lookup, candidate);
  unsigned n = 0, max = unverified ? HARK_LOOKUP_UNVERIFIED_MAX : HARK_LOOKUP_PER_SHELL_MAX;
  size_t farthest = lookup->n;

  for (size_t i = 0; i < lookup->n; i++) {
    const HarkLookupCandidate *other = &lookup->candidates[i];

    if (unverified ? other->verified : shell_of (lookup, other) != shell)
      continue;
    n++;
    if (other->state == HARK_CANDIDATE_NEW)
      farthest = i;
  }
  if (n < max)
    return true;
  if (farthest == lookup->n || compare (lookup, candidate, &lookup->candidates[farthest]) >= 0)
    return false;
  take_out (lookup, farthest);
  return true;
}

void
hark_lookup_add (HarkLookup *lookup, const HarkNodeId *id, const HarkEndpoint *endpoint)
{
  HarkLookupCandidate candidate = {.endpoint = *endpoint, .has_id = id != NULL};

  if (id) {
    candidate.id = *id;
    candidate.verified = hark_node_id_check (id, endpoint);
  }
  for (size_t i = 0; i < lookup->n; i++) {
    const HarkLookupCandidate *known = &lookup->candidates[i];

    if (hark_same_host (&known->endpoint, endpoint)
        || (id && known->has_id && hark_node_id_equal (&known->id, id)))
      return;
  }
  if (id && !counts (lookup, &candidate) && !make_room (lookup, &candidate, true))
    return;
  if (shell_of (lookup, &candidate) < HARK_LOOKUP_SHELLS && !make_room (lookup, &candidate, false))
    return;
  insert (lookup, &candidate);
}

/* Has what the lookup is for. */
static bool
is_useful (const HarkLookup *lookup, const HarkLookupCandidate *candidate)
{
  return candidate->state == HARK_CANDIDATE_ANSWERED
         && (!lookup->wants_tokens || candidate->token_len > 0) && !candidate->lied
         && counts (lookup, candidate);
}

/* What a walk over the candidates has seen so far. */
typedef struct {
  unsigned answered;
  uint64_t wanted_at; /* where the last of the first HARK_LOOKUP_WANTED that answered lies */
  unsigned useful;
  unsigned verified; /* of them */
  unsigned shells[HARK_LOOKUP_SHELLS + 1];
} Count;

/* Steps over @candidate; true when it is one of those that a wide lookup wants. */
static bool
count (const HarkLookup *lookup, const HarkLookupCandidate *candidate, Count *sum)
{
  bool useful = is_useful (lookup, candidate);
  unsigned shell;

  if (candidate->state == HARK_CANDIDATE_ANSWERED && counts (lookup, candidate)
      && ++sum->answered == HARK_LOOKUP_WANTED)
    sum->wanted_at = hark_distance (&lookup->target, &candidate->id);
  sum->useful += useful;
  sum->verified += useful && candidate->verified;
  if (!lookup->wide || !counts (lookup, candidate) || candidate->state == HARK_CANDIDATE_FAILED
      || (candidate->state == HARK_CANDIDATE_ANSWERED && !useful))
    return false;
  shell = shell_of (lookup, candidate);
  return shell < HARK_LOOKUP_SHELLS && sum->shells[shell]++ < HARK_LOOKUP_PER_SHELL;
}

/* Have we been led astray? */
static bool
is_sparse (const HarkLookup *lookup, const Count *sum)
{
  return lookup->sure && lookup->reach > 0 && sum->answered < HARK_LOOKUP_SPARSE_MAX
         && (double) sum->wanted_at > HARK_LOOKUP_SPARSE * (double) lookup->reach;
}

static bool
is_enough (const HarkLookup *lookup, const Count *sum)
{
  if (is_sparse (lookup, sum))
    return false;
  return sum->verified >= lookup->wanted
         || (!lookup->strict && sum->useful >= HARK_LOOKUP_UNVERIFIED_FACTOR * lookup->wanted)
         || (lookup->wants_tokens && sum->answered >= 2 * lookup->wanted
             && 2 * sum->verified >= lookup->wanted);
}

HarkLookupCandidate *
hark_lookup_next (HarkLookup *lookup)
{
  Count sum = {0};
  HarkLookupCandidate *again = NULL;
  HarkLookupCandidate *found = NULL;

  if (lookup->n_asked >= lookup->parallel)
    return NULL;
  for (size_t i = 0; i < lookup->n && !found; i++) {
    HarkLookupCandidate *candidate = &lookup->candidates[i];
    bool enough = is_enough (lookup, &sum);

    if (enough && !lookup->wide)
      break;
    if (!count (lookup, candidate, &sum) && enough)
      continue;
    if (candidate->state == HARK_CANDIDATE_NEW)
      found = candidate;
    else if (candidate->state == HARK_CANDIDATE_LATE && candidate->tries < TRIES_MAX && !again)
      again = candidate;
  }
  /* Only when the whole list does not yield enough is a late one worth a second query. */
  if (!found && !is_enough (lookup, &sum))
    found = again;
  if (found) {
    found->state = HARK_CANDIDATE_ASKED;
    found->tries++;
    lookup->n_asked++;
  }
  return found;
}

HarkLookupCandidate *
hark_lookup_find (HarkLookup *lookup, const HarkEndpoint *endpoint)
{
  for (size_t i = 0; i < lookup->n; i++)
    if (hark_endpoint_equal (&lookup->candidates[i].endpoint, endpoint))
      return &lookup->candidates[i];
  return NULL;
}

static void
leave_asked (HarkLookup *lookup, HarkLookupCandidate *candidate)
{
  lookup->n_asked -= candidate->state == HARK_CANDIDATE_ASKED;
}

void
hark_lookup_answered (HarkLookup *lookup,
                      HarkLookupCandidate *candidate,
                      const uint8_t *id,
                      HarkBytes token)
{
  HarkLookupCandidate moved;
  size_t at = (size_t) (candidate - lookup->candidates);

  leave_asked (lookup, candidate);
  lookup->n_answered += candidate->state != HARK_CANDIDATE_ANSWERED;
  candidate->state = HARK_CANDIDATE_ANSWERED;
  if (token.data && token.len <= sizeof candidate->token) {
    candidate->token_len = token.len;
    memcpy (candidate->token, token.data, token.len);
  }
  /* Its own word on its id, which also puts a bootstrap node in its place. */
  memcpy (candidate->id.bytes, id, HARK_NODE_ID_LEN);
  candidate->has_id = true;
  candidate->verified = hark_node_id_check (&candidate->id, &candidate->endpoint);
  moved = *candidate;
  take_out (lookup, at);
  insert (lookup, &moved);
}

void
hark_lookup_late (HarkLookup *lookup, HarkLookupCandidate *candidate)
{
  if (candidate->state != HARK_CANDIDATE_ASKED)
    return;
  leave_asked (lookup, candidate);
  candidate->state = HARK_CANDIDATE_LATE;
}

void
hark_lookup_failed (HarkLookup *lookup, HarkLookupCandidate *candidate)
{
  if (candidate->state == HARK_CANDIDATE_ANSWERED)
    return;
  leave_asked (lookup, candidate);
  candidate->state = HARK_CANDIDATE_FAILED;
}

void
hark_lookup_lied (HarkLookupCandidate *candidate)
{
  candidate->lied = true;
}

bool
hark_lookup_has_late (const HarkLookup *lookup)
{
  for (size_t i = 0; i < lookup->n; i++)
    if (lookup->candidates[i].state == HARK_CANDIDATE_LATE)
      return true;
  return false;
}

bool
hark_lookup_is_idle (const HarkLookup *lookup)
{
  for (size_t i = 0; i < lookup->n; i++)
    if (lookup->candidates[i].state <= HARK_CANDIDATE_ASKED)
      return false;
  return true;
}

bool
hark_lookup_is_done (const HarkLookup *lookup)
{
  Count sum = {0};

  for (size_t i = 0; i < lookup->n; i++) {
    const HarkLookupCandidate *candidate = &lookup->candidates[i];
    bool enough = is_enough (lookup, &sum);

    if (enough && !lookup->wide)
      break;
    if (!count (lookup, candidate, &sum) && enough)
      continue;
    if (candidate->state == HARK_CANDIDATE_NEW || candidate->state == HARK_CANDIDATE_ASKED)
      return false;
  }
  return is_enough (lookup, &sum) || lookup->n_answered > 0 || !hark_lookup_has_late (lookup);
}

/* Among verified nodes only, unless @everybody. */
static HarkLookupCandidate *
find_write (HarkLookup *lookup, bool everybody, unsigned *ret_chosen)
{
  unsigned chosen = 0;

  for (size_t i = 0; i < lookup->n && chosen < lookup->wanted; i++) {
    HarkLookupCandidate *candidate = &lookup->candidates[i];

    if (candidate->state == HARK_CANDIDATE_NEW || candidate->state == HARK_CANDIDATE_ASKED)
      break;
    if (!is_useful (lookup, candidate) || candidate->token_len == 0)
      continue;
    if (!candidate->verified && !everybody && candidate->write == HARK_WRITE_NONE)
      continue;
    if (candidate->write == HARK_WRITE_NONE)
      return candidate;
    chosen++;
  }
  *ret_chosen = chosen;
  return NULL;
}

/* The closest of every shell. */
static HarkLookupCandidate *
find_wide_write (HarkLookup *lookup)
{
  Count sum = {0};

  for (size_t i = 0; i < lookup->n; i++) {
    HarkLookupCandidate *candidate = &lookup->candidates[i];

    if (count (lookup, candidate, &sum) && candidate->token_len > 0 && is_useful (lookup, candidate)
        && candidate->write == HARK_WRITE_NONE)
      return candidate;
  }
  return NULL;
}

/* Readers who get that far would be told of the older one. */
static HarkLookupCandidate *
find_stale (HarkLookup *lookup)
{
  unsigned n = 0;

  for (size_t i = 0; i < lookup->n && n < HARK_LOOKUP_STALE_MAX; i++) {
    HarkLookupCandidate *candidate = &lookup->candidates[i];

    if (!candidate->stale || candidate->lied || candidate->token_len == 0)
      continue;
    if (candidate->write == HARK_WRITE_NONE)
      return candidate;
    n++;
  }
  return NULL;
}

HarkLookupCandidate *
hark_lookup_next_write (HarkLookup *lookup)
{
  unsigned chosen = 0;
  HarkLookupCandidate *found = find_write (lookup, false, &chosen);

  if (!found && chosen < lookup->wanted && !lookup->strict && hark_lookup_is_done (lookup))
    found = find_write (lookup, true, &chosen);
  if (!found && lookup->wide)
    found = find_wide_write (lookup);
  return found || !hark_lookup_is_done (lookup) ? found : find_stale (lookup);
}

unsigned
hark_lookup_closest (const HarkLookup *lookup, uint64_t *ret, unsigned max)
{
  unsigned n = 0;

  for (size_t i = 0; i < lookup->n && n < max; i++)
    if (lookup->candidates[i].state == HARK_CANDIDATE_ANSWERED
        && counts (lookup, &lookup->candidates[i]))
      ret[n++] = hark_distance (&lookup->target, &lookup->candidates[i].id);
  return n;
}

unsigned
hark_lookup_trail (const HarkLookup *lookup, HarkTrailNode *ret, unsigned max)
{
  unsigned n = 0;

  for (size_t i = 0; i < lookup->n && n < max; i++)
    if (is_useful (lookup, &lookup->candidates[i]))
      ret[n++] = (HarkTrailNode){.id = lookup->candidates[i].id,
                                 .endpoint = lookup->candidates[i].endpoint};
  return n;
}

bool
hark_lookup_is_crowded (const HarkLookup *lookup)
{
  uint64_t distances[HARK_LOOKUP_WANTED];

  return lookup->reach > 0
         && hark_lookup_closest (lookup, distances, HARK_LOOKUP_WANTED) == HARK_LOOKUP_WANTED
         && (double) distances[HARK_LOOKUP_WANTED - 1]
              < (lookup->wary ? 2 : 1) * HARK_LOOKUP_CROWDED * (double) lookup->reach;
}

bool
hark_lookup_is_agreed (const HarkLookup *lookup, int64_t seq)
{
  uint64_t farthest = 0;
  unsigned n = 0;

  for (size_t i = 0; i < lookup->n && n < HARK_LOOKUP_AGREED; i++) {
    const HarkLookupCandidate *candidate = &lookup->candidates[i];

    if (candidate->state == HARK_CANDIDATE_ANSWERED && counts (lookup, candidate)
        && candidate->has_copy && candidate->seq == seq) {
      farthest = hark_distance (&lookup->target, &candidate->id);
      n++;
    }
  }
  return n == HARK_LOOKUP_AGREED && lookup->reach > 0
         && (double) farthest >= HARK_LOOKUP_CROWDED * (double) lookup->reach;
}

void
hark_lookup_want_more (HarkLookup *lookup)
{
  if (lookup->wanted < HARK_LOOKUP_WANTED_MAX)
    lookup->wanted++;
}

unsigned
hark_lookup_own_rank (const HarkLookup *lookup, const HarkNodeId *own_id)
{
  unsigned rank = 0;

  for (size_t i = 0; i < lookup->n; i++)
    rank += lookup->candidates[i].state == HARK_CANDIDATE_ANSWERED
            && hark_node_id_closer (&lookup->target, &lookup->candidates[i].id, own_id) < 0;
  return rank;
}
