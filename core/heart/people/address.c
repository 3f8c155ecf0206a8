/* Our own addresses: made, named, used up, taken back. */
#define G_LOG_DOMAIN "hark-core"

#include "core/identity/address.h"
#include "core/heart/core-private.h"

#include <string.h>

#define INVITE_LIFE_MS (INT64_C (30) * 24 * 3600 * 1000)

static HarkStoreAddress *
find (HarkCore *core, const HarkToken *token)
{
  for (guint i = 0; i < core->addresses->len; i++) {
    HarkStoreAddress *address = &g_array_index (core->addresses, HarkStoreAddress, i);

    if (hark_token_equal (&address->token, token))
      return address;
  }
  return NULL;
}

const char *
hark_core_address_label (HarkCore *core, const HarkToken *token)
{
  const HarkStoreAddress *address = find (core, token);

  return address != NULL ? address->label : "";
}

void
hark_core_open_addresses (HarkCore *core, bool open)
{
  for (guint i = 0; i < core->addresses->len; i++) {
    const HarkStoreAddress *address = &g_array_index (core->addresses, HarkStoreAddress, i);

    if (open)
      hark_net_open_audience (core->net,
                              address->kind == HARK_STORE_ADDRESS_PUBLIC ? HARK_AUDIENCE_ADDRESS
                                                                         : HARK_AUDIENCE_INVITE,
                              &address->token, NULL, core->now);
    else
      hark_net_close_audience (core->net, &address->token, core->now);
  }
}

/* From memory at once, from the disk when @pending's store has it. */
static void
forget (HarkCore *core, HarkStoreAddress *address, HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_DELETE_ADDRESS);

  hark_net_close_audience (core->net, &address->token, core->now);
  request->address = *address;
  g_array_remove_index_fast (core->addresses,
                             (guint) (address - (HarkStoreAddress *) core->addresses->data));
  hark_core_ask_store (core, request, pending);
}

bool
hark_core_is_invite (HarkCore *core, const HarkToken *token)
{
  const HarkStoreAddress *address = find (core, token);

  return address != NULL && address->kind == HARK_STORE_ADDRESS_INVITE;
}

bool
hark_core_use_up_invite (HarkCore *core, const HarkToken *via)
{
  HarkStoreAddress *address = find (core, via);

  if (address == NULL || address->kind != HARK_STORE_ADDRESS_INVITE)
    return false;
  forget (core, address, NULL);
  return true;
}

void
hark_core_open_first (HarkCore *core)
{
  HarkStoreAddress address = {.kind = HARK_STORE_ADDRESS_PUBLIC, .made_ms = hark_core_wall (core)};
  HarkStoreRequest *request;

  if (core->addresses->len > 0)
    return;
  hark_rng_bytes (&core->rng, address.token.bytes, sizeof address.token.bytes);
  g_array_append_val (core->addresses, address);
  request = hark_core_request (HARK_STORE_PUT_ADDRESS);
  request->address = address;
  hark_core_ask_store (core, request, NULL);
  hark_token_clear (&address.token);
}

void
hark_core_close_addresses (HarkCore *core)
{
  while (core->addresses->len > 0)
    forget (core, &g_array_index (core->addresses, HarkStoreAddress, 0), NULL);
}

char *
hark_core_format_address (HarkCore *core, const HarkStoreAddress *address)
{
  char text[HARK_ADDRESS_LEN + 1];
  g_auto (HarkAddress) value = {
    .kind = address->kind == HARK_STORE_ADDRESS_PUBLIC ? HARK_ADDRESS_PUBLIC : HARK_ADDRESS_INVITE,
    .account = core->own,
    .token = address->token};

  hark_address_format (&value, text);
  return g_strdup (text);
}

static void
answer_address (HarkCore *core, const HarkCommand *command, const HarkStoreAddress *address)
{
  HarkEvent *event = hark_core_result (command);

  event->address = hark_core_format_address (core, address);
  event->on = address->kind == HARK_STORE_ADDRESS_INVITE;
  hark_core_emit (core, event);
}

void
hark_core_open_address (HarkCore *core, const HarkStoreAddress *address)
{
  g_array_append_vals (core->addresses, address, 1);
  if (!hark_core_is_invisible (core))
    hark_net_open_audience (core->net,
                            address->kind == HARK_STORE_ADDRESS_PUBLIC ? HARK_AUDIENCE_ADDRESS
                                                                       : HARK_AUDIENCE_INVITE,
                            &address->token, NULL, core->now);
}

static void
after_address (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  const HarkStoreAddress *address = &pending->address;

  if (hark_core_refuse_store (core, pending, reply))
    return;
  hark_core_open_address (core, address);
  answer_address (core, pending->command, address);
}

static void
make_address (HarkCore *core, HarkCommand *command)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_ADDRESS);
  HarkPending *pending = hark_pending_new (after_address, command);
  HarkStoreAddress *address = &request->address;

  address->kind = command->one_time ? HARK_STORE_ADDRESS_INVITE : HARK_STORE_ADDRESS_PUBLIC;
  address->made_ms = hark_core_wall (core);
  hark_contact_clean_name (command->text, address->label);
  hark_rng_bytes (&core->rng, address->token.bytes, sizeof address->token.bytes);
  pending->address = *address;
  hark_core_ask_store (core, request, pending);
}

/* The one that is meant: with @label, or the first. */
static const HarkStoreAddress *
find_public (HarkCore *core, const char *label, unsigned *ret_public, unsigned *ret_invites)
{
  const HarkStoreAddress *found = NULL;

  *ret_public = *ret_invites = 0;
  for (guint i = 0; i < core->addresses->len; i++) {
    const HarkStoreAddress *address = &g_array_index (core->addresses, HarkStoreAddress, i);

    *ret_invites += address->kind == HARK_STORE_ADDRESS_INVITE;
    *ret_public += address->kind == HARK_STORE_ADDRESS_PUBLIC;
    if (found == NULL && address->kind == HARK_STORE_ADDRESS_PUBLIC
        && (label[0] == '\0' || strcmp (label, address->label) == 0))
      found = address;
  }
  return found;
}

bool
hark_core_invites_full (HarkCore *core)
{
  unsigned n_public, n_invites;

  find_public (core, "", &n_public, &n_invites);
  return n_invites >= HARK_CORE_INVITES_MAX;
}

void
hark_core_command_address (HarkCore *core, HarkCommand *command)
{
  char label[49] = {0};
  unsigned n_public, n_invites;
  const HarkStoreAddress *address;

  hark_contact_clean_name (command->text, label);
  address = find_public (core, label, &n_public, &n_invites);
  if (!command->one_time && address != NULL) {
    answer_address (core, command, address);
  } else if (command->one_time && n_invites >= HARK_CORE_INVITES_MAX) {
    hark_core_refuse (core, command, "too-many",
                      "There are 100 invites nobody has used yet; they end after 30 days.");
  } else if (!command->one_time && n_public >= HARK_CORE_ADDRESSES_MAX) {
    hark_core_refuse (core, command, "too-many", "There are 8 addresses; revoke one of them.");
  } else {
    make_address (core, command);
    return;
  }
  hark_command_free (command);
}

void
hark_core_command_addresses (HarkCore *core, HarkCommand *command)
{
  HarkEvent *event = hark_core_result (command);

  event->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_own_address_free);
  for (guint i = 0; i < core->addresses->len; i++) {
    const HarkStoreAddress *address = &g_array_index (core->addresses, HarkStoreAddress, i);
    HarkOwnAddress *shown = g_new0 (HarkOwnAddress, 1);

    shown->address = hark_core_format_address (core, address);
    shown->label = g_strdup (address->label);
    shown->one_time = address->kind == HARK_STORE_ADDRESS_INVITE;
    shown->made_ms = address->made_ms;
    shown->ends_ms = shown->one_time ? address->made_ms + INVITE_LIFE_MS : 0;
    g_ptr_array_add (event->addresses, shown);
  }
  hark_core_emit (core, event);
  hark_command_free (command);
}

static void
after_revoke (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (!hark_core_refuse_store (core, pending, reply))
    hark_core_succeed (core, pending->command);
  else
    hark_core_open_address (core, &pending->address);
}

static void
after_label (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkStoreAddress *address = find (core, &pending->address.token);

  if (hark_core_refuse_store (core, pending, reply))
    return;
  if (address != NULL)
    memcpy (address->label, pending->address.label, sizeof address->label);
  hark_core_succeed (core, pending->command);
}

void
hark_core_command_own_address (HarkCore *core, HarkCommand *command)
{
  g_auto (HarkAddress) named = {0};
  HarkAddressResult result
    = hark_address_parse (command->address != NULL ? command->address : "", &named);
  HarkStoreAddress *address
    = result == HARK_ADDRESS_OK && hark_key_equal (&named.account, &core->own)
        ? find (core, &named.token)
        : NULL;
  HarkStoreRequest *request;
  HarkPending *pending;

  if (address == NULL) {
    hark_core_refuse (core, command, result != HARK_ADDRESS_OK ? "bad-address" : "no-address",
                      result != HARK_ADDRESS_OK ? hark_address_explain (result)
                                                : "This is no address of yours that can be used.");
    hark_command_free (command);
  } else if (command->kind == HARK_COMMAND_REVOKE) {
    pending = hark_pending_new (after_revoke, command);
    pending->address = *address;
    forget (core, address, pending);
  } else {
    pending = hark_pending_new (after_label, command);
    pending->address = *address;
    memset (pending->address.label, 0, sizeof pending->address.label);
    hark_contact_clean_name (command->text, pending->address.label);
    request = hark_core_request (HARK_STORE_PUT_ADDRESS);
    request->address = pending->address;
    hark_core_ask_store (core, request, pending);
  }
}

void
hark_core_expire_invites (HarkCore *core)
{
  int64_t before = hark_core_wall (core) - INVITE_LIFE_MS;

  for (guint i = core->addresses->len; i > 0; i--) {
    HarkStoreAddress address = g_array_index (core->addresses, HarkStoreAddress, i - 1);

    if (address.kind == HARK_STORE_ADDRESS_INVITE && address.made_ms < before)
      hark_core_use_up_invite (core, &address.token);
    hark_token_clear (&address.token);
  }
}
