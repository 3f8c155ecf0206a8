/* net/unsent.h - what a shell that sends for a node (net.h) says of what it did not send. */
#pragma once

#include "net/net.h"

/* hark_net_not_sent: @output, the DATAGRAM or GROUP that was polled last, did not go out: it may
 * not (LAN-only), or there is no way. The figures of what was sent do not hold it any more. */
void hark_net_not_sent (HarkNet *net, const HarkNetOutput *output);
