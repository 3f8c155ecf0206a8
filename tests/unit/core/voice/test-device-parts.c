/* What sound servers hand in and ask for, in pieces of any size, as blocks of one. */
#include "core/voice/device-parts.h"

#include <string.h>

#define PIECES 7

static const size_t pieces[PIECES] = {1, 256, 479, 480, 481, 1024, 128};

typedef struct {
  unsigned blocks;
  int16_t next; /* samples count up */
  size_t part;
} Test;

static void
hear (int16_t block[HARK_VOICE_BLOCK], HarkTime now, void *data)
{
  Test *test = data;

  g_assert_cmpuint (now, ==, 7);
  for (size_t i = 0; i < test->part; i++)
    g_assert_cmpint (block[i], ==, test->next++);
  test->blocks++;
}

static void
speak (int16_t block[HARK_VOICE_BLOCK], HarkTime now, void *data)
{
  Test *test = data;

  g_assert_cmpuint (now, ==, 7);
  for (size_t i = 0; i < test->part; i++)
    block[i] = test->next++;
  test->blocks++;
}

static void
test_heard_in_order (void)
{
  Test test = {.part = HARK_VOICE_BLOCK};
  HarkDeviceParts parts = {.part = test.part, .on_block = hear, .data = &test};
  int16_t piece[1024], at = 0;

  hark_device_parts_clear (&parts, true);
  for (unsigned n = 0; n < PIECES; n++) {
    for (size_t i = 0; i < pieces[n]; i++)
      piece[i] = at++;
    hark_device_parts_take (&parts, piece, pieces[n], 7);
  }
  g_assert_cmpuint (test.blocks, ==, (unsigned) at / HARK_VOICE_BLOCK);
}

static void
test_hole_is_silence (void)
{
  Test test = {.part = HARK_VOICE_BLOCK};
  HarkDeviceParts parts = {.part = test.part, .on_block = speak, .data = &test};

  memset (parts.block, 1, sizeof parts.block);
  hark_device_parts_clear (&parts, true);
  hark_device_parts_take (&parts, NULL, HARK_VOICE_BLOCK - 1, 7);
  g_assert_cmpuint (test.blocks, ==, 0);
  for (unsigned i = 0; i < HARK_VOICE_BLOCK - 1; i++)
    g_assert_cmpint (parts.block[i], ==, 0);
  hark_device_parts_take (&parts, NULL, 1, 7);
  g_assert_cmpuint (test.blocks, ==, 1);
}

static void
check_asked_for (size_t part)
{
  Test test = {.part = part};
  HarkDeviceParts parts = {.part = part, .on_block = speak, .data = &test};
  int16_t piece[1024], at = 0;

  hark_device_parts_clear (&parts, false);
  for (unsigned n = 0; n < PIECES; n++) {
    hark_device_parts_fill (&parts, piece, pieces[n], 7);
    for (size_t i = 0; i < pieces[n]; i++)
      g_assert_cmpint (piece[i], ==, at++);
    g_assert_cmpuint (test.blocks, ==, ((size_t) at + part - 1) / part);
  }
}

/* No sooner than it is needed: what is asked for early is heard late. */
static void
test_asked_when_needed (void)
{
  check_asked_for (HARK_VOICE_BLOCK);
  check_asked_for (HARK_VOICE_BLOCK / 2);
  check_asked_for (HARK_VOICE_BLOCK / 4);
}

static void
test_dry_too_often (void)
{
  HarkDeviceDry dry = {0};

  for (unsigned round = 0; round < 2; round++) {
    HarkTime begin = (1 + round) * HARK_SECOND;

    for (unsigned i = 1; i < HARK_DRY_MAX; i++)
      g_assert_false (hark_device_ran_dry (&dry, begin + i));
    g_assert_true (hark_device_ran_dry (&dry, begin + HARK_DRY_MAX));
  }
}

static void
test_dry_now_and_then (void)
{
  HarkDeviceDry dry = {0};

  for (unsigned i = 1; i < 20; i++)
    g_assert_false (hark_device_ran_dry (&dry, i * (HARK_DRY_SPAN / (HARK_DRY_MAX - 1) + 1)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/device-parts/heard-in-order", test_heard_in_order);
  g_test_add_func ("/device-parts/hole-is-silence", test_hole_is_silence);
  g_test_add_func ("/device-parts/asked-when-needed", test_asked_when_needed);
  g_test_add_func ("/device-parts/dry-too-often", test_dry_too_often);
  g_test_add_func ("/device-parts/dry-now-and-then", test_dry_now_and_then);
  return g_test_run ();
}
