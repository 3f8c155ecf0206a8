/* net/io/names.h - names and ports that the user gave, looked up.
 *
 * Shell: GIO asks the system's resolver, in threads of its own; answers come in the GMainContext.
 * Who answers is whoever the system asks: endpoints are as good as that.
 */
#pragma once

#include "net/io/egress.h"

#include <gio/gio.h>

typedef struct HarkNames HarkNames;

/* Why a name is looked up; handed to on_endpoint(). */
typedef enum {
  HARK_NAME_BOOTSTRAP, /* a node to start from; without a port: BEP 5's example */
  HARK_NAME_PEER,      /* somebody static; without a port: that of beacons */
} HarkNameUse;

/* hark_names_new: @egress is borrowed: with LAN-only no name is asked for, only addresses are
 * taken.
 * @on_endpoint: each endpoint found, from a source in @context, never from inside a call here; may
 * not free the HarkNames. Never NULL. */
HarkNames *
hark_names_new (HarkEgress *egress,
                GMainContext *context,
                void (*on_endpoint) (void *data, const HarkEndpoint *endpoint, HarkNameUse use),
                void *data);

/* hark_names_free: whatever is under way is forgotten. NULL is fine. */
void hark_names_free (HarkNames *names);

/* hark_names_resolve: @host_port: as g_network_address_parse(): a name or an address, and perhaps a
 * port. What cannot be read or found is told to the log at debug. */
void hark_names_resolve (HarkNames *names, const char *host_port, HarkNameUse use);
