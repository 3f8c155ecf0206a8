/* core/hark-address.h - an address in whatever was pasted; beside core/hark.h, for who has a field
 * for one.
 */
#pragma once

/* hark_address_find: (transfer full) (nullable): the first address of ours in @text, in 87
 * characters of the case it has there, without what a mail put between them; NULL: none that is
 * whole and right. It holds a secret. */
char *hark_address_find (const char *text);
