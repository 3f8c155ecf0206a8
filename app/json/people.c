/* app/json/people.c - people as JSON objects, for app/json/json.c. */
#include "app/json/people.h"

#include "app/json/put.h"

static const char *const presence_words[] = {"offline", "searching", "connecting", "online"};
static const char *const path_words[] = {NULL, "lan", "direct", "relay"};
static const char *const person_words[]
  = {NULL, "asked", "request", "accepted", "blocked", "removed"};
static const char *const verified_words[] = {"no", "voice", "person"};
static const char *const available_words[] = {"online", "away", "busy", "invisible"};

void
hark_json_put_person (JsonBuilder *builder, const HarkPerson *person)
{
  put_account (builder, "contact", person->account);
  put_string (builder, "name", person->name);
  put_string (builder, "claimed_name", person->claimed);
  put_string (builder, "status", WORD (person_words, person->status));
  put_string (builder, "state", WORD (presence_words, person->presence));
  put_string (builder, "path", WORD (path_words, person->path));
  put_string (builder, "relay", person->relay);
  put_bool (builder, "relayed", person->relayed);
  put_double (builder, "rtt_ms", person->rtt_ms);
  put_string (builder, "reason", person->reason);
  put_int (builder, "last_seen", person->last_seen_ms);
  put_string (builder, "verified", WORD (verified_words, person->verified));
  put_int (builder, "verified_at", person->verified_ms);
  put_string (builder, "status_text", person->status_text);
  put_string (builder, "availability", WORD (available_words, person->availability));
  if (person->has_picture)
    put_hex (builder, "picture", person->picture, sizeof person->picture);
  put_string (builder, "notes", person->notes);
  put_bool (builder, "favourite", person->favourite);
  put_int (builder, "silent_until", person->silent_until_ms);
  put_bool (builder, "may_give_files", (person->may & HARK_MAY_GIVE_FILES) != 0);
  if (person->files_max > 0)
    put_int (builder, "files_max", (int64_t) person->files_max);
  if (person->files_folder)
    put_string (builder, "files_folder", person->files_folder);
  put_bool (builder, "may_see_typing", (person->may & HARK_MAY_NOT_SEE_TYPING) == 0);
  put_bool (builder, "may_see_read", (person->may & HARK_MAY_NOT_SEE_READ) == 0);
  put_bool (builder, "may_see_online", (person->may & HARK_MAY_NOT_SEE_ONLINE) == 0);
  if (person->next_try_ms > 0)
    put_int (builder, "next_try", person->next_try_ms);
  put_string (builder, "via", person->via);
  put_string (builder, "resembles", person->resembles);
  if (person->status == HARK_PERSON_REQUEST || person->status == HARK_PERSON_ASKED)
    put_string (builder, "text", person->request_text);
  put_int (builder, "queued", person->queued);
}

void
hark_json_put_profile (JsonBuilder *builder, const HarkProfile *profile)
{
  put_string (builder, "name", profile->name);
  put_string (builder, "status_text", profile->status_text);
  put_string (builder, "availability", WORD (available_words, profile->availability));
  if (profile->has_picture)
    put_hex (builder, "picture", profile->picture, sizeof profile->picture);
  put_bool (builder, "may_see_typing", (profile->may & HARK_MAY_NOT_SEE_TYPING) == 0);
  put_bool (builder, "may_see_read", (profile->may & HARK_MAY_NOT_SEE_READ) == 0);
}

void
hark_json_put_own_address (JsonBuilder *builder, const HarkOwnAddress *address)
{
  put_string (builder, "address", address->address);
  put_string (builder, "label", address->label);
  put_bool (builder, "one_time", address->one_time);
  put_int (builder, "made_at", address->made_ms);
  put_int (builder, "ends_at", address->ends_ms);
}
