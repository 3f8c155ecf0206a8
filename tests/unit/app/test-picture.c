/* Pictures and codes: what is drawn is read back, and nothing that a file holds gets further than
 * the process that looks into it. */
#include "core/hark.h"
#include "ui/picture-child.h"
#include "ui/qr-code.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define TEXT                                                                              \
  "hark:hk1qjl43at60xch2gf9hfflq89ywkeqf00u8dk00zjjzcmhwv9u8y2w68j7spkdlspaa63kqyz6s3caj" \
  "zgrxxvv"
#define SCALE 4

static char *
make_path (void)
{
  char *path = NULL;
  const int fd = g_file_open_tmp ("hark-picture-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  return path;
}

static char *
save (GdkPixbuf *picture, const char *type)
{
  char *path = make_path ();

  g_assert_true (gdk_pixbuf_save (picture, path, type, NULL, NULL));
  return path;
}

static void
fill (GdkPixbuf *picture, int x, int y, int width, int height, guint32 colour)
{
  g_autoptr (GdkPixbuf) part = gdk_pixbuf_new_subpixbuf (picture, x, y, width, height);

  gdk_pixbuf_fill (part, colour);
}

static GdkPixbuf *
draw (const HarkQrCode *code)
{
  const int side = ((int) code->side + 2 * HARK_QR_QUIET) * SCALE;
  GdkPixbuf *picture = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, side, side);

  gdk_pixbuf_fill (picture, 0xFFFFFFFF);
  for (int row = 0; row < (int) code->side; row++)
    for (int column = 0; column < (int) code->side; column++)
      if (hark_qr_code_is_dark (code, row, column))
        fill (picture, (column + HARK_QR_QUIET) * SCALE, (row + HARK_QR_QUIET) * SCALE, SCALE,
              SCALE, 0x000000FF);
  return picture;
}

static void
test_code (void)
{
  static const char *const types[] = {"png", "jpeg"};
  g_autoptr (HarkQrCode) code = hark_qr_code_new (TEXT);
  g_autoptr (GdkPixbuf) picture = draw (code);
  g_autofree char *upper = g_ascii_strup (TEXT, -1);

  g_assert_cmpuint (code->side, <=, 41); /* upper case makes it small */
  for (size_t i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autofree char *path = save (picture, types[i]);
    g_autofree char *text = hark_picture_read_code (path, NULL);

    g_assert_cmpstr (text, ==, upper);
    g_assert_null (hark_address_check (text));
    g_unlink (path);
  }
}

static void
test_drawn (void)
{
  g_autoptr (HarkQrCode) code = hark_qr_code_new (TEXT);
  g_autofree char *drawn = hark_qr_code_draw (code, false);
  g_auto (GStrv) lines = g_strsplit (drawn, "\n", -1);
  const guint side = code->side + 2 * HARK_QR_QUIET;
  g_autofree char *long_text = g_strnfill (8000, 'x');

  g_assert_cmpuint (g_strv_length (lines) - 1, ==, (side + 1) / 2);
  for (guint i = 0; i + 1 < g_strv_length (lines); i++)
    g_assert_cmpint (g_utf8_strlen (lines[i], -1), ==, side);
  g_assert_null (hark_qr_code_new (long_text));
}

static void
test_avatar (void)
{
  g_autoptr (GdkPixbuf) wide = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, 400, 200);
  g_autofree char *path = NULL;
  g_autoptr (GBytes) pixels = NULL;
  const guint8 *bytes;

  gdk_pixbuf_fill (wide, 0xFF0000FF);
  fill (wide, 100, 0, 200, 200, 0x0000FFFF); /* its middle */
  path = save (wide, "png");
  pixels = hark_picture_read_avatar (path, NULL);
  g_assert_nonnull (pixels);
  g_assert_cmpuint (g_bytes_get_size (pixels), ==, HARK_PICTURE_LEN);
  bytes = g_bytes_get_data (pixels, NULL);
  for (size_t i = 0; i < HARK_PICTURE_LEN; i += 3)
    g_assert_true (bytes[i] < 4 && bytes[i + 1] < 4 && bytes[i + 2] > 251);
  g_unlink (path);
}

static void
check_preview (int width, int height, int wide, int high)
{
  g_autoptr (GdkPixbuf) picture = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  g_autofree char *path = NULL;
  g_autoptr (GBytes) preview = NULL;
  const guint8 *bytes;
  gsize len;

  gdk_pixbuf_fill (picture, 0x00FF00FF);
  path = save (picture, "png");
  preview = hark_picture_read_preview (path, NULL);
  g_assert_nonnull (preview);
  bytes = g_bytes_get_data (preview, &len);
  g_assert_cmpuint (len, ==, (gsize) (2 + wide * high * 3));
  g_assert_cmpint (bytes[0], ==, wide);
  g_assert_cmpint (bytes[1], ==, high);
  for (gsize i = 2; i < len; i += 3)
    g_assert_true (bytes[i] < 4 && bytes[i + 1] > 251 && bytes[i + 2] < 4);
  g_unlink (path);
}

static void
test_preview (void)
{
  check_preview (4000, 3000, 160, 120);
  check_preview (1000, 500, 160, 80);
  check_preview (500, 1000, 60, 120);
  check_preview (3000, 1, 160, 1);
  check_preview (1, 3000, 1, 120);
  check_preview (20, 10, 20, 10); /* not made larger */
}

static void
check_refused (const void *bytes, gsize len)
{
  g_autofree char *path = make_path ();
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, bytes, (gssize) len, NULL));
  g_assert_null (hark_picture_read_code (path, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (hark_picture_read_avatar (path, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (hark_picture_read_preview (path, &error));
  g_assert_nonnull (error);
  g_unlink (path);
}

/* A header that promises 60,000 by 60,000 pixels, and files that are none. */
static void
test_hostile (void)
{
  static const guint8 bomb[]
    = {0x89, 'P',  'N',  'G', '\r', '\n', 0x1A, '\n', 0, 0, 0, 13, 'I',  'H',  'D',  'R', 0,
       0,    0xEA, 0x60, 0,   0,    0xEA, 0x60, 8,    2, 0, 0, 0,  0x0D, 0x0A, 0x1A, 0x0A};
  g_autoptr (GError) error = NULL;

  check_refused (bomb, sizeof bomb);
  check_refused ("", 0);
  check_refused ("GIF89a........................", 30);
  check_refused ("<svg xmlns='http://www.w3.org/2000/svg'/>", 41);
  g_assert_null (hark_picture_read_code ("/nonexistent/picture.png", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (hark_picture_read_code ("/dev/zero", &error));
}

/* Broken anywhere: read or refused, but the child ends, and so do we. */
static void
test_broken (void)
{
  g_autoptr (HarkQrCode) code = hark_qr_code_new (TEXT);
  g_autoptr (GdkPixbuf) picture = draw (code);
  g_autofree char *path = save (picture, "png");
  g_autofree char *bytes = NULL;
  gsize len;

  g_assert_true (g_file_get_contents (path, &bytes, &len, NULL));
  for (gsize i = 0; i < 24; i++) {
    const gsize at = i * (len - 1) / 23;
    g_autofree char *text = NULL;

    bytes[at] = (char) ~bytes[at];
    g_assert_true (g_file_set_contents (path, bytes, (gssize) (i % 2 == 0 ? len : at), NULL));
    text = hark_picture_read_code (path, NULL);
    bytes[at] = (char) ~bytes[at];
  }
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/picture/code-is-read-back", test_code);
  g_test_add_func ("/picture/code-fits-the-terminal", test_drawn);
  g_test_add_func ("/picture/avatar-is-the-middle", test_avatar);
  g_test_add_func ("/picture/preview-is-all-of-it-and-small", test_preview);
  g_test_add_func ("/picture/hostile-files-are-refused", test_hostile);
  g_test_add_func ("/picture/broken-files-end", test_broken);
  return g_test_run ();
}
