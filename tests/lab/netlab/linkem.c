/*
 * linkem - userspace network link emulator (Linux).
 *
 * Joins two network namespaces by a pair of TUN (or TAP) devices and carries
 * packets between them the way a real link would: per direction
 *
 *   device -> [drop-tail queue, `queue` bytes] -> [serialiser, `rate`]
 *          -> [random loss] -> [delay +- jitter, reordering] -> other device
 *
 * Build:  cc -O2 -Wall -Wextra -o linkem linkem.c
 * Usage:  linkem [-d] [-t] [-n SEED] [-o STATS] NETNS_A IF_A NETNS_B IF_B SPEC
 *         linkem -c SPEC          only check the SPEC
 *
 *   -d        go to the background once both devices exist
 *   -t        TAP (Ethernet) devices instead of TUN (IP)
 *   -n SEED   seed of the random numbers, for repeatable runs
 *   -o STATS  write counters to this file on SIGUSR1 and at exit
 *   NETNS     path such as /run/netns/NAME
 *   SPEC      key=value,...  or @FILE, which is read again on SIGHUP
 *
 * Keys (prefix "up-" = only A to B, "down-" = only B to A, none = both):
 *   rate=20mbit      bit/s; none = unlimited
 *   delay=20ms       one-way delay
 *   jitter=5ms       uniform, delay +-jitter; never reorders by itself
 *   loss=1           percent, after the serialiser (lost packets use the link)
 *   burst=4          mean length of a run of losses (Gilbert model)
 *   reorder=0.5      percent of packets held back ...
 *   reorder-by=10ms  ... by this much, so that later ones overtake them
 *   queue=64k        bytes; default: 100 ms at `rate`, at least 16k
 *
 * The process stays in NETNS_A and ends on SIGTERM or SIGINT; the devices go
 * with it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define MAX_PACKET 65600
#define READ_BUDGET 64         /* packets read per device before timers run */
#define MAX_BYTES (256L << 20) /* held per direction, whatever the settings */
#define NS 1000000000LL
#define GRAIN 100000LL /* ns; shortest sleep, so packets go in batches */

typedef int64_t ns_t;

struct packet {
  struct packet *next; /* in the queue */
  ns_t due;            /* in the heap: when to deliver */
  uint64_t seq;        /* in the heap: order among equal due times */
  size_t len;
  uint8_t data[];
};

struct params {
  double rate;                      /* bit/s, 0 = unlimited */
  double delay, jitter, reorder_by; /* ns */
  double loss, reorder;             /* 0..1 */
  double burst;
  double queue; /* bytes, 0 = default */
};

struct dir {
  const char *name;
  int in, out;
  struct params p;
  uint64_t rng;
  int losing; /* Gilbert model: in a run of losses */

  struct packet *head, **tail; /* drop-tail queue */
  size_t queued;               /* bytes in it */
  ns_t tx_end;                 /* when the head has left the serialiser */

  struct packet **heap; /* in flight, earliest due first */
  size_t heap_len, heap_cap;
  size_t flying; /* bytes in it */
  ns_t last_due;
  uint64_t seq;

  uint64_t in_packets, in_bytes, out_packets, out_bytes;
  uint64_t lost, overflowed, reordered, write_errors;
  size_t peak_queue;
};

static volatile sig_atomic_t want_stop, want_reload, want_stats;

static void
on_signal (int sig)
{
  if (sig == SIGHUP)
    want_reload = 1;
  else if (sig == SIGUSR1)
    want_stats = 1;
  else
    want_stop = 1;
}

static void
die (const char *what)
{
  fprintf (stderr, "linkem: %s: %s\n", what, strerror (errno));
  exit (1);
}

static ns_t
now_ns (void)
{
  struct timespec t;
  clock_gettime (CLOCK_MONOTONIC, &t);
  return t.tv_sec * NS + t.tv_nsec;
}

/* Uniform in [0, 1): xorshift64*. */
static double
uniform (struct dir *d)
{
  d->rng ^= d->rng >> 12;
  d->rng ^= d->rng << 25;
  d->rng ^= d->rng >> 27;
  return (double) ((d->rng * 0x2545F4914F6CDD1DULL) >> 11) / 9007199254740992.0;
}

/* ---- settings ---------------------------------------------------------- */

struct unit {
  const char *name;
  double factor;
};

static const struct unit rate_units[] = {
  {"",     1  },
  {"bit",  1  },
  {"kbit", 1e3},
  {"mbit", 1e6},
  {"gbit", 1e9},
  {0,      0  }
};
static const struct unit time_units[] = {
  {"",   1e6},
  {"us", 1e3},
  {"ms", 1e6},
  {"s",  1e9},
  {0,    0  }
};
static const struct unit size_units[] = {
  {"",  1      },
  {"b", 1      },
  {"k", 1024   },
  {"m", 1048576},
  {0,   0      }
};
static const struct unit percent_units[] = {
  {"",  0.01},
  {"%", 0.01},
  {0,   0   }
};
static const struct unit plain_units[] = {
  {"", 1},
  {0,  0}
};

static int
parse_value (const char *s, const struct unit *u, double *out)
{
  char *end;
  double v = strtod (s, &end);
  if (end == s || !(v >= 0))
    return -1;
  for (; u->name; u++)
    if (!strcasecmp (end, u->name)) {
      *out = v * u->factor;
      return 0;
    }
  return -1;
}

static int
set_key (struct params *p, const char *key, const char *value)
{
  if (!strcmp (key, "rate"))
    return parse_value (value, rate_units, &p->rate);
  if (!strcmp (key, "delay"))
    return parse_value (value, time_units, &p->delay);
  if (!strcmp (key, "jitter"))
    return parse_value (value, time_units, &p->jitter);
  if (!strcmp (key, "loss"))
    return parse_value (value, percent_units, &p->loss);
  if (!strcmp (key, "burst"))
    return parse_value (value, plain_units, &p->burst);
  if (!strcmp (key, "reorder"))
    return parse_value (value, percent_units, &p->reorder);
  if (!strcmp (key, "reorder-by"))
    return parse_value (value, time_units, &p->reorder_by);
  if (!strcmp (key, "queue"))
    return parse_value (value, size_units, &p->queue);
  return -1;
}

/* Fills both directions from a SPEC or @FILE; leaves them alone on error. */
static int
load_spec (const char *spec, struct dir *up, struct dir *down)
{
  struct params pu = {.reorder_by = 10e6}, pd = pu;
  char text[1024] = "";

  if (spec[0] == '@') {
    FILE *f = fopen (spec + 1, "r");
    if (!f) {
      fprintf (stderr, "linkem: %s: %s\n", spec + 1, strerror (errno));
      return -1;
    }
    if (!fgets (text, sizeof text, f))
      text[0] = 0;
    fclose (f);
    text[strcspn (text, "\r\n")] = 0;
  } else {
    snprintf (text, sizeof text, "%s", spec);
  }

  char *save = NULL;
  for (char *kv = strtok_r (text, ", ", &save); kv; kv = strtok_r (NULL, ", ", &save)) {
    char *eq = strchr (kv, '=');
    int bad = !eq;
    if (eq) {
      *eq = 0;
      if (!strncmp (kv, "up-", 3))
        bad = set_key (&pu, kv + 3, eq + 1);
      else if (!strncmp (kv, "down-", 5))
        bad = set_key (&pd, kv + 5, eq + 1);
      else
        bad = set_key (&pu, kv, eq + 1) || set_key (&pd, kv, eq + 1);
    }
    if (bad) {
      fprintf (stderr, "linkem: bad setting '%s%s%s'\n", kv, eq ? "=" : "", eq ? eq + 1 : "");
      return -1;
    }
  }
  up->p = pu;
  down->p = pd;
  return 0;
}

static size_t
queue_limit (const struct params *p)
{
  if (p->queue > 0)
    return (size_t) p->queue;
  double bytes = p->rate / 8 * 0.1;
  return bytes < 16384 ? 16384 : (size_t) bytes;
}

/* ---- the link ---------------------------------------------------------- */

static int
earlier (const struct packet *a, const struct packet *b)
{
  return a->due != b->due ? a->due < b->due : a->seq < b->seq;
}

static void
heap_push (struct dir *d, struct packet *p)
{
  if (d->heap_len == d->heap_cap) {
    d->heap_cap = d->heap_cap ? d->heap_cap * 2 : 1024;
    d->heap = realloc (d->heap, d->heap_cap * sizeof *d->heap);
    if (!d->heap)
      die ("realloc");
  }
  size_t i = d->heap_len++;
  while (i && earlier (p, d->heap[(i - 1) / 2])) {
    d->heap[i] = d->heap[(i - 1) / 2];
    i = (i - 1) / 2;
  }
  d->heap[i] = p;
  d->flying += p->len;
}

static struct packet *
heap_pop (struct dir *d)
{
  struct packet *top = d->heap[0], *last = d->heap[--d->heap_len];
  size_t i = 0;
  for (size_t c; (c = 2 * i + 1) < d->heap_len; i = c) {
    if (c + 1 < d->heap_len && earlier (d->heap[c + 1], d->heap[c]))
      c++;
    if (!earlier (d->heap[c], last))
      break;
    d->heap[i] = d->heap[c];
  }
  d->heap[i] = last;
  d->flying -= top->len;
  return top;
}

static int
is_lost (struct dir *d)
{
  double p = d->p.loss, b = d->p.burst;
  if (p <= 0)
    return 0;
  if (b <= 1 || p >= 1)
    return uniform (d) < p;
  if (d->losing)
    d->losing = uniform (d) >= 1 / b;
  else
    d->losing = uniform (d) < p / (b * (1 - p));
  return d->losing;
}

/* The packet has left the serialiser at `t`: lose it or send it on its way. */
static void
fly (struct dir *d, struct packet *p, ns_t t)
{
  if (is_lost (d)) {
    d->lost++;
    free (p);
    return;
  }
  double delay = d->p.delay;
  if (d->p.jitter > 0)
    delay += d->p.jitter * (2 * uniform (d) - 1);
  if (delay < 0)
    delay = 0;
  p->due = t + (ns_t) delay;
  p->seq = d->seq++;
  if (p->due < d->last_due)
    p->due = d->last_due;
  if (d->p.reorder > 0 && uniform (d) < d->p.reorder) {
    d->reordered++;
    p->due += (ns_t) d->p.reorder_by;
  } else {
    d->last_due = p->due;
  }
  heap_push (d, p);
}

static ns_t
tx_time (const struct dir *d, const struct packet *p)
{
  return d->p.rate > 0 ? (ns_t) ((double) p->len * 8e9 / d->p.rate) : 0;
}

static void
accept_packet (struct dir *d, const uint8_t *data, size_t len, ns_t t)
{
  d->in_packets++;
  d->in_bytes += len;
  if ((d->p.rate > 0 && d->head && d->queued + len > queue_limit (&d->p))
      || d->queued + d->flying + len > MAX_BYTES) {
    d->overflowed++;
    return;
  }
  struct packet *p = malloc (sizeof *p + len);
  if (!p)
    die ("malloc");
  p->next = NULL;
  p->len = len;
  memcpy (p->data, data, len);
  if (d->p.rate <= 0 && !d->head) {
    fly (d, p, t);
    return;
  }
  if (!d->head)
    d->tx_end = t + tx_time (d, p);
  *d->tail = p;
  d->tail = &p->next;
  d->queued += len;
  if (d->queued > d->peak_queue)
    d->peak_queue = d->queued;
}

/* Does everything that is due by `t`. */
static void
advance (struct dir *d, ns_t t)
{
  while (d->head && d->tx_end <= t) {
    struct packet *p = d->head;
    d->head = p->next;
    if (!d->head)
      d->tail = &d->head;
    d->queued -= p->len;
    ns_t end = d->tx_end;
    if (d->head)
      d->tx_end += tx_time (d, d->head);
    fly (d, p, end);
  }
  while (d->heap_len && d->heap[0]->due <= t) {
    struct packet *p = heap_pop (d);
    if (write (d->out, p->data, p->len) == (ssize_t) p->len) {
      d->out_packets++;
      d->out_bytes += p->len;
    } else {
      d->write_errors++; /* the device is down */
    }
    free (p);
  }
}

static ns_t
next_event (const struct dir *d)
{
  ns_t t = INT64_MAX;
  if (d->head)
    t = d->tx_end;
  if (d->heap_len && d->heap[0]->due < t)
    t = d->heap[0]->due;
  return t;
}

static void
write_stats (const char *path, const struct dir *dirs)
{
  char tmp[4096];
  if (!path)
    return;
  snprintf (tmp, sizeof tmp, "%s.new", path);
  FILE *f = fopen (tmp, "w");
  if (!f)
    return;
  for (int i = 0; i < 2; i++) {
    const struct dir *d = &dirs[i];
    fprintf (f,
             "%s in_packets=%llu in_bytes=%llu out_packets=%llu out_bytes=%llu"
             " lost=%llu overflowed=%llu reordered=%llu errors=%llu"
             " queued=%zu peak_queue=%zu\n",
             d->name, (unsigned long long) d->in_packets, (unsigned long long) d->in_bytes,
             (unsigned long long) d->out_packets, (unsigned long long) d->out_bytes,
             (unsigned long long) d->lost, (unsigned long long) d->overflowed,
             (unsigned long long) d->reordered, (unsigned long long) d->write_errors, d->queued,
             d->peak_queue);
  }
  if (fclose (f) == 0)
    rename (tmp, path);
}

/* Enters a network namespace and makes the device there. */
static int
open_device (const char *netns, const char *ifname, int tap)
{
  int ns = open (netns, O_RDONLY | O_CLOEXEC);
  if (ns < 0 || setns (ns, CLONE_NEWNET) < 0)
    die (netns);
  close (ns);

  int fd = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    die ("/dev/net/tun");
  struct ifreq r = {.ifr_flags = (short) ((tap ? IFF_TAP : IFF_TUN) | IFF_NO_PI)};
  snprintf (r.ifr_name, sizeof r.ifr_name, "%s", ifname);
  if (ioctl (fd, TUNSETIFF, &r) < 0)
    die (ifname);

  /* The only queue that drops shall be ours, so the kernel's is long. */
  int s = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  r.ifr_qlen = 4096;
  if (s < 0 || ioctl (s, SIOCSIFTXQLEN, &r) < 0)
    die ("txqueuelen");
  close (s);
  return fd;
}

/* Signals are only let in while waiting: returns the mask to wait with. */
static sigset_t
hold_signals (void)
{
  static const int signals[] = {SIGHUP, SIGUSR1, SIGTERM, SIGINT};
  sigset_t block, open_mask;
  struct sigaction sa = {.sa_handler = on_signal};

  sigemptyset (&block);
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
    sigaddset (&block, signals[i]);
    sigaction (signals[i], &sa, NULL);
  }
  sigprocmask (SIG_BLOCK, &block, &open_mask);
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
    sigdelset (&open_mask, signals[i]);
  return open_mask;
}

/* How long to wait for the next thing that is due in either direction; false: until a packet comes.
 */
static int
time_to_wait (struct dir dirs[2], struct timespec *ret)
{
  ns_t t = now_ns (), next = INT64_MAX;

  for (int i = 0; i < 2; i++) {
    advance (&dirs[i], t);
    ns_t e = next_event (&dirs[i]);
    if (e < next)
      next = e;
  }
  if (next == INT64_MAX)
    return 0;
  t = now_ns ();
  ns_t sleep = next - t > GRAIN ? next - t : GRAIN;
  *ret = (struct timespec){.tv_sec = sleep / NS, .tv_nsec = sleep % NS};
  return 1;
}

/* Takes what waits at one end. A device that is gone (its namespace too) ends the link. */
static void
read_packets (struct dir *dir, short revents)
{
  static uint8_t buf[MAX_PACKET];

  if (revents & (POLLNVAL | POLLHUP))
    want_stop = 1;
  for (int k = 0; k < READ_BUDGET; k++) {
    ssize_t len = read (dir->in, buf, sizeof buf);
    if (len <= 0) {
      if (len < 0 && errno != EAGAIN && errno != EINTR && errno != EIO)
        want_stop = 1;
      break;
    }
    accept_packet (dir, buf, (size_t) len, now_ns ());
  }
}

static void
carry_packets (struct dir dirs[2], const sigset_t *open_mask, const char *spec, const char *stats)
{
  struct pollfd fds[2] = {
    {.fd = dirs[0].in, .events = POLLIN},
    {.fd = dirs[1].in, .events = POLLIN}
  };

  while (!want_stop) {
    struct timespec wait;
    int n = ppoll (fds, 2, time_to_wait (dirs, &wait) ? &wait : NULL, open_mask);

    if (want_reload) {
      want_reload = 0;
      load_spec (spec, &dirs[0], &dirs[1]);
    }
    if (want_stats) {
      want_stats = 0;
      write_stats (stats, dirs);
    }
    if (n < 0 && errno != EINTR)
      die ("ppoll");
    for (int i = 0; n > 0 && i < 2; i++)
      read_packets (&dirs[i], fds[i].revents);
  }
}

int
main (int argc, char **argv)
{
  int opt, background = 0, tap = 0;
  const char *stats = NULL;
  uint64_t seed = (uint64_t) now_ns () ^ (uint64_t) getpid () << 32;

  struct dir dirs[2] = {{.name = "up"}, {.name = "down"}};

  while ((opt = getopt (argc, argv, "c:dtn:o:")) != -1) {
    if (opt == 'c')
      return load_spec (optarg, &dirs[0], &dirs[1]) < 0 ? 2 : 0;
    else if (opt == 'd')
      background = 1;
    else if (opt == 't')
      tap = 1;
    else if (opt == 'n')
      seed = strtoull (optarg, NULL, 0);
    else if (opt == 'o')
      stats = optarg;
    else
      return 2;
  }
  if (argc - optind != 5) {
    fprintf (stderr, "usage: linkem [-d] [-t] [-n SEED] [-o STATS]"
                     " NETNS_A IF_A NETNS_B IF_B SPEC|@FILE\n");
    return 2;
  }
  char **arg = argv + optind;
  if (load_spec (arg[4], &dirs[0], &dirs[1]) < 0)
    return 2;

  /* B first, so that the process ends up in A. */
  int b = open_device (arg[2], arg[3], tap), a = open_device (arg[0], arg[1], tap);
  dirs[0].in = dirs[1].out = a;
  dirs[1].in = dirs[0].out = b;
  for (int i = 0; i < 2; i++) {
    dirs[i].tail = &dirs[i].head;
    dirs[i].rng = (seed + (uint64_t) i) * 0x9E3779B97F4A7C15ULL | 1;
  }

  sigset_t open_mask = hold_signals ();
  if (background && daemon (0, 0) < 0)
    die ("daemon");

  /* Wake up on time on a busy machine too; both calls may fail harmlessly. */
  prctl (PR_SET_TIMERSLACK, 1UL);
  sched_setscheduler (0, SCHED_RR, &(struct sched_param){.sched_priority = 10});

  carry_packets (dirs, &open_mask, arg[4], stats);
  write_stats (stats, dirs);
  return 0;
}
