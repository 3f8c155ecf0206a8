#include "net/node/secrets.h"

#define SECRETS_MAX 3
#define SPARE_EVERY 3 /* tries */

/* With a pairwise secret the first contact's is of use only to somebody whose profile was put back
 * from before there was one. They may know nothing of us but that: no other way leads to them, and
 * it is tried often enough that one lost answer costs seconds. */
static bool
has_spare (const HarkPeer *peer)
{
  return peer->contact.has_pairwise && peer->contact.has_first && !peer->asked_anew;
}

static unsigned
list_secrets (const HarkPeer *peer, HarkLinkSecret ret[SECRETS_MAX])
{
  const HarkNetContact *contact = &peer->contact;
  unsigned n = 0;

  if (contact->has_pairwise)
    ret[n++] = (HarkLinkSecret){contact->pairwise.bytes, sizeof contact->pairwise.bytes, true};
  if (contact->has_pairwise_previous)
    ret[n++] = (HarkLinkSecret){contact->pairwise_previous.bytes,
                                sizeof contact->pairwise_previous.bytes, false};
  if (contact->has_first && !has_spare (peer))
    ret[n++] = (HarkLinkSecret){contact->first.bytes, sizeof contact->first.bytes, false};
  return n;
}

HarkLinkSecret
hark_node_secrets_choose (const HarkPeer *peer)
{
  HarkLinkSecret secrets[SECRETS_MAX];
  unsigned n = list_secrets (peer, secrets);

  if (has_spare (peer) && peer->attempts % SPARE_EVERY == n)
    return (HarkLinkSecret){.secret = peer->contact.first.bytes,
                            .len = sizeof peer->contact.first.bytes,
                            .is_spare = true};
  return n ? secrets[peer->attempts % n] : (HarkLinkSecret){0};
}

bool
hark_node_secrets_is_first_round (const HarkPeer *peer)
{
  HarkLinkSecret secrets[SECRETS_MAX];
  unsigned n = list_secrets (peer, secrets);

  return n > 1 && peer->attempts <= n;
}

bool
hark_node_secrets_is_hasty (const HarkPeer *peer, const HarkLinkSecret *secret)
{
  return secret->is_spare ? peer->attempts <= SPARE_EVERY : hark_node_secrets_is_first_round (peer);
}
