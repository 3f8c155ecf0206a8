/* ui/desktop/shortcuts.h - keys of Hark's that the desktop listens for, whichever window is in
 * front; which they are is for the user to say, to the desktop. Main thread.
 *
 * Source: org.freedesktop.portal.GlobalShortcuts, version 1 (XDG Desktop Portal).
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

typedef struct _HarkShortcuts HarkShortcuts;

typedef struct {
  const char *id;
  const char *title; /* in words, for the desktop to show */
} HarkShortcut;

typedef struct {
  void (*held) (void *data, const char *id, bool down);
  void (*ended) (
    void *data); /* refused, or taken back; nothing more is told: free it, now or later */
} HarkShortcutsTells;

/* hark_shortcuts_new: asks for @shortcuts, an array that ends with an id of NULL and, as @tells,
 * lives as long as what is returned. @bus is kept. The desktop may ask the user. */
HarkShortcuts *hark_shortcuts_new (GDBusConnection *bus,
                                   const HarkShortcut *shortcuts,
                                   const HarkShortcutsTells *tells,
                                   void *data);

/* hark_shortcuts_free: (nullable): gives them back. Nothing is told any more. */
void hark_shortcuts_free (HarkShortcuts *shortcuts);

/* hark_shortcuts_find: calls @found (@owner) once it is known whether this desktop has them; never
 * when @owner is gone by then. */
void hark_shortcuts_find (GDBusConnection *bus,
                          GObject *owner,
                          void (*found) (GObject *owner, bool there));
