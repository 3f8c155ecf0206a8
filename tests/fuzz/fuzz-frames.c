/* A control stream as an authenticated peer may send it: through the reader and every codec of chat
 * and files. */
#include "core/chat/message.h"
#include "core/files/name.h"
#include "core/files/offer.h"
#include "core/files/shared.h"
#include "core/groups/group-entry.h"
#include "core/hark-sizes.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
read_chat (const Hark__Frame *frame)
{
  uint8_t id[HARK_CHAT_ID_LEN];
  g_auto (HarkChatEntry) entry = {0};

  if (frame->what_case == HARK__FRAME__WHAT_ENTRY && hark_chat_read_entry (frame->entry, &entry)) {
    GBytes *again = hark_chat_write_entry (&entry);

    g_assert (g_bytes_get_size (again) % HARK_FRAME_STEP_TEXT == 0);
    g_bytes_unref (again);
  } else if (frame->what_case == HARK__FRAME__WHAT_ACK) {
    size_t n = hark_chat_read_acks (frame->ack);

    for (size_t i = 0; i < n; i++)
      g_assert (hark_chat_read_id (&frame->ack->ids[i], id));
  } else if (frame->what_case == HARK__FRAME__WHAT_READ) {
    hark_chat_read_id (&frame->read->id, id);
  }
}

static void
read_files (const Hark__Frame *frame)
{
  uint8_t id[HARK_FILE_OFFER_LEN];
  HarkFileOffer offer;

  if (frame->what_case == HARK__FRAME__WHAT_FILE_OFFER
      && hark_file_offer_read (frame->file_offer, &offer)) {
    char *name = hark_file_name_clean (offer.name);

    g_assert (*name != '\0' && strchr (name, '/') == NULL
              && strlen (name) <= HARK_FILE_NAME_LEN_MAX);
    g_assert (offer.preview == NULL || offer.preview_len <= HARK_PREVIEW_LEN_MAX);
    g_free (name);
  } else if (frame->what_case == HARK__FRAME__WHAT_FILE_SIGNAL) {
    hark_file_signal_read (frame->file_signal, id);
  }
}

/* A way that is followed stays in the shared folder; no name has a way in it. */
static void
read_shares (const Hark__Frame *frame)
{
  if (frame->what_case == HARK__FRAME__WHAT_BROWSE && hark_shared_is_way (frame->browse->path)) {
    g_autofree char *path = hark_shared_join ("/shared", frame->browse->path);

    g_assert (hark_shared_is_under (path, "/shared") && strstr (path, "/../") == NULL);
    g_assert (strlen (path) <= HARK_SHARED_PATH_MAX + strlen ("/shared" HARK_SHARED_MARK));
  }
  if (frame->what_case == HARK__FRAME__WHAT_LISTING)
    for (size_t i = 0; i < frame->listing->n_entries; i++)
      if (hark_shared_is_way (frame->listing->entries[i]->name))
        g_assert (*frame->listing->entries[i]->name != '.');
}

/* What was read is written the same again but for what a newer Hark put in. */
static void
read_group (const Hark__Frame *frame)
{
  g_autoptr (GBytes) content = NULL;
  g_autoptr (HarkGroupEntry) entry = NULL;
  const HarkKey reader = {{0}};

  if (frame->what_case != HARK__FRAME__WHAT_GROUP_ENTRY)
    return;
  content = g_bytes_new (frame->group_entry->content.data, frame->group_entry->content.len);
  entry = hark_group_entry_read (content);
  if (entry != NULL) {
    g_autoptr (GBytes) again = hark_group_entry_write (entry);
    g_autoptr (HarkGroupEntry) back = hark_group_entry_read (again);
    g_autoptr (GBytes) tags
      = g_bytes_new (frame->group_entry->tags.data, frame->group_entry->tags.len);

    g_assert (back != NULL && back->seq == entry->seq && back->clock == entry->clock);
    hark_group_tags_are_for (tags, &reader);
    if (frame->group_entry->body.len > 0) {
      g_autoptr (GBytes) body
        = g_bytes_new (frame->group_entry->body.data, frame->group_entry->body.len);

      hark_group_body_read (back, body);
    }
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  HarkFrameReader reader;
  HarkFrameResult result;
  Hark__Frame *frame;
  size_t half = size / 2;

  hark_frame_reader_init (&reader);
  for (int part = 0; part < 2; part++) {
    hark_frame_reader_push (&reader, part == 0 ? data : data + half,
                            part == 0 ? half : size - half);
    while ((result = hark_frame_reader_next (&reader, &frame)) == HARK_FRAME_OK
           || result == HARK_FRAME_MALFORMED) {
      if (result == HARK_FRAME_MALFORMED)
        continue;
      read_chat (frame);
      read_files (frame);
      read_shares (frame);
      read_group (frame);
      hark_frame_free (frame);
    }
  }
  hark_frame_reader_clear (&reader);
  return 0;
}
