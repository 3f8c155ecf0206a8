#include "core/heart/calls/sound-kept.h"

#include <string.h>

static void
test_what_is_kept_comes_back (void)
{
  g_autoptr (HarkSound) sound = hark_sound_read (NULL), again = NULL;
  g_autoptr (HarkCommand) command = hark_command_new (HARK_COMMAND_DEVICE);
  g_autoptr (GBytes) kept = NULL;

  g_assert_null (sound->mic);
  command->mic = g_strdup ("pulse:headset");
  command->ring = g_strdup ("pulse");
  command->noise = -1;
  command->low_delay = 1;
  g_assert_true (hark_sound_change (sound, command));
  kept = hark_sound_write (sound);
  again = hark_sound_read (kept);
  g_assert_cmpstr (again->mic, ==, "pulse:headset");
  g_assert_null (again->speaker);
  g_assert_cmpstr (again->ring, ==, "pulse");
  g_assert_true (again->keep_noise && !again->keep_echo && !again->keep_gain);
  g_assert_true (again->low_delay);
}

static void
test_nonsense_changes_nothing (void)
{
  g_autoptr (HarkSound) sound = hark_sound_read (NULL);
  g_autoptr (HarkCommand) command = hark_command_new (HARK_COMMAND_DEVICE);
  static const uint8_t cut[] = {1, 7, 40, 'p', 'u', 'l'};
  g_autoptr (GBytes) broken = g_bytes_new_static (cut, sizeof cut);
  g_autoptr (HarkSound) read = hark_sound_read (broken);

  command->echo = -1;
  command->speaker = g_strdup ("alsa");
  g_assert_false (hark_sound_change (sound, command));
  g_assert_false (sound->keep_echo);
  g_assert_null (read->mic);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sound/what-is-kept-comes-back", test_what_is_kept_comes_back);
  g_test_add_func ("/sound/nonsense-changes-nothing", test_nonsense_changes_nothing);
  return g_test_run ();
}
