/* core/heart/ledger.h - a part of core/heart/core-private.h: what left this machine, and who
 * carried for whom (ledger.c).
 */
#pragma once

#include "core/heart/core.h"
#include "core/heart/ledger-days.h"

typedef struct {
  HarkLedger *book;
  HarkSentCount sent[HARK_SENT_KINDS]; /* of the node, as the book has it */
} HarkCoreLedger;

/* hark_core_ledger_save: gathers what the node has counted and stores it. */
void hark_core_ledger_save (HarkCore *core);

/* hark_core_ledger_deed: one message more of it. */
void hark_core_ledger_deed (HarkCore *core, const HarkKey *account, HarkDeed deed);

/* hark_core_command_ledger: (transfer full) @command. */
void hark_core_command_ledger (HarkCore *core, HarkCommand *command);
