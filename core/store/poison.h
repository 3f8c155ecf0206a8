/* core/store/poison.h - entries that end the process when they are written down.
 *
 * Whoever sent one sends it again at the next start, and so on for ever. So a small file beside the
 * database says which entry is being written down; who finds one there has died over it. No word of
 * it has to be durable: the kernel keeps what a dead process wrote, and that costs no wait for the
 * disk. Without a file (a disk that takes nothing) nothing is counted.
 *
 * Not pure: one file. One thread. What an entry is called in it is a hash.
 */
#pragma once

#include "net/base/key.h"

#include <stdbool.h>
#include <stdint.h>

#define HARK_POISON_DEATHS 2 /* in a row over the same entry: enough */

typedef struct HarkPoison HarkPoison;

/* hark_poison_open: of the profile's directory @dir; NULL when that cannot be.
 * hark_poison_close: NULL is fine. */
HarkPoison *hark_poison_open (const char *dir);
void hark_poison_close (HarkPoison *poison);

/* hark_poison_begin: @id of @contact is being written down; false: it was the last thing that
 * HARK_POISON_DEATHS processes did, and is better left alone. hark_poison_end: that went well.
 * @poison: NULL: nothing is counted. */
bool hark_poison_begin (HarkPoison *poison, const HarkKey *contact, const uint8_t id[16]);
void hark_poison_end (HarkPoison *poison);
