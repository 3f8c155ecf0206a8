/* uilatency key KEYSYM COUNT [X Y W H] - presses a key COUNT times, prints ms from press to the
 * first repaint on the screen, or of that part of it.
 *
 * uilatency fps SECONDS WINDOW - counts repaint events of a window (0: whole screen) and the gaps
 * between them.
 *
 * Build: cc -O2 -o uilatency uilatency.c $(pkg-config --cflags --libs x11 xdamage xtst xfixes)
 */
#include <X11/Xlib.h>
#include <X11/extensions/XTest.h>
#include <X11/extensions/Xdamage.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
static double
ms (void)
{
  struct timespec t;
  clock_gettime (CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}
static int
cmp (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}
static Display *d;
static int base;
static Damage dm;
static int part[4]; /* x, y, width, height; width 0: anywhere */

static int
is_wanted (const XDamageNotifyEvent *e)
{
  return part[2] == 0
         || (e->area.x < part[0] + part[2] && e->area.x + e->area.width > part[0]
             && e->area.y < part[1] + part[3] && e->area.y + e->area.height > part[1]);
}
static void
drain (void)
{
  XEvent e;
  while (XPending (d)) {
    XNextEvent (d, &e);
    if (e.type == base + XDamageNotify)
      XDamageSubtract (d, dm, None, None);
  }
  XFlush (d);
}
static int
wait_damage (double until)
{
  for (;;) {
    while (XPending (d)) {
      XEvent e;
      XNextEvent (d, &e);
      if (e.type == base + XDamageNotify) {
        XDamageSubtract (d, dm, None, None);
        XFlush (d);
        if (is_wanted ((const XDamageNotifyEvent *) &e))
          return 1;
      }
    }
    double left = until - ms ();
    if (left <= 0)
      return 0;
    struct pollfd p = {ConnectionNumber (d), POLLIN, 0};
    poll (&p, 1, (int) left + 1);
  }
}
int
main (int c, char **v)
{
  int err;
  if (c < 4 || !(d = XOpenDisplay (NULL)) || !XDamageQueryExtension (d, &base, &err)) {
    fprintf (stderr, "usage: see the head of uilatency.c\n");
    return 2;
  }
  Window w = !strcmp (v[1], "fps") && atol (v[3]) ? (Window) atol (v[3]) : DefaultRootWindow (d);
  for (int i = 0; c >= 8 && i < 4; i++)
    part[i] = atoi (v[4 + i]);
  dm = XDamageCreate (d, w, part[2] ? XDamageReportRawRectangles : XDamageReportNonEmpty);
  XSync (d, False);
  drain ();
  int n = 0;
  double *t = malloc (sizeof *t * 100000);
  if (!strcmp (v[1], "key")) {
    KeyCode k = XKeysymToKeycode (d, XStringToKeysym (v[2]));
    int lost = 0;
    for (int i = 0; i < atoi (v[3]); i++) {
      usleep (170000 + (unsigned) (i * 7919 % 90000));
      drain ();
      double t0 = ms ();
      XTestFakeKeyEvent (d, k, True, 0);
      XTestFakeKeyEvent (d, k, False, 0);
      XFlush (d);
      if (wait_damage (t0 + 1000))
        t[n++] = ms () - t0;
      else
        lost++;
    }
    qsort (t, (size_t) n, sizeof *t, cmp);
    if (n)
      printf ("key to repaint: n %d min %.1f median %.1f p95 %.1f max %.1f ms, no repaint %d\n", n,
              t[0], t[n / 2], t[n * 95 / 100], t[n - 1], lost);
    else
      printf ("no repaint at all\n");
  } else {
    double end = ms () + atof (v[2]) * 1e3, last = 0;
    int frames = 0;
    while (ms () < end && n < 99999)
      if (wait_damage (end)) {
        double x = ms ();
        if (last == 0 || x - last > 2) {
          if (last)
            t[n++] = x - last;
          frames++;
          last = x;
        }
      }
    qsort (t, (size_t) n, sizeof *t, cmp);
    printf ("repaints %d in %.1f s", frames, atof (v[2]));
    if (n)
      printf (", gap median %.1f p95 %.1f max %.1f ms", t[n / 2], t[n * 95 / 100], t[n - 1]);
    printf ("\n");
  }
  return 0;
}
