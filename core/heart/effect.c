#include "core/heart/effect.h"

void
hark_effect_clear (HarkEffect *effect)
{
  g_clear_pointer (&effect->store, hark_store_request_free);
  g_clear_pointer (&effect->disk, hark_disk_request_free);
  g_clear_pointer (&effect->backup, hark_backup_job_free);
  g_clear_pointer (&effect->export, hark_export_job_free);
  g_clear_pointer (&effect->event, hark_event_free);
  g_clear_pointer (&effect->packet, g_bytes_unref);
}

void
hark_effects_init (HarkEffects *effects)
{
  g_queue_init (&effects->queue);
}

void
hark_effects_clear (HarkEffects *effects)
{
  HarkEffect effect;

  while (hark_effects_pop (effects, &effect))
    hark_effect_clear (&effect);
}

void
hark_effects_push (HarkEffects *effects, HarkEffect effect)
{
  g_queue_push_tail (&effects->queue, g_memdup2 (&effect, sizeof effect));
}

bool
hark_effects_pop (HarkEffects *effects, HarkEffect *ret)
{
  HarkEffect *effect = g_queue_pop_head (&effects->queue);

  if (effect == NULL)
    return false;
  *ret = *effect;
  g_free (effect);
  return true;
}
