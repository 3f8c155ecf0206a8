/* core/heart/files/files.h - what the files beside it share. From the ground up:
 *
 *   files/view.c         the table; what the user sees of a transfer, what the store keeps
 *   files/queue.c        which come first, and which wait for a network that costs nothing
 *   files/same.c         transfers that may bring the same
 *   files/pace.c         how fast
 *   files/ahead.c        how much of what is given lies in memory
 *   files/holding.c      what there is of a file for a group, told and heard
 *   files/run.c          what a transfer's machine wants, done
 *   files/sources.c      who else has what comes
 *   files/give.c         what the user gives
 *   files/groups.c       files for a group, and who has them
 *   files/groups-give.c  what the user gives to a group
 *   files/unasked.c      what is taken without a question
 *   files/offers.c       what the other side offers and says
 *   files/control.c      limits, queue, metered networks, whose files are taken unasked
 *   files/files.c        clicks, sessions, streams, disk and time, for whom they concern
 *
 * How it works: core/PROTOCOL.md "Files".
 */
#pragma once

#include "core/files/holding.h"
#include "core/heart/core-private.h"

/* hark_core_file_find: NULL when it is over. _offered: the one with @contact that has @offer on the
 * wire; @ret_offered: how many of theirs wait for the user. */
HarkFileTransfer *hark_core_file_find (HarkCore *core, uint64_t id);
HarkFileTransfer *hark_core_file_offered (HarkCore *core,
                                          const HarkKey *contact,
                                          const uint8_t offer[HARK_FILE_OFFER_LEN],
                                          unsigned *ret_offered);

/* hark_core_file_add: (transfer full) @transfer, to the table. */
void hark_core_file_add (HarkCore *core, HarkFileTransfer *transfer);

/* hark_core_file_keep: in the store as it is now; @pending: (transfer full) (nullable). */
void hark_core_file_keep (HarkCore *core, const HarkFileTransfer *transfer, HarkPending *pending);

/* hark_core_file_changed: tells the user, as @kind. */
void hark_core_file_changed (HarkCore *core, const HarkFileTransfer *transfer, HarkEventKind kind);

/* hark_core_file_drain: does everything the machine wants, and as much sending as the stream has
 * room for. Frees @transfer when that ended it. */
void hark_core_file_drain (HarkCore *core, HarkFileTransfer *transfer);

/* hark_core_files_sources: tells every transfer who else offers the same, and is there, and what
 * the user has that may be the same. */
void hark_core_files_sources (HarkCore *core);

/* hark_core_file_is_coming: incoming, taken, and not paused. _resembles: both come in and are
 * likely the same; what they say is in it has to be compared. */
bool hark_core_file_is_coming (const HarkFileTransfer *transfer);
bool hark_core_file_resembles (const HarkFileTransfer *a, const HarkFileTransfer *b);

/* hark_core_file_withheld: @contact never sends what they say they have: tells the user. */
void hark_core_file_withheld (HarkCore *core,
                              const HarkCoreContact *contact,
                              HarkFileTransfer *transfer);

/* hark_core_files_leads: no other transfer brings the same right now; it may come. */
bool hark_core_files_leads (HarkCore *core, const HarkFileTransfer *transfer);

/* hark_core_file_damaged: the copy that @contact offers is: tells the user. */
void
hark_core_file_damaged (HarkCore *core, const HarkCoreContact *contact, HarkFileTransfer *transfer);

/* hark_core_file_each: drains every transfer with @contact (NULL: anybody) after @visit (nullable),
 * which may end it. */
void hark_core_file_each (HarkCore *core,
                          const HarkKey *contact,
                          void (*visit) (HarkCore *core, HarkFileTransfer *transfer, bool flag),
                          bool flag);

/* hark_core_file_weigh: holds @transfer, or lets it go on, as the network and the user want. */
void hark_core_file_weigh (HarkCore *core, HarkFileTransfer *transfer);

/* ---- files/pace.c ---- */

/* hark_core_pace_send: as hark_net_stream_send(), when there is time; _holds: something of
 * @transfer waits for that; _drop: forgets it. */
void hark_core_pace_send (
  HarkCore *core, HarkFileTransfer *transfer, int64_t stream, GBytes *bytes, bool finish);
bool hark_core_pace_holds (HarkCore *core, const HarkFileTransfer *transfer);
void hark_core_pace_drop (HarkCore *core, uint64_t transfer);

/* hark_core_pace_run: sends what may go, at core->pace_at and when a stream has room again; then
 * _poll_empty: those for whom everything went, to be drained. */
void hark_core_pace_run (HarkCore *core);
bool hark_core_pace_poll_empty (HarkCore *core, uint64_t *ret_transfer);

/* hark_core_pace_pulled: @contact, one of several from whom @transfer comes, was asked for some of
 * it as @offer: hears how fast the user wants it. */
void hark_core_pace_pulled (HarkCore *core,
                            HarkCoreContact *contact,
                            const HarkFileTransfer *transfer,
                            const uint8_t offer[HARK_FILE_OFFER_LEN]);

/* hark_core_pace_count: @transfer may have begun or ceased to move; the shares of all are told.
 * _limit: the user's limits are others. _asked: they want no more than @rate. */
void hark_core_pace_count (HarkCore *core, HarkFileTransfer *transfer);
void hark_core_pace_limit (HarkCore *core);
void hark_core_pace_asked (HarkCore *core, HarkFileTransfer *transfer, uint64_t rate);

/* ---- files/ahead.c ---- */

/* hark_core_ahead_read: (transfer full) @request, a READ for @transfer: asks the disk, when there
 * is room. _came: the answer to one, before its transfer has it: its bytes count until they are
 * freed. _drop: none of @transfer is wanted any more; to be called before it goes. */
void
hark_core_ahead_read (HarkCore *core, const HarkFileTransfer *transfer, HarkDiskRequest *request);
void hark_core_ahead_came (HarkCore *core, HarkDiskReply *reply);
void hark_core_ahead_drop (HarkCore *core, const HarkFileTransfer *transfer);

/* hark_core_file_row: (transfer full): as the store keeps it. */
HarkStoreTransfer *hark_core_file_row (const HarkFileTransfer *transfer);

/* hark_core_file_take_unasked: accepts, if the user wants that without a question and there is not
 * too much of it. _files_take_waiting: those of groups, once others have come. */
void hark_core_file_take_unasked (HarkCore *core, HarkFileTransfer *transfer);
void hark_core_files_take_waiting (HarkCore *core);

/* ---- files/groups.c ---- */

/* hark_core_file_ended: a transfer of a group: when it is DONE, members hear it, once. _lose: what
 * we had of @id is gone, or another: the user hears it, and nobody asks for it again. */
void hark_core_file_ended (HarkCore *core, HarkFileTransfer *transfer);
void hark_core_file_lose (HarkCore *core, uint64_t id);

/* hark_core_files_hold: what @contact has of such a file; false when that makes no sense.
 * _holders_session: a member came or went. */
bool hark_core_files_hold (HarkCore *core, HarkCoreContact *contact, const Hark__FileHold *frame);
void hark_core_files_holders_session (HarkCore *core, const HarkKey *account, bool up);

/* hark_core_file_serve: (nullable) borrowed: the transfer by which @contact gets @range of what was
 * given to a group, of which both are; NULL: not for them, or not here. */
HarkFileTransfer *hark_core_file_serve (HarkCore *core,
                                        const HarkCoreContact *contact,
                                        const uint8_t offer[HARK_FILE_OFFER_LEN],
                                        const HarkFileRange *range);

/* ---- files/holding.c ---- */

/* hark_core_file_is_for: the file of a group is for @contact, who is a member now as we are, and no
 * stranger or blocked. _is_whole: and all of it is here. _say_hold: tells them what we have of it;
 * with @answer asks the same. */
bool hark_core_file_is_for (HarkCore *core,
                            const HarkFileTransfer *transfer,
                            const HarkCoreContact *contact);
bool hark_core_file_is_whole (const HarkFileTransfer *transfer);
void hark_core_file_say_hold (HarkCore *core,
                              HarkCoreContact *contact,
                              HarkFileTransfer *transfer,
                              bool answer);

/* hark_core_file_has_part: something of @transfer can be had while it comes. _tell_part: members
 * hear how much there is, when it is time. _heard_part: false when @frame, of @account, names no
 * such part. _keep_list: the store remembers what belongs in it. */
bool hark_core_file_has_part (const HarkFileTransfer *transfer);
void hark_core_file_keep_list (HarkCore *core, const HarkFileTransfer *transfer);
void hark_core_file_tell_part (HarkCore *core, HarkFileTransfer *transfer);
bool hark_core_file_heard_part (HarkCore *core,
                                HarkFileTransfer *transfer,
                                const HarkKey *account,
                                const Hark__FileHold *frame);

/* hark_core_file_prepare_part: @transfer serves @range of what is there of @from; false when that
 * is not there. */
bool hark_core_file_prepare_part (const HarkFileTransfer *from,
                                  HarkFileTransfer *transfer,
                                  const HarkFileRange *range);

/* ---- files/groups-give.c ---- */

/* hark_core_file_holders: (transfer full): the members of @group now. _unfit: (nullable) (transfer
 * none): why it cannot be given to a group. */
HarkFileHolders *hark_core_file_holders (HarkCore *core, HarkCoreGroup *group);
const char *hark_core_file_unfit (const HarkDiskReply *reply);

/* hark_core_files_tidy: after a start: lists that folders were resumed by and that nobody needs go.
 */
void hark_core_files_tidy (HarkCore *core);

/* hark_core_files_give_on: after a start: what was to be given to groups and was not yet. */
void hark_core_files_give_on (HarkCore *core);

/* hark_core_file_after_disk: what an answer of the disk means for a group; before @transfer is
 * drained. */
void hark_core_file_after_disk (HarkCore *core, HarkFileTransfer *transfer);

/* hark_core_file_looked_at: (transfer full) @reply to STAT: of a path that is to be given. */
void hark_core_file_looked_at (HarkCore *core, HarkDiskReply *reply);
