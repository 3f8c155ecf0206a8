#include "app/json/json.h"

#include "app/json/calls.h"
#include "app/json/clips.h"
#include "app/json/people.h"
#include "app/json/put.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <string.h>

static const char *const comparing_words[] = {"asked", "shown", "confirmed", "over"};

/* Fields of a result that belong to its command alone. */
static void
put_result_fields (JsonBuilder *builder, const HarkEvent *event)
{
  switch (event->command) {
  case HARK_COMMAND_ADDRESS:
    put_string (builder, "address", event->address);
    put_bool (builder, "one_time", event->on);
    break;
  case HARK_COMMAND_ADD:
  case HARK_COMMAND_COMPARE:
    put_account (builder, "contact", event->account);
    break;
  case HARK_COMMAND_SEND:
  case HARK_COMMAND_EDIT:
  case HARK_COMMAND_DELETE:
  case HARK_COMMAND_REACT:
  case HARK_COMMAND_TIMER:
  case HARK_COMMAND_CLIP:
    put_hex (builder, "id", event->id, sizeof event->id);
    break;
  case HARK_COMMAND_GROUP_CREATE:
    put_hex (builder, "group", event->id, sizeof event->id);
    break;
  case HARK_COMMAND_CALL:
  case HARK_COMMAND_GROUP_CALL:
  case HARK_COMMAND_GROUP_CALL_JOIN:
  case HARK_COMMAND_ECHO_TEST:
    put_int (builder, "call", (int64_t) event->number);
    break;
  case HARK_COMMAND_DEVICES:
  case HARK_COMMAND_DEVICE:
    hark_json_put_devices (builder, event);
    break;
  case HARK_COMMAND_VERIFY:
    put_string (builder, "safety_number", event->text);
    put_string (builder, "qr", event->qr);
    break;
  case HARK_COMMAND_MEET:
    put_string (builder, "words", event->text);
    break;
  case HARK_COMMAND_BROWSE:
    put_int (builder, "total", (int64_t) event->number);
    break;
  case HARK_COMMAND_FETCH:
  case HARK_COMMAND_GIVE:
    json_builder_set_member_name (builder, "transfers");
    json_builder_begin_array (builder);
    for (guint i = 0; event->numbers && i < event->numbers->len; i++)
      json_builder_add_int_value (builder, (int64_t) g_array_index (event->numbers, uint64_t, i));
    json_builder_end_array (builder);
    break;
  case HARK_COMMAND_HISTORY:
    put_bool (builder, "older", event->older);
    put_bool (builder, "newer", event->newer);
    if (event->position != 0)
      put_int (builder, "position", (int64_t) event->position);
    break;
  case HARK_COMMAND_SEARCH:
  case HARK_COMMAND_CALLS:
    if (event->position != 0)
      put_int (builder, "next", (int64_t) event->position);
    break;
  case HARK_COMMAND_CHATS:
    put_int (builder, "keep_days", (int64_t) event->number);
    break;
  case HARK_COMMAND_STATUS:
    put_account (builder, "account", event->account);
    break;
  default:
    break;
  }
}

static void
put_result (JsonBuilder *builder, const HarkEvent *event)
{
  put_string (builder, "tag", event->tag);
  put_string (builder, "command", hark_json_command_name (event->command));
  put_bool (builder, "ok", event->ok);
  if (!event->ok) {
    put_string (builder, "code", event->code);
    put_string (builder, "error", event->text);
    return;
  }

  put_result_fields (builder, event);
  PUT_LIST (builder, "messages", event->messages, HarkMessage, hark_json_put_message);
  PUT_LIST (builder, "chats", event->chats, HarkChat, hark_json_put_chat);
  PUT_LIST (builder, "refused", event->refused, HarkRefused, hark_json_put_refused);
  PUT_LIST (builder, "contacts", event->people, HarkPerson, hark_json_put_person);
  PUT_LIST (builder, "groups", event->groups, HarkGroupInfo, hark_json_put_group);
  PUT_LIST (builder, "transfers", event->transfers, HarkTransfer, hark_json_put_transfer);
  PUT_LIST (builder, "shares", event->shares, HarkShareInfo, hark_json_put_share);
  PUT_LIST (builder, "entries", event->entries, HarkBrowseEntry, hark_json_put_browse_entry);
  PUT_LIST (builder, "calls", event->calls, HarkCall, hark_json_put_call);
  PUT_LIST (builder, "findings", event->findings, HarkFinding, hark_json_put_finding);
  if (event->ledger)
    hark_json_put_ledger (builder, event->ledger);
  PUT_LIST (builder, "mailboxes", event->mailboxes, HarkMailboxInfo, hark_json_put_mailbox);
  if (event->command == HARK_COMMAND_MAILBOX)
    put_int (builder, "kept", (int64_t) event->number);
  PUT_LIST (builder, "people", event->neighbours, HarkNeighbour, hark_json_put_neighbour);
  PUT_LIST (builder, "addresses", event->addresses, HarkOwnAddress, hark_json_put_own_address);
  if (event->settings && event->settings->metered)
    hark_json_put_file_settings (builder, event->settings);
  put_bytes (builder, "pixels", event->picture);
  put_bytes (builder, "sound", event->sound);
  if (event->peaks)
    hark_json_put_peaks (builder, g_bytes_get_data (event->peaks, NULL));
  if (event->profile) {
    json_builder_set_member_name (builder, "profile");
    json_builder_begin_object (builder);
    hark_json_put_profile (builder, event->profile);
    json_builder_end_object (builder);
  }
  if (event->command == HARK_COMMAND_PEOPLE_HERE)
    put_bool (builder, "visible", event->on);
  if (event->network) {
    json_builder_set_member_name (builder, "network");
    json_builder_begin_object (builder);
    hark_json_put_network (builder, event->network);
    json_builder_end_object (builder);
  }
}

static const char *const event_words[] = {
  [HARK_EVENT_READY] = "ready",
  [HARK_EVENT_RESULT] = "result",
  [HARK_EVENT_NETWORK] = "network",
  [HARK_EVENT_REQUEST] = "request",
  [HARK_EVENT_CONTACT] = "contact",
  [HARK_EVENT_MESSAGE] = "message",
  [HARK_EVENT_MESSAGE_CHANGED] = "message-changed",
  [HARK_EVENT_MESSAGE_GONE] = "message-gone",
  [HARK_EVENT_MESSAGE_STATE] = "message-state",
  [HARK_EVENT_GROUP] = "group",
  [HARK_EVENT_TYPING] = "typing",
  [HARK_EVENT_FILE_OFFER] = "file-offer",
  [HARK_EVENT_FILE_STATE] = "file-state",
  [HARK_EVENT_CALL] = "call",
  [HARK_EVENT_CALL_STATS] = "call-stats",
  [HARK_EVENT_GROUP_CALL] = "group-call",
  [HARK_EVENT_GROUP_LEVELS] = "group-levels",
  [HARK_EVENT_GROUP_STATS] = "group-stats",
  [HARK_EVENT_DEVICES] = "devices",
  [HARK_EVENT_ECHO_TEST] = "echo-test",
  [HARK_EVENT_RECORDING] = "recording",
  [HARK_EVENT_PLAYING] = "playing",
  [HARK_EVENT_PEOPLE_HERE] = "people-here",
  [HARK_EVENT_WORDS] = "words",
  [HARK_EVENT_MEETING] = "meeting",
  [HARK_EVENT_PROFILE] = "profile",
  [HARK_EVENT_CHAT] = "chat",
  [HARK_EVENT_CLEARED] = "cleared",
  [HARK_EVENT_MAILBOX] = "mailbox",
  [HARK_EVENT_WARNING] = "warning",
};

static void
put_comparing (JsonBuilder *builder, const HarkEvent *event)
{
  put_account (builder, "contact", event->account);
  put_string (builder, "state", WORD (comparing_words, event->words_state));
  put_string (builder, "words", event->text);
  put_string (builder, "reason", event->reason);
  if (event->next_try_ms > 0)
    put_int (builder, "next_try", event->next_try_ms);
}

static void
put_message_state (JsonBuilder *builder, const HarkEvent *event)
{
  put_hex (builder, "id", event->message->id, sizeof event->message->id);
  put_account (builder, "contact", event->message->contact);
  hark_json_put_send_state (builder, event->message->state);
  if (event->message->has_group) {
    put_hex (builder, "group", event->message->group, sizeof event->message->group);
    put_int (builder, "reached", event->message->reached);
  }
  put_string (builder, "reason", event->reason);
}

static void
put_event_fields (JsonBuilder *builder, const HarkEvent *event)
{
  switch (event->kind) {
  case HARK_EVENT_READY:
    put_account (builder, "account", event->account);
    put_string (builder, "address", event->address);
    put_string (builder, "relay_link", event->text);
    put_string (builder, "name", event->name);
    put_int (builder, "port", event->port);
    break;
  case HARK_EVENT_RESULT:
    put_result (builder, event);
    break;
  case HARK_EVENT_NETWORK:
    hark_json_put_network (builder, event->network);
    break;
  case HARK_EVENT_REQUEST:
    put_account (builder, "contact", event->person->account);
    put_string (builder, "name", event->person->name);
    put_string (builder, "text", event->person->request_text);
    put_string (builder, "via", event->person->via);
    put_string (builder, "resembles", event->person->resembles);
    break;
  case HARK_EVENT_PROFILE:
    hark_json_put_profile (builder, event->profile);
    break;
  case HARK_EVENT_WORDS:
    put_comparing (builder, event);
    break;
  case HARK_EVENT_MEETING:
    hark_json_put_meeting (builder, event);
    break;
  case HARK_EVENT_CONTACT:
    hark_json_put_person (builder, event->person);
    break;
  case HARK_EVENT_MESSAGE:
  case HARK_EVENT_MESSAGE_CHANGED:
    hark_json_put_message (builder, event->message);
    break;
  case HARK_EVENT_MESSAGE_GONE:
    put_hex (builder, "id", event->message->id, sizeof event->message->id);
    put_account (builder, "contact", event->message->contact);
    put_int (builder, "position", (int64_t) event->message->position);
    break;
  case HARK_EVENT_MESSAGE_STATE:
    put_message_state (builder, event);
    break;
  case HARK_EVENT_GROUP:
    hark_json_put_group (builder, event->group);
    break;
  case HARK_EVENT_TYPING:
    if (event->has_group)
      put_hex (builder, "group", event->of_group, sizeof event->of_group);
    put_account (builder, "contact", event->account);
    put_bool (builder, "on", event->on);
    break;
  case HARK_EVENT_FILE_OFFER:
  case HARK_EVENT_FILE_STATE:
    hark_json_put_transfer (builder, event->transfer);
    break;
  case HARK_EVENT_CALL:
    hark_json_put_call (builder, event->call);
    break;
  case HARK_EVENT_CALL_STATS:
  case HARK_EVENT_GROUP_CALL:
  case HARK_EVENT_GROUP_LEVELS:
  case HARK_EVENT_GROUP_STATS:
  case HARK_EVENT_ECHO_TEST:
    hark_json_put_in_call (builder, event);
    break;
  case HARK_EVENT_RECORDING:
    hark_json_put_recording (builder, event);
    break;
  case HARK_EVENT_PLAYING:
    hark_json_put_playing (builder, event);
    break;
  case HARK_EVENT_DEVICES:
    hark_json_put_devices (builder, event);
    break;
  case HARK_EVENT_PEOPLE_HERE:
    PUT_LIST (builder, "people", event->neighbours, HarkNeighbour, hark_json_put_neighbour);
    put_bool (builder, "visible", event->on);
    break;
  case HARK_EVENT_CHAT:
    PUT_LIST (builder, "chats", event->chats, HarkChat, hark_json_put_chat);
    break;
  case HARK_EVENT_CLEARED:
    put_account (builder, "contact", event->account);
    break;
  case HARK_EVENT_MAILBOX:
    PUT_LIST (builder, "mailboxes", event->mailboxes, HarkMailboxInfo, hark_json_put_mailbox);
    put_int (builder, "kept", (int64_t) event->number);
    break;
  case HARK_EVENT_WARNING:
    put_string (builder, "code", event->code);
    put_string (builder, "text", event->text);
    break;
  }
}

static char *
finish_line (JsonBuilder *builder)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  return json_generator_to_data (generator, NULL);
}

char *
hark_json_format_event (const HarkEvent *event)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  put_string (builder, "event", WORD (event_words, event->kind));
  put_int (builder, "t", event->time_ms);
  put_event_fields (builder, event);
  return finish_line (builder);
}

char *
hark_json_format_refusal (const char *tag, const char *name, const char *code, const char *sentence)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  put_string (builder, "event", "result");
  put_int (builder, "t", g_get_real_time () / 1000);
  put_string (builder, "tag", tag);
  put_string (builder, "command", name);
  put_bool (builder, "ok", false);
  put_string (builder, "code", code);
  put_string (builder, "error", sentence);
  return finish_line (builder);
}
