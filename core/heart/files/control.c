/* What the user decides about all files: how fast, in which order, over which network, whose are
 * taken without a question. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/files/files.h"
#include "core/heart/people/before.h"

#include <string.h>

static const char *const metered_words[] = {
  [HARK_METERED_ASK] = "ask",
  [HARK_METERED_ALLOW] = "allow",
  [HARK_METERED_HOLD] = "hold",
};

void
hark_core_files_load (HarkCore *core, GBytes *kept)
{
  hark_file_settings_clear (&core->files);
  hark_file_settings_read (kept, &core->files);
  hark_pace_set (&core->pace, core->files.limit_up, core->now);
}

/* ---- telling ---- */

static int
compare (const void *a, const void *b, void *data)
{
  HarkCore *core = data;
  const HarkTransfer *one = *(HarkTransfer *const *) a, *other = *(HarkTransfer *const *) b;
  int64_t first = hark_file_settings_order (&core->files, one->id);
  int64_t second = hark_file_settings_order (&core->files, other->id);
  uint64_t left = one->size - one->bytes, right = other->size - other->bytes;

  if (first != second)
    return first < second ? -1 : 1;
  if (left != right)
    return left < right ? -1 : 1;
  return one->id < other->id ? -1 : one->id > other->id;
}

/* What is under way, in the order in which it comes. */
static GPtrArray *
list_queue (HarkCore *core)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_transfer_free);
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkFileTransfer *transfer = value;

    if (transfer->state < HARK_TRANSFER_SETTLING)
      g_ptr_array_add (list, hark_core_transfer (core, transfer));
  }
  g_ptr_array_sort_with_data (list, compare, core);
  return list;
}

static void
tell (HarkCore *core, const HarkCommand *command)
{
  HarkEvent *event = hark_core_result (command);

  event->settings = g_new0 (HarkSettingsState, 1);
  event->settings->limit_up = core->files.limit_up;
  event->settings->limit_down = core->files.limit_down;
  event->settings->metered = metered_words[core->files.metered];
  event->settings->costly = core->costly;
  if (command->kind == HARK_COMMAND_QUEUE)
    event->transfers = list_queue (core);
  hark_core_emit (core, event);
}

/* What follows from limits and metered networks. */
static void
apply (HarkCore *core)
{
  hark_core_pace_limit (core);
  hark_core_file_each (core, NULL, NULL, false);
}

static bool
is_refused (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  GBytes *kept;

  if (!hark_core_refuse_store (core, pending, reply))
    return false;
  kept = hark_core_put_back_kept (core, pending);
  if (kept != NULL) {
    hark_core_files_load (core, kept);
    apply (core);
  }
  return true;
}

static void
after_keep (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (!is_refused (core, pending, reply))
    tell (core, pending->command);
}

/* (transfer full) @command: (transfer full): for keep_settings(), before what it changes. */
static HarkPending *
remember (const HarkCore *core, HarkStoreThen then, HarkCommand *command)
{
  return hark_core_remember_kept (hark_pending_new (then, command), HARK_STORE_PUT_FILES,
                                  hark_file_settings_write (&core->files));
}

static void
keep_settings (HarkCore *core, HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_FILES);

  request->files = hark_file_settings_write (&core->files);
  hark_core_ask_store (core, request, pending);
}

/* Takes @command. */
static void
refuse (HarkCore *core, HarkCommand *command, const char *words)
{
  hark_core_refuse (core, command, "bad-value", words);
  hark_command_free (command);
}

/* Takes @command. */
static void
only_tell (HarkCore *core, HarkCommand *command)
{
  tell (core, command);
  hark_command_free (command);
}

/* ---- how fast ---- */

void
hark_core_command_limit (HarkCore *core, HarkCommand *command)
{
  bool up = g_strcmp0 (command->how, "up") == 0;
  HarkPending *pending;

  if (command->how == NULL) {
    only_tell (core, command);
    return;
  }
  if (!up && strcmp (command->how, "down") != 0) {
    refuse (core, command, "Say which way: \"up\" or \"down\".");
    return;
  }
  if (command->rate != 0
      && (command->rate < HARK_PACE_RATE_MIN || command->rate > HARK_PACE_RATE_MAX)) {
    refuse (core, command, "A limit is 1,024 bytes a second or more; 0 is none.");
    return;
  }
  pending = remember (core, after_keep, command);
  *(up ? &core->files.limit_up : &core->files.limit_down) = command->rate;
  hark_core_pace_limit (core);
  keep_settings (core, pending);
}

/* ---- over which network ---- */

void
hark_core_command_metered (HarkCore *core, HarkCommand *command)
{
  HarkPending *pending;
  size_t i = 0;

  if (command->kind == HARK_COMMAND_COSTLY) {
    core->costly = command->on;
    hark_core_file_each (core, NULL, NULL, false);
    only_tell (core, command);
    return;
  }
  if (command->how == NULL) {
    only_tell (core, command);
    return;
  }
  while (i < G_N_ELEMENTS (metered_words) && strcmp (command->how, metered_words[i]) != 0)
    i++;
  if (i == G_N_ELEMENTS (metered_words)) {
    refuse (core, command, "Say \"ask\", \"allow\" or \"hold\".");
    return;
  }
  pending = remember (core, after_keep, command);
  core->files.metered = (HarkMetered) i;
  hark_core_file_each (core, NULL, NULL, false);
  keep_settings (core, pending);
}

/* ---- in which order ---- */

static bool
is_under_way (uint64_t transfer, void *data)
{
  return hark_core_file_find (data, transfer) != NULL;
}

/* Sends the last of those that move from @first's contact back to the queue, if there are so many
 * that it would have to wait. */
static void
make_room (HarkCore *core, const HarkFileTransfer *first)
{
  HarkCoreContact *contact = hark_core_find (core, &first->contact);
  HarkFileTransfer *last = hark_core_files_last (core, first);

  if (contact == NULL || last == NULL || last->stream < 0)
    return;
  g_hash_table_remove (contact->streams, &last->stream);
  hark_net_stream_reset (core->net, &last->contact, last->stream, 1);
  hark_file_transfer_stream_closed (last, core->now);
  hark_core_file_drain (core, last);
}

static void
after_queue (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkFileTransfer *transfer = hark_core_file_find (core, pending->command->transfer);

  if (is_refused (core, pending, reply))
    return;
  if (transfer != NULL && strcmp (pending->command->how, "first") == 0)
    make_room (core, transfer);
  if (transfer != NULL && transfer->state == HARK_TRANSFER_WAITING
      && transfer->retry_at != HARK_TIME_NEVER)
    transfer->retry_at = core->now;
  tell (core, pending->command);
}

void
hark_core_command_queue (HarkCore *core, HarkCommand *command)
{
  HarkFileTransfer *transfer = hark_core_file_find (core, command->transfer);
  bool first = g_strcmp0 (command->how, "first") == 0;
  HarkPending *pending;

  if (command->how == NULL) {
    only_tell (core, command);
  } else if (!first && strcmp (command->how, "last") != 0) {
    refuse (core, command, "Say \"first\" or \"last\".");
  } else if (transfer == NULL) {
    refuse (core, command, "There is no such transfer under way.");
  } else if (transfer->outgoing) {
    refuse (core, command, "Whoever gets files decides in which order.");
  } else {
    pending = remember (core, after_queue, command);
    if (hark_file_settings_move (&core->files, command->transfer, first, is_under_way, core)) {
      keep_settings (core, pending);
      return;
    }
    hark_core_refuse (core, command, "bad-value", "Too many transfers were moved already.");
    hark_pending_free (pending);
  }
}

/* ---- whose without a question ---- */

/* On the disk there is never leave to give without the rule that bounds it, wherever it ends. */
static void keep_rule (HarkCore *core, HarkCommand *command);
static void keep_leave (HarkCore *core, HarkCommand *command);

static void
after_rule (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  const HarkCoreContact *contact = hark_core_find_of (core, pending->command);
  const bool on = pending->command->on;

  if (is_refused (core, pending, reply)) {
    if (contact != NULL)
      hark_core_contact_changed (core, contact);
  } else if (on) {
    keep_leave (core, g_steal_pointer (&pending->command));
  } else {
    tell (core, pending->command);
  }
}

static void
after_leave (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (hark_core_refuse_store (core, pending, reply)) {
    if (contact != NULL)
      hark_core_put_back (core, contact, pending);
  } else if (pending->command->on) {
    tell (core, pending->command);
  } else {
    keep_rule (core, g_steal_pointer (&pending->command));
  }
  if (contact != NULL)
    hark_core_contact_changed (core, contact);
}

static void
keep_rule (HarkCore *core, HarkCommand *command)
{
  HarkPending *pending = remember (core, after_rule, command);
  HarkKey account;

  memcpy (account.bytes, command->contact, sizeof account.bytes);
  if (hark_file_settings_set_rule (&core->files, &account, command->on ? command->size : 0,
                                   command->on ? command->directory : NULL)) {
    keep_settings (core, pending);
    return;
  }
  hark_core_refuse (core, command, "bad-value",
                    "There are too many such rules, or the folder's name is too long.");
  hark_pending_free (pending);
}

static void
keep_leave (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_need (core, command);
  HarkPending *pending;

  if (contact == NULL) {
    hark_command_free (command);
    return;
  }
  pending = hark_core_remember (hark_pending_new (after_leave, command), contact);
  contact->about->may &= ~(uint32_t) HARK_MAY_GIVE_FILES;
  contact->about->may |= command->on ? HARK_MAY_GIVE_FILES : 0;
  hark_core_keep_about (core, contact, pending);
}

void
hark_core_command_accept_files (HarkCore *core, HarkCommand *command)
{
  if (hark_core_need (core, command) == NULL)
    hark_command_free (command);
  else if (command->on)
    keep_rule (core, command);
  else
    keep_leave (core, command);
}
