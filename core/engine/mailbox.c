#include "core/engine/mailbox.h"

#define BATCH_MAX 200 /* events in one turn, so that the user's other sources get theirs */
#define TURN_US 8000  /* the same: of dear ones fewer */
#define REST_US 500   /* after that, for sources of less priority: a window draws in one */

struct HarkMailbox {
  GMutex mutex;
  GQueue events; /* HarkEvent; under mutex */
  bool closed;   /* under mutex */
  GSource *source;
  void (*on_event) (const HarkEvent *event, void *data);
  void *data;
};

typedef struct {
  GSource source;
  HarkMailbox *mailbox; /* owned: freed with the source */
} MailSource;

static HarkEvent *
take (HarkMailbox *mailbox)
{
  HarkEvent *event;

  g_mutex_lock (&mailbox->mutex);
  event = mailbox->closed ? NULL : g_queue_pop_head (&mailbox->events);
  g_mutex_unlock (&mailbox->mutex);
  return event;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, void *data)
{
  HarkMailbox *mailbox = ((MailSource *) source)->mailbox;

  const gint64 end = g_get_monotonic_time () + TURN_US;
  gint64 now = 0;

  (void) callback;
  (void) data;
  g_source_set_ready_time (source, -1);
  for (unsigned i = 0; i < BATCH_MAX && now < end; i++) {
    HarkEvent *event = take (mailbox);

    if (event == NULL)
      return g_source_is_destroyed (source) ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
    mailbox->on_event (event, mailbox->data);
    hark_event_free (event);
    now = g_get_monotonic_time ();
  }
  g_source_set_ready_time (source, now < end ? 0 : now + REST_US);
  return G_SOURCE_CONTINUE;
}

static void
finalize (GSource *source)
{
  HarkMailbox *mailbox = ((MailSource *) source)->mailbox;

  g_queue_clear_full (&mailbox->events, (GDestroyNotify) hark_event_free);
  g_mutex_clear (&mailbox->mutex);
  g_free (mailbox);
}

static GSourceFuncs mail_funcs = {.dispatch = dispatch, .finalize = finalize};

HarkMailbox *
hark_mailbox_new (GMainContext *context,
                  void (*on_event) (const HarkEvent *event, void *data),
                  void *data)
{
  HarkMailbox *mailbox = g_new0 (HarkMailbox, 1);

  g_mutex_init (&mailbox->mutex);
  g_queue_init (&mailbox->events);
  mailbox->on_event = on_event;
  mailbox->data = data;
  mailbox->source = g_source_new (&mail_funcs, sizeof (MailSource));
  ((MailSource *) mailbox->source)->mailbox = mailbox;
  g_source_set_name (mailbox->source, "hark-events");
  g_source_set_ready_time (mailbox->source, -1);
  g_source_attach (mailbox->source,
                   context != NULL ? context : g_main_context_get_thread_default ());
  return mailbox;
}

void
hark_mailbox_put (HarkMailbox *mailbox, HarkEvent *event)
{
  bool wake;

  g_mutex_lock (&mailbox->mutex);
  wake = g_queue_is_empty (&mailbox->events);
  g_queue_push_tail (&mailbox->events, event);
  g_mutex_unlock (&mailbox->mutex);
  if (wake)
    g_source_set_ready_time (mailbox->source, 0);
}

void
hark_mailbox_close (HarkMailbox *mailbox)
{
  GSource *source = mailbox->source;

  g_mutex_lock (&mailbox->mutex);
  mailbox->closed = true;
  g_mutex_unlock (&mailbox->mutex);
  g_source_destroy (source);
  g_source_unref (source); /* frees the mailbox, at the latest when a dispatch under way returns */
}
