#include "tests/bench/peer.h"

#include <glib-unix.h>
#include <stdlib.h>
#include <string.h>

static void
on_event (const HarkEvent *event, void *data)
{
  BenchPeer *peer = data;

  if (event->kind == HARK_EVENT_RESULT && !event->ok)
    bench_fail ("a command was refused: %s", event->text);
  if (event->kind == HARK_EVENT_WARNING)
    g_printerr ("warning: %s\n", event->text);
  if (peer->on_event != NULL)
    peer->on_event (peer, event);
}

static gboolean
on_told (gint fd, GIOCondition condition, gpointer data)
{
  (void) fd;
  (void) condition;
  ((BenchPeer *) data)->is_told = true;
  return G_SOURCE_REMOVE;
}

static void
listen_to_conductor (BenchPeer *peer)
{
  peer->is_told = false;
  g_unix_fd_add (peer->fd, G_IO_IN | G_IO_HUP, on_told, peer);
}

void
bench_peer_init (BenchPeer *peer,
                 int fd,
                 const char *profile,
                 const char *bootstrap,
                 void (*handle_event) (BenchPeer *peer, const HarkEvent *event),
                 void *data)
{
  g_autofree char *name = profile != NULL ? g_path_get_basename (profile) : NULL;
  g_autoptr (GError) error = NULL;

  *peer = (BenchPeer){.fd = fd,
                      .on_event = handle_event,
                      .data = data,
                      .profile = g_strdup (profile),
                      .bootstrap = g_strdup (bootstrap)};
  if (profile != NULL && !hark_profile_exists (profile)
      && !hark_profile_create (profile, name, NULL, NULL, NULL, &error))
    bench_fail ("%s", error->message);
  listen_to_conductor (peer);
}

void
bench_peer_start (BenchPeer *peer)
{
  const char *hosts[] = {peer->bootstrap, NULL};
  HarkEngineConfig config = {.profile = peer->profile,
                             .bind = "127.0.0.1",
                             .bootstrap = hosts,
                             .mic = "none",
                             .speaker = "none",
                             .downloads = peer->profile,
                             .auto_accept_requests = true};
  g_autoptr (GError) error = NULL;

  peer->engine = hark_engine_new (&config, NULL, on_event, peer, &error);
  if (peer->engine == NULL)
    bench_fail ("%s", error->message);
}

void
bench_peer_clear (BenchPeer *peer)
{
  if (peer->engine != NULL)
    hark_engine_free (peer->engine);
  g_free (peer->profile);
  g_free (peer->bootstrap);
}

bool
bench_peer_hear (BenchPeer *peer, BenchNote *ret)
{
  bool heard;

  while (!peer->is_told)
    g_main_context_iteration (NULL, TRUE);
  heard = bench_hear (peer->fd, ret);
  if (heard)
    listen_to_conductor (peer);
  return heard;
}

void
bench_peer_run (BenchPeer *peer, const bool *done)
{
  BenchNote note;

  while (!*done) {
    if (peer->is_told && !bench_peer_hear (peer, &note))
      exit (1);
    g_main_context_iteration (NULL, TRUE);
  }
}

void
bench_peer_ask_address (BenchPeer *peer)
{
  hark_engine_send (peer->engine, hark_command_new (HARK_COMMAND_ADDRESS));
}

void
bench_peer_add (BenchPeer *peer, const char *address)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_ADD);

  command->address = g_strdup (address);
  hark_engine_send (peer->engine, command);
}

void
bench_peer_send (BenchPeer *peer, const uint8_t contact[HARK_ACCOUNT_LEN], const char *text)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_SEND);

  command->has_contact = true;
  memcpy (command->contact, contact, sizeof command->contact);
  command->text = g_strdup (text);
  hark_engine_send (peer->engine, command);
}

/* ---- the bootstrap node ---- */

static void
tell_port (BenchPeer *peer, const HarkEvent *event)
{
  if (event->kind == HARK_EVENT_READY) {
    g_autofree char *host_port = g_strdup_printf ("127.0.0.1:%u", event->port);

    bench_tell (peer->fd, "ready", host_port, 0);
  }
}

void
bench_role_node (int fd, char **arguments)
{
  BenchPeer peer;
  BenchNote note;

  bench_peer_init (&peer, fd, NULL, arguments[0], tell_port, NULL);
  bench_peer_start (&peer);
  while (bench_peer_hear (&peer, &note))
    continue;
  bench_peer_clear (&peer);
}
