/* core/calls/lines.h - two calls at a time, one voice.
 *
 * Pure, as call.h, of which each line is one machine. While one call goes on a second one may ring
 * or be dialled; the two are never heard at once:
 *
 * - Answering, dialling or taking back one puts the other on hold, before the first microphone is
 *   opened the second is closed.
 * - Answering or taking back one gives up another that is dialled: it could be accepted at any
 * time.
 * - An offer that finds no free line, or a user who wants quiet, is answered BUSY and was missed.
 *   Of two offers by one contact within HARK_CALL_MISSED_TIME one is noted (output "repeated").
 */
#pragma once

#include "core/calls/call.h"

#define HARK_CALL_LINES 2
#define HARK_CALL_MISSED_TIME HARK_MINUTE /* one entry a contact */

typedef struct HarkCallLines HarkCallLines;

/* hark_call_lines_new: @own: our account key; @second: there may be two; else the second caller is
 * told that we are busy. Never NULL. */
HarkCallLines *hark_call_lines_new (const HarkKey *own, bool second);
void hark_call_lines_free (HarkCallLines *lines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkCallLines, hark_call_lines_free)

/* hark_call_lines_set_quiet: offers of new calls do not ring. Whom we dial may cross it. */
void hark_call_lines_set_quiet (HarkCallLines *lines, bool quiet);

/* Clicks, as in call.h; false, changing nothing, when the call is not in a state for it. Outputs of
 * several inputs may wait; each names its line.
 *
 * hark_call_lines_dial: also false when no line is free, when another is being dialled, and when
 * there is a call with @peer. _hold_all: as if another was taken: for calls of groups. */
bool hark_call_lines_dial (HarkCallLines *lines, const HarkKey *peer, uint64_t id, HarkTime now);
void hark_call_lines_hold_all (HarkCallLines *lines, HarkTime now);
bool hark_call_lines_accept (HarkCallLines *lines, unsigned line, HarkTime now);
bool hark_call_lines_hangup (HarkCallLines *lines, unsigned line, HarkTime now);
bool hark_call_lines_hold (HarkCallLines *lines, unsigned line, bool on, HarkTime now);

/* As hark_call_machine_signal(), _session(), _handle_time(), _poll(), _get_deadline(), _view(). */
void hark_call_lines_signal (HarkCallLines *lines,
                             const HarkKey *peer,
                             HarkCallSignal signal,
                             uint64_t id,
                             HarkCallReason reason,
                             HarkTime now);
void hark_call_lines_session (HarkCallLines *lines, const HarkKey *peer, bool up, HarkTime now);
void hark_call_lines_handle_time (HarkCallLines *lines, HarkTime now);
bool hark_call_lines_poll (HarkCallLines *lines, HarkCallOutput *ret);
HarkTime hark_call_lines_get_deadline (const HarkCallLines *lines);
void hark_call_lines_view (const HarkCallLines *lines, unsigned line, HarkCallView *ret);
