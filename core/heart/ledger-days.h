/* core/heart/ledger-days.h - what left this machine, day by day, and who carried how much for whom.
 *
 * Pure; one thread at a time. Days are those of UTC, HARK_LEDGER_DAYS of them are kept, in whatever
 * order the clock brings them. Of people there is what they did for us and we for them, as sums
 * since the contact began. Kept in the profile as one value of at most some 6 kB and 64 bytes a
 * contact.
 */
#pragma once

#include "net/base/key.h"
#include "net/net.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_LEDGER_DAYS 90
#define HARK_LEDGER_PEOPLE_MAX 4096 /* with a deed; no more are noted */

typedef enum {
  HARK_DEED_RELAYED_FOR_US,   /* bytes of sealed packets, both ways */
  HARK_DEED_RELAYED_FOR_THEM, /* the same */
  HARK_DEED_KEPT_FOR_US,      /* sealed messages: left with them for others, or brought to us */
  HARK_DEED_KEPT_FOR_THEM,    /* taken from them for others, or handed to them */
  HARK_DEEDS,
} HarkDeed;

typedef struct HarkLedger HarkLedger;

/* hark_ledger_new: @kept: (nullable): of hark_ledger_keep(); what makes no sense is left out. */
HarkLedger *hark_ledger_new (GBytes *kept);
void hark_ledger_free (HarkLedger *ledger);

/* hark_ledger_sent: so much more on @day (days since 1970). The oldest day gives way to a newer. */
void
hark_ledger_sent (HarkLedger *ledger, uint32_t day, HarkSentKind kind, const HarkSentCount *more);

/* hark_ledger_deed: @amount more of @deed. */
void hark_ledger_deed (HarkLedger *ledger, const HarkKey *account, HarkDeed deed, uint64_t amount);

/* hark_ledger_sum: of @from and all later days; returns the first day there is, 0 for none. */
uint32_t
hark_ledger_sum (const HarkLedger *ledger, uint32_t from, HarkSentCount ret[HARK_SENT_KINDS]);

/* hark_ledger_deeds: zeros for whom none is known. */
void hark_ledger_deeds (const HarkLedger *ledger, const HarkKey *account, uint64_t ret[HARK_DEEDS]);

/* hark_ledger_forget: @account, or NULL for everything. */
void hark_ledger_forget (HarkLedger *ledger, const HarkKey *account);

/* hark_ledger_keep: (transfer full): for the profile: format u8, number of days u8, they (day u32,
 * then packets u64 and bytes u64 of each kind), people (account, amount u64 of each deed). */
GBytes *hark_ledger_keep (const HarkLedger *ledger);
