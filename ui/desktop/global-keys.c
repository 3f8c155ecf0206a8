#include "ui/desktop/global-keys.h"

#include "ui/calls/talk-key.h"
#include "ui/desktop/follower.h"
#include "ui/desktop/key-grab.h"
#include "ui/desktop/shortcuts.h"
#include "ui/model/calls.h"
#include "ui/settings/settings.h"

#include <glib/gi18n.h>
#include <string.h>

#define TALK "talk"
#define MUTE "mute"

struct _HarkGlobalKeys {
  HarkClient *client;
  GDBusConnection *bus;
  HarkFollower *follower;
  HarkKeyGrab *grab;        /* nullable */
  char *grabbed;            /* which key */
  HarkShortcuts *shortcuts; /* nullable */
  HarkShortcut wanted[3];
  bool over; /* the desktop ended them: not asked again in this call */
};

/* Whoever writes needs the space bar. */
static guint
chosen (void)
{
  g_autofree char *name = hark_settings_get_text (hark_settings_get (), HARK_SET_TALK_KEY);

  return !*name || strcmp (name, "space") == 0 ? GDK_KEY_VoidSymbol : gdk_keyval_from_name (name);
}

static void
on_key (void *data, bool down)
{
  HarkGlobalKeys *keys = data;

  if (down)
    hark_talk_key_hold (keys->client, true);
  else
    hark_talk_key_let_go (keys->client);
}

static void
on_shortcut (void *data, const char *id, bool down)
{
  HarkGlobalKeys *keys = data;
  bool muted;

  if (strcmp (id, TALK) == 0)
    on_key (keys, down);
  else if (strcmp (id, MUTE) == 0 && down && hark_talk_is_on (keys->client, &muted))
    hark_talk_mute (keys->client, !muted);
}

static void
on_ended (void *data)
{
  HarkGlobalKeys *keys = data;

  keys->over = true;
  hark_talk_key_let_go (keys->client); /* nobody sees its release */
  hark_follower_look (keys->follower);
}

static const HarkShortcutsTells shortcuts_tell = {on_shortcut, on_ended};

static void
follow_grab (HarkGlobalKeys *keys, bool wanted)
{
  const guint key = wanted ? chosen () : GDK_KEY_VoidSymbol;
  const char *name = key == GDK_KEY_VoidSymbol ? NULL : gdk_keyval_name (key);

  if (g_strcmp0 (name, keys->grabbed) == 0)
    return;
  g_clear_pointer (&keys->grab, hark_key_grab_free);
  g_free (keys->grabbed);
  keys->grabbed = g_strdup (name);
  if (name)
    keys->grab = hark_key_grab_new (key, on_key, keys);
}

/* The desktop may ask the user: not before there is a call, and once they are there they stay. */
static void
follow_shortcuts (HarkGlobalKeys *keys, bool on, bool wanted)
{
  if (keys->shortcuts && (keys->over || !on))
    g_clear_pointer (&keys->shortcuts, hark_shortcuts_free);
  if (!wanted)
    keys->over = false;
  else if (!keys->shortcuts && !keys->over)
    keys->shortcuts = hark_shortcuts_new (keys->bus, keys->wanted, &shortcuts_tell, keys);
}

static void
follow (void *data)
{
  HarkGlobalKeys *keys = data;
  const bool on = hark_settings_get_flag (hark_settings_get (), HARK_SET_TALK_ANYWHERE);
  const bool wanted = on && hark_talk_is_on (keys->client, NULL);

  if (hark_key_grab_is_possible ())
    follow_grab (keys, wanted);
  else
    follow_shortcuts (keys, on, wanted);
}

static void
on_setting (HarkGlobalKeys *keys, const char *key)
{
  if (strcmp (key, HARK_SET_TALK_ANYWHERE) == 0 || strcmp (key, HARK_SET_TALK_KEY) == 0)
    hark_follower_look (keys->follower);
}

HarkGlobalKeys *
hark_global_keys_new (HarkClient *client, GDBusConnection *bus)
{
  HarkGlobalKeys *keys = g_new0 (HarkGlobalKeys, 1);

  keys->client = g_object_ref (client);
  keys->bus = g_object_ref (bus);
  keys->wanted[0] = (HarkShortcut){TALK, _ ("Push to talk")};
  keys->wanted[1] = (HarkShortcut){MUTE, _ ("Mute the microphone, or no longer")};
  keys->follower = hark_follower_new (client, follow, keys);
  g_signal_connect_swapped (hark_settings_get (), "changed", G_CALLBACK (on_setting), keys);
  return keys;
}

void
hark_global_keys_free (HarkGlobalKeys *keys)
{
  if (!keys)
    return;
  g_signal_handlers_disconnect_by_data (hark_settings_get (), keys);
  hark_key_grab_free (keys->grab);
  hark_shortcuts_free (keys->shortcuts);
  hark_follower_free (keys->follower);
  g_object_unref (keys->bus);
  g_object_unref (keys->client);
  g_free (keys->grabbed);
  g_free (keys);
}

HarkKeysWay
hark_global_keys_way (void)
{
  if (!hark_key_grab_is_possible ())
    return HARK_KEYS_DESKTOPS;
  if (chosen () == GDK_KEY_VoidSymbol)
    return HARK_KEYS_CHOOSE;
  return hark_key_grab_is_free (chosen ()) ? HARK_KEYS_OWN : HARK_KEYS_TAKEN;
}
