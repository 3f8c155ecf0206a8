/* An accepted contact, whose program is the attacker's own, against a whole Hark. */
#include "core/core-private.h"
#include "core/files/stream.h"
#include "core/identity/address.h"
#include "tests/sim/attack.h"
#include "tests/sim/core-world.h"

#include <glib/gstdio.h>
#include <string.h>

#define LINK (&(HarkSimLinkConfig){.delay = 5 * HARK_MS})
#define SETTLED (20 * HARK_SECOND)
#define CONTROL 0 /* the first stream of whoever started the session: the victim */

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *vera; /* the victim */
  HarkSimPerson *mallory;
  HarkToken token;
  GByteArray *ring; /* the last knock that rang at Vera's */
  HarkEndpoint ring_from, ring_to;
  uint8_t handle[8]; /* of Vera at a contact point, for strangers */
} Siege;

static HarkTime
now_of (const Siege *siege)
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
static void
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
  hark_sim_network_run (siege->world.network, SETTLED);
  siege->token = parsed.token;
  asked.config.account = parsed.account;
  hark_sim_people_ask (siege->mallory, &asked, &siege->token);
  hark_sim_network_run (siege->world.network, SETTLED);
  g_assert_nonnull (hark_sim_core_node_find (siege->vera, HARK_EVENT_REQUEST, 0));
}

static void
siege_clear (Siege *siege)
{
  hark_sim_person_free (siege->mallory);
  hark_sim_world_clear (&siege->world);
  g_byte_array_unref (siege->ring);
}

static const HarkEvent *
decide (Siege *siege, HarkCommandKind kind)
{
  HarkCommand *command = hark_sim_command (kind, NULL);

  command->has_contact = true;
  memcpy (command->contact, siege->mallory->config.account.bytes, sizeof command->contact);
  return hark_sim_core_node_ask (siege->vera, command);
}

static void
send_on (Siege *siege, int64_t stream, const void *bytes, size_t len)
{
  g_autoptr (GBytes) copy = g_bytes_new (bytes, len);

  hark_net_stream_send (siege->mallory->net, &siege->vera->account, stream, copy, false,
                        now_of (siege));
}

static void
send_frame (Siege *siege, GBytes *frame)
{
  g_autoptr (GBytes) owned = frame;
  size_t len;
  const void *bytes = g_bytes_get_data (owned, &len);

  send_on (siege, CONTROL, bytes, len);
}

static void
flush (Siege *siege, HarkTime span)
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
  send_frame (siege, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
  flush (siege, HARK_SECOND);
}

static bool
is_in (void *data)
{
  const Siege *siege = data;

  return siege->mallory->state == HARK_PEER_ONLINE;
}

/* Vera has accepted, and heard a right Hello. */
static void
get_in (Siege *siege, uint64_t seed)
{
  siege_init (siege, seed);
  g_assert_true (decide (siege, HARK_COMMAND_ACCEPT)->ok);
  g_assert_true (hark_sim_network_run_until (siege->world.network, 2 * HARK_MINUTE, is_in, siege));
  hark_sim_network_run (siege->world.network, HARK_SECOND);
  say_hello (siege);
}

static unsigned
count_events (const Siege *siege, HarkEventKind kind)
{
  unsigned n = 0;

  for (guint i = 0; i < siege->vera->events->len; i++)
    n += ((const HarkEvent *) siege->vera->events->pdata[i])->kind == kind;
  return n;
}

static void
assert_thrown_out (const Siege *siege)
{
  g_assert_cmpint (siege->mallory->state, !=, HARK_PEER_ONLINE);
  g_assert_cmpuint (siege->vera->warnings, >, 0);
  g_assert_nonnull (siege->vera->core);
}

/* ---- frames ---------------------------------------------------------------------- */

static void
send_nonsense (Siege *siege, unsigned times)
{
  static const uint8_t nonsense[] = {0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0xff};

  for (unsigned i = 0; i < times; i++)
    send_on (siege, CONTROL, nonsense, sizeof nonsense);
  flush (siege, 5 * HARK_SECOND);
}

static void
test_malformed (void)
{
  Siege siege;

  get_in (&siege, 1);
  send_nonsense (&siege, HARK_CORE_MALFORMED_MAX - 1);
  g_assert_cmpint (siege.mallory->state, ==, HARK_PEER_ONLINE);
  send_nonsense (&siege, 1);
  assert_thrown_out (&siege);

  /* and again after each restart, which forgets that they were kept out */
  for (int i = 0; i < 3; i++) {
    hark_sim_core_node_kill (siege.vera);
    hark_sim_core_node_start (siege.vera);
    g_assert_true (
      hark_sim_network_run_until (siege.world.network, 5 * HARK_MINUTE, is_in, &siege));
    hark_sim_network_run (siege.world.network, HARK_SECOND);
    send_nonsense (&siege, 100);
    assert_thrown_out (&siege);
  }

  /* in five minutes they may come back by themselves */
  g_assert_true (hark_sim_network_run_until (siege.world.network, 12 * HARK_MINUTE, is_in, &siege));
  siege_clear (&siege);
}

static void
test_endless_frame (void)
{
  static const uint8_t head[] = {0xff, 0xff, 0xff, 0xff};
  Siege siege;

  get_in (&siege, 2);
  send_on (&siege, CONTROL, head, sizeof head);
  flush (&siege, 5 * HARK_SECOND);
  assert_thrown_out (&siege);
  siege_clear (&siege);
}

/* Streams of no known kind, and ones that never say what they are. */
static void
test_streams (void)
{
  Siege siege;

  get_in (&siege, 3);
  for (unsigned i = 0; i < 200; i++) {
    int64_t stream
      = hark_net_stream_open (siege.mallory->net, &siege.vera->account, HARK_STREAM_BULK);

    if (stream >= 0)
      send_on (&siege, stream, "\002half a pull", 8);
    flush (&siege, 20 * HARK_MS);
  }
  g_assert_cmpint (siege.mallory->state, ==, HARK_PEER_ONLINE);
  for (unsigned i = 0; i < 100 && siege.mallory->state == HARK_PEER_ONLINE; i++) {
    int64_t stream
      = hark_net_stream_open (siege.mallory->net, &siege.vera->account, HARK_STREAM_BULK);

    if (stream < 0)
      break;
    send_on (&siege, stream, "\377", 1);
    flush (&siege, 20 * HARK_MS);
  }
  g_assert_nonnull (siege.vera->core);
  siege_clear (&siege);
}

static void
test_typing_flood (void)
{
  Siege siege;
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Typing typing = HARK__TYPING__INIT;

  get_in (&siege, 4);
  frame.what_case = HARK__FRAME__WHAT_TYPING;
  frame.typing = &typing;
  for (unsigned i = 0; i < 20000; i++) {
    typing.on = i % 2 == 0;
    send_frame (&siege, hark_frame_pack (&frame, 1));
  }
  flush (&siege, 10 * HARK_SECOND);
  g_assert_cmpint (siege.mallory->state, ==, HARK_PEER_ONLINE);
  g_assert_cmpuint (count_events (&siege, HARK_EVENT_TYPING), <, 2 * HARK_CORE_FRAMES_BURST);
  siege_clear (&siege);
}

/* While the disk hangs: what waits for it is bounded by what it costs. */
static void
assert_queue_is_bounded (Siege *siege)
{
  guint most = 0;

  for (unsigned i = 0; i < 50; i++) {
    flush (siege, 200 * HARK_MS);
    most = MAX (most, siege->vera->store_queue.length);
  }
  g_assert_cmpuint (most, >, 100);
  g_assert_cmpuint (most, <, 20000);
}

/* Read receipts faster than the disk takes them. */
static void
test_read_flood (void)
{
  Siege siege;
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Read read = HARK__READ__INIT;
  uint8_t id[16] = "no such message";

  get_in (&siege, 7);
  siege.vera->store_time = 20 * HARK_SECOND;
  frame.what_case = HARK__FRAME__WHAT_READ;
  frame.read = &read;
  read.id = (ProtobufCBinaryData){sizeof id, id};
  for (unsigned i = 0; i < 100000; i++)
    send_frame (&siege, hark_frame_pack (&frame, 1));
  assert_queue_is_bounded (&siege);
  g_assert_cmpint (siege.mallory->state, ==, HARK_PEER_ONLINE);
  siege_clear (&siege);
}

/* Short texts faster than the disk takes them: what waits is bounded by what it costs. */
static void
test_text_flood (void)
{
  Siege siege;
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Entry text = HARK__ENTRY__INIT;
  uint8_t id[16] = {0};

  get_in (&siege, 5);
  siege.vera->store_time = 20 * HARK_SECOND; /* the disk hangs */
  frame.what_case = HARK__FRAME__WHAT_ENTRY;
  frame.entry = &text;
  text.text = (char *) "x";
  for (unsigned i = 0; i < 100000; i++) {
    memcpy (id, &i, sizeof i);
    text.id = (ProtobufCBinaryData){sizeof id, id};
    text.seq = i + 1;
    send_frame (&siege, hark_frame_pack (&frame, 1));
  }
  assert_queue_is_bounded (&siege);
  g_assert_cmpint (siege.mallory->state, ==, HARK_PEER_ONLINE);
  siege_clear (&siege);
}

/* ---- files ----------------------------------------------------------------------- */

static void
offer (Siege *siege, unsigned number, const char *name, uint64_t size)
{
  HarkFileOffer file = {.name = name, .size = size};

  memcpy (file.id, &number, sizeof number);
  send_frame (siege, hark_file_offer_write (&file));
}

static void
test_offer_flood (void)
{
  Siege siege;

  get_in (&siege, 6);
  for (unsigned i = 0; i < 500; i++)
    offer (&siege, i, "something.bin", 1000);
  flush (&siege, 10 * HARK_SECOND);
  g_assert_cmpuint (count_events (&siege, HARK_EVENT_FILE_OFFER), ==, HARK_CORE_OFFERS_MAX);
  g_assert_cmpint (siege.mallory->state, ==, HARK_PEER_ONLINE);
  for (unsigned i = 0; i < 5000; i++)
    offer (&siege, 1000 + i, "something.bin", 1000);
  flush (&siege, 10 * HARK_SECOND);
  assert_thrown_out (&siege);
  siege_clear (&siege);
}

static void
take_last (Siege *siege)
{
  const HarkEvent *event = hark_sim_core_node_find (siege->vera, HARK_EVENT_FILE_OFFER, 0);
  HarkCommand *command = hark_sim_command (HARK_COMMAND_TAKE, NULL);

  g_assert_nonnull (event);
  command->transfer = event->transfer->id;
  g_assert_true (hark_sim_core_node_ask (siege->vera, command)->ok);
  hark_sim_network_run (siege->world.network, HARK_SECOND);
}

static HarkFileState
last_state (const Siege *siege)
{
  const HarkEvent *event = hark_sim_core_node_find (siege->vera, HARK_EVENT_FILE_STATE, 0);

  g_assert_nonnull (event);
  return event->transfer->state;
}

static guint
count_files (const Siege *siege)
{
  GDir *dir = g_dir_open (siege->vera->taken, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  if (dir != NULL)
    g_dir_close (dir);
  return n;
}

/* Answers whatever Vera pulls with @len bytes of @bytes, on every stream she may have opened. */
static void
answer_pulls (Siege *siege, const void *bytes, size_t len)
{
  for (int64_t stream = 4; stream < 400; stream += 4)
    send_on (siege, stream, bytes, len);
  flush (siege, 3 * HARK_SECOND);
}

static void
check_lie (uint64_t seed, uint64_t size, const uint8_t *bytes, size_t len)
{
  Siege siege;

  get_in (&siege, seed);
  offer (&siege, 1, "lie.bin", size);
  flush (&siege, HARK_SECOND);
  take_last (&siege);
  for (unsigned i = 0; i < 8 && last_state (&siege) != HARK_FILE_FAILED; i++)
    answer_pulls (&siege, bytes, len);
  g_assert_cmpint (last_state (&siege), ==, HARK_FILE_FAILED);
  g_assert_cmpuint (count_files (&siege), ==, 0);
  g_assert_nonnull (siege.vera->core);
  siege_clear (&siege);
}

static void
test_lies (void)
{
  uint8_t record[HARK_FILE_RECORD_HEAD_LEN + 5000] = {0};
  uint8_t hash[HARK_TREE_HASH_LEN];

  memset (hash, 0, sizeof hash);
  hark_file_record_head (0xffffffff, hash, record);
  check_lie (10, 5000, record, sizeof record); /* another length than announced */
  memset (record, 0, sizeof record);
  hark_file_record_head (5000, hash, record);
  memset (record + 4, 7, HARK_TREE_HASH_LEN);
  check_lie (11, 5000, record, sizeof record); /* another hash */
  memset (record, 0, sizeof record);
  hark_file_record_head (0, hash, record);
  check_lie (12, 5000, record, sizeof record); /* an end in the middle */
  check_lie (13, 0, record, sizeof record);    /* an empty file with another root, and more */
}

/* Right blocks, then bytes without an end. */
static void
test_endless_file (void)
{
  g_autofree uint8_t *more = g_malloc0 (1 << 20);
  uint8_t record[HARK_FILE_RECORD_HEAD_LEN + 5000] = {0};
  uint8_t hash[HARK_TREE_HASH_LEN];
  Siege siege;

  get_in (&siege, 14);
  offer (&siege, 1, "endless.bin", 5000);
  flush (&siege, HARK_SECOND);
  take_last (&siege);
  hark_tree_hash_block (record + HARK_FILE_RECORD_HEAD_LEN, 5000, hash);
  hark_file_record_head (5000, hash, record);
  answer_pulls (&siege, record, sizeof record);
  for (unsigned i = 0; i < 20; i++)
    answer_pulls (&siege, more, 1 << 20);
  g_assert_cmpint (last_state (&siege), ==, HARK_FILE_FAILED);
  g_assert_cmpuint (siege.vera->disk_written, <=, 4 * 5000);
  g_assert_cmpuint (count_files (&siege), ==, 0);
  siege_clear (&siege);
}

static void
test_impossible_sizes (void)
{
  static const uint64_t sizes[] = {UINT64_MAX, UINT64_MAX - 1, (uint64_t) INT64_MAX,
                                   (uint64_t) 1 << 63, HARK_FILE_SIZE_MAX + 1};
  Siege siege;

  get_in (&siege, 15);
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    offer (&siege, (unsigned) i, "huge.bin", sizes[i]);
  flush (&siege, HARK_SECOND);
  g_assert_cmpuint (count_events (&siege, HARK_EVENT_FILE_OFFER), ==, 0);

  /* the largest there may be: there is no room for it, and nothing is written */
  offer (&siege, 77, "largest.bin", HARK_FILE_SIZE_MAX);
  flush (&siege, HARK_SECOND);
  take_last (&siege);
  g_assert_cmpint (last_state (&siege), ==, HARK_FILE_PAUSED);
  g_assert_cmpuint (count_files (&siege), ==, 0);
  siege_clear (&siege);
}

/* ---- requests -------------------------------------------------------------------- */

/* The recorded request, from Vera's contact point of now, as a flow of its own each time. */
static void
ring_again (Siege *siege, unsigned times)
{
  g_autoptr (GByteArray) ring = g_byte_array_new ();

  g_byte_array_append (ring, siege->ring->data, siege->ring->len);
  for (unsigned i = 0; i < times; i++) {
    uint8_t *handle = hark_attack_find (ring->data, ring->len, "1:h8:");
    uint8_t *flow = hark_attack_find (ring->data, ring->len, "1:t4:");

    g_assert_true (handle && flow);
    memcpy (handle, siege->handle, sizeof siege->handle);
    memcpy (flow, &i, sizeof i);
    hark_sim_network_forge (siege->world.network, &siege->ring_from, &siege->ring_to, ring->data,
                            ring->len);
    hark_sim_network_run (siege->world.network, 10 * HARK_MS);
  }
}

static void
test_old_request (void)
{
  Siege siege;
  unsigned requests;

  siege_init (&siege, 16);
  hark_net_cancel_request (siege.mallory->net, &siege.vera->account);
  g_assert_true (decide (&siege, HARK_COMMAND_DECLINE)->ok);
  hark_sim_network_run (siege.world.network, SETTLED);
  requests = count_events (&siege, HARK_EVENT_REQUEST);
  for (int i = 0; i < 3; i++) {
    unsigned writes = siege.vera->writes;

    ring_again (&siege, 3000);
    g_assert_cmpuint (siege.vera->writes, ==, writes);
    hark_sim_network_run (siege.world.network, 11 * HARK_MINUTE); /* replays are forgotten */
    writes = siege.vera->writes;
    ring_again (&siege, 100);
    g_assert_cmpuint (siege.vera->writes, ==, writes);
    hark_sim_core_node_kill (siege.vera);
    hark_sim_core_node_start (siege.vera);
    hark_sim_network_run (siege.world.network, SETTLED);
  }
  g_assert_cmpuint (count_events (&siege, HARK_EVENT_REQUEST), ==, requests);
  siege_clear (&siege);
}

/* Accepted once, then removed: what asked then, recorded by a contact point, asks no more. */
static void
test_request_of_somebody_removed (void)
{
  Siege siege;
  unsigned requests;

  siege_init (&siege, 17);
  g_assert_true (decide (&siege, HARK_COMMAND_ACCEPT)->ok);
  hark_sim_network_run (siege.world.network, SETTLED);
  hark_net_cancel_request (siege.mallory->net, &siege.vera->account);
  g_assert_true (decide (&siege, HARK_COMMAND_REMOVE)->ok);
  hark_sim_network_run (siege.world.network, SETTLED);
  requests = count_events (&siege, HARK_EVENT_REQUEST);
  ring_again (&siege, 100);
  hark_sim_core_node_kill (siege.vera);
  hark_sim_core_node_start (siege.vera);
  hark_sim_network_run (siege.world.network, SETTLED);
  ring_again (&siege, 100);
  g_assert_cmpuint (count_events (&siege, HARK_EVENT_REQUEST), ==, requests);
  siege_clear (&siege);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/attacks/frames/nonsense-is-thrown-out", test_malformed);
  g_test_add_func ("/attacks/frames/endless-one-is-thrown-out", test_endless_frame);
  g_test_add_func ("/attacks/frames/streams-of-no-kind-are-bounded", test_streams);
  g_test_add_func ("/attacks/frames/typing-cannot-flood", test_typing_flood);
  g_test_add_func ("/attacks/frames/receipts-cannot-fill-memory", test_read_flood);
  g_test_add_func ("/attacks/frames/short-texts-cannot-fill-memory", test_text_flood);
  g_test_add_func ("/attacks/files/offers-are-bounded", test_offer_flood);
  g_test_add_func ("/attacks/files/lies-fail-the-transfer", test_lies);
  g_test_add_func ("/attacks/files/endless-one-fails", test_endless_file);
  g_test_add_func ("/attacks/files/impossible-sizes-are-refused", test_impossible_sizes);
  g_test_add_func ("/attacks/requests/declined-stays-declined", test_old_request);
  g_test_add_func ("/attacks/requests/removed-stays-removed", test_request_of_somebody_removed);
  return g_test_run ();
}
