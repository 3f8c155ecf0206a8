/* core/core-mail.h - what the files about mailboxes share, beside core-private.h.
 *
 *   core-mail.c      what is remembered: by session, and of people
 *   core-keeper.c    we keep mail for others
 *   core-agree.c     what is said about it
 *   core-mailbox.c   others keep it for us and for those we write to
 *   core-places.c    who does so for whom: agreements, nodes, commands
 */
#pragma once

#include "core/core-private.h"

#include <sodium.h>

#define HARK_CORE_OFFERS_OUT_MAX 32 /* deposits said to one keeper and not answered */
#define HARK_CORE_OFFERS_OUT_BYTES ((size_t) 1024 * 1024)
#define HARK_CORE_REMOVE_MAX 256 /* deposits let go in one frame */
#define HARK_CORE_GUESTS_MAX 256 /* in one frame */

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
  uint8_t entry[HARK_CHAT_ID_LEN];
  uint64_t seq;
  size_t len;
} HarkCoreOffer;

/* What goes on with somebody as our keeper, or with us as theirs, in one session. */
struct HarkCoreMailbox {
  /* they keep: */
  GHashTable *slots;     /* tag -> HarkCoreSlot: those we asked for; NULL: none yet */
  bool asking;           /* until their End, and until the store has what came */
  bool ended, more;      /* the End is here */
  bool again;            /* there is news: ask anew */
  bool asked;            /* all that was there is here */
  bool full;             /* they take nothing more for now */
  uint64_t after;        /* number of the last parcel */
  unsigned parcels;      /* of this question */
  GPtrArray *parcels_in; /* HarkCoreParcel, until the End */
  unsigned unstored;     /* entries that the store has not answered for */
  GArray *done;          /* HarkCoreMail: may be let go */
  GHashTable *acks;      /* HarkKey -> GArray of ids: entries that are on our disk */
  GHashTable *offered;   /* deposit id -> HarkCoreOffer */
  size_t offered_bytes;
  GHashTable *cursors; /* HarkKey -> uint64_t: highest seq that was offered for them */

  /* we keep: */
  uint8_t (*watched)[HARK_MAIL_TAG_LEN]; /* slots that they asked for */
  size_t n_watched;
  bool handing;   /* parcels are on their way out of the store */
  bool news_said; /* and they have not asked since */

  /* agreements, said in this session: */
  bool ask_said, grant_said, places_said, guests_said;
};

/* hark_core_mailbox: (transfer none): made when there is none. */
HarkCoreMailbox *hark_core_mailbox (HarkCoreContact *contact);

/* ---- core-keeper.c ---- */

/* hark_core_say_mail: false when there is no session. */
bool hark_core_say_mail (HarkCore *core, HarkCoreContact *contact, Hark__Mailbox *mail);

bool hark_core_keeper_deposit (HarkCore *core,
                               HarkCoreContact *contact,
                               const Hark__Mailbox__Deposit *body);
bool
hark_core_keeper_fetch (HarkCore *core, HarkCoreContact *contact, const Hark__Mailbox__Fetch *body);
bool hark_core_keeper_remove (HarkCore *core, const Hark__Mailbox__Remove *body);

/* ---- core-agree.c ---- */

/* What we say to somebody. Places: where we can be left mail; guests: to our node. */
void hark_core_say_ask (HarkCore *core, HarkCoreContact *contact, bool on);
void hark_core_say_grant (HarkCore *core, HarkCoreContact *contact, bool on);
void hark_core_say_places (HarkCore *core, HarkCoreContact *contact);
void hark_core_say_guests (HarkCore *core, HarkCoreContact *node);

/* hark_core_is_guest: somebody whom our nodes let in. */
bool hark_core_is_guest (HarkCore *core, const HarkCoreContact *contact);

/* hark_core_agreement_frame: ASK, GRANT, PLACES, GUESTS; false when it makes no sense. */
bool
hark_core_agreement_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Mailbox *mail);

/* ---- core-mailbox.c ---- */

/* hark_core_mail_ask: asks @keeper for what is there for us. */
void hark_core_mail_ask (HarkCore *core, HarkCoreContact *keeper);

/* hark_core_mail_offer: leaves with @keeper what waits for @recipient. */
void hark_core_mail_offer (HarkCore *core, HarkCoreContact *keeper, HarkCoreContact *recipient);

/* hark_core_mail_offer_all: leaves what waits for @recipient with everybody who may take it. */
void hark_core_mail_offer_all (HarkCore *core, HarkCoreContact *recipient);

/* hark_core_mail_stored: what the store has answered since. */
void hark_core_mail_stored (HarkCore *core);

/* hark_core_mail_keep: the agreements have changed: to the disk. */
void hark_core_mail_keep (HarkCore *core, HarkPending *pending);
