#include "core/store/keyring.h"
#include "core/store/slots.h"

#include <string.h>

#define GROUP_MAX 256                    /* requests in one transaction */
#define REST_AFTER (10 * G_USEC_PER_SEC) /* without a request */

struct HarkStore {
  HarkProfile *profile;
  GThread *thread;

  GMutex lock; /* guards what follows */
  GCond wakeup;
  GCond answered; /* somebody who waits in hark_store_ask() */
  GQueue requests;
  GQueue replies;
  bool stopping;
  bool told; /* on_replies was called and the replies were not all taken since */

  void (*on_replies) (void *data);
  void *data;
};

bool
hark_store_create_filled (const char *dir,
                          const HarkStoreAccount *account,
                          const HarkStoreUnlock *unlock,
                          HarkStoreFill fill,
                          void *data,
                          GError **error)
{
  const HarkStoreOptions options = {.fill = fill, .fill_data = data};

  return hark_profile_make (dir, account, unlock, &options, error);
}

bool
hark_store_create (const char *dir,
                   const HarkStoreAccount *account,
                   const HarkStoreUnlock *unlock,
                   GError **error)
{
  return hark_profile_make (dir, account, unlock, NULL, error);
}

bool
hark_store_change_unlock (const char *dir,
                          const HarkStoreUnlock *now,
                          const HarkStoreUnlock *wanted,
                          GError **error)
{
  static const HarkStoreOptions options;
  g_autofree char *store = g_build_filename (dir, "store", NULL);

  return hark_slots_change (store, now, wanted, &options, error);
}

bool
hark_store_has_keyring (void)
{
  return hark_keyring_is_there ();
}

bool
hark_store_erase (const char *dir, GError **error)
{
  return hark_profile_destroy (dir, NULL, error);
}

HarkStore *
hark_store_open_with (const char *dir,
                      const HarkStoreUnlock *unlock,
                      const HarkStoreOptions *options,
                      GError **error)
{
  HarkProfile *profile = hark_profile_open (dir, unlock, options, error);
  HarkStore *store;

  if (profile == NULL)
    return NULL;

  store = g_new0 (HarkStore, 1);
  store->profile = profile;
  g_mutex_init (&store->lock);
  g_cond_init (&store->wakeup);
  g_cond_init (&store->answered);
  g_queue_init (&store->requests);
  g_queue_init (&store->replies);
  return store;
}

HarkStore *
hark_store_open (const char *dir, const HarkStoreUnlock *unlock, GError **error)
{
  return hark_store_open_with (dir, unlock, NULL, error);
}

void
hark_store_close (HarkStore *store)
{
  if (store == NULL)
    return;

  if (store->thread != NULL) {
    g_mutex_lock (&store->lock);
    store->stopping = true;
    g_cond_signal (&store->wakeup);
    g_mutex_unlock (&store->lock);
    g_thread_join (store->thread);
  }

  hark_profile_close (store->profile);
  g_queue_clear_full (&store->requests, (GDestroyNotify) hark_store_request_free);
  g_queue_clear_full (&store->replies, (GDestroyNotify) hark_store_reply_free);
  g_cond_clear (&store->wakeup);
  g_cond_clear (&store->answered);
  g_mutex_clear (&store->lock);
  g_free (store);
}

bool
hark_store_load (HarkStore *store, HarkStoreSnapshot *ret, GError **error)
{
  HarkDatabase *database = store->profile->database;
  HarkStoreSnapshot snapshot = {0};
  const int rc = hark_snapshot_read (database, &snapshot);

  if (rc != SQLITE_OK) {
    hark_database_set_error (database, rc, error);
    return false;
  }

  memcpy (snapshot.instance, store->profile->instance, sizeof snapshot.instance);
  *ret = snapshot;
  sodium_memzero (&snapshot, sizeof snapshot);
  return true;
}

/* ---- the thread ------------------------------------------------------------------ */

/* What the thread does when nobody wants anything, in this order. */
typedef enum { TIDY, REST, SLEEP } Leisure;

/* Waits for a request; not at all while there is something to tidy, and before it sleeps until it
 * is time to rest. */
static void
wait (HarkStore *store, Leisure leisure)
{
  const gint64 end = g_get_monotonic_time () + REST_AFTER;
  bool in_time = leisure != TIDY;

  while (g_queue_is_empty (&store->requests) && !store->stopping && in_time)
    if (leisure == REST)
      in_time = g_cond_wait_until (&store->wakeup, &store->lock, end);
    else
      g_cond_wait (&store->wakeup, &store->lock);
}

/* Takes what waits, at most a group; 0: there is leisure, or @ret_stop: told to stop, and nothing
 * is left. */
static size_t
take_group (HarkStore *store, Leisure leisure, HarkStoreRequest **ret, bool *ret_stop)
{
  size_t n = 0;

  g_mutex_lock (&store->lock);
  wait (store, leisure);
  *ret_stop = store->stopping;
  while (n < GROUP_MAX && !g_queue_is_empty (&store->requests))
    ret[n++] = g_queue_pop_head (&store->requests);
  g_mutex_unlock (&store->lock);
  return n;
}

static Leisure
spend (HarkStore *store, Leisure leisure)
{
  if (leisure == TIDY)
    return hark_database_tidy (store->profile->database) ? TIDY : REST;
  hark_database_rest (store->profile->database);
  return SLEEP;
}

static void
hand_out (HarkStore *store, HarkStoreRequest **requests, HarkStoreReply **replies, size_t n)
{
  bool tell = false;

  g_mutex_lock (&store->lock);
  for (size_t i = 0; i < n; i++) {
    if (requests[i]->asker != NULL) {
      *requests[i]->asker = replies[i];
      g_cond_broadcast (&store->answered);
      continue;
    }
    g_queue_push_tail (&store->replies, replies[i]);
    tell |= !store->told;
    store->told = true;
  }
  g_mutex_unlock (&store->lock);

  if (tell)
    store->on_replies (store->data);
}

static gpointer
run (gpointer data)
{
  HarkStore *store = data;
  HarkStoreRequest *requests[GROUP_MAX];
  HarkStoreReply *replies[GROUP_MAX];
  Leisure leisure = TIDY;
  bool stop;
  size_t n;

  while ((n = take_group (store, leisure, requests, &stop)) > 0 || !stop) {
    if (n == 0) {
      leisure = spend (store, leisure);
      continue;
    }
    leisure = TIDY; /* or perhaps; it is cheap to look */
    for (size_t done = 0; done < n;) {
      const size_t count = hark_database_execute (store->profile->database, requests + done,
                                                  replies + done, n - done);

      hand_out (store, requests + done, replies + done, count);
      done += count;
    }

    for (size_t i = 0; i < n; i++)
      hark_store_request_free (requests[i]);
  }

  return NULL;
}

void
hark_store_start (HarkStore *store, void (*on_replies) (void *data), void *data)
{
  g_assert (store->thread == NULL);
  store->on_replies = on_replies;
  store->data = data;
  store->thread = g_thread_new ("hark-store", run, store);
}

void
hark_store_send (HarkStore *store, HarkStoreRequest *request)
{
  g_mutex_lock (&store->lock);
  g_queue_push_tail (&store->requests, request);
  g_cond_signal (&store->wakeup);
  g_mutex_unlock (&store->lock);
}

HarkStoreReply *
hark_store_take_reply (HarkStore *store)
{
  HarkStoreReply *reply;

  g_mutex_lock (&store->lock);
  reply = g_queue_pop_head (&store->replies);
  if (g_queue_is_empty (&store->replies))
    store->told = false;
  g_mutex_unlock (&store->lock);
  return reply;
}

HarkStoreReply *
hark_store_ask (HarkStore *store, HarkStoreRequest *request)
{
  HarkStoreReply *reply = NULL;

  request->asker = &reply;
  g_mutex_lock (&store->lock);
  g_queue_push_tail (&store->requests, request);
  g_cond_signal (&store->wakeup);
  while (reply == NULL)
    g_cond_wait (&store->answered, &store->lock);
  g_mutex_unlock (&store->lock);
  return reply;
}

HarkPoison *
hark_store_poison (HarkStore *store)
{
  return store->profile->database->poison;
}

HarkStoreReply *
hark_store_execute (HarkStore *store, HarkStoreRequest *request)
{
  HarkStoreReply *reply;

  g_assert (store->thread == NULL);
  hark_database_execute (store->profile->database, &request, &reply, 1);
  hark_store_request_free (request);
  while (hark_database_tidy (store->profile->database))
    continue;
  return reply;
}
