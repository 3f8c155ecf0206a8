/* net/node/link-join.c - a link's session and the path it goes by, once the keys are there. */
#define G_LOG_DOMAIN "hark-link"

#include "net/node/link-private.h"

#include <string.h>

/* Packets of this size fill a batch evenly and stay below what loopback carries. */
#define LARGE_SIZE 16000

void
hark_link_die (HarkLink *link, const char *why)
{
  if (link->state != HARK_LINK_DEAD)
    g_debug ("link %u: dead: %s", link->index, why);
  link->state = HARK_LINK_DEAD;
}

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
void
hark_link_choose_path (HarkLink *link, bool again, HarkTime now)
{
  if (hark_link_paths_choose (&link->paths, now) || again)
    use_path (link, now);
  if (link->paths.used && !link->silent)
    link->lost = HARK_TIME_NEVER;
  else
    link->lost = hark_time_min (link->lost, now);
}

/* The handshake is over for us: keys go to session and signals. */
void
hark_link_start_session (HarkLink *link, HarkTime now)
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
  link->deadline = now + (link->slow ? HARK_LINK_SLOW_TIMEOUT : HARK_LINK_JOIN_TIMEOUT);
}
