/* What is heard in a call of a group, as the user sees it: who speaks, and how good each line is.
 */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/calls/group-calls.h"

#include <string.h>

#define STATS_TIME HARK_SECOND

static void
add_level (GArray *levels, const HarkKey *account, double dbfs)
{
  HarkGroupLevel level = {.level = dbfs, .speaking = dbfs > HARK_CORE_SPEAKING_DBFS};

  memcpy (level.account, account->bytes, sizeof level.account);
  g_array_append_val (levels, level);
}

static HarkGroupLine *
line_to (HarkCore *core, const HarkKey *peer, HarkAdvice *advice, const HarkCallStats *heard)
{
  const HarkCoreContact *contact = hark_core_find (core, peer);
  HarkGroupLine *line = g_new0 (HarkGroupLine, 1);
  HarkNetStats net = {0};

  hark_net_get_stats (core->net, peer, &net);
  memcpy (line->account, peer->bytes, sizeof line->account);
  line->stats = *heard;
  line->stats.rtt_ms = (double) net.rtt / (double) HARK_MS;
  line->stats.delay_ms = hark_advice_delay_ms (&line->stats);
  line->stats.path = contact != NULL ? contact->path : HARK_PATH_NONE;
  line->stats.speaking = heard->level_out > HARK_CORE_SPEAKING_DBFS;
  line->advice = hark_advice_step (advice, &line->stats);
  return line;
}

static HarkEvent *
event_of (const HarkCore *core, HarkEventKind kind)
{
  HarkEvent *event = hark_event_new (kind);

  memcpy (event->of_group, core->group_talking->row.id, sizeof event->of_group);
  return event;
}

void
hark_core_handle_group_voice (HarkCore *core,
                              double own,
                              const HarkCallStats others[HARK_GROUP_CALL_OTHERS_MAX],
                              HarkTime now)
{
  HarkCoreGroupCall *call = core->group_talking != NULL ? core->group_talking->call : NULL;
  HarkEvent *levels, *lines;

  core->now = now;
  if (call == NULL)
    return;
  levels = event_of (core, HARK_EVENT_GROUP_LEVELS);
  levels->levels = g_array_new (FALSE, TRUE, sizeof (HarkGroupLevel));
  add_level (levels->levels, &core->own, own);
  for (unsigned i = 0; i < HARK_ROUND_OTHERS_MAX; i++)
    if (hark_core_group_hears (core, i))
      add_level (levels->levels, &call->round.slots[i].peer, others[i].level_out);
  hark_core_emit (core, levels);
  if (call->stats_at != 0 && hark_time_since (now, call->stats_at) < STATS_TIME)
    return;
  call->stats_at = now;
  if (call->lack != hark_core_sound_lack (core)) /* a device came or went */
    call->changed = core->group_calls_due = true;
  lines = event_of (core, HARK_EVENT_GROUP_STATS);
  lines->lines = hark_group_lines_new ();
  for (unsigned i = 0; i < HARK_ROUND_OTHERS_MAX; i++)
    if (hark_core_group_hears (core, i))
      g_ptr_array_add (lines->lines, line_to (core, &call->round.slots[i].peer,
                                              &call->streams[i].advice, &others[i]));
  hark_core_emit (core, lines);
}
