#include "core/hark-network.h"

#include "core/hark.h"

#include <gio/gio.h>
#include <string.h>

#define GROUP "Hark Network"
#define TITLE "Title"
#define NETWORK "Network"
#define PEERS "Peers"

static const char no_such_file[] = "This is no file of a Hark network.";

/* Whether there is nothing in @file but what is read below. */
static bool
is_understood (GKeyFile *file)
{
  static const char *const known[] = {TITLE, NETWORK, PEERS, NULL};
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  g_auto (GStrv) keys = g_key_file_get_keys (file, GROUP, NULL, NULL);

  for (size_t i = 0; keys && keys[i]; i++)
    if (!g_strv_contains (known, keys[i]))
      return false;
  return keys && g_strv_length (groups) == 1;
}

static bool
is_title (const char *text)
{
  if (g_utf8_strlen (text, -1) > HARK_NETWORK_FILE_TITLE_MAX)
    return false;
  for (; *text; text = g_utf8_next_char (text))
    if (!g_unichar_isprint (g_utf8_get_char (text)))
      return false;
  return true;
}

static bool
are_peers (char **peers)
{
  if (g_strv_length (peers) > HARK_NETWORK_FILE_PEERS_MAX)
    return false;
  for (; *peers; peers++) {
    g_autoptr (GSocketConnectable) place = g_network_address_parse (*peers, 1, NULL);

    if (!place || **peers == '\0' || strlen (*peers) > 255 || strchr (*peers, '/'))
      return false;
  }
  return true;
}

/* What is wrong with what was read into @file. */
static const char *
check (const HarkNetworkFile *file)
{
  const char *wrong = file->network ? hark_network_check (file->network, NULL) : no_such_file;

  if (!wrong && file->title && !is_title (file->title))
    wrong = "The title in this file of a network cannot be shown.";
  if (!wrong && file->peers && !are_peers (file->peers))
    wrong = "In this file of a network there are computers that are none: HOST or HOST:PORT.";
  return wrong;
}

const char *
hark_network_file_read (const char *text, size_t len, HarkNetworkFile *ret)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  HarkNetworkFile found = {0};
  const char *wrong;

  if (len == 0 || len > HARK_NETWORK_FILE_LEN_MAX || memchr (text, '\0', len)
      || !g_key_file_load_from_data (file, text, len, G_KEY_FILE_NONE, NULL)
      || !g_key_file_has_group (file, GROUP))
    return no_such_file;
  if (!is_understood (file))
    return "This file of a network says something that this Hark does not understand.";
  found.title = g_key_file_get_string (file, GROUP, TITLE, NULL);
  found.network = g_key_file_get_string (file, GROUP, NETWORK, NULL);
  found.peers = g_key_file_get_string_list (file, GROUP, PEERS, NULL, NULL);
  wrong = check (&found);
  if (wrong)
    hark_network_file_clear (&found);
  else
    *ret = found;
  return wrong;
}

char *
hark_network_file_write (const HarkNetworkFile *file)
{
  g_autoptr (GKeyFile) out = g_key_file_new ();

  if (file->title)
    g_key_file_set_string (out, GROUP, TITLE, file->title);
  g_key_file_set_string (out, GROUP, NETWORK, file->network);
  if (file->peers && *file->peers)
    g_key_file_set_string_list (out, GROUP, PEERS, (const char *const *) file->peers,
                                MIN (g_strv_length (file->peers), HARK_NETWORK_FILE_PEERS_MAX));
  return g_key_file_to_data (out, NULL, NULL);
}

bool
hark_network_file_load (const char *path, HarkNetworkFile *ret, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) input = g_file_read (file, NULL, error);
  char *text = g_malloc (HARK_NETWORK_FILE_LEN_MAX + 1);
  const char *wrong = NULL;
  gsize len = 0;
  bool ok = input
            && g_input_stream_read_all (G_INPUT_STREAM (input), text, HARK_NETWORK_FILE_LEN_MAX + 1,
                                        &len, NULL, error);

  if (ok)
    wrong = hark_network_file_read (text, len, ret);
  if (wrong)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, wrong);
  explicit_bzero (text, len);
  g_free (text);
  return ok && !wrong;
}

bool
hark_network_file_save (const HarkNetworkFile *file, const char *path, GError **error)
{
  char *text = hark_network_file_write (file);
  HarkNetworkFile again = {0};
  const char *wrong = hark_network_file_read (text, strlen (text), &again);
  bool ok = false;

  hark_network_file_clear (&again);
  if (wrong)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, wrong);
  else
    ok = g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
  hark_words_free (text);
  return ok;
}

void
hark_network_file_clear (HarkNetworkFile *file)
{
  g_free (file->title);
  hark_words_free (file->network);
  g_strfreev (file->peers);
  *file = (HarkNetworkFile){0};
}
