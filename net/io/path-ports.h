/* net/io/path-ports.h - ports of paths opened in the router, offered as candidates when they stand.
 *
 * Shell; in the thread of its GMainContext. A NAT that gives each destination another port cannot
 * be met half way: where the router opens ports (net/io/portmap.h) a path's own port is opened as
 * well, and told to the peer as a server-reflexive candidate, late if need be. Nothing is asked for
 * before the router has shown with the signalling port that it does.
 */
#pragma once

#include "net/io/portmap.h"
#include "net/path/path.h"

#define HARK_PATH_PORTS_MAX 32 /* at a time, of all paths: routers have few */

typedef struct HarkPathPorts HarkPathPorts;

/* hark_path_ports_new: @map is borrowed. @on_local: a port stands now: the description of our end
 * of
 * @path, as given to hark_path_ports_add_local(), is to be told again. Never NULL. */
HarkPathPorts *
hark_path_ports_new (HarkPortMap *map,
                     void (*on_local) (void *data, uint32_t path, const HarkPathDescription *local),
                     void *data);

/* hark_path_ports_free: gives every port back. NULL is fine. */
void hark_path_ports_free (HarkPathPorts *ports);

/* hark_path_ports_add_local: @local is what was gathered for @path; asks for the ports of private
 * IPv4 hosts among it, and adds candidates for those that stand, while there is room. */
void hark_path_ports_add_local (HarkPathPorts *ports, uint32_t path, HarkPathDescription *local);

/* hark_path_ports_handle_news: of any UDP port; may call on_local. */
void hark_path_ports_handle_news (HarkPathPorts *ports, const HarkPortMapNews *news);

/* hark_path_ports_close: @path needs its ports no more. */
void hark_path_ports_close (HarkPathPorts *ports, uint32_t path);
