#define G_LOG_DOMAIN "hark-link"

#include "net/node/link-private.h"

#include "net/base/locked.h"

#include <string.h>

#define ANSWER_TIMEOUT (5 * HARK_SECOND) /* outgoing: no answer */
#define CONFIRM_AFTER (3 * HARK_SECOND)  /* a session that is up: then paths need no last word */
#define CLOSE_PATIENCE (200 * HARK_MS)   /* for the packet that says goodbye */

/* How long the peer has to be silent where we send before we look where else it sends from. The
 * initiator waits longer: two who use different pairs would swap them for ever. */
#define FOLLOW_RESPONDER (300 * HARK_MS)
#define FOLLOW_INITIATOR (600 * HARK_MS)

#define EARLY_LEN_MAX 1500 /* bytes of each packet that comes before a path is known */

static HarkLink *
link_new (const HarkLinkContext *context, uint32_t index, bool outgoing, HarkTime now)
{
  HarkLink *link = hark_locked_new0 (HarkLink);

  link->context = context;
  link->index = index;
  link->outgoing = outgoing;
  hark_link_paths_init (&link->paths, context->queue, outgoing);
  hark_link_restart_init (&link->restart, now);
  link->started = now;
  link->next_confirm = link->confirm_ends = HARK_TIME_NEVER;
  link->lost = HARK_TIME_NEVER;
  return link;
}

HarkLink *
hark_link_new_outgoing (const HarkLinkContext *context,
                        uint32_t path,
                        uint32_t index,
                        const HarkKey *account,
                        const HarkKey *device,
                        bool renewal,
                        const HarkLinkSecret *secret,
                        uint64_t day,
                        const HarkEndpoint stun[2],
                        HarkTime now)
{
  HarkKnockTarget target = {
    .account = *account,
    .device = *device,
    .secret = secret->secret,
    .secret_len = secret->len,
    .day = day,
    .index = index,
    .features = hark_link_own_features (context),
    .purpose = renewal ? HARK_KNOCK_RENEWAL : HARK_KNOCK_SESSION,
  };
  HarkLink *link = link_new (context, index, true, now);

  if (!hark_knock_init (&link->knock, &context->self, &target, context->rng)) {
    hark_locked_free (link);
    return NULL;
  }
  link->state = HARK_LINK_KNOCKING;
  link->pairwise = secret->pairwise;
  link->account = *account;
  link->knock_due = true;
  link->deadline = now + ANSWER_TIMEOUT;
  hark_link_paths_open (&link->paths, path, 0, stun, false, now);
  return link;
}

HarkLink *
hark_link_new_incoming (const HarkLinkContext *context,
                        uint32_t path,
                        uint32_t index,
                        HarkKnockReceived *received,
                        uint32_t ticket,
                        bool pairwise,
                        const HarkEndpoint stun[2],
                        HarkTime now)
{
  HarkLink *link = link_new (context, index, false, now);

  link->state = HARK_LINK_ANSWERING;
  link->pairwise = pairwise;
  link->account = received->payload.certificate.account;
  link->list_version = received->payload.certificate.list_version;
  link->ticket = ticket;
  link->received = *received;
  hark_knock_received_clear (received);
  link->deadline = now + HARK_LINK_GATHER_PATIENCE;
  hark_link_paths_open (&link->paths, path, 0, stun, false, now);
  return link;
}

void
hark_link_set_near (HarkLink *link)
{
  link->near = true;
}

void
hark_link_hold (HarkLink *link, HarkTime until)
{
  g_assert (link->state == HARK_LINK_ANSWERING);
  link->held = until;
  link->deadline = MAX (link->deadline, until);
}

void
hark_link_free (HarkLink *link)
{
  if (!link)
    return;
  hark_link_paths_clear (&link->paths);
  for (unsigned i = 0; i < link->n_early; i++)
    g_bytes_unref (link->early[i]);
  hark_session_free (link->session);
  hark_knock_clear (&link->knock);
  hark_knock_received_clear (&link->received);
  hark_knock_keys_clear (&link->keys);
  hark_signal_clear (&link->signal);
  hark_locked_free (link);
}

void
hark_link_close (HarkLink *link, uint64_t code, HarkTime now)
{
  if (!link->session) {
    hark_link_die (link, "closed");
    return;
  }
  hark_session_close (link->session, code, now);
  link->deadline = now + CLOSE_PATIENCE;
  if (link->state == HARK_LINK_UP)
    link->state = HARK_LINK_JOINING;
}

/* ---- path and packets ------------------------------------------------------------ */

void
hark_link_handle_refused (HarkLink *link)
{
  if (link->state == HARK_LINK_KNOCKING && !link->knock_due)
    hark_link_die (link, "nobody there");
}

/* A session comes up without the last candidates of both ends, but each keeps looking for better
 * ones until it knows that there are none. By mailboxes that would come too late. */
static bool
confirms (const HarkLink *link)
{
  return link->outgoing
         && (link->state == HARK_LINK_JOINING || (link->state == HARK_LINK_UP && !link->slow));
}

void
hark_link_handle_gathered (HarkLink *link,
                           uint32_t number,
                           const HarkPathDescription *local,
                           HarkTime now)
{
  HarkLinkPath *path = hark_link_paths_find (&link->paths, number);

  if (!path)
    return;
  path->local = *local;
  path->has_local = true;
  if (!link->near)
    hark_path_description_leave_link (&path->local);
  if (path->generation > 0) {
    if (path->generation == link->restart.generation && !path->ready)
      hark_link_restart_hurry (&link->restart, now);
  } else if (link->state == HARK_LINK_ANSWERING && (local->complete || !link->slow)) {
    if (link->held <= now)
      hark_link_write_answer (link, now);
    else
      link->deadline = link->held; /* nothing else is waited for */
  } else if (confirms (link) && (local->complete || !path->ready)) {
    link->next_confirm = now; /* the other side should know of the new ones, or of the last */
  }
}

void
hark_link_handle_path (
  HarkLink *link, uint32_t number, HarkPathState state, const HarkPathInfo *info, HarkTime now)
{
  HarkLinkPath *path = hark_link_paths_find (&link->paths, number);

  if (!path)
    return;
  hark_link_paths_set_state (path, state, info);
  if (state == HARK_PATH_READY && path->generation == link->restart.generation)
    hark_link_restart_stop (&link->restart);
  hark_link_choose_path (link, state == HARK_PATH_READY && link->paths.used == path, now);
}

/* The peer sealed a packet later than all before and sent it from @from. Where a NAT gave it
 * another port, or it uses another pair than we do, we follow it: like WireGuard's roaming, but the
 * new place has to answer a check first, so that a peer cannot aim us at somebody else. */
static void
watch_remote (HarkLink *link, const HarkEndpoint *from, HarkTime now)
{
  HarkNetOutput output = {.kind = HARK_NET_OUTPUT_PATH_FOLLOW, .path = link->paths.used->number};

  if (!from || hark_endpoint_equal (from, &link->info.remote)) {
    link->remote_heard = now;
    return;
  }
  if (link->state != HARK_LINK_UP
      || hark_time_since (now, link->remote_heard)
           < (link->outgoing ? FOLLOW_INITIATOR : FOLLOW_RESPONDER))
    return;
  link->remote_heard = now; /* not with every packet */
  output.to = *from;
  hark_node_queue_push_output (link->context->queue, &output);
}

void
hark_link_handle_packet (HarkLink *link,
                         uint32_t number,
                         const HarkEndpoint *from,
                         const uint8_t *packet,
                         size_t len,
                         HarkTime now)
{
  HarkLinkPath *path = hark_link_paths_find (&link->paths, number);

  if (!link->session || !path)
    return;
  if (!link->path_known) {
    if (link->n_early < HARK_LINK_EARLY_MAX && len <= EARLY_LEN_MAX)
      link->early[link->n_early++] = g_bytes_new (packet, len);
    return;
  }
  if (!hark_session_handle_packet (link->session, packet, len, now))
    return;
  if (path == link->paths.used && !path->relay)
    watch_remote (link, from, now);
  if (path->distrusted) {
    hark_link_paths_heard (path, now);
    hark_link_choose_path (link, false, now);
  }
}

void
hark_link_handle_too_big (HarkLink *link, uint32_t number, HarkTime now)
{
  if (link->session && link->paths.used && link->paths.used->number == number)
    hark_session_handle_path (link->session, true, now);
}

/* ---- several paths --------------------------------------------------------------- */

bool
hark_link_restart (HarkLink *link, const HarkLinkOpening *opening, HarkTime now)
{
  if (!link->session || !link->has_signal || link->state == HARK_LINK_DEAD
      || link->restart.generation == UINT32_MAX)
    return false;
  hark_link_begin_generation (link, link->restart.generation + 1, true, opening, now);
  return true;
}

bool
hark_link_hurry (HarkLink *link, HarkTime now)
{
  return hark_link_is_restarting (link) && hark_link_restart_hurry (&link->restart, now);
}

bool
hark_link_take_asked (HarkLink *link)
{
  bool asked = link->restart.asked;

  link->restart.asked = false;
  return asked;
}

bool
hark_link_add_path (HarkLink *link, uint32_t path, const HarkPathInfo *info, HarkTime now)
{
  if (!link->session || link->state == HARK_LINK_DEAD)
    return false;
  hark_link_paths_add (&link->paths, path, info, now);
  hark_link_choose_path (link, false, now);
  return true;
}

void
hark_link_drop_path (HarkLink *link, uint32_t path, HarkTime now)
{
  HarkLinkPath *found = hark_link_paths_find (&link->paths, path);
  bool used = found && found == link->paths.used;

  if (!found)
    return;
  hark_link_paths_close (&link->paths, found);
  hark_link_choose_path (link, used, now);
}

void
hark_link_set_silent (HarkLink *link, bool silent, HarkTime now)
{
  link->silent = silent;
  if (silent)
    hark_link_paths_distrust (&link->paths, now);
  hark_link_choose_path (link, false, now);
}

/* ---- time ------------------------------------------------------------------------ */

static void
handle_state_deadline (HarkLink *link, HarkTime now)
{
  switch (link->state) {
  case HARK_LINK_KNOCKING:
    hark_link_die (link, "no answer");
    break;
  case HARK_LINK_ANSWERING:
    hark_link_write_answer (link, now);
    break;
  case HARK_LINK_ANSWERED:
    hark_link_die (link, "not confirmed");
    break;
  case HARK_LINK_JOINING:
    hark_link_die (link, link->paths.used ? "no session" : "no path");
    break;
  case HARK_LINK_UP:
  case HARK_LINK_DEAD:
    break;
  }
}

void
hark_link_set_patience (HarkLink *link, HarkTime until)
{
  if (link->state == HARK_LINK_KNOCKING)
    link->deadline = hark_time_min (link->deadline, until);
}

void
hark_link_set_slow (HarkLink *link, HarkTime now)
{
  link->slow = true;
  if (link->state == HARK_LINK_KNOCKING)
    link->deadline = now + HARK_LINK_SLOW_TIMEOUT;
}

void
hark_link_repeat_knock (HarkLink *link)
{
  if (link->state == HARK_LINK_KNOCKING && !link->slow)
    link->knock_due = true;
}

const uint8_t *
hark_link_get_knock (const HarkLink *link)
{
  return link->state == HARK_LINK_KNOCKING ? link->knock.packet : NULL;
}

void
hark_link_handle_time (HarkLink *link, HarkTime now)
{
  if (link->state == HARK_LINK_DEAD)
    return;
  if (link->state != HARK_LINK_UP && link->deadline <= now)
    handle_state_deadline (link, now);
  if (confirms (link) && link->next_confirm <= now) {
    const HarkLinkPath *first = hark_link_get_first (link);

    if (now >= link->confirm_ends) {
      link->next_confirm = HARK_TIME_NEVER;
    } else if (first && first->has_local) {
      link->confirm_due = true;
      link->next_confirm = now + link->confirm_interval;
      link->confirm_interval = hark_time_min (2 * link->confirm_interval, HARK_LINK_JOIN_TIMEOUT);
    } else {
      link->next_confirm = now + HARK_LINK_GATHER_PATIENCE;
    }
  }
  hark_link_restart_handle_time (&link->restart, now);
  hark_link_paths_handle_time (&link->paths, now);
  if (link->session && hark_session_get_deadline (link->session) <= now)
    hark_session_handle_time (link->session, now);
}

HarkTime
hark_link_get_deadline (const HarkLink *link)
{
  HarkTime deadline = link->state == HARK_LINK_UP ? HARK_TIME_NEVER : link->deadline;

  if (link->state == HARK_LINK_DEAD)
    return 0;
  if (confirms (link))
    deadline = hark_time_min (deadline, link->next_confirm);
  deadline = hark_time_min (deadline, hark_link_restart_get_deadline (&link->restart));
  deadline = hark_time_min (deadline, hark_link_paths_get_deadline (&link->paths));
  if (link->session)
    deadline = hark_time_min (deadline, hark_session_get_deadline (link->session));
  return deadline;
}

void
hark_link_set_up (HarkLink *link, HarkTime now)
{
  if (link->state == HARK_LINK_JOINING)
    link->state = HARK_LINK_UP;
  link->confirm_ends = hark_time_add (now, CONFIRM_AFTER);
}

void
hark_link_set_dead (HarkLink *link)
{
  hark_link_die (link, "session closed");
}
