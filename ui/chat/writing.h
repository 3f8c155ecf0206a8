/* ui/chat/writing.h - what the composer of a conversation is at: a new message, an answer, or a
 * change of one; and drafts, which are kept when another conversation is looked at. Main thread.
 */
#pragma once

#include "ui/chat/composer.h"
#include "ui/model/client.h"

#define HARK_TYPE_WRITING (hark_writing_get_type ())
G_DECLARE_FINAL_TYPE (HarkWriting, hark_writing, HARK, WRITING, GObject)

/* hark_writing_new: (transfer full): for one composer, which outlives it. */
HarkWriting *hark_writing_new (HarkClient *client, HarkComposer *composer);

/* hark_writing_open: to @person from now on, as far as they were written to before.
 * hark_writing_leave: to nobody; the draft is kept, the composer emptied. */
void hark_writing_open (HarkWriting *writing, HarkPersonItem *person);
void hark_writing_leave (HarkWriting *writing);

/* hark_writing_reply, hark_writing_edit: the composer has the focus then. hark_writing_drop: back
 * to plain writing; what was put aside for an edit is there again. */
void hark_writing_reply (HarkWriting *writing, HarkMessageItem *item);
void hark_writing_edit (HarkWriting *writing, HarkMessageItem *item);
void hark_writing_drop (HarkWriting *writing);

/* hark_writing_send: false: it changed an older message. */
bool hark_writing_send (HarkWriting *writing, const char *text);

/* hark_writing_say_answered: @command answers what is answered, if something is. */
void hark_writing_say_answered (HarkWriting *writing, HarkCommand *command);
