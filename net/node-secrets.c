#include "net/node-secrets.h"

#define SECRETS_MAX 3

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
  if (contact->has_first)
    ret[n++] = (HarkLinkSecret){contact->first.bytes, sizeof contact->first.bytes, false};
  return n;
}

HarkLinkSecret
hark_node_secrets_choose (const HarkPeer *peer)
{
  HarkLinkSecret secrets[SECRETS_MAX];
  unsigned n = list_secrets (peer, secrets);

  return n ? secrets[peer->attempts % n] : (HarkLinkSecret){0};
}

bool
hark_node_secrets_is_first_round (const HarkPeer *peer)
{
  HarkLinkSecret secrets[SECRETS_MAX];
  unsigned n = list_secrets (peer, secrets);

  return n > 1 && peer->attempts <= n;
}
