#include "ui/window.h"

#include "ui/announcer.h"
#include "ui/calls/call-bar.h"
#include "ui/calls/call-view.h"
#include "ui/calls/group-calls.h"
#include "ui/calls/talk-key.h"
#include "ui/chat-window.h"
#include "ui/desktop/person-hex.h"
#include "ui/fence.h"
#include "ui/frames.h"
#include "ui/model/reading.h"
#include "ui/network/silence-bar.h"
#include "ui/people/add-dialog.h"
#include "ui/place.h"
#include "ui/warning-bar.h"
#include "ui/window-dialogs.h"

struct _HarkWindow {
  HdyApplicationWindow parent_instance;
  HarkClient *client;
  GtkWidget *announcer;
  GtkWidget *entrance;
  GtkWidget *columns;
  GtkWidget *warning;
  GtkWidget *call_bar;
  GtkWidget *call_view; /* in the conversation */
  GtkWidget *group_calls;
  char *added; /* nullable: id of whoever was added, and is not in the list yet */
};

G_DEFINE_TYPE (HarkWindow, hark_window, HDY_TYPE_APPLICATION_WINDOW)

static guint signal_hand_over;

static HarkColumns *
columns (HarkWindow *window)
{
  return HARK_COLUMNS (window->columns);
}

static HarkConversation *
conversation (HarkWindow *window)
{
  return hark_columns_get_conversation (columns (window));
}

/* ---- what was seen ---- */

static bool
is_watched (HarkWindow *window, HarkPersonItem *person)
{
  return gtk_window_is_active (GTK_WINDOW (window))
         && hark_conversation_get_person (conversation (window)) == person
         && hark_columns_shows_conversation (columns (window));
}

bool
hark_window_watches (HarkWindow *window, HarkPersonItem *person)
{
  HarkChatWindow *own;

  g_return_val_if_fail (HARK_IS_WINDOW (window), false);

  own = hark_chat_window_of (person);
  return own ? gtk_window_is_active (GTK_WINDOW (own)) : is_watched (window, person);
}

static void
mark_seen (HarkWindow *window)
{
  HarkPersonItem *person = hark_conversation_get_person (conversation (window));

  if (person && is_watched (window, person))
    hark_reading_mark (window->client, person);
}

static void
on_message (HarkWindow *window, HarkPersonItem *person, HarkMessageItem *message)
{
  /* what was refused before something of ours was taken is no news any more */
  if (hark_message_item_get (message)->outgoing)
    hark_warning_bar_forget (HARK_WARNING_BAR (window->warning));
  if (is_watched (window, person))
    hark_reading_mark (window->client, person);
}

/* ---- calls ---- */

/* Each is seen once: large with its conversation, or as a line below everything. */
static void
show_calls (HarkWindow *window)
{
  HarkPersonItem *person;
  HarkCallItem *call;

  if (!window->call_view)
    return; /* no client yet */
  person = hark_conversation_get_person (conversation (window));
  call = person && !hark_person_item_get_group (person)
           ? hark_client_get_call_with (window->client, person)
           : NULL;
  if (!hark_columns_shows_conversation (columns (window)))
    call = NULL;
  hark_group_calls_set_seen (HARK_GROUP_CALLS (window->group_calls), person);
  hark_call_view_show (HARK_CALL_VIEW (window->call_view), call);
  hark_call_bar_set_seen (HARK_CALL_BAR (window->call_bar), call);
}

/* Opened where it belongs. */
static HarkConversation *
come_to (HarkWindow *window, HarkPersonItem *person)
{
  HarkChatWindow *own = hark_chat_window_of (person);

  hark_window_open (window, person);
  return own ? hark_chat_window_get_conversation (own) : conversation (window);
}

static void
record_for (HarkWindow *window, HarkPersonItem *person)
{
  HarkConversation *page = come_to (window, person);

  g_action_group_activate_action (gtk_widget_get_action_group (GTK_WIDGET (page), "person"),
                                  "record", NULL);
}

/* ---- moving about ---- */

void
hark_window_open (HarkWindow *window, HarkPersonItem *person)
{
  HarkChatWindow *own;

  g_return_if_fail (HARK_IS_WINDOW (window) && HARK_IS_PERSON_ITEM (person));

  own = hark_chat_window_of (person);
  if (own) { /* a click has marked it in the list */
    hark_columns_mark_open (columns (window));
    hark_chat_window_present (own);
    return;
  }
  hark_columns_open (columns (window), person);
  mark_seen (window);
  hark_place_keep (conversation (window));
}

static void
on_given (HarkWindow *window, HarkPersonItem *person, char **uris)
{
  hark_conversation_give_uris (come_to (window, person), uris);
}

void
hark_window_go_to (HarkWindow *window, HarkPersonItem *person, uint64_t position)
{
  g_return_if_fail (HARK_IS_WINDOW (window) && HARK_IS_PERSON_ITEM (person));

  hark_conversation_go_to (come_to (window, person), position);
}

/* ---- conversations in windows of their own ---- */

/* From one of them: to any other. */
static void
on_own_opened (HarkWindow *window, HarkPersonItem *person)
{
  if (!hark_chat_window_of (person))
    gtk_window_present (GTK_WINDOW (window));
  hark_window_open (window, person);
}

static void
on_own_record (HarkWindow *window, HarkPersonItem *person)
{
  if (!hark_chat_window_of (person))
    gtk_window_present (GTK_WINDOW (window));
  record_for (window, person);
}

void
hark_window_tear_off (HarkWindow *window, HarkPersonItem *person)
{
  HarkChatWindow *own;
  bool was_here;

  g_return_if_fail (HARK_IS_WINDOW (window) && HARK_IS_PERSON_ITEM (person));

  if (hark_client_find (window->client, hark_person_item_get (person)->account) != person)
    return; /* removed meanwhile */
  own = hark_chat_window_of (person);
  was_here = hark_conversation_get_person (conversation (window)) == person;
  if (!own) {
    own = hark_chat_window_new (GTK_WINDOW (window), window->client, person, conversation (window),
                                HARK_GROUP_CALLS (window->group_calls));
    g_signal_connect_object (own, "opened", G_CALLBACK (on_own_opened), window, G_CONNECT_SWAPPED);
    g_signal_connect_object (own, "record", G_CALLBACK (on_own_record), window, G_CONNECT_SWAPPED);
  }
  if (was_here) {
    hark_people_pane_select (hark_columns_get_people (columns (window)), NULL);
    hark_columns_show_list (columns (window));
  }
  hark_chat_window_present (own);
}

/* ---- from one start to the next ---- */

static void
return_to (void *data, HarkPersonItem *person)
{
  hark_window_open (data, person);
}

void
hark_window_keep_place (HarkWindow *window)
{
  g_return_if_fail (HARK_IS_WINDOW (window));

  hark_place_keep (conversation (window));
}

static void
on_active (HarkWindow *window)
{
  mark_seen (window);
  if (!gtk_window_is_active (GTK_WINDOW (window)))
    hark_place_keep (conversation (window));
}

/* ---- who is in the list ---- */

static bool
is_running (HarkWindow *window)
{
  return hark_client_get_engine (window->client) != NULL;
}

/* Whoever was added is looked at next, as soon as the list has them. */
static void
open_added (HarkWindow *window)
{
  HarkPersonItem *person
    = window->added ? hark_person_of_hex (window->client, window->added) : NULL;

  if (!person)
    return;
  g_clear_pointer (&window->added, g_free);
  hark_window_open (window, person);
}

static void
on_added (HarkWindow *window, const char *hex)
{
  g_free (window->added);
  window->added = g_strdup (hex);
  open_added (window);
}

static void
on_people_changed (HarkWindow *window)
{
  HarkPersonItem *person = hark_conversation_get_person (conversation (window));

  if (person && !hark_client_find (window->client, hark_person_item_get (person)->account)) {
    if (!is_running (window)) { /* another start of the engine brings them back */
      g_free (window->added);
      window->added = hark_person_hex (person);
    }
    hark_conversation_show (conversation (window), NULL);
    hark_columns_show_list (columns (window));
  }
  open_added (window);
}

/* ---- warnings ---- */

/* Where the user is. */
static void
on_warning (HarkWindow *window, const char *text)
{
  HarkChatWindow *front = hark_chat_window_in_front ();

  if (front)
    hark_chat_window_warn (front, text);
  else
    hark_warning_bar_say (HARK_WARNING_BAR (window->warning), text);
}

/* A voice message that could not be recorded. */
static void
on_told (HarkWindow *window, const HarkEvent *event)
{
  if (event->kind == HARK_EVENT_RECORDING && event->reason)
    on_warning (window, event->reason);
}

/* ---- what is asked for elsewhere ---- */

void
hark_window_hand_over (HarkWindow *window, const char *words, bool folders)
{
  g_return_if_fail (HARK_IS_WINDOW (window));

  g_signal_emit (window, signal_hand_over, 0, words, (gboolean) folders);
}

static void
on_take (HarkWindow *window, const char *words)
{
  hark_window_hand_over (window, words, false);
}

void
hark_window_add (HarkWindow *window, const char *address)
{
  GtkWidget *dialog;

  g_return_if_fail (HARK_IS_WINDOW (window));

  if (!is_running (window))
    return;
  dialog = hark_add_dialog_new (GTK_WINDOW (window), window->client, address);
  g_signal_connect_object (dialog, "take", G_CALLBACK (on_take), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (dialog, "added", G_CALLBACK (on_added), window, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- parts ---- */

void
hark_window_main (HarkWindow *window)
{
  g_return_if_fail (HARK_IS_WINDOW (window));

  hark_entrance_pass (HARK_ENTRANCE (window->entrance));
  hark_columns_refresh (columns (window));
}

HarkEntrance *
hark_window_get_entrance (HarkWindow *window)
{
  g_return_val_if_fail (HARK_IS_WINDOW (window), NULL);

  return HARK_ENTRANCE (window->entrance);
}

HarkColumns *
hark_window_get_columns (HarkWindow *window)
{
  g_return_val_if_fail (HARK_IS_WINDOW (window), NULL);

  return columns (window);
}

HarkClient *
hark_window_get_client (HarkWindow *window)
{
  g_return_val_if_fail (HARK_IS_WINDOW (window), NULL);

  return window->client;
}

/* ---- life ---- */

static void
hark_window_dispose (GObject *object)
{
  HarkWindow *window = HARK_WINDOW (object);

  g_clear_pointer (&window->added, g_free);
  g_clear_object (&window->client);
  G_OBJECT_CLASS (hark_window_parent_class)->dispose (object);
}

static void
hark_window_class_init (HarkWindowClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_window_dispose;
  signal_hand_over = g_signal_new ("hand-over", HARK_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
  g_type_ensure (HARK_TYPE_ANNOUNCER);
  g_type_ensure (HARK_TYPE_COLUMNS);
  g_type_ensure (HARK_TYPE_ENTRANCE);
  g_type_ensure (HARK_TYPE_CALL_BAR);
  g_type_ensure (HARK_TYPE_WARNING_BAR);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/window.ui");
  gtk_widget_class_bind_template_child (widgets, HarkWindow, announcer);
  gtk_widget_class_bind_template_child (widgets, HarkWindow, entrance);
  gtk_widget_class_bind_template_child (widgets, HarkWindow, columns);
  gtk_widget_class_bind_template_child (widgets, HarkWindow, warning);
  gtk_widget_class_bind_template_child (widgets, HarkWindow, call_bar);
  gtk_widget_class_bind_template_callback (widgets, hark_window_open);
  gtk_widget_class_bind_template_callback (widgets, record_for);
  gtk_widget_class_bind_template_callback (widgets, show_calls);
}

static void
hark_window_init (HarkWindow *window)
{
  HarkPeoplePane *list;

  gtk_widget_init_template (GTK_WIDGET (window));
  list = hark_columns_get_people (columns (window));
  g_signal_connect_object (list, "opened", G_CALLBACK (hark_window_open), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "found", G_CALLBACK (hark_window_go_to), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "given", G_CALLBACK (on_given), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "torn-off", G_CALLBACK (hark_window_tear_off), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (conversation (window), "seen", G_CALLBACK (mark_seen), window,
                           G_CONNECT_SWAPPED);
}

/* With the other sentences of the engine, whatever the user looks at. */
static void
add_silence_bar (HarkWindow *window)
{
  GtkWidget *main = gtk_widget_get_parent (window->columns);
  GtkWidget *bar = hark_silence_bar_new (window->client);

  gtk_box_pack_start (GTK_BOX (main), bar, FALSE, FALSE, 0);
  gtk_box_reorder_child (GTK_BOX (main), bar, 1);
}

HarkWindow *
hark_window_new (GtkApplication *application, HarkClient *client)
{
  HarkWindow *window = g_object_new (HARK_TYPE_WINDOW, "application", application, NULL);

  hark_frames_follow (GTK_WIDGET (window));
  hark_fence_follow (client, GTK_WIDGET (window));
  hark_talk_key_follow (GTK_WIDGET (window), client);
  window->client = g_object_ref (client);
  hark_window_dialogs_add (GTK_APPLICATION_WINDOW (window), client, conversation (window));
  hark_columns_set_client (columns (window), client);
  add_silence_bar (window);
  hark_place_follow (conversation (window), client, return_to, window);
  hark_announcer_follow (HARK_ANNOUNCER (window->announcer), client, conversation (window), true);
  hark_call_bar_set_client (HARK_CALL_BAR (window->call_bar), client);
  window->call_view = hark_call_view_new (client);
  hark_columns_add_line (columns (window), window->call_view);
  window->group_calls = hark_group_calls_new (client);
  gtk_container_add (GTK_CONTAINER (gtk_widget_get_parent (window->call_bar)), window->group_calls);
  g_signal_connect_swapped (window->group_calls, "opened", G_CALLBACK (hark_window_open), window);
  g_signal_connect_swapped (window->call_view, "record", G_CALLBACK (record_for), window);
  g_signal_connect_object (client, "call", G_CALLBACK (show_calls), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "message", G_CALLBACK (on_message), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "warning", G_CALLBACK (on_warning), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "warning-over", G_CALLBACK (hark_warning_bar_take_back),
                           window->warning, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "told", G_CALLBACK (on_told), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (hark_client_get_people (client), "items-changed",
                           G_CALLBACK (on_people_changed), window, G_CONNECT_SWAPPED);
  g_signal_connect (window, "notify::is-active", G_CALLBACK (on_active), NULL);
  return window;
}
