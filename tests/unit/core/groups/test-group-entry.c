/* Entries of a group: bytes and tags. */
#include "core/groups/group-entry.h"
#include "core/groups/introduction.h"
#include "net/base/rng.h"

#include <string.h>

typedef struct {
  HarkSecret seed;
  HarkKey account;
} Person;

static void
person_init (Person *person, uint8_t name)
{
  uint8_t secret_key[crypto_sign_SECRETKEYBYTES];

  memset (person->seed.bytes, name, sizeof person->seed.bytes);
  crypto_sign_seed_keypair (person->account.bytes, secret_key, person->seed.bytes);
}

static HarkGroupEntry *
message (const Person *author, const char *text)
{
  HarkGroupEntry *entry = g_new0 (HarkGroupEntry, 1);

  memset (entry->group, 7, sizeof entry->group);
  entry->author = author->account;
  entry->chain[0] = HARK_GROUP_LOG_MESSAGES;
  entry->seq = 3;
  memset (entry->previous, 9, sizeof entry->previous);
  entry->clock = 12;
  entry->sent_ms = 1000;
  entry->kind = HARK_GROUP_TEXT;
  entry->text = g_strdup (text);
  entry->has_reply_to = true;
  entry->n_mentions = 1;
  entry->mentions[0] = author->account;
  return entry;
}

static void
test_content_comes_back (void)
{
  Person alice;
  g_autoptr (HarkGroupEntry) entry = NULL;
  g_autoptr (HarkGroupEntry) back = NULL;
  g_autoptr (GBytes) content = NULL;

  person_init (&alice, 1);
  entry = message (&alice, "Hello, all");
  content = hark_group_entry_write (entry);
  back = hark_group_entry_read (content);
  g_assert_nonnull (back);
  g_assert_cmpstr (back->text, ==, "Hello, all");
  g_assert_cmpuint (back->seq, ==, 3);
  g_assert_cmpint (back->clock, ==, 12);
  g_assert_true (back->has_reply_to);
  g_assert_false (back->has_target);
  g_assert_cmpuint (back->n_mentions, ==, 1);
  g_assert_true (memcmp (back->hash, entry->hash, sizeof entry->hash) == 0);
}

static bool
is_refused (HarkGroupEntry *entry)
{
  g_autoptr (GBytes) content = hark_group_entry_write (entry);
  g_autoptr (HarkGroupEntry) back = hark_group_entry_read (content);

  return back == NULL;
}

static void
test_nonsense_is_refused (void)
{
  Person alice;
  g_autoptr (HarkGroupEntry) entry = NULL;
  g_autofree char *giant = g_strnfill (HARK_GROUP_TEXT_LEN_MAX + 1, 'x');

  person_init (&alice, 1);
  entry = message (&alice, "text");
  g_assert_false (is_refused (entry));
  entry->seq = 0;
  g_assert_true (is_refused (entry));
  entry->seq = UINT64_MAX;
  g_assert_true (is_refused (entry));
  entry->seq = 3;
  entry->clock = -1;
  g_assert_true (is_refused (entry));
  entry->clock = 1;
  entry->chain[0] = HARK_GROUP_LOG_MEMBERS; /* a text is no operation */
  g_assert_true (is_refused (entry));
  entry->chain[0] = 2;
  g_assert_true (is_refused (entry));
  entry->chain[0] = HARK_GROUP_LOG_MESSAGES;
  entry->kind = HARK_GROUP_EDIT; /* of what? */
  g_assert_true (is_refused (entry));
  entry->kind = HARK_GROUP_TEXT;
  g_free (g_steal_pointer (&entry->text));
  g_assert_true (is_refused (entry));
  entry->text = g_steal_pointer (&giant);
  g_assert_true (is_refused (entry));
}

static void
test_cut_and_changed_bytes_never_crash (void)
{
  Person alice;
  g_autoptr (HarkGroupEntry) entry = NULL;
  g_autoptr (GBytes) content = NULL;
  const uint8_t *data;
  size_t len;

  person_init (&alice, 1);
  entry = message (&alice, "Hello");
  content = hark_group_entry_write (entry);
  data = g_bytes_get_data (content, &len);
  for (size_t i = 0; i < len; i++) {
    g_autofree uint8_t *copy = g_memdup2 (data, len);
    g_autoptr (GBytes) shorter = g_bytes_new (data, i);
    g_autoptr (GBytes) changed = NULL;

    hark_group_entry_free (hark_group_entry_read (shorter));
    copy[i] ^= 0x55;
    changed = g_bytes_new (copy, len);
    hark_group_entry_free (hark_group_entry_read (changed));
  }
}

/* The tag of @from for @to. */
static GBytes *
tag_for (const Person *from, const Person *to, const HarkGroupEntry *entry, bool first)
{
  uint8_t tag[HARK_GROUP_TAG_LEN];
  HarkSecret secret;

  g_assert_true (hark_group_secret (&from->seed, &to->account, &secret));
  hark_group_tag (&secret, entry->group, &from->account, &to->account, entry->hash, first, tag);
  return g_bytes_new (tag, sizeof tag);
}

static HarkGroupTagResult
check (const Person *reader, const HarkGroupEntry *entry, GBytes *tags, bool *ret_first)
{
  HarkSecret secret;

  g_assert_true (hark_group_secret (&reader->seed, &entry->author, &secret));
  return hark_group_tags_check (tags, &secret, entry, &reader->account, ret_first);
}

static void
test_only_the_author_makes_a_tag_for_somebody (void)
{
  Person alice, bob, carol;
  g_autoptr (HarkGroupEntry) entry = NULL;
  g_autoptr (GBytes) content = NULL, good = NULL, forged = NULL;
  bool first = false;

  person_init (&alice, 1);
  person_init (&bob, 2);
  person_init (&carol, 3);
  entry = message (&alice, "Hello");
  content = hark_group_entry_write (entry);
  good = tag_for (&alice, &carol, entry, true);
  g_assert_cmpint (check (&carol, entry, good, &first), ==, HARK_GROUP_TAG_GOOD);
  g_assert_true (first);
  g_assert_cmpint (check (&bob, entry, good, &first), ==, HARK_GROUP_TAG_NONE);

  /* Bob passes on and makes one up in Alice's name */
  forged = tag_for (&bob, &carol, entry, true);
  g_assert_cmpint (check (&carol, entry, forged, &first), ==, HARK_GROUP_TAG_BAD);
  entry->hash[0] ^= 1; /* or changes what she wrote */
  g_assert_cmpint (check (&carol, entry, good, &first), ==, HARK_GROUP_TAG_BAD);
}

/* The reader can make every tag that they can check: nothing is proved to a third. */
static void
test_the_reader_could_have_made_it (void)
{
  Person alice, carol;
  g_autoptr (HarkGroupEntry) entry = NULL;
  g_autoptr (GBytes) content = NULL;
  uint8_t hers[HARK_GROUP_TAG_LEN], ours[HARK_GROUP_TAG_LEN];
  HarkSecret secret;

  person_init (&alice, 1);
  person_init (&carol, 3);
  entry = message (&alice, "Hello");
  content = hark_group_entry_write (entry);
  g_assert_true (hark_group_secret (&alice.seed, &carol.account, &secret));
  hark_group_tag (&secret, entry->group, &alice.account, &carol.account, entry->hash, false, hers);
  g_assert_true (hark_group_secret (&carol.seed, &alice.account, &secret));
  hark_group_tag (&secret, entry->group, &alice.account, &carol.account, entry->hash, false, ours);
  g_assert_true (memcmp (hers, ours, sizeof ours) == 0);
}

static void
test_no_secret_with_a_key_off_the_curve (void)
{
  Person alice;
  HarkSecret secret;
  HarkKey zero = {{0}};

  person_init (&alice, 1);
  g_assert_false (hark_group_secret (&alice.seed, &zero, &secret));
}

/* ---- bodies ---- */

static void
test_what_it_says_can_be_left_out (void)
{
  Person alice;
  g_autoptr (HarkGroupEntry) entry = NULL;
  g_autoptr (HarkGroupEntry) back = NULL;
  g_autoptr (GBytes) body = NULL, content = NULL;

  person_init (&alice, 1);
  entry = message (&alice, "between us");
  entry->expires_s = 60;
  body = hark_group_body_write (entry);
  content = hark_group_entry_write (entry);
  g_assert_null (g_strstr_len (g_bytes_get_data (content, NULL),
                               (gssize) g_bytes_get_size (content), "between us"));
  back = hark_group_entry_read (content);
  g_assert_nonnull (back);
  g_assert_true (back->apart && !back->has_body);
  g_assert_cmpint (back->kind, ==, HARK_GROUP_TEXT);
  g_assert_cmpuint (back->expires_s, ==, 60);
  g_assert_cmpuint (back->n_mentions, ==, 0);
  g_assert_true (memcmp (back->hash, entry->hash, sizeof entry->hash) == 0);
  g_assert_true (hark_group_body_read (back, body));
  g_assert_cmpstr (back->text, ==, "between us");
  g_assert_true (back->has_body && back->has_reply_to);
  g_assert_cmpuint (back->n_mentions, ==, 1);
}

/* Another text, the same text with another salt, cut ones. */
static void
test_another_body_is_refused (void)
{
  Person alice;
  g_autoptr (HarkGroupEntry) entry = NULL;
  g_autoptr (HarkGroupEntry) other = NULL;
  g_autoptr (HarkGroupEntry) back = NULL;
  g_autoptr (GBytes) body = NULL, content = NULL, salted = NULL;
  gsize len;

  person_init (&alice, 1);
  entry = message (&alice, "yes");
  other = message (&alice, "yes");
  other->salt[0] = 1;
  body = hark_group_body_write (entry);
  salted = hark_group_body_write (other);
  content = hark_group_entry_write (entry);
  back = hark_group_entry_read (content);
  g_assert_false (hark_group_body_read (back, salted));
  len = g_bytes_get_size (body);
  for (gsize i = 0; i < len; i++) {
    g_autoptr (GBytes) cut = g_bytes_new_from_bytes (body, 0, i);

    g_assert_false (hark_group_body_read (back, cut));
  }
  g_assert_false (back->has_body);
  g_assert_true (hark_group_body_read (back, body));
  g_assert_false (hark_group_body_read (back, body)); /* once */
}

/* A body of the wrong kind: named rightly, and no clip. */
static void
test_a_clip_has_sound (void)
{
  Person alice;
  g_autoptr (HarkGroupEntry) entry = NULL;
  g_autoptr (HarkGroupEntry) back = NULL;
  g_autoptr (GBytes) body = NULL, content = NULL;

  person_init (&alice, 1);
  entry = message (&alice, "");
  entry->kind = HARK_GROUP_CLIP;
  entry->sound = g_bytes_new_static ("OggS but no sound", 17);
  body = hark_group_body_write (entry);
  content = hark_group_entry_write (entry);
  back = hark_group_entry_read (content);
  g_assert_nonnull (back);
  g_assert_false (hark_group_body_read (back, body));
}

/* A file without people, for too many, or too large is none. */
static void
test_a_file_names_its_people (void)
{
  static const struct {
    unsigned n_people;
    uint64_t size;
    const char *name;
    bool fit;
  } cases[] = {
    {3, 12345,              "film.mkv", true },
    {1, (uint64_t) 1 << 38, "film.mkv", true },
    {0, 12345,              "film.mkv", false},
    {3, (1ull << 38) + 1,   "film.mkv", false},
    {3, 12345,              "",         false},
  };
  Person alice;

  person_init (&alice, 1);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HarkGroupEntry) entry = message (&alice, cases[i].name);
    g_autoptr (HarkGroupEntry) back = NULL;
    g_autoptr (GBytes) body = NULL, content = NULL;

    entry->kind = HARK_GROUP_FILE;
    entry->file = g_new0 (HarkGroupFile, 1);
    entry->file->size = cases[i].size;
    entry->file->mtime_ms = 5;
    memset (entry->file->root, 6, sizeof entry->file->root);
    memset (entry->file->sample, 7, sizeof entry->file->sample);
    entry->file->n_people = cases[i].n_people;
    entry->file->people[0] = alice.account;
    body = hark_group_body_write (entry);
    content = hark_group_entry_write (entry);
    back = hark_group_entry_read (content);
    g_assert_nonnull (back);
    g_assert_true (hark_group_body_read (back, body) == cases[i].fit);
    if (cases[i].fit)
      g_assert_cmpint (memcmp (back->file, entry->file, sizeof *entry->file), ==, 0);
  }
}

/* A folder has a manifest that fits into it, a picture pixels; nothing has both. */
static void
test_a_folder_has_a_manifest (void)
{
  static const uint8_t pixels[] = {1, 1, 10, 20, 30};
  static const struct {
    HarkFolderFacts folder;
    size_t preview_len;
    bool fit;
  } cases[] = {
    {{0},                                 5, true },
    {{0},                                 4, false},
    {{.files = 2, .manifest_len = 100},   0, true },
    {{.files = 2, .manifest_len = 100},   5, false},
    {{.files = 2, .manifest_len = 0},     0, false},
    {{.files = 2, .manifest_len = 12346}, 0, false},
    {{.files = 200, .manifest_len = 100}, 0, false},
  };
  Person alice;

  person_init (&alice, 1);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HarkGroupEntry) entry = message (&alice, "photos");
    g_autoptr (HarkGroupEntry) back = NULL;
    g_autoptr (GBytes) body = NULL, content = NULL;

    entry->kind = HARK_GROUP_FILE;
    entry->file = g_new0 (HarkGroupFile, 1);
    entry->file->size = 12345;
    entry->file->folder = cases[i].folder;
    memset (entry->file->folder.manifest, 8, sizeof entry->file->folder.manifest);
    entry->file->preview = g_bytes_new_static (pixels, cases[i].preview_len);
    entry->file->n_people = 1;
    entry->file->people[0] = alice.account;
    body = hark_group_body_write (entry);
    content = hark_group_entry_write (entry);
    back = hark_group_entry_read (content);
    g_assert_nonnull (back);
    g_assert_true (hark_group_body_read (back, body) == cases[i].fit);
    if (!cases[i].fit)
      continue;
    g_assert_cmpuint (back->file->folder.manifest_len, ==, cases[i].folder.manifest_len);
    g_assert_cmpuint (back->file->folder.files, ==, cases[i].folder.files);
    g_assert_true ((back->file->preview != NULL) == (cases[i].preview_len > 0));
  }
}

static void
test_an_invite_is_for_one (void)
{
  Person alice, bob, carol;
  const uint8_t group[HARK_GROUP_ID_LEN] = {7}, nonce[HARK_GROUP_NONCE_SEAL_LEN] = {1};
  g_autoptr (GBytes) sealed = NULL;
  g_autofree char *address = NULL;
  HarkSecret secret;

  person_init (&alice, 1);
  person_init (&bob, 2);
  person_init (&carol, 3);
  g_assert_true (hark_group_secret (&alice.seed, &carol.account, &secret));
  sealed = hark_group_introduction_seal (&secret, group, &alice.account, &carol.account, nonce,
                                         "hk1invite");
  g_assert_true (hark_group_secret (&carol.seed, &alice.account, &secret));
  address = hark_group_introduction_open (&secret, group, &alice.account, &carol.account, sealed);
  g_assert_cmpstr (address, ==, "hk1invite");
  g_assert_null (/* she did not write it to Alice */
                 hark_group_introduction_open (&secret, group, &carol.account, &alice.account,
                                               sealed));
  g_assert_true (hark_group_secret (&bob.seed, &alice.account, &secret));
  g_assert_null (
    hark_group_introduction_open (&secret, group, &alice.account, &carol.account, sealed));
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/groups/entry/content-comes-back", test_content_comes_back);
  g_test_add_func ("/groups/entry/nonsense-is-refused", test_nonsense_is_refused);
  g_test_add_func ("/groups/entry/cut-and-changed-bytes-never-crash",
                   test_cut_and_changed_bytes_never_crash);
  g_test_add_func ("/groups/entry/only-the-author-makes-a-tag-for-somebody",
                   test_only_the_author_makes_a_tag_for_somebody);
  g_test_add_func ("/groups/entry/the-reader-could-have-made-it",
                   test_the_reader_could_have_made_it);
  g_test_add_func ("/groups/entry/no-secret-with-a-key-off-the-curve",
                   test_no_secret_with_a_key_off_the_curve);
  g_test_add_func ("/groups/entry/what-it-says-can-be-left-out", test_what_it_says_can_be_left_out);
  g_test_add_func ("/groups/entry/another-body-is-refused", test_another_body_is_refused);
  g_test_add_func ("/groups/entry/a-clip-has-sound", test_a_clip_has_sound);
  g_test_add_func ("/groups/entry/a-file-names-its-people", test_a_file_names_its_people);
  g_test_add_func ("/groups/entry/a-folder-has-a-manifest", test_a_folder_has_a_manifest);
  g_test_add_func ("/groups/entry/an-invite-is-for-one", test_an_invite_is_for_one);
  return g_test_run ();
}
