/* app/json/shares.c - shared folders as JSON. */
#include "app/json/put.h"

void
hark_json_put_share (JsonBuilder *builder, const HarkShareInfo *share)
{
  put_string (builder, "name", share->name);
  put_string (builder, "path", share->path);
  json_builder_set_member_name (builder, "with");
  json_builder_begin_array (builder);
  for (guint i = 0; i < share->accounts->len; i++) {
    const uint8_t *account = (const uint8_t *) share->accounts->data + i * HARK_ACCOUNT_LEN;
    g_autofree char *hex = hark_hex (account, HARK_ACCOUNT_LEN);

    json_builder_add_string_value (builder, hex);
  }
  json_builder_end_array (builder);
}

void
hark_json_put_browse_entry (JsonBuilder *builder, const HarkBrowseEntry *entry)
{
  put_string (builder, "name", entry->name);
  put_bool (builder, "folder", entry->folder);
  put_int (builder, "size", (int64_t) entry->size);
  put_int (builder, "mtime", entry->mtime_ms);
}
