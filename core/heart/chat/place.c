/* Where the user was last: a conversation and a place in it. It tells whom one talks to, so it
 * stands in the sealed store and not among the settings of the desktop. */
#include "core/heart/core-private.h"

#include <string.h>

#define PLACE_LEN (HARK_ACCOUNT_LEN + 8) /* whose conversation, then the position */

void
hark_core_place_load (HarkCore *core, GBytes *kept)
{
  if (kept != NULL && g_bytes_get_size (kept) == PLACE_LEN)
    core->place = g_bytes_ref (kept);
}

/* (transfer full) @place (nullable) */
static void
keep (HarkCore *core, GBytes *place)
{
  const bool same = place == NULL || core->place == NULL ? place == core->place
                                                         : g_bytes_equal (place, core->place);
  HarkStoreRequest *request;

  if (same) {
    g_clear_pointer (&place, g_bytes_unref);
    return;
  }
  g_clear_pointer (&core->place, g_bytes_unref);
  core->place = place;
  request = hark_core_request (HARK_STORE_PUT_PLACE);
  request->place = place != NULL ? g_bytes_ref (place) : NULL;
  hark_core_ask_store (core, request, NULL);
}

static void
tell (HarkCore *core, const HarkCommand *command)
{
  HarkEvent *event = hark_core_result (command);

  if (core->place != NULL) {
    const uint8_t *bytes = g_bytes_get_data (core->place, NULL);
    HarkKey whose;

    memcpy (whose.bytes, bytes, sizeof whose.bytes);
    memcpy (&event->position, bytes + HARK_ACCOUNT_LEN, sizeof event->position);
    event->position = GUINT64_FROM_BE (event->position);
    event->on = true;
    event->has_group = hark_store_group_of (&whose, event->of_group);
    memcpy (event->account, whose.bytes, sizeof event->account);
  }
  hark_core_emit (core, event);
}

void
hark_core_command_place (HarkCore *core, HarkCommand *command)
{
  const uint64_t position = GUINT64_TO_BE (command->before);
  uint8_t bytes[PLACE_LEN];

  if (command->has_contact) {
    memcpy (bytes, command->contact, HARK_ACCOUNT_LEN);
    memcpy (bytes + HARK_ACCOUNT_LEN, &position, sizeof position);
    keep (core, g_bytes_new (bytes, sizeof bytes));
  } else if (g_strcmp0 (command->how, "forget") == 0) {
    keep (core, NULL);
  }
  tell (core, command);
  hark_command_free (command);
}
