#include "core/engine/bootstrap.h"

#include <stddef.h>

const char *const hark_bootstrap_hosts[] = {
  "router.bittorrent.com:6881",
  "dht.transmissionbt.com:6881",
  "router.utorrent.com:6881",
  "dht.libtorrent.org:25401",
  "dht.aelitis.com:6881",
  "router.silotis.us:6881",
  NULL,
};
