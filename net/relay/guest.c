#define G_LOG_DOMAIN "hark-relay"

#include "net/relay/guest.h"

#include "net/relay/host.h"

#include <glib.h>
#include <string.h>

#define OUTPUTS_MAX 256
#define RTT_MS_MAX 5000

typedef struct {
  uint32_t want;
  HarkRelayHostEnd end;
  uint8_t channel[HARK_RELAY_HOST_CHANNEL_LEN];
  uint8_t key[HARK_RELAY_HOST_KEY_LEN];
  HarkKey relay, shown;
  HarkEndpoint places[HARK_RELAY_GUEST_PLACES_MAX];
  size_t n_places;

  bool asked; /* the client wants it */
  uint8_t tag[HARK_RELAY_TAG_LEN];
  unsigned tries;  /* since it was asked or answered; says which place is next */
  HarkEndpoint at; /* the place written to last */
  bool answered;   /* by that place */
  uint8_t cookie[HARK_RELAY_HOST_COOKIE_LEN];
  unsigned cookies; /* taken since the client asked last */
  uint32_t number;  /* 0: not open */
  bool matched;
  HarkTime sent;
  HarkTime refresh; /* HARK_TIME_NEVER: the client says when */
} Offer;

struct HarkRelayGuest {
  HarkRelayGuestWay way;
  GArray *offers; /* Offer */
  GQueue outputs; /* HarkRelayGuestOutput */
};

static void
clear_offer (void *data)
{
  sodium_memzero (data, sizeof (Offer));
}

HarkRelayGuest *
hark_relay_guest_new (void)
{
  HarkRelayGuest *guest = g_new0 (HarkRelayGuest, 1);

  guest->offers = g_array_sized_new (FALSE, FALSE, sizeof (Offer), HARK_RELAY_GUEST_OFFERS_MAX);
  g_array_set_clear_func (guest->offers, clear_offer);
  g_queue_init (&guest->outputs);
  return guest;
}

void
hark_relay_guest_free (HarkRelayGuest *guest)
{
  if (!guest)
    return;
  g_array_unref (guest->offers);
  g_queue_clear_full (&guest->outputs, g_free);
  g_free (guest);
}

void
hark_relay_guest_set_way (HarkRelayGuest *guest, HarkRelayGuestWay way)
{
  guest->way = way;
}

static Offer *
offer_at (const HarkRelayGuest *guest, guint i)
{
  return &g_array_index (guest->offers, Offer, i);
}

static Offer *
find (const HarkRelayGuest *guest, const HarkKey *relay)
{
  for (guint i = 0; i < guest->offers->len; i++)
    if (hark_key_equal (&offer_at (guest, i)->relay, relay))
      return offer_at (guest, i);
  return NULL;
}

/* ---- offers ---------------------------------------------------------------------- */

/* The client's name for a channel: no account has 16 zeros at its end. */
static HarkKey
relay_of (const uint8_t channel[HARK_RELAY_HOST_CHANNEL_LEN])
{
  HarkKey relay = {0};

  memcpy (relay.bytes, channel, HARK_RELAY_HOST_CHANNEL_LEN);
  return relay;
}

static Offer *
add (HarkRelayGuest *guest, uint32_t want, const HarkKey *relay)
{
  Offer offer = {.want = want, .relay = *relay, .refresh = HARK_TIME_NEVER};
  unsigned of_want = 0;

  for (guint i = 0; i < guest->offers->len; i++)
    of_want += offer_at (guest, i)->want == want;
  if (of_want >= HARK_RELAY_GUEST_OFFERS_OF_ONE
      || guest->offers->len >= HARK_RELAY_GUEST_OFFERS_MAX)
    return NULL;
  g_array_append_val (guest->offers, offer);
  return offer_at (guest, guest->offers->len - 1);
}

bool
hark_relay_guest_offer (HarkRelayGuest *guest,
                        uint32_t want,
                        HarkRelayHostEnd end,
                        const uint8_t channel[HARK_RELAY_HOST_CHANNEL_LEN],
                        const uint8_t key[HARK_RELAY_HOST_KEY_LEN],
                        const HarkKey *shown,
                        const HarkEndpoint *place,
                        HarkKey *ret)
{
  HarkKey relay = relay_of (channel);
  Offer *offer = find (guest, &relay);

  if (offer && (offer->want != want || offer->end != end))
    return false;
  if (!offer && !(offer = add (guest, want, &relay)))
    return false;
  if (offer->n_places == 0) {
    offer->end = end;
    memcpy (offer->channel, channel, sizeof offer->channel);
    memcpy (offer->key, key, sizeof offer->key);
    offer->shown = *shown;
  }
  for (size_t i = 0; i < offer->n_places; i++)
    if (hark_endpoint_equal (&offer->places[i], place)) {
      *ret = relay;
      return true;
    }
  if (offer->n_places < HARK_RELAY_GUEST_PLACES_MAX)
    offer->places[offer->n_places++] = *place;
  *ret = relay;
  return true;
}

uint32_t
hark_relay_guest_find_want (const HarkRelayGuest *guest, const HarkKey *relay)
{
  const Offer *offer = find (guest, relay);

  return offer ? offer->want : 0;
}

size_t
hark_relay_guest_get_offers (const HarkRelayGuest *guest,
                             uint32_t want,
                             HarkKey ret[HARK_RELAY_GUEST_OFFERS_OF_ONE])
{
  size_t n = 0;

  for (guint i = 0; i < guest->offers->len && n < HARK_RELAY_GUEST_OFFERS_OF_ONE; i++)
    if (offer_at (guest, i)->want == want)
      ret[n++] = offer_at (guest, i)->relay;
  return n;
}

const HarkKey *
hark_relay_guest_get_shown (const HarkRelayGuest *guest, const HarkKey *relay)
{
  const Offer *offer = find (guest, relay);

  return offer ? &offer->shown : NULL;
}

/* ---- out ------------------------------------------------------------------------- */

static void
say (HarkRelayGuest *guest, Offer *offer, HarkRelayHostKind kind, HarkTime now)
{
  HarkRelayHostPacket packet = {.kind = kind, .end = offer->end};
  HarkRelayGuestOutput *output;

  if (guest->outputs.length >= OUTPUTS_MAX)
    return;
  memcpy (packet.channel, offer->channel, sizeof packet.channel);
  memcpy (packet.cookie, offer->cookie, sizeof packet.cookie);
  output = g_new0 (HarkRelayGuestOutput, 1);
  output->to = offer->at;
  hark_relay_host_packet_write (&packet, offer->key, output->bytes);
  g_queue_push_tail (&guest->outputs, output);
  offer->sent = now;
}

/* Where no place has answered the next is tried: all by UDP, then all by TCP. */
static void
choose_place (const HarkRelayGuest *guest, Offer *offer)
{
  unsigned ways = guest->way == HARK_RELAY_GUEST_EITHER ? 2 : 1;
  unsigned turn = offer->tries++ % (ways * (unsigned) offer->n_places);

  offer->at = offer->places[turn % offer->n_places];
  offer->at.tcp = guest->way == HARK_RELAY_GUEST_TCP || turn >= offer->n_places;
  memset (offer->cookie, 0, sizeof offer->cookie);
}

static bool
may_go (const HarkRelayGuest *guest, const HarkEndpoint *place)
{
  return guest->way == HARK_RELAY_GUEST_EITHER
         || place->tcp == (guest->way == HARK_RELAY_GUEST_TCP);
}

static void
forget (HarkRelayGuest *guest, Offer *offer, HarkTime now)
{
  if (offer->asked && offer->number)
    say (guest, offer, HARK_RELAY_HOST_CLOSE, now);
  offer->asked = offer->answered = offer->matched = false;
  offer->number = 0;
  offer->tries = 0;
  offer->refresh = HARK_TIME_NEVER;
}

void
hark_relay_guest_review (HarkRelayGuest *guest,
                         bool (*is_there) (void *data, uint32_t want),
                         void *data)
{
  for (guint i = guest->offers->len; i > 0; i--)
    if (!is_there (data, offer_at (guest, i - 1)->want)) {
      forget (guest, offer_at (guest, i - 1), offer_at (guest, i - 1)->sent);
      g_array_remove_index_fast (guest->offers, i - 1);
    }
}

void
hark_relay_guest_say (HarkRelayGuest *guest,
                      const HarkKey *relay,
                      const HarkRelayFrame *frame,
                      HarkTime now)
{
  Offer *offer = find (guest, relay);

  if (!offer)
    return;
  if (frame->kind == HARK_RELAY_LEAVE) {
    forget (guest, offer, now);
  } else if (frame->kind == HARK_RELAY_ASK) {
    offer->asked = true;
    offer->cookies = 0;
    memcpy (offer->tag, frame->tag, sizeof offer->tag);
    if (!offer->answered || !may_go (guest, &offer->at)) {
      offer->answered = false;
      choose_place (guest, offer);
    } else {
      offer->answered = false; /* until it says so again */
    }
    say (guest, offer, HARK_RELAY_HOST_OPEN, now);
  }
}

bool
hark_relay_guest_wrap (const HarkRelayGuest *guest,
                       const HarkKey *relay,
                       HarkEndpoint *ret_to,
                       uint8_t ret_head[HARK_RELAY_HOST_DATA_HEAD])
{
  const Offer *offer = find (guest, relay);

  if (!offer || !offer->asked || !offer->number)
    return false;
  *ret_to = offer->at;
  hark_relay_host_packet_write_head (offer->number, ret_head);
  return true;
}

/* ---- in -------------------------------------------------------------------------- */

static Offer *
find_sender (HarkRelayGuest *guest,
             const HarkEndpoint *from,
             const HarkRelayHostPacket *packet,
             const uint8_t *data)
{
  for (guint i = 0; i < guest->offers->len; i++) {
    Offer *offer = offer_at (guest, i);

    if (!offer->asked || !hark_endpoint_equal (&offer->at, from))
      continue;
    if (packet->kind == HARK_RELAY_HOST_DATA) {
      if (offer->number == packet->number)
        return offer;
    } else if (packet->end == offer->end
               && memcmp (packet->channel, offer->channel, sizeof offer->channel) == 0
               && hark_relay_host_packet_check (data, offer->key)) {
      return offer;
    }
  }
  return NULL;
}

/* Our end is open; is the other one? */
static bool
take_ready (Offer *offer, const HarkRelayHostPacket *packet, HarkTime now, HarkRelayFrame *ret)
{
  bool was = offer->matched && offer->number == packet->number;
  HarkTime rtt_ms = 2 * hark_time_since (now, offer->sent) / HARK_MS;
  HarkRelayFrame frame = {.channel = packet->number,
                          .rtt_ms = (uint16_t) MIN (rtt_ms, RTT_MS_MAX),
                          .rate = packet->rate,
                          .reason = HARK_RELAY_LEFT};

  offer->answered = true;
  offer->number = packet->number;
  offer->matched = packet->other;
  offer->refresh = hark_time_add (now, HARK_RELAY_HOST_REFRESH);
  if (was == packet->other)
    return false;
  frame.kind = packet->other ? HARK_RELAY_MATCHED : HARK_RELAY_GONE;
  memcpy (frame.tag, offer->tag, sizeof frame.tag);
  *ret = frame;
  return true;
}

bool
hark_relay_guest_handle (HarkRelayGuest *guest,
                         const HarkEndpoint *from,
                         const uint8_t *data,
                         size_t len,
                         HarkTime now,
                         HarkKey *ret_relay,
                         HarkRelayFrame *ret)
{
  HarkRelayHostPacket packet;
  Offer *offer;

  if (!hark_relay_host_packet_read (data, len, &packet)
      || !(offer = find_sender (guest, from, &packet, data)))
    return false;
  *ret_relay = offer->relay;
  switch (packet.kind) {
  case HARK_RELAY_HOST_DATA:
    *ret = (HarkRelayFrame){
      .kind = HARK_RELAY_DATA, .channel = packet.number, .data = packet.data, .len = packet.len};
    return true;
  case HARK_RELAY_HOST_READY:
    return take_ready (offer, &packet, now, ret);
  case HARK_RELAY_HOST_COOKIE: /* a second one may be needed when it has just changed */
    if (offer->cookies < 2) {
      offer->cookies++;
      memcpy (offer->cookie, packet.cookie, sizeof offer->cookie);
      say (guest, offer, HARK_RELAY_HOST_OPEN, now);
    }
    return false;
  case HARK_RELAY_HOST_OPEN:
  case HARK_RELAY_HOST_CLOSE:
    break;
  }
  return false;
}

bool
hark_relay_guest_poll (HarkRelayGuest *guest, HarkRelayGuestOutput *ret)
{
  g_autofree HarkRelayGuestOutput *output = g_queue_pop_head (&guest->outputs);

  if (!output)
    return false;
  *ret = *output;
  return true;
}

void
hark_relay_guest_handle_time (HarkRelayGuest *guest, HarkTime now)
{
  for (guint i = 0; i < guest->offers->len; i++) {
    Offer *offer = offer_at (guest, i);

    if (offer->refresh > now)
      continue;
    offer->refresh = hark_time_add (now, HARK_RELAY_HOST_REFRESH);
    offer->cookies = 0;
    say (guest, offer, HARK_RELAY_HOST_OPEN, now);
  }
}

HarkTime
hark_relay_guest_get_deadline (const HarkRelayGuest *guest)
{
  HarkTime deadline = HARK_TIME_NEVER;

  if (guest->outputs.length > 0)
    return 0;
  for (guint i = 0; i < guest->offers->len; i++)
    deadline = hark_time_min (deadline, offer_at (guest, i)->refresh);
  return deadline;
}
