/* app/json/files.c - transfers and what the user decided about all of them. */
#include "app/json/put.h"

static const char *const file_words[]
  = {"offered", "waiting", "moving", "paused", "done", "refused", "failed"};

/* The pixels only while somebody decides by them. */
static void
put_preview (JsonBuilder *builder, const HarkTransfer *transfer)
{
  g_autoptr (GBytes) pixels = NULL;
  const uint8_t *bytes;
  gsize len;

  if (transfer->preview == NULL)
    return;
  bytes = g_bytes_get_data (transfer->preview, &len);
  put_int (builder, "preview_width", bytes[0]);
  put_int (builder, "preview_height", bytes[1]);
  if (transfer->state != HARK_FILE_OFFERED)
    return;
  pixels = g_bytes_new_from_bytes (transfer->preview, 2, len - 2);
  put_bytes (builder, "preview", pixels);
}

void
hark_json_put_transfer (JsonBuilder *builder, const HarkTransfer *transfer)
{
  put_int (builder, "transfer", (int64_t) transfer->id);
  put_account (builder, "contact", transfer->contact);
  if (transfer->has_group) {
    put_hex (builder, "group", transfer->group, sizeof transfer->group);
    put_int (builder, "people", transfer->people);
    put_int (builder, "people_have", transfer->people_have);
  }
  put_string (builder, "name", transfer->name);
  put_string (builder, "state", WORD (file_words, transfer->state));
  put_int (builder, "size", (int64_t) transfer->size);
  put_int (builder, "bytes", (int64_t) transfer->bytes);
  put_int (builder, "files", transfer->files);
  put_bool (builder, "folder", transfer->folder);
  put_bool (builder, "risky", transfer->risky);
  if (transfer->state == HARK_FILE_PAUSED) {
    put_bool (builder, "paused_here", transfer->paused_here);
    put_bool (builder, "paused_there", transfer->paused_there);
    put_bool (builder, "held", transfer->held);
    put_bool (builder, "lost", transfer->lost);
    put_bool (builder, "blocked", transfer->blocked);
  }
  if (transfer->skipped > 0)
    put_int (builder, "skipped", transfer->skipped);
  put_double (builder, "rate", transfer->rate);
  if (transfer->sources > 1)
    put_int (builder, "sources", transfer->sources);
  if (transfer->rate > 0 && transfer->bytes <= transfer->size)
    put_int (builder, "seconds_left",
             (int64_t) ((double) (transfer->size - transfer->bytes) / transfer->rate));
  put_bool (builder, "outgoing", transfer->outgoing);
  put_string (builder, "path", transfer->path);
  put_string (builder, "reason", transfer->reason);
  put_preview (builder, transfer);
}

void
hark_json_put_file_settings (JsonBuilder *builder, const HarkSettingsState *settings)
{
  json_builder_set_member_name (builder, "settings");
  json_builder_begin_object (builder);
  put_int (builder, "limit_up", (int64_t) settings->limit_up);
  put_int (builder, "limit_down", (int64_t) settings->limit_down);
  put_string (builder, "metered", settings->metered);
  put_bool (builder, "costly", settings->costly);
  json_builder_end_object (builder);
}
