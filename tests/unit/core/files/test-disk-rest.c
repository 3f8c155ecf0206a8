/* Of many parts that wait most are closed: there are never descriptors for all. */
#include "core/files/disk-work.h"
#include "core/files/tree-hash.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/resource.h>

#define PARTS 400u
#define DESCRIPTORS 200 /* for the whole process */
#define LEN 1000u

typedef struct {
  HarkDiskWork *work;
  char *folder;
  char *paths[PARTS];
  uint8_t bytes[PARTS][LEN];
} Rest;

static HarkDiskReply *
ask (Rest *rest, HarkDiskRequest *request)
{
  HarkDiskReply *reply = hark_disk_work_do (rest->work, request);

  hark_disk_request_free (request);
  return reply;
}

static void
create (Rest *rest, unsigned i)
{
  HarkDiskRequest *request = hark_disk_request_new (HARK_DISK_CREATE, i + 1, 1);
  g_autoptr (HarkDiskReply) reply = NULL;

  request->directory = g_strdup (rest->folder);
  request->name = g_strdup_printf ("part-%u", i);
  request->size = LEN;
  reply = ask (rest, request);
  g_assert_cmpint (reply->result, ==, HARK_DISK_OK);
  rest->paths[i] = g_steal_pointer (&reply->path);
}

static HarkDiskReply *
write_bytes (Rest *rest, unsigned i)
{
  HarkDiskRequest *request = hark_disk_request_new (HARK_DISK_WRITE, i + 1, 1);

  request->bytes = g_bytes_new (rest->bytes[i], LEN);
  hark_tree_hash_block (rest->bytes[i], LEN, request->hash);
  return ask (rest, request);
}

static HarkDiskResult
finish (Rest *rest, unsigned i)
{
  HarkDiskRequest *request = hark_disk_request_new (HARK_DISK_FINISH, i + 1, 1);
  g_autoptr (HarkDiskReply) reply = NULL;

  request->path = g_strdup (rest->paths[i]);
  request->name = g_path_get_basename (rest->paths[i]);
  request->size = LEN;
  reply = ask (rest, request);
  return reply->result;
}

static void
rest_init (Rest *rest)
{
  const struct rlimit few = {DESCRIPTORS, DESCRIPTORS};

  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &few), ==, 0);
  rest->work = hark_disk_work_new ();
  rest->folder = g_dir_make_tmp ("hark-rest-XXXXXX", NULL);
  for (unsigned i = 0; i < PARTS; i++) {
    randombytes_buf (rest->bytes[i], LEN);
    create (rest, i);
  }
}

static void
rest_clear (Rest *rest)
{
  hark_disk_work_free (rest->work);
  for (unsigned i = 0; i < PARTS; i++) {
    g_autofree char *part = g_strconcat (rest->paths[i], ".part", NULL);

    g_unlink (part);
    g_unlink (rest->paths[i]);
    g_free (rest->paths[i]);
  }
  g_assert_cmpint (g_rmdir (rest->folder), ==, 0);
  g_free (rest->folder);
}

static void
test_many (void)
{
  g_autofree Rest *rest = g_new0 (Rest, 1);

  rest_init (rest);
  for (unsigned i = 0; i < PARTS; i++) {
    g_autoptr (HarkDiskReply) reply = write_bytes (rest, i);

    g_assert_cmpint (reply->result, ==, HARK_DISK_OK);
  }
  for (unsigned i = 0; i < PARTS; i++) {
    g_autofree char *bytes = NULL;
    gsize len;

    g_assert_cmpint (finish (rest, i), ==, HARK_DISK_OK);
    g_assert_true (g_file_get_contents (rest->paths[i], &bytes, &len, NULL));
    g_assert_cmpuint (len, ==, LEN);
    g_assert_true (memcmp (bytes, rest->bytes[i], LEN) == 0);
  }
  rest_clear (rest);
}

/* Nothing but the part itself is written to when it is opened again. */
static void
test_other (void)
{
  g_autofree Rest *rest = g_new0 (Rest, 1);
  g_autofree char *part = NULL;
  g_autofree char *bytes = NULL;
  g_autoptr (HarkDiskReply) reply = NULL;

  rest_init (rest);
  part = g_strconcat (rest->paths[0], ".part", NULL);
  g_assert_cmpint (g_unlink (part), ==, 0);
  g_assert_true (g_file_set_contents (part, "somebody's", -1, NULL));
  reply = write_bytes (rest, 0);
  g_assert_cmpint (reply->result, ==, HARK_DISK_MISSING);
  g_assert_true (g_file_get_contents (part, &bytes, NULL, NULL));
  g_assert_cmpstr (bytes, ==, "somebody's");
  rest_clear (rest);
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk-rest/many-parts-need-few-descriptors", test_many);
  g_test_add_func ("/disk-rest/another-file-in-its-place-is-left-alone", test_other);
  return g_test_run ();
}
