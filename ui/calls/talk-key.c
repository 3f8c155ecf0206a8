#include "ui/calls/talk-key.h"

#include "ui/model/calls.h"
#include "ui/model/group-talk.h"
#include "ui/settings/settings.h"

#include <glib/gi18n.h>
#include <string.h>

#define KEY "hark-talk-key"

/* One for all windows: there is one microphone. */
typedef struct {
  bool muted; /* before it was held */
  bool anywhere;
  uint8_t call[HARK_ACCOUNT_LEN]; /* in which: with whom, or of which group */
} Held;

static Held *
held_of (HarkClient *client)
{
  return g_object_get_data (G_OBJECT (client), KEY);
}

const HarkTalkKey hark_talk_keys[HARK_TALK_KEYS] = {
  {"",          N_ ("No key")    },
  {"space",     N_ ("Space bar") },
  {"F8",        N_ ("F8")        },
  {"Control_R", N_ ("Right Ctrl")},
};

static bool
is_key (const GdkEventKey *event)
{
  g_autofree char *name = hark_settings_get_text (hark_settings_get (), HARK_SET_TALK_KEY);

  return *name && gdk_keyval_from_name (name) == event->keyval;
}

/* Where the key would write. */
static bool
is_written (GtkWindow *window, const GdkEventKey *event)
{
  GtkWidget *focus = gtk_window_get_focus (window);

  return event->keyval == GDK_KEY_space && focus
         && (GTK_IS_EDITABLE (focus)
             || (GTK_IS_TEXT_VIEW (focus) && gtk_text_view_get_editable (GTK_TEXT_VIEW (focus))));
}

static void
name_call (HarkClient *client, uint8_t ret[HARK_ACCOUNT_LEN])
{
  const HarkCall *call = hark_client_get_call_on (client);
  const HarkGroupCall *group = hark_group_talk_get (client);

  memset (ret, 0, HARK_ACCOUNT_LEN);
  if (call)
    memcpy (ret, call->contact, HARK_ACCOUNT_LEN);
  else if (group)
    memcpy (ret, group->group, sizeof group->group);
}

bool
hark_talk_key_hold (HarkClient *client, bool anywhere)
{
  Held *held;
  bool muted;

  g_return_val_if_fail (HARK_IS_CLIENT (client), false);

  if (held_of (client))
    return true; /* it repeats */
  if (!hark_talk_is_on (client, &muted))
    return false;
  held = g_new0 (Held, 1);
  *held = (Held){.muted = muted, .anywhere = anywhere};
  name_call (client, held->call);
  g_object_set_data_full (G_OBJECT (client), KEY, held, g_free);
  hark_talk_mute (client, !muted);
  return true;
}

void
hark_talk_key_let_go (HarkClient *client)
{
  g_autofree Held *held = NULL;
  uint8_t call[HARK_ACCOUNT_LEN];

  g_return_if_fail (HARK_IS_CLIENT (client));

  held = g_object_steal_data (G_OBJECT (client), KEY);
  name_call (client, call);
  if (held && memcmp (held->call, call, sizeof call) == 0)
    hark_talk_mute (client, held->muted);
}

static gboolean
on_press (GtkWindow *window, GdkEventKey *event, HarkClient *client)
{
  if (!is_key (event))
    return GDK_EVENT_PROPAGATE;
  if (!held_of (client)
      && ((event->state & gtk_accelerator_get_default_mod_mask ()) != 0
          || is_written (window, event)))
    return GDK_EVENT_PROPAGATE;
  return hark_talk_key_hold (client, false) ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
}

static gboolean
on_release (GtkWindow *window, GdkEventKey *event, HarkClient *client)
{
  (void) window;
  if (!is_key (event) || !held_of (client))
    return GDK_EVENT_PROPAGATE;
  hark_talk_key_let_go (client);
  return GDK_EVENT_STOP;
}

static gboolean
on_focus_out (GtkWidget *window, GdkEvent *event, HarkClient *client)
{
  (void) window;
  (void) event;
  if (held_of (client) && !held_of (client)->anywhere)
    hark_talk_key_let_go (client);
  return GDK_EVENT_PROPAGATE;
}

void
hark_talk_key_follow (GtkWidget *window, HarkClient *client)
{
  g_signal_connect (window, "key-press-event", G_CALLBACK (on_press), client);
  g_signal_connect (window, "key-release-event", G_CALLBACK (on_release), client);
  g_signal_connect (window, "focus-out-event", G_CALLBACK (on_focus_out), client);
}
