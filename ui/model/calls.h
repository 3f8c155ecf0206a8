/* ui/model/calls.h - what is asked about the calls of a client, and done with them. Main thread. */
#pragma once

#include "ui/model/client.h"

/* hark_client_get_call: (nullable): borrowed; the first of them, also for a while after its end.
 * hark_client_get_call_on: (nullable): what is known of it, unless it is over.
 * hark_client_get_ringing: the one that somebody waits in to be answered.
 * hark_client_get_call_with: the one with a person.
 * hark_client_get_other_call: one beside @call that is not over. */
HarkCallItem *hark_client_get_call (HarkClient *client);
const HarkCall *hark_client_get_call_on (HarkClient *client);
HarkCallItem *hark_client_get_ringing (HarkClient *client);
HarkCallItem *hark_client_get_call_with (HarkClient *client, HarkPersonItem *person);
HarkCallItem *hark_client_get_other_call (HarkClient *client, HarkCallItem *call);

/* hark_client_can_call: one call may wait while another is dialled, but neither a third nor the
 * same twice: with @person, or of that group. */
bool hark_client_can_call (HarkClient *client, HarkPersonItem *person);

/* hark_client_send_call: a command about the first call; ANSWER: about the one that rings. Nothing
 * when there is none. hark_client_send_call_to: about @call. */
void hark_client_send_call (HarkClient *client, HarkCommandKind kind);
void hark_client_send_call_to (HarkClient *client, HarkCommandKind kind, HarkCallItem *call);

/* hark_talk_is_on: the user is in a call, of two or of a group; @ret_muted (nullable): muted in it.
 * hark_talk_mute: mutes in it, or not any more. */
bool hark_talk_is_on (HarkClient *client, bool *ret_muted);
void hark_talk_mute (HarkClient *client, bool muted);
