#include "ui/words/calls.h"
#include "ui/words/files.h"
#include "ui/words/messages.h"
#include "ui/words/people.h"
#include "ui/words/shown.h"
#include "ui/words/times.h"

#include <string.h>

#define NOON ((int64_t) 1750075200000) /* 16 June 2025, 12:00 UTC */
#define HOUR ((int64_t) 3600000)

static void
check (char *words, const char *expected)
{
  g_assert_cmpstr (words, ==, expected);
  g_free (words);
}

static void
test_days (void)
{
  check (hark_words_day (NOON, NOON + HOUR), "Today");
  check (hark_words_day (NOON - 24 * HOUR, NOON), "Yesterday");
  check (hark_words_day (NOON - 13 * HOUR, NOON), "Yesterday");
  check (hark_words_day (NOON - 72 * HOUR, NOON), "Friday, 13 June");
  check (hark_words_day (NOON - 8760 * HOUR, NOON), "Sunday, 16 June 2024");
  g_assert_true (hark_words_same_day (NOON, NOON + 11 * HOUR));
  g_assert_false (hark_words_same_day (NOON, NOON + 12 * HOUR));
}

static void
test_absurd_clock (void)
{
  char *time = hark_words_time (INT64_MAX);

  g_assert_nonnull (time);
  g_free (time);
  time = hark_words_day (INT64_MIN, NOON);
  g_assert_nonnull (time);
  g_free (time);
}

/* What is still of year 9999 in Greenwich is not of any year further east. */
static void
test_end_of_time (void)
{
  if (g_test_subprocess ()) {
    g_setenv ("TZ", "JST-9", TRUE);
    g_assert_nonnull (hark_words_day (INT64_C (253402300799000), NOON));
    g_assert_nonnull (hark_words_time (INT64_C (253402300799000)));
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static void
test_state (void)
{
  HarkPerson bob = {.name = (char *) "Bob", .status = HARK_PERSON_ACCEPTED};
  HarkMessage message = {.outgoing = true, .state = HARK_STATE_QUEUED};

  check (hark_words_state (&message, &bob), "waiting: goes out when Bob is online");
  message.has_group = true;
  check (hark_words_state (&message, &bob),
         "waiting: goes out when somebody in the group is online");
  message.has_group = false;
  bob.status = HARK_PERSON_ASKED;
  check (hark_words_state (&message, &bob), "waiting: goes out when Bob accepts");
  bob.status = HARK_PERSON_ACCEPTED;
  bob.presence = HARK_PRESENCE_ONLINE;
  check (hark_words_state (&message, &bob), "sending");
  message.state = HARK_STATE_DELIVERED;
  check (hark_words_state (&message, &bob), "delivered");
}

static void
test_presence (void)
{
  HarkPerson bob = {.name = (char *) "Bob", .status = HARK_PERSON_ACCEPTED};

  bob.presence = HARK_PRESENCE_ONLINE;
  bob.path = HARK_PATH_LAN;
  check (hark_words_presence (&bob, NOON), "Online, same network");
  bob.path = HARK_PATH_RELAY;
  check (hark_words_presence (&bob, NOON), "Online, relayed by a contact");
  bob.relay = (char *) "Carol";
  check (hark_words_presence (&bob, NOON), "Online, relayed by Carol");
  bob.presence = HARK_PRESENCE_OFFLINE;
  check (hark_words_presence (&bob, NOON), "Offline");
  bob.last_seen_ms = NOON - HOUR;
  check (hark_words_presence (&bob, NOON), "Last seen at 11:00");
  bob.last_seen_ms = NOON - 24 * HOUR;
  check (hark_words_presence (&bob, NOON), "Last seen yesterday at 12:00");
}

static void
test_file (void)
{
  HarkPerson bob = {.name = (char *) "Bob"};
  HarkTransfer file = {.state = HARK_FILE_MOVING, .size = 40000000, .bytes = 12000000, .rate = 2e6};
  char *words = hark_words_file (&file, &bob);

  g_assert_nonnull (strstr (words, "14 s left"));
  g_free (words);
  file.rate = 0; /* stalled: no division by it */
  words = hark_words_file (&file, &bob);
  g_assert_null (strstr (words, "left"));
  g_assert_nonnull (strstr (words, ", waiting for Bob"));
  g_free (words);
  bob.presence = HARK_PRESENCE_ONLINE;
  words = hark_words_file (&file, &bob);
  g_assert_null (strstr (words, "waiting"));
  g_free (words);
  file.state = HARK_FILE_FAILED;
  file.reason = (char *) "The disk is full.";
  words = hark_words_file (&file, &bob);
  g_assert_nonnull (strstr (words, "The disk is full."));
  g_free (words);
}

static void
test_call_row (void)
{
  HarkMessage row = {.type = HARK_MESSAGE_IS_CALL, .text = (char *) "You declined the call"};

  check (hark_words_call_row (&row), "You declined the call");
  row.text = (char *) "No answer";
  row.outgoing = true;
  check (hark_words_call_row (&row), "You called. No answer");
  row.ref = 3725000;
  check (hark_words_call_row (&row), "You called, 1:02:05");
}

static void
test_quality (void)
{
  HarkCallStats stats = {.rtt_ms = 40, .loss_in = 0.002, .loss_out = 0.001};

  check (hark_words_quality (&stats), "Good connection: 40 ms round trip, 0.2 % lost");
  stats.delay_ms = 95.4;
  check (hark_words_quality (&stats),
         "Good connection: about 95 ms from mouth to ear, 40 ms round trip, 0.2 % lost");
}

static void
test_path (void)
{
  HarkPerson bob = {.name = (char *) "Bob", .path = HARK_PATH_LAN};
  HarkTransfer file = {.state = HARK_FILE_WAITING, .files = 1};

  check (hark_words_file_more (&file, &bob), NULL);
  file.state = HARK_FILE_MOVING;
  check (hark_words_file_more (&file, &bob), "Within your network");
  bob.path = HARK_PATH_RELAY;
  bob.relay = (char *) "your node attic";
  check (hark_words_file_more (&file, &bob), "Relayed by your node attic");
  file.sources = 2; /* each on a way of its own */
  check (hark_words_file_more (&file, &bob), "Comes from 2 contacts at once");
}

static void
test_deceptive (void)
{
  check (hark_words_shown ("a\xe2\x80\xae"
                           "b",
                           10),
         "a\xef\xbf\xbd"
         "b");
  check (hark_words_shown ("\u2067\u2066gpj\u2069.\u2066exe\u2069\u2069", 20),
         "\uFFFD\uFFFDgpj\uFFFD.\uFFFDexe\uFFFD\uFFFD");
  check (hark_words_shown ("bell\a", 10), "bell\xef\xbf\xbd");
  check (hark_words_shown ("two\nlines\tkept", 20), "two\nlines\tkept");
  check (hark_words_shown ("\xff\xfe", 10), "\xef\xbf\xbd\xef\xbf\xbd");
  check (hark_words_shown ("äöü", 2), "äö…");
}

static void
test_notice (void)
{
  check (hark_words_notice ("You: \u2068x\u2069"), "You: \u2068x\u2069"); /* set apart by us */
  check (hark_words_notice ("<b>bold</b> & more"), "‹b›bold‹/b› ＆ more");
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/days-have-names", test_days);
  g_test_add_func ("/words/absurd-clock-of-a-peer-is-survived", test_absurd_clock);
  g_test_add_func ("/words/end-of-time-is-survived-further-east", test_end_of_time);
  g_test_add_func ("/words/waiting-says-what-for", test_state);
  g_test_add_func ("/words/presence-is-a-sentence", test_presence);
  g_test_add_func ("/words/stalled-file-has-no-time-left", test_file);
  g_test_add_func ("/words/call-says-how-it-went", test_call_row);
  g_test_add_func ("/words/quality-says-how-long-a-voice-takes", test_quality);
  g_test_add_func ("/words/moving-file-says-which-way", test_path);
  g_test_add_func ("/words/deceptive-characters-are-shown", test_deceptive);
  g_test_add_func ("/words/notice-carries-no-markup", test_notice);
  return g_test_run ();
}
