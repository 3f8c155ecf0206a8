/* net/io/path-tcp.h - the way of a path over TCP, when ICE finds none over UDP.
 *
 * Shell; in the thread of its GMainContext. Stands between a path's ICE (net/io/ice.h) and the
 * node: it adds TCP candidates to our end, takes those of the peer's end out and,
 * HARK_PATH_TCP_PATIENCE after they came, dials them unless ICE was faster. Both sides may; the
 * controlling one keeps the first connection. A connection begins with a proof that each knows the
 * other's fresh ICE password (net/io/path-proof.h); then each packet is one of the path. ICE takes
 * over whenever it has a pair. net/PROTOCOL.md "TCP".
 *
 *   ICE READY:                  READY by ICE; connections close 10 s later
 *   a connection, no ICE pair:  READY, both ends of the info with `tcp` set
 *   neither any more:           LOST, dialled again; FAILED when ICE is over and that did not help
 */
#pragma once

#include "net/io/tcp.h"
#include "net/path/path.h"

#include <glib.h>

#define HARK_PATH_TCP_PATIENCE_MS 700 /* for ICE */
#define HARK_PATH_TCP_SOON_MS 250     /* the same, when people wait for what was interrupted */
#define HARK_PATH_TCP_WAYS_MAX 8      /* connections of one path, at once */
#define HARK_PATH_TCP_DIALS_MAX 4     /* candidates of a peer that are dialled */
#define HARK_PATH_TCP_ROUNDS_MAX 4    /* times that they are, until a connection stands */
#define HARK_PATH_TCP_PROOF_MS 5000   /* for the other side's proof */

typedef struct HarkPathTcps HarkPathTcps; /* all of a node */
typedef struct HarkPathTcp HarkPathTcp;   /* one path's */

/* @path: as given to hark_path_tcp_open(). Handlers may open, use and close any path. */
typedef struct {
  void (*on_state) (void *user_data, uint32_t path, HarkPathState state, const HarkPathInfo *info);
  void (*on_packet) (void *user_data, uint32_t path, const uint8_t *data, size_t len);
  void (*on_flush) (void *user_data); /* packets were handed over: time to answer */
} HarkPathTcpHandlers;

/* hark_path_tcps_new: @tcp, @bind (nullable) and @handlers are borrowed and must outlive it. Never
 * NULL. @allow_loopback: as HarkNetConfig's. */
HarkPathTcps *hark_path_tcps_new (HarkTcp *tcp,
                                  const char *bind,
                                  bool allow_loopback,
                                  GMainContext *context,
                                  const HarkPathTcpHandlers *handlers,
                                  void *user_data);

/* hark_path_tcps_free: close every path first. NULL is fine. */
void hark_path_tcps_free (HarkPathTcps *tcps);

/* hark_path_tcps_set_mapped: our TCP port is reached there through the router; family 0: it is not.
 */
void hark_path_tcps_set_mapped (HarkPathTcps *tcps, const HarkEndpoint *external);

/* hark_path_tcps_set_urgent: UDP is blocked here: paths need not wait for ICE. */
void hark_path_tcps_set_urgent (HarkPathTcps *tcps, bool urgent);

/* hark_path_tcps_accept: for HarkTcpHandlers.on_path: takes @connection when the proof in @data may
 * be good. */
void hark_path_tcps_accept (HarkPathTcps *tcps,
                            HarkTcpConnection *connection,
                            const uint8_t *data,
                            size_t len);

/* hark_path_tcp_open: (transfer full): beside the ICE path @number; @controlling: its role; @soon:
 * it is made in place of one that may carry nothing any more: ICE gets HARK_PATH_TCP_SOON_MS. */
HarkPathTcp *hark_path_tcp_open (HarkPathTcps *tcps, uint32_t number, bool controlling, bool soon);

/* hark_path_tcp_close: its connections close; no handler is called any more. NULL is fine. */
void hark_path_tcp_close (HarkPathTcp *path);

/* hark_path_tcp_add_local: what ICE says of our end; adds TCP candidates where there is room. */
void hark_path_tcp_add_local (HarkPathTcp *path, HarkPathDescription *local);

/* hark_path_tcp_set_remote: the peer's end. @ret_udp: the same without TCP candidates, for ICE. */
void hark_path_tcp_set_remote (HarkPathTcp *path,
                               const HarkPathDescription *remote,
                               HarkPathDescription *ret_udp);

/* hark_path_tcp_handle_ice: what became of the ICE path. False: the node must not be told, a
 * connection stands or is being made. */
bool hark_path_tcp_handle_ice (HarkPathTcp *path, HarkPathState state);

/* hark_path_tcp_is_active: packets go over a connection, by hark_path_tcp_send(). */
bool hark_path_tcp_is_active (const HarkPathTcp *path);

/* hark_path_tcp_send: as hark_ice_path_send(). */
bool hark_path_tcp_send (HarkPathTcp *path, const uint8_t *data, size_t len, size_t segment);
