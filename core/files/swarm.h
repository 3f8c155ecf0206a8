/* core/files/swarm.h - a transfer that comes from several people at once.
 *
 * Pure, part of the receiver's machine (transfer.h). The contact whose offer was taken says the
 * hashes of all blocks first, and stays the one whose word counts; another who offers something
 * with the same root is asked for blocks as well (schedule.h). Each block is compared with the list
 * before it is written. Who sends another block than the list names has a damaged copy, or lies: no
 * more is taken from them, and the user is told. What a source that is lost had not sent, the
 * others send. With one source left it goes on from that one.
 *
 * Of a file for a group somebody may have a part only (holding.h); they are asked for no more than
 * that. Who says that they have what they then do not send is not asked again in this session.
 *
 * At most HARK_FILE_BLOCKS_AHEAD blocks wait for the disk, and one comes in from each source.
 * Source: core/PROTOCOL.md "Files".
 */
#pragma once

#include "core/files/holding.h"
#include "core/files/transfer.h"

#define HARK_SWARM_LEFT_MIN ((uint64_t) 4 * HARK_TREE_BLOCK_LEN) /* else one source is enough */
#define HARK_SWARM_SIZE_MAX                                             \
  ((uint64_t) 1 << 38) /* bytes: the list of more takes too much memory \
                        */

/* A source's number in outputs and here; 0 stands for the transfer's one stream without a swarm. */
#define HARK_SWARM_OWN 1 /* the transfer's own contact */

/* hark_file_transfer_source: incoming: @contact offers as @offer what may be the same, and is there
 * (@up) or not, or not any more. More than HARK_SCHEDULE_SOURCES_MAX in all are left out. */
void hark_file_transfer_source (HarkFileTransfer *transfer,
                                const HarkKey *contact,
                                const uint8_t offer[HARK_FILE_OFFER_LEN],
                                bool up,
                                HarkTime now);

/* hark_file_transfer_source_holds: incoming, of a group: @contact is there and has what @holding
 * (transfer full), made for its number of blocks, says. */
void hark_file_transfer_source_holds (HarkFileTransfer *transfer,
                                      const HarkKey *contact,
                                      HarkHolding *holding,
                                      HarkTime now);

/* hark_file_transfer_holding: (transfer full) (nullable): what is here of a group's file that
 * comes, for others to ask for; NULL when it is not known yet what belongs there. _has_range:
 * whether all of @range is. _list: the hashes of all blocks, borrowed, or NULL. */
HarkHolding *hark_file_transfer_holding (const HarkFileTransfer *transfer);
bool hark_file_transfer_has_range (const HarkFileTransfer *transfer, const HarkFileRange *range);
const GByteArray *hark_file_transfer_list (const HarkFileTransfer *transfer);

/* hark_file_transfer_know_list: incoming, of a group, before the first input: @list was kept
 * (HARK_FILE_OUTPUT_LIST) at an earlier start; left out when it does not have the file's root. */
void hark_file_transfer_know_list (HarkFileTransfer *transfer, GBytes *list);

/* hark_file_transfer_people: how many there are to be asked, whether they have what is missing or
 * not. */
unsigned hark_file_transfer_people (const HarkFileTransfer *transfer);

/* hark_file_transfer_each_source: calls @visit for every source beside the own contact that is
 * there. @visit may call hark_file_transfer_source(). */
void hark_file_transfer_each_source (HarkFileTransfer *transfer,
                                     void (*visit) (HarkFileTransfer *transfer,
                                                    const HarkKey *contact,
                                                    const uint8_t offer[HARK_FILE_OFFER_LEN],
                                                    void *data),
                                     void *data);

/* hark_file_transfer_find_source: whom @source in an output is; (transfer none). */
const HarkKey *hark_file_transfer_find_source (const HarkFileTransfer *transfer,
                                               unsigned source,
                                               const uint8_t **ret_offer);

/* hark_file_transfer_sources: from how many it comes right now; 0 while it does not move. */
unsigned hark_file_transfer_sources (const HarkFileTransfer *transfer);

/* hark_file_transfer_note: a sentence for the user that stays with the transfer. */
void hark_file_transfer_note (HarkFileTransfer *transfer, const char *words, HarkTime now);

/* The same as without a swarm, for one source. _has_stream: @stream is what it works on. */
bool hark_file_transfer_source_has_stream (const HarkFileTransfer *transfer,
                                           unsigned source,
                                           int64_t stream);
void hark_file_transfer_source_pulling (HarkFileTransfer *transfer,
                                        unsigned source,
                                        int64_t stream,
                                        HarkTime now);
void hark_file_transfer_source_data (HarkFileTransfer *transfer,
                                     unsigned source,
                                     GBytes *piece,
                                     const uint8_t *data,
                                     size_t len,
                                     HarkTime now);
void hark_file_transfer_source_closed (HarkFileTransfer *transfer, unsigned source, HarkTime now);

/* ---- for the rest of the machine ---- */

void hark_swarm_free (HarkFileSwarm *swarm); /* NULL is fine */

/* hark_swarm_run: asks whoever has nothing to do; false when there is no swarm, and the own contact
 * should be asked as ever. _stop: gives all streams up. _forget: the list, too. */
bool hark_swarm_run (HarkFileTransfer *transfer);
void hark_swarm_stop (HarkFileTransfer *transfer);
void hark_swarm_forget (HarkFileTransfer *transfer);

/* hark_swarm_session: of the own contact: it has no stream any more. */
void hark_swarm_session (HarkFileTransfer *transfer, bool up);

/* hark_swarm_wrote: false when @reply is not about a swarm's block, or has failed for a reason that
 * has nothing to do with it. */
bool hark_swarm_wrote (HarkFileTransfer *transfer, const HarkDiskReply *reply);

void hark_swarm_handle_time (HarkFileTransfer *transfer);
HarkTime hark_swarm_get_deadline (const HarkFileTransfer *transfer);
