/* core/hark-shares.h - a part of core/hark.h, which includes it: shared folders, and meeting by
 * words.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Somebody is there, has the same four words; or the words mean nothing any more. */
typedef enum {
  HARK_MEETING_STEP_THERE,
  HARK_MEETING_STEP_MET,
  HARK_MEETING_STEP_OVER
} HarkMeetingStep;

/* A folder of ours that contacts may look into. */
typedef struct {
  char *name, *path; /* name: as they see it */
  GArray *accounts;  /* of 32 bytes: whose */
} HarkShareInfo;

/* One thing in a folder that a contact shares. */
typedef struct {
  char *name; /* a claim; also part of a path of BROWSE and FETCH */
  bool folder;
  uint64_t size;    /* bytes, of a file */
  int64_t mtime_ms; /* Unix */
} HarkBrowseEntry;

/* hark_share_info_free, hark_browse_entry_free: NULL is fine. */
void hark_share_info_free (HarkShareInfo *info);
void hark_browse_entry_free (HarkBrowseEntry *entry);
