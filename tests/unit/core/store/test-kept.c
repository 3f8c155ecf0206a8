/* Sealed mail that is kept for others. */
#include "core/store/database.h"
#include "tests/unit/core/store/helper.h"

#include <string.h>

static HarkStoreRequest *
request_of (HarkStoreRequestKind kind, uint8_t n)
{
  HarkStoreRequest *request = hark_store_request_new (kind, 0);

  request->kept = (HarkStoreKept){
    .number = n,
    .id = {n, 1},
    .tag = {n, 2},
    .lock = {n, 3},
    .depositor = helper_key (n),
    .made_ms = 1000 + n
  };
  if (kind == HARK_STORE_PUT_KEPT)
    request->sealed = g_bytes_new ("sealed", 6);
  return request;
}

static bool
execute (HarkProfile *profile, HarkStoreRequestKind kind, uint8_t n)
{
  g_autoptr (HarkStoreReply) reply = helper_execute (profile, request_of (kind, n));

  return reply->ok;
}

static bool
has (HarkProfile *profile, uint8_t n)
{
  g_autoptr (HarkStoreReply) reply = helper_execute (profile, request_of (HARK_STORE_GET_KEPT, n));

  g_assert_true (reply->ok);
  if (reply->sealed != NULL)
    g_assert_cmpuint (g_bytes_get_size (reply->sealed), ==, 6);
  return reply->sealed != NULL;
}

static void
test_survives (void)
{
  char *dir = helper_new_profile ();
  HarkProfile *profile = helper_open (dir, NULL);
  HarkStoreSnapshot all = {0};
  const HarkStoreKept *kept;

  g_assert_true (execute (profile, HARK_STORE_PUT_KEPT, 2));
  g_assert_true (execute (profile, HARK_STORE_PUT_KEPT, 1));
  g_assert_false (execute (profile, HARK_STORE_PUT_KEPT, 1));
  hark_profile_close (profile);
  profile = helper_open (dir, NULL);
  g_assert_cmpint (hark_snapshot_read (profile->database, &all), ==, SQLITE_OK);
  g_assert_cmpuint (all.kept->len, ==, 2);
  for (uint8_t i = 0; i < 2; i++) {
    const HarkKey depositor = helper_key (i + 1);

    kept = &g_array_index (all.kept, HarkStoreKept, i);
    g_assert_cmpuint (kept->number, ==, i + 1U);
    g_assert_cmpuint (kept->id[0] + 10U * kept->id[1], ==, i + 11U);
    g_assert_cmpuint (kept->tag[1], ==, 2);
    g_assert_cmpuint (kept->lock[1], ==, 3);
    g_assert_true (hark_key_equal (&kept->depositor, &depositor));
    g_assert_cmpint (kept->made_ms, ==, 1001 + i);
    g_assert_cmpuint (kept->len, ==, 6);
  }
  hark_store_snapshot_clear (&all);
  hark_profile_close (profile);
  helper_remove (dir);
}

static void
test_taken_away (void)
{
  char *dir = helper_new_profile ();
  HarkProfile *profile = helper_open (dir, NULL);

  g_assert_false (has (profile, 1));
  g_assert_true (execute (profile, HARK_STORE_PUT_KEPT, 1));
  g_assert_true (has (profile, 1));
  g_assert_true (execute (profile, HARK_STORE_DELETE_KEPT, 1));
  g_assert_true (execute (profile, HARK_STORE_DELETE_KEPT, 1));
  g_assert_false (has (profile, 1));
  hark_profile_close (profile);
  helper_remove (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/kept/survives-a-restart", test_survives);
  g_test_add_func ("/store/kept/taken-away-is-gone", test_taken_away);
  return g_test_run ();
}
