#include "tests/ui/screen.h"
#include "ui/network/network-file.h"
#include "ui/settings/preferences.h"
#include "ui/settings/secret-dialog.h"
#include "ui/settings/settings.h"

#include <glib/gstdio.h>
#include <string.h>

static GtkWidget *
open_page (HarkWindow *window, unsigned page)
{
  GtkWidget *preferences
    = hark_preferences_new (GTK_WINDOW (window), screen_client (), "/nonexistent");

  hark_preferences_show (HARK_PREFERENCES (preferences), page);
  gtk_window_present (GTK_WINDOW (preferences));
  screen_settle ();
  return preferences;
}

static void
flip (GtkWidget *preferences, const char *name)
{
  GtkWidget *toggle = screen_find (preferences, GTK_TYPE_SWITCH, name);

  g_assert_nonnull (toggle);
  gtk_switch_set_active (GTK_SWITCH (toggle), !gtk_switch_get_active (GTK_SWITCH (toggle)));
  screen_settle ();
}

static void
until_named (GtkWidget *root, GType type, const char *name)
{
  while (!screen_find (root, type, name)) /* a thread works on it; the test's limit ends it */
    g_usleep (5000);
}

/* ---- this desktop ---- */

static void
test_kept (void)
{
  HarkSettings *settings = hark_settings_get ();
  HarkEngineConfig config = {.mic = "pulse", .speaker = "wav:/tmp/x.wav"};
  HarkSettings *again;
  HarkWindow *window;
  GtkWidget *preferences, *toggle;
  bool on = false;

  g_assert_true (hark_settings_get_flag (settings, HARK_SET_MAPPING));
  hark_settings_set_flag (settings, HARK_SET_MAPPING, false);
  hark_settings_set_text (settings, HARK_SET_MIC, "pulse:headset");
  hark_settings_set_text (settings, HARK_SET_SPEAKER, "pulse:box");
  again = g_object_new (HARK_TYPE_SETTINGS, NULL); /* as after another start */
  g_assert_false (hark_settings_get_flag (again, HARK_SET_MAPPING));
  hark_settings_apply (again, &config);
  g_assert_cmpstr (config.mic, ==, "pulse:headset");
  g_assert_cmpstr (config.speaker, ==, "wav:/tmp/x.wav"); /* the command line goes first */
  g_assert_true (config.no_mapping);
  g_assert_false (hark_settings_is_decided (again, HARK_SET_LAN_ONLY, &on)); /* set, not decided */
  g_assert_null (config.bind);
  config = (HarkEngineConfig){.bind = "eth7"};
  hark_settings_apply (settings, &config);
  g_assert_true (hark_settings_is_decided (settings, HARK_SET_BIND, &on));
  hark_settings_set_text (settings, HARK_SET_BIND, "wlan7");
  config = (HarkEngineConfig){.mic = "none", .speaker = "none", .lan_only = true};
  hark_settings_apply (settings, &config);
  g_object_unref (again);
  window = screen_open ();
  preferences = open_page (window, HARK_PREFERENCES_NETWORK);
  toggle = screen_find (preferences, GTK_TYPE_SWITCH, "Only the local network");
  g_assert_true (gtk_switch_get_active (GTK_SWITCH (toggle)));
  g_assert_false (gtk_widget_is_sensitive (toggle)); /* the command line decided */
  g_assert_cmpstr (config.bind, ==, "wlan7");
  g_assert_nonnull (screen_find (preferences, GTK_TYPE_LABEL, "wlan7")); /* not here now */
  gtk_widget_destroy (preferences);
  screen_close (window);
}

static void
test_autostart (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (hark_settings_get_autostart ());
  g_assert_true (hark_settings_set_autostart (true, &error));
  g_assert_true (hark_settings_get_autostart ());
  {
    static const char off[] = "[Desktop Entry]\nType=Application\nExec=hark\nHidden=true\n";
    g_autofree char *path
      = g_build_filename (g_get_user_config_dir (), "autostart", "org.hark.Hark.desktop", NULL);

    g_assert_true (g_file_set_contents (path, off, -1, &error));
    g_assert_false (hark_settings_get_autostart ());
  }
  g_assert_true (hark_settings_set_autostart (true, &error));
  g_assert_true (hark_settings_get_autostart ());
  g_assert_true (hark_settings_set_autostart (false, &error));
  g_assert_true (hark_settings_set_autostart (false, &error));
  g_assert_false (hark_settings_get_autostart ());
}

static void
test_privacy (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *preferences;
  HarkEvent *event;
  HarkCommand *asked;
  g_autoptr (HarkCommand) command = NULL;

  while ((asked = fake_engine_take (HARK_COMMAND_PROFILE)))
    hark_command_free (asked);
  preferences = open_page (window, HARK_PREFERENCES_GENERAL);
  event = fake_engine_answer_to (HARK_COMMAND_PROFILE);
  event->profile = g_new0 (HarkProfile, 1);
  event->profile->may = HARK_MAY_NOT_SEE_TYPING;
  fake_engine_emit (event);
  flip (preferences, "Tell while I write");
  command = fake_engine_take (HARK_COMMAND_MAY);
  g_assert_nonnull (command);
  g_assert_cmpstr (command->how, ==, "see-typing");
  g_assert_true (command->on && !command->has_contact);
  gtk_widget_destroy (preferences);
  screen_close (window);
}

/* However it moves: a dialog may be closed before it has. */
static void
test_switch (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *preferences = open_page (window, HARK_PREFERENCES_GENERAL);
  GtkWidget *toggle = screen_find (preferences, GTK_TYPE_SWITCH, "Sounds");
  GtkSettings *look = gtk_settings_get_default ();
  bool on = gtk_switch_get_active (GTK_SWITCH (toggle));
  gboolean moves;

  g_object_get (look, "gtk-enable-animations", &moves, NULL);
  for (int i = 0; i < 2; i++) {
    g_object_set (look, "gtk-enable-animations", i == 0, NULL);
    gtk_widget_activate (toggle);
    on = !on;
    g_assert_true (gtk_switch_get_active (GTK_SWITCH (toggle)) == on);
  }
  g_object_set (look, "gtk-enable-animations", moves, NULL);
  gtk_widget_destroy (preferences);
  screen_close (window);
}

static void
test_choices (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *preferences = open_page (window, HARK_PREFERENCES_GENERAL);
  GtkWidget *row = screen_find (preferences, HDY_TYPE_COMBO_ROW, "They show");
  GObject *list = gtk_widget_get_template_child (row, HDY_TYPE_COMBO_ROW, "list");
  GtkListBoxRow *first = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0);

  g_assert_cmpstr (atk_object_get_name (gtk_widget_get_accessible (GTK_WIDGET (first))), ==,
                   "Who, and what they write");
  gtk_widget_destroy (preferences);
  screen_close (window);
}

/* ---- account ---- */

static void
test_passphrase (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *preferences = open_page (window, HARK_PREFERENCES_ACCOUNT);
  GtkWidget *dialog;

  screen_click (preferences, "Passphrase: Set…");
  dialog = screen_dialog (HARK_TYPE_SECRET_DIALOG);
  g_assert_null (screen_find (dialog, GTK_TYPE_ENTRY, "Passphrase of now"));
  gtk_entry_set_text (GTK_ENTRY (screen_find (dialog, GTK_TYPE_ENTRY, "New passphrase")), "secret");
  g_assert_false (gtk_widget_is_sensitive (
    gtk_dialog_get_widget_for_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT)));
  gtk_entry_set_text (GTK_ENTRY (screen_find (dialog, GTK_TYPE_ENTRY, "The new one again")),
                      "secret");
  gtk_dialog_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
  until_named (preferences, GTK_TYPE_BUTTON, "Lock now: Lock");
  g_assert_true (hark_profile_needs_passphrase (""));
  fake_engine_set_profile (true, NULL);
  gtk_widget_destroy (preferences);
  screen_close (window);
}

static void
test_words (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *preferences, *dialog;
  HarkEvent *event;

  fake_engine_set_profile (true, "secret");
  preferences = open_page (window, HARK_PREFERENCES_ACCOUNT);
  screen_click (preferences, "Your 24 words: Show…");
  g_assert_null (fake_engine_take (HARK_COMMAND_OWN_WORDS)); /* not without the passphrase */
  dialog = screen_dialog (HARK_TYPE_SECRET_DIALOG);
  gtk_entry_set_text (GTK_ENTRY (screen_find (dialog, GTK_TYPE_ENTRY, "Passphrase of now")),
                      "wrong");
  gtk_dialog_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
  while (!(dialog = screen_dialog (GTK_TYPE_MESSAGE_DIALOG)))
    g_usleep (5000);
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_LABEL, "This is not the passphrase."));
  gtk_widget_destroy (dialog);
  screen_click (preferences, "Your 24 words: Show…");
  dialog = screen_dialog (HARK_TYPE_SECRET_DIALOG);
  gtk_entry_set_text (GTK_ENTRY (screen_find (dialog, GTK_TYPE_ENTRY, "Passphrase of now")),
                      "secret");
  gtk_dialog_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
  for (HarkCommand *command = NULL; !command; screen_settle ())
    if ((command = fake_engine_take (HARK_COMMAND_OWN_WORDS))) {
      event = fake_engine_answer (command);
      event->text = g_strdup ("abandon ability able");
      fake_engine_emit (event);
      hark_command_free (command);
      break;
    }
  dialog = screen_dialog (GTK_TYPE_MESSAGE_DIALOG);
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_LABEL, "abandon ability able"));
  gtk_widget_destroy (dialog);
  fake_engine_set_profile (true, NULL);
  gtk_widget_destroy (preferences);
  screen_close (window);
}

/* ---- calls, network ---- */

static void
test_devices (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *preferences = open_page (window, HARK_PREFERENCES_CALLS), *mic;
  HarkSoundDevice *device = g_new0 (HarkSoundDevice, 1);
  HarkEvent *event;
  g_autoptr (HarkCommand) chosen = NULL;
  g_autoptr (HarkCommand) sooner = NULL;
  g_autoptr (HarkCommand) told = NULL;

  event = fake_engine_answer_to (HARK_COMMAND_DEVICES);
  event->devices = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_sound_device_free);
  device->name = g_strdup ("pulse:headset");
  device->text = g_strdup ("Headset <b>");
  device->is_mic = true;
  g_ptr_array_add (event->devices, device);
  event->chosen = g_new0 (HarkSound, 1);
  event->chosen->mic = g_strdup ("pulse");
  event->chosen->speaker = g_strdup ("pulse:gone");
  event->chosen->low_delay = true;
  fake_engine_emit (event);
  mic = screen_find (preferences, GTK_TYPE_COMBO_BOX, "Microphone");
  g_assert_cmpstr (gtk_combo_box_get_active_id (GTK_COMBO_BOX (mic)), ==, "pulse");
  g_assert_cmpstr (gtk_combo_box_get_active_id (
                     GTK_COMBO_BOX (screen_find (preferences, GTK_TYPE_COMBO_BOX, "Speaker"))),
                   ==, "pulse:gone");
  g_assert_nonnull (screen_find (preferences, GTK_TYPE_COMBO_BOX, "Ringing"));
  g_assert_null (fake_engine_take (HARK_COMMAND_DEVICE)); /* nobody has chosen */
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (mic), "pulse:headset");
  chosen = fake_engine_take (HARK_COMMAND_DEVICE);
  g_assert_nonnull (chosen);
  g_assert_cmpstr (chosen->mic, ==, "pulse:headset");
  flip (preferences, "Least delay"); /* it was on, as the engine said */
  sooner = fake_engine_take (HARK_COMMAND_DEVICE);
  g_assert_nonnull (sooner);
  g_assert_cmpint (sooner->low_delay, ==, -1);
  flip (preferences, "Take noise away");
  told = fake_engine_take (HARK_COMMAND_DEVICE); /* at once, without another start */
  g_assert_nonnull (told);
  g_assert_cmpint (told->noise, ==, -1);
  g_assert_false (hark_settings_get_flag (hark_settings_get (), HARK_SET_NOISE));
  gtk_widget_destroy (preferences);
  screen_close (window);
}

static void
tell_echo (bool on)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_ECHO_TEST);

  event->on = on;
  fake_engine_emit (event);
}

static bool
take_echo (bool *ret_on)
{
  g_autoptr (HarkCommand) command = fake_engine_take (HARK_COMMAND_ECHO_TEST);

  if (command)
    *ret_on = command->on;
  return command != NULL;
}

static void
test_echo (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *preferences = open_page (window, HARK_PREFERENCES_CALLS);
  HarkEvent *event;
  bool on = false;

  screen_click (preferences, "Hear yourself: Try");
  event = fake_engine_answer_to (HARK_COMMAND_ECHO_TEST);
  event->ok = false;
  event->text = g_strdup ("There is a call already.");
  fake_engine_emit (event);
  g_assert_nonnull (screen_find (preferences, GTK_TYPE_LABEL, "There is a call already."));
  screen_click (preferences, "Hear yourself: Try");
  g_assert_true (take_echo (&on) && on);
  tell_echo (true);
  g_assert_nonnull (screen_find (preferences, GTK_TYPE_LABEL, "*Speak: you hear yourself"));
  screen_click (preferences, "Hear yourself: Stop");
  g_assert_true (take_echo (&on) && !on);
  tell_echo (false);
  screen_click (preferences, "Hear yourself: Try");
  g_assert_true (take_echo (&on) && on);
  tell_echo (true);
  gtk_widget_destroy (preferences); /* nobody listens any more */
  g_assert_true (take_echo (&on) && !on);
  screen_close (window);
}

static void
test_network (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *preferences = open_page (window, HARK_PREFERENCES_NETWORK);
  HarkEvent *event = fake_engine_answer_to (HARK_COMMAND_SETTINGS); /* of the account's page */
  g_autoptr (HarkCommand) removed = NULL;
  g_autoptr (HarkCommand) joined = NULL;
  GtkWidget *entry;

  fake_engine_emit (event);
  event = fake_engine_answer_to (HARK_COMMAND_SETTINGS);
  event->settings = g_new0 (HarkSettingsState, 1);
  event->settings->peers = g_strsplit ("tower:4000 <b>", " ", 0);
  fake_engine_emit (event);
  screen_click (preferences, "<b>: Remove");
  removed = fake_engine_take (HARK_COMMAND_REMOVE_PEER);
  g_assert_cmpstr (removed->name, ==, "<b>");
  entry = screen_find (preferences, GTK_TYPE_ENTRY, "Join");
  gtk_entry_set_text (GTK_ENTRY (entry), " club ");
  screen_click (preferences, "Join: Join");
  joined = fake_engine_take (HARK_COMMAND_NETWORK);
  g_assert_cmpstr (joined->name, ==, "club");
  event = fake_engine_answer (joined);
  fake_engine_emit (event);
  g_assert_nonnull (screen_find (preferences, GTK_TYPE_BUTTON, "*Connect _Anew"));
  gtk_widget_destroy (preferences);
  screen_close (window);
}

/* A node is added by its link or its words, or by a picture of its code, for which another program
 * is asked: that one is not there, or finds no code. */
static void
test_mailbox_node (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *preferences = open_page (window, HARK_PREFERENCES_NETWORK);
  GtkWidget *entry = screen_find (preferences, GTK_TYPE_ENTRY, "Own mailbox node");
  GtkWidget *button
    = screen_find (preferences, GTK_TYPE_BUTTON, "By the code that it shows: Open…");
  g_autoptr (GdkPixbuf) picture = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 40, 40);
  g_autoptr (HarkCommand) added = NULL;
  HarkEvent *event;

  gtk_entry_set_text (GTK_ENTRY (entry), " Beach divide audit clarify ");
  screen_click (preferences, "Own mailbox node: Add");
  added = fake_engine_take (HARK_COMMAND_MAILBOX_ADD);
  g_assert_cmpstr (added->address, ==, "Beach divide audit clarify");
  g_assert_nonnull (screen_find (preferences, GTK_TYPE_LABEL, "*Looking for the node"));
  event = fake_engine_answer (added);
  fake_engine_emit (event);
  g_assert_null (screen_find (preferences, GTK_TYPE_LABEL, "*Looking for the node"));
  gdk_pixbuf_fill (picture, 0xffffffff);
  gtk_clipboard_set_image (gtk_widget_get_clipboard (entry, GDK_SELECTION_CLIPBOARD), picture);
  g_signal_emit_by_name (entry, "paste-clipboard");
  while (gtk_widget_is_sensitive (button)) /* until it is read; the test's limit ends it */
    g_main_context_iteration (NULL, TRUE);
  while (!screen_dialog (GTK_TYPE_MESSAGE_DIALOG))
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (gtk_widget_is_sensitive (button));
  g_assert_nonnull (screen_find (screen_dialog (GTK_TYPE_MESSAGE_DIALOG), GTK_TYPE_LABEL, "*“"));
  gtk_widget_destroy (screen_dialog (GTK_TYPE_MESSAGE_DIALOG));
  g_assert_null (fake_engine_take (HARK_COMMAND_MAILBOX_ADD));
  gtk_widget_destroy (preferences);
  screen_close (window);
}

static void
say_mailboxes (unsigned n)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MAILBOX);

  event->mailboxes = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_mailbox_info_free);
  for (unsigned i = 0; i < n; i++) {
    HarkMailboxInfo *box = g_new0 (HarkMailboxInfo, 1);

    box->node = true;
    box->name = g_strdup_printf ("node %u", i + 1);
    g_ptr_array_add (event->mailboxes, box);
  }
  fake_engine_emit (event);
  screen_settle ();
}

static GtkAdjustment *
scrolling_of (GtkWidget *preferences, const char *entry)
{
  return gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (
    gtk_widget_get_ancestor (screen_find (preferences, GTK_TYPE_ENTRY, entry), GTK_TYPE_VIEWPORT)));
}

static double
below_view (GtkWidget *preferences, const char *button)
{
  GtkWidget *row = screen_find (preferences, GTK_TYPE_BUTTON, button);
  GtkWidget *view = gtk_widget_get_ancestor (row, GTK_TYPE_VIEWPORT);
  int y;

  gtk_widget_translate_coordinates (row, view, 0, gtk_widget_get_allocated_height (row), NULL, &y);
  return y - gtk_widget_get_allocated_height (view);
}

static void
test_added (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *preferences = open_page (window, HARK_PREFERENCES_NETWORK);
  GtkAdjustment *at = scrolling_of (preferences, "Own mailbox node");
  GtkWidget *entry = screen_find (preferences, GTK_TYPE_ENTRY, "Own mailbox node");
  double seen;

  say_mailboxes (3);
  g_assert_cmpfloat (below_view (preferences, "node 3: Remove"), >, 0);
  gtk_adjustment_set_value (at, gtk_adjustment_get_upper (at)); /* down to the entry */
  gtk_adjustment_set_value (at, gtk_adjustment_get_value (at) - 60);
  seen = gtk_adjustment_get_value (at);
  say_mailboxes (4); /* come without having been asked for */
  g_assert_cmpfloat (gtk_adjustment_get_value (at), ==, seen);
  gtk_entry_set_text (GTK_ENTRY (entry), "hark-node:x");
  gtk_widget_activate (entry);
  say_mailboxes (4); /* one of them is connected, say */
  say_mailboxes (5);
  g_assert_cmpfloat (below_view (preferences, "node 5: Remove"), <=, 0);
  gtk_widget_destroy (preferences);
  screen_close (window);
}

static void
count (void *data)
{
  ++*(unsigned *) data;
}

/* The question is open: @verb answers it. */
static gboolean
on_question (void *data)
{
  GtkWidget *dialog = screen_dialog (GTK_TYPE_MESSAGE_DIALOG);

  if (!dialog)
    return G_SOURCE_CONTINUE;
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_LABEL, "Join the closed network “House <7>”?"));
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_LABEL, "*also looks for people at: tower:4000"));
  screen_click (dialog, data);
  return G_SOURCE_REMOVE;
}

static void
open_file (HarkWindow *window, const char *text, const char *verb, unsigned *joined)
{
  g_autofree char *folder = g_dir_make_tmp ("hark-file-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "house.hark", NULL);
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  HarkEvent *event;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_true (hark_network_file_is (uri));
  hark_network_file_join (GTK_WINDOW (window), screen_client (), uri, count, joined);
  g_unlink (path);
  g_rmdir (folder);
  if (!verb)
    return;
  g_idle_add (on_question, (void *) verb);
  event = fake_engine_answer_to (HARK_COMMAND_SETTINGS);
  event->settings = g_new0 (HarkSettingsState, 1);
  fake_engine_emit (event);
  screen_settle ();
}

static void
test_network_file (void)
{
  static const char good[] = "[Hark Network]\nTitle=House <7>\nNetwork=house\nPeers=tower:4000\n";
  HarkWindow *window = screen_open ();
  g_autoptr (HarkCommand) peer = NULL;
  g_autoptr (HarkCommand) network = NULL;
  unsigned joined = 0;

  g_assert_false (hark_network_file_is ("hark:hk1x"));
  open_file (window, "[Hark Network]\nNetwork=house\nProxy=x\n", NULL, &joined);
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL,
                                 "*says something that this Hark does not understand"));
  open_file (window, good, NULL,
             &joined); /* locked before the engine answered: the next is asked about */
  hark_command_free (fake_engine_take (HARK_COMMAND_SETTINGS));
  open_file (window, good, "_Cancel", &joined);
  g_assert_null (fake_engine_take (HARK_COMMAND_ADD_PEER));
  g_assert_null (fake_engine_take (HARK_COMMAND_NETWORK));
  open_file (window, good, "_Join", &joined);
  peer = fake_engine_take (HARK_COMMAND_ADD_PEER);
  g_assert_cmpstr (peer->name, ==, "tower:4000");
  network = fake_engine_take (HARK_COMMAND_NETWORK);
  g_assert_cmpstr (network->name, ==, "house");
  g_assert_cmpuint (joined, ==, 0);
  fake_engine_emit (fake_engine_answer (network));
  g_assert_cmpuint (joined, ==, 1);
  screen_close (window);
}

static void
test_forget (void)
{
  HarkWindow *window = screen_open ();
  GObject *kept = NULL;

  screen_say (fake_message (1, 1, false, "a secret"));
  screen_say (fake_message (1, 2, true, "another"));
  hark_window_open (window, screen_person (1));
  screen_settle ();
  g_set_weak_pointer (&kept, G_OBJECT (screen_person (1)));
  hark_client_stop (screen_client ());
  hark_client_forget (screen_client ());
  g_assert_null (screen_person (1));
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "*a secret"));
  screen_settle ();
  g_assert_null (kept);
  screen_close (window);
}

static void
on_passphrase (GtkWidget *page, const char *passphrase, const void **ret)
{
  (void) page;
  *ret = passphrase;
}

/* GLib would not wipe what it copies. */
static void
test_passphrase_is_not_copied (void)
{
  static const char *const pages[] = {"unlock", "welcome"};
  HarkWindow *window = screen_open ();
  HarkEntrance *entrance = hark_window_get_entrance (window);
  const void *from = "correct horse";
  const void *got = NULL;

  g_signal_connect (entrance, "unlock", G_CALLBACK (on_passphrase), &got);
  g_signal_connect (entrance, "profile-made", G_CALLBACK (on_passphrase), &got);
  hark_entrance_lock (entrance, NULL);
  hark_entrance_welcome (entrance, "/nonexistent");
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++) {
    GtkWidget *page = gtk_stack_get_child_by_name (GTK_STACK (entrance), pages[i]);

    got = NULL;
    g_signal_emit_by_name (page, i == 0 ? "unlock" : "done", from);
    g_assert_true (got == from);
  }
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/privacy-is-the-engines", test_privacy);
  g_test_add_func ("/settings/switch-turns-with-the-key", test_switch);
  g_test_add_func ("/settings/choices-have-names", test_choices);
  g_test_add_func ("/settings/passphrase-is-set-when-typed-twice", test_passphrase);
  g_test_add_func ("/settings/words-need-the-passphrase", test_words);
  g_test_add_func ("/settings/devices-want-a-new-connection", test_devices);
  g_test_add_func ("/settings/hear-yourself-begins-and-ends", test_echo);
  g_test_add_func ("/settings/network-lists-can-be-changed", test_network);
  g_test_add_func ("/settings/what-was-added-is-scrolled-to", test_added);
  g_test_add_func ("/settings/network-file-is-joined-when-the-user-agrees", test_network_file);
  g_test_add_func ("/settings/mailbox-node-by-link-words-or-code", test_mailbox_node);
  g_test_add_func ("/settings/locking-leaves-nothing-behind", test_forget);
  g_test_add_func ("/settings/are-kept-and-give-way-to-the-command-line", test_kept);
  g_test_add_func ("/settings/autostart-comes-and-goes", test_autostart);
  g_test_add_func ("/welcome/passphrase-is-not-copied", test_passphrase_is_not_copied);
  return g_test_run ();
}
