/* The page about one contact. */
#include "tests/ui/screen.h"
#include "ui/people/person-page.h"

#include <string.h>

#define HOSTILE "\u202egnp.<b>x</b>\u202d &amp;"

static GtkWidget *
label (GtkWidget *root, const char *text)
{
  return screen_find (root, GTK_TYPE_LABEL, text);
}

static HarkCommand *
switch_on (GtkWidget *page, const char *name, HarkCommandKind kind)
{
  GtkWidget *toggle = screen_find (page, GTK_TYPE_SWITCH, name);
  HarkCommand *command;

  g_assert_nonnull (toggle);
  gtk_switch_set_active (GTK_SWITCH (toggle), TRUE);
  command = fake_engine_take (kind);
  g_assert_nonnull (command);
  g_assert_true (command->on);
  g_assert_cmpuint (command->contact[0], ==, 2);
  return command;
}

static void
test_person_page (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *page = hark_person_page_new (GTK_WINDOW (window), screen_client (), screen_person (2));
  g_autoptr (HarkCommand) may = NULL;
  g_autoptr (HarkCommand) rename = NULL;
  g_autoptr (HarkCommand) silence = NULL;
  HarkCommand *command;
  HarkEvent *event;
  GtkWidget *notices;

  gtk_window_present (GTK_WINDOW (page));
  may = switch_on (page, "Take their files", HARK_COMMAND_MAY);
  g_assert_cmpstr (may->how, ==, "give-files");
  event = fake_engine_answer (may);
  event->ok = false;
  event->text = g_strdup ("The disk is full.");
  fake_engine_emit (event);
  g_assert_nonnull (label (page, "The disk is full."));
  command = switch_on (page, "Pinned", HARK_COMMAND_PIN);
  hark_command_free (command);
  command = switch_on (page, "Keep mail for them", HARK_COMMAND_MAILBOX_FOR);
  hark_command_free (command);
  command = switch_on (page, "Ask them to keep my mail", HARK_COMMAND_MAILBOX_ADD);
  hark_command_free (command);

  notices = screen_find (page, GTK_TYPE_COMBO_BOX, "Notices");
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (notices), "never");
  silence = fake_engine_take (HARK_COMMAND_SILENCE);
  g_assert_true (silence && silence->on && silence->before == 0);

  gtk_entry_set_text (GTK_ENTRY (screen_find (page, GTK_TYPE_ENTRY, "Your name for this person")),
                      HOSTILE);
  g_signal_emit_by_name (screen_find (page, GTK_TYPE_ENTRY, "Your name for this person"),
                         "activate");
  rename = fake_engine_take (HARK_COMMAND_RENAME);
  g_assert_cmpstr (rename->name, ==, HOSTILE);

  event = hark_event_new (HARK_EVENT_CONTACT); /* removed elsewhere: nothing is left to show */
  event->person = fake_person (2, "Carol", HARK_PERSON_REMOVED);
  fake_engine_emit (event);
  g_assert_null (screen_dialog (HARK_TYPE_PERSON_PAGE));
  screen_close (window);
}

static void
say_may (uint32_t own, uint32_t hers)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);

  event->person = fake_person (2, "Carol", HARK_PERSON_ACCEPTED);
  event->person->may = hers;
  fake_engine_emit (event);
  event = hark_event_new (HARK_EVENT_PROFILE);
  event->profile = g_new0 (HarkProfile, 1);
  event->profile->may = own;
  fake_engine_emit (event);
}

/* Each contact has a say of their own, but what all are not told nobody is. */
static void
test_person_sees (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *page = hark_person_page_new (GTK_WINDOW (window), screen_client (), screen_person (2));
  g_autoptr (HarkCommand) read = NULL;
  g_autoptr (HarkCommand) typing = NULL;
  g_autoptr (HarkCommand) seen = NULL;
  GtkSwitch *reads, *types, *online;

  gtk_window_present (GTK_WINDOW (page));
  say_may (0, HARK_MAY_NOT_SEE_READ);
  reads = GTK_SWITCH (screen_find (page, GTK_TYPE_SWITCH, "They see what I have read"));
  types = GTK_SWITCH (screen_find (page, GTK_TYPE_SWITCH, "They see while I write"));
  online = GTK_SWITCH (screen_find (page, GTK_TYPE_SWITCH, "They see when I am online"));
  g_assert_false (gtk_switch_get_active (reads));
  g_assert_true (gtk_switch_get_active (types));
  g_assert_null (fake_engine_take (HARK_COMMAND_MAY)); /* shown, not asked for */

  read = switch_on (page, "They see what I have read", HARK_COMMAND_MAY);
  g_assert_cmpstr (read->how, ==, "see-read");
  gtk_switch_set_active (types, FALSE);
  typing = fake_engine_take (HARK_COMMAND_MAY);
  g_assert_cmpstr (typing->how, ==, "see-typing");
  g_assert_true (!typing->on && typing->has_contact && typing->contact[0] == 2);

  say_may (HARK_MAY_NOT_SEE_READ, HARK_MAY_NOT_SEE_TYPING);
  g_assert_true (gtk_switch_get_active (online));
  say_may (HARK_MAY_NOT_SEE_READ, HARK_MAY_NOT_SEE_TYPING | HARK_MAY_NOT_SEE_ONLINE);
  g_assert_false (gtk_switch_get_active (online));
  g_assert_true (gtk_widget_get_sensitive (GTK_WIDGET (online)));
  seen = switch_on (page, "They see when I am online", HARK_COMMAND_MAY);
  g_assert_cmpstr (seen->how, ==, "see-online");
  g_assert_true (seen->on && seen->has_contact && seen->contact[0] == 2);
  g_assert_false (gtk_switch_get_active (reads));
  g_assert_false (gtk_widget_get_sensitive (GTK_WIDGET (reads)));
  g_assert_true (gtk_widget_get_sensitive (GTK_WIDGET (types)));
  g_assert_nonnull (label (page, "Off for all contacts in the preferences"));
  say_may (0, 0);
  g_assert_true (gtk_widget_get_sensitive (GTK_WIDGET (reads)));
  g_assert_true (gtk_switch_get_active (reads));
  g_assert_null (label (page, "Off for all contacts in the preferences"));
  g_assert_null (fake_engine_take (HARK_COMMAND_MAY));
  screen_close (window);
}

static void
refuse (GPtrArray *refused, uint8_t who, int64_t ms, const char *reason)
{
  HarkRefused *one = g_new0 (HarkRefused, 1);

  memset (one->contact, who, sizeof one->contact);
  one->received_ms = ms;
  one->text = g_strdup (HOSTILE);
  one->reason = g_strdup (reason);
  g_ptr_array_add (refused, one);
}

/* Why, how often and when last; of this contact, and without a word of it. */
static void
test_refused (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *page = hark_person_page_new (GTK_WINDOW (window), screen_client (), screen_person (2));
  g_autoptr (HarkCommand) asked = fake_engine_take (HARK_COMMAND_QUARANTINE);
  const int64_t now_ms = g_get_real_time () / 1000;
  HarkEvent *event;

  gtk_window_present (GTK_WINDOW (page));
  g_assert_nonnull (asked);
  g_assert_null (label (page, "Put aside and not shown"));
  event = fake_engine_answer (asked);
  event->refused = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_refused_free);
  refuse (event->refused, 2, 0, "The message is not here.");
  refuse (event->refused, 1, now_ms, "The message is not here.");
  refuse (event->refused, 2, now_ms, "It changes a message that somebody else wrote.");
  refuse (event->refused, 2, now_ms, "The message is not here.");
  fake_engine_emit (event);
  g_assert_nonnull (label (page, "Put aside and not shown"));
  g_assert_nonnull (label (page, "The message is not here.\n2 times, the last one: Today"));
  g_assert_nonnull (label (page, "It changes a message that somebody else wrote.\n1 time: Today"));
  g_assert_null (label (page, "*<b>"));
  screen_close (window);
}

/* Most send nothing of the kind. */
static void
test_nothing_refused (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *page = hark_person_page_new (GTK_WINDOW (window), screen_client (), screen_person (2));
  g_autoptr (HarkCommand) asked = fake_engine_take (HARK_COMMAND_QUARANTINE);
  HarkEvent *event = fake_engine_answer (asked);

  gtk_window_present (GTK_WINDOW (page));
  event->refused = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_refused_free);
  refuse (event->refused, 1, 0, "The message is not here.");
  fake_engine_emit (event);
  g_assert_null (label (page, "Put aside and not shown"));
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/person/page-changes-what-it-says", test_person_page);
  g_test_add_func ("/person/sees-what-neither-all-nor-they-are-not-told", test_person_sees);
  g_test_add_func ("/person/refused-things-are-summed-up", test_refused);
  g_test_add_func ("/person/nothing-refused-is-not-mentioned", test_nothing_refused);
  return g_test_run ();
}
