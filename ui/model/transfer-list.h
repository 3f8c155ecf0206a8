/* ui/model/transfer-list.h - the files a client knows of: a table of HarkTransferItem by id. Main
 * thread. */
#pragma once

#include "ui/model/person-item.h"

/* hark_transfers_new: (transfer full): empty. */
GHashTable *hark_transfers_new (void);

/* hark_transfers_find: (nullable): borrowed. */
HarkTransferItem *hark_transfers_find (GHashTable *transfers, uint64_t id);

/* hark_transfers_take: copies @value over what was known, or as a new one; borrowed. */
HarkTransferItem *hark_transfers_take (GHashTable *transfers, const HarkTransfer *value);

/* hark_transfers_offered: (transfer full) (element-type HarkTransferItem): by @person, or in the
 * group it is, and not answered yet; in no order. */
GPtrArray *hark_transfers_offered (GHashTable *transfers, HarkPersonItem *person);

/* hark_transfers_link: the row of @transfer that is loaded of @person shows it from now on; a row
 * and its file may come in either order. */
void hark_transfers_link (HarkPersonItem *person, HarkTransferItem *transfer);
