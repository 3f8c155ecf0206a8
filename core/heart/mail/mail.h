/* core/heart/mail/mail.h - what the files about mailboxes share, beside core-private.h.
 *
 *   mail/mail.c     what is remembered: by session, and of people
 *   mail/keeper.c   we keep mail for others
 *   mail/agree.c    what is said about it
 *   mail/leave.c    something left with a keeper
 *   mail/groups.c   what belongs to groups, left and taken
 *   mail/mailbox.c  others keep it for us and for those we write to
 *   mail/places.c   who does so for whom: agreements, nodes, commands
 */
#pragma once

#include "core/heart/core-private.h"

#include <sodium.h>

#define HARK_CORE_OFFERS_OUT_MAX 32 /* deposits said to one keeper and not answered */
#define HARK_CORE_OFFERS_OUT_BYTES ((size_t) 1024 * 1024)
#define HARK_CORE_REMOVE_MAX 256 /* deposits let go in one frame */
#define HARK_CORE_GUESTS_MAX 256 /* in one frame */
#define HARK_CORE_SAID_LEN 16

/* A slot that we asked for. */
typedef struct {
  HarkMailSlot slot;
  HarkKey from;
} HarkCoreSlot;

/* An entry from a slot, until the keeper's answer is complete. */
typedef struct {
  HarkCoreMail mail;
  HarkKey from;
  Hark__Frame *frame;
} HarkCoreParcel;

/* A deposit that was said to a keeper. */
typedef struct {
  HarkKey recipient;
  bool in_group;
  uint8_t group[HARK_CHAT_ID_LEN];
  uint8_t entry[HARK_CHAT_ID_LEN];
  uint64_t seq; /* in_group: its position in our log */
  size_t len;
} HarkCoreOffer;

/* Somebody in a group. */
typedef struct {
  HarkKey account;
  uint8_t group[HARK_CHAT_ID_LEN];
} HarkCoreRoute;

/* Looking through a group for what somebody lacks, for one keeper. */
typedef struct {
  uint64_t cursor; /* up to that position */
  uint64_t left;   /* offered up to that position, in this session */
  uint64_t seen;   /* `grew` of the group when the end was reached */
  unsigned haves;  /* of them, when it was begun */
  bool busy;       /* a page is being read */
} HarkCoreRound;

/* What goes on with somebody as our keeper, or with us as theirs, in one session. */
struct HarkCoreMailbox {
  /* they keep: */
  GHashTable *slots;           /* tag -> HarkCoreSlot: those we asked for; NULL: none yet */
  bool asking;                 /* until their End, and until the store has what came */
  bool ended, more;            /* the End is here */
  bool again;                  /* there is news: ask anew */
  bool asked;                  /* all that was there is here */
  bool full;                   /* they take nothing more for now */
  uint64_t after;              /* number of the last parcel */
  unsigned parcels;            /* of this question */
  GPtrArray *parcels_in;       /* HarkCoreParcel, until the End */
  GPtrArray *group_parcels;    /* likewise, of groups */
  bool group_late, group_took; /* some could not be taken yet; others were, since */
  GHashTable *haves;           /* HarkCoreRoute: who is to hear what we have now */
  GHashTable *rounds;          /* HarkCoreRoute -> HarkCoreRound */
  unsigned unstored;           /* entries that the store has not answered for */
  GArray *done;                /* HarkCoreMail: may be let go */
  GHashTable *acks;            /* HarkKey -> GArray of ids: entries that are on our disk */
  GHashTable *offered;         /* deposit id -> HarkCoreOffer */
  size_t offered_bytes;
  GHashTable *cursors; /* HarkKey -> uint64_t: highest seq that was offered for them */

  /* we keep: */
  uint8_t (*watched)[HARK_MAIL_TAG_LEN]; /* slots that they asked for */
  size_t n_watched;
  bool handing;   /* parcels are on their way out of the store */
  bool news_said; /* and they have not asked since */

  /* agreements, said in this session: */
  bool ask_said, grant_said, places_said, guests_said;

  /* what they were told, so that they hear of changes alone: sums over hashes */
  bool places_known, guests_known;
  uint8_t places[HARK_CORE_SAID_LEN], guests[HARK_CORE_SAID_LEN];
  uint8_t asked_for[HARK_MAIL_TAG_LEN]; /* whose slots, when they were last asked */
};

/* hark_core_mailbox: (transfer none): made when there is none. */
HarkCoreMailbox *hark_core_mailbox (HarkCoreContact *contact);

/* ---- mail/keeper.c ---- */

/* hark_core_say_mail: false when there is no session. */
bool hark_core_say_mail (HarkCore *core, HarkCoreContact *contact, Hark__Mailbox *mail);

bool hark_core_keeper_deposit (HarkCore *core,
                               HarkCoreContact *contact,
                               const Hark__Mailbox__Deposit *body);
bool
hark_core_keeper_fetch (HarkCore *core, HarkCoreContact *contact, const Hark__Mailbox__Fetch *body);
bool hark_core_keeper_remove (HarkCore *core, const Hark__Mailbox__Remove *body);

/* ---- mail/agree.c ---- */

/* What we say to somebody. Places: where we can be left mail; guests: to our node. */
void hark_core_say_ask (HarkCore *core, HarkCoreContact *contact, bool on);
void hark_core_say_grant (HarkCore *core, HarkCoreContact *contact, bool on);
void hark_core_say_places (HarkCore *core, HarkCoreContact *contact);
void hark_core_say_guests (HarkCore *core, HarkCoreContact *node);

/* hark_core_is_guest: somebody whom our nodes let in. */
bool hark_core_is_guest (HarkCore *core, const HarkCoreContact *contact);

/* hark_core_agree_met: places of others that named somebody we did not know may have named @keeper.
 */
void hark_core_agree_met (HarkCore *core, const HarkCoreContact *keeper);

/* hark_core_agreement_frame: ASK, GRANT, PLACES, GUESTS; false when it makes no sense. */
bool
hark_core_agreement_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Mailbox *mail);

/* ---- mail/leave.c ---- */

/* hark_core_mail_leave: one frame into the slot of @recipient, @id as hark_mail_deposit_id(), or
 * random: bytes sealed; 0 when it cannot be, or would show that we are there. _may_leave: it can,
 * and there is room for one that is answered. */
size_t hark_core_mail_leave (HarkCore *core,
                             HarkCoreContact *keeper,
                             const HarkCoreContact *recipient,
                             const uint8_t id[HARK_MAIL_ID_LEN],
                             GBytes *frame);
bool hark_core_mail_may_leave (const HarkCore *core,
                               const HarkCoreContact *keeper,
                               const HarkCoreContact *recipient);

/* ---- mail/mailbox.c ---- */

/* hark_core_mail_ask: asks @keeper for what is there for us. */
void hark_core_mail_ask (HarkCore *core, HarkCoreContact *keeper);

/* hark_core_mail_asks_anew: @keeper would be asked for other slots than the last time. */
bool hark_core_mail_asks_anew (HarkCore *core, HarkCoreContact *keeper);

/* hark_core_mail_offer: leaves with @keeper what waits for @recipient. */
void hark_core_mail_offer (HarkCore *core, HarkCoreContact *keeper, HarkCoreContact *recipient);

/* hark_core_mail_offer_all: leaves what waits for @recipient with everybody who may take it. */
void hark_core_mail_offer_all (HarkCore *core, HarkCoreContact *recipient);

/* hark_core_mail_stored: what the store has answered since. */
void hark_core_mail_stored (HarkCore *core);

/* hark_core_mail_keep: the agreements have changed: to the disk. */
void hark_core_mail_keep (HarkCore *core, HarkPending *pending);

/* ---- mail/groups.c ---- */

/* hark_core_mail_leave_groups: leaves with @keeper what @recipient lacks of groups; _group_answer:
 * what the keeper said to that. */
void
hark_core_mail_leave_groups (HarkCore *core, HarkCoreContact *keeper, HarkCoreContact *recipient);
void hark_core_mail_group_answer (HarkCore *core,
                                  HarkCoreContact *keeper,
                                  const HarkCoreOffer *offer,
                                  HarkKeeperAnswer answer);

/* hark_core_mail_take_groups: what came of groups in a round; _groups_again: once more, for what
 * came too early; _have_due: @account is to hear what we have of @group now; _leave_haves: says it.
 */
void hark_core_mail_take_groups (HarkCore *core, HarkCoreContact *keeper);
bool hark_core_mail_groups_again (HarkCoreMailbox *box);
void
hark_core_mail_have_due (HarkCoreMailbox *box, const HarkKey *account, const uint8_t group[16]);
void hark_core_mail_leave_haves (HarkCore *core, HarkCoreContact *keeper);
