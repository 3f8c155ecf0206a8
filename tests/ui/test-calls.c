/* Calls in the window: one, two at once, with their conversation open or not. */
#include "tests/ui/fake-history.h"
#include "tests/ui/screen.h"
#include "ui/calls/low-view.h"
#include "ui/calls/past-calls.h"
#include "ui/chat/conversation.h"
#include "ui/settings/settings.h"

#include <string.h>

static GtkWidget *
label (HarkWindow *window, const char *text)
{
  return screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, text);
}

static GtkWidget *
button (HarkWindow *window, const char *text)
{
  return screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, text);
}

/* Between us and the person @n, whose number is the call's as well. */
static HarkCall *
new_call (uint8_t n, HarkCallPhase phase)
{
  HarkCall *call = g_new0 (HarkCall, 1);

  call->id = n;
  memset (call->contact, n, HARK_ACCOUNT_LEN);
  call->phase = phase;
  return call;
}

static void
emit (HarkCall *call)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CALL);

  event->call = call;
  fake_engine_emit (event);
}

static void
emit_reason (uint8_t n, HarkCallPhase phase, const char *reason)
{
  HarkCall *call = new_call (n, phase);

  call->reason = g_strdup (reason);
  emit (call);
}

static void
emit_held (uint8_t n)
{
  HarkCall *call = new_call (n, HARK_HELD);

  call->held_here = true;
  call->reason = g_strdup ("You put the call on hold.");
  emit (call);
}

static void
emit_stats (uint8_t n, bool speaking, const char *advice)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CALL_STATS);

  event->call_stats = g_new0 (HarkCallStats, 1);
  event->call_stats->call = n;
  event->call_stats->rtt_ms = 40;
  event->call_stats->loss_in = advice ? 0.06 : 0;
  event->call_stats->path = HARK_PATH_LAN;
  event->call_stats->speaking = speaking;
  event->reason = g_strdup (advice);
  fake_engine_emit (event);
}

static void
check_command (HarkCommandKind kind, uint64_t call)
{
  g_autoptr (HarkCommand) command = fake_engine_take (kind);

  g_assert_nonnull (command);
  g_assert_cmpuint (command->call, ==, call);
}

/* ---- one ---- */

static void
test_ring (void)
{
  HarkWindow *window = screen_open ();

  emit_reason (2, HARK_RINGING, NULL);
  g_assert_nonnull (label (window, "Carol is calling"));
  screen_click (GTK_WIDGET (window), "Answer");
  check_command (HARK_COMMAND_ANSWER, 2);
  emit_reason (2, HARK_ACTIVE, NULL);
  g_assert_nonnull (label (window, "*Carol, 0:0"));
  g_assert_nonnull (button (window, "Microphone and speaker")); /* the conversation was opened */
  screen_click (GTK_WIDGET (window), "Hang Up");
  check_command (HARK_COMMAND_HANGUP, 2);
  emit_reason (2, HARK_ENDED, "You hung up");
  g_assert_nonnull (label (window, "*You hung up"));
  g_assert_null (button (window, "Call Back"));
  screen_close (window);
}

static void
log_call (uint64_t position, HarkSendState state, uint64_t length_ms)
{
  HarkMessage *message = fake_message (2, position, false, "");

  message->type = HARK_MESSAGE_IS_CALL;
  message->state = state;
  message->ref = length_ms;
  screen_say (message);
}

static void
test_unread (void)
{
  HarkWindow *window = screen_open ();

  log_call (1, HARK_STATE_READ, 30000);
  g_assert_cmpuint (hark_person_item_get_unread (screen_person (2)), ==, 0);
  log_call (2, HARK_STATE_DELIVERED, 0);
  g_assert_cmpuint (hark_person_item_get_unread (screen_person (2)), ==, 1);
  screen_close (window);
}

/* However much there is to say of a call, the list stays beside it: by these widths it is folded
 * away. */
static void
test_list_stays (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *page;
  int quiet, talking;

  hark_window_open (window, screen_person (2));
  page = gtk_widget_get_ancestor (button (window, "Attach files"), HARK_TYPE_CONVERSATION);
  gtk_widget_get_preferred_width (page, NULL, &quiet);
  emit_reason (2, HARK_ACTIVE, NULL);
  emit_stats (2, false, "6 % of their voice is lost on the way to you.");
  screen_settle ();
  g_assert_nonnull (button (window, "Hang Up"));
  gtk_widget_get_preferred_width (page, NULL, &talking);
  g_assert_cmpint (talking, <=, MAX (quiet, 400));
  screen_close (window);
}

static void
test_elsewhere (void)
{
  HarkWindow *window = screen_open ();

  emit_reason (2, HARK_ACTIVE, NULL);
  hark_window_open (window, screen_person (1));
  g_assert_nonnull (label (window, "*Carol, 0:0"));
  g_assert_null (button (window, "Microphone and speaker"));
  screen_click (GTK_WIDGET (window), "Mute the microphone");
  check_command (HARK_COMMAND_MUTE, 2);
  gtk_button_clicked (
    GTK_BUTTON (gtk_widget_get_ancestor (label (window, "*Carol, 0:0"), GTK_TYPE_BUTTON)));
  g_assert_nonnull (button (window, "Microphone and speaker"));
  screen_close (window);
}

/* In one column, where who looks for somebody sees the list alone. */
static void
test_beside_search (void)
{
  HarkWindow *window = screen_open ();
  GActionGroup *actions = G_ACTION_GROUP (window);

  gtk_window_resize (GTK_WINDOW (window), 360, 640);
  while (!hdy_leaflet_get_folded (HDY_LEAFLET (hark_window_get_columns (window))))
    screen_settle ();
  hark_window_open (window, screen_person (2));
  emit_reason (2, HARK_ACTIVE, NULL);
  g_assert_nonnull (button (window, "Microphone and speaker"));
  g_assert_null (gtk_widget_get_ancestor (label (window, "*Carol, 0:0"), GTK_TYPE_BUTTON));
  g_action_group_activate_action (actions, "jump", NULL);
  g_assert_null (button (window, "Microphone and speaker"));
  g_assert_nonnull (gtk_widget_get_ancestor (label (window, "*Carol, 0:0"), GTK_TYPE_BUTTON));
  screen_click (GTK_WIDGET (window), "Hang Up");
  check_command (HARK_COMMAND_HANGUP, 2);
  screen_close (window);
}

static void
test_quality (void)
{
  HarkWindow *window = screen_open ();
  HarkCall *call = new_call (2, HARK_ACTIVE);

  hark_window_open (window, screen_person (2));
  emit_reason (2, HARK_ACTIVE, NULL);
  emit_stats (2, true, "6 % of their voice is lost on the way to you.");
  g_assert_nonnull (label (window, "*Fair connection: 40 ms"));
  g_assert_nonnull (label (window, "*Within your network"));
  g_assert_nonnull (label (window, "6 % of their voice is lost on the way to you."));
  g_assert_null (label (window, "You are muted: they do not hear you."));
  call->muted = true;
  emit (call);
  emit_stats (2, true, NULL);
  g_assert_nonnull (label (window, "You are muted: they do not hear you."));
  g_assert_nonnull (button (window, "Unmute the microphone"));
  emit_reason (2, HARK_HELD, "The connection is lost; trying to get it back.");
  g_assert_nonnull (label (window, "*The connection is lost; trying to get it back."));
  hark_window_open (window, screen_person (1));
  emit_stats (2, false, "6 % of their voice is lost on the way to you."); /* nobody is heard */
  g_assert_nonnull (label (window, "*The connection is lost; trying to get it back."));
  g_assert_null (label (window, "6 % of their voice is lost on the way to you."));
  screen_close (window);
}

static void
test_missed (void)
{
  HarkWindow *window = screen_open ();
  HarkCall *call = new_call (2, HARK_ENDED);
  g_autoptr (HarkCommand) again = NULL;
  g_autoptr (HarkCommand) record = NULL;

  emit_reason (2, HARK_RINGING, NULL);
  emit_reason (2, HARK_ENDED, "Missed call");
  g_assert_nonnull (label (window, "Missed call from Carol"));
  screen_click (GTK_WIDGET (window), "Call Back");
  again = fake_engine_take (HARK_COMMAND_CALL);
  g_assert_nonnull (again);
  g_assert_true (memcmp (again->contact, call->contact, HARK_ACCOUNT_LEN) == 0);
  call->id = 9;
  call->outgoing = call->unanswered = true;
  call->reason = g_strdup ("No answer");
  emit (call);
  g_assert_nonnull (button (window, "Call Again"));
  screen_click (GTK_WIDGET (window), "Leave a Voice Message");
  record = fake_engine_take (HARK_COMMAND_RECORD);
  g_assert_nonnull (record);
  g_assert_cmpstr (record->how, ==, "start");
  screen_close (window);
}

static void
test_declined (void)
{
  HarkWindow *window = screen_open ();

  emit_reason (2, HARK_RINGING, NULL);
  screen_click (GTK_WIDGET (window), "Decline");
  check_command (HARK_COMMAND_HANGUP, 2);
  emit_reason (2, HARK_ENDED, "You declined the call");
  g_assert_null (button (window, "Call Back"));
  screen_close (window);
}

static void
test_row (void)
{
  HarkWindow *window = screen_open ();
  HarkMessage *row = fake_message (2, 1, false, "");
  g_autoptr (HarkCommand) again = NULL;

  row->type = HARK_MESSAGE_IS_CALL;
  hark_window_open (window, screen_person (2));
  screen_say (row);
  g_assert_nonnull (label (window, "Missed call"));
  g_assert_nonnull (button (window, "Leave a Voice Message"));
  screen_click (GTK_WIDGET (window), "Call Back");
  again = fake_engine_take (HARK_COMMAND_CALL);
  g_assert_nonnull (again);
  screen_close (window);
}

static void
count_back (GtkWidget *widget, void *count)
{
  if (GTK_IS_BUTTON (widget) && gtk_widget_is_visible (widget)
      && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), "Call Back") == 0)
    ++*(unsigned *) count;
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), count_back, count);
}

/* Its conversation is open: the row offers what the line above would offer as well. */
static void
test_offered_once (void)
{
  HarkWindow *window = screen_open ();
  HarkMessage *row = fake_message (2, 1, false, "");
  unsigned count = 0;

  row->type = HARK_MESSAGE_IS_CALL;
  hark_window_open (window, screen_person (2));
  emit_reason (2, HARK_RINGING, NULL);
  emit_reason (2, HARK_ENDED, "Missed call");
  screen_say (row);
  g_assert_nonnull (label (window, "Missed call from Carol"));
  count_back (GTK_WIDGET (window), &count);
  g_assert_cmpuint (count, ==, 1);
  screen_close (window);
}

/* ---- two ---- */

static void
test_second (void)
{
  HarkWindow *window = screen_open ();

  hark_window_open (window, screen_person (2));
  emit_reason (2, HARK_ACTIVE, NULL);
  emit_reason (1, HARK_RINGING, NULL);
  g_assert_nonnull (label (window, "*Carol, 0:0"));
  g_assert_nonnull (label (window, "Bob is calling"));
  g_assert_nonnull (label (window, "*your call with Carol is put on hold."));
  screen_click (GTK_WIDGET (window), "Hold and Answer");
  check_command (HARK_COMMAND_ANSWER, 1);
  emit_held (2);
  emit_reason (1, HARK_ACTIVE, NULL);
  g_assert_nonnull (label (window, "*Bob, 0:0"));
  g_assert_nonnull (label (window, "*You put the call on hold."));
  screen_click (GTK_WIDGET (window), "*Swap: talk to Carol");
  check_command (HARK_COMMAND_UNHOLD, 2);
  emit_held (1);
  emit_reason (2, HARK_ACTIVE, NULL);
  g_assert_nonnull (button (window, "*Swap: talk to Bob"));
  emit_reason (1, HARK_ENDED, "They hung up");
  g_assert_null (button (window, "*Swap"));
  screen_click (GTK_WIDGET (window), "Put the call on hold");
  check_command (HARK_COMMAND_HOLD, 2);
  emit_held (2);
  screen_click (GTK_WIDGET (window), "Take the call back");
  check_command (HARK_COMMAND_UNHOLD, 2);
  screen_close (window);
}

/* Whether what declines the second call stands below the words about it. */
static bool
is_below (HarkWindow *window)
{
  GtkAllocation words, decline;

  gtk_widget_get_allocation (label (window, "Bob is calling"), &words);
  gtk_widget_get_allocation (button (window, "Decline"), &decline);
  return decline.y >= words.y + words.height;
}

/* Waits for frames; what never comes is the end of the test's time. */
static void
test_second_beside (void)
{
  HarkWindow *window = screen_open ();

  gtk_window_resize (GTK_WINDOW (window), 1000, 640);
  emit_reason (2, HARK_ACTIVE, NULL);
  emit_reason (1, HARK_RINGING, NULL);
  while (is_below (window))
    screen_settle ();
  gtk_window_resize (GTK_WINDOW (window), 360, 640);
  while (!is_below (window))
    screen_settle ();
  screen_close (window);
}

static void
test_decline_second (void)
{
  HarkWindow *window = screen_open ();

  emit_reason (2, HARK_ACTIVE, NULL);
  emit_reason (1, HARK_RINGING, NULL);
  screen_click (GTK_WIDGET (window), "Decline");
  check_command (HARK_COMMAND_HANGUP, 1);
  emit_reason (1, HARK_ENDED, "You declined the call");
  g_assert_null (label (window, "*declined"));
  g_assert_nonnull (label (window, "*Carol, 0:0"));
  screen_close (window);
}

/* ---- of groups ---- */

static void
emit_group_call (HarkGroupCallPhase phase)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP_CALL);
  HarkGroupCallPerson *person = g_new0 (HarkGroupCallPerson, 1);

  event->group_call = g_new0 (HarkGroupCall, 1);
  memset (event->group_call->group, 9, HARK_MESSAGE_ID_LEN);
  event->group_call->phase = phase;
  event->group_call->people = hark_group_call_people_new ();
  memset (person->account, 2, sizeof person->account);
  person->name = g_strdup ("Carol\n<b>"); /* shown as a line */
  person->volume = 100;
  person->muted = true;
  g_ptr_array_add (event->group_call->people, person);
  fake_engine_emit (event);
}

static void
emit_group_line (double loss, const char *advice)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP_STATS);
  HarkGroupLine *line = g_new0 (HarkGroupLine, 1);

  memset (event->of_group, 9, HARK_MESSAGE_ID_LEN);
  memset (line->account, 2, sizeof line->account);
  line->stats = (HarkCallStats){.rtt_ms = 40, .loss_in = loss, .path = HARK_PATH_LAN};
  line->advice = g_strdup (advice);
  event->lines = hark_group_lines_new ();
  g_ptr_array_add (event->lines, line);
  fake_engine_emit (event);
}

static HarkPersonItem *
screen_group (uint8_t n)
{
  uint8_t account[HARK_ACCOUNT_LEN] = {0};

  memset (account, n, HARK_MESSAGE_ID_LEN);
  return hark_client_find (screen_client (), account);
}

static void
test_group (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP);
  g_autoptr (HarkCommand) begin = NULL;
  g_autoptr (HarkCommand) join = NULL;
  g_autoptr (HarkCommand) leave = NULL;
  g_autofree char *tip = NULL;
  GtkWidget *light, *tile;

  event->group = fake_group (9, "Choir", HARK_GROUP_IS_JOINED);
  fake_engine_emit (event);
  hark_window_open (window, screen_group (9));
  screen_click (GTK_WIDGET (window), "Call Choir");
  begin = fake_engine_take (HARK_COMMAND_GROUP_CALL);
  g_assert_nonnull (begin);
  g_assert_cmpuint (begin->group[0], ==, 9);
  emit_group_call (HARK_GROUP_CALL_ON);
  g_assert_nonnull (button (window, "Join"));
  hark_window_open (window, screen_person (1));
  g_assert_null (button (window, "Join")); /* its conversation is not open, and it does not ring */
  emit_group_call (HARK_GROUP_CALL_JOINED);
  g_assert_nonnull (label (window, "*Choir"));
  g_assert_nonnull (label (window, "Carol <b>"));
  g_assert_nonnull (label (window, "Muted"));
  tile = label (window, "Carol <b>");
  emit_group_call (HARK_GROUP_CALL_JOINED);
  g_assert_true (tile == label (window, "Carol <b>")); /* with the volume that is being set */
  g_assert_nonnull (button (window, "*How loud you hear"));
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_IMAGE, "Quality of the connection"));
  emit_group_line (0.06, "6 % of their voice is lost on the way to you.");
  light = screen_find (GTK_WIDGET (window), GTK_TYPE_IMAGE, "Quality of the connection");
  g_assert_nonnull (light);
  tip = gtk_widget_get_tooltip_text (light);
  g_assert_cmpstr (tip, ==, "Fair connection: 40 ms round trip, 6.0 % lost · Within your network");
  g_assert_nonnull (label (window, "Muted")); /* what they do goes before how it sounds */
  emit_group_call (HARK_GROUP_CALL_HELD);
  screen_click (GTK_WIDGET (window), "Resume");
  join = fake_engine_take (HARK_COMMAND_GROUP_CALL_JOIN);
  g_assert_nonnull (join);
  g_assert_cmpuint (join->group[0], ==, 9);
  screen_click (GTK_WIDGET (window), "Leave the Call");
  leave = fake_engine_take (HARK_COMMAND_GROUP_CALL_LEAVE);
  g_assert_nonnull (leave);
  emit_group_call (HARK_GROUP_CALL_OVER);
  g_assert_null (button (window, "Leave the Call"));
  screen_close (window);
}

/* Names of who was in it are not even among the widgets that do not show. */
static void
test_group_locked (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP);
  GtkWidget *tile;

  event->group = fake_group (9, "Choir", HARK_GROUP_IS_JOINED);
  fake_engine_emit (event);
  emit_group_call (HARK_GROUP_CALL_JOINED);
  tile = label (window, "Carol <b>");
  g_assert_nonnull (tile);
  g_object_add_weak_pointer (G_OBJECT (tile), (gpointer *) &tile);
  hark_client_stop (screen_client ());
  hark_client_forget (screen_client ());
  g_assert_null (tile);
  screen_close (window);
}

/* ---- devices ---- */

static HarkSoundDevice *
new_device (const char *name, const char *text, bool is_mic)
{
  HarkSoundDevice *device = g_new0 (HarkSoundDevice, 1);

  device->name = g_strdup (name);
  device->text = g_strdup (text);
  device->is_mic = is_mic;
  return device;
}

static void
answer_devices (void)
{
  g_autoptr (HarkCommand) ask = fake_engine_take (HARK_COMMAND_DEVICES);
  HarkEvent *event;

  g_assert_nonnull (ask);
  event = fake_engine_answer (ask);
  event->devices = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_sound_device_free);
  g_ptr_array_add (event->devices, new_device ("pulse:headset", "Headset <b>", true));
  g_ptr_array_add (event->devices, new_device ("pulse:box", "Loudspeaker", false));
  event->chosen = g_new0 (HarkSound, 1);
  event->chosen->mic = g_strdup ("pulse");
  event->chosen->speaker = g_strdup ("pulse:gone");
  fake_engine_emit (event);
}

static void
test_devices (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *popover, *mic, *speaker;
  g_autoptr (HarkCommand) choose = NULL;

  hark_window_open (window, screen_person (2));
  emit_reason (2, HARK_ACTIVE, NULL);
  screen_click (GTK_WIDGET (window), "Microphone and speaker");
  popover = GTK_WIDGET (
    gtk_menu_button_get_popover (GTK_MENU_BUTTON (button (window, "Microphone and speaker"))));
  answer_devices ();
  mic = screen_find (popover, GTK_TYPE_COMBO_BOX, "Microphone");
  speaker = screen_find (popover, GTK_TYPE_COMBO_BOX, "Speaker");
  g_assert_cmpstr (gtk_combo_box_get_active_id (GTK_COMBO_BOX (mic)), ==, "pulse");
  g_assert_cmpstr (gtk_combo_box_get_active_id (GTK_COMBO_BOX (speaker)), ==, "pulse:gone");
  g_assert_null (fake_engine_take (HARK_COMMAND_DEVICE)); /* nobody has chosen */
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (mic), "pulse:headset");
  choose = fake_engine_take (HARK_COMMAND_DEVICE);
  g_assert_nonnull (choose);
  g_assert_cmpstr (choose->mic, ==, "pulse:headset");
  g_assert_null (choose->speaker);
  screen_close (window);
}

static void
emit_volume (unsigned volume)
{
  HarkCall *call = new_call (2, HARK_ACTIVE);

  call->volume = volume;
  emit (call);
}

/* The slider is where the user moves it, until the engine has answered all of that. */
static void
test_volume (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *popover, *slider;
  g_autoptr (HarkCommand) first = NULL;
  g_autoptr (HarkCommand) second = NULL;
  HarkEvent *refused;

  hark_window_open (window, screen_person (2));
  emit_volume (70);
  screen_click (GTK_WIDGET (window), "Microphone and speaker");
  popover = GTK_WIDGET (
    gtk_menu_button_get_popover (GTK_MENU_BUTTON (button (window, "Microphone and speaker"))));
  slider = screen_find (popover, GTK_TYPE_SCALE, "*How loud you hear");
  g_assert_nonnull (slider);
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (slider)), ==, 70);
  g_assert_null (fake_engine_take (HARK_COMMAND_CALL_VOLUME)); /* nobody moved it */

  gtk_range_set_value (GTK_RANGE (slider), 150);
  gtk_range_set_value (GTK_RANGE (slider), 160);
  first = fake_engine_take (HARK_COMMAND_CALL_VOLUME);
  second = fake_engine_take (HARK_COMMAND_CALL_VOLUME);
  g_assert_cmpuint (first->call, ==, 2);
  g_assert_cmpuint (first->limit, ==, 150);
  g_assert_cmpuint (second->limit, ==, 160);
  emit_volume (150);
  fake_engine_emit (fake_engine_answer (first));
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (slider)), ==, 160);
  refused = fake_engine_answer (second);
  refused->ok = false;
  refused->text = g_strdup ("The call is not in a state for this.");
  fake_engine_emit (refused);
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (slider)), ==, 150);
  emit_volume (40);
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (slider)), ==, 40);
  g_assert_null (fake_engine_take (HARK_COMMAND_CALL_VOLUME));
  g_assert_nonnull (strstr (atk_object_get_name (gtk_widget_get_accessible (slider)), "Carol"));
  emit (new_call (2, HARK_ENDED));
  g_assert_null (strstr (atk_object_get_name (gtk_widget_get_accessible (slider)), "Carol"));
  screen_close (window);
}

/* Of many people, or of few in large text: it scrolls and leaves room for the conversation. */
static void
test_low (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *content = gtk_label_new (NULL);
  GtkWidget *view = hark_low_view_new (content);
  int least, natural;

  gtk_widget_show_all (view);
  g_object_ref_sink (view);
  gtk_widget_set_size_request (content, 100, 2000);
  gtk_widget_get_preferred_height_for_width (view, 300, &least, &natural);
  g_assert_cmpint (least, ==, HARK_LOW_VIEW_PX_MIN);
  g_assert_cmpint (natural, ==, HARK_LOW_VIEW_PX_MAX);
  gtk_widget_set_size_request (content, 100, 30);
  gtk_widget_get_preferred_height_for_width (view, 300, &least, &natural);
  g_assert_cmpint (natural, ==, 30);
  g_object_unref (view);
  screen_close (window);
}

/* ---- push to talk ---- */

static bool
key (HarkWindow *window, GdkEventType type, guint value)
{
  g_autoptr (GdkEvent) event = gdk_event_new (type);
  gboolean taken = FALSE;

  event->key.window = g_object_ref (gtk_widget_get_window (GTK_WIDGET (window)));
  event->key.keyval = value;
  gdk_event_set_device (event, gdk_seat_get_keyboard (gdk_display_get_default_seat (
                                 gtk_widget_get_display (GTK_WIDGET (window)))));
  g_signal_emit_by_name (window, type == GDK_KEY_PRESS ? "key-press-event" : "key-release-event",
                         event, &taken);
  return taken;
}

static void
emit_muted (uint8_t n, bool muted)
{
  HarkCall *call = new_call (n, HARK_ACTIVE);

  call->muted = muted;
  emit (call);
}

static void
check_none (HarkCommandKind kind)
{
  g_autoptr (HarkCommand) command = fake_engine_take (kind);

  g_assert_null (command);
}

static void
test_talk_key (void)
{
  HarkWindow *window = screen_open ();

  emit_muted (2, true);
  gtk_window_set_focus (GTK_WINDOW (window), NULL);
  key (window, GDK_KEY_PRESS, GDK_KEY_space); /* nobody chose one */
  check_none (HARK_COMMAND_UNMUTE);
  hark_settings_set_text (hark_settings_get (), HARK_SET_TALK_KEY, "space");
  g_assert_true (key (window, GDK_KEY_PRESS, GDK_KEY_space));
  check_command (HARK_COMMAND_UNMUTE, 2);
  emit_muted (2, false);
  g_assert_true (key (window, GDK_KEY_PRESS, GDK_KEY_space)); /* it repeats */
  check_none (HARK_COMMAND_UNMUTE);
  g_assert_true (key (window, GDK_KEY_RELEASE, GDK_KEY_space));
  check_command (HARK_COMMAND_MUTE, 2);
  emit_muted (2, true);

  g_assert_true (key (window, GDK_KEY_PRESS, GDK_KEY_space));
  check_command (HARK_COMMAND_UNMUTE, 2);
  {
    g_autoptr (GdkEvent) event = gdk_event_new (GDK_FOCUS_CHANGE);
    gboolean taken;

    event->focus_change.window = g_object_ref (gtk_widget_get_window (GTK_WIDGET (window)));
    g_signal_emit_by_name (window, "focus-out-event", event, &taken);
  }
  check_command (HARK_COMMAND_MUTE, 2);
  screen_close (window);
}

static void
test_talk_key_writes (void)
{
  HarkWindow *window = screen_open ();

  hark_settings_set_text (hark_settings_get (), HARK_SET_TALK_KEY, "space");
  hark_window_open (window, screen_person (2));
  emit_muted (2, true);
  gtk_widget_grab_focus (screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message"));
  key (window, GDK_KEY_PRESS, GDK_KEY_space);
  check_none (HARK_COMMAND_UNMUTE);
  hark_settings_set_text (hark_settings_get (), HARK_SET_TALK_KEY, "F8"); /* which writes nothing */
  g_assert_true (key (window, GDK_KEY_PRESS, GDK_KEY_F8));
  check_command (HARK_COMMAND_UNMUTE, 2);
  g_assert_true (key (window, GDK_KEY_RELEASE, GDK_KEY_F8));
  check_command (HARK_COMMAND_MUTE, 2);
  emit_muted (2, false); /* who is not muted is, while it is held */
  g_assert_true (key (window, GDK_KEY_PRESS, GDK_KEY_F8));
  check_command (HARK_COMMAND_MUTE, 2);
  emit_muted (2, true);
  g_assert_true (key (window, GDK_KEY_PRESS, GDK_KEY_F8)); /* it repeats */
  check_none (HARK_COMMAND_UNMUTE);
  g_assert_true (key (window, GDK_KEY_RELEASE, GDK_KEY_F8));
  check_command (HARK_COMMAND_UNMUTE, 2);
  emit_muted (2, false);
  g_assert_true (key (window, GDK_KEY_PRESS, GDK_KEY_F8));
  check_command (HARK_COMMAND_MUTE, 2);
  emit (
    new_call (2, HARK_ENDED)); /* another call has nothing to do with what was held in that one */
  emit_muted (3, true);
  key (window, GDK_KEY_RELEASE, GDK_KEY_F8);
  check_none (HARK_COMMAND_UNMUTE);
  hark_settings_set_text (hark_settings_get (), HARK_SET_TALK_KEY, "");
  screen_close (window);
}

/* ---- those there were ---- */

static void
keep_call (uint8_t n, uint64_t position, bool outgoing, uint64_t length_ms, const char *text)
{
  HarkMessage *call = fake_message (n, position, outgoing, text);

  call->type = HARK_MESSAGE_IS_CALL;
  call->ref = length_ms;
  fake_history_keep (call);
  hark_message_free (call);
}

static bool
answer_calls (HarkCommand *command)
{
  HarkEvent *event = fake_history_answer (command);

  if (!event)
    return false;
  fake_engine_emit (event);
  hark_command_free (command);
  return true;
}

static GtkWidget *
open_calls (HarkWindow *window)
{
  GtkWidget *dialog;

  g_action_group_activate_action (G_ACTION_GROUP (window), "calls", NULL);
  dialog = screen_dialog (HARK_TYPE_PAST_CALLS);
  g_assert_nonnull (dialog);
  return dialog;
}

static GtkWidget *
row_of (GtkWidget *dialog, const char *name)
{
  return screen_find (dialog, GTK_TYPE_LIST_BOX_ROW, name);
}

static void
test_past (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *dialog = NULL;
  g_autoptr (HarkCommand) call = NULL;

  dialog = open_calls (window);
  fake_engine_emit (fake_engine_answer (fake_engine_take (HARK_COMMAND_CALLS)));
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_LABEL, "There were no calls yet."));
  gtk_widget_destroy (dialog);

  fake_engine_on_command (answer_calls);
  keep_call (1, 1, false, 0, "Missed call");
  keep_call (2, 2, false, 0, "You declined the call");
  keep_call (9, 3, false, 0, "Missed call"); /* of nobody who is known */
  keep_call (2, 4, true, 192000, "You hung up");
  dialog = open_calls (window);
  g_assert_nonnull (row_of (dialog, "*Carol, ")); /* page behind page */
  g_assert_nonnull (row_of (dialog, "*You called, 3:12"));
  g_assert_nonnull (row_of (dialog, "*You declined the call"));
  g_assert_true (gtk_style_context_has_class (
    gtk_widget_get_style_context (row_of (dialog, "*Bob, ")), "missed"));
  g_assert_false (gtk_style_context_has_class (
    gtk_widget_get_style_context (row_of (dialog, "*declined")), "missed"));
  gtk_widget_activate (row_of (dialog, "*Bob, "));
  screen_settle ();
  g_assert_null (screen_dialog (HARK_TYPE_PAST_CALLS));
  g_assert_true (hark_window_watches (window, screen_person (1))
                 || !gtk_window_is_active (GTK_WINDOW (window)));
  g_assert_nonnull (label (window, "Missed call")); /* where it stands */

  fake_engine_on_command (NULL);
  dialog = open_calls (window);
  keep_call (2, 5, true, 0, "No answer");
  fake_engine_on_command (answer_calls);
  gtk_widget_destroy (dialog);
  dialog = open_calls (window);
  screen_click (row_of (dialog, "*No answer"), "Call Carol");
  fake_engine_on_command (NULL);
  call = fake_engine_take (HARK_COMMAND_CALL);
  g_assert_nonnull (call);
  g_assert_cmpuint (call->contact[0], ==, 2);
  fake_history_forget ();
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calls/missed-ones-are-unread", test_unread);
  g_test_add_func ("/calls/list-stays-beside-a-call", test_list_stays);
  g_test_add_func ("/calls/ring-answer-end", test_ring);
  g_test_add_func ("/calls/a-line-while-another-page-is-open", test_elsewhere);
  g_test_add_func ("/calls/a-line-while-somebody-is-looked-for", test_beside_search);
  g_test_add_func ("/calls/quality-path-and-muted-in-words", test_quality);
  g_test_add_func ("/calls/missed-and-unanswered-offer-more", test_missed);
  g_test_add_func ("/calls/declined-is-not-missed", test_declined);
  g_test_add_func ("/calls/missed-row-calls-back", test_row);
  g_test_add_func ("/calls/missed-is-offered-once", test_offered_once);
  g_test_add_func ("/calls/second-is-answered-and-swapped", test_second);
  g_test_add_func ("/calls/second-is-answered-beside-its-words", test_second_beside);
  g_test_add_func ("/calls/second-is-declined", test_decline_second);
  g_test_add_func ("/calls/group-shows-who-is-in-it", test_group);
  g_test_add_func ("/calls/group-of-a-locked-profile-is-gone", test_group_locked);
  g_test_add_func ("/calls/held-key-talks-while-muted", test_talk_key);
  g_test_add_func ("/calls/space-writes-where-one-writes", test_talk_key_writes);
  g_test_add_func ("/calls/past-ones-are-listed-opened-called-back", test_past);
  g_test_add_func ("/calls/devices-change-in-mid-call", test_devices);
  g_test_add_func ("/calls/how-loud-the-other-one-is", test_volume);
  g_test_add_func ("/calls/of-many-leave-room", test_low);
  return g_test_run ();
}
