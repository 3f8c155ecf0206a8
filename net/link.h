/* net/link.h - one attempt at a connection: handshake, then a path, then a session on it.
 *
 * Pure; one thread at a time. A link is told of packets, path news and time; what it wants knocked
 * is asked for with hark_link_poll_knock(), what it answers to rings is returned. Paths are opened
 * and closed through the node's queue. Source: net/PROTOCOL.md "A connection, step by step".
 *
 *   outgoing:  KNOCKING --answer--> JOINING --session confirmed--> UP
 *   incoming:  ANSWERING --own end described--> ANSWERED --CONFIRM signal--> JOINING, as above
 *   any:       --deadline, path failed while joining, session closed--> DEAD
 *
 *   KNOCKING, ANSWERING, ANSWERED: nothing of it may be shown to anybody
 *   JOINING: the other side proved the final keys (incoming), or will by the session (outgoing)
 *   UP: streams may be used; the path may be lost for a while and mended
 */
#pragma once

#include "net/net.h"
#include "net/node-queue.h"
#include "net/noise/knock.h"
#include "net/session/session.h"

typedef enum {
  HARK_LINK_KNOCKING,
  HARK_LINK_ANSWERING,
  HARK_LINK_ANSWERED,
  HARK_LINK_JOINING,
  HARK_LINK_UP,
  HARK_LINK_DEAD,
} HarkLinkState;

typedef struct HarkLink HarkLink;

/* What every link of a node shares; borrowed, outlives them. */
typedef struct {
  const HarkNetConfig *config;
  HarkKnockSelf self;
  HarkNodeQueue *queue;
  HarkRng *rng;
  bool jumbo; /* large datagrams, see HarkSessionConfig */
} HarkLinkContext;

/* Where the secret of a link came from. */
typedef struct {
  const void *secret; /* borrowed: HarkToken or HarkSecret */
  size_t len;         /* 16 or 32 bytes */
  bool pairwise;      /* the newest pairwise secret */
} HarkLinkSecret;

/**
 * hark_link_new_outgoing:
 * @path: a fresh path number; it is opened at once, so that gathering runs beside the knock
 * @index: our name for it in packets, unique among the node's links
 * @device: of @account, from its record
 * @secret: copied into the knock, not kept
 * @day: Unix seconds / 86,400, or HARK_GATE_DAY_UNKNOWN
 * @stun: two endpoints that answer STUN; family 0 where there is none
 *
 * Returns: (transfer full) (nullable): NULL when @device is no key, or account or device our own
 */
HarkLink *hark_link_new_outgoing (const HarkLinkContext *context,
                                  uint32_t path,
                                  uint32_t index,
                                  const HarkKey *account,
                                  const HarkKey *device,
                                  const HarkLinkSecret *secret,
                                  uint64_t day,
                                  const HarkEndpoint stun[2],
                                  HarkTime now);

/* hark_link_new_incoming: (transfer full): takes over @received, a knock that was read; @ticket is
 * the gate's, @pairwise: the knock came with the newest pairwise secret. Never NULL. */
HarkLink *hark_link_new_incoming (const HarkLinkContext *context,
                                  uint32_t path,
                                  uint32_t index,
                                  HarkKnockReceived *received,
                                  uint32_t ticket,
                                  bool pairwise,
                                  const HarkEndpoint stun[2],
                                  HarkTime now);

/* hark_link_free: closes the path, wipes. The session, if any, goes without a word
 * (hark_link_close() first). */
void hark_link_free (HarkLink *link);

/* hark_link_close: says goodbye to the peer with @code; the link stays until the packet is out. */
void hark_link_close (HarkLink *link, uint64_t code, HarkTime now);

/* ---- what it is ------------------------------------------------------------------ */

/* What the name says; nothing changes. Pointers are borrowed from the link. */
HarkLinkState hark_link_get_state (const HarkLink *link);
const HarkKey *hark_link_get_account (const HarkLink *link);
uint32_t hark_link_get_path (const HarkLink *link);
uint32_t hark_link_get_index (const HarkLink *link);
uint32_t hark_link_get_ticket (const HarkLink *link); /* of the gate; 0 for outgoing ones */
bool hark_link_is_outgoing (const HarkLink *link);
bool hark_link_is_pairwise (const HarkLink *link);
bool hark_link_is_aes (const HarkLink *link);          /* AES-256-GCM was agreed on */
HarkTime hark_link_get_started (const HarkLink *link); /* when it was made */

/* hark_link_get_lost: since when an UP link has no path; HARK_TIME_NEVER when it has one. */
HarkTime hark_link_get_lost (const HarkLink *link);

/* hark_link_is_path_failed: the path is over, only a new link can help. */
bool hark_link_is_path_failed (const HarkLink *link);

/* hark_link_get_path_info: of the newest working pair; zeros before the first. */
const HarkPathInfo *hark_link_get_path_info (const HarkLink *link);
const uint8_t *hark_link_get_handshake_hash (const HarkLink *link); /* 64 bytes */

/* hark_link_get_session: NULL before JOINING. Its events are taken from it directly. */
HarkSession *hark_link_get_session (HarkLink *link);

/* hark_link_set_up: its session was CONFIRMED. */
void hark_link_set_up (HarkLink *link);

/* hark_link_set_dead: its session is closed. */
void hark_link_set_dead (HarkLink *link);

/* ---- what happens to it ---------------------------------------------------------- */

/* hark_link_handle_reply: the answer to a knock of ours: message 2, a cookie, or a signal. Not
 * trusted. */
void hark_link_handle_reply (HarkLink *link, const uint8_t *packet, size_t len, HarkTime now);

/* hark_link_handle_signal: a signal to an incoming link; true when @ret_reply is to be sent back.
 */
bool hark_link_handle_signal (HarkLink *link,
                              const uint8_t *packet,
                              size_t len,
                              uint8_t ret_reply[HARK_KNOCK_LEN],
                              HarkTime now);

/* hark_link_handle_refused: no contact point knows the peer's handle any more: dead if it still
 * knocks, rather than at its deadline. */
void hark_link_handle_refused (HarkLink *link);

/* News of its path, as hark_net_path_gathered(), _changed(), _packet(), _too_big() of net/net.h. */
void hark_link_handle_gathered (HarkLink *link, const HarkPathDescription *local, HarkTime now);
void
hark_link_handle_path (HarkLink *link, HarkPathState state, const HarkPathInfo *info, HarkTime now);
void hark_link_handle_packet (HarkLink *link,
                              const HarkEndpoint *from,
                              const uint8_t *packet,
                              size_t len,
                              HarkTime now);
void hark_link_handle_too_big (HarkLink *link, HarkTime now);

/* hark_link_handle_time: does what is due; hark_link_get_deadline: when to come back, 0 when the
 * link is dead and waits to be freed. */
void hark_link_handle_time (HarkLink *link, HarkTime now);
HarkTime hark_link_get_deadline (const HarkLink *link);

/* hark_link_poll_knock: a packet to be knocked at the peer's contact points (outgoing links); false
 * when none. */
bool hark_link_poll_knock (HarkLink *link, uint8_t ret[HARK_KNOCK_LEN]);

/* hark_link_get_answer: message 2 of an incoming link, once there is one; NULL before. Borrowed. */
const uint8_t *hark_link_get_answer (const HarkLink *link);
