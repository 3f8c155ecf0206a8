/* net/node/link-signals.c - what two links say to each other before and beside their session: the
 * answer to a knock, and signals. */
#define G_LOG_DOMAIN "hark-link"

#include "net/node/link-private.h"
#include "net/session/keys.h"

#include <string.h>

#define CONFIRM_TIMEOUT (5 * HARK_SECOND) /* incoming: HARK_GATE_HALF_OPEN_LIFE */
#define CONFIRM_FIRST (300 * HARK_MS)     /* between CONFIRMs, doubling */

uint16_t
hark_link_own_features (const HarkLinkContext *context)
{
  return !context->config->no_aes && hark_keys_have_aes () ? HARK_FEATURE_AES : 0;
}

/* The handshake's own path: generation 0. */
HarkLinkPath *
hark_link_get_first (HarkLink *link)
{
  return hark_link_paths_find_generation (&link->paths, 0);
}

static void
tell_remote (HarkLink *link, const uint8_t *data, size_t len)
{
  HarkLinkPath *first = hark_link_get_first (link);
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

  link->list_version = answer.certificate.list_version;
  link->aes = answer.features & HARK_FEATURE_AES;
  link->keys = answer.keys;
  memcpy (link->handshake_hash, answer.keys.handshake_hash, sizeof link->handshake_hash);
  hark_signal_init (&link->signal, &link->keys, true, answer.index);
  link->has_signal = true;
  tell_remote (link, answer.path, answer.path_len);
  hark_knock_keys_clear (&answer.keys);
  hark_knock_clear (&link->knock);
  hark_link_start_session (link, now);
  link->confirm_interval = CONFIRM_FIRST;
  link->next_confirm = now;
}

/* A new generation begins, by us or by the peer: what was being made for an earlier one is given
 * up. */
HarkLinkPath *
hark_link_begin_generation (
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
    path = hark_link_begin_generation (link, generation, !asked, opening, now);
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
    first = hark_link_get_first (link);
    if (first && first->remote_complete && first->local.complete)
      link->next_confirm = HARK_TIME_NEVER;
  }
}

/* Writes message 2 with what is known of our end of the path. */
void
hark_link_write_answer (HarkLink *link, HarkTime now)
{
  uint16_t features = link->received.payload.features & hark_link_own_features (link->context);
  uint8_t path[HARK_ANSWER_PATH_MAX];
  const HarkLinkPath *first = hark_link_get_first (link);
  size_t path_len = first ? hark_path_description_write (&first->local, path, sizeof path) : 0;

  if (!first || !first->has_local
      || !hark_knock_answer (&link->received, &link->context->self, link->context->rng, link->index,
                             features, path, path_len, link->answer, &link->keys)) {
    hark_link_die (link, "no answer can be written");
    return;
  }
  link->aes = features & HARK_FEATURE_AES;
  memcpy (link->handshake_hash, link->keys.handshake_hash, sizeof link->handshake_hash);
  hark_signal_init (&link->signal, &link->keys, false, link->received.payload.index);
  link->has_signal = true;
  link->state = HARK_LINK_ANSWERED;
  link->deadline = now + (link->slow ? HARK_LINK_SLOW_TIMEOUT : CONFIRM_TIMEOUT);
}

/* Seals a signal that says what is known of our end of generation 0. */
static bool
write_first (HarkLink *link, HarkSignalKind kind, uint8_t ret[HARK_KNOCK_LEN])
{
  const HarkLinkPath *first = hark_link_get_first (link);
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
  bool waits = path && !path->local.complete && now < path->opened + HARK_LINK_GATHER_PATIENCE;

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
      hark_link_start_session (link, now);
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
         && now < path->opened + HARK_LINK_GATHER_PATIENCE;
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
