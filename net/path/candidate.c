/* net/path/candidate.c - how one end of a path is put into bytes. Layout: net/PROTOCOL.md
 * "Candidates". */
#include "net/path/path.h"

#include "net/base/reader.h"
#include "net/base/writer.h"

#include <glib.h>

#include <string.h>

#define FLAG_COMPLETE 1u
#define FLAG_HARD 2u
#define HEAD_LEN (2 + HARK_UFRAG_LEN + HARK_PASSWORD_LEN)
#define CANDIDATE_HEAD_LEN 6     /* kind, family, priority */
#define KIND_RELAY 4             /* a candidate, and behind it a channel and a key */
#define PRIORITY_MAX 0x7fffffffu /* RFC 8445 section 5.1.2 */
#define PORT_FREE_MIN 1024       /* below it live services that we must not be made to knock at */

/* The alphabet of RFC 8445 section 5.3. */
static bool
is_ice_text (const uint8_t *text, size_t len)
{
  for (size_t i = 0; i < len; i++) {
    uint8_t c = text[i];

    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+'
          || c == '/'))
      return false;
  }
  return true;
}

/* Index of the candidate with the highest priority that is not written yet. */
static size_t
next_by_priority (const HarkPathDescription *description, uint32_t written)
{
  size_t best = HARK_CANDIDATES_MAX;

  for (size_t i = 0; i < description->n_candidates; i++) {
    if (written & 1u << i)
      continue;
    if (best == HARK_CANDIDATES_MAX
        || description->candidates[i].priority > description->candidates[best].priority)
      best = i;
  }
  return best;
}

static bool
write_candidate (HarkWriter *writer, const HarkCandidate *candidate)
{
  uint8_t compact[18];
  size_t len = hark_endpoint_to_compact (&candidate->endpoint, compact);

  if (len == 0 || writer->size - writer->len < CANDIDATE_HEAD_LEN + len)
    return false;
  hark_writer_u8 (writer, (uint8_t) candidate->kind);
  hark_writer_u8 (writer, candidate->endpoint.family);
  hark_writer_u32 (writer, candidate->priority);
  hark_writer_bytes (writer, compact, len);
  return true;
}

static bool
write_relay (HarkWriter *writer, const HarkPathRelay *relay)
{
  HarkCandidate candidate
    = {.kind = (HarkCandidateKind) KIND_RELAY, .priority = 1, .endpoint = relay->endpoint};
  size_t len = CANDIDATE_HEAD_LEN + (relay->endpoint.family == 4 ? 6 : 18);

  if (writer->size - writer->len < len + sizeof relay->channel + sizeof relay->key
      || !write_candidate (writer, &candidate))
    return false;
  hark_writer_bytes (writer, relay->channel, sizeof relay->channel);
  hark_writer_bytes (writer, relay->key, sizeof relay->key);
  return true;
}

size_t
hark_path_description_write (const HarkPathDescription *description, uint8_t *ret, size_t size)
{
  HarkWriter writer;
  uint32_t written = 0; /* a bit for each candidate dealt with */
  uint8_t n = 0;
  bool all;

  g_assert (description->n_candidates <= HARK_CANDIDATES_MAX
            && description->n_relays <= HARK_PATH_RELAYS_MAX);
  if (size < HEAD_LEN)
    return 0;

  hark_writer_init (&writer, ret, size);
  hark_writer_zeros (&writer, 2);
  hark_writer_bytes (&writer, description->ufrag, HARK_UFRAG_LEN);
  hark_writer_bytes (&writer, description->password, HARK_PASSWORD_LEN);
  for (uint8_t i = 0; i < description->n_candidates; i++) {
    size_t at = next_by_priority (description, written);

    written |= 1u << at;
    if (write_candidate (&writer, &description->candidates[at]))
      n++;
  }
  for (uint8_t i = 0; i < description->n_relays; i++)
    n += write_relay (&writer, &description->relays[i]);

  all = n == description->n_candidates + description->n_relays;
  ret[0] = (description->complete && all ? FLAG_COMPLETE : 0) | (description->hard ? FLAG_HARD : 0);
  ret[1] = n;
  return writer.len;
}

/* Would an honest peer offer this one, and may it be checked? */
static bool
is_acceptable (const HarkCandidate *candidate, bool allow_loopback)
{
  const HarkEndpoint *endpoint = &candidate->endpoint;

  if (candidate->kind != HARK_CANDIDATE_HOST && candidate->kind != HARK_CANDIDATE_SERVER_REFLEXIVE
      && candidate->kind != HARK_CANDIDATE_TCP_PASSIVE && candidate->kind != KIND_RELAY)
    return false;
  if (candidate->priority == 0 || candidate->priority > PRIORITY_MAX)
    return false;
  if (endpoint->port < PORT_FREE_MIN && endpoint->port != 443 && endpoint->port != 3478)
    return false;

  switch (hark_endpoint_scope (endpoint)) {
  case HARK_SCOPE_NONE:
    return false;
  case HARK_SCOPE_LOOPBACK:
    return allow_loopback;
  case HARK_SCOPE_LINK_LOCAL: /* reached from own addresses of the kind only */
  case HARK_SCOPE_PRIVATE:
  case HARK_SCOPE_PUBLIC:
    return true;
  }
  return false;
}

/* Not twice the same place, nor too many ports of one address. */
static bool
has_room_for (const HarkPathDescription *description, const HarkEndpoint *endpoint)
{
  unsigned same_ip = 0;

  for (size_t i = 0; i < description->n_candidates; i++) {
    if (hark_endpoint_equal (&description->candidates[i].endpoint, endpoint))
      return false;
    same_ip += hark_endpoint_same_ip (&description->candidates[i].endpoint, endpoint)
               && description->candidates[i].endpoint.tcp == endpoint->tcp;
  }
  return same_ip < HARK_CANDIDATES_SAME_IP_MAX;
}

/* False only when the family, and with it the length, is unknown. */
static bool
read_candidate (HarkReader *reader, HarkCandidate *ret)
{
  uint8_t family;
  const uint8_t *compact;
  size_t len;

  ret->kind = (HarkCandidateKind) hark_reader_u8 (reader);
  family = hark_reader_u8 (reader);
  ret->priority = hark_reader_u32 (reader);
  if (family != 4 && family != 6)
    return false;
  len = family == 4 ? 6 : 18;
  compact = hark_reader_borrow (reader, len);
  if (!compact || !hark_endpoint_from_compact (compact, len, &ret->endpoint))
    return false;
  ret->endpoint.tcp = ret->kind == HARK_CANDIDATE_TCP_PASSIVE;
  return true;
}

/* What stands behind a candidate of KIND_RELAY. */
static void
read_relay (HarkReader *reader,
            const HarkCandidate *candidate,
            bool acceptable,
            HarkPathDescription *description)
{
  HarkPathRelay relay = {.endpoint = candidate->endpoint};

  hark_reader_copy (reader, relay.channel, sizeof relay.channel);
  hark_reader_copy (reader, relay.key, sizeof relay.key);
  if (acceptable && description->n_relays < HARK_PATH_RELAYS_MAX)
    description->relays[description->n_relays++] = relay;
}

void
hark_path_description_leave_link (HarkPathDescription *description)
{
  uint8_t kept = 0;

  for (uint8_t i = 0; i < description->n_candidates; i++)
    if (hark_endpoint_scope (&description->candidates[i].endpoint) != HARK_SCOPE_LINK_LOCAL)
      description->candidates[kept++] = description->candidates[i];
  description->n_candidates = kept;
}

bool
hark_path_description_read (const uint8_t *data,
                            size_t len,
                            bool allow_loopback,
                            HarkPathDescription *ret)
{
  HarkPathDescription description = {0};
  HarkReader reader;
  uint8_t flags, n;
  unsigned n_candidates = 0;

  hark_reader_init (&reader, data, len);
  flags = hark_reader_u8 (&reader);
  n = hark_reader_u8 (&reader);
  hark_reader_copy (&reader, description.ufrag, HARK_UFRAG_LEN);
  hark_reader_copy (&reader, description.password, HARK_PASSWORD_LEN);
  if (!hark_reader_is_ok (&reader) || (flags & ~(FLAG_COMPLETE | FLAG_HARD))
      || n > HARK_CANDIDATES_MAX + HARK_PATH_RELAYS_MAX
      || !is_ice_text ((const uint8_t *) description.ufrag, HARK_UFRAG_LEN)
      || !is_ice_text ((const uint8_t *) description.password, HARK_PASSWORD_LEN))
    return false;

  for (uint8_t i = 0; i < n; i++) {
    HarkCandidate candidate = {0};
    bool acceptable;

    if (!read_candidate (&reader, &candidate))
      return false;
    acceptable = is_acceptable (&candidate, allow_loopback);
    if (candidate.kind == (HarkCandidateKind) KIND_RELAY)
      read_relay (&reader, &candidate, acceptable, &description);
    else if (++n_candidates > HARK_CANDIDATES_MAX)
      return false;
    else if (acceptable && has_room_for (&description, &candidate.endpoint))
      description.candidates[description.n_candidates++] = candidate;
  }
  if (!hark_reader_is_done (&reader))
    return false;

  description.complete = flags & FLAG_COMPLETE;
  description.hard = flags & FLAG_HARD;
  *ret = description;
  return true;
}
