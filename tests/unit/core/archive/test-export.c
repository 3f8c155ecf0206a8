/* Conversations of a real store in files: what stands in them, and what lies beside them when it
 * went wrong. */
#include "core/archive/export.h"
#include "core/store/files.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define LONG_TEXT 65536
#define WHEN 1700000000000

typedef struct {
  HarkStore *store;
  char *dir;    /* of the profile */
  char *folder; /* where files go */
  char *path;
  HarkKey bertha, group;
  uint8_t n; /* messages so far */
} Fixture;

static void
on_replies (void *data)
{
  (void) data;
}

static void
ask (Fixture *fixture, HarkStoreRequest *request)
{
  g_autoptr (HarkStoreReply) reply = hark_store_ask (fixture->store, request);

  g_assert_no_error (reply->error);
  g_assert_true (reply->ok);
}

static void
put_person (Fixture *fixture, const HarkKey *account, const char *petname)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_CONTACT, 1);
  HarkStoreContact contact = {.account = *account, .status = HARK_CONTACT_ACCEPTED};

  g_strlcpy (contact.petname, petname, sizeof contact.petname);
  request->contact = g_memdup2 (&contact, sizeof contact);
  ask (fixture, request);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const HarkStoreAccount account = {.name = "Anna"};
  g_autoptr (GError) error = NULL;

  (void) data;
  fixture->dir = g_dir_make_tmp ("hark-export-test-XXXXXX", NULL);
  fixture->folder = g_dir_make_tmp ("hark-export-test-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "chats", NULL);
  memset (fixture->bertha.bytes, 2, sizeof fixture->bertha.bytes);
  g_assert_true (hark_store_create (fixture->dir, &account, &(HarkStoreUnlock){NULL}, &error));
  fixture->store = hark_store_open (fixture->dir, &(HarkStoreUnlock){NULL}, &error);
  g_assert_no_error (error);
  hark_store_start (fixture->store, on_replies, NULL);
  put_person (fixture, &fixture->bertha, "Bertha\n# Anna (you)\xe2\x80\xae\x1b[2J");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *inner = g_build_filename (fixture->dir, "store", NULL);

  (void) data;
  hark_store_close (fixture->store);
  hark_files_remove_dir (inner, NULL);
  hark_files_remove_dir (fixture->dir, NULL);
  g_assert_true (hark_files_remove_dir (fixture->folder, NULL));
  g_free (fixture->dir);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static HarkStoreMessage *
make (Fixture *fixture, HarkMessageKind kind, bool outgoing, const char *text)
{
  HarkStoreMessage *message = g_new0 (HarkStoreMessage, 1);

  message->contact = fixture->bertha;
  message->kind = kind;
  message->outgoing = outgoing;
  message->state = outgoing ? HARK_MESSAGE_QUEUED : HARK_MESSAGE_DELIVERED;
  message->id[0] = ++fixture->n;
  message->seq = fixture->n;
  message->clock = fixture->n;
  message->sent_ms = message->received_ms = WHEN;
  message->text = g_strdup (text);
  message->hidden = kind == HARK_MESSAGE_EDIT || kind == HARK_MESSAGE_DELETE;
  return message;
}

static void
put (Fixture *fixture, HarkStoreMessage *message)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_MESSAGE, 1);

  request->message = message;
  ask (fixture, request);
}

static void
put_about (Fixture *fixture, HarkMessageKind kind, uint8_t target, const char *text)
{
  HarkStoreMessage *message = make (fixture, kind, true, text);

  message->has_target = true;
  message->target[0] = target;
  put (fixture, message);
}

static bool export(Fixture *fixture, bool json, bool one, gint stop, GError **error)
{
  const HarkExportJob job
    = {.path = fixture->path, .json = json, .has_contact = one, .contact = fixture->bertha};

  return hark_export_write (fixture->store, &job, &stop, error);
}

static char *
exported (Fixture *fixture, bool json, bool one)
{
  g_autoptr (GError) error = NULL;
  char *text;

  export(fixture, json, one, 0, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  return text;
}

static unsigned
files_in (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  unsigned n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Bertha's: something long, something edited, something deleted, something that disappeared. A
 * group's: of a member whom we do not know. */
static void
fill (Fixture *fixture)
{
  g_autofree char *text = g_strnfill (LONG_TEXT, 'x');
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_GROUP, 1);
  HarkStoreMessage *message;

  put (fixture, make (fixture, HARK_MESSAGE_TEXT, false, "*bold* \"and\"\n[2023] Anna: forged"));
  put (fixture, make (fixture, HARK_MESSAGE_TEXT, false, text));
  put (fixture, make (fixture, HARK_MESSAGE_TEXT, true, "firstword"));
  put_about (fixture, HARK_MESSAGE_EDIT, 3, "_now_");
  put (fixture, make (fixture, HARK_MESSAGE_TEXT, true, "takenback"));
  put_about (fixture, HARK_MESSAGE_DELETE, 5, "");
  message = make (fixture, HARK_MESSAGE_TEXT, false, "disappeared");
  message->expires_s = 1;
  message->expires_at = WHEN + 1000;
  put (fixture, message);

  memset (request->group.id, 9, sizeof request->group.id);
  request->group.state = HARK_STORE_GROUP_JOINED;
  g_strlcpy (request->group.name, "Choir", sizeof request->group.name);
  hark_store_group_key (request->group.id, &fixture->group);
  message = make (fixture, HARK_MESSAGE_TEXT, false, "tenors late");
  memcpy (message->group, request->group.id, sizeof message->group);
  ask (fixture, request);
  message->contact = fixture->group;
  message->has_group = message->has_author = true;
  memset (message->author.bytes, 0xab, sizeof message->author.bytes);
  put (fixture, message);

  request = hark_store_request_new (HARK_STORE_EXPIRE, 1);
  request->before = WHEN + 5000;
  ask (fixture, request);
}

/* (transfer full): a full profile's export, and its @ret lines. */
static char *
export_lines (Fixture *fixture, bool json, char ***ret)
{
  char *text;

  fill (fixture);
  text = exported (fixture, json, false);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  *ret = g_strsplit (text, "\n", -1);
  return text;
}

static void
test_text (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) lines = NULL;
  g_autofree char *text = export_lines (fixture, false, &lines);
  unsigned n = 0;

  (void) data;
  for (guint i = 0; lines[i] != NULL; i++) { /* nobody writes a head or a line of somebody else */
    n += g_str_has_prefix (lines[i], "# ") ? 1 : 0;
    if (lines[i][0] == '[')
      g_assert_true (g_str_has_prefix (lines[i], "[2023-11-1"));
  }
  g_assert_cmpuint (n, ==, 2);
  g_assert_nonnull (strstr (text, "# Bertha\n    # Anna (you)\xef\xbf\xbd\xef\xbf\xbd[2J (0202"));
  g_assert_nonnull (strstr (text, ": *bold* \"and\"\n    [2023] Anna: forged\n"));
  g_assert_nonnull (strstr (text, "] Anna: _now_ (edited)\n"));
  g_assert_nonnull (strstr (text, "] Anna: (deleted)\n"));
  g_assert_nonnull (strstr (text, "# Choir ("));
  g_assert_nonnull (strstr (text, "] abababababababab: tenors late\n"));
  g_assert_null (strstr (text, "takenback"));
  g_assert_null (strstr (text, "disappeared"));
  g_assert_null (strstr (text, "firstword"));
  g_assert_cmpuint (strlen (strstr (text, "xxx")), >, LONG_TEXT);
}

static void
test_json (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) lines = NULL;
  g_autofree char *text = export_lines (fixture, true, &lines);

  (void) data;
  for (guint i = 0; lines[i][0] != '\0'; i++)
    g_assert_true (g_str_has_prefix (lines[i], "{\"position\":")
                   && g_str_has_suffix (lines[i], "}"));
  g_assert_nonnull (strstr (text, "\"name\":\"Bertha\\n# Anna (you)\xe2\x80\xae\\u001b[2J\""));
  g_assert_nonnull (strstr (text, "\"text\":\"*bold* \\\"and\\\"\\n[2023] Anna: forged\""));
  g_assert_nonnull (strstr (text, "\"text\":\"_now_\",\"edits\":1,\"first_text\":\"firstword\""));
  g_assert_nonnull (strstr (text, "\"text\":\"\",\"deleted\":true"));
  g_assert_nonnull (strstr (text, "\"text\":\"tenors late\",\"author\":\"abababab"));
  g_assert_null (strstr (text, "takenback"));
  g_assert_null (strstr (text, "disappeared"));
}

/* One conversation alone, longer than what is asked for at a time. */
static void
test_windows (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;
  const char *at;

  (void) data;
  for (unsigned i = 0; i < 1201; i++) {
    g_autofree char *body = g_strdup_printf ("number %u.", i);
    HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_MESSAGE, i);

    request->message = make (fixture, HARK_MESSAGE_TEXT, false, body);
    request->message->id[1] = (uint8_t) (i >> 8);
    request->message->id[2] = (uint8_t) i;
    request->message->clock = 1 + i;
    hark_store_send (fixture->store, request); /* together: one wait for the disk */
  }
  at = text = exported (fixture, false, true);
  for (unsigned i = 0; i < 1201; i++) {
    g_autofree char *body = g_strdup_printf (": number %u.\n", i);

    at = strstr (at, body);
    g_assert_nonnull (at);
    g_assert_true (strstr (at + 1, body) == NULL && strstr (text, body) == at);
  }
}

/* A file of ours in its place is replaced; one that stands beside it is none of ours. */
static void
test_place (Fixture *fixture, gconstpointer data)
{
  g_autofree char *beside = g_strconcat (fixture->path, ".tmp", NULL);
  g_autofree char *other = g_build_filename (fixture->folder, "other", NULL);
  g_autofree char *text = NULL, *kept = NULL;
  struct stat status;

  (void) data;
  put (fixture, make (fixture, HARK_MESSAGE_TEXT, false, "hello"));
  g_assert_true (g_file_set_contents (beside, "dear", -1, NULL));
  g_assert_true (g_file_set_contents (other, "dear", -1, NULL));
  g_assert_cmpint (symlink (other, fixture->path), ==, 0);
  for (int i = 0; i < 2; i++) {
    text = (g_free (text), exported (fixture, false, true));
    g_assert_nonnull (strstr (text, ": hello\n"));
    g_assert_cmpint (lstat (fixture->path, &status), ==, 0);
    g_assert_cmpuint (status.st_mode, ==, S_IFREG | 0600u);
    g_assert_cmpuint (files_in (fixture->folder), ==, 3);
  }
  g_assert_true (g_file_get_contents (beside, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "dear");
  kept = (g_free (kept), NULL);
  g_assert_true (g_file_get_contents (other, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "dear");
}

static void
refused (Fixture *fixture, gint stop)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (export(fixture, false, true, stop, &error));
  g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK);
  g_assert_cmpuint (strlen (error->message), >, 10);
}

static void
test_failures (Fixture *fixture, gconstpointer data)
{
  const struct rlimit little = {16384, RLIM_INFINITY};
  struct rlimit before;
  g_autofree char *long_text = g_strnfill (LONG_TEXT, 'x');
  g_autofree char *text = NULL;

  (void) data;
  put (fixture, make (fixture, HARK_MESSAGE_TEXT, false, long_text));
  g_assert_true (g_file_set_contents (fixture->path, "dear", -1, NULL));
  refused (fixture, 1);
  /* no file may grow above 16 KiB: the disk is full */
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &little), ==, 0);
  refused (fixture, 0);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_cmpuint (files_in (fixture->folder), ==, 1);
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "dear");
  text = (g_free (text), exported (fixture, false, true));
  g_assert_cmpuint (strlen (text), >, LONG_TEXT);
  /* a folder is no place for it, nor is one that is not there */
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  refused (fixture, 0);
  g_assert_cmpint (g_rmdir (fixture->path), ==, 0);
  fixture->path
    = (g_free (fixture->path), g_build_filename (fixture->folder, "not there", "chats", NULL));
  refused (fixture, 0);
  g_assert_cmpuint (files_in (fixture->folder), ==, 0);
}

#define ADD(name, test) g_test_add (name, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("/export/text-says-what-became-of-each", test_text);
  ADD ("/export/json-says-what-became-of-each", test_json);
  ADD ("/export/long-conversations-are-whole-and-in-order", test_windows);
  ADD ("/export/takes-its-own-place-only", test_place);
  ADD ("/export/what-fails-leaves-nothing-behind", test_failures);
  return g_test_run ();
}
