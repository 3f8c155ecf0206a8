#include "core/engine/mailbox.h"

#define DEAR_US 10000 /* of one event: longer than a turn */
#define EVENTS 20

static const HarkEngineConfig behind = {.event_priority = G_PRIORITY_LOW};

typedef struct {
  unsigned heard, heard_before_idle;
  bool idle_ran;
} Turns;

static void
on_dear (const HarkEvent *event, void *data)
{
  const gint64 end = g_get_monotonic_time () + DEAR_US;
  Turns *turns = data;

  g_assert_cmpuint (event->call_stats->call, ==, turns->heard);
  turns->heard++;
  while (g_get_monotonic_time () < end)
    ;
}

static gboolean
on_idle (void *data)
{
  Turns *turns = data;

  turns->idle_ran = true;
  turns->heard_before_idle = turns->heard;
  return G_SOURCE_REMOVE;
}

static void
put_all (HarkMailbox *mailbox)
{
  for (unsigned i = 0; i < EVENTS; i++) {
    HarkEvent *event = hark_event_new (HARK_EVENT_CALL_STATS);

    event->call_stats = g_new0 (HarkCallStats, 1);
    event->call_stats->call = i;
    hark_mailbox_put (mailbox, event);
  }
}

/* A window draws with less priority than what it is told has. */
static void
test_turns (void)
{
  GMainContext *context = g_main_context_new ();
  GSource *idle = g_idle_source_new ();
  Turns turns = {0};
  HarkMailbox *mailbox = hark_mailbox_new (context, &(HarkEngineConfig){0}, on_dear, &turns);

  put_all (mailbox);
  g_source_set_callback (idle, on_idle, &turns, NULL);
  g_source_attach (idle, context);
  while (turns.heard < EVENTS || !turns.idle_ran)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpuint (turns.heard_before_idle, <, EVENTS);
  g_source_unref (idle);
  hark_mailbox_close (mailbox);
  g_main_context_unref (context);
}

static gboolean
on_urgent (void *data)
{
  unsigned *left = data;

  return --*left > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static GSource *
attach_urgent (GMainContext *context, GSourceFunc func, void *data)
{
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_HIGH_IDLE);
  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, context);
  return source;
}

/* What is to be drawn goes first where it is said so. */
static void
test_stands_behind (void)
{
  GMainContext *context = g_main_context_new ();
  unsigned left = 3; /* turns that nobody holds up for what is late */
  GSource *urgent = attach_urgent (context, on_urgent, &left);
  Turns turns = {0};
  HarkMailbox *mailbox = hark_mailbox_new (context, &behind, on_dear, &turns);

  put_all (mailbox);
  while (left > 0) {
    g_assert_cmpuint (turns.heard, ==, 0);
    g_main_context_iteration (context, TRUE);
  }
  while (turns.heard < EVENTS)
    g_main_context_iteration (context, TRUE);
  g_source_unref (urgent);
  hark_mailbox_close (mailbox);
  g_main_context_unref (context);
}

static gboolean
on_endless (void *data)
{
  (void) data;
  return G_SOURCE_CONTINUE;
}

static void
test_waits_not_for_ever (void)
{
  GMainContext *context = g_main_context_new ();
  GSource *urgent = attach_urgent (context, on_endless, NULL);
  Turns turns = {0};
  HarkMailbox *mailbox = hark_mailbox_new (context, &behind, on_dear, &turns);

  put_all (mailbox);
  while (turns.heard < EVENTS)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (urgent);
  g_source_unref (urgent);
  hark_mailbox_close (mailbox);
  g_main_context_unref (context);
}

#define LATE_US 40000 /* what may be made to wait, and no longer */

static unsigned asked, answered;

static unsigned
on_busy (void)
{
  return answered = ++asked > 3 ? 1000 : 0;
}

static unsigned
on_always_busy (void)
{
  asked++;
  return answered = 0;
}

/* Nothing is heard while the user has no time, but they cannot do without for ever. */
static void
test_asks_first (void)
{
  unsigned (*const users[]) (void) = {on_busy, on_always_busy};

  for (size_t i = 0; i < G_N_ELEMENTS (users); i++) {
    const HarkEngineConfig config = {.event_turn_us = users[i]};
    const gint64 began = g_get_monotonic_time ();
    GMainContext *context = g_main_context_new ();
    Turns turns = {0};
    HarkMailbox *mailbox = hark_mailbox_new (context, &config, on_dear, &turns);

    asked = 0;
    put_all (mailbox);
    while (turns.heard == 0)
      g_main_context_iteration (context, TRUE);
    g_assert_cmpuint (asked, >, 0);
    g_assert_true (answered > 0 || g_get_monotonic_time () - began >= LATE_US);
    while (turns.heard < EVENTS)
      g_main_context_iteration (context, TRUE);
    hark_mailbox_close (mailbox);
    g_main_context_unref (context);
  }
}

typedef struct {
  HarkMailbox *mailbox;
  unsigned heard;
} Closing;

static void
on_closing (const HarkEvent *event, void *data)
{
  Closing *closing = data;

  (void) event;
  closing->heard++;
  g_usleep (DEAR_US); /* this turn is over by its time, too */
  hark_mailbox_close (closing->mailbox);
}

/* By its first event, in either of its two turns. */
static void
test_closed_from_within (void)
{
  for (int is_late = 0; is_late < 2; is_late++) {
    GMainContext *context = g_main_context_new ();
    GSource *urgent = is_late ? attach_urgent (context, on_endless, NULL) : NULL;
    Closing closing = {0};

    closing.mailbox = hark_mailbox_new (context, &behind, on_closing, &closing);
    put_all (closing.mailbox);
    while (closing.heard == 0)
      g_main_context_iteration (context, TRUE);
    for (unsigned i = 0; i < 10; i++)
      g_main_context_iteration (context, FALSE);
    g_assert_cmpuint (closing.heard, ==, 1);
    if (urgent)
      g_source_destroy (urgent);
    g_clear_pointer (&urgent, g_source_unref);
    g_main_context_unref (context);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mailbox/dear-events-leave-turns-to-others", test_turns);
  g_test_add_func ("/mailbox/stands-behind-more-urgent-sources", test_stands_behind);
  g_test_add_func ("/mailbox/waits-for-them-not-for-ever", test_waits_not_for_ever);
  g_test_add_func ("/mailbox/asks-first-and-waits-not-for-ever", test_asks_first);
  g_test_add_func ("/mailbox/closed-from-within", test_closed_from_within);
  return g_test_run ();
}
