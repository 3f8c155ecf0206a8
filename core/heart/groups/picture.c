/* The picture of a group: named in its log, its pixels from any member who has them. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/groups/groups.h"
#include "net/base/domain.h"
#include "net/base/hash.h"

#include <string.h>

#define PICTURES_MAX 8 /* said to one contact in one session, of all groups */

static void
name_picture (const void *pixels, uint8_t ret[HARK_GROUP_PICTURE_LEN])
{
  HARK_HASH (ret, HARK_GROUP_PICTURE_LEN, NULL, 0, HARK_DOMAIN_PICTURE,
             HARK_PART_BYTES (pixels, HARK_PICTURE_LEN));
}

static bool
has_it (const HarkCoreGroup *group)
{
  return !group->log->has_picture
         || (group->has_pixels
             && memcmp (group->pixels, group->log->picture, sizeof group->pixels) == 0);
}

/* @pixels: NULL: none any more. */
static void
keep (HarkCore *core, HarkCoreGroup *group, GBytes *pixels, HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_PICTURE);

  request->person = g_new0 (HarkStorePerson, 1);
  hark_store_group_key (group->row.id, &request->person->account);
  group->has_pixels = request->person->has_picture = pixels != NULL;
  memset (group->pixels, 0, sizeof group->pixels);
  if (pixels != NULL)
    name_picture (g_bytes_get_data (pixels, NULL), group->pixels);
  memcpy (request->person->picture, group->pixels, sizeof request->person->picture);
  request->picture = pixels != NULL ? g_bytes_ref (pixels) : NULL;
  memcpy (pending->group, group->row.id, sizeof pending->group);
  hark_core_ask_store (core, request, pending);
}

/* ---- giving and taking ---- */

void
hark_core_group_ask_picture (HarkCore *core, HarkCoreGroup *group, HarkCoreContact *contact)
{
  HarkCoreGroupPeer *peer = hark_core_group_peer (group, &contact->row.account);
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__PictureAsk body = HARK__PICTURE_ASK__INIT;

  hark_group_update (group->log);
  if (has_it (group)
      || (peer->picture_asked
          && memcmp (peer->wanted, group->log->picture, sizeof peer->wanted) == 0))
    return;
  peer->picture_asked = true;
  memcpy (peer->wanted, group->log->picture, sizeof peer->wanted);
  body.picture = (ProtobufCBinaryData){sizeof peer->wanted, peer->wanted};
  body.group = (ProtobufCBinaryData){sizeof group->row.id, group->row.id};
  frame.what_case = HARK__FRAME__WHAT_PICTURE_ASK;
  frame.picture_ask = &body;
  hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
}

static void
after_read (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Picture body = HARK__PICTURE__INIT;

  if (!reply->ok || reply->picture == NULL || contact == NULL
      || g_bytes_get_size (reply->picture) != HARK_PICTURE_LEN)
    return;
  body.pixels.data = (uint8_t *) g_bytes_get_data (reply->picture, &body.pixels.len);
  body.group = (ProtobufCBinaryData){sizeof pending->group, pending->group};
  frame.what_case = HARK__FRAME__WHAT_PICTURE;
  frame.picture = &body;
  hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_TEXT));
}

static void
hear_ask (HarkCore *core, HarkCoreGroup *group, HarkCoreContact *contact, const void *wanted)
{
  HarkStoreRequest *request;
  HarkPending *pending;

  if (!hark_core_group_is_peer (group, &contact->row.account) || !group->has_pixels
      || memcmp (group->pixels, wanted, sizeof group->pixels) != 0
      || contact->pictures_said >= PICTURES_MAX)
    return;
  contact->pictures_said++;
  request = hark_core_request (HARK_STORE_GET_PICTURE);
  hark_store_group_key (group->row.id, &request->account_key);
  pending = hark_pending_new (after_read, NULL);
  pending->contact = contact->row.account;
  memcpy (pending->group, group->row.id, sizeof pending->group);
  hark_core_ask_store (core, request, pending);
}

static void
after_kept (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group = hark_core_group_find (core, pending->group);

  if (!hark_core_refuse_store (core, pending, reply) && group != NULL) {
    hark_core_group_changed (core, group);
    hark_core_group_due (core, group);
  }
}

/* Only what was asked for, and is still wanted. */
static bool
hear_pixels (HarkCore *core,
             HarkCoreGroup *group,
             HarkCoreContact *contact,
             const ProtobufCBinaryData *pixels)
{
  HarkCoreGroupPeer *peer = g_hash_table_lookup (group->peers, &contact->row.account);
  g_autoptr (GBytes) bytes = NULL;
  uint8_t hash[HARK_GROUP_PICTURE_LEN];

  if (peer == NULL || !peer->picture_asked || pixels->len != HARK_PICTURE_LEN)
    return false;
  name_picture (pixels->data, hash);
  if (memcmp (hash, peer->wanted, sizeof hash) != 0)
    return false;
  peer->picture_asked = false;
  if (has_it (group) || memcmp (hash, group->log->picture, sizeof hash) != 0)
    return true;
  bytes = g_bytes_new (pixels->data, pixels->len);
  keep (core, group, bytes, hark_pending_new (after_kept, NULL));
  return true;
}

bool
hark_core_group_picture_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame)
{
  const bool asks = frame->what_case == HARK__FRAME__WHAT_PICTURE_ASK;
  const ProtobufCBinaryData *id = asks ? &frame->picture_ask->group : &frame->picture->group;
  HarkCoreGroup *group;

  if (id->len != HARK_GROUP_ID_LEN
      || (asks && frame->picture_ask->picture.len != HARK_GROUP_PICTURE_LEN))
    return false;
  group = hark_core_group_find (core, id->data);
  if (group == NULL || contact->row.status != HARK_CONTACT_ACCEPTED)
    return true;
  if (!asks)
    return hear_pixels (core, group, contact, &frame->picture->pixels);
  hear_ask (core, group, contact, frame->picture_ask->picture.data);
  return true;
}

/* ---- the user's step ---- */

/* The pixels lie on the disk before the log names them: who hears of them can have them. */
static void
after_own (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group = hark_core_group_find (core, pending->group);
  HarkGroupEntry *entry;

  if (hark_core_refuse_store (core, pending, reply) || group == NULL)
    return;
  entry = g_new0 (HarkGroupEntry, 1);
  entry->kind = HARK_GROUP_PICTURE;
  entry->has_picture = group->has_pixels;
  memcpy (entry->picture, group->pixels, sizeof entry->picture);
  hark_core_group_write (core, group, entry, g_steal_pointer (&pending->command));
}

void
hark_core_command_group_picture (HarkCore *core, HarkCommand *command)
{
  HarkCoreGroup *group = command->has_group ? hark_core_group_find (core, command->group) : NULL;
  const gsize len = command->picture != NULL ? g_bytes_get_size (command->picture) : 0;
  const char *wrong = NULL;

  if (group == NULL || group->row.state != HARK_STORE_GROUP_JOINED)
    wrong = "You are not in this group.";
  else if (len != 0 && len != HARK_PICTURE_LEN)
    wrong = "A picture has 96 rows of 96 pixels, three bytes each.";
  else if (!hark_group_may (group->log, &core->own, HARK_GROUP_PICTURE, NULL))
    wrong = "Only the founder and admins can do this.";
  if (wrong != NULL) {
    hark_core_refuse (core, command, "not-allowed", wrong);
    hark_command_free (command);
    return;
  }
  keep (core, group, len > 0 ? command->picture : NULL, hark_pending_new (after_own, command));
}
