#include "net/dht/lookup.h"

#include "net/dht/table.h"

#include <string.h>

#define TRIES_MAX 2

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
  insert (lookup, &candidate);
}

/* Has what the lookup is for. */
static bool
is_useful (const HarkLookup *lookup, const HarkLookupCandidate *candidate)
{
  return candidate->state == HARK_CANDIDATE_ANSWERED
         && (!lookup->wants_tokens || candidate->token_len > 0);
}

typedef struct {
  unsigned useful;
  unsigned verified; /* of them */
} Count;

static void
count (const HarkLookup *lookup, const HarkLookupCandidate *candidate, Count *sum)
{
  bool useful = is_useful (lookup, candidate);

  sum->useful += useful;
  sum->verified += useful && candidate->verified;
}

static bool
is_enough (const HarkLookup *lookup, const Count *sum)
{
  return sum->verified >= lookup->wanted
         || sum->useful >= HARK_LOOKUP_UNVERIFIED_FACTOR * lookup->wanted;
}

HarkLookupCandidate *
hark_lookup_next (HarkLookup *lookup)
{
  Count sum = {0};
  HarkLookupCandidate *again = NULL;
  HarkLookupCandidate *found = NULL;

  if (lookup->n_asked >= lookup->parallel)
    return NULL;
  for (size_t i = 0; i < lookup->n && !is_enough (lookup, &sum) && !found; i++) {
    HarkLookupCandidate *candidate = &lookup->candidates[i];

    count (lookup, candidate, &sum);
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
  lookup->n--;
  memmove (candidate, candidate + 1, (lookup->n - at) * sizeof *candidate);
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

bool
hark_lookup_has_late (const HarkLookup *lookup)
{
  for (size_t i = 0; i < lookup->n; i++)
    if (lookup->candidates[i].state == HARK_CANDIDATE_LATE)
      return true;
  return false;
}

bool
hark_lookup_is_done (const HarkLookup *lookup)
{
  Count sum = {0};

  for (size_t i = 0; i < lookup->n && !is_enough (lookup, &sum); i++) {
    const HarkLookupCandidate *candidate = &lookup->candidates[i];

    if (candidate->state == HARK_CANDIDATE_NEW || candidate->state == HARK_CANDIDATE_ASKED)
      return false;
    count (lookup, candidate, &sum);
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

HarkLookupCandidate *
hark_lookup_next_write (HarkLookup *lookup)
{
  unsigned chosen = 0;
  HarkLookupCandidate *found = find_write (lookup, false, &chosen);

  if (found || chosen >= lookup->wanted || !hark_lookup_is_done (lookup))
    return found;
  return find_write (lookup, true, &chosen);
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
