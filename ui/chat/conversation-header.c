#include "ui/chat/conversation-header.h"

#include "ui/chat/header-words.h"
#include "ui/fence.h"
#include "ui/model/calls.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>

struct _HarkConversationHeader {
  HdyHeaderBar parent_instance;
  GtkWidget *back;
  GtkWidget *title;
  GtkWidget *name;
  GtkWidget *presence;
  GtkWidget *verified;
  GtkWidget *call;
  GtkWidget *menu;
  GMenuModel *person_menu;
  GMenuModel *chat_menu; /* of what is no person */
  GtkWidget *about;
};

G_DEFINE_TYPE (HarkConversationHeader, hark_conversation_header, HDY_TYPE_HEADER_BAR)

static guint signal_back, signal_call;

/* It may be read here before its row in the list is. */
static void
show_name (HarkConversationHeader *header, HarkClient *client, HarkPersonItem *item)
{
  const HarkPerson *person = hark_person_item_get (item);

  if (hark_person_item_is_self (item) || hark_person_item_get_hidden_name (item))
    hark_fence_label (client, header->name, HARK_FENCE_OURS, person->account, person->name);
  else if (hark_fence_label (client, header->name, HARK_FENCE_NAME, person->account, person->name)
           == HARK_DRAW_NEVER)
    hark_person_item_hide_name (item, true);
}

static void
show_call (HarkConversationHeader *header, HarkClient *client, HarkPersonItem *item)
{
  const HarkPerson *person = hark_person_item_get (item);
  g_autofree char *call = g_strdup_printf (_ ("Call %s"), person->name);

  hark_widget_name (header->call, call);
  gtk_widget_set_visible (header->call, !hark_person_item_is_self (item));
  gtk_widget_set_sensitive (header->call, person->status == HARK_PERSON_ACCEPTED
                                            && !hark_header_why_not (item)
                                            && hark_client_can_call (client, item));
}

static void
set_menu (HarkConversationHeader *header, HarkPersonItem *item)
{
  const bool is_person = !hark_person_item_get_group (item) && !hark_person_item_is_self (item);
  GtkMenuButton *button = GTK_MENU_BUTTON (header->menu);
  GMenuModel *menu = is_person ? header->person_menu : header->chat_menu;

  if (gtk_menu_button_get_menu_model (button) == menu)
    return;
  hark_widget_name (header->menu,
                    is_person ? _ ("More about this person") : _ ("More about this conversation"));
  gtk_menu_button_set_menu_model (button, menu);
}

/* While it is locked nobody is kept. */
static void
forget (HarkConversationHeader *header)
{
  hark_fence_forget (header->name);
  hark_widget_text (header->presence, "");
  hark_widget_tip (header->presence, NULL);
  hark_widget_name (header->call, _ ("Call"));
  gtk_widget_hide (header->call);
  gtk_widget_hide (header->about);
}

void
hark_conversation_header_show (HarkConversationHeader *header,
                               HarkClient *client,
                               HarkPersonItem *item)
{
  const HarkPerson *person;
  g_autofree char *presence = NULL;

  g_return_if_fail (HARK_IS_CONVERSATION_HEADER (header));

  gtk_widget_set_visible (header->title, item != NULL);
  gtk_widget_set_visible (header->menu, item != NULL);
  if (!item) {
    forget (header);
    return;
  }
  person = hark_person_item_get (item);
  presence = hark_header_line (item);
  set_menu (header, item);
  show_name (header, client, item);
  hark_widget_text (header->presence, presence);
  hark_widget_tip (header->presence, person->reason);
  gtk_widget_set_visible (header->verified, person->verified > 0);
  gtk_widget_set_visible (header->about, hark_person_item_get_group (item)
                                           && person->status != HARK_PERSON_REQUEST);
  show_call (header, client, item);
}

void
hark_conversation_header_set_folded (HarkConversationHeader *header, bool folded)
{
  g_return_if_fail (HARK_IS_CONVERSATION_HEADER (header));

  gtk_widget_set_visible (header->back, folded);
}

GtkWidget *
hark_conversation_header_get_menu (HarkConversationHeader *header)
{
  g_return_val_if_fail (HARK_IS_CONVERSATION_HEADER (header), NULL);

  return header->menu;
}

/* ---- life ---- */

static void
on_back (HarkConversationHeader *header)
{
  g_signal_emit (header, signal_back, 0);
}

static void
on_call (HarkConversationHeader *header)
{
  g_signal_emit (header, signal_call, 0);
}

static void
hark_conversation_header_class_init (HarkConversationHeaderClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  signal_back = g_signal_new ("back", HARK_TYPE_CONVERSATION_HEADER, G_SIGNAL_RUN_LAST, 0, NULL,
                              NULL, NULL, G_TYPE_NONE, 0);
  signal_call = g_signal_new ("call", HARK_TYPE_CONVERSATION_HEADER, G_SIGNAL_RUN_LAST, 0, NULL,
                              NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/conversation-header.ui");
  gtk_widget_class_bind_template_child (widgets, HarkConversationHeader, back);
  gtk_widget_class_bind_template_child (widgets, HarkConversationHeader, title);
  gtk_widget_class_bind_template_child (widgets, HarkConversationHeader, name);
  gtk_widget_class_bind_template_child (widgets, HarkConversationHeader, presence);
  gtk_widget_class_bind_template_child (widgets, HarkConversationHeader, verified);
  gtk_widget_class_bind_template_child (widgets, HarkConversationHeader, call);
  gtk_widget_class_bind_template_child (widgets, HarkConversationHeader, menu);
  gtk_widget_class_bind_template_child (widgets, HarkConversationHeader, person_menu);
  gtk_widget_class_bind_template_child (widgets, HarkConversationHeader, chat_menu);
  gtk_widget_class_bind_template_child (widgets, HarkConversationHeader, about);
  gtk_widget_class_bind_template_callback (widgets, on_back);
  gtk_widget_class_bind_template_callback (widgets, on_call);
}

static void
hark_conversation_header_init (HarkConversationHeader *header)
{
  gtk_widget_init_template (GTK_WIDGET (header));
  hark_widget_name (header->back, _ ("Back to the list"));
  hark_widget_name (header->about, _ ("About this group"));
  hark_widget_name (header->verified, _ ("Safety number compared"));
}
