#define G_LOG_DOMAIN "hark-rendezvous"

#include "net/rendezvous/watch.h"

#include "net/rendezvous/find.h"
#include "net/rendezvous/publish.h"

#include <string.h>

void
hark_watch_judge (HarkRendezvous *rendezvous, HarkTime now)
{
  HarkRendezvousWatch *watch = &rendezvous->watch;
  HarkRecord ours = {0};
  uint32_t version, own_version;

  if (!watch->found)
    return;
  watch->found = false;
  memcpy (ours.certificate, rendezvous->config.certificate, sizeof ours.certificate);
  version = hark_record_list_version (&watch->record);
  own_version = hark_record_list_version (&ours);
  if (version == own_version)
    return;
  g_debug ("a computer of ours with list version %u publishes as well; ours is %u", version,
           own_version);
  if (version < own_version) {
    hark_publish_over (rendezvous, &watch->token, watch->seq, now);
    return;
  }
  hark_publish_for (rendezvous, &watch->token, &watch->record, watch->seq, now);
  hark_rendezvous_retire (rendezvous);
  hark_find_push (rendezvous, (HarkRendezvousEvent){.superseded = true});
}
