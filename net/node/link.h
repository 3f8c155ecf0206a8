/* net/node/link.h - one attempt at a connection: handshake, then a path, then a session on it.
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
 *
 * A link may have several paths (net/node/link-paths.h): the session uses one of them and moves to
 * a better one when there is. hark_link_restart() has the shell make a new one beside those there
 * are; whoever relays for the two adds one with hark_link_add_path(). A JOINING link whose path
 * failed waits for another one until its deadline.
 */
#pragma once

#include "net/net.h"
#include "net/node/queue.h"
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
  bool busy;  /* many signal at once: each says all it has to say in one */
} HarkLinkContext;

/* A path that may be opened in answer to what the peer said. */
typedef struct {
  uint32_t path;        /* a fresh number; it is not used again, opened or not */
  HarkEndpoint stun[2]; /* endpoints that answer STUN; family 0 where there is none */
  bool fresh;           /* as in HarkNetOutput */
} HarkLinkOpening;

/* Where the secret of a link came from. */
typedef struct {
  const void *secret; /* borrowed: HarkToken or HarkSecret */
  size_t len;         /* 16 or 32 bytes */
  bool pairwise;      /* the newest pairwise secret */
  bool is_spare;      /* few need it: not waited for longer than an answer takes */
} HarkLinkSecret;

/**
 * hark_link_new_outgoing:
 * @path: a fresh path number; it is opened at once, so that gathering runs beside the knock
 * @index: our name for it in packets, unique among the node's links
 * @device: of @account, from its record
 * @renewal: another link to @account has a session on which nothing is heard
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
                                  bool renewal,
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

/* hark_link_set_near: the peer was met on a network that we share, and is told link-local addresses
 * too; nobody else is: they are of no use further away, and may show the network card's number. */
void hark_link_set_near (HarkLink *link);

/* hark_link_hold: an ANSWERING link does not answer before @until: a knock of our own that was
 * under way when theirs came may be answered yet, and both sides must keep the same one; or a
 * restart, which keeps the session there is. */
void hark_link_hold (HarkLink *link, HarkTime until);

/* hark_link_is_held: it was, and its answer, if given by now, was not confirmed. */
bool hark_link_is_held (const HarkLink *link);

/* hark_link_free: closes the path, wipes. The session, if any, goes without a word
 * (hark_link_close() first). */
void hark_link_free (HarkLink *link);

/* hark_link_close: says goodbye to the peer with @code; the link stays until the packet is out. */
void hark_link_close (HarkLink *link, uint64_t code, HarkTime now);

/* ---- what it is ------------------------------------------------------------------ */

/* What the name says; nothing changes. Pointers are borrowed from the link. */
HarkLinkState hark_link_get_state (const HarkLink *link);
const HarkKey *hark_link_get_account (const HarkLink *link);
uint32_t hark_link_get_path (const HarkLink *link); /* in use, else the newest; 0: none */
bool hark_link_has_path (const HarkLink *link, uint32_t path);
uint32_t hark_link_get_index (const HarkLink *link);
uint32_t hark_link_get_ticket (const HarkLink *link); /* of the gate; 0 for outgoing ones */
bool hark_link_is_outgoing (const HarkLink *link);
bool hark_link_is_pairwise (const HarkLink *link);
uint32_t hark_link_get_list_version (const HarkLink *link); /* of the peer's certificate */
bool hark_link_is_slow (const HarkLink *link);              /* hark_link_set_slow() was called */
bool hark_link_is_aes (const HarkLink *link);               /* AES-256-GCM was agreed on */
HarkTime hark_link_get_started (const HarkLink *link);      /* when it was made */

/* hark_link_get_lost: since when an UP link has no path, or a peer that is silent where he should
 * have answered; HARK_TIME_NEVER when neither. */
HarkTime hark_link_get_lost (const HarkLink *link);

/* hark_link_is_stuck: there are keys, no path works, and none that the shell makes may any more. */
bool hark_link_is_stuck (const HarkLink *link);

/* hark_link_get_path_info: of the path in use or used last; zeros before the first. */
const HarkPathInfo *hark_link_get_path_info (const HarkLink *link);
const uint8_t *hark_link_get_handshake_hash (const HarkLink *link); /* 64 bytes */

/* hark_link_get_session: NULL before JOINING. Its events are taken from it directly. */
HarkSession *hark_link_get_session (HarkLink *link);

/* hark_link_set_up: its session was CONFIRMED. */
void hark_link_set_up (HarkLink *link, HarkTime now);

/* hark_link_set_dead: its session is closed. */
void hark_link_set_dead (HarkLink *link);

/* ---- paths ----------------------------------------------------------------------- */

/**
 * hark_link_restart:
 * @opening: its path is opened
 *
 * Begins a new generation: another path is made beside those there are, and the peer is asked, by
 * signals (hark_link_poll_knock()), to do the same. The session moves to it as soon as it carries
 * packets; what was tried before and never got there is given up. A path that works stays in use
 * until then, and when the new one fails.
 *
 * Returns: false, with nothing opened, when there is no session yet or any more
 */
bool hark_link_restart (HarkLink *link, const HarkLinkOpening *opening, HarkTime now);

/* hark_link_is_restarting: a path of the newest generation is being made; _is_answered: and the
 * peer has described its end of it. */
bool hark_link_is_restarting (const HarkLink *link);
bool hark_link_is_answered (const HarkLink *link);

/* hark_link_take_asked: the peer has asked for a generation since this was called last: he may be
 * elsewhere now. */
bool hark_link_take_asked (HarkLink *link);

/* hark_link_hurry: the peer may have become reachable: a restart that waits for an answer asks
 * again at once. False when there is none that does. */
bool hark_link_hurry (HarkLink *link, HarkTime now);

/* hark_link_add_path: @path carries packets to the peer from now on without the shell having made
 * it (@info: route HARK_ROUTE_RELAY). Its packets come and go by its number as those of others do;
 * HARK_NET_OUTPUT_PATH_CLOSE says that the link needs it no more. False before the keys are there:
 * nothing was added. */
bool hark_link_add_path (HarkLink *link, uint32_t path, const HarkPathInfo *info, HarkTime now);

/* hark_link_drop_path: @path carries nothing any more: closes it. */
void hark_link_drop_path (HarkLink *link, uint32_t path, HarkTime now);

/* hark_link_set_silent: its session said that the peer is silent where he should have answered, or
 * is not any more. */
void hark_link_set_silent (HarkLink *link, bool silent, HarkTime now);

/* ---- what happens to it ---------------------------------------------------------- */

/* hark_link_handle_reply: the answer to a knock of ours: message 2, a cookie, or a signal. Not
 * trusted. */
void hark_link_handle_reply (
  HarkLink *link, const uint8_t *packet, size_t len, const HarkLinkOpening *opening, HarkTime now);

typedef enum {
  HARK_LINK_REPLY_NONE,
  HARK_LINK_REPLY_NOW,   /* is to be sent back */
  HARK_LINK_REPLY_LATER, /* hark_link_write_reply() will have it soon */
} HarkLinkReply;

/* hark_link_handle_signal: a signal the peer sent unasked; what to answer. @opening is used when he
 * begins a new generation. */
HarkLinkReply hark_link_handle_signal (HarkLink *link,
                                       const uint8_t *packet,
                                       size_t len,
                                       const HarkLinkOpening *opening,
                                       uint8_t ret_reply[HARK_KNOCK_LEN],
                                       HarkTime now);

/* hark_link_write_reply: the answer to a RESTART, once our end is known; false before, and when the
 * path is gone. */
bool hark_link_write_reply (HarkLink *link, uint8_t ret_reply[HARK_KNOCK_LEN], HarkTime now);

/* hark_link_handle_refused: no contact point knows the peer's handle any more: dead if it still
 * knocks, rather than at its deadline. */
void hark_link_handle_refused (HarkLink *link);

/* News of its path, as hark_net_path_gathered(), _changed(), _packet(), _too_big() of net/net.h. */
void hark_link_handle_gathered (HarkLink *link,
                                uint32_t number,
                                const HarkPathDescription *local,
                                HarkTime now);
void hark_link_handle_path (
  HarkLink *link, uint32_t number, HarkPathState state, const HarkPathInfo *info, HarkTime now);
void hark_link_handle_packet (HarkLink *link,
                              uint32_t number,
                              const HarkEndpoint *from,
                              const uint8_t *packet,
                              size_t len,
                              HarkTime now);
void hark_link_handle_too_big (HarkLink *link, uint32_t number, HarkTime now);

/* hark_link_handle_time: does what is due; hark_link_get_deadline: when to come back, 0 when the
 * link is dead and waits to be freed. */
void hark_link_handle_time (HarkLink *link, HarkTime now);
HarkTime hark_link_get_deadline (const HarkLink *link);

/* hark_link_set_patience: an outgoing link gives up at @until already when its knock is not
 * answered by then. */
void hark_link_set_patience (HarkLink *link, HarkTime until);

/* hark_link_set_slow: its packets go through mailboxes, which are read now and then: it waits
 * longer for each. */
void hark_link_set_slow (HarkLink *link, HarkTime now);

/* hark_link_repeat_knock: an outgoing link that still knocks, not by way of mailboxes, hands out
 * its knock once more: the same packet, which whoever has it already takes for a copy. */
void hark_link_repeat_knock (HarkLink *link);

/* hark_link_get_knock: the packet it knocks with, HARK_KNOCK_LEN bytes; NULL when it does not knock
 * any more. */
const uint8_t *hark_link_get_knock (const HarkLink *link);

/* hark_link_poll_knock: a packet to be knocked at the peer's contact points; false when none. */
bool hark_link_poll_knock (HarkLink *link, uint8_t ret[HARK_KNOCK_LEN], HarkTime now);

/* hark_link_get_answer: message 2 of an incoming link, once there is one; NULL before. Borrowed. */
const uint8_t *hark_link_get_answer (const HarkLink *link);
