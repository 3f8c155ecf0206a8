#include "ui/desktop/key-grab.h"

#ifdef HARK_X11
#include <gdk/gdkx.h>

struct _HarkKeyGrab {
  GdkDisplay *display; /* borrowed: as long as the program */
  GdkWindow *root;     /* likewise */
  GArray *codes;       /* of guint */
  void (*held) (void *data, bool down);
  void *data;
  guint down; /* the code that is; 0: none */
};

static HarkKeyGrab *newest; /* nullable */

/* Caps Lock and Num Lock are modifiers to X11, and none to anybody else. */
static const guint locks[] = {0, LockMask, Mod2Mask, LockMask | Mod2Mask};

bool
hark_key_grab_is_possible (void)
{
  return GDK_IS_X11_DISPLAY (gdk_display_get_default ())
         && g_strcmp0 (g_getenv ("XDG_SESSION_TYPE"), "wayland") != 0
         && g_getenv ("WAYLAND_DISPLAY") == NULL;
}

static GdkFilterReturn
on_event (GdkXEvent *native, GdkEvent *event, gpointer data)
{
  const XEvent *x = native;
  HarkKeyGrab *grab = data;

  (void) event;
  if (x->type != KeyPress && x->type != KeyRelease)
    return GDK_FILTER_CONTINUE;
  if (x->type == KeyPress && grab->down == 0) {
    grab->down = x->xkey.keycode;
    grab->held (grab->data, true);
  } else if (x->type == KeyRelease && x->xkey.keycode == grab->down) {
    grab->down = 0;
    grab->held (grab->data, false);
  }
  return GDK_FILTER_REMOVE;
}

static void
ungrab (HarkKeyGrab *grab)
{
  Display *x = GDK_DISPLAY_XDISPLAY (grab->display);

  gdk_x11_display_error_trap_push (grab->display);
  for (guint i = 0; i < grab->codes->len; i++)
    for (guint j = 0; j < G_N_ELEMENTS (locks); j++)
      XUngrabKey (x, (int) g_array_index (grab->codes, guint, i), locks[j],
                  GDK_WINDOW_XID (grab->root));
  gdk_x11_display_error_trap_pop_ignored (grab->display);
}

/* Those of the first layer that give it: of F8 not the one behind Fn. */
static GArray *
find_codes (GdkDisplay *display, guint keyval)
{
  GArray *codes = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree GdkKeymapKey *keys = NULL;
  int n = 0;

  gdk_keymap_get_entries_for_keyval (gdk_keymap_get_for_display (display), keyval, &keys, &n);
  for (int i = 0; i < n; i++)
    if (keys[i].level == 0 && keys[i].group == 0)
      g_array_append_val (codes, keys[i].keycode);
  return codes;
}

HarkKeyGrab *
hark_key_grab_new (guint keyval, void (*held) (void *data, bool down), void *data)
{
  HarkKeyGrab *grab = g_new0 (HarkKeyGrab, 1);
  Display *x;

  grab->display = gdk_display_get_default ();
  grab->root = gdk_screen_get_root_window (gdk_display_get_default_screen (grab->display));
  grab->codes = find_codes (grab->display, keyval);
  grab->held = held;
  grab->data = data;
  x = GDK_DISPLAY_XDISPLAY (grab->display);
  gdk_x11_display_error_trap_push (grab->display);
  for (guint i = 0; i < grab->codes->len; i++)
    for (guint j = 0; j < G_N_ELEMENTS (locks); j++)
      XGrabKey (x, (int) g_array_index (grab->codes, guint, i), locks[j],
                GDK_WINDOW_XID (grab->root), False, GrabModeAsync, GrabModeAsync);
  gdk_window_add_filter (grab->root, on_event, grab);
  if (gdk_x11_display_error_trap_pop (grab->display) != 0 || grab->codes->len == 0) {
    hark_key_grab_free (grab);
    return NULL;
  }
  newest = grab;
  return grab;
}

void
hark_key_grab_free (HarkKeyGrab *grab)
{
  if (!grab)
    return;
  if (newest == grab)
    newest = NULL;
  gdk_window_remove_filter (grab->root, on_event, grab);
  ungrab (grab);
  if (grab->down)
    grab->held (grab->data, false);
  g_array_unref (grab->codes);
  g_free (grab);
}

static void
not_held (void *data, bool down)
{
  (void) data;
  (void) down;
}

bool
hark_key_grab_is_free (guint keyval)
{
  HarkKeyGrab *grab;

  if (newest)
    return true; /* giving back another of the same key would take this one's */
  grab = hark_key_grab_new (keyval, not_held, NULL);
  hark_key_grab_free (grab);
  return grab != NULL;
}

#else

bool
hark_key_grab_is_possible (void)
{
  return false;
}

HarkKeyGrab *
hark_key_grab_new (guint keyval, void (*held) (void *data, bool down), void *data)
{
  (void) keyval;
  (void) held;
  (void) data;
  return NULL;
}

void
hark_key_grab_free (HarkKeyGrab *grab)
{
  g_assert (!grab);
}

bool
hark_key_grab_is_free (guint keyval)
{
  (void) keyval;
  return false;
}
#endif
