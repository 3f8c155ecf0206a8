/* app/json/groups.c - groups as JSON. */
#include "app/json/put.h"

static const char *const group_words[] = {NULL, "offered", "joined", "left", "forgotten"};
static const char *const role_words[] = {NULL, "member", "admin", "founder"};
static const char *const notices_words[] = {"all", "mentions", "none"};

static void
put_group_person (JsonBuilder *builder, const HarkGroupPerson *person)
{
  put_account (builder, "contact", person->account);
  put_string (builder, "name", person->name);
  put_string (builder, "role", WORD (role_words, person->role));
  put_bool (builder, "joined", person->joined);
  put_bool (builder, "is_contact", person->is_contact);
  if (person->read > 0)
    put_int (builder, "read", (gint64) person->read);
  put_bool (builder, "asks", person->asks);
  put_bool (builder, "asked", person->asked);
  put_bool (builder, "other_view", person->other_view);
}

void
hark_json_put_group (JsonBuilder *builder, const HarkGroupInfo *group)
{
  put_hex (builder, "group", group->id, sizeof group->id);
  put_string (builder, "name", group->name);
  put_string (builder, "state", WORD (group_words, group->state));
  put_string (builder, "notices", WORD (notices_words, group->notices));
  put_string (builder, "role", WORD (role_words, group->role));
  put_account (builder, "sponsor", group->sponsor);
  put_int (builder, "joined", group->joined);
  put_bool (builder, "had_others", group->had_others);
  put_int (builder, "made_at", group->made_ms);
  put_int (builder, "expires_s", group->expires_s);
  if (group->has_picture)
    put_hex (builder, "picture", group->picture, sizeof group->picture);
  PUT_LIST (builder, "members", group->people, HarkGroupPerson, put_group_person);
  put_string (builder, "reason", group->reason);
}
