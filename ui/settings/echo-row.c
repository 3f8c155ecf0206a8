#include "ui/settings/echo-row.h"

#include "ui/settings/rows.h"

#include <glib/gi18n.h>

typedef struct {
  HarkClient *client;
  GtkWidget *button; /* borrowed: owns this */
  bool on;
} Echo;

static void
echo_free (void *data)
{
  Echo *echo = data;

  g_object_unref (echo->client);
  g_free (echo);
}

static void
say (Echo *echo, const char *text)
{
  hdy_action_row_set_subtitle (g_object_get_data (G_OBJECT (echo->button), "hark-row"), text);
}

static void
show (Echo *echo)
{
  hark_row_set_verb (echo->button, echo->on ? _ ("_Stop") : _ ("_Try"));
  say (echo, echo->on ? _ ("Speak: you hear yourself two seconds later, as in a call.")
                      : _ ("As a call would sound, with nobody else there."));
}

static Echo *
echo_of (GObject *button)
{
  return g_object_get_data (button, "hark-echo");
}

static void
on_answer (GObject *button, const HarkEvent *result)
{
  if (!result->ok)
    say (echo_of (button), result->text);
}

static void
ask (Echo *echo, bool on)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_ECHO_TEST);

  command->on = on;
  hark_client_ask (echo->client, command, G_OBJECT (echo->button), on_answer);
}

static void
on_clicked (Echo *echo)
{
  ask (echo, !echo->on);
}

static void
on_unmap (Echo *echo)
{
  if (echo->on)
    ask (echo, false);
}

static void
on_told (GObject *button, const HarkEvent *event)
{
  Echo *echo = echo_of (button);

  if (event->kind != HARK_EVENT_ECHO_TEST)
    return;
  echo->on = event->on;
  show (echo);
}

void
hark_echo_row_add (GtkWidget *group, HarkClient *client)
{
  Echo *echo = g_new0 (Echo, 1);

  echo->client = g_object_ref (client);
  echo->button = hark_row_button (group, _ ("Hear yourself"), NULL, _ ("_Try"));
  g_object_set_data_full (G_OBJECT (echo->button), "hark-echo", echo, echo_free);
  g_signal_connect_swapped (echo->button, "clicked", G_CALLBACK (on_clicked), echo);
  g_signal_connect_swapped (echo->button, "unmap", G_CALLBACK (on_unmap), echo);
  g_signal_connect_object (client, "told", G_CALLBACK (on_told), echo->button, G_CONNECT_SWAPPED);
  show (echo);
}
