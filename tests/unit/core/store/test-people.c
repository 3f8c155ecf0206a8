/* What people tell of themselves and what is noted about them, and their pictures. */
#include "tests/unit/core/store/helper.h"

#include <string.h>

#define PICTURE_LEN (96 * 96 * 3)

static HarkStorePerson
full_person (uint8_t who)
{
  HarkStorePerson person = {.account = helper_key (who),
                            .version = INT64_MAX,
                            .status_text = "In the garden",
                            .has_picture = true,
                            .availability = 3,
                            .verified_ms = 4,
                            .silent_until_ms = INT64_MAX,
                            .favourite = true,
                            .may = 1,
                            .via = "card",
                            .has_told = true};

  memset (person.picture, 5, sizeof person.picture);
  memset (person.told.bytes, 6, sizeof person.told.bytes);
  memset (person.notes, 'n', HARK_STORE_NOTES_MAX);
  return person;
}

static GBytes *
picture (uint8_t shade)
{
  uint8_t *pixels = g_malloc (PICTURE_LEN);

  memset (pixels, shade, PICTURE_LEN);
  return g_bytes_new_take (pixels, PICTURE_LEN);
}

static void
run (HarkStore *store, HarkStoreRequest *request)
{
  g_autoptr (HarkStoreReply) reply = hark_store_execute (store, request);

  g_assert_no_error (reply->error);
  g_assert_true (reply->ok);
}

static void
put (HarkStore *store, const HarkStorePerson *person, GBytes *pixels)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_PICTURE, 0);

  request->person = g_memdup2 (person, sizeof *person);
  request->picture = pixels;
  run (store, request);
}

static GBytes *
get (HarkStore *store, uint8_t who)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_PICTURE, 0);
  g_autoptr (HarkStoreReply) reply = NULL;

  request->account_key = helper_key (who);
  reply = hark_store_execute (store, request);
  g_assert_true (reply->ok);
  return g_steal_pointer (&reply->picture);
}

static HarkStore *
open_store (const char *dir)
{
  g_autoptr (GError) error = NULL;
  HarkStore *store = hark_store_open (dir, &(HarkStoreUnlock){NULL}, &error);

  g_assert_no_error (error);
  return store;
}

static guint
count (HarkStore *store, HarkStorePerson *ret_first)
{
  HarkStoreSnapshot snapshot;
  guint n;

  g_assert_true (hark_store_load (store, &snapshot, NULL));
  n = snapshot.people->len;
  if (n > 0)
    *ret_first = g_array_index (snapshot.people, HarkStorePerson, 0);
  hark_store_snapshot_clear (&snapshot);
  return n;
}

static void
test_kept (void)
{
  char *dir = helper_new_profile ();
  HarkStore *store = open_store (dir);
  const HarkStorePerson person = full_person (1);
  HarkStorePerson read;
  g_autoptr (GBytes) wanted = picture (7);
  g_autoptr (GBytes) pixels = NULL;

  put (store, &person, picture (6));
  put (store, &person, picture (7));
  hark_store_close (store);
  store = open_store (dir);
  g_assert_cmpuint (count (store, &read), ==, 1);
  g_assert_true (memcmp (&read, &person, sizeof person) == 0);
  pixels = get (store, 1);
  g_assert_true (g_bytes_equal (pixels, wanted));
  g_assert_null (get (store, 2));

  put (store, &person, NULL);
  g_assert_null (get (store, 1));
  g_assert_cmpuint (count (store, &read), ==, 1);
  hark_store_close (store);
  helper_remove (dir);
}

static void
test_gone (void)
{
  char *dir = helper_new_profile ();
  HarkStore *store = open_store (dir);
  const HarkStorePerson persons[] = {full_person (1), full_person (2)};
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_DELETE_CONTACT, 0);
  g_autoptr (GBytes) left = NULL;
  HarkStorePerson read;

  for (int i = 0; i < 2; i++)
    put (store, &persons[i], picture ((uint8_t) i));
  request->contact = g_new0 (HarkStoreContact, 1);
  request->contact->account = helper_key (1);
  run (store, request);
  g_assert_cmpuint (count (store, &read), ==, 1);
  g_assert_true (hark_key_equal (&read.account, &persons[1].account));
  g_assert_null (get (store, 1));
  left = get (store, 2);
  g_assert_nonnull (left);
  hark_store_close (store);
  helper_remove (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/people/keep-every-field", test_kept);
  g_test_add_func ("/store/people/go-with-the-contact", test_gone);
  return g_test_run ();
}
