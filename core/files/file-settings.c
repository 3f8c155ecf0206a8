#include "core/files/file-settings.h"

#include "core/files/pace.h"
#include "net/base/reader.h"

#include <string.h>

#define FORMAT 1
#define RULE_HEAD (sizeof (HarkKey) + 8)
#define ORDER_LEN 16

enum { RULE = 1, ORDER = 2 };

static void
rule_free (void *data)
{
  HarkFileRule *rule = data;

  g_free (rule->directory);
  g_free (rule);
}

static void
set_order (HarkFileSettings *settings, uint64_t transfer, int64_t order)
{
  g_hash_table_replace (settings->orders, g_memdup2 (&transfer, sizeof transfer),
                        g_memdup2 (&order, sizeof order));
}

static void
read_rule (HarkReader *entry, HarkFileSettings *ret)
{
  const uint8_t *key = hark_reader_borrow (entry, sizeof (HarkKey));
  uint64_t size_max = hark_reader_u64 (entry);
  size_t len = hark_reader_left (entry);
  const char *text = (const char *) hark_reader_borrow (entry, len);
  g_autofree char *directory = NULL;
  HarkKey contact;

  if (key == NULL || text == NULL || !g_utf8_validate (text, (gssize) len, NULL))
    return;
  memcpy (contact.bytes, key, sizeof contact.bytes);
  directory = g_strndup (text, len);
  hark_file_settings_set_rule (ret, &contact, size_max, *directory != '\0' ? directory : NULL);
}

void
hark_file_settings_read (GBytes *bytes, HarkFileSettings *ret)
{
  HarkReader reader;
  size_t len = 0;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &len) : NULL;
  uint64_t up, down;
  uint8_t metered;

  *ret = (HarkFileSettings){
    .rules = g_ptr_array_new_with_free_func (rule_free),
    .orders = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free),
  };
  hark_reader_init (&reader, data, len);
  if (len < 18 || hark_reader_u8 (&reader) != FORMAT)
    return;
  metered = hark_reader_u8 (&reader);
  up = hark_reader_u64 (&reader);
  down = hark_reader_u64 (&reader);
  ret->metered = metered <= HARK_METERED_HOLD ? (HarkMetered) metered : HARK_METERED_ASK;
  ret->limit_up = MIN (up, HARK_PACE_RATE_MAX);
  ret->limit_down = MIN (down, HARK_PACE_RATE_MAX);
  while (hark_reader_left (&reader) > 3) {
    uint8_t kind = hark_reader_u8 (&reader);
    size_t entry_len = hark_reader_u16 (&reader);
    const uint8_t *at = hark_reader_borrow (&reader, entry_len);
    HarkReader entry;

    if (at == NULL)
      return;
    hark_reader_init (&entry, at, entry_len);
    if (kind == RULE && entry_len >= RULE_HEAD) {
      read_rule (&entry, ret);
    } else if (kind == ORDER && entry_len == ORDER_LEN
               && g_hash_table_size (ret->orders) < HARK_FILE_ORDERS_MAX) {
      uint64_t transfer = hark_reader_u64 (&entry);

      set_order (ret, transfer, (int64_t) hark_reader_u64 (&entry));
    }
  }
}

void
hark_file_settings_clear (HarkFileSettings *settings)
{
  g_clear_pointer (&settings->rules, g_ptr_array_unref);
  g_clear_pointer (&settings->orders, g_hash_table_unref);
}

static void
add_number (GByteArray *bytes, uint64_t value, unsigned len)
{
  while (len-- > 0) {
    uint8_t byte = (uint8_t) (value >> (8 * len));

    g_byte_array_append (bytes, &byte, 1);
  }
}

GBytes *
hark_file_settings_write (const HarkFileSettings *settings)
{
  GByteArray *bytes = g_byte_array_new ();
  GHashTableIter iter;
  void *key, *value;

  add_number (bytes, FORMAT, 1);
  add_number (bytes, settings->metered, 1);
  add_number (bytes, settings->limit_up, 8);
  add_number (bytes, settings->limit_down, 8);
  for (guint i = 0; i < settings->rules->len; i++) {
    const HarkFileRule *rule = settings->rules->pdata[i];
    size_t len = rule->directory != NULL ? strlen (rule->directory) : 0;

    add_number (bytes, RULE, 1);
    add_number (bytes, RULE_HEAD + len, 2);
    g_byte_array_append (bytes, rule->contact.bytes, sizeof rule->contact.bytes);
    add_number (bytes, rule->size_max, 8);
    if (len > 0)
      g_byte_array_append (bytes, (const uint8_t *) rule->directory, (guint) len);
  }
  g_hash_table_iter_init (&iter, settings->orders);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    add_number (bytes, ORDER, 1);
    add_number (bytes, ORDER_LEN, 2);
    add_number (bytes, *(uint64_t *) key, 8);
    add_number (bytes, (uint64_t) * (int64_t *) value, 8);
  }
  return g_byte_array_free_to_bytes (bytes);
}

const HarkFileRule *
hark_file_settings_rule (const HarkFileSettings *settings, const HarkKey *contact)
{
  for (guint i = 0; settings->rules != NULL && i < settings->rules->len; i++) {
    const HarkFileRule *rule = settings->rules->pdata[i];

    if (hark_key_equal (&rule->contact, contact))
      return rule;
  }
  return NULL;
}

bool
hark_file_settings_set_rule (HarkFileSettings *settings,
                             const HarkKey *contact,
                             uint64_t size_max,
                             const char *directory)
{
  HarkFileRule *old = (HarkFileRule *) hark_file_settings_rule (settings, contact);
  HarkFileRule *rule;

  if (directory != NULL && strlen (directory) > HARK_FILE_FOLDER_MAX)
    return false;
  if (old == NULL && settings->rules->len >= HARK_FILE_RULES_MAX)
    return false;
  rule = g_new0 (HarkFileRule, 1);
  rule->contact = *contact;
  rule->size_max = size_max;
  rule->directory = g_strdup (directory); /* which may be the old one's */
  if (old != NULL)
    g_ptr_array_remove (settings->rules, old);
  if (size_max == 0 && directory == NULL)
    rule_free (rule);
  else
    g_ptr_array_add (settings->rules, rule);
  return true;
}

int64_t
hark_file_settings_order (const HarkFileSettings *settings, uint64_t transfer)
{
  const int64_t *order
    = settings->orders != NULL ? g_hash_table_lookup (settings->orders, &transfer) : NULL;

  return order != NULL ? *order : 0;
}

bool
hark_file_settings_move (HarkFileSettings *settings,
                         uint64_t transfer,
                         bool first,
                         bool (*alive) (uint64_t transfer, void *data),
                         void *data)
{
  int64_t least = 0, most = 0;
  GHashTableIter iter;
  void *key, *value;

  g_hash_table_iter_init (&iter, settings->orders);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    if (*(uint64_t *) key == transfer || !alive (*(uint64_t *) key, data)) {
      g_hash_table_iter_remove (&iter);
      continue;
    }
    least = MIN (least, *(int64_t *) value);
    most = MAX (most, *(int64_t *) value);
  }
  if (g_hash_table_size (settings->orders) >= HARK_FILE_ORDERS_MAX)
    return false;
  set_order (settings, transfer, first ? least - 1 : most + 1);
  return true;
}
