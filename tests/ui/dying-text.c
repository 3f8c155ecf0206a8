/* tests/ui/dying-text.c - a text that nobody survives laying out, for one process (LD_PRELOAD).
 *
 * HARK_TEST_POISON is a part of it. What Pango does with all others is left alone.
 */
#include <dlfcn.h>
#include <pango/pango.h>
#include <stdlib.h>
#include <string.h>

void
pango_layout_set_text (PangoLayout *layout, const char *text, int length)
{
  static void (*next) (PangoLayout * layout, const char *text, int length);
  const char *poison = getenv ("HARK_TEST_POISON");

  if (next == NULL)
    *(void **) &next = dlsym (RTLD_NEXT, "pango_layout_set_text");
  if (poison != NULL && text != NULL && strstr (text, poison) != NULL)
    abort ();
  next (layout, text, length);
}
