/* What an entry says, apart from its place in the chain: so it can be deleted, and the chain holds.
 */
#include "core/chat/clip.h"
#include "core/files/offer.h"
#include "core/files/swarm.h"
#include "core/groups/group-entry.h"

#include "net/base/domain.h"
#include "net/base/hash.h"

#include <string.h>

bool
hark_group_kind_has_body (HarkGroupKind kind)
{
  return kind == HARK_GROUP_TEXT || kind == HARK_GROUP_EDIT || kind == HARK_GROUP_REACTION
         || kind == HARK_GROUP_CLIP || kind == HARK_GROUP_FILE;
}

static void
name_body (const void *data, size_t len, uint8_t ret[HARK_GROUP_HASH_LEN])
{
  HARK_HASH (ret, HARK_GROUP_HASH_LEN, NULL, 0, HARK_DOMAIN_GROUP_BODY,
             HARK_PART_BYTES (data, len));
}

static ProtobufCBinaryData
view (const void *data, size_t len)
{
  return (ProtobufCBinaryData){len, (uint8_t *) data};
}

static ProtobufCBinaryData
view_bytes (GBytes *bytes)
{
  gsize len = 0;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &len) : NULL;

  return view (data, len);
}

/* What @file says, borrowing from it. */
static void
set_file (const HarkGroupFile *file, Hark__GroupFile *ret, ProtobufCBinaryData *people)
{
  ret->size = file->size;
  ret->mtime_ms = file->mtime_ms;
  ret->sample = view (file->sample, sizeof file->sample);
  ret->root = view (file->root, sizeof file->root);
  ret->files = file->folder.files;
  ret->manifest_len = file->folder.manifest_len;
  if (file->folder.manifest_len > 0)
    ret->manifest = view (file->folder.manifest, sizeof file->folder.manifest);
  ret->preview = view_bytes (file->preview);
  for (unsigned i = 0; i < file->n_people; i++)
    people[i] = view (file->people[i].bytes, sizeof file->people[i].bytes);
  ret->n_people = file->n_people;
  ret->people = people;
}

GBytes *
hark_group_body_write (HarkGroupEntry *entry)
{
  Hark__GroupBody body = HARK__GROUP_BODY__INIT;
  ProtobufCBinaryData mentions[HARK_GROUP_MENTIONS_MAX];
  ProtobufCBinaryData people[HARK_GROUP_ACTIVE_MAX];
  Hark__GroupFile file = HARK__GROUP_FILE__INIT;
  uint8_t *packed;
  size_t len;

  body.salt = view (entry->salt, sizeof entry->salt);
  if (entry->text != NULL)
    body.text = entry->text;
  if (entry->has_reply_to)
    body.reply_to = view (entry->reply_to, sizeof entry->reply_to);
  for (unsigned i = 0; i < entry->n_mentions; i++)
    mentions[i] = view (entry->mentions[i].bytes, sizeof entry->mentions[i].bytes);
  body.n_mentions = entry->n_mentions;
  body.mentions = mentions;
  body.sound = view_bytes (entry->sound);
  if (entry->file != NULL) {
    set_file (entry->file, &file, people);
    body.file = &file;
  }
  len = hark__group_body__get_packed_size (&body);
  packed = g_malloc (len);
  hark__group_body__pack (&body, packed);
  name_body (packed, len, entry->body);
  entry->apart = entry->has_body = true;
  return g_bytes_new_take (packed, len);
}

static bool
read_folder (const Hark__GroupFile *file, HarkFolderFacts *ret)
{
  const HarkFolderFacts told = {.files = file->files, .manifest_len = file->manifest_len};

  return hark_file_facts_read (file->size, &told, &file->manifest, &file->preview, ret);
}

static bool
is_file_fit (const Hark__GroupFile *file)
{
  HarkFolderFacts folder;

  if (file == NULL || file->size > HARK_SWARM_SIZE_MAX || file->mtime_ms < 0
      || file->root.len != sizeof ((HarkGroupFile *) 0)->root
      || (file->sample.len != 0 && file->sample.len != sizeof ((HarkGroupFile *) 0)->sample)
      || file->n_people == 0 || file->n_people > HARK_GROUP_ACTIVE_MAX
      || !read_folder (file, &folder))
    return false;
  for (size_t i = 0; i < file->n_people; i++)
    if (file->people[i].len != sizeof (HarkKey))
      return false;
  return true;
}

/* What the kind asks for. */
static bool
is_fit (const Hark__GroupBody *body, HarkGroupKind kind)
{
  const size_t len = strlen (body->text);
  HarkClip clip;

  if (body->salt.len != HARK_GROUP_SALT_LEN || !g_utf8_validate (body->text, -1, NULL)
      || (body->reply_to.len != 0 && body->reply_to.len != sizeof ((HarkGroupEntry *) 0)->reply_to)
      || body->n_mentions > HARK_GROUP_MENTIONS_MAX)
    return false;
  for (size_t i = 0; i < body->n_mentions; i++)
    if (body->mentions[i].len != sizeof (HarkKey))
      return false;
  switch (kind) {
  case HARK_GROUP_TEXT:
  case HARK_GROUP_EDIT:
    return len > 0 && len <= HARK_GROUP_TEXT_LEN_MAX;
  case HARK_GROUP_REACTION:
    return len <= HARK_GROUP_REACTION_LEN_MAX;
  case HARK_GROUP_CLIP:
    return len == 0 && body->sound.len <= HARK_CLIP_LEN_MAX
           && hark_clip_read (body->sound.data, body->sound.len, &clip);
  case HARK_GROUP_FILE:
    return len > 0 && len <= HARK_GROUP_FILE_NAME_LEN_MAX && is_file_fit (body->file);
  default:
    return false;
  }
}

static HarkGroupFile *
read_file (const Hark__GroupFile *file)
{
  HarkGroupFile *ret = g_new0 (HarkGroupFile, 1);

  ret->size = file->size;
  ret->mtime_ms = file->mtime_ms;
  memcpy (ret->root, file->root.data, sizeof ret->root);
  if (file->sample.len > 0)
    memcpy (ret->sample, file->sample.data, sizeof ret->sample);
  read_folder (file, &ret->folder);
  if (file->preview.len > 0)
    ret->preview = g_bytes_new (file->preview.data, file->preview.len);
  for (size_t i = 0; i < file->n_people; i++)
    memcpy (ret->people[i].bytes, file->people[i].data, sizeof (HarkKey));
  ret->n_people = (unsigned) file->n_people;
  return ret;
}

static void
fill (const Hark__GroupBody *body, HarkGroupEntry *entry)
{
  g_free (entry->text);
  entry->text = g_strdup (body->text);
  memcpy (entry->salt, body->salt.data, sizeof entry->salt);
  entry->has_reply_to = body->reply_to.len > 0;
  if (entry->has_reply_to)
    memcpy (entry->reply_to, body->reply_to.data, sizeof entry->reply_to);
  for (size_t i = 0; i < body->n_mentions; i++)
    memcpy (entry->mentions[i].bytes, body->mentions[i].data, sizeof (HarkKey));
  entry->n_mentions = (unsigned) body->n_mentions;
  if (entry->kind == HARK_GROUP_CLIP)
    entry->sound = g_bytes_new (body->sound.data, body->sound.len);
  if (entry->kind == HARK_GROUP_FILE)
    entry->file = read_file (body->file);
  entry->has_body = true;
}

bool
hark_group_body_read (HarkGroupEntry *entry, GBytes *bytes)
{
  uint8_t hash[HARK_GROUP_HASH_LEN];
  Hark__GroupBody *body;
  const void *data;
  size_t len;
  bool fit;

  data = g_bytes_get_data (bytes, &len);
  if (!entry->apart || entry->has_body || len == 0 || len > HARK_GROUP_BODY_LEN_MAX)
    return false;
  name_body (data, len, hash);
  if (memcmp (hash, entry->body, sizeof hash) != 0)
    return false;
  body = hark__group_body__unpack (NULL, len, data);
  if (body == NULL)
    return false;
  fit = is_fit (body, entry->kind);
  if (fit)
    fill (body, entry);
  hark__group_body__free_unpacked (body, NULL);
  return fit;
}
