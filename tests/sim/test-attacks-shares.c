/* A contact with whom a folder is shared, or who shares one, and whose program is the attacker's
 * own. */
#include "core/files/shared.h"
#include "core/heart/files/shares.h"
#include "tests/sim/siege.h"

#include <glib/gstdio.h>
#include <string.h>

static HarkCommand *
about_mallory (const Siege *siege, HarkCommandKind kind, const char *path)
{
  HarkCommand *command = hark_sim_command (kind, NULL);

  command->has_contact = true;
  memcpy (command->contact, siege->mallory->config.account.bytes, sizeof command->contact);
  command->path = g_strdup (path);
  return command;
}

static void
browse (Siege *siege, const char *path, size_t id_len, bool fetch)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Browse body = HARK__BROWSE__INIT;
  uint8_t id[16] = "question";

  body.id = (ProtobufCBinaryData){id_len, id};
  body.path = (char *) path;
  body.fetch = fetch;
  frame.what_case = HARK__FRAME__WHAT_BROWSE;
  frame.browse = &body;
  siege_send_frame (siege, hark_frame_pack (&frame, HARK_FRAME_STEP_TEXT));
}

/* Vera shares the folder “music” of those that she takes files in, which has a song in it. */
static void
share_music (Siege *siege)
{
  g_autofree char *folder = g_build_filename (siege->vera->taken, "music", NULL);
  g_autofree char *song = g_build_filename (folder, "song", NULL);
  g_autofree char *secret = g_build_filename (siege->vera->taken, "secret", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (song, "la", -1, NULL));
  g_assert_true (g_file_set_contents (secret, "no", -1, NULL));
  g_assert_true (
    hark_sim_core_node_ask (siege->vera, about_mallory (siege, HARK_COMMAND_SHARE, folder))->ok);
}

/* Whatever way is asked for, nothing is given but what lies in what is shared. */
static void
test_ways_out (void)
{
  static const char *const ways[]
    = {"music/../secret", "music/./song",   "music//song", "/etc/passwd", "music/.hidden", "..",
       "secret",          "music/so\xffng", "musi",        "music/song/", "music/\nsong"};
  g_autofree char *endless = g_strnfill (HARK_SHARED_PATH_MAX + 1, 'a');
  Siege siege;

  siege_get_in (&siege, 20);
  share_music (&siege);
  for (size_t i = 0; i < G_N_ELEMENTS (ways); i++)
    for (int fetch = 0; fetch < 2; fetch++)
      browse (&siege, ways[i], 8, fetch);
  browse (&siege, "", 8, true);
  siege_flush (&siege, 5 * HARK_SECOND);
  g_assert_cmpuint (g_hash_table_size (siege.vera->core->transfers), ==, 0);
  g_assert_cmpuint (siege.vera->core->asks->len, ==, 0);
  g_assert_cmpint (siege.mallory->state, ==, HARK_PEER_ONLINE); /* to ask is no nonsense */
  browse (&siege, "music/song", 8, true);
  siege_flush (&siege, 5 * HARK_SECOND);
  g_assert_cmpuint (g_hash_table_size (siege.vera->core->transfers), ==, 1);
  for (unsigned i = 0; i < HARK_CORE_MALFORMED_MAX; i++)
    browse (&siege, i % 2 == 0 ? endless : "music", i % 2 == 0 ? 8 : 7 + 2 * (i % 4 == 1), false);
  siege_flush (&siege, 5 * HARK_SECOND);
  siege_assert_thrown_out (&siege);
  siege_clear (&siege);
}

/* While the disk hangs, two questions of one contact wait for it. */
static void
test_browse_flood (void)
{
  Siege siege;

  siege_get_in (&siege, 21);
  share_music (&siege);
  siege.vera->disk_time = 20 * HARK_SECOND;
  for (unsigned i = 0; i < 1000; i++)
    browse (&siege, "music", 8, false);
  siege_flush (&siege, 5 * HARK_SECOND);
  g_assert_cmpuint (siege.vera->core->asks->len, ==, 2);
  g_assert_cmpuint (siege.vera->disk_queue.length, <=, 2);
  g_assert_cmpint (siege.mallory->state, ==, HARK_PEER_ONLINE);
  for (unsigned i = 0; i < 5000; i++)
    browse (&siege, "music", 8, false);
  siege_flush (&siege, 5 * HARK_SECOND);
  siege_assert_thrown_out (&siege);
  siege_clear (&siege);
}

/* Answers Vera's question with @n entries called @name; the result, NULL: none came. */
static const HarkEvent *
answer_browse (Siege *siege, const char *name, size_t n)
{
  g_autofree Hark__Listing__Entry **list = g_new (Hark__Listing__Entry *, n);
  const guint from = siege->vera->events->len;
  Hark__Listing__Entry entry = HARK__LISTING__ENTRY__INIT;
  Hark__Listing listing = HARK__LISTING__INIT;
  Hark__Frame frame = HARK__FRAME__INIT;
  uint8_t id[8] = "no such";

  if (siege->vera->core->asks->len > 0)
    memcpy (id, ((HarkCoreAsk *) siege->vera->core->asks->pdata[0])->id, sizeof id);
  entry.name = (char *) name;
  entry.size = UINT64_MAX;
  for (size_t i = 0; i < n; i++)
    list[i] = &entry;
  listing.id = (ProtobufCBinaryData){sizeof id, id};
  listing.entries = list;
  listing.n_entries = n;
  listing.total = 1;
  frame.what_case = HARK__FRAME__WHAT_LISTING;
  frame.listing = &listing;
  siege_send_frame (siege, hark_frame_pack (&frame, HARK_FRAME_STEP_TEXT));
  siege_flush (siege, HARK_SECOND);
  return hark_sim_core_node_find (siege->vera, HARK_EVENT_RESULT, from);
}

static void
test_listings (void)
{
  g_autofree char *long_name = g_strnfill (256, 'a');
  const char *const names[] = {"../key", "", "a/b", ".hidden", "a\nb", "a\xff", long_name};
  const HarkEvent *result;
  Siege siege;

  siege_get_in (&siege, 22);
  g_assert_null (answer_browse (&siege, "unasked", 1));
  for (size_t i = 0; i <= G_N_ELEMENTS (names); i++) {
    const bool many = i == G_N_ELEMENTS (names);

    hark_sim_core_node_do (siege.vera, about_mallory (&siege, HARK_COMMAND_BROWSE, "x"));
    result = many ? answer_browse (&siege, "a", HARK_SHARED_PAGE + 1)
                  : answer_browse (&siege, names[i], 1);
    g_assert_nonnull (result);
    g_assert_cmpstr (result->code, ==, "bad-answer");
    g_assert_cmpuint (siege.vera->core->asks->len, ==, 0);
  }
  hark_sim_core_node_do (siege.vera, about_mallory (&siege, HARK_COMMAND_BROWSE, "x"));
  result = answer_browse (&siege, "a", HARK_SHARED_PAGE);
  g_assert_true (result != NULL && result->ok);
  g_assert_cmpuint (result->number, ==, HARK_SHARED_PAGE); /* more than they say there are */
  g_assert_cmpuint (((const HarkBrowseEntry *) result->entries->pdata[0])->size, ==,
                    HARK_FILE_SIZE_MAX);
  siege_clear (&siege);
}

/* Whoever asks for a file again and again, and takes none, has it offered to them so many times. */
static void
test_endless_fetches (void)
{
  Siege siege;
  guint n;

  siege_get_in (&siege, 24);
  share_music (&siege);
  for (unsigned i = 0; i < 100; i++) {
    for (unsigned k = 0; k < 10; k++)
      browse (&siege, "music/song", 8, true);
    siege_flush (&siege, 2 * HARK_SECOND);
  }
  n = g_hash_table_size (siege.vera->core->transfers);
  g_assert_cmpuint (n, >=, HARK_CORE_FETCHES_MAX);
  g_assert_cmpuint (n, <, HARK_CORE_FETCHES_MAX + HARK_CORE_OFFERS_MAX);
  siege_clear (&siege);
}

/* What was fetched, offered back as something else, is what it was. */
static void
test_own_offer (void)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__FileOffer body = HARK__FILE_OFFER__INIT;
  uint8_t sample[HARK_FILE_SAMPLE_LEN] = {1}, before[HARK_FILE_SAMPLE_LEN];
  HarkFileTransfer *transfer;
  GHashTableIter iter;
  void *value;
  Siege siege;

  siege_get_in (&siege, 25);
  share_music (&siege);
  browse (&siege, "music/song", 8, true);
  siege_flush (&siege, 5 * HARK_SECOND);
  g_hash_table_iter_init (&iter, siege.vera->core->transfers);
  g_assert_true (g_hash_table_iter_next (&iter, NULL, &value));
  transfer = value;
  memcpy (before, transfer->sample, sizeof before);
  body.id = (ProtobufCBinaryData){sizeof transfer->offer, transfer->offer};
  body.name = (char *) "diary";
  body.size = 1;
  body.sample = (ProtobufCBinaryData){sizeof sample, sample};
  frame.what_case = HARK__FRAME__WHAT_FILE_OFFER;
  frame.file_offer = &body;
  siege_send_frame (&siege, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
  siege_flush (&siege, 5 * HARK_SECOND);
  g_assert_true (memcmp (transfer->sample, before, sizeof before) == 0);
  g_assert_cmpuint (transfer->size, ==, strlen ("la"));
  g_assert_cmpint (siege.mallory->state, ==, HARK_PEER_ONLINE);
  siege_clear (&siege);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/attacks/shares/no-way-leads-out", test_ways_out);
  g_test_add_func ("/attacks/shares/questions-are-bounded", test_browse_flood);
  g_test_add_func ("/attacks/shares/listings-of-no-sense-are-refused", test_listings);
  g_test_add_func ("/attacks/shares/endless-fetches", test_endless_fetches);
  g_test_add_func ("/attacks/shares/own-offer-said-back", test_own_offer);
  return g_test_run ();
}
