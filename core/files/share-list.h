/* core/files/share-list.h - which folders are shared with whom, and in bytes for the store.
 *
 * Pure; one thread at a time.
 */
#pragma once

#include "net/base/key.h"

#include <glib.h>
#include <stdbool.h>

#define HARK_SHARES_MAX 64
#define HARK_SHARE_ACCOUNTS_MAX 1000
#define HARK_SHARE_NAME_MAX 200 /* bytes of UTF-8 */

typedef struct {
  char *name;       /* as others see it; no two have the same */
  char *path;       /* whole, canonical */
  GArray *accounts; /* HarkKey */
} HarkShare;

/* hark_share_list_new: (transfer full): of HarkShare, empty. */
GPtrArray *hark_share_list_new (void);

/* hark_share_list_add: the share of @path, made when there is none, with @account in it; NULL when
 * there are HARK_SHARES_MAX, or HARK_SHARE_ACCOUNTS_MAX in it. */
HarkShare *hark_share_list_add (GPtrArray *shares, const char *path, const HarkKey *account);

/* hark_share_list_remove: @account (nullable: all of them) looks into @share no more; without
 * anybody it is gone. Returns whether there was such. */
bool hark_share_list_remove (GPtrArray *shares, HarkShare *share, const HarkKey *account);

/* hark_share_list_find: by path or name; NULL: none. */
HarkShare *hark_share_list_find (GPtrArray *shares, const char *path_or_name);

/* hark_share_has: @account may look into it. */
bool hark_share_has (const HarkShare *share, const HarkKey *account);

/* hark_share_list_write: (transfer full). _read: (transfer full): as much as makes sense of what
 * _write() wrote; @bytes: (nullable), not trusted. */
GBytes *hark_share_list_write (const GPtrArray *shares);
GPtrArray *hark_share_list_read (GBytes *bytes);
