/* core/heart/files/shares.h - folders that contacts look into, and meeting by words; for core/heart
 * alone.
 *
 * How it works: core/PROTOCOL.md "Shared folders", "Handing over by words".
 */
#pragma once

#include "core/heart/core-private.h"

/* A question about a shared folder: ours to a contact, or a contact's that our disk looks into. */
typedef struct {
  uint8_t id[8];
  HarkKey contact;
  HarkCommand *command; /* ours, not answered yet; owned */
  char *directory;      /* of FETCH: where it goes; owned */
  uint64_t number;      /* the transfer that came of it, or of the request to our disk */
  HarkTime deadline;
} HarkCoreAsk;

/* ---- files/shares.c, files/shares-ask.c ---- */

/* hark_core_shares_load: what the store holds (nullable); _clear: at the end. */
void hark_core_shares_load (HarkCore *core, GBytes *kept);
void hark_core_shares_clear (HarkCore *core);
bool hark_core_shares_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame);

bool
hark_core_shares_listing (HarkCore *core, HarkCoreContact *contact, const Hark__Listing *listing);

/* hark_core_shares_disk: (transfer full) @reply to BROWSE. */
void hark_core_shares_disk (HarkCore *core, HarkDiskReply *reply);

/* hark_core_shares_session_over: who is asked there will not answer. _forget: @account looks into
 * nothing any more. */
void hark_core_shares_session_over (HarkCore *core, HarkCoreContact *contact);
void hark_core_shares_forget (HarkCore *core, const HarkKey *account);
void hark_core_shares_time (HarkCore *core);
HarkTime hark_core_shares_deadline (const HarkCore *core);
void hark_core_command_share (HarkCore *core, HarkCommand *command);
void hark_core_command_shares (HarkCore *core, HarkCommand *command);
void hark_core_command_browse (HarkCore *core, HarkCommand *command);

/* hark_core_shares_offered: @contact offers @transfer (nullable) and says that it is what we asked
 * for with @fetch, which may be anything. _take: what was asked for is taken where it was to go;
 * false: it was not. */
void hark_core_shares_offered (HarkCore *core,
                               HarkCoreContact *contact,
                               const ProtobufCBinaryData *fetch,
                               const HarkFileTransfer *transfer);
bool hark_core_shares_take (HarkCore *core, HarkFileTransfer *transfer);

/* hark_core_shares_say: answers the question @id of @contact. */
void hark_core_shares_say (HarkCore *core,
                           HarkCoreContact *contact,
                           const uint8_t id[8],
                           Hark__Listing *listing);

/* hark_core_shares_refuse: what @contact asked for with @fetch cannot be given. */
void hark_core_shares_refuse (HarkCore *core, const HarkKey *contact, const uint8_t fetch[8]);

/* hark_core_files_cancel: as if the user had. */
void hark_core_files_cancel (HarkCore *core, uint64_t transfer);

/* hark_core_files_give_shared: offers what lies at @path (core/files/shared.h) for the question
 * @fetch of @contact; it hears when that cannot be. */
void hark_core_files_give_shared (HarkCore *core,
                                  const HarkKey *contact,
                                  const char *path,
                                  const uint8_t fetch[8]);

/* ---- files/meeting.c ---- */

void hark_core_command_meet (HarkCore *core, HarkCommand *command);
void hark_core_handle_meeting (HarkCore *core, const HarkNetEvent *event);

/* hark_core_meet_node: @command names a node by the four words that it shows: takes it over, and
 * gives it to @then with the node's link as its address once they have met, or refuses it. False,
 * with @command untouched, when its address is no four words. */
bool hark_core_meet_node (HarkCore *core,
                          HarkCommand *command,
                          void (*then) (HarkCore *core, HarkCommand *command));

/* hark_core_meeting_time: what is due; _deadline: when to come back; _clear: forgets it, wipes. */
void hark_core_meeting_time (HarkCore *core);
HarkTime hark_core_meeting_deadline (const HarkCore *core);
void hark_core_meeting_clear (HarkCore *core);
