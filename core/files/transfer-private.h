/* core/files/transfer-private.h - between transfer.c, sender.c and receiver.c. */
#pragma once

#include "core/files/transfer.h"

#define HARK_FILE_ROOM_TIME (10 * HARK_SECOND) /* between two looks at a full disk */

/* transfer-base.c */
void hark_file_push (HarkFileTransfer *transfer, HarkFileOutput output);
void hark_file_push_kind (HarkFileTransfer *transfer, HarkFileOutputKind kind);
void hark_file_say (HarkFileTransfer *transfer, HarkFileSignal signal, const char *reason);
void hark_file_say_pause (HarkFileTransfer *transfer);
HarkDiskRequest *hark_file_ask_disk (HarkFileTransfer *transfer, HarkDiskRequestKind kind);

/* Enters @state, keeps it and tells the user; the only writer of `state`. */
void hark_file_enter (HarkFileTransfer *transfer, HarkTransferState state, const char *reason);

/* Everything is on the disk and has the right root. */
void hark_file_finish (HarkFileTransfer *transfer);

/* transfer-end.c */

/* Ends it with @words for the user, and the other side told when @tell is not NULL (static). */
void hark_file_fail (HarkFileTransfer *transfer, const char *words, const char *tell);

/* What an ended transfer leaves behind is closed and deleted. */
void hark_file_abandon (HarkFileTransfer *transfer);

/* Gives the stream up, and forgets what the disk has not answered yet. */
void hark_file_drop_stream (HarkFileTransfer *transfer);
bool hark_file_is_paused (const HarkFileTransfer *transfer);

/* Tells the user of progress: now, or when it is time. */
void hark_file_report (HarkFileTransfer *transfer);
void hark_file_progress (HarkFileTransfer *transfer);

/* The hash of the block at @offset, which is known already or the first that is not. */
void hark_file_set_hash (HarkFileTransfer *transfer, uint64_t offset, const uint8_t *hash);

/* The root over the blocks before @offset, whose hashes are known. */
void hark_file_root_up_to (const HarkFileTransfer *transfer,
                           uint64_t offset,
                           uint8_t ret[HARK_TREE_HASH_LEN]);

/* One more range below `done` that is missing or other than the source; they come in order. */
void hark_file_add_patch (HarkFileTransfer *transfer, uint64_t from, uint64_t to);

/* sender.c */
void hark_sender_disk (HarkFileTransfer *transfer, HarkDiskReply *reply);

/* receiver.c */
void hark_receiver_disk (HarkFileTransfer *transfer, HarkDiskReply *reply);
void
hark_receiver_source_changed (HarkFileTransfer *transfer); /* size and facts are the new ones */
/* Goes on with whoever is left of a swarm. */
void hark_receiver_carry_on (HarkFileTransfer *transfer);
void hark_receiver_proceed (HarkFileTransfer *transfer); /* does what is possible now */
void hark_receiver_move (HarkFileTransfer *transfer);    /* to `directory`; nothing is opening */
