#include "ui/people/code-view.h"

#include "ui/qr-code.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>

#define SIDE 208          /* pixels; three or four for a module of an address */
#define PICTURE_MODULE 10 /* pixels: a sheet of paper or another screen may be far away */

struct _HarkCodeView {
  GtkDrawingArea parent_instance;
  HarkQrCode *code;
};

G_DEFINE_TYPE (HarkCodeView, hark_code_view, GTK_TYPE_DRAWING_AREA)

/* @module: pixels of each, whole ones: soft edges cost scanners time */
static void
draw_code (cairo_t *cairo, const HarkQrCode *code, int left, int top, int module)
{
  const int modules = (int) code->side + 2 * HARK_QR_QUIET;

  cairo_set_antialias (cairo, CAIRO_ANTIALIAS_NONE);
  cairo_set_source_rgb (cairo, 1, 1, 1);
  cairo_rectangle (cairo, left, top, modules * module, modules * module);
  cairo_fill (cairo);
  cairo_set_source_rgb (cairo, 0, 0, 0);
  for (int row = 0; row < (int) code->side; row++)
    for (int column = 0; column < (int) code->side; column++)
      if (hark_qr_code_is_dark (code, row, column))
        cairo_rectangle (cairo, left + (column + HARK_QR_QUIET) * module,
                         top + (row + HARK_QR_QUIET) * module, module, module);
  cairo_fill (cairo);
}

static gboolean
hark_code_view_draw (GtkWidget *widget, cairo_t *cairo)
{
  const HarkQrCode *code = HARK_CODE_VIEW (widget)->code;
  const int width = gtk_widget_get_allocated_width (widget);
  const int height = gtk_widget_get_allocated_height (widget);
  int modules, module;

  if (!code)
    return FALSE;
  modules = (int) code->side + 2 * HARK_QR_QUIET;
  module = MAX (MIN (width, height) / modules, 1);
  draw_code (cairo, code, (width - modules * module) / 2, (height - modules * module) / 2, module);
  return FALSE;
}

GdkPixbuf *
hark_code_view_get_picture (HarkCodeView *view)
{
  cairo_surface_t *surface;
  GdkPixbuf *picture;
  cairo_t *cairo;
  int side;

  g_return_val_if_fail (HARK_IS_CODE_VIEW (view), NULL);

  if (!view->code)
    return NULL;
  side = PICTURE_MODULE * ((int) view->code->side + 2 * HARK_QR_QUIET);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, side, side);
  cairo = cairo_create (surface);
  draw_code (cairo, view->code, 0, 0, PICTURE_MODULE);
  cairo_destroy (cairo);
  picture = gdk_pixbuf_get_from_surface (surface, 0, 0, side, side);
  cairo_surface_destroy (surface);
  return picture;
}

static void
hark_code_view_finalize (GObject *object)
{
  hark_qr_code_free (HARK_CODE_VIEW (object)->code);
  G_OBJECT_CLASS (hark_code_view_parent_class)->finalize (object);
}

static void
hark_code_view_class_init (HarkCodeViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hark_code_view_finalize;
  GTK_WIDGET_CLASS (klass)->draw = hark_code_view_draw;
}

static void
hark_code_view_init (HarkCodeView *view)
{
  atk_object_set_role (gtk_widget_get_accessible (GTK_WIDGET (view)), ATK_ROLE_IMAGE);
  hark_widget_spoken (GTK_WIDGET (view), _ ("QR code"));
}

void
hark_code_view_set_text (HarkCodeView *view, const char *text)
{
  int side;

  g_return_if_fail (HARK_IS_CODE_VIEW (view));

  hark_qr_code_free (view->code);
  view->code = text ? hark_qr_code_new (text) : NULL;
  side = view->code ? MAX (SIDE, 3 * ((int) view->code->side + 2 * HARK_QR_QUIET)) : SIDE;
  gtk_widget_set_size_request (GTK_WIDGET (view), side, side);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}
