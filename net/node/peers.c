#define G_LOG_DOMAIN "hark-net"

#include "net/node/peers.h"

#include "net/node/knocks.h"
#include "net/node/links.h"
#include "net/node/mailbox.h"
#include "net/node/records.h"
#include "net/node/requests.h"
#include "net/node/restarts.h"
#include "net/node/rings.h"
#include "net/node/scopes.h"
#include "net/node/secrets.h"

#include <string.h>

#define INTERVAL_MAX (60 * HARK_SECOND) /* somebody whose record says he is online */
#define INTERVAL_AWAY (5 * HARK_MINUTE) /* nobody to be found: he knocks when he comes back */
#define REQUEST_MAX (10 * HARK_MINUTE)
#define FIND_SPACING (250 * HARK_MS)    /* when too many were begun at once: some together */
#define BLIND_SPACING (20 * HARK_MS)    /* likewise, of knocks where somebody was last */
#define BLIND_PATIENCE (600 * HARK_MS)  /* for their answer */
#define FIND_GUARD (20 * HARK_SECOND)   /* a search or attempt that never ends */
#define LOST_PATIENCE (3 * HARK_SECOND) /* a restart may mend it: then a knock goes beside */
#define KEPT_INTERVAL (30 * HARK_SECOND)
#define EAGER_TIME (30 * HARK_SECOND) /* from the first knock in a row of them: */
#define EAGER_EVERY (3 * HARK_SECOND) /* so often their record is looked at again; */
#define EAGER_FIRST (500 * HARK_MS)   /* at first sooner: both may have started at once */
#define TELL_AFTER HARK_SECOND        /* what is mended before need not worry anybody */
#define OFFLINE_AFTER (20 * HARK_SECOND)
/* until the next secret is tried: longer than an answer takes that waits for an answer to a knock
 * of their own (node/rings.c) */
#define SECRET_PATIENCE (1300 * HARK_MS)
#define SECRET_PATIENCE_LOCAL (200 * HARK_MS)
/* A knock that comes when a session has been up for so long did not cross it: whoever holds the
 * session as well sends none, or says that he does (HARK_KNOCK_RENEWAL). */
#define CROSSED_UNTIL HARK_SECOND

static const char *const not_online = "is not online";
static const char *const no_path = "answers, but no path between you works";

/* Says so when it is new; an online peer is told of again when its path moved. */
static void
set_state (HarkNet *net, HarkPeer *peer, HarkPeerState state, const char *reason)
{
  HarkNetEvent event = {
    .kind = HARK_NET_EVENT_PEER,
    .account = peer->account,
    .state = state,
    .reason = reason,
    .session = peer->session,
    .kept = peer->current && state != HARK_PEER_ONLINE,
  };

  if (peer->state == state && peer->reason == reason && peer->kept == event.kept
      && state != HARK_PEER_ONLINE)
    return;
  peer->kept = event.kept;
  peer->state = state;
  peer->reason = reason;
  if (state == HARK_PEER_ONLINE) {
    event.initiator = hark_link_is_outgoing (peer->current);
    event.by_pairwise = hark_link_is_pairwise (peer->current);
    event.list_version = hark_link_get_list_version (peer->current);
    event.path = *hark_link_get_path_info (peer->current);
    memcpy (event.handshake_hash, hark_link_get_handshake_hash (peer->current),
            sizeof event.handshake_hash);
  }
  hark_node_queue_push_event (&net->queue, &event);
}

static const char *const reached_slowly
  = "can be reached only slowly at the moment: connecting may take up to 20 s";

/* Their contact points may all have gone a moment ago, and the next ones be published any moment:
 * then the record is worth more looks than there are tries. */
static bool
is_eager (const HarkPeer *peer, HarkTime now)
{
  return peer->has_record && hark_time_since (now, peer->row_began) < EAGER_TIME;
}

/* The next try comes later each time, a little at random so that two do not knock in step. */
static void
back_off (HarkNet *net, HarkPeer *peer, HarkTime max, HarkTime now)
{
  HarkTime spread = peer->interval / 4;

  peer->next_try = now + peer->interval - spread / 2 + hark_rng_below (&net->rng, spread + 1);
  peer->interval
    = hark_time_min (peer->interval * 2, is_eager (peer, now) ? MIN (max, EAGER_EVERY) : max);
}

static void
start_outgoing (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  HarkLink *counts = hark_node_links_counting (peer);
  HarkKey device = hark_record_device (&peer->record);
  HarkLinkSecret secret = hark_node_secrets_choose (peer);
  HarkEndpoint stun[2];
  HarkTime patience;

  if (!secret.secret || peer->outgoing || hark_node_links_is_called (peer) || net->leaving)
    return;
  hark_node_links_stun (net, &peer->record, stun);
  peer->outgoing = hark_link_new_outgoing (
    &net->link_context, ++net->last_path, hark_node_links_fresh_index (net), &peer->account,
    &device, counts != NULL, &secret, hark_node_records_theirs_day (net, peer, now), stun, now);
  if (!peer->outgoing)
    return;
  if (!net->dht || hark_record_is_local (&peer->record))
    hark_link_set_near (peer->outgoing);
  patience = hark_record_is_local (&peer->record) ? SECRET_PATIENCE_LOCAL : SECRET_PATIENCE;
  peer->attempts++;
  if (peer->interval == HARK_NET_INTERVAL_FIRST || peer->attempts == 1)
    peer->row_began = now;
  if (hark_node_secrets_is_hasty (peer, &secret))
    hark_link_set_patience (peer->outgoing, now + patience);
  g_ptr_array_add (net->links, peer->outgoing);
  if (counts)
    hark_node_restarts_called (net, peer, now);
  else if (!peer->current)
    set_state (net, peer, HARK_PEER_CONNECTING, NULL);
}

/* ---- finding --------------------------------------------------------------------- */

/* The record we have is of this audience. */
static bool
knows_record (const HarkPeer *peer, const HarkToken *token)
{
  return peer->has_record && hark_token_equal (&peer->record_token, token);
}

static void
start_find (HarkNet *net, HarkPeer *peer, bool for_request, HarkTime now)
{
  const HarkToken *token = for_request ? &peer->request_token : &peer->contact.reach;

  if (peer->find || !hark_node_scopes_can_find (net))
    return;
  peer->find = hark_node_scopes_find (
    net, &peer->account, token, knows_record (peer, token) ? &peer->record_known : NULL, true, now);
  peer->looked = now;
  peer->find_for_request = for_request;
  /* Later tries go on in silence: nobody wants to watch them. */
  if (peer->find && peer->interval == HARK_NET_INTERVAL_FIRST && !peer->current && !peer->outgoing
      && !peer->incoming)
    set_state (net, peer, HARK_PEER_SEARCHING, NULL);
}

/* The knock goes on where the record says so now: there may be more people around. As long as none
 * were known it went nowhere, and would wait for an answer that cannot come. */
static void
extend_knock (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  if (!hark_node_knocks_extend (net, hark_link_get_index (peer->outgoing), &peer->record, now))
    hark_link_repeat_knock (peer->outgoing);
}

/* The record, new or known to be the newest, says where to knock. */
static void
use_record (HarkNet *net, HarkPeer *peer, bool new_points, bool restarted, HarkTime now)
{
  HarkLink *counts = hark_node_links_counting (peer);

  if (!hark_record_leads_somewhere (&peer->record))
    return;
  if (peer->find_for_request) {
    hark_node_requests_send (net, peer, now);
    return;
  }
  if (peer->outgoing && hark_link_get_state (peer->outgoing) == HARK_LINK_KNOCKING && new_points
      && !(
        !restarted
        && hark_node_knocks_extend (net, hark_link_get_index (peer->outgoing), &peer->record, now)))
    hark_node_links_drop (net, peer, peer->outgoing); /* it knocks where nobody is any more */
  else if (peer->outgoing && !new_points)
    extend_knock (net, peer, now);
  if (!counts) {
    start_outgoing (net, peer, now);
  } else if (hark_link_get_lost (counts) != HARK_TIME_NEVER) {
    if (new_points)
      hark_link_hurry (counts, now);
    if (restarted) /* their process is another one: nobody has the session's keys any more */
      start_outgoing (net, peer, now);
  }
}

static void
handle_record (HarkNet *net, HarkPeer *peer, const HarkRendezvousEvent *event, HarkTime now)
{
  bool same_run = peer->has_record && memcmp (peer->record.run, event->record.run, 8) == 0;
  bool restarted = peer->has_record && !same_run;
  bool same_points = same_run && peer->record.n_points == event->record.n_points
                     && memcmp (peer->record.points, event->record.points,
                                event->record.n_points * sizeof event->record.points[0])
                          == 0;

  /* a computer that its owner has left behind, and that has not heard so yet */
  if (hark_record_list_version (&event->record) < peer->contact.list_version)
    return;
  hark_node_records_found (net, peer, &event->record, &event->known,
                           peer->find_for_request ? &peer->request_token : &peer->contact.reach,
                           now);
  if (restarted && !peer->current)
    peer->attempts = 0; /* it may know other secrets than the run before */
  use_record (net, peer, !same_points, restarted, now);
}

static void
handle_find_done (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  bool somewhere = peer->has_record && hark_record_leads_somewhere (&peer->record);

  peer->find = 0;
  if (peer->find_for_request) {
    if (!peer->current)
      set_state (net, peer, HARK_PEER_OFFLINE, somewhere ? NULL : not_online);
    if (somewhere)
      return;
    /* nobody heard it: look again soon, as their record may be on its way */
    peer->next_request = now + peer->interval;
    peer->interval = hark_time_min (peer->interval * 2, INTERVAL_MAX);
    peer->request_interval = HARK_NET_REQUEST_FIRST;
    return;
  }
  if (hark_node_links_counting (peer) || peer->outgoing || hark_node_links_is_called (peer))
    return;
  if (!peer->current && !peer->incoming)
    set_state (net, peer, HARK_PEER_OFFLINE, not_online);
  if (!hark_node_scopes_has_nodes (net, now))
    peer->interval = INTERVAL_AWAY;
  back_off (net, peer, INTERVAL_AWAY, now);
}

void
hark_node_peers_handle_found (HarkNet *net, const HarkRendezvousEvent *event, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkPeer *peer = value;

    if (peer->find != event->find)
      continue;
    if (event->found) {
      handle_record (net, peer, event, now);
    } else if (event->unchanged && peer->has_record) {
      hark_node_records_confirmed (net, peer, now);
      use_record (net, peer, false, false, now);
    }
    if (event->done)
      handle_find_done (net, peer, now);
    return;
  }
}

/* ---- which link counts ----------------------------------------------------------- */

/* Two links came up. If they crossed, both sides must keep the same one. Else the newer one is
 * right: the peer started again, however soon. */
static bool
keep_current (HarkNet *net, const HarkPeer *peer, const HarkLink *link)
{
  bool ours_smaller = memcmp (net->config.account.bytes, peer->account.bytes, HARK_KEY_LEN) < 0;

  if (!hark_node_links_counting (peer))
    return false;
  if (hark_node_links_is_left_behind (peer, link))
    return true;
  if (hark_link_get_lost (peer->current) != HARK_TIME_NEVER)
    return false;
  if (hark_time_since (hark_link_get_started (link), peer->came_up) > CROSSED_UNTIL)
    return false;
  return hark_link_is_outgoing (peer->current) == ours_smaller
         && hark_link_is_outgoing (link) != ours_smaller;
}

void
hark_node_peers_link_up (HarkNet *net, HarkLink *link, HarkTime now)
{
  HarkPeer *peer = hark_node_links_add_peer (net, hark_link_get_account (link));

  hark_link_set_up (link, now);
  if (peer->outgoing == link)
    peer->outgoing = NULL;
  if (peer->incoming == link)
    peer->incoming = NULL;
  if (keep_current (net, peer, link)) {
    hark_node_links_close (net, peer, link, HARK_NET_CODE_REPLACED, now);
    return;
  }

  hark_node_links_close (net, peer, peer->current, HARK_NET_CODE_REPLACED, now);
  peer->current = link;
  peer->came_up = now;
  peer->session++;
  peer->interval = HARK_NET_INTERVAL_FIRST;
  peer->next_try = hark_node_links_counting (peer) ? HARK_TIME_NEVER : now;
  peer->tell = HARK_TIME_NEVER;
  peer->last_failure = HARK_NET_FAILURE_NONE;
  peer->attempts = 0;
  peer->asked_anew = false;
  peer->blind = false;
  hark_node_restarts_mended (peer, now);
  hark_node_restarts_moved (net, peer, now);
  if (!peer->has_record) /* they knocked */
    hark_node_restarts_prefetch (net, peer, now);
  hark_node_mailbox_link_up (net, peer);
  g_debug ("session %u is up, started by %s", peer->session,
           hark_link_is_outgoing (link) ? "us" : "them");
  set_state (net, peer, HARK_PEER_ONLINE, NULL);
}

/* The link that counted is gone. */
static void
handle_current_gone (HarkNet *net, HarkPeer *peer, bool on_purpose, HarkTime now)
{
  if (peer->outgoing || peer->incoming) {
    set_state (net, peer, HARK_PEER_CONNECTING, "The connection was interrupted");
    return;
  }
  set_state (net, peer, HARK_PEER_OFFLINE, on_purpose ? not_online : "The connection was lost");
  peer->has_record = peer->has_record && !on_purpose;
  if (!peer->is_contact)
    return;
  if (on_purpose)
    back_off (net, peer, INTERVAL_AWAY, now);
  else
    peer->next_try = now;
}

void
hark_node_peers_link_closed (HarkNet *net, HarkLink *link, uint64_t code, HarkTime now)
{
  HarkPeer *peer = hark_node_links_get_peer (net, hark_link_get_account (link));
  bool current = peer && peer->current == link;
  bool left_behind = current && hark_node_links_is_left_behind (peer, link);

  hark_link_set_dead (link);
  if (current) {
    peer->current = NULL;
    peer->tell = HARK_TIME_NEVER;
    hark_node_restarts_mended (peer, now);
    /* When the peer replaced it, its newer one has come up here or is about to. */
    handle_current_gone (
      net, peer, !left_behind && (code == HARK_NET_CODE_LEAVING || code == HARK_NET_CODE_REMOVED),
      now);
  }
}

void
hark_node_peers_link_moved (HarkNet *net, HarkLink *link, HarkTime now)
{
  HarkPeer *peer = hark_node_links_get_peer (net, hark_link_get_account (link));
  HarkTime lost = hark_link_get_lost (link);

  if (!peer || peer->current != link)
    return;
  if (lost == HARK_TIME_NEVER) {
    peer->next_try = peer->tell = HARK_TIME_NEVER;
    hark_node_restarts_mended (peer, now);
    hark_node_restarts_moved (net, peer, now);
    if (peer->outgoing && hark_link_get_state (peer->outgoing) == HARK_LINK_KNOCKING)
      hark_node_links_drop (net, peer, peer->outgoing); /* the session goes on */
    set_state (net, peer, HARK_PEER_ONLINE, NULL);
    return;
  }
  if (hark_node_links_is_left_behind (peer, link)) {
    hark_link_set_dead (link); /* nobody wants it back */
    return;
  }
  if (!peer->restart.interrupted) {
    if (peer->is_contact)
      peer->next_try = lost + LOST_PATIENCE;
    peer->tell = lost + TELL_AFTER;
  }
  hark_node_restarts_interrupted (net, peer, now);
}

void
hark_node_peers_link_silent (HarkNet *net, HarkLink *link, bool silent, HarkTime now)
{
  hark_link_set_silent (link, silent, now);
  hark_node_peers_link_moved (net, link, now);
}

void
hark_node_peers_leave_slow (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  hark_node_links_leave_alone (net, peer, peer->outgoing);
  if (!peer->current && !peer->incoming)
    set_state (net, peer, HARK_PEER_CONNECTING, reached_slowly);
  back_off (net, peer, INTERVAL_MAX, now);
}

/* ---- settling -------------------------------------------------------------------- */

static void
send_knocks (HarkNet *net, HarkPeer *peer, HarkLink *link, HarkTime now)
{
  uint8_t packet[HARK_KNOCK_LEN];

  while (peer && hark_link_poll_knock (link, packet, now)) {
    hark_node_knocks_send (net, hark_link_get_index (link), &peer->record, packet, now);
    if (hark_link_is_slow (link))
      hark_node_mailbox_send (net, peer, packet, !hark_link_is_pairwise (link), now);
  }
}

/* The next secret at once; false when all were tried. */
static bool
try_next_secret (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  if (!hark_node_secrets_is_first_round (peer))
    return false;
  start_outgoing (net, peer, now);
  if (peer->outgoing)
    send_knocks (net, peer, peer->outgoing, now);
  return peer->outgoing != NULL;
}

static void
bury (HarkNet *net, HarkLink *link, HarkTime now)
{
  HarkPeer *peer = hark_node_links_get_peer (net, hark_link_get_account (link));
  bool tried = peer && peer->outgoing == link;
  bool was_current = peer && peer->current == link;
  bool answered = peer && hark_node_links_is_called (peer) && peer->incoming == link;
  bool agreed = hark_link_get_session (link) != NULL; /* on keys, but no session came up */
  bool slow = hark_link_is_slow (link);

  hark_node_links_drop (net, peer, link);
  if (tried && !agreed && try_next_secret (net, peer, now))
    return;
  if (was_current) {
    handle_current_gone (net, peer, false, now);
  } else if (tried) {
    peer->last_failure = agreed ? HARK_NET_FAILURE_PATH : HARK_NET_FAILURE_ANSWER;
    if (!peer->current && !peer->incoming)
      set_state (net, peer, HARK_PEER_OFFLINE, agreed ? no_path : not_online);
    back_off (net, peer, INTERVAL_MAX, now);
    if (hark_node_links_counting (peer)) /* a restart comes first: it keeps the session */
      peer->next_try = MAX (peer->next_try, now + KEPT_INTERVAL);
  } else if (answered && peer->is_contact && !peer->current && !peer->outgoing) {
    back_off (net, peer, INTERVAL_MAX, now); /* our own knock gave way to theirs */
  } else if (slow && peer && !peer->current && !peer->outgoing && !peer->incoming) {
    set_state (net, peer, HARK_PEER_OFFLINE, not_online);
  }
}

/* A knock of ours that nobody needs any more. */
static bool
is_needless (const HarkPeer *peer, const HarkLink *link)
{
  const HarkLink *counts = peer ? hark_node_links_counting (peer) : NULL;

  return peer && peer->outgoing == link && hark_link_get_state (link) == HARK_LINK_KNOCKING
         && (hark_node_links_is_mending (peer)
             || (counts && hark_link_get_lost (counts) == HARK_TIME_NEVER));
}

/* Their knock waited for the answer to ours, or to a restart, which has come. */
static bool
is_overtaken (const HarkPeer *peer, const HarkLink *link)
{
  if (!peer || peer->incoming != link || !hark_link_is_held (link))
    return false;
  if (peer->outgoing && hark_link_get_state (peer->outgoing) != HARK_LINK_KNOCKING)
    return true;
  return peer->current
         && (hark_link_is_answered (peer->current)
             || peer->restart.working > hark_link_get_started (link));
}

void
hark_node_peers_settle (HarkNet *net, HarkTime now)
{
  net->link_context.busy = hark_node_knocks_is_busy (net);
  for (guint i = net->links->len; i > 0; i--) {
    HarkLink *link = g_ptr_array_index (net->links, i - 1);
    HarkPeer *peer = hark_node_links_get_peer (net, hark_link_get_account (link));

    if (is_needless (peer, link) || is_overtaken (peer, link)) {
      hark_node_links_drop (net, peer, link);
      continue;
    }
    send_knocks (net, peer, link, now);
    if (hark_link_get_state (link) == HARK_LINK_DEAD)
      bury (net, link, now);
  }
  hark_node_rings_answer (net, now);
}

/* ---- time ------------------------------------------------------------------------ */

/* An interruption lasts: core hears of it after a second, and after twenty that they are gone for
 * now. */
static void
tell_interruption (HarkNet *net, HarkPeer *peer)
{
  HarkTime lost = peer->current ? hark_link_get_lost (peer->current) : HARK_TIME_NEVER;

  peer->tell = HARK_TIME_NEVER;
  if (lost == HARK_TIME_NEVER)
    return;
  if (peer->state == HARK_PEER_ONLINE) {
    set_state (net, peer, HARK_PEER_CONNECTING, "The connection was interrupted");
    peer->tell = lost + OFFLINE_AFTER;
  } else {
    set_state (net, peer, HARK_PEER_OFFLINE, "The connection was lost");
  }
}

/* Where they are now, for the signals of a restart that nobody answers, or of one to come. */
static void
find_for_restart (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  bool wanted = peer->current && peer->is_contact
                && (!peer->has_record || peer->restart.stale
                    || (peer->restart.interrupted && !hark_link_is_answered (peer->current)));

  peer->restart.find = HARK_TIME_NEVER;
  peer->restart.stale = false;
  if (wanted)
    start_find (net, peer, false, now);
}

/* Knocks where a contact was last; without an answer he is looked for. */
static void
try_blind (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  peer->blind = true;
  peer->next_try = now + BLIND_PATIENCE;
  start_outgoing (net, peer, now);
}

/* Looks for a contact, and knocks at once where he was last. */
static void
try_contact (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  peer->blind = false;
  peer->next_try = now + FIND_GUARD;
  start_find (net, peer, false, now);
  if (peer->has_record && hark_record_leads_somewhere (&peer->record)) {
    if (peer->outgoing)
      extend_knock (net, peer, now);
    start_outgoing (net, peer, now);
  } else if (!peer->find) {
    back_off (net, peer, INTERVAL_MAX, now);
  }
}

static void
try_request (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  peer->next_request = now + peer->request_interval;
  peer->request_interval = hark_time_min (peer->request_interval * 2, REQUEST_MAX);
  start_find (net, peer, true, now);
}

/* When to look at their record beside a knock that nobody answers. */
static HarkTime
look_deadline (const HarkPeer *peer)
{
  HarkTime known = hark_time_since (peer->looked, peer->row_began);
  HarkTime due = peer->looked + CLAMP (known, EAGER_FIRST, EAGER_EVERY);

  return peer->is_contact && !peer->find && peer->outgoing && is_eager (peer, due)
             && hark_link_get_state (peer->outgoing) == HARK_LINK_KNOCKING
           ? due
           : HARK_TIME_NEVER;
}

/* Whoever answers a restart is there, with the keys of the session: no knock is needed. */
static bool
wants_try (const HarkPeer *peer)
{
  bool knocking = peer->blind && peer->outgoing && hark_link_get_knock (peer->outgoing);
  const HarkLink *counts = hark_node_links_counting (peer);

  return peer->is_contact && (!peer->outgoing || knocking) && !hark_node_links_is_called (peer)
         && !peer->find
         && (!counts
             || (hark_link_get_lost (counts) != HARK_TIME_NEVER
                 && !hark_node_links_is_mending (peer)));
}

/* It costs next to nothing to knock first. */
static bool
wants_blind (const HarkPeer *peer)
{
  return !peer->blind && !peer->current && !peer->outgoing && peer->has_record
         && peer->interval == HARK_NET_INTERVAL_FIRST
         && hark_record_leads_somewhere (&peer->record);
}

/* Whoever is due and comes first in the order in which core told of them. */
static HarkPeer *
first_due (HarkNet *net, bool blind, HarkTime now)
{
  HarkPeer *first = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkPeer *peer = value;

    if (peer->next_try <= now && (!first || peer->rank < first->rank) && wants_try (peer)
        && wants_blind (peer) == blind)
      first = peer;
  }
  return first;
}

/* Not all at once. */
static void
try_due (HarkNet *net, HarkTime now)
{
  HarkPeer *peer;

  while (!net->leaving && net->next_blind <= now && (peer = first_due (net, true, now)))
    if (hark_token_bucket_take (&net->blind, 1, now))
      try_blind (net, peer, now);
    else
      net->next_blind = now + BLIND_SPACING;
  while (!net->leaving && net->next_find <= now && (peer = first_due (net, false, now)))
    if (hark_token_bucket_take (&net->finds, 1, now))
      try_contact (net, peer, now);
    else
      net->next_find = now + FIND_SPACING;
}

void
hark_node_peers_handle_time (HarkNet *net, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < net->links->len; i++) {
    HarkLink *link = g_ptr_array_index (net->links, i);

    if (hark_link_get_deadline (link) <= now)
      hark_link_handle_time (link, now);
  }
  g_hash_table_iter_init (&iter, net->peers);
  while (!net->leaving && g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkPeer *peer = value;

    if (peer->tell <= now)
      tell_interruption (net, peer);
    hark_node_restarts_handle_time (net, peer, now);
    if (peer->restart.find <= now)
      find_for_restart (net, peer, now);
    if (look_deadline (peer) <= now)
      start_find (net, peer, false, now);
    if (peer->requesting && !peer->find && peer->next_request <= now)
      try_request (net, peer, now);
  }
  try_due (net, now);
  hark_node_peers_settle (net, now);
}

HarkTime
hark_node_peers_get_deadline (const HarkNet *net)
{
  HarkTime deadline = HARK_TIME_NEVER;
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < net->links->len; i++)
    deadline = hark_time_min (deadline, hark_link_get_deadline (g_ptr_array_index (net->links, i)));
  if (net->leaving)
    return deadline;
  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkPeer *peer = value;

    deadline = hark_time_min (deadline, hark_time_min (peer->tell, peer->restart.find));
    deadline = hark_time_min (deadline, hark_node_restarts_get_deadline (peer));
    deadline = hark_time_min (deadline, look_deadline (peer));
    if (wants_try (peer))
      deadline = hark_time_min (
        deadline, MAX (peer->next_try, wants_blind (peer) ? net->next_blind : net->next_find));
    if (peer->requesting && !peer->find)
      deadline = hark_time_min (deadline, peer->next_request);
  }
  return deadline;
}
