/* What contacts may do and see, each or all of them. */
#include "core/heart/people/before.h"
#include "core/heart/people/presence.h"

/* @how in words; of those that are on unless switched off the bit says that it is off. */
static const struct {
  const char *how;
  uint32_t bit;
  bool off; /* the bit means no */
  bool all; /* may be said of all contacts */
} rights[] = {
  {"give-files", HARK_MAY_GIVE_FILES,     false, false},
  {"see-typing", HARK_MAY_NOT_SEE_TYPING, true,  true },
  {"see-read",   HARK_MAY_NOT_SEE_READ,   true,  true },
  {"see-online", HARK_MAY_NOT_SEE_ONLINE, true,  false}, /* of all: presence */
};

/* Who saw that the user types shall not see it for ever. */
static void
stop_typing (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreContact *contact = value;

    if (contact->conversation.typing_here
        && !hark_core_lets (core, contact, HARK_MAY_NOT_SEE_TYPING)) {
      hark_core_say (core, contact, hark_chat_write_typing (false));
      contact->conversation.typing_here = false;
    }
  }
}

static void
after_may (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);
  HarkEvent *event;

  if (!hark_core_refuse_store (core, pending, reply))
    hark_core_succeed (core, pending->command);
  else if (contact != NULL)
    hark_core_put_back (core, contact, pending);
  else if (!pending->command->has_contact)
    hark_core_put_back_own (core, pending);
  if (contact != NULL) {
    if (g_strcmp0 (pending->command->how, "see-online") == 0)
      hark_core_show_one (core, contact);
    hark_core_contact_changed (core, contact);
  } else if (!pending->command->has_contact) {
    event = hark_event_new (HARK_EVENT_PROFILE);
    event->profile = hark_core_profile (core);
    hark_core_emit (core, event);
  }
}

/* @contact: NULL: all. */
static void
set (HarkCore *core, HarkCoreContact *contact, HarkCommand *command, uint32_t bit, bool on)
{
  HarkPending *pending = hark_pending_new (after_may, command);
  HarkStorePerson *about = contact != NULL ? contact->about : &core->self;
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_PERSON);

  if (contact != NULL)
    hark_core_remember (pending, contact);
  else
    hark_core_remember_own (pending, core, HARK_CORE_BEFORE_OWN_MAY);
  about->may = on ? about->may | bit : about->may & ~bit;
  stop_typing (core);
  hark_core_groups_session (core); /* there as well */
  request->person = g_memdup2 (about, sizeof *about);
  pending->contact = about->account;
  hark_core_ask_store (core, request, pending);
}

void
hark_core_command_may (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_find_of (core, command);

  for (size_t i = 0; i < G_N_ELEMENTS (rights); i++) {
    if (g_strcmp0 (command->how, rights[i].how) != 0 || (!command->has_contact && !rights[i].all))
      continue;
    if (command->has_contact && contact == NULL) {
      hark_core_refuse (core, command, "no-contact", "There is no such contact.");
      hark_command_free (command);
    } else {
      set (core, contact, command, rights[i].bit, command->on != rights[i].off);
    }
    return;
  }
  hark_core_refuse (core, command, "bad-value",
                    "Say what they may: \"give-files\" or \"see-online\" (of a contact), "
                    "\"see-typing\" or \"see-read\".");
  hark_command_free (command);
}
