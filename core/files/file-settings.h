/* core/files/file-settings.h - what a profile keeps about files: limits, metered networks, the
 * order of the queue, and whose files are taken without a question.
 *
 * Pure; any thread. As bytes: format (u8, 1), metered (u8), up and down (u64: bytes/s, 0: none),
 * then entries, each kind (u8), length (u16) and content: a rule (1: contact, 32 bytes; size, u64;
 * folder, UTF-8), or a place in the queue (2: transfer, u64; order, u64 in two's complement).
 */
#pragma once

#include "net/base/key.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_FILE_RULES_MAX 1000
#define HARK_FILE_ORDERS_MAX 1000
#define HARK_FILE_FOLDER_MAX 4096 /* bytes */

/* On a network that costs by the byte. Files with little left go on any. The numbers are kept. */
typedef enum {
  HARK_METERED_ASK = 0, /* large ones wait until the user resumes them */
  HARK_METERED_ALLOW = 1,
  HARK_METERED_HOLD = 2, /* large ones wait for another network */
} HarkMetered;

/* Beside HARK_MAY_GIVE_FILES, which says that files are taken at all. */
typedef struct {
  HarkKey contact;
  uint64_t size_max; /* bytes; larger ones are asked about; 0: any */
  char *directory;   /* NULL: the usual */
} HarkFileRule;

typedef struct {
  HarkMetered metered;
  uint64_t limit_up, limit_down; /* bytes/s; 0: none */
  GPtrArray *rules;              /* HarkFileRule */
  GHashTable *orders;            /* transfer (uint64_t *) -> int64_t *: less comes first */
} HarkFileSettings;

/* hark_file_settings_read: @ret is cleared with _clear(). @bytes: (nullable): none; what is damaged
 * is left out. _write: (transfer full). */
void hark_file_settings_read (GBytes *bytes, HarkFileSettings *ret);
void hark_file_settings_clear (HarkFileSettings *settings);
GBytes *hark_file_settings_write (const HarkFileSettings *settings);

/* hark_file_settings_rule: (nullable): of @contact. _set_rule: replaces it; @size_max 0 and
 * @directory NULL: none. False when there are too many, or the folder's name is too long. */
const HarkFileRule *hark_file_settings_rule (const HarkFileSettings *settings,
                                             const HarkKey *contact);
bool hark_file_settings_set_rule (HarkFileSettings *settings,
                                  const HarkKey *contact,
                                  uint64_t size_max,
                                  const char *directory);

/* hark_file_settings_order: of @transfer; 0 unless it was moved. _move: before or behind all others
 * that were moved. Forgets those for whom @alive is false first; false when there are too many all
 * the same. */
int64_t hark_file_settings_order (const HarkFileSettings *settings, uint64_t transfer);
bool hark_file_settings_move (HarkFileSettings *settings,
                              uint64_t transfer,
                              bool first,
                              bool (*alive) (uint64_t transfer, void *data),
                              void *data);
