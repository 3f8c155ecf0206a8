/* net/io/runner.h - HarkNet on real sockets: signalling socket, libnice paths, timer. (Reached
 * through net/net.h.)
 *
 * Shell. Lives in one thread, that of its GMainContext. It feeds the node what arrives, sends what
 * comes out and keeps its deadline; after each input it calls back, so that core can drain
 * hark_net_poll_event(), and then sends.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct HarkNetRunner HarkNetRunner;

typedef struct {
  uint16_t port; /* UDP port of the signalling socket; 0: any */
  const char
    *bind; /* what may be used, also as host candidates (net/io/bound.h); NULL: all. Copied */
  bool allow_loopback; /* as HarkNetConfig's: loopback addresses are host candidates too */
  bool tcp;       /* packets over TCP too, for those whose UDP is blocked (net/io/tcp.h); others
                     are accepted at the UDP port's number, unless that is taken */
  bool map_ports; /* ask the router to open the signalling port (net/io/portmap.h) */
  bool lan;       /* as HarkNetConfig's: send and hear beacons on every local network */
  bool lan_only;  /* send nothing beyond them (net/io/egress.h); no ports are mapped */
  bool jumbo;     /* explicit choice for a LAN or loopback: packets above 1,472 bytes */
} HarkNetRunnerConfig;

/**
 * hark_net_runner_new:
 * @net: the node, borrowed; must outlive the runner
 * @context: its sources are attached there; all calls happen in that thread
 * @on_activity: called after the node was given something, before its outputs are drained; may
 * command the node
 *
 * Opens a dual-stack UDP socket (IPv4 alone where there is no IPv6).
 *
 * Returns: (transfer full) (nullable): NULL with @error (G_IO_ERROR) when the port is taken or the
 * address is not ours
 */
HarkNetRunner *hark_net_runner_new (struct HarkNet *net,
                                    const HarkNetRunnerConfig *config,
                                    GMainContext *context,
                                    void (*on_activity) (void *data),
                                    void *data,
                                    GError **error);

/* hark_net_runner_free: closes every path and the socket; the node stays. NULL is fine. */
void hark_net_runner_free (HarkNetRunner *runner);

/* hark_net_runner_flush: the node was commanded from outside: drain its outputs and re-arm the
 * timer. */
void hark_net_runner_flush (HarkNetRunner *runner);

/* hark_net_runner_get_port: the UDP port in use, host byte order. */
uint16_t hark_net_runner_get_port (const HarkNetRunner *runner);

/* hark_net_runner_get_networks: how often our addresses were looked at because the machine's
 * networks changed; on_activity follows. */
unsigned hark_net_runner_get_networks (const HarkNetRunner *runner);

/**
 * hark_net_be_helper:
 *
 * For main(), before anything else: in a process that was started to ask a router (net/io/upnp.h)
 * it does that and ends the process. In any other it returns at once, and UPnP may be used from
 * then on: a program that does not call this speaks no UPnP.
 */
void hark_net_be_helper (int argc, char **argv);

/* hark_net_runner_now: the clock that the node is run by (CLOCK_BOOTTIME). */
uint64_t hark_net_runner_now (void);

/* hark_net_runner_is_due: for prepare() and check() of a GSource that is ready at @deadline. With
 * g_source_set_ready_time() every change of a deadline would wake the main loop once more, and the
 * time that the machine slept would not count. @ret_timeout_ms (nullable): when it is not due,
 * until then, rounded up; -1: for ever. */
bool hark_net_runner_is_due (HarkTime deadline, int *ret_timeout_ms);

/* hark_net_runner_resolve: looks "host:port" up in the background and hands each endpoint to
 * hark_net_bootstrap(). What has no address is left out, with a debug line. */
void hark_net_runner_resolve (HarkNetRunner *runner, const char *host_port);

/* hark_net_runner_add_peer: the same for "host[:port]" of a static peer and hark_net_add_peer();
 * without a port the peer's port of beacons is asked for the right one. */
void hark_net_runner_add_peer (HarkNetRunner *runner, const char *host_port);
