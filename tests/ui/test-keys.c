/* The program by the keyboard alone: what its list of keys promises, and every dialog from the
 * focus it opens with to Escape. */
#include "tests/ui/scenes.h"
#include "tests/ui/screen.h"
#include "ui/application.h"
#include "ui/chat-window.h"
#include "ui/chat/composer.h"
#include "ui/desktop/person-hex.h"
#include "ui/people/add-dialog.h"
#include "ui/people/group-dialog.h"
#include "ui/settings/preferences.h"

#include <handy.h>
#include <string.h>

#define TABS_MAX 200 /* until the focus must have been everywhere */

static HarkApplication *application;

static GtkWindow *
main_window (void)
{
  GList *all = gtk_application_get_windows (GTK_APPLICATION (application));

  while (all && !HARK_IS_WINDOW (all->data))
    all = all->next;
  return all ? all->data : NULL;
}

/* (nullable): the window above the main one. */
static GtkWindow *
get_dialog (void)
{
  g_autoptr (GList) all = gtk_window_list_toplevels ();

  for (GList *at = all; at; at = at->next)
    if (at->data != main_window () && gtk_widget_get_visible (at->data)
        && gtk_window_get_window_type (at->data) == GTK_WINDOW_TOPLEVEL)
      return at->data;
  return NULL;
}

/* There is no window manager that would. */
static void
focus (GtkWindow *window)
{
  gdk_window_focus (gtk_widget_get_window (GTK_WIDGET (window)), GDK_CURRENT_TIME);
  while (!gtk_window_is_active (window))
    gtk_main_iteration ();
}

/* The key goes down in @window, as if a person had pressed it there. */
static void
tap (GtkWindow *window, const char *key)
{
  GdkDisplay *display = gtk_widget_get_display (GTK_WIDGET (window));
  g_autofree GdkKeymapKey *codes = NULL;
  g_autoptr (GdkEvent) event = gdk_event_new (GDK_KEY_PRESS);
  GdkModifierType state;
  guint value;
  int n = 0;

  gtk_accelerator_parse (key, &value, &state);
  g_assert_cmpuint (value, !=, 0);
  g_assert_true (
    gdk_keymap_get_entries_for_keyval (gdk_keymap_get_for_display (display), value, &codes, &n));
  event->key.window = g_object_ref (gtk_widget_get_window (GTK_WIDGET (window)));
  event->key.keyval = value;
  event->key.state = state | (codes[0].level == 1 ? GDK_SHIFT_MASK : 0);
  event->key.hardware_keycode = (guint16) codes[0].keycode;
  event->key.time = GDK_CURRENT_TIME;
  gdk_event_set_device (event, gdk_seat_get_keyboard (gdk_display_get_default_seat (display)));
  gtk_main_do_event (event);
}

static void
press (GtkWindow *window, const char *key)
{
  tap (window, key);
  screen_settle ();
}

static void
begin (const char *scene)
{
  static const HarkEngineConfig config = {.profile = "/nonexistent"};

  scene_begin (scene, NULL);
  application = hark_application_new (&config, false);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_application_activate (G_APPLICATION (application));
  screen_settle ();
  scene_play ();
  scene_open (HARK_WINDOW (main_window ()), hark_application_get_client (application));
  screen_settle ();
  focus (main_window ());
}

/* Another scene in the same window. */
static void
turn_to (const char *scene)
{
  scene_begin (scene, NULL);
  scene_open (HARK_WINDOW (main_window ()), hark_application_get_client (application));
  screen_settle ();
}

static void
leave (void)
{
  gtk_widget_destroy (GTK_WIDGET (main_window ()));
  screen_settle ();
  g_clear_object (&application);
  scene_end ();
}

/* ---- every dialog ---- */

static const char *
get_name (GtkWidget *widget)
{
  return atk_object_get_name (gtk_widget_get_accessible (widget));
}

static bool
is_control (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || GTK_IS_ENTRY (widget) || GTK_IS_TEXT_VIEW (widget)
         || GTK_IS_SWITCH (widget) || GTK_IS_SCALE (widget);
}

/* What can be used, but for the desktop's buttons of a title; of a radio group the chosen one. */
static void
collect (GtkWidget *widget, void *data)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  bool is_other
    = GTK_IS_RADIO_BUTTON (widget) && !gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (widget));

  if (!gtk_widget_get_mapped (widget) || !gtk_widget_is_sensitive (widget)
      || gtk_style_context_has_class (style, "titlebutton"))
    return;
  if (is_control (widget) && !is_other)
    g_ptr_array_add (data, widget);
  if (GTK_IS_CONTAINER (widget) && !GTK_IS_ENTRY (widget))
    gtk_container_forall (GTK_CONTAINER (widget), collect, data);
}

static void
check_tabs (GtkWindow *window)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  GtkWidget *first = NULL;

  collect (GTK_WIDGET (window), all);
  for (int i = 0; i < TABS_MAX; i++) {
    GtkWidget *at;

    tap (window, "Tab");
    at = gtk_window_get_focus (window);
    if (i == 0)
      first = at;
    else if (at == first)
      break;
    g_hash_table_add (seen, at);
  }
  for (guint i = 0; i < all->len; i++)
    if (!g_hash_table_contains (seen, all->pdata[i]))
      g_error ("Tab does not come to %s \"%s\"", G_OBJECT_TYPE_NAME (all->pdata[i]),
               get_name (all->pdata[i]));
}

/* Who writes or chooses begins there: not on what gives up or destroys. */
static void
check_focus (GtkWindow *window)
{
  GtkWidget *first = gtk_window_get_focus (window);
  const char *name = first ? get_name (first) : NULL;

  if (first
      && gtk_style_context_has_class (gtk_widget_get_style_context (first), "destructive-action"))
    g_error ("\"%s\" has the focus first", name);
  g_assert_cmpstr (name, !=, "Cancel");
}

/* A dialog with one field and a button that does it: Enter in the field presses that. */
static void
check_enter (GtkWindow *window)
{
  GtkWidget *first = gtk_window_get_focus (window);

  if (gtk_window_get_default_widget (window) && first && GTK_IS_ENTRY (first))
    g_assert_true (gtk_entry_get_activates_default (GTK_ENTRY (first)));
}

static void
test_dialogs (void)
{
  static const char *const scenes[]
    = {"add",   "words",       "address",   "person",       "profile",  "new-group", "about-group",
       "calls", "rename",      "safety",    "safety-words", "doctor",   "browse",    "set-general",
       "left",  "set-account", "set-calls", "set-network",  "set-files"};

  for (size_t i = 0; i < G_N_ELEMENTS (scenes); i++) {
    GtkWidget *before;
    GtkWindow *open;

    g_test_message ("%s", scenes[i]);
    turn_to ("chat");
    before = gtk_window_get_focus (main_window ());
    g_assert_true (before && gtk_widget_get_ancestor (before, HARK_TYPE_COMPOSER));
    turn_to (scenes[i]);
    open = get_dialog ();
    g_assert_nonnull (open);
    focus (open);
    check_focus (open);
    check_enter (open);
    check_tabs (open);
    press (open, "Escape");
    g_assert_null (get_dialog ());
    focus (main_window ());
    before = gtk_window_get_focus (main_window ());
    g_assert_true (before && gtk_widget_get_ancestor (before, HARK_TYPE_COMPOSER));
  }
}

/* ---- the list of keys ---- */

static void
close_dialog (GType type)
{
  GtkWindow *open = get_dialog ();

  g_assert_nonnull (open);
  g_assert_true (g_type_is_a (G_OBJECT_TYPE (open), type));
  focus (open);
  press (open, "Escape");
  g_assert_null (get_dialog ());
  focus (main_window ());
}

static void
test_windows (void)
{
  turn_to ("chat");
  press (main_window (), "<Control>n");
  close_dialog (HARK_TYPE_ADD_DIALOG);
  press (main_window (), "<Control><Shift>n");
  close_dialog (HARK_TYPE_GROUP_DIALOG);
  press (main_window (), "<Control>comma");
  close_dialog (HARK_TYPE_PREFERENCES);
  press (main_window (), "<Control>l"); /* without a passphrase yet */
  close_dialog (HARK_TYPE_PREFERENCES);
  press (main_window (), "<Control>question");
  close_dialog (GTK_TYPE_DIALOG);
}

/* (nullable): whose conversation is shown. */
static const char *
get_open (void)
{
  GListModel *people = hark_client_get_people (hark_application_get_client (application));

  for (guint i = 0; i < g_list_model_get_n_items (people); i++) {
    g_autoptr (HarkPersonItem) person = g_list_model_get_item (people, i);

    if (hark_window_watches (HARK_WINDOW (main_window ()), person))
      return hark_person_item_get (person)->name;
  }
  return NULL;
}

static void
test_moving_about (void)
{
  GtkWindow *window = main_window ();

  turn_to ("chat");
  g_assert_cmpstr (get_open (), ==, "Bob");
  press (window, "<Alt>1");
  g_assert_cmpstr (get_open (), ==, "Choir & friends");
  press (window, "<Control>Page_Up"); /* nobody stands above */
  g_assert_cmpstr (get_open (), ==, "Choir & friends");
  press (window, "<Control>Page_Down");
  g_assert_cmpstr (get_open (), ==, "Bob");
  press (window, "<Control>Page_Up");
  g_assert_cmpstr (get_open (), ==, "Choir & friends");
  press (window, "<Alt>9"); /* so many there are not */
  g_assert_cmpstr (get_open (), ==, "Choir & friends");
  press (window, "<Control>k");
  g_assert_cmpstr (get_name (gtk_window_get_focus (window)), ==, "Search people");
  press (window, "b");
  press (window, "Escape");
  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (gtk_window_get_focus (window))), ==, "");
  press (window, "<Alt>2");
  press (window, "<Control>f");
  g_assert_cmpstr (get_name (gtk_window_get_focus (window)), ==, "Find in this conversation");
  press (window, "Escape");
  g_assert_true (gtk_widget_get_ancestor (gtk_window_get_focus (window), HARK_TYPE_COMPOSER));
}

static void
test_menu (void)
{
  GtkWidget *menu;

  turn_to ("chat");
  menu = screen_find (GTK_WIDGET (main_window ()), GTK_TYPE_MENU_BUTTON, "Menu");
  press (main_window (), "F10");
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (menu)));
  press (main_window (), "Escape");
  g_assert_false (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (menu)));
}

static const char *
get_written (void)
{
  GtkTextBuffer *buffer
    = gtk_text_view_get_buffer (GTK_TEXT_VIEW (gtk_window_get_focus (main_window ())));
  GtkTextIter start, end;
  static char text[256];
  g_autofree char *all = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  all = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  g_strlcpy (text, all, sizeof text);
  return text;
}

/* Up takes up what was written last, Escape lets go of it and is not also "back". */
static void
test_writing (void)
{
  GtkWindow *window = main_window ();

  turn_to ("chat");
  press (window, "Up");
  g_assert_cmpstr (get_written (), ==, "This is the plan of the stage.");
  press (window, "Escape");
  g_assert_cmpstr (get_written (), ==, "");
  press (window, "a");
  press (window, "<Shift>Return");
  press (window, "b");
  g_assert_cmpstr (get_written (), ==, "a\nb");
  press (window, "Return");
  g_assert_cmpstr (get_written (), ==, "");
  gtk_window_set_focus (window, NULL); /* as when what had it goes */
  press (window, "c");
  press (window, "d");
  g_assert_cmpstr (get_written (), ==, "cd");
}

/* Keys of the field and of rows, which are no actions of the program. */
static bool
is_of_widgets (const char *key)
{
  static const char *const keys[] = {"Return", "<Shift>Return", "Up",    "Escape", "r", "e",
                                     "Delete", "plus",          "space", "<Alt>1", NULL};

  return g_strv_contains (keys, key);
}

static void
check_promise (GtkWidget *widget, void *data)
{
  const char *key = g_object_get_data (G_OBJECT (widget), "hark-keys");

  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), check_promise, data);
  if (!key)
    return;
  ++*(int *) data;
  if (!is_of_widgets (key)) {
    g_auto (GStrv) actions
      = gtk_application_get_actions_for_accel (GTK_APPLICATION (application), key);

    if (!actions[0])
      g_error ("nothing listens to %s", key);
  }
}

static void
test_promises (void)
{
  GtkWidget *list;
  int n = 0;

  turn_to ("chat");
  press (main_window (), "<Control>question");
  list = GTK_WIDGET (get_dialog ());
  check_promise (list, &n);
  g_assert_cmpint (n, >, 20);
  close_dialog (GTK_TYPE_DIALOG);
}

/* ---- letters of menus ---- */

static void
check_letters (GMenuModel *menu, GHashTable *taken)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++) {
    g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
    g_autofree char *label = NULL;
    const char *mark;

    if (section)
      check_letters (section, taken);
    else if (g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &label)
             && (mark = strchr (label, '_'))
             && !g_hash_table_add (
               taken, GUINT_TO_POINTER (g_unichar_tolower (g_utf8_get_char (mark + 1)))))
      g_error ("the letter of \"%s\" is another's too", label);
  }
}

static void
test_letters (void)
{
  static const char *const buttons[] = {"Menu", "More about this person"};

  turn_to ("chat");
  for (size_t i = 0; i < G_N_ELEMENTS (buttons); i++) {
    g_autoptr (GHashTable) taken = g_hash_table_new (NULL, NULL);
    GtkWidget *button = screen_find (GTK_WIDGET (main_window ()), GTK_TYPE_MENU_BUTTON, buttons[i]);

    check_letters (gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (button)), taken);
    g_assert_cmpuint (g_hash_table_size (taken), >, 5);
  }
}

/* ---- a conversation in a window of its own ---- */

static HarkPersonItem *
get_bob (void)
{
  uint8_t account[HARK_ACCOUNT_LEN];

  memset (account, 1, sizeof account);
  return hark_client_find (hark_application_get_client (application), account);
}

static GtkWindow *
tear_off (void)
{
  GtkWindow *own;

  turn_to ("chat");
  press (main_window (), "<Control><Shift>o");
  own = GTK_WINDOW (hark_chat_window_of (get_bob ()));
  g_assert_nonnull (own);
  focus (own);
  return own;
}

static void
test_own_window (void)
{
  g_autofree char *bob = hark_person_hex (get_bob ());
  GtkWindow *own = tear_off ();

  press (own, "<Control>f");
  g_assert_cmpstr (get_name (gtk_window_get_focus (own)), ==, "Find in this conversation");
  focus (main_window ());
  g_action_group_activate_action (G_ACTION_GROUP (application), "show", g_variant_new_string (bob));
  while (!gtk_window_is_active (own)) /* the test's limit ends it */
    gtk_main_iteration ();
  press (own, "<Control>k");
  while (!gtk_window_is_active (main_window ()))
    gtk_main_iteration ();
  g_assert_cmpstr (get_name (gtk_window_get_focus (main_window ())), ==, "Search people");
  focus (own);
  press (own, "<Control>w");
  g_assert_null (hark_chat_window_of (get_bob ()));
  focus (main_window ());
}

/* From there, too: nothing of what was open stays. */
static void
test_lock (void)
{
  GtkWindow *own = tear_off ();

  g_object_add_weak_pointer (G_OBJECT (own), (gpointer *) &own);
  fake_engine_set_profile (true, "secret");
  press (own, "<Control>l");
  g_assert_null (own);
  g_assert_nonnull (screen_find (GTK_WIDGET (main_window ()), GTK_TYPE_BUTTON, "Unlock"));
}

int
main (int argc, char **argv)
{
  int failed;

  gtk_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/every-dialog-is-left-as-it-was-come-to", test_dialogs);
  g_test_add_func ("/keys/windows-that-keys-open", test_windows);
  g_test_add_func ("/keys/from-one-to-another", test_moving_about);
  g_test_add_func ("/keys/menu", test_menu);
  g_test_add_func ("/keys/writing", test_writing);
  g_test_add_func ("/keys/what-is-promised-is-kept", test_promises);
  g_test_add_func ("/keys/each-letter-of-a-menu-once", test_letters);
  g_test_add_func ("/keys/window-of-its-own", test_own_window);
  g_test_add_func ("/keys/locked-from-there", test_lock);
  begin ("chat");
  failed = g_test_run ();
  leave ();
  return failed;
}
