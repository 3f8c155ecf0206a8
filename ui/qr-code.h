/* ui/qr-code.h - text as a QR code, module by module; the window and the terminal draw it.
 *
 * Pure; any thread. Source: ISO/IEC 18004, by libqrencode.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define HARK_QR_QUIET 4 /* light modules that must stay free on every side */

typedef struct {
  unsigned side; /* modules, without the quiet zone */
  guint8 *dark;  /* side × side, row by row: 1 dark, 0 light; owned */
} HarkQrCode;

/* hark_qr_code_new: (transfer full) (nullable): of @text, an address, link or code of ours, either
 * case: it is drawn in upper case, which makes it small. NULL when it is too long. */
HarkQrCode *hark_qr_code_new (const char *text);
void hark_qr_code_free (HarkQrCode *code);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkQrCode, hark_qr_code_free)

/* hark_qr_code_is_dark: of the module in @row, @column; outside it is light. */
bool hark_qr_code_is_dark (const HarkQrCode *code, int row, int column);

/* hark_qr_code_draw: (transfer full): for a terminal: two rows of modules in each line, the quiet
 * zone included. @colours: in black on white, whatever the terminal's colours are. */
char *hark_qr_code_draw (const HarkQrCode *code, bool colours);
