#include "core/engine/mailbox.h"

#define BATCH_MAX 200 /* events in one turn, so that the user's other sources get theirs */
#define TURN_US 4000  /* the same: of dear ones fewer */
#define REST_US                                                                                   \
  500                    /* after that, for sources of less priority; and until it is asked again \
                            whether there may be one */
#define TURN_US_MIN 1000 /* of those that are late */
#define LATE_US 40000    /* events that wait for so long go before what they were to stand behind */

/* Owned by its sources. */
struct HarkMailbox {
  GMutex mutex;
  GQueue events;              /* HarkEvent; under mutex */
  bool closed;                /* under mutex */
  GSource *source, *late;     /* late: of default priority; NULL where nothing holds `source` up */
  unsigned (*turn_us) (void); /* or NULL */
  void (*on_event) (const HarkEvent *event, void *data);
  void *data;
};

typedef struct {
  GSource source;
  HarkMailbox *mailbox; /* a reference */
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

/* Both sources: the next turn at @at (monotonic, us; -1: none). */
static void
set_turn (HarkMailbox *mailbox, gint64 at)
{
  g_mutex_lock (&mailbox->mutex);
  if (!mailbox->closed) { /* else they may be gone */
    g_source_set_ready_time (mailbox->source, at);
    if (mailbox->late != NULL)
      g_source_set_ready_time (mailbox->late, at < 0 ? -1 : g_get_monotonic_time () + LATE_US);
  }
  g_mutex_unlock (&mailbox->mutex);
}

static void
ask_again (HarkMailbox *mailbox)
{
  g_mutex_lock (&mailbox->mutex);
  if (!mailbox->closed)
    g_source_set_ready_time (mailbox->source, g_get_monotonic_time () + REST_US);
  g_mutex_unlock (&mailbox->mutex);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, void *data)
{
  HarkMailbox *mailbox = ((MailSource *) source)->mailbox;
  gint64 turn = mailbox->turn_us != NULL ? MIN (mailbox->turn_us (), TURN_US) : TURN_US;
  gint64 now = 0, end;

  (void) callback;
  (void) data;
  if (source == mailbox->late)
    turn = MAX (turn, TURN_US_MIN);
  if (turn == 0) {
    ask_again (mailbox);
    return G_SOURCE_CONTINUE;
  }
  end = g_get_monotonic_time () + turn;
  set_turn (mailbox, -1);
  for (unsigned i = 0; i < BATCH_MAX && now < end; i++) {
    HarkEvent *event = take (mailbox);

    if (event == NULL)
      return g_source_is_destroyed (source) ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
    mailbox->on_event (event, mailbox->data);
    hark_event_free (event);
    now = g_get_monotonic_time ();
  }
  set_turn (mailbox, now < end ? 0 : now + REST_US);
  return G_SOURCE_CONTINUE;
}

static void
clear (void *data)
{
  HarkMailbox *mailbox = data;

  g_queue_clear_full (&mailbox->events, (GDestroyNotify) hark_event_free);
  g_mutex_clear (&mailbox->mutex);
}

static void
finalize (GSource *source)
{
  g_atomic_rc_box_release_full (((MailSource *) source)->mailbox, clear);
}

static GSourceFuncs mail_funcs = {.dispatch = dispatch, .finalize = finalize};

static GSource *
new_source (HarkMailbox *mailbox, GMainContext *context, int priority)
{
  GSource *source = g_source_new (&mail_funcs, sizeof (MailSource));

  ((MailSource *) source)->mailbox = mailbox;
  g_source_set_name (source, "hark-events");
  g_source_set_priority (source, priority);
  g_source_set_ready_time (source, -1);
  g_source_attach (source, context != NULL ? context : g_main_context_get_thread_default ());
  return source;
}

HarkMailbox *
hark_mailbox_new (GMainContext *context,
                  const HarkEngineConfig *config,
                  void (*on_event) (const HarkEvent *event, void *data),
                  void *data)
{
  HarkMailbox *mailbox = g_atomic_rc_box_new0 (HarkMailbox);

  g_mutex_init (&mailbox->mutex);
  g_queue_init (&mailbox->events);
  mailbox->on_event = on_event;
  mailbox->data = data;
  mailbox->turn_us = config->event_turn_us;
  mailbox->source = new_source (mailbox, context, config->event_priority);
  if (config->event_priority > G_PRIORITY_DEFAULT || config->event_turn_us != NULL)
    mailbox->late = new_source (g_atomic_rc_box_acquire (mailbox), context, G_PRIORITY_DEFAULT);
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
    set_turn (mailbox, 0);
}

void
hark_mailbox_close (HarkMailbox *mailbox)
{
  GSource *const sources[] = {mailbox->source, mailbox->late};

  g_mutex_lock (&mailbox->mutex);
  mailbox->closed = true;
  g_mutex_unlock (&mailbox->mutex);
  for (size_t i = 0; i < G_N_ELEMENTS (sources) && sources[i] != NULL; i++) {
    g_source_destroy (sources[i]);
    g_source_unref (sources[i]); /* the last one frees the mailbox, at the latest when a dispatch
                                    under way returns */
  }
}
