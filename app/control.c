#include "app/control.h"

#include "app/command-lines.h"
#include "app/json/json.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_LEN (64u << 10)   /* bytes */
#define BACKLOG_MAX (8u << 20) /* bytes a client may leave unread before it is dropped */
#define CLIENTS_MAX 32
#define RECORDS "r" /* in the tag of a command that starts a recording */

struct HarkControl {
  HarkEngine *engine;
  GSocketService *service;
  char *path;
  char *link;          /* to it, in the profile */
  GHashTable *clients; /* number -> Client */
  unsigned next;
  unsigned recorder; /* the client for whom the microphone is open; 0: none */
};

/* One connection. Its tags are sent to the engine as "@number:tag". */
typedef struct {
  HarkControl *control;
  unsigned number;
  GSocketConnection *connection;
  GInputStream *input; /* the connection's */
  HarkCommandLines *lines;
  GByteArray *unsent;
  GBytes *sending; /* NULL when nothing is under way */
  GCancellable *cancellable;
  bool writing;
  bool ending; /* as soon as everything is written */
} Client;

static char *
path_of (const char *dir)
{
  g_autofree char *real = realpath (dir, NULL);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, real ? real : dir, -1);

  hash[16] = '\0';
  return g_strdup_printf ("%s/hark/%s.sock", g_get_user_runtime_dir (), hash);
}

static char *
link_in (const char *dir)
{
  return g_build_filename (dir, "socket", NULL);
}

static void
client_free (Client *client)
{
  g_cancellable_cancel (client->cancellable);
  g_object_unref (client->cancellable);
  g_io_stream_close (G_IO_STREAM (client->connection), NULL, NULL);
  g_object_unref (client->connection);
  hark_command_lines_free (client->lines);
  g_byte_array_unref (client->unsent);
  g_clear_pointer (&client->sending, g_bytes_unref);
  g_free (client);
}

static bool
starts_recording (const HarkCommand *command)
{
  return command->kind == HARK_COMMAND_RECORD && g_strcmp0 (command->how, "start") == 0;
}

/* The microphone must not stay open for somebody who is gone. */
static void
cancel_recording (HarkControl *control)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_RECORD);

  command->how = g_strdup ("cancel");
  command->tag = g_strdup ("@0:");
  control->recorder = 0;
  hark_engine_send (control->engine, command);
}

static void
client_drop (Client *client)
{
  if (client->control->recorder == client->number)
    cancel_recording (client->control);
  g_hash_table_remove (client->control->clients, GUINT_TO_POINTER (client->number));
}

static void client_write (Client *client);

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gssize n = g_output_stream_write_bytes_finish (G_OUTPUT_STREAM (source), result, &error);
  Client *client = data;
  g_autoptr (GBytes) sent = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the client is gone */
  if (n <= 0) {
    client_drop (client);
    return;
  }

  sent = g_steal_pointer (&client->sending);
  if ((gsize) n < g_bytes_get_size (sent))
    client->sending = g_bytes_new_from_bytes (sent, (gsize) n, g_bytes_get_size (sent) - (gsize) n);
  client->writing = false;
  if (client->ending && !client->sending && client->unsent->len == 0)
    client_drop (client);
  else
    client_write (client);
}

/* What is being written must not move while more is added, so it leaves the array whole. */
static void
client_write (Client *client)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (client->connection));

  if (client->writing)
    return;
  if (!client->sending && client->unsent->len > 0) {
    client->sending = g_byte_array_free_to_bytes (client->unsent);
    client->unsent = g_byte_array_new ();
  }
  if (!client->sending)
    return;
  client->writing = true;
  g_output_stream_write_bytes_async (output, client->sending, G_PRIORITY_DEFAULT,
                                     client->cancellable, on_written, client);
}

static void
client_say (Client *client, const char *line)
{
  g_byte_array_append (client->unsent, (const guint8 *) line, (guint) strlen (line));
  g_byte_array_append (client->unsent, (const guint8 *) "\n", 1);
  client_write (client);
}

static void
client_command (Client *client, const char *line)
{
  g_autofree char *tag = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (HarkCommand) command = hark_json_parse_command (line, &tag, &name, &error);

  if (!command) {
    g_autofree char *refusal = hark_json_format_refusal (tag, name, "bad-command", error->message);

    client_say (client, refusal);
    return;
  }

  g_free (command->tag);
  command->tag = g_strdup_printf ("@%u%s:%s", client->number,
                                  starts_recording (command) ? RECORDS : "", tag ? tag : "");
  hark_engine_send (client->control->engine, g_steal_pointer (&command));
}

/* Every whole line of what was read; one that is too long is the last. */
static void
take_lines (Client *client)
{
  HarkCommandLinesResult result;
  char *line;

  while ((result = hark_command_lines_take (client->lines, &line)) == HARK_COMMAND_LINES_ONE) {
    client_command (client, line);
    g_free (line);
  }
  if (result == HARK_COMMAND_LINES_TOO_LONG) {
    g_autofree char *sentence = hark_command_lines_sentence ();
    g_autofree char *refusal = hark_json_format_refusal (NULL, NULL, "bad-command", sentence);

    client->ending = true;
    client_say (client, refusal);
  }
}

static void on_read (GObject *source, GAsyncResult *result, gpointer data);

static void
client_read (Client *client)
{
  g_input_stream_read_bytes_async (client->input, READ_LEN, G_PRIORITY_DEFAULT, client->cancellable,
                                   on_read, client);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes
    = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  const gsize len = bytes ? g_bytes_get_size (bytes) : 0;
  Client *client = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (len > 0) {
    hark_command_lines_add (client->lines, bytes);
  } else if (!hark_command_lines_end (client->lines)) {
    client_drop (client);
    return;
  }
  take_lines (client);
  if (!client->ending)
    client_read (client);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  HarkControl *control = data;
  Client *client;

  (void) service;
  (void) source;
  if (g_hash_table_size (control->clients) >= CLIENTS_MAX)
    return TRUE;

  client = g_new0 (Client, 1);
  client->control = control;
  client->number = ++control->next;
  client->connection = g_object_ref (connection);
  client->input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  client->lines = hark_command_lines_new ();
  client->unsent = g_byte_array_new ();
  client->cancellable = g_cancellable_new ();
  g_hash_table_insert (control->clients, GUINT_TO_POINTER (client->number), client);
  client_read (client);
  return TRUE;
}

HarkControl *
hark_control_new (const char *dir, HarkEngine *engine, GError **error)
{
  g_autofree char *path = path_of (dir);
  g_autofree char *link = link_in (dir);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketService) service = g_socket_service_new ();
  HarkControl *control;

  /* The profile's lock is ours, so a socket that lies here is a dead engine's. The folder keeps
   * others out from the start: umask() would be every thread's. */
  g_mkdir_with_parents (folder, 0700);
  g_chmod (folder, 0700);
  g_unlink (path);
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, error))
    return NULL;
  g_chmod (path, 0600);
  g_unlink (link);
  if (symlink (path, link) != 0) /* as in a folder that can only be read */
    g_debug ("no link to the socket in the profile: %s", g_strerror (errno));

  control = g_new0 (HarkControl, 1);
  control->engine = engine;
  control->path = g_steal_pointer (&path);
  control->link = g_steal_pointer (&link);
  control->clients
    = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) (void (*) (void)) client_free);
  control->service = g_steal_pointer (&service);
  g_signal_connect (control->service, "incoming", G_CALLBACK (on_incoming), control);
  g_socket_service_start (control->service);
  return control;
}

/* Who recorded what: the one whose "start" succeeded, until the recording is over. */
static void
note_recorder (HarkControl *control, const HarkEvent *event)
{
  char *end;
  guint64 number;

  if (event->kind == HARK_EVENT_RECORDING && event->recording->phase == HARK_RECORDING_OVER)
    control->recorder = 0;
  if (event->kind != HARK_EVENT_RESULT || !event->ok || !event->tag || event->tag[0] != '@')
    return;
  number = g_ascii_strtoull (event->tag + 1, &end, 10);
  if (!g_str_has_prefix (end, RECORDS))
    return;
  control->recorder = (unsigned) number;
  if (!g_hash_table_contains (control->clients, GUINT_TO_POINTER (control->recorder)))
    cancel_recording (control);
}

/* "@number:tag" of one of our clients, or "@number" RECORDS ":tag"; @ret_tag points behind the
 * colon. */
static Client *
find_asker (HarkControl *control, const char *tag, const char **ret_tag)
{
  char *end;
  guint64 number;

  if (!tag || tag[0] != '@')
    return NULL;
  number = g_ascii_strtoull (tag + 1, &end, 10);
  if (g_str_has_prefix (end, RECORDS))
    end += strlen (RECORDS);
  if (*end != ':')
    return NULL;
  *ret_tag = end + 1;
  return g_hash_table_lookup (control->clients, GUINT_TO_POINTER ((guint) number));
}

bool
hark_control_handle_event (HarkControl *control, const HarkEvent *event)
{
  g_autofree char *line = NULL;
  GHashTableIter iter;
  gpointer value;

  note_recorder (control, event);
  if (event->kind == HARK_EVENT_RESULT) {
    const char *tag = NULL;
    Client *client = find_asker (control, event->tag, &tag);

    if (client) {
      HarkEvent answer = *event;

      answer.tag = (char *) (*tag ? tag : NULL);
      line = hark_json_format_event (&answer);
      client_say (client, line);
    }
    return event->tag && event->tag[0] == '@';
  }

  if (g_hash_table_size (control->clients) == 0)
    return false;
  line = hark_json_format_event (event);
  g_hash_table_iter_init (&iter, control->clients);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Client *client = value;

    if (client->unsent->len > BACKLOG_MAX) {
      if (control->recorder == client->number)
        cancel_recording (control);
      g_hash_table_iter_remove (&iter);
      continue;
    }
    client_say (client, line);
  }
  return false;
}

void
hark_control_free (HarkControl *control)
{
  if (!control)
    return;
  g_socket_service_stop (control->service);
  g_socket_listener_close (G_SOCKET_LISTENER (control->service));
  g_object_unref (control->service);
  g_hash_table_unref (control->clients);
  g_unlink (control->link);
  g_unlink (control->path);
  g_free (control->link);
  g_free (control->path);
  g_free (control);
}

static GSocketConnection *
connect_to (const char *path)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  return g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);
}

GSocketConnection *
hark_control_connect (const char *dir)
{
  g_autofree char *path = path_of (dir);
  g_autofree char *link = link_in (dir);
  g_autofree char *there = g_file_read_link (link, NULL);
  GSocketConnection *connection = connect_to (path);

  /* a copy of a profile has the link of the one that it was made of */
  if (connection || !there || !g_str_has_suffix (there, strrchr (path, '/')))
    return connection;
  return connect_to (there);
}
