/* bench-tox take | bench-tox give HOST PORT KEY ADDRESS BYTES SECONDS - one file by toxcore, for
 * bench-transfer.py and bench-cost.py.
 *
 * "take" prints port, DHT key and address, accepts whoever asks and whatever comes, and counts; it
 * ends after one file. "give" sends BYTES to it and prints the seconds from its first chunk to the
 * other side's last, as Tox tells the sender, and BYTES; after SECONDS it leaves off and prints how
 * many it had sent. Both iterate every millisecond, which is more often than toxcore asks for, and
 * keep nothing on a disk.
 */
#include "tests/bench/tox-end.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE (180 * G_USEC_PER_SEC)

typedef struct {
  Tox *tox;
  uint64_t total, moved;
  uint32_t friend, file;
  gint64 started, ended;
  gint64 longest; /* us from started on */
  bool sent;      /* the offer */
} End;

static void
on_file (Tox *tox,
         uint32_t friend,
         uint32_t file,
         uint32_t kind,
         uint64_t size,
         const uint8_t *name,
         size_t len,
         void *data)
{
  (void) kind;
  (void) name;
  (void) len;
  ((End *) data)->total = size;
  tox_file_control (tox, friend, file, TOX_FILE_CONTROL_RESUME, NULL);
}

static void
on_chunk (Tox *tox,
          uint32_t friend,
          uint32_t file,
          uint64_t position,
          const uint8_t *bytes,
          size_t len,
          void *data)
{
  End *end = data;

  (void) tox;
  (void) friend;
  (void) file;
  (void) position;
  (void) bytes;
  end->moved += len;
  if (len == 0)
    end->ended = g_get_monotonic_time ();
}

static void
on_wanted (Tox *tox, uint32_t friend, uint32_t file, uint64_t position, size_t len, void *data)
{
  static uint8_t chunk[4096];
  End *end = data;

  if (end->started == 0)
    end->started = g_get_monotonic_time ();
  if (len == 0) {
    end->ended = g_get_monotonic_time ();
    return;
  }
  if (tox_file_send_chunk (tox, friend, file, position, chunk, MIN (len, sizeof chunk), NULL))
    end->moved = position + len;
  if (g_get_monotonic_time () - end->started > end->longest)
    end->ended = g_get_monotonic_time ();
}

static void
offer (End *end)
{
  if (end->sent
      || tox_friend_get_connection_status (end->tox, end->friend, NULL) != TOX_CONNECTION_UDP)
    return;
  end->file = tox_file_send (end->tox, end->friend, TOX_FILE_KIND_DATA, end->total, NULL,
                             (const uint8_t *) "f", 1, NULL);
  end->sent = end->file != UINT32_MAX;
}

static int
run (End *end, bool gives)
{
  const gint64 until = g_get_monotonic_time () + PATIENCE;

  while (end->ended == 0 && g_get_monotonic_time () < until) {
    if (gives)
      offer (end);
    tox_iterate (end->tox, end);
    usleep (1000);
  }
  for (unsigned i = 0; i < 500; i++) { /* what is still on its way */
    tox_iterate (end->tox, end);
    usleep (1000);
  }
  return end->ended != 0 ? 0 : 1;
}

static int
take (void)
{
  End end = {.tox = tox_end_new ()};
  uint8_t key[TOX_PUBLIC_KEY_SIZE], address[TOX_ADDRESS_SIZE];

  tox_end_accept (end.tox);
  tox_callback_file_recv (end.tox, on_file);
  tox_callback_file_recv_chunk (end.tox, on_chunk);
  tox_self_get_dht_id (end.tox, key);
  tox_self_get_address (end.tox, address);
  printf ("%u ", tox_self_get_udp_port (end.tox, NULL));
  tox_end_print_hex (key, sizeof key);
  printf (" ");
  tox_end_print_hex (address, sizeof address);
  printf ("\n");
  fflush (stdout);
  return run (&end, false) != 0 || end.moved != end.total;
}

static int
give (char **argv)
{
  End end = {.tox = tox_end_new (),
             .total = strtoull (argv[4], NULL, 10),
             .longest = atoi (argv[5]) * G_USEC_PER_SEC};
  uint8_t key[TOX_PUBLIC_KEY_SIZE], address[TOX_ADDRESS_SIZE];

  tox_end_read_hex (argv[2], key, sizeof key);
  tox_end_read_hex (argv[3], address, sizeof address);
  tox_callback_file_chunk_request (end.tox, on_wanted);
  if (!tox_bootstrap (end.tox, argv[0], (uint16_t) atoi (argv[1]), key, NULL))
    g_error ("%s is no place", argv[0]);
  end.friend = tox_friend_add (end.tox, address, (const uint8_t *) "x", 1, NULL);
  if (run (&end, true) != 0)
    return 1;
  printf ("%.3f %" G_GUINT64_FORMAT "\n", (double) (end.ended - end.started) / G_USEC_PER_SEC,
          end.moved);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 2 && strcmp (argv[1], "take") == 0)
    return take ();
  if (argc == 8 && strcmp (argv[1], "give") == 0)
    return give (argv + 2);
  fprintf (stderr, "bench-tox take | bench-tox give HOST PORT KEY ADDRESS BYTES SECONDS\n");
  return argc > 1; /* alone it measures nothing: others run it */
}
