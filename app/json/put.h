/* app/json/put.h - fields of JSON objects, for the files that write events.
 *
 * Each adds a member to the object that is being built; a NULL string adds none.
 */
#pragma once

#include "core/hark.h"

#include <json-glib/json-glib.h>

static inline const char *
word (const char *const *words, size_t n, unsigned index)
{
  return index < n ? words[index] : NULL;
}

#define WORD(words, index) word (words, G_N_ELEMENTS (words), (unsigned) (index))

static inline void
put_string (JsonBuilder *builder, const char *field, const char *value)
{
  if (!value)
    return;
  json_builder_set_member_name (builder, field);
  json_builder_add_string_value (builder, value);
}

static inline void
put_int (JsonBuilder *builder, const char *field, int64_t value)
{
  json_builder_set_member_name (builder, field);
  json_builder_add_int_value (builder, value);
}

static inline void
put_double (JsonBuilder *builder, const char *field, double value)
{
  json_builder_set_member_name (builder, field);
  json_builder_add_double_value (builder, value);
}

static inline void
put_bool (JsonBuilder *builder, const char *field, bool value)
{
  json_builder_set_member_name (builder, field);
  json_builder_add_boolean_value (builder, value);
}

static inline void
put_hex (JsonBuilder *builder, const char *field, const uint8_t *bytes, size_t len)
{
  g_autofree char *hex = hark_hex (bytes, len);

  put_string (builder, field, hex);
}

static inline void
put_bytes (JsonBuilder *builder, const char *field, GBytes *bytes)
{
  g_autofree char *text = NULL;
  gsize len;
  const void *data;

  if (!bytes)
    return;
  data = g_bytes_get_data (bytes, &len);
  text = g_base64_encode (data, len);
  put_string (builder, field, text);
}

static inline void
put_account (JsonBuilder *builder, const char *field, const uint8_t account[HARK_ACCOUNT_LEN])
{
  put_hex (builder, field, account, HARK_ACCOUNT_LEN);
}

/* A list of strings, empty when there is none. */
static inline void
put_strings (JsonBuilder *builder, const char *field, char *const *values)
{
  json_builder_set_member_name (builder, field);
  json_builder_begin_array (builder);
  for (; values && *values; values++)
    json_builder_add_string_value (builder, *values);
  json_builder_end_array (builder);
}

/* One list member of objects, left out when there is none. */
#define PUT_LIST(builder, field, list, type, put)                     \
  do {                                                                \
    if (list) {                                                       \
      json_builder_set_member_name (builder, field);                  \
      json_builder_begin_array (builder);                             \
      for (guint item = 0; item < (list)->len; item++) {              \
        json_builder_begin_object (builder);                          \
        put (builder, (const type *) g_ptr_array_index (list, item)); \
        json_builder_end_object (builder);                            \
      }                                                               \
      json_builder_end_array (builder);                               \
    }                                                                 \
  } while (0)

/* hark_json_put_transfer: the members of a transfer's object. _file_settings: "settings", an object
 * of them. */
void hark_json_put_transfer (JsonBuilder *builder, const HarkTransfer *transfer);
void hark_json_put_file_settings (JsonBuilder *builder, const HarkSettingsState *settings);

/* hark_json_put_group: the members of a group's object. */
void hark_json_put_group (JsonBuilder *builder, const HarkGroupInfo *group);

/* hark_json_put_share, hark_json_put_browse_entry: of app/json/shares.c. */
void hark_json_put_share (JsonBuilder *builder, const HarkShareInfo *share);
void hark_json_put_browse_entry (JsonBuilder *builder, const HarkBrowseEntry *entry);

/* hark_json_put_meeting: the members of a "meeting" event. */
void hark_json_put_meeting (JsonBuilder *builder, const HarkEvent *event);

/* hark_json_put_message, hark_json_put_chat, hark_json_put_refused: their members;
 * hark_json_put_send_state: how far one of ours came. */
void hark_json_put_message (JsonBuilder *builder, const HarkMessage *message);
void hark_json_put_chat (JsonBuilder *builder, const HarkChat *chat);
void hark_json_put_refused (JsonBuilder *builder, const HarkRefused *refused);
void hark_json_put_send_state (JsonBuilder *builder, HarkSendState state);

/* hark_json_put_network and others: the members of one object, of app/json/network.c. */
void hark_json_put_network (JsonBuilder *builder, const HarkNetworkState *network);
void hark_json_put_mailbox (JsonBuilder *builder, const HarkMailboxInfo *info);
void hark_json_put_neighbour (JsonBuilder *builder, const HarkNeighbour *neighbour);
void hark_json_put_finding (JsonBuilder *builder, const HarkFinding *finding);
void hark_json_put_ledger (JsonBuilder *builder, const HarkLedgerInfo *ledger); /* as "ledger" */
