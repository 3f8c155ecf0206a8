#define G_LOG_DOMAIN "hark-relay"

#include "net/relay/host.h"

#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/locked.h"
#include "net/base/token-bucket.h"

#include <string.h>

#define COOKIE_PERIOD (2 * HARK_MINUTE)
#define CHECKS_RATE 500 /* macs a second */
#define CHECKS_BURST 500
#define OUTPUTS_MAX 256
#define DAY_S 86400.0

typedef struct {
  bool there;
  HarkEndpoint from;
  HarkTime seen;
  HarkTokenBucket bucket; /* of what it sends */
} End;

typedef struct {
  uint8_t id[HARK_RELAY_HOST_CHANNEL_LEN];
  uint32_t number;
  End ends[2];
} Channel;

struct HarkRelayHost {
  HarkSecret secret;
  HarkRng rng;
  uint8_t cookie_secrets[2][32]; /* now, and before */
  HarkTime cookie_change;
  HarkTokenBucket checks, total, quota;
  GArray *channels; /* Channel */
  GQueue outputs;   /* HarkRelayHostOutput */
  uint64_t bytes, dropped;
};

HarkRelayHost *
hark_relay_host_new (const HarkSecret *secret, HarkRng *rng, HarkTime now)
{
  HarkRelayHost *host = hark_locked_new0 (HarkRelayHost);
  double total = (double) HARK_RELAY_HOST_TOTAL * HARK_RELAY_HOST_RATE;

  host->secret = *secret;
  hark_rng_fork (rng, &host->rng);
  hark_rng_bytes (&host->rng, host->cookie_secrets, sizeof host->cookie_secrets);
  host->cookie_change = hark_time_add (now, COOKIE_PERIOD);
  hark_token_bucket_init (&host->checks, CHECKS_RATE, CHECKS_BURST, now);
  hark_token_bucket_init (&host->total, total, total / 2, now);
  hark_token_bucket_init (&host->quota, HARK_RELAY_HOST_QUOTA / DAY_S, HARK_RELAY_HOST_QUOTA, now);
  host->channels = g_array_new (FALSE, FALSE, sizeof (Channel));
  g_queue_init (&host->outputs);
  return host;
}

void
hark_relay_host_free (HarkRelayHost *host)
{
  if (!host)
    return;
  g_array_unref (host->channels);
  g_queue_clear_full (&host->outputs, g_free);
  hark_rng_clear (&host->rng);
  hark_locked_free (host);
}

static Channel *
channel_at (const HarkRelayHost *host, guint i)
{
  return &g_array_index (host->channels, Channel, i);
}

/* Its index; channels->len: there is none. */
static guint
find_channel (const HarkRelayHost *host, const uint8_t *id)
{
  guint i = 0;

  while (i < host->channels->len
         && memcmp (channel_at (host, i)->id, id, HARK_RELAY_HOST_CHANNEL_LEN) != 0)
    i++;
  return i;
}

static Channel *
find_number (const HarkRelayHost *host, uint32_t number)
{
  for (guint i = 0; i < host->channels->len; i++)
    if (channel_at (host, i)->number == number)
      return channel_at (host, i);
  return NULL;
}

/* ---- out ------------------------------------------------------------------------- */

static void
say (HarkRelayHost *host, const HarkEndpoint *to, const HarkRelayHostPacket *packet)
{
  uint8_t key[HARK_RELAY_HOST_KEY_LEN];
  HarkRelayHostOutput *output;

  if (host->outputs.length >= OUTPUTS_MAX) {
    host->dropped++;
    return;
  }
  output = g_new0 (HarkRelayHostOutput, 1);
  output->to = *to;
  hark_relay_host_key (&host->secret, packet->channel, packet->end, key);
  hark_relay_host_packet_write (packet, key, output->bytes);
  sodium_memzero (key, sizeof key);
  g_queue_push_tail (&host->outputs, output);
}

static void
say_ready (HarkRelayHost *host, const Channel *channel, unsigned end)
{
  HarkRelayHostPacket packet = {.kind = HARK_RELAY_HOST_READY,
                                .end = (HarkRelayHostEnd) end,
                                .number = channel->number,
                                .rate = HARK_RELAY_HOST_RATE,
                                .other = channel->ends[1 - end].there};

  memcpy (packet.channel, channel->id, sizeof packet.channel);
  if (channel->ends[end].there)
    say (host, &channel->ends[end].from, &packet);
}

/* ---- cookies --------------------------------------------------------------------- */

static void
make_cookie (const uint8_t secret[32],
             const HarkEndpoint *from,
             const HarkRelayHostPacket *packet,
             uint8_t ret[HARK_RELAY_HOST_COOKIE_LEN])
{
  uint8_t tcp = from->tcp, end = (uint8_t) packet->end;

  HARK_HASH (ret, HARK_RELAY_HOST_COOKIE_LEN, secret, 32, HARK_DOMAIN_RELAY_COOKIE,
             HARK_PART (&from->family), HARK_PART (&from->ip), HARK_PART (&from->port),
             HARK_PART (&tcp), HARK_PART (&end), HARK_PART (&packet->channel));
}

static void
change_cookies (HarkRelayHost *host, HarkTime now)
{
  if (now < host->cookie_change)
    return;
  memcpy (host->cookie_secrets[1], host->cookie_secrets[0], sizeof host->cookie_secrets[1]);
  if (hark_time_since (now, host->cookie_change) >= COOKIE_PERIOD) /* neither is young enough */
    hark_rng_bytes (&host->rng, host->cookie_secrets[1], sizeof host->cookie_secrets[1]);
  hark_rng_bytes (&host->rng, host->cookie_secrets[0], sizeof host->cookie_secrets[0]);
  host->cookie_change = hark_time_add (now, COOKIE_PERIOD);
}

/* Is the sender where it says? If not, it is told how to show it. */
static bool
has_cookie (HarkRelayHost *host,
            const HarkEndpoint *from,
            const HarkRelayHostPacket *packet,
            HarkTime now)
{
  HarkRelayHostPacket answer
    = {.kind = HARK_RELAY_HOST_COOKIE, .end = packet->end, .number = packet->number};
  uint8_t cookie[HARK_RELAY_HOST_COOKIE_LEN];

  change_cookies (host, now);
  for (unsigned i = 0; i < 2; i++) {
    make_cookie (host->cookie_secrets[i], from, packet, cookie);
    if (sodium_memcmp (cookie, packet->cookie, sizeof cookie) == 0)
      return true;
  }
  memcpy (answer.channel, packet->channel, sizeof answer.channel);
  make_cookie (host->cookie_secrets[0], from, packet, answer.cookie);
  say (host, from, &answer);
  return false;
}

/* ---- channels -------------------------------------------------------------------- */

static void
leave (HarkRelayHost *host, guint at, unsigned end)
{
  Channel *channel = channel_at (host, at);

  channel->ends[end].there = false;
  say_ready (host, channel, 1 - end);
  if (!channel->ends[HARK_RELAY_HOST_HOLDER].there)
    g_array_remove_index_fast (host->channels, at);
}

static void
open_end (HarkRelayHost *host,
          const HarkEndpoint *from,
          const HarkRelayHostPacket *packet,
          HarkTime now)
{
  guint at = find_channel (host, packet->channel);
  bool is_new;
  End *end;

  if (at == host->channels->len) {
    Channel channel = {0};

    if (packet->end != HARK_RELAY_HOST_HOLDER || at >= HARK_RELAY_HOST_CHANNELS_MAX) {
      host->dropped++;
      return;
    }
    memcpy (channel.id, packet->channel, sizeof channel.id);
    do
      channel.number = hark_rng_u32 (&host->rng);
    while (channel.number == 0 || find_number (host, channel.number));
    for (unsigned i = 0; i < 2; i++)
      hark_token_bucket_init (&channel.ends[i].bucket, HARK_RELAY_HOST_RATE,
                              HARK_RELAY_HOST_RATE / 2.0, now);
    g_array_append_val (host->channels, channel);
    g_debug ("channel opened, %u now", host->channels->len);
  }
  end = &channel_at (host, at)->ends[packet->end];
  is_new = !end->there;
  end->there = true;
  end->from = *from;
  end->seen = now;
  say_ready (host, channel_at (host, at), packet->end);
  if (is_new)
    say_ready (host, channel_at (host, at), 1 - packet->end);
}

static bool
forward (HarkRelayHost *host,
         const HarkEndpoint *from,
         const HarkRelayHostPacket *packet,
         HarkTime now,
         HarkEndpoint *ret_to)
{
  Channel *channel = find_number (host, packet->number);
  unsigned end = 0;

  while (channel && end < 2
         && !(channel->ends[end].there && hark_endpoint_equal (&channel->ends[end].from, from)))
    end++;
  if (!channel || end == 2 || !channel->ends[1 - end].there
      || !hark_token_bucket_take (&channel->ends[end].bucket, (double) packet->len, now)
      || !hark_token_bucket_take (&host->total, (double) packet->len, now)
      || !hark_token_bucket_take (&host->quota, (double) packet->len, now)) {
    host->dropped++;
    return false;
  }
  host->bytes += packet->len;
  *ret_to = channel->ends[1 - end].from;
  return true;
}

/* ---- doors ----------------------------------------------------------------------- */

bool
hark_relay_host_handle (HarkRelayHost *host,
                        const HarkEndpoint *from,
                        const uint8_t *data,
                        size_t len,
                        HarkTime now,
                        HarkEndpoint *ret_to)
{
  uint8_t key[HARK_RELAY_HOST_KEY_LEN];
  HarkRelayHostPacket packet;
  bool right;

  if (!hark_relay_host_packet_read (data, len, &packet)) {
    host->dropped++;
    return false;
  }
  if (packet.kind == HARK_RELAY_HOST_DATA)
    return forward (host, from, &packet, now, ret_to);
  if ((packet.kind != HARK_RELAY_HOST_OPEN && packet.kind != HARK_RELAY_HOST_CLOSE)
      || !hark_token_bucket_take (&host->checks, 1, now)) {
    host->dropped++;
    return false;
  }
  hark_relay_host_key (&host->secret, packet.channel, packet.end, key);
  right = hark_relay_host_packet_check (data, key);
  sodium_memzero (key, sizeof key);
  if (!right) {
    host->dropped++;
  } else if (!has_cookie (host, from, &packet, now)) {
    return false;
  } else if (packet.kind == HARK_RELAY_HOST_OPEN) {
    open_end (host, from, &packet, now);
  } else {
    guint at = find_channel (host, packet.channel);

    if (at < host->channels->len && channel_at (host, at)->ends[packet.end].there)
      leave (host, at, packet.end);
  }
  return false;
}

bool
hark_relay_host_poll (HarkRelayHost *host, HarkRelayHostOutput *ret)
{
  g_autofree HarkRelayHostOutput *output = g_queue_pop_head (&host->outputs);

  if (!output)
    return false;
  *ret = *output;
  return true;
}

void
hark_relay_host_handle_time (HarkRelayHost *host, HarkTime now)
{
  for (guint i = host->channels->len; i > 0; i--)
    for (unsigned end = 2; end > 0; end--) { /* the holder last: with him the channel goes */
      const End *which = &channel_at (host, i - 1)->ends[end - 1];

      if (which->there && hark_time_add (which->seen, HARK_RELAY_HOST_LIFE) <= now)
        leave (host, i - 1, end - 1);
    }
}

HarkTime
hark_relay_host_get_deadline (const HarkRelayHost *host)
{
  HarkTime deadline = HARK_TIME_NEVER;

  if (host->outputs.length > 0)
    return 0;
  for (guint i = 0; i < host->channels->len; i++)
    for (unsigned end = 0; end < 2; end++) {
      const End *which = &channel_at (host, i)->ends[end];

      if (which->there)
        deadline = hark_time_min (deadline, hark_time_add (which->seen, HARK_RELAY_HOST_LIFE));
    }
  return deadline;
}

void
hark_relay_host_get_stats (const HarkRelayHost *host, HarkRelayHostStats *ret)
{
  *ret = (HarkRelayHostStats){.bytes = host->bytes, .dropped = host->dropped};
  for (guint i = 0; i < host->channels->len; i++)
    ret->channels += channel_at (host, i)->ends[0].there && channel_at (host, i)->ends[1].there;
}
