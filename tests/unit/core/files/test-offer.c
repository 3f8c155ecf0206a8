/* What an offer says comes back as it was; a preview is as large as it says, or the offer is none.
 */
#include "core/files/offer.h"
#include "core/hark-sizes.h"

#include <string.h>

#define PIXELS(wide, high) (2 + (size_t) (wide) * (high) *3)

static HarkFileOffer
make_offer (const uint8_t *preview, size_t len)
{
  HarkFileOffer offer = {.name = "Paula's cat.png", .size = 123456, .mtime_ms = 1700000000000};

  memset (offer.id, 7, sizeof offer.id);
  offer.preview = preview;
  offer.preview_len = len;
  return offer;
}

/* Whether an offer with that preview is read; and then that it is the same. */
static bool
passes (const uint8_t *preview, size_t len, bool folder)
{
  HarkFileOffer offer = make_offer (preview, len), back = {0};
  g_autoptr (GBytes) bytes = NULL;
  Hark__Frame *frame;
  bool good;

  if (folder)
    offer.folder = (HarkFolderFacts){.files = 1, .manifest_len = 100};
  bytes = hark_file_offer_write (&offer);
  frame = hark__frame__unpack (NULL, g_bytes_get_size (bytes) - 4,
                               (const uint8_t *) g_bytes_get_data (bytes, NULL) + 4);
  g_assert_nonnull (frame);
  good = hark_file_offer_read (frame->file_offer, &back);
  if (good) {
    g_assert_cmpstr (back.name, ==, offer.name);
    g_assert_cmpuint (back.size, ==, offer.size);
    g_assert_cmpuint (back.preview_len, ==, len);
    g_assert_true (len == 0 || memcmp (back.preview, preview, len) == 0);
  }
  hark__frame__free_unpacked (frame, NULL);
  return good;
}

static void
test_preview (void)
{
  uint8_t pixels[HARK_PREVIEW_LEN_MAX + 1] = {0};

  for (size_t i = 0; i < sizeof pixels; i++)
    pixels[i] = (uint8_t) (i * 7);
  g_assert_true (passes (NULL, 0, false));
  g_assert_true (passes (NULL, 0, true));
  pixels[0] = HARK_PREVIEW_WIDTH_MAX;
  pixels[1] = HARK_PREVIEW_HEIGHT_MAX;
  g_assert_true (passes (pixels, HARK_PREVIEW_LEN_MAX, false));
  g_assert_false (passes (pixels, HARK_PREVIEW_LEN_MAX - 1, false));
  g_assert_false (passes (pixels, HARK_PREVIEW_LEN_MAX + 1, false));
  g_assert_false (passes (pixels, HARK_PREVIEW_LEN_MAX, true)); /* a folder has none */
  pixels[0] = HARK_PREVIEW_WIDTH_MAX + 1;
  pixels[1] = 1;
  g_assert_false (passes (pixels, PIXELS (HARK_PREVIEW_WIDTH_MAX + 1, 1), false));
  pixels[0] = 1;
  pixels[1] = HARK_PREVIEW_HEIGHT_MAX + 1;
  g_assert_false (passes (pixels, PIXELS (1, HARK_PREVIEW_HEIGHT_MAX + 1), false));
  pixels[1] = 1;
  g_assert_true (passes (pixels, PIXELS (1, 1), false));
  for (size_t len = 1; len < PIXELS (1, 1); len++)
    g_assert_false (passes (pixels, len, false));
  pixels[0] = 0;
  g_assert_false (passes (pixels, 2, false));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/offer/preview-is-as-large-as-it-says", test_preview);
  return g_test_run ();
}
