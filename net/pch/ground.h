/* net/pch/ground.h - what most files of net, core and the tests include, read once a target where
 * b_pch is on: in the builds that tests/run makes. A file which forgot an include is found without
 * (the default), and by tests/lint/included.py.
 */
#include <glib.h>
#include <sodium.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* glib.h makes it a macro, of which files could no longer make theirs */
#undef G_LOG_DOMAIN
static const char *const G_LOG_DOMAIN = NULL;
