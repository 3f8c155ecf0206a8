/* tests/lab/shift-clock.c - a wall clock that is wrong, for one process (LD_PRELOAD).
 *
 * HARK_TEST_CLOCK names a file that holds one 64-bit number of seconds, in the machine's order: by
 * so much this process sees the wall clock ahead. Writing to the file sets the clock while it runs.
 * Time that only counts up is left alone, as by an administrator who sets the date.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const _Atomic int64_t *shift;

__attribute__ ((constructor)) static void
open_shift (void)
{
  const char *path = getenv ("HARK_TEST_CLOCK");
  int fd = path ? open (path, O_RDONLY | O_CLOEXEC) : -1;
  void *page;

  if (fd < 0)
    return;
  page = mmap (NULL, sizeof (int64_t), PROT_READ, MAP_SHARED, fd, 0);
  close (fd);
  if (page != MAP_FAILED)
    shift = page;
}

int
clock_gettime (clockid_t clock, struct timespec *ret)
{
  long result = syscall (SYS_clock_gettime, clock, ret);

  if (result == 0 && shift && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    ret->tv_sec += atomic_load (shift);
  return (int) result;
}

int
gettimeofday (struct timeval *restrict ret, void *restrict zone)
{
  struct timespec time;

  (void) zone;
  clock_gettime (CLOCK_REALTIME, &time);
  ret->tv_sec = time.tv_sec;
  ret->tv_usec = time.tv_nsec / 1000;
  return 0;
}

time_t
time (time_t *ret)
{
  struct timespec time;

  clock_gettime (CLOCK_REALTIME, &time);
  if (ret)
    *ret = time.tv_sec;
  return time.tv_sec;
}
