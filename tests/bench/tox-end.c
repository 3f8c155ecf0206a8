#include "tests/bench/tox-end.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

Tox *
tox_end_new (void)
{
  struct Tox_Options *options = tox_options_new (NULL);
  Tox *tox;

  tox_options_set_local_discovery_enabled (options, false);
  tox = tox_new (options, NULL);
  tox_options_free (options);
  if (tox == NULL)
    g_error ("toxcore does not start");
  return tox;
}

static void
on_request (Tox *tox, const uint8_t *key, const uint8_t *message, size_t len, void *data)
{
  (void) message;
  (void) len;
  (void) data;
  tox_friend_add_norequest (tox, key, NULL);
}

void
tox_end_accept (Tox *tox)
{
  tox_callback_friend_request (tox, on_request);
}

void
tox_end_print_hex (const uint8_t *bytes, size_t len)
{
  for (size_t i = 0; i < len; i++)
    printf ("%02X", bytes[i]);
}

void
tox_end_read_hex (const char *text, uint8_t *ret, size_t len)
{
  if (strlen (text) != 2 * len)
    g_error ("%s: not %zu bytes", text, len);
  for (size_t i = 0; i < len; i++)
    ret[i] = (uint8_t) (g_ascii_xdigit_value (text[2 * i]) << 4
                        | g_ascii_xdigit_value (text[2 * i + 1]));
}
