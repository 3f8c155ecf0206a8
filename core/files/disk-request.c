#include "core/files/disk-request.h"

HarkDiskRequest *
hark_disk_request_new (HarkDiskRequestKind kind, uint64_t transfer, uint64_t ticket)
{
  HarkDiskRequest *request = g_new0 (HarkDiskRequest, 1);

  request->kind = kind;
  request->transfer = transfer;
  request->ticket = ticket;
  return request;
}

void
hark_disk_request_free (HarkDiskRequest *request)
{
  if (request == NULL)
    return;
  g_free (request->path);
  g_free (request->directory);
  g_free (request->name);
  g_strfreev (request->seeds);
  g_clear_pointer (&request->bytes, g_bytes_unref);
  g_free (request);
}

HarkDiskReply *
hark_disk_reply_new (const HarkDiskRequest *request)
{
  HarkDiskReply *reply = g_new0 (HarkDiskReply, 1);

  reply->kind = request->kind;
  reply->transfer = request->transfer;
  reply->ticket = request->ticket;
  reply->offset = request->offset;
  reply->len = request->len;
  return reply;
}

void
hark_disk_reply_free (HarkDiskReply *reply)
{
  if (reply == NULL)
    return;
  g_free (reply->words);
  g_free (reply->path);
  g_free (reply->name);
  g_free (reply->old);
  g_clear_pointer (&reply->bytes, g_bytes_unref);
  g_clear_pointer (&reply->hashes, g_byte_array_unref);
  g_clear_pointer (&reply->entries, g_ptr_array_unref);
  g_free (reply);
}
