/* core/heart/core-private.h - what the files of core/heart share. Nobody else includes it.
 *
 * What a core holds stands in core-state.h. From the ground up; each file calls only those before
 * it:
 *
 *   base.c              events, results, the store
 *   mail/mail.c         what is remembered of mailboxes
 *   people/people.c     contacts, and speaking to them
 *   people/before.c     what was before a change (people/before.h)
 *   chat/expiry.c       messages that disappear
 *   chat/rows.c         an entry as the wire, the store and the door have it
 *   chat/entries.c      entries of ours, to the disk and to the other side
 *   chat/received.c     entries of others, to the disk
 *   chat/log.c          files and calls as rows of the conversation
 *   chat/edits.c        changing what was written
 *   chat/clips.c        spoken messages
 *   chat/chat.c         acknowledgements, what was seen, typing
 *   files/shares-ask.c  looking into folders that contacts share
 *   files/...           transfers (files/files.h)
 *   files/shares.c      folders of ours that contacts look into
 *   people/words.c      knowing who is there: words and codes to compare
 *   files/meeting.c     meeting somebody who is no contact, by a few words
 *   chat/play.c, chat/record.c  spoken messages that are heard, and one that is spoken now
 *   calls/echo-test.c   calling oneself; the one place that opens a microphone
 *   calls/sound.c       what they are heard and spoken with
 *   calls/calls.c       calls
 *   people/profile.c    what people tell of themselves, and notes about them
 *   people/may.c        what contacts may do and see
 *   people/reach.c      where contacts find us
 *   groups/...          groups (groups/groups.h), calls/group-calls.c: their calls
 *   mail/keeper.c, mail/agree.c  mail that we keep for others; what is said about who does so
 *   mail/mailbox.c      mail that others keep (these and mail/places.c: mail/mail.h)
 *   people/moved.c      being on a computer that another one came after
 *   calls/unfinished.c  calls that a process was in when it was killed
 *   frame-cost.c        what frames of a contact cost us
 *   session.c           sessions, streams, frames
 *   again.c             sessions that are begun anew
 *   people/address.c    our own addresses
 *   people/invites.c    how invites end
 *   people/contacts.c   asking, accepting, removing
 *   people/presence.c   being seen, or by nobody
 *   mail/places.c       people and nodes who keep mail: reached, told, commanded
 *   people/lan.c        people on the local network who chose to be seen
 *   query.c             status, history, search
 *   chat/archive.c      conversations as a list, drafts, notes, how long and where messages are
 * kept relay.c             carrying packets for contacts backup.c            backups ledger.c what
 * left this machine, who carried for whom core.c              making, doors, dispatch
 */
#pragma once

#include "core/heart/core-state.h"

/* ---- base.c ---- */

/* Time and numbers. */
int64_t hark_core_wall (const HarkCore *core); /* Unix ms, now */
uint64_t hark_core_number (HarkCore *core);    /* random, 63 bits, not 0 */

/* hark_core_emit: (transfer full) @event, stamped with the time. */
void hark_core_emit (HarkCore *core, HarkEvent *event);

/* hark_core_ask_store: (transfer full) @request, @pending (nullable: failures become a warning). */
void hark_core_ask_store (HarkCore *core, HarkStoreRequest *request, HarkPending *pending);

/* hark_core_request: (transfer full): for hark_core_ask_store(), which numbers it. */
HarkStoreRequest *hark_core_request (HarkStoreRequestKind kind);

/* hark_pending_new: (transfer full) @command (nullable); hark_pending_free: with all it holds. */
HarkPending *hark_pending_new (HarkStoreThen then, HarkCommand *command);
void hark_pending_free (void *pending);

/* hark_core_result: (transfer full): a good RESULT of @command, to be completed and emitted. */
HarkEvent *hark_core_result (const HarkCommand *command);
void hark_core_succeed (HarkCore *core, const HarkCommand *command);
void
hark_core_refuse (HarkCore *core, const HarkCommand *command, const char *code, const char *text);

/* hark_core_warn_of_disk: the store failed (@error: nullable) at what nobody asked for, which is
 * tried again by itself: the user hears of it once a minute. */
void hark_core_warn_of_disk (HarkCore *core, const GError *error);

/* hark_core_refuse_store: the RESULT of @pending's command when the store failed; true when it did.
 */
bool
hark_core_refuse_store (HarkCore *core, const HarkPending *pending, const HarkStoreReply *reply);

/* hark_core_after_keep: HarkStoreThen: the RESULT of @pending's command, whichever it is. */
void hark_core_after_keep (HarkCore *core, HarkPending *pending, HarkStoreReply *reply);

/* ---- groups/had.c ---- */

/* hark_core_groups_had: looks how far @account (NULL: everybody) has all of groups, where they said
 * something since that was looked at; _load, _keep: from and to the disk. */
void hark_core_groups_had (HarkCore *core, const HarkKey *account);
void hark_core_groups_had_load (HarkCore *core, GBytes *kept);
void hark_core_groups_had_keep (HarkCore *core);

/* ---- mail/mail.c ---- */

/* hark_core_mail_load: what the store holds (nullable); _clear: at the end. */
void hark_core_mail_load (HarkCore *core, GBytes *kept);
void hark_core_mail_clear (HarkCore *core);

/* hark_core_is_node: no person but a node that keeps mail; _wants_owner: we are one and new. */
bool hark_core_is_node (const HarkCore *core, const HarkKey *account);
bool hark_core_wants_owner (const HarkCore *core);

/* hark_core_mail_due: something for @contact may be left with a keeper; _agree_due: something about
 * keeping mail may have to be said to them. Done before the next effects are over. */
void hark_core_mail_due (HarkCore *core, const HarkCoreContact *contact);
void hark_core_agree_due (HarkCore *core, const HarkCoreContact *contact);

/* hark_core_mail_forget: nothing is agreed with @account any more. */
void hark_core_mail_forget (HarkCore *core, const HarkKey *account);

/* hark_core_mail_lets: frames that are heard of @contact: a node hears and says little.
 * hark_core_mail_is_paced: by who answers it, or by the disk. */
bool hark_core_mail_lets (const HarkCore *core,
                          const HarkCoreContact *contact,
                          Hark__Frame__WhatCase what);
bool hark_core_mail_is_paced (const Hark__Mailbox *mail);

/* hark_core_mailbox_clear: the session is gone. */
void hark_core_mailbox_clear (HarkCoreContact *contact);

/* ---- people/people.c ---- */

/* hark_core_find, hark_core_find_of: (nullable): borrowed until the contact is removed. */
HarkCoreContact *hark_core_find (HarkCore *core, const HarkKey *account);
HarkCoreContact *hark_core_find_of (HarkCore *core, const HarkCommand *command); /* NULL: none */

/* hark_core_need: the accepted or asked contact of @command, or NULL with the RESULT made. */
HarkCoreContact *hark_core_need (HarkCore *core, const HarkCommand *command);

/* hark_core_add_contact: takes a copy of @row in; @known: (nullable): of the
 * conversation with them. */
HarkCoreContact *hark_core_add_contact (HarkCore *core,
                                        const HarkStoreContact *row,
                                        const HarkStoreConversation *known);
void hark_core_contact_free (void *contact);

/* hark_core_person: (transfer full): as the user sees them. */
HarkPerson *hark_core_person (HarkCore *core, const HarkCoreContact *contact);

/* hark_core_relay_name: (transfer full) (nullable): who @relay of a HarkPathInfo is, for users. */
char *hark_core_relay_name (HarkCore *core, const HarkCoreContact *contact, const HarkKey *relay);

/* hark_core_relay_list: (transfer full): the user's relay nodes, "NAME ADDRESS ...". */
char **hark_core_relay_list (HarkCore *core);

/* What changed of a contact goes to the disk (@pending: nullable), to the node, to the user. */
void hark_core_keep (HarkCore *core, HarkCoreContact *contact, HarkPending *pending);
void hark_core_name_skeleton (HarkCoreContact *contact); /* after a new name */
void hark_core_keep_about (HarkCore *core, const HarkCoreContact *contact, HarkPending *pending);
void hark_core_tell_net (HarkCore *core, const HarkCoreContact *contact);
void hark_core_contact_changed (HarkCore *core, const HarkCoreContact *contact);

/* hark_core_end_asking: our request and the record for its answer are not needed any more. */
void hark_core_end_asking (HarkCore *core, HarkCoreContact *contact);

/* hark_core_contact_proved: a session with them is up: who was asked has accepted. */
void hark_core_contact_proved (HarkCore *core, HarkCoreContact *contact);

/* hark_core_is_new_contact: so new that a backup may be put back which is from before there was a
 * pairwise secret: the token of the request still opens the door to it. */
bool hark_core_is_new_contact (const HarkCore *core, const HarkCoreContact *contact);

/* hark_core_contact_paired: the secret is on both disks: what first contact needed is done with,
 * but for that token. */
void hark_core_contact_paired (HarkCore *core, HarkCoreContact *contact);

/* hark_core_say: (transfer full) @frame: on the control stream; false when there is none. */
bool hark_core_say (HarkCore *core, HarkCoreContact *contact, GBytes *frame);

/* hark_core_is_invisible: nobody but those we spoke to since may find us. */
bool hark_core_is_invisible (const HarkCore *core);

/* hark_core_is_own: @command is about our own account: notes to oneself. */
bool hark_core_is_own (const HarkCore *core, const HarkCommand *command);

/* hark_core_lets: neither of them nor of all @not, a HARK_MAY_NOT_..., is said. */
bool hark_core_lets (const HarkCore *core, const HarkCoreContact *contact, uint32_t not );

/* hark_core_next_try: when they are looked for again, Unix ms; 0: they are online, or not ours. */
int64_t hark_core_next_try (const HarkCore *core, const HarkCoreContact *contact);

/* hark_core_say_retired: to a device that its owner has left behind, which hears nothing else. */
void hark_core_say_retired (HarkCore *core, HarkCoreContact *contact);

/* hark_core_is_ready: frames can be said. */
bool hark_core_is_ready (const HarkCoreContact *contact);

/* hark_core_add_stream: borrowed; forgotten with the session. */
HarkCoreStream *hark_core_add_stream (HarkCoreContact *contact, int64_t id);

/* hark_core_stored: the store answered for a text of theirs that cost @len. */
void hark_core_stored (HarkCoreContact *contact, size_t len);

/* hark_core_save_records: stores where contacts are, when that has changed. _soon: together with
 * the DHT nodes we know, in a second. */
void hark_core_save_records (HarkCore *core);
void hark_core_save_records_soon (HarkCore *core);

/* hark_core_store_is_behind: so much waits for the disk that nothing more of theirs is heard. */
bool hark_core_store_is_behind (const HarkCoreContact *contact);

/* hark_core_line_of: (nullable): the call with @peer; borrowed until the next input. */
HarkCoreLine *hark_core_line_of (HarkCore *core, const HarkKey *peer);

/* ---- chat/expiry.c ---- */

/* hark_core_say_gone: @row is no line any more. */
void hark_core_say_gone (HarkCore *core, const HarkStoreMessage *row);

/* hark_core_expire: what is due disappears; and looks when something is due next: whenever timers
 * may have begun. _time: at expire_at. */
void hark_core_expire (HarkCore *core);
void hark_core_expiry_time (HarkCore *core);

/* ---- chat/rows.c ---- */

/* hark_core_row_kind: of the kind that an entry has on the wire. */
HarkMessageKind hark_core_row_kind (uint32_t kind);

/* hark_core_entry_of: what @row says on the wire; text and body are borrowed from it. False for
 * rows of this side only and what keeps no rules (a restored backup is not trusted).
 * hark_core_row_of: (transfer full): the row of @entry, incoming and without a state. */
bool hark_core_entry_of (const HarkStoreMessage *row, HarkChatEntry *ret);
HarkStoreMessage *hark_core_row_of (const HarkKey *contact, const HarkChatEntry *entry);

/* hark_core_message: (transfer full): as the user sees it. */
HarkMessage *hark_core_message (const HarkCore *core, const HarkStoreMessage *row);

/* ---- chat/entries.c ---- */

/* hark_core_write: makes @entry (borrowed; its id, seq, clock and parents are set here) the next of
 * ours: to the disk, then into the queue; with it, of a clip, the parts that @command has.
 * @command: (transfer full): answered with its id. */
void hark_core_write (HarkCore *core,
                      HarkCoreContact *contact,
                      HarkCommand *command,
                      HarkChatEntry *entry);

/* hark_core_say_waiting: where the entry @id of our queue waits. */
void hark_core_say_waiting (HarkCore *core,
                            const HarkCoreContact *contact,
                            const uint8_t id[HARK_CHAT_ID_LEN],
                            const char *reason);

void hark_core_command_send (HarkCore *core, HarkCommand *command);

/* hark_core_chat_pump: says what waits in the outbox, as far as there is room. */
void hark_core_chat_pump (HarkCore *core, HarkCoreContact *contact);

/* hark_core_say_state, hark_core_say_entry: the user is told how far something of ours came. */
void hark_core_say_state (HarkCore *core,
                          const HarkCoreContact *contact,
                          const uint8_t id[HARK_CHAT_ID_LEN],
                          HarkMessageKind kind,
                          HarkSendState state,
                          const char *reason);
void hark_core_say_entry (HarkCore *core,
                          const HarkCoreContact *contact,
                          const HarkChatEntry *entry,
                          HarkSendState state);

/* hark_core_say_message: the user is told of @message. hark_core_say_effect: of all that is
 * different now that @row, written by us or by @contact (nullable), is on the disk as @reply says.
 */
void hark_core_say_message (HarkCore *core, const HarkStoreMessage *message);
void hark_core_say_effect (HarkCore *core,
                           HarkCoreContact *contact,
                           HarkStoreMessage *row,
                           HarkStoreReply *reply);

/* ---- chat/received.c ---- */

/* hark_core_entry_frame: false when it breaks a rule. _mail: the same, of one that came through a
 * keeper: core->mail_stored tells what became of it. */
bool hark_core_entry_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Entry *frame);
bool hark_core_entry_mail (HarkCore *core,
                           HarkCoreContact *contact,
                           const Hark__Entry *frame,
                           const HarkCoreMail *mail);

/* hark_core_chat_time: hands texts that the disk refused to it once more; _forget: drops them, for
 * they will be sent again. */
void hark_core_chat_time (HarkCore *core);
void hark_core_chat_forget (HarkCoreContact *contact);

/* ---- chat/log.c ---- */

/* hark_core_log: keeps a FILE or CALL message in the conversation and tells the user; @seen: it is
 * no news to them, as a call that they had. */
void hark_core_log (HarkCore *core,
                    const HarkKey *contact,
                    HarkMessageKind kind,
                    bool outgoing,
                    const char *text,
                    uint64_t ref,
                    bool seen);

/* hark_core_new_log: (transfer full): such a row, with an id, of now and not seen; it may be
 * changed. hark_core_put_log: (transfer full) @message: keeps it behind what its conversation has,
 * once for each id, and tells the user. */
HarkStoreMessage *hark_core_new_log (
  HarkCore *core, const HarkKey *of, HarkMessageKind kind, bool outgoing, const char *text);
void hark_core_put_log (HarkCore *core, HarkStoreMessage *message);

/* ---- chat/by-id.c ---- */

/* hark_core_lacks_conversation: a command about a message that does not say in which it is.
 * _ask_by_id: @then gets what the store has of that id. _take_conversation: true when that says it,
 * else the RESULT is made. */
bool hark_core_lacks_conversation (const HarkCommand *command);
void hark_core_ask_by_id (HarkCore *core, HarkCommand *command, HarkStoreThen then);
bool
hark_core_take_conversation (HarkCore *core, HarkPending *pending, const HarkStoreReply *reply);

/* ---- chat/edits.c ---- */

void hark_core_command_edit (HarkCore *core, HarkCommand *command);
void hark_core_command_delete (HarkCore *core, HarkCommand *command);
void hark_core_command_react (HarkCore *core, HarkCommand *command);
void hark_core_command_timer (HarkCore *core, HarkCommand *command);
void hark_core_command_edits (HarkCore *core, HarkCommand *command);
void hark_core_command_message (HarkCore *core, HarkCommand *command);
void hark_core_command_quarantine (HarkCore *core, HarkCommand *command);

/* ---- chat/chat.c ---- */

/* hark_core_chat_session: a session came or went. */
void hark_core_chat_session (HarkCore *core, HarkCoreContact *contact, bool up);

/* hark_core_..._frame: false when it makes no sense. */
bool hark_core_chat_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame);

/* hark_core_chat_settle: their acknowledgement came through a keeper. */
void hark_core_chat_settle (HarkCore *core, HarkCoreContact *contact, const Hark__Ack *frame);

/* hark_core_flush_acks: says every acknowledgement that is due. */
void hark_core_flush_acks (HarkCore *core);

void hark_core_command_read (HarkCore *core, HarkCommand *command);
void hark_core_command_typing (HarkCore *core, HarkCommand *command);

/* ---- files/files.c ---- */

/* Transfers in the table and as the user sees them (transfer full); sessions, frames, streams, disk
 * and time are handed to whichever transfer they concern. */
void hark_core_gift_unref (void *gift);
HarkTransfer *hark_core_transfer (HarkCore *core, const HarkFileTransfer *transfer);
void hark_core_load_transfer (HarkCore *core, const HarkStoreTransfer *row);

/* hark_core_files_turn: an incoming one may be pulled now. Large files of one contact come two at a
 * time, those with the least left before others; what waits for its giver holds up one of the two
 * places only. The others try again. */
bool hark_core_files_turn (HarkCore *core, const HarkFileTransfer *transfer);

/* hark_core_files_last: (nullable) borrowed: the last of those that move from @transfer's contact,
 * when @transfer comes before it and could not move beside it. */
HarkFileTransfer *hark_core_files_last (HarkCore *core, const HarkFileTransfer *transfer);

/* hark_core_stored_transfer: what the user sees of @row: the transfer as it is now, or as it ended.
 */
HarkTransfer *hark_core_stored_transfer (HarkCore *core, const HarkStoreTransfer *row);
void hark_core_files_session (HarkCore *core, const HarkKey *contact, bool up);

/* hark_core_files_go_on: something moves between us and @contact, or waits for no click of ours. */
bool hark_core_files_go_on (HarkCore *core, const HarkKey *contact);
void hark_core_files_forget (HarkCore *core, const HarkKey *contact);
bool hark_core_files_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame);
void hark_core_files_pulled (HarkCore *core, HarkCoreContact *contact, HarkCoreStream *stream);
void hark_core_files_data (HarkCore *core,
                           HarkCoreContact *contact,
                           HarkCoreStream *stream,
                           const HarkNetEvent *event);
void hark_core_files_writable (HarkCore *core, HarkCoreStream *stream);
void hark_core_files_closed (HarkCore *core, HarkCoreStream *stream);
void hark_core_files_disk (HarkCore *core, HarkDiskReply *reply);
void hark_core_files_time (HarkCore *core);
HarkTime hark_core_files_deadline (const HarkCore *core);
void hark_core_command_give (HarkCore *core, HarkCommand *command);
void hark_core_command_transfer (HarkCore *core, HarkCommand *command); /* TAKE ... CANCEL */

/* files/pace.c: before anything else of files, and at the end. */
void hark_core_pace_init (HarkCore *core);
void hark_core_pace_clear (HarkCore *core);

/* files/ahead.c: likewise; _run: whoever waited and has a turn now. */
void hark_core_ahead_init (HarkCore *core);
void hark_core_ahead_clear (HarkCore *core);
void hark_core_ahead_run (HarkCore *core);

/* files/control.c; hark_core_files_load: @kept (nullable): as the store has it. */
void hark_core_files_load (HarkCore *core, GBytes *kept);
void hark_core_command_queue (HarkCore *core, HarkCommand *command);
void hark_core_command_limit (HarkCore *core, HarkCommand *command);
void hark_core_command_metered (HarkCore *core, HarkCommand *command); /* METERED, COSTLY */
void hark_core_command_accept_files (HarkCore *core, HarkCommand *command);

/* chat/play.c, chat/record.c: chat/clips.h */

/* ---- calls/echo-test.c ---- */

/* hark_core_open_microphone: @what: VOICE_START for a call that was clicked on here, or for the
 * test, @muted or not; RECORD_START for a voice message. Ends a test, a message that is recorded or
 * played. hark_core_close_microphone: of VOICE_START. */
void hark_core_open_microphone (HarkCore *core, HarkEffectKind what, bool muted);
void hark_core_close_microphone (HarkCore *core);

/* hark_core_echo_packet: our voice made one: false when no test is on. _stats: likewise figures.
 * _time: at _deadline. _stop: no test any more. */
bool hark_core_echo_packet (HarkCore *core, const uint8_t *data, size_t len);
bool hark_core_echo_stats (HarkCore *core, const HarkCallStats *stats);
void hark_core_echo_time (HarkCore *core);
HarkTime hark_core_echo_deadline (const HarkCore *core);
void hark_core_echo_stop (HarkCore *core);
void hark_core_command_echo_test (HarkCore *core, HarkCommand *command);

/* ---- calls/sound.c ---- */

/* hark_core_sound_load: what the store holds (nullable), under what the shell was told. _clear:
 * frees. */
void hark_core_sound_load (HarkCore *core, GBytes *kept);
void hark_core_sound_clear (HarkCore *core);

/* hark_core_sound_look: a call begins: its devices are watched from here on. hark_core_sound_lack:
 * (nullable): a sentence, static: why we are not heard, or do not hear; known once they are. */
void hark_core_sound_look (HarkCore *core);
const char *hark_core_sound_lack (const HarkCore *core);
void hark_core_command_record (HarkCore *core, HarkCommand *command);
void hark_core_command_devices (HarkCore *core, HarkCommand *command);
void hark_core_command_device (HarkCore *core, HarkCommand *command);

/* ---- calls/calls.c ---- */

/* hark_core_calls_drain: does what the call machine put out. The others hand it frames, sessions
 * and media, or forget a contact who was removed. */
void hark_core_calls_drain (HarkCore *core);
bool hark_core_calls_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Call *frame);
void hark_core_calls_session (HarkCore *core, const HarkKey *contact, bool up);
void hark_core_calls_media (HarkCore *core, const HarkNetEvent *event);
void hark_core_calls_forget (HarkCore *core, const HarkKey *contact);
void hark_core_command_call (HarkCore *core, HarkCommand *command); /* CALL ... UNMUTE */

/* hark_core_call_row: (transfer full): what the conversation says of the call of @line if the
 * program ends now. _calls_stop: the program ends: calls are hung up, and one that rings here is
 * missed. */
HarkStoreMessage *hark_core_call_row (HarkCore *core, const HarkCoreLine *line);
void hark_core_calls_stop (HarkCore *core);

/* ---- calls/unfinished.c ---- */

/* hark_core_unfinished_load: what the store holds (nullable); _start: it is written down.
 * _settle: what the conversations would have to say of the calls there are is kept, when they have
 * changed, or at core->calls_at. */
void hark_core_unfinished_load (HarkCore *core, GBytes *kept);
void hark_core_unfinished_start (HarkCore *core);
void hark_core_unfinished_settle (HarkCore *core);

/* ---- people/profile.c ---- */

/* hark_core_profile_load: what the store holds; contacts are known already. hark_core_profile:
 * (transfer full): ours, for the user. _session: a session's control stream is open: tells ours;
 * _frame: false when it makes no sense. */
void hark_core_profile_load (HarkCore *core, const HarkStoreSnapshot *snapshot);
HarkProfile *hark_core_profile (const HarkCore *core);
void hark_core_profile_session (HarkCore *core, HarkCoreContact *contact);
bool hark_core_profile_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame);
HarkAvailability hark_core_told_available (const HarkCore *core); /* idle counts as away */
void hark_core_tell_available (HarkCore *core);                   /* to everybody connected */
void hark_core_command_profile (HarkCore *core, HarkCommand *command);
void hark_core_command_picture (HarkCore *core, HarkCommand *command);
void hark_core_command_note (HarkCore *core, HarkCommand *command); /* NOTES ... SILENCE */

/* ---- people/may.c ---- */

void hark_core_command_may (HarkCore *core, HarkCommand *command);

/* ---- people/words.c ---- */

/* hark_core_words_in_call: a call that we dialled was answered: starts, when they are not verified.
 * _settled: the user has decided: the call shows them no more. _session_over: what goes on ends;
 * _frame: false when it makes no sense. */
void hark_core_words_in_call (HarkCore *core, const HarkKey *peer);
void hark_core_words_settled (HarkCore *core, const HarkKey *peer);
void hark_core_words_session_over (HarkCore *core, HarkCoreContact *contact);
bool hark_core_words_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Words *words);
void hark_core_command_words (HarkCore *core, HarkCommand *command);
void hark_core_command_compare (HarkCore *core, HarkCommand *command);

/* ---- people/reach.c ---- */

/* hark_core_reach_open, _close: the record for somebody who may not know our token. _change:
 * another token from now on, which all are told but @without. _stored: says that theirs is on our
 * disk. _frame: false when it makes no sense. _time: at reach_at. */
void hark_core_reach_open (HarkCore *core, HarkCoreContact *contact);
void hark_core_reach_close (HarkCore *core, HarkCoreContact *contact);
void hark_core_reach_change (HarkCore *core, const HarkCoreContact *without);
void hark_core_reach_stored (HarkCore *core, HarkCoreContact *contact);
bool hark_core_reach_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame);
void hark_core_reach_time (HarkCore *core);

/* hark_core_hide_time: at hide_at: who was written to and has it is hidden from again. */
void hark_core_hide_time (HarkCore *core);

/* ---- groups/... ---- */

/* hark_core_groups_init, _clear: the tables; _load: what the store holds. */
void hark_core_groups_init (HarkCore *core);
void hark_core_groups_clear (HarkCore *core);
void hark_core_groups_load (HarkCore *core, const HarkStoreSnapshot *snapshot);

/* hark_core_groups_session: sessions came or have room: every group is looked at again;
 * hark_core_flush_groups: does that; _frame: false when it makes no sense; _time: at
 * hark_core_groups_deadline(). */
void hark_core_groups_session (HarkCore *core);
void hark_core_flush_groups (HarkCore *core);
bool hark_core_groups_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame);
void hark_core_groups_time (HarkCore *core);
HarkTime hark_core_groups_deadline (const HarkCore *core);

/* hark_core_groups_gone: a session of @contact has ended: who wrote does not any more. */
void hark_core_groups_gone (HarkCore *core, const HarkCoreContact *contact);

/* hark_core_groups_asked: we asked @account in a group to be our contact. */
bool hark_core_groups_asked (HarkCore *core, const HarkKey *account);

/* hark_core_group_picture_frame: PictureAsk and Picture of a group; false when it makes no sense.
 */
bool
hark_core_group_picture_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame);

/* hark_core_groups_info: (transfer full): HarkGroupInfo of all. */
GPtrArray *hark_core_groups_info (HarkCore *core);

/* hark_core_command_in_group: (transfer full) a command of the chat about a group; false when it is
 * none. _command_group: GROUP_... */
bool hark_core_command_in_group (HarkCore *core, HarkCommand *command);
void hark_core_command_group (HarkCore *core, HarkCommand *command);

/* ---- mail/keeper.c, mail/mailbox.c ---- */

/* hark_core_keeper_load: HarkStoreKept. */
void hark_core_keeper_load (HarkCore *core, const GArray *kept);
void hark_core_keeper_expire (HarkCore *core);

/* hark_core_mail_..._frame: false when it makes no sense. _session: one came or went. _time: at
 * mail_at. */
bool hark_core_mail_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Mailbox *mail);
void hark_core_mail_session (HarkCore *core, HarkCoreContact *contact, bool up);
void hark_core_mail_time (HarkCore *core);

/* ---- people/moved.c ---- */

/* hark_core_moved_on_from: @contact, whose session has ended, met a computer of ours that came
 * after this one; hark_core_moved_on: there is one, whoever met it. Nobody is tried again in this
 * run, and the user is told once. */
void hark_core_moved_on_from (HarkCore *core, HarkCoreContact *contact);
void hark_core_moved_on (HarkCore *core);

/* ---- frame-cost.c ---- */

/* hark_core_frame_cost: of HARK_CORE_FRAMES_RATE. Frames that make us answer or draw at once: what
 * is said to somebody who does not read it waits in our memory. 0: the disk paces it. */
unsigned hark_core_frame_cost (const Hark__Frame *frame);

/* ---- session.c ---- */

/* Events of the node about people and streams. */
void hark_core_handle_peer (HarkCore *core, const HarkNetEvent *event);
void hark_core_handle_stream (HarkCore *core, const HarkNetEvent *event);

/* hark_core_hear: goes on with frames that waited for the store, and gives credit for what was
 * heard of the control stream. */
void hark_core_hear (HarkCore *core, HarkCoreContact *contact);

/* hark_core_end_session: what the session held is dropped. */
void hark_core_end_session (HarkCore *core, HarkCoreContact *contact);

/* hark_core_superseded: our account has moved on to another computer (people/moved.c). */
void hark_core_superseded (HarkCore *core);

/* ---- again.c ---- */

/* hark_core_reopen_shut: lets those in again whose time is over. hark_core_renew_sessions: those
 * whose pairwise secret is too old are begun anew; not during a call. */
void hark_core_reopen_shut (HarkCore *core);
void hark_core_renew_sessions (HarkCore *core);

/* ---- people/address.c ---- */

/* hark_core_open_addresses: publishes the record of each, or withdraws all. _address_label: what
 * the user calls @token, "" for none; borrowed until the address goes. _use_up_invite: @via is for
 * nobody any more; false: it was no open invite. _expire_invites: takes old ones back. */
void hark_core_open_addresses (HarkCore *core, bool open);
const char *hark_core_address_label (HarkCore *core, const HarkToken *token);
bool hark_core_is_invite (HarkCore *core, const HarkToken *token);
bool hark_core_use_up_invite (HarkCore *core, const HarkToken *via);
void hark_core_expire_invites (HarkCore *core);
void hark_core_open_first (HarkCore *core);      /* makes a public one when there is none */
void hark_core_close_addresses (HarkCore *core); /* for good */

/* hark_core_open_address: it is on the disk: people come by it. hark_core_invites_full: so many
 * wait for somebody that no more are made. */
void hark_core_open_address (HarkCore *core, const HarkStoreAddress *address);
bool hark_core_invites_full (HarkCore *core);

char *hark_core_format_address (HarkCore *core,
                                const HarkStoreAddress *address); /* (transfer full) */
void hark_core_command_address (HarkCore *core, HarkCommand *command);
void hark_core_command_addresses (HarkCore *core, HarkCommand *command);
void hark_core_command_own_address (HarkCore *core, HarkCommand *command); /* LABEL, REVOKE */

/* ---- people/invites.c ---- */

/* hark_core_say_removed: they are no contact any more, for the user. _request_deletion: (transfer
 * full): of @account, who is none. */
void hark_core_say_removed (HarkCore *core, const HarkCoreContact *contact);
HarkStoreRequest *hark_core_request_deletion (const HarkKey *account);

/* hark_core_end_invite: somebody who came by @via is a contact: nobody else is by it.
 * _invite_is_used: somebody who came by it was decided about. _settle_invites: ends those that the
 * end of the program left open. */
void hark_core_end_invite (HarkCore *core, const HarkToken *via);
bool hark_core_invite_is_used (HarkCore *core, const HarkToken *via);
void hark_core_settle_invites (HarkCore *core);

/* ---- people/contacts.c ---- */

/* hark_core_start_contacts: tells the node of everybody and opens our records, unless we are
 * invisible. */
void hark_core_start_contacts (HarkCore *core);
void hark_core_handle_request (HarkCore *core, const HarkNetEvent *event);
void hark_core_command_add (HarkCore *core, HarkCommand *command);
void hark_core_command_person (HarkCore *core, HarkCommand *command); /* ACCEPT ... REMOVE */
void hark_core_command_unblock (HarkCore *core, HarkCommand *command);
void hark_core_command_rename (HarkCore *core, HarkCommand *command);
void hark_core_command_set_verified (HarkCore *core, HarkCommand *command);

void hark_core_drop_contact (HarkCore *core, const HarkKey *account); /* node or guest no more */

/* ---- people/presence.c ---- */

/* hark_core_seek: @command speaks to somebody: who is found although we are invisible. */
void hark_core_seek (HarkCore *core, const HarkCommand *command);
void hark_core_command_presence (HarkCore *core, HarkCommand *command); /* PRESENCE, IDLE */

/* ---- mail/places.c ---- */

/* hark_core_mail_start: when there is an account; _settle: does what is due. */
void hark_core_mail_start (HarkCore *core);
void hark_core_mail_settle (HarkCore *core);
void hark_core_list_mailboxes (HarkCore *core, HarkEvent *event);
void hark_core_command_mailbox (HarkCore *core, HarkCommand *command); /* and _ADD, _DROP, _FOR */

/* ---- people/lan.c ---- */

/* hark_core_lan_start: as configured; _handle_time: at alone_at. */
void hark_core_lan_start (HarkCore *core);
void hark_core_lan_handle_time (HarkCore *core);
void hark_core_set_visible (HarkCore *core, bool visible);
void hark_core_say_neighbours (HarkCore *core);
void hark_core_command_people_here (HarkCore *core, HarkCommand *command);
void hark_core_command_visible (HarkCore *core, HarkCommand *command);
void hark_core_command_network (HarkCore *core, HarkCommand *command);
void hark_core_command_peer (HarkCore *core, HarkCommand *command);

/* ---- query.c ---- */

void hark_core_network_changed (HarkCore *core); /* says so, at most once a second */
void hark_core_say_network (HarkCore *core);
void hark_core_command_history (HarkCore *core, HarkCommand *command);
void hark_core_command_search (HarkCore *core, HarkCommand *command);
void hark_core_command_calls (HarkCore *core, HarkCommand *command);
void hark_core_command_verify (HarkCore *core, HarkCommand *command);
void hark_core_command_status (HarkCore *core, HarkCommand *command);
void hark_core_command_doctor (HarkCore *core, HarkCommand *command);

/* ---- chat/archive.c ---- */

/* hark_core_archive_load: what the store holds (nullable); _start, _handle_time: messages that are
 * not to be kept longer go. */
void hark_core_archive_load (HarkCore *core, GBytes *kept);
void hark_core_archive_start (HarkCore *core);
void hark_core_archive_handle_time (HarkCore *core);
void hark_core_command_chats (HarkCore *core, HarkCommand *command);
void hark_core_command_set_chat (HarkCore *core, HarkCommand *command); /* DRAFT ... ARCHIVE */
void hark_core_command_keep (HarkCore *core, HarkCommand *command);
void hark_core_command_clear (HarkCore *core, HarkCommand *command);
void hark_core_command_export (HarkCore *core, HarkCommand *command);

/* hark_core_command_send_or_note, _clip_or_note: to somebody, or to oneself. */
void hark_core_command_send_or_note (HarkCore *core, HarkCommand *command);
void hark_core_command_clip_or_note (HarkCore *core, HarkCommand *command);

/* ---- relay.c ---- */

/* hark_core_relay_load: what the store holds (nullable); contacts are known already. _start: tells
 * the node. */
void hark_core_relay_load (HarkCore *core, GBytes *kept);
void hark_core_relay_start (HarkCore *core);
void hark_core_command_relay (HarkCore *core, HarkCommand *command);
void hark_core_command_relay_add (HarkCore *core, HarkCommand *command);
void hark_core_command_relay_remove (HarkCore *core, HarkCommand *command);

/* ---- backup.c ---- */

/* hark_core_backup_load: what the store holds (nullable); _start: plans the next; _handle_time: at
 * backup_at. */
void hark_core_backup_load (HarkCore *core, GBytes *kept);
void hark_core_backup_start (HarkCore *core);
void hark_core_backup_handle_time (HarkCore *core);
void hark_core_command_backup (HarkCore *core, HarkCommand *command);
void hark_core_command_auto_backup (HarkCore *core, HarkCommand *command);

/* settings.c */
void hark_core_command_settings (HarkCore *core, HarkCommand *command);

/* hark_core_place_load: what the store holds (nullable). */
void hark_core_place_load (HarkCore *core, GBytes *kept);
void hark_core_command_place (HarkCore *core, HarkCommand *command);
void hark_core_command_own_words (HarkCore *core, HarkCommand *command);
