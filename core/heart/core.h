/* core/heart/core.h - the heart of Hark: people, messages, files and calls over one HarkNet.
 *
 * Pure: no clock, socket, thread or file. It owns what is known in memory, commands the node (pure
 * as well) directly and drains its events; everything else it wants is an effect. Same seed, same
 * inputs, same run. One thread at a time. engine.c is its shell; the simulator is another.
 *
 *   something happened -> hark_core_handle_...(), then hark_core_poll() until false,
 *   then let the node's runner send; come back at hark_core_get_deadline()
 *
 * What it says to the other side: core/proto/hark.proto and core/PROTOCOL.md.
 */
#pragma once

#include "core/files/disk-request.h"
#include "core/hark.h"
#include "core/heart/effect.h"
#include "core/store/store.h"
#include "net/net.h"

typedef struct HarkCore HarkCore;

typedef struct {
  bool auto_accept_requests;
  bool auto_answer;
  const HarkSound *sound;        /* of this run; NULL: as the profile has it; for hark_core_new() */
  bool one_call;                 /* no second one rings while one is on */
  bool no_relay;                 /* carry nobody's packets, whatever the profile says */
  bool mailbox;                  /* be a node that keeps mail, for whoever asks first */
  uint32_t mailbox_mib;          /* and no more than so much of it; 0: as usual */
  const char *relay_link;        /* of a relay node, told with READY; NULL: it is none */
  bool visible;                  /* to everybody on the local network, from the start */
  bool closed_network;           /* says so when nobody of it answers */
  HarkPoison *poison;            /* borrowed, must outlive the core; NULL: nothing is counted */
  const char *auto_accept_files; /* directory; NULL: ask */
  const char *downloads; /* where taken files go when the command names no place; not NULL */
} HarkCoreConfig;

/* hark_core_net_config: fills the account's part of @ret; the rest is zero and the caller's. Wipe
 * @ret afterwards. */
void hark_core_net_config (const HarkStoreSnapshot *snapshot, HarkNetConfig *ret);

/**
 * hark_core_new:
 * @config: copied
 * @snapshot: (nullable): what the store holds; borrowed for the call. NULL: a node without account,
 * which answers every command but STATUS and LEAVE_QUIETLY with the error "no-account"
 * @net: borrowed; made with hark_core_net_config() of the same @snapshot; must outlive the core
 * @seed: 32 bytes; from randombytes_buf() outside the simulator
 * @wall_ms: Unix time in ms at @now
 *
 * Commands the node only from hark_core_start() on.
 *
 * Returns: (transfer full): never NULL
 */
HarkCore *hark_core_new (const HarkCoreConfig *config,
                         const HarkStoreSnapshot *snapshot,
                         HarkNet *net,
                         const uint8_t seed[32],
                         int64_t wall_ms,
                         HarkTime now);

/* hark_core_free: wipes; the node stays. NULL is fine. */
void hark_core_free (HarkCore *core);

/* hark_core_start: makes HARK_EVENT_READY (with @port), opens our records, sets the contacts,
 * resumes what was under way. Once. */
void hark_core_start (HarkCore *core, uint16_t port, HarkTime now);

/* hark_core_has_nodes: the profile knows nodes of the DHT to start from. */
bool hark_core_has_nodes (const HarkCore *core);

/* hark_core_hangup: the program is about to end: calls end first. Execute the effects and let the
 * node's outputs go before hark_core_stop(), which closes sessions with what was not sent: so the
 * others hear of it. */
void hark_core_hangup (HarkCore *core, HarkTime now);

/* hark_core_stop: keeps what is only in memory, ends the sessions and leaves the network. Execute
 * the effects, let the node's outputs go, then free both. */
void hark_core_stop (HarkCore *core, HarkTime now);

/* hark_core_set_wall: the system's clock was set, or the machine woke up. Tells the node too. */
void hark_core_set_wall (HarkCore *core, int64_t wall_ms, HarkTime now);

/* hark_core_handle_command: (transfer full) @command: exactly one HARK_EVENT_RESULT follows, now or
 * after the disk. */
void hark_core_handle_command (HarkCore *core, HarkCommand *command, HarkTime now);

/* hark_core_handle_net: takes every event that the node has. */
void hark_core_handle_net (HarkCore *core, HarkTime now);

/* hark_core_handle_store, hark_core_handle_disk: (transfer full) @reply to a request made by an
 * effect. */
void hark_core_handle_store (HarkCore *core, HarkStoreReply *reply, HarkTime now);
void hark_core_handle_disk (HarkCore *core, HarkDiskReply *reply, HarkTime now);

/* hark_core_handle_export: likewise an export. */
void hark_core_handle_export (HarkCore *core, const GError *error, HarkTime now);

/* hark_core_handle_backup: the backup of an effect has ended; @error: (nullable): NULL: well.
 * hark_core_backup_left_out: before that: @n things are not in it. */
void hark_core_backup_left_out (HarkCore *core, unsigned n);
void hark_core_handle_backup (HarkCore *core, const GError *error, HarkTime now);

/* hark_core_handle_voice_packet: our voice has a payload for the other side of the active call. */
void hark_core_handle_voice_packet (HarkCore *core, const uint8_t *data, size_t len, HarkTime now);

/* hark_core_handle_voice_stats: the last second of the active call, as voice saw it; adds what the
 * node knows and makes HARK_EVENT_CALL_STATS. @rtt_ms and @loss_out of @stats are filled in here.
 */
void hark_core_handle_voice_stats (HarkCore *core, const HarkCallStats *stats, HarkTime now);

/* hark_core_group_is_talking: the call that is heard is a group's; its people are numbered as in
 * VOICE_PERSON. _hears: @person gets what our voice makes: _handle_group_packet, with the report
 * for them in it (core/voice/voice.h). _handle_group_voice: four times a second: how loud we are,
 * dBFS, and what voice knows of each line, as in hark_core_handle_voice_stats(). */
bool hark_core_group_is_talking (const HarkCore *core);
bool hark_core_group_hears (const HarkCore *core, unsigned person);
void hark_core_handle_group_packet (
  HarkCore *core, unsigned person, const uint8_t *data, size_t len, HarkTime now);
void hark_core_handle_group_voice (HarkCore *core,
                                   double own,
                                   const HarkCallStats others[HARK_GROUP_CALL_OTHERS_MAX],
                                   HarkTime now);

/* hark_core_sound: what HARK_EFFECT_VOICE_SET is to set; borrowed until the next input.
 * hark_core_handle_devices: (transfer full): HarkSoundDevice: the first list after
 * HARK_EFFECT_VOICE_DEVICES, and every change; @server: there is a sound server. */
const HarkSound *hark_core_sound (const HarkCore *core);
void hark_core_handle_devices (HarkCore *core, GPtrArray *devices, bool server, HarkTime now);

/* hark_core_handle_meter: after RECORD_START, ten times a second: how long it is, how loud, and
 * whether it is as long as can be. hark_core_handle_recorded: (transfer full) @parts (GBytes;
 * nullable: none, and @reason says why): once, after RECORD_STOP or where RECORD_START failed. */
void hark_core_handle_meter (
  HarkCore *core, uint32_t length_ms, double level_dbfs, bool full, HarkTime now);
void hark_core_handle_recorded (
  HarkCore *core, GPtrArray *parts, uint32_t length_ms, const char *reason, HarkTime now);

/* hark_core_handle_playing: after PLAY, ten times a second; _play_failed: it cannot be played.
 * hark_core_handle_peaks: @peaks: (nullable): HARK_PEAKS of the next PEAKS; NULL: no sound in it.
 */
void hark_core_handle_playing (HarkCore *core, uint32_t at_ms, bool over, HarkTime now);
void hark_core_handle_play_failed (HarkCore *core, const char *reason, HarkTime now);
void hark_core_handle_peaks (HarkCore *core, const uint8_t peaks[HARK_PEAKS], HarkTime now);

/* hark_core_call_is_active: the shell should ask voice for figures each second. */
bool hark_core_call_is_active (const HarkCore *core);

/* hark_core_warn: makes HARK_EVENT_WARNING, for the shell. */
void hark_core_warn (HarkCore *core, const char *code, const char *text);

/* hark_core_handle_time: call when hark_core_get_deadline() has come; earlier does no harm. */
void hark_core_handle_time (HarkCore *core, HarkTime now);

/* hark_core_get_deadline: when something is due, the node aside; HARK_TIME_NEVER: nothing. */
HarkTime hark_core_get_deadline (const HarkCore *core);

/**
 * hark_core_poll:
 * @ret: (out): owned by the caller, hark_effect_clear()
 *
 * When there is no effect left, acknowledgements of what became durable are handed to the node in
 * one frame for each contact; so drain until false, and let the node's outputs go afterwards.
 */
bool hark_core_poll (HarkCore *core, HarkEffect *ret);
