/* ui/desktop/costs.h - whether the network costs by the byte, as the desktop knows it: told to the
 * engine, which has large files wait then. Main thread.
 */
#pragma once

#include "ui/model/client.h"

/* hark_costs_follow: for as long as @client lives. */
void hark_costs_follow (HarkClient *client);
