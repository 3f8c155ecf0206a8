/* core/files/offer.h - what is said about files, as frames.
 *
 * Pure; any thread. Frames read come from an authenticated peer and are not trusted.
 * Source: core/proto/hark.proto, core/PROTOCOL.md "Files".
 */
#pragma once

#include "core/files/transfer.h"
#include "core/proto/frame.h"

#define HARK_FILE_OFFER_NAME_MAX 1024   /* bytes as offered */
#define HARK_FILE_REASON_MAX 256        /* bytes */
#define HARK_FILE_PREVIEW_WIDTH_MAX 160 /* pixels */
#define HARK_FILE_PREVIEW_HEIGHT_MAX 120

typedef struct {
  uint8_t id[HARK_FILE_OFFER_LEN];
  const uint8_t *fetch;   /* 8 bytes, borrowed: of the question that it answers; NULL: none */
  const char *name;       /* borrowed; as offered: clean it before it becomes a file */
  uint64_t size;          /* bytes */
  int64_t mtime_ms;       /* Unix */
  HarkFolderFacts folder; /* all zero: a single file */
  uint8_t sample[HARK_FILE_SAMPLE_LEN]; /* zeros: not known, or a folder */
  const uint8_t *preview;               /* borrowed; NULL: none, or said before */
  size_t preview_len;
} HarkFileOffer;

/* hark_file_preview_is_sane: a byte for its width, one for its height, and as many bytes of RGB as
 * that says. */
bool hark_file_preview_is_sane (const uint8_t *data, size_t len);

/**
 * hark_file_facts_read:
 * @told: how many files and how long a manifest, as offered
 * @manifest: its hash, as offered
 * @preview: as offered
 *
 * Returns: false, with @ret untouched, for hashes of another length, manifests that are longer than
 * what is offered, than manifest.h allows, or have less room than files, and for previews of
 * folders, or of another length than they say
 */
bool hark_file_facts_read (uint64_t size,
                           const HarkFolderFacts *told,
                           const ProtobufCBinaryData *manifest,
                           const ProtobufCBinaryData *preview,
                           HarkFolderFacts *ret);

/* Both: (transfer full): whole frames, padded. Longer names and reasons are cut. */
GBytes *hark_file_offer_write (const HarkFileOffer *offer);
GBytes *hark_file_signal_write (const uint8_t id[HARK_FILE_OFFER_LEN],
                                HarkFileSignal signal,
                                const char *reason);

/* hark_file_rate_write: (transfer full): at most @rate bytes/s, please; 0: no such wish. */
GBytes *hark_file_rate_write (const uint8_t id[HARK_FILE_OFFER_LEN], uint64_t rate);

/* hark_file_offer_read: false, with @ret untouched, for ids of another length, names that are
 * empty, too long or not UTF-8, sizes above HARK_FILE_SIZE_MAX, and what _facts_read() refuses.
 * @ret borrows from @frame. */
bool hark_file_offer_read (const Hark__FileOffer *frame, HarkFileOffer *ret);

/* hark_file_signal_read: false for ids of another length and reasons that are too long or not
 * UTF-8. */
bool hark_file_signal_read (const Hark__FileSignal *frame, uint8_t ret_id[HARK_FILE_OFFER_LEN]);
