/* What frames of a contact cost us: what makes us work more than it makes them say costs more. */
#include "core/heart/core-private.h"

/* All contacts are gone through, and what was agreed goes to the disk as one value. */
#define AGREEMENT_COST 25
#define HEADS_FOR_ONE 32 /* of a GroupHave, each of which is looked for among up to 1,024 */

static unsigned
cost_of_mail (const Hark__Mailbox *mail)
{
  switch (mail->what_case) {
  case HARK__MAILBOX__WHAT_ASK:
  case HARK__MAILBOX__WHAT_GRANT:
  case HARK__MAILBOX__WHAT_PLACES:
  case HARK__MAILBOX__WHAT_GUESTS:
    return AGREEMENT_COST;
  default:
    return hark_core_mail_is_paced (mail) ? 0 : 1;
  }
}

unsigned
hark_core_frame_cost (const Hark__Frame *frame)
{
  switch (frame->what_case) {
  case HARK__FRAME__WHAT_ENTRY:
  case HARK__FRAME__WHAT_ACK:
  case HARK__FRAME__WHAT_GROUP_ENTRY:
  case HARK__FRAME__WHAT_READ:
    return 0;
  case HARK__FRAME__WHAT_MAILBOX:
    return cost_of_mail (frame->mailbox);
  case HARK__FRAME__WHAT_GROUP_HAVE:
    return 1
           + (unsigned) (MIN (frame->group_have->n_heads + frame->group_have->n_known,
                              (size_t) HARK_FRAME_LEN_MAX)
                         / HEADS_FOR_ONE);
  default:
    return 1;
  }
}
