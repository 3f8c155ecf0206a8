#include "core/heart/calls/advice.h"

#define LOSS 0.03 /* what repeats mend is not worth a word */
#define CONCEALED 0.02
#define NOTHING 0.9
#define LATE_MS 120.0 /* of playout: three times what a good path needs */
#define RTT_MS 500.0  /* both wait, then both speak */
#define EVERYWHERE_MS (10.0 + 2.5 + 15.0)

double
hark_advice_delay_ms (const HarkCallStats *stats)
{
  return stats->rtt_ms > 0 ? stats->rtt_ms / 2 + stats->playout_ms + EVERYWHERE_MS : 0;
}

void
hark_advice_init (HarkAdvice *advice)
{
  *advice = (HarkAdvice){0};
}

static char *
sentence_for (const HarkCallStats *stats)
{
  int in = (int) (100 * stats->loss_in + 0.5), out = (int) (100 * stats->loss_out + 0.5);
  bool bad_in = stats->loss_in >= LOSS, bad_out = stats->loss_out >= LOSS;

  if (stats->concealed >= NOTHING)
    return g_strdup ("Nothing of their voice arrives at the moment.");
  if (bad_in && bad_out)
    return g_strdup_printf ("%d %% of their voice is lost on the way to you, and %d %% of yours "
                            "on the way to them.",
                            in, out);
  if (bad_in)
    return g_strdup_printf ("%d %% of their voice is lost on the way to you.", in);
  if (bad_out)
    return g_strdup_printf ("%d %% of your voice is lost on the way to them.", out);
  if (stats->playout_ms >= LATE_MS)
    return g_strdup_printf ("Their voice arrives unevenly: it is held back for %d ms to smooth it.",
                            (int) stats->playout_ms);
  if (stats->concealed >= CONCEALED)
    return g_strdup_printf ("%d %% of their voice comes too late to be heard.",
                            (int) (100 * stats->concealed + 0.5));
  if (stats->rtt_ms >= RTT_MS)
    return g_strdup_printf ("It takes %d ms until they hear you: wait a moment for an answer.",
                            (int) (stats->rtt_ms / 2));
  return NULL;
}

char *
hark_advice_step (HarkAdvice *advice, const HarkCallStats *stats)
{
  g_autofree char *sentence = sentence_for (stats);
  const char *relayed = stats->path == HARK_PATH_RELAY ? " The call goes through a relay." : "";

  advice->bad = sentence != NULL ? advice->bad + 1 : 0;
  advice->good = sentence == NULL ? advice->good + 1 : 0;
  if (advice->bad >= HARK_ADVICE_BAD)
    advice->shown = true;
  else if (advice->good >= HARK_ADVICE_GOOD)
    advice->shown = false;
  return advice->shown && sentence != NULL ? g_strconcat (sentence, relayed, NULL) : NULL;
}
