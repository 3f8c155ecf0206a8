#include "core/voice/realtime.h"

#include <errno.h>
#include <sched.h>
#include <sys/resource.h>

#define PRIORITY 5 /* of 1 to 99: below the sound server's own threads */
#define NICE -10

void
hark_realtime_device (void)
{
  struct sched_param param = {.sched_priority = PRIORITY};

  sched_setscheduler (0, SCHED_RR | SCHED_RESET_ON_FORK, &param);
}

/* On Linux PRIO_PROCESS and 0 are the calling thread. A value that was chosen from outside and is
 * better already stays, so off is only what follows an on that did something. */
void
hark_realtime_engine (bool on)
{
  static _Thread_local int usual;
  static _Thread_local bool raised;

  if (on && !raised) {
    errno = 0;
    usual = getpriority (PRIO_PROCESS, 0);
    raised = errno == 0 && usual > NICE && setpriority (PRIO_PROCESS, 0, NICE) == 0;
  } else if (!on && raised) {
    setpriority (PRIO_PROCESS, 0, usual);
    raised = false;
  }
}
