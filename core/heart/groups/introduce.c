/* Members who are no contacts of each other become contacts when both want it: one puts an invite
 * that the other alone can read into the group's log, where any member passes it on; the other
 * takes it up. */
#define G_LOG_DOMAIN "hark-core"

#include "core/groups/introduction.h"
#include "core/heart/groups/groups.h"
#include "core/identity/address.h"

#include <string.h>

/* They asked us: their invite leads to them. */
static void
take_up (HarkCore *core,
         const HarkCoreGroup *group,
         const HarkGroupEntry *asking,
         HarkCommand *command)
{
  const HarkSecret *secret = hark_core_group_secret (core, &asking->author);
  char *address = secret != NULL ? hark_group_introduction_open (
                    secret, group->row.id, &asking->author, &core->own, asking->sealed)
                                 : NULL;
  HarkAddress value = {0};
  const bool good = address != NULL && hark_address_parse (address, &value) == HARK_ADDRESS_OK
                    && hark_key_equal (&value.account, &asking->author);

  hark_address_clear (&value);
  if (!good) { /* an invite of somebody else's would make us write to them */
    g_free (address);
    hark_core_refuse (core, command, "bad-address", "What they sent is no invite of theirs.");
    hark_command_free (command);
    return;
  }
  g_free (command->address);
  command->address = address;
  hark_core_command_add (core, command);
}

static void
after_invite (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group = hark_core_group_find (core, pending->group);
  const HarkSecret *secret = hark_core_group_secret (core, &pending->contact);
  uint8_t nonce[HARK_GROUP_NONCE_SEAL_LEN];
  g_autofree char *address = NULL;
  HarkGroupEntry *entry;

  if (hark_core_refuse_store (core, pending, reply) || group == NULL || secret == NULL)
    return;
  hark_core_open_address (core, &pending->address);
  address = hark_core_format_address (core, &pending->address);
  hark_rng_bytes (&core->rng, nonce, sizeof nonce);
  entry = g_new0 (HarkGroupEntry, 1);
  entry->kind = HARK_GROUP_INTRODUCE;
  entry->account = pending->contact;
  entry->sealed = hark_group_introduction_seal (secret, group->row.id, &core->own,
                                                &pending->contact, nonce, address);
  hark_core_group_write (core, group, entry, g_steal_pointer (&pending->command));
}

static void
ask (HarkCore *core, HarkCoreGroup *group, const HarkGroupMember *member, HarkCommand *command)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_ADDRESS);
  HarkPending *pending = hark_pending_new (after_invite, command);
  HarkStoreAddress *address = &request->address;

  address->kind = HARK_STORE_ADDRESS_INVITE;
  address->made_ms = hark_core_wall (core);
  hark_contact_clean_name (member->claimed, address->label);
  hark_rng_bytes (&core->rng, address->token.bytes, sizeof address->token.bytes);
  pending->address = *address;
  pending->contact = member->account;
  memcpy (pending->group, group->row.id, sizeof pending->group);
  hark_core_ask_store (core, request, pending);
}

void
hark_core_command_introduce (HarkCore *core, HarkCommand *command)
{
  HarkCoreGroup *group = command->has_group ? hark_core_group_find (core, command->group) : NULL;
  const HarkCoreContact *contact = hark_core_find_of (core, command);
  const HarkGroupMember *member = NULL;
  const HarkGroupEntry *asking = NULL;
  const char *wrong = NULL;
  HarkKey account;

  memcpy (account.bytes, command->contact, sizeof account.bytes);
  if (group != NULL && group->row.state == HARK_STORE_GROUP_JOINED && command->has_contact)
    member = hark_group_member (group->log, &account);
  if (member == NULL || member->status != HARK_GROUP_STATUS_JOINED
      || hark_key_equal (&account, &core->own) || !hark_group_has_joined (group->log, &core->own)) {
    hark_core_refuse (core, command, "not-in-group", "This person is not in the group with you.");
    hark_command_free (command);
    return;
  }
  asking = hark_group_asking (group->log, &account, &core->own, hark_core_group_since (core));
  if (contact != NULL && contact->row.status == HARK_CONTACT_ACCEPTED)
    wrong = "This person is a contact of yours.";
  else if (asking == NULL
           && hark_group_asking (group->log, &core->own, &account, hark_core_group_since (core))
                != NULL)
    wrong = "You asked this person already; it is for them to answer.";
  else if (asking == NULL
           && (hark_core_invites_full (core) || !hark_core_group_may_volunteer (group)))
    wrong = "Too many were asked already; invites that nobody used end after 30 days.";
  if (wrong != NULL) {
    hark_core_refuse (core, command, "not-allowed", wrong);
    hark_command_free (command);
  } else if (asking != NULL) {
    take_up (core, group, asking, command);
  } else {
    ask (core, group, member, command);
  }
}
