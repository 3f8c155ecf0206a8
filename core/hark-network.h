/* core/hark-network.h - a closed network as a file: NAME.hark, to be mailed, put on a stick or
 * dropped on the window: a door of core like core/hark.h.
 *
 * Any thread; reading and writing are pure, loading and saving touch the disk. A key file (Desktop
 * Entry Specification, "Basic format") with one group:
 *
 *   [Hark Network]
 *   Title=Example House           what people call it; a claim, shown as one; may be missing
 *   Network=hn1...@192.0.2.7:4470 a name, a secret or a link: as HarkEngineConfig.network
 *   Peers=192.0.2.8;192.0.2.9:4470  others who run Hark; may be missing
 *
 * Other groups and keys are refused: what is not understood must not be half obeyed. With a secret
 * in it the file is as secret as that: whoever has it is a member.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define HARK_NETWORK_FILE_LEN_MAX 16384 /* bytes */
#define HARK_NETWORK_FILE_TITLE_MAX 100 /* characters */
#define HARK_NETWORK_FILE_PEERS_MAX 16
#define HARK_NETWORK_FILE_SUFFIX ".hark"

typedef struct {
  char *title;   /* (nullable) UTF-8 without control characters */
  char *network; /* good, hark_network_check(); wiped */
  char **peers;  /* (nullable) "host[:port]", NULL-terminated */
} HarkNetworkFile;

/**
 * hark_network_file_read:
 * @text: (array length=len): from anybody, not trusted
 * @ret: (out caller-allocates): set only on success; hark_network_file_clear()
 *
 * Returns: (nullable): NULL when it is one, else why not, in a sentence; static
 */
const char *hark_network_file_read (const char *text, size_t len, HarkNetworkFile *ret);

/* hark_network_file_write: (transfer full): the text of @file; hark_words_free(), it may hold a
 * secret. */
char *hark_network_file_write (const HarkNetworkFile *file);

/* hark_network_file_load: hark_network_file_read() of what is at @path; no more than
 * HARK_NETWORK_FILE_LEN_MAX bytes are taken from there. False with @error, @ret untouched. */
bool hark_network_file_load (const char *path, HarkNetworkFile *ret, GError **error);

/* hark_network_file_save: @file at @path, for this user alone. False with @error: it cannot be
 * written, or would not be read again (a title too long, a network that is none). */
bool hark_network_file_save (const HarkNetworkFile *file, const char *path, GError **error);

/* hark_network_file_clear: frees and wipes what is in it. */
void hark_network_file_clear (HarkNetworkFile *file);
