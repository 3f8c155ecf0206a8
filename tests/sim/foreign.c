#include "tests/sim/foreign.h"

#include "net/dht/krpc.h"
#include "net/dht/state.h"

#include <string.h>

void
hark_foreign_init (HarkForeign *foreign, HarkForeignKind kind, HarkTime now)
{
  memset (foreign, 0, sizeof *foreign);
  foreign->kind = kind;
  hark_token_bucket_init (&foreign->bytes, HARK_FOREIGN_RATE, HARK_FOREIGN_BURST, now);
}

/* Counts a packet; false: the source is banned. The least busy source makes room for a new one. */
static bool
count (HarkForeign *foreign, const HarkEndpoint *from, HarkTime now)
{
  HarkForeignSource *known = NULL;
  HarkForeignSource *least = &foreign->sources[0];

  for (unsigned i = 0; i < HARK_FOREIGN_SOURCES && !known; i++) {
    HarkForeignSource *source = &foreign->sources[i];

    if (source->packets && hark_endpoint_same_ip (&source->source, from))
      known = source;
    if (source->packets < least->packets
        || (source->packets == least->packets && source->until < least->until))
      least = source;
  }
  if (!known) {
    *least = (HarkForeignSource){.source = *from, .packets = 1, .until = now + HARK_FOREIGN_WINDOW};
    return true;
  }
  known->packets++;
  if (now >= known->until) {
    known->packets = 1;
    known->until = now + HARK_FOREIGN_WINDOW;
  } else if (known->packets == HARK_FOREIGN_PACKETS) {
    known->until = now + HARK_FOREIGN_BAN;
  }
  return known->packets < HARK_FOREIGN_PACKETS;
}

static bool
has (const uint8_t *bytes, size_t len, const char *text)
{
  return memmem (bytes, len, text, strlen (text)) != NULL;
}

HarkForeignVerdict
hark_foreign_receive (
  HarkForeign *foreign, const HarkEndpoint *from, const uint8_t *bytes, size_t len, HarkTime now)
{
  bool unknown;

  if (!count (foreign, from, now)) {
    foreign->dropped++;
    return HARK_FOREIGN_DROP;
  }
  if (foreign->kind == HARK_FOREIGN_MODERN)
    return HARK_FOREIGN_TAKE;
  /* "ro" may come between method and transaction */
  unknown = has (bytes, len, "e1:q3:get") || has (bytes, len, "e1:q3:put")
            || has (bytes, len, "e1:q7:hk_");
  if (!unknown)
    return HARK_FOREIGN_TAKE;
  return foreign->kind == HARK_FOREIGN_OLD ? HARK_FOREIGN_REFUSE : HARK_FOREIGN_DROP;
}

void
hark_foreign_trust (HarkDht *dht, const HarkEndpoint *from, HarkTime now)
{
  hark_limits_source (&dht->limits, from, now)->proven_until = now + HARK_SECOND;
}

bool
hark_foreign_send (HarkForeign *foreign, size_t len, HarkTime now)
{
  bool may = hark_token_bucket_take (&foreign->bytes, (double) len, now);

  foreign->dropped += !may;
  return may;
}

size_t
hark_foreign_refusal (const uint8_t *bytes, size_t len, uint8_t ret[100])
{
  static const char text[] = "Method Unknown";
  HarkKrpc query;
  HarkKrpc answer = {
    .kind = HARK_KRPC_ERROR,
    .code = HARK_KRPC_ERROR_UNKNOWN_METHOD,
    .message = {(const uint8_t *) text, sizeof text - 1}
  };

  if (!hark_krpc_parse (bytes, len, &query) || query.kind != HARK_KRPC_QUERY)
    return 0;
  answer.transaction = query.transaction;
  return hark_krpc_write (&answer, NULL, 0, ret, 100);
}
