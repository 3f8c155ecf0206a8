/* core/engine/engine-private.h - the engine's state, and how it is put together; for
 * core/engine/engine.c, core/engine/start.c and core/engine/drawn.c alone.
 */
#pragma once

#include "core/engine/backup.h"
#include "core/engine/clips.h"
#include "core/engine/mailbox.h"
#include "core/files/disk.h"
#include "core/heart/core.h"
#include "core/voice/device-watch.h"
#include "core/voice/voice.h"

#include <gio/gio.h>

#define HARK_HOSTS_FIRST                                                  \
  HARK_SECOND /* between looks whether we are alone; doubles while we are \
               */

struct HarkEngine {
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  HarkMailbox *mailbox;
  GAsyncQueue *commands; /* HarkCommand */
  GSource *wake;         /* made ready by other threads */
  GSource *timer;        /* ready at */
  HarkTime deadline;

  /* the engine thread's own */
  const HarkEngineConfig *config; /* the caller's, and what the profile says; during start only */
  HarkEngineConfig joined;
  char *network; /* of `joined`, as the next two */
  char **places;
  char **peers;
  HarkStore *store; /* NULL without an account */
  HarkDisk *disk;
  HarkBackupRun *backup;  /* NULL: none is being made */
  HarkBackupRun *export;  /* likewise */
  HarkVoice *voice;       /* NULL without an account */
  HarkEngineClips *clips; /* likewise */
  HarkDeviceWatch *watch; /* NULL: nobody asked for devices yet */
  HarkSound *sound;       /* of this run, during start only */
  HarkNet *net;
  HarkNetRunner *runner;
  HarkCore *core;
  HarkTime stats_at; /* NEVER: no call */
  HarkTime hosts_at; /* NEVER: no well-known hosts are to be asked */
  HarkTime hosts_interval;
  unsigned networks;      /* as last counted by the runner */
  HarkNetRelayNode relay; /* what we are, with HarkEngineConfig.relay_file */
  char *relay_link;
  char **hosts; /* "host:port", NULL-terminated: those that the user named; NULL: our own list */
  HarkTime clock_at; /* when it was last looked at */
  int64_t clock_ms;  /* Unix, then */

  GMutex mutex;
  GCond started;   /* and over */
  bool is_started; /* under mutex; with error or without */
  bool is_over;    /* under mutex: the thread has nothing left to do */
  gint quitting;   /* atomic */
  GError *error;
};

static inline HarkTime
now (void)
{
  return hark_net_runner_now ();
}

static inline int64_t
wall_ms (void)
{
  return g_get_real_time () / 1000;
}

/* hark_engine_open_store: opens the profile and reads what the core starts with. */
bool hark_engine_open_store (HarkEngine *engine, HarkStoreSnapshot *ret, GError **error);

/* hark_engine_make_voice: @on_wanted is called in the voice's threads. */
bool hark_engine_make_voice (HarkEngine *engine,
                             const HarkStoreSnapshot *snapshot,
                             void (*on_wanted) (void *data),
                             GError **error);

/* hark_engine_join_network: what the profile keeps of networks holds where the caller says nothing;
 * replaces engine->config by what is meant. */
bool
hark_engine_join_network (HarkEngine *engine, const HarkStoreSnapshot *snapshot, GError **error);

/* hark_engine_prepare_relay: the secret of a relay node, made when there is none, and where it is
 * reached. hark_engine_make_relay_link: what is given to those who may go through it. */
bool hark_engine_prepare_relay (HarkEngine *engine, GError **error);
void hark_engine_make_relay_link (HarkEngine *engine);

/* hark_engine_make_net, _make_core: engine->net, engine->core; @snapshot: NULL without an account.
 */
void hark_engine_make_net (HarkEngine *engine, const HarkStoreSnapshot *snapshot);
void hark_engine_make_core (HarkEngine *engine, const HarkStoreSnapshot *snapshot);
HarkNetRunnerConfig hark_engine_runner_config (const HarkEngineConfig *config);

/* hark_engine_ask_hosts: looks the well-known hosts up and asks them. hark_engine_bootstrap: the
 * first time, and when next: hosts that the user named are asked at once; our own list only when
 * the nodes that we know from before, and those on the local network, stay silent. */
void hark_engine_ask_hosts (HarkEngine *engine);
void hark_engine_bootstrap (HarkEngine *engine);
