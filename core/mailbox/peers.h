/* core/mailbox/peers.h - who keeps mail for whom: what was agreed with each of our contacts, and
 * where each of them can be left mail.
 *
 * Pure; one thread at a time. Kept on the disk as one value.
 *
 * Limits: HARK_MAIL_PEERS_MAX people; HARK_MAIL_PLACES_MAX places of each; what is more is left
 * out.
 */
#pragma once

#include "core/mailbox/slot.h"

#define HARK_MAIL_PEERS_MAX 2100 /* contacts, and nodes of theirs */
#define HARK_MAIL_PLACES_MAX 4
#define HARK_MAIL_NODES_OF_ONE 2 /* places of one contact that are nodes of theirs */
#define HARK_MAIL_TICKET_LEN 16

/* What somebody is to us; bits of HarkMailPeer.is. */
typedef enum {
  HARK_MAIL_ASKED = 1 << 0, /* we want them to keep mail for us */
  HARK_MAIL_KEEPS = 1 << 1, /* and they agreed: `ticket` is theirs */
  HARK_MAIL_KEPT = 1 << 2,  /* we keep for them */
  HARK_MAIL_WANTS = 1 << 3, /* they asked us to */
  HARK_MAIL_NODE = 1 << 4,  /* no person but a node that keeps mail: never shown as a contact */
  HARK_MAIL_OWN = 1 << 5,   /* NODE: ours */
  HARK_MAIL_OWNER = 1 << 6, /* we are a node: theirs */
  HARK_MAIL_GUEST = 1 << 7, /* we are a node: a contact of our owner */
  HARK_MAIL_TOLD = 1 << 8,  /* they know where we can be left mail */
} HarkMailIs;

/* Where somebody can be left mail. */
typedef struct {
  HarkKey keeper; /* zeros while it is not known whom `hint` names */
  bool is_hint;
  uint8_t hint[HARK_MAIL_HINT_LEN];
  uint8_t ticket[HARK_MAIL_TICKET_LEN]; /* says that the keeper agreed */
  bool is_node;                         /* reached with: */
  HarkToken reach;
  HarkSecret pairwise; /* to begin with */
} HarkMailPlace;

typedef struct {
  HarkKey account;
  unsigned is; /* HarkMailIs */
  uint8_t ticket[HARK_MAIL_TICKET_LEN];
  bool has_guest;   /* we have a node: */
  HarkSecret guest; /* by which they begin with it, or (GUEST) with us */
  HarkToken reach;  /* GUEST: where they are found */
  bool listed;      /* GUEST: in the list that is just coming; not kept */
  HarkMailPlace places[HARK_MAIL_PLACES_MAX];
  size_t n_places;
} HarkMailPeer;

typedef struct {
  GHashTable *all;                   /* HarkKey -> HarkMailPeer, in locked memory */
  uint8_t own[HARK_MAIL_TICKET_LEN]; /* that we give to those for whom we keep */
  bool has_own;
} HarkMailPeers;

/* hark_mail_peers_init: from what the disk has (nullable); nonsense is left out. */
void hark_mail_peers_init (HarkMailPeers *peers, GBytes *kept);
void hark_mail_peers_clear (HarkMailPeers *peers);

/* hark_mail_peers_keep: (transfer full): for the disk. */
GBytes *hark_mail_peers_keep (const HarkMailPeers *peers);

/* hark_mail_peers_for_backup: (transfer full): of @kept what nobody tells us again: what was
 * agreed, and who is a node; at most 128 KiB. */
GBytes *hark_mail_peers_for_backup (GBytes *kept);

/* hark_mail_peers_find: (nullable): borrowed until it is forgotten; _get: the same, made when it is
 * not there; NULL when there are too many. */
HarkMailPeer *hark_mail_peers_find (const HarkMailPeers *peers, const HarkKey *account);
HarkMailPeer *hark_mail_peers_get (HarkMailPeers *peers, const HarkKey *account);
void hark_mail_peers_forget (HarkMailPeers *peers, const HarkKey *account);

/* hark_mail_peers_is: has all of the bits @is. */
bool hark_mail_peers_is (const HarkMailPeers *peers, const HarkKey *account, unsigned is);

/* hark_mail_peers_count: those that have all of the bits @is. */
unsigned hark_mail_peers_count (const HarkMailPeers *peers, unsigned is);

/* hark_mail_peers_place: (nullable): that of @peer at @keeper. */
const HarkMailPlace *hark_mail_peers_place (const HarkMailPeer *peer, const HarkKey *keeper);

/* hark_mail_peers_is_place: somebody can be left mail at @keeper's. */
bool hark_mail_peers_is_place (const HarkMailPeers *peers, const HarkKey *keeper);

/* hark_mail_peers_ticket: (nullable): with which @keeper takes what we leave for @recipient:
 * theirs (NULL: nobody in particular), else ours, else anybody's. Borrowed. */
const uint8_t *hark_mail_peers_ticket (const HarkMailPeers *peers,
                                       const HarkKey *keeper,
                                       const HarkKey *recipient);
