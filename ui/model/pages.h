/* ui/model/pages.h - brings parts of a conversation from the engine into its person's rows.
 *
 * Main thread. One question per person is open at a time; of two the later one counts.
 */
#pragma once

#include "ui/model/client.h"

/* rows of a part that is opened, and of what is added on either side of it while somebody scrolls:
 * GTK lays all of them out in one frame */
#define HARK_PAGE_ROWS 16
#define HARK_STEP_ROWS 4

/* HarkPageReply: the part is there, or @result says why not; @owner asked and is still alive. */
typedef void (*HarkPageReply) (GObject *owner, HarkPersonItem *person, const HarkEvent *result);

/* Rows before the oldest and behind the newest loaded one; nothing while something is on its way or
 * when there are none. */
void hark_pages_older (HarkClient *client, HarkPersonItem *person);
void hark_pages_newer (HarkClient *client, HarkPersonItem *person);

/* hark_pages_window: another part in place of the loaded one. @command: (transfer full): a HISTORY
 * that says which; @owner, @reply: (nullable). */
void hark_pages_window (HarkClient *client,
                        HarkPersonItem *person,
                        HarkCommand *command,
                        GObject *owner,
                        HarkPageReply reply);
