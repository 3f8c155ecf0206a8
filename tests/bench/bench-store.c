/* tests/bench/bench-store.c - how fast the store is: JSON lines. Directory: TMPDIR.
 *
 *   bench-store [MESSAGES]    100,000 unless told, at least 1,000
 */
#include "core/store/files.h"
#include "core/store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N_CONTACTS 100
#define N_MESSAGES 100000

typedef struct {
  GMutex lock;
  GCond wakeup;
  bool told;
} Bell;

static void
ring (void *data)
{
  Bell *bell = data;

  g_mutex_lock (&bell->lock);
  bell->told = true;
  g_cond_signal (&bell->wakeup);
  g_mutex_unlock (&bell->lock);
}

static HarkStoreReply *
wait_for_reply (HarkStore *store, Bell *bell)
{
  HarkStoreReply *reply;

  while ((reply = hark_store_take_reply (store)) == NULL) {
    g_mutex_lock (&bell->lock);
    while (!bell->told)
      g_cond_wait (&bell->wakeup, &bell->lock);
    bell->told = false;
    g_mutex_unlock (&bell->lock);
  }

  if (!reply->ok)
    g_error ("%s", reply->error->message);
  return reply;
}

static HarkStoreRequest *
put_message (unsigned i)
{
  static const char *const words[] = {"boat",  "tomorrow", "seven", "letter", "window", "coffee",
                                      "train", "answer",   "music", "garden", "winter", "street"};
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_MESSAGE, i);
  GString *text = g_string_new (NULL);

  request->message = g_new0 (HarkStoreMessage, 1);
  randombytes_buf (request->message->id, sizeof request->message->id);
  request->message->contact.bytes[0] = (uint8_t) (i % N_CONTACTS);
  request->message->kind = HARK_MESSAGE_TEXT;
  request->message->outgoing = i % 2 == 0;
  request->message->state = HARK_MESSAGE_DELIVERED;
  request->message->seq = i;
  for (unsigned k = 0; k < 10; k++)
    g_string_append_printf (text, "%s ",
                            words[randombytes_uniform ((uint32_t) G_N_ELEMENTS (words))]);
  g_string_append_printf (text, "%u", i);
  request->message->text = g_string_free (text, FALSE);
  return request;
}

static double
seconds_since (gint64 start_us)
{
  return (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
}

/* @window requests are under way at any time. Processor time, all threads', does not depend on what
 * else the machine does. */
static void
measure_messages (HarkStore *store, Bell *bell, const char *what, unsigned n, unsigned window)
{
  const gint64 start = g_get_monotonic_time ();
  const clock_t spent = clock ();
  unsigned sent = 0, got = 0;

  while (got < n) {
    while (sent < n && sent - got < window)
      hark_store_send (store, put_message (sent++));
    hark_store_reply_free (wait_for_reply (store, bell));
    got++;
  }

  printf ("{\"bench\":\"store\",\"what\":\"%s\",\"durable_per_s\":%.0f,"
          "\"cpu_us_per_message\":%.1f}\n",
          what, n / seconds_since (start),
          (double) (clock () - spent) / CLOCKS_PER_SEC * G_USEC_PER_SEC / n);
}

static double
measure_history (HarkStore *store, Bell *bell)
{
  const gint64 start = g_get_monotonic_time ();

  for (unsigned i = 0; i < N_CONTACTS; i++) {
    HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_HISTORY, i);

    request->account_key.bytes[0] = (uint8_t) i;
    request->limit = 50;
    hark_store_send (store, request);
    hark_store_reply_free (wait_for_reply (store, bell));
  }

  return seconds_since (start) * 1000 / N_CONTACTS;
}

static double
measure_search (HarkStore *store, Bell *bell, const char *text)
{
  const gint64 start = g_get_monotonic_time ();
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_SEARCH, 0);

  request->text = g_strdup (text);
  request->limit = 50;
  hark_store_send (store, request);
  hark_store_reply_free (wait_for_reply (store, bell));
  return seconds_since (start) * 1000;
}

static double
measure_delete (HarkStore *store, Bell *bell)
{
  const gint64 start = g_get_monotonic_time ();
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_DELETE_CONTACT, 0);

  request->contact = g_new0 (HarkStoreContact, 1);
  request->contact->account.bytes[0] = 7;
  hark_store_send (store, request);
  hark_store_reply_free (wait_for_reply (store, bell));
  return seconds_since (start) * 1000;
}

static HarkStore *
open_and_load (const char *dir, double *ret_ms)
{
  const gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  HarkStore *store = hark_store_open (dir, &(HarkStoreUnlock){NULL}, &error);
  HarkStoreSnapshot snapshot;

  if (store == NULL || !hark_store_load (store, &snapshot, &error))
    g_error ("%s", error->message);

  *ret_ms = seconds_since (start) * 1000;
  hark_store_snapshot_clear (&snapshot);
  return store;
}

int
main (int argc, char **argv)
{
  const unsigned n = argc > 1 ? (unsigned) MAX (atoi (argv[1]), 1000) : N_MESSAGES;
  const unsigned n_single = n / 20, n_window = n / 10 * 3;
  const HarkStoreAccount account = {.name = "Bench"};
  g_autofree char *dir = g_dir_make_tmp ("hark-bench-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (dir, "store", NULL);
  g_autoptr (GError) error = NULL;
  Bell bell = {0};
  HarkStore *store;
  double ms;

  if (!hark_store_create (dir, &account, &(HarkStoreUnlock){NULL}, &error))
    g_error ("%s", error->message);

  store = open_and_load (dir, &ms);
  printf ("{\"bench\":\"store\",\"what\":\"open_empty\",\"ms\":%.2f}\n", ms);
  hark_store_start (store, ring, &bell);
  measure_messages (store, &bell, "single", n_single, 1);
  measure_messages (store, &bell, "window_64", n_window, 64);
  measure_messages (store, &bell, "bulk", n - n_single - n_window, 1024);
  hark_store_close (store);

  store = open_and_load (dir, &ms);
  printf ("{\"bench\":\"store\",\"what\":\"open_full\",\"n\":%u,\"ms\":%.2f}\n", n, ms);
  hark_store_start (store, ring, &bell);
  printf ("{\"bench\":\"store\",\"what\":\"history_50_cold\",\"ms\":%.3f}\n",
          measure_history (store, &bell));
  printf ("{\"bench\":\"store\",\"what\":\"history_50_warm\",\"ms\":%.3f}\n",
          measure_history (store, &bell));
  printf ("{\"bench\":\"store\",\"what\":\"search_common\",\"ms\":%.2f}\n",
          measure_search (store, &bell, "boat winter"));
  printf ("{\"bench\":\"store\",\"what\":\"search_rare\",\"ms\":%.2f}\n",
          measure_search (store, &bell, "777"));
  printf ("{\"bench\":\"store\",\"what\":\"delete_contact_1000\",\"ms\":%.1f}\n",
          measure_delete (store, &bell));
  hark_store_close (store);
  hark_files_remove_dir (inner, NULL);
  hark_files_remove_dir (dir, NULL);
  return 0;
}
