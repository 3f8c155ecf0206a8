#include "net/io/path-ports.h"

#include <sodium.h>
#include <string.h>

/* As RFC 8445 section 5.1.2 for server-reflexive candidates, below the one that STUN finds. */
#define PRIORITY ((100u << 24) | (60000u << 8) | 255u)

/* A port of a path. */
typedef struct {
  uint32_t path;
  uint16_t port;
  HarkEndpoint external; /* family 0: it is not open */
} Port;

struct HarkPathPorts {
  HarkPortMap *map;
  void (*on_local) (void *data, uint32_t path, const HarkPathDescription *local);
  void *data;
  bool useful;        /* the router opens ports */
  GArray *ports;      /* Port */
  GHashTable *locals; /* path number -> HarkPathDescription, as gathered */
};

static void
local_free (gpointer local)
{
  sodium_memzero (local, sizeof (HarkPathDescription));
  g_free (local);
}

HarkPathPorts *
hark_path_ports_new (HarkPortMap *map,
                     void (*on_local) (void *data, uint32_t path, const HarkPathDescription *local),
                     void *data)
{
  HarkPathPorts *ports = g_new0 (HarkPathPorts, 1);

  ports->map = map;
  ports->on_local = on_local;
  ports->data = data;
  ports->ports = g_array_new (FALSE, FALSE, sizeof (Port));
  ports->locals = g_hash_table_new_full (NULL, NULL, NULL, local_free);
  return ports;
}

void
hark_path_ports_free (HarkPathPorts *ports)
{
  if (!ports)
    return;
  for (guint i = 0; i < ports->ports->len; i++)
    hark_portmap_unwant (ports->map, g_array_index (ports->ports, Port, i).port, false);
  g_array_unref (ports->ports);
  g_hash_table_unref (ports->locals);
  g_free (ports);
}

static bool
has_port (const HarkPathPorts *ports, uint32_t path, uint16_t port)
{
  for (guint i = 0; i < ports->ports->len; i++) {
    const Port *at = &g_array_index (ports->ports, Port, i);

    if (at->path == path && at->port == port)
      return true;
  }
  return false;
}

/* One behind a NAT of ours: others need no port opened, or cannot have one. */
static bool
wants_port (const HarkCandidate *candidate)
{
  return candidate->kind == HARK_CANDIDATE_HOST && candidate->endpoint.family == 4
         && !candidate->endpoint.tcp
         && hark_endpoint_scope (&candidate->endpoint) == HARK_SCOPE_PRIVATE;
}

static void
want_ports (HarkPathPorts *ports, uint32_t path, const HarkPathDescription *local)
{
  for (unsigned i = 0; i < local->n_candidates; i++) {
    Port port = {.path = path, .port = local->candidates[i].endpoint.port};

    if (!wants_port (&local->candidates[i]) || has_port (ports, path, port.port)
        || ports->ports->len >= HARK_PATH_PORTS_MAX)
      continue;
    g_array_append_val (ports->ports, port);
    hark_portmap_want (ports->map, port.port, false);
  }
}

static void
add_candidate (HarkPathDescription *local, const HarkEndpoint *external)
{
  HarkCandidate *candidate = &local->candidates[local->n_candidates];

  for (unsigned i = 0; i < local->n_candidates; i++)
    if (hark_endpoint_equal (&local->candidates[i].endpoint, external))
      return;
  if (local->n_candidates >= HARK_CANDIDATES_MAX)
    return;
  *candidate = (HarkCandidate){
    .kind = HARK_CANDIDATE_SERVER_REFLEXIVE, .priority = PRIORITY, .endpoint = *external};
  local->n_candidates++;
}

void
hark_path_ports_add_local (HarkPathPorts *ports, uint32_t path, HarkPathDescription *local)
{
  g_hash_table_insert (ports->locals, GUINT_TO_POINTER (path), g_memdup2 (local, sizeof *local));
  if (ports->useful)
    want_ports (ports, path, local);
  for (guint i = 0; i < ports->ports->len; i++) {
    const Port *port = &g_array_index (ports->ports, Port, i);

    if (port->path == path && port->external.family)
      add_candidate (local, &port->external);
  }
}

static void
tell_again (HarkPathPorts *ports, uint32_t path)
{
  const HarkPathDescription *kept = g_hash_table_lookup (ports->locals, GUINT_TO_POINTER (path));
  HarkPathDescription local;

  if (!kept)
    return;
  local = *kept;
  ports->on_local (ports->data, path, &local);
  sodium_memzero (&local, sizeof local);
}

/* Paths that were gathered before the router showed that it opens ports. */
static void
want_all (HarkPathPorts *ports)
{
  GHashTableIter iter;
  gpointer path, local;

  ports->useful = true;
  g_hash_table_iter_init (&iter, ports->locals);
  while (g_hash_table_iter_next (&iter, &path, &local))
    want_ports (ports, GPOINTER_TO_UINT (path), local);
}

void
hark_path_ports_handle_news (HarkPathPorts *ports, const HarkPortMapNews *news)
{
  uint32_t path = 0;

  if (news->kind != HARK_MAPPING_NONE && !ports->useful)
    want_all (ports);
  for (guint i = 0; i < ports->ports->len; i++) {
    Port *port = &g_array_index (ports->ports, Port, i);

    if (port->port != news->port)
      continue;
    port->external = news->kind == HARK_MAPPING_NONE ? (HarkEndpoint){0} : news->external;
    path = port->external.family ? port->path : 0;
  }
  if (path)
    tell_again (ports, path); /* may change the table */
}

void
hark_path_ports_close (HarkPathPorts *ports, uint32_t path)
{
  for (guint i = ports->ports->len; i > 0; i--) {
    const Port *port = &g_array_index (ports->ports, Port, i - 1);

    if (port->path != path)
      continue;
    hark_portmap_unwant (ports->map, port->port, false);
    g_array_remove_index_fast (ports->ports, i - 1);
  }
  g_hash_table_remove (ports->locals, GUINT_TO_POINTER (path));
}
