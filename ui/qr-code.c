#include "ui/qr-code.h"

#include <qrencode.h>

HarkQrCode *
hark_qr_code_new (const char *text)
{
  QRcode *drawn = QRcode_encodeString (text, 0, QR_ECLEVEL_M, QR_MODE_8, 0);
  HarkQrCode *code;

  if (drawn == NULL)
    return NULL;
  code = g_new0 (HarkQrCode, 1);
  code->side = (unsigned) drawn->width;
  code->dark = g_malloc ((gsize) code->side * code->side);
  for (gsize i = 0; i < (gsize) code->side * code->side; i++)
    code->dark[i] = drawn->data[i] & 1;
  QRcode_free (drawn);
  return code;
}

void
hark_qr_code_free (HarkQrCode *code)
{
  if (code == NULL)
    return;
  g_free (code->dark);
  g_free (code);
}

bool
hark_qr_code_is_dark (const HarkQrCode *code, int row, int column)
{
  const int side = (int) code->side;

  return row >= 0 && column >= 0 && row < side && column < side
         && code->dark[row * side + column] != 0;
}

char *
hark_qr_code_draw (const HarkQrCode *code, bool colours)
{
  static const char *const blocks[] = {" ", "▄", "▀", "█"};
  const int end = (int) code->side + HARK_QR_QUIET;
  GString *text = g_string_new (NULL);

  for (int row = -HARK_QR_QUIET; row < end; row += 2) {
    if (colours)
      g_string_append (text, "\033[30;107m");
    for (int column = -HARK_QR_QUIET; column < end; column++)
      g_string_append (text, blocks[hark_qr_code_is_dark (code, row, column) * 2
                                    + hark_qr_code_is_dark (code, row + 1, column)]);
    g_string_append (text, colours ? "\033[0m\n" : "\n");
  }
  return g_string_free (text, FALSE);
}
