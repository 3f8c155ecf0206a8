#include "ui/people/code-view.h"

#include "ui/qr-code.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>

#define SIDE 208 /* pixels; three or four for a module of an address */

struct _HarkCodeView {
  GtkDrawingArea parent_instance;
  HarkQrCode *code;
};

G_DEFINE_TYPE (HarkCodeView, hark_code_view, GTK_TYPE_DRAWING_AREA)

static gboolean
hark_code_view_draw (GtkWidget *widget, cairo_t *cairo)
{
  const HarkQrCode *code = HARK_CODE_VIEW (widget)->code;
  int side
    = MIN (gtk_widget_get_allocated_width (widget), gtk_widget_get_allocated_height (widget));
  int modules, module, left, top;

  if (!code)
    return FALSE;
  modules = (int) code->side + 2 * HARK_QR_QUIET;
  module = MAX (side / modules, 1); /* whole pixels: soft edges cost scanners time */
  left = (gtk_widget_get_allocated_width (widget) - modules * module) / 2;
  top = (gtk_widget_get_allocated_height (widget) - modules * module) / 2;
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
  return FALSE;
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
