/* app/picture.c - hark-picture: looks into one picture file, in a process of its own.
 *
 *   hark-picture avatar < FILE | ...    96 × 96 pixels, three bytes each, of its middle
 *   hark-picture preview < FILE | ...   all of it in at most 160 × 120 pixels (core/hark-sizes.h)
 *   hark-picture code < FILE | ...      the text of the QR code in it
 *
 * Decoders have always had holes, and a picture with a code may come from anybody. So this process
 * has no profile, no key and no network, reads PNG and JPEG only, and may use little time and
 * memory; what comes out is of one size, or short plain text, and is checked by whoever started it
 * (ui/picture-child.h). Pictures of contacts are never decoded by anybody: they travel as pixels.
 */
#include "app/harden.h"
#include "core/hark.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zbar.h>

#define FILE_MAX ((size_t) 32 * 1024 * 1024)
#define PIXELS_MAX 40000000
#define MEMORY_MAX ((rlim_t) 1024 * 1024 * 1024)
#define CPU_MAX 10 /* seconds */
#define AVATAR_SIDE 96
#define SCAN_SIDE_MAX 1600 /* larger ones are made smaller first */
#define TEXT_MAX 512

enum { EXIT_USAGE = 2, EXIT_NO_PICTURE = 3, EXIT_TOO_LARGE = 4, EXIT_NO_CODE = 5 };

static void
limit (int what, rlim_t most)
{
  struct rlimit limit = {most, most};

  if (setrlimit (what, &limit) != 0)
    _exit (EXIT_USAGE);
}

static GByteArray *
read_file (void)
{
  GByteArray *file = g_byte_array_new ();
  guint8 buffer[65536];
  ssize_t n;

  while ((n = read (STDIN_FILENO, buffer, sizeof buffer)) > 0) {
    if (file->len + (size_t) n > FILE_MAX)
      _exit (EXIT_TOO_LARGE);
    g_byte_array_append (file, buffer, (guint) n);
  }
  return file;
}

static const char *
type_of (const GByteArray *file)
{
  static const guint8 png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  static const guint8 jpeg[] = {0xFF, 0xD8, 0xFF};

  if (file->len > sizeof png && memcmp (file->data, png, sizeof png) == 0)
    return "png";
  if (file->len > sizeof jpeg && memcmp (file->data, jpeg, sizeof jpeg) == 0)
    return "jpeg";
  return NULL;
}

static void
on_size (GdkPixbufLoader *loader, int width, int height, gpointer data)
{
  (void) loader;
  (void) data;
  if (width < 1 || height < 1 || (gint64) width * height > PIXELS_MAX)
    _exit (EXIT_TOO_LARGE);
}

static GdkPixbuf *
decode (const GByteArray *file)
{
  const char *type = type_of (file);
  GdkPixbufLoader *loader = type != NULL ? gdk_pixbuf_loader_new_with_type (type, NULL) : NULL;
  GdkPixbuf *picture;

  if (loader == NULL)
    return NULL;
  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size), NULL);
  if (!gdk_pixbuf_loader_write (loader, file->data, file->len, NULL)
      || !gdk_pixbuf_loader_close (loader, NULL))
    return NULL;
  picture = gdk_pixbuf_loader_get_pixbuf (loader);
  return picture != NULL ? gdk_pixbuf_apply_embedded_orientation (picture) : NULL;
}

/* What shows through is white. */
static GdkPixbuf *
make_opaque (GdkPixbuf *picture, int width, int height)
{
  return gdk_pixbuf_composite_color_simple (picture, width, height, GDK_INTERP_BILINEAR, 255, 8,
                                            0xFFFFFF, 0xFFFFFF);
}

static const guint8 *
pixel (const GdkPixbuf *picture, int row, int column)
{
  return gdk_pixbuf_read_pixels (picture) + row * gdk_pixbuf_get_rowstride (picture)
         + column * gdk_pixbuf_get_n_channels (picture);
}

static int
write_avatar (GdkPixbuf *picture)
{
  const int width = gdk_pixbuf_get_width (picture), height = gdk_pixbuf_get_height (picture);
  const int side = MIN (width, height);
  GdkPixbuf *middle
    = gdk_pixbuf_new_subpixbuf (picture, (width - side) / 2, (height - side) / 2, side, side);
  GdkPixbuf *small = make_opaque (middle, AVATAR_SIDE, AVATAR_SIDE);

  if (small == NULL)
    return EXIT_TOO_LARGE;
  for (int row = 0; row < AVATAR_SIDE; row++)
    for (int column = 0; column < AVATAR_SIDE; column++)
      fwrite (pixel (small, row, column), 3, 1, stdout);
  return fflush (stdout) == 0 ? 0 : EXIT_USAGE;
}

/* Never larger than it is. */
static int
write_preview (GdkPixbuf *picture)
{
  const gint64 width = gdk_pixbuf_get_width (picture), height = gdk_pixbuf_get_height (picture);
  gint64 wide = MIN (width, HARK_PREVIEW_WIDTH_MAX);
  gint64 high = MAX (1, height * wide / width);
  GdkPixbuf *small;

  if (high > HARK_PREVIEW_HEIGHT_MAX) {
    high = HARK_PREVIEW_HEIGHT_MAX;
    wide = MAX (1, width * high / height);
  }
  small = make_opaque (picture, (int) wide, (int) high);
  if (small == NULL)
    return EXIT_TOO_LARGE;
  putchar ((int) wide);
  putchar ((int) high);
  for (int row = 0; row < high; row++)
    for (int column = 0; column < wide; column++)
      fwrite (pixel (small, row, column), 3, 1, stdout);
  return fflush (stdout) == 0 ? 0 : EXIT_USAGE;
}

static bool
is_plain (const char *text, unsigned len)
{
  for (unsigned i = 0; i < len; i++)
    if (text[i] <= ' ' || text[i] > '~')
      return false;
  return len > 0 && len <= TEXT_MAX;
}

static int
scan (guint8 *grey, unsigned width, unsigned height)
{
  zbar_image_scanner_t *scanner = zbar_image_scanner_create ();
  zbar_image_t *image = zbar_image_create ();

  zbar_image_scanner_set_config (scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
  zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
  zbar_image_set_format (image, zbar_fourcc ('Y', '8', '0', '0'));
  zbar_image_set_size (image, width, height);
  zbar_image_set_data (image, grey, (unsigned long) width * height, NULL);
  if (zbar_scan_image (scanner, image) <= 0)
    return EXIT_NO_CODE;
  for (const zbar_symbol_t *symbol = zbar_image_first_symbol (image); symbol != NULL;
       symbol = zbar_symbol_next (symbol)) {
    const char *text = zbar_symbol_get_data (symbol);
    const unsigned len = zbar_symbol_get_data_length (symbol);

    if (is_plain (text, len)) {
      fwrite (text, len, 1, stdout);
      return fflush (stdout) == 0 ? 0 : EXIT_USAGE;
    }
  }
  return EXIT_NO_CODE;
}

static int
write_code (GdkPixbuf *picture)
{
  int width = gdk_pixbuf_get_width (picture), height = gdk_pixbuf_get_height (picture);
  const int side = MAX (width, height);
  GdkPixbuf *plain;
  guint8 *grey;

  if (side > SCAN_SIDE_MAX) {
    width = MAX (1, (int) ((gint64) width * SCAN_SIDE_MAX / side));
    height = MAX (1, (int) ((gint64) height * SCAN_SIDE_MAX / side));
  }
  plain = make_opaque (picture, width, height);
  if (plain == NULL)
    return EXIT_TOO_LARGE;
  grey = g_malloc ((gsize) width * (gsize) height);
  for (int row = 0; row < height; row++)
    for (int column = 0; column < width; column++) {
      const guint8 *at = pixel (plain, row, column);

      grey[row * width + column] = (guint8) ((at[0] * 77 + at[1] * 151 + at[2] * 28) >> 8);
    }
  return scan (grey, (unsigned) width, (unsigned) height);
}

int
main (int argc, char **argv)
{
  GdkPixbuf *picture;

  hark_harden ();
  if (argc != 2
      || (strcmp (argv[1], "avatar") != 0 && strcmp (argv[1], "preview") != 0
          && strcmp (argv[1], "code") != 0))
    return EXIT_USAGE;
  limit (RLIMIT_CPU, CPU_MAX);
#ifndef HARK_CHECKED /* whose shadow takes more than that */
  limit (RLIMIT_AS, MEMORY_MAX);
#endif
  limit (RLIMIT_FSIZE, 0);
  limit (RLIMIT_NPROC, 0);
  picture = decode (read_file ());
  if (picture == NULL)
    _exit (EXIT_NO_PICTURE);
  /* memory goes with the process, at once */
  if (strcmp (argv[1], "preview") == 0)
    _exit (write_preview (picture));
  _exit (strcmp (argv[1], "avatar") == 0 ? write_avatar (picture) : write_code (picture));
}
