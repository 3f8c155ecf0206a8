#define G_LOG_DOMAIN "hark-relay"

#include "net/relay/server.h"

#include "net/base/token-bucket.h"

#include <string.h>

#define TAGS_RATE (30.0 / 60.0) /* new ones of one person, a second */
#define TAGS_BURST 30
#define FRAMES_RATE 20 /* but SEND, of one person, a second */
#define FRAMES_BURST 40
#define PEOPLE_MAX 1000 /* whose buckets are kept: as many as there are contacts */
#define OUTPUTS_MAX 256
#define TELLS 3 /* times that MATCHED is said unasked */
#define TELL_INTERVAL (300 * HARK_MS)

/* One of the two ends of a channel. */
typedef struct {
  HarkKey account;
  unsigned rtt_ms;
  HarkTokenBucket bucket; /* of what he sends */
  bool heard;             /* he uses the channel, so that he knows of it */
} End;

typedef struct {
  uint32_t number;
  uint8_t tag[HARK_RELAY_TAG_LEN];
  End ends[2];
  HarkTime used; /* last packet of either */
  unsigned tells;
  HarkTime next_tell;
} Channel;

typedef struct {
  HarkKey account;
  uint8_t tag[HARK_RELAY_TAG_LEN];
  unsigned rtt_ms;
  HarkTime end;
} Ask;

/* What somebody may still say. */
typedef struct {
  HarkKey account;
  HarkTokenBucket tags, frames;
  bool refused; /* he asked, and we do not relay, or not for him */
} Person;

struct HarkRelayServer {
  HarkRng rng;
  bool on;
  uint32_t rate;
  HarkTokenBucket total;
  GArray *channels; /* Channel */
  GArray *asks;     /* Ask */
  GHashTable *people;
  GQueue outputs; /* HarkRelayOutput */
  uint64_t bytes, dropped;
};

HarkRelayServer *
hark_relay_server_new (HarkRng *rng)
{
  HarkRelayServer *server = g_new0 (HarkRelayServer, 1);

  hark_rng_fork (rng, &server->rng);
  server->rate = HARK_RELAY_RATE;
  server->channels = g_array_new (FALSE, FALSE, sizeof (Channel));
  server->asks = g_array_new (FALSE, FALSE, sizeof (Ask));
  server->people = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, NULL, g_free);
  g_queue_init (&server->outputs);
  return server;
}

void
hark_relay_server_free (HarkRelayServer *server)
{
  if (!server)
    return;
  g_array_unref (server->channels);
  g_array_unref (server->asks);
  g_hash_table_unref (server->people);
  g_queue_clear_full (&server->outputs, g_free);
  hark_rng_clear (&server->rng);
  g_free (server);
}

static Channel *
channel_at (const HarkRelayServer *server, guint i)
{
  return &g_array_index (server->channels, Channel, i);
}

static Ask *
ask_at (const HarkRelayServer *server, guint i)
{
  return &g_array_index (server->asks, Ask, i);
}

/* ---- what is said ---------------------------------------------------------------- */

static void
say (HarkRelayServer *server, const HarkKey *to, const HarkRelayFrame *frame)
{
  HarkRelayOutput *output;

  if (server->outputs.length >= OUTPUTS_MAX) {
    server->dropped++;
    return;
  }
  output = g_new0 (HarkRelayOutput, 1);
  output->to = *to;
  output->len = hark_relay_frame_write (frame, output->bytes);
  g_queue_push_tail (&server->outputs, output);
}

static void
say_tag (HarkRelayServer *server, const HarkKey *to, HarkRelayKind kind, const uint8_t *tag)
{
  HarkRelayFrame frame = {.kind = kind};

  memcpy (frame.tag, tag, sizeof frame.tag);
  say (server, to, &frame);
}

static void
refuse (HarkRelayServer *server, const HarkKey *to, const uint8_t *tag, HarkRelayReason reason)
{
  HarkRelayFrame frame = {.kind = HARK_RELAY_REFUSED, .reason = (uint8_t) reason};

  memcpy (frame.tag, tag, sizeof frame.tag);
  say (server, to, &frame);
}

static void
say_gone (HarkRelayServer *server, const HarkKey *to, uint32_t channel, HarkRelayReason reason)
{
  HarkRelayFrame frame = {.kind = HARK_RELAY_GONE, .channel = channel, .reason = (uint8_t) reason};

  say (server, to, &frame);
}

static void
say_matched (HarkRelayServer *server, const Channel *channel, unsigned end)
{
  unsigned rtt_ms = channel->ends[0].rtt_ms + channel->ends[1].rtt_ms;
  HarkRelayFrame frame = {.kind = HARK_RELAY_MATCHED,
                          .channel = channel->number,
                          .rtt_ms = (uint16_t) MIN (rtt_ms, UINT16_MAX),
                          .rate = server->rate};

  memcpy (frame.tag, channel->tag, sizeof frame.tag);
  say (server, &channel->ends[end].account, &frame);
}

/* ---- channels -------------------------------------------------------------------- */

static void
end_channel (HarkRelayServer *server, guint i, const HarkKey *but, HarkRelayReason reason)
{
  Channel *channel = channel_at (server, i);

  g_debug ("channel ends, reason %u", (unsigned) reason);
  for (unsigned end = 0; end < 2; end++)
    if (!but || !hark_key_equal (but, &channel->ends[end].account))
      say_gone (server, &channel->ends[end].account, channel->number, reason);
  g_array_remove_index_fast (server->channels, i);
}

/* Which end of @channel @account is; 2: neither. */
static unsigned
which_end (const Channel *channel, const HarkKey *account)
{
  unsigned end = 0;

  while (end < 2 && !hark_key_equal (&channel->ends[end].account, account))
    end++;
  return end;
}

static Channel *
find_tag (HarkRelayServer *server, const HarkKey *account, const uint8_t *tag, guint *ret)
{
  for (guint i = 0; i < server->channels->len; i++) {
    Channel *channel = channel_at (server, i);

    if (sodium_memcmp (channel->tag, tag, sizeof channel->tag) == 0
        && which_end (channel, account) < 2) {
      *ret = i;
      return channel;
    }
  }
  return NULL;
}

static Channel *
find_number (HarkRelayServer *server, uint32_t number)
{
  for (guint i = 0; i < server->channels->len; i++)
    if (channel_at (server, i)->number == number)
      return channel_at (server, i);
  return NULL;
}

static bool
has_room (HarkRelayServer *server, const HarkKey *a, const HarkKey *b)
{
  unsigned of_two = 0, of_a = 0, of_b = 0;

  for (guint i = 0; i < server->channels->len; i++) {
    bool with_a = which_end (channel_at (server, i), a) < 2;
    bool with_b = which_end (channel_at (server, i), b) < 2;

    of_a += with_a;
    of_b += with_b;
    of_two += with_a && with_b;
  }
  return server->channels->len < HARK_RELAY_CHANNELS_MAX && of_two < HARK_RELAY_CHANNELS_OF_TWO
         && of_a < HARK_RELAY_CHANNELS_OF_ONE && of_b < HARK_RELAY_CHANNELS_OF_ONE;
}

static void
init_bucket (HarkTokenBucket *bucket, double rate, HarkTime now)
{
  hark_token_bucket_init (bucket, rate, MAX (rate / 2, 2.0 * HARK_RELAY_PACKET_MAX), now);
}

static void
open_channel (HarkRelayServer *server, const Ask *first, const Ask *second, HarkTime now)
{
  Channel channel = {.used = now, .tells = 1, .next_tell = now + TELL_INTERVAL};
  const Ask *asks[2] = {first, second};

  do
    channel.number = hark_rng_u32 (&server->rng);
  while (channel.number == 0 || find_number (server, channel.number));
  memcpy (channel.tag, first->tag, sizeof channel.tag);
  for (unsigned end = 0; end < 2; end++) {
    channel.ends[end].account = asks[end]->account;
    channel.ends[end].rtt_ms = asks[end]->rtt_ms;
    init_bucket (&channel.ends[end].bucket, server->rate, now);
  }
  g_array_append_val (server->channels, channel);
  g_debug ("channel opened, %u now", server->channels->len);
  for (unsigned end = 0; end < 2; end++)
    say_matched (server, &channel, end);
}

/* ---- asks ------------------------------------------------------------------------ */

static Person *
get_person (HarkRelayServer *server, const HarkKey *account, HarkTime now)
{
  Person *person = g_hash_table_lookup (server->people, account);

  if (person)
    return person;
  if (g_hash_table_size (server->people) >= PEOPLE_MAX)
    g_hash_table_remove_all (server->people); /* of former contacts, most of them */
  person = g_new0 (Person, 1);
  person->account = *account;
  hark_token_bucket_init (&person->tags, TAGS_RATE, TAGS_BURST, now);
  hark_token_bucket_init (&person->frames, FRAMES_RATE, FRAMES_BURST, now);
  g_hash_table_insert (server->people, &person->account, person);
  return person;
}

/* The ask with @tag of @account, or of somebody else; asks->len when there is none. */
static guint
find_ask (HarkRelayServer *server, const uint8_t *tag, const HarkKey *account, bool same)
{
  guint i = 0;

  while (i < server->asks->len
         && (sodium_memcmp (ask_at (server, i)->tag, tag, HARK_RELAY_TAG_LEN) != 0
             || hark_key_equal (&ask_at (server, i)->account, account) != same))
    i++;
  return i;
}

static unsigned
count_asks (const HarkRelayServer *server, const HarkKey *account)
{
  unsigned n = 0;

  for (guint i = 0; i < server->asks->len; i++)
    n += hark_key_equal (&ask_at (server, i)->account, account);
  return n;
}

static void
expire_asks (HarkRelayServer *server, HarkTime now)
{
  for (guint i = server->asks->len; i > 0; i--)
    if (ask_at (server, i - 1)->end <= now)
      g_array_remove_index_fast (server->asks, i - 1);
}

static void
handle_ask (HarkRelayServer *server, Person *person, const Ask *ask, HarkTime now)
{
  guint own, other, at;
  Channel *channel = find_tag (server, &ask->account, ask->tag, &at);

  if (channel) {
    say_matched (server, channel, which_end (channel, &ask->account));
    return;
  }
  expire_asks (server, now);
  own = find_ask (server, ask->tag, &ask->account, true);
  if (own == server->asks->len) {
    if (!hark_token_bucket_take (&person->tags, 1, now) || own >= HARK_RELAY_ASKS_MAX
        || count_asks (server, &ask->account) >= HARK_RELAY_ASKS_OF_ONE) {
      server->dropped++;
      refuse (server, &ask->account, ask->tag, HARK_RELAY_FULL);
      return;
    }
    g_array_append_val (server->asks, *ask);
  }
  *ask_at (server, own) = *ask;

  other = find_ask (server, ask->tag, &ask->account, false);
  if (other == server->asks->len) {
    say_tag (server, &ask->account, HARK_RELAY_WAIT, ask->tag);
  } else if (!has_room (server, &ask->account, &ask_at (server, other)->account)) {
    refuse (server, &ask->account, ask->tag, HARK_RELAY_FULL);
  } else {
    Ask first = *ask_at (server, other);

    g_array_remove_index_fast (server->asks, MAX (own, other));
    g_array_remove_index_fast (server->asks, MIN (own, other));
    open_channel (server, &first, ask, now);
  }
}

static void
handle_leave (HarkRelayServer *server, const HarkKey *from, const uint8_t *tag)
{
  guint at = find_ask (server, tag, from, true);

  if (at < server->asks->len)
    g_array_remove_index_fast (server->asks, at);
  if (find_tag (server, from, tag, &at))
    end_channel (server, at, from, HARK_RELAY_LEFT);
}

/* ---- doors ----------------------------------------------------------------------- */

void
hark_relay_server_set (HarkRelayServer *server, bool on, uint32_t rate, HarkTime now)
{
  server->on = on;
  server->rate = rate == 0 ? HARK_RELAY_RATE : MAX (rate, HARK_RELAY_RATE_MIN);
  init_bucket (&server->total, (double) HARK_RELAY_TOTAL * server->rate, now);
  for (guint i = server->channels->len; i > 0; i--) {
    Channel *channel = channel_at (server, i - 1);

    if (on)
      for (unsigned end = 0; end < 2; end++) {
        init_bucket (&channel->ends[end].bucket, server->rate, now);
        say_matched (server, channel, end);
      }
    else
      end_channel (server, i - 1, NULL, HARK_RELAY_OFF);
  }
  if (!on)
    g_array_set_size (server->asks, 0);
}

void
hark_relay_server_handle (HarkRelayServer *server,
                          const HarkKey *from,
                          bool allowed,
                          unsigned rtt_ms,
                          const HarkRelayFrame *frame,
                          HarkTime now)
{
  Person *person = get_person (server, from, now);
  Ask ask = {.account = *from, .rtt_ms = rtt_ms, .end = hark_time_add (now, HARK_RELAY_ASK_LIFE)};

  if (!hark_token_bucket_take (&person->frames, 1, now)) {
    server->dropped++;
    return;
  }
  if (frame->kind == HARK_RELAY_LEAVE) {
    handle_leave (server, from, frame->tag);
  } else if (frame->kind == HARK_RELAY_ASK) {
    memcpy (ask.tag, frame->tag, sizeof ask.tag);
    person->refused = !server->on || !allowed;
    if (person->refused)
      refuse (server, from, frame->tag, HARK_RELAY_OFF);
    else
      handle_ask (server, person, &ask, now);
  }
}

bool
hark_relay_server_forward (HarkRelayServer *server,
                           const HarkKey *from,
                           uint32_t number,
                           size_t len,
                           HarkTime now,
                           HarkKey *ret_to)
{
  Channel *channel = find_number (server, number);
  unsigned end = channel ? which_end (channel, from) : 2;

  if (end == 2) {
    Person *person = get_person (server, from, now);

    server->dropped++;
    if (hark_token_bucket_take (&person->frames, 1, now))
      say_gone (server, from, number, HARK_RELAY_UNKNOWN);
    return false;
  }
  channel->ends[end].heard = true;
  channel->used = now;
  if (!hark_token_bucket_take (&channel->ends[end].bucket, (double) len, now)
      || !hark_token_bucket_take (&server->total, (double) len, now)) {
    server->dropped++;
    return false;
  }
  server->bytes += len;
  *ret_to = channel->ends[1 - end].account;
  return true;
}

/* Those who were refused may ask again. */
static void
invite_refused (HarkRelayServer *server,
                bool (*may) (void *data, const HarkKey *account),
                void *data)
{
  const HarkRelayFrame again = {.kind = HARK_RELAY_AGAIN};
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, server->people);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Person *person = value;

    if (!person->refused || !may (data, &person->account))
      continue;
    person->refused = false;
    say (server, &person->account, &again);
  }
}

void
hark_relay_server_review (HarkRelayServer *server,
                          bool (*may) (void *data, const HarkKey *account),
                          void *data)
{
  for (guint i = server->asks->len; i > 0; i--)
    if (!may (data, &ask_at (server, i - 1)->account))
      g_array_remove_index_fast (server->asks, i - 1);
  for (guint i = server->channels->len; i > 0; i--) {
    const Channel *channel = channel_at (server, i - 1);

    if (!may (data, &channel->ends[0].account) || !may (data, &channel->ends[1].account))
      end_channel (server, i - 1, NULL, HARK_RELAY_LEFT);
  }
  if (server->on)
    invite_refused (server, may, data);
}

bool
hark_relay_server_poll (HarkRelayServer *server, HarkRelayOutput *ret)
{
  g_autofree HarkRelayOutput *output = g_queue_pop_head (&server->outputs);

  if (!output)
    return false;
  *ret = *output;
  return true;
}

void
hark_relay_server_handle_time (HarkRelayServer *server, HarkTime now)
{
  expire_asks (server, now);
  for (guint i = server->channels->len; i > 0; i--) {
    Channel *channel = channel_at (server, i - 1);

    if (hark_time_add (channel->used, HARK_RELAY_IDLE_MAX) <= now) {
      end_channel (server, i - 1, NULL, HARK_RELAY_UNKNOWN);
      continue;
    }
    if (channel->next_tell > now)
      continue;
    for (unsigned end = 0; end < 2; end++)
      if (!channel->ends[end].heard)
        say_matched (server, channel, end);
    channel->next_tell
      = ++channel->tells < TELLS ? now + TELL_INTERVAL * channel->tells : HARK_TIME_NEVER;
  }
}

HarkTime
hark_relay_server_get_deadline (const HarkRelayServer *server)
{
  HarkTime deadline = HARK_TIME_NEVER;

  if (server->outputs.length > 0)
    return 0;
  for (guint i = 0; i < server->asks->len; i++)
    deadline = hark_time_min (deadline, ask_at (server, i)->end);
  for (guint i = 0; i < server->channels->len; i++) {
    const Channel *channel = channel_at (server, i);

    deadline = hark_time_min (deadline, channel->next_tell);
    deadline = hark_time_min (deadline, hark_time_add (channel->used, HARK_RELAY_IDLE_MAX));
  }
  return deadline;
}

void
hark_relay_server_get_stats (const HarkRelayServer *server, HarkRelayServerStats *ret)
{
  *ret = (HarkRelayServerStats){
    .on = server->on,
    .rate = server->rate,
    .channels = server->channels->len,
    .asks = server->asks->len,
    .bytes = server->bytes,
    .dropped = server->dropped,
  };
}
