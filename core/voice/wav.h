/* core/voice/wav.h - WAV files: 16-bit PCM at 48 kHz, the one format of this house.
 *
 * Touches files through stdio, and nothing else; any thread. Source: RIFF/WAVE, Microsoft
 * "Multiple Channel Audio Data and WAVE Files".
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct {
  unsigned channels; /* 1 or 2 */
  long data_at;      /* where the samples begin in the file */
  uint64_t frames;   /* samples per channel, of those the file really has */
} HarkWavFormat;

/* hark_wav_open: (nullable): opens @path for reading, placed at the first sample; NULL with a
 * sentence about what is wrong: rate, bits, channels, no WAV, no samples. */
FILE *hark_wav_open (const char *path, HarkWavFormat *ret, GError **error);

/* hark_wav_create: (nullable): makes or empties @path and writes a header for no samples, mono. */
FILE *hark_wav_create (const char *path, GError **error);

/* hark_wav_update: makes the header tell of @samples, which were written to @file before, flushes
 * and returns to the end: a reader finds a whole file at any moment in between. False when the disk
 * refuses. */
bool hark_wav_update (FILE *file, uint64_t samples);
