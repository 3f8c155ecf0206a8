/* ui/pch/window.h - what most files of ui and its tests include, read once a target where b_pch is
 * on (net/pch/ground.h).
 */
#include <gtk/gtk.h>

/* glib.h makes it a macro, of which files could no longer make theirs */
#undef G_LOG_DOMAIN
static const char *const G_LOG_DOMAIN = NULL;
