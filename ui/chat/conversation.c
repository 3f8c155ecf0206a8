#include "ui/chat/conversation.h"

#include "ui/by-frame.h"
#include "ui/chat/composer.h"
#include "ui/chat/conversation-header.h"
#include "ui/chat/day-popover.h"
#include "ui/chat/find-bar.h"
#include "ui/chat/giving.h"
#include "ui/chat/header-words.h"
#include "ui/chat/offers-box.h"
#include "ui/chat/pasting.h"
#include "ui/chat/person-actions.h"
#include "ui/chat/rows-view.h"
#include "ui/chat/wait-box.h"
#include "ui/chat/writing.h"
#include "ui/day.h"
#include "ui/dropped.h"
#include "ui/focus-kept.h"
#include "ui/model/calls.h"
#include "ui/network/network-file.h"
#include "ui/widgets.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>
#include <handy.h>

#include <string.h>

#define NATURAL_WIDTH 340 /* pixels */

struct _HarkConversation {
  GtkBox parent_instance;
  HarkClient *client;
  HarkPersonItem *person;
  gulong person_changed;
  GtkWidget *header;
  GtkWidget *stack;
  GtkWidget *find;
  GtkWidget *rows;
  GtkWidget *offers;
  GtkWidget *wait;
  GtkWidget *typing;
  GtkWidget *composer;
  HarkWriting *writing;
  HarkRecording recording; /* OVER: none is */
  GSimpleActionGroup *actions;
};

G_DEFINE_TYPE (HarkConversation, hark_conversation, GTK_TYPE_BOX)

static guint signal_back, signal_seen;

static HarkConversationHeader *
header (HarkConversation *page)
{
  return HARK_CONVERSATION_HEADER (page->header);
}

/* ---- what is shown of the person ---- */

static void
show_typing (HarkConversation *page)
{
  const char *writer = hark_person_item_get_writer (page->person);
  g_autofree char *text = g_strdup_printf (_ ("%s is writing…"), writer ? writer : "");

  hark_widget_text (page->typing, text);
  gtk_widget_set_visible (page->typing, hark_person_item_get_typing (page->person));
}

static void
show_timer (HarkConversation *page)
{
  uint32_t seconds = hark_header_timer (page->person);
  g_autofree char *time = hark_words_duration (seconds);
  g_autofree char *hint = seconds > 0 ? g_strdup_printf (_ ("Gone %s after it is read"), time)
                                      : g_strdup (_ ("Write a message"));

  hark_composer_set_hint (HARK_COMPOSER (page->composer), hint);
}

static void
show_person (HarkConversation *page)
{
  const HarkPerson *person = hark_person_item_get (page->person);
  bool is_person
    = !hark_person_item_get_group (page->person) && !hark_person_item_is_self (page->person);
  bool known
    = is_person && (person->status == HARK_PERSON_ACCEPTED || person->status == HARK_PERSON_ASKED);

  hark_conversation_header_show (header (page), page->client, page->person);
  hark_composer_set_files (HARK_COMPOSER (page->composer),
                           is_person || hark_person_item_get_group (page->person));
  hark_composer_set_reason (HARK_COMPOSER (page->composer), hark_header_why_not (page->person));
  hark_composer_set_remedy (HARK_COMPOSER (page->composer),
                            person->status == HARK_PERSON_BLOCKED   ? _ ("Unblock")
                            : person->status == HARK_PERSON_REQUEST ? _ ("Accept")
                                                                    : NULL);
  hark_composer_set_clips (HARK_COMPOSER (page->composer), !hark_header_why_not (page->person));
  hark_rows_view_set_hint (HARK_ROWS_VIEW (page->rows),
                           !hark_header_why_not (page->person)
                             && hark_person_item_get_complete (page->person));
  hark_wait_box_show (HARK_WAIT_BOX (page->wait), page->person);
  show_typing (page);
  show_timer (page);
  hark_person_actions_set (page->actions, page->client, page->person);
  g_simple_action_set_enabled (
    G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (page->actions), "folder")), known);
}

/* ---- voice messages ---- */

/* What is spoken goes here, and not to somebody whose conversation was open before. */
static void
show_recording (HarkConversation *page)
{
  const HarkRecording *recording = &page->recording;
  g_autoptr (HarkCommand) here
    = page->person ? hark_command_for (HARK_COMMAND_RECORD, page->person) : NULL;
  const bool is_here
    = here && recording->phase != HARK_RECORDING_OVER && here->has_group == recording->has_group
      && (here->has_group ? memcmp (here->group, recording->group, sizeof here->group) == 0
                          : memcmp (here->contact, recording->contact, sizeof here->contact) == 0);

  hark_composer_set_recording (HARK_COMPOSER (page->composer), is_here ? recording : NULL);
}

static bool
show_again (GtkWidget *widget)
{
  HarkConversation *page = HARK_CONVERSATION (widget);

  if (page->person)
    show_person (page);
  return false;
}

static void
on_changed (HarkConversation *page)
{
  hark_by_frame (GTK_WIDGET (page), show_again);
}

static void
on_told (HarkConversation *page, const HarkEvent *event)
{
  if (event->kind == HARK_EVENT_GROUP_CALL)
    on_changed (page);
  if (event->kind != HARK_EVENT_RECORDING)
    return;
  page->recording = *event->recording;
  show_recording (page);
}

/* ---- composer, files, calls ---- */

static void
on_send (HarkConversation *page, const char *text)
{
  if (hark_writing_send (page->writing, text))
    hark_rows_view_to_end (HARK_ROWS_VIEW (page->rows)); /* who writes wants to see it */
}

static void
on_record (HarkConversation *page, const char *how)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_RECORD, page->person);

  command->how = g_strdup (how);
  if (strcmp (how, "start") == 0)
    hark_writing_say_answered (page->writing, command);
  hark_client_send (page->client, command);
  if (strcmp (how, "stop") == 0) {
    hark_writing_drop (page->writing);
    hark_rows_view_to_end (HARK_ROWS_VIEW (page->rows));
  }
}

static void
on_leave_clip (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkConversation *page = data;

  (void) action;
  (void) parameter;
  if (page->person && !hark_header_why_not (page->person))
    on_record (page, "start");
}

/* Of what keeps the user from writing. */
static void
on_remedy (HarkConversation *page)
{
  const bool group = hark_person_item_get_group (page->person) != NULL;
  const bool asked = hark_person_item_get (page->person)->status == HARK_PERSON_REQUEST;

  hark_client_send_to (page->client,
                       !asked  ? HARK_COMMAND_UNBLOCK
                       : group ? HARK_COMMAND_GROUP_ACCEPT
                               : HARK_COMMAND_ACCEPT,
                       page->person);
}

static void
call (HarkConversation *page)
{
  hark_client_send_to (page->client,
                       hark_person_item_get_group (page->person) ? HARK_COMMAND_GROUP_CALL
                                                                 : HARK_COMMAND_CALL,
                       page->person);
}

static void
on_call_back (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkConversation *page = data;

  (void) action;
  (void) parameter;
  if (page->person && !hark_header_why_not (page->person)
      && hark_client_can_call (page->client, page->person))
    call (page);
}

static void
on_reply (HarkConversation *page, HarkMessageItem *item)
{
  hark_writing_reply (page->writing, item);
}

static void
on_edit (HarkConversation *page, HarkMessageItem *item)
{
  hark_writing_edit (page->writing, item);
}

static void
on_edit_last (HarkConversation *page)
{
  HarkMessageItem *item = hark_rows_view_last_own (HARK_ROWS_VIEW (page->rows));

  if (item)
    on_edit (page, item);
}

static void
on_found (HarkConversation *page, guint64 position)
{
  if (page->person)
    hark_rows_view_to_position (HARK_ROWS_VIEW (page->rows), position);
}

static void
on_seen (HarkConversation *page)
{
  g_signal_emit (page, signal_seen, 0);
}

static void
on_typing (HarkConversation *page, gboolean typing)
{
  HarkCommand *command;

  if (!page->person
      || (!hark_person_item_get_group (page->person)
          && hark_person_item_get (page->person)->presence != HARK_PRESENCE_ONLINE))
    return;
  command = hark_command_for (HARK_COMMAND_TYPING, page->person);
  command->on = typing;
  hark_client_send (page->client, command);
}

/* @person: for whom it was chosen; whose conversation is open by now is another matter. */
static void
give_to (HarkConversation *page, HarkPersonItem *person, GSList *files)
{
  if (!page->client || !hark_client_find (page->client, hark_person_item_get (person)->account)
      || hark_header_why_not (person))
    return;
  if (hark_giving_send (GTK_WIDGET (page), page->client, person, files) && page->person == person)
    hark_rows_view_to_end (HARK_ROWS_VIEW (page->rows));
}

void
hark_conversation_give (HarkConversation *page, GSList *files)
{
  g_autoptr (HarkPersonItem) person = NULL;

  g_return_if_fail (HARK_IS_CONVERSATION (page));

  if (!page->person)
    return;
  person = g_object_ref (page->person);
  give_to (page, person, files);
}

static void
focus_composer (HarkConversation *page)
{
  if (page->client) /* else it was closed meanwhile */
    hark_composer_focus (HARK_COMPOSER (page->composer));
}

static void
choose_and_give (HarkConversation *page, const char *title, bool folders)
{
  g_autoptr (HarkPersonItem) person = g_object_ref (page->person);
  GSList *files = hark_giving_choose (GTK_WIDGET (page), title, folders);

  if (files)
    give_to (page, person, files);
  g_slist_free_full (files, g_object_unref);
  focus_composer (page);
}

static void
on_attach (HarkConversation *page)
{
  choose_and_give (page, _ ("Send Files"), false);
}

static void
on_choose_files (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkConversation *page = data;

  (void) action;
  (void) parameter;
  if (page->person && gtk_widget_get_visible (page->composer))
    on_attach (page);
}

static void
on_folder (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  if (((HarkConversation *) data)->person)
    choose_and_give (data, _ ("Send a Folder"), true);
}

void
hark_conversation_give_uris (HarkConversation *page, char **uris)
{
  g_autoptr (HarkConversation) kept = g_object_ref (page); /* while the user is asked */
  g_autoptr (HarkPersonItem) person = NULL;
  GSList *files = NULL;

  g_return_if_fail (HARK_IS_CONVERSATION (page) && uris);

  if (!page->person)
    return;
  person = g_object_ref (page->person);
  if (!hark_network_file_is_given (GTK_WIDGET (page), uris, hark_person_item_get (person)->name))
    return;
  for (guint i = 0; uris[i]; i++)
    files = g_slist_append (files, g_file_new_for_uri (uris[i]));
  give_to (page, person, files);
  g_slist_free_full (files, g_object_unref);
}

static void
on_picture (HarkConversation *page, GdkPixbuf *picture)
{
  g_autoptr (HarkClient) client = g_object_ref (page->client);
  g_autoptr (HarkPersonItem) person = g_object_ref (page->person);
  g_autofree char *problem = NULL;
  g_autoptr (GFile) file = hark_pasting_keep (GTK_WIDGET (page), picture, &problem);
  GSList files = {.data = file};

  if (file)
    give_to (page, person, &files);
  else if (problem)
    g_signal_emit_by_name (client, "warning", problem);
  focus_composer (page);
}

static void
on_dropped (GtkWidget *page, int y, char **uris, const char *text, void *owner)
{
  (void) y;
  (void) text;
  (void) owner;
  if (uris)
    hark_conversation_give_uris (HARK_CONVERSATION (page), uris);
}

static void
on_call (HarkConversation *page)
{
  call (page);
}

static void
on_back (HarkConversation *page)
{
  g_signal_emit (page, signal_back, 0);
}

/* ---- menu ---- */

static void
on_day (HarkConversation *page, gint64 ms)
{
  if (page->person)
    hark_rows_view_to_time (HARK_ROWS_VIEW (page->rows), ms);
}

static void
on_date (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkConversation *page = data;
  GtkWidget *popover = hark_day_popover_open (hark_conversation_header_get_menu (header (page)));

  (void) action;
  (void) parameter;
  g_signal_connect_object (popover, "chosen", G_CALLBACK (on_day), page, G_CONNECT_SWAPPED);
}

static void
on_find (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkConversation *page = data;

  (void) action;
  (void) parameter;
  hark_find_bar_open (HARK_FIND_BAR (page->find));
}

static const GActionEntry entries[] = {
  {.name = "record", .activate = on_leave_clip  },
  {.name = "call",   .activate = on_call_back   },
  {.name = "files",  .activate = on_choose_files},
  {.name = "folder", .activate = on_folder      },
  {.name = "find",   .activate = on_find        },
  {.name = "date",   .activate = on_date        },
};

/* ---- life ---- */

static void
hark_conversation_dispose (GObject *object)
{
  HarkConversation *page = HARK_CONVERSATION (object);

  if (page->person)
    g_clear_signal_handler (&page->person_changed, page->person);
  g_clear_object (&page->person);
  g_clear_object (&page->client);
  g_clear_object (&page->actions);
  g_clear_object (&page->writing);
  G_OBJECT_CLASS (hark_conversation_parent_class)->dispose (object);
}

/* By its natural width the window decides whether the list has room beside it: that must not depend
 * on how long a name is, or a line about a call. */
static void
hark_conversation_get_preferred_width (GtkWidget *widget, int *minimum, int *natural)
{
  GTK_WIDGET_CLASS (hark_conversation_parent_class)->get_preferred_width (widget, minimum, natural);
  *natural = MAX (*minimum, NATURAL_WIDTH);
}

static void
hark_conversation_class_init (HarkConversationClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_conversation_dispose;
  widgets->get_preferred_width = hark_conversation_get_preferred_width;
  signal_back = g_signal_new ("back", HARK_TYPE_CONVERSATION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 0);
  signal_seen = g_signal_new ("seen", HARK_TYPE_CONVERSATION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 0);
  g_type_ensure (HARK_TYPE_COMPOSER);
  g_type_ensure (HARK_TYPE_CONVERSATION_HEADER);
  g_type_ensure (HARK_TYPE_FIND_BAR);
  g_type_ensure (HARK_TYPE_OFFERS_BOX);
  g_type_ensure (HARK_TYPE_ROWS_VIEW);
  g_type_ensure (HARK_TYPE_WAIT_BOX);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/conversation.ui");
  gtk_widget_class_bind_template_child (widgets, HarkConversation, header);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, stack);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, find);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, rows);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, offers);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, wait);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, typing);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, composer);
  gtk_widget_class_bind_template_callback (widgets, on_send);
  gtk_widget_class_bind_template_callback (widgets, on_typing);
  gtk_widget_class_bind_template_callback (widgets, on_attach);
  gtk_widget_class_bind_template_callback (widgets, hark_conversation_focus);
  gtk_widget_class_bind_template_callback (widgets, on_call);
  gtk_widget_class_bind_template_callback (widgets, on_back);
  gtk_widget_class_bind_template_callback (widgets, on_reply);
  gtk_widget_class_bind_template_callback (widgets, on_edit);
  gtk_widget_class_bind_template_callback (widgets, on_edit_last);
  gtk_widget_class_bind_template_callback (widgets, on_seen);
  gtk_widget_class_bind_template_callback (widgets, on_found);
  gtk_widget_class_bind_template_callback (widgets, hark_conversation_give_uris);
}

static void
on_day_turned (void *data)
{
  HarkConversation *page = data;

  if (page->person)
    show_person (page); /* when they were seen */
}

static void
hark_conversation_init (HarkConversation *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));
  hark_day_follow (G_OBJECT (page), on_day_turned);
  page->recording.phase = HARK_RECORDING_OVER;
  hark_focus_home (GTK_WIDGET (page), page->composer);
  g_signal_connect_swapped (page->composer, "record", G_CALLBACK (on_record), page);
  g_signal_connect_swapped (page->composer, "picture", G_CALLBACK (on_picture), page);
  g_signal_connect_swapped (page->composer, "remedy", G_CALLBACK (on_remedy), page);
  page->actions = hark_person_actions_new (GTK_WIDGET (page));
  g_action_map_add_action_entries (G_ACTION_MAP (page->actions), entries, G_N_ELEMENTS (entries),
                                   page);
  gtk_widget_insert_action_group (GTK_WIDGET (page), "person", G_ACTION_GROUP (page->actions));
  gtk_drag_dest_set (GTK_WIDGET (page), GTK_DEST_DEFAULT_ALL, NULL, 0, GDK_ACTION_COPY);
  gtk_drag_dest_add_uri_targets (GTK_WIDGET (page));
  hark_dropped_connect (GTK_WIDGET (page), on_dropped, NULL);
}

/* What is behind the list, and styles and places of what a conversation is shown in: known before
 * the first is opened, for GTK looks at all of it again when a scrollbar comes. */
static gboolean
get_ready (void *data)
{
  HarkConversation *page = data;
  GtkAllocation place;
  GtkWidget *inside;

  if (!page->stack || !gtk_widget_get_mapped (page->stack) || page->person)
    return G_SOURCE_REMOVE;
  inside = gtk_stack_get_child_by_name (GTK_STACK (page->stack), "person");
  gtk_widget_get_allocation (page->stack, &place);
  gtk_widget_realize (inside);
  gtk_widget_size_allocate (inside, &place);
  gtk_widget_set_child_visible (inside, TRUE);
  gtk_widget_set_child_visible (inside, FALSE);
  hark_rows_view_prepare (HARK_ROWS_VIEW (page->rows));
  return G_SOURCE_REMOVE;
}

static void
on_stack_mapped (HarkConversation *page)
{
  g_signal_handlers_disconnect_by_func (page->stack, on_stack_mapped, page);
  g_idle_add_full (G_PRIORITY_LOW, get_ready, g_object_ref (page), g_object_unref);
}

void
hark_conversation_set_client (HarkConversation *page, HarkClient *client)
{
  g_return_if_fail (HARK_IS_CONVERSATION (page) && HARK_IS_CLIENT (client));

  page->client = g_object_ref (client);
  page->writing = hark_writing_new (client, HARK_COMPOSER (page->composer));
  hark_rows_view_set_client (HARK_ROWS_VIEW (page->rows), client);
  g_signal_connect_object (page->stack, "map", G_CALLBACK (on_stack_mapped), page,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (client, "call", G_CALLBACK (on_changed), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "told", G_CALLBACK (on_told), page, G_CONNECT_SWAPPED);
}

GtkWidget *
hark_conversation_get_header (HarkConversation *page)
{
  g_return_val_if_fail (HARK_IS_CONVERSATION (page), NULL);

  return page->header;
}

static void
leave (HarkConversation *page)
{
  hark_writing_leave (page->writing);
  hark_rows_view_show (HARK_ROWS_VIEW (page->rows), NULL);
  g_clear_signal_handler (&page->person_changed, page->person);
  g_clear_object (&page->person);
}

/* While it is locked nobody is kept. */
static void
forget (HarkConversation *page)
{
  hark_wait_box_show (HARK_WAIT_BOX (page->wait), NULL);
  hark_person_actions_set (page->actions, page->client, NULL);
  hark_conversation_header_show (header (page), page->client, NULL);
}

void
hark_conversation_show (HarkConversation *page, HarkPersonItem *person)
{
  g_return_if_fail (HARK_IS_CONVERSATION (page));

  if (page->person == person)
    return;
  if (page->person)
    leave (page);
  if (person) /* first: it asks for rows, which may be there then before the first picture */
    hark_rows_view_show (HARK_ROWS_VIEW (page->rows), person);
  gtk_stack_set_visible_child_name (GTK_STACK (page->stack), person ? "person" : "nobody");
  hark_offers_box_set (HARK_OFFERS_BOX (page->offers), page->client, person);
  hark_find_bar_set (HARK_FIND_BAR (page->find), page->client, person);
  if (!person) {
    forget (page);
    return;
  }

  page->person = g_object_ref (person);
  page->person_changed
    = g_signal_connect_object (person, "changed", G_CALLBACK (on_changed), page, G_CONNECT_SWAPPED);
  hark_writing_open (page->writing, person);
  show_person (page);
  show_recording (page);
}

void
hark_conversation_take (HarkConversation *page, HarkConversation *from, HarkPersonItem *person)
{
  uint64_t place;

  g_return_if_fail (HARK_IS_CONVERSATION (page) && HARK_IS_CONVERSATION (from));

  place = from->person == person ? hark_conversation_get_place (from) : 0;
  page->recording = from->recording;
  if (from->person == person)
    hark_conversation_show (from, NULL);
  hark_conversation_show (page, person);
  if (place > 0)
    hark_conversation_return_to (page, place);
}

HarkPersonItem *
hark_conversation_get_person (HarkConversation *page)
{
  g_return_val_if_fail (HARK_IS_CONVERSATION (page), NULL);

  return page->person;
}

void
hark_conversation_set_folded (HarkConversation *page, bool folded)
{
  g_return_if_fail (HARK_IS_CONVERSATION (page));

  hark_conversation_header_set_folded (header (page), folded);
}

bool
hark_conversation_focus (HarkConversation *page)
{
  g_return_val_if_fail (HARK_IS_CONVERSATION (page), false);

  return hark_composer_focus (HARK_COMPOSER (page->composer));
}

void
hark_conversation_go_to (HarkConversation *page, uint64_t position)
{
  g_return_if_fail (HARK_IS_CONVERSATION (page) && page->person);

  hark_rows_view_to_position (HARK_ROWS_VIEW (page->rows), position);
}

uint64_t
hark_conversation_get_place (HarkConversation *page)
{
  g_return_val_if_fail (HARK_IS_CONVERSATION (page), 0);

  return hark_rows_view_get_place (HARK_ROWS_VIEW (page->rows));
}

void
hark_conversation_return_to (HarkConversation *page, uint64_t position)
{
  g_return_if_fail (HARK_IS_CONVERSATION (page) && page->person);

  hark_rows_view_return_to (HARK_ROWS_VIEW (page->rows), position);
}

void
hark_conversation_open_menu (HarkConversation *page)
{
  g_return_if_fail (HARK_IS_CONVERSATION (page));

  if (page->person)
    gtk_toggle_button_set_active (
      GTK_TOGGLE_BUTTON (hark_conversation_header_get_menu (header (page))), TRUE);
}

void
hark_conversation_open_find (HarkConversation *page)
{
  g_return_if_fail (HARK_IS_CONVERSATION (page));

  hark_find_bar_open (HARK_FIND_BAR (page->find));
}
