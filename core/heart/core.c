#define G_LOG_DOMAIN "hark-core"

#include "core/heart/calls/group-calls.h"
#include "core/heart/files/files.h"
#include "core/heart/files/shares.h"
#include "core/nodes/saved-nodes.h"
#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/locked.h"

#include <string.h>

/* Where others are is stored soon after the start and then at doubling intervals: whoever is killed
 * loses at most what was learned in the last half of the time. */
#define NODES_FIRST HARK_SECOND
#define NODES_TIME (10 * HARK_MINUTE)
#define INVITES_TIME HARK_HOUR

/* ---- memory ------------------------------------------------------------------------------------
 */

void
hark_core_net_config (const HarkStoreSnapshot *snapshot, HarkNetConfig *ret)
{
  HarkCertificate certificate;

  *ret = (HarkNetConfig){0};
  if (snapshot == NULL || !hark_certificate_verify (snapshot->account.certificate, &certificate))
    return;
  ret->has_account = true;
  ret->account_seed = snapshot->account.account_seed;
  ret->account = certificate.account;
  ret->device = certificate.device;
  ret->device_secret = snapshot->account.device_secret;
  memcpy (ret->certificate, snapshot->account.certificate, sizeof ret->certificate);
  memcpy (ret->instance, snapshot->instance, sizeof ret->instance);
}

static void
load_outbox (HarkCore *core, const HarkStoreSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->outbox->len; i++) {
    const HarkStoreMessage *message = snapshot->outbox->pdata[i];
    HarkCoreContact *contact = hark_core_find (core, &message->contact);
    HarkChatEntry entry;

    if (contact == NULL || !hark_core_entry_of (message, &entry))
      continue;
    hark_outbox_add (&contact->conversation.outbox, &entry, false);
  }
}

static void
load (HarkCore *core, const HarkStoreSnapshot *snapshot)
{
  HarkNetConfig keys;

  hark_core_net_config (snapshot, &keys);
  core->has_account = keys.has_account;
  core->own = keys.account;
  sodium_memzero (&keys, sizeof keys);
  core->account = snapshot->account;
  g_array_append_vals (core->addresses, snapshot->addresses->data, snapshot->addresses->len);
  if (snapshot->nodes != NULL)
    core->nodes = g_bytes_ref (snapshot->nodes);
  if (snapshot->records != NULL)
    core->records = g_bytes_ref (snapshot->records);
  for (guint i = 0; i < snapshot->contacts->len; i++) {
    const HarkStoreContact *row = &g_array_index (snapshot->contacts, HarkStoreContact, i);

    hark_core_add_contact (core, row, g_hash_table_lookup (snapshot->conversations, &row->account));
  }
  core->heard = hark_heard_new (snapshot->heard);
  core->ledger.book = hark_ledger_new (snapshot->ledger);
  hark_core_profile_load (core, snapshot);
  hark_core_sound_load (core, snapshot->sound);
  hark_core_relay_load (core, snapshot->relay);
  hark_core_shares_load (core, snapshot->shares);
  hark_core_mail_load (core, snapshot->mailbox);
  hark_core_keeper_load (core, snapshot->kept);
  hark_core_backup_load (core, snapshot->backup);
  hark_core_archive_load (core, snapshot->keep);
  hark_core_place_load (core, snapshot->place);
  hark_core_unfinished_load (core, snapshot->calls);
  hark_lan_settings_read (snapshot->lan, &core->lan);
  hark_core_files_load (core, snapshot->files);
  load_outbox (core, snapshot);
  hark_core_groups_load (core, snapshot);
  hark_core_groups_had_load (core, snapshot->group_mail);
  for (guint i = 0; i < snapshot->transfers->len; i++)
    hark_core_load_transfer (core, snapshot->transfers->pdata[i]);
  hark_core_files_give_on (core);
  hark_core_files_tidy (core);
}

HarkCore *
hark_core_new (const HarkCoreConfig *config,
               const HarkStoreSnapshot *snapshot,
               HarkNet *net,
               const uint8_t seed[32],
               int64_t wall_ms,
               HarkTime now)
{
  HarkCore *core = hark_locked_new0 (HarkCore);

  core->config = *config;
  core->config.auto_accept_files = g_strdup (config->auto_accept_files);
  core->config.downloads = g_strdup (config->downloads);
  core->net = net;
  core->wall_ms = wall_ms;
  core->wall_at = core->now = core->started = now;
  hark_rng_init (&core->rng, seed);
  hark_hash (core->run, sizeof core->run, seed, 32, HARK_DOMAIN_RUN, NULL, 0);
  hark_effects_init (&core->effects);
  core->addresses = g_array_new (FALSE, FALSE, sizeof (HarkStoreAddress));
  core->pending = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, hark_pending_free);
  core->contacts
    = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, NULL, hark_core_contact_free);
  core->acks_due = g_hash_table_new (NULL, NULL);
  core->mail_due = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, g_free, NULL);
  core->agree_due = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, g_free, NULL);
  core->mail_stored = g_array_new (FALSE, FALSE, sizeof (HarkCoreMailStored));
  core->mail_at = core->mail_ask_at = HARK_TIME_NEVER;
  core->transfers = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                           (GDestroyNotify) hark_file_transfer_free);
  core->gifts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, hark_core_gift_unref);
  core->nodes_at = core->invites_at = core->network_at = core->shut_at = HARK_TIME_NEVER;
  core->hide_at = HARK_TIME_NEVER;
  core->refused_at = core->reach_at = core->expire_at = HARK_TIME_NEVER;
  core->alone_at = core->backup_at = core->prune_at = HARK_TIME_NEVER;
  core->groups_at = core->group_refused_at = core->calls_at = HARK_TIME_NEVER;
  hark_core_groups_init (core);
  hark_core_pace_init (core);
  hark_core_ahead_init (core);
  hark_file_settings_read (NULL, &core->files);
  if (snapshot != NULL)
    load (core, snapshot);
  if (core->ledger.book == NULL)
    core->ledger.book = hark_ledger_new (NULL);
  core->calls = hark_call_lines_new (&core->own, !core->config.one_call);
  return core;
}

static void
wipe_addresses (HarkCore *core)
{
  sodium_memzero (core->addresses->data, core->addresses->len * sizeof (HarkStoreAddress));
  g_array_unref (core->addresses);
}

void
hark_core_free (HarkCore *core)
{
  if (core == NULL)
    return;
  g_hash_table_unref (core->pending);
  g_hash_table_unref (core->acks_due);
  g_hash_table_unref (core->gifts);
  g_hash_table_unref (core->transfers);
  hark_core_pace_clear (core);
  hark_core_ahead_clear (core);
  hark_file_settings_clear (&core->files);
  hark_core_groups_clear (core);
  g_hash_table_unref (core->contacts);
  hark_core_mail_clear (core);
  hark_core_meeting_clear (core);
  hark_core_shares_clear (core);
  hark_heard_free (core->heard);
  hark_ledger_free (core->ledger.book);
  hark_backup_plan_free (core->backup_plan);
  hark_command_free (core->backup_command);
  hark_command_free (core->export_command);
  hark_core_sound_clear (core);
  hark_call_lines_free (core->calls);
  for (unsigned i = 0; i < HARK_CALL_LINES; i++)
    hark_call_free (core->lines[i].call);
  hark_effects_clear (&core->effects);
  wipe_addresses (core);
  g_clear_pointer (&core->nodes, g_bytes_unref);
  g_clear_pointer (&core->picture, g_bytes_unref);
  g_clear_pointer (&core->records, g_bytes_unref);
  g_clear_pointer (&core->place, g_bytes_unref);
  g_clear_pointer (&core->calls_left, g_bytes_unref);
  hark_lan_settings_clear (&core->lan);
  g_free ((char *) core->config.auto_accept_files);
  g_free ((char *) core->config.downloads);
  hark_locked_free (core);
}

/* ---- start ---- */

static const HarkStoreAddress *
public_address (HarkCore *core)
{
  for (guint i = 0; i < core->addresses->len; i++) {
    const HarkStoreAddress *address = &g_array_index (core->addresses, HarkStoreAddress, i);

    if (address->kind == HARK_STORE_ADDRESS_PUBLIC)
      return address;
  }
  return NULL;
}

static void
say_ready (HarkCore *core, uint16_t port)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_READY);
  const HarkStoreAddress *address = public_address (core);

  memcpy (event->account, core->own.bytes, sizeof event->account);
  if (address != NULL)
    event->address = hark_core_format_address (core, address);
  else if (!core->has_account)
    event->address = g_strdup (core->config.relay_link);
  if (core->has_account)
    event->text = g_strdup (core->config.relay_link);
  event->name = g_strdup (core->has_account ? core->account.name : "");
  event->port = port;
  hark_core_emit (core, event);
}

static void
bootstrap_from_store (HarkCore *core)
{
  g_autofree HarkSavedNode *nodes = g_new (HarkSavedNode, HARK_SAVED_NODES_MAX);
  size_t n = hark_saved_nodes_read (core->nodes, nodes);

  for (size_t i = 0; i < n; i++)
    hark_net_bootstrap (core->net, &nodes[i].endpoint, core->now);
}

static void
save_nodes (HarkCore *core)
{
  g_autofree HarkEndpoint *nodes = g_new (HarkEndpoint, HARK_SAVED_NODES_MAX);
  size_t n = hark_net_good_nodes (core->net, nodes, HARK_SAVED_NODES_MAX);
  GBytes *bytes;
  HarkStoreRequest *request;

  if (n == 0 || !core->has_account)
    return;
  bytes = hark_saved_nodes_merge (core->nodes, nodes, n, hark_core_wall (core) / 1000);
  g_clear_pointer (&core->nodes, g_bytes_unref);
  core->nodes = bytes;
  request = hark_core_request (HARK_STORE_PUT_NODES);
  request->nodes = g_bytes_ref (bytes);
  hark_core_ask_store (core, request, NULL);
}

bool
hark_core_has_nodes (const HarkCore *core)
{
  return core->nodes != NULL && g_bytes_get_size (core->nodes) > 0;
}

void
hark_core_start (HarkCore *core, uint16_t port, HarkTime now)
{
  core->now = now;
  if (hark_core_wants_owner (core))
    hark_core_open_first (core);
  say_ready (core, port);
  bootstrap_from_store (core);
  core->nodes_interval = NODES_FIRST;
  core->nodes_at = hark_time_add (now, NODES_FIRST);
  core->invites_at = hark_time_add (now, INVITES_TIME);
  core->reach_at = core->has_account ? now : HARK_TIME_NEVER;
  hark_core_lan_start (core);
  if (!core->has_account)
    return;
  hark_core_expire_invites (core);
  hark_core_start_contacts (core);
  if (core->records != NULL)
    hark_net_restore_records (core->net, core->records);
  hark_core_relay_start (core);
  hark_core_mail_start (core);
  hark_core_backup_start (core);
  hark_core_archive_start (core);
  hark_core_unfinished_start (core);
  hark_core_expire (core);
}

void
hark_core_hangup (HarkCore *core, HarkTime now)
{
  core->now = now;
  hark_core_calls_stop (core);
  hark_core_group_calls_leave (core);
}

void
hark_core_stop (HarkCore *core, HarkTime now)
{
  GHashTableIter iter;
  void *contact;

  core->now = now;
  save_nodes (core);
  hark_core_save_records (core);
  hark_core_ledger_save (core);
  hark_core_group_calls_stop (core);
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &contact))
    hark_core_end_session (core, contact);
  hark_net_leave (core->net, now);
}

void
hark_core_set_wall (HarkCore *core, int64_t wall_ms, HarkTime now)
{
  core->now = now;
  core->wall_ms = wall_ms;
  core->wall_at = now;
  hark_net_set_wall (core->net, wall_ms, now);
}

/* ---- in ---- */

static void
leave_quietly (HarkCore *core, HarkCommand *command)
{
  hark_net_leave (core->net, core->now);
  hark_core_succeed (core, command);
  hark_command_free (command);
}

/* A key that is held to talk names no call: it is about the one that is talked in, of a group too.
 */
static void
command_mute (HarkCore *core, HarkCommand *command)
{
  if (command->call == 0 && core->group_talking != NULL) {
    command->on = command->kind == HARK_COMMAND_MUTE;
    command->kind = HARK_COMMAND_GROUP_CALL_MUTE;
    command->has_group = true;
    memcpy (command->group, core->group_talking->row.id, sizeof command->group);
    hark_core_command_group_call (core, command);
  } else {
    hark_core_command_call (core, command);
  }
}

static const struct {
  HarkCommandKind kind;
  void (*handle) (HarkCore *core, HarkCommand *command); /* (transfer full) command */
  bool without_account;
} handlers[] = {
  {HARK_COMMAND_ADDRESS,           hark_core_command_address,      false},
  {HARK_COMMAND_ADD,               hark_core_command_add,          false},
  {HARK_COMMAND_ACCEPT,            hark_core_command_person,       false},
  {HARK_COMMAND_DECLINE,           hark_core_command_person,       false},
  {HARK_COMMAND_BLOCK,             hark_core_command_person,       false},
  {HARK_COMMAND_UNBLOCK,           hark_core_command_unblock,      false},
  {HARK_COMMAND_REMOVE,            hark_core_command_person,       false},
  {HARK_COMMAND_RENAME,            hark_core_command_rename,       false},
  {HARK_COMMAND_SEND,              hark_core_command_send_or_note, false},
  {HARK_COMMAND_EDIT,              hark_core_command_edit,         false},
  {HARK_COMMAND_DELETE,            hark_core_command_delete,       false},
  {HARK_COMMAND_REACT,             hark_core_command_react,        false},
  {HARK_COMMAND_TIMER,             hark_core_command_timer,        false},
  {HARK_COMMAND_CLIP,              hark_core_command_clip_or_note, false},
  {HARK_COMMAND_RECORD,            hark_core_command_record,       false},
  {HARK_COMMAND_PLAY,              hark_core_command_play,         false},
  {HARK_COMMAND_WAVEFORM,          hark_core_command_waveform,     false},
  {HARK_COMMAND_SOUND,             hark_core_command_sound,        false},
  {HARK_COMMAND_EDITS,             hark_core_command_edits,        false},
  {HARK_COMMAND_MESSAGE,           hark_core_command_message,      false},
  {HARK_COMMAND_QUARANTINE,        hark_core_command_quarantine,   false},
  {HARK_COMMAND_READ,              hark_core_command_read,         false},
  {HARK_COMMAND_TYPING,            hark_core_command_typing,       false},
  {HARK_COMMAND_HISTORY,           hark_core_command_history,      false},
  {HARK_COMMAND_SEARCH,            hark_core_command_search,       false},
  {HARK_COMMAND_CALLS,             hark_core_command_calls,        false},
  {HARK_COMMAND_CHATS,             hark_core_command_chats,        false},
  {HARK_COMMAND_PLACE,             hark_core_command_place,        false},
  {HARK_COMMAND_DRAFT,             hark_core_command_set_chat,     false},
  {HARK_COMMAND_UNREAD,            hark_core_command_set_chat,     false},
  {HARK_COMMAND_PIN,               hark_core_command_set_chat,     false},
  {HARK_COMMAND_ARCHIVE,           hark_core_command_set_chat,     false},
  {HARK_COMMAND_KEEP,              hark_core_command_keep,         false},
  {HARK_COMMAND_CLEAR,             hark_core_command_clear,        false},
  {HARK_COMMAND_EXPORT,            hark_core_command_export,       false},
  {HARK_COMMAND_GIVE,              hark_core_command_give,         false},
  {HARK_COMMAND_SHARE,             hark_core_command_share,        false},
  {HARK_COMMAND_UNSHARE,           hark_core_command_share,        false},
  {HARK_COMMAND_SHARES,            hark_core_command_shares,       false},
  {HARK_COMMAND_BROWSE,            hark_core_command_browse,       false},
  {HARK_COMMAND_FETCH,             hark_core_command_browse,       false},
  {HARK_COMMAND_TAKE,              hark_core_command_transfer,     false},
  {HARK_COMMAND_REFUSE,            hark_core_command_transfer,     false},
  {HARK_COMMAND_PAUSE,             hark_core_command_transfer,     false},
  {HARK_COMMAND_RESUME,            hark_core_command_transfer,     false},
  {HARK_COMMAND_CANCEL,            hark_core_command_transfer,     false},
  {HARK_COMMAND_QUEUE,             hark_core_command_queue,        false},
  {HARK_COMMAND_LIMIT,             hark_core_command_limit,        false},
  {HARK_COMMAND_METERED,           hark_core_command_metered,      false},
  {HARK_COMMAND_COSTLY,            hark_core_command_metered,      false},
  {HARK_COMMAND_ACCEPT_FILES,      hark_core_command_accept_files, false},
  {HARK_COMMAND_CALL,              hark_core_command_call,         false},
  {HARK_COMMAND_ANSWER,            hark_core_command_call,         false},
  {HARK_COMMAND_HANGUP,            hark_core_command_call,         false},
  {HARK_COMMAND_HOLD,              hark_core_command_call,         false},
  {HARK_COMMAND_UNHOLD,            hark_core_command_call,         false},
  {HARK_COMMAND_ECHO_TEST,         hark_core_command_echo_test,    false},
  {HARK_COMMAND_DEVICES,           hark_core_command_devices,      false},
  {HARK_COMMAND_DEVICE,            hark_core_command_device,       false},
  {HARK_COMMAND_MUTE,              command_mute,                   false},
  {HARK_COMMAND_UNMUTE,            command_mute,                   false},
  {HARK_COMMAND_VERIFY,            hark_core_command_verify,       false},
  {HARK_COMMAND_SET_VERIFIED,      hark_core_command_set_verified, false},
  {HARK_COMMAND_PROFILE,           hark_core_command_profile,      false},
  {HARK_COMMAND_COMPARE,           hark_core_command_compare,      false},
  {HARK_COMMAND_WORDS,             hark_core_command_words,        false},
  {HARK_COMMAND_MEET,              hark_core_command_meet,         false},
  {HARK_COMMAND_PRESENCE,          hark_core_command_presence,     false},
  {HARK_COMMAND_IDLE,              hark_core_command_presence,     false},
  {HARK_COMMAND_ADDRESSES,         hark_core_command_addresses,    false},
  {HARK_COMMAND_LABEL,             hark_core_command_own_address,  false},
  {HARK_COMMAND_REVOKE,            hark_core_command_own_address,  false},
  {HARK_COMMAND_PICTURE,           hark_core_command_picture,      false},
  {HARK_COMMAND_NOTES,             hark_core_command_note,         false},
  {HARK_COMMAND_FAVOURITE,         hark_core_command_note,         false},
  {HARK_COMMAND_SILENCE,           hark_core_command_note,         false},
  {HARK_COMMAND_MAY,               hark_core_command_may,          false},
  {HARK_COMMAND_MAILBOX,           hark_core_command_mailbox,      false},
  {HARK_COMMAND_MAILBOX_ADD,       hark_core_command_mailbox,      false},
  {HARK_COMMAND_MAILBOX_DROP,      hark_core_command_mailbox,      false},
  {HARK_COMMAND_MAILBOX_FOR,       hark_core_command_mailbox,      false},
  {HARK_COMMAND_RELAY,             hark_core_command_relay,        false},
  {HARK_COMMAND_BACKUP,            hark_core_command_backup,       false},
  {HARK_COMMAND_AUTO_BACKUP,       hark_core_command_auto_backup,  false},
  {HARK_COMMAND_RELAY_ADD,         hark_core_command_relay_add,    false},
  {HARK_COMMAND_RELAY_REMOVE,      hark_core_command_relay_remove, false},
  {HARK_COMMAND_SETTINGS,          hark_core_command_settings,     false},
  {HARK_COMMAND_OWN_WORDS,         hark_core_command_own_words,    false},
  {HARK_COMMAND_STATUS,            hark_core_command_status,       true },
  {HARK_COMMAND_DOCTOR,            hark_core_command_doctor,       true },
  {HARK_COMMAND_LEDGER,            hark_core_command_ledger,       false},
  {HARK_COMMAND_PEOPLE_HERE,       hark_core_command_people_here,  false},
  {HARK_COMMAND_VISIBLE,           hark_core_command_visible,      false},
  {HARK_COMMAND_NETWORK,           hark_core_command_network,      false},
  {HARK_COMMAND_ADD_PEER,          hark_core_command_peer,         false},
  {HARK_COMMAND_REMOVE_PEER,       hark_core_command_peer,         false},
  {HARK_COMMAND_GROUP_CREATE,      hark_core_command_group,        false},
  {HARK_COMMAND_GROUP_ADD,         hark_core_command_group,        false},
  {HARK_COMMAND_GROUP_ACCEPT,      hark_core_command_group,        false},
  {HARK_COMMAND_GROUP_LEAVE,       hark_core_command_group,        false},
  {HARK_COMMAND_GROUP_REMOVE,      hark_core_command_group,        false},
  {HARK_COMMAND_GROUP_RENAME,      hark_core_command_group,        false},
  {HARK_COMMAND_GROUP_PICTURE,     hark_core_command_group,        false},
  {HARK_COMMAND_GROUP_MEET,        hark_core_command_group,        false},
  {HARK_COMMAND_GROUP_ROLE,        hark_core_command_group,        false},
  {HARK_COMMAND_GROUP_NOTICES,     hark_core_command_group,        false},
  {HARK_COMMAND_GROUP_FORGET,      hark_core_command_group,        false},
  {HARK_COMMAND_GROUP_LIST,        hark_core_command_group,        false},
  {HARK_COMMAND_CALL_VOLUME,       hark_core_command_call,         false},
  {HARK_COMMAND_GROUP_CALL,        hark_core_command_group_call,   false},
  {HARK_COMMAND_GROUP_CALL_JOIN,   hark_core_command_group_call,   false},
  {HARK_COMMAND_GROUP_CALL_LEAVE,  hark_core_command_group_call,   false},
  {HARK_COMMAND_GROUP_CALL_MUTE,   hark_core_command_group_call,   false},
  {HARK_COMMAND_GROUP_CALL_VOLUME, hark_core_command_group_call,   false},
  {HARK_COMMAND_LEAVE_QUIETLY,     leave_quietly,                  true },
};

static void
after_found (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (hark_core_take_conversation (core, pending, reply))
    hark_core_handle_command (core, g_steal_pointer (&pending->command), core->now);
}

void
hark_core_handle_command (HarkCore *core, HarkCommand *command, HarkTime now)
{
  core->now = now;
  if (core->has_account && hark_core_lacks_conversation (command)) {
    hark_core_ask_by_id (core, command, after_found);
    return;
  }
  if (core->has_account && hark_core_command_in_group (core, command))
    return;
  hark_core_seek (core, command);
  for (size_t i = 0; i < G_N_ELEMENTS (handlers); i++) {
    if (handlers[i].kind != command->kind)
      continue;
    if (core->has_account || handlers[i].without_account) {
      handlers[i].handle (core, command);
    } else {
      hark_core_refuse (core, command, "no-account", "This Hark runs without an account.");
      hark_command_free (command);
    }
    return;
  }
  hark_core_refuse (core, command, "unknown-command", "There is no such command.");
  hark_command_free (command);
}

static void
handle_net_event (HarkCore *core, const HarkNetEvent *event)
{
  switch (event->kind) {
  case HARK_NET_EVENT_REQUEST:
    hark_core_handle_request (core, event);
    break;
  case HARK_NET_EVENT_PEER:
    hark_core_handle_peer (core, event);
    break;
  case HARK_NET_EVENT_STREAM_OPENED:
  case HARK_NET_EVENT_STREAM_DATA:
  case HARK_NET_EVENT_STREAM_WRITABLE:
  case HARK_NET_EVENT_STREAM_ACKED:
  case HARK_NET_EVENT_STREAM_CLOSED:
    hark_core_handle_stream (core, event);
    break;
  case HARK_NET_EVENT_MEDIA:
    hark_core_calls_media (core, event);
    hark_core_group_call_media (core, event);
    break;
  case HARK_NET_EVENT_STATUS:
    hark_core_network_changed (core);
    break;
  case HARK_NET_EVENT_SUPERSEDED:
    hark_core_superseded (core);
    break;
  case HARK_NET_EVENT_MEETING:
    hark_core_handle_meeting (core, event);
    break;
  case HARK_NET_EVENT_PEOPLE:
    hark_core_say_neighbours (core);
    break;
  }
}

void
hark_core_handle_net (HarkCore *core, HarkTime now)
{
  HarkNetEvent event;

  core->now = now;
  while (hark_net_poll_event (core->net, &event))
    handle_net_event (core, &event);
}

void
hark_core_handle_store (HarkCore *core, HarkStoreReply *reply, HarkTime now)
{
  g_autoptr (HarkStoreReply) owned = reply;
  HarkPending *pending = NULL;
  HarkCoreContact *contact;
  void *key = NULL, *value = NULL;

  core->now = now;
  if (g_hash_table_steal_extended (core->pending, &reply->ticket, &key, &value))
    pending = value;
  g_free (key);
  if (pending == NULL) {
    if (!reply->ok)
      hark_core_warn_of_disk (core, reply->error);
    return;
  }
  pending->then (core, pending, reply);
  contact = hark_core_find (core, &pending->contact);
  if (contact != NULL && contact->has_session)
    hark_core_hear (core, contact);
  hark_pending_free (pending);
}

void
hark_core_handle_disk (HarkCore *core, HarkDiskReply *reply, HarkTime now)
{
  core->now = now;
  if (reply->kind == HARK_DISK_BROWSE)
    hark_core_shares_disk (core, reply);
  else
    hark_core_files_disk (core, reply);
}

void
hark_core_handle_time (HarkCore *core, HarkTime now)
{
  core->now = now;
  hark_core_files_time (core);
  hark_core_echo_time (core);
  hark_core_meeting_time (core);
  hark_core_shares_time (core);
  hark_call_lines_handle_time (core->calls, now);
  hark_core_calls_drain (core);
  hark_core_reopen_shut (core);
  hark_core_chat_time (core);
  hark_core_groups_time (core);
  hark_core_group_calls_time (core);
  hark_core_mail_time (core);
  hark_core_expiry_time (core);
  if (now >= core->nodes_at) {
    core->nodes_at = hark_time_add (now, core->nodes_interval);
    core->nodes_interval = MIN (2 * core->nodes_interval, NODES_TIME);
    save_nodes (core);
    hark_core_save_records (core);
    if (core->nodes_interval == NODES_TIME)
      hark_core_ledger_save (core);
  }
  if (now >= core->invites_at) {
    core->invites_at = hark_time_add (now, INVITES_TIME);
    hark_core_expire_invites (core);
    hark_core_renew_sessions (core);
  }
  hark_core_hide_time (core);
  hark_core_reach_time (core);
  hark_core_lan_handle_time (core);
  hark_core_backup_handle_time (core);
  hark_core_archive_handle_time (core);
  if (now >= core->network_at) {
    core->network_at = HARK_TIME_NEVER;
    hark_core_say_network (core);
  }
}

HarkTime
hark_core_get_deadline (const HarkCore *core)
{
  HarkTime deadline = hark_time_min (core->nodes_at, core->invites_at);

  deadline = hark_time_min (deadline, hark_time_min (core->network_at, core->alone_at));
  deadline = hark_time_min (deadline, hark_core_files_deadline (core));
  deadline = hark_time_min (deadline, hark_time_min (core->shut_at, core->backup_at));
  deadline = hark_time_min (deadline, core->prune_at);
  deadline = hark_time_min (deadline, core->refused_at);
  deadline = hark_time_min (deadline, hark_time_min (core->reach_at, core->hide_at));
  deadline = hark_time_min (deadline, hark_core_groups_deadline (core));
  deadline = hark_time_min (deadline, hark_core_group_calls_deadline (core));
  deadline = hark_time_min (deadline, core->mail_at);
  deadline = hark_time_min (deadline, core->expire_at);
  deadline = hark_time_min (deadline, core->calls_at);
  deadline = hark_time_min (deadline, hark_core_echo_deadline (core));
  deadline = hark_time_min (deadline, hark_core_meeting_deadline (core));
  deadline = hark_time_min (deadline, hark_core_shares_deadline (core));
  return hark_time_min (deadline, hark_call_lines_get_deadline (core->calls));
}

bool
hark_core_poll (HarkCore *core, HarkEffect *ret)
{
  HarkCommand *own;

  if (hark_effects_pop (&core->effects, ret))
    return true;
  while ((own = hark_core_record_due (core)) != NULL)
    hark_core_handle_command (core, own, core->now);
  hark_core_flush_acks (core);
  hark_core_flush_groups (core);
  hark_core_group_calls_settle (core);
  hark_core_unfinished_settle (core);
  hark_core_mail_settle (core);
  hark_core_ahead_run (core);
  return hark_effects_pop (&core->effects, ret);
}
