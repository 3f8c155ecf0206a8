#include "ui/chat/conversation.h"

#include "ui/chat/composer.h"
#include "ui/chat/message-row.h"
#include "ui/network/doctor-dialog.h"
#include "ui/people/rename-dialog.h"
#include "ui/people/safety-dialog.h"
#include "ui/widgets.h"
#include "ui/words.h"

#include <handy.h>

#define KEPT_ROWS 50      /* of a conversation that is left */
#define AT_BOTTOM_PX 24.0 /* that close to the end, the view follows new rows */
#define AT_TOP_PX 40.0    /* that close to the start, older rows are loaded */

struct _HarkConversation {
  GtkBox parent_instance;
  HarkClient *client;
  HarkPersonItem *person;
  gulong person_changed;
  GtkWidget *header;
  GtkWidget *back;
  GtkWidget *title;
  GtkWidget *name;
  GtkWidget *presence;
  GtkWidget *verified;
  GtkWidget *call;
  GtkWidget *menu;
  GtkWidget *about;
  GtkWidget *stack;
  GtkWidget *scroller;
  GtkWidget *list;
  GtkWidget *first;
  GtkWidget *composer;
  GSimpleActionGroup *actions;
  double from_end;    /* pixels of rows below the view */
  bool keep_from_end; /* older rows come in: hold what is seen */
};

G_DEFINE_TYPE (HarkConversation, hark_conversation, GTK_TYPE_BOX)

static guint signal_back;

/* ---- scrolling ---- */

static GtkAdjustment *
adjustment (HarkConversation *page)
{
  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (page->scroller));
}

static double
below (HarkConversation *page)
{
  GtkAdjustment *at = adjustment (page);

  return gtk_adjustment_get_upper (at) - gtk_adjustment_get_page_size (at)
         - gtk_adjustment_get_value (at);
}

static void
on_scrolled (HarkConversation *page)
{
  page->from_end = below (page);
  if (page->person && gtk_adjustment_get_value (adjustment (page)) < AT_TOP_PX)
    hark_client_load_older (page->client, page->person);
}

/* The rows or the window have another size: follow the end, or hold what is seen. */
static void
on_resized (HarkConversation *page)
{
  GtkAdjustment *at = adjustment (page);
  double end = gtk_adjustment_get_upper (at) - gtk_adjustment_get_page_size (at);

  if (page->keep_from_end || page->from_end < AT_BOTTOM_PX) {
    double keep = page->from_end < AT_BOTTOM_PX ? 0.0 : page->from_end;

    gtk_adjustment_set_value (at, end - keep);
    page->keep_from_end = false;
  }
  on_scrolled (page); /* a view that is not full yet wants more */
}

static void
on_rows_changed (HarkConversation *page, guint position, guint removed, guint added)
{
  (void) removed;
  if (position == 0 && added > 0)
    page->keep_from_end = true;
}

static void
add_day (GtkListBoxRow *row, GtkListBoxRow *before, void *data)
{
  int64_t ms = hark_message_row_get_message (HARK_MESSAGE_ROW (row))->sent_ms;
  g_autofree char *day = NULL;
  GtkWidget *label;

  (void) data;
  if (before
      && hark_words_same_day (hark_message_row_get_message (HARK_MESSAGE_ROW (before))->sent_ms,
                              ms)) {
    gtk_list_box_row_set_header (row, NULL);
    return;
  }
  day = hark_words_day (ms, g_get_real_time () / 1000);
  label = gtk_label_new (day);
  hark_widget_class (label, "day", true);
  gtk_widget_show (label);
  gtk_list_box_row_set_header (row, label);
}

/* ---- what is shown of the person ---- */

static const char *
why_not (HarkPersonItem *item)
{
  const HarkPerson *person = hark_person_item_get (item);
  const HarkGroupInfo *group = hark_person_item_get_group (item);

  if (group && group->state == HARK_GROUP_IS_LEFT)
    return "You are no longer in this group.";
  switch (person->status) {
  case HARK_PERSON_BLOCKED:
    return "You have blocked this person; nothing goes out and nothing comes in.";
  case HARK_PERSON_REQUEST:
    return "Accept the request in the list to write.";
  default:
    return NULL;
  }
}

static void
enable (HarkConversation *page, const char *name, bool on)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (page->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), on);
}

static bool
is_calling (HarkConversation *page)
{
  HarkCallItem *call = hark_client_get_call (page->client);

  return call && hark_call_item_get (call)->phase != HARK_ENDED;
}

static char *
subtitle (HarkPersonItem *person)
{
  const HarkGroupInfo *group = hark_person_item_get_group (person);

  if (group)
    return hark_words_group (group);
  if (hark_person_item_is_self (person))
    return g_strdup ("Only you see what you write here");
  if (hark_person_item_get_typing (person))
    return g_strdup ("is writing…");
  return hark_words_presence (hark_person_item_get (person), g_get_real_time () / 1000);
}

static void
show_person (HarkConversation *page)
{
  const HarkPerson *person = hark_person_item_get (page->person);
  bool is_person
    = !hark_person_item_get_group (page->person) && !hark_person_item_is_self (page->person);
  bool known
    = is_person && (person->status == HARK_PERSON_ACCEPTED || person->status == HARK_PERSON_ASKED);
  g_autofree char *presence = subtitle (page->person);
  g_autofree char *call = g_strdup_printf ("Call %s", person->name);

  gtk_label_set_text (GTK_LABEL (page->name), person->name);
  gtk_label_set_text (GTK_LABEL (page->presence), presence);
  gtk_widget_set_tooltip_text (page->presence, person->reason);
  gtk_widget_set_visible (page->verified, person->verified > 0);
  hark_widget_name (page->call, call);
  gtk_widget_set_visible (page->call, is_person);
  gtk_widget_set_visible (page->menu, is_person);
  gtk_widget_set_visible (page->about, hark_person_item_get_group (page->person)
                                         && person->status != HARK_PERSON_REQUEST);
  gtk_widget_set_sensitive (page->call,
                            person->status == HARK_PERSON_ACCEPTED && !is_calling (page));
  hark_composer_set_reason (HARK_COMPOSER (page->composer), why_not (page->person));
  gtk_widget_set_visible (page->first, !why_not (page->person));
  enable (page, "verify", known);
  enable (page, "rename", known);
  enable (page, "doctor", person->status != HARK_PERSON_REQUEST);
  enable (page, "relay", known && hark_client_get_relays (page->client));
  g_simple_action_set_state (
    G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (page->actions), "relay")),
    g_variant_new_boolean (person->relayed));
  enable (page, "block", person->status != HARK_PERSON_BLOCKED);
}

/* ---- composer, files, calls ---- */

static void
on_send (HarkConversation *page, const char *text)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_SEND, page->person);

  command->text = g_strdup (text);
  page->from_end = 0; /* who writes wants to see it */
  hark_client_send (page->client, command);
}

static void
on_typing (HarkConversation *page, gboolean typing)
{
  HarkCommand *command;

  if (!page->person || hark_person_item_get (page->person)->presence != HARK_PRESENCE_ONLINE)
    return;
  command = hark_command_for (HARK_COMMAND_TYPING, page->person);
  command->on = typing;
  hark_client_send (page->client, command);
}

void
hark_conversation_give (HarkConversation *page, GSList *files)
{
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
  g_auto (GStrv) given = NULL;
  HarkCommand *command;

  g_return_if_fail (HARK_IS_CONVERSATION (page));

  if (!page->person || why_not (page->person))
    return;
  for (GSList *at = files; at; at = at->next) {
    g_autofree char *path = g_file_get_path (at->data);

    if (path)
      g_strv_builder_add (paths, path);
  }
  given = g_strv_builder_end (paths);
  if (!given[0]) {
    g_signal_emit_by_name (page->client, "warning", "Only files of this computer can be sent.");
    return;
  }
  command = hark_command_for (HARK_COMMAND_GIVE, page->person);
  command->paths = g_steal_pointer (&given);
  page->from_end = 0;
  hark_client_send (page->client, command);
}

static void
on_attach (HarkConversation *page)
{
  GtkWidget *top = gtk_widget_get_toplevel (GTK_WIDGET (page));
  g_autoptr (GtkFileChooserNative) chooser = gtk_file_chooser_native_new (
    "Send Files", GTK_WINDOW (top), GTK_FILE_CHOOSER_ACTION_OPEN, "_Send", "_Cancel");

  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), TRUE);
  if (gtk_native_dialog_run (GTK_NATIVE_DIALOG (chooser)) == GTK_RESPONSE_ACCEPT) {
    GSList *files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));

    hark_conversation_give (page, files);
    g_slist_free_full (files, g_object_unref);
  }
}

static void
on_drop (HarkConversation *page,
         GdkDragContext *context,
         int x,
         int y,
         GtkSelectionData *data,
         guint info,
         guint time)
{
  g_auto (GStrv) uris = gtk_selection_data_get_uris (data);
  GSList *files = NULL;

  (void) x;
  (void) y;
  (void) info;
  for (guint i = 0; uris && uris[i]; i++)
    files = g_slist_append (files, g_file_new_for_uri (uris[i]));
  hark_conversation_give (page, files);
  gtk_drag_finish (context, files != NULL, FALSE, time);
  g_slist_free_full (files, g_object_unref);
}

static void
on_call_changed (HarkConversation *page)
{
  if (page->person)
    show_person (page);
}

static void
on_call (HarkConversation *page)
{
  hark_client_send_to (page->client, HARK_COMMAND_CALL, page->person);
}

static void
on_back (HarkConversation *page)
{
  g_signal_emit (page, signal_back, 0);
}

/* ---- menu ---- */

static GtkWindow *
top (HarkConversation *page)
{
  return GTK_WINDOW (gtk_widget_get_toplevel (GTK_WIDGET (page)));
}

static void
on_verify (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkConversation *page = data;

  (void) action;
  (void) parameter;
  gtk_window_present (GTK_WINDOW (hark_safety_dialog_new (top (page), page->client, page->person)));
}

static void
on_rename (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkConversation *page = data;

  (void) action;
  (void) parameter;
  gtk_window_present (GTK_WINDOW (hark_rename_dialog_new (top (page), page->client, page->person)));
}

static void
on_doctor (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkConversation *page = data;

  (void) action;
  (void) parameter;
  gtk_window_present (GTK_WINDOW (hark_doctor_dialog_new (top (page), page->client, page->person)));
}

static void
confirm (HarkConversation *page, HarkCommandKind kind, const char *verb, const char *consequence)
{
  g_autoptr (HarkPersonItem) person = g_object_ref (page->person);
  g_autofree char *question = g_strdup_printf ("%s %s?", verb, hark_person_item_get (person)->name);

  if (hark_widget_confirm (GTK_WIDGET (page), question, consequence, verb))
    hark_client_send_to (page->client, kind, person);
}

static void
on_block (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  confirm (data, HARK_COMMAND_BLOCK, "Block",
           "They cannot reach you any more and are not told about it.");
}

static void
on_remove (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  confirm (data, HARK_COMMAND_REMOVE, "Remove",
           "The contact and the whole conversation are deleted from this computer.");
}

/* The check mark follows what the engine says. */
static void
on_relay (GSimpleAction *action, GVariant *state, void *data)
{
  HarkConversation *page = data;
  HarkCommand *command = hark_command_for (HARK_COMMAND_RELAY, page->person);

  (void) action;
  command->on = g_variant_get_boolean (state);
  hark_client_send (page->client, command);
}

static const GActionEntry entries[] = {
  {.name = "verify", .activate = on_verify},
  {.name = "rename", .activate = on_rename},
  {.name = "doctor", .activate = on_doctor},
  {.name = "block",  .activate = on_block },
  {.name = "remove", .activate = on_remove},
};

static const GActionEntry relay_entry
  = {.name = "relay", .state = "true", .change_state = on_relay};

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
  G_OBJECT_CLASS (hark_conversation_parent_class)->dispose (object);
}

static void
hark_conversation_class_init (HarkConversationClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_conversation_dispose;
  signal_back = g_signal_new ("back", HARK_TYPE_CONVERSATION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 0);
  g_type_ensure (HARK_TYPE_COMPOSER);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/conversation.ui");
  gtk_widget_class_bind_template_child (widgets, HarkConversation, header);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, back);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, title);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, name);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, presence);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, verified);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, call);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, menu);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, about);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, stack);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, scroller);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, list);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, first);
  gtk_widget_class_bind_template_child (widgets, HarkConversation, composer);
  gtk_widget_class_bind_template_callback (widgets, on_send);
  gtk_widget_class_bind_template_callback (widgets, on_typing);
  gtk_widget_class_bind_template_callback (widgets, on_attach);
  gtk_widget_class_bind_template_callback (widgets, on_call);
  gtk_widget_class_bind_template_callback (widgets, on_back);
  gtk_widget_class_bind_template_callback (widgets, on_drop);
}

static void
hark_conversation_init (HarkConversation *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));
  hark_widget_name (page->back, "Back to the list");
  hark_widget_name (page->menu, "More about this person");
  hark_widget_name (page->about, "About this group");
  hark_widget_name (page->verified, "Safety number compared");
  hark_widget_spoken (page->list, "Conversation");
  page->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (page->actions), entries, G_N_ELEMENTS (entries),
                                   page);
  g_action_map_add_action_entries (G_ACTION_MAP (page->actions), &relay_entry, 1, page);
  gtk_widget_insert_action_group (GTK_WIDGET (page), "person", G_ACTION_GROUP (page->actions));
  gtk_list_box_set_header_func (GTK_LIST_BOX (page->list), add_day, NULL, NULL);
  gtk_list_box_set_placeholder (GTK_LIST_BOX (page->list), page->first);
  g_signal_connect_object (adjustment (page), "value-changed", G_CALLBACK (on_scrolled), page,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment (page), "changed", G_CALLBACK (on_resized), page,
                           G_CONNECT_SWAPPED);
  gtk_drag_dest_set (GTK_WIDGET (page), GTK_DEST_DEFAULT_ALL, NULL, 0, GDK_ACTION_COPY);
  gtk_drag_dest_add_uri_targets (GTK_WIDGET (page));
}

void
hark_conversation_set_client (HarkConversation *page, HarkClient *client)
{
  g_return_if_fail (HARK_IS_CONVERSATION (page) && HARK_IS_CLIENT (client));

  page->client = g_object_ref (client);
  g_signal_connect_object (client, "call", G_CALLBACK (on_call_changed), page, G_CONNECT_SWAPPED);
}

GtkWidget *
hark_conversation_get_header (HarkConversation *page)
{
  g_return_val_if_fail (HARK_IS_CONVERSATION (page), NULL);

  return page->header;
}

static GtkWidget *
make_row (void *item, void *data)
{
  HarkConversation *page = data;

  return hark_message_row_new (page->client, page->person, HARK_MESSAGE_ITEM (item));
}

static void
leave (HarkConversation *page)
{
  g_autofree char *draft = hark_composer_get_text (HARK_COMPOSER (page->composer));

  hark_composer_set_text (HARK_COMPOSER (page->composer), "");
  hark_person_item_set_draft (page->person, draft);
  g_clear_signal_handler (&page->person_changed, page->person);
  g_signal_handlers_disconnect_by_func (hark_person_item_get_messages (page->person),
                                        on_rows_changed, page);
  gtk_list_box_bind_model (GTK_LIST_BOX (page->list), NULL, NULL, NULL, NULL);
  hark_person_item_trim (page->person, KEPT_ROWS);
  g_clear_object (&page->person);
}

void
hark_conversation_show (HarkConversation *page, HarkPersonItem *person)
{
  GListModel *messages;

  g_return_if_fail (HARK_IS_CONVERSATION (page));

  if (page->person == person)
    return;
  if (page->person)
    leave (page);
  gtk_stack_set_visible_child_name (GTK_STACK (page->stack), person ? "person" : "nobody");
  gtk_widget_set_visible (page->title, person != NULL);
  gtk_widget_set_visible (page->call, person != NULL);
  gtk_widget_set_visible (page->menu, person != NULL);
  gtk_widget_hide (page->about);
  if (!person)
    return;

  page->person = g_object_ref (person);
  page->person_changed = g_signal_connect_object (person, "changed", G_CALLBACK (show_person), page,
                                                  G_CONNECT_SWAPPED);
  page->from_end = 0;
  messages = hark_person_item_get_messages (person);
  g_signal_connect_object (messages, "items-changed", G_CALLBACK (on_rows_changed), page,
                           G_CONNECT_SWAPPED);
  gtk_list_box_bind_model (GTK_LIST_BOX (page->list), messages, make_row, page, NULL);
  hark_composer_set_text (HARK_COMPOSER (page->composer), hark_person_item_get_draft (person));
  show_person (page);
  if (g_list_model_get_n_items (messages) < KEPT_ROWS)
    hark_client_load_older (page->client, person);
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

  gtk_widget_set_visible (page->back, folded);
}

void
hark_conversation_focus (HarkConversation *page)
{
  g_return_if_fail (HARK_IS_CONVERSATION (page));

  hark_composer_focus (HARK_COMPOSER (page->composer));
}
