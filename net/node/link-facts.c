/* net/node/link-facts.c - what a link is, for those who ask; nothing changes. */
#include "net/node/link-private.h"

bool
hark_link_is_held (const HarkLink *link)
{
  return link->held > 0
         && (link->state == HARK_LINK_ANSWERING || link->state == HARK_LINK_ANSWERED);
}

HarkLinkState
hark_link_get_state (const HarkLink *link)
{
  return link->state;
}

const HarkKey *
hark_link_get_account (const HarkLink *link)
{
  return &link->account;
}

uint32_t
hark_link_get_path (const HarkLink *link)
{
  uint32_t newest = 0;

  for (unsigned i = 0; i < HARK_LINK_PATHS_MAX; i++)
    newest = MAX (newest, link->paths.items[i].number);
  return link->paths.used ? link->paths.used->number : newest;
}

bool
hark_link_has_path (const HarkLink *link, uint32_t path)
{
  for (unsigned i = 0; i < HARK_LINK_PATHS_MAX; i++)
    if (path && link->paths.items[i].number == path)
      return true;
  return false;
}

uint32_t
hark_link_get_index (const HarkLink *link)
{
  return link->index;
}

uint32_t
hark_link_get_ticket (const HarkLink *link)
{
  return link->ticket;
}

bool
hark_link_is_outgoing (const HarkLink *link)
{
  return link->outgoing;
}

bool
hark_link_is_slow (const HarkLink *link)
{
  return link->slow;
}

bool
hark_link_is_pairwise (const HarkLink *link)
{
  return link->pairwise;
}

uint32_t
hark_link_get_list_version (const HarkLink *link)
{
  return link->list_version;
}

bool
hark_link_is_aes (const HarkLink *link)
{
  return link->aes;
}

HarkTime
hark_link_get_started (const HarkLink *link)
{
  return link->started;
}

HarkTime
hark_link_get_lost (const HarkLink *link)
{
  return link->lost;
}

/* The path of the newest generation; NULL when it is over, or there is none but the first. */
static const HarkLinkPath *
find_newest (const HarkLink *link)
{
  for (unsigned i = 0; link->restart.generation && i < HARK_LINK_PATHS_MAX; i++) {
    const HarkLinkPath *path = &link->paths.items[i];

    if (path->number && !path->relay && path->generation == link->restart.generation)
      return path;
  }
  return NULL;
}

bool
hark_link_is_restarting (const HarkLink *link)
{
  const HarkLinkPath *newest = find_newest (link);

  return newest && !newest->ready && !newest->failed;
}

bool
hark_link_is_answered (const HarkLink *link)
{
  return link->restart.answered && hark_link_is_restarting (link);
}

const HarkPathInfo *
hark_link_get_path_info (const HarkLink *link)
{
  return &link->info;
}

const uint8_t *
hark_link_get_handshake_hash (const HarkLink *link)
{
  return link->handshake_hash;
}

HarkSession *
hark_link_get_session (HarkLink *link)
{
  return link->session;
}

bool
hark_link_is_stuck (const HarkLink *link)
{
  bool hope = false;

  for (unsigned i = 0; i < HARK_LINK_PATHS_MAX; i++) {
    const HarkLinkPath *path = &link->paths.items[i];

    hope |= path->number && !path->relay && !path->failed;
  }
  return link->session && !link->paths.used && !hope;
}
