/* core/archive/export.h - conversations into a file, readable without Hark.
 *
 * Shell: files; blocks, on a thread of its own. Source: core/README.md "Export".
 */
#pragma once

#include "core/store/store.h"

typedef struct {
  char *path; /* whole, of the file; owned */
  bool json;
  bool has_contact; /* one conversation, else all */
  HarkKey contact;
} HarkExportJob;

void hark_export_job_free (HarkExportJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkExportJob, hark_export_job_free)

/* hark_export_write: reads the store with hark_store_ask(), piece by piece, oldest first, so that
 * others' requests go in between; the file, mode 0600, is put in place (of one that is there, or of
 * a link) when it is whole and synced. Until then it is "hark-export-" and six letters in the same
 * folder, which goes when anything fails and stays when the process dies.
 * Breaks off when @stop (atomic) becomes other than 0. HARK_STORE_ERROR with a sentence. */
bool
hark_export_write (HarkStore *store, const HarkExportJob *job, const gint *stop, GError **error);
