/* An accepted contact, whose program is the attacker's own, against a whole Hark. */
#include "core/files/stream.h"
#include "tests/sim/siege.h"

#include <glib/gstdio.h>
#include <string.h>

/* ---- frames ---------------------------------------------------------------------- */

static void
send_nonsense (Siege *siege, unsigned times)
{
  static const uint8_t nonsense[] = {0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0xff};

  for (unsigned i = 0; i < times; i++)
    siege_send_on (siege, SIEGE_CONTROL, nonsense, sizeof nonsense);
  siege_flush (siege, 5 * HARK_SECOND);
}

static void
test_malformed (void)
{
  Siege siege;

  siege_get_in (&siege, 1);
  send_nonsense (&siege, HARK_CORE_MALFORMED_MAX - 1);
  g_assert_cmpint (siege.mallory->state, ==, HARK_PEER_ONLINE);
  send_nonsense (&siege, 1);
  siege_assert_thrown_out (&siege);

  /* and again after each restart, which forgets that they were kept out */
  for (int i = 0; i < 3; i++) {
    hark_sim_core_node_kill (siege.vera);
    hark_sim_core_node_start (siege.vera);
    g_assert_true (
      hark_sim_network_run_until (siege.world.network, 5 * HARK_MINUTE, siege_is_in, &siege));
    hark_sim_network_run (siege.world.network, HARK_SECOND);
    send_nonsense (&siege, 100);
    siege_assert_thrown_out (&siege);
  }

  /* in five minutes they may come back by themselves */
  g_assert_true (
    hark_sim_network_run_until (siege.world.network, 12 * HARK_MINUTE, siege_is_in, &siege));
  siege_clear (&siege);
}

static void
test_endless_frame (void)
{
  static const uint8_t head[] = {0xff, 0xff, 0xff, 0xff};
  Siege siege;

  siege_get_in (&siege, 2);
  siege_send_on (&siege, SIEGE_CONTROL, head, sizeof head);
  siege_flush (&siege, 5 * HARK_SECOND);
  siege_assert_thrown_out (&siege);
  siege_clear (&siege);
}

/* Streams of no known kind, and ones that never say what they are. */
static void
test_streams (void)
{
  Siege siege;

  siege_get_in (&siege, 3);
  for (unsigned i = 0; i < 200; i++) {
    int64_t stream
      = hark_net_stream_open (siege.mallory->net, &siege.vera->account, HARK_STREAM_BULK);

    if (stream >= 0)
      siege_send_on (&siege, stream, "\002half a pull", 8);
    siege_flush (&siege, 20 * HARK_MS);
  }
  g_assert_cmpint (siege.mallory->state, ==, HARK_PEER_ONLINE);
  for (unsigned i = 0; i < 100 && siege.mallory->state == HARK_PEER_ONLINE; i++) {
    int64_t stream
      = hark_net_stream_open (siege.mallory->net, &siege.vera->account, HARK_STREAM_BULK);

    if (stream < 0)
      break;
    siege_send_on (&siege, stream, "\377", 1);
    siege_flush (&siege, 20 * HARK_MS);
  }
  g_assert_nonnull (siege.vera->core);
  siege_clear (&siege);
}

/* Where mail can be left, again and again: each hint is looked for among all contacts. */
static void
test_places_flood (void)
{
  Siege siege;
  uint8_t hint[HARK_MAIL_HINT_LEN] = {1}, ticket[HARK_MAIL_TICKET_LEN] = {2};
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Mailbox mail = HARK__MAILBOX__INIT;
  Hark__Mailbox__Places places = HARK__MAILBOX__PLACES__INIT;
  Hark__Mailbox__Place place = HARK__MAILBOX__PLACE__INIT;
  Hark__Mailbox__Place *list[HARK_MAIL_PLACES_MAX] = {&place, &place, &place, &place};

  siege_get_in (&siege, 19);
  place.hint = (ProtobufCBinaryData){sizeof hint, hint};
  place.ticket = (ProtobufCBinaryData){sizeof ticket, ticket};
  places.n_places = G_N_ELEMENTS (list);
  places.places = list;
  mail.what_case = HARK__MAILBOX__WHAT_PLACES;
  mail.places = &places;
  frame.what_case = HARK__FRAME__WHAT_MAILBOX;
  frame.mailbox = &mail;
  for (unsigned i = 0; i < 20; i++)
    siege_send_frame (&siege, hark_frame_pack (&frame, 1));
  siege_flush (&siege, 5 * HARK_SECOND);
  g_assert_cmpint (siege.mallory->state, ==, HARK_PEER_ONLINE);
  for (unsigned i = 0; i < HARK_CORE_FRAMES_BURST / 4; i++)
    siege_send_frame (&siege, hark_frame_pack (&frame, 1));
  siege_flush (&siege, 5 * HARK_SECOND);
  siege_assert_thrown_out (&siege);
  siege_clear (&siege);
}

static void
test_typing_flood (void)
{
  Siege siege;
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Typing typing = HARK__TYPING__INIT;

  siege_get_in (&siege, 4);
  frame.what_case = HARK__FRAME__WHAT_TYPING;
  frame.typing = &typing;
  for (unsigned i = 0; i < 20000; i++) {
    typing.on = i % 2 == 0;
    siege_send_frame (&siege, hark_frame_pack (&frame, 1));
  }
  siege_flush (&siege, 10 * HARK_SECOND);
  g_assert_cmpint (siege.mallory->state, ==, HARK_PEER_ONLINE);
  g_assert_cmpuint (siege_count_events (&siege, HARK_EVENT_TYPING), <, 2 * HARK_CORE_FRAMES_BURST);
  siege_clear (&siege);
}

/* While the disk hangs: what waits for it is bounded by what it costs. */
static void
assert_queue_is_bounded (Siege *siege)
{
  guint most = 0;

  for (unsigned i = 0; i < 50; i++) {
    siege_flush (siege, 200 * HARK_MS);
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

  siege_get_in (&siege, 7);
  siege.vera->store_time = 20 * HARK_SECOND;
  frame.what_case = HARK__FRAME__WHAT_READ;
  frame.read = &read;
  read.id = (ProtobufCBinaryData){sizeof id, id};
  for (unsigned i = 0; i < 100000; i++)
    siege_send_frame (&siege, hark_frame_pack (&frame, 1));
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

  siege_get_in (&siege, 5);
  siege.vera->store_time = 20 * HARK_SECOND; /* the disk hangs */
  frame.what_case = HARK__FRAME__WHAT_ENTRY;
  frame.entry = &text;
  text.text = (char *) "x";
  for (unsigned i = 0; i < 100000; i++) {
    memcpy (id, &i, sizeof i);
    text.id = (ProtobufCBinaryData){sizeof id, id};
    text.seq = i + 1;
    siege_send_frame (&siege, hark_frame_pack (&frame, 1));
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
  siege_send_frame (siege, hark_file_offer_write (&file));
}

static void
test_offer_flood (void)
{
  Siege siege;

  siege_get_in (&siege, 6);
  for (unsigned i = 0; i < 500; i++)
    offer (&siege, i, "something.bin", 1000);
  siege_flush (&siege, 10 * HARK_SECOND);
  g_assert_cmpuint (siege_count_events (&siege, HARK_EVENT_FILE_OFFER), ==, HARK_CORE_OFFERS_MAX);
  g_assert_cmpint (siege.mallory->state, ==, HARK_PEER_ONLINE);
  for (unsigned i = 0; i < 5000; i++)
    offer (&siege, 1000 + i, "something.bin", 1000);
  siege_flush (&siege, 10 * HARK_SECOND);
  siege_assert_thrown_out (&siege);
  siege_clear (&siege);
}

/* Files that are taken without a question are bounded, too. */
static void
test_welcome_flood (void)
{
  HarkCommand *rule = hark_sim_command (HARK_COMMAND_ACCEPT_FILES, NULL);
  Siege siege;

  siege_get_in (&siege, 7);
  rule->has_contact = true;
  memcpy (rule->contact, siege.mallory->config.account.bytes, sizeof rule->contact);
  rule->on = true;
  g_assert_true (hark_sim_core_node_ask (siege.vera, rule)->ok);
  for (unsigned i = 0; i < 2000; i++) {
    g_autofree char *name = g_strdup_printf ("%u.bin", i);

    offer (&siege, i, name, 8 << 20);
    if (i % 100 == 99)
      siege_flush (&siege, HARK_SECOND);
  }
  siege_flush (&siege, 10 * HARK_SECOND);
  g_test_message ("%u transfers", g_hash_table_size (siege.vera->core->transfers));
  g_assert_cmpuint (g_hash_table_size (siege.vera->core->transfers), ==, HARK_CORE_COMING_MAX);
  g_assert_cmpint (siege.mallory->state, ==, HARK_PEER_ONLINE);
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
    siege_send_on (siege, stream, bytes, len);
  siege_flush (siege, 3 * HARK_SECOND);
}

static void
check_lie (uint64_t seed, uint64_t size, const uint8_t *bytes, size_t len)
{
  Siege siege;

  siege_get_in (&siege, seed);
  offer (&siege, 1, "lie.bin", size);
  siege_flush (&siege, HARK_SECOND);
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

  siege_get_in (&siege, 14);
  offer (&siege, 1, "endless.bin", 5000);
  siege_flush (&siege, HARK_SECOND);
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

  siege_get_in (&siege, 15);
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    offer (&siege, (unsigned) i, "huge.bin", sizes[i]);
  siege_flush (&siege, HARK_SECOND);
  g_assert_cmpuint (siege_count_events (&siege, HARK_EVENT_FILE_OFFER), ==, 0);

  /* the largest there may be: there is no room for it, and nothing is written */
  offer (&siege, 77, "largest.bin", HARK_FILE_SIZE_MAX);
  siege_flush (&siege, HARK_SECOND);
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
  g_assert_true (siege_decide (&siege, HARK_COMMAND_DECLINE)->ok);
  hark_sim_network_run (siege.world.network, SIEGE_SETTLED);
  requests = siege_count_events (&siege, HARK_EVENT_REQUEST);
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
    hark_sim_network_run (siege.world.network, SIEGE_SETTLED);
  }
  g_assert_cmpuint (siege_count_events (&siege, HARK_EVENT_REQUEST), ==, requests);
  siege_clear (&siege);
}

/* Accepted once, then removed: what asked then, recorded by a contact point, asks no more. */
static void
test_request_of_somebody_removed (void)
{
  Siege siege;
  unsigned requests;

  siege_init (&siege, 17);
  g_assert_true (siege_decide (&siege, HARK_COMMAND_ACCEPT)->ok);
  hark_sim_network_run (siege.world.network, SIEGE_SETTLED);
  hark_net_cancel_request (siege.mallory->net, &siege.vera->account);
  g_assert_true (siege_decide (&siege, HARK_COMMAND_REMOVE)->ok);
  hark_sim_network_run (siege.world.network, SIEGE_SETTLED);
  requests = siege_count_events (&siege, HARK_EVENT_REQUEST);
  ring_again (&siege, 100);
  hark_sim_core_node_kill (siege.vera);
  hark_sim_core_node_start (siege.vera);
  hark_sim_network_run (siege.world.network, SIEGE_SETTLED);
  ring_again (&siege, 100);
  g_assert_cmpuint (siege_count_events (&siege, HARK_EVENT_REQUEST), ==, requests);
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
  g_test_add_func ("/attacks/frames/places-cannot-keep-us-busy", test_places_flood);
  g_test_add_func ("/attacks/frames/receipts-cannot-fill-memory", test_read_flood);
  g_test_add_func ("/attacks/frames/short-texts-cannot-fill-memory", test_text_flood);
  g_test_add_func ("/attacks/files/offers-are-bounded", test_offer_flood);
  g_test_add_func ("/attacks/files/welcome-ones-are-bounded", test_welcome_flood);
  g_test_add_func ("/attacks/files/lies-fail-the-transfer", test_lies);
  g_test_add_func ("/attacks/files/endless-one-fails", test_endless_file);
  g_test_add_func ("/attacks/files/impossible-sizes-are-refused", test_impossible_sizes);
  g_test_add_func ("/attacks/requests/declined-stays-declined", test_old_request);
  g_test_add_func ("/attacks/requests/removed-stays-removed", test_request_of_somebody_removed);
  return g_test_run ();
}
