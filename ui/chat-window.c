#include "ui/chat-window.h"

#include "ui/announcer.h"
#include "ui/calls/call-bar.h"
#include "ui/calls/call-view.h"
#include "ui/calls/talk-key.h"
#include "ui/fence.h"
#include "ui/model/calls.h"
#include "ui/model/reading.h"
#include "ui/network/network-bar.h"
#include "ui/network/network-file.h"
#include "ui/network/silence-bar.h"
#include "ui/warning-bar.h"
#include "ui/window-dialogs.h"
#include "ui/window-place.h"

#define OWN "hark-chat-window" /* at the person */

struct _HarkChatWindow {
  HdyApplicationWindow parent_instance;
  GtkWindow *first; /* weak */
  HarkClient *client;
  HarkPersonItem *person;
  GtkWidget *announcer;
  GtkWidget *conversation;
  GtkWidget *warning;
  GtkWidget *call_bar;
  GtkWidget *call_view; /* in the conversation */
  GtkWidget *group_calls;
};

G_DEFINE_TYPE (HarkChatWindow, hark_chat_window, HDY_TYPE_APPLICATION_WINDOW)

enum { SIGNAL_OPENED, SIGNAL_RECORD, N_SIGNALS };
static guint signals[N_SIGNALS];

static HarkConversation *
conversation (HarkChatWindow *window)
{
  return HARK_CONVERSATION (window->conversation);
}

/* ---- what was seen ---- */

static void
mark_seen (HarkChatWindow *window)
{
  if (gtk_window_is_active (GTK_WINDOW (window)))
    hark_reading_mark (window->client, window->person);
}

static void
on_message (HarkChatWindow *window, HarkPersonItem *person, HarkMessageItem *message)
{
  /* as in the first window */
  if (hark_message_item_get (message)->outgoing)
    hark_warning_bar_forget (HARK_WARNING_BAR (window->warning));
  if (person == window->person)
    mark_seen (window);
}

/* ---- calls ---- */

/* The one with this person is seen large, others as lines below. */
static void
show_calls (HarkChatWindow *window)
{
  HarkCallItem *call = hark_person_item_get_group (window->person)
                         ? NULL
                         : hark_client_get_call_with (window->client, window->person);

  hark_call_view_show (HARK_CALL_VIEW (window->call_view), call);
  hark_call_bar_set_seen (HARK_CALL_BAR (window->call_bar), call);
}

static void
on_opened (HarkChatWindow *window, HarkPersonItem *person)
{
  if (person == window->person)
    hark_conversation_focus (conversation (window));
  else
    g_signal_emit (window, signals[SIGNAL_OPENED], 0, person);
}

static void
on_record (HarkChatWindow *window, HarkPersonItem *person)
{
  g_signal_emit (window, signals[SIGNAL_RECORD], 0, person);
}

/* ---- who it is ---- */

static void
show_name (HarkChatWindow *window)
{
  const char *name = hark_person_item_get (window->person)->name;

  if (g_strcmp0 (gtk_window_get_title (GTK_WINDOW (window)), name) != 0)
    gtk_window_set_title (GTK_WINDOW (window), name);
}

static void
on_people_changed (HarkChatWindow *window)
{
  if (!hark_client_find (window->client, hark_person_item_get (window->person)->account))
    gtk_widget_destroy (GTK_WIDGET (window));
}

/* ---- actions ---- */

static bool
is_running (HarkChatWindow *window)
{
  return hark_client_get_engine (window->client) != NULL;
}

static void
do_with_person (HarkChatWindow *window, const char *action)
{
  if (is_running (window))
    g_action_group_activate_action (gtk_widget_get_action_group (window->conversation, "person"),
                                    action, NULL);
}

static void
on_call (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  do_with_person (data, "call");
}

static void
on_files (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  do_with_person (data, "files");
}

static void
on_search (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  hark_conversation_open_find (conversation (data));
}

static void
on_menu (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  if (is_running (data))
    hark_conversation_open_menu (conversation (data));
}

static void
on_close (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  gtk_window_close (data);
}

/* What is about the list is done where the list is. */
static void
on_of_list (GSimpleAction *action, GVariant *parameter, void *data)
{
  GtkWindow *first = HARK_CHAT_WINDOW (data)->first;

  if (!first)
    return;
  gtk_window_present (first);
  g_action_group_activate_action (G_ACTION_GROUP (first), g_action_get_name (G_ACTION (action)),
                                  parameter);
}

static const GActionEntry entries[] = {
  {.name = "call",   .activate = on_call  },
  {.name = "files",  .activate = on_files },
  {.name = "search", .activate = on_search},
  {.name = "menu",   .activate = on_menu  },
  {.name = "close",  .activate = on_close },
};

/* Besides, instead of what window-dialogs.h has of them. */
static const struct {
  const char *name, *parameter;
} of_list[] = {
  {"add",         NULL},
  {"new-group",   NULL},
  {"calls",       NULL},
  {"jump",        NULL},
  {"open-nth",    "i" },
  {"open-beside", "i" },
};

static void
add_actions (HarkChatWindow *window)
{
  hark_window_dialogs_add (GTK_APPLICATION_WINDOW (window), window->client, conversation (window));
  for (size_t i = 0; i < G_N_ELEMENTS (of_list); i++) {
    const GActionEntry entry
      = {.name = of_list[i].name, .activate = on_of_list, .parameter_type = of_list[i].parameter};

    g_action_map_add_action_entries (G_ACTION_MAP (window), &entry, 1, window);
  }
}

/* ---- life ---- */

static void
hark_chat_window_dispose (GObject *object)
{
  HarkChatWindow *window = HARK_CHAT_WINDOW (object);

  if (window->person) {
    if (gtk_widget_get_mapped (GTK_WIDGET (window)))
      hark_window_place_keep (GTK_WINDOW (window), HARK_WINDOW_PLACE_CHAT);
    g_object_set_data (G_OBJECT (window->person), OWN, NULL);
    hark_conversation_show (conversation (window), NULL); /* keeps what is half written */
  }
  g_clear_object (&window->person);
  g_clear_object (&window->client);
  g_clear_weak_pointer (&window->first);
  G_OBJECT_CLASS (hark_chat_window_parent_class)->dispose (object);
}

static void
hark_chat_window_class_init (HarkChatWindowClass *klass)
{
  static const char *const names[] = {"opened", "record"};
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_chat_window_dispose;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], HARK_TYPE_CHAT_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 1, HARK_TYPE_PERSON_ITEM);
  g_type_ensure (HARK_TYPE_ANNOUNCER);
  g_type_ensure (HARK_TYPE_CONVERSATION);
  g_type_ensure (HARK_TYPE_WARNING_BAR);
  g_type_ensure (HARK_TYPE_CALL_BAR);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/chat-window.ui");
  gtk_widget_class_bind_template_child (widgets, HarkChatWindow, announcer);
  gtk_widget_class_bind_template_child (widgets, HarkChatWindow, conversation);
  gtk_widget_class_bind_template_child (widgets, HarkChatWindow, warning);
  gtk_widget_class_bind_template_child (widgets, HarkChatWindow, call_bar);
  gtk_widget_class_bind_template_callback (widgets, mark_seen);
  gtk_widget_class_bind_template_callback (widgets, on_opened);
  gtk_widget_class_bind_template_callback (widgets, on_record);
}

static void
hark_chat_window_init (HarkChatWindow *window)
{
  gtk_widget_init_template (GTK_WIDGET (window));
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
}

static void
add_below_header (HarkChatWindow *window, GtkWidget *child)
{
  gtk_box_pack_start (GTK_BOX (window->conversation), child, FALSE, FALSE, 0);
  gtk_box_reorder_child (GTK_BOX (window->conversation), child, 1);
}

/* The same lines as in the first window. */
static void
add_bars (HarkChatWindow *window, HarkGroupCalls *calls)
{
  GtkWidget *network = g_object_new (HARK_TYPE_NETWORK_BAR, NULL);
  GtkWidget *silence = hark_silence_bar_new (window->client);
  GtkWidget *box = gtk_widget_get_parent (window->conversation);

  hark_network_bar_set_client (HARK_NETWORK_BAR (network), window->client);
  add_below_header (window, network);
  gtk_box_pack_start (GTK_BOX (box), silence, FALSE, FALSE, 0);
  gtk_box_reorder_child (GTK_BOX (box), silence, 1);
  window->call_view = hark_call_view_new (window->client);
  g_signal_connect_swapped (window->call_view, "record", G_CALLBACK (on_record), window);
  add_below_header (window, window->call_view);
  hark_call_bar_set_further (HARK_CALL_BAR (window->call_bar));
  hark_call_bar_set_client (HARK_CALL_BAR (window->call_bar), window->client);
  window->group_calls = hark_group_calls_new (window->client);
  g_signal_connect_swapped (window->group_calls, "opened", G_CALLBACK (on_opened), window);
  gtk_container_add (GTK_CONTAINER (box), window->group_calls);
  hark_group_calls_catch_up (HARK_GROUP_CALLS (window->group_calls), calls);
}

/* What the engine tells, while the window is there. */
static void
follow (HarkChatWindow *window)
{
  HarkClient *client = window->client;

  g_signal_connect_object (client, "call", G_CALLBACK (show_calls), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "message", G_CALLBACK (on_message), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "warning-over", G_CALLBACK (hark_warning_bar_take_back),
                           window->warning, G_CONNECT_SWAPPED);
  g_signal_connect_object (window->person, "changed", G_CALLBACK (show_name), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (hark_client_get_people (client), "items-changed",
                           G_CALLBACK (on_people_changed), window, G_CONNECT_SWAPPED);
  g_signal_connect (window, "notify::is-active", G_CALLBACK (mark_seen), NULL);
  g_signal_connect_object (window->first, "destroy", G_CALLBACK (gtk_widget_destroy), window,
                           G_CONNECT_SWAPPED);
}

HarkChatWindow *
hark_chat_window_new (GtkWindow *first,
                      HarkClient *client,
                      HarkPersonItem *person,
                      HarkConversation *from,
                      HarkGroupCalls *calls)
{
  HarkChatWindow *window;

  g_return_val_if_fail (HARK_IS_PERSON_ITEM (person) && !hark_chat_window_of (person), NULL);

  window
    = g_object_new (HARK_TYPE_CHAT_WINDOW, "application", gtk_window_get_application (first), NULL);
  g_set_weak_pointer (&window->first, first);
  window->client = g_object_ref (client);
  window->person = g_object_ref (person);
  g_object_set_data (G_OBJECT (person), OWN, window);
  hark_fence_follow (client, GTK_WIDGET (window));
  hark_talk_key_follow (GTK_WIDGET (window), client);
  add_actions (window);
  if (gtk_window_get_application (first))
    hark_network_file_drop_set (GTK_WIDGET (window), gtk_window_get_application (first), client);
  hark_conversation_set_client (conversation (window), client);
  hark_announcer_follow (HARK_ANNOUNCER (window->announcer), client, conversation (window), false);
  add_bars (window, calls);
  hark_group_calls_set_seen (HARK_GROUP_CALLS (window->group_calls), person);
  follow (window);
  show_name (window);
  hark_window_place_restore (GTK_WINDOW (window), HARK_WINDOW_PLACE_CHAT);
  hark_conversation_take (conversation (window), from, person);
  show_calls (window);
  return window;
}

HarkChatWindow *
hark_chat_window_of (HarkPersonItem *person)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (person), NULL);

  return g_object_get_data (G_OBJECT (person), OWN);
}

HarkChatWindow *
hark_chat_window_in_front (void)
{
  g_autoptr (GList) tops = gtk_window_list_toplevels ();
  GtkWindow *top = NULL;

  for (GList *at = tops; at && !top; at = at->next)
    if (gtk_window_is_active (at->data))
      top = at->data;
  while (top && !HARK_IS_CHAT_WINDOW (top))
    top = gtk_window_get_transient_for (top);
  return top ? HARK_CHAT_WINDOW (top) : NULL;
}

void
hark_chat_window_present (HarkChatWindow *window)
{
  g_return_if_fail (HARK_IS_CHAT_WINDOW (window));

  gtk_window_present (GTK_WINDOW (window));
  hark_conversation_focus (conversation (window));
}

HarkConversation *
hark_chat_window_get_conversation (HarkChatWindow *window)
{
  g_return_val_if_fail (HARK_IS_CHAT_WINDOW (window), NULL);

  return conversation (window);
}

void
hark_chat_window_warn (HarkChatWindow *window, const char *text)
{
  g_return_if_fail (HARK_IS_CHAT_WINDOW (window));

  hark_warning_bar_say (HARK_WARNING_BAR (window->warning), text);
}
