/* tests/bench/peer.h - engines in processes of their own, for benchmarks.
 *
 * A benchmark of this kind is one program in several roles. Started by hand it conducts: it starts
 * itself again, once for each role, so that no engine inherits memory or threads of another. The
 * conductor and its processes send each other notes; whoever loses the other one ends. Engines
 * stay on loopback; profiles lie in one folder under g_get_tmp_dir(), removed when the conductor
 * ends.
 *
 * One thread at a time. What goes wrong ends the process with a sentence on standard error.
 */
#pragma once

#include "core/hark.h"
#include "tests/bench/figures.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* ---- processes and notes ---- */

typedef struct {
  char word[32];
  char text[400];
  double number;
} BenchNote;

typedef struct {
  const char *name;
  void (*live) (int fd, char **arguments); /* @fd: to the conductor; NULL-terminated */
} BenchRole;

typedef struct {
  pid_t pid;
  int fd;
} BenchProcess;

/* bench_begin: first thing in main(): lives the role this process was started for and exits, or
 * returns in the conductor. */
void bench_begin (int argc, char **argv, const BenchRole *roles, size_t n_roles);

/* bench_start: a process for @role with up to 8 @arguments, the rest NULL. */
BenchProcess *bench_start (const char *role, const char *const *arguments);

/* bench_stop: it sees its conductor go, ends and is waited for; killed after 10 s. */
void bench_stop (BenchProcess *process);

void bench_tell (int fd, const char *word, const char *text, double number);

/* bench_hear: waits for the next note; false when the other side is gone. */
bool bench_hear (int fd, BenchNote *ret);

/* bench_expect: passes over notes until one says @word; fails after a minute. */
BenchNote bench_expect (const BenchProcess *process, const char *word);

void bench_fail (const char *format, ...) G_GNUC_NORETURN G_GNUC_PRINTF (1, 2);

/* bench_folder: of this conductor, made when first asked for. */
const char *bench_folder (void);

/* ---- an engine ---- */

typedef struct BenchPeer BenchPeer;

struct BenchPeer {
  int fd; /* to the conductor */
  HarkEngine *engine;
  void (*on_event) (BenchPeer *peer, const HarkEvent *event);
  void *data;
  char *profile;   /* NULL: a DHT node */
  char *bootstrap; /* NULL: none */
  bool is_told;    /* a note waits, or the conductor is gone */
};

/* bench_peer_init: makes the profile if it does not exist; the engine is started apart. */
void bench_peer_init (BenchPeer *peer,
                      int fd,
                      const char *profile,
                      const char *bootstrap,
                      void (*on_event) (BenchPeer *peer, const HarkEvent *event),
                      void *data);
void bench_peer_start (BenchPeer *peer);
void bench_peer_clear (BenchPeer *peer);

/* bench_peer_hear: takes events until the conductor says something; false when it is gone. */
bool bench_peer_hear (BenchPeer *peer, BenchNote *ret);

/* bench_peer_run: takes events until *@done, or exits when the conductor is gone. */
void bench_peer_run (BenchPeer *peer, const bool *done);

/* bench_peer_ask_address: a RESULT event brings it. */
void bench_peer_ask_address (BenchPeer *peer);
void bench_peer_add (BenchPeer *peer, const char *address);
void bench_peer_send (BenchPeer *peer, const uint8_t contact[HARK_ACCOUNT_LEN], const char *text);

/* bench_role_node: a DHT node, the first one without @arguments, else with that of another; tells
 * "ready" with "host:port". */
void bench_role_node (int fd, char **arguments);
