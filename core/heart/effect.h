/* core/heart/effect.h - what the heart wants done: a queue between core.c and whoever runs it.
 *
 * Pure; one thread at a time. Effects are executed in order, each exactly once.
 */
#pragma once

#include "core/archive/export.h"
#include "core/backup/backup.h"
#include "core/files/disk-request.h"
#include "core/hark.h"
#include "core/store/store.h"

#include <glib.h>

typedef enum {
  HARK_EFFECT_STORE,       /* hark_store_send(); its reply comes to hark_core_handle_store() */
  HARK_EFFECT_DISK,        /* hark_disk_send(); its reply comes to hark_core_handle_disk() */
  HARK_EFFECT_VOICE_START, /* a call became active: open microphone and speaker */
  HARK_EFFECT_VOICE_STOP,
  HARK_EFFECT_VOICE_MUTE,    /* `on` */
  HARK_EFFECT_VOICE_SET,     /* as hark_core_sound() says */
  HARK_EFFECT_VOICE_DEVICES, /* list and watch devices: hark_core_handle_devices() */
  HARK_EFFECT_VOICE_PACKET,  /* a media payload of `person` arrived: `packet` */
  HARK_EFFECT_VOICE_PERSON,  /* `person` is heard, or not: `on`, at `volume`; `jump`: another one */
  HARK_EFFECT_RECORD_START,  /* open the microphone for a voice message: hark_core_handle_meter() */
  HARK_EFFECT_RECORD_STOP,   /* close it: hark_core_handle_recorded() */
  HARK_EFFECT_PLAY,          /* `packet`: a voice message, from at_ms, at `speed`: NULL: none now */
  HARK_EFFECT_PLAY_SET,      /* `on`: paused; `speed`; at_ms, when `jump` */
  HARK_EFFECT_PEAKS,         /* `packet`: look how loud it is: hark_core_handle_peaks(), in order */
  HARK_EFFECT_BACKUP,        /* hark_backup_run_new(); its end comes to hark_core_handle_backup() */
  HARK_EFFECT_EXPORT,        /* hark_export_write(); its end comes to hark_core_handle_export() */
  HARK_EFFECT_EVENT,         /* for the user of the engine */
} HarkEffectKind;

typedef struct {
  HarkEffectKind kind;
  HarkStoreRequest *store; /* the one that goes with `kind` is set and owned, the rest NULL */
  HarkDiskRequest *disk;
  HarkEvent *event;
  HarkBackupJob *backup;
  HarkExportJob *export;
  GBytes *packet;
  bool on, jump;
  uint32_t at_ms;
  unsigned speed;          /* per cent */
  unsigned person, volume; /* of a call; per cent */
} HarkEffect;

/* hark_effect_clear: frees what it owns. */
void hark_effect_clear (HarkEffect *effect);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarkEffect, hark_effect_clear)

typedef struct {
  GQueue queue; /* HarkEffect */
} HarkEffects;

/* hark_effects_init: empty; hark_effects_clear: frees what waits. */
void hark_effects_init (HarkEffects *effects);
void hark_effects_clear (HarkEffects *effects);

/* hark_effects_push: (transfer full) what @effect owns. */
void hark_effects_push (HarkEffects *effects, HarkEffect effect);

/* hark_effects_pop: (transfer full): false, with @ret untouched, when there is none. */
bool hark_effects_pop (HarkEffects *effects, HarkEffect *ret);
