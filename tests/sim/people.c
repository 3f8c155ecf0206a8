#include "tests/sim/people.h"

#include <sodium.h>
#include <string.h>

static HarkTime
now_of (const HarkSimPerson *person)
{
  return hark_sim_network_now (person->network);
}

static void
take_event (HarkSimPerson *person, const HarkNetEvent *event)
{
  switch (event->kind) {
  case HARK_NET_EVENT_REQUEST:
    person->has_request = true;
    person->request_from = event->account;
    person->request = *event->request;
    break;
  case HARK_NET_EVENT_PEER:
    person->state = event->state;
    person->peer = event->account;
    if (event->state == HARK_PEER_ONLINE) {
      person->times_online += person->session != event->session;
      person->session = event->session;
      person->initiator = event->initiator;
      person->path = event->path;
      person->list_version = event->list_version;
    }
    break;
  case HARK_NET_EVENT_STREAM_DATA:
    g_byte_array_append (person->received, event->data, (guint) event->len);
    hark_net_stream_consume (person->net, &event->account, event->stream, event->len);
    break;
  case HARK_NET_EVENT_MEDIA:
    person->media++;
    break;
  default:
    break;
  }
}

static void
on_activity (void *data)
{
  HarkSimPerson *person = data;
  HarkNetEvent event;

  while (hark_net_poll_event (person->net, &event))
    take_event (person, &event);
}

static void
make_device (HarkSimPerson *person, uint32_t list_version)
{
  HarkRng *rng = hark_sim_network_rng (person->network);
  HarkNetConfig *config = &person->config;
  HarkCertificate certificate
    = {.not_before = HARK_SIM_PERSON_WALL_MS / 1000, .list_version = list_version};

  hark_rng_bytes (rng, config->device_secret.bytes, sizeof config->device_secret.bytes);
  crypto_scalarmult_base (config->device.bytes, config->device_secret.bytes);
  hark_rng_bytes (rng, config->instance, sizeof config->instance);
  certificate.account = config->account;
  certificate.device = config->device;
  hark_rng_bytes (rng, certificate.device_id, sizeof certificate.device_id);
  hark_certificate_sign (&certificate, &config->account_seed, config->certificate);
}

static void
make_account (HarkSimPerson *person)
{
  HarkRng *rng = hark_sim_network_rng (person->network);
  HarkNetConfig *config = &person->config;
  uint8_t secret_key[crypto_sign_SECRETKEYBYTES];

  config->has_account = true;
  hark_rng_bytes (rng, config->account_seed.bytes, sizeof config->account_seed.bytes);
  crypto_sign_seed_keypair (config->account.bytes, secret_key, config->account_seed.bytes);
  make_device (person, 0);
}

static void
start (HarkSimPerson *person, const HarkEndpoint *bootstrap)
{
  uint8_t seed[32];
  HarkTime now = now_of (person);

  hark_rng_bytes (hark_sim_network_rng (person->network), seed, sizeof seed);
  person->net = hark_net_new (&person->config, seed,
                              HARK_SIM_PERSON_WALL_MS + (int64_t) (now / HARK_MS), now);
  person->node
    = hark_sim_node_new (person->network, person->host, 6881, person->net, on_activity, person);
  if (bootstrap)
    hark_net_bootstrap (person->net, bootstrap, now);
  if (person->config.lan)
    hark_sim_node_tell_hosts (person->node);
  hark_sim_node_flush (person->node);
}

static void
stop (HarkSimPerson *person)
{
  hark_sim_node_free (person->node);
  hark_net_free (person->net);
}

HarkSimPerson *
hark_sim_person_new (HarkSimNetwork *network,
                     unsigned host,
                     bool with_account,
                     const HarkEndpoint *bootstrap)
{
  HarkSimPerson *person = g_new0 (HarkSimPerson, 1);

  person->network = network;
  person->host = host;
  person->received = g_byte_array_new ();
  person->config.dht = true;
  person->config.serve = !with_account; /* who may sit behind a NAT is nobody's contact point */
  if (with_account)
    make_account (person);
  start (person, bootstrap);
  return person;
}

HarkSimPerson *
hark_sim_person_new_local (HarkSimNetwork *network, unsigned host)
{
  HarkSimPerson *person = g_new0 (HarkSimPerson, 1);

  person->network = network;
  person->host = host;
  person->received = g_byte_array_new ();
  person->config.lan = true;
  make_account (person);
  start (person, NULL);
  return person;
}

HarkSimPerson *
hark_sim_person_new_device (const HarkSimPerson *old,
                            unsigned host,
                            uint32_t list_version,
                            const HarkEndpoint *bootstrap)
{
  HarkSimPerson *person = g_new0 (HarkSimPerson, 1);

  person->network = old->network;
  person->host = host;
  person->received = g_byte_array_new ();
  person->config = old->config;
  make_device (person, list_version);
  start (person, bootstrap);
  return person;
}

void
hark_sim_person_free (HarkSimPerson *person)
{
  if (!person)
    return;
  stop (person);
  g_byte_array_unref (person->received);
  g_free (person);
}

void
hark_sim_person_restart (HarkSimPerson *person, const HarkEndpoint *bootstrap)
{
  stop (person);
  person->state = HARK_PEER_OFFLINE;
  start (person, bootstrap);
}

void
hark_sim_people_ask (HarkSimPerson *asker, const HarkSimPerson *asked, const HarkToken *token)
{
  HarkNetRequest request = {.name = "Alice", .text = "It is me."};

  hark_rng_bytes (hark_sim_network_rng (asker->network), request.answer.bytes,
                  sizeof request.answer.bytes);
  hark_net_open_audience (asker->net, HARK_AUDIENCE_REQUEST, &request.answer,
                          &asked->config.account, now_of (asker));
  hark_net_send_request (asker->net, &asked->config.account, token, &request, now_of (asker));
  hark_sim_node_flush (asker->node);
}

void
hark_sim_people_accept (HarkSimPerson *asked)
{
  HarkNetContact contact = {
    .account = asked->request_from,
    .reach = asked->request.answer,
    .has_first = true,
    .first = asked->request.answer,
  };

  hark_net_set_contact (asked->net, &contact, now_of (asked));
  hark_sim_node_flush (asked->node);
}

bool
hark_sim_person_say (HarkSimPerson *person, const void *bytes, size_t len)
{
  g_autoptr (GBytes) copy = g_bytes_new (bytes, len);
  int64_t stream = hark_net_stream_open (person->net, &person->peer, HARK_STREAM_CHAT);
  bool sent
    = stream >= 0
      && hark_net_stream_send (person->net, &person->peer, stream, copy, true, now_of (person));

  hark_sim_node_flush (person->node);
  return sent;
}
