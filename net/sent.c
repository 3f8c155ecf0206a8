#include "net/sent.h"

#include "net/base/domain.h"

#include <glib.h>
#include <math.h>
#include <sodium.h>
#include <string.h>

void
hark_sent_init (HarkSent *sent, const uint8_t seed[32])
{
  memset (sent, 0, sizeof *sent);
  sent->seen_last = -1;
  crypto_generichash (sent->key, sizeof sent->key, seed, 32, (const uint8_t *) HARK_DOMAIN_SENT,
                      strlen (HARK_DOMAIN_SENT));
}

static void
count (HarkSent *sent, HarkSentKind kind, uint64_t packets, size_t len)
{
  sent->counts[kind].packets += packets;
  sent->counts[kind].bytes += len;
}

static void
see (HarkSent *sent, const HarkEndpoint *to)
{
  uint8_t hash[crypto_shorthash_BYTES];
  unsigned bit;

  G_STATIC_ASSERT (sizeof sent->key == crypto_shorthash_KEYBYTES);
  G_STATIC_ASSERT (HARK_SENT_SEEN <= 1 << 16);
  crypto_shorthash (hash, to->ip, hark_endpoint_ip_len (to), sent->key);
  bit = (unsigned) (hash[0] << 8 | hash[1]) % HARK_SENT_SEEN;
  if (sent->seen[bit / 8] >> bit % 8 & 1)
    return;
  sent->seen[bit / 8] |= (uint8_t) (1u << bit % 8);
  sent->n_seen++;
  sent->seen_last = (int) bit;
}

static HarkSentKind
kind_of (const HarkEndpoint *to)
{
  return to && hark_endpoint_scope (to) == HARK_SCOPE_PUBLIC ? HARK_SENT_INTERNET : HARK_SENT_LOCAL;
}

void
hark_sent_datagram (HarkSent *sent, const HarkEndpoint *to, size_t len)
{
  HarkSentKind kind = kind_of (to);

  sent->seen_last = -1;
  count (sent, kind, 1, len);
  if (kind == HARK_SENT_INTERNET)
    see (sent, to);
}

void
hark_sent_take_back (HarkSent *sent, const HarkEndpoint *to, size_t len)
{
  HarkSentCount *of_kind = &sent->counts[kind_of (to)];

  of_kind->packets -= MIN (of_kind->packets, 1);
  of_kind->bytes -= MIN (of_kind->bytes, len);
  if (sent->seen_last < 0)
    return;
  sent->seen[sent->seen_last / 8] &= (uint8_t) ~(1u << sent->seen_last % 8);
  sent->n_seen--;
  sent->seen_last = -1;
}

void
hark_sent_packets (HarkSent *sent, size_t len, size_t segment)
{
  count (sent, HARK_SENT_PEOPLE, segment ? (len + segment - 1) / segment : 1, len);
}

unsigned
hark_sent_hosts (const HarkSent *sent)
{
  double free_bits = MAX (HARK_SENT_SEEN - sent->n_seen, 1);

  return (unsigned) lround (HARK_SENT_SEEN * log (HARK_SENT_SEEN / free_bits));
}
