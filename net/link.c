#define G_LOG_DOMAIN "hark-link"

#include "net/link.h"

#include "net/noise/signal.h"

#include <string.h>

#define ANSWER_TIMEOUT (5 * HARK_SECOND)  /* outgoing: no answer */
#define CONFIRM_TIMEOUT (5 * HARK_SECOND) /* incoming: HARK_GATE_HALF_OPEN_LIFE */
#define JOIN_TIMEOUT (10 * HARK_SECOND)   /* keys are there, path or session are not */
/* incoming: for server-reflexive candidates, then answer */
#define GATHER_PATIENCE (250 * HARK_MS)
#define CONFIRM_FIRST (300 * HARK_MS)  /* between CONFIRMs, doubling */
#define CLOSE_PATIENCE (200 * HARK_MS) /* for the packet that says goodbye */

/* How long the peer has to be silent where we send before we look where else it sends from. The
 * initiator waits longer: two who use different pairs would swap them for ever. */
#define FOLLOW_RESPONDER (300 * HARK_MS)
#define FOLLOW_INITIATOR (600 * HARK_MS)

/* Packets of this size fill a batch evenly and stay below what loopback carries. */
#define LARGE_SIZE 16000

#define EARLY_LEN_MAX 1500 /* bytes of each */
#define EARLY_MAX 4 /* packets: the peer's end may be ready first, and its handshake is short */

struct HarkLink {
  const HarkLinkContext *context;
  HarkLinkState state;
  bool outgoing;
  bool pairwise;
  HarkKey account; /* of the peer */
  uint32_t path;
  uint32_t index;
  uint32_t ticket;
  HarkTime started;
  HarkTime deadline; /* of the state */

  HarkKnock knock; /* outgoing, KNOCKING */
  bool knock_due;
  HarkKnockReceived received; /* incoming, ANSWERING */
  uint8_t answer[HARK_KNOCK_LEN];

  HarkKnockKeys keys; /* from JOINING or ANSWERED on, until the session has them */
  uint8_t handshake_hash[64];
  bool aes;
  HarkSignal signal;
  bool has_signal;
  HarkTime next_confirm; /* outgoing: when CONFIRM goes again */
  HarkTime confirm_interval;
  bool confirm_due;

  HarkPathDescription local;
  bool has_local;
  bool remote_complete;
  HarkPathInfo info;
  bool path_ready, path_failed;
  bool path_known;          /* it was ready once */
  GBytes *early[EARLY_MAX]; /* packets from before that */
  unsigned n_early;
  HarkTime lost;         /* since when an UP link has no path */
  HarkTime remote_heard; /* newest packet from where we send, or when we asked to follow another */

  HarkSession *session;
};

static void
open_path (HarkLink *link, const HarkEndpoint stun[2])
{
  HarkNetOutput output
    = {.kind = HARK_NET_OUTPUT_PATH_OPEN, .path = link->path, .controlling = link->outgoing};

  output.stun[0] = stun[0];
  output.stun[1] = stun[1];
  hark_node_queue_push_output (link->context->queue, &output);
}

static HarkLink *
link_new (const HarkLinkContext *context, uint32_t path, uint32_t index, HarkTime now)
{
  HarkLink *link = g_new0 (HarkLink, 1);

  link->context = context;
  link->path = path;
  link->index = index;
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
    .purpose = HARK_KNOCK_SESSION,
  };
  HarkLink *link = link_new (context, path, index, now);

  if (!hark_knock_init (&link->knock, &context->self, &target, context->rng)) {
    g_free (link);
    return NULL;
  }
  link->state = HARK_LINK_KNOCKING;
  link->outgoing = true;
  link->pairwise = secret->pairwise;
  link->account = *account;
  link->knock_due = true;
  link->deadline = now + ANSWER_TIMEOUT;
  open_path (link, stun);
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
  HarkLink *link = link_new (context, path, index, now);

  link->state = HARK_LINK_ANSWERING;
  link->pairwise = pairwise;
  link->account = received->payload.certificate.account;
  link->ticket = ticket;
  link->received = *received;
  hark_knock_received_clear (received);
  link->deadline = now + GATHER_PATIENCE;
  open_path (link, stun);
  return link;
}

static void
close_path (HarkLink *link)
{
  HarkNetOutput output = {.kind = HARK_NET_OUTPUT_PATH_CLOSE, .path = link->path};

  hark_node_queue_push_output (link->context->queue, &output);
}

void
hark_link_free (HarkLink *link)
{
  if (!link)
    return;
  close_path (link);
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

/* Packets between two addresses of one machine meet no Ethernet. */
static bool
is_within_machine (const HarkPathInfo *info)
{
  return hark_endpoint_same_ip (&info->local, &info->remote)
         || (hark_endpoint_scope (&info->local) == HARK_SCOPE_LOOPBACK
             && hark_endpoint_scope (&info->remote) == HARK_SCOPE_LOOPBACK);
}

/* What came before we knew the path goes in once the session has been told about it. */
static void
use_path (HarkLink *link, HarkTime now)
{
  if (link->path_ready && is_within_machine (&link->info))
    hark_session_allow_large (link->session, LARGE_SIZE);
  hark_session_handle_path (link->session, link->path_ready, now);
  for (unsigned i = 0; link->path_known && i < link->n_early; i++) {
    size_t len;
    const uint8_t *packet = g_bytes_get_data (link->early[i], &len);

    hark_session_handle_packet (link->session, packet, len, now);
    g_bytes_unref (link->early[i]);
  }
  link->n_early = link->path_known ? 0 : link->n_early;
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
  use_path (link, now);
  sodium_memzero (&config, sizeof config);
  hark_knock_keys_clear (&link->keys);

  g_debug ("link %u: joining", link->index);
  link->state = HARK_LINK_JOINING;
  link->deadline = now + JOIN_TIMEOUT;
}

static void
tell_remote (HarkLink *link, const uint8_t *data, size_t len)
{
  HarkPathDescription remote;
  HarkNetOutput output
    = {.kind = HARK_NET_OUTPUT_PATH_REMOTE, .path = link->path, .remote = &remote};

  if (!hark_path_description_read (data, len, link->context->config->allow_loopback, &remote)) {
    g_debug ("link %u: the path description is malformed", link->index);
    return;
  }
  link->remote_complete = remote.complete;
  hark_node_queue_push_output (link->context->queue, &output);
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

void
hark_link_handle_reply (HarkLink *link, const uint8_t *packet, size_t len, HarkTime now)
{
  HarkSignalMessage message;

  if (link->state == HARK_LINK_KNOCKING) {
    handle_answer (link, packet, len, now);
    return;
  }
  if (!link->has_signal
      || hark_signal_read (&link->signal, packet, len, &message) != HARK_SIGNAL_FRESH
      || message.kind != HARK_SIGNAL_TRICKLE)
    return;

  /* The peer has our CONFIRM and says all it knows of its end. */
  tell_remote (link, message.body, message.body_len);
  if (link->remote_complete && link->local.complete)
    link->next_confirm = HARK_TIME_NEVER;
}

/* Writes message 2 with what is known of our end of the path. */
static void
write_answer (HarkLink *link, HarkTime now)
{
  uint16_t features = link->received.payload.features & own_features (link->context);
  uint8_t path[HARK_ANSWER_PATH_MAX];
  size_t path_len = hark_path_description_write (&link->local, path, sizeof path);

  if (!link->has_local
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
  link->deadline = now + CONFIRM_TIMEOUT;
}

bool
hark_link_handle_signal (HarkLink *link,
                         const uint8_t *packet,
                         size_t len,
                         uint8_t ret_reply[HARK_KNOCK_LEN],
                         HarkTime now)
{
  HarkSignalMessage message;
  HarkSignalResult result;
  uint8_t path[HARK_PATH_DESCRIPTION_LEN_MAX];
  size_t path_len;

  if (!link->has_signal || link->outgoing)
    return false;
  result = hark_signal_read (&link->signal, packet, len, &message);
  if (result == HARK_SIGNAL_REFUSED || message.kind != HARK_SIGNAL_CONFIRM)
    return false;

  if (result == HARK_SIGNAL_FRESH) {
    tell_remote (link, message.body, message.body_len);
    if (link->state == HARK_LINK_ANSWERED)
      start_session (link, now);
  }
  path_len = hark_path_description_write (&link->local, path, sizeof path);
  hark_signal_write (&link->signal, link->context->rng, HARK_SIGNAL_TRICKLE, path, path_len,
                     ret_reply);
  return true;
}

bool
hark_link_poll_knock (HarkLink *link, uint8_t ret[HARK_KNOCK_LEN])
{
  uint8_t path[HARK_PATH_DESCRIPTION_LEN_MAX];
  size_t path_len;

  if (link->knock_due) {
    link->knock_due = false;
    memcpy (ret, link->knock.packet, HARK_KNOCK_LEN);
    return true;
  }
  if (!link->confirm_due)
    return false;

  path_len = hark_path_description_write (&link->local, path, sizeof path);
  hark_signal_write (&link->signal, link->context->rng, HARK_SIGNAL_CONFIRM, path, path_len, ret);
  link->confirm_due = false;
  return true;
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
hark_link_handle_gathered (HarkLink *link, const HarkPathDescription *local, HarkTime now)
{
  link->local = *local;
  link->has_local = true;
  if (link->state == HARK_LINK_ANSWERING && local->complete)
    write_answer (link, now);
  else if (link->state == HARK_LINK_JOINING && link->outgoing && !link->path_ready)
    link->next_confirm = now; /* the other side should know of the new ones */
}

void
hark_link_handle_path (HarkLink *link, HarkPathState state, const HarkPathInfo *info, HarkTime now)
{
  switch (state) {
  case HARK_PATH_READY:
    link->info = *info;
    link->path_ready = link->path_known = true;
    link->lost = HARK_TIME_NEVER;
    if (link->session)
      use_path (link, now);
    break;
  case HARK_PATH_LOST:
  case HARK_PATH_FAILED:
    link->path_failed |= state == HARK_PATH_FAILED;
    if (link->path_ready && link->session)
      hark_session_handle_path (link->session, false, now);
    link->path_ready = false;
    link->lost = hark_time_min (link->lost, now);
    if (link->path_failed && link->state == HARK_LINK_JOINING)
      die (link, "no path works");
    break;
  case HARK_PATH_GATHERING:
  case HARK_PATH_CONNECTING:
    break;
  }
}

/* The peer sealed a packet later than all before and sent it from @from. Where a NAT gave it another
 * port, or it uses another pair than we do, we follow it: like WireGuard's roaming, but the new
 * place has to answer a check first, so that a peer cannot aim us at somebody else. */
static void
watch_remote (HarkLink *link, const HarkEndpoint *from, HarkTime now)
{
  HarkNetOutput output = {.kind = HARK_NET_OUTPUT_PATH_FOLLOW, .path = link->path};

  if (!from || hark_endpoint_equal (from, &link->info.remote)) {
    link->remote_heard = now;
    return;
  }
  if (link->state != HARK_LINK_UP || !link->path_ready
      || hark_time_since (now, link->remote_heard)
           < (link->outgoing ? FOLLOW_INITIATOR : FOLLOW_RESPONDER))
    return;
  link->remote_heard = now; /* not with every packet */
  output.to = *from;
  hark_node_queue_push_output (link->context->queue, &output);
}

void
hark_link_handle_packet (
  HarkLink *link, const HarkEndpoint *from, const uint8_t *packet, size_t len, HarkTime now)
{
  if (!link->session)
    return;
  if (link->path_known) {
    if (hark_session_handle_packet (link->session, packet, len, now))
      watch_remote (link, from, now);
  } else if (link->n_early < EARLY_MAX && len <= EARLY_LEN_MAX) {
    link->early[link->n_early++] = g_bytes_new (packet, len);
  }
}

void
hark_link_handle_too_big (HarkLink *link, HarkTime now)
{
  if (link->session && link->path_ready)
    hark_session_handle_path (link->session, true, now);
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
    if (link->has_local)
      write_answer (link, now);
    else
      die (link, "no candidate of our own");
    break;
  case HARK_LINK_ANSWERED:
    die (link, "not confirmed");
    break;
  case HARK_LINK_JOINING:
    die (link, link->path_ready ? "no session" : "no path");
    break;
  case HARK_LINK_UP:
  case HARK_LINK_DEAD:
    break;
  }
}

void
hark_link_handle_time (HarkLink *link, HarkTime now)
{
  if (link->state == HARK_LINK_DEAD)
    return;
  if (link->state != HARK_LINK_UP && link->deadline <= now)
    handle_state_deadline (link, now);
  if (link->state == HARK_LINK_JOINING && link->next_confirm <= now) {
    if (link->has_local) {
      link->confirm_due = true;
      link->next_confirm = now + link->confirm_interval;
      link->confirm_interval = hark_time_min (2 * link->confirm_interval, JOIN_TIMEOUT);
    } else {
      link->next_confirm = now + GATHER_PATIENCE;
    }
  }
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
  if (link->session)
    deadline = hark_time_min (deadline, hark_session_get_deadline (link->session));
  return deadline;
}

/* ---- what it is ------------------------------------------------------------------ */

HarkLinkState
hark_link_get_state (const HarkLink *link)
{
  return link->state;
}

const HarkKey *
hark_link_get_account (const HarkLink *link)
{
  return &link->account;
}

uint32_t
hark_link_get_path (const HarkLink *link)
{
  return link->path;
}

uint32_t
hark_link_get_index (const HarkLink *link)
{
  return link->index;
}

uint32_t
hark_link_get_ticket (const HarkLink *link)
{
  return link->ticket;
}

bool
hark_link_is_outgoing (const HarkLink *link)
{
  return link->outgoing;
}

bool
hark_link_is_pairwise (const HarkLink *link)
{
  return link->pairwise;
}

bool
hark_link_is_aes (const HarkLink *link)
{
  return link->aes;
}

HarkTime
hark_link_get_started (const HarkLink *link)
{
  return link->started;
}

HarkTime
hark_link_get_lost (const HarkLink *link)
{
  return link->lost;
}

bool
hark_link_is_path_failed (const HarkLink *link)
{
  return link->path_failed;
}

const HarkPathInfo *
hark_link_get_path_info (const HarkLink *link)
{
  return &link->info;
}

const uint8_t *
hark_link_get_handshake_hash (const HarkLink *link)
{
  return link->handshake_hash;
}

HarkSession *
hark_link_get_session (HarkLink *link)
{
  return link->session;
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
