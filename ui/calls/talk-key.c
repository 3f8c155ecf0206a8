#include "ui/calls/talk-key.h"

#include "ui/model/calls.h"
#include "ui/settings/settings.h"

#include <glib/gi18n.h>
#include <string.h>

#define KEY "hark-talk-key"

typedef struct {
  HarkClient *client;
  bool held;
} Context;

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
let_go (Context *context)
{
  if (!context->held)
    return;
  context->held = false;
  hark_talk_mute (context->client, true);
}

static gboolean
on_press (GtkWindow *window, GdkEventKey *event, Context *context)
{
  bool muted;

  if (!is_key (event))
    return GDK_EVENT_PROPAGATE;
  if (context->held)
    return GDK_EVENT_STOP; /* it repeats */
  if ((event->state & gtk_accelerator_get_default_mod_mask ()) != 0 || is_written (window, event)
      || !hark_talk_is_on (context->client, &muted) || !muted)
    return GDK_EVENT_PROPAGATE;
  context->held = true;
  hark_talk_mute (context->client, false);
  return GDK_EVENT_STOP;
}

static gboolean
on_release (GtkWindow *window, GdkEventKey *event, Context *context)
{
  (void) window;
  if (!context->held || !is_key (event))
    return GDK_EVENT_PROPAGATE;
  let_go (context);
  return GDK_EVENT_STOP;
}

static gboolean
on_focus_out (GtkWidget *window, GdkEvent *event, Context *context)
{
  (void) window;
  (void) event;
  let_go (context);
  return GDK_EVENT_PROPAGATE;
}

void
hark_talk_key_follow (GtkWidget *window, HarkClient *client)
{
  Context *context = g_new0 (Context, 1);

  context->client = client;
  g_object_set_data_full (G_OBJECT (window), KEY, context, g_free);
  g_signal_connect (window, "key-press-event", G_CALLBACK (on_press), context);
  g_signal_connect (window, "key-release-event", G_CALLBACK (on_release), context);
  g_signal_connect (window, "focus-out-event", G_CALLBACK (on_focus_out), context);
}
