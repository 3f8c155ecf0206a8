#define G_LOG_DOMAIN "hark-link"

#include "net/link-private.h"

#include <string.h>

#define ANSWER_TIMEOUT (5 * HARK_SECOND)  /* outgoing: no answer */
#define CONFIRM_TIMEOUT (5 * HARK_SECOND) /* incoming: HARK_GATE_HALF_OPEN_LIFE */
#define JOIN_TIMEOUT (10 * HARK_SECOND)   /* keys are there, path or session are not */
#define SLOW_TIMEOUT (40 * HARK_SECOND)   /* instead of each, when mailboxes are read */
/* For server-reflexive candidates. The first answer does not wait for them: the peer asks for them
 * with its CONFIRM, and has rung by then. By way of a mailbox that would cost seconds. */
#define GATHER_PATIENCE (250 * HARK_MS)
#define CONFIRM_FIRST (300 * HARK_MS)  /* between CONFIRMs, doubling */
#define CLOSE_PATIENCE (200 * HARK_MS) /* for the packet that says goodbye */

/* How long the peer has to be silent where we send before we look where else it sends from. The
 * initiator waits longer: two who use different pairs would swap them for ever. */
#define FOLLOW_RESPONDER (300 * HARK_MS)
#define FOLLOW_INITIATOR (600 * HARK_MS)

/* Packets of this size fill a batch evenly and stay below what loopback carries. */
#define LARGE_SIZE 16000

#define EARLY_LEN_MAX 1500 /* bytes of each packet that comes before a path is known */

static HarkLink *
link_new (const HarkLinkContext *context, uint32_t index, bool outgoing, HarkTime now)
{
  HarkLink *link = g_new0 (HarkLink, 1);

  link->context = context;
  link->index = index;
  link->outgoing = outgoing;
  hark_link_paths_init (&link->paths, context->queue, outgoing);
  hark_link_restart_init (&link->restart, now);
  link->started = now;
  link->next_confirm = HARK_TIME_NEVER;
  link->lost = HARK_TIME_NEVER;
  return link;
}

static uint16_t
own_features (const HarkLinkContext *context)
{
  return !context->config->no_aes && crypto_aead_aes256gcm_is_available () ? HARK_FEATURE_AES : 0;
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
    .features = own_features (context),
    .purpose = renewal ? HARK_KNOCK_RENEWAL : HARK_KNOCK_SESSION,
  };
  HarkLink *link = link_new (context, index, true, now);

  if (!hark_knock_init (&link->knock, &context->self, &target, context->rng)) {
    g_free (link);
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
  link->ticket = ticket;
  link->received = *received;
  hark_knock_received_clear (received);
  link->deadline = now + GATHER_PATIENCE;
  hark_link_paths_open (&link->paths, path, 0, stun, false, now);
  return link;
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
  sodium_memzero (link, sizeof *link);
  g_free (link);
}

static void
die (HarkLink *link, const char *why)
{
  if (link->state != HARK_LINK_DEAD)
    g_debug ("link %u: dead: %s", link->index, why);
  link->state = HARK_LINK_DEAD;
}

void
hark_link_close (HarkLink *link, uint64_t code, HarkTime now)
{
  if (!link->session) {
    die (link, "closed");
    return;
  }
  hark_session_close (link->session, code, now);
  link->deadline = now + CLOSE_PATIENCE;
  if (link->state == HARK_LINK_UP)
    link->state = HARK_LINK_JOINING;
}

/* ---- keys ------------------------------------------------------------------------ */

/* The session goes on by the path in use, if there is one. What came before any was known goes in
 * then. */
static void
use_path (HarkLink *link, HarkTime now)
{
  const HarkLinkPath *used = link->paths.used;

  if (used) {
    link->info = used->info;
    link->remote_heard = now;
    link->path_known = true;
  }
  if (link->session && used && hark_link_paths_is_within_machine (&link->info))
    hark_session_allow_large (link->session, LARGE_SIZE);
  if (link->session)
    hark_session_handle_path (link->session, used != NULL, now);
  for (unsigned i = 0; link->session && link->path_known && i < link->n_early; i++) {
    size_t len;
    const uint8_t *packet = g_bytes_get_data (link->early[i], &len);

    hark_session_handle_packet (link->session, packet, len, now);
    g_bytes_unref (link->early[i]);
  }
  if (link->session && link->path_known)
    link->n_early = 0;
}

/* After anything that may have made a path better or worse. @again: the one in use is another one
 * though it has the same number. */
static void
choose_path (HarkLink *link, bool again, HarkTime now)
{
  if (hark_link_paths_choose (&link->paths, now) || again)
    use_path (link, now);
  if (link->paths.used && !link->silent)
    link->lost = HARK_TIME_NEVER;
  else
    link->lost = hark_time_min (link->lost, now);
}

/* The handshake is over for us: keys go to session and signals. */
static void
start_session (HarkLink *link, HarkTime now)
{
  HarkSessionConfig config = {
    .initiator = link->outgoing,
    .aes = link->aes,
    .cubic = link->context->config->congestion == HARK_CONGESTION_CUBIC,
    .jumbo = link->context->jumbo,
    .jumbo_size = LARGE_SIZE,
  };

  memcpy (config.secrets.initiator_to_responder, link->keys.initiator_to_responder,
          sizeof config.secrets.initiator_to_responder);
  memcpy (config.secrets.responder_to_initiator, link->keys.responder_to_initiator,
          sizeof config.secrets.responder_to_initiator);
  memcpy (config.secrets.handshake_hash, link->keys.handshake_hash,
          sizeof config.secrets.handshake_hash);
  link->session = hark_session_new (&config, link->context->rng, now);
  hark_link_paths_choose (&link->paths, now);
  use_path (link, now);
  sodium_memzero (&config, sizeof config);
  hark_knock_keys_clear (&link->keys);

  g_debug ("link %u: joining", link->index);
  link->state = HARK_LINK_JOINING;
  link->deadline = now + (link->slow ? SLOW_TIMEOUT : JOIN_TIMEOUT);
}

/* The handshake's own path: generation 0. */
static HarkLinkPath *
get_first (HarkLink *link)
{
  return hark_link_paths_find_generation (&link->paths, 0);
}

static void
tell_remote (HarkLink *link, const uint8_t *data, size_t len)
{
  HarkLinkPath *first = get_first (link);
  HarkPathDescription remote;

  if (!hark_path_description_read (data, len, link->context->config->allow_loopback, &remote))
    g_debug ("link %u: the path description is malformed", link->index);
  else if (first)
    hark_link_paths_tell_remote (&link->paths, first, &remote);
}

static void
handle_answer (HarkLink *link, const uint8_t *packet, size_t len, HarkTime now)
{
  HarkKnockAnswer answer;

  if (hark_knock_use_cookie (&link->knock, packet, len)) {
    link->knock_due = true;
    return;
  }
  if (!hark_knock_read_answer (&link->knock, packet, len, &answer))
    return;

  link->aes = answer.features & HARK_FEATURE_AES;
  link->keys = answer.keys;
  memcpy (link->handshake_hash, answer.keys.handshake_hash, sizeof link->handshake_hash);
  hark_signal_init (&link->signal, &link->keys, true, answer.index);
  link->has_signal = true;
  tell_remote (link, answer.path, answer.path_len);
  hark_knock_keys_clear (&answer.keys);
  hark_knock_clear (&link->knock);
  start_session (link, now);
  link->confirm_interval = CONFIRM_FIRST;
  link->next_confirm = now;
}

/* A new generation begins, by us or by the peer: what was being made for an earlier one is given
 * up. */
static HarkLinkPath *
begin_generation (
  HarkLink *link, uint32_t generation, bool ours, const HarkLinkOpening *opening, HarkTime now)
{
  for (unsigned i = 0; i < HARK_LINK_PATHS_MAX; i++) {
    HarkLinkPath *path = &link->paths.items[i];

    if (path->number && !path->ready && !path->relay && path->generation > 0)
      hark_link_paths_close (&link->paths, path);
  }
  g_debug ("link %u: %s begin generation %u", link->index, ours ? "we" : "they", generation);
  hark_link_restart_begin (&link->restart, generation, ours, now);
  return hark_link_paths_open (&link->paths, opening->path, generation, opening->stun,
                               opening->fresh, now);
}

/* The peer's end of a generation, in a RESTART or in the answer to ours. */
static bool
handle_generation (HarkLink *link,
                   const HarkSignalMessage *message,
                   const HarkLinkOpening *opening,
                   HarkTime now)
{
  bool asked = message->kind == HARK_SIGNAL_RESTART;
  HarkLinkPath *path;
  HarkPathDescription remote;
  uint32_t generation;

  if (!link->session
      || !hark_link_restart_read (message->body, message->body_len,
                                  link->context->config->allow_loopback, &generation, &remote)) {
    g_debug ("link %u: a restart is malformed or early", link->index);
    return false;
  }
  if (generation < link->restart.generation) {
    link->restart.answered |= asked; /* they are there, and will come to the newer one */
    return asked;
  }
  if (generation > link->restart.generation) {
    if (!hark_link_restart_accept (&link->restart, generation, now))
      return false;
    /* they answered with a higher one: it lacks our end of that */
    path = begin_generation (link, generation, !asked, opening, now);
  } else {
    path = hark_link_paths_find_generation (&link->paths, generation);
  }
  if (!path || path->failed)
    return false;
  link->restart.answered = true;
  link->restart.asked |= asked;
  hark_link_paths_tell_remote (&link->paths, path, &remote);
  if (message->kind == HARK_SIGNAL_RESTARTED_FULLY && path->local.complete && path->remote_complete)
    hark_link_restart_stop (&link->restart);
  return true;
}

void
hark_link_handle_reply (
  HarkLink *link, const uint8_t *packet, size_t len, const HarkLinkOpening *opening, HarkTime now)
{
  HarkSignalMessage message;
  const HarkLinkPath *first;

  if (link->state == HARK_LINK_KNOCKING) {
    handle_answer (link, packet, len, now);
    return;
  }
  if (!link->has_signal
      || hark_signal_read (&link->signal, packet, len, &message) != HARK_SIGNAL_FRESH)
    return;
  if (message.kind == HARK_SIGNAL_RESTARTED || message.kind == HARK_SIGNAL_RESTARTED_FULLY) {
    handle_generation (link, &message, opening, now);
  } else if (message.kind == HARK_SIGNAL_TRICKLE && link->outgoing) {
    /* The peer has our CONFIRM and says all it knows of its end. */
    tell_remote (link, message.body, message.body_len);
    first = get_first (link);
    if (first && first->remote_complete && first->local.complete)
      link->next_confirm = HARK_TIME_NEVER;
  }
}

/* Writes message 2 with what is known of our end of the path. */
static void
write_answer (HarkLink *link, HarkTime now)
{
  uint16_t features = link->received.payload.features & own_features (link->context);
  uint8_t path[HARK_ANSWER_PATH_MAX];
  const HarkLinkPath *first = get_first (link);
  size_t path_len = first ? hark_path_description_write (&first->local, path, sizeof path) : 0;

  if (!first || !first->has_local
      || !hark_knock_answer (&link->received, &link->context->self, link->context->rng, link->index,
                             features, path, path_len, link->answer, &link->keys)) {
    die (link, "no answer can be written");
    return;
  }
  link->aes = features & HARK_FEATURE_AES;
  memcpy (link->handshake_hash, link->keys.handshake_hash, sizeof link->handshake_hash);
  hark_signal_init (&link->signal, &link->keys, false, link->received.payload.index);
  link->has_signal = true;
  link->state = HARK_LINK_ANSWERED;
  link->deadline = now + (link->slow ? SLOW_TIMEOUT : CONFIRM_TIMEOUT);
}

/* Seals a signal that says what is known of our end of generation 0. */
static bool
write_first (HarkLink *link, HarkSignalKind kind, uint8_t ret[HARK_KNOCK_LEN])
{
  const HarkLinkPath *first = get_first (link);
  uint8_t body[HARK_PATH_DESCRIPTION_LEN_MAX];
  size_t len;

  if (!first)
    return false;
  len = hark_path_description_write (&first->local, body, sizeof body);
  hark_signal_write (&link->signal, link->context->rng, kind, body, len, ret);
  return true;
}

/* The same of the newest generation; false as long as nothing is known, or when it is over. */
static bool
write_newest (HarkLink *link, HarkSignalKind kind, uint8_t ret[HARK_KNOCK_LEN])
{
  const HarkLinkPath *path
    = hark_link_paths_find_generation (&link->paths, link->restart.generation);
  uint8_t body[HARK_LINK_RESTART_BODY_MAX];
  size_t len;

  if (!link->restart.generation || !path || !path->has_local || path->failed)
    return false;
  len = hark_link_restart_write (link->restart.generation, &path->local, body);
  hark_signal_write (&link->signal, link->context->rng, kind, body, len, ret);
  return true;
}

bool
hark_link_write_reply (HarkLink *link, uint8_t ret_reply[HARK_KNOCK_LEN], HarkTime now)
{
  const HarkLinkPath *path
    = hark_link_paths_find_generation (&link->paths, link->restart.generation);
  bool waits = path && !path->local.complete && now < path->opened + GATHER_PATIENCE;

  return !waits
         && write_newest (link,
                          path && path->remote_complete ? HARK_SIGNAL_RESTARTED_FULLY
                                                        : HARK_SIGNAL_RESTARTED,
                          ret_reply);
}

/* Repeated or not, a CONFIRM is answered with all that is known by now. */
static HarkLinkReply
handle_confirm (HarkLink *link,
                const HarkSignalMessage *message,
                bool fresh,
                uint8_t ret_reply[HARK_KNOCK_LEN],
                HarkTime now)
{
  if (link->outgoing)
    return HARK_LINK_REPLY_NONE;
  if (fresh) {
    tell_remote (link, message->body, message->body_len);
    if (link->state == HARK_LINK_ANSWERED)
      start_session (link, now);
  }
  return write_first (link, HARK_SIGNAL_TRICKLE, ret_reply) ? HARK_LINK_REPLY_NOW
                                                            : HARK_LINK_REPLY_NONE;
}

HarkLinkReply
hark_link_handle_signal (HarkLink *link,
                         const uint8_t *packet,
                         size_t len,
                         const HarkLinkOpening *opening,
                         uint8_t ret_reply[HARK_KNOCK_LEN],
                         HarkTime now)
{
  HarkSignalMessage message;
  HarkSignalResult result;

  if (!link->has_signal)
    return HARK_LINK_REPLY_NONE;
  result = hark_signal_read (&link->signal, packet, len, &message);
  if (result == HARK_SIGNAL_REFUSED)
    return HARK_LINK_REPLY_NONE;
  if (message.kind == HARK_SIGNAL_CONFIRM)
    return handle_confirm (link, &message, result == HARK_SIGNAL_FRESH, ret_reply, now);
  if (message.kind != HARK_SIGNAL_RESTART
      || (result == HARK_SIGNAL_FRESH && !handle_generation (link, &message, opening, now)))
    return HARK_LINK_REPLY_NONE;
  return hark_link_write_reply (link, ret_reply, now) ? HARK_LINK_REPLY_NOW : HARK_LINK_REPLY_LATER;
}

/* When many signal at once: our end of the newest generation is about to be complete. */
static bool
gathers_yet (const HarkLink *link, HarkTime now)
{
  const HarkLinkPath *path
    = hark_link_paths_find_generation ((HarkLinkPaths *) &link->paths, link->restart.generation);

  return link->context->busy && path && !path->local.complete
         && now < path->opened + GATHER_PATIENCE;
}

bool
hark_link_poll_knock (HarkLink *link, uint8_t ret[HARK_KNOCK_LEN], HarkTime now)
{
  if (link->knock_due) {
    link->knock_due = false;
    memcpy (ret, link->knock.packet, HARK_KNOCK_LEN);
    return true;
  }
  if (link->confirm_due) {
    link->confirm_due = false;
    return write_first (link, HARK_SIGNAL_CONFIRM, ret);
  }
  if (link->restart.due && !gathers_yet (link, now)) {
    link->restart.due = false;
    return write_newest (link, HARK_SIGNAL_RESTART, ret);
  }
  return false;
}

const uint8_t *
hark_link_get_answer (const HarkLink *link)
{
  return !link->outgoing && link->has_signal ? link->answer : NULL;
}

/* ---- path and packets ------------------------------------------------------------ */

void
hark_link_handle_refused (HarkLink *link)
{
  if (link->state == HARK_LINK_KNOCKING && !link->knock_due)
    die (link, "nobody there");
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
  if (path->generation > 0) {
    if (path->generation == link->restart.generation && !path->ready)
      hark_link_restart_hurry (&link->restart, now);
  } else if (link->state == HARK_LINK_ANSWERING && (local->complete || !link->slow)) {
    if (link->held <= now)
      write_answer (link, now);
    else
      link->deadline = link->held; /* nothing else is waited for */
  } else if (link->state == HARK_LINK_JOINING && link->outgoing && !path->ready) {
    link->next_confirm = now; /* the other side should know of the new ones */
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
  choose_path (link, state == HARK_PATH_READY && link->paths.used == path, now);
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
    choose_path (link, false, now);
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
  begin_generation (link, link->restart.generation + 1, true, opening, now);
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
  choose_path (link, false, now);
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
  choose_path (link, used, now);
}

void
hark_link_set_silent (HarkLink *link, bool silent, HarkTime now)
{
  link->silent = silent;
  if (silent)
    hark_link_paths_distrust (&link->paths, now);
  choose_path (link, false, now);
}

/* ---- time ------------------------------------------------------------------------ */

static void
handle_state_deadline (HarkLink *link, HarkTime now)
{
  switch (link->state) {
  case HARK_LINK_KNOCKING:
    die (link, "no answer");
    break;
  case HARK_LINK_ANSWERING:
    write_answer (link, now);
    break;
  case HARK_LINK_ANSWERED:
    die (link, "not confirmed");
    break;
  case HARK_LINK_JOINING:
    die (link, link->paths.used ? "no session" : "no path");
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
    link->deadline = now + SLOW_TIMEOUT;
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
  if (link->state == HARK_LINK_JOINING && link->next_confirm <= now) {
    const HarkLinkPath *first = get_first (link);

    if (first && first->has_local) {
      link->confirm_due = true;
      link->next_confirm = now + link->confirm_interval;
      link->confirm_interval = hark_time_min (2 * link->confirm_interval, JOIN_TIMEOUT);
    } else {
      link->next_confirm = now + GATHER_PATIENCE;
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
  if (link->state == HARK_LINK_JOINING)
    deadline = hark_time_min (deadline, link->next_confirm);
  deadline = hark_time_min (deadline, hark_link_restart_get_deadline (&link->restart));
  deadline = hark_time_min (deadline, hark_link_paths_get_deadline (&link->paths));
  if (link->session)
    deadline = hark_time_min (deadline, hark_session_get_deadline (link->session));
  return deadline;
}

void
hark_link_set_up (HarkLink *link)
{
  if (link->state == HARK_LINK_JOINING)
    link->state = HARK_LINK_UP;
  link->next_confirm = HARK_TIME_NEVER;
}

void
hark_link_set_dead (HarkLink *link)
{
  die (link, "session closed");
}
