/* ui/desktop/person-hex.h - people as the desktop knows them: by their account (or a group's id and
 * zeros) as 64 hexadecimal digits. Main thread.
 */
#pragma once

#include "ui/model/client.h"

/* hark_person_hex: (transfer full) */
char *hark_person_hex (HarkPersonItem *person);

/* hark_person_of_hex: (nullable): borrowed. */
HarkPersonItem *hark_person_of_hex (HarkClient *client, const char *hex);
