/* tests/sim/core-node.h - a whole Hark on the virtual network: HarkCore and HarkNet with a real
 * store and real files in a temporary folder, everything in virtual time.
 *
 * What core/engine/engine.c is on real threads. A store request takes effect after store_time and
 * is answered then, a disk request after disk_time; a process that is killed in between never did
 * it. Not pure: the store and the files are on the disk, in memory where there is /dev/shm. One
 * thread.
 */
#pragma once

#include "core/files/disk-work.h"
#include "core/heart/core.h"
#include "tests/sim/node.h"

#include <glib.h>

/* Unix time in ms when the virtual network's time is zero */
#define HARK_SIM_WALL_MS INT64_C (1790000000000)

typedef struct {
  HarkSimNetwork *network;
  unsigned host;
  HarkEndpoint bootstrap; /* family 0: none */
  char *folder;           /* temporary: profile/ and taken/ in it */
  char *taken;
  HarkKey account;
  HarkSecret account_seed;
  HarkCoreConfig config; /* for the next start */
  HarkTime store_time, disk_time;
  int64_t wall_step_ms; /* what the user's clock is wrong by */

  /* the process; NULL while there is none */
  HarkStore *store;
  HarkDiskWork *disk;
  HarkNet *net;
  HarkSimNode *node;
  HarkCore *core;
  HarkSimTimer *core_timer, *store_timer, *disk_timer, *start_timer;
  GQueue store_queue, disk_queue;
  bool suspended;
  uint8_t instance[16];
  uint64_t tags;

  /* dying at a write: see hark_sim_core_node_die_at() */
  unsigned writes; /* store requests that change something, since the first start */
  unsigned die_at; /* 0: never */
  bool die_before;

  /* what happened, over all its processes */
  GPtrArray *events;  /* HarkEvent, in order */
  GHashTable *people; /* HarkKey -> HarkPerson: as last told by the process that runs */
  unsigned processes; /* that have been started */
  bool voice;         /* microphone and speaker are open */
  unsigned voice_starts, voice_packets;
  unsigned volume;    /* of the first person, since voice is; per cent */
  bool recording;     /* the microphone is open for a voice message */
  uint32_t spoken_ms; /* how long the next one is */
  GBytes *played;     /* what is heard; NULL: nothing */
  unsigned warnings;
  bool disk_full;        /* the store takes nothing */
  bool leaves_out;       /* it passes on what others say in groups without their bodies */
  uint64_t disk_written; /* bytes of transfers, */
  uint64_t disk_read;    /* and of those given */
  GChecksum *trace;      /* over every event and every store request, with its time */
} HarkSimCoreNode;

/* hark_sim_core_node_new: makes a profile for @name and starts Hark on @host; @bootstrap
 * (nullable) is asked into the DHT at every start. Keys are drawn from the network's seed. */
HarkSimCoreNode *hark_sim_core_node_new (HarkSimNetwork *network,
                                         unsigned host,
                                         const char *name,
                                         const HarkEndpoint *bootstrap);

/* hark_sim_core_node_free: deletes its folder too. */
void hark_sim_core_node_free (HarkSimCoreNode *node);

/* hark_sim_core_node_kill: the process ends without a word; what was not on disk is lost. */
void hark_sim_core_node_kill (HarkSimCoreNode *node);

/* hark_sim_core_node_stop: the user quits: goodbyes go out, everything is stored. */
void hark_sim_core_node_stop (HarkSimCoreNode *node);

/* hark_sim_core_node_start: a new process opens the profile. Nothing happens when one runs. */
void hark_sim_core_node_start (HarkSimCoreNode *node);

/* hark_sim_core_node_lose_profile: the computer is gone; the account is restored from its words,
 * with a new device key and without contacts, messages and addresses. Starts. */
void hark_sim_core_node_lose_profile (HarkSimCoreNode *node);

/* hark_sim_core_node_die_at: the process is killed at the @nth write of the store from now, with
 * the write done and not heard of, or (@before) not done; and starts again one second later. */
void hark_sim_core_node_die_at (HarkSimCoreNode *node, unsigned nth, bool before);

/* hark_sim_core_node_set_clock: somebody sets the clock, @step_ms away from the right time. */
void hark_sim_core_node_set_clock (HarkSimCoreNode *node, int64_t step_ms);

/* hark_sim_core_node_suspend: the machine sleeps, hears nothing and does nothing; or wakes up. */
void hark_sim_core_node_suspend (HarkSimCoreNode *node, bool suspended);

/* hark_sim_core_node_do: (transfer full) @command. */
void hark_sim_core_node_do (HarkSimCoreNode *node, HarkCommand *command);

/* hark_sim_core_node_ask: the same, and runs the network until it is answered. (transfer none)
 * (nullable): the RESULT; NULL when the process died over it or needed more than a minute. */
const HarkEvent *hark_sim_core_node_ask (HarkSimCoreNode *node, HarkCommand *command);

/* hark_sim_core_node_person: (nullable): what the running process last said about @account. */
const HarkPerson *hark_sim_core_node_person (const HarkSimCoreNode *node, const HarkKey *account);
bool hark_sim_core_node_sees_online (const HarkSimCoreNode *node, const HarkSimCoreNode *other);

/* hark_sim_core_node_deeds: asks what the running process and @other carried for one another: zeros
 * for nothing, without a name. */
HarkLedgerPerson hark_sim_core_node_deeds (HarkSimCoreNode *node, const HarkSimCoreNode *other);

/* hark_sim_core_node_find: (nullable): the last event of @kind at or after @from in events. */
const HarkEvent *
hark_sim_core_node_find (const HarkSimCoreNode *node, HarkEventKind kind, guint from);

/* hark_sim_core_node_history: (transfer full): HarkStoreMessage of the conversation, oldest first,
 * from the disk. */
GPtrArray *hark_sim_core_node_history (HarkSimCoreNode *node, const HarkKey *contact);

/* hark_sim_command: of @kind about @other (nullable). */
HarkCommand *hark_sim_command (HarkCommandKind kind, const HarkSimCoreNode *other);
