#include "core/files/share-list.h"

#include "core/files/name.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

#define VERSION 1
#define PATH_MAX_LEN 4096

static void
share_free (void *data)
{
  HarkShare *share = data;

  g_free (share->name);
  g_free (share->path);
  g_array_unref (share->accounts);
  g_free (share);
}

GPtrArray *
hark_share_list_new (void)
{
  return g_ptr_array_new_with_free_func (share_free);
}

static HarkShare *
add (GPtrArray *shares, char *name, char *path)
{
  HarkShare *share = g_new0 (HarkShare, 1);

  share->name = name;
  share->path = path;
  share->accounts = g_array_new (FALSE, FALSE, sizeof (HarkKey));
  g_ptr_array_add (shares, share);
  return share;
}

static HarkShare *
find (GPtrArray *shares, const char *text, bool path)
{
  for (guint i = 0; i < shares->len; i++) {
    HarkShare *share = shares->pdata[i];

    if (strcmp (path ? share->path : share->name, text) == 0)
      return share;
  }
  return NULL;
}

HarkShare *
hark_share_list_find (GPtrArray *shares, const char *path_or_name)
{
  HarkShare *share = find (shares, path_or_name, true);

  return share != NULL ? share : find (shares, path_or_name, false);
}

HarkShare *
hark_share_list_add (GPtrArray *shares, const char *path, const HarkKey *account)
{
  HarkShare *share = find (shares, path, true);

  if (share == NULL) {
    g_autofree char *base = g_path_get_basename (path);
    g_autofree char *clean = hark_file_name_clean (base);
    char *name = g_strdup (clean);

    if (shares->len >= HARK_SHARES_MAX) {
      g_free (name);
      return NULL;
    }
    for (unsigned number = 2; find (shares, name, false) != NULL; number++) {
      g_free (name);
      name = hark_file_name_numbered (clean, number);
    }
    share = add (shares, name, g_strdup (path));
  }
  if (hark_share_has (share, account))
    return share;
  if (share->accounts->len >= HARK_SHARE_ACCOUNTS_MAX)
    return NULL;
  g_array_append_val (share->accounts, *account);
  return share;
}

bool
hark_share_list_remove (GPtrArray *shares, HarkShare *share, const HarkKey *account)
{
  bool found = account == NULL;

  for (guint i = share->accounts->len; account != NULL && i > 0; i--)
    if (hark_key_equal (&g_array_index (share->accounts, HarkKey, i - 1), account)) {
      g_array_remove_index (share->accounts, i - 1);
      found = true;
    }
  if (account == NULL || share->accounts->len == 0)
    g_ptr_array_remove (shares, share);
  return found;
}

bool
hark_share_has (const HarkShare *share, const HarkKey *account)
{
  for (guint i = 0; i < share->accounts->len; i++)
    if (hark_key_equal (&g_array_index (share->accounts, HarkKey, i), account))
      return true;
  return false;
}

/* ---- bytes: version | each: name, path (u16 and so many bytes), accounts (u16 and each 32) ----
 */

static void
put_text (GByteArray *ret, const char *text)
{
  const uint16_t len = (uint16_t) strlen (text);
  const uint8_t head[2] = {(uint8_t) (len >> 8), (uint8_t) len};

  g_byte_array_append (ret, head, sizeof head);
  g_byte_array_append (ret, (const uint8_t *) text, len);
}

GBytes *
hark_share_list_write (const GPtrArray *shares)
{
  GByteArray *ret = g_byte_array_new ();
  const uint8_t version = VERSION;

  g_byte_array_append (ret, &version, 1);
  for (guint i = 0; i < shares->len; i++) {
    const HarkShare *share = shares->pdata[i];
    const uint8_t head[2] = {(uint8_t) (share->accounts->len >> 8), (uint8_t) share->accounts->len};

    put_text (ret, share->name);
    put_text (ret, share->path);
    g_byte_array_append (ret, head, sizeof head);
    g_byte_array_append (ret, (const uint8_t *) share->accounts->data,
                         share->accounts->len * (guint) sizeof (HarkKey));
  }
  return g_byte_array_free_to_bytes (ret);
}

/* (transfer full) (nullable) */
static char *
take_text (HarkReader *reader, size_t len_max)
{
  const size_t len = hark_reader_u16 (reader);
  const uint8_t *text = hark_reader_borrow (reader, len);

  if (text == NULL || len == 0 || len > len_max || memchr (text, 0, len) != NULL)
    return NULL;
  return g_strndup ((const char *) text, len);
}

GPtrArray *
hark_share_list_read (GBytes *bytes)
{
  GPtrArray *shares = hark_share_list_new ();
  HarkReader reader;
  gsize len;

  if (bytes == NULL)
    return shares;
  hark_reader_init (&reader, g_bytes_get_data (bytes, &len), g_bytes_get_size (bytes));
  if (hark_reader_u8 (&reader) != VERSION)
    return shares;
  while (hark_reader_left (&reader) > 0 && shares->len < HARK_SHARES_MAX) {
    g_autofree char *name = take_text (&reader, HARK_SHARE_NAME_MAX + 16);
    g_autofree char *path = take_text (&reader, PATH_MAX_LEN);
    const unsigned n = hark_reader_u16 (&reader);
    HarkShare *share;

    if (!hark_reader_is_ok (&reader) || name == NULL || path == NULL || !g_path_is_absolute (path)
        || n > HARK_SHARE_ACCOUNTS_MAX || hark_reader_left (&reader) < n * sizeof (HarkKey))
      break;
    share = add (shares, g_steal_pointer (&name), g_steal_pointer (&path));
    g_array_append_vals (share->accounts, hark_reader_borrow (&reader, n * sizeof (HarkKey)), n);
  }
  return shares;
}
