#include "core/engine/mailbox.h"

#define DEAR_US 10000 /* of one event: longer than a turn */
#define EVENTS 20

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

/* A window draws with less priority than what it is told has. */
static void
test_turns (void)
{
  GMainContext *context = g_main_context_new ();
  GSource *idle = g_idle_source_new ();
  Turns turns = {0};
  HarkMailbox *mailbox = hark_mailbox_new (context, on_dear, &turns);

  for (unsigned i = 0; i < EVENTS; i++) {
    HarkEvent *event = hark_event_new (HARK_EVENT_CALL_STATS);

    event->call_stats = g_new0 (HarkCallStats, 1);
    event->call_stats->call = i;
    hark_mailbox_put (mailbox, event);
  }
  g_source_set_callback (idle, on_idle, &turns, NULL);
  g_source_attach (idle, context);
  while (turns.heard < EVENTS || !turns.idle_ran)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpuint (turns.heard_before_idle, <, EVENTS);
  g_source_unref (idle);
  hark_mailbox_close (mailbox);
  g_main_context_unref (context);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mailbox/dear-events-leave-turns-to-others", test_turns);
  return g_test_run ();
}
