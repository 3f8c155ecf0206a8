#include "app/harden.h"

#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static char *
read_proc (const char *path, const char *key)
{
  g_autofree char *text = NULL;
  const char *at;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  at = strstr (text, key);
  g_assert_nonnull (at);
  return g_strndup (at, strcspn (at, "\n"));
}

static void
test_harden (void)
{
  g_autofree char *cores = NULL;
  g_autofree char *privileges = NULL;
  struct rlimit limit = {1024, 0};
  rlim_t most;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  most = MIN (limit.rlim_max, 16384);
  limit.rlim_cur = 1000;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  hark_harden ();
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_cmpuint (limit.rlim_cur, ==, most);
  g_assert_cmpint (getrlimit (RLIMIT_CORE, &limit), ==, 0);
  g_assert_cmpuint (limit.rlim_cur, ==, 0);
  g_assert_cmpuint (limit.rlim_max, ==, 0);
  g_assert_cmpint (prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), ==, 1);

  cores = read_proc ("/proc/self/limits", "Max core file size");
  g_assert_nonnull (strstr (cores, " 0 "));
  privileges = read_proc ("/proc/self/status", "NoNewPrivs:");
  g_assert_true (g_str_has_suffix (privileges, "1"));
  if (prctl (PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
    g_test_skip ("with AddressSanitizer the process stays open to its leak checker");
}

/* What is opened next must not be what is printed into. */
static void
test_streams (void)
{
  int fd;

  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_passed ();
    return;
  }
  close (STDIN_FILENO);
  close (STDOUT_FILENO);
  close (STDERR_FILENO);
  hark_harden ();
  fd = open ("/dev/null", O_RDWR);
  _exit (fd > STDERR_FILENO && write (STDOUT_FILENO, "x", 1) < 0 ? 0 : 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/harden/nobody-looks-in", test_harden);
  g_test_add_func ("/harden/closed-streams-stay-taken", test_streams);
  return g_test_run ();
}
