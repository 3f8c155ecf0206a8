/* Adding people, and the links by which others add us. */
#include "tests/ui/screen.h"
#include "ui/day.h"
#include "ui/people/add-dialog.h"
#include "ui/people/address-dialog.h"
#include "ui/qr-code.h"
#include "ui/warning-bar.h"

#include <string.h>

#define LINK "hark:hk1qpzry9x8gf2tvdw0s3jn54khce6mua7l"
#define NOT_ACCEPTED "They have not accepted your request yet."
#define HOSTILE "\u202egnp.<b>x</b>\u202d &amp;"

static GtkWidget *
label (void *root, const char *text)
{
  return screen_find (GTK_WIDGET (root), GTK_TYPE_LABEL, text);
}

static void
test_invitation (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *dialog = screen_open_dialog (window, "add", HARK_TYPE_ADD_DIALOG);
  GtkWidget *entry = screen_find (dialog, GTK_TYPE_ENTRY, "Address or link");

  gtk_entry_set_text (GTK_ENTRY (entry), "Let us talk: " LINK " Install Hark, and open it.");
  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (entry)), ==, strchr (LINK, ':') + 1);
  g_assert_true (gtk_widget_is_sensitive (screen_find (dialog, GTK_TYPE_BUTTON, "Add")));
  gtk_widget_destroy (dialog);
  screen_close (window);
}

/* Read by another program, which is not there or finds no code: either is said. */
static void
test_pasted_picture (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *dialog = screen_open_dialog (window, "add", HARK_TYPE_ADD_DIALOG);
  GtkWidget *entry = screen_find (dialog, GTK_TYPE_ENTRY, "Address or link");
  GtkWidget *button = screen_find (dialog, GTK_TYPE_BUTTON, "From a Picture of a Code…");
  g_autoptr (GdkPixbuf) picture = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 40, 40);

  gdk_pixbuf_fill (picture, 0xffffffff);
  gtk_clipboard_set_image (gtk_widget_get_clipboard (dialog, GDK_SELECTION_CLIPBOARD), picture);
  g_signal_emit_by_name (entry, "paste-clipboard");
  while (gtk_widget_is_sensitive (button)) /* until it is read; the test's limit ends it */
    g_main_context_iteration (NULL, TRUE);
  while (!gtk_widget_is_sensitive (button))
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (label (dialog, "*“")); /* that program, or the picture */
  g_assert_cmpuint (gtk_entry_get_text_length (GTK_ENTRY (entry)), ==, 0);
  gtk_widget_destroy (dialog);
  screen_close (window);
}

static void
test_here (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *dialog;
  GtkWidget *entry;
  HarkEvent *event;
  g_autoptr (HarkCommand) command = NULL;

  hark_command_free (fake_engine_take (HARK_COMMAND_PEOPLE_HERE)); /* the list's own */
  dialog = screen_open_dialog (window, "add", HARK_TYPE_ADD_DIALOG);
  event = fake_engine_answer_to (HARK_COMMAND_PEOPLE_HERE);
  event->neighbours = g_ptr_array_new ();
  g_ptr_array_add (event->neighbours, fake_neighbour (1, "Bob, a contact", LINK));
  g_ptr_array_add (event->neighbours, fake_neighbour (20, HOSTILE, LINK "q"));
  fake_engine_emit (event);
  g_assert_null (label (dialog, "Bob, a contact"));
  g_assert_nonnull (label (dialog, "\uFFFDgnp.<b>x</b>\uFFFD &amp;"));
  screen_click (dialog, "Choose");
  entry = screen_find (dialog, GTK_TYPE_ENTRY, "Address or link");
  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (entry)), ==, LINK "q");
  gtk_switch_set_active (
    GTK_SWITCH (screen_find (dialog, GTK_TYPE_SWITCH, "Let people on this network see me")), TRUE);
  command = fake_engine_take (HARK_COMMAND_VISIBLE);
  g_assert_true (command && command->on);
  gtk_widget_destroy (dialog);
  screen_close (window);
}

/* The picture in the clipboard is the code of @text: each module is as dark as it should be. */
static void
assert_copied (GtkWidget *dialog, const char *text)
{
  g_autoptr (GdkPixbuf) picture
    = gtk_clipboard_wait_for_image (gtk_widget_get_clipboard (dialog, GDK_SELECTION_CLIPBOARD));
  g_autoptr (HarkQrCode) code = hark_qr_code_new (text);
  const int modules = (int) code->side + 2 * HARK_QR_QUIET;
  int module;

  g_assert_nonnull (picture);
  module = gdk_pixbuf_get_width (picture) / modules;
  g_assert_cmpint (module, >=, 4);
  g_assert_cmpint (gdk_pixbuf_get_width (picture), ==, modules * module);
  g_assert_cmpint (gdk_pixbuf_get_height (picture), ==, modules * module);
  for (int row = 0; row < modules; row++)
    for (int column = 0; column < modules; column++) {
      const guint8 *pixel = gdk_pixbuf_read_pixels (picture)
                            + (row * module + module / 2) * gdk_pixbuf_get_rowstride (picture)
                            + (column * module + module / 2) * gdk_pixbuf_get_n_channels (picture);
      const bool dark = hark_qr_code_is_dark (code, row - HARK_QR_QUIET, column - HARK_QR_QUIET);

      g_assert_cmpuint (pixel[0], ==, dark ? 0 : 255);
    }
}

static GtkWidget *
popover_of (GtkWidget *root, const char *name)
{
  GtkWidget *button = screen_find (root, GTK_TYPE_MENU_BUTTON, name);

  return GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (button)));
}

static void
test_links (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *dialog = screen_open_dialog (window, "address", HARK_TYPE_ADDRESS_DIALOG);
  g_autofree char *copied = NULL;
  HarkEvent *event = fake_engine_answer_to (HARK_COMMAND_ADDRESS);
  g_autoptr (HarkCommand) command = NULL;

  event->address = g_strdup (LINK + strlen ("hark:"));
  fake_engine_emit (event);
  event = fake_engine_answer_to (HARK_COMMAND_ADDRESSES);
  event->addresses = g_ptr_array_new ();
  g_ptr_array_add (event->addresses, fake_address ("hk1first", "", false));
  g_ptr_array_add (event->addresses, fake_address ("hk1second", "Grace", true));
  fake_engine_emit (event);
  g_assert_nonnull (label (dialog, "*Grace\nonce, until"));
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_BUTTON, "Revoke Grace"));
  screen_click (dialog, "Show Grace");
  screen_click (dialog, "Copy Invitation");
  copied = gtk_clipboard_wait_for_text (gtk_widget_get_clipboard (dialog, GDK_SELECTION_CLIPBOARD));
  g_assert_nonnull (strstr (copied, "hark:hk1second\n"));
  g_assert_nonnull (strstr (copied, "works once"));
  screen_click (dialog, "Copy Picture");
  assert_copied (dialog, "hark:hk1second");
  screen_click (dialog, "Rename Grace");
  gtk_entry_set_text (GTK_ENTRY (screen_find (popover_of (dialog, "Rename Grace"), GTK_TYPE_ENTRY,
                                              "Who the link is for")),
                      " Grace H. ");
  screen_click (popover_of (dialog, "Rename Grace"), "_Save");
  command = fake_engine_take (HARK_COMMAND_LABEL);
  g_assert_cmpstr (command->address, ==, "hk1second");
  g_assert_cmpstr (command->text, ==, "Grace H.");
  fake_engine_emit (fake_engine_answer (command));
  event = fake_engine_answer_to (HARK_COMMAND_ADDRESSES);
  event->addresses = g_ptr_array_new ();
  g_ptr_array_add (event->addresses, fake_address ("hk1second", "Grace H.", true));
  fake_engine_emit (event);
  g_assert_nonnull (label (dialog, "*Grace H.\nonce, until"));
  g_assert_nonnull (label (dialog, "For Grace H. alone: works once, within 30 days."));
  g_clear_pointer (&command, hark_command_free);
  screen_click (dialog, "New Link");
  command = fake_engine_take (HARK_COMMAND_ADDRESS);
  g_assert_true (command && !command->one_time);
  gtk_widget_destroy (dialog);
  screen_close (window);
}

/* What tells which of them a button is of is one sentence, in which a name of the other direction
 * moves nothing about. */
static void
test_link_names (void)
{
  static const char *const verbs[] = {"Rename", "Show", "Revoke"};
  HarkWindow *window = screen_open ();
  GtkWidget *dialog = screen_open_dialog (window, "address", HARK_TYPE_ADDRESS_DIALOG);
  HarkEvent *event = fake_engine_answer_to (HARK_COMMAND_ADDRESS);

  event->address = g_strdup (LINK + strlen ("hark:"));
  fake_engine_emit (event);
  event = fake_engine_answer_to (HARK_COMMAND_ADDRESSES);
  event->addresses = g_ptr_array_new ();
  g_ptr_array_add (event->addresses, fake_address ("hk1second", "سعاد", true));
  fake_engine_emit (event);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++) {
    g_autofree char *spoken = g_strconcat (verbs[i], " \u200e\u2068سعاد\u2069", NULL);

    g_assert_nonnull (screen_find (dialog, GTK_TYPE_BUTTON, spoken));
  }
  gtk_widget_destroy (dialog);
  screen_close (window);
}

static void
give_invite (int64_t ends_ms)
{
  HarkEvent *event = fake_engine_answer_to (HARK_COMMAND_ADDRESSES);
  HarkOwnAddress *address = fake_address ("hk1second", "Grace", true);

  address->ends_ms = ends_ms;
  event->addresses = g_ptr_array_new ();
  g_ptr_array_add (event->addresses, address);
  fake_engine_emit (event);
}

/* One is over by its date: it came to that, or the clock did, which was wrong when it was made. */
static void
test_links_end (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *dialog = screen_open_dialog (window, "address", HARK_TYPE_ADDRESS_DIALOG);
  const int64_t now_ms = g_get_real_time () / 1000;
  HarkEvent *event = fake_engine_answer_to (HARK_COMMAND_ADDRESS);

  event->address = g_strdup (LINK + strlen ("hark:"));
  fake_engine_emit (event);
  give_invite (now_ms + 60000);
  g_assert_nonnull (label (dialog, "*Grace\nonce, until"));
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_BUTTON, "Show Grace"));
  g_setenv ("TZ", "Pacific/Kiritimati", TRUE); /* 14 hours ahead, as if the clock were set */
  hark_day_look ();
  give_invite (now_ms - 400 * INT64_C (86400000));
  g_setenv ("TZ", "UTC", TRUE);
  g_assert_nonnull (label (dialog, "*Grace\nno longer valid since "));
  g_assert_null (screen_find (dialog, GTK_TYPE_BUTTON, "Show Grace"));
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_BUTTON, "Revoke Grace"));
  gtk_widget_destroy (dialog);
  screen_close (window);
}

/* It is no second request, and no dead end: the conversation is there. */
static void
test_known (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *dialog = screen_open_dialog (window, "add", HARK_TYPE_ADD_DIALOG);
  HarkEvent *event;

  gtk_entry_set_text (GTK_ENTRY (screen_find (dialog, GTK_TYPE_ENTRY, "Address or link")), LINK);
  screen_click (dialog, "Add");
  event = fake_engine_answer_to (HARK_COMMAND_ADD);
  event->ok = false;
  event->code = g_strdup ("exists");
  event->text = g_strdup ("This person is a contact already.");
  memset (event->account, 2, sizeof event->account);
  fake_engine_emit (event);
  screen_settle ();
  g_assert_null (screen_dialog (HARK_TYPE_ADD_DIALOG));
  g_assert_nonnull (label (window, "Carol is a contact of yours already."));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message"));
  screen_close (window);
}

static void
tell_of_dan (HarkPersonStatus status)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);

  event->person = fake_person (3, "Dan", status);
  event->person->reason = g_strdup (status == HARK_PERSON_ASKED ? "Dan has not accepted yet."
                                                                : "Dan's Hark is not online.");
  fake_engine_emit (event);
}

static void
refuse_call (uint8_t person)
{
  HarkEvent *event;

  hark_client_send_to (screen_client (), HARK_COMMAND_CALL, screen_person (person));
  event = fake_engine_answer_to (HARK_COMMAND_CALL);
  event->ok = false;
  event->code = g_strdup ("not-accepted");
  event->text = g_strdup (NOT_ACCEPTED);
  memset (event->account, person, sizeof event->account);
  fake_engine_emit (event);
}

static GtkWidget *
warning_of (HarkWindow *window)
{
  GtkWidget *words = label (window, NOT_ACCEPTED);

  return words ? gtk_widget_get_ancestor (words, HARK_TYPE_WARNING_BAR) : NULL;
}

/* What was said because somebody had not accepted goes when they do: of them, and of nobody else.
 */
static void
test_acceptance (void)
{
  HarkWindow *window = screen_open ();
  HarkMessage *message = fake_message (3, 1, true, "Hello");
  HarkEvent *event;
  HarkMessageItem *row;

  tell_of_dan (HARK_PERSON_ASKED);
  hark_window_open (window, screen_person (3));
  message->state = HARK_STATE_QUEUED;
  screen_say (message);
  row = hark_person_item_get_last (screen_person (3));
  event = hark_event_new (HARK_EVENT_MESSAGE_STATE);
  event->message = hark_message_copy (hark_message_item_get (row));
  event->reason = g_strdup ("Dan has not accepted yet; the message will go out when that happens.");
  fake_engine_emit (event);
  g_assert_nonnull (hark_message_item_get_reason (row));
  refuse_call (3);
  g_assert_true (gtk_info_bar_get_revealed (GTK_INFO_BAR (warning_of (window))));
  tell_of_dan (HARK_PERSON_ASKED);
  g_assert_true (gtk_info_bar_get_revealed (GTK_INFO_BAR (warning_of (window))));
  tell_of_dan (HARK_PERSON_ACCEPTED);
  g_assert_true (!warning_of (window)
                 || !gtk_info_bar_get_revealed (GTK_INFO_BAR (warning_of (window))));
  g_assert_null (hark_message_item_get_reason (row));
  refuse_call (2);
  tell_of_dan (HARK_PERSON_ASKED);
  tell_of_dan (HARK_PERSON_ACCEPTED);
  g_assert_true (gtk_info_bar_get_revealed (GTK_INFO_BAR (warning_of (window))));
  screen_close (window);
}

static void
test_request_origin (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_REQUEST);

  event->person = fake_person (3, "Dan", HARK_PERSON_REQUEST);
  event->person->via = g_strdup ("chess club");
  event->person->resembles = g_strdup ("Dаn");
  fake_engine_emit (event);
  g_assert_nonnull (label (window, "*Came by your address “chess club”."));
  g_assert_nonnull (label (window, "*but this is somebody else"));
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/people/request-says-by-which-address", test_request_origin);
  g_test_add_func ("/people/acceptance-ends-what-waited-for-it", test_acceptance);
  g_test_add_func ("/add/link-is-found-in-an-invitation", test_invitation);
  g_test_add_func ("/add/copied-picture-of-a-code-is-read", test_pasted_picture);
  g_test_add_func ("/add/people-here-are-chosen-by-a-harmless-name", test_here);
  g_test_add_func ("/links/are-listed-shown-and-copied", test_links);
  g_test_add_func ("/add/who-is-a-contact-already-is-opened", test_known);
  g_test_add_func ("/links/buttons-are-named-in-a-sentence", test_link_names);
  g_test_add_func ("/links/say-when-they-ended", test_links_end);
  return g_test_run ();
}
