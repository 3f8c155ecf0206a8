/* ui/announcer.h - says what arrives to screen readers, without showing it a second time.
 *
 * Main thread. A frame around the window's content with something empty in it, of the role
 * NOTIFICATION: Orca speaks the name of such an object when it begins to show (ATK's own
 * announcements are not heard by Orca 43). Spoken are messages and the steps of a call while the
 * window has the focus; while it has not, the desktop speaks its notices, or another window.
 */
#pragma once

#include "ui/chat/conversation.h"

#define HARK_TYPE_ANNOUNCER (hark_announcer_get_type ())
G_DECLARE_FINAL_TYPE (HarkAnnouncer, hark_announcer, HARK, ANNOUNCER, GtkOverlay)

/* hark_announcer_follow: from now on. @elsewhere: also what arrives in other conversations, but of
 * people and groups without notices; of those, and without it, only what arrives in @conversation
 * is spoken. */
void hark_announcer_follow (HarkAnnouncer *announcer,
                            HarkClient *client,
                            HarkConversation *conversation,
                            bool elsewhere);
