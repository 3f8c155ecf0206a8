/* ui/chat/conversation.h - the page of one person: header, rows, composer.
 *
 * Main thread. Signals: "back" (): the user wants to see the list; "seen" (): the newest row is in
 * view. Actions of its menu live in the
 * group "person".
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_CONVERSATION (hark_conversation_get_type ())
G_DECLARE_FINAL_TYPE (HarkConversation, hark_conversation, HARK, CONVERSATION, GtkBox)

/* hark_conversation_set_client: once; hark_conversation_get_header: borrowed, for a header group.
 */
void hark_conversation_set_client (HarkConversation *page, HarkClient *client);
GtkWidget *hark_conversation_get_header (HarkConversation *page);

/* hark_conversation_show: @person (nullable): NULL shows what to do when nobody is chosen. */
void hark_conversation_show (HarkConversation *page, HarkPersonItem *person);

/* hark_conversation_take: shows @person, whom @from shows no more if it did: in the same place of
 * it, with what is half written or spoken. */
void
hark_conversation_take (HarkConversation *page, HarkConversation *from, HarkPersonItem *person);

/* hark_conversation_get_person: (nullable): borrowed. */
HarkPersonItem *hark_conversation_get_person (HarkConversation *page);

/* hark_conversation_set_folded: whether there is a list to go back to. */
void hark_conversation_set_folded (HarkConversation *page, bool folded);

/* hark_conversation_focus: the field; false: there is none to write in. */
bool hark_conversation_focus (HarkConversation *page);

/* hark_conversation_go_to: brings the message at @position into view. */
void hark_conversation_go_to (HarkConversation *page, uint64_t position);

/* hark_conversation_get_place, _return_to: as hark_rows_view_get_place(). */
uint64_t hark_conversation_get_place (HarkConversation *page);
void hark_conversation_return_to (HarkConversation *page, uint64_t position);

/* hark_conversation_open_menu: what can be done with the person or group. */
void hark_conversation_open_menu (HarkConversation *page);
/* hark_conversation_open_find: opens the bar that looks for words in it. */
void hark_conversation_open_find (HarkConversation *page);

/* hark_conversation_give: @files: (element-type GFile): offers them to the person.
 * hark_conversation_give_uris: as a drop brings them. */
void hark_conversation_give (HarkConversation *page, GSList *files);
void hark_conversation_give_uris (HarkConversation *page, char **uris);
