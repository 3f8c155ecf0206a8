/* tests/tsan-glib.c - tells the thread sanitizer what GLib's locks and queues order.
 *
 * The distribution's GLib is not instrumented and locks with bare futexes, so without this every
 * access under a GMutex or behind a GAsyncQueue looks like a race. Linked into the test programs
 * and hark-cli of a -Db_sanitize=thread build only; each function here stands in front of GLib's
 * own.
 */
#include <dlfcn.h>
#include <glib.h>

void __tsan_acquire (void *address);
void __tsan_release (void *address);

#define REAL(name) ((__typeof__ (&name)) dlsym (RTLD_NEXT, #name))

void
g_mutex_lock (GMutex *mutex)
{
  REAL (g_mutex_lock) (mutex);
  __tsan_acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean locked = REAL (g_mutex_trylock) (mutex);

  if (locked)
    __tsan_acquire (mutex);
  return locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_mutex_unlock) (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_cond_wait) (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean signalled;

  __tsan_release (mutex);
  signalled = REAL (g_cond_wait_until) (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return signalled;
}

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  __tsan_release (queue);
  REAL (g_async_queue_push) (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_pop) (queue);

  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_try_pop (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_try_pop) (queue);

  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_timeout_pop (GAsyncQueue *queue, guint64 timeout)
{
  gpointer data = REAL (g_async_queue_timeout_pop) (queue, timeout);

  __tsan_acquire (queue);
  return data;
}

/* The last one to let go frees what the others have read. */
void
g_bytes_unref (GBytes *bytes)
{
  if (bytes) {
    __tsan_release (bytes);
    __tsan_acquire (bytes);
  }
  REAL (g_bytes_unref) (bytes);
}

void
g_ptr_array_unref (GPtrArray *array)
{
  if (array) {
    __tsan_release (array);
    __tsan_acquire (array);
  }
  REAL (g_ptr_array_unref) (array);
}

/* What is attached to a main context may run in another thread: everything before the attaching
 * comes first. */
static char attached;

typedef struct {
  GSourceFunc func;
  gpointer data;
  GDestroyNotify notify;
} Callback;

static gboolean
on_dispatch (gpointer pointer)
{
  const Callback *callback = pointer;

  __tsan_acquire (&attached);
  return callback->func (callback->data);
}

static void
on_done (gpointer pointer)
{
  Callback *callback = pointer;

  __tsan_acquire (&attached);
  if (callback->notify)
    callback->notify (callback->data);
  g_free (callback);
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  __tsan_release (&attached);
  return REAL (g_source_attach) (source, context);
}

void
g_main_context_invoke_full (
  GMainContext *context, gint priority, GSourceFunc function, gpointer data, GDestroyNotify notify)
{
  Callback *callback = g_new (Callback, 1);

  *callback = (Callback){function, data, notify};
  __tsan_release (&attached);
  REAL (g_main_context_invoke_full) (context, priority, on_dispatch, callback, on_done);
}

void
g_main_context_invoke (GMainContext *context, GSourceFunc function, gpointer data)
{
  g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, function, data, NULL);
}
