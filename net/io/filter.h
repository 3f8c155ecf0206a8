/* net/io/filter.h - what the kernel lets through to the UDP socket of a path.
 *
 * Shell; any thread. A classic BPF program (Linux, Documentation/networking/filter.rst) that drops
 * unread: STUN Binding errors; Binding requests that do not name our end of the path, so that
 * whoever probes the port is met with silence; with LAN-only whatever does not come from a local
 * network, so that nothing is answered to a forged address beyond.
 */
#pragma once

#include "net/io/egress.h"

#include <stdbool.h>

#define HARK_FILTER_ATTRIBUTES_MAX 8 /* of a Binding request, up to its USERNAME */

/**
 * hark_filter_attach:
 * @fd: a UDP socket of @family (4 or 6), not one for both
 * @ufrag: our end of the path, HARK_UFRAG_LEN characters
 * @prefixes: (array length=n): whence packets may come, of both families
 * @n: 0: from everywhere
 *
 * Replaces what was attached before. Returns: false when the kernel takes no filter
 */
bool hark_filter_attach (
  int fd, uint8_t family, const char *ufrag, const HarkEgressPrefix *prefixes, size_t n);
