/* core/archive/transcript.h - conversations as text to read, or as JSON for programs.
 *
 * Pure; any thread. What people wrote is data: control characters are shown as signs, lines after
 * the first are set in, so nobody can write a line that looks like somebody else's.
 * Source: core/README.md "Export".
 */
#pragma once

#include "core/store/store.h"

typedef struct {
  bool json;
  GTimeZone *zone;                                             /* borrowed: of the dates in text */
  const char *own;                                             /* borrowed: the user's name */
  const char *(*name_of) (void *data, const HarkKey *account); /* of who reacts in a group */
  void *data;
} HarkTranscriptStyle;

/* hark_transcript_head: what begins a conversation with @name; nothing in JSON. */
void hark_transcript_head (const HarkTranscriptStyle *style,
                           const HarkKey *contact,
                           const char *name,
                           GString *ret);

/**
 * hark_transcript_put:
 * @name: of who wrote it, or whom the conversation is with
 *
 * Appends @message with its edits and reactions: a line or more of text, or one JSON object on a
 * line with the fields of hark-cli's "message" and `name`. What is no line of the conversation
 * (edits, reactions by themselves) is left out.
 */
void hark_transcript_put (const HarkTranscriptStyle *style,
                          const HarkStoreMessage *message,
                          const char *name,
                          GString *ret);
