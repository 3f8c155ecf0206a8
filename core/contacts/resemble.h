/* core/contacts/resemble.h - do two names look the same on a screen?
 *
 * Pure; any thread. A name is a claim, and one that looks like a friend's is how people are taken
 * in. Each name has a skeleton: what is left when case, accents, blanks, marks and invisible
 * characters are gone and every letter that passes for a Latin one has become that one (Cyrillic,
 * Greek and Armenian look-alikes; 0 and o; 1, I, i and l; rn and m; vv and w). Names with the same
 * skeleton are shown with a mark. The rule is a small table of letters that names are written with
 * and not the whole of UTS #39 (ICU): a miss costs a mark, which the address, the request's origin
 * and the safety number do not depend on, and a false alarm costs a glance.
 */
#pragma once

#include <stdbool.h>

/* hark_name_skeleton: (transfer full): of @name, valid UTF-8; "" when nothing is left. */
char *hark_name_skeleton (const char *name);
