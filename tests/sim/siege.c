#include "tests/sim/siege.h"

#include "core/identity/address.h"

#include <string.h>

#define LINK (&(HarkSimLinkConfig){.delay = 5 * HARK_MS})

HarkTime
siege_now (const Siege *siege)
{
  return hark_sim_network_now (siege->world.network);
}

static bool
tap (void *data, unsigned host, uint16_t port, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  Siege *siege = data;
  uint8_t *handles = hark_attack_find (bytes, len, "1:h16:"); /* the contacts', the strangers' */
  uint8_t *handle = hark_attack_find (bytes, len, "1:h8:");
  uint8_t *x = hark_attack_find (bytes, len, "1:x656:");

  if (siege->vera != NULL && host == siege->vera->host && handles
      && hark_attack_find (bytes, len, "7:hk_keep")) {
    memcpy (siege->handle, handles + 8, sizeof siege->handle);
    siege->ring_from = *to;
  }
  if (hark_attack_find (bytes, len, "7:hk_ring") && x && x[0] == HARK_PACKET_KNOCK && handle
      && memcmp (handle, siege->handle, sizeof siege->handle) == 0) {
    g_byte_array_set_size (siege->ring, 0);
    g_byte_array_append (siege->ring, bytes, (guint) len);
    siege->ring_from = hark_sim_network_get_address (siege->world.network, host);
    siege->ring_from.port = port;
    siege->ring_to = *to;
  }
  return true;
}

/* Mallory's request has reached Vera. */
void
siege_init (Siege *siege, uint64_t seed)
{
  g_auto (HarkAddress) parsed = {0};
  g_autofree char *address = NULL;
  HarkSimPerson asked = {0};

  *siege = (Siege){.ring = g_byte_array_new ()};
  hark_sim_world_init (&siege->world, seed);
  hark_sim_network_set_tap (siege->world.network, tap, siege);
  siege->vera = hark_sim_world_add (&siege->world, HARK_SIM_NAT_NONE, LINK, "Vera");
  siege->mallory = hark_sim_person_new (siege->world.network,
                                        hark_sim_network_add_host (siege->world.network, 0), true,
                                        &siege->world.bootstrap);
  address = hark_sim_address (siege->vera, false);
  g_assert_cmpint (hark_address_parse (address, &parsed), ==, HARK_ADDRESS_OK);
  hark_sim_network_run (siege->world.network, SIEGE_SETTLED);
  siege->token = parsed.token;
  asked.config.account = parsed.account;
  hark_sim_people_ask (siege->mallory, &asked, &siege->token);
  hark_sim_network_run (siege->world.network, SIEGE_SETTLED);
  g_assert_nonnull (hark_sim_core_node_find (siege->vera, HARK_EVENT_REQUEST, 0));
}

void
siege_clear (Siege *siege)
{
  hark_sim_person_free (siege->mallory);
  hark_sim_world_clear (&siege->world);
  g_byte_array_unref (siege->ring);
}

const HarkEvent *
siege_decide (Siege *siege, HarkCommandKind kind)
{
  HarkCommand *command = hark_sim_command (kind, NULL);

  command->has_contact = true;
  memcpy (command->contact, siege->mallory->config.account.bytes, sizeof command->contact);
  return hark_sim_core_node_ask (siege->vera, command);
}

void
siege_send_on (Siege *siege, int64_t stream, const void *bytes, size_t len)
{
  g_autoptr (GBytes) copy = g_bytes_new (bytes, len);

  hark_net_stream_send (siege->mallory->net, &siege->vera->account, stream, copy, false,
                        siege_now (siege));
}

void
siege_send_frame (Siege *siege, GBytes *frame)
{
  g_autoptr (GBytes) owned = frame;
  size_t len;
  const void *bytes = g_bytes_get_data (owned, &len);

  siege_send_on (siege, SIEGE_CONTROL, bytes, len);
}

void
siege_flush (Siege *siege, HarkTime span)
{
  hark_sim_node_flush (siege->mallory->node);
  hark_sim_network_run (siege->world.network, span);
}

static void
say_hello (Siege *siege)
{
  uint8_t token[16] = "reach me here..", random[HARK_PAIR_RANDOM_LEN] = "random";
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Hello hello = HARK__HELLO__INIT;

  hello.version = 1;
  hello.name = (char *) "Mallory";
  hello.contacts_token = (ProtobufCBinaryData){sizeof token, token};
  hello.pair_random = (ProtobufCBinaryData){sizeof random, random};
  frame.what_case = HARK__FRAME__WHAT_HELLO;
  frame.hello = &hello;
  siege_send_frame (siege, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
  siege_flush (siege, HARK_SECOND);
}

bool
siege_is_in (void *data)
{
  const Siege *siege = data;

  return siege->mallory->state == HARK_PEER_ONLINE;
}

/* Vera has accepted, and heard a right Hello. */
void
siege_get_in (Siege *siege, uint64_t seed)
{
  siege_init (siege, seed);
  g_assert_true (siege_decide (siege, HARK_COMMAND_ACCEPT)->ok);
  g_assert_true (
    hark_sim_network_run_until (siege->world.network, 2 * HARK_MINUTE, siege_is_in, siege));
  hark_sim_network_run (siege->world.network, HARK_SECOND);
  say_hello (siege);
}

unsigned
siege_count_events (const Siege *siege, HarkEventKind kind)
{
  unsigned n = 0;

  for (guint i = 0; i < siege->vera->events->len; i++)
    n += ((const HarkEvent *) siege->vera->events->pdata[i])->kind == kind;
  return n;
}

void
siege_assert_thrown_out (const Siege *siege)
{
  g_assert_cmpint (siege->mallory->state, !=, HARK_PEER_ONLINE);
  g_assert_cmpuint (siege->vera->warnings, >, 0);
  g_assert_nonnull (siege->vera->core);
}
