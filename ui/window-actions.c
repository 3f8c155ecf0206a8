#include "ui/window-actions.h"

#include "ui/calls/past-calls.h"
#include "ui/chat-window.h"
#include "ui/desktop/person-hex.h"

static bool
is_running (HarkWindow *window)
{
  return hark_client_get_engine (hark_window_get_client (window)) != NULL;
}

static HarkPeoplePane *
people (HarkWindow *window)
{
  return hark_columns_get_people (hark_window_get_columns (window));
}

static HarkConversation *
conversation (HarkWindow *window)
{
  return hark_columns_get_conversation (hark_window_get_columns (window));
}

static void
on_give_by_words (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  if (is_running (data))
    hark_window_hand_over (data, NULL, g_variant_get_boolean (parameter));
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

static GActionGroup *
person_actions (HarkWindow *window)
{
  return gtk_widget_get_action_group (GTK_WIDGET (conversation (window)), "person");
}

static void
on_call (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkWindow *window = data;

  (void) action;
  (void) parameter;
  if (is_running (window))
    g_action_group_activate_action (person_actions (window), "call", NULL);
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
  dialog = hark_past_calls_new (GTK_WINDOW (window), hark_window_get_client (window));
  g_signal_connect_object (dialog, "opened", G_CALLBACK (hark_window_go_to), window,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* From wherever the focus is, to anybody. */
static void
on_jump (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  hark_columns_search (hark_window_get_columns (data));
}

static void
on_search (GSimpleAction *action, GVariant *parameter, void *data)
{
  HarkWindow *window = data;
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

  (void) action;
  (void) parameter;
  if (focus && gtk_widget_is_ancestor (focus, GTK_WIDGET (conversation (window)))
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
  HarkClient *client = hark_window_get_client (data);
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
    g_action_group_activate_action (person_actions (window), "files", NULL);
}

static void
on_menu (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  if (is_running (data))
    hark_columns_open_menu (hark_window_get_columns (data));
}

static void
on_close (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  gtk_window_close (data);
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

/* ---- keys that nothing wants ---- */

/* A letter that nothing wants, as when the focus was on a button that is gone, begins a message. */
static gboolean
write_on (HarkWindow *window, GdkEventKey *event)
{
  const guint commands = gtk_accelerator_get_default_mod_mask () & ~(guint) GDK_SHIFT_MASK;

  if ((event->state & commands) != 0 || !g_unichar_isgraph (gdk_keyval_to_unicode (event->keyval))
      || !hark_conversation_get_person (conversation (window))
      || !gtk_widget_get_mapped (GTK_WIDGET (conversation (window)))
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
  hark_columns_go_back (hark_window_get_columns (window));
  return GDK_EVENT_STOP;
}

void
hark_window_actions_add (HarkWindow *window)
{
  g_return_if_fail (HARK_IS_WINDOW (window));

  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  g_signal_connect_after (window, "key-press-event", G_CALLBACK (on_key_left), NULL);
}
