#include "ui/words/calls.h"

#include "ui/core-words.h"
#include "ui/language.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>

char *
hark_words_call_row (const HarkMessage *message)
{
  g_autofree char *length = NULL;

  if (message->ref > 0 && message->has_group) {
    g_autofree char *who = hark_core_words (message->text);

    length = hark_words_clock (message->ref / 1000);
    return g_strdup_printf (message->outgoing ? _ ("You called, %s. %s") : _ ("Call, %s. %s"),
                            length, who);
  }
  if (message->ref > 0) {
    length = hark_words_clock (message->ref / 1000);
    return g_strdup_printf (message->outgoing ? _ ("You called, %s") : _ ("Call, %s"), length);
  }
  if (message->text && *message->text) {
    g_autofree char *why = hark_core_words (message->text);

    return message->outgoing ? g_strdup_printf (_ ("You called. %s"), why) : g_steal_pointer (&why);
  }
  return g_strdup (message->outgoing ? _ ("You called") : _ ("Missed call"));
}

bool
hark_words_call_is_missed (const HarkMessage *message)
{
  return message->type == HARK_MESSAGE_IS_CALL && !message->outgoing && message->ref == 0
         && g_strcmp0 (message->text, "You declined the call") != 0; /* the engine's sentence */
}

char *
hark_words_call (const HarkCall *call, const char *who, unsigned seconds)
{
  g_autofree char *name = hark_language_apart (who);
  g_autofree char *length = hark_words_clock (seconds);

  switch (call->phase) {
  case HARK_CALLING:
    return g_strdup_printf (_ ("Reaching %s…"), name);
  case HARK_RINGING:
    return call->outgoing ? g_strdup_printf (_ ("Ringing at %s…"), name)
                          : g_strdup_printf (_ ("%s is calling"), name);
  case HARK_ACTIVE:
    return g_strdup_printf (_ ("%s, %s"), name, length);
  case HARK_HELD:
    return g_strdup_printf ("%s, %s. %s", name, length,
                            call->reason ? call->reason : _ ("Trying to reconnect…"));
  case HARK_ENDED:
    if (!call->outgoing && g_strcmp0 (call->reason, _ ("Missed call")) == 0) /* the engine's */
      return g_strdup_printf (_ ("Missed call from %s"), name);
    return g_strdup_printf (_ ("Call with %s has ended. %s"), name,
                            call->reason ? call->reason : "");
  }
  return g_steal_pointer (&name);
}

char *
hark_words_call_path (HarkPathKind path, const char *relay)
{
  g_autofree char *name = relay ? hark_language_apart (relay) : NULL;

  switch (path) {
  case HARK_PATH_LAN:
    return g_strdup (_ ("Within your network"));
  case HARK_PATH_DIRECT:
    return g_strdup (_ ("Straight between you"));
  case HARK_PATH_RELAY:
    return name ? g_strdup_printf (_ ("Relayed by %s"), name) : g_strdup (_ ("Relayed"));
  default:
    return NULL;
  }
}

HarkQuality
hark_words_quality_of (const HarkCallStats *stats)
{
  double loss = MAX (stats->loss_in, stats->loss_out);

  if (loss >= 0.1 || stats->rtt_ms >= 600.0)
    return HARK_QUALITY_BAD;
  return loss >= 0.03 || stats->rtt_ms >= 300.0 ? HARK_QUALITY_FAIR : HARK_QUALITY_GOOD;
}

char *
hark_words_quality (const HarkCallStats *stats)
{
  const char *const words[] = {_ ("Good connection"), _ ("Fair connection"), _ ("Bad connection")};
  double loss = MAX (stats->loss_in, stats->loss_out) * 100.0;
  g_autofree char *figures
    = stats->delay_ms > 0
        ? g_strdup_printf (_ ("about %.0f ms from mouth to ear, %.0f ms round trip, %.1f %% lost"),
                           stats->delay_ms, stats->rtt_ms, loss)
        : g_strdup_printf (_ ("%.0f ms round trip, %.1f %% lost"), stats->rtt_ms, loss);

  return g_strdup_printf ("%s: %s", words[hark_words_quality_of (stats)], figures);
}
