#include "ui/window.h"

#include "ui/announcer.h"
#include "ui/calls/call-bar.h"
#include "ui/calls/call-view.h"
#include "ui/calls/group-calls.h"
#include "ui/calls/past-calls.h"
#include "ui/calls/talk-key.h"
#include "ui/chat-window.h"
#include "ui/chat/conversation.h"
#include "ui/desktop/person-hex.h"
#include "ui/fence.h"
#include "ui/frames.h"
#include "ui/model/reading.h"
#include "ui/network/network-bar.h"
#include "ui/network/silence-bar.h"
#include "ui/people/add-dialog.h"
#include "ui/people/people-pane.h"
#include "ui/place.h"
#include "ui/warning-bar.h"
#include "ui/welcome/failed-page.h"
#include "ui/welcome/unlock-page.h"
#include "ui/welcome/welcome-page.h"
#include "ui/window-dialogs.h"

struct _HarkWindow {
  HdyApplicationWindow parent_instance;
  HarkClient *client;
  GtkWidget *announcer;
  GtkWidget *stack;
  GtkWidget *leaflet;
  GtkWidget *people;
  GtkWidget *conversation;
  GtkWidget *warning;
  GtkWidget *call_bar;
  GtkWidget *call_view; /* in the conversation */
  GtkWidget *group_calls;
  GtkWidget *narrow; /* in the list, while it is folded */
  HdyHeaderGroup *headers;
  char *added; /* nullable: id of whoever was added, and is not in the list yet */
};

G_DEFINE_TYPE (HarkWindow, hark_window, HDY_TYPE_APPLICATION_WINDOW)

enum { SIGNAL_PROFILE_MADE, SIGNAL_UNLOCK, SIGNAL_HAND_OVER, SIGNAL_TRY_AGAIN, N_SIGNALS };
static guint signals[N_SIGNALS];

static HarkPeoplePane *
people (HarkWindow *window)
{
  return HARK_PEOPLE_PANE (window->people);
}

static HarkConversation *
conversation (HarkWindow *window)
{
  return HARK_CONVERSATION (window->conversation);
}

static bool
is_folded (HarkWindow *window)
{
  return hdy_leaflet_get_folded (HDY_LEAFLET (window->leaflet));
}

/* ---- what was seen ---- */

static bool
is_watched (HarkWindow *window, HarkPersonItem *person)
{
  return gtk_window_is_active (GTK_WINDOW (window))
         && hark_conversation_get_person (conversation (window)) == person
         && (!is_folded (window)
             || hdy_leaflet_get_visible_child (HDY_LEAFLET (window->leaflet))
                  == window->conversation);
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
  HarkPersonItem *person = hark_conversation_get_person (conversation (window));
  HarkCallItem *call = person && !hark_person_item_get_group (person)
                         ? hark_client_get_call_with (window->client, person)
                         : NULL;

  if (is_folded (window)
      && hdy_leaflet_get_visible_child (HDY_LEAFLET (window->leaflet)) != window->conversation)
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

static void
show_list (HarkWindow *window)
{
  hdy_leaflet_set_visible_child (HDY_LEAFLET (window->leaflet), window->people);
  if (is_folded (window)) {
    hark_conversation_show (conversation (window), NULL);
    hark_people_pane_select (people (window), NULL);
  }
  show_calls (window);
  hark_place_keep (conversation (window));
}

void
hark_window_open (HarkWindow *window, HarkPersonItem *person)
{
  HarkChatWindow *own;

  g_return_if_fail (HARK_IS_WINDOW (window) && HARK_IS_PERSON_ITEM (person));

  own = hark_chat_window_of (person);
  if (own) { /* a click has marked it in the list */
    hark_people_pane_select (people (window), hark_conversation_get_person (conversation (window)));
    hark_chat_window_present (own);
    return;
  }
  hark_conversation_show (conversation (window), person);
  hark_people_pane_select (people (window), person);
  hdy_leaflet_set_visible_child (HDY_LEAFLET (window->leaflet), window->conversation);
  hark_conversation_focus (conversation (window));
  show_calls (window);
  mark_seen (window);
  hark_place_keep (conversation (window));
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
    hark_people_pane_select (people (window), NULL);
    show_list (window);
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

static void
on_given (HarkWindow *window, HarkPersonItem *person, char **uris)
{
  hark_conversation_give_uris (come_to (window, person), uris);
}

static void
on_found (HarkWindow *window, HarkPersonItem *person, guint64 position)
{
  hark_conversation_go_to (come_to (window, person), position);
}

static void
on_folded (HarkWindow *window)
{
  bool folded = is_folded (window);

  hark_conversation_set_folded (conversation (window), folded);
  gtk_widget_set_visible (window->narrow, folded);
  hdy_header_group_set_decorate_all (window->headers, folded);
  if (folded && !hark_conversation_get_person (conversation (window)))
    hdy_leaflet_set_visible_child (HDY_LEAFLET (window->leaflet), window->people);
  if (window->call_view)
    show_calls (window);
}

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
    show_list (window);
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

/* ---- actions ---- */

static void
on_take (HarkWindow *window, const char *words)
{
  g_signal_emit (window, signals[SIGNAL_HAND_OVER], 0, words, FALSE);
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

static void
on_give_by_words (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  if (is_running (data))
    g_signal_emit (data, signals[SIGNAL_HAND_OVER], 0, NULL, g_variant_get_boolean (parameter));
}

static void
on_add (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  hark_window_add (data, NULL);
}

static void
on_add_address (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  hark_window_add (data, g_variant_get_string (parameter, NULL));
}

static void
on_call (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkWindow *window = data;

  (void) action;
  (void) parameter;
  if (is_running (window))
    g_action_group_activate_action (gtk_widget_get_action_group (window->conversation, "person"),
                                    "call", NULL);
}

static void
on_calls (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkWindow *window = data;
  GtkWidget *dialog;

  (void) action;
  (void) parameter;
  if (!is_running (window))
    return;
  dialog = hark_past_calls_new (GTK_WINDOW (window), window->client);
  g_signal_connect_object (dialog, "opened", G_CALLBACK (on_found), window, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* From wherever the focus is, to anybody. */
static void
on_jump (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkWindow *window = data;

  (void) action;
  (void) parameter;
  hdy_leaflet_set_visible_child (HDY_LEAFLET (window->leaflet), window->people);
  hark_people_pane_focus_search (people (window));
}

static void
on_search (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkWindow *window = data;
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

  (void) action;
  (void) parameter;
  if (focus && gtk_widget_is_ancestor (focus, window->conversation)
      && hark_conversation_get_person (conversation (window))) {
    hark_conversation_open_find (conversation (window));
    return;
  }
  on_jump (action, parameter, data);
}

static void
open_somebody (HarkWindow *window, HarkPersonItem *person)
{
  if (person && is_running (window))
    hark_window_open (window, person);
}

/* As numbered from the top of the list, 1 being the first. */
static void
on_open_nth (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  open_somebody (data,
                 hark_people_pane_get_nth (people (data), g_variant_get_int32 (parameter) - 1));
}

static void
on_open_beside (GSimpleAction *action, GVariant *parameter, void *data)
{
  const int step = g_variant_get_int32 (parameter);
  HarkPersonItem *person;
  int n = step;

  (void) action;
  while ((person = hark_people_pane_get_beside (people (data), n)) && hark_chat_window_of (person))
    n += step; /* in windows of their own */
  open_somebody (data, person);
}

static void
on_tear_off (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkPersonItem *person = hark_conversation_get_person (conversation (data));

  (void) action;
  (void) parameter;
  if (person && is_running (data))
    hark_window_tear_off (data, person);
}

static void
on_tear_off_one (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkClient *client = HARK_WINDOW (data)->client;
  HarkPersonItem *person = hark_person_of_hex (client, g_variant_get_string (parameter, NULL));

  (void) action;
  if (person && is_running (data))
    hark_window_tear_off (data, person);
}

static void
on_files (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkWindow *window = data;

  (void) action;
  (void) parameter;
  if (is_running (window))
    g_action_group_activate_action (gtk_widget_get_action_group (window->conversation, "person"),
                                    "files", NULL);
}

static void
on_menu (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkWindow *window = data;

  (void) action;
  (void) parameter;
  if (!is_running (window))
    return;
  if (is_folded (window)
      && hdy_leaflet_get_visible_child (HDY_LEAFLET (window->leaflet)) == window->conversation)
    hark_conversation_open_menu (conversation (window));
  else
    hark_people_pane_open_menu (people (window));
}

static void
on_close (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  gtk_window_close (data);
}

/* A letter that nothing wants, as when the focus was on a button that is gone, begins a message. */
static gboolean
write_on (HarkWindow *window, GdkEventKey *event)
{
  const guint commands = gtk_accelerator_get_default_mod_mask () & ~(guint) GDK_SHIFT_MASK;

  if ((event->state & commands) != 0 || !g_unichar_isgraph (gdk_keyval_to_unicode (event->keyval))
      || !hark_conversation_get_person (conversation (window))
      || !gtk_widget_get_mapped (window->conversation)
      || !hark_conversation_focus (conversation (window)))
    return GDK_EVENT_PROPAGATE;
  return gtk_window_propagate_key_event (GTK_WINDOW (window), event);
}

/* Escape goes back where nothing that has the focus wants it: what is answered or looked for is let
 * go of first, which an accelerator would be before. */
static gboolean
on_key_left (HarkWindow *window, GdkEventKey *event)
{
  if (event->keyval != GDK_KEY_Escape)
    return write_on (window, event);
  if ((event->state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  if (hark_people_pane_clear_search (people (window)) || is_folded (window))
    show_list (window);
  return GDK_EVENT_STOP;
}

static const GActionEntry entries[] = {
  {.name = "add",            .activate = on_add        },
  {.name = "add-address",    .activate = on_add_address, .parameter_type = "s"},
  {.name = "call",                        .activate = on_call                                    },
  {.name = "calls",                        .activate = on_calls},
  {.name = "give-by-words",                        .activate = on_give_by_words,                             .parameter_type = "b"},
  {.name = "search",   .activate = on_search},
  {.name = "jump", .activate = on_jump                          },
  {.name = "open-nth",     .activate = on_open_nth,     .parameter_type = "i"},
  {.name = "open-beside",.activate = on_open_beside,.parameter_type = "i"},
  {.name = "tear-off",    .activate = on_tear_off       },
  {.name = "tear-off-one",                        .activate = on_tear_off_one,                                 .parameter_type = "s"},
  {.name = "files",                        .activate = on_files                     },
  {.name = "menu",   .activate = on_menu},
  {.name = "close",.activate = on_close},
};

/* ---- pages before the engine runs ---- */

static void
on_profile_made (HarkWindow *window, const char *passphrase)
{
  g_signal_emit (window, signals[SIGNAL_PROFILE_MADE], 0, passphrase);
}

static void
on_unlock (HarkWindow *window, const char *passphrase)
{
  g_signal_emit (window, signals[SIGNAL_UNLOCK], 0, passphrase);
}

static void
on_try_again (HarkWindow *window)
{
  g_signal_emit (window, signals[SIGNAL_TRY_AGAIN], 0);
}

/* Made when it is needed: not one start in a hundred does. What its @signal says goes to @heard. */
static GtkWidget *
need_page (HarkWindow *window, const char *name, GType type, const char *signal, GCallback heard)
{
  GtkWidget *page = gtk_stack_get_child_by_name (GTK_STACK (window->stack), name);

  if (!page) {
    page = g_object_new (type, "visible", TRUE, NULL);
    gtk_stack_add_named (GTK_STACK (window->stack), page, name);
    g_signal_connect_swapped (page, signal, heard, window);
  }
  gtk_stack_set_visible_child (GTK_STACK (window->stack), page);
  return page;
}

void
hark_window_welcome (HarkWindow *window, const char *profile)
{
  GtkWidget *page;

  g_return_if_fail (HARK_IS_WINDOW (window));

  page
    = need_page (window, "welcome", HARK_TYPE_WELCOME_PAGE, "done", G_CALLBACK (on_profile_made));
  hark_welcome_page_set_profile (HARK_WELCOME_PAGE (page), profile);
}

void
hark_window_lock (HarkWindow *window, const char *problem)
{
  GtkWidget *page;

  g_return_if_fail (HARK_IS_WINDOW (window));

  page = need_page (window, "unlock", HARK_TYPE_UNLOCK_PAGE, "unlock", G_CALLBACK (on_unlock));
  if (problem)
    hark_unlock_page_refuse (HARK_UNLOCK_PAGE (page), problem);
  else
    hark_unlock_page_ask (HARK_UNLOCK_PAGE (page));
}

/* Which of the headers is at the edge, and has the button that closes, is known when they have
 * their places. */
static gboolean
on_placed (void *data)
{
  HarkWindow *window = data;

  if (window->headers) {
    hdy_header_group_set_decorate_all (window->headers, TRUE);
    hdy_header_group_set_decorate_all (window->headers, is_folded (window));
  }
  return G_SOURCE_REMOVE;
}

void
hark_window_main (HarkWindow *window)
{
  g_return_if_fail (HARK_IS_WINDOW (window));

  gtk_stack_set_visible_child_name (GTK_STACK (window->stack), "main");
  on_folded (window);
  g_idle_add_full (G_PRIORITY_LOW, on_placed, g_object_ref (window), g_object_unref);
}

void
hark_window_fail (HarkWindow *window, const char *problem)
{
  GtkWidget *page;

  g_return_if_fail (HARK_IS_WINDOW (window));

  page = need_page (window, "failed", HARK_TYPE_FAILED_PAGE, "again", G_CALLBACK (on_try_again));
  hark_failed_page_say (HARK_FAILED_PAGE (page), problem);
}

/* ---- life ---- */

static void
hark_window_dispose (GObject *object)
{
  HarkWindow *window = HARK_WINDOW (object);

  g_clear_object (&window->headers);
  g_clear_pointer (&window->added, g_free);
  g_clear_object (&window->client);
  G_OBJECT_CLASS (hark_window_parent_class)->dispose (object);
}

static void
hark_window_class_init (HarkWindowClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_window_dispose;
  signals[SIGNAL_PROFILE_MADE] = g_signal_new ("profile-made", HARK_TYPE_WINDOW, G_SIGNAL_RUN_LAST,
                                               0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_TRY_AGAIN] = g_signal_new ("try-again", HARK_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0,
                                            NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_HAND_OVER]
    = g_signal_new ("hand-over", HARK_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[SIGNAL_UNLOCK] = g_signal_new ("unlock", HARK_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  g_type_ensure (HARK_TYPE_ANNOUNCER);
  g_type_ensure (HARK_TYPE_PEOPLE_PANE);
  g_type_ensure (HARK_TYPE_CONVERSATION);
  g_type_ensure (HARK_TYPE_CALL_BAR);
  g_type_ensure (HARK_TYPE_WARNING_BAR);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/window.ui");
  gtk_widget_class_bind_template_child (widgets, HarkWindow, announcer);
  gtk_widget_class_bind_template_child (widgets, HarkWindow, stack);
  gtk_widget_class_bind_template_child (widgets, HarkWindow, leaflet);
  gtk_widget_class_bind_template_child (widgets, HarkWindow, people);
  gtk_widget_class_bind_template_child (widgets, HarkWindow, conversation);
  gtk_widget_class_bind_template_child (widgets, HarkWindow, warning);
  gtk_widget_class_bind_template_child (widgets, HarkWindow, call_bar);
  gtk_widget_class_bind_template_callback (widgets, hark_window_open);
  gtk_widget_class_bind_template_callback (widgets, on_found);
  gtk_widget_class_bind_template_callback (widgets, on_given);
  gtk_widget_class_bind_template_callback (widgets, record_for);
  gtk_widget_class_bind_template_callback (widgets, show_list);
  gtk_widget_class_bind_template_callback (widgets, mark_seen);
  gtk_widget_class_bind_template_callback (widgets, on_folded);
  gtk_widget_class_bind_template_callback (widgets, hark_window_tear_off);
}

static void
hark_window_init (HarkWindow *window)
{
  g_autoptr (GtkSizeGroup) heights = gtk_size_group_new (GTK_SIZE_GROUP_VERTICAL);

  gtk_widget_init_template (GTK_WIDGET (window));
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  window->headers = g_object_ref_sink (hdy_header_group_new ());
  hdy_header_group_add_header_bar (window->headers,
                                   HDY_HEADER_BAR (hark_people_pane_get_header (people (window))));
  hdy_header_group_add_header_bar (
    window->headers, HDY_HEADER_BAR (hark_conversation_get_header (conversation (window))));
  gtk_size_group_add_widget (heights, hark_people_pane_get_header (people (window)));
  gtk_size_group_add_widget (heights, hark_conversation_get_header (conversation (window)));
}

/* Below the header of @pane, a vertical box. */
static void
add_below_header (GtkWidget *pane, GtkWidget *child)
{
  gtk_box_pack_start (GTK_BOX (pane), child, FALSE, FALSE, 0);
  gtk_box_reorder_child (GTK_BOX (pane), child, 1);
}

/* One line about the network, wherever the user looks: beside the list, or in it when it is alone.
 */
static void
add_network_bars (HarkWindow *window)
{
  GtkWidget *wide = g_object_new (HARK_TYPE_NETWORK_BAR, NULL);
  GtkWidget *folded = g_object_new (HARK_TYPE_NETWORK_BAR, NULL);

  hark_network_bar_set_client (HARK_NETWORK_BAR (wide), window->client);
  hark_network_bar_set_client (HARK_NETWORK_BAR (folded), window->client);
  window->narrow = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_container_add (GTK_CONTAINER (window->narrow), folded);
  add_below_header (window->conversation, wide);
  add_below_header (window->people, window->narrow);
}

/* With the other sentences of the engine, whatever the user looks at. */
static void
add_silence_bar (HarkWindow *window)
{
  GtkWidget *main = gtk_widget_get_parent (window->leaflet);
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
  g_signal_connect_after (window, "key-press-event", G_CALLBACK (on_key_left), NULL);
  hark_talk_key_follow (GTK_WIDGET (window), client);
  window->client = g_object_ref (client);
  hark_window_dialogs_add (GTK_APPLICATION_WINDOW (window), client, conversation (window));
  add_network_bars (window);
  add_silence_bar (window);
  hark_people_pane_set_client (people (window), client);
  hark_conversation_set_client (conversation (window), client);
  hark_place_follow (conversation (window), client, return_to, window);
  hark_announcer_follow (HARK_ANNOUNCER (window->announcer), client, conversation (window), true);
  hark_call_bar_set_client (HARK_CALL_BAR (window->call_bar), client);
  window->call_view = hark_call_view_new (client);
  add_below_header (window->conversation, window->call_view);
  window->group_calls = hark_group_calls_new (client);
  gtk_container_add (GTK_CONTAINER (gtk_widget_get_parent (window->call_bar)), window->group_calls);
  g_signal_connect_swapped (window->group_calls, "opened", G_CALLBACK (hark_window_open), window);
  g_signal_connect_swapped (window->call_view, "record", G_CALLBACK (record_for), window);
  g_signal_connect_object (client, "call", G_CALLBACK (show_calls), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "message", G_CALLBACK (on_message), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "warning", G_CALLBACK (on_warning), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "told", G_CALLBACK (on_told), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (hark_client_get_people (client), "items-changed",
                           G_CALLBACK (on_people_changed), window, G_CONNECT_SWAPPED);
  g_signal_connect (window, "notify::is-active", G_CALLBACK (on_active), NULL);
  return window;
}
