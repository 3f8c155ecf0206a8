#define G_LOG_DOMAIN "hark-io"

#include "net/io/names.h"

#include "net/lan/beacon.h"

#include <sys/socket.h>

/* when none is named; BEP 5's example, and what most bootstrap nodes use */
#define BOOTSTRAP_PORT 6881
#define PEER_PORT HARK_BEACON_PORT

struct HarkNames {
  HarkEgress *egress;
  GMainContext *context;
  GCancellable *cancellable;
  void (*on_endpoint) (void *data, const HarkEndpoint *endpoint, HarkNameUse use);
  void *data;
};

typedef struct {
  HarkNames *names; /* gone when cancelled */
  HarkNameUse use;
} Lookup;

static void next (GSocketAddressEnumerator *addresses, Lookup *lookup);

static void
on_address (GObject *object, GAsyncResult *result, gpointer data)
{
  GSocketAddressEnumerator *addresses = G_SOCKET_ADDRESS_ENUMERATOR (object);
  g_autofree Lookup *lookup = data;
  HarkNames *names = lookup->names;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address
    = g_socket_address_enumerator_next_finish (addresses, result, &error);
  struct sockaddr_storage native;
  HarkEndpoint endpoint;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!address) {
    if (error)
      g_debug ("name: %s", error->message);
    return;
  }
  if (g_socket_address_to_native (address, &native, sizeof native, NULL)
      && hark_endpoint_from_sockaddr ((struct sockaddr *) &native, &endpoint))
    names->on_endpoint (names->data, &endpoint, lookup->use);
  next (addresses, g_steal_pointer (&lookup));
}

static void
next (GSocketAddressEnumerator *addresses, Lookup *lookup)
{
  g_main_context_push_thread_default (lookup->names->context);
  g_socket_address_enumerator_next_async (addresses, lookup->names->cancellable, on_address,
                                          lookup);
  g_main_context_pop_thread_default (lookup->names->context);
}

HarkNames *
hark_names_new (HarkEgress *egress,
                GMainContext *context,
                void (*on_endpoint) (void *data, const HarkEndpoint *endpoint, HarkNameUse use),
                void *data)
{
  HarkNames *names = g_new0 (HarkNames, 1);

  names->egress = egress;
  names->context = g_main_context_ref (context);
  names->cancellable = g_cancellable_new ();
  names->on_endpoint = on_endpoint;
  names->data = data;
  return names;
}

void
hark_names_free (HarkNames *names)
{
  if (!names)
    return;
  g_cancellable_cancel (names->cancellable);
  g_object_unref (names->cancellable);
  g_main_context_unref (names->context);
  g_free (names);
}

void
hark_names_resolve (HarkNames *names, const char *host_port, HarkNameUse use)
{
  const uint16_t port = use == HARK_NAME_PEER ? PEER_PORT : BOOTSTRAP_PORT;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnectable) host = g_network_address_parse (host_port, port, &error);
  g_autoptr (GSocketAddressEnumerator) addresses = NULL;
  Lookup *lookup;

  if (!host) {
    g_debug ("name: %s", error->message);
    return;
  }
  if (hark_egress_is_lan_only (names->egress)
      && !g_hostname_is_ip_address (g_network_address_get_hostname (G_NETWORK_ADDRESS (host)))) {
    hark_egress_refuse (names->egress); /* whoever answers may be anywhere */
    return;
  }
  lookup = g_new (Lookup, 1);
  *lookup = (Lookup){.names = names, .use = use};
  addresses = g_socket_connectable_enumerate (host);
  next (addresses, lookup);
}
