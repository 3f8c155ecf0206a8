/* What people tell of themselves: names, status, pictures, whether they can be spoken to. Theirs is
 * kept beside the contact; ours is told on every session and whenever it changes. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/people/before.h"
#include "net/base/domain.h"
#include "net/base/hash.h"

#include <string.h>

#define PICTURES_MAX 4    /* said to one contact in one session: nobody changes his that often */
#define PROFILES_RATE 0.1 /* a second, that are taken of one contact, */
#define PROFILES_BURST 20 /* and at once; the rest is missed until the next session */
#define HASH_LEN 32

static void
name_picture (const void *pixels, uint8_t ret[HASH_LEN])
{
  HARK_HASH (ret, HASH_LEN, NULL, 0, HARK_DOMAIN_PICTURE,
             HARK_PART_BYTES (pixels, HARK_PICTURE_LEN));
}

void
hark_core_profile_load (HarkCore *core, const HarkStoreSnapshot *snapshot)
{
  core->self.account = core->own;
  for (guint i = 0; i < snapshot->people->len; i++) {
    const HarkStorePerson *person = &g_array_index (snapshot->people, HarkStorePerson, i);
    HarkCoreContact *contact = hark_core_find (core, &person->account);

    if (hark_key_equal (&person->account, &core->own))
      core->self = *person;
    else if (contact != NULL)
      *contact->about = *person;
  }
  if (snapshot->picture != NULL && g_bytes_get_size (snapshot->picture) == HARK_PICTURE_LEN)
    core->picture = g_bytes_ref (snapshot->picture);
  core->self.has_picture &= core->picture != NULL;
}

HarkProfile *
hark_core_profile (const HarkCore *core)
{
  HarkProfile *profile = g_new0 (HarkProfile, 1);

  profile->name = g_strdup (core->has_account ? core->account.name : "");
  profile->status_text = g_strdup (core->self.status_text);
  profile->availability = (HarkAvailability) MIN (core->self.availability, HARK_INVISIBLE);
  profile->has_picture = core->self.has_picture;
  memcpy (profile->picture, core->self.picture, sizeof profile->picture);
  profile->may = core->self.may;
  return profile;
}

/* ---- telling ours ---- */

static void
say_profile (HarkCore *core, HarkCoreContact *contact)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Profile body = HARK__PROFILE__INIT;

  if (core->self.version == 0)
    return;
  body.version = core->self.version;
  body.name = core->account.name;
  body.status_text = core->self.status_text;
  if (core->self.has_picture)
    body.picture = (ProtobufCBinaryData){HASH_LEN, core->self.picture};
  frame.what_case = HARK__FRAME__WHAT_PROFILE;
  frame.profile = &body;
  hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_TEXT));
}

HarkAvailability
hark_core_told_available (const HarkCore *core)
{
  const HarkAvailability chosen = (HarkAvailability) core->self.availability;

  return chosen == HARK_AVAILABLE && core->idle ? HARK_AWAY : chosen;
}

static void
say_available (HarkCore *core, HarkCoreContact *contact)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Available body = HARK__AVAILABLE__INIT;

  /* whom we speak to while invisible need not know that nobody else sees us */
  if (hark_core_told_available (core) == HARK_AWAY)
    body.kind = HARK__AVAILABLE__KIND__AWAY;
  else if (hark_core_told_available (core) == HARK_BUSY)
    body.kind = HARK__AVAILABLE__KIND__BUSY;
  frame.what_case = HARK__FRAME__WHAT_AVAILABLE;
  frame.available = &body;
  hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
}

void
hark_core_profile_session (HarkCore *core, HarkCoreContact *contact)
{
  contact->availability = HARK_AVAILABLE;
  contact->pictures_said = 0;
  contact->picture_asked = false;
  hark_token_bucket_init (&contact->profiles, PROFILES_RATE, PROFILES_BURST, core->now);
  say_profile (core, contact);
  if (hark_core_told_available (core) == HARK_AWAY || hark_core_told_available (core) == HARK_BUSY)
    say_available (core, contact);
}

static void
tell_all (HarkCore *core, void (*say) (HarkCore *core, HarkCoreContact *contact))
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (hark_core_is_ready (value))
      say (core, value);
}

void
hark_core_tell_available (HarkCore *core)
{
  tell_all (core, say_available);
}

/* ---- hearing theirs ---- */

static void
ask_picture (HarkCore *core, HarkCoreContact *contact, const ProtobufCBinaryData *wanted)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__PictureAsk body = HARK__PICTURE_ASK__INIT;

  if (contact->picture_asked && memcmp (contact->wanted, wanted->data, HASH_LEN) == 0)
    return;
  memcpy (contact->wanted, wanted->data, HASH_LEN);
  contact->picture_asked = true;
  body.picture = *wanted;
  frame.what_case = HARK__FRAME__WHAT_PICTURE_ASK;
  frame.picture_ask = &body;
  hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
}

static void
keep_picture (HarkCore *core, const HarkStorePerson *person, GBytes *picture, HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_PICTURE);

  request->person = g_memdup2 (person, sizeof *person);
  request->picture = picture != NULL ? g_bytes_ref (picture) : NULL;
  hark_core_ask_store (core, request, pending);
}

static bool
profile_is_sane (const Hark__Profile *profile)
{
  return profile->version > 0 && profile->version <= INT64_MAX
         && (profile->picture.len == 0 || profile->picture.len == HASH_LEN)
         && strlen (profile->status_text) <= HARK_STORE_STATUS_MAX
         && g_utf8_validate (profile->status_text, -1, NULL)
         && g_utf8_validate (profile->name, -1, NULL);
}

static bool
hear_profile (HarkCore *core, HarkCoreContact *contact, const Hark__Profile *profile)
{
  HarkStorePerson *about = contact->about;
  HarkStorePerson before = *about;
  char name[sizeof contact->row.name] = {0};
  bool renamed;

  if (!profile_is_sane (profile))
    return false;
  if (profile->version < about->version
      || !hark_token_bucket_take (&contact->profiles, 1, core->now))
    return true;
  hark_contact_clean_name (profile->name, name);
  renamed = strcmp (name, contact->row.name) != 0;
  about->version = profile->version;
  hark_contact_clean_status (profile->status_text, about->status_text);
  if (renamed) {
    g_strlcpy (contact->row.name, name, sizeof contact->row.name);
    hark_core_keep (core, contact, NULL);
  }
  if (profile->picture.len == 0 && about->has_picture) {
    about->has_picture = false;
    memset (about->picture, 0, sizeof about->picture);
    keep_picture (core, about, NULL, NULL);
  } else if (about->version != before.version
             || strcmp (about->status_text, before.status_text) != 0) {
    hark_core_keep_about (core, contact, NULL);
  }
  if (renamed || about->has_picture != before.has_picture
      || strcmp (about->status_text, before.status_text) != 0)
    hark_core_contact_changed (core, contact);
  if (profile->picture.len > 0
      && (!about->has_picture || memcmp (about->picture, profile->picture.data, HASH_LEN) != 0))
    ask_picture (core, contact, &profile->picture);
  return true;
}

static bool
hear_picture_ask (HarkCore *core, HarkCoreContact *contact, const Hark__PictureAsk *ask)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Picture body = HARK__PICTURE__INIT;

  if (ask->picture.len != HASH_LEN)
    return false;
  if (!core->self.has_picture || memcmp (core->self.picture, ask->picture.data, HASH_LEN) != 0
      || contact->pictures_said >= PICTURES_MAX)
    return true;
  contact->pictures_said++;
  body.pixels.data = (uint8_t *) g_bytes_get_data (core->picture, &body.pixels.len);
  frame.what_case = HARK__FRAME__WHAT_PICTURE;
  frame.picture = &body;
  hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_TEXT));
  return true;
}

static void
after_picture (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (!hark_core_refuse_store (core, pending, reply) && contact != NULL)
    hark_core_contact_changed (core, contact);
}

/* Nobody sends a picture that was not asked for. */
static bool
hear_picture (HarkCore *core, HarkCoreContact *contact, const Hark__Picture *picture)
{
  g_autoptr (GBytes) pixels = NULL;
  HarkPending *pending;
  uint8_t hash[HASH_LEN];

  if (!contact->picture_asked || picture->pixels.len != HARK_PICTURE_LEN)
    return false;
  name_picture (picture->pixels.data, hash);
  if (memcmp (hash, contact->wanted, HASH_LEN) != 0)
    return false;
  contact->picture_asked = false;
  contact->about->has_picture = true;
  memcpy (contact->about->picture, hash, HASH_LEN);
  pixels = g_bytes_new (picture->pixels.data, picture->pixels.len);
  pending = hark_pending_new (after_picture, NULL);
  pending->contact = contact->row.account;
  keep_picture (core, contact->about, pixels, pending);
  return true;
}

static void
hear_available (HarkCore *core, HarkCoreContact *contact, const Hark__Available *available)
{
  HarkAvailability now = contact->availability;

  if (available->kind == HARK__AVAILABLE__KIND__ONLINE)
    now = HARK_AVAILABLE;
  else if (available->kind == HARK__AVAILABLE__KIND__AWAY)
    now = HARK_AWAY;
  else if (available->kind == HARK__AVAILABLE__KIND__BUSY)
    now = HARK_BUSY;
  if (now == contact->availability)
    return;
  contact->availability = now;
  hark_core_contact_changed (core, contact);
}

bool
hark_core_profile_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame)
{
  switch (frame->what_case) {
  case HARK__FRAME__WHAT_PROFILE:
    return hear_profile (core, contact, frame->profile);
  case HARK__FRAME__WHAT_PICTURE_ASK:
    if (frame->picture_ask->group.len > 0)
      return hark_core_group_picture_frame (core, contact, frame);
    return hear_picture_ask (core, contact, frame->picture_ask);
  case HARK__FRAME__WHAT_PICTURE:
    if (frame->picture->group.len > 0)
      return hark_core_group_picture_frame (core, contact, frame);
    return hear_picture (core, contact, frame->picture);
  default:
    hear_available (core, contact, frame->available);
    return true;
  }
}

/* ---- the user's steps ---- */

static void
show_name (HarkCore *core)
{
  if (core->visible && !hark_core_is_invisible (core))
    hark_net_set_visible (core->net, core->account.name, core->now);
}

static void
after_profile (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkEvent *event;

  if (hark_core_refuse_store (core, pending, reply)) {
    hark_core_put_back_own (core, pending); /* it is not told to anybody */
    show_name (core);
    return;
  }
  event = hark_core_result (pending->command);
  event->profile = hark_core_profile (core);
  hark_core_emit (core, event);
  event = hark_event_new (HARK_EVENT_PROFILE);
  event->profile = hark_core_profile (core);
  hark_core_emit (core, event);
  tell_all (core, say_profile);
}

/* Why not, or NULL. */
static const char *
refusal_of_profile (const HarkCommand *command)
{
  const gsize len = command->picture != NULL ? g_bytes_get_size (command->picture) : 0;
  char name[49] = {0};

  hark_contact_clean_name (command->name, name);
  if (command->name != NULL && (name[0] == '\0' || strlen (command->name) > sizeof name - 1))
    return "A name has 1 to 48 letters; fewer with accents, and in other scripts.";
  if (command->text != NULL
      && (strlen (command->text) > HARK_STORE_STATUS_MAX
          || !g_utf8_validate (command->text, -1, NULL)))
    return "A status has at most 140 letters; fewer with accents, and in other scripts.";
  if (len != 0 && len != HARK_PICTURE_LEN)
    return "A picture has 96 rows of 96 pixels, three bytes each.";
  return NULL;
}

static void
change_name (HarkCore *core, const char *name)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_ACCOUNT);

  hark_contact_clean_name (name, core->account.name);
  request->account = g_memdup2 (&core->account, sizeof core->account);
  hark_core_ask_store (core, request, NULL);
  show_name (core);
}

static void
change_picture (HarkCore *core, GBytes *picture)
{
  g_clear_pointer (&core->picture, g_bytes_unref);
  core->self.has_picture = g_bytes_get_size (picture) > 0;
  memset (core->self.picture, 0, sizeof core->self.picture);
  if (core->self.has_picture) {
    core->picture = g_bytes_ref (picture);
    name_picture (g_bytes_get_data (picture, NULL), core->self.picture);
  }
}

void
hark_core_command_profile (HarkCore *core, HarkCommand *command)
{
  const char *refusal = refusal_of_profile (command);
  const bool changes = command->name != NULL || command->text != NULL || command->picture != NULL;
  HarkPending *pending;
  HarkEvent *event;

  if (refusal != NULL) {
    hark_core_refuse (core, command, "bad-value", refusal);
    hark_command_free (command);
    return;
  }
  if (!changes) {
    event = hark_core_result (command);
    event->profile = hark_core_profile (core);
    hark_core_emit (core, event);
    hark_command_free (command);
    return;
  }
  pending = hark_core_remember_own (hark_pending_new (after_profile, command), core,
                                    HARK_CORE_BEFORE_PROFILE);
  core->self.version
    = MAX (core->self.version + 1, (uint64_t) MAX (hark_core_wall (core), INT64_C (1)));
  if (command->name != NULL)
    change_name (core, command->name);
  if (command->text != NULL)
    hark_contact_clean_status (command->text, core->self.status_text);
  if (command->picture != NULL)
    change_picture (core, command->picture);
  keep_picture (core, &core->self, core->picture, pending);
}

static void
after_get_picture (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkEvent *event;

  if (hark_core_refuse_store (core, pending, reply))
    return;
  event = hark_core_result (pending->command);
  if (reply->picture != NULL && g_bytes_get_size (reply->picture) == HARK_PICTURE_LEN)
    event->picture = g_bytes_ref (reply->picture);
  hark_core_emit (core, event);
}

void
hark_core_command_picture (HarkCore *core, HarkCommand *command)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_GET_PICTURE);

  request->account_key = core->own;
  if (command->has_contact)
    memcpy (request->account_key.bytes, command->contact, sizeof request->account_key.bytes);
  hark_core_ask_store (core, request, hark_pending_new (after_get_picture, command));
}

/* ---- what the user notes about somebody ---- */

static void
after_about (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (!hark_core_refuse_store (core, pending, reply))
    hark_core_succeed (core, pending->command);
  else if (contact != NULL)
    hark_core_put_back (core, contact, pending);
  if (contact != NULL)
    hark_core_contact_changed (core, contact);
}

/* False with a sentence when the command makes no sense. */
static const char *
note (HarkCoreContact *contact, const HarkCommand *command)
{
  HarkStorePerson *about = contact->about;

  switch (command->kind) {
  case HARK_COMMAND_NOTES:
    if (command->text == NULL || strlen (command->text) > HARK_STORE_NOTES_MAX
        || !g_utf8_validate (command->text, -1, NULL))
      return "Notes have at most 1,024 letters; fewer with accents, and in other scripts.";
    g_strlcpy (about->notes, command->text, sizeof about->notes);
    return NULL;
  case HARK_COMMAND_FAVOURITE:
    about->favourite = command->on;
    return NULL;
  case HARK_COMMAND_SILENCE:
    about->silent_until_ms = !command->on ? 0
                             : command->before > 0 && command->before < INT64_MAX
                               ? (int64_t) command->before
                               : INT64_MAX;
    return NULL;
  default:
    g_assert_not_reached ();
  }
}

void
hark_core_command_note (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_find_of (core, command);
  HarkPending *pending;
  const char *refusal;

  if (contact == NULL) {
    hark_core_refuse (core, command, "no-contact", "There is no such contact.");
    hark_command_free (command);
    return;
  }
  pending = hark_core_remember (hark_pending_new (after_about, command), contact);
  refusal = note (contact, command);
  if (refusal == NULL) {
    hark_core_keep_about (core, contact, pending);
    return;
  }
  hark_core_refuse (core, command, "bad-value", refusal);
  hark_pending_free (pending);
}
