#include "core/files/offer.h"

#include <string.h>

bool
hark_file_preview_is_sane (const uint8_t *data, size_t len)
{
  return len > 2 && data[0] > 0 && data[0] <= HARK_FILE_PREVIEW_WIDTH_MAX && data[1] > 0
         && data[1] <= HARK_FILE_PREVIEW_HEIGHT_MAX && len == 2 + (size_t) data[0] * data[1] * 3;
}

static char *
cut (const char *text, size_t len_max)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  size_t len = strlen (valid);

  if (len > len_max)
    len = len_max;
  while (len > 0 && ((guchar) valid[len] & 0xC0) == 0x80)
    len--;
  return g_strndup (valid, len);
}

GBytes *
hark_file_offer_write (const HarkFileOffer *offer)
{
  g_autofree char *name = cut (offer->name, HARK_FILE_OFFER_NAME_MAX);
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__FileOffer body = HARK__FILE_OFFER__INIT;

  body.id = (ProtobufCBinaryData){HARK_FILE_OFFER_LEN, (uint8_t *) offer->id};
  body.name = name;
  body.size = offer->size;
  body.mtime_ms = offer->mtime_ms;
  body.files = offer->folder.files;
  body.manifest_len = offer->folder.manifest_len;
  if (offer->folder.manifest_len > 0)
    body.manifest
      = (ProtobufCBinaryData){sizeof offer->folder.manifest, (uint8_t *) offer->folder.manifest};
  if (hark_file_sample_is_known (offer->sample))
    body.sample = (ProtobufCBinaryData){sizeof offer->sample, (uint8_t *) offer->sample};
  if (offer->preview != NULL)
    body.preview = (ProtobufCBinaryData){offer->preview_len, (uint8_t *) offer->preview};
  if (offer->fetch != NULL)
    body.fetch = (ProtobufCBinaryData){8, (uint8_t *) offer->fetch};
  frame.what_case = HARK__FRAME__WHAT_FILE_OFFER;
  frame.file_offer = &body;
  return hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL);
}

static GBytes *
write_signal (const uint8_t id[HARK_FILE_OFFER_LEN],
              HarkFileSignal signal,
              const char *reason,
              uint64_t rate)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__FileSignal body = HARK__FILE_SIGNAL__INIT;

  body.id = (ProtobufCBinaryData){HARK_FILE_OFFER_LEN, (uint8_t *) id};
  body.kind = (Hark__FileSignal__Kind) signal;
  body.reason = (char *) reason;
  body.rate = rate;
  frame.what_case = HARK__FRAME__WHAT_FILE_SIGNAL;
  frame.file_signal = &body;
  return hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL);
}

GBytes *
hark_file_rate_write (const uint8_t id[HARK_FILE_OFFER_LEN], uint64_t rate)
{
  return write_signal (id, HARK_FILE_SIGNAL_RATE, "", rate);
}

GBytes *
hark_file_signal_write (const uint8_t id[HARK_FILE_OFFER_LEN],
                        HarkFileSignal signal,
                        const char *reason)
{
  g_autofree char *words = cut (reason, HARK_FILE_REASON_MAX);

  return write_signal (id, signal, words, 0);
}

static bool
is_text (const char *text, size_t len_max)
{
  size_t len = strlen (text);

  return len <= len_max && g_utf8_validate (text, (gssize) len, NULL);
}

bool
hark_file_facts_read (uint64_t size,
                      const HarkFolderFacts *told,
                      const ProtobufCBinaryData *manifest,
                      const ProtobufCBinaryData *preview,
                      HarkFolderFacts *ret)
{
  const bool folder = told->manifest_len > 0;

  if (folder ? manifest->len != HARK_MANIFEST_HASH_LEN || told->manifest_len > size
                 || told->manifest_len > HARK_MANIFEST_LEN_MAX
                 || told->files > MIN (HARK_MANIFEST_ENTRIES_MAX, told->manifest_len)
             : told->files != 0 || manifest->len != 0)
    return false;
  if (preview->len != 0 && (folder || !hark_file_preview_is_sane (preview->data, preview->len)))
    return false;
  *ret = *told;
  if (folder)
    memcpy (ret->manifest, manifest->data, sizeof ret->manifest);
  return true;
}

bool
hark_file_offer_read (const Hark__FileOffer *frame, HarkFileOffer *ret)
{
  const HarkFolderFacts told = {.files = frame->files, .manifest_len = frame->manifest_len};
  HarkFolderFacts folder;

  if (frame->id.len != HARK_FILE_OFFER_LEN || frame->name[0] == '\0'
      || !is_text (frame->name, HARK_FILE_OFFER_NAME_MAX) || frame->size > HARK_FILE_SIZE_MAX
      || (frame->sample.len != 0 && frame->sample.len != HARK_FILE_SAMPLE_LEN)
      || !hark_file_facts_read (frame->size, &told, &frame->manifest, &frame->preview, &folder))
    return false;
  memcpy (ret->id, frame->id.data, HARK_FILE_OFFER_LEN);
  ret->name = frame->name;
  ret->size = frame->size;
  ret->mtime_ms = frame->mtime_ms;
  ret->folder = folder;
  ret->preview = frame->preview.len > 0 ? frame->preview.data : NULL;
  ret->preview_len = frame->preview.len;
  memset (ret->sample, 0, sizeof ret->sample);
  if (frame->sample.len > 0)
    memcpy (ret->sample, frame->sample.data, sizeof ret->sample);
  return true;
}

bool
hark_file_signal_read (const Hark__FileSignal *frame, uint8_t ret_id[HARK_FILE_OFFER_LEN])
{
  if (frame->id.len != HARK_FILE_OFFER_LEN || !is_text (frame->reason, HARK_FILE_REASON_MAX))
    return false;
  memcpy (ret_id, frame->id.data, HARK_FILE_OFFER_LEN);
  return true;
}
