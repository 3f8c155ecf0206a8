#include "core/nodes/lan-settings.h"

#include "net/base/locked.h"
#include "net/base/reader.h"

#include <sodium.h>
#include <string.h>

#define FORMAT 1

enum { NETWORK = 1, PEER = 2 };

static void
wipe_text (char *text)
{
  if (text == NULL)
    return;
  sodium_memzero (text, strlen (text));
  g_free (text);
}

void
hark_lan_settings_read (GBytes *bytes, HarkLanSettings *ret)
{
  HarkReader reader;
  size_t len = 0;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &len) : NULL;

  *ret = (HarkLanSettings){.peers = g_ptr_array_new_with_free_func (g_free)};
  hark_reader_init (&reader, data, len);
  if (len < 2 || hark_reader_u8 (&reader) != FORMAT)
    return;
  ret->visible = hark_reader_u8 (&reader) != 0;
  while (hark_reader_left (&reader) > 3) {
    uint8_t kind = hark_reader_u8 (&reader);
    size_t text_len = hark_reader_u16 (&reader);
    const uint8_t *at = hark_reader_borrow (&reader, text_len);
    g_autofree char *text = NULL;

    if (at == NULL || text_len > HARK_LAN_SETTINGS_TEXT_MAX
        || !g_utf8_validate ((const char *) at, (gssize) text_len, NULL))
      return;
    text = g_strndup ((const char *) at, text_len);
    if (kind == NETWORK)
      hark_lan_settings_set_network (ret, text);
    else if (kind == PEER)
      hark_lan_settings_add_peer (ret, text);
    sodium_memzero (text, text_len);
  }
}

void
hark_lan_settings_clear (HarkLanSettings *settings)
{
  hark_lan_settings_set_network (settings, NULL);
  g_clear_pointer (&settings->peers, g_ptr_array_unref);
}

static void
add_entry (GByteArray *bytes, uint8_t kind, const char *text)
{
  size_t len = strlen (text);
  uint8_t head[3] = {kind, (uint8_t) (len >> 8), (uint8_t) len};

  g_assert (len <= HARK_LAN_SETTINGS_TEXT_MAX);
  g_byte_array_append (bytes, head, sizeof head);
  g_byte_array_append (bytes, (const guint8 *) text, (guint) len);
}

GBytes *
hark_lan_settings_write (const HarkLanSettings *settings)
{
  GByteArray *bytes = g_byte_array_new ();
  uint8_t head[2] = {FORMAT, settings->visible};

  g_byte_array_append (bytes, head, sizeof head);
  if (settings->network != NULL)
    add_entry (bytes, NETWORK, settings->network);
  for (guint i = 0; i < settings->peers->len; i++)
    add_entry (bytes, PEER, settings->peers->pdata[i]);
  return hark_locked_bytes (bytes);
}

void
hark_lan_settings_set_network (HarkLanSettings *settings, const char *network)
{
  char *copy = g_strdup (network);

  wipe_text (settings->network);
  settings->network = copy;
}

static bool
find (const HarkLanSettings *settings, const char *peer, guint *ret_index)
{
  return g_ptr_array_find_with_equal_func (settings->peers, peer, g_str_equal, ret_index);
}

bool
hark_lan_settings_add_peer (HarkLanSettings *settings, const char *peer)
{
  if (find (settings, peer, NULL))
    return true;
  if (settings->peers->len >= HARK_LAN_SETTINGS_PEERS_MAX)
    return false;
  g_ptr_array_add (settings->peers, g_strdup (peer));
  return true;
}

bool
hark_lan_settings_remove_peer (HarkLanSettings *settings, const char *peer)
{
  guint index;

  if (!find (settings, peer, &index))
    return false;
  g_ptr_array_remove_index (settings->peers, index);
  return true;
}
