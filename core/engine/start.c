/* core/engine/start.c - from what the caller and the profile say to net, core and voice. */
#include "core/engine/bootstrap.h"
#include "core/engine/devices.h"
#include "core/engine/engine-private.h"
#include "core/identity/network.h"
#include "core/identity/relay-link.h"
#include "core/nodes/lan-settings.h"
#include "net/base/domain.h"
#include "net/base/hash.h"

#include <sodium.h>
#include <string.h>

#define HOSTS_PATIENCE (1500 * HARK_MS) /* with nodes we know already */

void
hark_engine_ask_hosts (HarkEngine *engine)
{
  const char *const *hosts
    = engine->hosts != NULL ? (const char *const *) engine->hosts : hark_bootstrap_hosts;

  for (; *hosts != NULL; hosts++)
    hark_net_runner_resolve (engine->runner, *hosts);
}

static bool
is_loopback (const char *text)
{
  return text != NULL
         && (g_str_has_prefix (text, "127.") || g_str_has_prefix (text, "[::1]")
             || g_str_has_prefix (text, "localhost:") || g_strcmp0 (text, "::1") == 0);
}

/* Loopback counts as a place when the user named one. */
static bool
names_loopback (const HarkEngineConfig *config)
{
  if (is_loopback (config->bind))
    return true;
  for (const char *const *at = config->bootstrap; at != NULL && *at != NULL; at++)
    if (is_loopback (*at))
      return true;
  return false;
}

/* Nobody is looked for on the local network from a loopback address. */
static bool
looks_around (const HarkEngineConfig *config)
{
  return !config->no_lan && !names_loopback (config);
}

/* An address, with a port or without: then that of the node, 0 until it has one. */
static bool
parse_place (const char *host, HarkEndpoint *ret)
{
  g_autofree char *with_port = g_strdup_printf ("%s:1", host);

  if (hark_endpoint_parse (host, ret))
    return true;
  if (!hark_endpoint_parse (with_port, ret))
    return false;
  ret->port = 0;
  return true;
}

bool
hark_engine_prepare_relay (HarkEngine *engine, GError **error)
{
  const HarkEngineConfig *config = engine->config;
  HarkNetRelayNode *relay = &engine->relay;
  g_autoptr (GError) failed = NULL;
  g_autofree char *kept = NULL;
  size_t len = 0;

  for (const char *const *host = config->relay_hosts; host != NULL && *host != NULL; host++) {
    if (relay->n_places == HARK_NET_RELAY_PLACES_MAX
        || !parse_place (*host, &relay->places[relay->n_places])) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "\"%s\" is no address (two at most, as 192.0.2.1 or [2001:db8::1]:4000)", *host);
      return false;
    }
    relay->n_places++;
  }
  if (relay->n_places == 0) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         "say with --relay-host under which address this relay node is reached");
    return false;
  }
  if (g_file_get_contents (config->relay_file, &kept, &len, &failed)) {
    const bool is_secret = len == sizeof relay->secret.bytes;

    if (is_secret)
      memcpy (relay->secret.bytes, kept, len);
    else
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "“%s” is not the secret of a relay node: move it away, or put it right",
                   config->relay_file);
    sodium_memzero (kept, len);
    return is_secret;
  }
  /* one that only cannot be read now is what links that people have lead to */
  if (!g_error_matches (failed, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    g_propagate_error (error, g_steal_pointer (&failed));
    return false;
  }
  randombytes_buf (relay->secret.bytes, sizeof relay->secret.bytes);
  return g_file_set_contents_full (config->relay_file, (const char *) relay->secret.bytes,
                                   sizeof relay->secret.bytes, G_FILE_SET_CONTENTS_DURABLE, 0600,
                                   error);
}

void
hark_engine_make_relay_link (HarkEngine *engine)
{
  HarkNetRelayNode *relay = &engine->relay;

  for (size_t i = 0; i < relay->n_places; i++)
    if (relay->places[i].port == 0)
      relay->places[i].port = hark_net_runner_get_port (engine->runner);
  engine->relay_link = hark_relay_link_format (relay);
}

void
hark_engine_make_net (HarkEngine *engine, const HarkStoreSnapshot *snapshot)
{
  const HarkEngineConfig *config = engine->config;
  uint8_t seed[32];
  HarkNetConfig net;

  hark_core_net_config (snapshot, &net);
  net.closed_network = config->network != NULL;
  net.sealed = config->network != NULL && hark_network_parse (config->network, &net.network_secret);
  if (net.sealed)
    hark_seal_network (&net.network_secret, net.network);
  else if (config->network != NULL)
    HARK_HASH (net.network, sizeof net.network, NULL, 0, HARK_DOMAIN_NETWORK,
               HARK_PART_BYTES (config->network, strlen (config->network)));
  net.dht = !config->no_dht && !config->lan_only;
  net.lan = looks_around (config);
  net.lan_only = config->lan_only;
  net.allow_loopback = names_loopback (config);
  net.serve = true;
  net.relay_node = config->relay_file != NULL;
  net.relay_secret = engine->relay.secret;
  net.tcp = !config->no_tcp;
  net.congestion = config->cubic ? HARK_CONGESTION_CUBIC : HARK_CONGESTION_BBR2;
  net.no_aes = config->no_aes;
  randombytes_buf (seed, sizeof seed);
  engine->net = hark_net_new (&net, seed, wall_ms (), now ());
  sodium_memzero (seed, sizeof seed);
  sodium_memzero (&net, sizeof net);
}

void
hark_engine_make_core (HarkEngine *engine, const HarkStoreSnapshot *snapshot)
{
  const HarkEngineConfig *config = engine->config;
  const char *folder = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);
  g_autofree char *downloads = g_strdup (config->downloads != NULL ? config->downloads : folder);
  HarkCoreConfig core = {.auto_accept_requests = config->auto_accept_requests,
                         .auto_answer = config->auto_answer,
                         .one_call = config->one_call,
                         .sound = engine->sound,
                         .mailbox = config->mailbox,
                         .mailbox_mib = config->mailbox_mib,
                         .no_relay = config->no_relay,
                         .relay_link = engine->relay_link,
                         .visible = config->visible,
                         .closed_network = config->network != NULL,
                         .poison = engine->store != NULL ? hark_store_poison (engine->store) : NULL,
                         .auto_accept_files = config->auto_accept_files};
  uint8_t seed[32];

  if (downloads == NULL)
    downloads = g_build_filename (g_get_home_dir (), "Downloads", NULL);
  core.downloads = downloads;
  randombytes_buf (seed, sizeof seed);
  engine->core = hark_core_new (&core, snapshot, engine->net, seed, wall_ms (), now ());
  sodium_memzero (seed, sizeof seed);
}

void
hark_engine_bootstrap (HarkEngine *engine)
{
  const HarkEngineConfig *config = engine->config;
  bool named = config->bootstrap != NULL;

  for (const char *const *peer = config->peers; peer != NULL && *peer != NULL; peer++)
    hark_net_runner_add_peer (engine->runner, *peer);
  engine->hosts_at = HARK_TIME_NEVER;
  engine->hosts_interval = HARK_HOSTS_FIRST;
  if (config->no_dht
      || (!named && (config->network != NULL || config->lan_only || is_loopback (config->bind))))
    return;
  if (named) {
    engine->hosts = g_strdupv ((char **) config->bootstrap);
    hark_engine_ask_hosts (engine);
    engine->hosts_at = hark_time_add (now (), HARK_HOSTS_FIRST);
  } else {
    engine->hosts_at
      = hark_time_add (now (), hark_core_has_nodes (engine->core) ? HOSTS_PATIENCE : 0);
  }
}

bool
hark_engine_make_voice (HarkEngine *engine,
                        const HarkStoreSnapshot *snapshot,
                        void (*on_wanted) (void *data),
                        GError **error)
{
  HarkVoiceConfig voice;
  const char *wrong;

  engine->sound = hark_engine_choose_sound (engine->config, snapshot->sound);
  voice = hark_engine_voice_config (engine->sound);
  wrong = hark_voice_check (&voice);
  if (wrong != NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s", wrong);
    return false;
  }
  engine->voice = hark_voice_new (&voice, on_wanted, engine);
  engine->clips = hark_engine_clips_new (on_wanted, engine);
  return true;
}

bool
hark_engine_open_store (HarkEngine *engine, HarkStoreSnapshot *ret, GError **error)
{
  HarkStoreUnlock unlock = {.passphrase = engine->config->passphrase};

  engine->store = hark_store_open (engine->config->profile, &unlock, error);
  return engine->store != NULL && hark_store_load (engine->store, ret, error);
}

bool
hark_engine_join_network (HarkEngine *engine, const HarkStoreSnapshot *snapshot, GError **error)
{
  g_autoptr (GStrvBuilder) peers = g_strv_builder_new ();
  HarkLanSettings lan;
  const char *network, *wrong;

  hark_lan_settings_read (snapshot != NULL ? snapshot->lan : NULL, &lan);
  engine->joined = *engine->config;
  engine->config = &engine->joined;
  network = engine->joined.network != NULL ? engine->joined.network : lan.network;
  wrong = network != NULL ? hark_network_check (network, NULL) : NULL;
  if (network != NULL && wrong == NULL) {
    engine->network = hark_network_split (network, &engine->places);
    engine->joined.network = engine->network;
    if (engine->joined.bootstrap == NULL)
      engine->joined.bootstrap = (const char *const *) engine->places;
  }
  for (const char *const *peer = engine->joined.peers; peer != NULL && *peer != NULL; peer++)
    g_strv_builder_add (peers, *peer);
  for (guint i = 0; i < lan.peers->len; i++)
    g_strv_builder_add (peers, lan.peers->pdata[i]);
  engine->peers = g_strv_builder_end (peers);
  engine->joined.peers = (const char *const *) engine->peers;
  hark_lan_settings_clear (&lan);
  if (wrong != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, wrong);
  return wrong == NULL;
}

HarkNetRunnerConfig
hark_engine_runner_config (const HarkEngineConfig *config)
{
  return (HarkNetRunnerConfig){.port = config->port,
                               .bind = config->bind,
                               .jumbo = config->jumbo,
                               .tcp = !config->no_tcp && !config->lan_only,
                               .lan = looks_around (config),
                               .lan_only = config->lan_only,
                               .map_ports = !config->no_mapping && config->network == NULL
                                            && !names_loopback (config),
                               .allow_loopback = names_loopback (config)};
}
