/* ui/model/client.h - the engine as the widgets see it: list models that follow its events.
 *
 * Main thread. Signals:
 *   "ready"    ()                                  the profile is open
 *   "listed"   ()                                  what the list knows of conversations was told
 *   "message"  (HarkPersonItem, HarkMessageItem)   a new row, in or out
 *   "read"     (HarkPersonItem)                    everything of them was seen
 *   "request"  (HarkPersonItem)                    somebody asks to become a contact
 *   "call"     (HarkCallItem)                      it is new or changed, but for its figures
 *   "transfer" (HarkTransferItem)                  it is new or changed
 *   "network"  ()                                  how we are connected; see get_relays
 *   "warning"  (const char *)                      a sentence for the user
 *   "warning-over" (const char *)                  it is true no more
 *   "sent"     ()                                  something to the engine
 *   "heard"    ()                                  any event, before the models follow it
 *   "told"     (const HarkEvent *)                 READY, and what no model here follows: groups,
 *                                                  conversations' settings, people here, words,
 *                                                  the profile, mailboxes; borrowed
 */
#pragma once

#include "ui/model/call-item.h"
#include "ui/model/person-item.h"

#define HARK_TYPE_CLIENT (hark_client_get_type ())
G_DECLARE_FINAL_TYPE (HarkClient, hark_client, HARK, CLIENT, GObject)

/* HarkClientFilter: sees every event before the models do; true: it is none of theirs. */
typedef bool (*HarkClientFilter) (const HarkEvent *event, void *data);

/* HarkReply: the result of a command; @owner is the object that asked and is still alive. */
typedef void (*HarkReply) (GObject *owner, const HarkEvent *result);

/* hark_client_new: nobody and nothing until hark_client_start(). */
HarkClient *hark_client_new (void);
void hark_client_set_filter (HarkClient *client, HarkClientFilter filter, void *data);

/* hark_client_start: as hark_engine_new(); @config is borrowed for the call. */
bool hark_client_start (HarkClient *client, const HarkEngineConfig *config, GError **error);

/**
 * hark_client_start_async:
 * @config: borrowed until @on_started is called
 *
 * The same on a thread of its own: a passphrase takes a second. Commands wait until it is done.
 */
void hark_client_start_async (HarkClient *client,
                              const HarkEngineConfig *config,
                              GAsyncReadyCallback on_started,
                              void *data);
bool hark_client_start_finish (HarkClient *client, GAsyncResult *result, GError **error);

/* hark_client_stop_within: as hark_engine_free_within(), and the same for a start that is under way
 * and hangs; the models stay as they are. hark_client_stop: five seconds. */
void hark_client_stop_within (HarkClient *client, unsigned limit_ms);
void hark_client_stop (HarkClient *client);

/* hark_client_forget: nobody and nothing again, after hark_client_stop(): what was read is not kept
 * while it is locked. A call there was has ended. */
void hark_client_forget (HarkClient *client);

/* hark_client_get_engine: (nullable): borrowed until the stop; NULL when it does not run. */
HarkEngine *hark_client_get_engine (HarkClient *client);

/* hark_client_send: (transfer full) @command; a refusal is shown as a warning. */
void hark_client_send (HarkClient *client, HarkCommand *command);

/* hark_client_ask: (transfer full) @command; @reply gets the result unless @owner is gone by then.
 */
void hark_client_ask (HarkClient *client, HarkCommand *command, GObject *owner, HarkReply reply);

/* hark_client_send_to: the commands that need nothing but a person or a transfer. */
void hark_client_send_to (HarkClient *client, HarkCommandKind kind, HarkPersonItem *person);
void hark_client_send_transfer (HarkClient *client, HarkCommandKind kind, uint64_t transfer);

/* hark_command_for: (transfer full): a command about @person, or the group it is, to be filled in
 * further. */
HarkCommand *hark_command_for (HarkCommandKind kind, HarkPersonItem *person);

/* hark_client_take_rows: (transfer full) (element-type HarkMessageItem): the messages of @result,
 * with the files that came along. */
GPtrArray *hark_client_take_rows (HarkClient *client, const HarkEvent *result);

/* hark_client_get_offers: (transfer full) (element-type HarkTransferItem): what is offered to the
 * user in the conversation with @person and waits for an answer, in no order. */
GPtrArray *hark_client_get_offers (HarkClient *client, HarkPersonItem *person);

/* hark_client_get_relays: packets of contacts may go through this computer. */
bool hark_client_get_relays (HarkClient *client);

/* hark_client_get_people: borrowed; HarkPersonItem, in no order. */
GListModel *hark_client_get_people (HarkClient *client);

/* hark_client_add: (transfer full): @item, a group or notes to oneself, joins the list.
 * hark_client_remove: leaves it. */
void hark_client_add (HarkClient *client, HarkPersonItem *item);
void hark_client_remove (HarkClient *client, HarkPersonItem *item);

/* hark_client_find: (nullable): borrowed. */
HarkPersonItem *hark_client_find (HarkClient *client, const uint8_t account[HARK_ACCOUNT_LEN]);

/* hark_client_find_group: (nullable): by its id; borrowed. */
HarkPersonItem *hark_client_find_group (HarkClient *client, const uint8_t id[HARK_MESSAGE_ID_LEN]);

/* hark_client_is_own: it is the user's own account. */
bool hark_client_is_own (HarkClient *client, const uint8_t account[HARK_ACCOUNT_LEN]);

/* hark_client_get_calls: borrowed; HarkCallItem; see calls.h, which asks and tells about them. */
GPtrArray *hark_client_get_calls (HarkClient *client);

/* hark_client_forget_call: one that has ended is of no interest any more. */
void hark_client_forget_call (HarkClient *client, HarkCallItem *call);
