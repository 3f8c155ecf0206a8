#include "tests/sim/people.h"

#include <string.h>

static const int64_t wall_start_ms = 1800000000000;

/* Stream bytes anybody can check: position modulo 251. */
static uint8_t
byte_at (size_t position)
{
  return (uint8_t) (position % 251);
}

static void
take_stream_data (HarkSimPerson *person, const HarkNetEvent *event, HarkTime now)
{
  for (size_t i = 0; i < event->len; i++)
    g_assert_cmpuint (event->data[i], ==, byte_at (person->received->len + i));
  g_byte_array_append (person->received, event->data, (guint) event->len);
  hark_net_stream_consume (person->net, &event->account, event->stream, event->len);
  person->finished |= event->finished;
  if (person->echo && event->finished) {
    g_autoptr (GBytes) answer = g_bytes_new (person->received->data, person->received->len);

    hark_net_stream_send (person->net, &event->account, event->stream, answer, true, now);
  }
}

static void
on_activity (void *data)
{
  HarkSimPerson *person = data;
  HarkTime now = hark_sim_network_now (person->network);
  HarkNetEvent event;

  while (hark_net_poll_event (person->net, &event)) {
    switch (event.kind) {
    case HARK_NET_EVENT_REQUEST:
      person->requests++;
      person->requester = event.account;
      person->request = *event.request;
      break;
    case HARK_NET_EVENT_PEER:
      person->state = event.state;
      person->reason = event.reason;
      if (event.state == HARK_PEER_ONLINE && event.session != person->session) {
        person->sessions++;
        person->session = event.session;
        person->initiator = event.initiator;
        person->by_pairwise = event.by_pairwise;
        person->online_at = now;
        memcpy (person->handshake_hash, event.handshake_hash, sizeof event.handshake_hash);
      }
      if (event.state == HARK_PEER_ONLINE)
        person->path = event.path;
      break;
    case HARK_NET_EVENT_STREAM_DATA:
      take_stream_data (person, &event, now);
      break;
    case HARK_NET_EVENT_MEDIA:
      person->media++;
      break;
    default:
      break;
    }
  }
}

static void
make_keys (HarkSimPerson *person, HarkRng *rng)
{
  HarkNetConfig *config = &person->config;
  HarkCertificate certificate = {.not_before = 1};
  uint8_t secret_key[crypto_sign_SECRETKEYBYTES];

  hark_rng_bytes (rng, config->account_seed.bytes, sizeof config->account_seed.bytes);
  hark_rng_bytes (rng, config->device_secret.bytes, sizeof config->device_secret.bytes);
  hark_rng_bytes (rng, config->instance, sizeof config->instance);
  crypto_sign_seed_keypair (config->account.bytes, secret_key, config->account_seed.bytes);
  crypto_scalarmult_base (config->device.bytes, config->device_secret.bytes);
  certificate.account = config->account;
  certificate.device = config->device;
  hark_certificate_sign (&certificate, &config->account_seed, config->certificate);
}

HarkSimPerson *
hark_sim_person_new (HarkSimNetwork *network, unsigned host, bool serve)
{
  HarkSimPerson *person = g_new0 (HarkSimPerson, 1);

  person->network = network;
  person->host = host;
  person->received = g_byte_array_new ();
  person->config.dht = true;
  person->config.serve = serve;
  person->config.has_account = !serve;
  if (!serve)
    make_keys (person, hark_sim_network_rng (network));
  hark_sim_person_start (person, NULL);
  return person;
}

void
hark_sim_person_stop (HarkSimPerson *person)
{
  g_clear_pointer (&person->node, hark_sim_node_free);
  g_clear_pointer (&person->net, hark_net_free);
  person->state = HARK_PEER_OFFLINE;
  person->session = 0;
}

void
hark_sim_person_start (HarkSimPerson *person, const HarkSimPerson *bootstrap)
{
  HarkTime now = hark_sim_network_now (person->network);
  uint8_t seed[32];

  hark_rng_bytes (hark_sim_network_rng (person->network), seed, sizeof seed);
  person->net
    = hark_net_new (&person->config, seed, wall_start_ms + (int64_t) (now / HARK_MS), now);
  person->node = hark_sim_node_new (person->network, person->host, person->config.serve ? 6881 : 0,
                                    person->net, on_activity, person);
  if (bootstrap) {
    HarkEndpoint endpoint = hark_sim_node_get_endpoint (bootstrap->node);

    hark_net_bootstrap (person->net, &endpoint, now);
    hark_sim_node_flush (person->node);
  }
}

void
hark_sim_person_free (HarkSimPerson *person)
{
  hark_sim_person_stop (person);
  g_byte_array_unref (person->received);
  g_free (person);
}

/* The token under which @person publishes for contacts: any function of the key will do here. */
static HarkToken
contacts_token (const HarkSimPerson *person)
{
  HarkToken token;

  memcpy (token.bytes, person->config.device_secret.bytes, sizeof token.bytes);
  return token;
}

static void
meet (HarkSimPerson *person, const HarkSimPerson *other, const HarkSecret *pairwise)
{
  HarkTime now = hark_sim_network_now (person->network);
  HarkToken own = contacts_token (person);
  HarkNetContact contact = {.account = other->config.account,
                            .reach = contacts_token (other),
                            .has_pairwise = true,
                            .pairwise = *pairwise};

  hark_net_open_audience (person->net, HARK_AUDIENCE_CONTACTS, &own, NULL, now);
  hark_net_set_contact (person->net, &contact, now);
  hark_sim_node_flush (person->node);
}

void
hark_sim_person_befriend (HarkSimPerson *a, HarkSimPerson *b)
{
  HarkSecret pairwise;

  for (size_t i = 0; i < sizeof pairwise.bytes; i++)
    pairwise.bytes[i] = a->config.device_secret.bytes[i] ^ b->config.device_secret.bytes[i];
  meet (a, b, &pairwise);
  meet (b, a, &pairwise);
}

bool
hark_sim_person_send (HarkSimPerson *person, const HarkKey *to, size_t len)
{
  HarkTime now = hark_sim_network_now (person->network);
  int64_t stream = hark_net_stream_open (person->net, to, HARK_STREAM_BULK);
  g_autofree uint8_t *data = g_malloc (len + 1);
  g_autoptr (GBytes) bytes = NULL;

  if (stream < 0)
    return false;
  for (size_t i = 0; i < len; i++)
    data[i] = byte_at (i);
  bytes = g_bytes_new (data, len);
  hark_net_stream_send (person->net, to, stream, bytes, true, now);
  hark_sim_node_flush (person->node);
  return true;
}
