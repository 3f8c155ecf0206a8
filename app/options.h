/* app/options.h - what both programs take from the command line, and where profiles lie.
 */
#pragma once

#include "core/hark.h"

#include <glib.h>

/* Options of the engine; strings are owned. Clear with hark_options_clear(). */
typedef struct {
  char *profile; /* directory; the default one when not given */
  bool json;
  int port;
  char *bind;
  char **bootstrap, **peers;
  bool lan_only, no_lan, visible;
  bool no_dht;
  bool no_mapping;
  bool no_tcp;
  bool keep_echo, keep_noise, keep_gain;
  char *network;
  char *mic, *speaker;
  bool auto_accept_requests, auto_answer, no_relay;
  char *auto_accept_files;
  bool mailbox;     /* node: keep mail */
  int mailbox_size; /* MiB at most; 0: 1,024 */
  bool relay;       /* node: be a relay node */
  char **relay_hosts;
  char *log;
  bool cubic, no_aes, jumbo;
  int passphrase_fd; /* HARK_OPTIONS_NO_FD: none */
} HarkOptions;

#define HARK_OPTIONS_NO_FD G_MININT /* no option names a file descriptor */

/* hark_options_init: nothing given yet; hark_options_clear: frees. */
void hark_options_init (HarkOptions *options);
void hark_options_clear (HarkOptions *options);

/* hark_options_add: adds the options of an engine to @context; they are written to @options, which
 * must outlive the parsing. hark_options_add_headless: what is for one without a window besides:
 * those of `node`, and --json. */
void hark_options_add (HarkOptions *options, GOptionContext *context);
void hark_options_add_headless (HarkOptions *options, GOptionContext *context);

/* hark_options_finish: fills in defaults after parsing, and what the administrator decided
 * (app/house.h); checks ranges. */
bool hark_options_finish (HarkOptions *options, GError **error);

/* hark_options_to_config: @ret borrows from @options and @passphrase. */
void
hark_options_to_config (const HarkOptions *options, const char *passphrase, HarkEngineConfig *ret);

/* hark_options_read_passphrase: (transfer full) (nullable): the first line of a file descriptor;
 * NULL with @error when it cannot be read or is empty. Wipe with hark_words_free(). */
char *hark_options_read_passphrase (int fd, GError **error);

/* hark_options_set_log: @level: error, warning, info or debug; messages go to stderr. False for
 * other words. */
bool hark_options_set_log (const char *level);
