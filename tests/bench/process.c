#include "tests/bench/peer.h"

#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 60000
#define STOP_MS 10000
#define ROLE_FD 3 /* the way to the conductor, in a process started for a role */
#define ARGUMENTS_MAX 8

static char *folder;
static GList *processes; /* BenchProcess */
static volatile sig_atomic_t interrupted;

void
bench_fail (const char *format, ...)
{
  va_list list;

  va_start (list, format);
  vfprintf (stderr, format, list);
  va_end (list);
  fputc ('\n', stderr);
  exit (1);
}

static int
remove_one (const char *path, const struct stat *status, int kind, struct FTW *at)
{
  (void) status;
  (void) kind;
  (void) at;
  return remove (path);
}

static void
clean_up (void)
{
  for (GList *at = processes; at != NULL; at = at->next) /* together: goodbyes take their time */
    shutdown (((BenchProcess *) at->data)->fd, SHUT_RDWR);
  while (processes != NULL)
    bench_stop (processes->data);
  if (folder != NULL)
    nftw (folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  g_clear_pointer (&folder, g_free);
}

const char *
bench_folder (void)
{
  if (folder == NULL)
    folder = g_dir_make_tmp ("hark-bench-XXXXXX", NULL);
  if (folder == NULL)
    bench_fail ("no folder for profiles can be made in %s", g_get_tmp_dir ());
  return folder;
}

static void
on_signal (int number)
{
  (void) number;
  interrupted = 1;
}

void
bench_begin (int argc, char **argv, const BenchRole *roles, size_t n_roles)
{
  struct sigaction action = {.sa_handler = on_signal};

  if (argc > 2 && strcmp (argv[1], "--role") == 0) {
    for (size_t i = 0; i < n_roles; i++)
      if (strcmp (argv[2], roles[i].name) == 0) {
        roles[i].live (ROLE_FD, argv + 3);
        exit (0);
      }
    bench_fail ("there is no role %s", argv[2]);
  }
  atexit (clean_up);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGPIPE, &action, NULL);
}

static void
become (const char *role, const char *const *arguments, int fd)
{
  char *argv[ARGUMENTS_MAX + 4] = {g_strdup ("bench"), g_strdup ("--role"), g_strdup (role)};

  for (int i = 0; i < ARGUMENTS_MAX && arguments != NULL && arguments[i] != NULL; i++)
    argv[i + 3] = g_strdup (arguments[i]);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (fd == ROLE_FD || dup2 (fd, ROLE_FD) == ROLE_FD)
    execv ("/proc/self/exe", argv);
  _exit (127);
}

BenchProcess *
bench_start (const char *role, const char *const *arguments)
{
  BenchProcess *process = g_new0 (BenchProcess, 1);
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
    bench_fail ("socketpair: %s", g_strerror (errno));
  process->pid = fork ();
  if (process->pid == 0)
    become (role, arguments, fds[1]);
  if (process->pid < 0)
    bench_fail ("fork: %s", g_strerror (errno));
  close (fds[1]);
  process->fd = fds[0];
  processes = g_list_prepend (processes, process);
  return process;
}

void
bench_stop (BenchProcess *process)
{
  int status = 0, waited = 0;

  shutdown (process->fd, SHUT_RDWR);
  while (waitpid (process->pid, &status, WNOHANG) == 0) {
    if (++waited == STOP_MS)
      kill (process->pid, SIGKILL);
    g_usleep (1000);
  }
  close (process->fd);
  processes = g_list_remove (processes, process);
  g_free (process);
  if (!WIFEXITED (status) || WEXITSTATUS (status) != 0)
    fprintf (stderr, "a process of the benchmark ended with status 0x%x\n", (unsigned) status);
}

void
bench_tell (int fd, const char *word, const char *text, double number)
{
  BenchNote note = {.number = number};

  g_strlcpy (note.word, word, sizeof note.word);
  g_strlcpy (note.text, text != NULL ? text : "", sizeof note.text);
  send (fd, &note, sizeof note, MSG_NOSIGNAL); /* one that is gone is noticed by hearing */
}

bool
bench_hear (int fd, BenchNote *ret)
{
  struct pollfd wait = {.fd = fd, .events = POLLIN};
  int ready = poll (&wait, 1, PATIENCE_MS);

  if (interrupted)
    bench_fail ("interrupted");
  if (ready == 0)
    bench_fail ("nothing happened for a minute");
  return ready > 0 && recv (fd, ret, sizeof *ret, 0) == (ssize_t) sizeof *ret;
}

BenchNote
bench_expect (const BenchProcess *process, const char *word)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_MS * 1000;
  BenchNote note;

  do {
    if (!bench_hear (process->fd, &note))
      bench_fail ("a process ended before it said \"%s\"", word);
    if (g_get_monotonic_time () > deadline)
      bench_fail ("nobody said \"%s\" for a minute", word);
  } while (strcmp (note.word, word) != 0);
  return note;
}
