/* Profiles as each version of the schema left them, opened by this one. A fixture is made once, by
 * the version that it is of, and never changed: HARK_NEW_FIXTURE=DIR test-core-store-migrate. */
#include "tests/unit/core/store/helper.h"

#include <glib/gstdio.h>
#include <string.h>

static void
make_fixture (const char *target)
{
  char *dir = helper_new_profile ();
  HarkProfile *profile = helper_open (dir, NULL);
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_CONTACT, 0);

  request->contact = g_new0 (HarkStoreContact, 1);
  request->contact->account = helper_key (1);
  request->contact->status = HARK_CONTACT_ACCEPTED;
  g_strlcpy (request->contact->name, "Bertha", sizeof request->contact->name);
  request->contact->has_pairwise = true;
  memset (request->contact->pairwise.bytes, 7, sizeof request->contact->pairwise.bytes);
  hark_store_reply_free (helper_execute (profile, request));
  for (unsigned i = 1; i <= HELPER_FIXTURE_MESSAGES; i++)
    hark_store_reply_free (helper_execute (profile, helper_put_message (1, i, "kept from then")));
  hark_profile_close (profile);
  for (size_t i = 0; i < HELPER_FIXTURE_FILES; i++) {
    g_autofree char *from = helper_path (dir, helper_fixture_files[i]);
    g_autofree char *to = g_build_filename (target, helper_fixture_files[i], NULL);
    g_autofree char *bytes = NULL;
    gsize len;

    g_assert_true (g_file_get_contents (from, &bytes, &len, NULL));
    g_assert_true (g_file_set_contents (to, bytes, (gssize) len, NULL));
  }
  helper_remove (dir);
}

/* What was written before is found with the words of now. */
static unsigned
search (HarkProfile *profile, const char *text)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_SEARCH, 0);
  g_autoptr (HarkStoreReply) reply = NULL;

  request->text = g_strdup (text);
  request->has_contact = true;
  request->account_key = helper_key (1);
  request->limit = 500;
  reply = helper_execute (profile, request);
  g_assert_no_error (reply->error);
  return reply->messages->len;
}

static void
test_version_1 (void)
{
  char *dir = helper_fixture ("v1");
  const HarkSecret seed = helper_account ().account_seed;
  HarkProfile *profile = helper_open (dir, NULL);
  HarkStoreSnapshot all;
  const HarkStoreContact *row;
  const HarkStoreOptions options = helper_options (NULL);

  g_assert_cmpint (hark_snapshot_read (profile->database, &all), ==, SQLITE_OK);
  g_assert_cmpstr (all.account.name, ==, "Anna Plainname");
  g_assert_cmpuint (all.contacts->len, ==, 1);
  row = &g_array_index (all.contacts, HarkStoreContact, 0);
  g_assert_cmpstr (row->name, ==, "Bertha");
  g_assert_true (row->has_pairwise);
  g_assert_cmpuint (row->pairwise.bytes[31], ==, 7);
  hark_store_snapshot_clear (&all);
  g_assert_cmpuint (helper_count (profile, 1, HELPER_FIXTURE_MESSAGES), ==,
                    HELPER_FIXTURE_MESSAGES);
  g_assert_cmpuint (search (profile, "\"kept from\" the"), ==, HELPER_FIXTURE_MESSAGES);
  hark_store_reply_free (helper_execute (profile, helper_put_message (1, 21, "new")));
  g_assert_cmpuint (search (profile, "NEW"), ==, 1);
  hark_profile_close (profile);

  profile = hark_profile_open (dir, &(HarkStoreUnlock){.seed = &seed}, &options, NULL);
  g_assert_nonnull (profile);
  g_assert_cmpuint (helper_count (profile, 1, 21), ==, 21);
  hark_profile_close (profile);
  helper_remove (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("HARK_NEW_FIXTURE") != NULL) {
    make_fixture (g_getenv ("HARK_NEW_FIXTURE"));
    return 0;
  }
  g_test_add_func ("/store/version-1-opens-with-all-that-was-in-it", test_version_1);
  return g_test_run ();
}
